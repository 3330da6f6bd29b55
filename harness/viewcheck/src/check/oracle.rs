//! What decides whether a case passes on an engine: the case itself, the reference where the case says nothing, the
//! metamorphic laws for the views that it leaves behind, and that it leaves no memory behind.

use super::scene::scene;
use super::{Against, Checked, Judged};
use crate::compare::{Level, LevelFacets, compare, usual_level};
use crate::difference::{self as describe, Difference, Facet};
use crate::judge::judge;
use crate::laws::{self, Breach};
use crate::reach::{Late, says_missing};
use crate::report::model::Scene;
use cases::{Case, Step, Verdict};
use engine::reference::Reference;
use engine::subset::{self, Lacking};
use engine::{About, Engine, Facets, Role, RunError, Watch};
use program::capability::SOURCE;
use program::{Live, Outcome, Program, Trace, print};

/// Why a case is not run on an engine, if it is not.
pub fn skipped(case: &Case, about: &About) -> Option<String> {
    let version = about.profile.version();
    if !case.python.admits(version) {
        return Some(format!("the case is for Python {}", case.python));
    }
    lacking(case, about).or_else(|| {
        let is_bounded = |step: &Step| step.expectation(version).is_some_and(|it| it.allocates.is_some());
        let is_uncounted = !about.sees.contains(Facet::Allocated) && case.steps.iter().any(is_bounded);
        is_uncounted.then(|| "the engine does not count the memory that a step allocates".to_owned())
    })
}

/// What an engine lacks that a case needs, in words.
pub fn lacking(case: &Case, about: &About) -> Option<String> {
    if case.program.is_source() && !about.capabilities.contains(SOURCE) {
        return Some(format!("the case is written in any Python, {}", without_source(about)));
    }
    let missing: Vec<&str> =
        case.needs.iter().filter(|need| !about.capabilities.contains(*need)).map(String::as_str).collect();
    (!missing.is_empty()).then(|| format!("the engine lacks {}", missing.join(", ")))
}

/// Why an engine runs no case in any Python.
fn without_source(about: &About) -> String {
    match (about.role, subset::documented(&about.implementation)) {
        (Role::Reference, _) => "which the reference does not model".to_owned(),
        (Role::Tested, Some(_)) => format!("of which {} is a subset", about.implementation),
        (Role::Tested, None) => {
            "and is run where the process can be confined, or with --no-sandbox, by an engine that takes text"
                .to_owned()
        }
    }
}

/// An engine, and who judges what it does.
pub(super) struct Oracle {
    pub(super) engine: Box<dyn Engine>,
    /// The reference as the engine's version, for every engine but the reference.
    reference: Option<Reference>,
    /// The reference as the newest patch level of the engine's version, for an implementation other than CPython: what it
    /// says of its patch level says little, and a fix of CPython that it has already is no divergence.
    later: Option<Reference>,
    /// What tells whether a case depends on when objects die, for an engine on which they die late.
    deaths: Option<Late>,
    /// What tells whether a case needs what the engine lacks and documents.
    lacking: Option<Lacking>,
}

impl Oracle {
    /// Judges an engine: by the cases, and by the reference where these say nothing.
    pub(super) fn new(engine: Box<dyn Engine>) -> Oracle {
        let about = engine.about();
        let reference = (about.role == Role::Tested).then(|| Reference::new(about.profile));
        let later = about.later().map(Reference::new);
        let (deaths, lacking) = (Late::of(about), Lacking::of(about));
        Oracle { engine, reference, later, deaths, lacking }
    }

    /// The facets in which a case can be compared on the engine, or why it is not run.
    fn comparable(&mut self, case: &Case) -> Result<Facets, String> {
        let missing = |lacking: &Lacking| lacking.missing(&case.program, Watch::End, &mut Trace::new());
        if let Some(reason) = skipped(case, self.engine.about()) {
            return Err(reason);
        }
        if let Some(what) = self.lacking.as_ref().and_then(missing) {
            return Err(format!("the engine lacks {what}"));
        }
        match &mut self.deaths {
            // Nobody knows what depends on it. What the case says of values, it says of every engine.
            Some(_) if case.program.is_source() => Ok(Facets::ALL.without(Facet::Lock)),
            Some(deaths) => deaths.comparable(&case.program).ok_or_else(|| LATE.to_owned()),
            None => Ok(Facets::ALL),
        }
    }

    /// Runs cases, and calls `each` with the index of each and what came of it.
    pub(super) fn check(&mut self, cases: &[&Case], level: Option<Level>, each: &mut dyn FnMut(usize, Checked)) {
        let level = level.unwrap_or_else(|| usual_level([self.engine.about()]));
        let mut admitted: Vec<(usize, Facets)> = vec![];
        for (index, case) in cases.iter().enumerate() {
            match self.comparable(case) {
                Err(reason) => each(index, Checked::unseen(Judged::Skip(reason))),
                Ok(facets) => admitted.push((index, facets)),
            }
        }
        let programs: Vec<&Program> = admitted.iter().map(|(index, _)| &cases[*index].program).collect();
        let mut ran: Vec<Option<(Trace, Result<(), RunError>)>> = programs.iter().map(|_| None).collect();
        self.engine.run_batch(&programs, Watch::Always, &mut |index, trace, result| {
            if let Some(slot) = ran.get_mut(index) {
                *slot = Some((trace.clone(), result));
            }
        });
        // What is as the case and the reference say is held against the laws, all of it in one batch.
        let (mut asked, mut judgments) = (vec![], vec![]);
        for ((index, facets), ran) in admitted.into_iter().zip(ran) {
            let case = cases[index];
            let (judged, trace) = match ran {
                Some((trace, Ok(()))) => (self.judge(case, level.facets() & facets, &trace), trace),
                Some((trace, Err(fault))) => (fault.into(), trace),
                // It was interrupted.
                None => continue,
            };
            if let (Judged::Pass, Some(remains)) = (&judged, laws::remains(&case.program, &trace)) {
                asked.push((judgments.len(), remains));
            }
            judgments.push((index, facets, judged, trace));
        }
        let programs: Vec<(&Program, &[(u16, Live)])> =
            asked.iter().map(|(at, remains)| (&cases[judgments[*at].0].program, &remains[..])).collect();
        let broken = laws::broken_by_each(&mut *self.engine, &programs, None, level);
        for ((at, _), broken) in asked.iter().zip(broken) {
            let (index, _, judged, _) = &mut judgments[*at];
            match broken {
                Ok(None) => {}
                Ok(Some(breach)) => *judged = fail(broken_law(cases[*index], breach), Against::Law),
                Err(failure) => *judged = failure.error.into(),
            }
        }
        for (index, facets, judged, trace) in judgments {
            let case = cases[index];
            let leak = if judged == Judged::Pass { self.leak(case) } else { None };
            let judged = leak.map_or(judged, |difference| fail(difference, Against::Law));
            let is_shown = matches!(case.verdict, Verdict::Refuted { .. }) || matches!(judged, Judged::Fail { .. });
            let observed = (is_shown && !trace.is_empty()).then(|| transcript(case, &trace));
            // A failure is looked for first and at the level, so that no wording before it hides it.
            let is_worded = judged == Judged::Pass && level < Level::Message;
            let worded = if is_worded { self.differs(case, facets, &trace) } else { None };
            let seen = match &judged {
                Judged::Fail { difference, .. } => self.seen(case, difference, &trace),
                _ => None,
            };
            each(index, Checked { judged, observed, wording: worded.map(|(difference, _)| difference), seen });
        }
    }

    /// Says of a run that came to its end whether it is as the case and the reference say.
    fn judge(&mut self, case: &Case, facets: Facets, trace: &Trace) -> Judged {
        let missing = self.says_missing(case, trace);
        match (self.differs(case, facets, trace), missing) {
            // What it did before is its own doing.
            (Some((difference, against)), missing) if missing.as_ref().is_none_or(|(at, _)| difference.step < *at) => {
                fail(difference, against)
            }
            // Not even a case that expects this exception passes: it may be about something else.
            (_, Some((_, what))) => Judged::Skip(format!("the engine lacks {what}")),
            (_, None) => Judged::Pass,
        }
    }

    /// What an engine that documents itself as a subset says that it lacks, and in which step.
    fn says_missing(&self, case: &Case, trace: &Trace) -> Option<(usize, String)> {
        let mut expected = Trace::new();
        self.lacking.as_ref()?.missing(&case.program, Watch::End, &mut expected);
        says_missing(trace, &expected)
    }

    /// In what a run that came to its end is not as the case and the reference say, in one of the facets.
    fn differs(&mut self, case: &Case, facets: Facets, trace: &Trace) -> Option<(Difference, Against)> {
        let (version, facets) = (self.engine.about().profile.version(), facets & self.engine.about().sees);
        let difference = match judge(case, trace, version, facets) {
            Some(difference) => (difference, Against::Case),
            None => (compare_with(self.reference.as_mut()?, case, facets, trace)?, Against::Reference),
        };
        let later = self.later.as_mut().and_then(|later| differs_from(later, case, facets, trace));
        match later {
            Some(None) => None,
            // What it does up to there, the newer one does.
            Some(Some(later)) if later.0.step > difference.0.step => Some(later),
            _ => Some(difference),
        }
    }

    /// What there was on the engine after a step that differs, if the difference is about memory or layouts, or if there was
    /// something else than on the reference.
    fn seen(&mut self, case: &Case, difference: &Difference, trace: &Trace) -> Option<Scene> {
        // What a step in any Python does to memory is not known.
        let seen = scene(&case.program, trace, difference.step).filter(|_| !case.program.is_source())?;
        let mut expected = Trace::new();
        let mut is_other = || {
            let sees = self.engine.about().sees;
            let reference = self.reference.as_mut().filter(|_| DRAWN.iter().all(|facet| sees.contains(*facet)))?;
            let _ = reference.run(&case.program, Watch::Always, &mut expected);
            Some(scene(&case.program, &expected, difference.step).as_ref() != Some(&seen))
        };
        (DRAWN.contains(&difference.facet) || is_other() == Some(true)).then_some(seen)
    }

    /// Memory that every run of the case leaves behind.
    fn leak(&mut self, case: &Case) -> Option<Difference> {
        // Modules that are imported and caches of others stay.
        if !self.engine.about().sees.contains(Facet::Leak) || case.program.is_source() {
            return None;
        }
        let blocks = self.engine.leaks(&case.program);
        let last = case.steps.len().saturating_sub(1);
        let expected = "a case leaves no memory behind".to_owned();
        let actual = format!("{blocks} block{} left by each run", if blocks == 1 { "" } else { "s" });
        (blocks > 0).then(|| Difference::new(last, Facet::Leak, expected, actual))
    }
}

/// The facets that a drawing of memory and views shows.
const DRAWN: [Facet; 11] = [
    Facet::Format,
    Facet::Itemsize,
    Facet::Readonly,
    Facet::Exporter,
    Facet::Offset,
    Facet::Shape,
    Facet::Strides,
    Facet::Suboffsets,
    Facet::Lock,
    Facet::Released,
    Facet::Contents,
];

/// In what a run differs from that on the reference, where the case says nothing.
fn compare_with(reference: &mut Reference, case: &Case, facets: Facets, trace: &Trace) -> Option<Difference> {
    let (version, sees) = (reference.about().profile.version(), reference.about().sees);
    let mut expected = Trace::new();
    let ran = skipped(case, reference.about()).is_none()
        && reference.run(&case.program, Watch::Always, &mut expected).is_ok()
        && judge(case, &expected, version, Facets::ALL & sees).is_none();
    compare(&case.program, &expected, trace, facets & sees).filter(|_| ran)
}

/// In what a run is not as it should be with the version of a reference, even if the case is not for that version. `None` if
/// nobody knows.
fn differs_from(
    reference: &mut Reference,
    case: &Case,
    facets: Facets,
    trace: &Trace,
) -> Option<Option<(Difference, Against)>> {
    let version = reference.about().profile.version();
    if case.python.admits(version) {
        let by_case = judge(case, trace, version, facets).map(|difference| (difference, Against::Case));
        let by_reference = || Some((compare_with(reference, case, facets, trace)?, Against::Reference));
        return Some(by_case.or_else(by_reference));
    }
    let mut expected = Trace::new();
    reference.run(&case.program, Watch::Always, &mut expected).ok()?;
    let difference = compare(&case.program, &expected, trace, facets & reference.about().sees);
    Some(difference.map(|difference| (difference, Against::Reference)))
}

fn fail(difference: Difference, against: Against) -> Judged {
    Judged::Fail { difference, against }
}

/// The law that is broken by what a case leaves behind. Its steps are not in the case, so they are told with what they should
/// have given, and the last step of the case stands for them.
fn broken_law(case: &Case, breach: Breach) -> Difference {
    let text = print::step(&breach.program, breach.difference.step);
    let Difference { facet, expected, actual, law, .. } = breach.difference;
    let expected = format!("after the case, `{}` gives {expected}", text.trim_end());
    Difference { step: case.steps.len().saturating_sub(1), facet, expected, actual, law }
}

/// Why a case is skipped that depends on when objects die.
const LATE: &str = "the result depends on when objects die, which is late on this engine";

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
