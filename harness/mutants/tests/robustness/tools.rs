//! Campaigns on the executable whose engines lie or die, and what they leave behind.

use mutants::plan::VARIABLE;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};
use tempfile::TempDir;

pub const MUTANTS: &str = env!("CARGO_BIN_EXE_mutants");

/// A folder for a campaign.
pub struct Campaign(TempDir);

impl Campaign {
    pub fn new() -> Campaign {
        Campaign(TempDir::new().unwrap())
    }

    pub fn path(&self) -> &Path {
        self.0.path()
    }

    /// The folder of its findings.
    pub fn found(&self) -> PathBuf {
        self.path().join("found")
    }

    pub fn command(&self, arguments: &[&str], faults: &str) -> Command {
        let mut command = Command::new(MUTANTS);
        command.args(["fuzz", "--findings", "found", "--json", "out.json"]).args(arguments);
        command.env(VARIABLE, faults).current_dir(self.path()).stdin(Stdio::null());
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str], faults: &str, code: i32) -> (String, String) {
        finished(self.command(arguments, faults).output().expect("it starts"), code)
    }

    pub fn start(&self, arguments: &[&str], faults: &str) -> Child {
        self.command(arguments, faults).spawn().expect("it starts")
    }

    /// Its results.
    pub fn results(&self) -> Value {
        serde_json::from_slice(&fs::read(self.path().join("out.json")).unwrap()).expect("JSON")
    }

    /// Its state, if it has one.
    pub fn state(&self) -> Option<Value> {
        serde_json::from_slice(&fs::read(self.found().join("campaign.json")).ok()?).ok()
    }

    /// Everything that has to be the same however often its processes were killed: what was run, counted and found.
    pub fn outcome(&self) -> (Value, BTreeMap<String, String>) {
        let mut state = self.state().expect("a state");
        for varying in ["seconds", "limit", "programs"] {
            state[varying].take();
        }
        for varying in ["shares", "lost"] {
            state["tally"][varying].take();
        }
        let found = fs::read_dir(self.found()).unwrap().map(|entry| entry.unwrap().path());
        let findings = found.filter(|path| path.is_dir()).map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            let text =
                |file: &str| fs::read_to_string(path.join(file)).unwrap_or_else(|error| panic!("{name}: {error}"));
            (name.clone(), ["case.yaml", "check.py", "finding.json"].map(text).concat())
        });
        (state, findings.collect())
    }
}

/// What a process that has ended with that code has written.
pub fn finished(output: Output, code: i32) -> (String, String) {
    let [stdout, stderr] = [output.stdout, output.stderr].map(|text| String::from_utf8_lossy(&text).into_owned());
    assert_eq!(output.status.code(), Some(code), "{stdout}{stderr}");
    (stdout, stderr)
}

pub fn wait_until(is_so: impl Fn() -> bool) {
    let since = Instant::now();
    while !is_so() {
        assert!(since.elapsed() < Duration::from_secs(60), "it takes too long");
        sleep(Duration::from_millis(10));
    }
}

/// Waits for its end, at most for a while.
pub fn end(mut process: Child, within: Duration) -> Output {
    let since = Instant::now();
    while process.try_wait().unwrap().is_none() {
        if since.elapsed() > within {
            process.kill().unwrap();
            panic!("it did not end within {within:?}: {:?}", process.wait_with_output());
        }
        sleep(Duration::from_millis(10));
    }
    process.wait_with_output().unwrap()
}

/// The children of a process that have not ended.
pub fn children(parent: u32) -> Vec<u32> {
    let text = fs::read_to_string(format!("/proc/{parent}/task/{parent}/children")).unwrap_or_default();
    let children = text.split_whitespace().filter_map(|id| id.parse().ok());
    // One that is stopped before it has become another program stops its parent too, which waits for that.
    let command = |id: u32| fs::read(format!("/proc/{id}/cmdline")).unwrap_or_default();
    let is_started = |id: &u32| command(*id) != command(parent);
    children.filter(|id| state(*id).is_some_and(|state| state != 'Z') && is_started(id)).collect()
}

/// The state of a process, as `R` or `T`.
pub fn state(process: u32) -> Option<char> {
    let text = fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    text.rsplit_once(')')?.1.trim_start().chars().next()
}

/// Sends a signal to a process that may have ended.
pub fn signal(process: u32, signal: Signal) {
    if let Some(process) = Pid::from_raw(process as i32) {
        let _ = kill_process(process, signal);
    }
}

/// Numbers that a seed determines.
pub struct Random(u64);

impl Random {
    pub fn new(seed: u64) -> Random {
        Random(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// A number below that one.
    pub fn below(&mut self, end: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) % end
    }

    pub fn pick<'a, T>(&mut self, list: &'a [T]) -> Option<&'a T> {
        list.get(self.below(list.len().max(1) as u64) as usize)
    }
}

/// A command engine that is a Python, run by viewcheck's own runner.
pub fn python() -> String {
    format!("python={}", std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned()))
}
