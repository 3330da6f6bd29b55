use super::*;
use crate::reference::Reference;
use crate::{Abi, About, Engine, Profile, Version};
use rstest::rstest;

fn reference() -> Reference {
    Reference::new(Profile::new(Version::newest(), Abi::Lp64))
}

fn program(steps: &[&str]) -> Program {
    parsed(steps).unwrap_or_else(|| panic!("{steps:?}"))
}

/// Whether a run that lacks these things comes to its end, or what it says is missing, and before which step.
fn missing(lacks: &[&str], steps: &[&str]) -> Option<(usize, String)> {
    let lacks = lacks.iter().map(|name| (*name).to_owned()).collect();
    let about = About { name: "small".to_owned(), lacks, ..reference().about().clone() };
    let mut trace = Trace::new();
    let what = Lacking::of(&about).unwrap().missing(&program(steps), Watch::Always, &mut trace);
    what.map(|what| (trace.len(), what.into()))
}

#[test]
fn the_reference_has_every_feature() {
    for feature in FEATURES {
        let mut trace = Trace::new();
        reference().run(&program(feature.steps), Watch::Always, &mut trace).unwrap();
        let expected = feature.raises.map_or(Expected::NoError, Expected::Error);
        let question = Question { name: feature.name.to_owned(), program: program(feature.steps), expected };
        assert!(question.is_answered_well(&trace), "{}", feature.name);
    }
}

/// The steps that show whether a feature is there need it.
#[test]
fn a_feature_is_needed_by_its_own_steps() {
    for feature in FEATURES {
        let last = feature.steps.len() - 1;
        let (step, what) = missing(&[feature.name], feature.steps).unwrap_or_else(|| panic!("{}", feature.name));
        assert!(step >= last.saturating_sub(1), "{}", feature.name);
        assert_eq!(what, feature.name);
    }
}

#[test]
fn questions_can_be_asked() {
    let questions = questions();
    let names: BTreeSet<&str> = questions.iter().map(|question| question.name.as_str()).collect();
    assert_eq!(names.len(), questions.len(), "two questions have one name");
    for name in [
        "memoryview.cast",
        "memoryview.__enter__",
        "array.array.byteswap",
        "io.BytesIO.getbuffer",
        "int.from_bytes",
        "struct.pack",
        "hash",
    ] {
        assert!(names.contains(name), "{name}");
    }
    assert!(!names.contains("exporter"), "no Python has it");
    // Every type has a question for every name.
    for (path, _) in TYPES {
        assert!(names::of(path).all(|name| names.contains(format!("{path}.{name}").as_str())), "{path}");
    }
}

#[rstest]
#[case::method("memoryview.cast", &["view = memoryview(b'ab')", "view.cast('c')"], Some(1))]
#[case::attribute("memoryview.nbytes", &["memoryview(b'ab').nbytes"], Some(0))]
#[case::of_the_type("memoryview.format", &["memoryview.format"], Some(0))]
#[case::fails_in_python_too("memoryview.cast", &["memoryview(b'ab').cast('x')"], Some(0))]
#[case::other_type("memoryview.hex", &["b'ab'.hex()"], None)]
#[case::class_subscript("memoryview.__class_getitem__", &["memoryview[int]"], Some(0))]
#[case::no_class_subscript("memoryview.__class_getitem__", &["int[int]", "memoryview(b'ab')[0]"], None)]
#[case::slice("calls of `slice`", &["b'abc'[0:2]", "part = slice(0, 2, 1)", "b'abc'[part]"], Some(1))]
#[case::slice_shown("calls of `slice`", &["slice(0, 2, 1)"], Some(0))]
#[case::slice_inside("calls of `slice`", &["b'abc'[0:2]", "(1, [slice(0, 2, 1)])"], Some(1))]
#[case::slice_in_key("calls of `slice`", &["memoryview(b'abc')[0:2, 1:2]"], None)]
// Where Python raises AttributeError, an engine without the name is right.
#[case::not_in_python("memoryview.nothing", &["memoryview(b'ab').nothing"], None)]
#[case::function("struct.iter_unpack", &["import struct", "struct.iter_unpack('B', b'ab')"], Some(1))]
#[case::block("memoryview.__enter__", &["with memoryview(b'ab') as view:\n    len(view)"], Some(0))]
#[case::step("slices with a step", &["b'abc'[::1]", "b'abc'[0:2]", "b'abc'[::2]"], Some(2))]
#[case::no_step("slices with a step", &["b'abc'[1:2]"], None)]
#[case::formats(known::FORMATS, &["b'a' == b'a'", "memoryview(b'a') == memoryview(b'a').cast('b')"], Some(1))]
#[case::locked("exports that lock an object's size", &["data = bytearray(2)", "data.append(0)"], None)]
#[case::fits("checks that an item fits its format", &["data = bytearray(2)", "data[0] = 255"], None)]
#[case::does_not_fit("checks that an item fits its format", &["data = bytearray(2)", "data[0] = 256"], Some(1))]
fn what_a_program_needs(#[case] lacks: &str, #[case] steps: &[&str], #[case] expected: Option<usize>) {
    assert_eq!(missing(&[lacks], steps).map(|(step, _)| step), expected);
}

#[test]
fn operations_are_useless_without_what_they_call() {
    let lacks = ["memoryview.cast", "bytearray.clear", "struct.iter_unpack", "hashes of memoryviews"];
    let useless = useless(&lacks.map(str::to_owned).into());
    assert_eq!(useless, [Kind::IterUnpack, Kind::Cast, Kind::Hash, Kind::Clear].into());
}

#[test]
fn an_engine_that_is_no_subset_lacks_nothing() {
    assert!(Lacking::of(reference().about()).is_none());
    assert_eq!(documented("pypy"), None);
    assert!(documented("micropython").is_some());
}
