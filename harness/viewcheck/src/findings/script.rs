//! Writes the stand-alone script of a finding: the steps with their expected behaviour, and the code that compares
//! them.
//!
//! What a step gives is observed by the texts of which the runner of process engines is made, so the script runs on every
//! Python that the runner runs on, and compares what that Python can observe. It exits with 0 if that Python behaves as
//! expected, with 1 if it differs, and with 2 if it lacks something that the program needs.

use super::{Finding, Symptom, case};
use crate::compare::Level;
use crate::difference::Difference;
use engine::Facet;
use engine::process::runner;
use program::{
    Kind, Live, Observation, Offset, Outcome, Program, Root, Value, ViewState, bytes_literal, print, str_literal,
};

/// Runs steps and compares what they give.
pub(crate) const MACHINERY: &str = include_str!("machinery.py");
/// Tells in words what was observed.
pub(crate) const WORDS: &str = include_str!("words.py");
/// Holds steps against a law.
const LAWS: &str = include_str!("laws.py");
/// Runs the steps in a process of their own.
const GUARD: &str = include_str!("guard.py");

/// The longest line of a step.
const WIDTH: usize = 110;

/// Writes the script of a finding.
pub fn script(finding: &Finding) -> String {
    let program = &finding.program;
    let is_fatal = !matches!(finding.symptom, Symptom::Difference(_));
    let [engine, against] = &finding.engines;
    let mut text = String::from("\"\"\"");
    text += &plain(&case::claim(&finding.symptom, program));
    text += &format!("\n\nThis does not hold on {} {}", engine.implementation, engine.profile.version());
    text += &match &finding.symptom {
        Symptom::Difference(difference) => format!(": {}.\n", plain(&difference.actual)),
        symptom => format!(": {}.\n", plain(&super::record::words(symptom))),
    };
    match finding.law {
        Some((law, _)) => {
            text += &format!("\nThe law {}: {}\n", law.name, plain(law.says));
            text += "The script exits with 1 if the Python that runs it violates the law, otherwise with 0.\n";
        }
        None => {
            let (implementation, version) = (&against.implementation, against.profile.version());
            text += &format!("The expected behaviour is that of {implementation} as Python {version}.\n");
            text += "The script exits with 1 if the Python that runs it behaves differently, otherwise with 0.\n";
        }
    }
    text += "\"\"\"\n\n";
    let names: Vec<String> = program.names.iter().map(|name| str_literal(name)).collect();
    text += &format!("ORDER = [{}]\n\n\ndef program():\n", names.join(", "));
    for module in print::modules(program) {
        text += &format!("    need({})\n", str_literal(module));
    }
    let used = print::extensions(program);
    for name in &used {
        text += &format!("    need({})\n", str_literal(name));
    }
    let mut state = vec![];
    // The subject of a law is a view that the steps before its own left alive.
    let (end, expected) = match finding.law {
        Some((_, from)) => (from, None),
        None => (program.steps.len(), finding.expected.as_deref()),
    };
    for step in 0..end {
        let seen = expected.and_then(|expected| expected.get(step));
        text += &call(program, step, seen, &mut state);
    }
    if let Some((law, from)) = finding.law {
        let steps = (from..program.steps.len()).map(|step| source(print::step(program, step).trim_end()));
        let steps: Vec<String> = steps.collect();
        text += &format!(
            "    law({}, [\n        {},\n    ], lambda o: {})\n",
            source(law.name),
            steps.join(",\n        "),
            law.python
        );
    }
    // Where nothing is compared with a view, addresses are not needed.
    let has_views = finding.law.is_some() || text.contains("View(");
    text += MACHINERY;
    text += WORDS;
    text += if finding.law.is_some() { LAWS } else { "" };
    text += if is_fatal { GUARD } else { "" };
    text += "\n\n# What follows observes what a step gives.\n\n";
    let mut parts = vec![runner::OBSERVE, runner::OUTCOME];
    parts.extend(has_views.then_some(runner::MEMORY));
    parts.extend(used.contains("hook").then_some(runner::HOOK));
    // An exporter is made with the structures of the C API.
    parts.extend((used.contains("capi") || used.contains("exporter")).then_some(runner::CAPI));
    parts.extend(used.contains("exporter").then_some(runner::EXPORTER));
    text += &parts.join("\n\n");
    text += "\n\nif __name__ == \"__main__\":\n";
    // By default the script compares texts where CPython runs it.
    text += match (finding.level, &finding.symptom) {
        (Level::Message, Symptom::Difference(Difference { facet: Facet::Message, .. })) => {
            "    COMPARES_TEXTS = True\n"
        }
        (Level::Message, _) => "",
        (Level::Type, _) => "    COMPARES_TEXTS = False\n",
        (Level::Value, _) => "    COMPARES_TEXTS = COMPARES_TYPES = False\n",
    };
    text += "    prepare()\n";
    text += if has_views { "    find_memory()\n" } else { "" };
    text += if is_fatal { "    guarded()\n" } else { "    program()\n" };
    text + "    say(\"as expected\")\n"
}

/// A text that can stand in the docstring of the script.
fn plain(text: &str) -> String {
    let shown = |char: char| match char {
        '\\' => "\\\\".to_owned(),
        '"' => "'".to_owned(),
        ' '..='~' => char.to_string(),
        _ => "?".to_owned(),
    };
    text.chars().map(shown).collect()
}

/// The call that runs a step.
fn call(program: &Program, step: usize, seen: Option<&Observation>, state: &mut Vec<(u16, String)>) -> String {
    let mut arguments = vec![source(print::step(program, step).trim_end())];
    match seen {
        None => arguments.push("gives=UNKNOWN".to_owned()),
        Some(seen) => {
            match &seen.outcome {
                Outcome::Nothing => {}
                // How much garbage there was is not the program's doing.
                Outcome::Value(_) if collects(program, step) => arguments.push("gives=ANY".to_owned()),
                Outcome::Value(value) => arguments.push(format!("gives={}", literal(program, value))),
                Outcome::Raised(raised) => arguments.push(format!(
                    "raises=({}, {})",
                    str_literal(&raised.exception),
                    str_literal(&raised.message)
                )),
            }
            if !seen.printed.is_empty() {
                arguments.push(format!("prints={}", str_literal(&seen.printed)));
            }
            if let Some(live) = &seen.live {
                let changed = changes(program, live, state);
                if !changed.is_empty() {
                    arguments.push(format!("after={{{}}}", changed.join(", ")));
                }
            }
        }
    }
    let line = format!("    step({})\n", arguments.join(", "));
    match line.len() <= WIDTH {
        true => line,
        false => format!("    step({})\n", arguments.join(",\n         ")),
    }
}

fn collects(program: &Program, step: usize) -> bool {
    program.step(step).last().is_some_and(|operation| operation.kind == Kind::Collect)
}

/// The objects whose state is another than before, as entries of a dict; what is no more is `None`.
fn changes(program: &Program, live: &[(u16, Live)], state: &mut Vec<(u16, String)>) -> Vec<String> {
    let now: Vec<(u16, String)> = live.iter().map(|(name, live)| (*name, held(live))).collect();
    let name = |name: u16| str_literal(program.names.get(usize::from(name)).map_or("", |name| name));
    let changed = now.iter().filter(|entry| !state.contains(entry));
    let changed = changed.map(|(index, held)| format!("{}: {}", name(*index), source(held)));
    let gone = state.iter().filter(|(index, _)| now.iter().all(|(other, _)| other != index));
    let entries = changed.chain(gone.map(|(index, _)| format!("{}: None", name(*index)))).collect();
    *state = now;
    entries
}

/// A text as a Python literal, raw where that is easier to read.
fn source(text: &str) -> String {
    let is_raw = text.contains('\\') || text.contains('\n');
    if !is_raw && !text.contains('"') {
        return format!("\"{text}\"");
    }
    if !text.contains("\"\"\"")
        && !text.ends_with(['"', '\\'])
        && text.chars().all(|char| matches!(char, '\n' | ' '..='~'))
    {
        let quotes = if text.contains(['\n', '"']) { "\"\"\"" } else { "\"" };
        return format!("r{quotes}{text}{quotes}");
    }
    str_literal(text)
}

/// What the machinery says of an object that holds memory, or covers some.
fn held(live: &Live) -> String {
    let content = |locked: bool, content: &[u8]| {
        format!("{}, {}", bytes_literal(content), if locked { "locked" } else { "not locked" })
    };
    match live {
        Live::Exporter { locked, content: bytes } => content(*locked, bytes),
        Live::View { released: true } => "a released view".to_owned(),
        Live::View { released: false } => "a view".to_owned(),
        Live::ViewOfUnnamed { locked, content: bytes } => format!("a view over {}", content(*locked, bytes)),
    }
}

/// A value as the machinery takes it.
fn literal(program: &Program, value: &Value) -> String {
    let items = |items: &[Value]| items.iter().map(|item| literal(program, item)).collect::<Vec<_>>();
    match value {
        Value::List(values) => format!("[{}]", items(values).join(", ")),
        Value::Tuple(values) if values.len() == 1 => format!("({},)", items(values).join("")),
        Value::Tuple(values) => format!("({})", items(values).join(", ")),
        Value::Slice(parts) => format!("Slice({})", items(&parts[..]).join(", ")),
        Value::Array(..) => format!("array.{value}"),
        Value::Type(name) => format!("Type({})", str_literal(name)),
        Value::Object(name) => format!("Other({})", str_literal(name)),
        Value::Hash => "HASH".to_owned(),
        Value::View(view) => self::view(program, view),
        value => value.to_string(),
    }
}

fn view(program: &Program, view: &ViewState) -> String {
    if view.released {
        return "RELEASED".to_owned();
    }
    let of = match &view.root {
        Root::Named(name) => program.names.get(usize::from(*name)).map_or(String::new(), |name| name.to_string()),
        Root::Unnamed(class) => format!("an unnamed {class}"),
    };
    let tuple = |axis: &[i64]| Value::Tuple(axis.iter().copied().map(Value::Int).collect()).to_string();
    let suboffsets = match view.suboffsets.as_slice() {
        [] => String::new(),
        suboffsets => format!(", suboffsets={}", tuple(suboffsets)),
    };
    format!(
        "View({}, {}, format={}, itemsize={}, shape={}, strides={}, readonly={}{suboffsets})",
        str_literal(&of),
        match view.offset {
            Offset::At(offset) => offset.to_string(),
            Offset::Outside => "None".to_owned(),
            Offset::Unknown => "UNKNOWN".to_owned(),
        },
        str_literal(&view.format),
        view.itemsize,
        tuple(&view.shape),
        tuple(&view.strides),
        if view.readonly { "True" } else { "False" },
    )
}
