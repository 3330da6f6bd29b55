//! Merges the results of several runs, so that their engines stand side by side.

use super::{Campaign, Case, Change, Claim, Document, Results};
use std::collections::BTreeMap;

/// Why results can't be joined.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// Two files have results of one engine.
    #[error("{first} and {second} both have results of the engine `{engine}`, which can't be merged")]
    EngineTwice {
        /// The file that came first.
        first: String,
        /// The other one.
        second: String,
        /// The engine.
        engine: String,
    },
    /// One id stands for two cases.
    #[error("{first} and {second} are of different cases: the case `{id}` differs")]
    OtherCase {
        /// The file that came first.
        first: String,
        /// The other one.
        second: String,
        /// The case.
        id: String,
    },
    /// One file of cases has other titles or other claims that no case checks.
    #[error("{first} and {second} are of different cases: the document {document} differs")]
    OtherDocument {
        /// The file that came first.
        first: String,
        /// The other one.
        second: String,
        /// The file of cases.
        document: String,
    },
    /// A file does not have all cases.
    #[error("{0} does not list the cases that pass: use the complete results, as written by `viewcheck check --json`")]
    Abridged(String),
}

/// Joins results, each with the name of its file. A case that is in one file only has no results of the other engines.
pub fn merge(first: (String, Results), others: Vec<(String, Results)>) -> Result<Results, MergeError> {
    let (mut names, mut merged) = first;
    if !others.is_empty() {
        unabridged(&names, &merged)?;
    }
    for (name, results) in others {
        unabridged(&name, &results)?;
        join(&mut merged, results, &names, &name)?;
        names = format!("{names}, {name}");
    }
    Ok(merged)
}

/// Refuses results that do not list all cases.
pub fn unabridged(file: &str, results: &Results) -> Result<(), MergeError> {
    if results.abridged { Err(MergeError::Abridged(file.to_owned())) } else { Ok(()) }
}

fn join(merged: &mut Results, mut other: Results, first: &str, second: &str) -> Result<(), MergeError> {
    let (first, second) = (first.to_owned(), second.to_owned());
    join_references(merged, &mut other);
    let twice = other.engines.iter().find(|engine| merged.engines.iter().any(|known| known.name == engine.name));
    if let Some(engine) = twice {
        return Err(MergeError::EngineTwice { first, second, engine: engine.name.clone() });
    }
    merged.engines.extend(other.engines);
    let known: BTreeMap<String, usize> =
        merged.cases.iter().enumerate().map(|(index, case)| (case.id.clone(), index)).collect();
    for case in other.cases {
        match known.get(&case.id).and_then(|index| merged.cases.get_mut(*index)) {
            None => merged.cases.push(case),
            Some(same) if same.bare() == case.bare() => add(same, case),
            Some(_) => return Err(MergeError::OtherCase { first, second, id: case.id }),
        }
    }
    for document in other.documents {
        match merged.documents.iter_mut().find(|known| known.file == document.file) {
            None => merged.documents.push(document),
            Some(known) if head(known) == head(&document) => known.claims.extend(document.claims),
            Some(_) => return Err(MergeError::OtherDocument { first, second, document: document.file }),
        }
    }
    order(merged);
    join_changes(merged, other.changes);
    join_campaigns(merged, other.campaigns);
    merged.problems = merged.problems.max(other.problems);
    merged.not_run = merged.not_run.max(other.not_run);
    merged.unbroken.extend(other.unbroken);
    merged.complete &= other.complete;
    merged.recount();
    Ok(())
}

/// The reference stands for the Python that is tested beside it. If both runs have it for the same version, its results
/// are the same, and those of the second run are left out; if not, that of the second run is named by its version.
fn join_references(merged: &Results, other: &mut Results) {
    const REFERENCE: &str = "reference";
    let known = |name: &str| merged.engines.iter().find(|engine| engine.name == name);
    let Some(first) = known(REFERENCE) else { return };
    let Some(at) = other.engines.iter().position(|engine| engine.name == REFERENCE) else { return };
    let version = other.engines[at].version.clone();
    let name = match version == first.version {
        true => REFERENCE.to_owned(),
        false => format!("{REFERENCE}@{}", version.as_deref().unwrap_or("unknown")),
    };
    match known(&name).is_some_and(|known| known.version == version) {
        true => _ = other.engines.remove(at),
        false => other.engines[at].name.clone_from(&name),
    }
    for case in &mut other.cases {
        if let Some(result) = case.results.remove(REFERENCE) {
            case.results.insert(name.clone(), result);
        }
    }
}

/// Adds the cases that see a change. They come in the order of all cases.
fn join_changes(merged: &mut Results, others: Vec<Change>) {
    for other in others {
        match merged.changes.iter_mut().find(|change| change.name == other.name) {
            None => merged.changes.push(other),
            Some(known) => known.cases.extend(other.cases),
        }
    }
    let places: BTreeMap<&str, usize> =
        merged.cases.iter().enumerate().map(|(index, case)| (case.id.as_str(), index)).collect();
    for change in &mut merged.changes {
        change.cases.sort_by_key(|id| (places.get(id.as_str()).copied(), id.clone()));
        change.cases.dedup();
    }
}

/// Adds campaigns. One that is in both files is there once.
fn join_campaigns(merged: &mut Results, others: Vec<Campaign>) {
    for other in others {
        if !merged.campaigns.contains(&other) {
            merged.campaigns.push(other);
        }
    }
}

/// What a document says beside its cases.
fn head(document: &Document) -> Document {
    Document { claims: vec![], ..document.clone() }
}

/// Adds the results of the same case. What the last engine showed stands for what happens.
fn add(case: &mut Case, other: Case) {
    for (engine, result) in other.results {
        case.results.entry(engine).or_insert(result);
    }
    case.observed = other.observed.or_else(|| case.observed.take());
    if case.views.is_empty() {
        case.views = other.views;
    }
}

/// Brings the cases into the order of the documents and their lines, and each document's claims into that of its cases.
fn order(results: &mut Results) {
    let places: BTreeMap<String, usize> =
        results.documents.iter().enumerate().map(|(index, document)| (document.file.clone(), index)).collect();
    results.cases.sort_by_key(|case| (places.get(&case.file).copied(), case.line));
    for document in &mut results.documents {
        let mut claims: Vec<Claim> = vec![];
        for case in results.cases.iter().filter(|case| case.file == document.file) {
            match claims.last_mut() {
                Some(claim) if claim.id == case.claim_id() => claim.cases += 1,
                _ => {
                    let known = document.claims.iter().find(|claim| claim.id == case.claim_id());
                    claims.extend(known.map(|claim| Claim { cases: 1, ..claim.clone() }));
                }
            }
        }
        document.claims = claims;
    }
}
