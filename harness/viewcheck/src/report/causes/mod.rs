//! The causes of what differs: the results of an engine that are not as expected, grouped by what is wrong.
//!
//! A cause is what a maintainer would file as one issue. It has the results that it explains, the smallest of them, and
//! a [`Severity`]. Results that are known divergences have a cause for each reason that their entries give. Nothing is
//! judged here, and no text is rendered.

mod cause;
mod counts;
mod describe;
mod divergence;
mod example;
mod severity;
mod site;
mod survey;
mod title;

pub use cause::Cause;
pub use counts::{Tally, skips};
pub use divergence::Divergence;
pub use severity::Severity;
pub use survey::Survey;
pub(super) use title::severity_of;

<<<<<<< HEAD
use super::model::{Case, Engine, EngineResult, Results};
=======
use super::model::{Case, Engine, EngineResult, Results, Status};
use std::collections::{BTreeMap, BTreeSet};

/// What is wrong in some results of an engine.
#[derive(Clone, Debug)]
pub struct Cause<'a> {
    /// What is wrong, in a sentence about the smallest result; of known divergences the reason that their entry gives.
    pub title: String,
    /// What all its results have in common, and those of the same cause on other engines.
    pub key: String,
    /// How bad it is: as the worst of the results.
    pub severity: Severity,
    /// Whether all of it is known.
    pub is_known: bool,
    /// The results with their severities, in the order of the cases. There is at least one.
    results: Group<'a>,
}

/// Results with their severities.
type Group<'a> = Vec<(Divergence<'a>, Severity)>;

impl<'a> Cause<'a> {
    /// The results.
    pub fn results(&self) -> impl ExactSizeIterator<Item = &Divergence<'a>> {
        self.results.iter().map(|(divergence, _)| divergence)
    }

    /// How many results it explains.
    pub fn count(&self) -> usize {
        self.results.len()
    }

    /// The smallest of the worst results: that with the fewest steps up to the one that differs, and of those that with
    /// the shortest text.
    pub fn smallest(&self) -> Option<&Divergence<'a>> {
        let worst = self.results.iter().filter(|(_, severity)| *severity == self.severity);
        worst.map(|(divergence, _)| divergence).min_by_key(|divergence| divergence.size())
    }

    /// The areas of its cases, each once, in the order of the cases.
    pub fn areas(&self) -> Vec<&'a str> {
        let mut areas = vec![];
        for divergence in self.results() {
            let area = divergence.case.area();
            if !areas.contains(&area) {
                areas.push(area);
            }
        }
        areas
    }
}
>>>>>>> part-formats

/// How bad a result is, in words; `None` where nothing differs.
pub fn severity_word(case: &Case, result: &EngineResult) -> Option<&'static str> {
    Divergence::of(case, result).map(|divergence| title::severity_of(&divergence).word())
}

/// Whether anything differs on an engine, if only in wording.
pub fn differs(results: &Results, engine: &Engine) -> bool {
<<<<<<< HEAD
    results.cases.iter().any(|case| case.result(engine).is_some_and(|result| Divergence::of(case, result).is_some()))
=======
    divergences(results, engine).next().is_some()
}

/// What an engine did otherwise, in the order of the cases.
fn divergences<'a>(results: &'a Results, engine: &Engine) -> impl Iterator<Item = Divergence<'a>> {
    results.cases.iter().filter_map(|case| Divergence::of(case, case.result(engine)?))
}

/// The causes of what an engine did otherwise: the worst first, of those the ones that are not known, and then the ones
/// with the most results. What is known for one reason has a cause for each severity.
pub fn causes<'a>(results: &'a Results, engine: &Engine) -> Vec<Cause<'a>> {
    let mut groups: BTreeMap<(Option<Severity>, String), (Group<'a>, BTreeSet<String>)> = BTreeMap::new();
    for divergence in divergences(results, engine) {
        let title::Line { title, severity, action } = title::line(&divergence);
        let key = match divergence.status {
            Status::Known => (Some(severity), divergence.reason.to_owned()),
            _ => (None, title),
        };
        let (group, actions) = groups.entry(key).or_default();
        group.push((divergence, severity));
        actions.insert(action);
    }
    let cause = |((known, title), (results, actions)): ((Option<Severity>, String), (Group<'a>, BTreeSet<String>))| {
        let worst = results.iter().map(|(_, severity)| *severity).min();
        let severity = worst.unwrap_or(Severity::Wording);
        let mut cause = Cause { title: title.clone(), key: title, severity, is_known: known.is_some(), results };
        if let (None, Some(smallest)) = (known, cause.smallest()) {
            cause.title = describe::describe(smallest, &actions);
        }
        cause
    };
    let mut causes: Vec<Cause<'a>> = groups.into_iter().map(cause).collect();
    causes.sort_by_key(|cause| (cause.severity, cause.is_known, std::cmp::Reverse(cause.count())));
    causes
>>>>>>> part-formats
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
