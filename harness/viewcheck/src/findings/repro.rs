//! What a person would paste into a bug report: `repro.py`, a few lines of plain Python that show the difference, and
//! `issue.md`, a report around them.

use super::{Finding, Symptom, case, record};
use crate::compare::Level;
use crate::report::escape::{markdown_block, markdown_span};
use engine::{About, Role};
use program::operation::Gives;
use program::{Kind, Outcome, Program, Target, Value, print, str_literal};

/// The objects whose special methods act, as a class that any Python can have, with as much as the program needs.
fn hook(program: &Program) -> String {
    let made = program.all_operations().filter(|operation| matches!(operation.kind, Kind::NewHook | Kind::Arm));
    let mut acts: Vec<(&str, &str)> = vec![];
    let mut is_armed = false;
    for operation in made {
        is_armed |= operation.kind == Kind::Arm;
        let by_name = |name: &str| operation.keywords.iter().flatten().any(|keyword| &**keyword == name);
        let positional = operation.operands.len() - operation.keyword_count().min(operation.operands.len());
        for (index, act) in [("releases", "release()"), ("appends", "append(0)")].into_iter().enumerate() {
            if (by_name(act.0) || positional > index + 1) && !acts.contains(&act) {
                acts.push(act);
            }
        }
    }
    acts.sort_unstable_by_key(|(name, _)| *name != "releases");
    let parameters: String = acts.iter().map(|(name, _)| format!(", {name}=None")).collect();
    let mut text = format!("class hook:\n    def __init__(self, answer{parameters}):\n        self.answer = answer\n");
    acts.iter().for_each(|(name, _)| text += &format!("        self.{name} = {name}\n"));
    if is_armed {
        text += &format!("    def arm(self{parameters}):\n");
        acts.iter().for_each(|(name, _)| text += &format!("        self.{name} = {name}\n"));
    }
    text += "    def asked(self, *others):\n";
    for (name, does) in acts {
        text += &format!("        if self.{name} is not None:\n            self.{name}.{does}\n");
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
    modules.extend((!is_fatal).then_some("sys"));
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
        let line = print::step(program, step);
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
    let text = print::step(program, step);
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
        Some(text) => (text, "It exits with 1 where this is so."),
        None => {
            let steps = print::imports(&finding.program).map(|imports| imports + "\n").unwrap_or_default();
            let text = steps + &print::program(&finding.program);
            (
                text,
                "`exporter(…)` and what is observed beside it are part of `check.py`, which runs without anything else.",
            )
        }
    };
    let how =
        if matches!(finding.symptom, Symptom::Difference(_)) { how } else { "It ends the process where this is so." };
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
