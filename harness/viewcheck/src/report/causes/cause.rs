//! Groups what differs on an engine by what is wrong.

use super::describe::describe;
use super::title::Line;
use super::{Divergence, Severity};
use crate::report::model::Status;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::rc::Rc;

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
    results: Vec<(Divergence<'a>, Severity)>,
}

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

/// By what results are grouped: a reason with a severity, or the line of what is wrong.
type Key<'b> = (Option<Severity>, &'b str);

/// The causes of what differs, the worst first.
pub(super) fn causes<'a>(divergences: &[(Divergence<'a>, Rc<Line>)]) -> Vec<Cause<'a>> {
    let mut groups: BTreeMap<Key<'_>, Vec<&(Divergence<'a>, Rc<Line>)>> = BTreeMap::new();
    for found in divergences {
        let (divergence, line) = found;
        let key = match divergence.status {
            Status::Known => (Some(line.severity), divergence.reason),
            _ => (None, &line.title[..]),
        };
        groups.entry(key).or_default().push(found);
    }
    let mut causes: Vec<Cause<'a>> = groups.into_iter().map(|(key, group)| cause(key, &group)).collect();
    causes.sort_by_key(|cause| (cause.severity, cause.is_known, Reverse(cause.count())));
    causes
}

fn cause<'a>((known, title): Key<'_>, group: &[&(Divergence<'a>, Rc<Line>)]) -> Cause<'a> {
    let results: Vec<_> = group.iter().map(|(divergence, line)| (*divergence, line.severity)).collect();
    let worst = results.iter().map(|(_, severity)| *severity).min().unwrap_or(Severity::Wording);
    let (key, is_known) = (title.to_owned(), known.is_some());
    let mut cause = Cause { title: key.clone(), key, severity: worst, is_known, results };
    if let (None, Some(smallest)) = (known, cause.smallest()) {
        let actions: BTreeSet<&str> = group.iter().map(|(_, line)| &line.action[..]).collect();
        cause.title = describe(smallest, actions.len());
    }
    cause
}
