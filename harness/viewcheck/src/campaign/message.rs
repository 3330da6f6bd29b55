//! The messages between parent and worker: one line of JSON each, over the worker's standard input and output.
//!
//! The parent sends orders; a worker executes one at a time and reports the result. While it runs a chunk, a worker
//! may ask about a signature that it meets for the first time, and then waits for the answer:
//!
//! ```text
//! parent                          worker
//!                                 Ready
//! Run 0..4096
//!                                 Met "embedded|reference value/…", program 17
//! Investigate
//!                                 Found
//! GoOn, once it is on disk
//!                                 Ran to 4096
//! ```
//!
//! A chunk that takes long is run in parts, so that its programs count as they are run: the worker ends its part, and
//! the parent hands out the rest again.

use super::guided::corpus::{Encoded, Entry};
use super::packed::Packed;
use super::statistics::Statistics;
use super::stopwatch::Shares;
use crate::findings::Signature;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// An order to a worker.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Order {
    /// Run a chunk of programs.
    Run {
        /// The index of the first.
        start: u64,
        /// The index after the last.
        end: u64,
        /// Whether what goes wrong is kept as it is: shrinking it has ended a worker.
        whole: bool,
        /// The [costly](super::costly) operations: programs end before them.
        costly: BTreeSet<String>,
    },
    /// Add to the corpus of a guided campaign, before a chunk that is to know it.
    Learn {
        /// The programs that the campaign begins with.
        seeds: Vec<Encoded>,
        /// Further entries.
        entries: Vec<Entry>,
    },
    /// An answer: that signature needs no investigation, for no program at all or for none after that index.
    Count {
        /// The index.
        since: u64,
    },
    /// An answer: confirm, shrink and keep the program.
    Investigate,
    /// After [`Report::Found`] or [`Report::Vanished`]: the finding is on disk.
    GoOn,
    /// Investigate a program again, whose finding was given up. It is reported as after [`Order::Investigate`], and nothing
    /// is answered.
    Again {
        /// The signature that the program has.
        met: Signature,
        /// Its index.
        index: u64,
    },
    /// Run one program, to see whether this worker survives it.
    Replay {
        /// Which of the seed's programs it comes from.
        index: u64,
        /// The program, [encoded](program::encode()).
        program: Vec<u8>,
    },
}

/// What a worker says.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Report {
    /// It has its engines and waits for orders.
    Ready,
    /// It can't go on, and why.
    Failed(String),
    /// A question: should the worker investigate this signature?
    Met {
        /// The finding as it was met, of which the signature is asked.
        finding: Box<Packed>,
    },
    /// After [`Order::Investigate`]: what came of it.
    Found {
        /// The signature that was asked about.
        met: Signature,
        /// The finding. Its signature may have fewer circumstances. It is another one only where the program does not do the
        /// same each time.
        finding: Box<Packed>,
    },
    /// After [`Order::Investigate`]: the program did nothing wrong when it was run again.
    Vanished(Signature),
    /// After [`Order::Run`]: what came of the chunk, or of its first part.
    Ran {
        /// The index after the last program that was run.
        end: u64,
        /// What came of them.
        tally: Box<Tally>,
        /// In a guided campaign: those that showed something new.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        news: Vec<Entry>,
    },
    /// After [`Order::Replay`]: the program came to its end.
    Replayed,
}

/// What came of some programs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Tally {
    /// Programs that were run.
    pub programs: u64,
    /// Operations in them.
    pub operations: u64,
    /// Programs after some step of which an engine could not say what should happen.
    pub open: u64,
    /// Programs with a step that an engine does not support, or that is costly.
    #[serde(default)]
    pub unsupported: u64,
    /// The [costly](super::costly) operations.
    #[serde(default)]
    pub costly: BTreeSet<String>,
    /// Programs on which the engines differ in the wording of errors only, at a level that does not compare it.
    #[serde(default)]
    pub wordings: u64,
    /// Programs that went wrong, by the signature that was met.
    pub hits: BTreeMap<Signature, u64>,
    /// Programs that went wrong once, and not when they were run again.
    pub vanished: u64,
    /// Workers that were lost.
    pub lost: u64,
    /// How the operations fared.
    pub statistics: Statistics,
    /// Where the time went.
    pub shares: Shares,
}

impl Tally {
    /// Adds what came of other programs.
    pub fn add(&mut self, other: &Tally) {
        self.programs += other.programs;
        self.operations += other.operations;
        self.open += other.open;
        self.unsupported += other.unsupported;
        self.costly.extend(other.costly.iter().cloned());
        self.wordings += other.wordings;
        self.vanished += other.vanished;
        self.lost += other.lost;
        for (signature, hits) in &other.hits {
            *self.hits.entry(signature.clone()).or_default() += hits;
        }
        self.statistics.add(&other.statistics);
        self.shares.add(&other.shares);
    }

    /// The largest of the numbers.
    pub fn largest(&self) -> u64 {
        let Tally { programs, operations, open, unsupported, wordings, vanished, lost, .. } = *self;
        let numbers = [programs, operations, open, unsupported, wordings, vanished, lost, self.statistics.largest()];
        numbers.into_iter().chain(self.hits.values().copied()).max().unwrap_or(0)
    }
}

/// A finding that is on disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Found {
    /// Which of the seed's programs showed it; none for a finding of an earlier campaign.
    pub index: Option<u64>,
    /// `value`, `error`, `aliasing`, `law`, `crash`, `hang` or `memory`.
    pub kind: String,
    /// The operations of the small program.
    pub operations: usize,
    /// Whether it did the same each time.
    pub stable: bool,
    /// Whether the campaign ended before it was looked into to the end.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub unfinished: bool,
    /// Its folder.
    pub folder: PathBuf,
}
