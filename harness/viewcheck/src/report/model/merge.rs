//! Merges the results of several runs: of several engines, which then stand side by side, and of parts of the cases on one
//! engine.
//!
//! Only what fits is merged: a case must have the same text everywhere, an engine of one name must be the same everywhere,
//! and a case that ran twice on an engine must have had the same result. A case that did not run on an engine has no result
//! of it ([`Results::lacking`]).

mod shards;

use super::{Case, Change, Claim, Document, Engine, EngineResult, Results};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Why results can't be merged.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeError {
    /// One name stands for two engines.
    #[error(
        "{first} and {second} can't be merged: the engine `{engine}` differs ({how}); give the engines different names in \
         `--engine NAME=COMMAND`"
    )]
    OtherEngine {
        /// The file that came first.
        first: String,
        /// The other one.
        second: String,
        /// The engine.
        engine: String,
        /// In what they differ.
        how: String,
    },
    /// A case ran twice on one engine, with different results.
    #[error(
        "{first} and {second} can't be merged: both have a result of the case `{id}` on the engine `{engine}`, and the \
         results differ"
    )]
    OtherResult {
        /// The file that came first.
        first: String,
        /// The other one.
        second: String,
        /// The engine.
        engine: String,
        /// The case.
        id: String,
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
    /// Files say that they are shards of one run, and are not.
    #[error("{first} and {second} are shards of different runs: {how}")]
    OtherRun {
        /// The file that came first.
        first: String,
        /// The other one.
        second: String,
        /// How that is known.
        how: String,
    },
    /// A shard is there twice.
    #[error("{first} and {second} are both of shard {part} of {of}")]
    SameShard {
        /// The file that came first.
        first: String,
        /// The other one.
        second: String,
        /// The number of the shard.
        part: u32,
        /// How many there are.
        of: u32,
    },
    /// Shards of a run are to stand beside another run, and not all are there.
    #[error("{first} and {second} can't be merged: {first} has only {have}; name the files of all its shards")]
    MissingShard {
        /// The file, or the files, of the shards.
        first: String,
        /// The other one.
        second: String,
        /// Which there are.
        have: String,
    },
    /// A file does not have all cases.
    #[error("{0} does not list the cases that pass: use the complete results, as written by `viewcheck check --json`")]
    Abridged(String),
}

/// Merges results, each with the name of its file. Shards of one run become that run first.
pub fn merge(first: (String, Results), others: Vec<(String, Results)>) -> Result<Results, MergeError> {
    if others.is_empty() {
        return Ok(first.1);
    }
    unabridged(&first.0, &first.1)?;
    for (name, results) in &others {
        unabridged(name, results)?;
    }
    let ((mut names, mut merged), others) = shards::gathered(first, others)?;
    for (name, results) in others {
        shards::are_whole([(&names, &merged), (&name, &results)])?;
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
    rename_reference(merged, &mut other);
    for engine in other.engines {
        match merged.engines.iter().find(|known| known.name == engine.name) {
            None => merged.engines.push(engine),
            Some(known) => {
                if let Some(how) = difference(known, &engine) {
                    return Err(MergeError::OtherEngine { first, second, engine: engine.name, how });
                }
            }
        }
    }
    let known: BTreeMap<String, usize> =
        merged.cases.iter().enumerate().map(|(index, case)| (case.id.clone(), index)).collect();
    let mut is_apart = true;
    for case in other.cases {
        let Some(same) = known.get(&case.id).and_then(|index| merged.cases.get_mut(*index)) else {
            merged.cases.push(case);
            continue;
        };
        is_apart = false;
        if same.bare() != case.bare() {
            return Err(MergeError::OtherCase { first, second, id: case.id });
        }
        if let Some(engine) = contradiction(&same.results, &case.results) {
            return Err(MergeError::OtherResult { first, second, engine: engine.to_owned(), id: case.id });
        }
        add(same, case);
    }
    let is_sorted = is_sorted(&merged.documents) && is_sorted(&other.documents);
    for document in other.documents {
        match merged.documents.iter_mut().find(|known| known.file == document.file) {
            None => merged.documents.push(document),
            Some(known) if head(known) == head(&document) => known.claims.extend(document.claims),
            Some(_) => return Err(MergeError::OtherDocument { first, second, document: document.file }),
        }
    }
    if is_sorted {
        // Parts of one run are in the order of that run, whichever is named first.
        merged.documents.sort_by(|one, two| Path::new(&one.file).cmp(Path::new(&two.file)));
    }
    order(merged);
    // Parts have problems and interruptions of their own; runs of the same cases have the same.
    let joined = |one: usize, two: usize| if is_apart { one + two } else { one.max(two) };
    merged.problems = joined(merged.problems, other.problems);
    merged.refused = joined(merged.refused, other.refused);
    merged.not_run = joined(merged.not_run, other.not_run);
    let unbroken: Vec<String> =
        other.unbroken.into_iter().filter(|sentence| !merged.unbroken.contains(sentence)).collect();
    merged.unbroken.extend(unbroken);
    join_changes(merged, other.changes);
    merged.add_campaigns(other.campaigns);
    // A part that is missing must not go unnoticed.
    merged.complete &= other.complete && merged.unevenness().is_none();
    merged.recount();
    Ok(())
}

/// The reference stands for the Python that is tested beside it. If the first run has it for another version, that of the
/// second run is named by its version.
fn rename_reference(merged: &Results, other: &mut Results) {
    const REFERENCE: &str = "reference";
    let Some(first) = merged.engines.iter().find(|engine| engine.name == REFERENCE) else { return };
    let Some(engine) = other.engines.iter_mut().find(|engine| engine.name == REFERENCE) else { return };
    if engine.version == first.version {
        return;
    }
    engine.name = format!("{REFERENCE}@{}", engine.version.as_deref().unwrap_or("unknown"));
    for case in &mut other.cases {
        if let Some(result) = case.results.remove(REFERENCE) {
            case.results.insert(engine.name.clone(), result);
        }
    }
}

/// In what two engines of one name differ, if they do. What they can do is told by its first difference.
fn difference(one: &Engine, two: &Engine) -> Option<String> {
    if one == two {
        return None;
    }
    if one.description() != two.description() {
        return Some(format!("{} and {}", one.description(), two.description()));
    }
    if one.level != two.level {
        let word = |engine: &Engine| engine.level.map_or("unknown", |level| level.word());
        return Some(format!("judged at the levels `{}` and `{}`", word(one), word(two)));
    }
    let lists = [
        ("capability", &one.capabilities, &two.capabilities),
        ("missing feature", &one.lacks, &two.lacks),
        ("facet", &one.sees, &two.sees),
    ];
    for (what, first, second) in lists {
        let (first, second): (BTreeSet<_>, BTreeSet<_>) = (first.iter().collect(), second.iter().collect());
        if let Some(word) = first.symmetric_difference(&second).next() {
            return Some(format!("only one of them has the {what} `{word}`"));
        }
    }
    let versions = |engine: &Engine| engine.compared.join(" and ");
    match one.compared == two.compared {
        false => Some(format!("compared as Python {} and as Python {}", versions(one), versions(two))),
        true => Some("checked by different releases of viewcheck".to_owned()),
    }
}

/// The first engine that has two different results.
fn contradiction<'a>(
    one: &'a BTreeMap<String, EngineResult>,
    two: &BTreeMap<String, EngineResult>,
) -> Option<&'a String> {
    one.iter().find(|(engine, result)| two.get(*engine).is_some_and(|other| other != *result)).map(|(engine, _)| engine)
}

/// Adds the cases that see a change.
fn join_changes(merged: &mut Results, others: Vec<Change>) {
    for other in others {
        let is_same = |known: &&mut Change| known.table == other.table && known.name == other.name;
        match merged.changes.iter_mut().find(is_same) {
            None => merged.changes.push(other),
            Some(known) => known.cases.extend(other.cases),
        }
    }
    merged.changes.sort_by_cached_key(Change::place);
    order_changes(merged);
}

/// Brings the cases that see a change into the order of all cases.
fn order_changes(merged: &mut Results) {
    let places: BTreeMap<&str, usize> =
        merged.cases.iter().enumerate().map(|(index, case)| (case.id.as_str(), index)).collect();
    for change in &mut merged.changes {
        change.cases.sort_by_key(|id| (places.get(id.as_str()).copied(), id.clone()));
        change.cases.dedup();
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

fn is_sorted(documents: &[Document]) -> bool {
    documents.is_sorted_by(|one, two| Path::new(&one.file) <= Path::new(&two.file))
}

/// Brings the cases into the order of the documents and their lines, and each document's claims into that of its cases.
fn order(results: &mut Results) {
    let places: BTreeMap<String, usize> =
        results.documents.iter().enumerate().map(|(index, document)| (document.file.clone(), index)).collect();
    results.cases.sort_by_key(|case| (places.get(&case.file).copied(), case.line));
    order_claims(results);
}

/// Counts each document's claims anew, in the order of its cases.
fn order_claims(results: &mut Results) {
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

#[cfg(test)]
mod tests;
