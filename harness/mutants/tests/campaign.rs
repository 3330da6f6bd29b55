//! Campaigns whose engines lie and whose workers die: the same whatever the number of workers, and whole whatever
//! happens to the processes.

#[path = "../../viewcheck/tests/common/mod.rs"]
mod common;

use common::{finished, send, wait_until};
use mutants::plan::VARIABLE;
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread::sleep;
use std::time::Duration;

const MUTANTS: &str = env!("CARGO_BIN_EXE_mutants");

/// Two lies, of kinds that are rare enough for some chunks to have none.
const LIES: &str = "lie@tolist,lie@hash";

/// A folder for campaigns with faults.
struct Folder(common::Folder);

impl Folder {
    fn new() -> Folder {
        Folder(common::Folder::new(MUTANTS))
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn command(&self, arguments: &str, faults: &str) -> Command {
        let mut command = self.0.command(arguments);
        command.env(VARIABLE, faults);
        command
    }

    fn run(&self, arguments: &str, faults: &str, code: i32) -> (String, Value) {
        self.0.run(&mut self.command(arguments, faults), code)
    }

    fn start(&self, arguments: &str, faults: &str) -> Child {
        self.0.start(&mut self.command(arguments, faults))
    }

    fn state(&self) -> Option<Value> {
        self.0.state()
    }

    /// What a guided campaign has learned: the programs with the behaviours that none before them has shown. What workers
    /// report also depends on where chunks were cut.
    fn corpus(&self) -> Vec<(u64, Value, Vec<u64>)> {
        let text = fs::read_to_string(self.path().join("found/corpus.jsonl")).unwrap_or_default();
        let mut entries: Vec<Value> = text.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
        entries.sort_by_key(|entry| entry["index"].as_u64());
        let mut seen = BTreeSet::new();
        let mut learned = vec![];
        for mut entry in entries {
            let features = entry["features"].as_array().unwrap().iter().map(|feature| feature.as_u64().unwrap());
            let features: Vec<u64> = features.filter(|feature| seen.insert(*feature)).collect();
            if !features.is_empty() {
                learned.push((entry["index"].as_u64().unwrap(), entry["program"].take(), features));
            }
        }
        learned
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
}

fn workers(parent: &Child) -> Vec<u32> {
    let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", parent.id())).unwrap();
    children.split_whitespace().map(|id| id.parse().unwrap()).collect()
}

fn kinds(json: &Value) -> Vec<&str> {
    let findings = json["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["kind"].as_str().unwrap()).collect()
}

/// A blind campaign and a guided one.
const BOTH: [&str; 2] = ["", " --guided"];

#[rstest]
fn the_number_of_workers_changes_nothing(#[values(0, 1)] way: usize) {
    let (one, two) = (Folder::new(), Folder::new());
    // What several signatures become depends on the program that is investigated.
    let faults = "some@tolist,lie@hash,segv@4500";
    let (_, json) = one.run(&format!("--programs 9000 --seed 5 --jobs 1{}", BOTH[way]), faults, 1);
    let (_, other) = two.run(&format!("--programs 9000 --seed 5 --jobs 3{}", BOTH[way]), faults, 1);
    assert_eq!(json, other);
    assert_eq!(one.corpus(), two.corpus());
    assert_eq!(one.corpus().is_empty(), way == 0);
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

#[rstest]
fn whatever_ends_a_worker_is_found_and_the_campaign_goes_on(#[values(0, 1)] way: usize) {
    let faults = "segv@10,abort@20,hang@4100,alloc@4200,kill@8500";
    let folder = Folder::new();
    let arguments = format!("--programs 9000 --seed 6 --jobs 2 --timeout 1s --memory 64{}", BOTH[way]);
    let (text, json) = folder.run(&arguments, faults, 1);
    // Somebody else may have sent SIGKILL, which is believed after the eighth time.
    assert_eq!(json["workers_lost"], 4 + 8, "{text}");
    assert_eq!(json["programs"], 9000);
    let mut kinds = kinds(&json);
    kinds.sort_unstable();
    assert_eq!(kinds, ["crash", "crash", "crash", "hang", "memory"], "{text}");
    for signal in ["SIGSEGV", "SIGABRT", "SIGKILL"] {
        assert!(text.contains(signal), "no {signal} in {text}");
    }
}

#[test]
fn an_operation_that_ends_workers_is_found_and_made_small() {
    let (text, json) = Folder::new().run("--programs 400 --seed 5 --jobs 2", "segv@arm", 1);
    let findings = json["findings"].as_array().unwrap();
    assert!(!findings.is_empty(), "{text}");
    for finding in findings {
        assert!(finding["signature"].as_str().unwrap().contains(" crash/SIGSEGV arm "), "{text}");
        assert!(finding["operations"].as_u64().unwrap() <= 3, "{text}");
    }
}

#[test]
fn workers_that_can_not_start_are_tried_again() {
    let (whole, folder) = (Folder::new(), Folder::new());
    let (_, expected) = whole.run("--programs 9000 --seed 5 --jobs 2", LIES, 1);
    let faults = format!("{LIES},first@4");
    let (stdout, stderr) = finished(folder.command("--programs 9000 --seed 5 --jobs 2", &faults).output().unwrap(), 1);
    assert!(stdout.contains("9,000 programs ("), "{stdout}");
    assert!(stderr.contains("a worker could not start, trying another one: "), "{stderr}");
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
    assert!(stdout.contains(".py\n") && stdout.contains("4,096 programs ("), "{stdout}");
    assert!(stdout.ends_with("Stopped by an error. Continue the campaign with --resume.\n"), "{stdout}");
    assert!(stderr.contains("\nerror: no worker could start in 5 attempts: "), "{stderr}");
    assert!(stderr.ends_with("worker 6 may not start\n"), "{stderr}");
    let json: Value = serde_json::from_slice(&fs::read(folder.path().join("out.json")).unwrap()).unwrap();
    assert_eq!(json["programs"], 4096);
    assert!(!folder.findings().is_empty());
    let (_, json) = folder.run("--resume", &format!("{LIES},segv@5000"), 1);
    assert_eq!(json["findings"], expected["findings"]);
}

#[test]
fn a_campaign_that_takes_the_place_of_another_says_so() {
    let folder = Folder::new();
    let note = |more: &str| {
        let arguments = format!("--programs 50 --seed 1 {more}");
        let output = folder.command(arguments.trim(), "").output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        stderr.lines().find(|line| line.starts_with("note: ")).map(str::to_owned)
    };
    assert_eq!([note(""), note("")], [None, None]);
    let said = note("--against reference@3.8").unwrap();
    assert!(said.contains(" has a campaign of embedded against reference, which can't be resumed any more"), "{said}");
}

#[rstest]
#[case::kill(Signal::KILL)]
#[case::interrupt(Signal::INT)]
fn a_campaign_goes_on_where_it_stood(#[case] signal: Signal, #[values(0, 1)] way: usize) {
    let whole = Folder::new();
    let arguments = format!("--programs 12000 --seed 7 --jobs 2{}", BOTH[way]);
    let (_, expected) = whole.run(&arguments, LIES, 1);
    let folder = Folder::new();
    // It can't come to its end by itself.
    let parent = folder.start(&format!("{arguments} --timeout 60s"), &format!("{LIES},hang@11000"));
    send(signal, parent.id());
    let output = parent.wait_with_output().unwrap();
    if signal == Signal::INT {
        let (stdout, _) = finished(output, 130);
        assert!(stdout.ends_with("Interrupted. Continue the campaign with --resume.\n"), "{stdout}");
        assert!(!folder.findings().is_empty());
    }
    let programs = folder.state().unwrap()["tally"]["programs"].as_u64().unwrap();
    assert!(0 < programs && programs < 12_000, "{programs}");
    let (_, resumed) = folder.run("--resume --jobs 1", LIES, 1);
    assert_eq!(resumed, expected);
    assert_eq!(folder.findings(), whole.findings());
    let corpus = |folder: &Folder| folder.state().unwrap()["corpus"].clone();
    assert_eq!((corpus(&folder), corpus(&folder).is_null()), (corpus(&whole), way == 0));
}

#[test]
fn a_guided_campaign_begins_with_cases_and_findings() {
    let folder = Folder::new();
    let case = "title: Cases\ncases:\n  - {id: one, section: S, claim: c, verdict: confirmed, steps: [{run: hash(memoryview(b'ab'))}]}\n";
    fs::create_dir_all(folder.path().join("spec")).unwrap();
    fs::write(folder.path().join("spec/cases.yaml"), case).unwrap();
    // Its first program is the case.
    let (text, json) = folder.run("--programs 1 --seed 1 --guided", "lie@hash", 1);
    assert_eq!(json["findings"].as_array().unwrap().len(), 1, "{text}");
    // The other campaign begins with the finding as well, and with nothing else.
    fs::remove_dir_all(folder.path().join("spec")).unwrap();
    let (text, _) = folder.run("--programs 1 --seed 1 --guided", "lie@hash", 1);
    assert!(text.contains("hash"), "{text}");
    assert_eq!(folder.state().unwrap()["tally"]["hits"].as_object().unwrap().len(), 1);
}

#[test]
fn a_campaign_stays_blind_or_guided() {
    let folder = Folder::new();
    folder.run("--programs 50 --seed 1", "", 0);
    let (_, stderr) = finished(folder.command("--resume --guided --programs 60", "").output().unwrap(), 2);
    assert!(stderr.contains("was started with a choice of programs that is blind, not guided"), "{stderr}");
    folder.run("--programs 50 --seed 1 --guided", "", 0);
    folder.run("--programs 60 --resume", "", 0);
    assert_eq!(folder.state().unwrap()["settings"]["guided"], true);
    fs::remove_file(folder.path().join("found/corpus.jsonl")).unwrap();
    let (_, stderr) = finished(folder.command("--programs 70 --resume", "").output().unwrap(), 2);
    assert!(stderr.contains("corpus.jsonl"), "{stderr}");
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
        let script = fs::read_to_string(found.join("check.py")).unwrap();
        assert!(script.contains("law(\"hex-spells-bytes\", ["), "{script}");
        let mut replay = Command::new(MUTANTS);
        replay.arg("replay").arg(&found).args(["--engine", "reference"]);
        finished(replay.output().unwrap(), 0);
        findings
    };
    assert_eq!(run(1), run(3));
}
