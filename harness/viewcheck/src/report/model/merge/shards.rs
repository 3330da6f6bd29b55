//! Shards of one run become that run again: byte for byte what it would have written.

use super::{MergeError, join, order_changes, order_claims};
use crate::report::count;
use crate::report::model::{Results, Shards};
use std::collections::{BTreeMap, BTreeSet};

type Named = (String, Results);

/// The same results, where shards of one run are joined: those of equally many shards that ran on the same engines.
pub(super) fn gathered(first: Named, others: Vec<Named>) -> Result<(Named, Vec<Named>), MergeError> {
    let mut gathered: Vec<Named> = vec![];
    let mut merged = first;
    for (name, results) in others {
        let fits = |known: &&mut Named| is_same_run(&known.1, &results);
        match std::iter::once(&mut merged).chain(&mut gathered).find(fits) {
            Some(run) => add(run, name, results)?,
            None => gathered.push((name, results)),
        }
    }
    for (_, results) in std::iter::once(&mut merged).chain(&mut gathered) {
        if let Some(shards) = results.shards.take_if(|shards| shards.are_all()) {
            results.unbroken = shards.unbroken;
        }
    }
    Ok((merged, gathered))
}

/// Refuses results of which shards are missing: beside another run their counts can't be compared.
pub(super) fn are_whole(pair: [(&String, &Results); 2]) -> Result<(), MergeError> {
    let names = pair.map(|(name, _)| name);
    for ((first, results), second) in pair.into_iter().zip([names[1], names[0]]) {
        if let Some(shards) = &results.shards {
            let (first, second) = (first.clone(), second.clone());
            return Err(MergeError::MissingShard { first, second, have: shards.words() });
        }
    }
    Ok(())
}

fn is_same_run(one: &Results, two: &Results) -> bool {
    let names = |results: &Results| results.engines.iter().map(|engine| engine.name.clone()).collect::<Vec<_>>();
    match (&one.shards, &two.shards) {
        (Some(known), Some(shards)) => known.of == shards.of && names(one) == names(two),
        _ => false,
    }
}

/// Adds shards to others of the same run.
fn add(run: &mut Named, name: String, other: Results) -> Result<(), MergeError> {
    let (first, merged) = run;
    let (Some(known), Some(shards)) = (merged.shards.clone(), other.shards.clone()) else { return Ok(()) };
    if let Some(part) = shards.parts.iter().find(|part| known.parts.contains(part)) {
        let (first, of) = (first.clone(), known.of);
        return Err(MergeError::SameShard { first, second: name, part: *part, of });
    }
    let other_run = |how| MergeError::OtherRun { first: first.clone(), second: name.clone(), how };
    if known.cases != shards.cases {
        return Err(other_run(format!("one has {}, the other {}", count(known.cases, "case"), shards.cases)));
    }
    let ids: BTreeSet<&str> = merged.cases.iter().map(|case| case.id.as_str()).collect();
    if let Some(case) = other.cases.iter().find(|case| ids.contains(case.id.as_str())) {
        return Err(other_run(format!("both have the case `{}`", case.id)));
    }
    let places = places([(&known, &*merged), (&shards, &other)]);
    // All shards read the same files, and found the same wrong with them.
    let (problems, refused) = (merged.problems.max(other.problems), merged.refused.max(other.refused));
    join(merged, other, first, &name)?;
    (merged.problems, merged.refused) = (problems, refused);
    if let Some(places) = places {
        merged.cases.sort_by_key(|case| places.get(&case.id).copied());
        order_claims(merged);
        order_changes(merged);
    }
    let mut parts = [&known.parts[..], &shards.parts].concat();
    parts.sort_unstable();
    let unbroken = known.unbroken.iter().filter(|sentence| shards.unbroken.contains(sentence)).cloned().collect();
    merged.shards = Some(Shards { parts, unbroken, ..known });
    *first = format!("{first}, {name}");
    Ok(())
}

/// The places of all cases in the whole run, if they can be known: what an interruption kept from being run has none.
fn places(sides: [(&Shards, &Results); 2]) -> Option<BTreeMap<String, usize>> {
    if sides.iter().any(|(_, results)| results.not_run > 0) {
        return None;
    }
    let placed = |(shards, results): (&Shards, &Results)| -> Vec<(String, usize)> {
        let cases = results.cases.iter().enumerate();
        cases.map(|(index, case)| (case.id.clone(), shards.place(index))).collect()
    };
    Some(sides.into_iter().flat_map(placed).collect())
}
