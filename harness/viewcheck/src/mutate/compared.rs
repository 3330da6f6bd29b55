//! How mutants compare on the embedded CPython and the reference, beside the programs that they come from. It measures, and is run
//! by hand: `cargo test -p viewcheck --lib compared -- --ignored --nocapture`.

use super::Mutator;
use super::tests::{LENGTH, bytes, generate};
use crate::compare::Level;
use crate::differential::{DifferentialRun, Result};
use crate::generate::Source;
use crate::seeds::tests::spec;
use engine::embedded::Embedded;
use engine::reference::Reference;
use engine::{Engine, Watch};
use program::{Program, print};
use std::collections::BTreeMap;

/// Compares programs on two engines.
struct Comparison(DifferentialRun);

impl Comparison {
    fn new() -> Comparison {
        let embedded = Embedded::new().unwrap();
        let reference = Reference::new(embedded.about().profile);
        Comparison(DifferentialRun::new(Box::new(embedded), Box::new(reference), Watch::End, Level::Message))
    }

    /// What comes of a program. A difference is shown.
    fn of(&mut self, program: &Program) -> &'static str {
        match self.0.run(program) {
            Result::Agree => "agree",
            Result::Reworded => "reworded",
            Result::Open(_) => "open",
            Result::Unsupported(_) => "unsupported",
            Result::Differ(difference) => {
                println!("{difference:?}\n{}\n", print::program(program));
                "differ"
            }
            Result::Failed(_) => "failed",
        }
    }
}

/// How mutants compare on two engines, beside programs of the generator.
#[test]
#[ignore = "it measures"]
fn what_comes_of_mutants() {
    let (mut mutator, mut run) = (Mutator::new(), Comparison::new());
    let mut counts: BTreeMap<(bool, &str), u32> = BTreeMap::new();
    for index in 0..5000 {
        let mut program = generate(3, index);
        for generation in 0..6 {
            *counts.entry((generation > 0, run.of(&program))).or_default() += 1;
            let (mut mutant, other) = (Program::default(), generate(5, 6 * index + generation));
            mutator.mutate(&program, &other, &mut Source::new(&bytes(7 + generation, index)), LENGTH, &mut mutant);
            program = mutant;
        }
    }
    println!("of programs and of five generations of mutants: {counts:?}");
}

/// How cases and their mutants compare on two engines.
#[test]
#[ignore = "it measures"]
fn what_comes_of_mutants_of_cases() {
    let (seeds, mut mutator) = (spec().programs, Mutator::new());
    let mut counts = BTreeMap::new();
    let mut run = Comparison::new();
    for (index, seed) in seeds.iter().enumerate() {
        *counts.entry((false, run.of(seed))).or_insert(0) += 1;
        let (bytes, mut mutant) = (bytes(5, index as u64), Program::default());
        mutator.mutate(seed, &seeds[(index * 7 + 1) % seeds.len()], &mut Source::new(&bytes), 16, &mut mutant);
        *counts.entry((true, run.of(&mutant))).or_insert(0) += 1;
    }
    println!("of cases and of their mutants: {counts:?}");
}
