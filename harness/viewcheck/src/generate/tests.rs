use super::*;
use engine::reference::Reference;
use engine::subset::{Lacking, known};
use engine::{Abi, About, Engine, Profile, Version, Watch};
use program::{Parser, Trace, print};
use rstest::rstest;

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

fn about(change: impl Fn(&mut About)) -> About {
    let mut about = Reference::new(Profile::new(Version::newest(), Abi::Lp64)).about().clone();
    about.capabilities.extend(["capi", "exporter", "hook"].map(str::to_owned));
    change(&mut about);
    about
}

/// The programs for an engine.
fn programs(about: About) -> impl Iterator<Item = Program> {
    let mut generator = Generator::with(Abilities::of(&[about]));
    (0..2000).map(move |index| {
        let mut bytes = vec![0; 1024];
        Seed(5).fill(index, &mut bytes);
        let mut program = Program::default();
        generator.program(&mut Source::new(&bytes), 16, &mut program);
        program
    })
}

#[test]
fn an_engine_that_can_do_everything_has_every_program() {
    let everything = programs(about(|_| ()));
    assert!(everything.eq((0..2000).map(|index| generate(5, index))));
}

#[rstest]
#[case::exporter("exporter", &[Kind::NewExporter])]
#[case::hook("hook", &[Kind::NewHook, Kind::Arm, Kind::Tuple, Kind::Slice])]
#[case::capi("capi", &[Kind::Request, Kind::GetContiguous])]
#[case::array("array", &[Kind::NewArray, Kind::FromBytes, Kind::Byteswap])]
#[case::structs("struct", &[Kind::Unpack, Kind::UnpackFrom, Kind::IterUnpack])]
#[case::refcounting("refcounting", &[Kind::Unbind])]
fn nothing_is_generated_that_an_engine_can_not_do(#[case] capability: &str, #[case] kinds: &[Kind]) {
    let lacking = about(|about| _ = about.capabilities.remove(capability));
    let is_used =
        |about| programs(about).flat_map(|program| program.operations).any(|operation| kinds.contains(&operation.kind));
    assert!(is_used(about(|_| ())));
    assert!(!is_used(lacking));
}

#[test]
fn what_a_subset_lacks_is_not_generated() {
    let features = [known::STEPS, known::KEYWORDS, known::GROUPS, known::TUPLES, known::RANGES, known::FORMATS];
    let lacks = features.into_iter().chain([known::SOURCES, "memoryview.cast"]);
    let small = about(|about| about.lacks = lacks.clone().map(str::to_owned).collect());
    let lacking = Lacking::of(&small).unwrap();
    let mut trace = Trace::new();
    let mut needs = |programs: &mut dyn Iterator<Item = Program>| {
        programs.filter(|program| lacking.missing(program, Watch::End, &mut trace).is_some()).count()
    };
    let (before, after) = (needs(&mut programs(about(|_| ()))), needs(&mut programs(small.clone())));
    assert!(before > 1000 && after < 200, "{before} programs before, {after} after");
}

#[test]
fn no_program_names_what_programs_may_not_name() {
    for index in 0..20_000 {
        let program = generate(7, index);
        assert_eq!(program::policy::check(&program), Ok(()), "{}", program::print::program(&program));
    }
}
