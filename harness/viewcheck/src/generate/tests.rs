use super::*;
use engine::reference::Reference;
use engine::subset::{Lacking, known};
use engine::{Abi, About, Engine, Profile, Version, Watch};
use program::{Parser, Trace, print};
use rstest::rstest;
use std::collections::BTreeSet;

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
    // Objects of a program's own classes are put in tuples and slices, too.
    let is_made_of = |kind| matches!(kind, Kind::Tuple | Kind::Slice);
    let is_used = |about| {
        programs(about).any(|program| {
            let mut used = program.all_operations().map(|operation| operation.kind).filter(|kind| kinds.contains(kind));
            used.any(|kind| program.bodies.is_empty() || !is_made_of(kind))
        })
    };
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

/// The programs of a seed that have bodies.
fn with_bodies(seed: u64, count: u64) -> impl Iterator<Item = Program> {
    (0..count).map(move |index| generate(seed, index)).filter(|program| !program.bodies.is_empty())
}

#[test]
fn one_program_in_four_has_bodies() {
    let count = with_bodies(3, 10_000).count();
    assert!((2300..2700).contains(&count), "{count}");
}

#[test]
fn programs_with_bodies_are_well_formed_and_can_be_written_and_read_back() {
    for program in with_bodies(17, 20_000) {
        let text = print::program(&program);
        assert_eq!(program::bodies::check(&program), Ok(()), "{text}");
        assert_eq!(program::policy::check(&program), Ok(()), "{text}");
        assert_eq!(program::decode(&program::encode(&program)).as_ref().ok(), Some(&program), "{text}");
        let mut parser = Parser::new();
        let steps = (0..program.steps.len()).map(|step| print::step(&program, step));
        for step in print::imports(&program).into_iter().chain(steps) {
            assert_eq!(parser.step(&step).map_err(|error| error.to_string()), Ok(()), "{step}");
        }
        let read = print::program(&parser.finish());
        assert!(read.ends_with(&text), "{read}\nis not\n{text}");
    }
}

#[test]
fn every_kind_of_body_is_made() {
    const KINDS: &[Kind] = &[
        Kind::If,
        Kind::While,
        Kind::For,
        Kind::Try,
        Kind::Break,
        Kind::Continue,
        Kind::Return,
        Kind::Raise,
        Kind::Define,
        Kind::Class,
        Kind::Enter,
        Kind::Leave,
        Kind::CallObject,
        Kind::SetAttribute,
    ];
    const METHODS: &[&str] = &[
        "__bool__",
        "__contains__",
        "__eq__",
        "__float__",
        "__getitem__",
        "__hash__",
        "__index__",
        "__iter__",
        "__len__",
        "__next__",
    ];
    let (mut kinds, mut methods) = (BTreeSet::new(), BTreeSet::new());
    for program in with_bodies(19, 10_000) {
        kinds.extend(program.all_operations().map(|operation| operation.kind));
        let functions = program.bodies.iter().filter_map(|body| body.function.as_ref());
        methods.extend(functions.map(|function| function.name.to_string()));
    }
    let missing: Vec<_> = KINDS.iter().filter(|kind| !kinds.contains(kind)).collect();
    assert!(missing.is_empty(), "{missing:?}");
    let missing: Vec<_> = METHODS.iter().filter(|method| !methods.contains(**method)).collect();
    assert!(missing.is_empty(), "{missing:?}");
}

/// A loop with a condition ends: it has a counter that goes up or down by one before all else and that nothing else binds.
#[test]
fn every_while_has_a_counter() {
    let mut count = 0;
    for program in with_bodies(23, 10_000) {
        let text = print::program(&program);
        for loop_ in program.all_operations().filter(|operation| operation.kind == Kind::While) {
            count += 1;
            let [Operand::Body(test), Operand::Body(block), _] = loop_.operands[..] else { panic!("{text}") };
            let [test] = &program.bodies[usize::from(test)].operations[..] else { panic!("{text}") };
            let [counter, Operand::Value(Value::Int(bound))] = &test.operands[..] else { panic!("{text}") };
            let block = &program.bodies[usize::from(block)].operations;
            assert_eq!(block[0].operands[..], [counter.clone(), Operand::Value(Value::Int(1))], "{text}");
            match test.kind {
                Kind::Lt => assert!((1..=4).contains(bound) && block[0].kind == Kind::InPlaceAdd, "{text}"),
                _ => assert!(test.kind == Kind::Gt && *bound == 0 && block[0].kind == Kind::InPlaceSubtract, "{text}"),
            }
            let binds = |operation: &Operation| match operation.target {
                Target::Name(name) => *counter == Operand::Name(name),
                Target::Local(local) => *counter == Operand::Local(local),
                _ => false,
            };
            assert!(!block[1..].iter().any(binds), "{text}");
        }
    }
    assert!(count > 50, "{count}");
}

#[test]
fn programs_with_bodies_are_short() {
    let longest = with_bodies(29, 10_000).map(|program| program.all_operations().count()).max();
    assert!(longest.is_some_and(|longest| longest < 60), "{longest:?}");
}

/// What is extended each time could become twice as long each time, so a loop ends once it is long. Nothing is known to
/// grow where the generator takes a name for something else.
#[test]
fn what_a_loop_extends_is_watched() {
    let (mut extended, mut watched) = (0, 0);
    for program in with_bodies(31, 20_000) {
        for loop_ in program.all_operations().filter(|operation| operation.kind == Kind::For) {
            let Some(Operand::Body(block)) = loop_.operands.get(1) else { continue };
            let block = &program.bodies[usize::from(*block)].operations;
            let extends = block.iter().filter(|operation| operation.kind == Kind::Extend);
            for extend in extends.filter(|extend| !matches!(extend.operands[0], Operand::Value(_))) {
                let is_asked = |asked: &Operation| asked.kind == Kind::Len && asked.operands[0] == extend.operands[0];
                extended += 1;
                watched += usize::from(block.iter().any(is_asked));
            }
        }
    }
    assert!(extended > 100 && watched * 100 > extended * 75, "{watched} of {extended}");
}

#[rstest]
#[case::subset("memoryview.cast", "")]
#[case::without_deaths("", "refcounting")]
fn nothing_with_bodies_is_made_for_engines_that_can_not_do_it(#[case] lacks: &str, #[case] capability: &str) {
    let small = about(|about| {
        about.lacks.extend([lacks].into_iter().filter(|lacks| !lacks.is_empty()).map(str::to_owned));
        about.capabilities.remove(capability);
    });
    assert!(programs(about(|_| ())).any(|program| !program.bodies.is_empty()));
    assert!(programs(small).all(|program| program.bodies.is_empty()));
}
