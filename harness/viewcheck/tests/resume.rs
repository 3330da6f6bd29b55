//! `fuzz --resume-or-begin`: a campaign that can go on does, and a new one begins only in place of one that never can.
#![cfg(unix)]

mod common;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use common::{Folder, finished, send};
use program::{Parser, encode};
use rstest::rstest;
use rustix::process::Signal;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::symlink;

const VIEWCHECK: &str = env!("CARGO_BIN_EXE_viewcheck");
/// Two engines that agree.
const ENGINES: &str = "--jobs 1 --engine reference@3.12.0 --against reference@3.12.1";

/// Goes on, or begins another campaign. Gives the messages.
fn go_on(folder: &Folder, arguments: &str) -> String {
    finished(folder.command(&format!("--resume-or-begin {ENGINES} {arguments}")).output().unwrap(), 0).1
}

#[test]
fn a_campaign_goes_on_if_there_is_one() {
    let folder = Folder::new(VIEWCHECK);
    let said = go_on(&folder, "--seed 3 --programs 50");
    assert!(said.contains("seed 3, findings in found") && !said.contains("note: a new campaign"), "{said}");
    let said = go_on(&folder, "--programs 60");
    assert!(said.contains("seed 3, findings in found") && !said.contains("note: a new campaign"), "{said}");
    assert_eq!(folder.state().unwrap()["tally"]["programs"], 60);
}

/// What can never be continued: the file that is changed, what is replaced in it and by what, and what is said.
#[rstest]
#[case::damaged("campaign.json", "\"settings\"", "\"setting\"", "campaign.json can't be resumed: ")]
#[case::generator(
    "campaign.json",
    "\"generator\":\"",
    "\"generator\":\"0",
    "campaign.json was started with the generator 0"
)]
#[case::python("campaign.json", "\"pythons\":[\"", "\"pythons\":[\"1", "campaign.json was started with Python 13.12.0")]
#[case::corpus(
    "corpus.jsonl",
    "{\"schema\":3,",
    "{\"schema\":2,",
    "corpus.jsonl can't be resumed: line 1: its schema is 2, not 3"
)]
#[case::no_corpus("corpus.jsonl", "", "", "corpus.jsonl can't be resumed: it does not exist")]
fn another_one_begins_in_place_of_one_that_can_not_go_on(
    #[case] file: &str,
    #[case] what: &str,
    #[case] by: &str,
    #[case] words: &str,
) {
    let folder = Folder::new(VIEWCHECK);
    folder.run(&mut folder.command(&format!("{ENGINES} --programs 1024 --seed 1 --guided")), 0);
    let (found, path) = (folder.path().join("found"), folder.path().join("found").join(file));
    fs::create_dir(found.join("a-finding")).unwrap();
    // It has kept a program that is no case.
    let mut parser = Parser::new();
    parser.step("v0 = memoryview(b'kept by the first one')").unwrap();
    let kept = STANDARD.encode(encode(&parser.finish()));
    let mut corpus = File::options().append(true).open(found.join("corpus.jsonl")).unwrap();
    writeln!(corpus, r#"{{"index":1,"program":"{kept}","features":[1]}}"#).unwrap();
    let text = fs::read_to_string(&path).unwrap();
    match what {
        "" => fs::remove_file(path).unwrap(),
        what => fs::write(path, text.replacen(what, by, 1)).unwrap(),
    }
    let said = go_on(&folder, "--guided --programs 1");
    assert!(said.contains("note: a new campaign begins in found, whose findings stay, because "), "{said}");
    assert!(said.contains(words) && !said.contains("--resume"), "{said}");
    assert_eq!(folder.state().unwrap()["tally"]["programs"], 1);
    assert!(found.join("a-finding").is_dir());
    // It begins with that program, too.
    let corpus = fs::read_to_string(found.join("corpus.jsonl")).unwrap();
    let head: serde_json::Value = serde_json::from_str(corpus.lines().next().unwrap()).unwrap();
    let seeds = head["seeds"].as_array().unwrap().iter().map(|seed| STANDARD.decode(seed.as_str().unwrap()).unwrap());
    let is_kept = seeds.into_iter().any(|seed| seed.windows(17).any(|part| part == b"kept by the first"));
    assert_eq!(is_kept, file != "corpus.jsonl" || !what.is_empty());
}

/// What fails now and may do better later: the campaign is still there.
#[rstest]
#[case::engine("mine=", "the engine `mine` can't start")]
#[case::state("reference@3.12.0", "found/campaign.json: it is a folder, not a file")]
#[case::running("reference@3.12.0", "another campaign is running in found")]
fn no_other_one_begins_where_this_one_fails_for_now(#[case] engine: &str, #[case] words: &str) {
    let folder = Folder::new(VIEWCHECK);
    let (link, state) = (folder.path().join("python"), folder.path().join("found/campaign.json"));
    symlink(std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned()), &link).unwrap();
    let engines = match engine {
        "mine=" => format!("--jobs 1 --no-sandbox --engine mine={} --against reference", link.display()),
        _ => ENGINES.to_owned(),
    };
    let (mut running, mut before) = (None, None);
    if words.contains("running") {
        running = Some(folder.start(&mut folder.command(&format!("{engines} --time 60s --seed 1"))));
    } else {
        finished(folder.command(&format!("{engines} --programs 10 --seed 1")).output().unwrap(), 0);
        before = fs::read(&state).ok();
        if words.contains("can't start") {
            fs::remove_file(link).unwrap();
        } else {
            fs::rename(&state, folder.path().join("aside")).unwrap();
            fs::create_dir(&state).unwrap();
        }
    }
    let go_on = format!("{engines} --resume-or-begin --programs 20");
    let (_, said) = finished(folder.command(&go_on).output().unwrap(), 2);
    assert!(said.contains(words) && !said.contains("note: a new campaign"), "{said}");
    match running {
        Some(running) => {
            send(Signal::INT, running.id());
            finished(running.wait_with_output().unwrap(), 130);
            assert_eq!(folder.state().unwrap()["settings"]["seed"], 1);
        }
        None => assert!(state.is_dir() || fs::read(&state).ok() == before),
    }
}
