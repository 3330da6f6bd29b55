//! Reads the folder of a campaign for a report: its state, and the record of each of its findings.
//!
//! The times of the campaign and the places of its files are left out, so that a report says the same wherever and
//! whenever it is made.

use super::state::{FILE, State, StateError};
use crate::enumerate::Statement;
use crate::findings::{RECORD, Record};
use crate::report::model::{Campaign, CampaignFinding, KindCount};
use engine::short_name;
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};

/// Why there is no campaign in a folder.
#[derive(Debug, thiserror::Error)]
pub enum StoredError {
    /// It is another folder, or there is none.
    #[error(
        "{} is not the folder of a campaign: it does not contain {FILE}, which `viewcheck fuzz --findings DIR` writes",
        .0.display()
    )]
    NotACampaign(PathBuf),
    /// A file can't be read.
    #[error("can't read {}: {error}", path.display())]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// Why.
        error: io::Error,
    },
    /// A file is damaged.
    #[error("{} is damaged: {reason}", path.display())]
    Damaged {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
}

impl From<StateError> for StoredError {
    fn from(error: StateError) -> StoredError {
        match error {
            StateError::Missing(path) => {
                StoredError::NotACampaign(path.parent().map_or_else(PathBuf::new, Path::to_owned))
            }
            StateError::File { path, error, .. } => StoredError::Unreadable { path, error },
            StateError::Malformed { path, reason } => StoredError::Damaged { path, reason },
            // Reading gives no other error.
            StateError::Running(path) => StoredError::NotACampaign(path),
            StateError::OtherCommand { path, .. } => StoredError::NotACampaign(path),
            StateError::OtherSettings { path, what, .. } => StoredError::Damaged { path, reason: what.to_owned() },
        }
    }
}

/// The campaign in a folder of findings, whether it still runs or not.
pub fn stored(folder: &Path) -> Result<Campaign, StoredError> {
    let state = State::read(folder)?;
    let known = known(&state);
    let enumeration = Statement::new(&state, known.values().copied(), false);
    let State { settings, finished, tally, register, corpus, .. } = state;
    let hits = register.hits(&tally.hits);
    let mut findings = vec![];
    for (signature, found) in &register.found {
        let told = CampaignFinding {
            signature: signature.to_string(),
            kind: found.kind.clone(),
            index: found.index.map(|index| settings.program(index)),
            ran: found.index.map(|index| finished.up_to(index)),
            operations: found.operations,
            hits: hits.get(signature).copied().unwrap_or_default(),
            unstable: !found.stable,
            ..CampaignFinding::default()
        };
        // The campaign may have been moved since. A finding that somebody has removed is told without its program.
        let record = found.folder.file_name().map(|name| record(&folder.join(name))).transpose()?.flatten();
        findings.push(match record.filter(|record| record.signature == *signature) {
            None => told,
            Some(record) => CampaignFinding {
                steps: record.program,
                step: Some(record.step),
                expected: Some(record.expected),
                actual: Some(record.actual),
                ..told
            },
        });
    }
    let kinds: BTreeMap<String, KindCount> = tally
        .statistics
        .kinds
        .into_iter()
        .map(|(name, fate)| {
            let count = KindCount { generated: fate.generated, succeeded: fate.succeeded, raised: fate.raised };
            (name, count)
        })
        .collect();
    Ok(Campaign {
        engine: short_name(&settings.engine).to_owned(),
        against: short_name(&settings.against).to_owned(),
        pythons: settings.pythons.into(),
        seed: settings.seed,
        depth: settings.extent.map(|extent| extent.depth),
        enumeration,
        shard: settings.shard.map(String::from),
        level: settings.level,
        programs: tally.programs,
        operations: tally.operations,
        findings,
        known,
        wordings: tally.wordings,
        open: tally.open,
        unsupported: tally.unsupported,
        vanished: tally.vanished,
        workers_lost: tally.lost,
        counted: tally.statistics.programs,
        kinds,
        corpus,
    })
}

/// How often the signatures were met that needed no investigation.
fn known(State { tally, register, .. }: &State) -> BTreeMap<String, u64> {
    let is_known = |signature| !register.met.contains_key(signature) && !register.found.contains_key(signature);
    let known = tally.hits.iter().filter(|(signature, _)| is_known(signature));
    known.map(|(signature, hits)| (signature.to_string(), *hits)).collect()
}

/// The record of a finding; `None` if it is gone.
fn record(folder: &Path) -> Result<Option<Record>, StoredError> {
    let path = folder.join(RECORD);
    match Record::read(&path) {
        Ok(record) => Ok(Some(record)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) if error.kind() == io::ErrorKind::InvalidData || error.kind() == io::ErrorKind::UnexpectedEof => {
            Err(StoredError::Damaged { path, reason: error.to_string() })
        }
        Err(error) => Err(StoredError::Unreadable { path, error }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::fs;
    use tempfile::TempDir;

    const STATE: &str = r#"{"schema": 1, "settings": {"engine": "mine=/home/me/python -x", "against": "reference",
        "pythons": ["3.13.0", "3.13.0"], "seed": 7, "length": 14, "level": "type", "generator": "0"},
        "programs": 10, "limit": null, "seconds": 12.5, "finished": [[0, 10]],
        "tally": {"programs": 10, "operations": 90, "open": 1, "unsupported": 2, "wordings": 3, "vanished": 4, "lost": 5,
            "hits": {"mine|reference value/value get {int}": 6, "mine|reference value/type set": 8},
            "statistics": {"programs": 2, "kinds": {"get": {"generated": 5, "succeeded": 3, "used": 1,
                "raised": {"TypeError": 2}}}}, "shares": SHARES},
        "found": {"mine|reference value/value get": {"index": 4, "kind": "value", "operations": 2, "stable": false,
            "folder": "/elsewhere/value-get-1"}},
        "met": {"mine|reference value/value get {int}": {"index": 4, "finding": "mine|reference value/value get"}},
        "before": {}}"#;
    const FINDING: &str = r#"{"signature": "mine|reference value/value get", "kind": "value", "seed": 7, "index": 4,
        "engine": {"name": "mine", "implementation": "x", "python": "3.13.0"},
        "against": {"name": "reference", "implementation": "reference", "python": "3.13.0"},
        "stable": true, "count": 6, "step": 2, "expected": "1", "actual": "2", "program": ["a = 1", "a"], "original": []}"#;

    /// The folder of a campaign with these files.
    fn folder(state: &str, finding: Option<&str>) -> TempDir {
        let folder = tempfile::tempdir().unwrap();
        let shares = serde_json::to_string(&super::super::stopwatch::Shares::default()).unwrap();
        fs::write(folder.path().join(FILE), state.replace("SHARES", &shares)).unwrap();
        if let Some(finding) = finding {
            fs::create_dir(folder.path().join("value-get-1")).unwrap();
            fs::write(folder.path().join("value-get-1").join(RECORD), finding).unwrap();
        }
        folder
    }

    #[test]
    fn a_campaign_is_read_without_its_times_and_places() {
        let folder = folder(STATE, Some(FINDING));
        let campaign = stored(folder.path()).unwrap();
        let text = serde_json::to_string(&campaign).unwrap();
        assert!(!["home", "12.5", "elsewhere"].iter().any(|word| text.contains(word)), "{text}");
        assert_eq!((&*campaign.engine, &*campaign.against, campaign.seed), ("mine", "reference", 7));
        assert_eq!(campaign.known, [("mine|reference value/type set".to_owned(), 8)].into());
        assert_eq!(campaign.kinds["get"].raised["TypeError"], 2);
        let [finding] = &campaign.findings[..] else { panic!("{campaign:?}") };
        assert_eq!((finding.index, finding.ran, finding.hits), (Some(4), Some(5), 6));
        assert_eq!((finding.unstable, finding.step), (true, Some(2)));
        assert_eq!(
            (&finding.steps[..], finding.actual.as_deref()),
            (&["a = 1".to_owned(), "a".to_owned()][..], Some("2"))
        );
    }

    #[test]
    fn a_finding_that_was_removed_or_replaced_is_told_without_its_program() {
        for finding in [None, Some(FINDING.replace("value get", "value set"))] {
            let folder = folder(STATE, finding.as_deref());
            let campaign = stored(folder.path()).unwrap();
            assert!(campaign.findings.len() == 1 && campaign.findings[0].steps.is_empty(), "{campaign:?}");
        }
    }

    #[rstest]
    #[case::truncated(&STATE[..STATE.len() / 2], Some(FINDING), "campaign.json is damaged: the text ends in the middle of a value")]
    #[case::other("{}", Some(FINDING), "campaign.json is damaged: the key `schema` is missing")]
    #[case::schema(&STATE.replace("\"schema\": 1", "\"schema\": 9"), None, "campaign.json is damaged: its schema is 9, not 1")]
    #[case::finding(STATE, Some(&FINDING[..40]), "finding.json is damaged: the text ends in the middle of a value")]
    #[case::not_a_finding(STATE, Some("[]"), "finding.json is damaged: ")]
    fn damage_is_told_with_its_file(#[case] state: &str, #[case] finding: Option<&str>, #[case] words: &str) {
        let folder = folder(state, finding);
        let error = stored(folder.path()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }

    #[test]
    fn another_folder_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        for path in [folder.path().to_owned(), folder.path().join("none")] {
            let error = stored(&path).unwrap_err().to_string();
            assert!(error.starts_with(&format!("{} is not the folder of a campaign", path.display())), "{error}");
        }
    }
}
