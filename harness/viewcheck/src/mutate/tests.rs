use super::*;
use crate::generate::Seed;
use program::{Parser, print};
use std::collections::BTreeMap;

const LENGTH: usize = 16;

fn bytes(seed: u64, index: u64) -> Vec<u8> {
    let mut bytes = vec![0; 1024];
    Seed(seed).fill(index, &mut bytes);
    bytes
}

fn generate(seed: u64, index: u64) -> Program {
    let mut program = Program::default();
    Generator::new().program(&mut Source::new(&bytes(seed, index)), LENGTH, &mut program);
    program
}

/// What holds of every program of the generator; what does not, if anything.
fn wrong(program: &Program) -> Option<String> {
    let text = print::program(program);
    let told = |what: String| Some(format!("{what}:\n{text}"));
    if let Err(error) = program::bodies::check(program) {
        return told(error.to_owned());
    }
    if let Err(error) = program::policy::check(program) {
        return told(error.to_string());
    }
    match program::decode(&program::encode(program)) {
        Ok(decoded) if decoded == *program => {}
        Ok(_) => return told("another program is decoded".to_owned()),
        Err(error) => return told(error.to_string()),
    }
    let mut parser = Parser::of_printed();
    for step in 0..program.steps.len() {
        if let Err(error) = parser.step(&print::step(program, step)) {
            return told(format!("step {step}: {error}"));
        }
    }
    let read = print::program(&parser.finish());
    if read == text { None } else { told(format!("it is read as\n{read}\nand was")) }
}

/// Fails if anything is wrong with a program, and shows a few that have something.
fn check(programs: impl Iterator<Item = Program>) {
    let wrong: Vec<String> = programs.filter_map(|program| wrong(&program)).collect();
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.iter().take(6).cloned().collect::<Vec<_>>().join("\n\n")
    );
}

#[test]
fn mutants_of_generated_programs_are_programs_of_the_generator() {
    let mut mutator = Mutator::new();
    let mut edits: BTreeMap<Edit, u32> = BTreeMap::new();
    let mut same = 0;
    check((0..4000).map(|index| {
        let (parent, other) = (generate(3, index), generate(5, index));
        let mut mutant = Program::default();
        mutator.mutate(&parent, &other, &mut Source::new(&bytes(7, index)), LENGTH, &mut mutant);
        same += u32::from(mutant == parent);
        mutator.edits().iter().for_each(|edit| *edits.entry(*edit).or_default() += 1);
        mutant
    }));
    let missing: Vec<&Edit> = Edit::ALL.iter().filter(|edit| !edits.contains_key(edit)).collect();
    assert_eq!(missing, [&Edit::Repair]);
    assert!(same < 40, "{same} are their parents");
}

#[test]
fn mutants_of_mutants_are_programs_of_the_generator() {
    let mut mutator = Mutator::new();
    check((0..60).flat_map(|index| {
        let (mut parent, mut mutants) = (generate(3, index), vec![]);
        for generation in 0..50 {
            let other = generate(5, 50 * index + generation);
            let mut mutant = Program::default();
            mutator.mutate(&parent, &other, &mut Source::new(&bytes(7 + generation, index)), LENGTH, &mut mutant);
            mutants.push(mutant.clone());
            parent = mutant;
        }
        mutants
    }));
}

#[test]
fn crossed_programs_are_programs_of_the_generator() {
    let mut mutator = Mutator::new();
    check((0..2000).map(|index| {
        let mut mixed = Program::default();
        mutator.cross(&generate(3, index), &generate(5, index), &mut Source::new(&bytes(7, index)), LENGTH, &mut mixed);
        mixed
    }));
}

#[test]
fn a_program_of_the_generator_needs_no_repair() {
    let mut mutator = Mutator::new();
    for index in 0..2000 {
        let program = generate(3, index);
        let mut repaired = program.clone();
        mutator.repair(&mut repaired, &mut Source::new(&bytes(7, index)));
        assert_eq!(print::program(&repaired), print::program(&program));
    }
}

#[test]
fn the_same_bytes_give_the_same_mutant() {
    let (mut mutator, mut first, mut second) = (Mutator::new(), Program::default(), Program::default());
    let (parent, other) = (generate(3, 4), generate(3, 5));
    mutator.mutate(&parent, &other, &mut Source::new(&bytes(7, 1)), LENGTH, &mut first);
    mutator.mutate(&other, &parent, &mut Source::new(&[]), LENGTH, &mut second);
    mutator.mutate(&parent, &other, &mut Source::new(&bytes(7, 1)), LENGTH, &mut second);
    assert_eq!(first, second);
}

#[test]
fn nothing_comes_of_nothing_but_what_is_added() {
    let (mut mutator, empty, mut mutant) = (Mutator::new(), Program::default(), Program::default());
    mutator.mutate(&empty, &empty, &mut Source::new(&bytes(7, 1)), LENGTH, &mut mutant);
    assert_eq!(mutator.edits(), [Edit::Add]);
    assert_eq!(wrong(&mutant), None);
    mutator.cross(&empty, &empty, &mut Source::new(&[]), LENGTH, &mut mutant);
    assert_eq!(wrong(&mutant), None);
}

#[test]
fn no_mutant_is_longer_than_a_program_of_the_generator() {
    let mut mutator = Mutator::new();
    for index in 0..2000 {
        let mut mutant = Program::default();
        mutator.mutate(
            &generate(3, index),
            &generate(5, index),
            &mut Source::new(&bytes(7, index)),
            LENGTH,
            &mut mutant,
        );
        let (count, text) = (mutant.all_operations().count(), print::program(&mutant));
        match mutant.bodies.is_empty() {
            true => assert!(count <= LENGTH, "{count}:\n{text}"),
            false => assert!(count <= 2 * LENGTH + 8, "{count}:\n{text}"),
        }
    }
}
