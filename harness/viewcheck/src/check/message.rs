//! What a check and the process that runs an engine for it tell each other: a line of JSON a message.
//!
//! ```text
//! parent                          child
//!                                 Ready
//! Run [task, task, …]
//! Run [task, task, …]
//!                                 Did (0, …)
//!                                 Did (1, …)
//!                                 …
//! ```

use super::Checked;
use cases::{Case, Expectation, Requirement, Step, Verdict};
use engine::Version;
use program::{DecodeError, decode_case, encode};
use serde::{Deserialize, Serialize};

/// The word of the heartbeat page that says which case is run: its place among all that were sent and one, or 0.
pub(super) const CASE: usize = 0;

/// What the child is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Check these cases, whose places go on from those of the request before.
    Run(Vec<Task>),
}

/// What came of a case: its place, and the result.
pub(super) type Done = (usize, Box<Checked>);

/// What an oracle has to know of a case, for one version of Python.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Task {
    /// The program, [encoded](program::encode()).
    program: Vec<u8>,
    /// What each step must do.
    expectations: Vec<Expectation>,
    needs: Vec<String>,
    /// Whether its claim is refuted, so that what happens instead is to be told.
    is_refuted: bool,
}

impl Task {
    /// What there is to know of a case that is about that version.
    pub(super) fn new(case: &Case, version: Version) -> Task {
        let expectation = |step: &Step| step.expectation(version).cloned().unwrap_or_default();
        Task {
            program: encode(&case.program),
            expectations: case.steps.iter().map(expectation).collect(),
            needs: case.needs.clone(),
            is_refuted: matches!(case.verdict, Verdict::Refuted { .. }),
        }
    }

    /// The case, as far as it is known here.
    pub(super) fn case(self) -> Result<Case, DecodeError> {
        let step = |expectation| Step {
            text: String::new(),
            line: 0,
            expectations: vec![(Requirement::default(), expectation)],
        };
        let steps: Vec<Step> = self.expectations.into_iter().map(step).collect();
        let mut program = decode_case(&self.program)?;
        cases::count(&mut program, &steps);
        Ok(Case {
            id: String::new(),
            line: 0,
            table: None,
            section: String::new(),
            claim: String::new(),
            verdict: if self.is_refuted { Verdict::Refuted { instead: String::new() } } else { Verdict::Confirmed },
            needs: self.needs,
            python: Requirement::default(),
            program,
            steps,
            source: String::new(),
        })
    }
}
