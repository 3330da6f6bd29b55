//! `viewcheck enumerate` as people run it. What it says of engines that lie is in the tests of `mutants`.

mod common;

use common::{Folder, finished, send};
use rstest::rstest;
use rustix::process::Signal;
use serde_json::Value;
use std::process::Command;

const VIEWCHECK: &str = env!("CARGO_BIN_EXE_viewcheck");

/// What is printed last, from the sentence with the number on.
fn statement(stdout: &str) -> &str {
    let at = stdout.find(" programs of at most ").expect(stdout);
    &stdout[stdout[..at].rfind('\n').map_or(0, |end| end + 1)..]
}

/// Runs it to its end. Gives what it says at the end, and its results without times.
fn run(folder: &Folder, arguments: &str, code: i32) -> (String, Value) {
    let (stdout, _) = finished(folder.command_of("enumerate", arguments).output().unwrap(), code);
    let json = std::fs::read(folder.path().join("out.json")).unwrap();
    let mut json: Value = serde_json::from_slice(&json).unwrap();
    ["seconds", "programs_per_second"].into_iter().for_each(|timed| _ = json[timed].take());
    (statement(&stdout).to_owned(), json)
}

/// What a report of campaigns says of the one of them that is at this place in it, after it was seen to be the same on the
/// terminal and on the page. Results are beside the page.
fn reported(folder: &Folder, campaigns: &[&str], place: &str) -> Value {
    let mut command = Command::new(VIEWCHECK);
    command.args(["report", "--out", "page"]).args(campaigns).current_dir(folder.path());
    let (stdout, _) = finished(command.output().unwrap(), 0);
    let read = |name: &str| std::fs::read_to_string(folder.path().join("page").join(name)).unwrap();
    let json: Value = serde_json::from_str(&read("results.json")).unwrap();
    let said = json.pointer(place).unwrap_or_else(|| panic!("{json}")).clone();
    let sentence = said["statement"].as_str().expect("a statement");
    assert!(stdout.contains(&format!("\n{sentence}\n")), "{stdout}");
    assert!(read("index.html").contains(&format!("<strong>{sentence}</strong>")), "{sentence}");
    said
}

const FOUND: ([&str; 2], &str) = (["--campaign", "found"], "/campaigns/0/enumeration");

#[test]
fn the_statement_has_the_number_of_the_list() {
    let folder = Folder::new(VIEWCHECK);
    let (list, _) = finished(folder.command_of("enumerate", "--depth 1 --list").output().unwrap(), 0);
    for text in ["\n    view = memoryview(data)\n", "\n    $.cast(1)\n", "\n    data.append(1)\n"] {
        assert!(list.contains(text), "{list}");
    }
    let all = list.lines().last().unwrap();
    let (text, json) = run(&folder, "--depth 1 --engine reference@3.13.0 --against reference@3.13.1", 0);
    let expected = format!("All {all} agree: the reference as Python 3.13.1 and the reference.");
    assert_eq!(text.lines().next(), Some(&*expected));
    let said = &json["enumeration"];
    assert_eq!(reported(&folder, &FOUND.0, FOUND.1), *said);
    assert_eq!((&said["statement"], &said["complete"]), (&expected.into(), &true.into()));
    assert!(said["programs"] == said["agree"] && said["programs"] == json["programs"], "{json}");
    assert_eq!([&said["differ"], &said["open"], &said["unsupported"], &said["left_out"]], [0; 4]);
}

#[test]
fn the_number_of_workers_changes_nothing_and_it_goes_on_where_it_stood() {
    let (one, two, stopped) = (Folder::new(VIEWCHECK), Folder::new(VIEWCHECK), Folder::new(VIEWCHECK));
    let whole = run(&one, "--depth 2 --jobs 1", 0);
    assert!(whole.0.starts_with("All ") && whole.0.contains(" agree: the reference and CPython "), "{}", whole.0);
    assert_eq!(run(&two, "--depth 2 --jobs 2", 0), whole);
    assert_eq!(one.state(), two.state());
    let parent = stopped.start(&mut stopped.command_of("enumerate", "--depth 2 --jobs 1"));
    send(Signal::INT, parent.id());
    let (stdout, _) = finished(parent.wait_with_output().unwrap(), 130);
    assert!(statement(&stdout).starts_with("Not complete: "), "{stdout}");
    assert!(statement(&stdout).contains(" and none differs so far: "), "{stdout}");
    let said = reported(&stopped, &FOUND.0, FOUND.1);
    assert_eq!(statement(&stdout).lines().next(), said["statement"].as_str());
    assert_eq!(said["complete"], false);
    assert_eq!(run(&stopped, "--resume --jobs 2", 0), whole);
    // There is nothing left to do.
    assert_eq!(run(&stopped, "--resume --jobs 1", 0), whole);
}

#[test]
fn shards_are_the_whole_together() {
    let folder = Folder::new(VIEWCHECK);
    let engines = "--depth 1 --engine reference@3.13.0 --against reference@3.13.1";
    let (_, whole) = run(&folder, engines, 0);
    let parts = [1, 2, 3].map(|_| Folder::new(VIEWCHECK));
    let mut sum = 0;
    for (shard, folder) in (1..).zip(&parts) {
        let (text, json) = run(folder, &format!("{engines} --shard {shard}/3"), 0);
        let programs = json["enumeration"]["agree"].as_u64().unwrap();
        assert!(text.contains(&format!(" programs of the shard {shard}/3 of ")), "{text}");
        assert_eq!((&json["enumeration"]["complete"], &json["programs"]), (&true.into(), &programs.into()));
        sum += programs;
    }
    assert_eq!(Some(sum), whole["programs"].as_u64());
    // A report says the same of them as of the whole, and of fewer that some are missing.
    let found = parts.each_ref().map(|part| part.path().join("found").display().to_string());
    let [one, two, three] = found.each_ref().map(|found| ["--campaign", found]);
    let together = |arguments: &[&[&str]]| reported(&folder, &arguments.concat(), "/enumerations/0/statement");
    assert_eq!(together(&[&three, &one, &two]), whole["enumeration"]);
    let fewer = together(&[&three, &one]);
    assert_eq!((&fewer["complete"], &fewer["of"]), (&false.into(), &whole["programs"]));
    // What a report has stored can be added to.
    std::fs::rename(folder.path().join("page/results.json"), folder.path().join("fewer.json")).unwrap();
    assert_eq!(together(&[&["fewer.json"], &two]), whole["enumeration"]);
}

#[rstest]
#[case("--depth 1 --shard 99/99", "the shard 99/99 has nothing to run: ")]
#[case("--depth 0", "it is a number from 1 to 6")]
#[case("--depth 7", "it is a number from 1 to 6")]
#[case("--depth x", "it is a number from 1 to 6")]
#[case("--resume", "no campaign to resume")]
#[case("--engine nope", "there is no engine `nope`")]
fn bad_input_is_told(#[case] arguments: &str, #[case] message: &str) {
    let folder = Folder::new(VIEWCHECK);
    let (_, stderr) = finished(folder.command_of("enumerate", arguments).output().unwrap(), 2);
    assert!(stderr.contains(message), "{stderr}");
}

#[test]
fn a_space_is_not_mixed_with_another_or_with_a_seed() {
    let folder = Folder::new(VIEWCHECK);
    let refused = |command: &mut Command, message: &str| {
        let (_, stderr) = finished(command.output().unwrap(), 2);
        assert!(stderr.contains(message), "{stderr}");
    };
    run(&folder, "--depth 1", 0);
    let before = "was started with other programs: the programs of `enumerate --depth 1`, not";
    for (arguments, now) in [("--depth 2", "--depth 2"), ("--all", "--depth 1 --all")] {
        let message = format!("{before} the programs of `enumerate {now}`");
        refused(&mut folder.command_of("enumerate", &format!("--resume {arguments}")), &message);
    }
    // What stands in place of a seed there is nobody's business.
    let command =
        |name: &str| format!("is one of `viewcheck {name}`: continue it with `viewcheck {name} --resume`, or");
    refused(&mut folder.command("--resume"), &command("enumerate"));
    let folder = Folder::new(VIEWCHECK);
    folder.run(&mut folder.command("--programs 100 --seed 1"), 0);
    refused(&mut folder.command_of("enumerate", "--resume"), &command("fuzz"));
}
