//! The reference view as an engine: an adapter of the crate `python`, which is the Python that it stands for.

use crate::capability::capabilities;
use crate::machine::{self, Machine};
use crate::{About, Engine, Facet, Facets, Profile, Role, RunError, Watch};
use program::capability::REFCOUNTING;
use program::{Program, Trace};
pub use python::AnyChange;
use python::{Object, Python};
use std::collections::BTreeSet;
use view::Error;

mod variant;

pub use variant::Variant;

type Stop = machine::Stop<Error>;
type Outcome = Result<Object, Stop>;

/// The reference, as one version of CPython.
pub struct Reference {
    about: About,
    profile: python::Profile,
    /// The most operations that bodies may run.
    ration: u32,
}

impl Reference {
    /// The reference as the Python of a profile.
    pub fn new(profile: Profile) -> Reference {
        Reference::named("reference", profile)
    }

    /// The reference under a name of its own, where there are several.
    pub fn named(name: &str, profile: Profile) -> Reference {
        let capabilities = capabilities(profile, |module| python::MODULES.contains(&module), &[REFCOUNTING]);
        let about = About {
            name: name.to_owned(),
            implementation: "reference".to_owned(),
            implementation_version: None,
            python: profile.version(),
            role: Role::Reference,
            profile,
            capabilities,
            lacks: BTreeSet::new(),
            // Its objects are Rust's, and what is left of them is no leak of any Python.
            sees: Facets::ALL.without(Facet::Leak).without(Facet::Allocated),
            origin: None,
        };
        Reference { about, profile: profile.into(), ration: u32::MAX }
    }

    /// The reference as a Python that there is not, without one change or with one more: what tells it from the one that
    /// there is is what the change is about.
    pub fn toggled(profile: Profile, change: AnyChange) -> Reference {
        let reference = Reference::new(profile);
        Reference { profile: reference.profile.toggled(change), ..reference }
    }

    /// Runs a program as a Python would in which no object dies while it runs, because nothing counts references. Where
    /// that gives another trace, the program depends on when objects die.
    pub fn run_without_deaths(&mut self, program: &Program, trace: &mut Trace) -> Result<(), RunError> {
        trace.clear();
        Machine::new(Python::new(self.profile), program).keeping().run(Watch::Always, trace)
    }
}

impl Engine for Reference {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        trace.clear();
        Machine::new(Python::new(self.profile), program).rationed(self.ration).run(watch, trace)
    }

    fn ration(&mut self, operations: Option<u32>) {
        self.ration = operations.unwrap_or(u32::MAX);
    }
}

impl From<python::Stop> for Stop {
    fn from(stop: python::Stop) -> Stop {
        Stop::RunError(Box::new(match stop {
            python::Stop::Raised(error) => return Stop::Raised(error),
            python::Stop::Unsupported(what) => RunError::Unsupported { engine: "reference".into(), what },
            python::Stop::Unspecified(what) => RunError::Unspecified(what.into()),
            python::Stop::Malformed(what) => RunError::Malformed(what.into()),
        }))
    }
}
