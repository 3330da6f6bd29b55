//! A campaign runs the programs of a seed on two engines, in worker processes, and keeps every difference as a finding.
//!
//! ```text
//! parent ── hands out chunks, watches, counts, writes campaign.json   supervise, starts, chunk, coverage, progress, state, register
//!   │            keeps the findings                                     keep
//!   │            merges what a guided campaign learns                   guided
//!   ├─ worker ── generates, runs, compares                              worker, recipe, batch, costly, statistics, stopwatch
//!   │            shrinks what differs                                   look_into, beating
//!   ├─ worker                                                           (message, packed: what they tell each other)
//!   └─ examiner ── runs again, alone, what ended a worker               examine, process
//! ```
//!
//! The same seed gives the same programs and the same findings for any number of workers. To ensure this, a chunk
//! counts only once all its programs have finished, each signature is investigated for the first program of the seed that
//! has it (`investigations`), and a finding always shows the first program of those that became it (`register`). Only where
//! an engine hangs does it depend on the time how far later programs run (`costly`).
//!
//! A worker writes the index of a program to its [heartbeat page](child::HeartbeatPage) before it runs the program, so
//! that the parent knows which program killed it. Only the parent writes to the folder of the campaign; a worker goes on
//! once its finding is on disk. What the state in `campaign.json` names is always there, so that a campaign whose processes
//! were killed goes on to the same findings (`chunk`, `register`).
//!
//! This module does not know how programs are generated, compared or shrunk.

pub(crate) mod batch;
mod beating;
mod chunk;
mod costly;
pub mod coverage;
mod examine;
pub mod guided;
mod investigations;
mod keep;
mod look_into;
pub mod message;
pub mod packed;
mod process;
mod progress;
pub mod recipe;
pub mod register;
mod screen;
mod starts;
pub mod state;
pub mod statistics;
pub mod stopwatch;
mod stored;
mod summary;
mod supervise;
mod worker;

pub use guided::log::kept;
pub use recipe::{Recipe, Settings};
pub use state::{State, StateError, make_folder, own_files};
pub use stored::{StoredError, stored};
pub use summary::Summary;
pub use worker::{PROGRAM, Setup, WorkerError, serve};

use crate::compare::{Level, usual_level};
use crate::enumerate::{Enumerated, Extent, Space};
use crate::findings::{Known, Signature, Store, StoreError};
use crate::generate::Abilities;
use crate::processes::Processes;
use crate::shard::Shard;
use engine::About;
use guided::corpus::{Corpus, fitting};
use guided::log::Log;
use guided::merge::Merger;
use investigations::Investigations;
use keep::Keeper;
use message::Found;
use process::Launch;
use program::Program;
use progress::{Growth, Progress};
use register::Register;
use screen::Screen;
use std::collections::{BTreeMap, BTreeSet};
use std::io::Write;
use std::ops::RangeInclusive;
use std::path::PathBuf;
use std::time::Duration;
use supervise::Supervisor;

/// What a campaign is to do.
#[derive(Clone, Debug)]
pub struct Options {
    /// The names of the tested engine and of the one whose behaviour is expected.
    pub engines: [String; 2],
    /// The seed; none for any, or with `resume` for that of the campaign.
    pub seed: Option<u64>,
    /// The part of the programs; none for all, or with `resume` for that of the campaign.
    pub shard: Option<Shard>,
    /// The most operations in a program; none for the usual, or with `resume` for that of the campaign.
    pub length: Option<usize>,
    /// Which programs are enumerated, if they are not those of the seed.
    pub extent: Option<Extent>,
    /// How strictly the engines are compared; none for what is usual for them, or with `resume` for that of the campaign.
    pub level: Option<Level>,
    /// The folder of the campaign and its findings.
    pub findings: PathBuf,
    /// Whether to go on with the campaign of that folder.
    pub resume: bool,
    /// The program after which it ends.
    pub programs: Option<u64>,
    /// The time after which it ends.
    pub time: Option<Duration>,
    /// The number of workers.
    pub jobs: usize,
    /// What workers may take and do.
    pub processes: Processes,
    /// Whether statistics are made of every program.
    pub exact: bool,
    /// Whether it is guided; none for not, or with `resume` for what the campaign is.
    pub guided: Option<bool>,
    /// The programs that a guided campaign begins with.
    pub seeds: Vec<Program>,
}

/// The default maximum number of operations in a program.
pub const LENGTH: usize = 14;
/// How many they may be.
pub const LENGTHS: RangeInclusive<usize> = 2..=1000;
/// The duration of a campaign without --time and --programs.
pub const TIME: Duration = Duration::from_secs(60);

/// Why a campaign can't go on.
#[derive(Debug, thiserror::Error)]
pub enum CampaignError {
    /// It can't be written down, or resumed.
    #[error(transparent)]
    State(#[from] StateError),
    /// Findings can't be kept.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// Workers can't be started.
    #[error("no worker could start in {attempts} attempts: {reason}")]
    Start {
        /// How often it was tried in a row.
        attempts: u32,
        /// What the last one said, or how it ended.
        reason: String,
    },
    /// A worker failed, or workers die whatever program they run.
    #[error("the campaign stopped, because a worker failed: {reason}")]
    Worker {
        /// What it said, or how it ended.
        reason: String,
    },
}

/// Runs a campaign to its end, or until `stop` says so. `engines` is who the two engines are; `live` is whether lines
/// on `err` may change. One that can't go on has a summary of what it came to all the same, and why it ended is
/// [`Summary::error`].
pub fn run(
    options: &Options,
    engines: &[About; 2],
    known: Known,
    stop: &dyn Fn() -> bool,
    live: bool,
    err: &mut dyn Write,
) -> Result<Summary, CampaignError> {
    let _lock = state::lock(&options.findings)?;
    let store = Store::open(&options.findings)?;
    let mut state = begin(options, engines, &store)?;
    state.enumerated =
        options.extent.map(|extent| Enumerated::new(&Space::new(extent, &Abilities::of(engines)), engines));
    if !options.resume
        && let Some(note) = replaced(options, &state.settings)
    {
        let _ = writeln!(err, "{note}");
    }
    // Who closes standard error does not want to know.
    let _ = writeln!(
        err,
        "{} against {}, {}, findings in {}",
        state.settings.engine,
        state.settings.against,
        state.settings.what(),
        options.findings.display()
    );
    let launch =
        Launch { settings: state.settings.clone(), processes: options.processes.clone(), exact: options.exact };
    let mut keeper = Keeper::new(store, state.settings.clone(), engines.clone());
    // Nothing in the folder changes before it is known that the campaign can go on.
    let (recipe, growth) = recipe(options, engines, &state)?;
    if options.resume {
        adopt(&mut state.register, &state.before, &mut keeper);
    }
    let investigations = Investigations::new(known, engines[0].clone(), keeper.former(&state.before));
    let progress = Progress::open(state, recipe, growth, options.findings.clone())?;
    let mut screen = Screen::new(live, err);
    let ended =
        Supervisor::new(options, launch, progress, keeper, investigations, engines.clone())?.run(stop, &mut screen);
    screen.clear();
    Ok(Summary::new(ended, engines))
}

/// What is said of a campaign of other engines whose state this one takes the place of.
fn replaced(options: &Options, settings: &Settings) -> Option<String> {
    let Settings { engine, against, .. } = State::read(&options.findings).ok()?.settings;
    let is_other = [&engine, &against] != [&settings.engine, &settings.against];
    is_other.then(|| {
        let folder = options.findings.display();
        format!(
            "note: {folder} has a campaign of {engine} against {against}, which can't be resumed any more; its findings \
             stay. --findings names another folder"
        )
    })
}

/// Which Python an engine is: with another one, a campaign can't go on.
fn python(about: &About) -> String {
    let version = about.profile.version();
    match (about.implementation.as_str(), &about.implementation_version) {
        ("cpython" | "reference", None) => version.to_string(),
        (implementation, None) => format!("{version} of {implementation}"),
        (implementation, Some(own)) => format!("{version} of {implementation} {own}"),
    }
}

/// What makes the programs of a campaign, and how its corpus grows if it is guided.
fn recipe(options: &Options, engines: &[About; 2], state: &State) -> Result<(Recipe, Option<Growth>), CampaignError> {
    let (abilities, Settings { extent, seed, shard, length, guided, .. }) =
        (Abilities::of(engines), state.settings.clone());
    if !guided {
        return Ok((Recipe::of(extent, seed, length, abilities).of_shard(shard), None));
    }
    let mut merger = Merger::new();
    let (log, seeds) = match options.resume {
        true => {
            let counted = state.corpus.last().map_or(0, |mark| mark.kept);
            let (log, seeds, entries) = Log::open(&options.findings, seed, counted)?;
            merger.add(entries);
            (log, seeds)
        }
        false => {
            let seeds = fitting(&options.seeds);
            (Log::create(&options.findings, seed, &seeds)?, seeds)
        }
    };
    Ok((Recipe::guided(seed, length, abilities, Corpus::new(seeds)).of_shard(shard), Some(Growth::new(merger, log))))
}

/// A state to go on from: a new one, or that of the folder.
fn begin(options: &Options, engines: &[About; 2], store: &Store) -> Result<State, CampaignError> {
    let generator = |seed, length, guided| match guided {
        true => Recipe::guided(seed, length, Abilities::of(engines), Corpus::default()).fingerprint(),
        false => Recipe::of(options.extent, seed, length, Abilities::of(engines)).fingerprint(),
    };
    let settings = |seed, shard, length, level, guided| Settings {
        engine: options.engines[0].clone(),
        against: options.engines[1].clone(),
        pythons: [0, 1].map(|index: usize| python(&engines[index])),
        seed,
        shard: Option::filter(shard, |shard: &Shard| !shard.is_whole()),
        length,
        level,
        guided,
        extent: options.extent,
        generator: generator(seed, length, guided),
    };
    if !options.resume {
        let seed = options.seed.unwrap_or_else(any_seed);
        let time = options.time.or_else(|| options.programs.is_none().then_some(TIME));
        let level = options.level.unwrap_or_else(|| usual_level(engines));
        let (length, guided) = (options.length.unwrap_or(LENGTH), options.guided.unwrap_or(false));
        let settings = settings(seed, options.shard, length, level, guided);
        let programs = options.programs.map(|programs| settings.share(programs));
        let mut state = State::new(settings, programs, time);
        state.before = store.signatures().map(|signature| (signature.clone(), store.count(signature))).collect();
        return Ok(state);
    }
    let mut state = State::read(&options.findings)?;
    let Settings { seed, shard, length, level, guided, .. } = state.settings;
    let (shard, level) = (options.shard.or(shard), options.level.unwrap_or(level));
    let (seed, length) = (options.seed.unwrap_or(seed), options.length.unwrap_or(length));
    let guided = options.guided.unwrap_or(guided);
    state.check(&options.findings, &settings(seed, shard, length, level, guided))?;
    // A new end is counted from here, the former one from the beginning.
    if let Some(time) = options.time {
        state.limit = Some(state.seconds + time.as_secs_f64());
    }
    if let Some(programs) = options.programs {
        state.programs = Some(state.settings.share(programs));
        if options.time.is_none() {
            state.limit = None;
        }
    }
    // A finding whose folder the user has removed may be found again. Those that are to be made anew are not found yet.
    let is_there = |found: &Found| crate::findings::folder::is_folder(&found.folder);
    let gone: BTreeSet<Signature> = state
        .register
        .found
        .iter()
        .filter(|(_, found)| !is_there(found))
        .map(|(signature, _)| signature.clone())
        .collect();
    state.register.found.retain(|signature, _| !gone.contains(signature));
    state.register.met.retain(|_, met| !gone.contains(&met.finding));
    Ok(state)
}

/// Goes through the findings of a campaign that its state does not name, because the campaign was killed: they are found
/// again. Only those that may not be, as they did not do the same each time, are kept.
fn adopt(register: &mut Register, before: &BTreeMap<Signature, u64>, keeper: &mut Keeper) {
    let is_known = |signature: &Signature| before.contains_key(signature) || register.found.contains_key(signature);
    for (signature, found) in keeper.strays(is_known) {
        match found.stable {
            true => keeper.give_up(&signature),
            false => _ = register.found.insert(signature, found),
        }
    }
}

/// Some seed, short enough to be typed.
fn any_seed() -> u64 {
    use std::hash::{BuildHasher, Hasher};
    std::hash::RandomState::new().build_hasher().finish() >> 32
}
