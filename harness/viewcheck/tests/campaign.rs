//! Campaigns as people run them. What becomes of those whose workers die or lie is in the tests of `mutants`.

mod common;

use common::{Folder, finished, send};
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::process::Command;

const VIEWCHECK: &str = env!("CARGO_BIN_EXE_viewcheck");

/// Nobody can remove the file of a heartbeat page before its worker has opened it, and none is left after SIGKILL.
#[cfg(target_os = "linux")]
#[test]
fn heartbeat_pages_have_no_name() {
    let folder = Folder::new(VIEWCHECK);
    let mut parent = folder.command("--programs 9000 --seed 5 --jobs 2").spawn().expect("it starts");
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

#[test]
fn statistics_are_printed_and_json_can_be_all_there_is() {
    let folder = Folder::new(VIEWCHECK);
    let output = folder.command("--programs 3000 --seed 1 --stats").output().unwrap();
    let stdout = String::from_utf8(output.stdout).unwrap();
    assert!(stdout.starts_with("operation         generated  succeeded     used  raised\nmemoryview "), "{stdout}");
    assert!(stdout.contains("embedded against reference, seed 1: 3,000 programs ("), "{stdout}");
    let output = folder.command("--programs 10 --seed 1 --json -").output().unwrap();
    assert_eq!(serde_json::from_slice::<Value>(&output.stdout).unwrap()["programs"], 10);
}

#[rstest]
#[case("--time never", "`never` is not a time")]
#[case("--programs 0", "0 is not in 1..")]
#[case("--seed 99999999999999999999", "it is a number from 0 to 18446744073709551615")]
#[case("--length x", "it is a number from 2 to 1000")]
#[case("--jobs 0", "it is a number from 1 to 256")]
#[case("--engine nope", "there is no engine `nope`")]
#[case("--engine reference", "can't compare the engine `reference` with itself")]
#[case("--resume", "no campaign to resume")]
#[case("--json no/such/folder.json", "can't write no/such/folder.json")]
#[case("--findings /proc/nothing", "can't make the folder /proc/nothing")]
fn bad_input_is_told(#[case] arguments: &str, #[case] message: &str) {
    let mut command = Command::new(VIEWCHECK);
    let folder = Folder::new(VIEWCHECK);
    command.arg("fuzz").args(arguments.split(' ')).current_dir(folder.path()).env_remove("CARGO_TARGET_DIR");
    let (_, stderr) = finished(command.output().unwrap(), 2);
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn a_campaign_is_not_mixed_with_another() {
    let folder = Folder::new(VIEWCHECK);
    folder.run(&mut folder.command("--programs 100 --seed 1"), 0);
    for (arguments, message) in [
        ("--resume --seed 2", "was started with the seed 1, not 2"),
        ("--resume --length 9", "was started with --length 14, not 9"),
        ("--resume --engine reference --against embedded", "was started with the engine embedded, not reference"),
    ] {
        let (_, stderr) = finished(folder.command(arguments).output().unwrap(), 2);
        assert!(stderr.contains(message), "{stderr}");
    }
    assert_eq!(folder.run(&mut folder.command("--resume --programs 5000"), 0).1["programs"], 5000);
    let folder = Folder::new(VIEWCHECK);
    let parent = folder.start(&mut folder.command("--time 60s --seed 2 --jobs 1"));
    let (_, stderr) = finished(folder.command("--programs 10").output().unwrap(), 2);
    assert!(stderr.contains("another campaign is running in found"), "{stderr}");
    send(Signal::INT, parent.id());
    finished(parent.wait_with_output().unwrap(), 130);
    fs::write(folder.path().join("found/campaign.json"), "{}").unwrap();
    let (_, stderr) = finished(folder.command("--resume").output().unwrap(), 2);
    assert!(stderr.contains("can't be resumed"), "{stderr}");
}

/// As README says it.
#[test]
fn another_version_of_the_rules_gives_findings_to_look_at() {
    let folder = Folder::new(VIEWCHECK);
    let arguments = "--programs 8192 --seed 1 --against reference@3.8";
    let (stdout, _) = finished(folder.command(arguments).output().unwrap(), 1);
    assert!(stdout.contains("\n  1 time; ") && !stdout.contains("\n  1 times"), "{stdout}");
    let path = stdout.lines().find_map(|line| line.trim().strip_suffix("/repro.py")).expect("a path");
    for file in ["", "check.py", "repro.py", "issue.md", "finding.json"] {
        let mut replay = Command::new(VIEWCHECK);
        let (stdout, _) = finished(replay.arg("replay").arg(folder.path().join(path).join(file)).output().unwrap(), 1);
        assert!(stdout.contains("(embedded, against reference@3.8)"), "{stdout}");
    }
    for file in ["issue.md", "case.yaml", "check.py", "repro.py", "finding.json", ""] {
        let mut promote = Command::new(VIEWCHECK);
        promote.arg("promote").arg(folder.path().join(path).join(file)).arg("--to").arg(folder.path().join("cases"));
        let (stdout, _) = finished(promote.output().unwrap(), 0);
        let words =
            if file == "issue.md" { "wrote the case `" } else { "the program of this finding is already a case: " };
        assert!(stdout.starts_with(words), "{file}: {stdout}");
    }
    // What has the name of such a file and lies elsewhere is a text.
    fs::write(folder.path().join("issue.md"), "# Issue\n").unwrap();
    let replay = Command::new(VIEWCHECK).arg("replay").arg(folder.path().join("issue.md")).output().unwrap();
    assert!(finished(replay, 2).1.contains("issue.md"));
}

/// Processes of a campaign may be killed at any time: also those that are to say who the engines are.
#[cfg(target_os = "linux")]
#[test]
fn processes_that_are_killed_at_their_start_are_started_again() {
    let folder = Folder::new(VIEWCHECK);
    let mut parent = folder.command("--programs 300 --seed 5 --jobs 2").spawn().expect("it starts");
    let mut killed = vec![];
    while parent.try_wait().unwrap().is_none() {
        let children = fs::read_to_string(format!("/proc/{0}/task/{0}/children", parent.id())).unwrap_or_default();
        for child in children.split_whitespace().map(|id| id.parse::<u32>().unwrap()) {
            let command = fs::read_to_string(format!("/proc/{child}/cmdline")).unwrap_or_default();
            let is_kind = |kind: &str| command.split('\0').any(|word| word == kind);
            let kind = if is_kind("engine-worker") { "engine-worker" } else { "worker" };
            let before = killed.iter().filter(|(_, killed)| *killed == kind).count();
            if is_kind(kind) && before < 2 && killed.iter().all(|(id, _)| *id != child) {
                let _ = kill_process(Pid::from_raw(child as i32).unwrap(), Signal::KILL);
                killed.push((child, kind));
            }
        }
    }
    let (stdout, stderr) = finished(parent.wait_with_output().unwrap(), 0);
    assert!(killed.len() >= 4 && stdout.contains("300 programs"), "{killed:?} {stdout}{stderr}");
}

/// The same of a command, which is asked what it is; one that always ends so is no engine.
#[rstest]
#[case::once("mkdir once 2>/dev/null && kill -9 $$", 0, "")]
#[case::always(
    "mkdir -p once; kill -9 $$",
    2,
    "the engine `mine` can't start: instead of a reply to the probe, SIGKILL"
)]
fn a_command_that_is_killed_at_its_start_is_started_again(#[case] line: &str, #[case] code: i32, #[case] words: &str) {
    let folder = Folder::new(VIEWCHECK);
    let python = std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    fs::write(
        folder.path().join("mine"),
        format!("cd '{}'\n{line}\nexec '{python}' \"$@\"\n", folder.path().display()),
    )
    .unwrap();
    let mut command = folder.command("--programs 20 --seed 5 --jobs 1 --no-sandbox");
    command.arg("--engine").arg(format!("mine=sh {}", folder.path().join("mine").display()));
    let (_, stderr) = finished(command.output().unwrap(), code);
    assert!(folder.path().join("once").is_dir() && stderr.contains(words), "{stderr}");
}

#[test]
fn results_may_lie_in_the_folder_of_the_findings() {
    let folder = Folder::new(VIEWCHECK);
    for _ in 0..2 {
        let output = folder.command("--programs 100 --seed 1 --json found/results.json").output().unwrap();
        let (stdout, _) = finished(output, 0);
        assert!(stdout.contains("100 programs ("), "{stdout}");
        let text = fs::read_to_string(folder.path().join("found/results.json")).unwrap();
        assert_eq!(serde_json::from_str::<Value>(&text).expect("JSON")["programs"], 100);
    }
    let (_, stderr) = finished(folder.command("--programs 9 --json found/campaign.json").output().unwrap(), 2);
    assert!(stderr.contains("found/campaign.json is a file of the campaign"), "{stderr}");
    // Above the folder that the campaign makes.
    let mut command = Command::new(VIEWCHECK);
    command.args(["fuzz", "--programs", "100", "--findings", "new/found", "--json", "new/results.json"]);
    finished(command.current_dir(folder.path()).output().unwrap(), 0);
    assert!(folder.path().join("new/results.json").is_file());
}

/// A device that takes nothing, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn the_summary_is_printed_even_if_the_results_can_not_be_written() {
    let folder = Folder::new(VIEWCHECK);
    let output = folder.command("--programs 100 --seed 1 --json /dev/full").output().unwrap();
    let (stdout, stderr) = finished(output, 2);
    assert!(stdout.contains("seed 1: 100 programs (") && stdout.contains("\nNo findings.\n"), "{stdout}");
    assert!(stderr.ends_with("error: can't write /dev/full: No space left on device (os error 28)\n"), "{stderr}");
}

#[test]
fn a_resumed_campaign_has_the_engines_that_it_had() {
    let folder = Folder::new(VIEWCHECK);
    let arguments = "--programs 100 --seed 1 --engine reference@3.12.0 --against reference@3.12.1";
    finished(folder.command(arguments).output().unwrap(), 0);
    let (stdout, _) = finished(folder.command("--resume --programs 200").output().unwrap(), 0);
    assert!(stdout.contains("reference@3.12.0 against reference@3.12.1, seed 1: 200 programs"), "{stdout}");
    finished(folder.command("--resume --programs 300 --against reference@3.12.1").output().unwrap(), 0);
    for (arguments, message) in [
        ("--resume --engine embedded", "was started with the engine reference@3.12.0, not embedded: omit the option"),
        ("--resume --engine reference@3.12.1", "was started with the engine reference@3.12.0, not reference@3.12.1"),
        ("--resume --against reference@3.12.0", "was started with --against reference@3.12.1, not reference@3.12.0"),
    ] {
        let (_, stderr) = finished(folder.command(arguments).output().unwrap(), 2);
        assert!(stderr.contains(message), "{stderr}");
    }
    // The message mentions an option only if there is one to omit.
    let file = folder.path().join("found/campaign.json");
    let text = fs::read_to_string(&file).unwrap().replace("\"3.12.0\"", "\"3.12.2\"");
    fs::write(&file, text).unwrap();
    let (_, stderr) = finished(folder.command("--resume").output().unwrap(), 2);
    assert!(stderr.contains("was started with Python 3.12.2 against 3.12.1, not 3.12.0 against 3.12.1"), "{stderr}");
    assert!(!stderr.contains("omit the option"), "{stderr}");
}

/// `viewcheck report` in the folder of a campaign: what it prints, and its messages.
fn report(folder: &Folder, arguments: &str, code: i32) -> (String, String) {
    let mut command = Command::new(VIEWCHECK);
    command.arg("report").args(arguments.split(' ')).current_dir(folder.path());
    finished(command.output().unwrap(), code)
}

/// The report of a campaign needs no results of a check, and has no time or place in it.
#[test]
fn a_campaign_is_shown_in_a_report() {
    let folder = Folder::new(VIEWCHECK);
    let arguments = "--engine reference@3.12 --against reference@3.8 --programs 1500 --seed 1";
    let (stdout, _) = finished(folder.command(arguments).output().unwrap(), 1);
    assert!(stdout.ends_with("run `viewcheck report --campaign found --out DIR`.\n"), "{stdout}");

    let (told, _) = report(&folder, "--campaign found --out page", 0);
    assert!(told.starts_with("Campaign of reference@3.12 against reference@3.8, seed 1: "), "{told}");
    assert!(told.contains(" in 1,500 programs.\nWritten to page: index.html, results.json\n"), "{told}");
    let read = |file: &str| fs::read_to_string(folder.path().join(file)).unwrap();
    let (page, results) = (read("page/index.html"), read("page/results.json"));
    assert!(page.contains("<svg class=\"plot\"") && page.contains("id=\"campaigns\""));
    assert!(!page.contains("id=\"matrix\""), "the other pages would be empty");
    let json: Value = serde_json::from_str(&results).unwrap();
    assert_eq!(json["campaigns"][0]["programs"], 1500);
    assert!(!json["campaigns"][0]["findings"][0]["steps"].as_array().unwrap().is_empty(), "{results}");
    let place = folder.path().display().to_string();
    assert!(!results.contains(&place) && !results.contains("seconds"), "{results}");

    report(&folder, "page/results.json --out again", 0);
    assert!((page, results) == (read("again/index.html"), read("again/results.json")));

    // Beside the results of a check, each campaign once.
    let case = "cases: [{id: a, section: s, claim: c, verdict: confirmed, steps: [{run: '1', gives: 1}]}]";
    fs::write(folder.path().join("cases.yaml"), case).unwrap();
    let mut check = Command::new(VIEWCHECK);
    check.args(["check", "cases.yaml", "--engine", "reference", "--json", "run.json"]).current_dir(folder.path());
    finished(check.output().unwrap(), 0);
    let (both, _) = report(&folder, "run.json --campaign found --campaign found --json -", 0);
    let both: Value = serde_json::from_str(&both).unwrap();
    let count = |list: &str| both[list].as_array().map(Vec::len);
    assert_eq!((count("campaigns"), count("cases")), (Some(1), Some(1)));
}

#[rstest]
#[case::other(".", ". is not the folder of a campaign: it does not contain campaign.json")]
#[case::none("none", "none is not the folder of a campaign")]
#[case::damaged("damaged", "damaged/campaign.json is damaged: the text ends in the middle of a value")]
fn what_is_no_campaign_is_refused(#[case] name: &str, #[case] message: &str) {
    let folder = Folder::new(VIEWCHECK);
    fs::create_dir(folder.path().join("damaged")).unwrap();
    fs::write(folder.path().join("damaged/campaign.json"), "{\"schema\": 1, \"sett").unwrap();
    let (_, stderr) = report(&folder, &format!("--campaign {name} --out page"), 2);
    assert!(stderr.contains(message), "{stderr}");
    assert!(!folder.path().join("page").exists(), "nothing is written");
}
