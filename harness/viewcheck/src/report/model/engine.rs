//! What results say of an engine.

use super::is_default;
use crate::compare::Level;
use engine::{About, NEWEST, Role, Version};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// An engine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Engine {
    /// Its name on the command line and in `results`.
    pub name: String,
    /// What it is: `reference`, `cpython`, …
    pub implementation: String,
    /// The version of the implementation, where that is not Python's.
    #[serde(default, skip_serializing_if = "is_default")]
    pub implementation_version: Option<String>,
    /// The version of Python that it is or stands for; of published results major and minor only.
    #[serde(default, skip_serializing_if = "is_default")]
    pub version: Option<String>,
    /// The versions of Python that it was compared with, if that is not its own version alone; left out of published results.
    #[serde(default, skip_serializing_if = "is_default")]
    pub compared: Vec<String>,
    /// How strictly it was judged.
    #[serde(default, skip_serializing_if = "is_default")]
    pub level: Option<Level>,
    /// What it can do beyond the language; left out of published results.
    #[serde(default, skip_serializing_if = "is_default")]
    pub capabilities: Vec<String>,
    /// What it lacks of Python and documents; left out of published results.
    #[serde(default, skip_serializing_if = "is_default")]
    pub lacks: Vec<String>,
    /// The facets that it can observe, of those that not every engine sees; left out of published results.
    #[serde(default, skip_serializing_if = "is_default")]
    pub sees: Vec<String>,
    /// Of the reference, the newest version of each branch that it models.
    #[serde(default, skip_serializing_if = "is_default")]
    pub models: Vec<String>,
}

impl From<&About> for Engine {
    fn from(about: &About) -> Engine {
        let models = if about.role == Role::Reference { &NEWEST[..] } else { &[] };
        Engine {
            name: about.name.clone(),
            implementation: about.implementation.clone(),
            implementation_version: about.implementation_version.clone(),
            version: Some(about.python.to_string()),
            compared: compared(about),
            level: None,
            capabilities: about.capabilities.iter().cloned().collect(),
            lacks: about.lacks.iter().cloned().collect(),
            sees: about.sees.names().map(str::to_owned).collect(),
            models: models.iter().map(|version| version.to_string()).collect(),
        }
    }
}

/// The versions that an engine is compared with, if that is not its own version alone.
fn compared(about: &About) -> Vec<String> {
    let version = about.profile.version();
    let versions = [Some(version.modelled().unwrap_or(version)), about.later().map(|later| later.version())];
    let versions: Vec<Version> = versions.into_iter().flatten().collect();
    if versions == [about.python] { vec![] } else { versions.iter().map(Version::to_string).collect() }
}

impl Engine {
    /// The version that known divergences of its implementation are about; `None` if it is unknown.
    pub fn known_version(&self) -> Option<Version> {
        self.implementation_version.as_ref().or(self.version.as_ref())?.parse().ok()
    }

    /// Whether it is tested: all are but the reference.
    pub fn is_tested(&self) -> bool {
        self.implementation != "reference"
    }

    /// The versions of Python that it was compared with, in words.
    pub fn comparison(&self) -> String {
        match &self.compared[..] {
            [] => format!("Python {}", self.version.as_deref().unwrap_or("of an unknown version")),
            versions => format!("Python {}", versions.join(" or ")),
        }
    }

    /// What it is, with its version: `cpython 3.11.2`.
    pub fn description(&self) -> String {
        let own = self.implementation_version.as_deref();
        let python = self.version.as_deref().map(|version| match own {
            Some(own) => format!(" {own}, Python {version}"),
            None => format!(" {version}"),
        });
        format!("{}{}", self.implementation, python.unwrap_or_default())
    }
}
