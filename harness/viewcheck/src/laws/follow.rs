//! The steps that a law adds to a program.

use super::subject::Subject;
use program::{Kind, Operand, Operation, Program, Target, Value};

/// A program, and steps that are added to it.
#[derive(Default)]
pub(super) struct Follow {
    /// Both.
    pub(super) program: Program,
    temps: u16,
}

impl Follow {
    /// Steps after those of a program.
    pub(super) fn after(program: &Program) -> Follow {
        Follow { program: program.clone(), temps: 0 }
    }

    /// The number of steps, those of the program included.
    pub(super) fn len(&self) -> usize {
        self.program.steps.len()
    }

    /// Takes the steps from one on away.
    pub(super) fn truncate(&mut self, steps: usize) {
        self.program.truncate(steps);
    }

    /// Adds steps that only read, and gives the index of each. A single operation on a view that is among the steps
    /// from `since` on already is not run again: many laws begin with the items, or the bytes, of a view.
    pub(super) fn share(&mut self, steps: &Follow, since: usize) -> Vec<usize> {
        let add = |range: std::ops::Range<usize>| {
            let operations = &steps.program.operations[range];
            let known = match operations {
                [operation] if operation.operands.len() == 1 => (since..self.len()).find(|step| {
                    let range = self.program.step_range(*step);
                    range.len() == 1 && self.program.operations[range.start] == *operation
                }),
                _ => None,
            };
            known.unwrap_or_else(|| {
                self.program.operations.extend_from_slice(operations);
                self.program.steps.push(end(&self.program));
                self.len() - 1
            })
        };
        steps.program.step_ranges().map(add).collect()
    }

    /// An operation whose result the next operation of the step takes.
    pub(super) fn part<const N: usize>(&mut self, kind: Kind, operands: [Operand; N]) -> Operand {
        let temp = self.temps;
        self.temps += 1;
        self.program.operations.push(Operation::new(kind, Target::Temp(temp), operands));
        Operand::Temp(temp)
    }

    /// The last operation of a step.
    pub(super) fn step<const N: usize>(&mut self, kind: Kind, operands: [Operand; N]) {
        self.bind(kind, Target::Discard, operands);
    }

    /// A step that gives the items of a view, in lists as deep as it has dimensions. One that has none gives its item: all
    /// laws would fail with a Python whose `tolist` fails there, whatever they are about.
    pub(super) fn items(&mut self, subject: &Subject) {
        match subject.state.shape.as_slice() {
            [] => self.step(Kind::Get, [subject.view(), Operand::Value(Value::Tuple(vec![]))]),
            _ => self.step(Kind::ToList, [subject.view()]),
        }
    }

    /// The last operation of a step, with a name for its result.
    pub(super) fn bind<const N: usize>(&mut self, kind: Kind, target: Target, operands: [Operand; N]) {
        self.program.operations.push(Operation::new(kind, target, operands));
        self.program.steps.push(end(&self.program));
        self.temps = 0;
    }
}

fn end(program: &Program) -> u32 {
    u32::try_from(program.operations.len()).unwrap_or(u32::MAX)
}
