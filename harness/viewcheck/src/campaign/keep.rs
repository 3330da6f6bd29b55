//! Keeps findings in the folder of a campaign, or gives them up. Only the parent does, so that nothing can come between
//! looking at a finding and replacing it.

use super::CampaignError;
use super::message::Found;
use super::packed::Packed;
use super::recipe::Settings;
use crate::findings::{Record, Signature, Store};
use engine::About;
use std::collections::BTreeMap;
use std::path::Path;

/// The findings of a campaign on disk.
pub(super) struct Keeper {
    store: Store,
    settings: Settings,
    engines: [About; 2],
}

impl Keeper {
    pub(super) fn new(store: Store, settings: Settings, engines: [About; 2]) -> Keeper {
        Keeper { store, settings, engines }
    }

    /// Keeps a finding, unless there is one with its signature of an earlier program of the same seed, or of another
    /// campaign. Gives the finding that is there then.
    pub(super) fn keep(&mut self, packed: &Packed) -> Result<Found, CampaignError> {
        if let (Some(record), Some(folder)) =
            (self.store.record(&packed.signature), self.store.folder(&packed.signature))
            && crate::findings::folder::is_folder(folder)
        {
            let found = found(record, folder, Some(&self.settings));
            let is_earlier = found.index.is_none_or(|index| index <= packed.index);
            let is_better = found.unfinished && found.index == Some(packed.index) && !packed.unfinished;
            if is_earlier && !is_better {
                return Ok(found);
            }
        }
        let finding = packed
            .unpack(&self.settings, &self.engines)
            .map_err(|error| CampaignError::Worker { reason: error.to_string() })?;
        let folder = self.store.replace(&finding)?;
        Ok(Found {
            index: Some(packed.index),
            kind: finding.kind(),
            operations: finding.program.operations.len(),
            stable: finding.stable,
            unfinished: finding.unfinished,
            folder,
        })
    }

    /// Removes a finding that stands for nothing any more.
    pub(super) fn give_up(&mut self, signature: &Signature) {
        self.store.remove(signature);
    }

    /// The findings of other campaigns with these signatures.
    pub(super) fn former(&self, before: &BTreeMap<Signature, u64>) -> BTreeMap<Signature, Found> {
        let known = before.keys().filter_map(|signature| {
            let (record, folder) = (self.store.record(signature)?, self.store.folder(signature)?);
            Some((signature.clone(), found(record, folder, None)))
        });
        known.collect()
    }

    /// The findings of this campaign that it does not know of: it was killed before it could write that down, or before it
    /// could remove what stood for nothing any more.
    pub(super) fn strays(&self, is_known: impl Fn(&Signature) -> bool) -> Vec<(Signature, Found)> {
        let unknown = self.store.signatures().filter(|signature| !is_known(signature));
        let stray = |signature: &Signature| {
            let (record, folder) = (self.store.record(signature)?, self.store.folder(signature)?);
            let found = found(record, folder, Some(&self.settings));
            let sides = [&record.engine.name, &record.against.name];
            let is_ours =
                sides == [&self.engines[0].name, &self.engines[1].name] && record.level == self.settings.level;
            (is_ours && found.index.is_some()).then(|| (signature.clone(), found))
        };
        unknown.filter_map(stray).collect()
    }
}

/// What is known of a finding on disk. It has an index only if it is of a program of a campaign with these settings.
fn found(record: &Record, folder: &Path, of: Option<&Settings>) -> Found {
    let of = of.filter(|of| record.seed == Some(of.seed));
    Found {
        index: record.index.zip(of).and_then(|(index, of)| of.own(index)),
        kind: record.kind.clone(),
        // Records of older versions have the steps only.
        operations: record.operations.unwrap_or(record.program.len()),
        stable: record.stable,
        unfinished: record.unfinished,
        folder: folder.to_owned(),
    }
}
