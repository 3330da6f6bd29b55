//! What a campaign has found, and which finding each signature that it met has become.
//!
//! The program of a finding is smaller than the one that was met, and its signature may have fewer circumstances. So
//! several signatures become one finding. Its program comes from the first program of the seed that has any of them.
//!
//! Workers meet programs in any order. A signature may be investigated again, for a program with a lower index, and then
//! become another finding. The register says then which finding no longer stands for anything, and which program has to be
//! investigated again so that its finding shows what the seed gives.

use super::message::Found;
use crate::findings::Signature;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::PathBuf;

/// What became of a signature.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Met {
    /// The first program that is known to have it; 0 for a finding of an earlier campaign.
    pub index: u64,
    /// The signature of its finding.
    pub finding: Signature,
}

/// A program that is to be investigated again, and the signature that it has.
pub(super) type Again = (Signature, u64);

/// What follows from an investigation.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Entered {
    /// Whether the finding is new.
    pub(super) is_new: bool,
    /// The folder of a finding that stands for nothing any more, or is to be made anew.
    pub(super) gone: Option<PathBuf>,
    /// What is to be investigated again.
    pub(super) again: Option<Again>,
}

/// The findings of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Register {
    /// What was found, also by programs that are not counted yet.
    pub found: BTreeMap<Signature, Found>,
    /// The signatures that were investigated.
    #[serde(default)]
    pub met: BTreeMap<Signature, Met>,
}

impl Register {
    /// The program from which on a signature needs no investigation.
    pub(super) fn since(&self, met: &Signature) -> Option<u64> {
        self.met.get(met).map(|met| met.index)
    }

    /// Notes that a signature is that of a finding of an earlier campaign.
    pub(super) fn enter_former(&mut self, signature: &Signature, found: Found) {
        self.met.insert(signature.clone(), Met { index: 0, finding: signature.clone() });
        self.found.insert(signature.clone(), found);
    }

    /// Notes that a signature of a program has become a finding.
    pub(super) fn enter(&mut self, met: Signature, index: u64, finding: Signature, found: Found) -> Entered {
        let before = self.met.insert(met.clone(), Met { index, finding: finding.clone() });
        let mut entered = Entered::default();
        if !found.folder.is_dir() {
            // It was given up between the investigation and this report.
            entered.again = Some((met, index));
            return entered;
        }
        // Reports of two workers may arrive in another order than they wrote to disk.
        if self.found.get(&finding).is_none_or(|former| former.index >= found.index) {
            entered.is_new = self.found.insert(finding.clone(), found).is_none();
        }
        if let Some(before) = before.filter(|before| before.finding != finding) {
            // The program that the former finding shows has become another one.
            if self.found.get(&before.finding).is_some_and(|former| former.index == Some(before.index)) {
                entered.gone = self.found.remove(&before.finding).map(|former| former.folder);
            }
            entered.again = self.missing(&before.finding);
        }
        entered
    }

    /// Notes that a program that was to be investigated again did nothing wrong.
    pub(super) fn vanished(&mut self, met: &Signature) -> Option<Again> {
        let is_missing = self.met.get(met).is_some_and(|met| !self.found.contains_key(&met.finding));
        let gone = self.met.remove(met).filter(|_| is_missing)?;
        self.missing(&gone.finding)
    }

    /// The program that a finding should show, if there is one and the finding is not there.
    fn missing(&self, finding: &Signature) -> Option<Again> {
        if self.found.contains_key(finding) {
            return None;
        }
        let owners = self.met.iter().filter(|(_, met)| met.finding == *finding);
        owners.min_by_key(|(_, met)| met.index).map(|(signature, met)| (signature.clone(), met.index))
    }

    /// How often each finding was hit. `hits` are those of the signatures that were met.
    pub(super) fn hits(&self, hits: &BTreeMap<Signature, u64>) -> BTreeMap<Signature, u64> {
        let mut all = BTreeMap::new();
        for (signature, hits) in hits {
            if let Some(met) = self.met.get(signature) {
                *all.entry(met.finding.clone()).or_default() += hits;
            }
        }
        all
    }
}
