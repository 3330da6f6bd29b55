//! The plain program of a finding: in its last step two Pythons differ in what anybody can see by printing it, a value or an
//! error.
//!
//! The small program of a finding may differ in what only the machinery of viewcheck sees: where a view starts, whether an
//! object is locked. Then steps that look at that are tried, and one is taken on which the two still differ.

pub(super) mod exporters;

use super::{Replay, Symptom};
use crate::difference::Facet;
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
    if !exporters::are_plain(program) {
        return None;
    }
    let Symptom::Difference(difference) = symptom else {
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
    candidates.into_iter().find_map(|steps| tried(replay, &steps))
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

/// The texts of the first steps.
fn texts(program: &Program, steps: usize) -> Vec<String> {
    (0..steps.min(program.steps.len())).map(|step| print::step(program, step).trim_end().to_owned()).collect()
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

/// Runs the steps; gives their program if the two differ in the last one, in what is printed. In the steps before it they may
/// differ in what is not printed.
fn tried(replay: &mut dyn Replay, steps: &[String]) -> Option<Plain> {
    let mut parser = Parser::of_printed();
    steps.iter().try_for_each(|step| parser.step(step)).ok()?;
    let program = parser.finish();
    if !exporters::are_plain(&program) {
        return None;
    }
    let Symptom::Difference(difference) = replay.replay(&program)? else { return None };
    let (expected, actual) = replay.traces()?;
    let expected: Vec<Observation> = expected.observations().collect();
    let actual: Vec<Observation> = actual.observations().collect();
    let raised = |seen: &Observation| match &seen.outcome {
        Outcome::Raised(raised) => Some(raised.exception.clone()),
        _ => None,
    };
    let last = steps.len() - 1;
    let (one, other) = (expected.get(last)?, actual.get(last)?);
    let is_difference = match difference.step == last {
        true => is_shown(difference.facet),
        // The wording of an error is not compared at every level.
        false => raised(one) != raised(other) || (raised(one).is_none() && one.outcome != other.outcome),
    };
    // Before the last step, what raises does so on both sides.
    let is_alike =
        expected.iter().zip(&actual).take(last).all(|(one, other)| raised(one).is_some() == raised(other).is_some());
    let outcomes = [&one.outcome, &other.outcome];
    let is_named =
        print::extensions(&program).contains("exporter") && outcomes.iter().any(|seen| exporters::is_named(seen));
    let is_seen = is_difference && is_alike && !is_named && outcomes.iter().all(|seen| is_plain(seen));
    let actual = Some(other.outcome.clone());
    is_seen.then(|| Plain { program, expected: Some(expected), actual })
}
