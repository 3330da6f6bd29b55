//! The steps that a law adds to a program.

use program::{Kind, Operand, Operation, Program, Target};

/// A program, and steps that are added to it.
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

    /// The last operation of a step, with a name for its result.
    pub(super) fn bind<const N: usize>(&mut self, kind: Kind, target: Target, operands: [Operand; N]) {
        self.program.operations.push(Operation::new(kind, target, operands));
        self.program.steps.push(u32::try_from(self.program.operations.len()).unwrap_or(u32::MAX));
        self.temps = 0;
    }
}
