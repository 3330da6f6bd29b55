//! Records the progress of a campaign (programs, time, findings) and writes it to disk.

use super::CampaignError;
use super::message::{Found, Tally};
use super::state::{State, StateError};
use crate::findings::{Signature, Store};
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// How often the books are written down, at most, when nothing is found.
const SAVE: Duration = Duration::from_millis(500);

/// The books.
pub(super) struct Ledger {
    pub(super) state: State,
    findings: PathBuf,
    /// When this process went on with the campaign, and the seconds that it had taken until then.
    pub(super) started: Instant,
    before: f64,
    saved: Instant,
    is_saved: bool,
    /// When the newest finding was kept.
    pub(super) newest: Option<Instant>,
}

impl Ledger {
    /// Goes on from a state, which is on disk when this returns.
    pub(super) fn open(state: State, findings: PathBuf) -> Result<Ledger, StateError> {
        state.write(&findings)?;
        let (started, before) = (Instant::now(), state.seconds);
        Ok(Ledger { state, findings, started, before, saved: started, is_saved: true, newest: None })
    }

    /// The seconds that the campaign has taken.
    pub(super) fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    /// The first chunk at or after an index that was not run, while the campaign lasts.
    pub(super) fn next_chunk(&self, from: u64) -> Option<Range<u64>> {
        let is_late = self.state.limit.is_some_and(|limit| self.seconds() >= limit);
        let chunk = || self.state.finished.next_chunk(from, self.state.programs.unwrap_or(u64::MAX));
        if is_late { None } else { chunk() }
    }

    /// Counts programs that were run, once and for all.
    pub(super) fn count(&mut self, chunk: Range<u64>, tally: &Tally) {
        self.state.tally.add(tally);
        self.state.finished.add(chunk);
        self.is_saved = false;
    }

    /// Enters a finding; whether it is the first with that signature.
    pub(super) fn enter(&mut self, signature: Signature, found: Found) -> Result<bool, StateError> {
        let is_new = self.state.found.insert(signature, found).is_none();
        if is_new {
            self.newest = Some(Instant::now());
        }
        self.save()?;
        Ok(is_new)
    }

    /// Writes down what was counted, if that was not done for a while.
    pub(super) fn save_at_times(&mut self) -> Result<(), StateError> {
        if self.is_saved || self.saved.elapsed() < SAVE { Ok(()) } else { self.save() }
    }

    fn save(&mut self) -> Result<(), StateError> {
        self.state.seconds = self.seconds();
        self.state.write(&self.findings)?;
        (self.saved, self.is_saved) = (Instant::now(), true);
        Ok(())
    }

    /// Closes the books. They are at hand even if they can't be written down.
    pub(super) fn close(mut self) -> (State, Result<(), CampaignError>) {
        let written = self.save().map_err(CampaignError::from).and_then(|()| self.count_findings());
        (self.state, written)
    }

    /// Brings the counts in the findings' folders up to those of the campaign.
    fn count_findings(&self) -> Result<(), CampaignError> {
        let mut store = Store::open(&self.findings)?;
        for signature in self.state.found.keys() {
            let before = self.state.before.get(signature).copied().unwrap_or(0);
            let all = before + self.state.tally.hits.get(signature).copied().unwrap_or(0);
            let missing = all.saturating_sub(store.count(signature));
            if missing > 0 {
                store.add_count(signature, missing);
            }
        }
        Ok(store.flush()?)
    }
}
