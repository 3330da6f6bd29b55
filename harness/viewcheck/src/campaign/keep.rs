//! Writes a finding to disk, or gives one up. Workers and the parent both use this.

use super::message::Found;
use crate::findings::{Finding, Kept, Store, StoreError};
use std::fs::{self, File};
use std::path::Path;

/// Keeps a finding in a folder, unless the same seed has one with this signature from an earlier program, or another
/// campaign has one. Gives the finding that is there then. One from a later program is replaced. The folder is read anew,
/// as other processes keep findings in it too.
pub(super) fn keep(findings: &Path, finding: &Finding) -> Result<Found, StoreError> {
    let _alone = alone(findings);
    loop {
        let mut store = Store::open(findings)?;
        if let Some(folder) = store.folder(&finding.signature) {
            let found = stored(folder, finding.seed);
            if found.index.is_none_or(|index| Some(index) <= finding.index) {
                return Ok(found);
            }
            if !remove(findings, folder) {
                return Ok(found);
            }
            store = Store::open(findings)?;
        }
        if let Kept::New(folder) = store.keep(finding)? {
            let operations = finding.program.operations.len();
            return Ok(Found {
                index: finding.index,
                kind: finding.kind(),
                operations,
                stable: finding.stable,
                folder,
            });
        }
        // Another program was faster, that does not know of the lock.
    }
}

/// Removes a finding that a campaign has given up.
pub(super) fn give_up(findings: &Path, folder: &Path) {
    let _alone = alone(findings);
    remove(findings, folder);
}

/// Keeps other processes, and threads, of the campaign from writing findings while it lives: between looking at a finding and
/// replacing it, another one may replace it. Where a system can't lock a folder, it does without.
fn alone(findings: &Path) -> Option<File> {
    let folder = File::open(findings).ok()?;
    folder.lock().ok()?;
    Some(folder)
}

/// Removes a finding, all at once. Returns whether it is gone.
fn remove(findings: &Path, folder: &Path) -> bool {
    // Named as what a process leaves that died while it was writing, so that the store clears it away in any case.
    let name = folder.file_name().unwrap_or_default().to_string_lossy();
    let aside = findings.join(format!(".viewcheck-{}-replaced-{name}", std::process::id()));
    let is_gone = fs::rename(folder, &aside).is_ok();
    let _ = fs::remove_dir_all(&aside);
    is_gone
}

/// What is known of a finding that an earlier campaign kept.
pub(super) fn former(folder: &Path) -> Found {
    stored(folder, None)
}

/// Reads a finding. It has an index only if it is from a campaign with this seed.
fn stored(folder: &Path, seed: Option<u64>) -> Found {
    let record = fs::read(folder.join("finding.json")).ok();
    let record: serde_json::Value = record.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    let steps = record["program"].as_array().map_or(0, Vec::len);
    Found {
        index: record["index"].as_u64().filter(|_| seed.is_some() && record["seed"].as_u64() == seed),
        kind: record["kind"].as_str().unwrap_or("unknown").to_owned(),
        // Records of older versions have the steps only.
        operations: record["operations"].as_u64().map_or(steps, |operations| operations as usize),
        stable: record["stable"].as_bool().unwrap_or(true),
        folder: folder.to_owned(),
    }
}
