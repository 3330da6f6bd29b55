//! Seeded faults: the reference with one fault in it, as a real implementation could have it, for fuzzing to find.
//!
//! A fault is a [`Row`]: a function that is asked at every operation whether it takes it over. Where it does not, the
//! honest reference goes on. What a fault gives is an object like any other, so it spreads to what is done with it
//! later, as in a real implementation. The faults are in the other files of this folder, one file a subject; each is
//! one small mistake, and none of them knows how it will be found.
//!
//! The reference has no hooks for faults. A mutant is a [`Variant`] of it, which the machine of `engine` runs as
//! it runs the honest one.

mod assigning;
mod attributes;
mod call;
mod casting;
mod comparing;
mod contents;
mod errors;
mod items;
mod iterating;
mod lifetimes;
mod parts;
mod reentrant;
mod slicing;
mod subscripts;
mod writing;

use call::{Answer, Call, State};
use engine::machine::{self, Machine, Performed};
use engine::reference::{Reference, Variant};
use engine::{About, Engine, Profile, Role, RunError, Watch};
use program::{Kind, Operand, Operation, Program, Target, Trace, Value};
use python::{Object, Python};
use std::cell::RefCell;
use view::Error;

type Stop = machine::Stop<Error>;
type Outcome = Result<Object, Stop>;

/// A fault.
#[derive(Clone, Copy)]
pub struct Row {
    /// What it is called, in words with hyphens.
    pub name: &'static str,
    /// A sentence that says what is wrong.
    pub wrong: &'static str,
    act: Act,
}

/// Takes an operation over, or says `None`.
type Act = fn(&mut Call<'_>) -> Answer;

const fn row(name: &'static str, wrong: &'static str, act: Act) -> Row {
    Row { name, wrong, act }
}

/// The fault that does nothing: with it, nothing may be found.
pub const HONEST: Row = row("none", "Nothing.", |_| None);

/// Every fault, in the order of the reports.
pub fn rows() -> impl Iterator<Item = &'static Row> {
    let subjects = [
        slicing::ROWS,
        subscripts::ROWS,
        items::ROWS,
        writing::ROWS,
        assigning::ROWS,
        casting::ROWS,
        attributes::ROWS,
        contents::ROWS,
        comparing::ROWS,
        iterating::ROWS,
        lifetimes::ROWS,
        reentrant::ROWS,
        errors::ROWS,
    ];
    subjects.into_iter().flatten()
}

/// The reference with a fault.
pub struct Mutant {
    about: About,
    row: Row,
}

impl Mutant {
    /// The reference as the Python of a profile, with a fault.
    pub fn new(profile: Profile, row: Row) -> Mutant {
        let honest = Reference::new(profile).about().clone();
        let (name, implementation) = ("mutant".to_owned(), "mutant".to_owned());
        Mutant { about: About { name, implementation, role: Role::Tested, ..honest }, row }
    }
}

impl Engine for Mutant {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        trace.clear();
        let python = Python::new(self.about.profile.into());
        Machine::new(Broken { python, state: RefCell::default(), act: self.row.act }, program).run(watch, trace)
    }
}

/// A Python with a fault, for one run.
struct Broken {
    python: Python,
    state: RefCell<State>,
    act: Act,
}

impl Broken {
    fn ask(&self, operation: &Operation, operands: &[Object]) -> Performed<Python> {
        // An operation that runs while another one does has a state of its own.
        let mut state = self.state.take();
        let mut call = Call { python: &self.python, state: &mut state, operation, operands };
        let done = match (self.act)(&mut call) {
            Some(done) => done,
            None => call.honest(),
        };
        self.state.replace(state);
        done
    }

    /// A `with` block does what the methods do that are called for it.
    fn ask_method(&self, kind: Kind, manager: &Object) -> Outcome {
        let operation = Operation::new(kind, Target::Discard, [Operand::Value(Value::None)]);
        Ok(self.ask(&operation, std::slice::from_ref(manager))?.unwrap_or(Object::None))
    }
}

impl Variant for Broken {
    fn python(&self) -> &Python {
        &self.python
    }

    fn perform(&self, operation: &Operation, operands: &[Object]) -> Performed<Python> {
        self.ask(operation, operands)
    }

    fn enter(&self, manager: Object) -> Result<(Object, Object), Stop> {
        match manager {
            Object::View(_) => Ok((self.ask_method(Kind::EnterMethod, &manager)?, manager)),
            _ => Variant::enter(&self.python, manager),
        }
    }

    fn exit(&self, manager: Object, raised: Option<Error>) -> Result<(), Stop> {
        self.ask_method(Kind::ExitMethod, &manager)?;
        raised.map_or(Ok(()), |error| Err(Stop::Raised(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn faults_have_names_of_their_own_and_sentences() {
        let names: BTreeSet<&str> = rows().map(|row| row.name).collect();
        assert_eq!(names.len(), rows().count());
        for row in rows() {
            assert!(row.name.chars().all(|char| matches!(char, 'a'..='z' | '0'..='9' | '-')), "{}", row.name);
            assert!(row.wrong.starts_with(|char: char| char.is_uppercase()), "{}", row.wrong);
            assert!(row.wrong.ends_with('.') && !row.wrong.contains('|'), "{}", row.wrong);
        }
    }
}
