//! What is written: whoever reads it, or does not, and wherever it goes, nothing that was found is lost.

use super::running::{Folder, GOOD, finished, pipe, refused, stderr, stdout};
use rstest::rstest;
use std::fs::{self, OpenOptions};
use std::io::Read;
use std::os::unix::fs::symlink;
use std::process::{Command, Stdio};

/// What the summary of a check of `good.yaml` ends with.
const SUMMARY: &str = "Everything as expected: 1 case on 1 engine";

const CHECK: [&str; 4] = ["check", "good.yaml", "--engine", "reference"];

fn check(arguments: &[&str]) -> Vec<String> {
    CHECK.iter().chain(arguments).map(|word| (*word).to_owned()).collect()
}

fn run(folder: &Folder, arguments: &[&str]) -> std::process::Output {
    let arguments = check(arguments);
    folder.run(&arguments.iter().map(String::as_str).collect::<Vec<_>>())
}

/// A file that is wrong, so that the exit code of a check is 1.
fn wrong() -> String {
    GOOD.replace("{run: data.hex()}", "{run: data.hex(), gives: 1}")
}

/// As in `viewcheck check --json - | head -1`.
#[rstest]
#[case::json(&["--json", "-"])]
#[case::summary(&[])]
fn a_reader_that_has_seen_enough_changes_nothing(#[case] arguments: &[&str]) {
    let folder = Folder::new();
    folder.write("good.yaml", wrong());
    let arguments = check(&[arguments, &["--junit", "results.xml"]].concat());
    let mut command = folder.command(&arguments.iter().map(String::as_str).collect::<Vec<_>>());
    let mut child = command.spawn().unwrap();
    drop(child.stdout.take());
    let output = finished(child);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    if arguments.iter().any(|word| word == "--json") {
        assert!(stderr(&output).contains("1 mismatch in 1 of 1 case"), "{}", stderr(&output));
    }
    assert!(folder.read("results.xml").contains("</testsuites>"));
}

/// A reader that ends early sees the same exit code of each command.
#[test]
fn a_replay_that_nobody_reads_fails_all_the_same() {
    let folder = Folder::new();
    folder.write("good.yaml", wrong());
    let mut child = folder.command(&["replay", "good.yaml", "--engine", "reference"]).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(finished(child).status.code(), Some(1));
}

/// Notes that can't be shown are no reason to end.
#[test]
fn a_full_standard_error_takes_nothing_away() {
    let folder = Folder::new();
    folder.write("bad.yaml", "cases: 1\n");
    let mut command =
        folder.command(&["check", "good.yaml", "bad.yaml", "--engine", "reference", "--json", "out.json"]);
    let full = OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = finished(command.stderr(full).spawn().unwrap());
    assert!(stdout(&output).contains("1 of 1 case"), "{}", stdout(&output));
    assert!(folder.read("out.json").contains("\"good\""));
}

#[test]
fn a_file_that_fails_takes_nothing_from_the_others() {
    let folder = Folder::new();
    let output = run(&folder, &["--json", "/dev/full", "--junit", "results.xml"]);
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stdout(&output).contains(SUMMARY), "{}", stdout(&output));
    assert!(stderr(&output).contains("can't write /dev/full: No space left on device"), "{}", stderr(&output));
    assert!(folder.read("results.xml").contains("</testsuites>"));
}

/// As with `ulimit -f`: the summary is told, and what was there before stays.
#[test]
fn a_file_that_would_be_too_large_leaves_the_former_one() {
    let folder = Folder::new();
    folder.write("out.json", "former");
    let limited = format!("ulimit -f 0; exec {} {} --json out.json", env!("CARGO_BIN_EXE_mutants"), CHECK.join(" "));
    let mut command = Command::new("sh");
    command.args(["-c", &limited]).current_dir(folder.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let output = finished(command.spawn().unwrap());
    assert_eq!(output.status.code(), Some(2), "{}", stderr(&output));
    assert!(stderr(&output).contains("can't write out.json: File too large"), "{}", stderr(&output));
    assert!(stdout(&output).contains(SUMMARY), "{}", stdout(&output));
    assert_eq!(
        (folder.read("out.json").as_str(), folder.names()),
        ("former", vec!["good.yaml".to_owned(), "out.json".to_owned()])
    );
}

/// What can't be written is refused before anything runs.
#[rstest]
#[case::folder("folder", "is a directory")]
#[case::missing("no/such/folder.json", "No such file or directory")]
#[case::below_a_file("good.yaml/out.json", "Not a directory")]
#[case::dangling("dangling", "No such file or directory")]
#[case::pipe("pipe", "nobody reads from it")]
#[case::system("/proc/version", "can't write /proc/version")]
fn a_bad_path_fails_early(#[case] path: &str, #[case] words: &str) {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("folder")).unwrap();
    symlink("nowhere/at/all", folder.path().join("dangling")).unwrap();
    pipe(&folder.path().join("pipe"));
    let before = folder.names();
    let output = run(&folder, &["--json", path]);
    assert!(refused(&output).contains(words), "{}", stderr(&output));
    assert!(output.stdout.is_empty(), "{}", stdout(&output));
    assert_eq!(folder.names(), before);
}

/// One file by two names would be written twice, and the first results be lost.
#[rstest]
#[case::same("out", "out")]
#[case::dot("out", "./out")]
#[case::folders("out", "folder/../out")]
#[case::link("out", "link")]
#[case::folder_link("folder/out", "here/folder/out")]
#[case::hard_link("good.yaml", "twin")]
#[case::pipe("pipe", "pipe")]
#[case::standard("-", "/dev/stdout")]
#[case::descriptor("-", "/dev/fd/1")]
#[case::process("-", "/proc/self/fd/1")]
fn no_file_is_written_twice(#[case] one: &str, #[case] two: &str) {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("folder")).unwrap();
    fs::write(folder.path().join("out"), "former").unwrap();
    symlink("out", folder.path().join("link")).unwrap();
    symlink(".", folder.path().join("here")).unwrap();
    fs::hard_link(folder.path().join("good.yaml"), folder.path().join("twin")).unwrap();
    pipe(&folder.path().join("pipe"));
    let _reader = OpenOptions::new().read(true).write(true).open(folder.path().join("pipe")).unwrap();
    let before = folder.names();
    for (one, two) in [(one, two), (two, one)] {
        let output = run(&folder, &["--json", one, "--junit", two]);
        assert!(refused(&output).contains("two outputs would be written to"), "{}", stderr(&output));
        assert!(output.stdout.is_empty(), "{}", stdout(&output));
    }
    assert_eq!((folder.names(), folder.read("out").as_str()), (before, "former"));
}

/// `--json out.json > out.json` is JSON, and not JSON in the place of the summary.
#[test]
fn the_file_of_standard_output_is_standard_output() {
    let folder = Folder::new();
    let mut command = folder.command(&[&CHECK[..], &["--json", "out.json"]].concat());
    command.stdout(fs::File::create(folder.path().join("out.json")).unwrap());
    let output = finished(command.spawn().unwrap());
    assert!(stderr(&output).contains(SUMMARY), "{}", stderr(&output));
    assert!(serde_json::from_str::<serde_json::Value>(&folder.read("out.json")).is_ok());
    refused(&finished(command.arg("--junit").arg("-").spawn().unwrap()));
}

/// A pipe that somebody reads from is written to, as with `--json >(jq …)`.
#[test]
fn a_pipe_is_written_to() {
    let folder = Folder::new();
    let path = folder.path().join("pipe");
    pipe(&path);
    let mut reader = OpenOptions::new().read(true).write(true).open(&path).unwrap();
    let output = run(&folder, &["--json", "pipe"]);
    assert!(stdout(&output).contains(SUMMARY), "{}", stderr(&output));
    let mut start = [0; 11];
    reader.read_exact(&mut start).unwrap();
    assert_eq!(&start, b"{\n\"schema\":");
}

/// What an earlier run has written into a folder of reports, and this one has nothing for, is not taken for its own.
#[test]
fn what_is_left_in_a_folder_of_reports_is_told() {
    let folder = Folder::new();
    run(&folder, &["--report", "reports", "--engine", "reference@3.8"]);
    fs::write(folder.path().join("reports/matrix.md"), "an earlier one").unwrap();
    let output = run(&folder, &["--report", "reports"]);
    assert!(
        stdout(&output).contains("Left there from an earlier run, as this one has nothing for it: matrix.md\n"),
        "{}",
        stdout(&output)
    );
    assert_eq!(folder.read("reports/matrix.md"), "an earlier one");
}
