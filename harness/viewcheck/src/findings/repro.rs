//! What a person would paste into a bug report: `repro.py`, a few lines of plain Python that show the difference, and
//! `issue.md`, a report around them.

use super::plain::exporters;
use super::{Finding, Symptom, case, record};
use crate::compare::Level;
use crate::report::escape::{markdown_block, markdown_span};
use engine::{About, Role};
use program::operation::Gives;
use program::{Kind, Operand, Operation, Outcome, Program, Target, Value, print, str_literal};

/// A block without statements.
const PASS: &str = "        pass\n";

/// The objects whose special methods act, as a class that any Python can have, with as much as the program needs.
fn hook(program: &Program) -> String {
    let made = || program.all_operations().filter(|operation| matches!(operation.kind, Kind::NewHook | Kind::Arm));
    let has = |operation: &Operation, index: usize, name: &str| {
        let by_name = operation.keywords.iter().flatten().any(|keyword| &**keyword == name);
        by_name || operation.operands.len() - operation.keyword_count().min(operation.operands.len()) > index + 1
    };
    let is_armed = made().any(|operation| operation.kind == Kind::Arm);
    let acts = [("releases", "release()"), ("appends", "append(0)")].into_iter().enumerate();
    let acts: Vec<_> = acts.filter(|(index, (name, _))| made().any(|operation| has(operation, *index, name))).collect();
    // Whether each of them always does all of it.
    let does_all = |operation: &Operation| {
        let is_nothing = |operand: &Operand| *operand == Operand::Value(Value::None);
        acts.iter().all(|(index, (name, _))| has(operation, *index, name))
            && !operation.operands.iter().skip(1).any(is_nothing)
    };
    let always = !is_armed && made().all(does_all);
    let default = if always { "" } else { "=None" };
    let parameters: String = acts.iter().map(|(_, (name, _))| format!(", {name}{default}")).collect();
    let names: Vec<&str> = acts.iter().map(|(_, (name, _))| *name).collect();
    let bind = |names: &[&str]| {
        let own: Vec<String> = names.iter().map(|name| format!("self.{name}")).collect();
        format!("        {} = {}\n", own.join(", "), names.join(", "))
    };
    let all = [&["answer"], names.as_slice()].concat();
    let mut text = format!("class hook:\n    def __init__(self, answer{parameters}):\n{}", bind(&all));
    if is_armed {
        text += &format!(
            "    def arm(self{parameters}):\n{}",
            if names.is_empty() { PASS.to_owned() } else { bind(&names) }
        );
    }
    text += "    def asked(self, *others):\n";
    for (_, (name, does)) in acts {
        text += &match always {
            true => format!("        self.{name}.{does}\n"),
            false => format!("        if self.{name} is not None:\n            self.{name}.{does}\n"),
        };
    }
    text + "        return self.answer\n    __index__ = __float__ = __bool__ = __hash__ = __len__ = __call__ = __eq__ = asked\n"
}

/// The text of `repro.py`: it exits with 1 where the finding shows, and with 0 where it does not. `None` if no plain program
/// shows it.
pub fn repro(finding: &Finding) -> Option<String> {
    let plain = finding.plain.as_ref()?;
    let program = &plain.program;
    let steps = program.steps.len();
    let mut text = String::new();
    let mut modules: Vec<&str> = print::missing_modules(program).into_iter().collect();
    let is_fatal = !matches!(finding.symptom, Symptom::Difference(_));
    modules.extend(print::extensions(program).contains("exporter").then_some("ctypes"));
    modules.extend((!is_fatal).then_some("sys"));
    modules.sort_unstable();
    if !modules.is_empty() {
        text += &format!("import {}\n\n", modules.join(", "));
    }
    let extensions = print::extensions(program);
    if extensions.contains("hook") {
        text += &(hook(program) + "\n");
    }
    for step in 0..steps - usize::from(!is_fatal) {
        let raises = plain.expected.as_ref().and_then(|expected| expected.get(step));
        let raises = raises.is_some_and(|seen| matches!(seen.outcome, Outcome::Raised(_)));
        let line = exporters::step(program, step);
        text += &match raises {
            true => format!("try:\n{}except Exception:\n    pass\n", indented(&line)),
            false => line,
        };
    }
    if is_fatal {
        return Some(text + "print('as expected')\n");
    }
    let expected = &plain.expected.as_ref()?.last()?.outcome;
    let is_error = |outcome: &Outcome| matches!(outcome, Outcome::Raised(_));
    let is_object = |outcome: &Outcome| matches!(outcome, Outcome::Value(Value::Object(_)));
    let is_type = is_object(expected) || plain.actual.as_ref().is_some_and(is_object);
    let look = look(program, steps - 1, is_type);
    text += &match is_error(expected) || plain.actual.as_ref().is_some_and(is_error) {
        true => format!(
            "try:\n{}except Exception as error:\n    actual = {}\n",
            indented(&look),
            match finding.level {
                Level::Message => "f'{type(error).__name__}: {error}'",
                Level::Type | Level::Value => "type(error).__name__",
            }
        ),
        false => look,
    };
    text += &format!("expected = {}\n", literal(expected, finding.level, is_type));
    text += "print('expected:', expected)\nprint('actual:  ', actual)\n";
    // `True` is equal to 1, and is not what was expected.
    text += match finding.level {
        Level::Message | Level::Type => "sys.exit(repr(actual) != repr(expected))\n",
        Level::Value => "sys.exit(actual != expected)\n",
    };
    Some(text)
}

/// The statements that bind what is to be seen of a step to `actual`: its value, or the type of that.
fn look(program: &Program, step: usize, is_type: bool) -> String {
    let seen =
        |text: &str| if is_type { format!("actual = str(type({text}))\n") } else { format!("actual = {text}\n") };
    let text = exporters::step(program, step);
    let Some(operation) = program.step(step).last() else { return text };
    match operation.target {
        Target::Name(name) => text.clone() + &seen(program.name_text(name)),
        _ if operation.kind.row().gives == Gives::Nothing => format!("{text}actual = None\n"),
        _ => match text.trim_end().rsplit_once('\n') {
            Some((before, last)) => format!("{before}\n{}", seen(last)),
            None => seen(text.trim_end()),
        },
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("    {line}\n") }).collect()
}

/// An outcome as the script writes it.
fn literal(outcome: &Outcome, level: Level, is_type: bool) -> String {
    match outcome {
        Outcome::Value(Value::Object(name)) => str_literal(&format!("<class '{name}'>")),
        Outcome::Value(value) if is_type => str_literal(&format!("<class '{}'>", value.type_name())),
        Outcome::Nothing => "None".to_owned(),
        Outcome::Value(Value::Array(typecode, bytes)) => {
            format!("array.array('{typecode}', {})", program::bytes_literal(bytes))
        }
        Outcome::Value(value) => value.to_string(),
        Outcome::Raised(raised) if level == Level::Message => {
            str_literal(&format!("{}: {}", raised.exception, raised.message))
        }
        Outcome::Raised(raised) => str_literal(&raised.exception),
    }
}

/// Why no plain Python shows a finding: a clause.
fn why_none(finding: &Finding) -> &'static str {
    let extensions = print::extensions(&finding.program);
    if finding.law.is_some() {
        "it is about two ways to the same value, not about one value"
    } else if extensions.contains("capi") {
        "`request` and `get_contiguous` are what an extension in C calls"
    } else if extensions.contains("exporter") && !exporters::are_plain(&finding.program) {
        "nothing that comes with Python exports memory as `exporter(…)` does here, which only an extension in C can do"
    } else if finding.unfinished {
        "there was not the time to look for one"
    } else {
        "what differs is not seen by printing a value"
    }
}

/// The text of `issue.md`.
pub fn issue(finding: &Finding) -> String {
    let [engine, against] = &finding.engines;
    let version = |about: &About| match &about.implementation_version {
        _ if about.role == Role::Reference => format!("Python {}, as viewcheck models it", about.profile.version()),
        Some(version) => format!("{} {version}, Python {}", about.implementation, about.profile.version()),
        None => format!("{} {}", about.implementation, about.profile.version()),
    };
    let (tested, expects) = (version(engine), version(against));
    let (expected, actual) = match &finding.symptom {
        Symptom::Difference(difference) => (difference.expected.clone(), difference.actual.clone()),
        symptom => ("it runs to its end".to_owned(), record::words(symptom)),
    };
    let (program, how) = match repro(finding) {
        Some(text) if matches!(finding.symptom, Symptom::Difference(_)) => {
            (text, "It exits with 1 where this is so.".to_owned())
        }
        Some(text) => (text, "It ends the process where this is so.".to_owned()),
        None => {
            let steps = print::imports(&finding.program).map(|imports| imports + "\n").unwrap_or_default();
            let text = steps + &print::program(&finding.program);
            (
                text,
                format!("There is no `repro.py`: {}. `check.py` shows it, and needs nothing else.", why_none(finding)),
            )
        }
    };
    let title = case::claim(&finding.symptom, &finding.program);
    format!(
        "# {title}: not so on {tested}\n\n{}\n{how}\n\n- **Expected:** {}\n- **Actual:** {}\n\n\
         | tried on | |\n|---|---|\n| {tested} | as above |\n| {expects} | as expected |\n\n\
         Found by a generated program, which viewcheck made small. `check.py` compares every step of it with what is expected.\n",
        markdown_block(program.trim_start_matches('\n')),
        markdown_span(&expected),
        markdown_span(&actual),
    )
}
