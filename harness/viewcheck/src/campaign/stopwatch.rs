//! Measures where a campaign spends its time. Only a sample of programs is timed, because reading the clock takes as
//! long as an operation.

use engine::{About, Each, Engine, RunError, Watch};
use program::{Program, Trace};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering::Relaxed};
use std::time::{Duration, Instant};

/// The time, in nanoseconds, that the parts of the loop took for the programs that were timed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Shares {
    /// Making the program.
    pub generation: u64,
    /// The engine that is tested.
    pub engine: u64,
    /// The engine whose behaviour is expected.
    pub against: u64,
    /// Comparing, and everything else.
    pub rest: u64,
}

impl Shares {
    /// Adds other times.
    pub fn add(&mut self, other: &Shares) {
        // A file may hold anything.
        let parts = [
            (&mut self.generation, other.generation),
            (&mut self.engine, other.engine),
            (&mut self.against, other.against),
            (&mut self.rest, other.rest),
        ];
        parts.into_iter().for_each(|(part, more)| *part = part.saturating_add(more));
    }

    /// Each part's name and its share of the whole, in per cent.
    pub fn percent(&self) -> [(&'static str, u64); 4] {
        let parts =
            [("generation", self.generation), ("engine", self.engine), ("against", self.against), ("rest", self.rest)];
        let all = parts.iter().fold(1_u64, |all, (_, time)| all.saturating_add(*time));
        parts.map(|(name, time)| (name, (time as f64 * 100.0 / all as f64).round() as u64))
    }
}

/// An engine that is timed while the switch is on.
pub(super) struct Timed {
    engine: Box<dyn Engine>,
    is_on: Arc<AtomicBool>,
    spent: Arc<AtomicU64>,
}

/// What [`Timed`] is switched and read by.
#[derive(Clone, Debug, Default)]
pub(super) struct Stopwatch {
    is_on: Arc<AtomicBool>,
    engine: Arc<AtomicU64>,
    against: Arc<AtomicU64>,
}

impl Stopwatch {
    /// Puts the watch on two engines.
    pub(super) fn attach(&self, engine: Box<dyn Engine>, against: Box<dyn Engine>) -> [Box<dyn Engine>; 2] {
        let timed = |engine, spent: &Arc<AtomicU64>| -> Box<dyn Engine> {
            Box::new(Timed { engine, is_on: self.is_on.clone(), spent: spent.clone() })
        };
        [timed(engine, &self.engine), timed(against, &self.against)]
    }

    /// Starts timing the engines.
    pub(super) fn start(&self) {
        self.is_on.store(true, Relaxed);
        self.engine.store(0, Relaxed);
        self.against.store(0, Relaxed);
    }

    /// Stops; `generation` and `all` were measured around the making and the running of a program.
    pub(super) fn stop(&self, generation: Duration, all: Duration) -> Shares {
        self.is_on.store(false, Relaxed);
        let (generation, all) = (nanoseconds(generation), nanoseconds(all));
        let (engine, against) = (self.engine.load(Relaxed), self.against.load(Relaxed));
        Shares { generation, engine, against, rest: all.saturating_sub(generation + engine + against) }
    }
}

fn nanoseconds(time: Duration) -> u64 {
    u64::try_from(time.as_nanos()).unwrap_or(u64::MAX)
}

impl Engine for Timed {
    fn about(&self) -> &About {
        self.engine.about()
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        if !self.is_on.load(Relaxed) {
            return self.engine.run(program, watch, trace);
        }
        let start = Instant::now();
        let result = self.engine.run(program, watch, trace);
        self.spent.fetch_add(nanoseconds(start.elapsed()), Relaxed);
        result
    }

    fn run_batch(&mut self, programs: &[&Program], watch: Watch, each: &mut Each<'_>) {
        self.engine.run_batch(programs, watch, each);
    }

    fn is_batched(&self) -> bool {
        self.engine.is_batched()
    }

    fn limit(&mut self, time: Duration) {
        self.engine.limit(time);
    }

    fn hurry(&mut self, is_hurried: bool) {
        self.engine.hurry(is_hurried);
    }

    fn ration(&mut self, operations: Option<u32>) {
        self.engine.ration(operations);
    }
}
