//! The tools of a checkout find the executable that was built in it.
#![cfg(unix)]

use rstest::rstest;
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use tempfile::TempDir;

const TOOLS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../../tools");

/// A checkout with tools, in which nothing was built.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Checkout {
        let checkout = Checkout(TempDir::new().unwrap());
        fs::create_dir(checkout.0.path().join("tools")).unwrap();
        for tool in ["find-viewcheck", "overnight"] {
            fs::copy(Path::new(TOOLS).join(tool), checkout.0.path().join("tools").join(tool)).unwrap();
        }
        checkout
    }

    /// An executable at this path that says who it is.
    fn build(&self, path: &str) -> PathBuf {
        self.build_that(path, "")
    }

    /// The same, which then does something else.
    fn build_that(&self, path: &str, script: &str) -> PathBuf {
        let file = self.0.path().join(path);
        fs::create_dir_all(file.parent().unwrap()).unwrap();
        fs::write(&file, format!("#!/bin/sh\necho \"{path}: $*\"\n{script}")).unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o755)).unwrap();
        file
    }

    /// Runs a campaign from another folder, with these folders on PATH before those of the system.
    fn overnight(&self, path: &str, named: Option<&str>) -> Output {
        let nights = self.0.path().join("nights");
        fs::create_dir_all(&nights).unwrap();
        let mut command = Command::new("sh");
        command.arg(self.0.path().join("tools/overnight")).args(["found", "1s", "mine=python3"]).current_dir(nights);
        command.env("PATH", format!("{path}:/usr/bin:/bin")).env_remove("CARGO_TARGET_DIR").env_remove("VIEWCHECK");
        named.into_iter().for_each(|named| _ = command.env("VIEWCHECK", named));
        command.output().unwrap()
    }
}

/// What was built, what is on PATH and what is named, and which of them runs.
#[rstest]
#[case::built(&["target/release/viewcheck"], None, "target/release/viewcheck: fuzz --engine mine=python3")]
#[case::installed(&["bin/viewcheck"], None, "bin/viewcheck: fuzz --engine mine=python3")]
#[case::both(&["target/release/viewcheck", "bin/viewcheck"], None, "target/release/viewcheck: fuzz")]
#[case::named(&["target/release/viewcheck", "other/mine"], Some("../other/mine"), "other/mine: fuzz")]
fn the_executable_of_the_checkout_is_found(#[case] built: &[&str], #[case] named: Option<&str>, #[case] words: &str) {
    let checkout = Checkout::new();
    built.iter().for_each(|path| _ = checkout.build(path));
    let output = checkout.overnight(&checkout.0.path().join("bin").display().to_string(), named);
    let said = String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(0) && said.contains(words), "{said}");
}

#[rstest]
#[case::nothing(None, "run `cargo build --release`, or set VIEWCHECK")]
#[case::named(Some("./nowhere"), "VIEWCHECK names ./nowhere, which can't be run")]
fn that_there_is_none_is_told(#[case] named: Option<&str>, #[case] words: &str) {
    let output = Checkout::new().overnight("/nowhere", named);
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.code() == Some(2) && said.contains(words), "{said}");
}

/// A full disk, say, on which a second campaign would have taken the place of the first one. The night goes on with the next
/// engine.
#[test]
fn a_campaign_that_fails_is_not_begun_anew() {
    let checkout = Checkout::new();
    checkout.build_that("target/release/viewcheck", "exit 2\n");
    fs::create_dir_all(checkout.0.path().join("nights/found/mine")).unwrap();
    fs::write(checkout.0.path().join("nights/found/mine/campaign.json"), "{}").unwrap();
    let output = checkout.overnight("/nowhere", None);
    let (said, errors) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(said.matches("fuzz --engine mine=python3").count(), 1, "{said}{errors}");
    assert!(output.status.code() == Some(2) && errors.contains("mine=python3: the campaign could not run"), "{errors}");
}
