//! How viewcheck ends: soon after Ctrl-C, whatever its engines do, and without a process left behind.

use crate::fake::{Fake, UNCONFINED, is_there, send, wait_until};
use rstest::rstest;
use std::fs;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

fn start(fake: &Fake, mode: &str, arguments: &[&str]) -> Child {
    let engine = fake.engine(mode);
    let arguments = arguments.iter().map(|argument| if *argument == "ENGINE" { &engine } else { *argument });
    Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(arguments)
        .arg(UNCONFINED)
        .current_dir(fake.0.path())
        .env_remove("MUTANTS")
        .env("VIEWCHECK_ENGINES", fake.found())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap()
}

const CHECK: &[&str] = &["check", "--engine", "reference", "--engine", "ENGINE", "--json", "out.json"];
const FUZZ: &[&str] = &["fuzz", "--engine", "ENGINE", "--findings", "findings", "--jobs", "2", "--time", "10m"];

/// Waits until it ends. Gives its exit code.
fn end(mut process: Child, within: Duration) -> Option<i32> {
    let since = Instant::now();
    loop {
        if let Some(status) = process.try_wait().unwrap() {
            return status.code();
        }
        if since.elapsed() > within {
            process.kill().unwrap();
            panic!("it did not end within {within:?}");
        }
        thread::sleep(Duration::from_millis(10));
    }
}

#[rstest]
#[case::interrupted(&["-INT"], Some(130))]
#[case::twice(&["-INT", "-INT"], Some(130))]
#[case::terminated(&["-TERM"], Some(130))]
#[case::killed(&["-KILL"], None)]
fn a_campaign_leaves_no_runner_that_spins(#[case] signals: &[&str], #[case] code: Option<i32>) {
    let fake = Fake::new();
    let process = start(&fake, "all spin", FUZZ);
    wait_until("no program runs", || !fake.notes("spins").is_empty());
    for signal in signals {
        send(signal, &process.id().to_string());
        thread::sleep(Duration::from_millis(100));
    }
    assert_eq!(end(process, Duration::from_secs(30)), code);
    for process in fake.notes("processes") {
        wait_until(&format!("process {process} is left"), || !is_there(&process));
    }
}

/// A campaign kills a worker that takes too long.
#[test]
fn a_runner_ends_with_the_worker_that_started_it() {
    let fake = Fake::new();
    let process = start(&fake, "all spin", FUZZ);
    wait_until("no program runs", || !fake.notes("spins").is_empty());
    let runner = fake.notes("spins").remove(0);
    let status = fs::read_to_string(format!("/proc/{runner}/stat")).unwrap();
    let worker = status.rsplit(')').next().and_then(|fields| fields.split_whitespace().nth(1)).unwrap();
    send("-KILL", worker);
    wait_until(&format!("runner {runner} is left"), || !is_there(&runner));
    send("-INT", &process.id().to_string());
    assert_eq!(end(process, Duration::from_secs(30)), Some(130));
    for process in fake.notes("processes") {
        wait_until(&format!("process {process} is left"), || !is_there(&process));
    }
}

/// A start may take a minute, which nobody who presses Ctrl-C waits for. No file is left of it either.
#[rstest]
#[case::check(CHECK, "probe without a reply", 1, 1)]
#[case::twice(CHECK, "probe without a reply", 1, 2)]
#[case::list(&["engines"], "probe without a reply", 1, 1)]
#[case::fuzz(FUZZ, "probe without a reply", 1, 1)]
#[case::worker(FUZZ, "hangs at the second start", 2, 1)]
#[case::probe(&["engines", "--probe", "ENGINE"], "probe without a reply", 1, 1)]
fn what_waits_for_an_engine_is_interrupted(
    #[case] arguments: &[&str],
    #[case] mode: &str,
    #[case] starts: usize,
    #[case] signals: usize,
) {
    let fake = Fake::new();
    fake.be_found(mode);
    let process = start(&fake, mode, arguments);
    wait_until("it does not start", || fake.notes("starts").len() >= starts);
    thread::sleep(Duration::from_millis(500));
    for _ in 0..signals {
        send("-INT", &process.id().to_string());
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(end(process, Duration::from_secs(5)), Some(130));
    fake.is_gone();
    let mut files = fs::read_dir(fake.0.path()).unwrap().map(|entry| entry.unwrap().file_name());
    assert!(files.all(|name| !name.to_string_lossy().starts_with(".output-")));
}

/// Another engine may still be starting then.
#[test]
fn an_engine_that_can_not_start_ends_the_start_of_others() {
    let fake = Fake::new();
    let arguments = ["check", "--jobs", "2", "--engine", "no=sh -c 'sleep 1; exit 3'", "--engine", "ENGINE"];
    let process = start(&fake, "probe without a reply", &arguments);
    assert_eq!(end(process, Duration::from_secs(5)), Some(2));
    fake.is_gone();
}

/// The system ends a program that writes more, unless it takes the signal for an error.
#[test]
fn a_file_that_may_not_be_that_large_is_an_error() {
    let fake = Fake::new();
    let folder = fake.0.path();
    let output = Command::new("sh")
        .args(["-c", "ulimit -f 4; exec \"$@\"", "sh", env!("CARGO_BIN_EXE_mutants")])
        .args(["engines", UNCONFINED, "--probe", &fake.engine("well")])
        .env("TMPDIR", folder)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{text}");
    assert!(text.contains(&format!("the file of its runner can't be made in {}", folder.display())), "{text}");
    assert_eq!(fs::read_dir(folder).unwrap().count(), 0);
}

/// What an engine that can do nothing says is said once, and soon.
#[rstest]
#[case::fuzz(&["fuzz", "--engine", "ENGINE", "--findings", "findings", "--jobs", "1", "--time", "10m"], 2, "was given up")]
#[case::probe(&["engines", "--probe", "ENGINE"], 1, "The runner does none of what was tested: the engine `fake` crashed: SIGSEGV")]
fn an_engine_that_always_crashes_is_reported_once(#[case] arguments: &[&str], #[case] code: i32, #[case] text: &str) {
    let fake = Fake::new();
    let engine = fake.engine("all crash");
    let arguments = arguments.iter().map(|argument| if *argument == "ENGINE" { &engine } else { *argument });
    let output = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(arguments)
        .arg(UNCONFINED)
        .current_dir(fake.0.path())
        .env_remove("MUTANTS")
        .output()
        .unwrap();
    let all = format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!((output.status.code(), all.matches(text).count()), (Some(code), 1), "{all}");
}

/// The fault is of the folder, not of the engine.
#[test]
fn a_folder_for_the_runner_that_is_not_there_is_named() {
    let fake = Fake::new();
    let output = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["engines", UNCONFINED, "--probe", &fake.engine("well")])
        .env("TMPDIR", "/nowhere")
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2));
    assert!(text.contains("the file of its runner can't be made in /nowhere"), "{text}");
}
