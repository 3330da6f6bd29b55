//! Scripts of findings that expect what the reference does, and the Python that runs them.

use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use program::{Observation, Program, Trace};
use std::fs;
use std::process::Command;
use tempfile::TempDir;
use viewcheck::findings::{Finding, Signature, Symptom};

/// Alters what the reference observed.
pub type Change = fn(&Program, &mut [Observation]);

pub fn profile() -> Profile {
    Profile::new(python().unwrap_or(Version::new(3, 13, 0)), Abi::Lp64)
}

/// The version of the Python that scripts are run with, if there is one that they run on.
pub fn python() -> Option<Version> {
    let code = "import sys; print('%d.%d.%d' % sys.version_info[:3])";
    let output = Command::new("python3").args(["-c", code]).output().ok()?;
    let version: Version = String::from_utf8(output.stdout).ok()?.trim().parse().ok()?;
    (version >= Version::new(3, 10, 0)).then_some(version)
}

/// Runs a script; its exit code and what it printed.
pub fn python_on(script: &str) -> (Option<i32>, String) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("script.py");
    fs::write(&path, script).unwrap();
    let output = Command::new("python3").arg(&path).output().unwrap();
    let text = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    (output.status.code(), text)
}

/// What the reference does, as a finding that expects it.
pub fn honest(program: &Program, change: Option<Change>) -> Option<Finding> {
    let mut reference = Reference::new(profile());
    let mut trace = Trace::new();
    reference.run(program, Watch::Always, &mut trace).ok()?;
    let mut expected: Vec<Observation> = trace.observations().collect();
    if let Some(change) = change {
        change(program, &mut expected);
    }
    Some(Finding {
        signature: Signature::from("a|b test".to_owned()),
        symptom: Symptom::Hang,
        program: program.clone(),
        original: program.clone(),
        expected: Some(expected),
        actual: None,
        seed: None,
        index: None,
        engines: [reference.about().clone(), reference.about().clone()],
        level: viewcheck::compare::Level::Message,
        stable: true,
        unfinished: false,
        law: None,
        plain: None,
    })
}

pub fn difference() -> Symptom {
    Symptom::Difference(viewcheck::difference::Difference {
        step: 0,
        facet: viewcheck::difference::Facet::Value,
        expected: "this".into(),
        actual: "that".into(),
        law: None,
    })
}
