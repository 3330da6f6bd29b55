//! What goes wrong in a run of the executable, as the environment variable `MUTANTS` says: faults with commas between.
//!
//! | fault | what goes wrong |
//! |---|---|
//! | `segv@123` | the embedded engine ends its process when a worker runs the program of that number; also `kill`, `abort`, `hang`, `alloc` and `escape` |
//! | `segv@hex` | it does so in every program that has that operation |
//! | `lie@tolist` | the embedded engine reports something else of every such operation that succeeds |
//! | `some@tolist` | the embedded engine does so where the result is a list that holds floats or lists |
//! | `garble@hex` | the embedded engine raises an error with another text each time |
//! | `share@hex` | every engine does |
//! | `first@4` | the workers up to that number can't start: those with even numbers die, the others say why |
//! | `last@4` | the workers after that number can't start, and say why |
//!
//! Without the variable nothing goes wrong, and the executable does what the one for people does.

use crate::act::Act;
use crate::impostor::{Impostor, Place};
use child::HeartbeatPage;
use engine::{Engine, OpenError, Profile, Settings};
use program::Kind;
use std::env;
use std::ffi::OsString;
use std::path::Path;
use std::sync::Arc;

/// The environment variable.
pub const VARIABLE: &str = "MUTANTS";

/// A text that is no plan.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{VARIABLE} has no fault `{0}`")]
pub struct PlanError(String);

/// What goes wrong, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Plan {
    acts: Vec<(Place, Act)>,
    lies: Vec<Kind>,
    /// Lies about lists that hold floats or lists.
    some: Vec<Kind>,
    /// Errors with another text each time.
    garbled: Vec<Kind>,
    /// Lies of every engine.
    shared: Vec<Kind>,
    /// The workers up to that number can't start.
    first: u64,
    /// The workers after that number can't start.
    last: Option<u64>,
}

impl Plan {
    /// The plan that the environment has.
    pub fn from_environment() -> Result<Plan, PlanError> {
        Plan::parse(&env::var(VARIABLE).unwrap_or_default())
    }

    fn parse(text: &str) -> Result<Plan, PlanError> {
        let mut plan = Plan::default();
        for fault in text.split(',').filter(|fault| !fault.is_empty()) {
            plan.add(fault).ok_or_else(|| PlanError(fault.to_owned()))?;
        }
        Ok(plan)
    }

    fn add(&mut self, fault: &str) -> Option<()> {
        let (what, place) = fault.split_once('@')?;
        let number = place.parse().ok();
        let kind = Kind::ALL.iter().find(|kind| kind.row().name == place).copied();
        match what {
            "lie" => self.lies.push(kind?),
            "some" => self.some.push(kind?),
            "garble" => self.garbled.push(kind?),
            "share" => self.shared.push(kind?),
            "first" => self.first = number?,
            "last" => self.last = Some(number?),
            _ => {
                let (_, act) = Act::WORDS.into_iter().find(|(word, _)| *word == what)?;
                self.acts.push((number.map(Place::Program).or(kind.map(Place::Operation))?, act));
            }
        }
        Some(())
    }

    /// Ends this process if it is a worker that dies before it is ready.
    pub fn start(&self, worker: &Worker) {
        let number = worker.number;
        if number > 0 && number <= self.first && number.is_multiple_of(2) {
            Act::Kill.perform();
        }
    }

    /// Opens an engine, as an impostor if there is something for it to do.
    pub fn open(
        &self,
        name: &str,
        like: Profile,
        settings: &Settings,
        worker: &Worker,
    ) -> Result<Box<dyn Engine>, OpenError> {
        if self.prevents(worker) {
            let reason = format!("worker {} may not start", worker.number);
            return Err(OpenError::Unobservable { library: "none".to_owned(), reason });
        }
        let engine = engine::open(name, like, settings)?;
        let (acts, mut lies, some, garbled) = match name {
            "embedded" => (self.acts.clone(), self.lies.clone(), self.some.clone(), self.garbled.clone()),
            _ => (vec![], vec![], vec![], vec![]),
        };
        lies.extend(&self.shared);
        match acts.is_empty() && lies.is_empty() && some.is_empty() && garbled.is_empty() {
            true => Ok(engine),
            false => Ok(Box::new(Impostor { engine, acts, lies, some, garbled, page: worker.page.clone() })),
        }
    }

    fn prevents(&self, worker: &Worker) -> bool {
        let number = worker.number;
        number > 0 && (number <= self.first || self.last.is_some_and(|last| number > last))
    }
}

/// What this process is in a campaign, as its command line says.
#[derive(Clone, Debug, Default)]
pub struct Worker {
    /// Which worker it is, from 1 on; 0 for one that examines, and for what is no worker.
    pub number: u64,
    /// Its heartbeat page, which says the program that it is on.
    pub page: Option<Arc<HeartbeatPage>>,
}

impl Worker {
    /// What this process is.
    pub fn from_arguments() -> Worker {
        let arguments: Vec<OsString> = env::args_os().collect();
        let after = |option: &str| arguments.iter().skip_while(|argument| *argument != option).nth(1);
        let number = after("--number").and_then(|number| number.to_str()?.parse().ok());
        let join = |path: &OsString| HeartbeatPage::join(Path::new(path)).ok();
        Worker { number: number.unwrap_or_default(), page: after("--page").and_then(join).map(Arc::new) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plans_are_read() {
        let plan =
            Plan::parse("segv@1,hang@20,abort@hash,lie@tolist,some@cast,garble@get,share@hex,first@2,last@7").unwrap();
        let (first, second) = ((Place::Program(1), Act::Segv), (Place::Program(20), Act::Hang));
        assert_eq!(plan.acts, [first, second, (Place::Operation(Kind::Hash), Act::Abort)]);
        assert_eq!((&plan.lies, &plan.shared), (&vec![Kind::ToList], &vec![Kind::Hex]));
        assert_eq!((&plan.some, &plan.garbled), (&vec![Kind::Cast], &vec![Kind::Get]));
        assert_eq!((plan.first, plan.last), (2, Some(7)));
        assert_eq!(Plan::parse(""), Ok(Plan::default()));
        for wrong in ["segv", "segv@x", "boom@1", "lie@nothing", "first@hex"] {
            assert_eq!(Plan::parse(wrong), Err(PlanError(wrong.to_owned())));
        }
    }
}
