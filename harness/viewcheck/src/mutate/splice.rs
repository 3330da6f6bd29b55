//! Puts statements of another program into a mutant.

use super::origin::Origin;
use super::place::{Needs, Place};
use super::plan::Edit;
use super::walk::Walk;
use program::{Name, Operand, Operation, Target};
use std::ops::Range;

impl<'w> Walk<'w, '_> {
    /// The other program, to be put back after something of it was taken.
    pub(super) fn take_other(&mut self) -> Option<Origin<'w>> {
        let other = self.other;
        self.spliced.take().or_else(|| Some(Origin::new(other?, 1)))
    }

    /// Puts in statements of the other program.
    pub(super) fn splice(&mut self, place: Place, out: &mut Vec<Operation>) -> bool {
        let Some(mut other) = self.take_other() else { return false };
        let done = self.splice_of(&mut other, place, out);
        other.forget_locals();
        self.spliced = Some(other);
        done
    }

    fn splice_of(&mut self, other: &mut Origin<'_>, place: Place, out: &mut Vec<Operation>) -> bool {
        let statements = other.statements(None);
        if statements.is_empty() {
            return false;
        }
        let first = self.source.below(statements.len());
        let count = 1 + self.source.below(3);
        let chosen: Vec<usize> = (first..statements.len()).take(count).collect();
        let mut chosen = match self.source.chance(50) {
            true => with_what_they_need(other, &statements, chosen),
            false => chosen,
        };
        let operations = |at: usize| &other.program.operations[statements[at].clone()];
        chosen.retain(|at| place.has(Needs::of(operations(*at), other.program)));
        let mut at = 0;
        let mut done = false;
        for statement in chosen.into_iter().map(|chosen| statements[chosen].clone()) {
            let operations = &other.program.operations;
            // What was gone past in an earlier splice is not forgotten.
            other.skip(&operations[at.min(statement.start)..statement.start]);
            at = statement.end;
            let needs = Needs::of(&operations[statement.clone()], other.program);
            if self.is_wanted(&operations[statement.clone()], needs, place, out) {
                self.copy(other, None, statement, place, None, out);
                done = true;
            }
        }
        if done {
            self.did(Edit::Splice);
        }
        done
    }
}

/// Statements, and those before them that bind what they read.
fn with_what_they_need(other: &Origin<'_>, statements: &[Range<usize>], chosen: Vec<usize>) -> Vec<usize> {
    const MOST: usize = 6;
    let operations = |at: usize| other.program.operations[statements[at].clone()].iter();
    let reads = |at: usize| {
        operations(at).flat_map(|operation| &operation.operands).filter_map(|operand| match operand {
            Operand::Name(name) => Some(*name),
            _ => None,
        })
    };
    let mut needed: Vec<Name> = chosen.iter().flat_map(|at| reads(*at)).collect();
    let mut found = chosen;
    let first = found.first().copied().unwrap_or(0);
    for at in (0..first).rev() {
        if found.len() >= MOST {
            break;
        }
        let binds = |name: &Name| operations(at).any(|operation| operation.target == Target::Name(*name));
        if needed.iter().any(binds) {
            needed.retain(|name| !binds(name));
            needed.extend(reads(at));
            found.insert(0, at);
        }
    }
    found
}
