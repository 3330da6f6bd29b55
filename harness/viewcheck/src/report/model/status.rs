//! The statuses that a case can have on an engine, and counts of them.

use crate::check;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What came of a case on an engine, in one word.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Status {
    /// It did what the case says.
    Pass,
    /// It did something else.
    Fail,
    /// It failed as a known divergence says.
    Known,
    /// It passed where a known divergence says that it does not.
    Stale,
    /// What should happen is unspecified, and nothing could be judged.
    Open,
    /// It was not run, or could not be run to its end, because the engine lacks something.
    Skip,
    /// The engine's process died.
    Crash,
    /// The engine did not come to an end.
    Hang,
    /// The engine did not run it for another reason.
    Error,
}

impl Status {
    /// Every status.
    pub const ALL: [Status; 9] = [
        Status::Pass,
        Status::Fail,
        Status::Known,
        Status::Stale,
        Status::Open,
        Status::Skip,
        Status::Crash,
        Status::Hang,
        Status::Error,
    ];

    /// Its word.
    pub fn word(self) -> &'static str {
        match self {
            Status::Pass => "pass",
            Status::Fail => "fail",
            Status::Known => "known",
            Status::Stale => "stale",
            Status::Open => "open",
            Status::Skip => "skip",
            Status::Crash => "crash",
            Status::Hang => "hang",
            Status::Error => "error",
        }
    }

    /// Whether it ends a check with 1.
    pub fn is_bad(self) -> bool {
        matches!(self, Status::Fail | Status::Stale | Status::Crash | Status::Hang | Status::Error)
    }

    /// Whether it says something about the engine.
    pub fn is_judged(self) -> bool {
        !matches!(self, Status::Open | Status::Skip)
    }
}

impl From<&check::Judged> for Status {
    fn from(judged: &check::Judged) -> Status {
        use check::Judged;
        match judged {
            Judged::Pass => Status::Pass,
            Judged::Fail { .. } => Status::Fail,
            Judged::Open(_) => Status::Open,
            Judged::Skip(_) => Status::Skip,
            Judged::Crash(_) => Status::Crash,
            Judged::Hang(_) => Status::Hang,
            Judged::Error(_) => Status::Error,
        }
    }
}

/// How often each status came.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Counts(BTreeMap<Status, usize>);

impl Default for Counts {
    /// Zero of each, so that those who read the counts find every status.
    fn default() -> Counts {
        Counts(Status::ALL.into_iter().map(|status| (status, 0)).collect())
    }
}

impl Counts {
    /// Counts one more.
    pub fn add(&mut self, status: Status) {
        *self.0.entry(status).or_default() += 1;
    }

    /// How often a status came.
    pub fn get(&self, status: Status) -> usize {
        self.0.get(&status).copied().unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_stored_by_its_word() {
        for status in Status::ALL {
            assert_eq!(serde_json::to_value(status).unwrap(), status.word());
        }
    }
}
