//! Programs whose values, blocks, names or observations grow with each line: they take time and memory as their length
//! does, or are refused in words.

use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use program::{Parser, Trace};
use rstest::rstest;
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

/// What a command line does with a case of these steps.
fn check(engine: &str, steps: &[String]) -> Output {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cases.yaml");
    let head = "title: T\ncases:\n  - id: one\n    section: S\n    claim: C\n    verdict: confirmed\n    steps:\n";
    let steps: String = steps.iter().map(|step| format!("      - run: {}\n", serde_json::json!(step))).collect();
    fs::write(&file, format!("{head}{steps}")).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_mutants"));
    command.args(["check", "--engine", engine]).arg(&file).current_dir(&folder).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn repeated(first: &str, step: &str, times: usize) -> Vec<String> {
    std::iter::once(first).chain(std::iter::repeat_n(step, times)).map(str::to_owned).collect()
}

/// As in CPython, which puts such values into its trashcan, nothing is said of them and nothing ends.
#[rstest]
fn values_nest_as_deeply_as_a_program_is_long(
    #[values("reference", "embedded", "python=python3")] engine: &str,
    #[values("[x]", "(x,)", "slice(x, None, None)", "[iter([x])]")] nested: &str,
) {
    let output = check(engine, &repeated("x = []", &format!("x = {nested}"), 3_000));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[rstest]
fn deeper_values_are_dropped_without_a_stack(
    #[values("[x]", "(x,)", "slice(x, None, None)", "[iter([x])]")] nested: &str,
) {
    let output = check("reference", &repeated("x = []", &format!("x = {nested}"), 20_000));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

#[test]
#[ignore = "60,000 lines on two engines"]
fn sixty_thousand_lines() {
    for engine in ["reference", "embedded"] {
        let output = check(engine, &repeated("x = []", "x = [x]", 60_000));
        assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    }
}

/// What a line takes does not grow with the lines before it.
#[test]
fn what_is_observed_of_a_nested_value_is_bounded() {
    let size = |lines| {
        let mut parser = Parser::new();
        repeated("x = []", "x = [x]", lines).iter().for_each(|step| parser.step(step).unwrap());
        let mut trace = Trace::new();
        let mut reference = Reference::new(Profile::new(Version::newest(), Abi::Lp64));
        reference.run(&parser.finish(), Watch::Always, &mut trace).unwrap();
        trace.size()
    };
    let (short, long) = (size(1_000), size(2_000));
    assert!(long < short * 2 + short / 10, "{short} bytes of 1,000 lines, {long} of 2,000");
}

/// A value that contains itself twice has twice as many items with each line.
#[test]
fn values_that_double_are_skipped() {
    let output = check("reference", &repeated("x = []", "x = [x, x]", 200));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
}

#[rstest]
#[case::repr("repr(x)")]
#[case::equal("x == (x,)")]
#[case::order("x < (x,)")]
#[case::hash("hash((x,))")]
#[case::within("x in [(x,)]")]
fn what_follows_a_value_too_deeply_is_open(#[case] use_: &str) {
    let mut steps = repeated("x = ()", "x = (x,)", 5_000);
    steps.push(use_.to_owned());
    let output = check("reference", &steps);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
}

#[rstest]
#[case::list("memoryview(bytearray(60000000)).tolist()")]
#[case::array("array.array('B', bytearray(60000000)).tolist()")]
#[case::items("list(bytearray(60000000))")]
#[case::iterator("tuple(reversed(memoryview(bytearray(60000000))))")]
fn items_by_the_million_are_skipped(#[case] step: &str) {
    let output = check("reference", &["import array".to_owned(), step.to_owned()]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
}

#[test]
#[ignore = "takes a gigabyte of memory"]
fn what_a_program_changes_is_bounded() {
    let output = check("reference", &repeated("x = bytearray(60000000)", "x[1] = 1", 50));
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
}

#[rstest]
#[case::names((0..1025).map(|index| format!("x{index} = 1\n")).collect(), "a program can have at most 1024 names")]
#[case::brackets("[".repeat(65) + &"]".repeat(65), "brackets nest deeper than 64 here")]
#[case::blocks(blocks(21), "statements nest deeper than 20 here, which Python does not compile")]
#[case::casts("memoryview(b'a')".to_owned() + &".cast('b').cast('B')".repeat(500), "can chain at most 512 operators")]
fn what_grows_without_need_is_refused(#[case] step: String, #[case] message: &str) {
    let output = check("reference", &[step]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
    assert!(text(&output).contains(message), "{}", text(&output));
}

fn blocks(count: usize) -> String {
    let lines = (0..count).map(|depth| format!("{}with memoryview(b'') as m:\n", " ".repeat(depth)));
    lines.collect::<String>() + &" ".repeat(count) + "pass"
}

/// What is allowed is the same on every engine.
#[rstest]
fn the_most_that_may_nest_runs(
    #[values("reference", "embedded", "python=python3")] engine: &str,
    #[values(blocks(20), "x = ".to_owned() + &"(".repeat(64) + ")" + &",)".repeat(63))] step: String,
) {
    let output = check(engine, &[step]);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}

/// Views of views, casts of casts, hooks of hooks: each keeps only what the first one kept.
#[rstest]
#[case::views("x = memoryview(b'a')", "x = memoryview(x)")]
#[case::casts("x = memoryview(b'a')", "x = x.cast('b').cast('B')[:]")]
#[case::buffers("x = bytearray(b'a')", "x = memoryview(memoryview(x).obj).obj")]
#[case::hooks("x = 1", "x = hook(x)")]
#[case::deeds("x = 1", "x = hook(1, releases=x)")]
#[case::hashes("x = 1", "x = exporter(b'', hash=x)")]
#[case::views_with_hashes("x = 1", "x = memoryview(exporter(b'', hash=x))")]
fn chains_are_dropped_without_a_stack(#[case] first: &str, #[case] step: &str) {
    let output = check("reference", &repeated(first, step, 50_000));
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
}
