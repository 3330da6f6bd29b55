//! Statistics of the operations of a campaign, which reveal a bad generator.
//!
//! A generator whose programs only raise errors, or never reach a kind of operation, finds nothing and looks busy. For
//! each operation kind these are counted: the operations, those that succeeded, the exceptions that the others raised,
//! and how often a later operation used a result. [`warnings`](Statistics::warnings) describes what looks wrong.

use crate::generate::weight;
use program::{Kind, Name, Operand, Outcome, Program, Target, Trace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What is counted for one kind of operation.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Fate {
    /// Operations of that kind, in steps that were run.
    pub generated: u64,
    /// Those that gave a value, or did what they should.
    pub succeeded: u64,
    /// Those whose result a later operation used.
    pub used: u64,
    /// Those that raised, by the type of the exception.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub raised: BTreeMap<String, u64>,
}

/// The outcomes of operations by the name of their kind, as seen by the engine whose behaviour is expected.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Statistics {
    /// The programs that were counted.
    pub programs: u64,
    /// What became of their operations.
    pub kinds: BTreeMap<String, Fate>,
}

/// The exceptions that the reference raises for programs that are generated.
const RAISES: &[&str] = &[
    "AttributeError",
    "BufferError",
    "IndexError",
    "NameError",
    "NotImplementedError",
    "OverflowError",
    "StopIteration",
    "TypeError",
    "UnicodeEncodeError",
    "ValueError",
];

/// With so few operations of a kind, how many of them succeed says nothing.
const FEW_OPERATIONS: u64 = 200;
/// With so few programs, what never came says nothing.
const FEW_PROGRAMS: u64 = 2000;
/// A kind that succeeds in less than so many of a hundred is suspicious.
const LOW: u64 = 5;

impl Statistics {
    /// Adds what was counted elsewhere.
    pub fn add(&mut self, other: &Statistics) {
        self.programs += other.programs;
        for (name, fate) in &other.kinds {
            self.kinds.entry(name.clone()).or_default().add(fate);
        }
    }

    /// The largest of the numbers.
    pub fn largest(&self) -> u64 {
        let of_kind = |fate: &Fate| {
            let raised = fate.raised.values().copied().max().unwrap_or(0);
            raised.max(fate.generated).max(fate.succeeded).max(fate.used)
        };
        self.kinds.values().map(of_kind).max().unwrap_or(0).max(self.programs)
    }

    /// What looks wrong, each in a sentence.
    pub fn warnings(&self) -> Vec<String> {
        let mut warnings = vec![];
        for (name, fate) in &self.kinds {
            if fate.generated >= FEW_OPERATIONS && fate.succeeded * 100 < fate.generated * LOW {
                warnings.push(format!(
                    "Warning: `{name}` succeeded in only {} of {} operations. Its generated operands may be wrong, or this Python may lack it.",
                    fate.succeeded, fate.generated
                ));
            }
        }
        if self.programs < FEW_PROGRAMS {
            return warnings;
        }
        let reachable = Kind::ALL.iter().filter(|kind| weight(**kind) > 0);
        for name in reachable.map(|kind| kind.row().name).filter(|name| !self.kinds.contains_key(*name)) {
            warnings.push(format!(
                "Warning: `{name}` was never generated in {} programs, although it has a weight.",
                self.programs
            ));
        }
        let is_seen = |exception: &str| self.kinds.values().any(|fate| fate.raised.contains_key(exception));
        for exception in RAISES.iter().filter(|exception| !is_seen(exception)) {
            warnings.push(format!(
                "Warning: no operation raised {exception} in {} programs, although the reference can.",
                self.programs
            ));
        }
        warnings
    }

    /// A table for people, the most frequent kind first.
    pub fn table(&self) -> String {
        let mut rows: Vec<(&String, &Fate)> = self.kinds.iter().collect();
        rows.sort_by_key(|(name, fate)| (std::cmp::Reverse(fate.generated), *name));
        let mut text = format!("{:<16} {:>10} {:>10} {:>8}  raised\n", "operation", "generated", "succeeded", "used");
        for (name, fate) in rows {
            let percent = |part: u64| format!("{:.1} %", part as f64 * 100.0 / fate.generated.max(1) as f64);
            let mut raised: Vec<(&String, &u64)> = fate.raised.iter().collect();
            raised.sort_by_key(|(name, count)| (std::cmp::Reverse(**count), *name));
            let raised: Vec<String> =
                raised.into_iter().map(|(name, count)| format!("{name} {}", percent(*count))).collect();
            let (succeeded, used) = (percent(fate.succeeded), percent(fate.used));
            let line = format!("{name:<16} {:>10} {succeeded:>10} {used:>8}  {}", fate.generated, raised.join(", "));
            text += line.trim_end();
            text.push('\n');
        }
        text
    }
}

impl Fate {
    fn add(&mut self, other: &Fate) {
        self.generated += other.generated;
        self.succeeded += other.succeeded;
        self.used += other.used;
        for (exception, count) in &other.raised {
            *self.raised.entry(exception.clone()).or_default() += count;
        }
    }
}

/// Counts programs, one kind of operation after the other in a plain array.
#[derive(Debug)]
pub(super) struct Counter {
    programs: u64,
    fates: Vec<Fate>,
}

impl Counter {
    pub(super) fn new() -> Counter {
        Counter { programs: 0, fates: vec![Fate::default(); Kind::ALL.len()] }
    }

    /// Counts the operations of a program by what became of its steps. Where a step of several operations raised, the
    /// last of them is said to have.
    pub(super) fn count(&mut self, program: &Program, trace: &Trace) {
        self.programs += 1;
        for (step, observation) in trace.observations().enumerate() {
            let range = program.step_range(step);
            for at in range.clone() {
                let Some(operation) = program.operations.get(at) else { break };
                let Some(fate) = self.fates.get_mut(operation.kind as usize) else { break };
                fate.generated += 1;
                match &observation.outcome {
                    Outcome::Raised(raised) if at + 1 == range.end => match fate.raised.get_mut(&raised.exception) {
                        Some(count) => *count += 1,
                        None => drop(fate.raised.insert(raised.exception.clone(), 1)),
                    },
                    _ => {
                        fate.succeeded += 1;
                        fate.used += u64::from(is_used(program, at));
                    }
                }
            }
        }
    }

    /// What was counted since the last time.
    pub(super) fn take(&mut self) -> Statistics {
        let counted = Kind::ALL.iter().zip(&mut self.fates).filter(|(_, fate)| fate.generated > 0);
        let kinds = counted.map(|(kind, fate)| (kind.row().name.to_owned(), std::mem::take(fate))).collect();
        Statistics { programs: std::mem::take(&mut self.programs), kinds }
    }
}

/// Whether a later operation has the result of this one for an operand.
fn is_used(program: &Program, at: usize) -> bool {
    let later = program.operations.get(at + 1..).unwrap_or_default();
    match program.operations.get(at).map(|operation| operation.target) {
        None | Some(Target::Discard | Target::Local(_)) => false,
        Some(Target::Temp(temp)) => later.iter().any(|operation| operation.operands.contains(&Operand::Temp(temp))),
        Some(Target::Name(name)) => is_name_used(later, name),
    }
}

fn is_name_used(later: &[program::Operation], name: Name) -> bool {
    for operation in later {
        if operation.operands.contains(&Operand::Name(name)) {
            return operation.kind != Kind::Unbind;
        }
        if operation.target == Target::Name(name) {
            return false;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use program::{Observation, Parser, Raised, Value};

    fn counted(steps: &[(&str, Option<&str>)]) -> Statistics {
        let (mut parser, mut trace, mut counter) = (Parser::new(), Trace::new(), Counter::new());
        for (text, exception) in steps {
            parser.step(text).unwrap();
            let outcome = match exception {
                None => Outcome::Value(Value::None),
                Some(exception) => {
                    Outcome::Raised(Raised { exception: (*exception).to_owned(), message: String::new() })
                }
            };
            trace.write_observation(&Observation { outcome, printed: String::new(), live: None });
        }
        counter.count(&parser.finish(), &trace);
        counter.take()
    }

    #[test]
    fn operations_are_counted_by_what_became_of_them() {
        let statistics = counted(&[
            ("a = bytearray(b'abc')", None),
            ("m = memoryview(a)", None),
            ("m = memoryview(a)", None),
            ("m.cast('x')", Some("ValueError")),
        ]);
        let view = &statistics.kinds[Kind::NewView.row().name];
        assert_eq!((view.generated, view.succeeded, view.used), (2, 2, 1));
        let cast = &statistics.kinds["cast"];
        assert_eq!((cast.generated, cast.succeeded, cast.raised["ValueError"]), (1, 0, 1));
        assert!(statistics.table().contains("ValueError 100.0 %"), "{}", statistics.table());
    }

    #[test]
    fn what_looks_wrong_is_said() {
        let mut statistics = Statistics { programs: FEW_PROGRAMS, ..Statistics::default() };
        let fate = Fate { generated: 1000, succeeded: 49, ..Fate::default() };
        statistics.kinds.insert("cast".to_owned(), fate);
        let warnings = statistics.warnings();
        assert!(warnings[0].starts_with("Warning: `cast` succeeded in only 49 of 1000 operations"), "{warnings:?}");
        assert!(warnings.iter().any(|warning| warning.starts_with("Warning: `tolist` was never generated")));
        assert!(warnings.iter().any(|warning| warning.starts_with("Warning: no operation raised BufferError")));
        assert!(Statistics::default().warnings().is_empty());
    }
}
