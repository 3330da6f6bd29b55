//! A worker: the process that runs programs, which may kill it.
//!
//! It reads orders from standard input and reports to standard output ([`message`](super::message)). It writes the
//! index of a program to its heartbeat page before it runs the program, so that the parent can read it after a crash.

use super::batch::{self, Batch};
use super::costly;
use super::guided::corpus::Corpus;
use super::guided::scout::{Scout, Sight};
use super::message::{Order, Report, Tally};
use super::recipe::Recipe;
use super::statistics::Counter;
use super::stopwatch::Stopwatch;
use crate::compare::Level;
use crate::differential::{Batched, DifferentialRun, Result as Outcome};
use crate::enumerate::Extent;
use crate::findings::{Signature, Symptom};
use crate::generate::Abilities;
use crate::laws::{self, Breach, Broken};
use crate::shard::Shard;
use child::HeartbeatPage;
use child::confine::Bounds;
use child::inside::{self, BeginError, Parent};
use engine::embedded::Embedded;
use engine::{About, Engine, RunError, Watch};
use program::{DecodeError, Program};
use std::collections::{BTreeSet, HashMap};
use std::io;
use std::ops::Range;
use std::path::PathBuf;
use std::sync::atomic::Ordering::{Acquire, Relaxed, Release};
use std::sync::mpsc::Receiver;
use std::time::{Duration, Instant};

/// The word of the heartbeat page that says which program is run: its index and one, or 0.
pub const PROGRAM: usize = 0;
/// The word that rises with each replay while a program is investigated.
pub(super) const BEATS: usize = 1;
/// The word that is 1 while a program is investigated.
pub(super) const INVESTIGATES: usize = 2;

/// The word that says how many programs of the chunk were run.
pub(super) const SETTLED: usize = 3;
/// The word by which the parent says that the campaign ends: from [`NO_MORE`] on no further program is run, and from [`NOW`]
/// on nothing is made smaller.
pub(super) const ENDS: usize = 4;
pub(super) const NO_MORE: u64 = 1;
pub(super) const NOW: u64 = 2;

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
    /// Which part of the programs it takes its own from, if not all.
    pub shard: Option<Shard>,
    /// The most operations in a program.
    pub length: usize,
    /// Which programs are enumerated, if they are not those of the seed.
    pub extent: Option<Extent>,
    /// How strictly the engines are compared.
    pub level: Level,
    /// Which worker of the campaign it is, from 1 on; 0 for one that examines.
    pub number: u64,
    /// The file of its heartbeat page.
    pub page: PathBuf,
    /// The bytes of memory that it may take beside what it holds at the start; 0 for any.
    pub memory: u64,
    /// The time that a program gets on an engine that is a command.
    pub timeout: Duration,
    /// What it may still do once it has its engines; `None` for anything.
    pub bounds: Option<Bounds>,
    /// Whether statistics are made of every program.
    pub exact: bool,
    /// Whether the campaign is guided.
    pub guided: bool,
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
        recipe: match setup.guided {
            true => Recipe::guided(setup.seed, setup.length, Abilities::of(&about), Corpus::default()),
            false => Recipe::of(setup.extent, setup.seed, setup.length, Abilities::of(&about)),
        }
        .of_shard(setup.shard),
        scout: setup.guided.then(Scout::new),
        sight: Sight::default(),
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

pub(super) struct Worker<'a> {
    pub(super) about: [About; 2],
    is_embedded: bool,
    pub(super) differential: DifferentialRun,
    pub(super) recipe: Recipe,
    /// What looks for new behaviours, and what it sees of a program that is run alone.
    scout: Option<Scout>,
    sight: Sight,
    program: Program,
    batch: Batch,
    counter: Counter,
    /// The signatures that need no investigation, from that index on.
    pub(super) met: HashMap<Signature, u64>,
    /// The operations that take the engine long.
    pub(super) costly: BTreeSet<String>,
    pub(super) orders: Receiver<Order>,
    pub(super) setup: &'a Setup,
    pub(super) page: HeartbeatPage,
    watch: Stopwatch,
    parent: &'a mut Parent,
}

impl Worker<'_> {
    pub(super) fn say(&mut self, report: &Report) -> io::Result<()> {
        self.parent.reply(report)
    }

    fn obey(&mut self, order: Order) -> Result<(), WorkerError> {
        match order {
            Order::Run { start, end, whole, costly } => {
                self.costly.extend(costly);
                let is_embedded = self.is_embedded;
                let mut work = || self.run(start..end, whole);
                let (end, tally) = if is_embedded { Embedded::attached(work) } else { work() }?;
                let news = self.scout.as_mut().map(Scout::take).unwrap_or_default();
                self.say(&Report::Ran { end, tally: Box::new(tally), news })?;
            }
            Order::Learn { seeds, entries } => {
                if let Some(corpus) = self.recipe.corpus_mut() {
                    corpus.add_seeds(seeds);
                    entries.into_iter().for_each(|entry| corpus.add(entry));
                }
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
            Order::Again { met, index } => {
                let is_embedded = self.is_embedded;
                let mut work = || self.investigate_again(index, &met);
                if is_embedded { Embedded::attached(work) } else { work() }?;
            }
            // An answer, and there was no question.
            Order::Count { .. } | Order::Investigate | Order::GoOn => {}
        }
        Ok(())
    }

    /// Runs a chunk, or the first part of one that takes long. Gives where it ended.
    fn run(&mut self, chunk: Range<u64>, whole: bool) -> Result<(u64, Tally), WorkerError> {
        let (began, mut tally) = (Instant::now(), Tally::default());
        self.page.words()[SETTLED].store(0, Relaxed);
        if let (Some(scout), Some(corpus)) = (&mut self.scout, self.recipe.corpus()) {
            scout.begin(corpus, chunk.start);
        }
        let mut batch = std::mem::take(&mut self.batch);
        let mut next = batch.resume(chunk.start).unwrap_or(chunk.start);
        while (next < chunk.end || batch.left().is_some()) && began.elapsed() <= PART && !self.ends(NO_MORE) {
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
                let is_told = is_told(&outcome);
                self.settle(entry.index, &entry.program, outcome, whole, &mut tally)?;
                if let Some(scout) = self.scout.as_mut().filter(|_| is_told) {
                    scout.keep(entry.index, &entry.program, &entry.sight);
                }
                continue;
            }
            let start = next;
            if self.setup.exact || start.is_multiple_of(SAMPLE) {
                next += 1;
                self.run_timed(start, whole, &mut tally)?;
                continue;
            }
            // A batch ends before the next sample.
            next = (start + batch::SIZE).min(start.next_multiple_of(SAMPLE)).min(chunk.end);
            batch.make(&mut self.recipe, start..next);
            batch.expect(&mut self.differential, &self.costly, |index| {
                self.page.words()[PROGRAM].store(index + 1, Release)
            });
            if let Some(scout) = &mut self.scout {
                batch.look(scout);
            }
            batch.run(&mut self.differential);
        }
        self.page.words()[PROGRAM].store(0, Release);
        let end = batch.left().unwrap_or(next);
        self.batch = batch;
        tally.statistics = self.counter.take();
        tally.costly.clone_from(&self.costly);
        Ok((end, tally))
    }

    /// Whether the parent has said so.
    fn ends(&self, haste: u64) -> bool {
        self.page.words()[ENDS].load(Acquire) >= haste
    }

    fn run_timed(&mut self, index: u64, whole: bool, tally: &mut Tally) -> Result<(), WorkerError> {
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
        let is_told = is_told(&outcome);
        if let Some(scout) = self.scout.as_mut().filter(|_| is_told) {
            scout.look(&program, self.differential.traces().0, &mut self.sight);
        }
        self.settle(index, &program, outcome, whole, tally)?;
        if let Some(scout) = self.scout.as_mut().filter(|_| is_told) {
            scout.keep(index, &program, &self.sight);
        }
        self.program = program;
        Ok(())
    }

    /// Counts a program that was run, and looks into it if it went wrong.
    fn settle(
        &mut self,
        index: u64,
        program: &Program,
        outcome: Outcome,
        whole: bool,
        tally: &mut Tally,
    ) -> Result<(), WorkerError> {
        tally.programs += 1;
        self.page.words()[SETTLED].store(tally.programs, Relaxed);
        tally.operations += program.operations.len() as u64;
        let is_reworded = outcome == Outcome::Reworded;
        match outcome {
            Outcome::Agree | Outcome::Reworded => match self.broken(index, program) {
                Ok(None) => {
                    tally.wordings += u64::from(is_reworded);
                    Ok(())
                }
                Ok(Some(Breach { difference, .. })) => {
                    self.differ(index, program, Symptom::Difference(difference), whole, tally)
                }
                Err(failure) if matches!(failure.error, RunError::Lost { .. }) => {
                    Err(WorkerError::Engine(failure.error))
                }
                Err(failure) => {
                    let symptom = Symptom::from(&failure.error);
                    self.differ(index, &failure.program, symptom, whole, tally)
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
            Outcome::Differ(difference) => self.differ(index, program, Symptom::Difference(difference), whole, tally),
            // No program is to blame, and all that are left would say the same.
            Outcome::Failed(fault @ RunError::Lost { .. }) => Err(WorkerError::Engine(fault)),
            Outcome::Failed(fault) => self.differ(index, program, Symptom::from(&fault), whole, tally),
        }
    }

    /// The law that a program of the sample breaks, on the engine that is tested.
    pub(super) fn broken(&mut self, index: u64, program: &Program) -> Broken {
        let is_sampled = index.is_multiple_of(LAWFUL);
        let remains = laws::remains(program, self.differential.traces().1).filter(|_| is_sampled);
        let Some(remains) = remains else { return Ok(None) };
        laws::broken(self.differential.tested(), program, &remains, None, self.setup.level)
    }
}

/// Whether the behaviours of a program count that ended so. One on which the engines differ is a finding, and its mutants would
/// be the same one.
fn is_told(outcome: &Outcome) -> bool {
    !matches!(outcome, Outcome::Differ(_) | Outcome::Failed(_))
}
