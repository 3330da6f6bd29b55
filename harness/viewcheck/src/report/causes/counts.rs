//! How many results of an engine have each severity, over some cases.

use super::title::severity_of;
use super::{Divergence, Severity};
use crate::report::model::{Checked, Engine, Status};
use std::collections::BTreeMap;

/// Counts of results.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// How many were judged: neither skipped nor open.
    pub judged: usize,
    /// How many passed, in another wording or not.
    pub passed: usize,
    /// How many are known divergences.
    pub known: usize,
    /// How many passed although they are listed as known divergences.
    pub stale: usize,
    /// How many could not be run because of an error.
    pub errors: usize,
    /// How many were not run, or not to their end.
    pub skipped: usize,
    /// How many ran into unspecified behaviour.
    pub open: usize,
    /// The severities of all that differs, and of the known divergences among them.
    all: BTreeMap<Severity, usize>,
    among_known: BTreeMap<Severity, usize>,
}

impl Tally {
    /// Counts the results of an engine. Cases that are left out because they pass are counted too.
    pub fn of<'a>(claims: impl IntoIterator<Item = &'a Checked<'a>>, engine: &Engine) -> Tally {
        let mut tally = Tally::default();
        for checked in claims {
            for (case, result) in checked.cases.iter().filter_map(|case| Some((case, case.result(engine)?))) {
                tally.add(result.status, Divergence::of(case, result).map(|divergence| severity_of(&divergence)));
            }
            tally.add_passes(checked.omitted());
        }
        tally
    }

    /// Counts cases that passed.
    pub(super) fn add_passes(&mut self, count: usize) {
        self.judged += count;
        self.passed += count;
    }

    /// Counts a result.
    pub(super) fn add(&mut self, status: Status, severity: Option<Severity>) {
        self.judged += usize::from(status.is_judged());
        let count = match status {
            Status::Pass => &mut self.passed,
            Status::Known => &mut self.known,
            Status::Stale => &mut self.stale,
            Status::Error => &mut self.errors,
            Status::Skip => &mut self.skipped,
            Status::Open => &mut self.open,
            Status::Fail | Status::Crash | Status::Hang => &mut 0,
        };
        *count += 1;
        if let Some(severity) = severity {
            *self.all.entry(severity).or_default() += 1;
            if status == Status::Known {
                *self.among_known.entry(severity).or_default() += 1;
            }
        }
    }

    /// How many results have a severity, known or not.
    pub fn count(&self, severity: Severity) -> usize {
        self.all.get(&severity).copied().unwrap_or_default()
    }

    /// The severities that came up, known or not, with the numbers of their results, the worst first.
    pub fn severities(&self) -> impl Iterator<Item = (Severity, usize)> {
        Severity::ALL.into_iter().map(|severity| (severity, self.count(severity))).filter(|(_, count)| *count > 0)
    }

    /// How many results differ and are not known, in more than their wording.
    pub fn fresh(&self) -> usize {
        let failures = Severity::ALL.into_iter().filter(|severity| *severity != Severity::Wording);
        failures.map(|severity| self.count_new(severity)).sum::<usize>() + self.stale + self.errors
    }

    /// How many results that are not known have a severity.
    pub fn count_new(&self, severity: Severity) -> usize {
        self.count(severity) - self.among_known.get(&severity).copied().unwrap_or_default()
    }

    /// The severities that came up, known or not, with their numbers: `2 wrong bytes`, `1 crash`.
    pub fn words(&self) -> Vec<String> {
        self.severities().map(|(severity, count)| severity.counted(count)).collect()
    }

    /// What else came up that is neither a pass nor a skip, in the same way.
    pub fn others(&self) -> Vec<String> {
        let counts = [(self.stale, "stale"), (self.errors, "not run because of an error"), (self.open, "open")];
        counts.into_iter().filter(|(count, _)| *count > 0).map(|(count, word)| format!("{count} {word}")).collect()
    }
}
