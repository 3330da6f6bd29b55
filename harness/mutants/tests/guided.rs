//! That guidance is worth its while: how many programs it takes to tell deep faults from the reference, in a blind campaign and
//! in a guided one.
//!
//! What was measured is printed by
//!
//! ```text
//! VIEWCHECK_GUIDED=measure cargo test --release -p mutants --test guided -- --test-threads 1 --nocapture [FILTER]
//! ```

use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use libtest_mimic::{Arguments, Failed, Trial};
use mutants::faults::{HONEST, Mutant, Row, deep, rows};
use program::Program;
use std::process::ExitCode;
use viewcheck::campaign::guided::Alone;
use viewcheck::campaign::guided::corpus::Corpus;
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
const SEEDS: [u64; 3] = [1, 2, 3];

/// The most programs of a seed that are measured.
fn most() -> u64 {
    std::env::var("VIEWCHECK_MOST").ok().and_then(|most| most.parse().ok()).unwrap_or(300_000)
}

fn differential(row: Row) -> DifferentialRun {
    let profile = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
    let engines: [Box<dyn Engine>; 2] = [Box::new(Mutant::new(profile, row)), Box::new(Reference::new(profile))];
    let [engine, against] = engines;
    DifferentialRun::new(engine, against, Watch::End, Level::Message)
}

/// How many programs it takes to tell a fault.
fn blind(row: Row, seed: u64) -> Option<u64> {
    let (mut differential, mut recipe) = (differential(row), Recipe::new(seed, LENGTH));
    let mut program = Program::default();
    (0..most()).find(|index| {
        recipe.program(*index, &mut program);
        matches!(differential.run(&program), Outcome::Differ(_))
    })
}

fn guided(row: Row, seed: u64, most: u64) -> (Option<u64>, usize, u32) {
    let (mut differential, mut campaign) = (differential(row), Alone::new(seed, LENGTH, Corpus::default()));
    let mut program = Program::default();
    let found = (0..most).find(|_| {
        campaign.program(&mut program);
        let outcome = differential.run(&program);
        let is_found = matches!(outcome, Outcome::Differ(_));
        campaign.ran(&program, (!is_found).then(|| differential.traces().0));
        is_found
    });
    (found, campaign.corpus().entries().len(), campaign.corpus().behaviours())
}

fn measure(row: Row) -> Result<(), Failed> {
    let told = |found: Option<u64>| found.map_or(format!("> {}", most()), |index| (index + 1).to_string());
    for seed in SEEDS {
        let (found, entries, behaviours) = guided(row, seed, most());
        println!("{} seed {seed}: guided {} ({entries} entries, {behaviours} behaviours)", row.name, told(found));
        println!("{} seed {seed}: blind {}", row.name, told(blind(row, seed)));
    }
    Ok(())
}

/// What a guided campaign runs is what both engines do alike, if nothing is wrong; and it learns.
fn nothing_is_found_where_nothing_is_wrong() -> Result<(), Failed> {
    match guided(HONEST, SEEDS[0], SOON) {
        (None, entries, _) if entries > 1000 => Ok(()),
        other => Err(format!("{other:?}").into()),
    }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let faults = deep().chain(rows().filter(|row| DEEP.contains(&row.name)));
    let trials = match std::env::var_os("VIEWCHECK_GUIDED") {
        Some(_) => faults.map(|row| Trial::test(row.name, || measure(*row))).collect(),
        None => vec![Trial::test("none", nothing_is_found_where_nothing_is_wrong)],
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}
