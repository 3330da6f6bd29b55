//! Bounds of the memory that a step allocates (`allocates`), from the command line to the results.

#![cfg(feature = "embedded")]

use serde_json::Value as Json;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};

const CASES: &str = "\
title: Some cases
cases:
  - id: kept
    section: One
    claim: only the copy takes memory
    verdict: confirmed
    steps:
      - run: data = bytes(1 << 20)
      - run: view = memoryview(data)
        allocates: '< 1 KiB'
      - run: rest = view[1:]
        shares: data[1]
        allocates: '< 1 KiB'
      - run: len(bytes(rest))
        gives: 1048575
        allocates: '>= 1048575 bytes, < 1028 KiB'
      - run: missing
        raises: NameError
        allocates: '< 64 KiB'
  - id: broken
    section: One
    claim: a copy takes no memory
    verdict: confirmed
    steps:
      - run: data = bytes(1 << 20)
      - run: len(data[1:])
        allocates: '< 1 KiB'
  - id: wrong
    section: One
    claim: a view counts its bytes from one
    verdict: confirmed
    steps:
      - run: memoryview(bytes(5))[1:].nbytes
        gives: 5
        allocates: '< 64 KiB'
  - id: later
    section: One
    claim: only one version is bounded
    verdict: confirmed
    steps:
      - run: memoryview(bytes(5)).nbytes
        expect:
          - {python: '<3.5', allocates: '< 1 byte'}
          - {python: '>=3.5', gives: 5}
  - id: any
    section: One
    claim: a step in any Python is compiled before it is counted
    verdict: confirmed
    language: python
    steps:
      - run: view = memoryview(bytes(1 << 20))
      - run: view[LARGE:]
        allocates: '< 4 KiB'
";

/// Runs the cases on the reference, on the embedded CPython and on the same Python as a process.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    // Text that is large when it is compiled, and small when it is run.
    let large = format!("({} 0)", "1 if not view else 2 if not view else ".repeat(80));
    fs::write(folder.join("cases.yaml"), CASES.replace("LARGE", &large)).unwrap();
    let python = std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let process = format!("process={}", shlex::try_quote(&python).unwrap());
    Command::new(env!("CARGO_BIN_EXE_viewcheck"))
        .args(["check", "cases.yaml", "--engine", "reference", "--engine", "embedded", "--engine", &process])
        .args(arguments)
        .current_dir(folder)
        .output()
        .unwrap()
}

#[test]
fn what_a_step_allocates_is_held_against_its_bounds() {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["--json", "results.json"]);
    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let results: Json = serde_json::from_slice(&fs::read(folder.path().join("results.json")).unwrap()).unwrap();
    let case = |id: &str| results["cases"].as_array().unwrap().iter().find(|case| case["id"] == id).unwrap().clone();
    let status = |id: &str, engine: &str| case(id)["results"][engine]["status"].as_str().unwrap().to_owned();
    for engine in ["embedded", "process"] {
        assert_eq!(status("kept", engine), "pass", "{}", case("kept"));
        assert_eq!(status("broken", engine), "fail");
        assert_eq!(status("later", engine), "pass");
        assert_eq!(status("any", engine), "pass", "{}", case("any")["results"]);
        let result = &case("broken")["results"][engine];
        assert_eq!(result["facet"], "memory allocated");
        assert_eq!(result["expected"], "allocates < 1 KiB");
        let actual = result["actual"].as_str().unwrap();
        assert!(actual.starts_with("allocates 1,04") && actual.ends_with(" bytes"), "{actual}");
    }
    assert_eq!(case("kept")["steps"][3]["expect"][0]["allocates"], ">= 1048575 bytes, < 1028 KiB");
}

#[test]
fn an_engine_that_does_not_count_skips_what_has_bounds() {
    let folder = tempfile::tempdir().unwrap();
    run(folder.path(), &["--json", "results.json"]);
    let results: Json = serde_json::from_slice(&fs::read(folder.path().join("results.json")).unwrap()).unwrap();
    let cases = results["cases"].as_array().unwrap();
    let of_reference = |id: &str| cases.iter().find(|case| case["id"] == id).unwrap()["results"]["reference"].clone();
    for id in ["kept", "broken", "wrong"] {
        let result = of_reference(id);
        assert_eq!(result["status"], "skip", "{result}");
        assert_eq!(result["reason"], "the engine does not count the memory that a step allocates");
    }
    // For its version there are no bounds.
    assert_eq!(of_reference("later")["status"], "pass");
}
