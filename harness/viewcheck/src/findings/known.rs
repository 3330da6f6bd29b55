//! Looks up known divergences (`spec/known/`, read by [`cases::known`]) for a campaign, by signature and engine.

use super::Signature;
use crate::compare::Level;
use cases::known::Subject;
use cases::known::signature::parts;
use cases::{Entry, Problem};
use engine::About;
use std::collections::BTreeSet;
use std::path::Path;

/// Why the known divergences can't be used: everything that is wrong with their files.
#[derive(Debug, thiserror::Error)]
#[error("{}", super::input::render(.0))]
pub struct KnownError(pub Vec<Problem>);

/// All divergences that are understood.
#[derive(Clone, Debug, Default)]
pub struct Known(cases::Known);

impl Known {
    /// Reads all `*.yaml` of a folder, sorted by name. A folder that does not exist holds nothing.
    pub fn load(dir: &Path) -> Result<Known, KnownError> {
        if let Ok(false) = dir.try_exists() {
            return Ok(Known::default());
        }
        Known::new(cases::Known::load(&[dir.to_owned()]))
    }

    /// Takes what was read, unless there are problems with it.
    pub fn new((known, problems): (cases::Known, Vec<Problem>)) -> Result<Known, KnownError> {
        match problems.is_empty() {
            true => Ok(Known(known)),
            false => Err(KnownError(problems)),
        }
    }

    /// All entries, in the order of the files.
    pub fn entries(&self) -> &[Entry] {
        self.0.entries()
    }

    /// The entry for a signature on an engine.
    pub fn matches(&self, signature: &Signature, engine: &About) -> Option<&Entry> {
        let version = engine.known_version();
        self.0.for_signature(signature.as_str(), &engine.implementation, version).next().map(|(_, entry)| entry)
    }

    /// The signatures of an engine, against another, that have an entry and were not seen: what they tell of is fixed,
    /// if the campaign ran long enough. Entries that do not show at the level of the campaign are left out.
    pub fn unseen(&self, seen: &BTreeSet<Signature>, engine: &About, against: &About, level: Level) -> Vec<Signature> {
        let against = format!("{} ", against.name);
        let version = engine.known_version();
        let applying = self.entries().iter().filter(|entry| entry.is_about(&engine.implementation, version));
        let signatures = applying.filter(|entry| entry.shows_at(level)).filter_map(|entry| match &entry.subject {
            Subject::Signature(text) => {
                let core = parts(text).0;
                let is_met = [&against, "laws "].iter().any(|who| core.starts_with(*who));
                is_met.then(|| Signature::from(text.clone()))
            }
            Subject::Cases(_) | Subject::Law(_) => None,
        });
        let is_seen = |known: &Signature| seen.iter().any(|seen| known.includes(seen));
        signatures.filter(|signature| !is_seen(signature)).collect()
    }
}
