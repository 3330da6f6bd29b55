//! Folders of findings that come from elsewhere: no link in them is followed, nothing that is not viewcheck's is touched, and
//! nothing keeps viewcheck waiting.

use crate::tools::{Campaign, MUTANTS, end, finished};
use mutants::plan::VARIABLE;
use rstest::rstest;
use rustix::fs::{CWD, FileType, mknodat};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::os::unix::net::UnixListener;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

const WITHIN: Duration = Duration::from_secs(20);
const LIES: &str = "lie@hash";
const ARGUMENTS: [&str; 6] = ["--programs", "600", "--seed", "8", "--jobs", "1"];

/// Makes something that is no file. `elsewhere` is what a link leads to.
fn make(kind: &str, path: &Path, elsewhere: &Path) {
    let _ = fs::remove_dir_all(path).or_else(|_| fs::remove_file(path));
    match kind {
        "link" => symlink(elsewhere, path).unwrap(),
        "loose link" => symlink(elsewhere.with_file_name("nowhere"), path).unwrap(),
        "device" => symlink("/dev/zero", path).unwrap(),
        "pipe" => mknodat(CWD, path, FileType::Fifo, 0o600.into(), 0).unwrap(),
        "socket" => drop(UnixListener::bind(path).unwrap()),
        "folder" => fs::create_dir(path).unwrap(),
        "huge" => File::create(path).unwrap().set_len(20 << 30).unwrap(),
        _ => unreachable!(),
    }
}

/// Everything in a folder, by its path, with what it is and contains.
fn contents(folder: &Path) -> BTreeMap<String, String> {
    let mut all = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap().flatten() {
        let (path, kind) = (entry.path(), entry.file_type().unwrap());
        let text = match kind {
            kind if kind.is_symlink() => format!("link to {}", fs::read_link(&path).unwrap().display()),
            kind if kind.is_dir() => {
                all.extend(contents(&path));
                "folder".to_owned()
            }
            kind if kind.is_file() && entry.metadata().unwrap().len() < 1 << 20 => {
                String::from_utf8_lossy(&fs::read(&path).unwrap()).into_owned()
            }
            _ => format!("{kind:?}"),
        };
        all.insert(path.display().to_string(), text);
    }
    all
}

/// What has the name of a file of the campaign and is none is named, and stays as it is.
#[rstest]
fn a_file_of_the_campaign_that_is_none_is_refused(
    #[values(".campaign.lock", "campaign.json", ".campaign.json.new")] name: &str,
    #[values("link", "loose link", "device", "pipe", "socket", "folder")] kind: &str,
) {
    let campaign = Campaign::new();
    let elsewhere = campaign.path().join("elsewhere");
    fs::write(&elsewhere, "precious").unwrap();
    fs::create_dir(campaign.found()).unwrap();
    make(kind, &campaign.found().join(name), &elsewhere);
    let before = contents(campaign.path());
    for resume in [false, true] {
        let arguments: &[&str] = if resume { &["--resume"] } else { &ARGUMENTS };
        let output = end(campaign.start(arguments, LIES), WITHIN);
        let (_, stderr) = finished(output, 2);
        let is_state = name == "campaign.json" || !resume;
        let expected = if is_state { format!("found/{name}: it is a") } else { "no campaign to resume".to_owned() };
        assert!(stderr.contains(&expected), "{stderr}");
        assert_eq!(contents(campaign.path()), before);
    }
}

/// The lock has no contents of its own; what somebody has written there stays.
#[test]
fn a_lock_is_not_emptied() {
    let campaign = Campaign::new();
    fs::create_dir(campaign.found()).unwrap();
    fs::write(campaign.found().join(".campaign.lock"), "precious").unwrap();
    campaign.run(&ARGUMENTS, LIES, 1);
    assert_eq!(fs::read_to_string(campaign.found().join(".campaign.lock")).unwrap(), "precious");
}

/// A file with another name elsewhere is replaced and not written to.
#[test]
fn another_name_of_a_file_keeps_what_it_has() {
    let campaign = Campaign::new();
    let elsewhere = campaign.path().join("elsewhere");
    fs::write(&elsewhere, "precious").unwrap();
    fs::create_dir(campaign.found()).unwrap();
    for name in ["campaign.json", ".campaign.json.new"] {
        fs::hard_link(&elsewhere, campaign.found().join(name)).unwrap();
    }
    campaign.run(&ARGUMENTS, LIES, 1);
    assert_eq!(fs::read_to_string(elsewhere).unwrap(), "precious");
    assert!(campaign.state().is_some());
}

/// Neither folders of findings nor their records are looked for behind links, and a finding of the campaign is kept elsewhere.
#[rstest]
fn a_finding_that_is_none_is_left_alone(
    #[values("link", "loose link", "device", "pipe", "socket", "folder", "huge")] kind: &str,
    #[values(true, false)] is_record: bool,
) {
    let first = Campaign::new();
    first.run(&ARGUMENTS, LIES, 1);
    let findings: Vec<String> = first.outcome().1.into_keys().collect();
    let campaign = Campaign::new();
    let (elsewhere, folder) = (campaign.path().join("elsewhere"), campaign.found().join(&findings[0]));
    match is_record {
        true => {
            fs::create_dir_all(&folder).unwrap();
            fs::copy(first.found().join(&findings[0]).join("finding.json"), &elsewhere).unwrap();
            make(kind, &folder.join("finding.json"), &elsewhere);
        }
        false => {
            fs::create_dir_all(campaign.found()).unwrap();
            fs::create_dir(&elsewhere).unwrap();
            fs::copy(first.found().join(&findings[0]).join("finding.json"), elsewhere.join("finding.json")).unwrap();
            make(kind, &folder, &elsewhere);
        }
    }
    let (before, untouched) = (contents(campaign.path()), elsewhere.metadata().unwrap().mtime_nsec());
    let output = end(campaign.start(&ARGUMENTS, LIES), WITHIN);
    finished(output, 1);
    let after = contents(campaign.path());
    for (path, text) in before.into_iter().filter(|(path, _)| !path.ends_with("found")) {
        assert_eq!(after.get(&path), Some(&text), "{path}");
    }
    assert_eq!(elsewhere.metadata().unwrap().mtime_nsec(), untouched);
    let second = campaign.found().join(format!("{}-2", findings[0])).join("finding.json");
    assert!(second.is_file(), "{:?}", after.keys());
}

/// Only what a process of this user has left unfinished is removed, and only files that viewcheck writes.
#[test]
fn nothing_of_others_is_removed() {
    let campaign = Campaign::new();
    let found = campaign.found();
    fs::create_dir(&found).unwrap();
    let living = format!(".viewcheck-{}-0-others", std::process::id());
    let kept =
        [".viewcheck-notes", ".viewcheck-4294967294", ".viewcheck-4294967294-my notes", ".viewcheck-x-0-slug", &living];
    for name in kept {
        fs::create_dir(found.join(name)).unwrap();
        fs::write(found.join(name).join("case.yaml"), "").unwrap();
    }
    let mixed = found.join(".viewcheck-4294967294-0-mixed");
    fs::create_dir(&mixed).unwrap();
    for name in ["case.yaml", "notes.txt"] {
        fs::write(mixed.join(name), "").unwrap();
    }
    let abandoned = found.join(".viewcheck-4294967294-0-abandoned");
    fs::create_dir(&abandoned).unwrap();
    fs::write(abandoned.join("check.py"), "").unwrap();
    let elsewhere = campaign.path().join("elsewhere");
    fs::create_dir(&elsewhere).unwrap();
    fs::write(elsewhere.join("case.yaml"), "").unwrap();
    symlink(&elsewhere, found.join(".viewcheck-4294967294-0-link")).unwrap();
    campaign.run(&ARGUMENTS, LIES, 1);
    for name in kept {
        assert!(found.join(name).join("case.yaml").exists(), "{name}");
    }
    assert!(mixed.join("notes.txt").exists() && !abandoned.exists());
    assert!(elsewhere.join("case.yaml").exists());
}

/// What a user has put into the folder of a finding stays when the finding goes.
#[test]
fn notes_beside_a_finding_stay() {
    let campaign = Campaign::new();
    campaign.run(&ARGUMENTS, LIES, 1);
    let names: Vec<String> = campaign.outcome().1.into_keys().collect();
    fs::write(campaign.found().join(&names[0]).join("notes.txt"), "mine").unwrap();
    // A state that names something else does not make that a finding.
    let file = campaign.found().join("campaign.json");
    let precious = campaign.path().join("precious");
    fs::create_dir(&precious).unwrap();
    let mut state = campaign.state().unwrap();
    for found in state["found"].as_object_mut().unwrap().values_mut() {
        found["folder"] = precious.display().to_string().into();
    }
    fs::write(&file, state.to_string()).unwrap();
    let output = end(campaign.start(&["--resume", "--programs", "1200"], LIES), WITHIN);
    assert!(output.status.code().is_some_and(|code| code < 2));
    assert!(precious.is_dir() && campaign.found().join(&names[0]).join("notes.txt").is_file());
}

/// The commands that read a folder of findings.
#[rstest]
fn a_record_that_is_none_is_refused(
    #[values("replay", "shrink", "promote")] command: &str,
    #[values("link", "device", "pipe", "socket", "folder", "huge")] kind: &str,
) {
    let campaign = Campaign::new();
    let (folder, elsewhere) = (campaign.path().join("finding"), campaign.path().join("elsewhere"));
    fs::create_dir(&folder).unwrap();
    fs::write(&elsewhere, "{}").unwrap();
    make(kind, &folder.join("finding.json"), &elsewhere);
    let mut child = Command::new(MUTANTS);
    child.arg(command).arg("finding").current_dir(campaign.path()).stdin(Stdio::null());
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (_, stderr) = finished(end(child, WITHIN), 2);
    assert!(stderr.contains("finding/finding.json") && !stderr.contains("panicked"), "{stderr}");
}

#[rstest]
fn a_campaign_that_is_none_is_not_reported(
    #[values("campaign.json", "finding.json")] file: &str,
    #[values("link", "device", "pipe", "socket", "folder", "huge")] kind: &str,
) {
    let campaign = Campaign::new();
    campaign.run(&ARGUMENTS, LIES, 1);
    let elsewhere = campaign.path().join("elsewhere");
    let path = match file {
        "campaign.json" => campaign.found().join(file),
        _ => campaign.found().join(campaign.outcome().1.into_keys().next().unwrap()).join(file),
    };
    fs::rename(&path, &elsewhere).unwrap();
    make(kind, &path, &elsewhere);
    let mut child = Command::new(MUTANTS);
    child.args(["report", "--campaign", "found", "--out", "page"]).current_dir(campaign.path());
    let child = child.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let (_, stderr) = finished(end(child, WITHIN), 2);
    assert!(stderr.contains(file) && !stderr.contains("panicked"), "{stderr}");
}

/// A small file system in memory at a path, for as long as this lives. Only root may make one.
struct Mounted<'a>(&'a Path);

impl<'a> Mounted<'a> {
    fn new(path: &'a Path, options: &str) -> Option<Mounted<'a>> {
        let mount = |arguments: &[&str]| Command::new("mount").args(arguments).arg(path).stderr(Stdio::null()).status();
        fs::create_dir_all(path).unwrap();
        let is_there = mount(&["-t", "tmpfs", "-o", options, "none"]).is_ok_and(|status| status.success());
        if !is_there {
            eprintln!("skipped: a file system can't be mounted here");
        }
        is_there.then_some(Mounted(path))
    }
}

impl Drop for Mounted<'_> {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("-l").arg(self.0).status();
    }
}

#[test]
fn a_full_disk_ends_a_campaign_in_order() {
    let campaign = Campaign::new();
    let found = campaign.found();
    let Some(_mounted) = Mounted::new(&found, "size=128k") else { return };
    let arguments = ["--programs", "9000", "--seed", "5", "--jobs", "2"];
    let output = end(campaign.start(&arguments, "lie@hash,lie@tolist,some@cast,segv@hex"), Duration::from_secs(60));
    let (stdout, stderr) = finished(output, 2);
    assert!(stderr.contains("error: can't write found/") && stderr.contains("No space left on device"), "{stderr}");
    assert!(stdout.contains("Stopped by an error. Continue the campaign with --resume."), "{stdout}");
    // What is there is whole.
    for entry in fs::read_dir(&found).unwrap().flatten().filter(|entry| entry.path().is_dir()) {
        let is_unfinished = entry.file_name().to_string_lossy().starts_with('.');
        assert!(!is_unfinished && entry.path().join("finding.json").metadata().unwrap().len() > 0, "{entry:?}");
    }
    assert!(campaign.state().is_some());
}

/// What could not be kept is a difference.
#[test]
fn an_enumeration_on_a_full_disk_does_not_say_that_nothing_differs() {
    let campaign = Campaign::new();
    let found = campaign.found();
    let Some(_mounted) = Mounted::new(&found, "size=16k") else { return };
    let mut command = Command::new(MUTANTS);
    command.args(["enumerate", "--depth", "1", "--jobs", "1", "--findings", "found"]).current_dir(campaign.path());
    let (stdout, stderr) = finished(command.env(VARIABLE, "lie@tolist").output().unwrap(), 2);
    assert!(stderr.contains("No space left on device"), "{stderr}");
    assert!(stdout.contains("were run and counted before an error ended it"), "{stdout}");
    assert!(!stdout.contains("differs"), "{stdout}");
}

#[test]
fn a_folder_that_can_not_be_written_is_named() {
    let campaign = Campaign::new();
    let found = campaign.found();
    let Some(_mounted) = Mounted::new(&found, "ro") else { return };
    let output = end(campaign.start(&ARGUMENTS, LIES), WITHIN);
    let (_, stderr) = finished(output, 2);
    assert!(stderr.contains("can't write found/.campaign.lock: Read-only file system"), "{stderr}");
}

#[test]
fn names_with_control_characters_do_not_reach_the_terminal() {
    let campaign = Campaign::new();
    let name = campaign.found().join("\u{1b}[31mred\u{7}");
    fs::create_dir_all(&name).unwrap();
    let mut record = File::create(name.join("finding.json")).unwrap();
    record.write_all(b"{").unwrap();
    fs::set_permissions(&name, fs::Permissions::from_mode(0o755)).unwrap();
    let (stdout, stderr) = campaign.run(&ARGUMENTS, LIES, 1);
    assert!(!format!("{stdout}{stderr}").contains(['\u{1b}', '\u{7}']), "{stdout}{stderr}");
}

#[test]
fn a_corpus_that_finds_no_room_takes_none() {
    let campaign = Campaign::new();
    let found = campaign.found();
    let Some(_mounted) = Mounted::new(&found, "size=128k") else { return };
    // As much as there is room for.
    fs::write(found.join("full"), vec![1; 1 << 20]).unwrap_err();
    let output = end(campaign.start(&["--guided", "--programs", "9", "--jobs", "1"], ""), Duration::from_secs(60));
    let (_, stderr) = finished(output, 2);
    assert!(stderr.contains("can't write found/corpus.jsonl: No space left on device"), "{stderr}");
    assert!(!found.join("corpus.jsonl.new").exists());
}
