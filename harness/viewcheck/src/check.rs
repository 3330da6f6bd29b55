//! Runs cases on engines and says of each what came of it.
//!
//! An engine is compared with what the case says and then, where the case leaves something open, with the reference,
//! as the same version of Python, if the reference is among the engines and itself does what the case says. At last the
//! views that the case leaves behind are held against the [`laws`](crate::laws), and it may leave no memory behind.

use crate::compare::{Level, compare};
use crate::difference::{self as describe, Difference, Facet};
use crate::judge::judge;
use crate::laws;
use crate::report::model::Status;
use crate::spec::{Case, Claim, Suite};
use engine::reference::Reference;
use engine::{About, Engine, Fault, Role, Watch};
use program::{Outcome, Program, Trace, print};
use std::ops::ControlFlow;

/// What came of a case on an engine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It did what the case says.
    Pass,
    /// It did something else.
    Fail {
        /// What it did.
        difference: Difference,
        /// What it was compared with.
        against: Against,
    },
    /// What should happen is unspecified, for this reason, so that there is nothing to judge.
    Open(String),
    /// It was not run, or not to its end, because the engine can't, for this reason.
    Skip(String),
    /// The engine crashed, with this said of it.
    Crash(String),
    /// The engine did not come to an end.
    Hang(String),
    /// The engine could not run it, for this reason.
    Error(String),
}

impl From<Fault> for Verdict {
    fn from(fault: Fault) -> Verdict {
        let text = fault.to_string();
        match fault {
            Fault::Crashed { .. } => Verdict::Crash(text),
            Fault::Hung { .. } => Verdict::Hang(text),
            Fault::Unspecified(_) => Verdict::Open(text),
            Fault::Unsupported { .. } => Verdict::Skip(text),
            Fault::Malformed(_) | Fault::Protocol { .. } => Verdict::Error(text),
        }
    }
}

/// What an engine was compared with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Against {
    /// What the case says.
    Case,
    /// What the reference did, where the case says nothing.
    Reference,
    /// What must be so whatever the case says.
    Law,
}

impl Verdict {
    /// Whether it is a finding: neither passed nor skipped, nor open.
    pub fn is_bad(&self) -> bool {
        Status::from(self).is_bad()
    }
}

/// The engines that cases are run on.
pub struct Panel {
    seats: Vec<Seat>,
}

struct Seat {
    engine: Box<dyn Engine>,
    /// The reference as the engine's version, for every engine but the reference.
    reference: Option<Reference>,
}

impl Panel {
    /// A panel of engines. If the reference is among them, it judges the others.
    pub fn new(engines: Vec<Box<dyn Engine>>) -> Panel {
        let judged = engines.iter().any(|engine| engine.about().role == Role::Reference);
        let seat = |engine: Box<dyn Engine>| {
            let about = engine.about();
            let reference = (judged && about.role == Role::Tested).then(|| Reference::new(about.profile));
            Seat { engine, reference }
        };
        Panel { seats: engines.into_iter().map(seat).collect() }
    }

    /// Who the engines are.
    pub fn about(&self) -> Vec<About> {
        self.seats.iter().map(|seat| seat.engine.about().clone()).collect()
    }

    /// Runs a case on each engine.
    pub fn check(&mut self, case: &Case, level: Level) -> CaseRun {
        self.check_all(std::slice::from_ref(case), level).pop().unwrap_or_default()
    }

    /// Runs cases on each engine, one engine after the other. Gives what came of each case.
    pub fn check_all(&mut self, cases: &[Case], level: Level) -> Vec<CaseRun> {
        let mut runs = vec![CaseRun::default(); cases.len()];
        for seat in &mut self.seats {
            for ((case, run), (verdict, trace)) in cases.iter().zip(&mut runs).zip(seat.check_all(cases, level)) {
                run.verdicts.push(verdict);
                if matches!(case.verdict, Claim::Refuted { .. }) && !trace.is_empty() {
                    // The last engine that ran stands for what happens: a real Python, if there is one.
                    run.observed = Some(transcript(case, &trace));
                }
            }
        }
        runs
    }
}

/// Why a case is not run on an engine, if it is not.
pub fn skipped(case: &Case, about: &About) -> Option<String> {
    let version = about.profile.version();
    if !case.python.admits(version) {
        return Some(format!("is about Python {}", case.python));
    }
    lacking(case, about)
}

/// What an engine lacks that a case needs, in words.
pub fn lacking(case: &Case, about: &About) -> Option<String> {
    let missing: Vec<&str> =
        case.needs.iter().filter(|need| !about.capabilities.contains(*need)).map(String::as_str).collect();
    (!missing.is_empty()).then(|| format!("needs {}", missing.join(", ")))
}

impl Seat {
    /// What came of each case, and what was observed.
    fn check_all(&mut self, cases: &[Case], level: Level) -> Vec<(Verdict, Trace)> {
        let about = self.engine.about();
        let skipped: Vec<Option<String>> = cases.iter().map(|case| skipped(case, about)).collect();
        let admitted = cases.iter().zip(&skipped).filter(|(_, skipped)| skipped.is_none());
        let programs: Vec<&Program> = admitted.map(|(case, _)| &case.program).collect();
        let mut ran: Vec<Option<(Trace, Result<(), Fault>)>> = programs.iter().map(|_| None).collect();
        self.engine.run_batch(&programs, Watch::Always, &mut |index, trace, result| {
            if let Some(slot) = ran.get_mut(index) {
                *slot = Some((trace.clone(), result));
            }
        });
        let mut ran = ran.into_iter();
        let mut checked = Vec::with_capacity(cases.len());
        for (case, skipped) in cases.iter().zip(skipped) {
            checked.push(match skipped {
                Some(reason) => (Verdict::Skip(reason), Trace::new()),
                None => match ran.next().flatten() {
                    Some((trace, Ok(()))) => (self.judge(case, level, &trace), trace),
                    Some((trace, Err(fault))) => (fault.into(), trace),
                    None => (Verdict::Error("the engine gave no result".to_owned()), Trace::new()),
                },
            });
        }
        checked
    }

    /// Says of a run that came to its end whether it is as the case, the reference and the laws say.
    fn judge(&mut self, case: &Case, level: Level, trace: &Trace) -> Verdict {
        let about = self.engine.about();
        if let Some(difference) = judge(case, trace, about.profile.version(), level.seen_by([about])) {
            return Verdict::Fail { difference, against: Against::Case };
        }
        if let Some(difference) = self.compare(case, level, trace) {
            return Verdict::Fail { difference, against: Against::Reference };
        }
        match self.broken_law(case, trace).or_else(|| self.leak(case)) {
            Some(difference) => Verdict::Fail { difference, against: Against::Law },
            None => Verdict::Pass,
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

/// What came of a case.
#[derive(Clone, Debug, Default)]
pub struct CaseRun {
    /// For each engine.
    pub verdicts: Vec<Verdict>,
    /// For a refuted claim: for each step the lines that tell what was seen, as an interpreter shows them.
    pub observed: Option<Vec<Vec<String>>>,
}

/// What came of a suite.
#[derive(Clone, Debug)]
pub struct Run {
    /// The engines, in the order in which each case was run on them.
    pub engines: Vec<About>,
    /// For each document the runs of its cases. When the run was stopped, fewer than there are.
    pub documents: Vec<Vec<CaseRun>>,
}

/// How many cases an engine is given at a time.
const BATCH: usize = 64;

/// Runs every case of a suite. `before` is called for each case before it is run, and can end the run.
pub fn check(suite: &Suite, panel: &mut Panel, level: Level, mut before: impl FnMut(&Case) -> ControlFlow<()>) -> Run {
    let mut run = Run { engines: panel.about(), documents: vec![] };
    for document in &suite.documents {
        let mut runs = Vec::with_capacity(document.cases.len());
        for cases in document.cases.chunks(BATCH) {
            if cases.iter().any(|case| before(case).is_break()) {
                run.documents.push(runs);
                return run;
            }
            runs.extend(panel.check_all(cases, level));
        }
        run.documents.push(runs);
    }
    run
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
