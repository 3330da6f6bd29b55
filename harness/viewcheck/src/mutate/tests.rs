use super::*;
use crate::generate::Seed;
use program::{Kind, Operand, Operation, Parser, Target, print};
use std::collections::BTreeMap;

pub(super) const LENGTH: usize = 16;

pub(super) fn bytes(seed: u64, index: u64) -> Vec<u8> {
    let mut bytes = vec![0; 1024];
    Seed(seed).fill(index, &mut bytes);
    bytes
}

pub(super) fn generate(seed: u64, index: u64) -> Program {
    let mut program = Program::default();
    Generator::new().program(&mut Source::new(&bytes(seed, index)), LENGTH, &mut program);
    program
}

/// What holds of every program of the generator; what does not, if anything.
pub(crate) fn wrong(program: &Program) -> Option<String> {
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
    let read = parser.finish();
    if print::program(&read) != text {
        return told(format!("it is read as\n{}\nand was", print::program(&read)));
    }
    // The same text could mean something else: a name for a local variable.
    let [was, is] = [program, &read].map(|program| meaning(&program.operations, &program.locals, program));
    if was == is { None } else { told(format!("it means\n{is}\nand meant\n{was}\n")) }
}

/// What operations are, without the numbers of names, parts and bodies, and without parts that are only read before others.
fn meaning(operations: &[Operation], locals: &[Box<str>], program: &Program) -> String {
    let local = |at: u16| format!("local {}", locals[usize::from(at)]);
    let (mut text, mut read) = (String::new(), BTreeMap::new());
    for operation in operations.iter().filter(|operation| !matches!(operation.kind, Kind::Pass | Kind::Import)) {
        let mut operands = operation.operands.iter().map(|operand| match operand {
            Operand::Name(name) => program.name_text(*name).to_owned(),
            Operand::Temp(temp) => read.remove(temp).unwrap_or_else(|| "part".to_owned()),
            Operand::Value(value) => format!("{value:?}"),
            Operand::Local(at) => local(*at),
            Operand::Body(body) => {
                let body = &program.bodies[usize::from(*body)];
                let locals = body.function.as_ref().map_or(locals, |function| &function.locals);
                format!("{{\n{}}}", meaning(&body.operations, locals, program))
            }
        });
        let operands: Vec<String> = operands.by_ref().collect();
        let target = match operation.target {
            Target::Discard => String::new(),
            Target::Name(name) => program.name_text(name).to_owned(),
            Target::Temp(temp) if matches!(operation.kind, Kind::Plain | Kind::Lookup) => {
                read.insert(temp, operands[0].clone());
                continue;
            }
            Target::Temp(_) => "part".to_owned(),
            Target::Local(at) => local(at),
        };
        text += &format!("{target} = {}({})\n", operation.kind.row().name, operands.join(", "));
    }
    text
}

/// Fails if anything is wrong with a program, and shows a few that have something.
pub(crate) fn check(programs: impl Iterator<Item = Program>) {
    let wrong: Vec<String> = programs.filter_map(|program| wrong(&program)).collect();
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.iter().take(6).cloned().collect::<Vec<_>>().join("\n\n")
    );
}

/// What is asked of mutants holds of what the generator makes.
#[test]
fn programs_of_the_generator_are_fine() {
    check((0..4000).map(|index| generate(3, index)));
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
fn what_goes_on_from_a_beginning_is_a_program_of_the_generator() {
    let mut mutator = Mutator::new();
    check((0..2000).map(|index| {
        let (parent, mut grown) = (generate(3, index), Program::default());
        mutator.grow(&parent, &mut Source::new(&bytes(7, index)), LENGTH, &mut grown);
        assert_eq!(print::step(&grown, 0), print::step(&parent, 0));
        assert!(grown.all_operations().count() <= 2 * LENGTH + 8, "{}", print::program(&grown));
        grown
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

/// Whatever was made before, and whatever program was there.
#[test]
fn the_same_bytes_give_the_same_mutant() {
    let (mut mutator, mut generator, mut second) = (Mutator::new(), Generator::new(), Program::default());
    let mut parser = Parser::new();
    let texts =
        ["import array", "data = bytearray(8)", "a = b = c = d = e = f = g = h = i = j = k = [x for x in data]"];
    texts.iter().for_each(|text| parser.step(text).unwrap());
    let foreign = parser.finish();
    for index in 0..3000 {
        let (parent, other, choices) = (generate(3, index), generate(5, index), bytes(7, index));
        let mut first = Program::default();
        match index % 5 {
            0 => {
                Mutator::new().cross(&parent, &other, &mut Source::new(&choices), LENGTH, &mut first);
                mutator.cross(&parent, &other, &mut Source::new(&choices), LENGTH, &mut second);
            }
            1 => {
                Generator::new().program(&mut Source::new(&choices), LENGTH, &mut first);
                generator.program(&mut Source::new(&choices), LENGTH, &mut second);
            }
            2 => {
                first.clone_from(&foreign);
                second.clone_from(&foreign);
                Mutator::new().repair(&mut first, &mut Source::new(&choices));
                mutator.repair(&mut second, &mut Source::new(&choices));
            }
            3 => {
                Mutator::new().grow(&parent, &mut Source::new(&choices), LENGTH, &mut first);
                mutator.grow(&parent, &mut Source::new(&choices), LENGTH, &mut second);
            }
            _ => {
                Mutator::new().mutate(&parent, &other, &mut Source::new(&choices), LENGTH, &mut first);
                mutator.mutate(&parent, &other, &mut Source::new(&choices), LENGTH, &mut second);
            }
        }
        assert_eq!(first, second, "{index}");
        if index % 3 == 0 {
            second.clone_from(&foreign);
        }
    }
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

/// `cargo test --release -p viewcheck --lib mutate -- --ignored --nocapture`
#[test]
#[ignore = "it measures"]
fn how_long_a_mutant_takes() {
    const COUNT: u64 = 20_000;
    let (mut mutator, mut generator, mut program) = (Mutator::new(), Generator::new(), Program::default());
    let parents: Vec<Program> = (0..1000).map(|index| generate(3, index)).collect();
    let streams: Vec<Vec<u8>> = (0..1000).map(|index| bytes(7, index)).collect();
    for round in 0..3 {
        let start = std::time::Instant::now();
        for index in 0..COUNT as usize {
            generator.program(&mut Source::new(&streams[index % 1000]), LENGTH, &mut program);
        }
        let generated = start.elapsed();
        let start = std::time::Instant::now();
        for index in 0..COUNT as usize {
            let (parent, other) = (&parents[index % 1000], &parents[(index * 7 + 1) % 1000]);
            mutator.mutate(parent, other, &mut Source::new(&streams[index % 1000]), LENGTH, &mut program);
        }
        let mutated = start.elapsed();
        let each = |time: std::time::Duration| time.as_nanos() as u64 / COUNT;
        println!("round {round}: {} ns a generated program, {} ns a mutant", each(generated), each(mutated));
    }
}
