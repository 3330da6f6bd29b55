//! The folder of findings: what is kept and cleared away in it, what becomes a case, and what can be read again.

use super::lies::LIES;
use super::scripts::profile;
use super::{findings, only_case, true_for_one};
use cases::load;
use engine::reference::Reference;
use engine::{Engine, Watch};
use program::{Trace, decode, encode};
use rstest::rstest;
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use tempfile::TempDir;
use viewcheck::compare::{Level, LevelFacets};
use viewcheck::findings::{Kept, Promoted, Raw, Store, promote, read};
use viewcheck::judge::judge;

/// Files are what they look like.
const RAW: Raw = Raw { length: 14, is_certain: false };

#[test]
fn a_finding_is_kept_once_and_counted() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("findings");
    let found = true_for_one();
    let mut store = Store::open(&dir).unwrap();
    let Kept::New(path) = store.keep(found).unwrap() else { panic!("it is new") };
    assert_eq!(path, dir.join(found.signature.slug()));
    assert_eq!(names(&path), ["case.yaml", "check.py", "finding.json", "issue.md", "repro.py"]);
    assert_eq!(store.keep(found).unwrap(), Kept::Again);
    store.add_count(&found.signature, 5);
    store.flush().unwrap();
    assert_eq!(names(&path), ["case.yaml", "check.py", "finding.json", "issue.md", "repro.py"]);
    let mut again = Store::open(&dir).unwrap();
    assert_eq!(again.count(&found.signature), 7);
    assert_eq!(again.keep(found).unwrap(), Kept::Again);
    assert_eq!(again.signatures().collect::<Vec<_>>(), [&found.signature]);
    let text = fs::read_to_string(path.join("finding.json")).unwrap();
    assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "{text}");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
#[ignore = "writes findings to be looked at, into the folder that FINDINGS names"]
fn findings_to_look_at() {
    let dir = std::env::var_os("FINDINGS").expect("FINDINGS names a folder");
    let mut store = Store::open(Path::new(&dir)).unwrap();
    findings().iter().for_each(|(_, found)| drop(store.keep(found).unwrap()));
}

#[test]
fn what_a_killed_process_left_is_cleared_away() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path();
    let found = true_for_one();
    let Kept::New(path) = Store::open(dir).unwrap().keep(found).unwrap() else { panic!("it is new") };
    // No process has this id: the highest there can be is smaller.
    let half = dir.join(".viewcheck-4294967294-half");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("case.yaml"), "cas").unwrap();
    fs::write(path.join(".viewcheck-4294967294-x"), "{").unwrap();
    fs::create_dir(dir.join("something-else")).unwrap();
    let store = Store::open(dir).unwrap();
    assert_eq!(store.signatures().count(), 1);
    assert_eq!(names(dir), ["something-else".to_owned(), found.signature.slug()]);
    assert_eq!(names(&path), ["case.yaml", "check.py", "finding.json", "issue.md", "repro.py"]);
}

/// A killed worker whose parent is dead too may stand in the table of processes for long.
#[cfg(target_os = "linux")]
#[test]
fn what_a_process_left_that_nobody_has_waited_for_is_cleared_away() {
    let folder = TempDir::new().unwrap();
    let mut process = Command::new("true").spawn().unwrap();
    let id = process.id();
    while !fs::read_to_string(format!("/proc/{id}/stat")).unwrap().contains(") Z ") {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    fs::create_dir(folder.path().join(format!(".viewcheck-{id}-0-half"))).unwrap();
    Store::open(folder.path()).unwrap();
    assert!(Path::new(&format!("/proc/{id}")).exists(), "it stands there");
    assert_eq!(names(folder.path()), [""; 0]);
    process.wait().unwrap();
}

#[test]
fn a_folder_in_the_way_is_not_written_over() {
    let folder = TempDir::new().unwrap();
    let found = true_for_one();
    let slug = found.signature.slug();
    fs::create_dir(folder.path().join(&slug)).unwrap();
    fs::write(folder.path().join(&slug).join("mine"), "").unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    assert_eq!(store.keep(found).unwrap(), Kept::New(folder.path().join(format!("{slug}-2"))));
}

#[test]
fn a_promoted_finding_is_a_case_that_holds() {
    let folder = TempDir::new().unwrap();
    let (dir, cases) = (folder.path().join("findings"), folder.path().join("spec/regressions"));
    let mut store = Store::open(&dir).unwrap();
    let mut ids = BTreeSet::new();
    for (_, found) in findings() {
        let Kept::New(path) = store.keep(found).unwrap() else { panic!("it is new") };
        let Promoted::New(id, file) = promote(&path, &cases).unwrap() else { panic!("it is new") };
        assert_eq!(id, found.signature.slug());
        assert_eq!(file, cases.join(format!("{id}.yaml")));
        ids.insert(id.clone());
        let text = fs::read_to_string(&file).unwrap();
        let case = only_case(load(&[file]), &text);
        let mut trace = Trace::new();
        Reference::new(profile()).run(&case.program, Watch::Always, &mut trace).unwrap();
        assert_eq!(judge(&case, &trace, profile().version(), Level::Message.facets()), None, "{text}");
        assert_eq!(promote(&path, &cases).unwrap(), Promoted::Already(id));
    }
    assert_eq!(ids.len(), LIES.len());
    assert!(load(&[cases]).problems.is_empty());
}

#[test]
fn findings_cases_encoded_programs_and_raw_inputs_are_read() {
    let folder = TempDir::new().unwrap();
    let found = true_for_one();
    let Kept::New(path) = Store::open(folder.path()).unwrap().keep(found).unwrap() else { panic!("it is new") };
    for file in [path.clone(), path.join("finding.json")] {
        let inputs = read(&file, RAW).unwrap();
        assert_eq!(inputs[0].program, found.program);
        assert_eq!(inputs[0].signature(), Some(&found.signature));
    }
    assert!(read(&path.join("case.yaml"), RAW).unwrap()[0].case.is_some());
    let encoded = folder.path().join("encoded");
    fs::write(&encoded, encode(&found.program)).unwrap();
    assert_eq!(read(&encoded, RAW).unwrap()[0].program, found.program);
    let raw = folder.path().join("raw");
    let bytes: Vec<u8> = (0..200).map(|byte| byte as u8 ^ 0x5a).collect();
    fs::write(&raw, &bytes).unwrap();
    assert!(read(&raw, RAW).unwrap()[0].program.operations.len() > 1);
    assert!(decode(&bytes).is_err());
}

#[rstest]
#[case::nothing("nowhere", "", "can't read")]
#[case::empty("empty", "", "is empty")]
#[case::folder("", "", "is not the folder of a finding")]
#[case::script("check.py", "1", "is a Python script")]
#[case::record("finding.json", "{}", "is not a valid record of a finding")]
#[case::cases("case.yaml", "cases: 1", "expected a list")]
fn bad_input_is_explained(#[case] name: &str, #[case] text: &str, #[case] words: &str) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    if !name.is_empty() && name != "nowhere" {
        fs::write(&path, text).unwrap();
    }
    let error = read(&path, RAW).unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}
