//! Records the progress of a campaign (programs, time, findings) and writes it to disk.

use super::CampaignError;
use super::coverage::{self, Coverage};
use super::guided::corpus;
use super::guided::corpus::Entry;
use super::guided::log::Log;
use super::guided::merge::Merger;
use super::keep::Keeper;
use super::message::Tally;
use super::packed::Packed;
use super::recipe::Recipe;
use super::register::Again;
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
    /// What makes the programs. In a guided campaign it has the corpus.
    pub(super) recipe: Recipe,
    growth: Option<Growth>,
    findings: PathBuf,
    /// When this process started or resumed the campaign. `before` is the seconds that the campaign had taken until then.
    pub(super) started: Instant,
    before: f64,
    saved: Instant,
    is_saved: bool,
    /// When the newest finding was kept.
    pub(super) newest: Option<Instant>,
}

/// How the corpus of a guided campaign grows.
pub(super) struct Growth {
    pub(super) merger: Merger,
    pub(super) log: Log,
    /// The programs of which all is known that the corpus can take: those that are finished, and findings.
    known: Coverage,
}

impl Growth {
    pub(super) fn new(merger: Merger, log: Log) -> Growth {
        Growth { merger, log, known: Coverage::default() }
    }
}

impl Progress {
    /// Starts from `state`, and writes it to disk.
    pub(super) fn open(
        mut state: State,
        mut recipe: Recipe,
        mut growth: Option<Growth>,
        findings: PathBuf,
    ) -> Result<Progress, StateError> {
        if let (Some(growth), Some(corpus)) = (&mut growth, recipe.corpus_mut()) {
            growth.known = state.finished.clone();
            growth.merger.merge(&growth.known, corpus);
            state.corpus = corpus.growth(growth.merger.programs());
        }
        state.write(&findings)?;
        let (started, before) = (Instant::now(), state.seconds);
        Ok(Progress { state, recipe, growth, findings, started, before, saved: started, is_saved: true, newest: None })
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
        self.state.finished.next_chunk(from, self.state.programs.unwrap_or(u64::MAX), self.chunk_size())
    }

    /// The most programs in a chunk.
    pub(super) fn chunk_size(&self) -> u64 {
        if self.growth.is_some() { corpus::CHUNK } else { coverage::CHUNK }
    }

    /// Whether the chunk of a program can begin: in a guided campaign it needs what earlier ones have shown.
    pub(super) fn is_known(&self, index: u64) -> bool {
        self.growth.as_ref().is_none_or(|growth| growth.merger.is_known(index))
    }

    /// Adds a chunk that was run to the counts, and what it has shown to the corpus.
    pub(super) fn count(&mut self, chunk: Range<u64>, tally: &Tally, news: Vec<Entry>) -> Result<(), StateError> {
        self.state.tally.add(tally);
        self.is_saved = false;
        let (Some(growth), Some(corpus)) = (&mut self.growth, self.recipe.corpus_mut()) else {
            self.state.finished.add(chunk);
            return Ok(());
        };
        if !corpus.is_full() {
            growth.log.add(&growth.merger.take(&chunk, news))?;
        }
        growth.known.add(chunk.clone());
        self.state.finished.add(chunk);
        growth.merger.merge(&growth.known, corpus);
        self.state.corpus = corpus.growth(growth.merger.programs());
        Ok(())
    }

    /// Takes notice of a program that is a finding and counts only once that is as small as it gets. It shows nothing that the corpus
    /// takes, so that chunks need not wait for it.
    pub(super) fn exclude(&mut self, index: u64) {
        if let (Some(growth), Some(corpus)) = (&mut self.growth, self.recipe.corpus_mut()) {
            growth.known.add(index..index + 1);
            growth.merger.merge(&growth.known, corpus);
        }
    }

    /// Keeps what a program with a signature that was met has become, and writes the state to disk. What stands for nothing any
    /// more is removed after that: whenever this process is killed, what the state names is there. Gives whether the finding
    /// is new, and what is to be investigated again.
    pub(super) fn add_finding(
        &mut self,
        keeper: &mut Keeper,
        met: Signature,
        finding: &Packed,
    ) -> Result<(bool, Vec<Again>), CampaignError> {
        let register = &mut self.state.register;
        if register.is_late(&met, finding.index) {
            return Ok((false, vec![]));
        }
        let mut found = keeper.keep(finding)?;
        if self.state.before.contains_key(&finding.signature) {
            found.index = None;
        }
        let entered = register.enter(met, finding.index, finding.signature.clone(), found);
        if entered.is_new {
            self.newest = Some(Instant::now());
        }
        self.save()?;
        if let Some(gone) = &entered.gone {
            keeper.give_up(gone);
        }
        Ok((entered.is_new, entered.again))
    }

    /// Counts a worker that was lost.
    pub(super) fn lose_worker(&mut self) {
        self.state.tally.lost += 1;
        self.is_saved = false;
    }

    /// Writes the counts to disk if they changed and the last write was at least [`SAVE`] ago.
    pub(super) fn save_at_times(&mut self) -> Result<(), StateError> {
        if self.is_saved || self.saved.elapsed() < SAVE { Ok(()) } else { self.save() }
    }

    fn save(&mut self) -> Result<(), StateError> {
        self.state.seconds = self.seconds();
        // What the state counts is there.
        if let Some(growth) = &mut self.growth {
            growth.log.flush()?;
        }
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
