//! What the system refuses: processes, threads, descriptors, memory, room on a disk. That is a sentence and the exit code 2.

use crate::shell::{assert_told, errors, folder, shell};
use rstest::rstest;
use std::process::Command;

/// Each command, run after `before`. A small campaign needs more of everything than a check, and `py` more than `embedded`.
fn run_all(what: &str, before: &str) -> Vec<i32> {
    let folder = folder();
    let fuzz = ["fuzz", "--seed", "1", "--programs", "300", "--jobs", "2", "--findings", "found"];
    let commands: [&[&str]; 4] = [
        &["check", "cases.yaml"],
        &["check", "cases.yaml", "--engine", "py=python3"],
        &["replay", "cases.yaml"],
        &fuzz,
    ];
    let codes = commands.map(|arguments| {
        let output = shell(folder.path(), before, arguments, "").output().unwrap();
        assert_told(&format!("{what}: {}", arguments.join(" ")), &output, &[0, 2]);
        output.status.code().unwrap_or_default()
    });
    codes.to_vec()
}

/// The limits of `ulimit`, each small enough that something is refused, or that all goes well with less.
#[rstest]
#[case("-n", &[5, 9, 13])]
#[case("-v", &[50_000, 102_400, 200_000, 300_000, 450_000, 700_000])]
#[case("-d", &[6_000, 60_000])]
#[case("-s", &[64, 1024])]
#[case("-f", &[0, 1])]
fn what_a_limit_refuses_is_told(#[case] option: &str, #[case] limits: &[u32]) {
    let codes: Vec<i32> = limits
        .iter()
        .flat_map(|limit| run_all(&format!("ulimit {option} {limit}"), &format!("ulimit {option} {limit} &&")))
        .collect();
    // The smallest is too small for everything.
    assert!(codes[..4].iter().all(|code| *code == 2), "{codes:?}");
}

/// The most processes and threads of a user. Root has no such limit, and therefore becomes a user that has nothing else
/// running, if it may; others have something running already.
#[test]
fn no_threads_and_processes_is_told() {
    let user = "setpriv --reuid=54321 --clear-groups --inh-caps=+dac_override --ambient-caps=+dac_override --";
    let may_change = Command::new("sh").args(["-c", &format!("{user} true 2>&-")]).status().unwrap().success();
    let (user, limits): (_, &[u32]) = if may_change { (user, &[1, 4, 8]) } else { ("", &[1]) };
    for limit in limits {
        // The shell does not come to the end of the command line that follows.
        let before = format!("chmod 777 .; exec {user} prlimit --nproc={limit} \"$0\" \"$@\";");
        let codes = run_all(&format!("{limit} processes"), &before);
        assert!(*limit > 3 || codes.iter().all(|code| *code == 2), "{limit}: {codes:?}");
    }
}

/// Neither a campaign nor a check needs room anywhere but for what it is asked to write. That can only be tried where a
/// user may mount something.
#[test]
fn a_full_shared_memory_does_no_harm() {
    let mount = "mkdir full && mount -t tmpfs -o size=4k full full && head -c 4096 /dev/zero >full/x && mount --bind full /dev/shm";
    let inside = |command: &str| format!("exec unshare --user --map-root-user --mount sh -c '{command}'");
    let folder = folder();
    let can_mount =
        Command::new("sh").args(["-c", &inside(&format!("{mount} 2>&-"))]).current_dir(folder.path()).status();
    if !can_mount.unwrap().success() {
        eprintln!("not tried: a user may not mount anything here");
        return;
    }
    let folder = crate::shell::folder();
    let before =
        format!("{} \"$0\" \"$@\";", inside(&format!("{mount} && export TMPDIR=$PWD/full && exec \"$0\" \"$@\"")));
    let fuzz = ["fuzz", "--seed", "1", "--programs", "300", "--findings", "found"];
    for arguments in [&["check", "cases.yaml"][..], &fuzz] {
        let _ = std::fs::remove_dir(folder.path().join("full"));
        let output = shell(folder.path(), &before, arguments, "").output().unwrap();
        assert_told("a full /dev/shm", &output, &[0]);
    }
}

#[rstest]
#[case("check", "257")]
#[case("fuzz", "100000")]
#[case("engines", "18446744073709551615")]
#[case("fuzz", "0")]
fn too_many_jobs_are_refused(#[case] command: &str, #[case] jobs: &str) {
    let folder = folder();
    let output = shell(folder.path(), "", &[command, "--jobs", jobs], "").output().unwrap();
    assert_eq!(output.status.code(), Some(2));
    assert!(errors(&output).contains("it is a number from 1 to 256"), "{}", errors(&output));
}

/// A campaign goes on with the workers that there are.
#[test]
fn workers_that_can_not_be_started_are_told() {
    let folder = folder();
    let arguments = ["fuzz", "--seed", "1", "--programs", "25000", "--jobs", "100", "--findings", "found"];
    let output = shell(folder.path(), "ulimit -n 24 &&", &arguments, "").output().unwrap();
    // What the programs find is another matter.
    assert_told("100 jobs", &output, &[0, 1]);
    assert!(errors(&output).contains("a worker could not start"), "{}", errors(&output));
    assert!(String::from_utf8_lossy(&output.stdout).contains("25,000 programs"), "{output:?}");
}
