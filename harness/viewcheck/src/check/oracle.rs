//! What decides whether a case passes on an engine: the case itself, the reference where the case says nothing, the
//! metamorphic laws for the views that it leaves behind, and that it leaves no memory behind.

use super::{Against, Checked, Judged};
use crate::compare::{Level, LevelFacets, compare};
use crate::difference::{self as describe, Difference, Facet};
use crate::judge::judge;
use crate::laws;
use cases::{Case, Verdict};
use engine::reference::Reference;
use engine::{About, Engine, Role, RunError, Watch};
use program::capability::REFCOUNTING;
use program::{Outcome, Program, Trace, print};

/// Why a case is not run on an engine, if it is not.
pub fn skipped(case: &Case, about: &About) -> Option<String> {
    let version = about.profile.version();
    if !case.python.admits(version) {
        return Some(format!("the case is for Python {}", case.python));
    }
    lacking(case, about)
}

/// What an engine lacks that a case needs, in words.
pub fn lacking(case: &Case, about: &About) -> Option<String> {
    let missing: Vec<&str> =
        case.needs.iter().filter(|need| !about.capabilities.contains(*need)).map(String::as_str).collect();
    (!missing.is_empty()).then(|| format!("the engine lacks {}", missing.join(", ")))
}

/// An engine, and who judges what it does.
pub(super) struct Oracle {
    pub(super) engine: Box<dyn Engine>,
    /// The reference as the engine's version, for every engine but the reference.
    reference: Option<Reference>,
    /// What tells whether a case depends on when objects die, for an engine on which they die late.
    deaths: Option<Reference>,
}

impl Oracle {
    /// Judges an engine: by the cases and, if it is to be `compared`, by the reference where the cases say nothing.
    pub(super) fn new(engine: Box<dyn Engine>, compared: bool) -> Oracle {
        let about = engine.about();
        let reference = (compared && about.role == Role::Tested).then(|| Reference::new(about.profile));
        let dies_late = !about.capabilities.contains(REFCOUNTING);
        let deaths = dies_late.then(|| Reference::new(about.profile));
        Oracle { engine, reference, deaths }
    }

    /// Why a case is not run on the engine, if it is not.
    fn skipped(&mut self, case: &Case) -> Option<String> {
        let skipped = skipped(case, self.engine.about());
        let deaths = self.deaths.as_mut().filter(|_| skipped.is_none());
        let depends = deaths.is_some_and(|reference| depends_on_deaths(reference, &case.program));
        skipped.or_else(|| depends.then(|| LATE.to_owned()))
    }

    /// Runs cases, and calls `each` with the index of each and what came of it.
    pub(super) fn check(&mut self, cases: &[&Case], level: Level, each: &mut dyn FnMut(usize, Checked)) {
        let mut admitted: Vec<usize> = vec![];
        for (index, case) in cases.iter().enumerate() {
            match self.skipped(case) {
                Some(reason) => each(index, Checked::unseen(Judged::Skip(reason))),
                None => admitted.push(index),
            }
        }
        let programs: Vec<&Program> = admitted.iter().map(|index| &cases[*index].program).collect();
        let mut ran: Vec<Option<(Trace, Result<(), RunError>)>> = programs.iter().map(|_| None).collect();
        self.engine.run_batch(&programs, Watch::Always, &mut |index, trace, result| {
            if let Some(slot) = ran.get_mut(index) {
                *slot = Some((trace.clone(), result));
            }
        });
        for (index, ran) in admitted.into_iter().zip(ran) {
            let case = cases[index];
            let (judged, trace) = match ran {
                Some((trace, Ok(()))) => (self.judge(case, level, &trace), trace),
                Some((trace, Err(fault))) => (fault.into(), trace),
                // It was interrupted.
                None => continue,
            };
            let is_refuted = matches!(case.verdict, Verdict::Refuted { .. }) && !trace.is_empty();
            each(index, Checked { judged, observed: is_refuted.then(|| transcript(case, &trace)) });
        }
    }

    /// Says of a run that came to its end whether it is as the case, the reference and the laws say.
    fn judge(&mut self, case: &Case, level: Level, trace: &Trace) -> Judged {
        let about = self.engine.about();
        if let Some(difference) = judge(case, trace, about.profile.version(), level.seen_by([about])) {
            return Judged::Fail { difference, against: Against::Case };
        }
        if let Some(difference) = self.compare(case, level, trace) {
            return Judged::Fail { difference, against: Against::Reference };
        }
        match self.broken_law(case, trace).or_else(|| self.leak(case)) {
            Some(difference) => Judged::Fail { difference, against: Against::Law },
            None => Judged::Pass,
        }
    }

    /// Memory that every run of the case leaves behind.
    fn leak(&mut self, case: &Case) -> Option<Difference> {
        if !self.engine.about().sees.contains(Facet::Leak) {
            return None;
        }
        let blocks = self.engine.leaks(&case.program);
        let last = case.steps.len().saturating_sub(1);
        let expected = "a case leaves no memory behind".to_owned();
        let actual = format!("{blocks} block{} left by each run", if blocks == 1 { "" } else { "s" });
        (blocks > 0).then(|| Difference::new(last, Facet::Leak, expected, actual))
    }

    /// In what the engine differs from the reference, where the case says nothing.
    fn compare(&mut self, case: &Case, level: Level, trace: &Trace) -> Option<Difference> {
        let reference = self.reference.as_mut()?;
        let (about, own) = (self.engine.about(), level.seen_by([reference.about()]));
        let both = level.seen_by([reference.about(), about]);
        let mut expected = Trace::new();
        let ran = skipped(case, reference.about()).is_none()
            && reference.run(&case.program, Watch::Always, &mut expected).is_ok()
            && judge(case, &expected, about.profile.version(), own).is_none();
        compare(&case.program, &expected, trace, both).filter(|_| ran)
    }

    /// The law that is broken by what the case leaves behind. Its steps are not in the case, so they are told with
    /// what they should have given, and the last step of the case stands for them.
    fn broken_law(&mut self, case: &Case, trace: &Trace) -> Option<Difference> {
        let remains = laws::remains(&case.program, trace)?;
        let breach = laws::broken(&mut *self.engine, &case.program, &remains, None)?;
        let text = print::step(&breach.program, breach.difference.step);
        let Difference { facet, expected, actual, law, .. } = breach.difference;
        let expected = format!("after the case, `{}` gives {expected}", text.trim_end());
        Some(Difference { step: case.steps.len().saturating_sub(1), facet, expected, actual, law })
    }
}

/// Why a case is skipped that depends on when objects die.
const LATE: &str = "the result depends on when objects die, which is late on this engine";

/// Whether a program does something else if no object dies while it runs, as far as the reference models it.
fn depends_on_deaths(reference: &mut Reference, program: &Program) -> bool {
    let (mut usual, mut late) = (Trace::new(), Trace::new());
    let ran = reference.run(program, Watch::Always, &mut usual);
    let ran_late = reference.run_without_deaths(program, &mut late);
    usual != late || ran != ran_late
}

/// What an interpreter shows for each step.
fn transcript(case: &Case, trace: &Trace) -> Vec<Vec<String>> {
    let binds = |step: usize| {
        let operations = case.program.step(step);
        operations.last().is_some_and(|last| matches!(last.target, program::Target::Name(_)))
    };
    let lines = |(step, seen): (usize, program::Observation)| {
        let mut lines: Vec<String> = seen.printed.lines().map(str::to_owned).collect();
        match &seen.outcome {
            Outcome::Value(program::Value::None) | Outcome::Nothing => {}
            Outcome::Value(_) if binds(step) => {}
            outcome => lines.push(describe::outcome(&case.program, outcome)),
        }
        lines
    };
    trace.observations().enumerate().map(lines).collect()
}
