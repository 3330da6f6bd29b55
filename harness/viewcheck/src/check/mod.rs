//! Runs cases on engines and says of each what came of it.
//!
//! An engine is compared with what the case says and then, where the case leaves something open, with the reference,
//! as the same version of Python, if the reference is among the engines and itself does what the case says. At last the
//! views that the case leaves behind are held against the [`laws`](crate::laws), and it may leave no memory behind.

mod isolated;
mod message;
mod oracle;
mod worker;

pub use isolated::{Isolated, Launch, StartError, Starting};
pub use oracle::{lacking, skipped};
pub use worker::{Setup, WorkerError, failure, serve};

use crate::compare::Level;
use crate::difference::Difference;
use crate::report::model::Status;
use cases::{Case, Suite};
use engine::{About, Engine, Role, RunError};
use oracle::Oracle;
use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// What came of a case on an engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Judged {
    /// It did what the case says.
    Pass,
    /// It did something else.
    Fail {
        /// What it did.
        difference: Difference,
        /// What it was compared with.
        against: Against,
    },
    /// What should happen is unspecified, for this reason, so that there is nothing to judge.
    Open(String),
    /// It was not run, or not to its end, because the engine can't, for this reason.
    Skip(String),
    /// The engine crashed, with this said of it.
    Crash(String),
    /// The engine did not come to an end.
    Hang(String),
    /// The engine could not run it, for this reason.
    Error(String),
}

impl From<RunError> for Judged {
    fn from(fault: RunError) -> Judged {
        let text = fault.to_string();
        match fault {
            RunError::Crashed { .. } => Judged::Crash(text),
            RunError::Hung { .. } => Judged::Hang(text),
            RunError::Unspecified(_) => Judged::Open(text),
            RunError::Unsupported { .. } => Judged::Skip(text),
            RunError::Malformed(_) | RunError::Protocol { .. } => Judged::Error(text),
        }
    }
}

/// What an engine was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Against {
    /// What the case says.
    Case,
    /// What the reference did, where the case says nothing.
    Reference,
    /// What must be so whatever the case says.
    Law,
}

impl Judged {
    /// Whether it is a finding: neither passed nor skipped, nor open.
    pub fn is_bad(&self) -> bool {
        Status::from(self).is_bad()
    }
}

/// The engines that cases are run on.
pub struct EnginesUnderTest {
    places: Vec<Place>,
}

enum Place {
    Here(Box<Oracle>),
    Isolated(Box<Isolated>),
}

/// An engine that was opened.
pub enum Opened {
    /// In this process.
    Here(Box<dyn Engine>),
    /// In a process of its own.
    Isolated(Box<Isolated>),
}

/// What came of a case on one engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Checked {
    judged: Judged,
    /// For a refuted claim: for each step the lines that tell what was seen, as an interpreter shows them.
    observed: Option<Vec<Vec<String>>>,
}

impl EnginesUnderTest {
    /// Engines in this process. If the reference is among them, it judges the others.
    pub fn new(engines: Vec<Box<dyn Engine>>) -> EnginesUnderTest {
        EnginesUnderTest::of(engines.into_iter().map(Opened::Here).collect())
    }

    /// Engines here and elsewhere. If the reference is here, it judges the others that are here.
    pub fn of(engines: Vec<Opened>) -> EnginesUnderTest {
        let is_reference = |engine: &Opened| match engine {
            Opened::Here(engine) => engine.about().role == Role::Reference,
            Opened::Isolated(_) => false,
        };
        let compared = engines.iter().any(is_reference);
        let place = |engine| match engine {
            Opened::Here(engine) => Place::Here(Box::new(Oracle::new(engine, compared))),
            Opened::Isolated(isolated) => Place::Isolated(isolated),
        };
        EnginesUnderTest { places: engines.into_iter().map(place).collect() }
    }

    /// Who the engines are.
    pub fn about(&self) -> Vec<About> {
        let about = |place: &Place| match place {
            Place::Here(oracle) => oracle.engine.about().clone(),
            Place::Isolated(isolated) => isolated.about().clone(),
        };
        self.places.iter().map(about).collect()
    }

    /// Runs a case on each engine.
    pub fn check(&mut self, case: &Case, level: Level) -> CaseRun {
        self.check_all(&[case], level, &mut |_| (), &|| false).pop().unwrap_or_default()
    }

    /// Runs cases on each engine: on those here one after the other, on those elsewhere at the same time. Calls `done` for
    /// each case that was run on all of them. Gives what came of each case, of fewer if `stop` says so.
    pub fn check_all(
        &mut self,
        cases: &[&Case],
        level: Level,
        done: &mut dyn FnMut(&Case),
        stop: &dyn Fn() -> bool,
    ) -> Vec<CaseRun> {
        let mut results = Collected::new(self.places.len(), cases, done);
        let halt = AtomicBool::new(false);
        let (sender, checked) = mpsc::channel();
        thread::scope(|scope| {
            let mut here = vec![];
            for (place, engine) in self.places.iter_mut().enumerate() {
                match engine {
                    Place::Here(oracle) => here.push((place, oracle)),
                    Place::Isolated(isolated) => {
                        let (sender, halt) = (sender.clone(), &halt);
                        let refused = sender.clone();
                        let work = move || {
                            // If nobody listens any more, nobody needs to know.
                            isolated.check(cases, halt, &mut |index, checked| _ = sender.send((place, index, checked)));
                        };
                        if let Err(error) = thread::Builder::new().spawn_scoped(scope, work) {
                            let reason = format!("the system refuses a thread: {error}");
                            let error = || Checked { judged: Judged::Error(reason.clone()), observed: None };
                            (0..cases.len()).for_each(|index| _ = refused.send((place, index, error())));
                        }
                    }
                }
            }
            drop(sender);
            for (batch, start) in cases.chunks(BATCH).zip((0..).step_by(BATCH)) {
                for (place, oracle) in &mut here {
                    oracle.check(batch, level, &mut |index, checked| results.note(*place, start + index, checked));
                }
                checked.try_iter().for_each(|(place, index, checked)| results.note(place, index, checked));
                if stop() {
                    break;
                }
            }
            loop {
                match checked.recv_timeout(TICK) {
                    Ok((place, index, checked)) => results.note(place, index, checked),
                    Err(RecvTimeoutError::Timeout) => {}
                    Err(RecvTimeoutError::Disconnected) => break,
                }
                if stop() {
                    halt.store(true, Ordering::Relaxed);
                }
            }
        });
        results.complete()
    }
}

/// How many cases an engine here is given at a time.
const BATCH: usize = 64;
/// How often it is asked whether to stop.
const TICK: Duration = Duration::from_millis(50);

/// What came of cases so far, on each engine.
struct Collected<'a> {
    cases: &'a [&'a Case],
    /// For each case the result of each engine.
    checked: Vec<Vec<Option<Checked>>>,
    done: &'a mut dyn FnMut(&Case),
}

impl<'a> Collected<'a> {
    fn new(engines: usize, cases: &'a [&'a Case], done: &'a mut dyn FnMut(&Case)) -> Collected<'a> {
        Collected { cases, checked: cases.iter().map(|_| vec![None; engines]).collect(), done }
    }

    fn note(&mut self, engine: usize, index: usize, result: Checked) {
        let (Some(case), Some(results)) = (self.cases.get(index), self.checked.get_mut(index)) else { return };
        if let Some(slot) = results.get_mut(engine) {
            *slot = Some(result);
        }
        if results.iter().all(Option::is_some) {
            (self.done)(case);
        }
    }

    /// The cases up to the first one that was not run on all engines.
    fn complete(self) -> Vec<CaseRun> {
        let results = self.checked.into_iter().map(|results| results.into_iter().collect::<Option<Vec<Checked>>>());
        results.map_while(|results| results.map(CaseRun::of)).collect()
    }
}

/// What came of a case.
#[derive(Clone, Debug, Default)]
pub struct CaseRun {
    /// For each engine.
    pub judged: Vec<Judged>,
    /// For a refuted claim: for each step the lines that tell what was seen, as an interpreter shows them.
    pub observed: Option<Vec<Vec<String>>>,
}

impl CaseRun {
    /// The last engine that ran stands for what happens: a real Python, if there is one.
    fn of(results: Vec<Checked>) -> CaseRun {
        let observed = results.iter().rev().find_map(|result| result.observed.clone());
        CaseRun { judged: results.into_iter().map(|result| result.judged).collect(), observed }
    }
}

/// What came of a suite.
#[derive(Clone, Debug)]
pub struct Run {
    /// The engines, in the order in which each case was run on them.
    pub engines: Vec<About>,
    /// For each document the runs of its cases. When the run was stopped, fewer than there are.
    pub documents: Vec<Vec<CaseRun>>,
}

/// Runs every case of a suite. `done` is called for each case that was run on all engines, and `stop` can end the run.
pub fn check(
    suite: &Suite,
    under_test: &mut EnginesUnderTest,
    level: Level,
    done: &mut dyn FnMut(&Case),
    stop: &dyn Fn() -> bool,
) -> Run {
    let cases: Vec<&Case> = suite.documents.iter().flat_map(|document| &document.cases).collect();
    let mut runs = under_test.check_all(&cases, level, done, stop).into_iter();
    let mut documents = vec![];
    for document in &suite.documents {
        documents.push(runs.by_ref().take(document.cases.len()).collect());
        if runs.len() == 0 {
            break;
        }
    }
    Run { engines: under_test.about(), documents }
}
