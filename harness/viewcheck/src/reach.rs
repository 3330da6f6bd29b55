//! How far a program can be compared on engines that are not like CPython: up to the step that needs what an engine lacks
//! and documents, and up to the step at which it matters when objects die, if they die late.
//!
//! Both are known from runs on the reference alone, before any engine runs the program: such a step may harm the process, or
//! do by accident what is expected.

use crate::compare::compare;
use crate::difference as describe;
use engine::reference::Reference;
use engine::subset::{self, Lacking};
use engine::{About, Engine, Facet, Facets, RunError, Watch};
use program::capability::REFCOUNTING;
use program::{Outcome, Program, Trace};

/// Why a program can't be compared that depends on when objects die.
const DEATHS: &str = "the death of objects as soon as nothing refers to them";

/// What tells how far programs can be compared.
pub struct Reach {
    lacking: Vec<Lacking>,
    late: Option<Late>,
    trace: Trace,
}

impl Reach {
    /// What tells it for engines like these; nothing, if there is nothing to tell.
    pub fn of(engines: &[&About]) -> Option<Reach> {
        let lacking: Vec<Lacking> = engines.iter().filter_map(|about| Lacking::of(about)).collect();
        let late = engines.iter().find_map(|about| Late::of(about));
        let is_needed = !lacking.is_empty() || late.is_some();
        is_needed.then(|| Reach { lacking, late, trace: Trace::new() })
    }

    /// How many steps of a program can be compared, and why not more; nothing, if all can. What the reference does not
    /// model is not looked at.
    pub fn limit(&mut self, program: &Program) -> Option<(usize, RunError)> {
        let missing = self.lacking.iter().filter_map(|lacking| {
            let what = lacking.missing(program, Watch::End, &mut self.trace)?;
            Some((self.trace.len(), lacking.engine().to_owned(), what))
        });
        let missing = missing.min_by_key(|(steps, ..)| *steps);
        let deaths = self.late.as_mut().and_then(|late| {
            let steps = late.differs(program)?;
            Some((steps, late.engine.clone(), DEATHS.into()))
        });
        let (steps, engine, what) = missing.into_iter().chain(deaths).min_by_key(|(steps, ..)| *steps)?;
        Some((steps, RunError::Unsupported { engine: engine.into(), what }))
    }
}

/// What tells whether it matters when objects die, for an engine on which they die late.
pub struct Late {
    engine: String,
    reference: Reference,
    /// What the engine sees.
    facets: Facets,
    usual: Trace,
    late: Trace,
}

impl Late {
    /// Nothing, for an engine that counts references.
    pub fn of(about: &About) -> Option<Late> {
        (!about.capabilities.contains(REFCOUNTING)).then(|| Late {
            engine: about.name.clone(),
            reference: Reference::new(about.profile),
            facets: about.sees,
            usual: Trace::new(),
            late: Trace::new(),
        })
    }

    /// The first step that does something else, which the engine sees, if no object dies while the program runs.
    pub fn differs(&mut self, program: &Program) -> Option<usize> {
        let is_alike = self.run(program);
        let difference = compare(program, &self.usual, &self.late, self.facets);
        let end = || (!is_alike).then(|| self.usual.len().min(self.late.len()));
        difference.map(|difference| difference.step).or_else(end)
    }

    /// The facets in which a whole program can be compared: all of them, or all but the locks if only these depend on when
    /// views die. `None` if more does.
    pub fn comparable(&mut self, program: &Program) -> Option<Facets> {
        let is_alike = self.run(program);
        let alike = |facets: &Facets| compare(program, &self.usual, &self.late, self.facets & *facets).is_none();
        [Facets::ALL, Facets::ALL.without(Facet::Lock)].into_iter().find(alike).filter(|_| is_alike)
    }

    /// Runs a program as usual and without deaths, and says whether both runs have the same end.
    fn run(&mut self, program: &Program) -> bool {
        let usual = self.reference.run(program, Watch::Always, &mut self.usual);
        usual == self.reference.run_without_deaths(program, &mut self.late)
    }
}

/// The first step in which an engine raised an exception that says that something is missing, where another raised no such
/// exception or did not come to it; with what it said.
pub fn says_missing(own: &Trace, other: &Trace) -> Option<(usize, String)> {
    let raised = |trace: &Trace, step| match trace.observation(step)?.outcome {
        Outcome::Raised(raised) if subset::says_missing(&raised.exception) => Some(raised),
        _ => None,
    };
    (0..own.len()).find_map(|step| {
        let said = raised(own, step)?;
        let is_right = raised(other, step).is_some_and(|other| other.exception == said.exception);
        (!is_right).then(|| (step, format!("what the step needs: {}", describe::raised(&said))))
    })
}
