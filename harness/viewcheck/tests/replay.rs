//! What people do with a finding: run it again and shrink it, on the engines that it was found with.

use rstest::rstest;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

/// A folder with one finding: the engine that is tested has another answer than the one it is tested against.
struct Found {
    path: PathBuf,
    _folder: TempDir,
}

/// The text of a record. All findings here are that `index` was added to memoryview in 3.14.
fn record(engine: (&str, &str), against: (&str, &str)) -> String {
    let side = |(name, python): (&str, &str)| serde_json::json!({ "name": name, "implementation": "reference", "python": python });
    let program = ["view = memoryview(b'abc')", "view.index(98)"];
    let record = serde_json::json!({
        "signature": format!("{}|{} error/not-raised index", engine.0, against.0), "kind": "error",
        "engine": side(engine), "against": side(against), "seed": 1, "index": 2, "stable": true, "count": 1,
        "step": 2, "expected": "1", "actual": "AttributeError", "program": program, "original": program,
    });
    record.to_string()
}

const CASE: &str = "\
title: A finding
cases:
  - id: a-finding
    section: Found by fuzzing
    claim: it has no index
    verdict: confirmed
    python: '<3.14'
    steps:
      - run: view = memoryview(b'abc')
      - run: view.index(98)
        raises: AttributeError
";

impl Found {
    fn new(engine: (&str, &str), against: (&str, &str)) -> Found {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("a-finding");
        fs::create_dir(&path).unwrap();
        fs::write(path.join("finding.json"), record(engine, against)).unwrap();
        fs::write(path.join("case.yaml"), CASE).unwrap();
        fs::write(path.join("check.py"), "print()\n").unwrap();
        Found { path, _folder: folder }
    }

    fn path(&self) -> &Path {
        &self.path
    }
}

fn run(command: &str, file: &Path, arguments: &[&str]) -> Output {
    let mut program = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
    program.arg(command).arg(file).args(arguments).output().expect("it starts")
}

fn finished(output: Output, code: i32) -> (String, String) {
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
    (stdout, stderr)
}

const OLD: (&str, &str) = ("reference@3.8", "3.8.18");
const NEW: (&str, &str) = ("reference@3.14", "3.14.10");

/// What the old Python says of the step, and what the new one.
const OLD_SAYS: &str = "AttributeError: 'memoryview' object has no attribute 'index'";
const NEW_SAYS: &str = "1";

#[rstest]
#[case::folder("")]
#[case::record("finding.json")]
#[case::case("case.yaml")]
#[case::script("check.py")]
fn a_finding_is_replayed_on_its_engines(#[case] file: &str) {
    for (engine, against, expected, actual) in [(OLD, NEW, NEW_SAYS, OLD_SAYS), (NEW, OLD, OLD_SAYS, NEW_SAYS)] {
        let found = Found::new(engine, against);
        let file = if file.is_empty() { found.path().to_owned() } else { found.path().join(file) };
        let (stdout, _) = finished(run("replay", &file, &[]), 1);
        assert!(stdout.contains(&format!("({}, against {})\n", engine.0, against.0)), "{stdout}");
        assert!(stdout.contains(&format!("        expected  {expected}\n        actual    {actual}\n")), "{stdout}");
    }
}

#[test]
fn a_finding_is_shrunk_on_its_engines() {
    let found = Found::new(NEW, OLD);
    let (stdout, stderr) = finished(run("shrink", found.path(), &[]), 1);
    assert!(stdout.contains("raises: AttributeError"), "{stdout}");
    assert!(
        stderr.contains("not-raised index: 2 steps (2 operations), which is the smallest that was found\n"),
        "{stderr}"
    );
    assert!(stderr.contains("the signature is reference@3.14|reference@3.8 "), "{stderr}");
    let (_, stderr) = finished(run("shrink", found.path(), &["--engine", "reference@3.9"]), 0);
    assert!(stderr.contains("no difference between reference@3.9 and reference@3.8"), "{stderr}");
}

#[test]
fn options_choose_other_engines_for_a_finding() {
    let found = Found::new(NEW, OLD);
    let (stdout, _) = finished(run("replay", found.path(), &["--engine", "reference@3.9"]), 0);
    assert!(stdout.contains("reference@3.8, reference@3.9") && stdout.ends_with("no difference\n"), "{stdout}");
    let (stdout, _) = finished(run("replay", found.path(), &["--against", "reference@3.15"]), 0);
    assert!(stdout.contains("reference@3.15, reference@3.14"), "{stdout}");
    let (stdout, _) = finished(run("replay", found.path(), &["--engine", "reference@3.8"]), 0);
    assert!(stdout.ends_with("run on one engine only: nothing was compared\n"), "{stdout}");
}

/// What is expected is what `--against` gave, wherever it stands, and of whatever kind it is.
#[rstest]
#[case(&["--engine", "reference@3.13", "--against", "reference@3.14"])]
#[case(&["--engine", "reference@3.8", "--against", "reference@3.14"])]
#[case(&["--engine", "reference@3.14", "--engine", "reference@3.8", "--against", "reference@3.14"])]
#[case(&["--engine", "reference@3.14", "--engine", "reference@3.8"])]
fn what_is_expected_is_what_against_gave(#[case] arguments: &[&str]) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cases.yaml");
    fs::write(&file, "cases:\n  - id: a\n    section: s\n    claim: c\n    verdict: confirmed\n    steps:\n      - run: memoryview(b'abc').index(98)\n").unwrap();
    let (stdout, _) = finished(run("replay", &file, arguments), 1);
    assert!(stdout.contains(&format!("against reference@3.14)\n        expected  {NEW_SAYS}\n")), "{stdout}");
}

#[rstest]
#[case::replay("replay")]
#[case::shrink("shrink")]
fn an_engine_that_is_not_here_is_told(#[case] command: &str) {
    let found = Found::new(("pypy", "3.10.0"), OLD);
    let (_, stderr) = finished(run(command, found.path(), &[]), 2);
    assert!(
        stderr.contains("was found on `pypy` against `reference@3.8`, but an engine can't be opened here"),
        "{stderr}"
    );
    assert!(
        stderr.contains("there is no engine `pypy`") && stderr.contains("other engines with --engine and --against"),
        "{stderr}"
    );
}

/// What a finding calls a command is not started, whoever runs it has to name it.
#[rstest]
fn a_finding_starts_no_command(
    #[values("replay", "shrink")] command: &str,
    #[values("", "finding.json", "case.yaml", "check.py")] file: &str,
    #[values(true, false)] is_tested: bool,
) {
    let folder = TempDir::new().unwrap();
    let mark = folder.path().join("mark");
    let hostile = format!("mine=sh -c 'touch {}\n'", mark.display());
    let hostile = (hostile.as_str(), "3.8.18");
    let (found, option) = match is_tested {
        true => (Found::new(hostile, NEW), "--engine"),
        false => (Found::new(NEW, hostile), "--against"),
    };
    let file = if file.is_empty() { found.path().to_owned() } else { found.path().join(file) };
    let (_, stderr) = finished(run(command, &file, &[]), 2);
    assert!(stderr.contains(&format!("`sh -c 'touch {}\\n'`", mark.display())), "{stderr}");
    assert!(stderr.contains(&format!("as in `{option} mine=COMMAND`")), "{stderr}");
    assert!(!mark.exists());
    // With an engine in its place the finding is run.
    let (stdout, stderr) = finished(run(command, &file, &[option, OLD.0]), 1);
    assert!(format!("{stdout}{stderr}").contains("AttributeError"), "{stdout}{stderr}");
    assert!(!mark.exists());
}

/// A case that an engine can't run says nothing of the engine.
#[rstest]
#[case::all("python: '<3.9'", &["--engine", "reference@3.12"], 2, "reference@3.12 is skipped: the case is for Python <3.9\n")]
#[case::lacking("needs: [ilp32]", &["--engine", "reference@3.12"], 2, "reference@3.12 is skipped: the engine lacks ilp32\n")]
#[case::some("python: '<3.9'", &["--engine", "reference@3.12", "--engine", "reference@3.8"], 0, "all expectations of the case hold\n")]
#[case::none("python: '>=3.8'", &["--engine", "reference@3.12"], 0, "all expectations of the case hold\n")]
fn a_case_that_was_not_run_is_told(
    #[case] key: &str,
    #[case] arguments: &[&str],
    #[case] code: i32,
    #[case] words: &str,
) {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cases.yaml");
    let text =
        format!("cases:\n  - {{id: a, section: s, claim: c, verdict: confirmed, {key}, steps: [{{run: x = 1}}]}}\n");
    fs::write(&file, text).unwrap();
    let (stdout, _) = finished(run("replay", &file, arguments), code);
    assert!(stdout.contains(words), "{stdout}");
    let not_run = "could not run this program to its end: the expectations of the case were not checked\n";
    assert_eq!((stdout.contains("expectations of the case hold"), stdout.contains(not_run)), (code == 0, code != 0));
}

/// Of several cases it is enough that one was run.
#[test]
fn one_case_that_was_run_is_enough() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cases.yaml");
    let case =
        |id, key| format!("  - {{id: {id}, section: s, claim: c, verdict: confirmed, {key}steps: [{{run: x = 1}}]}}\n");
    fs::write(&file, format!("cases:\n{}{}", case("a", "python: '<3.9', "), case("b", ""))).unwrap();
    let (stdout, _) = finished(run("replay", &file, &["--engine", "reference@3.12"]), 0);
    assert!(stdout.contains("is skipped") && stdout.contains("hold"), "{stdout}");
}

/// People count steps, and the shrinking counts operations.
#[test]
fn a_program_of_one_step_has_one_step() {
    let folder = TempDir::new().unwrap();
    let file = folder.path().join("cases.yaml");
    let steps = "[{run: \"memoryview(b'abc')[1:].index(98)\"}]";
    let text = format!("cases:\n  - {{id: a, section: s, claim: c, verdict: confirmed, steps: {steps}}}\n");
    fs::write(&file, text).unwrap();
    let (_, stderr) = finished(run("shrink", &file, &["--engine", "reference@3.14", "--against", "reference@3.8"]), 1);
    assert!(stderr.contains("): 1 step (3 operations), shrunk to 1 step (2 operations)\n"), "{stderr}");
}

#[rstest]
#[case::replay("replay")]
#[case::shrink("shrink")]
fn another_python_than_that_of_the_finding_is_told(#[case] command: &str) {
    let found = Found::new(("reference@3.14", "3.14.9"), OLD);
    let (stdout, stderr) = finished(run(command, found.path(), &[]), 1);
    let note = "note: this was found on reference@3.14 as Python 3.14.9; here it is Python 3.14.10\n";
    assert!(format!("{stdout}{stderr}").contains(note), "{stdout}{stderr}");
    assert_eq!(format!("{stdout}{stderr}").matches("note:").count(), 1);
}

#[test]
fn a_record_that_can_not_be_read_is_told() {
    let found = Found::new(NEW, OLD);
    fs::write(found.path().join("finding.json"), "{").unwrap();
    for file in ["finding.json", "case.yaml"] {
        let (_, stderr) = finished(run("replay", &found.path().join(file), &[]), 2);
        assert!(stderr.contains("finding.json is not a valid record of a finding"), "{stderr}");
    }
}

/// A device that takes nothing, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn a_case_that_can_not_be_written_is_printed() {
    let found = Found::new(NEW, OLD);
    let arguments = ["--out", "/dev/full", "--engine", "reference@3.14", "--against", "reference@3.8"];
    let (stdout, stderr) = finished(run("shrink", found.path(), &arguments), 2);
    assert!(stdout.contains("cases:\n"), "{stdout}");
    assert!(stderr.contains("can't write /dev/full"), "{stderr}");
}

/// Statements of functions and blocks are dropped like steps, and what is assigned to several targets too.
#[test]
fn a_program_with_blocks_is_shrunk() {
    let folder = TempDir::new().unwrap();
    let steps = "      - run: data = bytearray(8); a, b = 1, 2
      - run: |-
          def look(view, n=1):
              total = 0
              for item in view:
                  total += item
              if total > 3:
                  print('much')
              else:
                  x, *y = view
                  with view[1:] as part:
                      z = [q for q in part if q]
              return view.index(0)
      - run: view = memoryview(data)
      - run: c = d = view
      - run: look(view)
";
    let case = CASE.split("      - run").next().unwrap().to_owned() + steps;
    fs::write(folder.path().join("case.yaml"), case).unwrap();
    let arguments = ["shrink", "case.yaml", "--engine", "reference@3.14", "--against", "reference@3.13"];
    let output = Command::new(env!("CARGO_BIN_EXE_viewcheck")).args(arguments).current_dir(folder.path()).output();
    let output = output.unwrap();
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(stderr.contains("5 steps (10 operations), shrunk to 3 steps (3 operations)"), "{stderr}");
    assert!(stdout.contains("view.index(0)") && !stdout.contains("def "), "{stdout}");
}
