//! The summary fits a screen, says a mismatch once, and counts cases.

use super::*;
use crate::report::causes::sample::{case, fail, results};
use crate::report::changes::Extent;
use crate::report::model::{Engine, EngineResult};
use rstest::rstest;
use serde_json::{Value, json};

/// Results in which each case has the same result on so many engines.
fn on_engines(cases: Vec<Case>, engines: usize) -> Results {
    let mut results = results(cases);
    for number in 1..engines {
        let name = format!("engine{number}");
        results.engines.push(Engine { name: name.clone(), ..results.engines[0].clone() });
        for case in &mut results.cases {
            let same = case.results["pypy"].clone();
            case.results.insert(name.clone(), same);
        }
    }
    results.restate("pypy", |_, _| ());
    results
}

const STEPS: [&str; 2] = ["m = memoryview(b'abc')", "m.tolist()"];

fn pass() -> Value {
    json!({"status": "pass"})
}

#[test]
fn what_engines_agree_on_is_printed_once() {
    let cases = vec![
        case("a b.yaml", "wrong", &STEPS, fail(2, "value", "[1]", "[2]")),
        case("a b.yaml", "fine", &STEPS, pass()),
    ];
    let text = render(&on_engines(cases, 3), Paint { color: false });
    assert_eq!(text.matches("expected  [1]\n  actual    [2]").count(), 1, "{text}");
    for part in [
        "wrong on pypy, engine1 and engine2  a b.yaml:1\n  claim     c\n  differs   value\n  step      m.tolist()\n",
        "Next: viewcheck check 'a b.yaml' --filter wrong\n",
        "3 mismatches in 1 of 2 cases on 3 engines.",
    ] {
        assert!(text.contains(part), "no {part} in {text}");
    }
}

#[test]
fn the_reasons_for_skipping_are_told_with_the_most_frequent_first() {
    let skip = |reason: &str| json!({"status": "skip", "reason": reason});
    let mut cases: Vec<Case> = (0..9)
        .map(|number| case("a.yaml", &format!("c{number}"), &STEPS, skip(["often", "often", "rare"][number % 3])))
        .collect();
    cases.extend(["x", "y"].map(|reason| case("a.yaml", reason, &STEPS, skip(reason))));
    let text = render(&on_engines(cases.clone(), 2), Paint { color: false });
    let told = "\nskipped  6 cases on 2 engines: often\nskipped  3 cases on 2 engines: rare\nskipped  1 case on 2 engines: x\n\
                and 1 more reason\n";
    assert!(text.contains(told), "{text}");
    let text = render(&on_engines(cases, 1), Paint { color: false });
    assert!(text.contains("skipped  6 cases on pypy: often\n"), "{text}");
}

#[test]
fn rows_count_cases() {
    let cases = vec![
        case("a.yaml", "one", &STEPS, pass()),
        case("a.yaml", "two", &STEPS, json!({"status": "skip", "reason": "why"})),
        case("b.yaml", "three", &STEPS, json!({"status": "open", "reason": "why"})),
        case("b.yaml", "four", &STEPS, json!({"status": "known", "facet": "value", "reason": "why"})),
        case("b.yaml", "five", &STEPS, fail(2, "value", "[1]", "[2]")),
    ];
    let text = render(&on_engines(cases, 1), Paint { color: false });
    let lines: Vec<Vec<&str>> = text.lines().map(|line| line.split_whitespace().collect()).collect();
    for line in [
        "engine passed mismatches skipped known open",
        "pypy pypy 8.0.1, Python 3.11.17 1 1 1 1 1",
        "document cases confirmed refuted differ not judged",
        "a.yaml 2 1 0 0 1",
        "b.yaml 3 0 0 2 1",
        "all of 2 documents 5 1 0 2 2",
    ] {
        assert!(lines.contains(&line.split(' ').collect()), "no {line} in {text}");
    }
}

#[test]
fn of_many_engines_those_that_differ_are_shown() {
    let mut results = on_engines(vec![case("a.yaml", "one", &STEPS, pass())], 40);
    let differs: EngineResult = serde_json::from_value(fail(2, "value", "[1]", "[2]")).unwrap();
    results.cases[0].results.insert("engine39".into(), differs);
    results.restate("pypy", |_, _| ());
    let text = render(&results, Paint { color: false });
    let first = text.lines().nth(1).unwrap_or_default();
    assert!(first.starts_with("engine39 ") && text.contains("more engines\n"), "{text}");
}

/// However many engines, documents, and mismatches there are, and however long their texts.
#[rstest]
#[case::cases(1, 300, "x")]
#[case::engines(40, 30, "x")]
#[case::long(1, 30, "a long text, ")]
#[case::both(30, 100, "a long text, ")]
fn it_fits_a_screen(#[case] engines: usize, #[case] cases: usize, #[case] word: &str) {
    let long = word.repeat(60);
    let make = |index: usize| {
        let (id, file) = (format!("case{index}-{word}"), format!("file{}.yaml", index / 3));
        let result = match index % 5 {
            0 => fail(1, "value", &format!("'{long}'"), &format!("b'{index}{long}'")),
            1 => {
                json!({"status": "crash", "reason": format!("the engine `x` crashed: {index}; its last words: {long}\n{long}")})
            }
            2 => json!({"status": "stale", "reason": long}),
            3 => json!({"status": "error", "reason": format!("{index} {long}")}),
            _ => json!({"status": "skip", "reason": long}),
        };
        let steps: Vec<String> = (0..20).map(|line| format!("x{line} = {line}")).collect();
        case(&file, &id, &[&steps.join("\n")], result)
    };
    let results = on_engines((0..cases).map(make).collect(), engines);
    let text = render(&results, Paint { color: false });
    assert!(height(&text) <= SCREEN, "{} lines: {text}", height(&text));
    assert!(text.contains(" with other causes; matrix.md, which") && text.contains(" on pypy"), "{text}");

    let passed = on_engines(
        (0..cases).map(|index| Case { id: make(index).id, ..case("f.yaml", "", &["x"], pass()) }).collect(),
        engines,
    );
    let changes = Changes::between(&passed, &results, Extent::All);
    let text = render_since(&results, &changes, Paint { color: false });
    assert!(height(&text) <= SCREEN, "{} lines: {text}", height(&text));
    assert!(text.contains(" more: see summary.md, which --report and --out write\n"), "{text}");
}
