//! Processes that run programs are confined: what a program could try from within, and that engines work all the same.
//!
//! Where the system can't confine processes, as in a container that forbids it, the attempts have nothing to show, and the
//! tests say so.

use child::confine::support;
use rstest::rstest;
use std::fs;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

pub const CASES: &str = "\
title: Some cases
cases:
  - {id: hex, section: One, claim: it works, verdict: confirmed, steps: [{run: view = memoryview(b'ab')}, {run: view.hex(), gives: \"'6162'\"}]}
  - {id: modules, section: One, claim: modules are found late too, verdict: confirmed, steps: [{run: 'bytearray(b\"x\").decode(\"cp1252\")', gives: \"'x'\"}]}
";

/// A folder with cases, and one with a secret that programs are to get at.
pub struct Place {
    folder: TempDir,
}

impl Place {
    pub fn new() -> Place {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("cases.yaml"), CASES).unwrap();
        fs::create_dir(folder.path().join("private")).unwrap();
        let place = Place { folder };
        fs::write(place.private().join("secret"), "secret").unwrap();
        place
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    pub fn private(&self) -> PathBuf {
        self.path().join("private")
    }

    pub fn run(&self, plan: &str, arguments: &[&str]) -> Output {
        Command::new(env!("CARGO_BIN_EXE_mutants"))
            .args(arguments)
            .current_dir(self.path())
            .env("MUTANTS", plan)
            .env("ESCAPE", self.private())
            .output()
            .unwrap()
    }

    pub fn script(&self, name: &str, text: &str) -> String {
        let file = self.path().join(name);
        fs::write(&file, text).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        file.display().to_string()
    }
}

pub fn text(output: &Output) -> String {
    String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr)
}

/// Whether this system can confine processes, so that there is something to test. Of signals and the length of files, which an
/// older Linux does not keep from commands, nothing is tried in the embedded engine.
pub fn can_confine(is_command: bool) -> bool {
    let matters = |what: &&String| is_command || what.contains("are not protected:");
    let missing: Vec<&String> = support().missing.iter().filter(matters).collect();
    if !missing.is_empty() {
        eprintln!("not tested, as this system can't confine processes: {missing:?}");
    }
    missing.is_empty()
}

/// The Python that tests are run with.
fn python() -> String {
    let output = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output().unwrap();
    String::from_utf8_lossy(&output.stdout).trim().to_owned()
}

/// The process of the embedded engine, in each command that has one. Where it may run any Python, it has a folder of its own for
/// temporary files.
#[rstest]
#[case::check("escape@hex", "make a temporary file", &["check", "cases.yaml", "--engine", "embedded", "--report", "report"])]
#[case::replay("escape@hex", "make a temporary file", &["replay", "cases.yaml"])]
#[case::fuzz("escape@7", "", &["fuzz", "--programs", "20", "--seed", "1", "--jobs", "1", "--findings", "findings"])]
fn nothing_gets_out_of_the_embedded_engine(#[case] plan: &str, #[case] worked: &str, #[case] arguments: &[&str]) {
    if !can_confine(false) {
        return;
    }
    let place = Place::new();
    let output = place.run(plan, arguments);
    let shown = text(&output);
    assert!(shown.contains(&format!("worked: {worked}; failed: read a file, list a folder, ")), "{shown}");
    assert!(!shown.contains("; failed: ."), "{shown}");
    assert_eq!(fs::read(place.private().join("secret")).unwrap(), b"secret");
    assert_eq!(fs::read_dir(place.private()).unwrap().count(), 1);
}

/// The attempts are real: without the option that asks for it, they work.
#[test]
fn without_a_sandbox_it_would() {
    let place = Place::new();
    let shown = text(&place.run("escape@hex", &["replay", "cases.yaml", "--no-sandbox"]));
    assert!(shown.contains("worked: read a file, list a folder, write to a file, make a file, "), "{shown}");
    assert!(shown.contains("send its parent a signal, start a program, "), "{shown}");
}

/// A shell chooses by itself what it starts, so that is shown.
#[test]
fn the_python_that_a_shell_has_started_is_told() {
    let place = Place::new();
    let started = place.script("started", "#!/bin/sh\nexec python3 \"$@\"\n");
    for command in [format!("py=sh -c 'exec {started} \"$0\"'"), format!("py={started}")] {
        let shown = text(&place.run("", &["engines", "--probe", &command]));
        let origin = shown.lines().find(|line| line.starts_with("  origin ")).unwrap_or_default().to_owned();
        assert!(origin.contains(&format!(", which runs {}", python())), "{shown}");
    }
}

/// What a runner in Python tries, each with what comes of it.
const RUNNER: &str = r#"
import ctypes, os, signal, socket
private, outside = os.environ["ESCAPE"], os.environ["OUTSIDE"]
libc = ctypes.CDLL(None, use_errno=True)
def call(*arguments):
    if libc.syscall(*arguments) < 0:
        raise OSError(ctypes.get_errno(), "")
x86 = os.uname().machine == "x86_64"
attempts = {
    "read": lambda: open(private + "/secret").read(),
    "list": lambda: os.listdir(private),
    "write": lambda: open(private + "/secret", "w"),
    "make": lambda: open(private + "/new", "w"),
    "truncate": lambda: os.truncate(private + "/secret", 0),
    "delete": lambda: os.unlink(private + "/secret"),
    "rename": lambda: os.rename(private + "/secret", os.environ["TMPDIR"] + "/secret"),
    "link": lambda: os.link(private + "/secret", os.environ["TMPDIR"] + "/secret"),
    "through a link": lambda: (os.symlink(private, os.environ["TMPDIR"] + "/link"), os.listdir(os.environ["TMPDIR"] + "/link")),
    "permissions": lambda: os.chmod(private + "/secret", 0o777),
    "times": lambda: os.utime(private + "/secret"),
    "attributes": lambda: os.setxattr(private + "/secret", "user.x", b"x"),
    "temporary folder of all": lambda: open("/tmp/viewcheck-escape", "w"),
    "memory of its own": lambda: open("/proc/self/mem", "r+b"),
    "memory of its parent": lambda: open("/proc/%d/mem" % os.getppid(), "rb"),
    "environment of another": lambda: open("/proc/%s/environ" % outside, "rb").read(),
    "TCP": lambda: socket.create_connection(("127.0.0.1", 9)),
    "UDP": lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM),
    "sockets of others": lambda: socket.socket(socket.AF_UNIX),
    "signal to another": lambda: os.kill(int(outside), signal.SIGTERM),
    "signal to all": lambda: os.kill(-1, 0) if os.getuid() else os.kill(1, 0),
    "run what is private": lambda: os.execv(private + "/program", ["program"]),
    "chroot": lambda: os.chroot(private),
    "ptrace": lambda: call(101, 16, int(outside), 0, 0) if x86 else call(117, 16, int(outside), 0, 0),
    "mount": lambda: call(165 if x86 else 40, b"none", b"/mnt", b"tmpfs", 0, 0),
    "namespace": lambda: call(272 if x86 else 97, 0x10000000),
    "bpf": lambda: call(321 if x86 else 280, 0, 0, 0),
    "io_uring": lambda: call(425, 1, 0),
    "keys": lambda: call(250 if x86 else 219, 0, -3, 0),
    "handles": lambda: call(304 if x86 else 265, -100, 0, 0),
    "terminal": lambda: __import__("fcntl").ioctl(0, 0x5412, b"x"),
}
if x86:
    attempts["socket of the other ABI"] = lambda: call(0x40000000 | 41, 2, 1, 0)
for name, attempt in attempts.items():
    try:
        attempt()
        print("worked:", name)
    except OSError as error:
        print("failed:" if error.errno in (1, 13, 18) else "otherwise %s:" % error, name)
open(os.environ["TMPDIR"] + "/mine", "w").write("x")
print("its own folder")
"#;

#[test]
fn nothing_gets_out_of_a_command() {
    if !can_confine(true) {
        return;
    }
    let (place, own) = (Place::new(), TempDir::new().unwrap());
    let program = place.private().join("program");
    fs::copy("/bin/true", &program).unwrap();
    let runner = own.path().join("runner.py");
    fs::write(&runner, RUNNER).unwrap();
    let mut outside = Command::new("sleep").arg("60").spawn().unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["confine", "--folder"])
        .arg(own.path())
        .args(["--", "python3"])
        .arg(&runner)
        .env("ESCAPE", place.private())
        .env("OUTSIDE", outside.id().to_string())
        .output()
        .unwrap();
    let shown = text(&output);
    let is_alive = outside.try_wait().unwrap().is_none();
    outside.kill().unwrap();
    outside.wait().unwrap();
    assert!(is_alive && shown.ends_with("its own folder\n"), "{shown}");
    assert!(shown.lines().filter(|line| line.starts_with("failed: ")).count() >= 31, "{shown}");
    assert!(!shown.contains("worked:") && !shown.contains("otherwise"), "{shown}");
    assert_eq!(fs::read(place.private().join("secret")).unwrap(), b"secret");
}

/// However a Python is started, it gives the same results.
#[rstest]
#[case::by_name(|_: &Place| "python3".to_owned())]
#[case::by_path(|_: &Place| python())]
#[case::with_a_variable(|_: &Place| format!("env LANG=C {}", python()))]
#[case::by_a_link(|place: &Place| {
    let link = place.path().join("linked");
    symlink(python(), &link).unwrap();
    link.display().to_string()
})]
#[case::by_a_script(|place: &Place| place.script("engine", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", python())))]
#[case::by_a_script_that_waits(|place: &Place| place.script("engine", &format!("#!/bin/sh\n'{}' \"$@\"\n", python())))]
#[case::by_a_script_of_a_script(|place: &Place| {
    let inner = place.script("inner", &format!("#!/bin/sh\nexec '{}' \"$@\"\n", python()));
    place.script("engine", &format!("#!/usr/bin/env sh\nexec {inner} \"$@\"\n"))
})]
#[case::of_an_environment(|place: &Place| {
    let environment = place.path().join("venv");
    let made = Command::new(python()).args(["-m", "venv", "--without-pip"]).arg(&environment).status().unwrap();
    assert!(made.success());
    environment.join("bin/python").display().to_string()
})]
fn a_command_works_confined(#[case] command: fn(&Place) -> String) {
    let place = Place::new();
    let engine = format!("py={}", command(&place));
    for more in [&[][..], &["--no-sandbox"]] {
        let output =
            place.run("", &[&["check", "cases.yaml", "--report", "report", "--engine", &engine], more].concat());
        assert!(output.status.success(), "{engine} {more:?}: {}", text(&output));
    }
}

/// A folder that a command does not name is named by an option.
#[test]
fn a_command_reads_what_an_option_names() {
    if !can_confine(true) {
        return;
    }
    let place = Place::new();
    let secret = place.private().join("secret").display().to_string();
    // The name is put together, so that the script does not tell it.
    let (start, end) = secret.split_at(secret.len() - 4);
    let script = format!("#!/bin/sh\ncat '{start}'{end} >/dev/null || exit 5\nexec '{}' \"$@\"\n", python());
    let engine = format!("py={}", place.script("engine", &script));
    let check = |more: &[&str]| {
        place.run("", &[&["check", "cases.yaml", "--report", "report", "--engine", &engine], more].concat())
    };
    assert_eq!(check(&[]).status.code(), Some(2));
    assert_eq!(check(&["--readable", &secret]).status.code(), Some(0));
    assert_eq!(check(&["--no-sandbox"]).status.code(), Some(0));
}

/// A file that somebody leaves in the folder for temporary files is no module of an engine.
#[test]
fn a_planted_module_is_not_imported() {
    let (place, shared) = (Place::new(), TempDir::new().unwrap());
    fs::write(shared.path().join("array.py"), "raise SystemExit('planted')").unwrap();
    let output = Command::new(env!("CARGO_BIN_EXE_mutants"))
        .args(["check", "cases.yaml", "--report", "report", "--no-sandbox", "--engine"])
        .arg(format!("py={}", python()))
        .current_dir(place.path())
        .env("TMPDIR", shared.path())
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", text(&output));
    // Nothing is left there but what was.
    assert_eq!(fs::read_dir(shared.path()).unwrap().count(), 1);
}

/// A filter that refuses what confines processes: Landlock's calls and further filters. Becomes the command behind it.
pub const FORBID: &str = r#"
import ctypes, os, struct, sys
libc = ctypes.CDLL(None, use_errno=True)
steps = [(0x20, 0, 0, 0)]
numbers = [444, 445, 446, 317 if os.uname().machine == "x86_64" else 277]
for number in numbers:
    steps += [(0x15, 0, 1, number), (0x06, 0, 0, 0x00050001)]
steps += [(0x06, 0, 0, 0x7fff0000)]
code = b"".join(struct.pack("HBBI", *step) for step in steps)
buffer = ctypes.create_string_buffer(code)
program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(buffer))
libc.prctl(38, 1, 0, 0, 0)
if libc.prctl(22, 2, ctypes.create_string_buffer(program), 0, 0):
    sys.exit(9)
os.execv(sys.argv[1], sys.argv[1:])
"#;

/// Where the system forbids it, that is said once, and programs are run all the same.
#[test]
fn a_system_that_forbids_it_is_told() {
    let place = Place::new();
    let run = |more: &[&str]| {
        let output = Command::new("python3")
            .args(["-c", FORBID, env!("CARGO_BIN_EXE_mutants"), "check", "cases.yaml", "--report", "report"])
            .args(["--engine", "embedded", "--engine", "py=python3"])
            .args(more)
            .current_dir(place.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", text(&output));
        String::from_utf8_lossy(&output.stderr).into_owned()
    };
    let told = run(&[]);
    assert_eq!(told.matches("note: this system can't confine").count(), 1, "{told}");
    assert!(told.contains("no Landlock") && told.contains("seccomp is refused"), "{told}");
    assert_eq!(run(&["--no-sandbox"]), "");
}

/// A worker limits its own addresses. A command that it starts again is not limited, as many runtimes reserve more.
#[rstest]
fn the_addresses_of_a_command_are_not_limited(#[values(&[], &["--no-sandbox"])] more: &[&str]) {
    let place = Place::new();
    let text = format!(
        "#!/bin/sh\n[ \"$(ulimit -v)\" = unlimited ] || exit 9\nexec timeout -s KILL 1 '{}' \"$@\"\n",
        python()
    );
    let engine = format!("py={}", place.script("engine", &text));
    let arguments =
        ["fuzz", "--time", "5s", "--seed", "1", "--jobs", "1", "--findings", "findings", "--engine", &engine];
    let output = place.run("", &[&arguments, more].concat());
    assert_eq!(output.status.code(), Some(0), "{}", self::text(&output));
}

/// A package in the folder of a virtual environment is found by an engine that is confined.
#[test]
fn numpy_works_confined() {
    let place = Place::new();
    let case = "title: Numpy\ncases:\n  - {id: numpy, section: One, claim: it works, verdict: confirmed, needs: [numpy], steps: \
                [{run: import numpy}, {run: 'memoryview(numpy.array([1, 2])).tolist()', gives: '[1, 2]'}]}\n";
    fs::write(place.path().join("cases.yaml"), case).unwrap();
    let run = |more: &[&str]| {
        let output =
            place.run("", &[&["check", "cases.yaml", "--report", "report", "--engine", "embedded"], more].concat());
        (output.status.code(), String::from_utf8_lossy(&output.stdout).into_owned())
    };
    // Where it is not installed, both skip the case.
    assert_eq!(run(&[]), run(&["--no-sandbox"]));
}
