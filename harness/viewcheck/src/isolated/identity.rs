//! Who an engine in another process is, as a message.

use engine::{Abi, About, Facet, Facets, Profile, Role};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;

/// Who an engine is, in a message.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Identity {
    name: String,
    implementation: String,
    implementation_version: Option<String>,
    python: String,
    version: String,
    is_32bit: bool,
    is_reference: bool,
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
            is_reference: about.role == Role::Reference,
            capabilities: about.capabilities.clone(),
            lacks: about.lacks.clone(),
            sees: about.sees.names().map(str::to_owned).collect(),
            origin: about.origin.clone(),
        }
    }
}

impl Identity {
    /// The engine; `None` if its version is none.
    pub(crate) fn about(self) -> Option<About> {
        let unseen = Facet::ALL.iter().filter(|facet| !self.sees.iter().any(|seen| seen == facet.text()));
        let abi = if self.is_32bit { Abi::Ilp32 } else { Abi::Lp64 };
        Some(About {
            name: self.name,
            implementation: self.implementation,
            implementation_version: self.implementation_version,
            python: self.python.parse().ok()?,
            role: if self.is_reference { Role::Reference } else { Role::Tested },
            profile: Profile::new(self.version.parse().ok()?, abi),
            capabilities: self.capabilities,
            lacks: self.lacks,
            sees: unseen.fold(Facets::ALL, |facets, facet| facets.without(*facet)),
            origin: self.origin,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::Version;

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
