//! How commands end when they are told to: soon, with 130, and with nothing left behind.

use super::running::{Folder, ended, finished, pipe, stderr, wait_until};
use rstest::rstest;
use rustix::process::{Pid, Signal, kill_process};
use std::fs::{self, OpenOptions};
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Child;
use std::thread::sleep;
use std::time::Duration;

/// The longest time until a command has ended. A second or two is what people are promised.
const SOON: Duration = Duration::from_secs(5);

fn send(child: &Child, signal: Signal) {
    kill_process(Pid::from_raw(child.id() as i32).unwrap(), signal).unwrap();
}

/// The processes below one, also below its children.
fn below(process: u32) -> Vec<u32> {
    let tasks = fs::read_dir(format!("/proc/{process}/task")).into_iter().flatten().flatten();
    let children: Vec<u32> = tasks
        .filter_map(|task| fs::read_to_string(task.path().join("children")).ok())
        .flat_map(|text| text.split_whitespace().filter_map(|id| id.parse().ok()).collect::<Vec<u32>>())
        .collect();
    children.iter().flat_map(|child| below(*child)).chain(children.iter().copied()).collect()
}

/// Whether a process is there, and not only waits to be noted as ended.
fn is_alive(process: u32) -> bool {
    let stat = fs::read_to_string(format!("/proc/{process}/stat"));
    stat.is_ok_and(|stat| !stat.rsplit(") ").next().is_some_and(|rest| rest.starts_with(['Z', 'X'])))
}

/// A file that runs as a program.
fn script(path: &Path, text: &str) {
    fs::write(path, format!("#!/bin/sh\n{text}\n")).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
}

/// A command in the middle of something: its arguments, and what goes wrong in it. There is one for each signal, side by side.
#[rstest]
#[case::check_hangs(&["check", "good.yaml"], "hang@hex")]
#[case::check_allocates(&["check", "good.yaml"], "alloc@hex")]
#[case::check_starts(&["check", "good.yaml", "--engine", "slow=./slow"], "")]
#[case::check_reads(&["check", "silent.yaml"], "")]
#[case::check_reads_baseline(&["check", "good.yaml", "--baseline", "silent.json"], "")]
#[case::check_writes(&["check", "good.yaml", "--engine", "reference", "--json", "blocked"], "")]
#[case::fuzz(&["fuzz", "--findings", "found", "--time", "60s"], "")]
#[case::fuzz_hangs(&["fuzz", "--findings", "found", "--time", "60s"], "hang@*")]
#[case::fuzz_starts(&["fuzz", "--findings", "found", "--engine", "slow=./slow"], "")]
#[case::replay_hangs(&["replay", "good.yaml"], "hang@hex")]
#[case::replay_starts(&["replay", "good.yaml", "--engine", "slow=./slow"], "")]
#[case::replay_reads(&["replay", "silent"], "")]
#[case::shrink_hangs(&["shrink", "good.yaml"], "hang@hex")]
#[case::shrink_reads(&["shrink", "silent"], "")]
#[case::promote_reads(&["promote", "silent"], "")]
#[case::report_reads(&["report", "silent.json"], "")]
#[case::compare_reads(&["report", "--compare", "silent.json", "silent.json"], "")]
#[case::bench(&["bench", "--rounds", "1000000"], "")]
#[case::engines(&["engines"], "")]
#[case::probe(&["engines", "--probe", "slow=./slow"], "")]
fn a_command_ends_soon(#[case] arguments: &[&str], #[case] faults: &str) {
    std::thread::scope(|scope| {
        for signal in [Signal::INT, Signal::TERM, Signal::HUP] {
            scope.spawn(move || ends_soon(arguments, faults, signal));
        }
    });
}

fn ends_soon(arguments: &[&str], faults: &str, signal: Signal) {
    let folder = Folder::new();
    script(&folder.path().join("slow"), "sleep 1000");
    fs::create_dir(folder.path().join("bin")).unwrap();
    script(&folder.path().join("bin/pypy3"), "sleep 1000");
    // Pipes that somebody has open, and never writes to or reads from.
    let mut open = vec![];
    for name in ["silent", "silent.yaml", "silent.json", "blocked"] {
        let path = folder.path().join(name);
        pipe(&path);
        open.push(OpenOptions::new().read(true).write(true).open(path).unwrap());
    }
    fill(&open[3]);
    let before = folder.names();
    let mut command = folder.command(arguments);
    command.env(mutants::plan::VARIABLE, faults).env("VIEWCHECK_ENGINES", folder.path().join("bin"));
    let mut child = command.spawn().unwrap();
    sleep(Duration::from_millis(700));
    assert_eq!(child.try_wait().unwrap(), None, "it has ended by itself");
    let children = below(child.id());
    send(&child, signal);
    let status = ended(&mut child, SOON);
    let output = finished(child);
    assert_eq!(status.code(), Some(130), "{signal:?}: {}", stderr(&output));
    wait_until(|| !children.iter().any(|child| is_alive(*child)));
    let mut after = folder.names();
    after.retain(|name| name != "found");
    assert_eq!((after, folder.left()), (before, 0), "{signal:?}: files are left behind");
}

/// Writes to a pipe until it takes no more.
fn fill(pipe: &fs::File) {
    use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
    use std::io::Write;
    let flags = fcntl_getfl(pipe).unwrap();
    fcntl_setfl(pipe, flags | OFlags::NONBLOCK).unwrap();
    let mut to = pipe;
    while to.write(&[b' '; 4096]).is_ok() {}
    fcntl_setfl(pipe, flags).unwrap();
}

/// Killed in the middle of a program, with files that are to be written.
#[rstest]
#[case::killed(Signal::KILL)]
#[case::terminated(Signal::TERM)]
#[case::hung_up(Signal::HUP)]
fn a_check_that_is_killed_leaves_nothing_behind(#[case] signal: Signal) {
    let folder = Folder::new();
    let outputs = ["--json", "out.json", "--junit", "out.xml", "--report", "reports"];
    let mut command = folder.command(&[&["check", "good.yaml"][..], &outputs].concat());
    let mut child = command.env(mutants::plan::VARIABLE, "hang@hex").spawn().unwrap();
    wait_until(|| !below(child.id()).is_empty());
    sleep(Duration::from_millis(500));
    let children = below(child.id());
    assert!(!children.is_empty());
    send(&child, signal);
    ended(&mut child, SOON);
    wait_until(|| !children.iter().any(|child| is_alive(*child)));
    let is_temporary = |name: &String| name.starts_with('.');
    assert!(!folder.names().iter().any(is_temporary), "{:?}", folder.names());
    let reports = fs::read_dir(folder.path().join("reports")).unwrap();
    let reports: Vec<String> = reports.map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    assert!(!reports.iter().any(is_temporary), "{reports:?}");
    // Nobody is left who could remove the empty folder that its engine had for temporary files: the engine is confined to it.
    assert!(folder.left() <= usize::from(signal == Signal::KILL));
}

/// What a check knows when it is interrupted is told and written. As long as its engines start it knows nothing.
#[test]
fn an_interrupted_check_keeps_what_it_has() {
    for patience in [500, 1000, 2000, 4000, 8000] {
        let folder = Folder::new();
        let mut command = folder.command(&["check", "good.yaml", "--json", "out.json"]);
        let mut child = command.env(mutants::plan::VARIABLE, "hang@hex").spawn().unwrap();
        sleep(Duration::from_millis(patience));
        send(&child, Signal::INT);
        assert_eq!(ended(&mut child, SOON).code(), Some(130));
        let kept = fs::read(folder.path().join("out.json")).unwrap_or_default();
        let results: serde_json::Value = serde_json::from_slice(&kept).unwrap_or_default();
        if results["cases"][0]["id"] == "good" {
            assert_eq!(results["complete"], false);
            return;
        }
    }
    panic!("nothing was kept");
}
