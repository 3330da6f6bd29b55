//! Writes a finding to disk. Workers and the parent both use this.

use super::message::Found;
use crate::findings::{Finding, Kept, Store, StoreError};
use std::fs;
use std::path::Path;

/// Keeps a finding in a folder. With `replace` it takes the place of one with the same signature. The folder is read
/// anew, as other processes keep findings in it too.
pub(super) fn keep(findings: &Path, finding: &Finding, replace: bool) -> Result<Found, StoreError> {
    let mut store = Store::open(findings)?;
    let former = store.folder(&finding.signature).filter(|_| replace).map(Path::to_owned);
    // Named as what a process leaves that died while it was writing, so that the store clears it away in any case.
    let aside = findings.join(format!(".viewcheck-{}-replaced", std::process::id()));
    if let Some(former) = &former
        && fs::rename(former, &aside).is_ok()
    {
        store = Store::open(findings)?;
    }
    let folder = match store.keep(finding)? {
        Kept::New(folder) => folder,
        Kept::Again => store.folder(&finding.signature).unwrap_or(findings).to_owned(),
    };
    if former.is_some() {
        // The next process that opens the store removes the temporary folder.
        let _ = fs::remove_dir_all(&aside);
    }
    Ok(Found {
        index: finding.index,
        kind: finding.kind(),
        operations: finding.program.operations.len(),
        stable: finding.stable,
        folder,
    })
}

/// What is known of a finding that an earlier campaign kept.
pub(super) fn former(folder: &Path) -> Found {
    let record = fs::read(folder.join("finding.json")).ok();
    let record: serde_json::Value = record.and_then(|text| serde_json::from_slice(&text).ok()).unwrap_or_default();
    Found {
        index: None,
        kind: record["kind"].as_str().unwrap_or("unknown").to_owned(),
        operations: record["program"].as_array().map_or(0, Vec::len),
        stable: record["stable"].as_bool().unwrap_or(true),
        folder: folder.to_owned(),
    }
}
