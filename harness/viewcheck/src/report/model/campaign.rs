//! What results say of a fuzzing campaign. Nothing in it is a time, a rate or a path, so that it is the same wherever and
//! whenever it is read.

use super::is_default;
use crate::campaign::guided::corpus::Mark;
use crate::compare::Level;
use crate::enumerate::Statement;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Campaign {
    /// The short name of the engine that was tested.
    pub engine: String,
    /// The short name of the engine whose behaviour was expected.
    pub against: String,
    /// The versions of Python that the two are, or stand for.
    #[serde(default, skip_serializing_if = "is_default")]
    pub pythons: Vec<String>,
    /// The seed of the programs; of an enumeration, a hash of what they are made of.
    pub seed: u64,
    /// Of an enumeration: the most operations in a program.
    #[serde(default, skip_serializing_if = "is_default")]
    pub depth: Option<usize>,
    /// Of an enumeration: whether it is complete, and how many programs agree.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enumeration: Option<Statement>,
    /// Which part of the programs of the seed they are, as in `2/4`, if not all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shard: Option<String>,
    /// How strictly the engines were compared.
    #[serde(default)]
    pub level: Level,
    /// The programs that were run.
    pub programs: u64,
    /// The operations in them.
    pub operations: u64,
    /// What was found, by signature.
    #[serde(default, skip_serializing_if = "is_default")]
    pub findings: Vec<CampaignFinding>,
    /// How often each signature was seen that needed no investigation, because it is that of a known divergence.
    #[serde(default, skip_serializing_if = "is_default")]
    pub known: BTreeMap<String, u64>,
    /// The programs on which the engines differ in the wording of errors only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub wordings: u64,
    /// The programs that were compared up to a step of which the behaviour is unspecified.
    #[serde(default, skip_serializing_if = "is_default")]
    pub open: u64,
    /// The programs that were compared up to a step that an engine does not support.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unsupported: u64,
    /// The programs that differed once, but not when they were run again.
    #[serde(default, skip_serializing_if = "is_default")]
    pub vanished: u64,
    /// The worker processes that died and were replaced.
    #[serde(default, skip_serializing_if = "is_default")]
    pub workers_lost: u64,
    /// The programs whose operations were counted: a sample of them, or all.
    #[serde(default, skip_serializing_if = "is_default")]
    pub counted: u64,
    /// What became of the operations of these programs, by operation.
    #[serde(default, skip_serializing_if = "is_default")]
    pub kinds: BTreeMap<String, KindCount>,
    /// Of a guided campaign: how the programs grew that were kept because they showed a new behaviour.
    #[serde(default, skip_serializing_if = "is_default")]
    pub corpus: Vec<Mark>,
}

/// A finding of a campaign.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct CampaignFinding {
    /// What it is known by.
    pub signature: String,
    /// `value`, `error`, `aliasing`, `law`, `crash`, `hang` or `memory`.
    pub kind: String,
    /// The first program of the seed that shows it; left out of one that an earlier campaign found.
    #[serde(default, skip_serializing_if = "is_default")]
    pub index: Option<u64>,
    /// How many programs had run with it, in the order of the seed. Workers run several parts of the seed at once, so that
    /// this is less than the index where a campaign ended early.
    #[serde(default, skip_serializing_if = "is_default")]
    pub ran: Option<u64>,
    /// The operations of the small program.
    pub operations: usize,
    /// How many programs of the campaign showed it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub hits: u64,
    /// Whether it did not do the same each time.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unstable: bool,
    /// The steps of the small program; left out if the folder of the finding is gone.
    #[serde(default, skip_serializing_if = "is_default")]
    pub steps: Vec<String>,
    /// The step that differs, counted from 1.
    #[serde(default, skip_serializing_if = "is_default")]
    pub step: Option<usize>,
    /// What should have been.
    #[serde(default, skip_serializing_if = "is_default")]
    pub expected: Option<String>,
    /// What was.
    #[serde(default, skip_serializing_if = "is_default")]
    pub actual: Option<String>,
}

/// What became of the operations of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KindCount {
    /// Operations in steps that were run.
    pub generated: u64,
    /// Those that did not raise.
    pub succeeded: u64,
    /// Those that raised, by the type of the exception.
    #[serde(default, skip_serializing_if = "is_default")]
    pub raised: BTreeMap<String, u64>,
}
