//! Turns a program that failed into a finding that a person can act on.
//!
//! 1. The program is replayed, which confirms the failure ([`Replay`], [`Symptom`]).
//! 2. It is given a signature, so that a thousand hits of one defect are one finding ([`signature`]).
//! 3. It is shrunk while its signature stays the same, or loses circumstances ([`shrink`]).
//! 4. A plain program is looked for that shows it without any help ([`Plain`]).
//! 5. It is stored as a folder with a case, what can be pasted into a bug report, and a record ([`Store`]).
//!
//! Signatures that are already understood are listed in `spec/known/` ([`Known`]). A program that violates a law
//! ([`investigate_law`]) is replayed on one engine; all others need two.
//!
//! This module does not decide where programs run: the caller does, in this process ([`DifferentialRun`]) or in
//! another.

mod alone;
mod canonical;
mod case;
mod circumstances;
mod exporter;
pub(crate) mod folder;
mod input;
mod known;
mod law;
mod plain;
mod record;
mod regression;
mod repro;
pub(crate) mod script;
mod shrink;
mod signature;
mod store;

pub use alone::Alone;
pub(crate) use canonical::canonical_text;
pub use case::{About as CaseAbout, CaseText, case_text, of_finding as case_of};
pub(crate) use input::is_finding;
pub use input::{Input, InputError, Raw, read};
pub use known::{Known, KnownError};
pub use law::{breach, investigate_law};
pub use plain::Plain;
pub use record::Side;
pub(crate) use record::{MOST, RECORD, Record};
pub use regression::{PromoteError, Promoted, promote};
pub use repro::{issue, repro};
pub use script::script;
pub use shrink::{Limits, Shrunk, shrink};
use shrink::{Outcome, shrink_with};
pub(crate) use shrink::{is_expression, is_fixed};
pub use signature::{Signature, signature};
pub(crate) use signature::{class, key_class, operation};
pub(crate) use store::{CHECK, REPRO};
pub use store::{Kept, Store, StoreError};

use crate::compare::Level;
use crate::difference::Difference;
use crate::differential::{self, DifferentialRun};
use crate::laws::Law;
use engine::process::{NOT_ALONE, is_too_much};
use engine::reference::Reference;
use engine::{About, Engine, Role, RunError, Watch};
use program::{Observation, Program, Trace};
use serde::{Deserialize, Serialize};

/// What went wrong when a program was run.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Symptom {
    /// The two engines differ.
    Difference(Difference),
    /// The tested engine ended its process: by which signal, or with which exit code.
    Crash(String),
    /// The tested engine did not come to an end.
    Hang,
    /// The tested engine took more memory than it was allowed.
    Memory,
}

/// What an engine did that failed.
impl From<&RunError> for Symptom {
    fn from(error: &RunError) -> Symptom {
        match error {
            RunError::Crashed { how, .. } if is_too_much(how) => Symptom::Memory,
            RunError::Crashed { how, .. } => Symptom::Crash(how.to_string()),
            RunError::Hung { .. } => Symptom::Hang,
            RunError::Lost { .. } => Symptom::Crash("engine lost".to_owned()),
            RunError::Protocol { reason, .. } if reason.contains(NOT_ALONE) => {
                Symptom::Crash(format!("protocol error ({NOT_ALONE})"))
            }
            _ => Symptom::Crash("protocol error".to_owned()),
        }
    }
}

/// Runs programs again, as often as it takes.
pub trait Replay {
    /// Runs a program; `None` if nothing is wrong with what it did.
    fn replay(&mut self, program: &Program) -> Option<Symptom>;

    /// How strictly a program is compared.
    fn level(&self) -> Level;

    /// Has each replay take a tenth of the time at most, until that is taken back.
    fn hurry(&mut self, _is_hurried: bool) {}

    /// Has the bodies of a program run that many operations at most, until that is taken back: a program that runs more says
    /// nothing.
    fn ration(&mut self, _operations: Option<u32>) {}

    /// Whether there is no more time for it: what is known by now has to do.
    fn is_over(&self) -> bool {
        false
    }

    /// The traces of the last replay: what was expected, and what was seen. After a crash the second one ends where
    /// the crash was, if that is known, and is empty otherwise. `None` where no trace is at hand.
    fn traces(&self) -> Option<(&Trace, &Trace)> {
        None
    }
}

impl Replay for DifferentialRun {
    fn replay(&mut self, program: &Program) -> Option<Symptom> {
        match self.run(program) {
            differential::Result::Differ(difference) => Some(Symptom::Difference(difference)),
            // It says nothing about the program.
            differential::Result::Failed(RunError::Lost { .. }) => None,
            differential::Result::Failed(error) => Some(Symptom::from(&error)),
            differential::Result::Agree
            | differential::Result::Reworded
            | differential::Result::Open(_)
            | differential::Result::Unsupported(_) => None,
        }
    }

    fn hurry(&mut self, is_hurried: bool) {
        self.tested().hurry(is_hurried);
    }

    fn ration(&mut self, operations: Option<u32>) {
        DifferentialRun::ration(self, operations);
    }

    fn level(&self) -> Level {
        DifferentialRun::level(self)
    }

    fn traces(&self) -> Option<(&Trace, &Trace)> {
        Some(DifferentialRun::traces(self))
    }
}

/// A defect, with the smallest program that shows it.
#[derive(Clone, Debug)]
pub struct Finding {
    /// What it is known by.
    pub signature: Signature,
    /// What the small program does.
    pub symptom: Symptom,
    /// The small program.
    pub program: Program,
    /// The program that was found.
    pub original: Program,
    /// What should happen in each step of the small program, where that is known.
    pub expected: Option<Vec<Observation>>,
    /// What happens instead, up to where it ended.
    pub actual: Option<Vec<Observation>>,
    /// The seed of the campaign that found it.
    pub seed: Option<u64>,
    /// Which of the seed's programs it was.
    pub index: Option<u64>,
    /// The tested engine, and the one whose behaviour is expected.
    pub engines: [About; 2],
    /// How strictly the engines were compared.
    pub level: Level,
    /// Whether each replay did the same.
    pub stable: bool,
    /// Whether there was not the time to look into it to the end.
    pub unfinished: bool,
    /// The violated law, if there is one, and the index of the first of its steps in the program.
    pub law: Option<(&'static Law, usize)>,
    /// A program that shows it without any help, if there is one.
    pub plain: Option<Plain>,
}

impl Finding {
    /// The kind of the symptom in one word: `value`, `error`, `aliasing`, `law`, `crash`, `hang` or `memory`.
    pub fn kind(&self) -> String {
        self.symptom.kind()
    }

    /// The finding of a program that can't be made to do the same again, and is kept as it was met.
    pub fn as_met(
        signature: Signature,
        symptom: Symptom,
        program: Program,
        engines: [About; 2],
        level: Level,
    ) -> Finding {
        Finding {
            signature,
            symptom,
            original: program.clone(),
            program,
            expected: None,
            actual: None,
            seed: None,
            index: None,
            engines,
            level,
            stable: false,
            unfinished: false,
            law: None,
            plain: None,
        }
    }
}

impl Symptom {
    /// The kind in one word: `value`, `error`, `aliasing`, `law`, `crash`, `hang` or `memory`.
    pub fn kind(&self) -> String {
        match self {
            Symptom::Difference(difference) => difference.kind().to_string(),
            Symptom::Crash(_) => "crash".to_owned(),
            Symptom::Hang => "hang".to_owned(),
            Symptom::Memory => "memory".to_owned(),
        }
    }
}

/// What should happen, where no trace is at hand: the reference can be asked again.
fn expect(against: &About, program: &Program) -> Option<Vec<Observation>> {
    if against.role != Role::Reference {
        return None;
    }
    let mut trace = Trace::new();
    Reference::new(against.profile).run(program, Watch::Always, &mut trace).ok()?;
    Some(trace.observations().collect())
}

/// How often a program is replayed before it is believed.
const CONFIRMATIONS: usize = 3;

/// Confirms that a program goes wrong, shrinks it and signs it. `engines` are the tested one and the one that says
/// what is expected. `None` if none of three replays shows anything. A program that does not do the same each time is
/// kept as it is, and said to be unstable. Where only the outcome is another one each time, as a text that is read from
/// memory that was given back, it is shrunk, and is no part of the signature.
pub fn investigate(
    replay: &mut dyn Replay,
    engines: &[About; 2],
    program: &Program,
    limits: Limits,
) -> Option<Finding> {
    let names = (engines[0].name.as_str(), engines[1].name.as_str());
    let mut confirm = |_| {
        let symptom = replay.replay(program)?;
        // Each replay of a hang takes all the time there is.
        replay.hurry(symptom == Symptom::Hang);
        Some((signature(names, program, &symptom, replay.traces()), symptom))
    };
    let mut seen: Vec<Option<(Signature, Symptom)>> = (0..CONFIRMATIONS).map(&mut confirm).collect();
    let is_same = |sign: fn(&Signature) -> Signature| {
        let mut signed = seen.iter().map(|seen| seen.as_ref().map(|(signature, _)| sign(signature)));
        let first = signed.next().flatten();
        signed.all(|other| other == first)
    };
    let is_stable = is_same(Signature::clone);
    let outcome = if is_stable { Outcome::Same } else { Outcome::Varies };
    let is_shrunk = is_stable || is_same(Signature::without_outcome);
    let (signed, mut symptom) = seen.iter_mut().find_map(Option::take)?;
    let mut signed = if is_shrunk { outcome.sign(signed) } else { signed };
    let mut small = program.clone();
    if is_shrunk && let Some(shrunk) = shrink_with(replay, names, program, limits, outcome) {
        (small, symptom, signed) = (shrunk.program, shrunk.symptom, shrunk.signature);
    }
    replay.hurry(false);
    // The traces that are kept are those of the program that is.
    let again = replay.replay(&small);
    let is_same =
        again.is_some_and(|symptom| outcome.sign(signature(names, &small, &symptom, replay.traces())) == signed);
    let traces = replay.traces().filter(|_| is_same);
    let (expected, actual) = match traces {
        Some((expected, actual)) => (Some(expected.observations().collect()), Some(actual.observations().collect())),
        None => (expect(&engines[1], &small), None),
    };
    let unfinished = replay.is_over();
    let plain = match is_same && !unfinished {
        true => {
            let seen = expected.as_deref().map(|expected| (expected, actual.as_deref().unwrap_or_default()));
            plain::plain(replay, &small, &symptom, seen)
        }
        false => None,
    };
    Some(Finding {
        signature: signed,
        symptom,
        program: small,
        original: program.clone(),
        expected,
        actual,
        seed: None,
        index: None,
        engines: engines.clone(),
        level: replay.level(),
        stable: is_stable && is_same,
        unfinished,
        law: None,
        plain,
    })
}
