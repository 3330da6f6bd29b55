//! What a check and the process that runs an engine for it tell each other: a line of JSON a message.
//!
//! ```text
//! parent                          child
//!                                 Ready
//! Run [case, case, …]
//!                                 Checked 0..64
//!                                 Checked 64..128
//!                                 …
//! ```

use super::Checked;
use cases::Case;
use engine::{Abi, About, Facet, Facets, Profile, Role};
use program::encode;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::hash::{DefaultHasher, Hash, Hasher};

/// The word of the heartbeat page that says which case is run: its place in the request and one, or 0.
pub(super) const CASE: usize = 0;

/// What the child is to do.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Request {
    /// Check these cases, each named by its id and [`fingerprint`].
    Run(Vec<(String, u64)>),
}

/// What the child says.
#[derive(Debug, Serialize, Deserialize)]
pub(super) enum Reply {
    /// It has its engine and its cases.
    Ready(Box<Identity>),
    /// It can't go on, and why.
    Failed(String),
    /// What came of some cases in a row, the first of which has that place in the request.
    Checked(usize, Vec<Checked>),
    /// It has read another case under that id than its parent.
    Changed(String),
}

/// Who an engine is, in a message.
#[derive(Debug, Serialize, Deserialize)]
pub(super) struct Identity {
    name: String,
    implementation: String,
    version: String,
    is_32bit: bool,
    capabilities: BTreeSet<String>,
    sees: Vec<String>,
    library: Option<String>,
}

impl From<&About> for Identity {
    fn from(about: &About) -> Identity {
        Identity {
            name: about.name.clone(),
            implementation: about.implementation.clone(),
            version: about.profile.version().to_string(),
            is_32bit: about.profile.abi() == Abi::Ilp32,
            capabilities: about.capabilities.clone(),
            sees: about.sees.names().map(str::to_owned).collect(),
            library: about.library.clone(),
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
            role: Role::Tested,
            profile: Profile::new(self.version.parse().ok()?, abi),
            capabilities: self.capabilities,
            sees: unseen.fold(Facets::ALL, |facets, facet| facets.without(*facet)),
            library: self.library,
        })
    }
}

/// A number that is the same for the same case: parent and child read the files at different times.
pub(super) fn fingerprint(case: &Case) -> u64 {
    let mut hasher = DefaultHasher::new();
    encode(&case.program).hash(&mut hasher);
    for step in &case.steps {
        format!("{:?}", step.expectations).hash(&mut hasher);
    }
    hasher.finish()
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Version;

    #[test]
    fn an_engine_is_the_same_on_the_other_side() {
        let about = About {
            name: "py".to_owned(),
            implementation: "cpython".to_owned(),
            role: Role::Tested,
            profile: Profile::new(Version::new(3, 12, 4), Abi::Ilp32),
            capabilities: ["array".to_owned()].into(),
            sees: Facets::ALL.without(Facet::Offset).without(Facet::Leak),
            library: Some("libpython".to_owned()),
        };
        let line = serde_json::to_string(&Identity::from(&about)).unwrap();
        assert_eq!(serde_json::from_str::<Identity>(&line).unwrap().about(), Some(about));
    }
}
