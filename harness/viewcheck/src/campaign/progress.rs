//! Records the progress of a campaign (programs, time, findings) and writes it to disk.

use super::CampaignError;
use super::keep::give_up;
use super::message::{Found, Tally};
use super::register::Entered;
use super::state::{State, StateError};
use crate::findings::{Signature, Store};
use std::ops::Range;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// The least time between two writes to disk, unless a finding is added.
const SAVE: Duration = Duration::from_millis(500);

/// The progress of a campaign, and when it was last written to disk.
pub(super) struct Progress {
    pub(super) state: State,
    findings: PathBuf,
    /// When this process started or resumed the campaign. `before` is the seconds that the campaign had taken until then.
    pub(super) started: Instant,
    before: f64,
    saved: Instant,
    is_saved: bool,
    /// When the newest finding was kept.
    pub(super) newest: Option<Instant>,
}

impl Progress {
    /// Starts from `state`, and writes it to disk.
    pub(super) fn open(state: State, findings: PathBuf) -> Result<Progress, StateError> {
        state.write(&findings)?;
        let (started, before) = (Instant::now(), state.seconds);
        Ok(Progress { state, findings, started, before, saved: started, is_saved: true, newest: None })
    }

    /// Returns the seconds that the campaign has taken, over all its processes.
    pub(super) fn seconds(&self) -> f64 {
        self.before + self.started.elapsed().as_secs_f64()
    }

    /// Returns by how many seconds the time of the campaign is over, if it is.
    pub(super) fn overtime(&self) -> Option<f64> {
        self.state.limit.map(|limit| self.seconds() - limit).filter(|overtime| *overtime >= 0.0)
    }

    /// Returns the first chunk at or after `from` that was not run, if there is one.
    pub(super) fn next_chunk(&self, from: u64) -> Option<Range<u64>> {
        self.state.finished.next_chunk(from, self.state.programs.unwrap_or(u64::MAX))
    }

    /// Adds a chunk that was run to the counts.
    pub(super) fn count(&mut self, chunk: Range<u64>, tally: &Tally) {
        self.state.tally.add(tally);
        self.state.finished.add(chunk);
        self.is_saved = false;
    }

    /// Adds what the program of an index and a signature has become, and writes the state to disk.
    pub(super) fn add_finding(
        &mut self,
        (met, index): (Signature, u64),
        signature: Signature,
        mut found: Found,
    ) -> Result<Entered, StateError> {
        if self.state.before.contains_key(&signature) {
            found.index = None;
        }
        let entered = self.state.register.enter(met, index, signature, found);
        if entered.is_new {
            self.newest = Some(Instant::now());
        }
        if let Some(folder) = &entered.gone {
            give_up(&self.findings, folder);
        }
        self.save()?;
        Ok(entered)
    }

    /// Writes the counts to disk if they changed and the last write was at least [`SAVE`] ago.
    pub(super) fn save_at_times(&mut self) -> Result<(), StateError> {
        if self.is_saved || self.saved.elapsed() < SAVE { Ok(()) } else { self.save() }
    }

    fn save(&mut self) -> Result<(), StateError> {
        self.state.seconds = self.seconds();
        self.state.write(&self.findings)?;
        (self.saved, self.is_saved) = (Instant::now(), true);
        Ok(())
    }

    /// Writes the final state to disk. The state is returned even if it can't be written.
    pub(super) fn close(mut self) -> (State, Result<(), CampaignError>) {
        let written = self.save().map_err(CampaignError::from).and_then(|()| self.count_findings());
        (self.state, written)
    }

    /// Raises the counts in the folders of findings to those of the campaign.
    fn count_findings(&self) -> Result<(), CampaignError> {
        let mut store = Store::open(&self.findings)?;
        let hits = self.state.register.hits(&self.state.tally.hits);
        for signature in self.state.register.found.keys() {
            let before = self.state.before.get(signature).copied().unwrap_or(0);
            let all = before + hits.get(signature).copied().unwrap_or(0);
            let missing = all.saturating_sub(store.count(signature));
            if missing > 0 {
                store.add_count(signature, missing);
            }
        }
        Ok(store.flush()?)
    }
}
