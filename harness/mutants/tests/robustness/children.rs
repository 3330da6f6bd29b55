//! Programs that end, hang or fill their process, in `replay`, `shrink` and `bench`: each is a result, and the command
//! itself goes on.

use rstest::rstest;
use std::fs;
use std::process::{Command, Output};
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// A file of three cases, of which the second does in its third step what a plan is about.
const CASES: &str = "\
title: Some cases
cases:
  - {id: before, section: One, claim: it works, verdict: confirmed, steps: [{run: data = bytearray(2)}, {run: 'data[0]'}]}
  - id: fatal
    section: One
    claim: it works
    verdict: confirmed
    steps:
      - run: data = bytearray(2)
      - run: view = memoryview(data)
      - run: view.hex()
      - run: data[1]
  - {id: after, section: One, claim: it works, verdict: confirmed, steps: [{run: data = bytearray(2)}, {run: 'data[1]'}]}
";

fn mutants(folder: &TempDir, plan: &str, arguments: &[&str]) -> Output {
    fs::write(folder.path().join("cases.yaml"), CASES).unwrap();
    Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(arguments)
        .current_dir(folder.path())
        .env("MUTANTS", plan)
        .output()
        .unwrap()
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// How a program ends its process, what is said of the step, and what of the engine.
#[rstest]
#[case::crash("segv@hex", "crashes", "crashed: SIGSEGV")]
#[case::abort("abort@hex", "crashes", "crashed: SIGABRT")]
#[case::killed("kill@hex", "crashes", "crashed: SIGKILL")]
#[case::hang("hang@hex", "hangs", "hung: it did not finish within 2s")]
#[case::memory("alloc@hex", "crashes", "crashed: it took more than 100 MiB of memory")]
fn an_end_is_shown_at_its_step(#[case] plan: &str, #[case] what: &str, #[case] how: &str) {
    let folder = TempDir::new().unwrap();
    let output = mutants(&folder, plan, &["replay", "cases.yaml", "--timeout", "2s", "--memory", "100"]);
    let shown = text(&output.stdout);
    assert_eq!(output.status.code(), Some(1), "{shown}{}", text(&output.stderr));
    let step = format!("   3  view.hex()\n        reference  '0000'\n        embedded   {what}\n");
    assert!(shown.contains(&step), "{shown}");
    assert!(shown.contains(&format!("embedded stopped: the engine `embedded` {how}")), "{shown}");
    // Those before and after it were run as well.
    assert_eq!(shown.matches("all expectations of the case hold").count(), 2, "{shown}");
}

#[rstest]
#[case::crash("segv@hex", "10s", "does not crash the process")]
#[case::memory("alloc@hex", "10s", "stays within the memory limit")]
#[case::hang("hang@hex", "1s", "finishes")]
fn an_end_is_shrunk(#[case] plan: &str, #[case] time: &str, #[case] claim: &str) {
    let folder = TempDir::new().unwrap();
    let limits = ["--timeout", time, "--memory", "100"];
    let output = mutants(&folder, plan, &[&["shrink", "cases.yaml", "--out", "small.yaml"], &limits[..]].concat());
    assert_eq!(output.status.code(), Some(1), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("fatal (cases.yaml:4): "), "{}", text(&output.stderr));
    let small = fs::read_to_string(folder.path().join("small.yaml")).unwrap();
    assert!(small.contains(&format!(".hex()` {claim}")), "{small}");
    assert!(small.matches("- run: ").count() <= 2, "{small}");
}

/// An engine that can't say what should happen does not hide a crash of the other one.
#[test]
fn a_crash_that_nobody_can_judge_is_shrunk() {
    let folder = TempDir::new().unwrap();
    let cases = CASES.replace("view.hex()", "'[view] * 70000'");
    fs::write(folder.path().join("open.yaml"), cases).unwrap();
    let output = mutants(&folder, "segv@*", &["shrink", "open.yaml"]);
    assert_eq!(output.status.code(), Some(1), "{}{}", text(&output.stdout), text(&output.stderr));
    assert!(text(&output.stdout).contains("does not crash the process"), "{}", text(&output.stdout));
}

#[test]
fn a_process_that_can_not_start_again_is_told() {
    let folder = TempDir::new().unwrap();
    let output = mutants(&folder, "segv@hex", &["replay", "cases.yaml", "--engine", "nothing"]);
    assert_eq!(output.status.code(), Some(2), "{}", text(&output.stderr));
    assert!(text(&output.stderr).contains("there is no engine `nothing`"), "{}", text(&output.stderr));
}

/// What is measured runs in another process, which an interruption ends.
#[cfg(unix)]
#[test]
fn a_measurement_can_be_interrupted() {
    let mut child = Command::new(env!("CARGO_BIN_EXE_mutants")).args(["bench"]).spawn().unwrap();
    std::thread::sleep(Duration::from_millis(500));
    let (since, id) = (Instant::now(), i32::try_from(child.id()).unwrap());
    let id = rustix::process::Pid::from_raw(id).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::INT).unwrap();
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert!(since.elapsed() < Duration::from_secs(5), "{:?}", since.elapsed());
}
