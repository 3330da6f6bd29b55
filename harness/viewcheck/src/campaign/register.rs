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
use std::collections::{BTreeMap, BTreeSet};

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
    /// A finding that stands for nothing any more, or is to be made anew.
    pub(super) gone: Option<Signature>,
    /// What is to be investigated again.
    pub(super) again: Vec<Again>,
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
        let met = self.met.get(met)?;
        let is_unfinished = self.found.get(&met.finding).is_some_and(|found| found.unfinished);
        Some(met.index.saturating_add(u64::from(is_unfinished)))
    }

    /// Whether the investigation of a program comes too late: one of an earlier program was reported since.
    pub(super) fn is_late(&self, met: &Signature, index: u64) -> bool {
        self.met.get(met).is_some_and(|met| met.index < index)
    }

    /// What is still to be investigated in a campaign that goes on: it ended in the middle of that.
    pub(super) fn open(&self) -> Vec<Again> {
        let is_unfinished = |met: &Met| self.found.get(&met.finding).is_some_and(|found| found.unfinished);
        let unfinished = self.met.iter().filter(|(_, met)| is_unfinished(met));
        let mut open: Vec<Again> = unfinished.map(|(signature, met)| (signature.clone(), met.index)).collect();
        let findings: BTreeSet<&Signature> = self.met.values().map(|met| &met.finding).collect();
        open.extend(findings.into_iter().filter_map(|finding| self.missing(finding)));
        open
    }

    /// Notes that a signature is that of a finding of an earlier campaign.
    pub(super) fn enter_former(&mut self, signature: &Signature, found: Found) {
        self.met.insert(signature.clone(), Met { index: 0, finding: signature.clone() });
        self.found.insert(signature.clone(), found);
    }

    /// Notes that a signature of a program has become a finding.
    pub(super) fn enter(&mut self, met: Signature, index: u64, finding: Signature, found: Found) -> Entered {
        if self.is_late(&met, index) {
            return Entered::default();
        }
        let before = self.met.insert(met, Met { index, finding: finding.clone() });
        let mut entered = Entered::default();
        if self.found.get(&finding).is_none_or(|former| former.index >= found.index) {
            entered.is_new = self.found.insert(finding.clone(), found).is_none();
        }
        if let Some(before) = before.filter(|before| before.finding != finding) {
            // The program that the former finding shows has become another one.
            if self.found.get(&before.finding).is_some_and(|former| former.index == Some(before.index)) {
                self.found.remove(&before.finding);
                entered.gone = Some(before.finding.clone());
            }
            entered.again.extend(self.missing(&before.finding));
        }
        entered
    }

    /// Notes that a program that was to be investigated again did nothing wrong.
    pub(super) fn vanished(&mut self, met: &Signature) -> Option<Again> {
        let finding = self.met.get(met).map(|met| met.finding.clone())?;
        if let Some(found) = self.found.get_mut(&finding) {
            // Nothing more is to be known of it.
            found.unfinished = false;
            return None;
        }
        self.met.remove(met);
        self.missing(&finding)
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

#[cfg(test)]
mod tests {
    use super::*;
    use std::path::PathBuf;

    #[derive(Default)]
    struct Campaign {
        register: Register,
    }

    fn signature(text: &str) -> Signature {
        Signature::from(text.to_owned())
    }

    impl Campaign {
        fn found(&self, index: u64) -> Found {
            let (kind, folder) = ("value".into(), PathBuf::from("f"));
            Found { index: Some(index), kind, operations: 1, stable: true, unfinished: false, folder }
        }

        /// A worker has investigated the program of an index, and found on disk the finding of another one, or this.
        fn enter(&mut self, met: &str, index: u64, finding: &str, shown: u64) -> Entered {
            let found = self.found(shown);
            self.register.enter(signature(met), index, signature(finding), found)
        }

        fn index(&self, finding: &str) -> Option<u64> {
            self.register.found.get(&signature(finding)).and_then(|found| found.index)
        }
    }

    #[test]
    fn several_signatures_become_one_finding_of_the_first_program() {
        let mut campaign = Campaign::default();
        assert!(campaign.enter("f {float, step}", 50, "f {step}", 50).is_new);
        assert!(!campaign.enter("f {int, step}", 20, "f {step}", 20).is_new);
        assert!(!campaign.enter("f {bool, step}", 90, "f {step}", 20).is_new);
        // This report is late: the folder shows program 20 by now.
        assert!(!campaign.enter("f {0-d, step}", 40, "f {step}", 40).is_new);
        assert_eq!(campaign.index("f {step}"), Some(20));
        let hits = [("f {float, step}", 3), ("f {bool, step}", 4), ("f {known}", 100)];
        let hits = hits.into_iter().map(|(text, hits)| (signature(text), hits)).collect();
        assert_eq!(campaign.register.hits(&hits), [(signature("f {step}"), 7)].into());
    }

    #[test]
    fn a_finding_that_stands_for_nothing_is_given_up() {
        let mut campaign = Campaign::default();
        campaign.enter("f {float}", 5000, "f", 5000);
        let entered = campaign.enter("f {float}", 70, "f {float}", 70);
        assert_eq!(entered, Entered { is_new: true, gone: Some(signature("f")), again: vec![] });
        assert_eq!((campaign.index("f"), campaign.index("f {float}")), (None, Some(70)));
    }

    #[test]
    fn a_finding_that_shows_the_wrong_program_is_made_anew() {
        let mut campaign = Campaign::default();
        campaign.enter("f {float}", 5000, "f", 5000);
        campaign.enter("f {step}", 6500, "f", 5000);
        campaign.enter("f {int}", 6000, "f", 5000);
        let entered = campaign.enter("f {float}", 70, "f {float}", 70);
        assert_eq!((entered.gone, entered.again), (Some(signature("f")), vec![(signature("f {int}"), 6000)]));
        // It did nothing wrong this time, so it is the turn of the next one.
        let again = campaign.register.vanished(&signature("f {int}"));
        assert_eq!(again, Some((signature("f {step}"), 6500)));
        assert_eq!(campaign.enter("f {step}", 6500, "f", 6500), Entered { is_new: true, ..Entered::default() });
        assert_eq!(campaign.index("f"), Some(6500));
        assert_eq!(campaign.register.vanished(&signature("f {step}")), None, "there is a finding");
        assert_eq!(campaign.register.since(&signature("f {step}")), Some(6500));
    }

    #[test]
    fn a_report_that_comes_too_late_changes_nothing() {
        let mut campaign = Campaign::default();
        campaign.enter("f {float}", 4000, "f", 4000);
        campaign.enter("f {step}", 9000, "f", 4000);
        assert!(campaign.register.is_late(&signature("f {float}"), 6000));
        assert!(!campaign.register.is_late(&signature("f {float}"), 4000));
        assert_eq!(campaign.enter("f {float}", 6000, "f {float}", 6000), Entered::default());
        assert_eq!(campaign.index("f {float}"), None);
        assert_eq!((campaign.index("f"), campaign.register.since(&signature("f {float}"))), (Some(4000), Some(4000)));
    }

    #[test]
    fn a_finding_that_shows_another_program_stays() {
        let mut campaign = Campaign::default();
        campaign.enter("f {step}", 60, "f", 60);
        campaign.enter("f {float}", 5000, "f", 60);
        let entered = campaign.enter("f {float}", 70, "f {float}", 70);
        assert_eq!(entered, Entered { is_new: true, ..Entered::default() });
        assert_eq!(campaign.index("f"), Some(60));
    }

    #[test]
    fn a_campaign_that_was_ended_knows_what_is_left_to_do() {
        let mut campaign = Campaign::default();
        campaign.enter("f {float}", 5000, "f", 5000);
        campaign.enter("f {step}", 6500, "f", 5000);
        assert_eq!(campaign.register.open(), []);
        // It is to be made anew.
        campaign.enter("f {float}", 70, "f {float}", 70);
        assert_eq!(campaign.register.open(), [(signature("f {step}"), 6500)]);
        campaign.enter("f {step}", 6500, "f", 6500);
        let found = Found { unfinished: true, ..campaign.found(80) };
        campaign.register.enter(signature("g"), 80, signature("g"), found.clone());
        assert_eq!(campaign.register.open(), [(signature("g"), 80)]);
        assert_eq!(
            campaign.register.since(&signature("g")),
            Some(81),
            "the program is investigated again, if it comes"
        );
        assert_eq!(campaign.register.vanished(&signature("g")), None);
        assert_eq!((campaign.register.open(), campaign.register.since(&signature("g"))), (vec![], Some(80)));
        campaign.register.enter(signature("g"), 80, signature("g"), found);
        campaign.enter("g", 80, "g", 80);
        assert_eq!(campaign.register.open(), []);
    }

    #[test]
    fn a_finding_of_an_earlier_campaign_stays() {
        let mut campaign = Campaign::default();
        let found = Found { index: None, ..campaign.found(0) };
        campaign.register.enter_former(&signature("f"), found);
        campaign.enter("f {step}", 0, "f", 0);
        let entered = campaign.enter("f {step}", 0, "f {step}", 0);
        assert_eq!((entered.gone, entered.again), (None, vec![]));
        assert_eq!(campaign.register.since(&signature("f")), Some(0));
    }
}
