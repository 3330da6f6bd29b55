//! What differs on all engines together: each cause once, with its smallest case, and the engines that agree on it.
//!
//! The terminal and the summary for a pull request show this. Known divergences, and other wordings, are not part of it.

use super::causes::{Divergence, Severity, Survey};
use super::model::{Case, EngineResult, Results, Status};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What is wrong in some results, on one engine or several.
#[derive(Clone, Debug)]
pub struct Mismatch<'a> {
    /// What is wrong, in a line.
    pub title: String,
    /// How bad it is; of results that are errors of the engine or the machine, nothing.
    pub severity: Option<Severity>,
    /// The smallest case.
    pub case: &'a Case,
    /// What came of it.
    pub result: &'a EngineResult,
    /// The engines that agree on that: the same step, the same expectation, and the same came.
    pub engines: Vec<&'a str>,
    /// How many results have the same cause, over all engines.
    pub count: usize,
}

impl Mismatch<'_> {
    /// The line of its step, or of its case.
    pub fn line(&self) -> usize {
        let step = self.result.failed_step(self.case).and_then(|(_, step)| step);
        step.map_or(self.case.line, |step| step.line)
    }

    /// How bad it is, in a word or two.
    pub fn word(&self) -> &'static str {
        self.severity.map_or("error", Severity::word)
    }

    /// How many results have the same cause, beside those that are shown.
    pub fn others(&self) -> usize {
        self.count.saturating_sub(self.engines.len())
    }
}

/// What results with one cause have in common.
type Key = (Option<Severity>, String);
/// The smallest of each engine with its size and title, and how many there are.
type Group<'a> = (Vec<(usize, &'a Case, &'a EngineResult, String)>, usize);

/// What differs and is not known, the worst first.
pub fn mismatches<'a>(results: &'a Results) -> Vec<Mismatch<'a>> {
    let mut groups: BTreeMap<Key, Group<'a>> = BTreeMap::new();
    let survey = Survey::of(results);
    for engine in &results.engines {
        for cause in survey.causes(engine).into_iter().filter(|cause| !cause.is_known) {
            let counts = |divergence: &&Divergence<'_>| divergence.status.is_bad();
            let smallest = cause.smallest().filter(counts).or_else(|| cause.results().find(counts));
            let Some((smallest, result)) = smallest.and_then(|found| Some((found, found.case.result(engine)?))) else {
                continue;
            };
            let size = smallest.size();
            let (all, count) = groups.entry((Some(cause.severity), cause.key.clone())).or_default();
            all.push((size.0 * 1000 + size.1, smallest.case, result, cause.title.clone()));
            *count += cause.results().filter(counts).count();
        }
        for case in &results.cases {
            let Some(result) = case.result(engine).filter(|result| result.status == Status::Error) else { continue };
            let reason = result.reason.clone().unwrap_or_default();
            let (all, count) = groups.entry((None, reason.clone())).or_default();
            all.push((all.len(), case, result, reason));
            *count += 1;
        }
    }
    let mismatch = |((severity, _), (all, count)): (Key, Group<'a>)| {
        // There is one, and of several that are as small the first.
        let (_, case, result, title) = all.into_iter().min_by_key(|(size, ..)| *size)?;
        let same = |other: &EngineResult| {
            let key =
                |result: &EngineResult| (result.status, result.step, result.expected.clone(), result.actual.clone());
            key(other) == key(result)
        };
        let named = results.engines.iter().filter(|engine| case.result(engine).is_some_and(same));
        let engines = named.map(|engine| engine.name.as_str()).collect();
        Some(Mismatch { title, severity, case, result, engines, count })
    };
    let mut mismatches: Vec<Mismatch<'a>> = groups.into_iter().filter_map(mismatch).collect();
    mismatches.sort_by_key(|mismatch| (mismatch.severity.is_none(), mismatch.severity, Reverse(mismatch.count)));
    mismatches
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::causes::sample::{case, fail, results};
    use crate::report::model::Engine;
    use serde_json::json;

    fn two_engines(cases: Vec<Case>) -> Results {
        let mut results = results(cases);
        results.engines.push(Engine { name: "other".to_owned(), ..results.engines[0].clone() });
        for case in &mut results.cases {
            let result = case.results["pypy"].clone();
            case.results.insert("other".to_owned(), result);
        }
        results.restate("other", |_, _| ());
        results
    }

    #[test]
    fn what_engines_agree_on_is_listed_once() {
        let steps = &["m = memoryview(b'abc')", "m.tolist()"];
        let cases = vec![
            case("f.yaml", "long", &["x = 1", "m = memoryview(b'abc')", "m.tolist()"], fail(3, "value", "[1]", "[2]")),
            case("f.yaml", "short", steps, fail(2, "value", "[1]", "[3]")),
            case("f.yaml", "lost", steps, json!({"status": "error", "reason": "why"})),
            case("f.yaml", "known", steps, json!({"status": "known", "reason": "why"})),
        ];
        let results = two_engines(cases);
        let told = |results: &Results| -> Vec<(String, Vec<String>, usize)> {
            let owned = |mismatch: &Mismatch<'_>| {
                let engines = mismatch.engines.iter().map(|name| (*name).to_owned()).collect();
                (mismatch.case.id.clone(), engines, mismatch.others())
            };
            mismatches(results).iter().map(owned).collect()
        };
        let both = || vec!["pypy".to_owned(), "other".to_owned()];
        assert_eq!(told(&results), [("short".to_owned(), both(), 2), ("lost".to_owned(), both(), 0)]);
        let mut results = results;
        results.cases[1].results.get_mut("other").unwrap().actual = Some("[4]".to_owned());
        assert_eq!(told(&results)[0].1, ["pypy"]);
    }
}
