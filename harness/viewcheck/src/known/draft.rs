//! `--write-known`: a draft of the known divergences of a run, for someone to give reasons to.

use crate::compare::Level;
use crate::report::Format;
use crate::report::causes::{Cause, Divergence, Survey};
use crate::report::model::{Engine, Results, Status};
use engine::Facet;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

/// The reason of an entry that nobody has given one yet.
const TODO: &str = "TODO: say in a sentence why they differ.";

/// An entry of `spec/known`, as it is written.
#[derive(Debug, Serialize)]
struct Entry {
    implementation: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    version: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    level: Option<Level>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    cases: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    law: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Vec<&'static str>>,
    program: String,
    reason: String,
}

/// The draft of known divergences, as a format.
#[derive(Clone, Copy, Debug)]
pub struct Draft;

impl Format for Draft {
    fn name(&self) -> &'static str {
        "known divergences"
    }

    fn file(&self) -> Option<&'static str> {
        None
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(draft(results).map_err(io::Error::other)?.as_bytes())
    }
}

/// Entries for everything that differs in a run and that no entry covers: one for each implementation and cause, the
/// worst first. Results of a cause that show at other levels, or that end otherwise, have an entry of their own. A table
/// of which every row differs in that way is named in place of its rows, and a law in place of the cases that fail because
/// of it.
fn draft(results: &Results) -> Result<String, serde_yaml::Error> {
    let (mut entries, mut written) = (vec![], BTreeSet::new());
    let survey = Survey::of(results);
    for engine in &results.engines {
        let rows = rows(results, engine);
        // A version of another form can't be compared with any.
        let version = engine.known_version().map(|version| format!("=={version}"));
        for cause in survey.causes(engine).iter().filter(|cause| !cause.is_known) {
            for ((level, status, law), part) in parts(cause) {
                let ids: Vec<&str> = part.iter().map(|divergence| divergence.case.id.as_str()).collect();
                let names = law.map_or_else(|| with_tables(&ids, &rows), |law| vec![law.to_owned()]);
                // Two engines may be the same version of an implementation.
                let is_new =
                    |id: &String| written.insert((engine.implementation.clone(), version.clone(), level, id.clone()));
                let names: Vec<String> = names.into_iter().filter(is_new).collect();
                let Some(smallest) = part.iter().min_by_key(|divergence| divergence.size()) else { continue };
                if names.is_empty() {
                    continue;
                }
                let (cases, law) = if law.is_some() { (vec![], names.into_iter().next()) } else { (names, None) };
                entries.push(Entry {
                    implementation: engine.implementation.clone(),
                    version: version.clone(),
                    level,
                    cases,
                    law,
                    status: (status != Status::Fail).then(|| vec![status.word()]),
                    program: smallest.example(),
                    reason: TODO.to_owned(),
                });
            }
        }
    }
    match entries.is_empty() {
        true => Ok("# Nothing differs that is not known.\n[]\n".to_owned()),
        false => serde_yaml::to_string(&entries),
    }
}

/// In what the results of one entry agree: the least strict level at which they show, their status, and the law.
type Part<'a> = (Option<Level>, Status, Option<&'a str>);

/// The results of a cause by their entries. Another wording is no failure, and has no entry.
fn parts<'a, 'b>(cause: &'b Cause<'a>) -> BTreeMap<Part<'a>, Vec<&'b Divergence<'a>>> {
    let mut parts: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for divergence in cause.results().filter(|divergence| divergence.status != Status::Pass) {
        let level = match divergence.facet {
            Some(Facet::Exception) => Some(Level::Type),
            Some(Facet::Message) => Some(Level::Message),
            _ => None,
        };
        parts.entry((level, divergence.status, divergence.law)).or_default().push(divergence);
    }
    parts
}

/// How many rows of each table were judged on an engine.
fn rows<'a>(results: &'a Results, engine: &Engine) -> BTreeMap<&'a str, usize> {
    let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
    for case in results.cases.iter().filter(|case| case.claim_id() != case.id) {
        if case.result(engine).is_some_and(|result| result.status.is_judged()) {
            *rows.entry(case.claim_id()).or_default() += 1;
        }
    }
    rows
}

/// Ids, in which a table stands for its rows if all that were run are there.
fn with_tables(ids: &[&str], rows: &BTreeMap<&str, usize>) -> Vec<String> {
    let table = |id: &str| id.split_once('/').map(|(table, _)| table.to_owned());
    let mut differing: BTreeMap<String, usize> = BTreeMap::new();
    ids.iter().filter_map(|id| table(id)).for_each(|table| *differing.entry(table).or_default() += 1);
    let is_whole = |table: &String| rows.get(table.as_str()) == differing.get(table);
    let mut written = BTreeSet::new();
    let named = ids.iter().map(|id| table(id).filter(is_whole).unwrap_or_else(|| (*id).to_owned()));
    named.filter(|name| written.insert(name.clone())).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::known::apply;
    use crate::report::causes::sample::{case, fail, results};
    use cases::Known;
    use serde_json::{Value, json};

    const NO_CAST: &str = "AttributeError: 'memoryview' object has no attribute 'cast'";

    /// Results that fail in each way that has an entry, a table that fails as a whole and one that does in part.
    fn sample() -> Results {
        let run =
            |id: &str, result: Value| case("spec/library/cast.yaml", id, &["v = memoryview(b'a')", "v[0]"], result);
        let wrong = || fail(2, "value", "97", "b'a'");
        let worded = json!({"step": 2, "expected": "TypeError: a", "actual": "TypeError: b"});
        results(vec![
            run("table/a", wrong()),
            run("table/b", wrong()),
            run("part/a", fail(2, "raised instead of a value", "1", NO_CAST)),
            run("part/b", json!({"status": "pass"})),
            run("part/c", json!({"status": "skip", "reason": "it lacks something"})),
            run("typed", fail(2, "exception type", "ValueError: a", NO_CAST)),
            run("worded", fail(2, "message", "TypeError: a", "TypeError: b")),
            run("passes", json!({"status": "pass", "wording": worded})),
            run("dies", json!({"status": "crash", "reason": "the engine `pypy` crashed: SIGSEGV"})),
        ])
    }

    const DRAFT: &str = "\
- implementation: pypy
  version: ==8.0.1
  cases:
  - table
  program: |-
    v = memoryview(b'a')
    v[0]
    # Python: 97
    # here: b'a'
  reason: 'TODO: say in a sentence why they differ.'
- implementation: pypy
  version: ==8.0.1
  cases:
  - dies
  status:
  - crash
  program: |-
    v = memoryview(b'a')
    v[0]
    # here: crashed: SIGSEGV
  reason: 'TODO: say in a sentence why they differ.'
- implementation: pypy
  version: ==8.0.1
  cases:
  - part/a
  program: |-
    v = memoryview(b'a')
    v[0]
    # Python: 1
    # here: AttributeError: 'memoryview' object has no attribute 'cast'
  reason: 'TODO: say in a sentence why they differ.'
- implementation: pypy
  version: ==8.0.1
  level: type
  cases:
  - typed
";

    #[test]
    fn each_cause_has_an_entry() {
        let draft = draft(&sample()).unwrap();
        assert!(draft.starts_with(DRAFT), "{draft}");
        assert_eq!((draft.matches("level: message\n").count(), draft.contains("passes")), (1, false), "{draft}");
    }

    #[test]
    fn a_draft_makes_its_own_run_as_expected_and_is_strict() {
        let (known, problems) = Known::load_text("draft.yaml", &draft(&sample()).unwrap());
        assert!(problems.is_empty(), "{problems:?}");
        let mut results = sample();
        apply(&mut results, &known);
        // The message does not count at the level of this run.
        let bad: Vec<&str> = bad(&results);
        assert_eq!(bad, ["worded"]);
        // What passes meanwhile is stale, and what did not differ before is new.
        let mut changed = sample();
        changed.restate("pypy", |_, result| {
            result.status = match result.status {
                Status::Pass => Status::Fail,
                Status::Skip => Status::Skip,
                _ => Status::Pass,
            };
        });
        apply(&mut changed, &known);
        let stale = changed.count(Status::Stale);
        assert_eq!((stale, changed.count(Status::Fail), changed.count(Status::Pass)), (5, 2, 1));
    }

    fn bad(results: &Results) -> Vec<&str> {
        let is_bad = |case: &&crate::report::model::Case| case.results["pypy"].status.is_bad();
        results.cases.iter().filter(is_bad).map(|case| case.id.as_str()).collect()
    }

    /// Two engines that are one version of an implementation do not list a case twice.
    #[test]
    fn an_implementation_is_listed_once() {
        let mut results = sample();
        results.engines.push(Engine { name: "again".to_owned(), ..results.engines[0].clone() });
        for case in &mut results.cases {
            let result = case.results["pypy"].clone();
            case.results.insert("again".to_owned(), result);
        }
        assert_eq!(draft(&results).unwrap(), draft(&sample()).unwrap());
    }
}
