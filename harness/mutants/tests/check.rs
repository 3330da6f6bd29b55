//! A check of cases that crash, hang and fill the memory: each is a result, and all others are checked.

use serde_json::Value;
use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder with cases: many that nothing is wrong with, and between them one for each method.
fn cases(methods: &[&str]) -> TempDir {
    let folder = TempDir::new().unwrap();
    let mut text = "title: Some cases\ncases:\n".to_owned();
    let mut case = |id: &str, step: &str| {
        let head = format!("id: {id}, section: One, claim: it works, verdict: confirmed");
        writeln!(text, "  - {{{head}, steps: [{{run: \"{step}\"}}]}}").unwrap();
    };
    for number in 0..300 {
        case(&format!("plain-{number}"), &format!("bytearray({number}) == b''"));
        if let Some(method) = methods.get(number / 50).filter(|_| number % 50 == 17) {
            case(method, &format!("memoryview(b'abcd').{method}()"));
        }
    }
    fs::write(folder.path().join("cases.yaml"), text).unwrap();
    folder
}

fn check(folder: &TempDir, plan: &str) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["check", "cases.yaml", "--json", "out.json"])
        .current_dir(folder.path())
        .env("MUTANTS", plan)
        .output()
        .unwrap()
}

/// The results of the embedded engine that are no passes: status and reason by the id of the case.
fn others(folder: &TempDir) -> BTreeMap<String, (String, String)> {
    let json: Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    let mut others = BTreeMap::new();
    for case in json["cases"].as_array().unwrap() {
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let result = &case["results"]["embedded"];
        if result["status"] != "pass" {
            others.insert(text(&case["id"]), (text(&result["status"]), text(&result["reason"])));
        }
        assert_eq!(case["results"]["reference"]["status"], "pass");
    }
    others
}

#[test]
fn cases_that_end_their_process_are_results_of_their_own() {
    let folder = cases(&["tolist", "tobytes", "toreadonly", "release", "hex"]);
    let plan = "segv@tolist,abort@tobytes,kill@toreadonly,alloc@release,hang@hex";
    let output = check(&folder, plan);
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let others = others(&folder);
    let status = |id: &str| (others[id].0.as_str(), others[id].1.as_str());
    assert_eq!(status("tolist"), ("crash", "the engine `embedded` crashed: SIGSEGV"));
    assert_eq!(status("tobytes"), ("crash", "the engine `embedded` crashed: SIGABRT"));
    assert_eq!(status("toreadonly"), ("crash", "the engine `embedded` crashed: SIGKILL"));
    assert_eq!(status("hex"), ("hang", "the engine `embedded` hung: it did not finish within 10s"));
    let (memory, reason) = status("release");
    assert_eq!(memory, "crash");
    assert!(reason.starts_with("the engine `embedded` crashed: it took more than 2048 MiB of memory"), "{reason}");
    assert_eq!(others.len(), 5, "{others:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("tolist on embedded") && text.contains("crashed: SIGSEGV"), "{text}");
}

#[test]
fn cases_that_end_their_process_one_after_the_other() {
    let folder = TempDir::new().unwrap();
    let case = |number: u32| {
        format!(
            "  - {{id: c{number}, section: One, claim: a, verdict: confirmed, steps: [{{run: \"memoryview(b'a').hex()\"}}]}}\n"
        )
    };
    let text = "cases:\n".to_owned() + &(0..20).map(case).collect::<String>();
    fs::write(folder.path().join("cases.yaml"), text).unwrap();
    assert_eq!(check(&folder, "segv@hex").status.code(), Some(1));
    assert_eq!(others(&folder).len(), 20);
}

#[test]
fn an_engine_that_can_not_start_is_bad_usage() {
    let folder = cases(&[]);
    let output = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["check", "cases.yaml", "--engine", "nothing"])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.starts_with("error: there is no engine `nothing`"), "{text}");
}
