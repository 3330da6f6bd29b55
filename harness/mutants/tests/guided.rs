//! That guidance is worth its while: how many programs it takes to tell deep faults from the reference, and how much time of a
//! processor, in a blind campaign and in a guided one.
//!
//! The table of `docs/guided.md` is what this prints, with all faults or those that a filter names:
//!
//! ```text
//! VIEWCHECK_GUIDED=measure VIEWCHECK_MOST=300000 cargo test --release -p mutants --test guided -- --test-threads 1 [FILTER]
//! ```
//!
//! A campaign is run once for all faults: until a fault is told, it is the same campaign for each of them. Time is that of
//! the campaign alone, with a tested engine that has no fault.

use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use libtest_mimic::{Arguments, Failed, Trial};
use mutants::faults::{HONEST, Mutant, Row, deep, rows};
use program::{Program, Trace};
use rustix::time::{ClockId, clock_gettime};
use std::process::ExitCode;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use viewcheck::campaign::guided::Alone;
use viewcheck::campaign::guided::corpus::{CHUNK, Corpus};
use viewcheck::campaign::{LENGTH, Recipe};
use viewcheck::compare::Level;
use viewcheck::differential::{DifferentialRun, Result as Outcome};

/// The faults of `reports/faults.md` that take a blind campaign the most programs.
const DEEP: &[&str] = &[
    "hash-forgotten",
    "finally-skipped-by-return",
    "truth-by-index",
    "tobytes-released-first",
    "key-asked-for-released",
    "cast-overflow-unchecked",
    "write-char-from-int",
    "write-half-truncates",
];

/// How far a test goes that has little time.
const SOON: u64 = 8_000;

/// The seeds that are measured.
const SEEDS: [u64; 5] = [6, 7, 8, 9, 10];

const HEADER: &str = "\
| fault | blind: found | programs | seconds | guided: found | programs | seconds |
|---|---:|---:|---:|---:|---:|---:|";

fn profile() -> Profile {
    Profile::new(Version::new(3, 13, 0), Abi::Lp64)
}

fn differential(row: Row) -> DifferentialRun {
    let engines: [Box<dyn Engine>; 2] = [Box::new(Mutant::new(profile(), row)), Box::new(Reference::new(profile()))];
    let [engine, against] = engines;
    DifferentialRun::new(engine, against, Watch::End, Level::Message)
}

/// The time that this thread has had of a processor.
fn now() -> Duration {
    let time = clock_gettime(ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), time.tv_nsec as u32)
}

/// What makes the programs.
enum Way {
    Blind(Recipe, u64),
    Guided(Box<Alone>),
}

impl Way {
    fn new(seed: u64, is_guided: bool) -> Way {
        match is_guided {
            true => Way::Guided(Box::new(Alone::new(seed, LENGTH, Corpus::default()))),
            false => Way::Blind(Recipe::new(seed, LENGTH), 0),
        }
    }

    fn program(&mut self, program: &mut Program) {
        match self {
            Way::Blind(recipe, next) => {
                recipe.program(*next, program);
                *next += 1;
            }
            Way::Guided(campaign) => _ = campaign.program(program),
        }
    }

    fn ran(&mut self, program: &Program, trace: &Trace) {
        if let Way::Guided(campaign) = self {
            campaign.ran(program, Some(trace));
        }
    }
}

/// A program that was run, and what was observed of it if both engines agreed.
#[derive(Clone, Default)]
struct Ran {
    program: Program,
    trace: Trace,
    agreed: bool,
}

/// A fault that is looked for.
struct Hunt {
    mutant: Mutant,
    differential: DifferentialRun,
    hit: Option<Hit>,
}

/// The programs and the time that it took to tell a fault.
#[derive(Clone, Copy, Debug, PartialEq, PartialOrd)]
struct Hit {
    programs: u64,
    seconds: f64,
}

impl Hunt {
    fn new(row: Row) -> Hunt {
        Hunt { mutant: Mutant::new(profile(), row), differential: differential(row), hit: None }
    }

    /// Whether a program tells the fault.
    fn tells(&mut self, ran: &Ran, trace: &mut Trace) -> bool {
        if ran.agreed && self.mutant.run(&ran.program, Watch::End, trace).is_ok() && *trace == ran.trace {
            return false;
        }
        matches!(self.differential.run(&ran.program), Outcome::Differ(_))
    }
}

/// What a campaign came to.
struct Ended {
    hits: Vec<Option<Hit>>,
    entries: usize,
    behaviours: u32,
    seconds: f64,
    growth: Vec<[u64; 3]>,
}

/// Runs the campaign of a seed until it has told all faults.
fn campaign(seed: u64, is_guided: bool, faults: &[Row], most: u64) -> Ended {
    let (mut way, mut honest) = (Way::new(seed, is_guided), differential(HONEST));
    let mut hunts: Vec<Hunt> = faults.iter().map(|row| Hunt::new(*row)).collect();
    let (mut chunk, mut trace) = (vec![Ran::default(); CHUNK as usize], Trace::new());
    let (mut spent, mut programs) = (Duration::ZERO, 0);
    while programs < most && (hunts.is_empty() || hunts.iter().any(|hunt| hunt.hit.is_none())) {
        let began = now();
        for ran in &mut chunk {
            way.program(&mut ran.program);
            ran.agreed = honest.run(&ran.program) == Outcome::Agree;
            way.ran(&ran.program, honest.traces().0);
            ran.trace.clone_from(honest.traces().0);
        }
        let took = now() - began;
        for hunt in hunts.iter_mut().filter(|hunt| hunt.hit.is_none()) {
            let told = chunk.iter().position(|ran| hunt.tells(ran, &mut trace));
            hunt.hit = told.map(|at| Hit {
                programs: programs + at as u64 + 1,
                seconds: (spent + took * (at as u32 + 1) / CHUNK as u32).as_secs_f64(),
            });
        }
        spent += took;
        programs += CHUNK;
    }
    let (entries, behaviours) = match &way {
        Way::Guided(campaign) => (campaign.corpus().entries().len(), campaign.corpus().behaviours()),
        Way::Blind(..) => (0, 0),
    };
    let mut growth = vec![];
    if let Way::Guided(campaign) = &way {
        growth =
            campaign.corpus().growth(programs).iter().map(|mark| [mark.programs, mark.kept, mark.behaviours]).collect();
    }
    Ended {
        growth,
        hits: hunts.iter().map(|hunt| hunt.hit).collect(),
        entries,
        behaviours,
        seconds: spent.as_secs_f64(),
    }
}

/// How many programs of a seed are run at most.
fn most() -> u64 {
    std::env::var("VIEWCHECK_MOST").ok().and_then(|most| most.parse().ok()).unwrap_or(300_000)
}

/// Three cells of the table: in how many campaigns a fault was told, and the medians.
fn cells(hits: &[Option<Hit>], most: u64) -> String {
    let mut found: Vec<Hit> = hits.iter().copied().flatten().collect();
    found.sort_by_key(|one| one.programs);
    match found.get(hits.len() / 2) {
        Some(Hit { programs, seconds }) => format!("{} | {} | {seconds:.1}", found.len(), digits(*programs)),
        None => format!("{} | > {} | –", found.len(), digits(most)),
    }
}

/// A number with a comma before each three digits.
fn digits(number: u64) -> String {
    match number {
        0..1000 => number.to_string(),
        _ => format!("{},{:03}", digits(number / 1000), number % 1000),
    }
}

/// Prints the table.
fn measure(arguments: &Arguments) -> ExitCode {
    let is_wanted = |row: &&Row| arguments.filter.as_ref().is_none_or(|filter| row.name.contains(filter.as_str()));
    let faults = deep().chain(rows().filter(|row| DEEP.contains(&row.name)));
    let faults: Vec<Row> = faults.filter(is_wanted).copied().collect();
    let campaigns: Vec<(u64, bool)> = SEEDS.into_iter().flat_map(|seed| [(seed, false), (seed, true)]).collect();
    let (next, most) = (AtomicUsize::new(0), most());
    let mut ended: Vec<(usize, Ended)> = std::thread::scope(|scope| {
        let work = || {
            let mut ended = vec![];
            loop {
                let index = next.fetch_add(1, Ordering::Relaxed);
                let Some((seed, is_guided)) = campaigns.get(index) else { return ended };
                let one = campaign(*seed, *is_guided, &faults, most);
                let (kind, seconds) = (if *is_guided { "guided" } else { "blind" }, one.seconds);
                let (entries, behaviours) = (one.entries, one.behaviours);
                eprintln!("seed {seed} {kind}: {seconds:.1} s, {entries} entries, {behaviours} behaviours");
                for [programs, kept, behaviours] in one.growth.iter() {
                    eprintln!("  after {programs} programs: {kept} entries, {behaviours} behaviours");
                }
                ended.push((index, one));
            }
        };
        let threads: Vec<_> = (0..arguments.test_threads.unwrap_or(1)).map(|_| scope.spawn(work)).collect();
        threads.into_iter().flat_map(|thread| thread.join().expect("a campaign ends")).collect()
    });
    ended.sort_by_key(|(index, _)| *index);
    let of = |is_guided: bool, fault: usize| -> Vec<Option<Hit>> {
        let own = ended.iter().filter(|(index, _)| campaigns[*index].1 == is_guided);
        own.map(|(_, one)| one.hits[fault]).collect()
    };
    println!("{HEADER}");
    for (at, row) in faults.iter().enumerate() {
        println!("| {} | {} | {} |", row.name, cells(&of(false, at), most), cells(&of(true, at), most));
    }
    ExitCode::SUCCESS
}

/// What a guided campaign runs is what both engines do alike, if nothing is wrong; and it learns.
fn nothing_is_found_where_nothing_is_wrong() -> Result<(), Failed> {
    let ended = campaign(SEEDS[0], true, &[HONEST], SOON);
    match (ended.hits[0], ended.entries) {
        (None, 1000..) => Ok(()),
        (hit, entries) => Err(format!("{hit:?}, {entries} entries").into()),
    }
}

/// A fault is told by the same programs as in a campaign of its own, which ends there.
fn one_campaign_serves_all_faults() -> Result<(), Failed> {
    let faults: Vec<Row> = rows().filter(|row| row.name.starts_with("hex-")).copied().collect();
    let together = campaign(SEEDS[0], true, &faults, SOON).hits;
    for (row, hit) in faults.iter().zip(together) {
        let (mut differential, mut alone) = (differential(*row), Alone::new(SEEDS[0], LENGTH, Corpus::default()));
        let (mut program, most) = (Program::default(), SOON.next_multiple_of(CHUNK));
        let found = (0..most).find(|_| {
            alone.program(&mut program);
            let is_found = matches!(differential.run(&program), Outcome::Differ(_));
            alone.ran(&program, (!is_found).then(|| differential.traces().0));
            is_found
        });
        if found.map(|index| index + 1) != hit.map(|hit| hit.programs) {
            return Err(format!("{}: {found:?} alone, {hit:?} together", row.name).into());
        }
    }
    Ok(())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match std::env::var("VIEWCHECK_GUIDED").as_deref() {
        Ok("measure") => measure(&arguments),
        Ok(other) => {
            eprintln!("error: VIEWCHECK_GUIDED is `{other}`, and can only be `measure`");
            ExitCode::from(2)
        }
        Err(_) => {
            let trials = vec![
                Trial::test("none", nothing_is_found_where_nothing_is_wrong),
                Trial::test("together", one_campaign_serves_all_faults),
            ];
            libtest_mimic::run(&arguments, trials).exit_code()
        }
    }
}
