//! `--write-known`: a draft of the known divergences of a run, for someone to give reasons to.

use crate::compare::Level;
use crate::report::Format;
use crate::report::model::{Results, Status};
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
    cases: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    status: Option<Vec<&'static str>>,
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

/// Entries for everything that differs in a run and that no entry covers: one for each implementation, status and facet.
/// A table of which every row differs in that way is named in place of its rows.
fn draft(results: &Results) -> Result<String, serde_yaml::Error> {
    let mut entries = vec![];
    for engine in &results.engines {
        let mut groups: BTreeMap<(Status, &str), Vec<&str>> = BTreeMap::new();
        let mut rows: BTreeMap<&str, usize> = BTreeMap::new();
        for case in &results.cases {
            let Some(result) = case.result(engine).filter(|result| result.status.is_judged()) else { continue };
            if case.claim_id() != case.id {
                *rows.entry(case.claim_id()).or_default() += 1;
            }
            if matches!(result.status, Status::Fail | Status::Crash | Status::Hang) {
                groups.entry((result.status, result.facet.as_deref().unwrap_or_default())).or_default().push(&case.id);
            }
        }
        for ((status, facet), ids) in groups {
            entries.push(Entry {
                implementation: engine.implementation.clone(),
                version: engine.implementation_version.as_ref().or(engine.version.as_ref()).map(|v| format!("=={v}")),
                level: engine.level.filter(|_| facet == Facet::Message.text()),
                cases: with_tables(&ids, &rows),
                status: (status != Status::Fail).then(|| vec![status.word()]),
                reason: TODO.to_owned(),
            });
        }
    }
    match entries.is_empty() {
        true => Ok("# Nothing differs that is not known.\n[]\n".to_owned()),
        false => serde_yaml::to_string(&entries),
    }
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
