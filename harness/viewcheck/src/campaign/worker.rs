//! A worker: the process that runs programs, which may kill it.
//!
//! It reads orders from standard input and reports to standard output ([`message`](super::message)). It writes the
//! index of a program to its heartbeat page before it runs the program, so that the parent can read it after a crash.

use super::batch::{self, Batch};
use super::beating::Beating;
use super::costly;
use super::keep::keep;
use super::message::{Order, Report, Tally};
use super::recipe::Recipe;
use super::statistics::Counter;
use super::stopwatch::Stopwatch;
use crate::compare::Level;
use crate::differential::{Batched, DifferentialRun, Result as Outcome};
use crate::findings::{
    Finding, Limits, Replay, Signature, StoreError, Symptom, investigate, investigate_law, signature,
};
use crate::generate::Abilities;
use crate::laws::{self, Breach, Broken, Law};
use child::HeartbeatPage;
use child::confine::Bounds;
use child::inside::{self, BeginError, Parent};
use engine::embedded::Embedded;
use engine::process::is_too_much;
use engine::{About, Engine, RunError, Watch};
use program::{DecodeError, Program};
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// The word of the heartbeat page that says which program is run: its index and one, or 0.
pub const PROGRAM: usize = 0;
/// The word that rises with each replay while a program is investigated.
pub(super) const BEATS: usize = 1;
/// The word that is 1 while a program is investigated.
pub(super) const INVESTIGATES: usize = 2;

/// One program of so many is timed and counted.
const SAMPLE: u64 = 256;

/// What one program of so many leaves behind is held against the laws. They take several times as long as the program.
const LAWFUL: u64 = 64;

/// How long a part of a chunk takes. A chunk takes a fraction of it, unless programs are investigated or an engine is slow.
const PART: Duration = Duration::from_secs(1);

/// What a worker needs to know when it starts.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The seed of the campaign.
    pub seed: u64,
    /// The most operations in a program.
    pub length: usize,
    /// How strictly the engines are compared.
    pub level: Level,
    /// Which worker of the campaign it is, from 1 on; 0 for one that examines.
    pub number: u64,
    /// The file of its heartbeat page.
    pub page: PathBuf,
    /// Where findings are kept.
    pub findings: PathBuf,
    /// The bytes of memory that it may take beside what it holds at the start; 0 for any.
    pub memory: u64,
    /// The time that a program gets on an engine that is a command.
    pub timeout: Duration,
    /// What it may still do once it has its engines; `None` for anything.
    pub bounds: Option<Bounds>,
    /// Whether statistics are made of every program.
    pub exact: bool,
}

/// Why a worker can't go on.
#[derive(Debug, thiserror::Error)]
pub enum WorkerError {
    /// It can't begin.
    #[error(transparent)]
    Begin(#[from] BeginError),
    /// A program that it was to replay can't be read.
    #[error("can't read a program: {0}")]
    Program(#[from] DecodeError),
    /// An engine can't run anything any more.
    #[error(transparent)]
    Engine(RunError),
    /// A finding can't be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The parent is gone.
    #[error("the campaign has ended: {0}")]
    Gone(#[from] io::Error),
}

/// Works until the parent closes standard input. `engines` are the tested engine and the one whose behaviour is
/// expected.
pub fn serve(
    engines: [Box<dyn Engine>; 2],
    orders: Receiver<Order>,
    setup: &Setup,
    parent: &mut Parent,
) -> Result<(), WorkerError> {
    let about = [engines[0].about().clone(), engines[1].about().clone()];
    let [mut engine, mut against] = engines;
    engine.limit(setup.timeout);
    against.limit(setup.timeout);
    let watch = Stopwatch::default();
    let [engine, against] = watch.attach(engine, against);
    let page = inside::begin(&setup.page, setup.memory, setup.bounds.as_ref())?;
    let mut worker = Worker {
        is_embedded: about.iter().any(|about| about.name == "embedded"),
        differential: DifferentialRun::new(engine, against, Watch::End, setup.level),
        recipe: Recipe::with(setup.seed, setup.length, Abilities::of(&about)),
        program: Program::default(),
        about,
        batch: Batch::default(),
        counter: Counter::new(),
        met: HashMap::new(),
        costly: BTreeSet::new(),
        orders,
        setup,
        page,
        watch,
        parent,
    };
    worker.say(&Report::Ready)?;
    while let Ok(order) = worker.orders.recv() {
        worker.obey(order)?;
    }
    Ok(())
}

struct Worker<'a> {
    about: [About; 2],
    is_embedded: bool,
    differential: DifferentialRun,
    recipe: Recipe,
    program: Program,
    batch: Batch,
    counter: Counter,
    /// The signatures that need no investigation, from that index on.
    met: HashMap<Signature, u64>,
    /// The operations that take the engine long.
    costly: BTreeSet<String>,
    orders: Receiver<Order>,
    setup: &'a Setup,
    page: HeartbeatPage,
    watch: Stopwatch,
    parent: &'a mut Parent,
}

impl Worker<'_> {
    fn say(&mut self, report: &Report) -> io::Result<()> {
        self.parent.reply(report)
    }

    fn obey(&mut self, order: Order) -> Result<(), WorkerError> {
        match order {
            Order::Run { start, end, skip, whole, costly } => {
                self.costly.extend(costly);
                let is_embedded = self.is_embedded;
                let mut work = || self.run(start..end, &skip, &whole);
                let (end, tally) = if is_embedded { Embedded::attached(work) } else { work() }?;
                self.say(&Report::Ran { end, tally: Box::new(tally) })?;
            }
            Order::Replay { index, program } => {
                let program = program::decode(&program)?;
                self.page.words()[PROGRAM].store(index + 1, Release);
                self.differential.run(&program);
                // What ended a worker may have been the steps of a law.
                let _ = self.broken(index, &program);
                self.page.words()[PROGRAM].store(0, Release);
                self.say(&Report::Replayed)?;
            }
            // An answer, and there was no question.
            Order::Count { .. } | Order::Investigate | Order::GoOn | Order::Again { .. } => {}
        }
        Ok(())
    }

    /// Runs a chunk, or the first part of one that takes long. Gives where it ended.
    fn run(&mut self, chunk: Range<u64>, skip: &[u64], whole: &[u64]) -> Result<(u64, Tally), WorkerError> {
        let (began, mut tally) = (Instant::now(), Tally::default());
        // Where a worker was lost, the whole chunk waits for what is examined.
        let is_over = || skip.is_empty() && whole.is_empty() && began.elapsed() > PART;
        let mut batch = std::mem::take(&mut self.batch);
        let mut next = batch.resume(chunk.start).unwrap_or(chunk.start);
        while (next < chunk.end || batch.left().is_some()) && !is_over() {
            if let Some((entry, batched)) = batch.pop() {
                self.page.words()[PROGRAM].store(entry.index + 1, Release);
                let outcome = match batched {
                    Batched::Agreed if !entry.index.is_multiple_of(LAWFUL) => Outcome::Agree,
                    Batched::Reworded if !entry.index.is_multiple_of(LAWFUL) => Outcome::Reworded,
                    Batched::Failed(error) => self.differential.failed(&mut entry.expectation, error),
                    // What a program leaves behind is seen when it is run alone.
                    Batched::Agreed | Batched::Reworded | Batched::Unknown => {
                        self.differential.test(&entry.program, &mut entry.expectation)
                    }
                };
                let outcome = match outcome {
                    Outcome::Agree if entry.is_cut => Outcome::Unsupported(String::new()),
                    outcome => outcome,
                };
                self.settle(entry.index, &entry.program, outcome, whole, &mut tally)?;
                continue;
            }
            let start = next;
            if self.setup.exact || start.is_multiple_of(SAMPLE) {
                next += 1;
                if !skip.contains(&start) {
                    self.run_timed(start, whole, &mut tally)?;
                }
                continue;
            }
            // A batch ends before the next sample.
            next = (start + batch::SIZE).min(start.next_multiple_of(SAMPLE)).min(chunk.end);
            batch.make(&mut self.recipe, (start..next).filter(|index| !skip.contains(index)));
            batch.expect(&mut self.differential, &self.costly, |index| {
                self.page.words()[PROGRAM].store(index + 1, Release)
            });
            batch.run(&mut self.differential);
        }
        self.page.words()[PROGRAM].store(0, Release);
        let end = batch.left().unwrap_or(next);
        self.batch = batch;
        tally.statistics = self.counter.take();
        tally.costly.clone_from(&self.costly);
        Ok((end, tally))
    }

    fn run_timed(&mut self, index: u64, whole: &[u64], tally: &mut Tally) -> Result<(), WorkerError> {
        let mut program = std::mem::take(&mut self.program);
        self.page.words()[PROGRAM].store(index + 1, Release);
        self.watch.start();
        let start = Instant::now();
        self.recipe.program(index, &mut program);
        let generation = start.elapsed();
        let costly = costly::limit(&program, &self.costly);
        costly.into_iter().for_each(|steps| program.truncate(steps));
        let outcome = match self.differential.run(&program) {
            Outcome::Agree if costly.is_some() => Outcome::Unsupported(String::new()),
            outcome => outcome,
        };
        tally.shares.add(&self.watch.stop(generation, start.elapsed()));
        self.counter.count(&program, self.differential.traces().0);
        self.settle(index, &program, outcome, whole, tally)?;
        self.program = program;
        Ok(())
    }

    /// Counts a program that was run, and looks into it if it went wrong.
    fn settle(
        &mut self,
        index: u64,
        program: &Program,
        outcome: Outcome,
        whole: &[u64],
        tally: &mut Tally,
    ) -> Result<(), WorkerError> {
        tally.programs += 1;
        tally.operations += program.operations.len() as u64;
        let is_reworded = outcome == Outcome::Reworded;
        match outcome {
            Outcome::Agree | Outcome::Reworded => match self.broken(index, program) {
                Ok(None) => {
                    tally.wordings += u64::from(is_reworded);
                    Ok(())
                }
                Ok(Some(Breach { difference, .. })) => {
                    self.differ(index, program, Symptom::Difference(difference), whole.contains(&index), tally)
                }
                Err(failure) if matches!(failure.error, RunError::Lost { .. }) => {
                    Err(WorkerError::Engine(failure.error))
                }
                Err(failure) => {
                    let symptom = Symptom::from(&failure.error);
                    self.differ(index, &failure.program, symptom, whole.contains(&index), tally)
                }
            },
            Outcome::Open(_) => {
                tally.open += 1;
                Ok(())
            }
            Outcome::Unsupported(_) => {
                tally.unsupported += 1;
                Ok(())
            }
            Outcome::Differ(difference) => {
                self.differ(index, program, Symptom::Difference(difference), whole.contains(&index), tally)
            }
            // No program is to blame, and all that are left would say the same.
            Outcome::Failed(fault @ RunError::Lost { .. }) => Err(WorkerError::Engine(fault)),
            Outcome::Failed(fault) => self.differ(index, program, Symptom::from(&fault), whole.contains(&index), tally),
        }
    }

    /// The law that a program of the sample breaks, on the engine that is tested.
    fn broken(&mut self, index: u64, program: &Program) -> Broken {
        let is_sampled = index.is_multiple_of(LAWFUL);
        let remains = laws::remains(program, self.differential.traces().1).filter(|_| is_sampled);
        let Some(remains) = remains else { return Ok(None) };
        laws::broken(self.differential.tested(), program, &remains, None, self.setup.level)
    }

    /// Counts a program that failed, and investigates it if no other worker has.
    fn differ(
        &mut self,
        index: u64,
        program: &Program,
        symptom: Symptom,
        is_whole: bool,
        tally: &mut Tally,
    ) -> Result<(), WorkerError> {
        let names = (self.about[0].name.as_str(), self.about[1].name.as_str());
        let met = signature(names, program, &symptom, Some(self.differential.traces()));
        if self.met.get(&met).is_some_and(|since| *since <= index) {
            *tally.hits.entry(met).or_default() += 1;
            return Ok(());
        }
        self.say(&Report::Met { signature: met.clone(), index })?;
        let is_wrong = match self.orders.recv() {
            Ok(Order::Investigate) => {
                let is_wrong = self.investigate(index, program, &symptom, is_whole, &met)?;
                while let Ok(Order::Again { met, index }) = self.orders.recv() {
                    self.investigate_again(index, &met)?;
                }
                is_wrong
            }
            Ok(Order::Count { since }) => {
                self.met.insert(met.clone(), since);
                true
            }
            // Another order instead of an answer: the parent has given up on this chunk.
            _ => true,
        };
        match is_wrong {
            true => *tally.hits.entry(met).or_default() += 1,
            false => tally.vanished += 1,
        }
        Ok(())
    }

    /// Investigates a program whose finding was given up.
    fn investigate_again(&mut self, index: u64, met: &Signature) -> Result<(), WorkerError> {
        let mut program = Program::default();
        self.recipe.program(index, &mut program);
        self.page.words()[BEATS].fetch_add(1, Relaxed);
        let symptom = match self.differential.run(&program) {
            Outcome::Differ(difference) => Some(Symptom::Difference(difference)),
            Outcome::Failed(error) => Some(Symptom::from(&error)),
            Outcome::Agree | Outcome::Reworded => {
                let breach = self.broken(index, &program).ok().flatten();
                breach.map(|breach| Symptom::Difference(breach.difference))
            }
            Outcome::Open(_) | Outcome::Unsupported(_) => None,
        };
        match symptom {
            Some(symptom) => self.investigate(index, &program, &symptom, false, met).map(drop),
            None => Ok(self.say(&Report::Vanished(met.clone()))?),
        }
    }

    /// Confirms, shrinks and keeps a program, and reports what came of it. Returns whether it still did something wrong.
    fn investigate(
        &mut self,
        index: u64,
        program: &Program,
        symptom: &Symptom,
        is_whole: bool,
        met: &Signature,
    ) -> Result<bool, WorkerError> {
        let law: Option<&'static Law> = match symptom {
            Symptom::Difference(difference) => difference.law.and_then(laws::named),
            _ => None,
        };
        self.page.words()[INVESTIGATES].store(1, Release);
        let limits = if is_whole { Limits { replays: 0, time: Duration::ZERO } } else { Limits::default() };
        let finding = match law {
            Some(law) => {
                let beat = || _ = self.page.words()[BEATS].fetch_add(1, Relaxed);
                investigate_law(
                    self.differential.tested(),
                    &self.about,
                    program,
                    (law, self.setup.level),
                    limits,
                    &beat,
                )
            }
            None => {
                self.differential.hurry(*symptom == Symptom::Hang);
                let mut replay = Beating { differential: &mut self.differential, page: &self.page };
                investigate(&mut replay, &self.about, program, limits)
            }
        };
        self.differential.hurry(false);
        self.page.words()[INVESTIGATES].store(0, Release);
        // The process of an engine may be lost only after other programs.
        let as_met = || {
            let (engines, level) = (self.about.clone(), self.setup.level);
            Finding::as_met(met.clone(), symptom.clone(), program.clone(), engines, level)
        };
        let lost = || matches!(symptom, Symptom::Crash(_)).then(as_met);
        let Some(mut finding) = finding.or_else(lost) else {
            self.say(&Report::Vanished(met.clone()))?;
            return Ok(false);
        };
        (finding.seed, finding.index) = (Some(self.setup.seed), Some(index));
        if finding.stable {
            self.learn(&finding);
        }
        let found = keep(&self.setup.findings, &finding)?;
        self.met.insert(met.clone(), index);
        self.say(&Report::Kept { met: met.clone(), index, signature: finding.signature, found })?;
        Ok(true)
    }

    /// Learns whether the last operation of a finding takes long.
    fn learn(&mut self, finding: &Finding) {
        self.differential.hurry(finding.symptom == Symptom::Hang);
        costly::learn(&finding.program, &mut self.costly, |program| {
            self.page.words()[BEATS].fetch_add(1, Relaxed);
            let mut outcome = None;
            let is_long = costly::is_long(|| outcome = Some(self.differential.run(program)));
            // After a crash it is only the new process that takes its time.
            let is_crash = |error: &RunError| matches!(error, RunError::Crashed { how, .. } if !is_too_much(how));
            is_long && !matches!(&outcome, Some(Outcome::Failed(error)) if is_crash(error))
        });
        self.differential.hurry(false);
    }
}
