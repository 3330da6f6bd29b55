//! Running campaigns as people run them: a folder for one, the command line, and what it leaves behind.

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

/// An empty folder, and the executable that is run in it.
pub struct Folder {
    folder: TempDir,
    program: &'static str,
}

impl Folder {
    pub fn new(program: &'static str) -> Folder {
        Folder { folder: TempDir::new().unwrap(), program }
    }

    pub fn path(&self) -> &Path {
        self.folder.path()
    }

    /// A campaign, whose findings are in `found`.
    pub fn command(&self, arguments: &str) -> Command {
        self.command_of("fuzz", arguments)
    }

    /// The same of one of the commands that are campaigns.
    pub fn command_of(&self, name: &str, arguments: &str) -> Command {
        let mut command = Command::new(self.program);
        command.args([name, "--findings", "found"]).args(arguments.split(' '));
        if !arguments.contains("--json") {
            command.args(["--json", "out.json"]);
        }
        command.current_dir(self.path()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs a campaign to its end. Gives its results, without times.
    pub fn run(&self, command: &mut Command, code: i32) -> (String, Value) {
        finished(command.output().expect("it starts"), code);
        let text = fs::read_to_string(self.path().join("out.json")).unwrap();
        let mut json: Value = serde_json::from_str(&text).expect("JSON");
        for timed in ["seconds", "programs_per_second"] {
            assert!(json[timed].take().as_f64().is_some_and(|time| time > 0.0), "{timed} in {text}");
        }
        (text, json)
    }

    /// The campaign as it is on disk, without times.
    pub fn state(&self) -> Option<Value> {
        let mut state: Value = serde_json::from_slice(&fs::read(self.path().join("found/campaign.json")).ok()?).ok()?;
        state["seconds"].take();
        state["tally"]["shares"].take();
        Some(state)
    }

    /// Starts a campaign, and waits until it has counted some programs.
    pub fn start(&self, command: &mut Command) -> Child {
        let child = command.spawn().expect("it starts");
        wait_until(|| self.state().is_some_and(|state| state["tally"]["programs"] != 0));
        child
    }
}

pub fn wait_until(is_so: impl Fn() -> bool) {
    let start = Instant::now();
    while !is_so() {
        assert!(start.elapsed() < Duration::from_secs(60), "it takes too long");
        sleep(Duration::from_millis(10));
    }
}

pub fn finished(output: Output, code: i32) -> (String, String) {
    let (stdout, stderr) = (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
    (stdout, stderr)
}

pub fn send(signal: Signal, process: u32) {
    kill_process(Pid::from_raw(process as i32).unwrap(), signal).unwrap();
}
