//! Campaigns as people run them: the same whatever the number of workers, and whole whatever happens to the processes.
//!
//! What goes wrong is made to: `VIEWCHECK_TEST_FAULT` lets an engine lie, and workers die, hang and eat memory at
//! given programs.

use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// Two lies, of kinds that are rare enough for some chunks to have none.
const LIES: &str = "lie@tolist,lie@hash";

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        Folder(TempDir::new().unwrap())
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &str, faults: &str) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
        command.args(["fuzz", "--findings", "found"]).args(arguments.split(' '));
        if !arguments.contains("--json") {
            command.args(["--json", "out.json"]);
        }
        command.current_dir(self.path()).env("VIEWCHECK_TEST_FAULT", faults);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    fn run(&self, arguments: &str, faults: &str, code: i32) -> (String, Value) {
        finished(self.command(arguments, faults).output().expect("it starts"), code);
        let text = fs::read_to_string(self.path().join("out.json")).unwrap();
        let mut json: Value = serde_json::from_str(&text).expect("JSON");
        for timed in ["seconds", "programs_per_second"] {
            assert!(json[timed].take().as_f64().is_some_and(|time| time > 0.0), "{timed} in {text}");
        }
        (text, json)
    }

    /// The findings on disk: each folder and its case.
    fn findings(&self) -> Vec<(String, String)> {
        let mut findings: Vec<(String, String)> = fs::read_dir(self.path().join("found"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .map(|path| {
                let name = path.file_name().unwrap().to_string_lossy().into_owned();
                (name, fs::read_to_string(path.join("case.yaml")).unwrap())
            })
            .collect();
        findings.sort();
        findings
    }

    /// The campaign as it is on disk, without times.
    fn state(&self) -> Option<Value> {
        let mut state: Value = serde_json::from_slice(&fs::read(self.path().join("found/campaign.json")).ok()?).ok()?;
        state["seconds"].take();
        state["tally"]["shares"].take();
        Some(state)
    }

    /// Starts a campaign, and waits until it has counted some programs.
    fn start(&self, arguments: &str, faults: &str) -> Child {
        let child = self.command(arguments, faults).spawn().expect("it starts");
        wait_until(|| self.state().is_some_and(|state| state["tally"]["programs"] != 0));
        child
    }
}

fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "it takes too long");
        sleep(Duration::from_millis(10));
    }
}

fn workers(parent: &Child) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", parent.id())).unwrap();
    children.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

fn finished(output: Output, code: i32) -> (String, String) {
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
    (stdout, stderr)
}

fn kinds(json: &Value) -> Vec<&str> {
    let findings = json["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["kind"].as_str().unwrap()).collect()
}

fn send(signal: Signal, process: u32) {
    kill_process(Pid::from_raw(process as i32).unwrap(), signal).unwrap();
}

#[test]
fn the_number_of_workers_changes_nothing() {
    let (one, two) = (Folder::new(), Folder::new());
    let faults = format!("{LIES},segv@4500");
    let (_, json) = one.run("--programs 9000 --seed 5 --jobs 1", &faults, 1);
    let (_, other) = two.run("--programs 9000 --seed 5 --jobs 2", &faults, 1);
    assert_eq!(json, other);
    assert_eq!((&json["schema"], &json["seed"], &json["programs"]), (&1.into(), &5.into(), &9000.into()));
    assert!(json["findings"].as_array().unwrap().len() >= 2, "{json}");
    assert_eq!(one.findings(), two.findings());
    assert_eq!(one.state(), two.state());
    for finding in json["findings"].as_array().unwrap() {
        for file in ["case", "script"] {
            assert!(one.path().join(finding[file].as_str().unwrap()).is_file(), "{finding}");
        }
    }
}

#[test]
fn whatever_ends_a_worker_is_found_and_the_campaign_goes_on() {
    let faults = "segv@10,abort@20,hang@4100,alloc@4200,kill@8500";
    let folder = Folder::new();
    let (text, json) = folder.run("--programs 9000 --seed 6 --jobs 2 --timeout 1s --memory 64", faults, 1);
    assert_eq!(json["workers_lost"], 5, "{text}");
    assert_eq!(json["programs"], 9000);
    let mut kinds = kinds(&json);
    kinds.sort_unstable();
    assert_eq!(kinds, ["crash", "crash", "crash", "hang", "memory"], "{text}");
    for signal in ["SIGSEGV", "SIGABRT", "SIGKILL"] {
        assert!(text.contains(signal), "no {signal} in {text}");
    }
}

#[test]
fn workers_that_can_not_start_are_tried_again() {
    let (whole, folder) = (Folder::new(), Folder::new());
    let (_, expected) = whole.run("--programs 9000 --seed 5 --jobs 2", LIES, 1);
    let faults = format!("{LIES},first@4");
    let (stdout, stderr) = finished(folder.command("--programs 9000 --seed 5 --jobs 2", &faults).output().unwrap(), 1);
    assert!(stdout.contains("9,000 programs of "), "{stdout}");
    assert!(stderr.contains("a worker could not start, and another one is tried: "), "{stderr}");
    let (_, json) = folder.run("--resume", LIES, 1);
    assert_eq!(json, expected);
    assert_eq!(folder.findings(), whole.findings());
}

#[test]
fn a_campaign_without_workers_keeps_what_it_has() {
    let (whole, folder) = (Folder::new(), Folder::new());
    let (_, expected) = whole.run("--programs 9000 --seed 5 --jobs 1", &format!("{LIES},segv@5000"), 1);
    let faults = format!("{LIES},segv@5000,last@1");
    let (stdout, stderr) = finished(folder.command("--programs 9000 --seed 5 --jobs 1", &faults).output().unwrap(), 2);
    assert!(stdout.contains("/script.py\n") && stdout.contains("4,096 programs of "), "{stdout}");
    assert!(stdout.ends_with("Ended early by an error; --resume goes on from here.\n"), "{stdout}");
    let error = "error: no worker can start, which was tried 5 times: worker 6 may not start\n";
    assert!(stderr.ends_with(error), "{stderr}");
    let json: Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(json["programs"], 4096);
    assert!(!folder.findings().is_empty());
    let (_, json) = folder.run("--resume", &format!("{LIES},segv@5000"), 1);
    assert_eq!(json["findings"], expected["findings"]);
}

/// Nobody can remove the file of a slate before its worker has opened it, and none is left after SIGKILL.
#[cfg(target_os = "linux")]
#[test]
fn slates_have_no_name() {
    let folder = Folder::new();
    let mut parent = folder.command("--programs 9000 --seed 5 --jobs 2", "").spawn().expect("it starts");
    let mut seen = 0;
    while parent.try_wait().unwrap().is_none() {
        let maps = fs::read_to_string(format!("/proc/{}/maps", parent.id())).unwrap_or_default();
        for map in maps.lines().filter(|map| map.contains(" rw-s ")) {
            assert!(map.ends_with(" (deleted)"), "{map}");
            seen += 1;
        }
    }
    assert!(seen > 0);
    finished(parent.wait_with_output().unwrap(), 0);
}

#[rstest]
#[case::kill(Signal::KILL)]
#[case::interrupt(Signal::INT)]
fn a_campaign_goes_on_where_it_stood(#[case] signal: Signal) {
    let whole = Folder::new();
    let (_, expected) = whole.run("--programs 12000 --seed 7 --jobs 2", LIES, 1);
    let folder = Folder::new();
    // It can't come to its end by itself.
    let parent = folder.start("--programs 12000 --seed 7 --jobs 2 --timeout 60s", &format!("{LIES},hang@11000"));
    send(signal, parent.id());
    let output = parent.wait_with_output().unwrap();
    if signal == Signal::INT {
        let (stdout, _) = finished(output, 130);
        assert!(stdout.ends_with("Interrupted; --resume goes on from here.\n"), "{stdout}");
        assert!(!folder.findings().is_empty());
    }
    let programs = folder.state().unwrap()["tally"]["programs"].as_u64().unwrap();
    assert!(0 < programs && programs < 12_000, "{programs}");
    let (_, resumed) = folder.run("--resume --jobs 1", LIES, 1);
    assert_eq!(resumed, expected);
    assert_eq!(folder.findings(), whole.findings());
}

#[test]
fn a_worker_that_somebody_kills_is_a_loss_and_no_finding() {
    let folder = Folder::new();
    let parent = folder.start("--time 60s --seed 8 --jobs 1", LIES);
    for worker in workers(&parent) {
        // It may be one that has just ended.
        let _ = kill_process(Pid::from_raw(worker as i32).unwrap(), Signal::KILL);
    }
    wait_until(|| folder.state().is_some_and(|state| state["tally"]["lost"] == 1));
    send(Signal::INT, parent.id());
    finished(parent.wait_with_output().unwrap(), 130);
    let json: Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(json["workers_lost"], 1);
    assert!(!kinds(&json).contains(&"crash"), "{json}");
}

#[test]
fn workers_end_with_their_parent_even_from_a_program_that_hangs() {
    let folder = Folder::new();
    let parent = folder.start("--programs 9000 --seed 8 --jobs 1 --timeout 60s", "hang@5000");
    sleep(Duration::from_secs(1));
    let workers = workers(&parent);
    assert!(!workers.is_empty());
    send(Signal::KILL, parent.id());
    parent.wait_with_output().unwrap();
    // What has ended and is not yet taken notice of has no command line any more.
    let has_ended = |worker: &u32| fs::read(format!("/proc/{worker}/cmdline")).map_or(true, |line| line.is_empty());
    wait_until(|| workers.iter().all(has_ended));
}

#[test]
fn what_was_found_before_is_counted_and_not_found_again() {
    let folder = Folder::new();
    let (_, first) = folder.run("--programs 5000 --seed 9", LIES, 1);
    let count = |folder: &Folder| -> u64 {
        let record = |name: &str| fs::read(folder.path().join("found").join(name).join("finding.json")).unwrap();
        let records = folder.findings().into_iter().map(|(name, _)| record(&name));
        records.map(|record| serde_json::from_slice::<Value>(&record).unwrap()["count"].as_u64().unwrap()).sum()
    };
    let (found, hits) = (folder.findings(), count(&folder));
    let (_, second) = folder.run("--programs 5000 --seed 9", LIES, 1);
    assert_eq!(first, second);
    assert_eq!((folder.findings(), count(&folder)), (found, 2 * hits));
}

#[test]
fn what_is_known_is_counted_and_not_reported() {
    let folder = Folder::new();
    let (_, first) = folder.run("--programs 4000 --seed 9", "lie@hash", 1);
    let mut known = String::new();
    for finding in first["findings"].as_array().unwrap() {
        known += &format!("- signature: {}\n  implementation: cpython\n  reason: It lies.\n", finding["signature"]);
    }
    fs::create_dir_all(folder.path().join("spec/known")).unwrap();
    fs::write(folder.path().join("spec/known/lies.yaml"), known).unwrap();
    fs::remove_dir_all(folder.path().join("found")).unwrap();
    let (_, second) = folder.run("--programs 4000 --seed 9", "lie@hash", 0);
    assert_eq!(second["findings"], Value::Array(vec![]));
    let hits =
        |json: &Value| json["known"].as_object().unwrap().values().map(|hits| hits.as_u64().unwrap()).sum::<u64>();
    assert!(hits(&first) == 0 && hits(&second) > 10, "{second}");
    assert!(folder.findings().is_empty());
    fs::write(folder.path().join("spec/known/lies.yaml"), "- reason").unwrap();
    let (_, stderr) = finished(folder.command("--programs 10", "").output().unwrap(), 2);
    assert!(stderr.contains("lies.yaml"), "{stderr}");
}

#[test]
fn statistics_are_printed_and_json_can_be_all_there_is() {
    let folder = Folder::new();
    let output = folder.command("--programs 3000 --seed 1 --stats", "").output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.starts_with("operation         generated  succeeded     used  raised\nmemoryview "), "{stdout}");
    assert!(stdout.contains("embedded against reference, seed 1: 3,000 programs of "), "{stdout}");
    let output = folder.command("--programs 10 --seed 1 --json -", "").output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["programs"], 10);
}

#[rstest]
#[case("--time never", "`never` is not a time")]
#[case("--programs 0", "0 is not in 1..")]
#[case("--jobs 0", "number would be zero")]
#[case("--engine nope", "there is no engine `nope`")]
#[case("--engine reference", "the engine `reference` would be compared with itself")]
#[case("--resume", "there is no campaign to resume")]
#[case("--json no/such/folder.json", "can't write no/such/folder.json")]
#[case("--findings /proc/nothing", "can't make the folder /proc/nothing")]
fn bad_input_is_told(#[case] arguments: &str, #[case] message: &str) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
    let folder = Folder::new();
    command.arg("fuzz").args(arguments.split(' ')).current_dir(folder.path()).env_remove("CARGO_TARGET_DIR");
    let (_, stderr) = finished(command.output().unwrap(), 2);
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn a_campaign_is_not_mixed_with_another() {
    let folder = Folder::new();
    folder.run("--programs 100 --seed 1", "", 0);
    for (arguments, message) in [
        ("--resume --seed 2", "was started with the seed 1, not 2"),
        ("--resume --length 9", "was started with --length 14, not 9"),
        ("--resume --engine reference --against embedded", "was started with the engine embedded, not reference"),
    ] {
        let (_, stderr) = finished(folder.command(arguments, "").output().unwrap(), 2);
        assert!(stderr.contains(message), "{stderr}");
    }
    assert_eq!(folder.run("--resume --programs 5000", "", 0).1["programs"], 5000);
    let folder = Folder::new();
    let parent = folder.start("--time 60s --seed 2 --jobs 1", "");
    let (_, stderr) = finished(folder.command("--programs 10", "").output().unwrap(), 2);
    assert!(stderr.contains("another campaign is running in found"), "{stderr}");
    send(Signal::INT, parent.id());
    finished(parent.wait_with_output().unwrap(), 130);
    fs::write(folder.path().join("found/campaign.json"), "{}").unwrap();
    let (_, stderr) = finished(folder.command("--resume", "").output().unwrap(), 2);
    assert!(stderr.contains("is no campaign that can be resumed"), "{stderr}");
}

/// As README says it.
#[test]
fn another_version_of_the_rules_gives_findings_to_look_at() {
    let folder = Folder::new();
    let arguments = "--programs 8192 --seed 1 --against reference@3.8";
    let (stdout, _) = finished(folder.command(arguments, "").output().unwrap(), 1);
    assert!(stdout.contains("\n  1 time; ") && !stdout.contains("\n  1 times"), "{stdout}");
    let path = stdout.lines().find_map(|line| line.trim().strip_suffix("/script.py")).expect("a path");
    for file in ["", "script.py"] {
        let mut replay = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
        let (stdout, _) = finished(replay.arg("replay").arg(folder.path().join(path).join(file)).output().unwrap(), 1);
        assert!(stdout.contains("(embedded, against reference@3.8)"), "{stdout}");
    }
}

/// What both engines have wrong in the same way is found all the same, by what it contradicts.
#[test]
fn a_shared_lie_breaks_laws() {
    let run = |jobs: usize| {
        let folder = Folder::new();
        let arguments =
            format!("--seed 3 --programs 4096 --jobs {jobs} --engine reference@3.12.0 --against reference@3.12.1");
        let (text, json) = folder.run(&arguments, "share@hex", 1);
        assert!(kinds(&json).iter().all(|kind| *kind == "law"), "{text}");
        let findings = folder.findings();
        assert_eq!(findings.len(), 1, "{text}");
        let found = folder.path().join("found").join(&findings[0].0);
        let script = fs::read_to_string(found.join("script.py")).unwrap();
        assert!(script.contains("law(\"hex-spells-bytes\", ["), "{script}");
        let mut replay = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
        replay.arg("replay").arg(&found).args(["--engine", "reference"]);
        finished(replay.output().unwrap(), 0);
        findings
    };
    assert_eq!(run(1), run(3));
}

#[test]
fn results_may_lie_in_the_folder_of_the_findings() {
    let folder = Folder::new();
    for _ in 0..2 {
        let output = folder.command("--programs 100 --seed 1 --json found/results.json", "").output().unwrap();
        let (stdout, _) = finished(output, 0);
        assert!(stdout.contains("100 programs of "), "{stdout}");
        let text = fs::read_to_string(folder.path().join("found/results.json")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["programs"], 100);
    }
    let (_, stderr) = finished(folder.command("--programs 9 --json found/campaign.json", "").output().unwrap(), 2);
    assert!(stderr.contains("found/campaign.json belongs to the campaign"), "{stderr}");
    // Above the folder that the campaign makes.
    let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
    command.args(["fuzz", "--programs", "100", "--findings", "new/found", "--json", "new/results.json"]);
    finished(command.current_dir(folder.path()).output().unwrap(), 0);
    assert!(folder.path().join("new/results.json").is_file());
}

/// A device that takes nothing, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn the_summary_is_printed_even_if_the_results_can_not_be_written() {
    let folder = Folder::new();
    let output = folder.command("--programs 100 --seed 1 --json /dev/full", "").output().unwrap();
    let (stdout, stderr) = finished(output, 2);
    assert!(stdout.contains("seed 1: 100 programs of ") && stdout.contains("\nNothing was found.\n"), "{stdout}");
    assert!(stderr.ends_with("error: can't write /dev/full: No space left on device (os error 28)\n"), "{stderr}");
}

#[test]
fn a_resumed_campaign_has_the_engines_that_it_had() {
    let folder = Folder::new();
    let arguments = "--programs 100 --seed 1 --engine reference@3.12.0 --against reference@3.12.1";
    finished(folder.command(arguments, "").output().unwrap(), 0);
    let (stdout, _) = finished(folder.command("--resume --programs 200", "").output().unwrap(), 0);
    assert!(stdout.contains("reference@3.12.0 against reference@3.12.1, seed 1: 200 programs"), "{stdout}");
    finished(folder.command("--resume --programs 300 --against reference@3.12.1", "").output().unwrap(), 0);
    for (arguments, message) in [
        (
            "--resume --engine embedded",
            "was started with the engine reference@3.12.0, not embedded: leave the option out",
        ),
        ("--resume --engine reference@3.12.1", "was started with the engine reference@3.12.0, not reference@3.12.1"),
        ("--resume --against reference@3.12.0", "was started with --against reference@3.12.1, not reference@3.12.0"),
    ] {
        let (_, stderr) = finished(folder.command(arguments, "").output().unwrap(), 2);
        assert!(stderr.contains(message), "{stderr}");
    }
    // What no option says is not to be left out.
    let file = folder.path().join("found/campaign.json");
    let text = fs::read_to_string(&file).unwrap().replace("\"3.12.0\"", "\"3.12.2\"");
    fs::write(&file, text).unwrap();
    let (_, stderr) = finished(folder.command("--resume", "").output().unwrap(), 2);
    assert!(stderr.contains("was started with Python 3.12.2 against 3.12.1, not 3.12.0 against 3.12.1"), "{stderr}");
    assert!(!stderr.contains("leave the option out"), "{stderr}");
}
