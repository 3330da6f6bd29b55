//! Writes a program and its expected behaviour as a case of `spec/`.
//!
//! The expectations are what one engine did. The written case is loaded again and judged against the same run;
//! expectations that the language of cases can't express exactly are omitted.

use super::{Finding, Symptom, record, regression};
use crate::compare::{Level, LevelFacets};
use crate::difference::{Difference, Facet};
use crate::judge::judge;
use cases::write::{block, comment, scalar};
use cases::{Case, load_text};
use engine::Version;
use program::{Kind, Live, Observation, Offset, Outcome, Program, Root, Target, Trace, Value, ViewState, print};

/// A case that is to be written.
#[derive(Clone, Debug)]
pub struct CaseText<'a> {
    /// Its id.
    pub id: String,
    /// What the file is about.
    pub title: String,
    /// The Pythons that it is about.
    pub about: About,
    /// What goes wrong; the claim is that it does not.
    pub symptom: &'a Symptom,
    /// The program.
    pub program: &'a Program,
    /// What each of its steps should do, as far as that is known.
    pub expected: &'a [Observation],
    /// How strictly the engines were compared. Below `message`, the texts of errors are left out.
    pub level: Level,
    /// Whom it was seen to go wrong on, in a comment.
    pub engine: Option<&'a str>,
}

/// The Pythons that a case is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The versions, as in `>=3.12`; `None` for all.
    pub python: Option<String>,
    /// The capability that stands for the sizes of C types, `lp64` or `ilp32`; `None` for either.
    pub sizes: Option<&'static str>,
}

/// The case of a finding.
pub fn of_finding(finding: &Finding) -> String {
    let draft = CaseText {
        id: finding.signature.slug(),
        title: format!("Finding: {}", finding.signature),
        about: About::default(),
        symptom: &finding.symptom,
        program: &finding.program,
        expected: finding.expected.as_deref().unwrap_or_default(),
        level: finding.level,
        engine: Some(&finding.engines[0].name),
    };
    let about = regression::about(&draft, &finding.engines[1]);
    case_text(&CaseText { about, ..draft })
}

/// How much of a step's outcome is said, from all to nothing.
const LEVELS: usize = 3;

/// Writes a file with one case.
pub fn case_text(case: &CaseText<'_>) -> String {
    let mut levels = vec![0; case.program.steps.len()];
    loop {
        let text = render(case, &levels);
        match first_untrue(&text, case) {
            Some(step) if levels.get(step).is_some_and(|level| *level + 1 < LEVELS) => levels[step] += 1,
            _ => return text,
        }
    }
}

/// The first step of the program of which a case's text does not say what was observed.
fn first_untrue(text: &str, CaseText { program, expected, .. }: &CaseText<'_>) -> Option<usize> {
    let case = only_case(text)?;
    let mut trace = Trace::new();
    // The step that imports what the program uses is the text's alone.
    let own = usize::from(print::imports(program).is_some());
    let import = Observation { outcome: Outcome::Nothing, printed: String::new(), live: None };
    vec![import; own].iter().chain(*expected).for_each(|observation| trace.write_observation(observation));
    judge(&case, &trace, Version::new(3, 13, 0), Level::Message.facets())
        .and_then(|difference| difference.step.checked_sub(own))
        .filter(|step| *step < expected.len())
}

/// The case of a text, if that is one.
pub(super) fn only_case(text: &str) -> Option<Case> {
    let suite = load_text("case", text);
    suite.documents.into_iter().next()?.cases.into_iter().next()
}

fn render(case: &CaseText<'_>, levels: &[usize]) -> String {
    let CaseText { program, symptom, expected, .. } = case;
    let wrong = wrong_step(symptom, program);
    let mut text = format!("title: {}\n\ncases:\n", scalar(&case.title));
    text += &format!("  - id: {}\n", case.id);
    text += &format!("    section: {}\n", scalar(&section(program, wrong)));
    text += &format!("    claim: {}\n", scalar(&claim(symptom, program)));
    text += "    verdict: confirmed\n";
    let mut needs = needs(program);
    needs.extend(case.about.sizes);
    if !needs.is_empty() {
        text += &format!("    needs: [{}]\n", needs.join(", "));
    }
    if let Some(python) = &case.about.python {
        text += &format!("    python: '{python}'\n");
    }
    text += "    steps:\n";
    text.extend(print::imports(program).map(|imports| format!("      - run: {imports}\n")));
    let mut locked: Vec<u16> = vec![];
    for step in 0..program.steps.len() {
        text += &format!("      - run: {}\n", block(print::step(program, step).trim_end(), 8));
        if let Some(seen) = expected.get(step) {
            let level = levels.get(step).copied().unwrap_or(0);
            for (key, value) in expectation(program, step, seen, (level, case.level)) {
                text += &format!("        {key}: {value}\n");
            }
            let is_about_locks = step == wrong && is_about(symptom, Facet::Lock);
            let locks = locks(program, seen, &mut locked, is_about_locks);
            if let Some(locks) = locks.filter(|_| level + 1 < LEVELS) {
                text += &format!("        locks: [{locks}]\n");
            }
        }
        if let Some(engine) = case.engine.filter(|_| step == wrong) {
            text += &comment(&format!("{engine}: {}", record::words(symptom)), 8);
        }
    }
    if let (Symptom::Difference(difference), Some(seen)) = (symptom, expected.get(wrong)) {
        text += &witness(program, difference, seen).unwrap_or_default();
    }
    text
}

/// The step that goes wrong.
pub(super) fn wrong_step(symptom: &Symptom, program: &Program) -> usize {
    let last = program.steps.len().saturating_sub(1);
    match symptom {
        Symptom::Difference(difference) => difference.step.min(last),
        _ => last,
    }
}

fn section(program: &Program, step: usize) -> String {
    let last = program.last_operation(step).map(|at| program.operations[at].kind.row().name);
    format!("Found by fuzzing > {}", last.unwrap_or("nothing"))
}

/// What the case claims, in a sentence.
pub(super) fn claim(symptom: &Symptom, program: &Program) -> String {
    let text = print::step(program, wrong_step(symptom, program));
    let mut text = text.lines().map(str::trim).collect::<Vec<_>>().join("; ");
    if text.chars().count() > 100 {
        text = text.chars().take(100).collect::<String>() + "…";
    }
    let Symptom::Difference(Difference { facet, expected, law, .. }) = symptom else {
        return match symptom {
            Symptom::Hang => format!("`{text}` finishes"),
            Symptom::Memory => format!("`{text}` stays within the memory limit"),
            _ => format!("`{text}` does not crash the process"),
        };
    };
    let claim = match facet {
        Facet::Value | Facet::Type => format!("`{text}` gives {expected}"),
        Facet::Printed => format!("`{text}` prints {expected}"),
        Facet::Exception | Facet::Message | Facet::NotRaised => format!("`{text}` raises {expected}"),
        Facet::Raised => format!("`{text}` does not raise; its outcome is {expected}"),
        Facet::Missing => format!("`{text}`: {expected}"),
        Facet::Format | Facet::Itemsize | Facet::Shape | Facet::Strides | Facet::Suboffsets => {
            format!("`{text}` gives a view of {expected}")
        }
        Facet::Readonly => format!("`{text}` gives {expected}"),
        Facet::Exporter | Facet::Offset => format!("`{text}` gives a view {expected}"),
        Facet::Allocated => format!("`{text}` {expected}"),
        Facet::Lock | Facet::Released | Facet::Contents | Facet::Alive | Facet::Leak => {
            format!("after `{text}`, {expected}")
        }
    };
    match law {
        Some(law) => format!("{claim} (law {law})"),
        None => claim,
    }
}

/// The capabilities that an engine needs for a program.
fn needs(program: &Program) -> Vec<&'static str> {
    let mut needs: Vec<_> = print::modules(program).into_iter().map(program::capability::to_import).collect();
    needs.extend(print::extensions(program));
    needs
}

/// The keys of a step's expectation and their values as YAML.
fn expectation(
    program: &Program,
    step: usize,
    seen: &Observation,
    (level, compared): (usize, Level),
) -> Vec<(&'static str, String)> {
    let mut keys = vec![];
    let operations = program.step(step);
    match &seen.outcome {
        Outcome::Raised(raised) => {
            keys.push(("raises", scalar(&raised.exception)));
            if level == 0 && compared == Level::Message {
                keys.push(("message", scalar(&raised.message)));
            }
        }
        Outcome::Value(value) if level + 1 < LEVELS && !matches!(value, Value::None) => {
            let class = ("type", scalar(value.type_name()));
            keys.push(match value {
                Value::View(view) => match place(program, view) {
                    Some(place) if level == 0 => ("shares", scalar(&place)),
                    _ => class,
                },
                value if level == 0 && is_literal(value) => ("gives", scalar(&value.to_string())),
                _ => class,
            });
        }
        Outcome::Value(_) | Outcome::Nothing => {}
    }
    if !seen.printed.is_empty() && operations.iter().any(|operation| operation.kind == Kind::Print) {
        keys.push(("prints", scalar(&seen.printed)));
    }
    keys
}

/// Whether a value can be written such that it is read back as it is.
fn is_literal(value: &Value) -> bool {
    program::parse::literal(&value.to_string()).is_ok_and(|read| read == *value)
}

/// `data[2]`, for a view over an object with a name.
fn place(program: &Program, view: &ViewState) -> Option<String> {
    match (&view.root, view.offset) {
        (Root::Named(name), Offset::At(offset)) if !view.released => {
            Some(format!("{}[{offset}]", program.names.get(usize::from(*name))?))
        }
        _ => None,
    }
}

fn is_about(symptom: &Symptom, facet: Facet) -> bool {
    matches!(symptom, Symptom::Difference(difference) if difference.facet == facet)
}

/// The names of all locked exporters, if they are others than before, or in any case.
fn locks(program: &Program, seen: &Observation, locked: &mut Vec<u16>, in_any_case: bool) -> Option<String> {
    let live = seen.live.as_deref()?;
    let is_locked = |live: &Live| matches!(live, Live::Exporter { locked: true, .. });
    let now: Vec<u16> = live.iter().filter(|(_, live)| is_locked(live)).map(|(name, _)| *name).collect();
    if now == *locked && !in_any_case {
        return None;
    }
    let names: Option<Vec<&str>> =
        now.iter().map(|name| program.names.get(usize::from(*name)).map(|name| &**name)).collect();
    *locked = now;
    names.map(|names| names.join(", "))
}

/// A step that shows what the keys of a step can't say: the contents of an object, or the layout of a view.
fn witness(program: &Program, difference: &Difference, seen: &Observation) -> Option<String> {
    let step = |run: &str, rest: String| Some(format!("      - run: {}\n{rest}", scalar(run)));
    let gives = |value: String| format!("        gives: {}\n", scalar(&value));
    let name = |name: u16| program.names.get(usize::from(name)).map(|name| &**name);
    if let Outcome::Value(Value::View(view)) = &seen.outcome
        && let Some((attribute, value)) = attribute(difference.facet, view)
    {
        let text = print::step(program, difference.step);
        let last = program.step(difference.step).last()?;
        let receiver = match last.target {
            Target::Name(bound) => name(bound)?.to_owned(),
            _ if text.trim_end().contains('\n') => return None,
            _ => format!("({})", text.trim_end()),
        };
        return step(&format!("{receiver}.{attribute}"), gives(value.to_string()));
    }
    let live = seen.live.as_deref()?;
    // The text of the difference begins with the name of the object that differs.
    let about = |(name, _): &&(u16, Live)| difference.expected.contains(&crate::difference::name(program, *name));
    let (differing, state) = live.iter().find(about)?;
    let differing = name(*differing)?;
    match (difference.facet, state) {
        (Facet::Contents, Live::Exporter { content, .. }) => {
            step(&format!("bytes({differing})"), gives(program::bytes_literal(content)))
        }
        (Facet::Contents, Live::ViewOfUnnamed { content, .. }) => {
            step(&format!("bytes({differing}.obj)"), gives(program::bytes_literal(content)))
        }
        (Facet::Released, Live::View { released: true }) => {
            step(&format!("{differing}.nbytes"), "        raises: ValueError\n".to_owned())
        }
        (Facet::Released, Live::View { released: false }) => step(&format!("{differing}.nbytes"), String::new()),
        _ => None,
    }
}

/// The attribute of a view that shows a facet, and its value.
fn attribute(facet: Facet, view: &ViewState) -> Option<(&'static str, Value)> {
    let tuple = |axis: &[i64]| Value::Tuple(axis.iter().copied().map(Value::Int).collect());
    Some(match facet {
        _ if view.released => return None,
        Facet::Format => ("format", Value::Str(view.format.clone())),
        Facet::Itemsize => ("itemsize", Value::Int(view.itemsize)),
        Facet::Readonly => ("readonly", Value::Bool(view.readonly)),
        Facet::Shape => ("shape", tuple(&view.shape)),
        Facet::Strides => ("strides", tuple(&view.strides)),
        Facet::Suboffsets => ("suboffsets", tuple(&view.suboffsets)),
        _ => return None,
    })
}
