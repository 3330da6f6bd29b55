//! Seeded faults: the reference with one fault in it, as a real implementation could have it, for fuzzing to find.
//!
//! A fault is a [`Row`]: a function that is asked at every operation whether it takes it over. Where it does not, the
//! honest reference goes on. What a fault gives is an object like any other, so it spreads to what is done with it
//! later, as in a real implementation. The faults are in the other files of this folder, one file a subject; each is
//! one small mistake, and none of them knows how it will be found.
//!
//! What is wrong with statements is no matter of operations. Such a fault is a compiler's mistake, which is a function that
//! changes the program (`compiled.rs`), or a [`Habit`] of the interpreter (`habits.rs`).
//!
//! The reference has no hooks for faults. A mutant is a [`Variant`] of it, which the machine of `engine` runs as
//! it runs the honest one.

mod assigning;
mod attributes;
mod call;
mod casting;
mod comparing;
mod compiled;
mod contents;
mod deep;
mod errors;
mod habits;
mod items;
mod iterating;
mod lifetimes;
mod objects;
mod parts;
mod reentrant;
mod slicing;
mod subscripts;
mod writing;

use call::{Answer, Call, State};
use engine::machine::{self, Machine, Performed};
use engine::reference::{Reference, Variant};
use engine::{About, Engine, Profile, Role, RunError, Watch};
use habits::Habit;
use program::{Kind, Operand, Operation, Program, Target, Trace, Value};
use python::types::exception;
use python::{Object, Python, calls};
use smallvec::SmallVec;
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
    fault: Fault,
}

/// What is done wrongly.
#[derive(Clone, Copy)]
enum Fault {
    /// An operation.
    Act(Act),
    /// A call of a function of the program.
    Call(Act),
    /// A statement, by the compiler.
    Compile(fn(&mut Program)),
    /// What the interpreter does for every statement.
    Habit(Habit),
}

/// Takes an operation over, or says `None`.
type Act = fn(&mut Call<'_>) -> Answer;

const fn row(name: &'static str, wrong: &'static str, act: Act) -> Row {
    Row { name, wrong, fault: Fault::Act(act) }
}

const fn called(name: &'static str, wrong: &'static str, act: Act) -> Row {
    Row { name, wrong, fault: Fault::Call(act) }
}

const fn compiled(name: &'static str, wrong: &'static str, compile: fn(&mut Program)) -> Row {
    Row { name, wrong, fault: Fault::Compile(compile) }
}

const fn habit(name: &'static str, wrong: &'static str, habit: Habit) -> Row {
    Row { name, wrong, fault: Fault::Habit(habit) }
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
        objects::ROWS,
        habits::ROWS,
        compiled::ROWS,
        errors::ROWS,
    ];
    subjects.into_iter().flatten()
}

/// Faults that are too deep for a blind campaign, for measuring what guidance is worth.
pub fn deep() -> impl Iterator<Item = &'static Row> {
    deep::ROWS.iter()
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
        let broken = Broken {
            python: Python::new(self.about.profile.into()),
            state: RefCell::default(),
            kept: RefCell::default(),
            fault: self.row.fault,
        };
        match self.row.fault {
            Fault::Compile(compile) if !program.bodies.is_empty() => {
                let mut compiled = program.clone();
                compile(&mut compiled);
                Machine::new(broken, &compiled).run(watch, trace)
            }
            _ => Machine::new(broken, program).run(watch, trace),
        }
    }
}

/// A Python with a fault, for one run.
struct Broken {
    python: Python,
    state: RefCell<State>,
    /// The variables that it never lets go of.
    kept: RefCell<Vec<exception::Locals>>,
    fault: Fault,
}

impl Broken {
    fn has(&self, habit: Habit) -> bool {
        matches!(self.fault, Fault::Habit(own) if own == habit)
    }

    fn ask(&self, operation: &Operation, operands: &[Object]) -> Performed<Python> {
        let done = match self.fault {
            Fault::Act(act) => self.answer(act, operation, operands),
            _ => None,
        };
        done.unwrap_or_else(|| Variant::perform(&self.python, operation, operands))
    }

    fn answer(&self, act: Act, operation: &Operation, operands: &[Object]) -> Answer {
        // An operation that runs while another one does has a state of its own.
        let mut state = self.state.take();
        let done = act(&mut Call { python: &self.python, state: &mut state, operation, operands });
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

    fn call(&self, operation: &Operation, operands: &mut SmallVec<[Object; 4]>) -> Performed<Python> {
        if let (Kind::CallObject, Fault::Call(act)) = (operation.kind, self.fault)
            && let Some(done) = self.answer(act, operation, operands)
        {
            return done;
        }
        match calls::moved(&self.python, operation, operands) {
            Some(value) => Ok(Some(value?)),
            None => self.perform(operation, operands),
        }
    }

    fn locals(&self, bound: SmallVec<[Option<Object>; 4]>) -> exception::Locals {
        let locals = Variant::locals(&self.python, bound);
        if self.has(Habit::KeepVariables) {
            self.kept.borrow_mut().push(locals.clone());
        }
        locals
    }

    fn iterator(&self, object: &Object) -> Outcome {
        let iterator = Variant::iterator(&self.python, object)?;
        let is_over = |is_copied: bool| if is_copied { habits::copied(&self.python, object) } else { None };
        let copied = match object {
            Object::Bytearray(_) => is_over(self.has(Habit::LoopOverCopy)),
            Object::Array(_) => is_over(self.has(Habit::LoopOverCopyOfArray)),
            _ => None,
        };
        Ok(copied.unwrap_or(iterator))
    }

    fn next(&self, iterator: &Object) -> Result<Option<Object>, Stop> {
        match Variant::next(&self.python, iterator) {
            Err(Stop::Raised(error)) if self.has(Habit::EndByError) && habits::ends(&error) => Ok(None),
            done => done,
        }
    }

    fn class(&self, name: &str, base: Option<Object>, attributes: Vec<(&str, Object)>) -> Outcome {
        let base = base.filter(|_| !self.has(Habit::InheritNothing));
        Variant::class(&self.python, name, base, attributes)
    }

    fn catches(&self, class: &Object, error: &Error) -> Result<bool, Stop> {
        let is_caught = Variant::catches(&self.python, class, error)?;
        Ok(match self.fault {
            Fault::Habit(Habit::CatchEverything) => true,
            Fault::Habit(Habit::CatchExactly) => is_caught && habits::is_exactly(class, error),
            Fault::Habit(Habit::CatchNoOwn) => is_caught && !error.exception().name().contains("Buffer"),
            _ => is_caught,
        })
    }

    fn truth(&self, object: &Object) -> Result<bool, Stop> {
        match object {
            Object::View(_) if self.has(Habit::ViewsAreTrue) => Ok(true),
            _ => Variant::truth(&self.python, object),
        }
    }

    fn enter(&self, manager: Object) -> Result<(Object, Object), Stop> {
        match manager {
            Object::View(_) => Ok((self.ask_method(Kind::EnterMethod, &manager)?, manager)),
            _ => Variant::enter(&self.python, manager),
        }
    }

    fn exit(&self, manager: Object, raised: Option<Error>) -> Result<(), Stop> {
        let (on_error, on_end) = (self.has(Habit::KeepOnError), self.has(Habit::KeepWithoutError));
        if !(on_error && raised.is_some() || on_end && raised.is_none()) {
            self.ask_method(Kind::ExitMethod, &manager)?;
        }
        raised.map_or(Ok(()), |error| Err(Stop::Raised(error)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn faults_have_names_of_their_own_and_sentences() {
        let names: BTreeSet<&str> = rows().chain(deep()).map(|row| row.name).collect();
        assert_eq!(names.len(), rows().count() + deep().count());
        for row in rows().chain(deep()) {
            assert!(row.name.chars().all(|char| matches!(char, 'a'..='z' | '0'..='9' | '-')), "{}", row.name);
            assert!(row.wrong.starts_with(|char: char| char.is_uppercase()), "{}", row.wrong);
            assert!(row.wrong.ends_with('.') && !row.wrong.contains('|'), "{}", row.wrong);
        }
    }
}
