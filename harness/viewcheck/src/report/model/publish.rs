//! The published results: everything but passes, and the same bytes on every machine with the same Python.

use super::{Case, Claim, Engine, Results, Status, Verdict};
use crate::compare::Level;
use crate::known;
use crate::report::count;
use cases::{Known, Suite};
use std::collections::BTreeSet;

/// Why results can't be published.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum PublishError {
    /// Not everything was run.
    #[error("the results are not published: the run was interrupted, or some cases could not be read")]
    Incomplete,
    /// They are of a part of a run.
    #[error(
        "the results are not published: they have only {0}; `viewcheck report` with the files of all shards merges them"
    )]
    Shards(String),
    /// They are an abridgement already.
    #[error("the results are not published: they do not list the cases that pass; run `viewcheck check` first")]
    Abridged,
    /// They are of other engines.
    #[error("the results are not published: the engines are {found}, but must be reference and embedded")]
    Engines {
        /// The engines.
        found: String,
    },
    /// The engines stand for different Pythons.
    #[error(
        "the results are not published: the reference models Python {reference}, but the embedded Python is {embedded}"
    )]
    Versions {
        /// What the reference stands for.
        reference: String,
        /// What is embedded.
        embedded: String,
    },
    /// An engine was not judged strictly.
    #[error("the results are not published: the level of the run was not `message`")]
    Level,
    /// The Python could not run the cases that need numpy.
    #[error(
        "the results are not published: the embedded Python has no numpy; install it and run `viewcheck check` again"
    )]
    NoNumpy,
    /// The cases or the known divergences can't be read.
    #[error("the results are not published: there are problems with the files in spec; `viewcheck check` shows them")]
    Unreadable,
    /// The known divergences are others than at the time of the run.
    #[error(
        "the results are not published: the known divergences have changed since the run, for example for the case \
         `{0}`; run `viewcheck check` again"
    )]
    OtherKnown(String),
    /// They are not of the cases as they are now.
    #[error("the results are not published: {0}; run `viewcheck check` without paths, --filter or --engine first")]
    OtherCases(String),
}

/// The engines of the published report.
const ENGINES: [&str; 2] = ["reference", "embedded"];

/// The published results, made of those of a complete run of `spec` as it is now, its problems included those of the
/// known divergences.
pub fn publish(results: &Results, spec: &Suite, known: &Known) -> Result<Results, PublishError> {
    is_publishable(results, spec)?;
    if let Some(id) = known::changed(results, known) {
        return Err(PublishError::OtherKnown(id.to_owned()));
    }
    Ok(abridge(results))
}

fn is_publishable(results: &Results, spec: &Suite) -> Result<(), PublishError> {
    if results.abridged {
        return Err(PublishError::Abridged);
    }
    if let Some(shards) = &results.shards {
        return Err(PublishError::Shards(shards.words()));
    }
    if !results.complete {
        return Err(PublishError::Incomplete);
    }
    let [reference, embedded] = &results.engines[..] else { return Err(other_engines(results)) };
    if [&reference.name, &embedded.name] != ENGINES {
        return Err(other_engines(results));
    }
    let version = |engine: &Engine| minor(engine).unwrap_or_else(|| "unknown".to_owned());
    if version(reference) != version(embedded) {
        return Err(PublishError::Versions { reference: version(reference), embedded: version(embedded) });
    }
    if results.engines.iter().any(|engine| engine.level != Some(Level::Message)) {
        return Err(PublishError::Level);
    }
    if !embedded.capabilities.iter().any(|capability| capability == "numpy") {
        return Err(PublishError::NoNumpy);
    }
    if !spec.problems.is_empty() {
        return Err(PublishError::Unreadable);
    }
    match difference(results, &Results::of_suite(spec)) {
        None => Ok(()),
        Some(difference) => Err(PublishError::OtherCases(difference)),
    }
}

fn other_engines(results: &Results) -> PublishError {
    let names: Vec<&str> = results.engines.iter().map(|engine| engine.name.as_str()).collect();
    PublishError::Engines { found: if names.is_empty() { "no engine".to_owned() } else { names.join(" and ") } }
}

/// In what the cases of a run are not those of the spec.
fn difference(results: &Results, spec: &Results) -> Option<String> {
    let ids: BTreeSet<&str> = results.cases.iter().map(|case| case.id.as_str()).collect();
    let missing: Vec<&Case> = spec.cases.iter().filter(|case| !ids.contains(case.id.as_str())).collect();
    if let Some(first) = missing.first() {
        return Some(format!("{} of spec did not run, for example `{}`", count(missing.len(), "case"), first.id));
    }
    let mut pairs = results.cases.iter().zip(&spec.cases);
    if let Some((case, _)) = pairs.find(|(case, written)| case.bare() != **written) {
        return Some(format!("spec has changed since the run: the case `{}` differs", case.id));
    }
    let is_same = results.cases.len() == spec.cases.len() && results.documents == spec.documents;
    (!is_same).then(|| "they contain cases or documents that spec does not".to_owned())
}

/// The version without its patch level, which differs by machine.
fn minor(engine: &Engine) -> Option<String> {
    let version = engine.version.as_deref()?;
    Some(version.split('.').take(2).collect::<Vec<_>>().join("."))
}

/// Leaves out passes, and what differs by machine.
fn abridge(results: &Results) -> Results {
    let engine = |engine: &Engine| Engine {
        implementation_version: None,
        version: minor(engine),
        compared: vec![],
        capabilities: vec![],
        lacks: vec![],
        sees: vec![],
        ..engine.clone()
    };
    let mut cases = vec![];
    for checked in results.by_document().into_iter().flat_map(|(_, claims)| claims) {
        cases.extend(checked.cases.iter().filter(|case| is_told(checked.claim, case)).map(shortened));
    }
    let engines = results.engines.iter().map(engine).collect();
    Results { abridged: true, engines, cases, ..results.clone() }
}

/// Whether a report says more of a case than that it passes.
fn is_told(claim: &Claim, case: &Case) -> bool {
    // The only row of a table is shown with its own texts, which the claim does not have.
    let is_only_row = claim.cases == 1 && case.id != claim.id;
    let passes = case.results.values().all(|result| result.status == Status::Pass);
    is_only_row || !passes || case.verdict == Verdict::Refuted
}

/// A case without what would make the file large: the text and the scenes of a confirmed claim, and the steps that no report
/// shows, which are those of a confirmed claim that ran nowhere, or passed.
fn shortened(case: &Case) -> Case {
    let is_refuted = case.verdict == Verdict::Refuted;
    let is_shown = is_refuted || case.results.values().any(|result| result.step.is_some());
    let steps = if is_shown { case.steps.clone() } else { vec![] };
    let source = case.source.clone().filter(|_| is_refuted);
    let views = if is_refuted { case.views.clone() } else { vec![] };
    Case { steps, source, views, ..case.clone() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::model::{Counts, Shards};
    use cases::load_text;
    use rstest::rstest;

    const CASES: &str = "
cases:
  - {id: one, section: s, claim: c, verdict: confirmed, steps: [{run: '1', gives: 1}]}
  - {id: many, section: s, claim: $n, verdict: confirmed, rows: {a: {n: 1}, b: {n: 2}}, steps: [{run: $n}]}
  - {id: not, section: s, claim: d, verdict: refuted, instead: e, steps: [{run: '2', gives: 2}]}
  - {id: lone, section: s, claim: $n, verdict: confirmed, rows: {a: {n: 1}}, steps: [{run: $n}]}
";

    fn engine(name: &str, version: &str) -> Engine {
        Engine {
            name: name.to_owned(),
            implementation: "pypy".to_owned(),
            implementation_version: None,
            version: Some(version.to_owned()),
            compared: vec![],
            level: Some(Level::Message),
            capabilities: vec!["array".to_owned(), "numpy".to_owned()],
            lacks: vec![],
            sees: vec!["value".to_owned()],
            models: vec![],
        }
    }

    /// Results of a run in which everything passes but one row.
    fn results() -> Results {
        let mut results = Results::of_suite(&load_text("f.yaml", CASES));
        results.engines = vec![engine("reference", "3.11.7"), engine("embedded", "3.11.2")];
        for case in &mut results.cases {
            for engine in &results.engines {
                let status = if case.id == "many/b" { "skip" } else { "pass" };
                let result = serde_json::from_value(serde_json::json!({ "status": status })).unwrap();
                case.results.insert(engine.name.clone(), result);
            }
        }
        results.recount();
        results
    }

    #[test]
    fn passes_and_what_differs_by_machine_are_left_out() {
        let published = publish(&results(), &load_text("f.yaml", CASES), &Known::default()).unwrap();
        let ids: Vec<&str> = published.cases.iter().map(|case| case.id.as_str()).collect();
        assert_eq!(ids, ["many/b", "not", "lone/a"]);
        let sources: Vec<bool> = published.cases.iter().map(|case| case.source.is_some()).collect();
        assert_eq!(sources, [false, true, false]);
        assert_eq!(published.engines[1].version.as_deref(), Some("3.11"));
        assert!(published.engines.iter().all(|engine| engine.capabilities.is_empty() && engine.sees.is_empty()));
        assert_eq!(published.summary["embedded"].get(Status::Pass), 4);
        let counts = |checked: super::super::Checked<'_>| {
            (checked.omitted(), checked.count(&published.engines[0], Status::Pass))
        };
        let counts: Vec<_> = published.by_document().remove(0).1.into_iter().map(counts).collect();
        assert_eq!(counts, [(1, 1), (1, 1), (0, 1), (0, 1)]);
        assert!(Counts::default() != published.summary["reference"]);
    }

    #[rstest]
    #[case::became_known("- {implementation: pypy, cases: [one], reason: r}", Status::Fail, true)]
    #[case::became_stale("- {implementation: pypy, cases: [one], reason: r}", Status::Pass, true)]
    #[case::is_known("- {implementation: pypy, cases: [one], reason: r}", Status::Known, false)]
    #[case::is_stale("- {implementation: pypy, cases: [one], reason: r}", Status::Stale, false)]
    #[case::is_no_longer_known("[]", Status::Known, true)]
    #[case::nothing_is_known("[]", Status::Fail, false)]
    fn known_divergences_are_those_of_the_run(#[case] entries: &str, #[case] status: Status, #[case] is_refused: bool) {
        let mut results = results();
        for name in ["reference", "embedded"] {
            results.restate(name, |id, result| {
                if id == "one" {
                    result.status = status;
                }
            });
        }
        let (known, problems) = Known::load_text("k.yaml", entries);
        assert!(problems.is_empty());
        let error = publish(&results, &load_text("f.yaml", CASES), &known).err();
        assert_eq!(error, is_refused.then(|| PublishError::OtherKnown("one".to_owned())));
    }

    #[rstest]
    #[case::interrupted(|results: &mut Results| results.complete = false, "the run was interrupted")]
    #[case::shards(|results: &mut Results| results.shards = Shards::one("2/3".parse().unwrap(), 5), "they have only shard 2 of 3; `viewcheck report`")]
    #[case::published(|results: &mut Results| results.abridged = true, "do not list the cases that pass")]
    #[case::one_engine(|results: &mut Results| { results.engines.pop(); }, "the engines are reference, but must be")]
    #[case::other_engine(|results: &mut Results| results.engines[1].name = "pypy".into(), "the engines are reference and pypy, but must be")]
    #[case::other_version(|results: &mut Results| results.engines[0].version = Some("3.12.1".into()), "models Python 3.12, but the")]
    #[case::level(|results: &mut Results| results.engines[1].level = Some(Level::Type), "the level of the run was not `message`")]
    #[case::no_numpy(|results: &mut Results| results.engines[1].capabilities.truncate(1), "no numpy")]
    #[case::some(|results: &mut Results| { results.cases.pop(); }, "1 case of spec did not run, for example `lone/a`")]
    #[case::changed(|results: &mut Results| results.cases[0].steps[0].run = "3".into(), "the case `one` differs")]
    #[case::title(|results: &mut Results| results.documents[0].title = Some("t".into()), "that spec does not")]
    fn only_a_whole_run_is_published(#[case] change: fn(&mut Results), #[case] words: &str) {
        let mut results = results();
        change(&mut results);
        let error = publish(&results, &load_text("f.yaml", CASES), &Known::default()).unwrap_err().to_string();
        assert!(error.contains(words), "{error}");
    }
}
