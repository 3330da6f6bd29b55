//! That fuzzing finds faults: for each seeded fault of the reference, how many programs of a campaign it takes until
//! one tells it from the reference.
//!
//! The programs are those of seeds 1 to 5, as a campaign makes them, and what counts is the median: the table in
//! `reports/faults.md`. The same seeds give the same numbers, so a test looks whether the table is still true, as far as
//! it can go in its time. A change of the generator makes another table, which is written, or only the rows that a
//! filter names, by
//!
//! ```text
//! VIEWCHECK_FAULTS=write cargo test --release -p mutants --test faults [FILTER]
//! ```

use cases::load_text;
use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use libtest_mimic::{Arguments, Failed, Trial};
use mutants::faults::{HONEST, Mutant, Row, rows};
use program::Program;
use std::collections::BTreeMap;
use std::fs;
use std::ops::RangeInclusive;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Mutex;
use viewcheck::campaign::{LENGTH, Recipe};
use viewcheck::compare::{Level, LevelFacets};
use viewcheck::difference::Facet;
use viewcheck::differential::{DifferentialRun, Result as Outcome};
use viewcheck::findings::{Limits, case_of, investigate};
use viewcheck::judge::judge;

const SEEDS: RangeInclusive<u64> = 1..=5;
/// A fault that takes more programs than this counts as not found.
const MOST: u64 = 2_000_000;
/// What the table has for such a fault in place of a number.
const NOT_FOUND: &str = "not found";
/// As far as a test goes that has little time.
const SOON: u64 = 3_000;
/// What is run of each seed before the next one has its turn.
const ROUND: u64 = 1_000;

/// Faults that are followed all the way to a finding, each with the most operations that its program may have.
const FOLLOWED: [(&str, usize); 3] =
    [("slice-offset-of-slice", 4), ("lock-kept-by-release", 3), ("write-truncates", 3)];

/// Faults that no program tells, because the generator does not make what it takes.
const MISSED: &[(&str, &str)] = &[];

const HEADER: &str = "\
# Faults that fuzzing finds

Each fault is one small mistake in a copy of the reference. The programs of a campaign run on that copy and on the
reference itself until one differs. The number is how many programs that took, the median of seeds 1 to 5; what differed
first in the run of the median is what told it. What is not found in two million programs lacks something that no
program has.

| fault | what is wrong | programs | told by |
|---|---|---:|---|
";

/// The first program of a seed that tells a fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Hit {
    /// How many programs it took, this one included.
    programs: u64,
    facet: Facet,
}

fn profile() -> Profile {
    Profile::new(Version::new(3, 13, 0), Abi::Lp64)
}

/// A mutant and a seed.
struct Hunt {
    differential: DifferentialRun,
    recipe: Recipe,
    program: Program,
}

impl Hunt {
    fn new(row: Row, seed: u64) -> Hunt {
        let engines: [Box<dyn Engine>; 2] =
            [Box::new(Mutant::new(profile(), row)), Box::new(Reference::new(profile()))];
        let [engine, against] = engines;
        let differential = DifferentialRun::new(engine, against, Watch::End, Level::Message);
        Hunt { differential, recipe: Recipe::new(seed, LENGTH), program: Program::default() }
    }

    /// Runs programs until one differs, which stays in `program`.
    fn run(&mut self, programs: std::ops::Range<u64>) -> Option<Hit> {
        programs.into_iter().find_map(|index| {
            self.recipe.program(index, &mut self.program);
            match self.differential.run(&self.program) {
                Outcome::Differ(difference) => Some(Hit { programs: index + 1, facet: difference.facet }),
                Outcome::Agree | Outcome::Reworded | Outcome::Open(_) | Outcome::Unsupported(_) => None,
                Outcome::Failed(fault) => panic!("{fault}"),
            }
        })
    }
}

/// The median of the seeds' hits, if it is within `most` programs.
fn median(row: Row, most: u64) -> Option<Hit> {
    let mut hunts: Vec<Hunt> = SEEDS.map(|seed| Hunt::new(row, seed)).collect();
    let middle = hunts.len() / 2;
    let mut hits = vec![];
    // Seeds take turns, so that those after the median need not be run to their end.
    for start in (0..most).step_by(ROUND as usize) {
        hunts.retain_mut(|hunt| match hunt.run(start..most.min(start + ROUND)) {
            Some(hit) => {
                hits.push(hit);
                false
            }
            None => true,
        });
        if hits.len() > middle {
            hits.sort();
            return hits.get(middle).copied();
        }
    }
    None
}

fn line(row: Row, hit: Option<Hit>) -> String {
    let (programs, told) = match hit {
        Some(hit) => (hit.programs.to_string(), hit.facet.to_string()),
        None => {
            let lacks = MISSED.iter().find(|(name, _)| *name == row.name).map_or("?", |(_, lacks)| lacks);
            (NOT_FOUND.to_owned(), format!("lacks {lacks}"))
        }
    };
    format!("| {} | {} | {programs} | {told} |\n", row.name, row.wrong)
}

fn path() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports/faults.md")
}

/// The committed rows by the names of the faults.
fn table() -> BTreeMap<String, String> {
    let text = fs::read_to_string(path()).unwrap_or_default();
    let rows = text.strip_prefix(HEADER).unwrap_or_default().lines();
    let name = |row: &str| row.split('|').nth(1).unwrap_or_default().trim().to_owned();
    rows.map(|row| (name(row), format!("{row}\n"))).collect()
}

/// The programs that the table has for a fault; `u64::MAX` for one that is not found.
fn programs(line: &str) -> Option<u64> {
    let cell = line.split('|').nth(3)?.trim();
    if cell == NOT_FOUND { Some(u64::MAX) } else { cell.parse().ok() }
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    match std::env::var("VIEWCHECK_FAULTS").as_deref() {
        Ok("write") => write(&arguments),
        Ok(other) => {
            eprintln!("error: VIEWCHECK_FAULTS is `{other}`, and can only be `write`");
            ExitCode::from(2)
        }
        Err(_) => {
            let mut trials: Vec<Trial> = rows().map(|row| Trial::test(row.name, || holds(*row))).collect();
            trials.push(Trial::test("table", is_complete));
            trials.push(Trial::test("none", nothing_is_found_where_nothing_is_wrong));
            trials.extend(
                FOLLOWED.map(|(name, most)| Trial::test(format!("{name}::finding"), move || follow(name, most))),
            );
            libtest_mimic::run(&arguments, trials).exit_code()
        }
    }
}

/// Measures and writes the rows that are asked for, and leaves the others as they are.
fn write(arguments: &Arguments) -> ExitCode {
    static LINES: Mutex<BTreeMap<String, String>> = Mutex::new(BTreeMap::new());
    LINES.lock().unwrap().extend(table());
    let measure = |row: &'static Row| {
        Trial::test(row.name, || {
            let line = line(*row, median(*row, MOST));
            LINES.lock().unwrap().insert(row.name.to_owned(), line);
            Ok(())
        })
    };
    let conclusion = libtest_mimic::run(arguments, rows().map(measure).collect());
    let lines = LINES.lock().unwrap();
    let lines: String = rows().filter_map(|row| lines.get(row.name).map(String::as_str)).collect();
    fs::write(path(), format!("{HEADER}{lines}")).expect("the table can be written");
    conclusion.exit_code()
}

/// The table says of a fault what can be seen of it soon.
fn holds(row: Row) -> Result<(), Failed> {
    let lines = table();
    let committed = lines.get(row.name).map_or("nothing", String::as_str);
    let hit = median(row, SOON);
    let is_so = match hit {
        Some(_) => committed == line(row, hit),
        None => {
            committed.starts_with(&format!("| {} | {} | ", row.name, row.wrong))
                && programs(committed).is_some_and(|programs| programs > SOON)
        }
    };
    let seen = hit.map_or(format!("not found in {SOON} programs"), |_| line(row, hit));
    if is_so { Ok(()) } else { Err(format!("seen: {seen}\nreports/faults.md: {committed}").into()) }
}

/// The table has every fault and no other, and those that are not found are known.
fn is_complete() -> Result<(), Failed> {
    let (text, lines) = (fs::read_to_string(path())?, table());
    let expected: String = rows().filter_map(|row| lines.get(row.name).map(String::as_str)).collect();
    if text != format!("{HEADER}{expected}") || lines.len() != rows().count() {
        return Err("reports/faults.md has other rows than there are faults".into());
    }
    for row in rows() {
        let is_found = programs(&lines[row.name]).is_some_and(|programs| programs <= MOST);
        match (is_found, MISSED.iter().any(|(name, _)| *name == row.name)) {
            (false, false) => return Err(format!("{} is not found", row.name).into()),
            (true, true) => return Err(format!("{} is found, and listed as missed", row.name).into()),
            _ => {}
        }
    }
    Ok(())
}

fn nothing_is_found_where_nothing_is_wrong() -> Result<(), Failed> {
    match Hunt::new(HONEST, *SEEDS.start()).run(0..20_000) {
        None => Ok(()),
        Some(hit) => Err(format!("{hit:?}").into()),
    }
}

/// What tells a fault becomes a finding that a person can act on: small, and with a case that only the fault fails.
fn follow(name: &str, most: usize) -> Result<(), Failed> {
    let row = *rows().find(|row| row.name == name).ok_or("no such fault")?;
    let mut hunt = Hunt::new(row, *SEEDS.start());
    hunt.run(0..MOST).ok_or("it is not found")?;
    let engines = [hunt.differential.engine().clone(), hunt.differential.against().clone()];
    let finding =
        investigate(&mut hunt.differential, &engines, &hunt.program, Limits::default()).ok_or("it vanished")?;
    let text = case_of(&finding);
    println!("{text}");
    let operations = finding.program.operations.len();
    if !finding.stable || operations > most {
        return Err(format!("stable: {}, operations: {operations}\n{text}", finding.stable).into());
    }
    let suite = load_text("case.yaml", &text);
    let case = suite.documents.iter().flat_map(|document| &document.cases).next().ok_or("no case")?;
    let verdict = |engine: &mut dyn Engine| -> Result<bool, Failed> {
        let mut trace = program::Trace::new();
        engine.run(&case.program, Watch::Always, &mut trace)?;
        Ok(judge(case, &trace, profile().version(), Level::Message.facets()).is_none())
    };
    match (verdict(&mut Reference::new(profile()))?, verdict(&mut Mutant::new(profile(), row))?) {
        (true, false) => Ok(()),
        (reference, mutant) => Err(format!("the case holds: reference {reference}, fault {mutant}\n{text}").into()),
    }
}
