//! The plain program of a finding: in its last step two Pythons differ in what anybody can see by printing it, a value or an
//! error.
//!
//! The small program of a finding may differ in what only the machinery of viewcheck sees: where a view starts, whether an
//! object is locked. Then steps that look at that are tried, and one is taken on which the two still differ.

mod exporters;

use super::{Replay, Symptom};
use crate::difference::{Difference, Facet};
use program::{Live, Observation, Outcome, Parser, Program, Target, Value, print};

/// A program that shows a finding without any help.
#[derive(Clone, Debug, PartialEq)]
pub struct Plain {
    /// The program.
    pub program: Program,
    /// What should happen in each step, where that is known.
    pub expected: Option<Vec<Observation>>,
    /// What happens instead in the last step. `None` if the program ends there.
    pub actual: Option<Outcome>,
}

/// What shows attributes of a view, and the memory that it covers.
const OF_VIEWS: &[&str] =
    &["format", "itemsize", "readonly", "shape", "strides", "suboffsets", "tolist()", "tobytes()", "nbytes"];
/// What shows the content of an object, and whether it is locked.
const OF_EXPORTERS: &[&str] = &["append(0)", "clear()", "close()", "tobytes()"];

/// The plain program of a small one. `None` if there is none: it needs what is no part of Python, or nothing that is tried
/// shows the difference.
pub(super) fn plain(
    replay: &mut dyn Replay,
    program: &Program,
    symptom: &Symptom,
    seen: Option<(&[Observation], &[Observation])>,
) -> Option<Plain> {
    let extensions = print::extensions(program);
    if program.is_source() || extensions.contains("capi") {
        return None;
    }
    let has_exporter = extensions.contains("exporter");
    let Symptom::Difference(difference) = symptom else {
        if has_exporter {
            return None;
        }
        let expected = seen.map(|(expected, _)| expected.to_vec());
        return Some(Plain { program: program.clone(), expected, actual: None });
    };
    let (expected, actual) = seen?;
    let steps = difference.step + 1;
    let candidates = match (expected.get(difference.step), actual.get(difference.step)) {
        _ if difference.law.is_some() => return None,
        (Some(one), Some(other))
            if is_shown(difference.facet) && is_plain(&one.outcome) && is_plain(&other.outcome) =>
        {
            vec![texts(program, steps)]
        }
        (Some(one), Some(other)) => looks(program, steps, one, other),
        _ => return None,
    };
    let plain = candidates.into_iter().find_map(|steps| tried(replay, &steps))?;
    // With a view in place of an exporter it is another program, which has to differ in the same way.
    let is_same = |found: &Difference| {
        found.facet == difference.facet && found.step == difference.step && is_alike(&found.actual, &difference.actual)
    };
    match has_exporter {
        true => Some(plain.0).filter(|_| is_same(&plain.1)),
        false => Some(plain.0),
    }
}

/// Whether two texts are the same but for numbers.
fn is_alike(one: &str, other: &str) -> bool {
    let without = |text: &str| text.chars().filter(|char| !char.is_ascii_digit()).collect::<String>();
    without(one) == without(other)
}

/// Whether a facet is one of what is printed.
fn is_shown(facet: Facet) -> bool {
    use Facet::{Exception, Message, NotRaised, Raised, Type, Value};
    matches!(facet, Value | Type | Exception | Message | Raised | NotRaised)
}

/// Whether all of an outcome is seen by printing it.
fn is_plain(outcome: &Outcome) -> bool {
    fn is_literal(value: &Value) -> bool {
        match value {
            Value::View(_) | Value::Hash | Value::Object(_) => false,
            Value::Tuple(items) | Value::List(items) => items.iter().all(is_literal),
            Value::Slice(parts) => parts.iter().all(is_literal),
            Value::Str(text) => !text.contains("0x..."),
            _ => true,
        }
    }
    match outcome {
        Outcome::Nothing => true,
        // Its type can be printed.
        Outcome::Value(Value::Object(_)) => true,
        Outcome::Value(value) => is_literal(value),
        Outcome::Raised(raised) => !raised.message.contains("0x..."),
    }
}

/// The texts of the first steps, with views in place of exporters.
fn texts(program: &Program, steps: usize) -> Vec<String> {
    let text = |step| {
        exporters::view_instead(program, step).unwrap_or_else(|| print::step(program, step).trim_end().to_owned())
    };
    (0..steps.min(program.steps.len())).map(text).collect()
}

/// The steps, each time with another look at what the last of them leaves behind.
fn looks(program: &Program, steps: usize, expected: &Observation, actual: &Observation) -> Vec<Vec<String>> {
    let mut before = texts(program, steps);
    let mut looks: Vec<String> = vec![];
    let of = |object: &str, looks: &[&str]| looks.iter().map(|look| format!("{object}.{look}")).collect::<Vec<_>>();
    let is_view = |outcome: &Outcome| matches!(outcome, Outcome::Value(Value::View(_)));
    if (is_view(&expected.outcome) || is_view(&actual.outcome))
        && let Some(operation) = program.step(steps - 1).last()
    {
        let result = match operation.target {
            Target::Name(name) => program.name_text(name).to_owned(),
            _ => {
                let names = ["result", "result2", "result3"];
                let Some(free) = names.iter().find(|name| program.name(name).is_none()) else { return vec![] };
                if let Some(last) = before.last_mut() {
                    *last = format!("{free} = {last}");
                }
                (*free).to_owned()
            }
        };
        looks.extend(of(&result, OF_VIEWS));
    }
    for (name, state) in expected.live.iter().flatten() {
        let other = actual.live.iter().flatten().find(|(other, _)| other == name).map(|(_, state)| state);
        if other == Some(state) {
            continue;
        }
        let text = program.name_text(*name);
        match state {
            Live::Exporter { .. } => {
                looks.push(format!("bytes({text})"));
                looks.extend(of(text, OF_EXPORTERS));
            }
            Live::View { .. } => looks.extend(of(text, &["nbytes", "tobytes()"])),
            Live::ViewOfUnnamed { .. } => looks.extend(of(text, &["tobytes()", "obj.append(0)", "tolist()"])),
        }
    }
    looks.into_iter().map(|look| [before.clone(), vec![look]].concat()).collect()
}

/// Runs the steps; gives their program if the two differ in the last one, in what is printed.
fn tried(replay: &mut dyn Replay, steps: &[String]) -> Option<(Plain, Difference)> {
    let mut parser = Parser::of_printed();
    steps.iter().try_for_each(|step| parser.step(step)).ok()?;
    let program = parser.finish();
    if print::extensions(&program).contains("exporter") {
        return None;
    }
    let Symptom::Difference(difference) = replay.replay(&program)? else { return None };
    let (expected, actual) = replay.traces()?;
    let expected: Vec<Observation> = expected.observations().collect();
    let actual: Vec<Observation> = actual.observations().collect();
    let (last, actual) = (expected.last()?, actual.get(difference.step)?.outcome.clone());
    let is_last = difference.step + 1 == steps.len() && expected.len() == steps.len();
    let is_seen = is_last && is_shown(difference.facet) && is_plain(&last.outcome) && is_plain(&actual);
    is_seen.then(|| (Plain { program, expected: Some(expected), actual: Some(actual) }, difference))
}
