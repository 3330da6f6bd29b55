//! What `check` makes of engines whose runner goes wrong.

use super::fake::{Fake, UNCONFINED};
use super::{HASTY, MARKED, PROGRAMS};
use rstest::rstest;
use serde_json::Value;
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;
use viewcheck::check::{EnginesUnderTest, Judged};
use viewcheck::compare::Level;

/// Many cases, and a marked one between them.
fn cases(folder: &TempDir) {
    let text = |number: usize| if number == MARKED { "marker" } else { "plain" };
    let case = |number: usize| {
        let step = format!("memoryview(b'{} {number}').tobytes()", text(number));
        format!(
            "  - {{id: c{number}, section: One, claim: it works, verdict: confirmed, steps: [{{run: \"{step}\"}}]}}\n"
        )
    };
    let text = "title: Some cases\ncases:\n".to_owned() + &(0..PROGRAMS).map(case).collect::<String>();
    fs::write(folder.path().join("cases.yaml"), text).unwrap();
}

fn check(fake: &Fake, mode: &str) -> Output {
    cases(&fake.0);
    Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["check", "cases.yaml", "--json", "out.json", "--engine", "reference", "--engine", &fake.engine(mode)])
        .arg(UNCONFINED)
        .current_dir(fake.0.path())
        .env_remove("MUTANTS")
        .output()
        .unwrap()
}

#[rstest]
#[case::crash("exit", "crash", "the engine `fake` crashed: exit status 3; its last words: Traceback:\n  oh no")]
#[case::after_others(
    "crash after others",
    "crash",
    "the engine `fake` crashed: SIGSEGV (after other programs, not when run alone)"
)]
#[case::error(
    "no JSON",
    "error",
    "the engine `fake` broke the protocol: its reply is no JSON object: `Segmentation fault, they say`; its last words: \
     what is JSON?"
)]
fn a_check_goes_on_after_a_loss(#[case] mode: &str, #[case] status: &str, #[case] reason: &str) {
    let fake = Fake::new();
    let output = check(&fake, mode);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let json: Value = serde_json::from_slice(&fs::read(fake.0.path().join("out.json")).unwrap()).unwrap();
    let cases = json["cases"].as_array().unwrap();
    assert_eq!(cases.len(), PROGRAMS);
    for (index, case) in cases.iter().enumerate() {
        let result = &case["results"]["fake"];
        match index == MARKED {
            true => assert_eq!((&result["status"], &result["reason"]), (&status.into(), &reason.into())),
            false => assert_eq!(result["status"], "pass", "{case}"),
        }
    }
    fake.is_gone();
}

/// Without a list of what it differs in, it fails each time. One that is named is run.
#[test]
fn all_leaves_out_a_python_that_is_older_than_what_is_modelled() {
    let fake = Fake::new();
    fake.be_found("old");
    cases(&fake.0);
    let check = |engine: &str, path: Option<&str>| {
        let output = Command::new(env!("CARGO_BIN_EXE_mutants"))
            .args(["check", "cases.yaml", "--json", "-", "--engine", engine, UNCONFINED])
            .current_dir(fake.0.path())
            .env_remove("MUTANTS")
            .env_remove("HOME")
            .env("VIEWCHECK_ENGINES", fake.found())
            .envs(path.map(|path| ("PATH", path)))
            .output()
            .unwrap();
        let (json, text) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(0), "{text}");
        let json: Value = serde_json::from_str(&json).unwrap();
        (json["engines"].as_array().unwrap().iter().any(|engine| engine["name"] == "fake"), text.into_owned())
    };
    let (is_run, text) = check("all", Some("/nowhere"));
    assert!(!is_run && text.contains("note: left out: the Python 3.7.16 of `fake` is older than"), "{text}");
    let (is_run, text) = check(&fake.engine("old"), None);
    assert!(is_run && !text.contains("left out") && text.contains("it is compared as 3.8.0"), "{text}");
}

#[rstest]
#[case("no start", "error: the engine `fake` can't start: instead of a reply to the probe, exit status 3")]
#[case("probe of another version", "error: the engine `fake` can't start: it speaks version 2 of the protocol")]
#[case("smoke", "error: the engine `fake` fails the smoke program")]
fn a_check_does_not_begin_with_an_engine_that_can_not_start(#[case] mode: &str, #[case] text: &str) {
    let fake = Fake::new();
    let output = check(&fake, mode);
    assert_eq!(output.status.code(), Some(2));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.starts_with(text), "{errors}");
    fake.is_gone();
}

#[test]
fn a_case_that_hangs_is_a_hang() {
    let fake = Fake::new();
    cases(&fake.0);
    let suite = cases::load_text("cases.yaml", &fs::read_to_string(fake.0.path().join("cases.yaml")).unwrap());
    let cases: Vec<_> = suite.documents.iter().flat_map(|document| &document.cases).collect();
    let process = fake.open("hang", HASTY);
    let mut under_test = EnginesUnderTest::new(vec![Box::new(process)]);
    let runs = under_test.check_all(&cases, Level::Type, &mut |_| (), &|| false);
    let bad: Vec<_> = runs.iter().flat_map(|run| &run.judged).filter(|judged| judged.is_bad()).collect();
    assert!(matches!(&bad[..], [Judged::Hang(text)] if text.contains("it did not finish within 800ms")), "{bad:?}");
    assert_eq!(runs.len(), PROGRAMS);
}
