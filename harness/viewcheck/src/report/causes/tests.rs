//! What is one cause, how bad it is, and which of its results is the smallest.

use super::sample::{case, fail, results};
use super::*;
use crate::report::model::EngineResult;
use rstest::rstest;
use serde_json::json;

const VIEW: &str = "view = memoryview(bytearray(b'abcd'))";
const ARRAY: &str = "import array\ndata = array.array('i', [1])";
const FORBIDDEN: &str = "ValueError: operation forbidden on released memoryview object";
const NO_CAST: &str = "AttributeError: 'memoryview' object has no attribute 'cast'";

/// The line by which a result is grouped, and its severity.
fn told(divergence: &Divergence<'_>) -> (String, Severity) {
    let line = title::line(divergence);
    (line.title, line.severity)
}

#[rstest]
#[case::item("view[0]", "value", "97", "98", "get memoryview[index]: another int", Severity::Bytes)]
#[case::copy("view.tobytes()", "value", "b'ab'", "b''", "tobytes of memoryview: another bytes", Severity::Bytes)]
#[case::length("len(view)", "value", "4", "1", "len of memoryview: another int", Severity::Value)]
#[case::attribute("view.shape", "value", "(4,)", "(1,)", "shape of memoryview: another tuple of int", Severity::Value)]
#[case::truth(
    "view == b'a'",
    "value",
    "True",
    "False",
    "comparison of memoryview: False instead of True",
    Severity::Value
)]
#[case::method("view.__lt__(view)", "value", "1", "2", "comparison of memoryview: another int", Severity::Value)]
#[case::contiguity(
    "view.f_contiguous",
    "value",
    "True",
    "False",
    "contiguity of memoryview: False instead of True",
    Severity::Value
)]
#[case::part(
    "(len(view), view[1])",
    "value",
    "(4, 98)",
    "(4, 97)",
    "get memoryview[index]: another int",
    Severity::Bytes
)]
#[case::constant(
    "view.hex() == 'a'",
    "value",
    "True",
    "False",
    "hex of memoryview: False instead of True",
    Severity::Value
)]
#[case::later("view", "value", "b'a'", "b'b'", "after memoryview: another bytes", Severity::Bytes)]
#[case::class(
    "iter(view)",
    "type of value",
    "<memory_iterator object>",
    "<x object>",
    "iter: <x object> instead of another type",
    Severity::Value
)]
#[case::items(
    "list(view)",
    "type of value",
    "[97]",
    "[b'a']",
    "list of memoryview: list of bytes instead of list of int",
    Severity::Value
)]
#[case::printed(
    "print(view)",
    "printed",
    "'<a at 0x...>'",
    "'<b at 0x...>'",
    "print: <b at Nx...> instead of <a at Nx...>",
    Severity::Value
)]
#[case::place(
    "view[1:]",
    "offset",
    "from byte 1 of `d`",
    "from byte 0 of `d`",
    "get memoryview[slice]: a view from byte N of '_' instead of from byte N of '_'",
    Severity::Bytes
)]
#[case::outside(
    "view[1:]",
    "exporter",
    "from byte 1 of `d`",
    "outside the memory of an unnamed NULL, another object or a copy",
    "get memoryview[slice]: a view outside the memory of an unnamed NULL",
    Severity::Bytes
)]
#[case::shape("view[1:]", "shape", "shape [3]", "shape [1]", "get memoryview[slice]: another shape", Severity::Bytes)]
#[case::raised(
    "len(view)",
    "raised instead of a value",
    "4",
    "TypeError: no 1",
    "it raises TypeError: no N",
    Severity::Error
)]
#[case::raised_bare(
    "len(view)",
    "raised instead of a value",
    "4",
    "TypeError",
    "len of memoryview: it raises TypeError",
    Severity::Error
)]
#[case::missing(
    "len(view)",
    "a value instead of an error",
    FORBIDDEN,
    "4",
    "it does not raise ValueError: operation forbidden on released memoryview object",
    Severity::MissingError
)]
#[case::missing_bare(
    "len(view)",
    "a value instead of an error",
    "ValueError",
    "4",
    "len of memoryview: it does not raise ValueError",
    Severity::MissingError
)]
#[case::lacking("view.cast('c')", "raised instead of a value", "no error", NO_CAST, NO_CAST, Severity::Error)]
#[case::lacking_first("view.cast(1)", "exception type", FORBIDDEN, NO_CAST, NO_CAST, Severity::ErrorType)]
#[case::arguments(
    "view.hex(1)",
    "exception type",
    "ValueError: a",
    "TypeError: hex() takes 1 argument",
    "TypeError: hex() takes N argument",
    Severity::ErrorType
)]
#[case::wording(
    "view.hex(1, 2, 3)",
    "message",
    "TypeError: hex() takes 2",
    "TypeError: hex() takes 3",
    "TypeError: hex() takes N, with other details",
    Severity::Wording
)]
#[case::order(
    "view[9]",
    "exception type",
    FORBIDDEN,
    "IndexError: 9",
    "IndexError: N instead of ValueError",
    Severity::ErrorType
)]
#[case::operand(
    "view[0] = 'a'",
    "exception type",
    "ValueError: a",
    "TypeError: an int is required, not str",
    "TypeError: an int is required, not T instead of ValueError",
    Severity::ErrorType
)]
#[case::unexpected(
    "view.hex([])",
    "exception type",
    "ValueError: a",
    "TypeError: unexpected type list",
    "TypeError: unexpected type T instead of ValueError",
    Severity::ErrorType
)]
fn a_difference_has_a_line(
    #[case] step: &str,
    #[case] facet: &str,
    #[case] expected: &str,
    #[case] actual: &str,
    #[case] line: &str,
    #[case] severity: Severity,
) {
    let case = case("f.yaml", "a", &[VIEW, step], fail(2, facet, expected, actual));
    let divergence = Divergence::of(&case, &case.results["pypy"]).unwrap();
    assert_eq!(told(&divergence), (line.to_owned(), severity));
}

#[rstest]
#[case::named(
    "view = memoryview(data)",
    "locked: `data`",
    "nothing is locked",
    "array.array under a view is not locked"
)]
#[case::compared(
    "view = memoryview(data)",
    "`data` is locked",
    "`data` is not locked",
    "array.array under a view is not locked"
)]
#[case::unnamed(
    "v = memoryview(b'a')[0:]",
    "the object under `v` is locked",
    "the object under `v` is not locked",
    "bytes under a view is not locked"
)]
#[case::still("data.pop()", "`data` is not locked", "`data` is locked", "pop of array: array.array stays locked")]
fn a_lock_has_the_type_of_its_object(
    #[case] step: &str,
    #[case] expected: &str,
    #[case] actual: &str,
    #[case] line: &str,
) {
    let case = case("f.yaml", "a", &[ARRAY, step], fail(2, "lock", expected, actual));
    let divergence = Divergence::of(&case, &case.results["pypy"]).unwrap();
    assert_eq!(told(&divergence), (line.to_owned(), Severity::MissingError));
}

#[rstest]
#[case(
    "crash",
    "the engine `pypy` crashed: SIGABRT; its last words: panicked (2708) at /a/b.rs:1:2: id= 140234567",
    "crashed: SIGABRT; panicked N at b.rs:1:2: id= N",
    Severity::Crash
)]
#[case("crash", "the engine `pypy` crashed: SIGSEGV", "crashed: SIGSEGV", Severity::Crash)]
#[case(
    "hang",
    "the engine `pypy` hung: it did not finish within 10s",
    "len of memoryview: it does not finish",
    Severity::Hang
)]
fn an_end_has_a_line(#[case] status: &str, #[case] reason: &str, #[case] line: &str, #[case] severity: Severity) {
    let case = case("f.yaml", "a", &[VIEW, "len(view)"], json!({"status": status, "reason": reason}));
    let divergence = Divergence::of(&case, &case.results["pypy"]).unwrap();
    assert_eq!(told(&divergence), (line.to_owned(), severity));
}

/// A law appends a step to the case, which is the one that differs.
#[test]
fn a_law_is_shown_with_the_step_that_it_appends() {
    let mut result = fail(1, "value", "after the case, `view.hex()` gives '61'", "'62'");
    result["law"] = "hex-spells-bytes".into();
    let case = case("f.yaml", "a", &[VIEW, "view"], result);
    let divergence = Divergence::of(&case, &case.results["pypy"]).unwrap();
    let line = "the law hex-spells-bytes: hex of memoryview: another str";
    assert_eq!(told(&divergence), (line.to_owned(), Severity::Bytes));
    assert_eq!(divergence.example(), format!("{VIEW}\nview\nview.hex()\n# Python: '61'\n# here: '62'"));
}

/// What the program does, what was expected and what came, in words.
#[rstest]
#[case(
    "view[1:]",
    "offset",
    "from byte 1 of `d`",
    "from byte 0 of `d`",
    "Slicing a memoryview: expected a view from byte 1 of `d`, came a view from byte 0 of `d`"
)]
#[case("view[0]", "value", "97", "98", "Reading an item of a memoryview: expected 97, came 98")]
#[case("(len(view), view[1])", "value", "(4, 98)", "(4, 97)", "Reading an item of a memoryview: expected 98, came 97")]
#[case("view.shape", "value", "(4,)", "(1,)", "memoryview.shape: expected (4,), came (1,)")]
#[case(
    "view[1:3] = b'ab'",
    "raised instead of a value",
    "no error",
    "TypeError: no",
    "Assigning to a slice of a memoryview: expected no error, came TypeError: no"
)]
#[case(
    "view.cast('c')",
    "contents",
    "`data` holds b'a'",
    "`data` holds b'b'",
    "memoryview.cast(): expected that `data` holds b'a', but `data` holds b'b'"
)]
#[case("view == b'a'", "value", "True", "False", "Comparing a memoryview: expected True, came False")]
#[case(
    "hash(view)",
    "a value instead of an error",
    "ValueError: no",
    "5",
    "hash() of a memoryview: expected ValueError: no, came 5"
)]
#[case("view.tobytes().index(b'a')", "value", "0", "1", "bytes.index(): expected 0, came 1")]
fn a_cause_is_described(
    #[case] step: &str,
    #[case] facet: &str,
    #[case] expected: &str,
    #[case] actual: &str,
    #[case] title: &str,
) {
    let results = results(vec![case("f.yaml", "a", &[VIEW, step], fail(2, facet, expected, actual))]);
    assert_eq!(Survey::of(&results).causes(&results.engines[0])[0].title, title);
}

/// What a hook of a weak reference appends to tells that an object died. No byte of a view is wrong.
#[test]
fn an_object_that_lives_longer_is_no_wrong_byte() {
    let weak = "import weakref\ndata = bytearray()\nref = weakref.ref(view, hook(0, appends=data))";
    let found = |steps: &[&str]| {
        let case = case("f.yaml", "a", steps, fail(steps.len(), "value", "bytearray(b'\\x00')", "bytearray(b'')"));
        told(&Divergence::of(&case, &case.results["pypy"]).unwrap()).1
    };
    assert_eq!(found(&[VIEW, weak, "del view", "data"]), Severity::MissingError);
    assert_eq!(found(&[VIEW, "data = bytearray()", "del view", "data"]), Severity::Bytes);
}

/// The same difference on several engines is looked at once, and counted for each of them.
#[test]
fn engines_are_counted_on_their_own() {
    let mut results = sample();
    results.engines.push(Engine { name: "other".into(), ..results.engines[0].clone() });
    for case in &mut results.cases {
        let result = case.results["pypy"].clone();
        case.results.insert("other".into(), result);
    }
    let survey = Survey::of(&results);
    let told = |engine: &Engine| survey.causes(engine).into_iter().map(|cause| cause.title).collect::<Vec<_>>();
    assert_eq!(told(&results.engines[0]), told(&results.engines[1]));
    let documents = results.by_document();
    for engine in &results.engines {
        let tally = Tally::of(documents.iter().flat_map(|(_, claims)| claims), engine);
        assert_eq!(format!("{:?}", survey.total(engine)), format!("{tally:?}"));
    }
    assert_eq!(survey.areas(), ["cast", "documents"]);
    assert_eq!(survey.tally("cast", &results.engines[1]).judged, 4);
}

/// The results of some cases: of each what differs in its second step.
fn sample() -> Results {
    let lacking = |id: &str, file: &str, steps: &[&str]| {
        case(file, id, steps, fail(2, "raised instead of a value", "no error", NO_CAST))
    };
    let known = |id: &str| {
        let mut result = fail(2, "value", "4", "1");
        result["status"] = "known".into();
        result["reason"] = "It counts bytes.".into();
        case("spec/library/cast.yaml", id, &[VIEW, "len(view)"], result)
    };
    let worded =
        json!({"status": "pass", "wording": {"step": 2, "expected": "TypeError: a", "actual": "TypeError: b"}});
    let crash = json!({"status": "crash", "reason": "the engine `pypy` crashed: SIGSEGV"});
    results(vec![
        lacking("long", "spec/library/cast.yaml", &[VIEW, "view.cast('c')[1:3]", "view"]),
        lacking("short", "spec/library/cast-exporter.yaml", &[VIEW, "view.cast('c')"]),
        lacking("steps", "spec/documents/000.yaml", &["view = 1\nview", "view.cast('c')", "view"]),
        case("spec/documents/000.yaml", "dies", &[VIEW, "del view"], crash),
        case("spec/documents/000.yaml", "worded", &[VIEW, "view['a']"], worded),
        known("one"),
        known("two"),
        case("spec/documents/000.yaml", "right", &[VIEW], json!({"status": "pass"})),
        case("spec/documents/000.yaml", "lacking", &[VIEW], json!({"status": "skip", "reason": "no"})),
    ])
}

#[test]
fn results_with_one_line_are_one_cause() {
    let results = sample();
    let causes = Survey::of(&results).causes(&results.engines[0]);
    let told: Vec<_> =
        causes.iter().map(|cause| (cause.title.as_str(), cause.count(), cause.severity, cause.is_known)).collect();
    assert_eq!(
        told,
        [
            ("It counts bytes.", 2, Severity::Value, true),
            ("The process crashed: SIGSEGV", 1, Severity::Crash, false),
            (
                &format!("int.cast() and 2 other operations: expected no error, came {NO_CAST}"),
                3,
                Severity::Error,
                false
            ),
            (
                "Indexing a memoryview with an object: expected TypeError: a, came TypeError: b",
                1,
                Severity::Wording,
                false
            ),
        ]
    );
    assert_eq!(causes[2].areas(), ["cast", "documents"]);
    assert_eq!(causes[2].smallest().unwrap().case.id, "steps");
    assert_eq!(causes[1].smallest().unwrap().example(), format!("{VIEW}\ndel view\n# here: crashed: SIGSEGV"));
}

/// The smallest of the results that are as bad as the cause, not one that is less so.
#[test]
fn the_worst_results_are_shown() {
    let results = results(vec![
        case("f.yaml", "type", &["a"], fail(1, "exception type", FORBIDDEN, NO_CAST)),
        case("f.yaml", "value", &["a", "b"], fail(2, "raised instead of a value", "no error", NO_CAST)),
    ]);
    let causes = Survey::of(&results).causes(&results.engines[0]);
    assert_eq!((causes.len(), causes[0].severity, causes[0].count()), (1, Severity::Error, 2));
    assert_eq!(causes[0].smallest().unwrap().case.id, "value");
}

#[test]
fn results_are_counted_by_severity_and_status() {
    let results = sample();
    let documents = results.by_document();
    let tally = Tally::of(documents.iter().flat_map(|(_, claims)| claims), &results.engines[0]);
    assert_eq!((tally.judged, tally.passed), (8, 2));
    assert_eq!(tally.words(), ["2 wrong values", "1 crash", "3 unexpected errors", "1 wording"]);
    assert_eq!((tally.count(Severity::Value), tally.count_new(Severity::Value)), (2, 0));
    assert_eq!((tally.known, tally.skipped), (2, 1));
    assert!(tally.others().is_empty());
}

/// What is known for one reason has a cause for each severity, and a hang is one, also if it is known.
#[test]
fn known_divergences_keep_their_severity() {
    let known = |id: &str, rest: serde_json::Value| {
        let mut result = json!({"status": "known", "reason": "It is slow."});
        result.as_object_mut().unwrap().extend(rest.as_object().unwrap().clone());
        case("f.yaml", id, &["a"], result)
    };
    let results = results(vec![
        known("hang", json!({"known_as": "hang"})),
        known("crash", json!({"known_as": "crash"})),
        known(
            "error",
            json!({"facet": "exception type", "step": 1, "expected": "TypeError: a", "actual": "ValueError: b"}),
        ),
    ]);
    let causes = Survey::of(&results).causes(&results.engines[0]);
    let seen: Vec<_> = causes.iter().map(|cause| (cause.title.as_str(), cause.severity)).collect();
    let severities = [Severity::Crash, Severity::Hang, Severity::ErrorType];
    assert_eq!(seen, severities.map(|severity| ("It is slow.", severity)));
}

#[rstest]
#[case(&["view = ", "len(view)"])]
#[case(&[])]
fn what_is_not_in_the_language_is_grouped_by_its_texts(#[case] steps: &[&str]) {
    let case = case("f.yaml", "a", steps, fail(2, "value", "4", "1"));
    let divergence = Divergence::of(&case, &case.results["pypy"]).unwrap();
    assert_eq!(told(&divergence), ("the case: another int".to_owned(), Severity::Value));
    let passed: EngineResult = serde_json::from_value(json!({"status": "pass"})).unwrap();
    assert!(Divergence::of(&case, &passed).is_none());
}

#[test]
fn numbers_of_a_list_are_no_bytes() {
    for (items, words) in [("iter([97])", "wrong value"), ("iter(memoryview(b'a'))", "wrong bytes")] {
        let steps = [format!("items = {items}"), "list(items)".to_owned()];
        let case = case("f.yaml", "x", &steps.each_ref().map(|step| &step[..]), fail(2, "value", "[97]", "[]"));
        assert_eq!(severity_word(&case, &case.results["pypy"]), Some(words), "{items}");
    }
}
