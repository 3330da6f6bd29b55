//! An engine of another implementation that differs in the wording of errors only: that is counted, and is a failure only
//! at the level `message`.

#[expect(dead_code, reason = "other tests use the rest")]
mod fake;

use fake::{Fake, UNCONFINED};
use rstest::rstest;
use serde_json::Value;
use std::fs;
use std::process::{Command, Output};

const MODE: &str = "in other words";

/// Cases whose errors come before and after other steps.
const CASES: &str = r#"
cases:
  - id: text
    section: One
    claim: the text is stated
    verdict: confirmed
    steps:
      - {run: "view = memoryview(b'abc')"}
      - {run: "view[3]", raises: IndexError, message: index out of bounds on dimension 1}
      - {run: "view[0]", gives: 97}
  - id: reference
    section: One
    claim: the text is what the reference says
    verdict: confirmed
    steps: [{run: "memoryview(1)", raises: TypeError}]
  - id: value
    section: One
    claim: there is no error
    verdict: confirmed
    steps: [{run: "memoryview(b'abc').nbytes", gives: 3}]
"#;

/// A case that fails behind an error of another wording.
const FAILS: &str = r#"
  - id: fails
    section: One
    claim: it fails after an error of another wording
    verdict: confirmed
    steps:
      - {run: "memoryview(1)", raises: TypeError, message: "memoryview: a bytes-like object is required, not 'int'"}
      - {run: "memoryview(b'abc')[0]", gives: 1}
"#;

fn run(fake: &Fake, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(arguments)
        .args(["--json", "out.json", UNCONFINED, "--engine", &fake.engine(MODE)])
        .current_dir(fake.0.path())
        .env_remove("MUTANTS")
        .output()
        .unwrap()
}

fn text(output: &Output) -> String {
    String::from_utf8_lossy(&[&output.stdout[..], &output.stderr[..]].concat()).into_owned()
}

fn json(fake: &Fake) -> Value {
    serde_json::from_slice(&fs::read(fake.0.path().join("out.json")).unwrap()).unwrap()
}

fn check(fake: &Fake, cases: &str, arguments: &[&str]) -> Output {
    fs::write(fake.0.path().join("cases.yaml"), cases).unwrap();
    run(fake, &[&["check", "cases.yaml", "--engine", "reference", "--report", "report"], arguments].concat())
}

#[test]
fn a_check_counts_other_wordings_and_passes() {
    let fake = Fake::new();
    let output = check(&fake, CASES, &[]);
    let told = text(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(
        told.contains("Everything as expected: 3 cases on 2 engines. 2 results differ in wording only.\n"),
        "{told}"
    );
    let page = fs::read_to_string(fake.0.path().join("report/report.md")).unwrap();
    assert!(page.contains("| 3 of 3 | 3 of 3, 2 with other wording |"), "{page}");
    assert!(page.contains("A result *with other wording* is one that passes"), "{page}");

    let json = json(&fake);
    let levels = ["reference", "fake"].map(|name| {
        let engines = json["engines"].as_array().unwrap();
        engines.iter().find(|engine| engine["name"] == name).unwrap()["level"].clone()
    });
    assert_eq!(levels, ["message", "type"]);
    let of_case = |case: &Value| (case["id"].clone(), case["results"]["fake"].clone());
    let [(_, stated), (_, compared), (_, none)] = [0, 1, 2].map(|index| of_case(&json["cases"][index]));
    let wording = &stated["wording"];
    assert_eq!((&stated["status"], &wording["step"]), (&"pass".into(), &2.into()), "{stated}");
    assert_eq!(wording["expected"], "IndexError: index out of bounds on dimension 1");
    assert_eq!(wording["actual"], "IndexError: index out of bounds on dimension 1, in other words");
    assert_eq!(compared["wording"]["step"], 1, "{compared}");
    assert_eq!(none["wording"], Value::Null);

    // Stored results say the same.
    let again = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["report", "out.json", "--out", "again"])
        .current_dir(fake.0.path())
        .output()
        .unwrap();
    assert_eq!(again.status.code(), Some(0), "{}", text(&again));
    assert_eq!(fs::read_to_string(fake.0.path().join("again/report.md")).unwrap(), page);
}

#[rstest]
#[case::message("message", Some(1), "2 mismatches in 2 of 3 cases on 2 engines.\n")]
#[case::given("type", Some(0), " 2 results differ in wording only.\n")]
#[case::value("value", Some(0), " 2 results differ in wording only.\n")]
fn a_level_that_is_given_holds_for_all_engines(#[case] level: &str, #[case] code: Option<i32>, #[case] words: &str) {
    let fake = Fake::new();
    let output = check(&fake, CASES, &["--level", level]);
    assert_eq!(output.status.code(), code);
    assert!(text(&output).contains(words), "{}", text(&output));
    let json = json(&fake);
    assert!(json["engines"].as_array().unwrap().iter().all(|engine| engine["level"] == level), "{json}");
}

/// Neither hides the other.
#[test]
fn a_failure_behind_another_wording_is_the_failure() {
    let fake = Fake::new();
    let output = check(&fake, &(CASES.to_owned() + FAILS), &[]);
    assert_eq!(output.status.code(), Some(1));
    let json = json(&fake);
    let result = &json["cases"][3]["results"]["fake"];
    assert_eq!((&result["status"], &result["facet"], &result["step"]), (&"fail".into(), &"value".into(), &2.into()));
    assert_eq!(result["wording"], Value::Null, "only a pass has one");
}

/// A campaign that finds nothing but other wordings has no findings.
#[test]
fn a_campaign_counts_other_wordings() {
    let fake = Fake::new();
    let fuzz = ["fuzz", "--programs", "300", "--seed", "3", "--jobs", "1", "--findings", "found"];
    let output = run(&fake, &fuzz);
    let (told, counted) = (text(&output), json(&fake));
    assert_eq!(output.status.code(), Some(0), "{told}");
    let wordings = counted["wordings"].as_u64().unwrap();
    assert!(wordings > 10, "{counted}");
    assert_eq!((&counted["level"], &counted["findings"]), (&"type".into(), &Value::Array(vec![])));
    let sentence = format!("{wordings} programs differ in the wording of errors only, which the level `type` does not");
    assert!(told.contains(&sentence), "{told}");

    // The campaign has that level, and goes on at no other.
    let resume = ["fuzz", "--resume", "--programs", "400", "--findings", "found"];
    let refused = run(&fake, &[&resume[..], &["--level", "message"]].concat());
    assert_eq!(refused.status.code(), Some(2));
    assert!(
        text(&refused).contains("was started with --level type, not message: omit the option"),
        "{}",
        text(&refused)
    );
    assert_eq!(run(&fake, &resume).status.code(), Some(0));
    assert!(json(&fake)["wordings"].as_u64().unwrap() > wordings);

    // An older campaign does not say its level, and has compared everything.
    let state = fake.0.path().join("found/campaign.json");
    let older = fs::read_to_string(&state).unwrap().replace(r#""level":"type","#, "");
    fs::write(&state, older).unwrap();
    let refused = run(&fake, &[&resume[..], &["--level", "type"]].concat());
    assert!(text(&refused).contains("was started with --level message, not type"), "{}", text(&refused));
}

/// What is found at a level is judged at that level again, by `replay`, `shrink`, `promote` and its script.
#[test]
fn a_finding_keeps_its_level() {
    let fake = Fake::new();
    let fuzz = ["fuzz", "--level", "message", "--programs", "60", "--seed", "3", "--jobs", "1", "--findings", "found"];
    assert_eq!(run(&fake, &fuzz).status.code(), Some(1));
    let counted = json(&fake);
    assert_eq!((&counted["level"], &counted["wordings"]), (&"message".into(), &0.into()));
    let finding = fake.0.path().join(counted["findings"][0]["case"].as_str().unwrap()).with_file_name("finding.json");
    let (engine, path) = (fake.engine(MODE), finding.to_str().unwrap());
    let mutants = |command: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_mutants"))
            .args([command, path, UNCONFINED, "--engine", &engine])
            .current_dir(fake.0.path())
            .output()
            .unwrap();
        (output.status.code(), text(&output))
    };
    let record: Value = serde_json::from_slice(&fs::read(&finding).unwrap()).unwrap();
    assert_eq!((&record["level"], &record["facet"]), (&"message".into(), &"message".into()), "{record}");
    let script = fs::read_to_string(finding.with_file_name("check.py")).unwrap();
    assert!(script.contains("    COMPARES_TEXTS = True\n"), "{script}");
    let (code, told) = mutants("replay");
    assert_eq!(code, Some(1), "{told}");
    assert_eq!(mutants("shrink").0, Some(1));

    let older = fs::read_to_string(&finding).unwrap().replace("  \"level\": \"message\",\n", "");
    fs::write(&finding, &older).unwrap();
    assert_eq!(mutants("replay").0, Some(1), "older findings compare everything");

    let lenient = older.replacen("{\n", "{\n  \"level\": \"type\",\n", 1);
    fs::write(&finding, lenient).unwrap();
    let (code, told) = mutants("replay");
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("no difference, except in the wording of errors, which is not compared\n"), "{told}");
    let (code, told) = mutants("shrink");
    assert_eq!(code, Some(0), "{told}");
    assert!(told.contains("no difference between fake and reference"), "{told}");
}
