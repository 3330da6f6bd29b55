//! The last sentence of a summary: whether everything is as expected, and what kept it from being checked.

use super::Paint;
use crate::report::count;
use crate::report::escape::terminal;
use crate::report::model::{Case, Results, Status};

/// The sentence, or several.
pub(super) fn sentence(results: &Results, paint: Paint) -> String {
    let cases = results.count_cases();
    let judged = cases - results.idle().count();
    let engines = count(results.engines.len(), "engine");
    let what = format!("{} on {engines}", count(cases, "case"));
    let idle: Vec<String> = results.idle_engines().map(|engine| format!("`{}`", terminal(&engine.name))).collect();
    let is_idle = !idle.is_empty() && idle.len() == results.tested().count();
    let mut sentence = match results.bad() {
        0 if cases == 0 => "No case ran.".to_owned(),
        0 if judged > 0 && is_idle => {
            format!(
                "Nothing was checked on {}: {} could not be run and judged there.",
                idle.join(", "),
                count(cases, "case")
            )
        }
        0 if results.problems > 0 => format!("As expected as far as it was read: {judged} of {what}."),
        0 if judged == 0 => format!("Nothing was checked: {what} could not be run and judged."),
        0 if !results.complete => format!("As expected as far as it ran: {judged} of {what}."),
        0 if judged < cases => paint.green(&format!("Everything as expected: {judged} of {what}.")),
        0 => paint.green(&format!("Everything as expected: {what}.")),
        _ => paint.red(&format!("{}.", wrong(results, &what))),
    };
    if !idle.is_empty() && !is_idle {
        sentence += &format!(" Nothing could be checked on {}.", idle.join(", "));
    }
    if results.count(Status::Known) > 0 {
        let known = results.count(Status::Known);
        let differ = if known == 1 { "differs" } else { "differ" };
        sentence += &format!(" {} {differ} as spec/known says.", count(known, "result"));
    }
    if results.wordings() > 0 {
        let wordings = results.wordings();
        let differ = if wordings == 1 { "differs" } else { "differ" };
        sentence += &format!(" {} {differ} in wording only.", count(wordings, "result"));
    }
    if let (0, 0, Some(why)) = (results.problems, results.not_run, results.incomplete()) {
        sentence += &format!(" The results are not complete: {}.", terminal(&why));
    }
    if results.problems > 0 {
        let problems = count(results.problems, "problem");
        sentence += &format!(" Some files could not be read completely: they have {problems}");
        sentence += &match results.refused {
            0 => ".".to_owned(),
            refused => format!(", so that {} did not run.", count(refused, "case")),
        };
    }
    sentence
}

/// The counts of what failed, which are results, and of the cases in which it did: `2 mismatches, 1 crash in 1 of 3 cases
/// on 3 engines`.
pub(in crate::report) fn wrong(results: &Results, what: &str) -> String {
    let nouns = [
        (Status::Fail, "mismatch"),
        (Status::Stale, "stale known divergence"),
        (Status::Crash, "crash"),
        (Status::Hang, "hang"),
        (Status::Error, "error"),
    ];
    let entries = |status| if status == Status::Stale { results.unbroken.len() } else { 0 };
    let counts = nouns.map(|(status, noun)| (results.count(status) + entries(status), noun));
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    let counts = counts.map(|(number, noun)| count(number, noun)).collect::<Vec<_>>().join(", ");
    let is_bad = |case: &&Case| case.results.values().any(|result| result.status.is_bad());
    match results.cases.iter().filter(is_bad).count() {
        // Only entries of the lists of known divergences.
        0 => format!("{counts}; {what}"),
        cases => format!("{counts} in {cases} of {what}"),
    }
}
