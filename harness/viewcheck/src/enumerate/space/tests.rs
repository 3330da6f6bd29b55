use super::*;
use crate::enumerate::alphabet::{Data, EXPORTERS, GROUPS};
use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use program::{Kind, Parser, Trace, decode, encode};
use rstest::rstest;
use std::collections::{BTreeMap, BTreeSet};

fn space(depth: usize, all: bool) -> Space {
    Space::new(Extent { depth, all }, &Abilities::default())
}

/// The rule by itself, from the texts: which names there must be, and which there are then.
struct Rule {
    text: String,
    reads: bool,
    needs: BTreeSet<&'static str>,
    binds: Option<&'static str>,
    unbinds: Option<&'static str>,
    data: Option<Data>,
}

const ALL_NAMES: [&str; 4] = ["data", "view", "other", "items"];

fn rules() -> Vec<Rule> {
    let texts = GROUPS.iter().flat_map(|group| group.texts.iter().map(move |text| (group, *text)));
    let each = texts.flat_map(|(group, text)| {
        let names: &[&str] = if text.contains('$') { &["view", "other"] } else { &["no"] };
        names.iter().map(move |name| (group, text.replace('$', name)))
    });
    let rule = |(group, text): (&super::super::alphabet::Group, String)| {
        let words: Vec<&str> = text.split(|char: char| !char.is_alphanumeric() && char != '_').collect();
        let binds = ALL_NAMES
            .into_iter()
            .find(|name| text.starts_with(&format!("{name} = ")) || text.ends_with(&format!(" as {name}: pass")));
        let unbinds = ALL_NAMES.into_iter().find(|name| text == format!("del {name}"));
        let read = match (binds, text.starts_with("with ")) {
            (None, _) => &words[..],
            (Some(_), false) => &words[1..],
            (Some(_), true) => &words[..2],
        };
        let needs = ALL_NAMES.into_iter().filter(|name| read.contains(name)).collect();
        Rule { reads: group.reads, needs, binds, unbinds, data: group.data, text }
    };
    each.map(rule).collect()
}

/// Every program of exactly so many operations after what is bound.
fn brute(
    rules: &[Rule],
    length: usize,
    all: bool,
    data: Data,
    bound: &BTreeSet<&'static str>,
    steps: &mut Vec<u16>,
    found: &mut dyn FnMut(&[u16]),
) {
    if length == 0 {
        return found(steps);
    }
    for (at, rule) in (0..).zip(rules) {
        let is_possible = rule.needs.is_subset(bound) && rule.data.is_none_or(|needed| needed == data);
        if !is_possible || (length > 1 && rule.reads && !all) {
            continue;
        }
        let mut after = bound.clone();
        after.extend(rule.binds);
        rule.unbinds.map(|name| after.remove(name));
        steps.push(at);
        brute(rules, length - 1, all, data, &after, steps, found);
        steps.pop();
    }
}

#[rstest]
#[case::one(1, false)]
#[case::one_with_all(1, true)]
#[case::two(2, false)]
#[case::two_with_all(2, true)]
fn every_program_that_the_rule_allows_has_one_number(#[case] depth: usize, #[case] all: bool) {
    let (space, rules, mut seen) = (space(depth, all), rules(), vec![false; 0]);
    seen.resize(space.len() as usize, false);
    assert!(rules.iter().map(|rule| &rule.text).eq(space.steps.iter().map(|step| &step.text)));
    for length in 0..=depth {
        for (opening, exporter) in EXPORTERS.iter().enumerate() {
            let bound = BTreeSet::from(["data", "view"]);
            brute(&rules, length, all, exporter.data, &bound, &mut vec![], &mut |steps| {
                let choice = Choice { opening, steps: steps.to_vec() };
                let number = space.number(&choice).unwrap_or_else(|| panic!("{choice:?} has no number"));
                assert!(!std::mem::replace(&mut seen[number as usize], true), "{choice:?} has the number of another");
                assert_eq!(space.choice(number), Some(choice));
            });
        }
    }
    assert!(seen.iter().all(|seen| *seen));
    assert_eq!(space.choice(space.len()), None);
}

#[test]
fn a_number_means_the_same_whatever_the_depth() {
    let (two, three) = (space(2, false), space(3, false));
    assert_eq!(two.seed(), three.seed());
    assert_ne!(two.seed(), space(2, true).seed());
    assert!((0..two.len()).step_by(7).all(|number| two.choice(number) == three.choice(number)));
    // Those of the whole space can be found again, of which there are too many to try each.
    for number in (0..three.len()).step_by(997).chain([three.len() - 1]) {
        let choice = three.choice(number).unwrap();
        assert_eq!(three.number(&choice), Some(number), "{choice:?}");
    }
}

#[test]
fn what_is_no_program_of_the_space_has_no_number() {
    let space = space(2, false);
    let of = |steps: &[&str]| {
        let place = |text: &&str| space.steps.iter().position(|step| step.text == **text).unwrap() as u16;
        space.number(&Choice { opening: 0, steps: steps.iter().map(place).collect() })
    };
    assert!(of(&[]).is_some() && of(&["del view"]).is_some() && of(&["view.release()", "view.hex()"]).is_some());
    assert_eq!([of(&["next(items)"]), of(&["del view", "view[0]"]), of(&["view[0]", "view[1]"])], [None; 3]);
    assert_eq!([of(&["data.release()"]), of(&["del view", "del data", "data == data"])], [None; 2]);
    assert_eq!(space.number(&Choice { opening: EXPORTERS.len(), steps: vec![] }), None);
}

#[test]
fn programs_can_be_read_again() {
    let (space, mut program) = (space(1, false), Program::default());
    for number in 0..space.len() {
        space.program(number, &mut program);
        assert_eq!(decode(&encode(&program)).ok().as_ref(), Some(&program));
        assert!(program.operations.len() <= space.longest());
        let text = print::program(&program);
        let mut parser = Parser::of_printed();
        parser.step(&text).unwrap_or_else(|error| panic!("{text}{error}"));
        assert_eq!(print::program(&parser.finish()), text);
    }
}

/// On a reference that is right, so that programs with more of them say nothing new of an implementation that is.
#[test]
fn what_only_reads_changes_nothing() {
    let mut reference = Reference::new(Profile::new(Version::newest(), Abi::Lp64));
    let (space, mut program, mut trace) = (space(2, false), Program::default(), Trace::new());
    let mut reads = BTreeSet::new();
    for number in 0..space.len() {
        let last = space.choice(number).unwrap().steps.last().copied();
        let Some(step) = last.map(|last| &space.steps[usize::from(last)]).filter(|step| step.group.reads) else {
            continue;
        };
        reads.insert(&step.text);
        space.program(number, &mut program);
        reference.run(&program, Watch::Always, &mut trace).unwrap();
        let [before, after] = [2, 1].map(|back| trace.observation(trace.len() - back).unwrap().live);
        assert!(before.is_some() && before == after, "{}", print::program(&program));
    }
    assert_eq!(reads.len(), space.steps.iter().filter(|step| step.group.reads).count());
}

#[rstest]
#[case(Version::new(3, 8, 18))]
#[case(Version::new(3, 9, 18))]
#[case(Version::new(3, 10, 13))]
#[case(Version::new(3, 11, 7))]
#[case(Version::new(3, 12, 8))]
#[case(Version::new(3, 13, 18))]
#[case(Version::new(3, 14, 10))]
#[case(Version::newest())]
fn the_reference_models_every_program(#[case] version: Version) {
    let mut reference = Reference::new(Profile::new(version, Abi::Lp64));
    let (space, mut program, mut trace) = (space(2, false), Program::default(), Trace::new());
    let mut missing: BTreeMap<String, (u64, String)> = BTreeMap::new();
    for number in 0..space.len() {
        space.program(number, &mut program);
        if let Err(error) = reference.run(&program, Watch::End, &mut trace) {
            missing.entry(error.to_string()).or_insert_with(|| (0, print::program(&program))).0 += 1;
        }
    }
    assert!(missing.is_empty(), "{missing:#?}");
}

#[rstest]
#[case::array("array", Kind::NewArray)]
#[case::exporter("exporter", Kind::NewExporter)]
#[case::refcounting("refcounting", Kind::Unbind)]
fn what_the_engines_lack_is_left_out(#[case] capability: &str, #[case] kind: Kind) {
    let mut about = Reference::new(Profile::new(Version::newest(), Abi::Lp64)).about().clone();
    about.capabilities.remove(capability);
    let space = Space::new(Extent { depth: 1, all: false }, &Abilities::of(&[about]));
    let mut program = Program::default();
    assert!(space.left_out() > 0 && space.len() < self::space(1, false).len());
    for number in 0..space.len() {
        space.program(number, &mut program);
        assert!(program.operations.iter().all(|operation| operation.kind != kind), "{}", print::program(&program));
    }
}
