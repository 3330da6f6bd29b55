//! The subject of a law: a view that is alive at the end of a program.

use super::follow::Follow;
use super::native::Native;
use super::{is_view, outcome};
use engine::Abi;
use program::{Kind, Live, Operand, Outcome, Program, Root, Trace, Value, ViewState};
use std::rc::Rc;

/// The most views of one program that laws are asked about.
const MOST: usize = 8;
/// The most bytes of a view whose items are read.
const BYTES: i64 = 1 << 12;

/// A view that is alive when its program is over.
#[derive(Debug)]
pub(super) struct Subject {
    /// The name that it is bound to.
    pub(super) name: u16,
    /// Its layout.
    pub(super) state: ViewState,
    /// The object that it keeps from being resized, if no subject before this one does: its name and its value.
    pub(super) exporter: Option<(u16, Value)>,
    /// The names of all views that are alive.
    pub(super) views: Rc<[u16]>,
    /// The number of names in the program.
    pub(super) names: u16,
    /// The sizes of C types on the engine.
    pub(super) abi: Abi,
}

impl Subject {
    /// The view, as an operand.
    pub(super) fn view(&self) -> Operand {
        Operand::Name(self.name)
    }

    /// The number of bytes that its items take, if that is a number.
    pub(super) fn nbytes(&self) -> Option<i64> {
        self.state.shape.iter().try_fold(self.state.itemsize, |bytes, size| bytes.checked_mul(*size))
    }

    /// Whether its items can be read, and are not too many. Pointers are not followed: the program may have written
    /// over them, and what an engine does then is its own affair.
    pub(super) fn is_readable(&self) -> bool {
        let is_small = self.nbytes().is_some_and(|bytes| (0..=BYTES).contains(&bytes));
        is_small && self.count().is_some_and(|count| count <= BYTES) && self.state.suboffsets.is_empty()
    }

    /// Its format, if its items can be read and are single ones of the machine's own.
    pub(super) fn native(&self) -> Option<Native> {
        Native::of(&self.state.format, self.state.itemsize, self.abi).filter(|_| self.is_readable())
    }

    /// The number of its items.
    pub(super) fn count(&self) -> Option<i64> {
        self.state.shape.iter().try_fold(1_i64, |count, size| count.checked_mul(*size))
    }

    /// The bytes from an item to the next, if its items lay side by side in C order.
    pub(super) fn dense(&self) -> Option<Vec<i64>> {
        let mut strides = vec![];
        let mut stride = self.state.itemsize;
        for size in self.state.shape.iter().rev() {
            strides.insert(0, stride);
            stride = stride.checked_mul(*size)?;
        }
        Some(strides)
    }
}

/// A look at what a program leaves behind, by steps after it.
pub(super) struct Look<'a> {
    /// The program with these steps.
    pub(super) program: Program,
    remains: &'a [(u16, Live)],
    from: usize,
}

impl<'a> Look<'a> {
    /// A look at the views, and at the objects that are locked.
    pub(super) fn at(program: &Program, remains: &'a [(u16, Live)]) -> Look<'a> {
        let mut follow = Follow::after(program);
        let from = follow.len();
        let names = views(remains).chain(locked(remains));
        names.for_each(|name| follow.step(Kind::Plain, [Operand::Name(name)]));
        Look { program: follow.program, remains, from }
    }

    /// The views, as the look has seen them. Views that are alike in all that is seen of them are one.
    pub(super) fn subjects(&self, trace: &Trace, abi: Abi) -> Vec<Subject> {
        let (names, from) = (u16::try_from(self.program.names.len()).unwrap_or(u16::MAX), self.from);
        let views: Rc<[u16]> = views(self.remains).collect();
        let locked: Vec<u16> = locked(self.remains).collect();
        let mut subjects: Vec<Subject> = vec![];
        for (index, name) in views.iter().enumerate() {
            let Some(Outcome::Value(Value::View(state))) = outcome(trace, from + index) else { continue };
            if state.released || subjects.len() == MOST || subjects.iter().any(|other| other.state == *state) {
                continue;
            }
            // An engine that does not tell the shape, or tells one that no view has.
            if state.shape.iter().any(|size| *size < 0) {
                continue;
            }
            let exporter = locked.iter().position(|name| state.root == Root::Named(*name)).and_then(|at| {
                let is_met =
                    subjects.iter().any(|other| other.exporter.as_ref().is_some_and(|(met, _)| *met == locked[at]));
                match outcome(trace, from + views.len() + at) {
                    Some(Outcome::Value(value)) if !is_met => Some((locked[at], value)),
                    _ => None,
                }
            });
            subjects.push(Subject { name: *name, state: *state, exporter, views: views.clone(), names, abi });
        }
        subjects
    }
}

fn views(remains: &[(u16, Live)]) -> impl Iterator<Item = u16> {
    remains.iter().filter(|(_, live)| is_view(live)).map(|(name, _)| *name)
}

fn locked(remains: &[(u16, Live)]) -> impl Iterator<Item = u16> {
    let is_locked = |live: &Live| matches!(live, Live::Exporter { locked: true, .. });
    remains.iter().filter(move |(_, live)| is_locked(live)).map(|(name, _)| *name)
}
