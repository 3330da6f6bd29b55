//! Cases in any Python (`language: python`), from the command line to the reports.

#![cfg(feature = "embedded")]

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const ROOT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");

const CASES: &str = "\
title: Some cases
cases:
  - id: right
    section: One
    claim: a function gives a view
    verdict: confirmed
    language: python
    steps:
      - run: |
          def part(data):
              return memoryview(data)[1:]
      - run: |
          data = bytearray(b'abc')
          part(data)
        shares: data[1]
        locks: []
  - id: wrong
    section: One
    claim: a generator gives twos
    verdict: confirmed
    language: python
    steps:
      - run: list(2 for _ in range(3))
        gives: '[1, 1, 1]'
";

/// A thread that runs on, and a case after it.
const ENDLESS: &str = "\
title: Threads
cases:
  - id: endless
    section: One
    claim: it ends
    verdict: confirmed
    language: python
    steps:
      - run: |
          import threading, time
          threading.Thread(target=time.sleep, args=(60,), daemon=True).start()
  - {id: after, section: One, claim: it is run, verdict: confirmed, language: python, steps: [{run: 'len([0])', gives: 1}]}
";

fn run(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_viewcheck")).args(arguments).current_dir(folder).output().unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

fn folder(cases: &str) -> TempDir {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("cases.yaml"), cases).unwrap();
    folder
}

/// Without a sandbox, so that they run on every system.
const ON_BOTH: &[&str] = &["--engine", "embedded", "--engine", "py=python3", "--no-sandbox"];

#[test]
fn the_cases_of_the_project_pass() {
    let output = run(Path::new(ROOT), &[&["check", "spec/library/from-source.yaml"], ON_BOTH].concat());
    assert_eq!(output.status.code(), Some(0), "{}", text(&output));
    let json = run(Path::new(ROOT), &[&["check", "spec/library/from-source.yaml", "--json", "-"], ON_BOTH].concat());
    let results: serde_json::Value = serde_json::from_slice(&json.stdout).unwrap();
    let cases = results["cases"].as_array().unwrap();
    assert!(cases.len() >= 12);
    // What a Python of this machine is too old for, it skips.
    let passed = |case: &serde_json::Value| case["results"].to_string().matches("\"pass\"").count();
    assert!(cases.iter().filter(|case| passed(case) == 2).count() >= 12, "{cases:#?}");
}

#[test]
fn a_difference_is_told_with_its_step() {
    let folder = folder(CASES);
    let output =
        run(folder.path(), &[&["check", "cases.yaml", "--report", "report", "--junit", "junit.xml"], ON_BOTH].concat());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    for part in ["wrong on embedded and py", "list(2 for _ in range(3))", "expected  [1, 1, 1]", "actual    [2, 2, 2]"]
    {
        assert!(text(&output).contains(part), "{part}: {}", text(&output));
    }
    for (file, part) in
        [("report/report.md", "[2, 2, 2]"), ("report/results.json", "def part(data):\\n"), ("junit.xml", "[2, 2, 2]")]
    {
        assert!(fs::read_to_string(folder.path().join(file)).unwrap().contains(part), "{file}");
    }
    let shown = text(&run(folder.path(), &[&["replay", "cases.yaml"], ON_BOTH].concat()));
    assert!(shown.contains("   1  def part(data):\n          return memoryview(data)[1:]\n"), "{shown}");
    assert!(shown.contains("all expectations of the case hold") && shown.contains("actual    [2, 2, 2]"), "{shown}");
}

#[test]
fn the_reference_does_not_model_it() {
    let folder = folder(CASES);
    let shown = text(&run(folder.path(), &["replay", "cases.yaml", "--engine", "reference"]));
    let told = "reference is skipped: the case is written in any Python, which the reference does not model";
    assert!(shown.contains(told), "{shown}");
    let output = run(folder.path(), &["check", "cases.yaml", "--engine", "reference"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output));
}

#[test]
fn it_is_not_shrunk() {
    let folder = folder(CASES);
    let output = run(folder.path(), &["shrink", "cases.yaml", "--no-sandbox"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(text(&output).contains("cases.yaml has cases in any Python alone"), "{}", text(&output));
}

#[test]
fn a_thread_that_runs_on_is_an_error_of_its_case() {
    let folder = folder(ENDLESS);
    let output = run(folder.path(), &[&["check", "cases.yaml", "--json", "results.json"], ON_BOTH].concat());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output));
    let results = fs::read_to_string(folder.path().join("results.json")).unwrap();
    let results: serde_json::Value = serde_json::from_str(&results).unwrap();
    for engine in ["embedded", "py"] {
        let result = |case: usize| &results["cases"][case]["results"][engine];
        assert_eq!(result(0)["status"], "error", "{results:#}");
        let reason = result(0)["reason"].as_str().unwrap();
        assert!(reason.ends_with("a thread that the program has started still runs at its end"), "{reason}");
        assert_eq!(result(1)["status"], "pass", "{results:#}");
    }
}
