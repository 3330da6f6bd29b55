//! The texts of the alphabet as operations, and what is known of the names before and after each.

use super::alphabet::{Data, Exporter, Group};
use program::{Kind, Operand, Operation, Parser, Program, Target};

/// The names of every program.
pub(super) const NAMES: [&str; 4] = ["data", "view", "other", "items"];

/// What is known where an operation stands: which names an operation before has bound, if it did not raise, and what `data`
/// is. Nothing else decides what may follow.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Facts(u8);

impl Facts {
    const DATA: u8 = NAMES.len() as u8;

    /// Every combination.
    pub(super) fn all() -> impl Iterator<Item = Facts> {
        (0..Data::ALL.len() << Facts::DATA).map(|facts| Facts(facts as u8))
    }

    pub(super) fn index(self) -> usize {
        usize::from(self.0)
    }

    fn data(self) -> Data {
        Data::ALL[usize::from(self.0 >> Facts::DATA) % Data::ALL.len()]
    }
}

/// An exporter: what every program with it begins with.
#[derive(Clone, Debug)]
pub(super) struct Opening {
    pub(super) program: Program,
    pub(super) facts: Facts,
}

impl Opening {
    pub(super) fn of(exporter: &'static Exporter) -> Opening {
        let program = parse(exporter.steps);
        let bound = program.operations.iter().fold(0, |bound, operation| effect(operation).of(bound));
        let data = Data::ALL.iter().position(|data| *data == exporter.data).unwrap_or(0) as u8;
        Opening { program, facts: Facts(bound | data << Facts::DATA) }
    }
}

/// An operation of the alphabet, which may be several for engines.
#[derive(Clone, Debug)]
pub(super) struct Step {
    pub(super) group: &'static Group,
    pub(super) text: String,
    pub(super) operations: Vec<Operation>,
    needs: u8,
    effect: Effect,
}

impl Step {
    /// The operations of a group: those on views are on each of them.
    pub(super) fn all(group: &'static Group) -> impl Iterator<Item = Step> {
        group.texts.iter().flat_map(move |text| {
            let names = if text.contains('$') { &["view", "other"][..] } else { &[""] };
            names.iter().map(move |name| Step::of(group, text.replace('$', name)))
        })
    }

    fn of(group: &'static Group, text: String) -> Step {
        let program = parse(&[&text]);
        let mut step = Step { group, text, operations: program.operations, needs: 0, effect: Effect::default() };
        for operation in &step.operations {
            let names = operation.operands.iter().filter_map(|operand| match operand {
                Operand::Name(name) => Some(1 << name),
                _ => None,
            });
            // What it binds itself is there.
            step.needs |= names.fold(0, |names, name| names | name) & !step.effect.binds;
            step.effect = step.effect.and(effect(operation));
        }
        step
    }

    /// Whether it may stand there.
    pub(super) fn is_possible(&self, facts: Facts) -> bool {
        facts.0 & self.needs == self.needs && self.group.data.is_none_or(|data| data == facts.data())
    }

    /// What is known after it.
    pub(super) fn apply(&self, facts: Facts) -> Facts {
        Facts(self.effect.of(facts.0))
    }
}

/// The names that operations bind and unbind, a bit each.
#[derive(Clone, Copy, Debug, Default)]
struct Effect {
    binds: u8,
    unbinds: u8,
}

impl Effect {
    fn of(self, facts: u8) -> u8 {
        facts & !self.unbinds | self.binds
    }

    fn and(self, next: Effect) -> Effect {
        let (binds, unbinds) = (next.of(self.binds), self.unbinds & !next.binds | next.unbinds);
        Effect { binds, unbinds }
    }
}

fn effect(operation: &Operation) -> Effect {
    let binds = if let Target::Name(name) = operation.target { 1 << name } else { 0 };
    let unbinds = match (operation.kind, operation.operands.first()) {
        (Kind::Unbind, Some(Operand::Name(name))) => 1 << name,
        _ => 0,
    };
    Effect { binds, unbinds }
}

/// The program of some steps, whose names are [`NAMES`].
fn parse(texts: &[&str]) -> Program {
    let mut parser = Parser::of_printed();
    let names = NAMES.map(|name| format!("{name} = None")).join("\n");
    for text in [&[&*names], texts].concat() {
        if let Err(error) = parser.step(text) {
            unreachable!("the alphabet has `{text}`: {error}");
        }
    }
    let mut program = parser.finish();
    program.operations.drain(..NAMES.len());
    program.steps.remove(0);
    program.steps.iter_mut().for_each(|end| *end -= NAMES.len() as u32);
    program
}
