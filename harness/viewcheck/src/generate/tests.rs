use super::*;
use program::{Parser, print};

fn generate(seed: u64, index: u64) -> Program {
    let mut bytes = vec![0; 1024];
    Seed(seed).fill(index, &mut bytes);
    let mut program = Program::default();
    Generator::new().program(&mut Source::new(&bytes), 16, &mut program);
    program
}

#[test]
fn the_same_bytes_give_the_same_program() {
    let mut bytes = [0; 512];
    Seed(3).fill(4, &mut bytes);
    let (mut generator, mut first, mut second) = (Generator::new(), Program::default(), Program::default());
    generator.program(&mut Source::new(&bytes), 16, &mut first);
    generator.program(&mut Source::new(&[]), 16, &mut second);
    generator.program(&mut Source::new(&bytes), 16, &mut second);
    assert_eq!(first, second);
}

#[test]
fn programs_of_a_seed_differ() {
    assert_ne!(generate(1, 1), generate(1, 2));
    assert_ne!(generate(1, 1), generate(2, 1));
}

#[test]
fn every_program_can_be_written_and_read_back() {
    for index in 0..3000 {
        let program = generate(7, index);
        let mut parser = Parser::new();
        let steps = (0..program.steps.len()).map(|step| print::step(&program, step));
        for text in print::imports(&program).into_iter().chain(steps) {
            assert!(parser.step(&text).is_ok(), "{text}");
        }
        // Names are numbered as they appear, so only the texts can be compared.
        let read = print::program(&parser.finish());
        assert!(read.ends_with(&print::program(&program)), "{read}");
    }
}

#[test]
fn every_kind_with_a_weight_is_generated() {
    let mut seen: Vec<Kind> =
        (0..5000).flat_map(|index| generate(11, index).operations).map(|operation| operation.kind).collect();
    seen.sort();
    seen.dedup();
    let missing: Vec<_> = Kind::ALL.iter().filter(|kind| weight(**kind) > 0 && !seen.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
