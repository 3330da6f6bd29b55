//! What is wrong with results that have the right form: parts that contradict each other, or that a status needs and that
//! are missing.
//!
//! A file that was cut, edited, or put together from several must not pass for what a run wrote.

use super::{Campaign, Case, Counts, EngineResult, Results, Scene, Status, Verdict};
use crate::enumerate::Statement;
use crate::report::count;
use std::collections::{BTreeMap, BTreeSet};

/// The first thing that is wrong, in a sentence.
pub(super) fn inconsistency(results: &Results) -> Option<String> {
    let names: BTreeSet<&str> = results.engines.iter().map(|engine| engine.name.as_str()).collect();
    if names.len() < results.engines.len() {
        return Some("an engine is listed twice".to_owned());
    }
    if let Some(name) = results.summary.keys().find(|name| !names.contains(name.as_str())) {
        return Some(format!("`summary` names the engine `{name}`, which `engines` does not list"));
    }
    if let Some(name) = names.iter().find(|name| !results.summary.contains_key(**name)) {
        return Some(format!("`summary` does not name the engine `{name}`"));
    }
    let all = results.count_cases().saturating_add(results.not_run);
    if results.shards.as_ref().is_some_and(|shards| !shards.is_sound(all)) {
        return Some(
            "`shards` do not fit the cases, or are not some of the shards that there are, in order".to_owned(),
        );
    }
    if let Some(campaign) = results.campaigns.iter().find(|campaign| !is_said(campaign)) {
        let (engine, against) = (&campaign.engine, &campaign.against);
        return Some(format!("the `enumeration` of the campaign of `{engine}` against `{against}` contradicts itself"));
    }
    completeness(results)
        .or_else(|| cases(results, &names))
        .or_else(|| claims(results))
        .or_else(|| counts(results))
        .or_else(|| evenness(results))
}

/// Whether what an enumeration says can be true.
fn is_said(campaign: &Campaign) -> bool {
    let shard = campaign.shard.as_ref().and_then(|shard| shard.parse().ok());
    let is_sound = |said: &Statement| campaign.shard.is_some() == shard.is_some() && said.is_sound(shard);
    campaign.enumeration.as_ref().is_none_or(is_sound)
}

fn completeness(results: &Results) -> Option<String> {
    let reasons =
        [(results.not_run, "case", "did not run"), (results.problems, "problem", "kept cases from being run")];
    let (number, noun, what) = reasons.into_iter().find(|(number, ..)| results.complete && *number > 0)?;
    Some(format!("`complete` is true, but {} {what}", count(number, noun)))
}

fn evenness(results: &Results) -> Option<String> {
    let what = if results.complete { results.unevenness() } else { None };
    what.map(|what| format!("`complete` is true, but {what}"))
}

fn cases(results: &Results, names: &BTreeSet<&str>) -> Option<String> {
    let mut ids = BTreeSet::new();
    results.cases.iter().find_map(|case| {
        let id = &case.id;
        if !ids.insert(id) {
            return Some(format!("the case `{id}` is listed twice"));
        }
        if let Some(name) = case.results.keys().find(|name| !names.contains(name.as_str())) {
            return Some(format!("the case `{id}` has a result of the engine `{name}`, which `engines` does not list"));
        }
        if let Some(what) = of_case(case) {
            return Some(format!("the case `{id}` {what}"));
        }
        case.results.iter().find_map(|(name, result)| {
            let what = of_result(case, result)?;
            Some(format!("the result of the case `{id}` on the engine `{name}` {what}"))
        })
    })
}

/// What is wrong with a case, whatever came of it.
fn of_case(case: &Case) -> Option<String> {
    match (case.verdict, &case.instead) {
        (Verdict::Refuted, None) => return Some("is refuted, but has no `instead`".to_owned()),
        (Verdict::Confirmed, Some(_)) => return Some("is confirmed, but has an `instead`".to_owned()),
        _ => {}
    }
    let is_out_of_order = !case.views.is_sorted_by(|one, two| one.step < two.step);
    if is_out_of_order || case.views.iter().any(|scene| !is_sound(case, scene)) {
        return Some("has `views` that do not fit its steps or their objects".to_owned());
    }
    let observed = case.observed.as_ref().map_or(0, Vec::len);
    (observed > case.steps.len())
        .then(|| format!("has `observed` for {}, but has {}", count(observed, "step"), count(case.steps.len(), "step")))
}

/// Whether a scene is of a step of a case, and has the object of each of its views.
fn is_sound(case: &Case, scene: &Scene) -> bool {
    let has = |of: &String| scene.objects.iter().any(|object| object.name == *of);
    has_step(case, scene.step) && scene.views.iter().all(|view| has(&view.of))
}

fn has_step(case: &Case, step: usize) -> bool {
    (1..=case.steps.len()).contains(&step)
}

fn of_result(case: &Case, result: &EngineResult) -> Option<String> {
    let word = result.status.word();
    let difference = [
        ("facet", result.facet.is_some()),
        ("step", result.step.is_some()),
        ("expected", result.expected.is_some()),
        ("actual", result.actual.is_some()),
    ];
    let differs = match (result.status, result.known_as) {
        (Status::Fail, None) | (Status::Known, None) => true,
        (Status::Known, Some(Status::Crash | Status::Hang)) => false,
        (_, Some(other)) => return Some(format!("is `{word}`, but known as `{}`", other.word())),
        (_, None) => false,
    };
    if let Some((key, _)) = difference.iter().find(|(_, is_there)| *is_there != differs) {
        let what = if differs { "has no" } else { "has a" };
        return Some(format!("is `{word}`, but {what} `{key}`"));
    }
    if !matches!(result.status, Status::Pass) && result.reason.is_none() {
        return Some(format!("is `{word}`, but has no `reason`"));
    }
    if result.wording.is_some() && !matches!(result.status, Status::Pass | Status::Stale) {
        return Some(format!("is `{word}`, but has a `wording`"));
    }
    if let Some(step) = result.step.filter(|step| !has_step(case, *step)) {
        return Some(format!("is about step {step} of {}", case.steps.len()));
    }
    // Published results leave out the steps of cases that passed.
    let worded = result.wording.as_ref().map(|wording| wording.step);
    if let Some(step) = worded.filter(|step| !case.steps.is_empty() && !has_step(case, *step)) {
        return Some(format!("has a wording in step {step} of {}", case.steps.len()));
    }
    if result.steps.len() > case.steps.len() {
        let (shown, all) = (count(result.steps.len(), "step"), case.steps.len());
        return Some(format!("shows {shown} of {all}"));
    }
    let is_wrong = result.seen.as_ref().is_some_and(|scene| !is_sound(case, scene));
    is_wrong.then(|| "has a `seen` that does not fit its steps or its objects".to_owned())
}

fn claims(results: &Results) -> Option<String> {
    let mut files = BTreeSet::new();
    if let Some(document) = results.documents.iter().find(|document| !files.insert(&document.file)) {
        return Some(format!("the document {} is listed twice", document.file));
    }
    let mut placed = 0;
    for checked in results.by_document().into_iter().flat_map(|(_, claims)| claims) {
        let (all, listed) = (checked.claim.cases, checked.cases.len());
        placed += listed;
        if all == 0 || listed > all || (listed < all && !results.abridged) {
            let (id, counted) = (&checked.claim.id, count(all, "case"));
            let are = if listed == 1 { "is" } else { "are" };
            return Some(format!("the claim `{id}` counts {counted}, but {listed} {are} listed"));
        }
    }
    let lost = results.cases.get(placed)?;
    Some(format!("the case `{}` belongs to no claim in `documents`", lost.id))
}

fn counts(results: &Results) -> Option<String> {
    let counted = results.counted();
    let omitted = results.count_cases() - results.cases.len();
    let number =
        |of: &BTreeMap<String, Counts>, name: &str, status| of.get(name).map_or(0, |counts| counts.get(status));
    let is_wrong = |name: &&str| {
        Status::ALL.into_iter().any(|status| {
            let (said, listed) = (number(&results.summary, name, status), number(&counted, name, status));
            // Published results leave cases out that pass on every engine.
            let left_out = if status == Status::Pass { omitted } else { 0 };
            said != listed + left_out
        })
    };
    let wrong = results.engines.iter().map(|engine| engine.name.as_str()).find(is_wrong)?;
    let what = if omitted > 0 { "`cases` and `documents` have" } else { "`cases` has" };
    Some(format!("`summary` counts other statuses of the engine `{wrong}` than {what}"))
}

#[cfg(test)]
mod tests;
