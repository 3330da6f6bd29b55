//! A check of cases that crash, hang and fill the memory: each is a result, and all others are checked.

use rstest::rstest;
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
        .args(["check", "cases.yaml", "--json", "out.json", "--memory", "300"])
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
    assert!(reason.starts_with("the engine `embedded` crashed: it took more than 300 MiB of memory"), "{reason}");
    assert_eq!(others.len(), 5, "{others:?}");
    let text = String::from_utf8_lossy(&output.stdout);
    assert!(text.contains("tolist on embedded") && text.contains("crashed: SIGSEGV"), "{text}");
}

/// What C code writes to standard output is no reply, and whoever closes it closes nothing that is needed.
#[test]
fn a_case_that_writes_to_the_descriptors_of_its_process_harms_no_other() {
    let folder = cases(&["tolist", "hex"]);
    let output = check(&folder, "scribble@tolist,segv@hex");
    assert_eq!(output.status.code(), Some(1), "{}", String::from_utf8_lossy(&output.stderr));
    let others = others(&folder);
    assert_eq!(others.keys().collect::<Vec<_>>(), ["hex"], "{others:?}");
    assert!(others["hex"].1.starts_with("the engine `embedded` crashed: SIGSEGV"), "{others:?}");
}

/// A signal that the case does not bring about itself is sent once, and the case is checked again.
#[test]
fn a_process_that_somebody_else_ends_is_replaced() {
    let folder = cases(&["hex"]);
    let plan = "hang@hex";
    let mut check = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["check", "cases.yaml", "--json", "out.json"])
        .current_dir(folder.path())
        .env("MUTANTS", plan)
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    let worker = child_of(check.id());
    std::thread::sleep(std::time::Duration::from_secs(4));
    Command::new("sh").args(["-c", "kill \"$@\"", "kill", "-KILL", &worker.to_string()]).status().unwrap();
    assert_eq!(check.wait().unwrap().code(), Some(1));
    let others = others(&folder);
    assert_eq!(others["hex"].0, "hang", "not the crash that the signal was: {others:?}");
}

/// A process that another one has started.
fn child_of(parent: u32) -> u32 {
    let path = format!("/proc/{parent}/task/{parent}/children");
    loop {
        let children = fs::read_to_string(&path).unwrap();
        if let Some(child) = children.split_whitespace().next() {
            return child.parse().unwrap();
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_check_that_is_interrupted_names_the_case_that_hangs_and_keeps_the_others() {
    let folder = cases(&["hex"]);
    let mut check = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["check", "cases.yaml", "--json", "out.json"])
        .current_dir(folder.path())
        .env("MUTANTS", "hang@hex")
        .stdout(std::process::Stdio::null())
        .stderr(std::process::Stdio::null())
        .spawn()
        .unwrap();
    std::thread::sleep(std::time::Duration::from_secs(4));
    Command::new("sh").args(["-c", "kill \"$@\"", "kill", "-INT", &check.id().to_string()]).status().unwrap();
    assert_eq!(check.wait().unwrap().code(), Some(130));
    let json: Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    let cases = json["cases"].as_array().unwrap();
    assert_eq!(cases.len(), 19, "the 18 cases before it, and the one that hangs");
    assert_eq!(cases[18]["id"], "hex");
    assert_eq!(cases[18]["results"]["embedded"]["status"], "hang");
    assert_eq!(json["complete"], false);
}

/// Cases `c00` to `c19`, each of which calls `hex`.
fn twenty_cases() -> String {
    let case = |number: u32| {
        format!(
            "  - {{id: c{number:02}, section: One, claim: a, verdict: confirmed, steps: [{{run: \"memoryview(b'a').hex()\"}}]}}\n"
        )
    };
    "cases:\n".to_owned() + &(0..20).map(case).collect::<String>()
}

#[test]
fn cases_that_end_their_process_one_after_the_other() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("cases.yaml"), twenty_cases()).unwrap();
    assert_eq!(check(&folder, "segv@hex").status.code(), Some(1));
    assert_eq!(others(&folder).len(), 20);
}

/// Each takes as long as the time limit.
#[test]
fn an_engine_that_hangs_at_one_case_after_the_other_is_given_up() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("cases.yaml"), twenty_cases()).unwrap();
    assert_eq!(check(&folder, "hang@hex").status.code(), Some(1));
    let others = others(&folder);
    assert_eq!(others.len(), 20);
    for (id, (status, reason)) in &others {
        match id.as_str() {
            "c00" | "c01" | "c02" => assert_eq!(status, "hang", "{id}"),
            _ => assert!(
                status == "error" && reason.contains("given up, as it hung at 3 cases in a row"),
                "{id} {reason}"
            ),
        }
    }
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

/// Cases that differ, and what is known of them.
fn known(entries: &str) -> TempDir {
    let folder = cases(&["tolist", "tobytes", "hex"]);
    fs::create_dir_all(folder.path().join("spec/known")).unwrap();
    fs::rename(folder.path().join("cases.yaml"), folder.path().join("spec/cases.yaml")).unwrap();
    fs::write(folder.path().join("spec/known/some.yaml"), entries).unwrap();
    folder
}

fn check_spec(folder: &TempDir, plan: &str, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["check", "--json", "out.json"])
        .args(arguments)
        .current_dir(folder.path())
        .env("MUTANTS", plan)
        .output()
        .unwrap()
}

#[rstest]
#[case::known("[tolist, tobytes]", "lie@tolist,lie@tobytes", 0, &[("tobytes", "known"), ("tolist", "known")])]
#[case::stale("[tolist, tobytes]", "lie@tolist", 1, &[("tobytes", "stale"), ("tolist", "known")])]
#[case::new("[tolist]", "lie@tolist,lie@tobytes", 1, &[("tobytes", "fail"), ("tolist", "known")])]
#[case::a_crash_is_another_matter("[tolist]", "segv@tolist", 1, &[("tolist", "crash")])]
fn known_divergences_are_strict(
    #[case] ids: &str,
    #[case] plan: &str,
    #[case] code: i32,
    #[case] expected: &[(&str, &str)],
) {
    let folder = known(&format!("- {{implementation: cpython, cases: {ids}, reason: It lies.}}"));
    let output = check_spec(&folder, plan, &[]);
    assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stdout));
    let others = others(&folder);
    let statuses: Vec<(&str, &str)> = others.iter().map(|(id, (status, _))| (id.as_str(), status.as_str())).collect();
    assert_eq!(statuses, expected);
}

#[test]
fn a_draft_of_known_divergences_makes_a_check_green() {
    let folder = known("[]");
    let plan = "lie@tolist,lie@tobytes,segv@hex";
    let output = check_spec(&folder, plan, &["--write-known", "spec/known/draft.yaml"]);
    assert_eq!(output.status.code(), Some(1));
    let draft = fs::read_to_string(folder.path().join("spec/known/draft.yaml")).unwrap();
    assert_eq!(draft.matches("TODO").count(), 3, "{draft}");
    let output = check_spec(&folder, plan, &[]);
    assert_eq!(output.status.code(), Some(0), "{draft}{}", String::from_utf8_lossy(&output.stdout));
    assert_eq!(check_spec(&folder, "", &[]).status.code(), Some(1));
}

#[test]
fn an_entry_about_no_case_is_bad_input() {
    let folder = known("- {implementation: cpython, cases: [tolist, tolisd], reason: It lies.}");
    let output = check_spec(&folder, "lie@tolist", &[]);
    assert_eq!(output.status.code(), Some(2));
    let text = String::from_utf8_lossy(&output.stderr);
    assert!(text.contains("tolisd") && text.contains("some.yaml:1:"), "{text}");
    // Of a part of the cases nobody can say that.
    assert_eq!(check_spec(&folder, "lie@tolist", &["spec/cases.yaml"]).status.code(), Some(0));
}
