//! Faults of a compiler: statements that become other ones.

use super::{Row, compiled};
use program::{Body, Kind, Operand, Operation, Program, Target, Value};

pub(super) const ROWS: &[Row] = &[
    compiled("finally-skipped-by-return", "A `return` in a `try` block skips `finally`.", |program| {
        each(program, Kind::Try, |program, operation| {
            if returns(program, &operation.operands[0]) {
                operation.operands[2] = NONE;
            }
        });
    }),
    compiled("finally-skipped-by-error", "An exception that no handler catches skips `finally`.", |program| {
        each(program, Kind::Try, |program, operation| {
            let last = std::mem::replace(&mut operation.operands[2], NONE);
            followed(program, operation, &last);
        });
    }),
    compiled("finally-twice", "The block of `finally` is run twice.", |program| {
        each(program, Kind::Try, |program, operation| {
            if let Some(block) = body(program, &operation.operands[2]) {
                let again = block.operations.clone();
                block.operations.extend(again);
            }
        });
    }),
    compiled("else-of-try-guarded", "The handlers of a `try` catch what its `else` raises.", |program| {
        each(program, Kind::Try, |program, operation| {
            let other = std::mem::replace(&mut operation.operands[1], NONE);
            let Some(other) = body(program, &other).map(|other| other.operations.clone()) else { return };
            if let Some(block) = body(program, &operation.operands[0]) {
                block.operations.extend(other);
            }
        });
    }),
    compiled("else-of-try-always", "The `else` of a `try` is also run after a handler.", |program| {
        each(program, Kind::Try, |program, operation| {
            let other = std::mem::replace(&mut operation.operands[1], NONE);
            followed(program, operation, &other);
        });
    }),
    compiled("else-of-loop-never", "The `else` of a loop is never run.", |program| {
        for kind in [Kind::For, Kind::While] {
            each(program, kind, |_, operation| operation.operands[other_of(kind)] = NONE);
        }
    }),
    compiled("else-of-loop-after-break", "The `else` of a loop is also run after a `break`.", |program| {
        for kind in [Kind::For, Kind::While] {
            each(program, kind, |program, operation| {
                let other = std::mem::replace(&mut operation.operands[other_of(kind)], NONE);
                followed(program, operation, &other);
            });
        }
    }),
    compiled("continue-breaks", "A `continue` ends the loop.", |program| {
        each(program, Kind::Continue, |_, operation| operation.kind = Kind::Break);
    }),
    compiled("break-continues", "A `break` goes on with the next item.", |program| {
        each(program, Kind::Break, |_, operation| operation.kind = Kind::Continue);
    }),
    compiled("raise-again-ignored", "A `raise` alone in a handler does nothing.", |program| {
        each(program, Kind::Raise, |_, operation| {
            if operation.operands.is_empty() {
                operation.kind = Kind::Pass;
            }
        });
    }),
    compiled("handlers-backwards", "Of several handlers the last one that fits is taken.", |program| {
        each(program, Kind::Try, |_, operation| {
            if operation.operands.len() == 9 {
                operation.operands[3..].rotate_left(3);
            }
        });
    }),
    compiled(
        "methods-lose-the-first-statement",
        "A method with three statements or more skips the first.",
        |program| {
            for body in &mut program.bodies {
                let is_method = body.function.as_ref().is_some_and(|head| head.name.starts_with("__"));
                let is_statement = body.operations.first().is_some_and(|first| first.target == Target::Discard);
                if is_method && is_statement && body.operations.len() > 2 {
                    body.operations.remove(0);
                }
            }
        },
    ),
];

const NONE: Operand = Operand::Value(Value::None);

/// Which operand of a loop is its `else`.
fn other_of(kind: Kind) -> usize {
    if kind == Kind::For || kind == Kind::While { 2 } else { 0 }
}

/// Changes each operation of a kind.
fn each(program: &mut Program, kind: Kind, change: impl Fn(&mut Program, &mut Operation)) {
    let blocks = program.bodies.len();
    for block in 0..=blocks {
        let mut operations = match block.checked_sub(1) {
            None => std::mem::take(&mut program.operations),
            Some(at) => std::mem::take(&mut program.bodies[at].operations),
        };
        let found = operations.iter_mut().filter(|operation| operation.kind == kind);
        found.for_each(|operation| change(program, operation));
        match block.checked_sub(1) {
            None => program.operations = operations,
            Some(at) => program.bodies[at].operations = operations,
        }
    }
}

fn body<'a>(program: &'a mut Program, operand: &Operand) -> Option<&'a mut Body> {
    match operand {
        Operand::Body(body) => program.bodies.get_mut(usize::from(*body)),
        _ => None,
    }
}

/// Whether a block has a `return` of its own.
fn returns(program: &mut Program, block: &Operand) -> bool {
    body(program, block).is_some_and(|block| block.operations.iter().any(|operation| operation.kind == Kind::Return))
}

/// Has a block run after an operation whatever has happened in it, unless it raises: both become the block of a condition.
fn followed(program: &mut Program, operation: &mut Operation, block: &Operand) {
    let Some(block) = body(program, block).map(|block| block.operations.clone()) else { return };
    // What a loop goes through is a temporary of the block around it.
    if operation.operands.iter().any(|operand| matches!(operand, Operand::Temp(_))) {
        return;
    }
    let then = Operand::Value(Value::Bool(true));
    let all = [operation.clone()].into_iter().chain(block).collect();
    program.bodies.push(Body { operations: all, ..Body::default() });
    let body = Operand::Body((program.bodies.len() - 1) as u16);
    *operation = Operation::new(Kind::If, operation.target, [then, body, NONE]);
}
