//! A runtime that has nothing but the protocol, as somebody else would write it: `toy.py`. Its faults are found, and nothing
//! else is.

use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

/// The toy as an engine.
fn toy(option: &str) -> String {
    engine(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/toy.py"), option)
}

/// A program in Python as an engine.
fn engine(program: &str, option: &str) -> String {
    let python = env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let words = [&python, program, option];
    let words = words.into_iter().filter(|word| !word.is_empty());
    format!("toy={}", words.map(|word| format!("'{word}'")).collect::<Vec<_>>().join(" "))
}

fn viewcheck(arguments: &[&str]) -> Output {
    let checkout = concat!(env!("CARGO_MANIFEST_DIR"), "/../..");
    Command::new(env!("CARGO_BIN_EXE_mutants")).args(arguments).current_dir(checkout).output().unwrap()
}

/// The exit code of a check of all cases, how many passed, and the facet of each that failed.
fn check(option: &str) -> (Option<i32>, u64, BTreeMap<String, String>) {
    let folder = TempDir::new().unwrap();
    let results = folder.path().join("results.json");
    let output = viewcheck(&["check", "--engine", &toy(option), "--json", results.to_str().unwrap()]);
    let json: Json = serde_json::from_slice(&fs::read(results).unwrap()).unwrap();
    let (cases, summary) = (json["cases"].as_array().unwrap(), &json["summary"]["toy"]);
    let failed = cases.iter().filter(|case| case["results"]["toy"]["status"] == "fail");
    let text = |value: &Json| value.as_str().unwrap_or_default().to_owned();
    let facets = failed.map(|case| (text(&case["id"]), text(&case["results"]["toy"]["facet"]))).collect();
    for status in ["crash", "hang", "error", "known", "stale"] {
        assert_eq!(summary[status], 0, "{status}: {}", String::from_utf8_lossy(&output.stderr));
    }
    (output.status.code(), summary["pass"].as_u64().unwrap(), facets)
}

#[test]
fn it_keeps_the_protocol() {
    let output = viewcheck(&["engines", "--probe", &toy("--right")]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(0), "{text}");
    let points = |mark: &str| text.lines().filter(|line| line.trim_start().starts_with(mark)).count();
    // It lacks types as values, arrays, `+` and modules.
    assert_eq!((points("ok "), points("- "), points("WRONG")), (14, 4, 0), "{text}");
    assert!(text.contains("-      shows arrays (it does not support the capability `array`)"), "{text}");
    assert!(text.ends_with("It keeps the protocol.\n"), "{text}");
}

#[test]
fn a_fault_of_a_runtime_is_no_fault_of_its_runner_but_is_seen() {
    let output = viewcheck(&["engines", "--probe", &toy("--only=lock")]);
    let text = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{text}");
    assert!(text.contains("WRONG  shows what locks an exporter"), "{text}");
}

/// The blocks in that language of the section of `docs/adding-a-runtime.md` with that number.
fn blocks(section: u32, language: &str) -> Vec<String> {
    let page = concat!(env!("CARGO_MANIFEST_DIR"), "/../../docs/adding-a-runtime.md");
    let page = fs::read_to_string(page).unwrap();
    let (_, text) = page.split_once(&format!("\n## {section}. ")).unwrap();
    let text = text.split("\n## ").next().unwrap();
    let start = format!("```{language}\n");
    text.split(&start).skip(1).map(|text| text.split("```").next().unwrap().to_owned()).collect()
}

/// What the page says of the first steps is what happens.
#[test]
fn the_first_steps_are_as_described() {
    let folder = TempDir::new().unwrap();
    let stub = folder.path().join("stub.py");
    fs::write(&stub, &blocks(1, "python")[0]).unwrap();
    let output = viewcheck(&["engines", "--probe", &engine(stub.to_str().unwrap(), "")]);
    assert_eq!(String::from_utf8_lossy(&output.stderr), blocks(1, "text")[0]);
    for (block, option) in blocks(2, "text").iter().zip(["--right", "--only=lock"]) {
        let output = viewcheck(&["engines", "--probe", &toy(option)]);
        let text = String::from_utf8_lossy(&output.stdout);
        // Where the toy lies differs, and the page leaves lines out.
        for line in block.lines().filter(|line| !line.contains("origin") && *line != "...") {
            assert!(text.lines().any(|printed| printed == line), "{line}\n\n{text}");
        }
    }
}

#[test]
fn its_three_faults_are_found_and_nothing_else() {
    let (code, passed, failed) = check("--right");
    assert_eq!((code, failed), (Some(0), BTreeMap::new()));
    assert!(passed > 300, "{passed}");
    let mut with_one_fault = BTreeMap::new();
    for (fault, facet) in [("start", "offset"), ("lock", "lock"), ("copy", "value")] {
        let (code, _, failed) = check(&format!("--only={fault}"));
        assert_eq!(code, Some(1), "{fault}");
        assert!(failed.len() > 5 && failed.values().any(|found| found == facet), "{fault}: {failed:?}");
        with_one_fault.extend(failed);
    }
    let (code, _, failed) = check("");
    assert_eq!(code, Some(1));
    assert_eq!(failed.keys().collect::<Vec<_>>(), with_one_fault.keys().collect::<Vec<_>>());
}
