//! What generated programs do, measured on the reference: how often each kind of operation succeeds, and what it raises
//! where it does not.
//!
//! A kind that hardly ever succeeds is a gap of the generator, and so is one that hardly ever fails. The table is printed by
//!
//! ```text
//! cargo test --release -p mutants --test moods -- --ignored --nocapture
//! ```

use engine::machine::{Machine, Performed, Stop};
use engine::reference::Variant;
use engine::{Abi, Profile, RunError, Version, Watch};
use program::{Kind, Operation, Program, Trace};
use python::{Object, Python};
use smallvec::SmallVec;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;
use view::Error;
use viewcheck::campaign::{LENGTH, Recipe};
use viewcheck::generate::{Mood, Seed, Source};
use viewcheck::mutate::Mutator;

/// What operations of a kind came to.
#[derive(Default)]
struct Counts {
    succeeded: u64,
    raised: BTreeMap<String, u64>,
}

impl Counts {
    fn all(&self) -> u64 {
        self.succeeded + self.raised.values().sum::<u64>()
    }

    fn add(&mut self, other: &Counts) {
        self.succeeded += other.succeeded;
        for (exception, count) in &other.raised {
            *self.raised.entry(exception.clone()).or_default() += count;
        }
    }

    /// Of a hundred.
    fn share(&self) -> f64 {
        100.0 * self.succeeded as f64 / self.all().max(1) as f64
    }
}

/// Every kind of operation that was performed, and the names that were bound to nothing.
#[derive(Default)]
struct Table {
    kinds: BTreeMap<Kind, Counts>,
    unbound: u64,
}

impl Table {
    fn count(&mut self, kind: Kind, done: &Performed<Python>) {
        let counts = self.kinds.entry(kind).or_default();
        match done {
            Ok(_) => counts.succeeded += 1,
            Err(Stop::Raised(error)) => {
                *counts.raised.entry(error.exception().name().to_owned()).or_default() += 1;
            }
            Err(Stop::RunError(_)) => {}
        }
    }

    /// All kinds together. An operation that reads a name which is bound to nothing is not performed.
    fn sum(&self) -> Counts {
        let mut sum = Counts::default();
        self.kinds.values().for_each(|counts| sum.add(counts));
        *sum.raised.entry("NameError".into()).or_default() += self.unbound;
        sum
    }

    fn add(&mut self, other: &Table) {
        for (kind, counts) in &other.kinds {
            self.kinds.entry(*kind).or_default().add(counts);
        }
        self.unbound += other.unbound;
    }

    fn print(&self, title: &str) {
        let line = |name: &str, counts: &Counts| {
            let mut raised: Vec<_> = counts.raised.iter().collect();
            raised.sort_by_key(|(_, count)| std::cmp::Reverse(**count));
            let raised = raised.iter().map(|(name, count)| format!("{name} {count}")).collect::<Vec<_>>().join(", ");
            println!("{name:>20} {:8} {:6.1} %  {raised}", counts.all(), counts.share());
        };
        println!("{title}");
        let mut kinds: Vec<_> = self.kinds.iter().collect();
        kinds.sort_by_key(|(_, counts)| std::cmp::Reverse(counts.all()));
        kinds.iter().for_each(|(kind, counts)| line(&format!("{kind:?}"), counts));
        line("all", &self.sum());
    }
}

/// A Python that counts what becomes of operations.
struct Meter {
    python: Python,
    table: Rc<RefCell<Table>>,
}

impl Meter {
    fn note(&self, kind: Kind, done: Performed<Python>) -> Performed<Python> {
        self.table.borrow_mut().count(kind, &done);
        done
    }
}

impl Variant for Meter {
    fn python(&self) -> &Python {
        &self.python
    }

    fn perform(&self, operation: &Operation, operands: &[Object]) -> Performed<Python> {
        self.note(operation.kind, Variant::perform(&self.python, operation, operands))
    }

    fn call(&self, operation: &Operation, operands: &mut SmallVec<[Object; 4]>) -> Performed<Python> {
        self.note(operation.kind, Variant::call(&self.python, operation, operands))
    }

    fn unbound(&self, name: &str) -> Result<Object, Stop<Error>> {
        let found = Variant::unbound(&self.python, name);
        self.table.borrow_mut().unbound += u64::from(found.is_err());
        found
    }
}

/// The most operations of a program that counts, of which the text has a dozen or two.
const MOST: u64 = 200;

/// Runs a program and counts what its operations came to. Says whether the reference could run it to its end.
fn run(program: &Program, trace: &mut Trace) -> (Table, bool) {
    let profile = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
    let table = Rc::default();
    let meter = Meter { python: Python::new(profile.into()), table: Rc::clone(&table) };
    trace.clear();
    // What ends early is counted up to there.
    let done = Machine::new(meter, program).run(Watch::End, trace);
    let table = table.take();
    // One that goes round thousands of times would be all that is seen.
    let is_counted = table.sum().all() <= MOST;
    (if is_counted { table } else { Table::default() }, !matches!(done, Err(RunError::Unsupported { .. })))
}

/// Runs programs of a seed: what those did that are valid, and what the others did.
fn measure(seed: u64, count: u64) -> [Table; 2] {
    let (mut recipe, mut program, mut trace) = (Recipe::new(seed, LENGTH), Program::default(), Trace::new());
    let mut tables: [Table; 2] = Default::default();
    for index in 0..count {
        let mood = recipe.program(index, &mut program);
        tables[usize::from(mood == Mood::Hostile)].add(&run(&program, &mut trace).0);
    }
    tables
}

/// What mutants of the valid programs of a seed did, after so many generations, and how many of them the reference could not
/// run; the same of their parents.
fn measure_mutants(seed: u64, count: u64, generations: u64) -> [(Table, u64); 2] {
    let (mut recipe, mut others, mut mutator) =
        (Recipe::new(seed, LENGTH), Recipe::new(seed + 1, LENGTH), Mutator::new());
    let (mut parent, mut other, mut mutant) = (Program::default(), Program::default(), Program::default());
    let (mut bytes, mut trace) = (vec![0; 1024], Trace::new());
    let mut measured: [(Table, u64); 2] = Default::default();
    let mut note = |which: usize, program: &Program| {
        let (table, is_run) = run(program, &mut trace);
        measured[which].0.add(&table);
        measured[which].1 += u64::from(!is_run);
    };
    for index in 0..count {
        if recipe.program(index, &mut parent) == Mood::Hostile {
            continue;
        }
        note(0, &parent);
        for generation in 0..generations {
            others.program(index * generations + generation, &mut other);
            Seed(seed + generation).fill(index, &mut bytes);
            mutator.mutate(&parent, &other, &mut Source::new(&bytes), LENGTH, &mut mutant);
            std::mem::swap(&mut parent, &mut mutant);
        }
        note(1, &parent);
    }
    measured
}

#[test]
fn valid_programs_get_far_and_names_are_bound() {
    let [mut all, hostile] = measure(3, 20_000);
    let valid = all.sum();
    assert!(valid.share() >= 92.0, "{:.1} % of the operations of valid programs succeed", valid.share());
    let set = all.kinds.get(&Kind::Set).map_or(0.0, Counts::share);
    assert!(set >= 75.0, "{set:.1} % of the assignments of valid programs succeed");
    // What raises is tested as well.
    let share = hostile.sum().share();
    assert!((60.0..85.0).contains(&share), "{share:.1} % of the operations of hostile programs succeed");
    all.add(&hostile);
    let sum = all.sum();
    let is_about_names = |name: &str| ["NameError", "UnboundLocalError"].contains(&name);
    let unbound: u64 = sum.raised.iter().filter(|(name, _)| is_about_names(name)).map(|(_, count)| count).sum();
    assert!(unbound * 1000 < sum.all() * 3, "{unbound} of {} operations are NameErrors", sum.all());
}

#[test]
fn operations_of_mutants_succeed_as_those_of_their_parents_do() {
    for (generations, least) in [(1, 90.0), (8, 88.0)] {
        let [(parents, lost_before), (mutants, lost)] = measure_mutants(3, 10_000, generations);
        let (before, after) = (parents.sum(), mutants.sum());
        let [unbound_before, unbound] =
            [&parents, &mutants].map(|table| 1000.0 * table.unbound as f64 / table.sum().all() as f64);
        println!(
            "after {generations} generations {:.1} % of the operations succeed (before {:.1} %), {unbound:.2} of a \
             thousand are NameErrors ({unbound_before:.2}), and {lost} programs are not supported ({lost_before})",
            after.share(),
            before.share()
        );
        assert!(after.share() >= least, "{:.1} % of the operations of mutants succeed", after.share());
        assert!(unbound < 3.0, "{unbound} of a thousand operations of mutants are NameErrors");
        assert!(lost <= 2 * lost_before, "{lost} mutants are not supported, of the parents {lost_before}");
    }
}

#[test]
fn seven_of_ten_programs_are_valid() {
    let (mut recipe, mut program) = (Recipe::new(5, LENGTH), Program::default());
    let valid = (0..10_000).filter(|index| recipe.program(*index, &mut program) == Mood::Valid).count();
    assert!((6_800..7_200).contains(&valid), "{valid}");
}

#[test]
#[ignore = "it asserts nothing: it prints a table to tune the generator by"]
fn what_becomes_of_operations() {
    let [mut valid, hostile] = measure(1, 20_000);
    measure_mutants(1, 20_000, 8)[1].0.print("mutants of valid programs");
    valid.print("valid programs");
    hostile.print("hostile programs");
    valid.add(&hostile);
    valid.print("all programs");
}
