//! What a check and the process that runs an engine for it tell each other: a line of JSON a message.
//!
//! ```text
//! parent                          child
//!                                 Ready
//! Run [task, task, …]
//! Run [task, task, …]
//!                                 Checked 0
//!                                 Checked 1
//!                                 …
//! ```

use super::Checked;
use cases::{Case, Expectation, Requirement, Step, Verdict};
use engine::{Abi, About, Facet, Facets, Profile, Role, Version};
use program::{DecodeError, decode, encode};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// The word of the heartbeat page that says which case is run: its place among all that were sent and one, or 0.
pub(super) const CASE: usize = 0;

/// What the child is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Check these cases, whose places go on from those of the request before.
    Run(Vec<Task>),
}

/// What the child says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// It has its engine.
    Ready(Box<Identity>),
    /// It can't go on, and why.
    Failed(String),
    /// The result of the case with that place.
    Checked(usize, Box<Checked>),
}

/// Who an engine is, in a message.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Identity {
    name: String,
    implementation: String,
    implementation_version: Option<String>,
    python: String,
    version: String,
    is_32bit: bool,
    capabilities: BTreeSet<String>,
    lacks: BTreeSet<String>,
    sees: Vec<String>,
    origin: Option<String>,
}

impl From<&About> for Identity {
    fn from(about: &About) -> Identity {
        Identity {
            name: about.name.clone(),
            implementation: about.implementation.clone(),
            implementation_version: about.implementation_version.clone(),
            python: about.python.to_string(),
            version: about.profile.version().to_string(),
            is_32bit: about.profile.abi() == Abi::Ilp32,
            capabilities: about.capabilities.clone(),
            lacks: about.lacks.clone(),
            sees: about.sees.names().map(str::to_owned).collect(),
            origin: about.origin.clone(),
        }
    }
}

impl Identity {
    /// The engine, which is one that is tested; `None` if its version is none.
    pub(super) fn about(self) -> Option<About> {
        let unseen = Facet::ALL.iter().filter(|facet| !self.sees.iter().any(|seen| seen == facet.text()));
        let abi = if self.is_32bit { Abi::Ilp32 } else { Abi::Lp64 };
        Some(About {
            name: self.name,
            implementation: self.implementation,
            implementation_version: self.implementation_version,
            python: self.python.parse().ok()?,
            role: Role::Tested,
            profile: Profile::new(self.version.parse().ok()?, abi),
            capabilities: self.capabilities,
            lacks: self.lacks,
            sees: unseen.fold(Facets::ALL, |facets, facet| facets.without(*facet)),
            origin: self.origin,
        })
    }
}

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
        Ok(Case {
            id: String::new(),
            line: 0,
            table: None,
            section: String::new(),
            claim: String::new(),
            verdict: if self.is_refuted { Verdict::Refuted { instead: String::new() } } else { Verdict::Confirmed },
            needs: self.needs,
            python: Requirement::default(),
            program: decode(&self.program)?,
            steps: self.expectations.into_iter().map(step).collect(),
            source: String::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_engine_is_the_same_on_the_other_side() {
        let about = About {
            name: "py".to_owned(),
            implementation: "pypy".to_owned(),
            implementation_version: Some("7.3.19".to_owned()),
            python: Version::new(3, 12, 5),
            role: Role::Tested,
            profile: Profile::new(Version::new(3, 12, 4), Abi::Ilp32),
            capabilities: ["array".to_owned()].into(),
            lacks: ["memoryview.cast".to_owned()].into(),
            sees: Facets::ALL.without(Facet::Offset).without(Facet::Leak),
            origin: Some("libpython".to_owned()),
        };
        let line = serde_json::to_string(&Identity::from(&about)).unwrap();
        assert_eq!(serde_json::from_str::<Identity>(&line).unwrap().about(), Some(about));
    }
}
