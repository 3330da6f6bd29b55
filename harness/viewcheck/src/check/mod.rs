//! Runs cases on engines and says of each what came of it.
//!
//! An engine is compared with what the case says and then, where the case leaves something open, with the reference,
//! as the same version of Python, if the reference itself does what the case says. At last the views that the case
//! leaves behind are held against the [`laws`](crate::laws), and it may leave no memory behind.

mod isolated;
mod message;
mod oracle;
mod scene;
mod worker;

pub use crate::isolated::StartError;
pub use isolated::{Isolated, Launch, Starting};
pub use oracle::{lacking, skipped};
pub(crate) use scene::Scenes;
pub use worker::{Setup, serve};

use crate::compare::Level;
use crate::difference::Difference;
use crate::report::model::{Scene, Status};
use cases::{Case, Suite};
use engine::{About, Engine, RunError};
use oracle::Oracle;
use serde::{Deserialize, Serialize};
use std::collections::VecDeque;
use std::num::NonZero;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
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
            RunError::Malformed(_) | RunError::Protocol { .. } | RunError::Lost { .. } => Judged::Error(text),
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
    jobs: NonZero<usize>,
}

enum Place {
    /// In this thread.
    Here(Box<Oracle>),
    /// In a thread of its own.
    Aside(Box<Oracle>),
    Isolated(Box<Isolated>),
}

/// An engine that was opened.
pub enum Opened {
    /// In this process. The cases run on all of these one after the other.
    Here(Box<dyn Engine>),
    /// One that mostly waits for a process that it talks to. The cases run on it beside the others.
    Aside(Box<dyn Engine>),
    /// In a process of its own.
    Isolated(Box<Isolated>),
}

impl Opened {
    /// Who the engine is.
    pub fn about(&self) -> &About {
        match self {
            Opened::Here(engine) | Opened::Aside(engine) => engine.about(),
            Opened::Isolated(isolated) => isolated.about(),
        }
    }
}

/// What came of a case on one engine.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Checked {
    judged: Judged,
    /// For a refuted claim, and for a failure: for each step the lines that tell what was seen, as an interpreter shows them.
    observed: Option<Vec<Vec<String>>>,
    /// For a pass at a level below `message`, the first difference in the wording of errors.
    wording: Option<Difference>,
    /// For a failure that is about memory or layouts, what there was after the step that differs.
    seen: Option<Scene>,
}

impl Checked {
    /// The result of a case of which nothing was seen.
    fn unseen(judged: Judged) -> Checked {
        Checked { judged, observed: None, wording: None, seen: None }
    }
}

impl EnginesUnderTest {
    /// Engines in this process.
    pub fn new(engines: Vec<Box<dyn Engine>>) -> EnginesUnderTest {
        EnginesUnderTest::of(engines.into_iter().map(Opened::Here).collect(), NonZero::<usize>::MIN)
    }

    /// Engines here and elsewhere, at most `jobs` of which run at the same time beside those that are here.
    pub fn of(engines: Vec<Opened>, jobs: NonZero<usize>) -> EnginesUnderTest {
        let place = |engine| match engine {
            Opened::Here(engine) => Place::Here(Box::new(Oracle::new(engine))),
            Opened::Aside(engine) => Place::Aside(Box::new(Oracle::new(engine))),
            Opened::Isolated(isolated) => Place::Isolated(isolated),
        };
        EnginesUnderTest { places: engines.into_iter().map(place).collect(), jobs }
    }

    /// Who the engines are.
    pub fn about(&self) -> Vec<About> {
        let about = |place: &Place| match place {
            Place::Here(oracle) | Place::Aside(oracle) => oracle.engine.about().clone(),
            Place::Isolated(isolated) => isolated.about().clone(),
        };
        self.places.iter().map(about).collect()
    }

    /// Runs a case on each engine.
    pub fn check(&mut self, case: &Case, level: impl Into<Option<Level>>) -> CaseRun {
        self.check_all(&[case], level, &mut |_| (), &|| false).pop().unwrap_or_default()
    }

    /// Runs cases on each engine: on those here one after the other, on those elsewhere at the same time. Each is judged at
    /// `level`, or else at its [usual level](crate::compare::usual_level). Calls `done` for each case that was run on all of
    /// them. Gives what came of each case, of fewer if `stop` says so.
    pub fn check_all(
        &mut self,
        cases: &[&Case],
        level: impl Into<Option<Level>>,
        done: &mut dyn FnMut(&Case),
        stop: &dyn Fn() -> bool,
    ) -> Vec<CaseRun> {
        let level = level.into();
        let mut results = Collected::new(self.places.len(), cases, done);
        let halt = Arc::new(AtomicBool::new(false));
        let (sender, checked) = mpsc::channel();
        let (mut here, mut elsewhere) = (vec![], VecDeque::new());
        for (place, engine) in self.places.iter_mut().enumerate() {
            match engine {
                Place::Here(oracle) => here.push((place, oracle)),
                engine => elsewhere.push_back((place, engine)),
            }
        }
        let threads = self.jobs.get().min(elsewhere.len());
        let elsewhere = Mutex::new(elsewhere);
        thread::scope(|scope| {
            for number in 0..threads {
                let (sender, halt, elsewhere) = (sender.clone(), &halt, &elsewhere);
                let work = move || {
                    while let Some((place, engine)) = next(elsewhere) {
                        // If nobody listens any more, nobody needs to know.
                        let mut each = |index, checked| _ = sender.send((place, index, checked));
                        check_elsewhere(engine, cases, level, halt, &mut each);
                    }
                };
                // The threads that there are do the work of one that is refused.
                let thread = child::new_thread().and_then(|thread| thread.spawn_scoped(scope, work));
                if thread.is_err() && number == 0 {
                    for (place, engine) in remaining(elsewhere) {
                        check_elsewhere(engine, cases, level, halt, &mut |index, checked| {
                            results.note(place, index, checked);
                            if stop() {
                                halt.store(true, Ordering::Relaxed);
                            }
                        });
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

/// Checks cases on an engine that is not to hold up others, until `halt` is set.
fn check_elsewhere(
    engine: &mut Place,
    cases: &[&Case],
    level: Option<Level>,
    halt: &Arc<AtomicBool>,
    each: &mut dyn FnMut(usize, Checked),
) {
    match engine {
        Place::Here(oracle) | Place::Aside(oracle) => check_aside(oracle, cases, level, halt, each),
        Place::Isolated(isolated) => isolated.check(cases, halt, each),
    }
}

/// Checks cases on an engine in this thread, until `halt` is set.
fn check_aside(
    oracle: &mut Oracle,
    cases: &[&Case],
    level: Option<Level>,
    halt: &Arc<AtomicBool>,
    each: &mut dyn FnMut(usize, Checked),
) {
    oracle.engine.interrupt_by(halt.clone());
    for (batch, start) in cases.chunks(ASIDE).zip((0..).step_by(ASIDE)) {
        if halt.load(Ordering::Relaxed) {
            return;
        }
        oracle.check(batch, level, &mut |index, checked| each(start + index, checked));
    }
}

/// The next engine that waits for a thread.
fn next<T>(waiting: &Mutex<VecDeque<T>>) -> Option<T> {
    waiting.lock().unwrap_or_else(PoisonError::into_inner).pop_front()
}

/// All engines that wait for a thread.
fn remaining<T>(waiting: &Mutex<VecDeque<T>>) -> impl Iterator<Item = T> {
    std::iter::from_fn(|| next(waiting))
}

/// How many cases an engine aside is given at a time: enough for batches, and so few that progress can be seen.
const ASIDE: usize = 256;
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
    /// For each engine, if it has run a refuted claim or has failed: for each step the lines that tell what was seen, as an
    /// interpreter shows them.
    pub observed: Vec<Option<Vec<Vec<String>>>>,
    /// For each engine on which it passes at a level below `message`, the first difference in the wording of errors.
    pub wordings: Vec<Option<Difference>>,
    /// For each engine that fails in memory or layouts, what there was after the step that differs.
    pub seen: Vec<Option<Scene>>,
}

impl CaseRun {
    fn of(results: Vec<Checked>) -> CaseRun {
        let mut run = CaseRun::default();
        for Checked { judged, observed, wording, seen } in results {
            run.judged.push(judged);
            run.observed.push(observed);
            run.wordings.push(wording);
            run.seen.push(seen);
        }
        run
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
    level: impl Into<Option<Level>>,
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
