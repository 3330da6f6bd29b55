//! Compares older results with newer ones: what is fixed, what is broken, and what is new.
//!
//! Only engines that both have are compared, by their names. A *regression* is a case that passed and does not any
//! more, or a crash or a hang where there was none. Nothing else is: neither a case that could not be run before and
//! fails now, nor a new case that fails, nor a known divergence that is gone. All of them are reported.

use super::model::{Case, Engine, EngineResult, Results, Status};
use std::collections::BTreeMap;

/// In what the result of a case on an engine changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// It crashes or hangs, and did not.
    Crash,
    /// It passed, and fails, be that known or not.
    Broken,
    /// It could not be run or judged, and fails.
    Exposed,
    /// It passed, and is not run or judged any more.
    Idle,
    /// It failed, and a known divergence does not cover it any more.
    Unlisted,
    /// It did not pass, and passes.
    Fixed,
    /// It differed as a known divergence says, and passes.
    Gone,
    /// A known divergence covers it, and did not.
    Known,
}

impl Kind {
    /// Every kind, the most important first.
    pub const ALL: [Kind; 8] =
        [Kind::Crash, Kind::Broken, Kind::Exposed, Kind::Idle, Kind::Unlisted, Kind::Fixed, Kind::Gone, Kind::Known];

    /// What stands behind a number, or before a case.
    pub fn word(self) -> &'static str {
        match self {
            Kind::Crash => "new crash",
            Kind::Broken => "broken",
            Kind::Exposed => "new failure",
            Kind::Idle => "no longer judged",
            Kind::Unlisted => "no longer known",
            Kind::Fixed => "fixed",
            Kind::Gone => "known divergence gone",
            Kind::Known => "newly known",
        }
    }

    /// A number of results: `2 new crashes`.
    pub fn counted(self, count: usize) -> String {
        match self {
            Kind::Crash | Kind::Exposed => super::count(count, self.word()),
            Kind::Gone => format!("{} gone", super::count(count, "known divergence")),
            _ => format!("{count} {}", self.word()),
        }
    }

    /// What it means, in a sentence.
    pub fn sentence(self) -> &'static str {
        match self {
            Kind::Crash => "The process dies or hangs, and did not before.",
            Kind::Broken => "The case passed, and fails, be it a known divergence now or not.",
            Kind::Exposed => "The case could not be run or judged before, and fails.",
            Kind::Idle => "The case passed, and could not be run or judged.",
            Kind::Unlisted => "The case failed before as well, but then as a known divergence.",
            Kind::Fixed => "The case failed, and passes.",
            Kind::Gone => "The case passes. If a list of known divergences still has it, remove it there.",
            Kind::Known => "The case differs as a list of known divergences says, and that was not so before.",
        }
    }

    /// Whether the engine is worse than before.
    pub fn is_regression(self) -> bool {
        matches!(self, Kind::Crash | Kind::Broken)
    }

    /// What a change from one result to another is, if it is one.
    fn of(before: &EngineResult, now: &EngineResult) -> Option<Kind> {
        let ends =
            |result: &EngineResult| matches!(result.known_as.unwrap_or(result.status), Status::Crash | Status::Hang);
        let (former, status) = (before.status, now.status);
        match status {
            // To be listed excuses what failed, and nothing that passed.
            Status::Known => match former {
                Status::Known => None,
                Status::Pass | Status::Stale if ends(now) => Some(Kind::Crash),
                Status::Pass | Status::Stale => Some(Kind::Broken),
                _ => Some(Kind::Known),
            },
            _ if ends(now) && !ends(before) => Some(Kind::Crash),
            Status::Pass | Status::Stale => match former {
                Status::Pass | Status::Stale | Status::Skip | Status::Open => None,
                Status::Known => Some(Kind::Gone),
                Status::Fail | Status::Crash | Status::Hang | Status::Error => Some(Kind::Fixed),
            },
            Status::Skip | Status::Open => matches!(former, Status::Pass | Status::Stale).then_some(Kind::Idle),
            Status::Fail | Status::Crash | Status::Hang | Status::Error => match former {
                Status::Pass | Status::Stale => Some(Kind::Broken),
                Status::Skip | Status::Open => Some(Kind::Exposed),
                Status::Error => (status == Status::Fail).then_some(Kind::Exposed),
                Status::Known => Some(Kind::Unlisted),
                Status::Fail | Status::Crash | Status::Hang => None,
            },
        }
    }
}

/// What stands behind the id of a row that stands for more rows.
pub(super) fn rows(more: usize) -> String {
    match more {
        0 => String::new(),
        more => format!(" and {}", super::count(more, "more row")),
    }
}

/// A case whose result on an engine changed.
#[derive(Clone, Copy, Debug)]
pub struct Change<'a> {
    /// In what.
    pub kind: Kind,
    /// The case, with its newer results.
    pub case: &'a Case,
    /// The engine.
    pub engine: &'a str,
    /// What came of it before.
    pub before: &'a EngineResult,
    /// What comes of it now.
    pub now: &'a EngineResult,
    /// Whether the case itself is another than before.
    pub is_edited: bool,
}

/// Which cases a run was to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Extent {
    /// All that there are.
    All,
    /// All of some files.
    Files,
    /// Some.
    Part,
}

/// What changed from one run to another.
#[derive(Clone, Debug, Default)]
pub struct Changes<'a> {
    /// The results that changed, in the order of the newer cases.
    pub changes: Vec<Change<'a>>,
    /// The cases that are new, with the engines on which they fail.
    pub added: Vec<(&'a Case, Vec<&'a str>)>,
    /// The cases that there were before only.
    pub removed: Vec<&'a Case>,
    /// How many results failed before and fail now.
    pub still: usize,
    /// What keeps the results from being compared one by one, in a sentence each: engines that are others than before
    /// under the same name, or were judged otherwise, or are there only once, and runs that are not complete.
    pub notes: Vec<String>,
}

/// The engines have nothing in common.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "nothing can be compared: the former results are of {before}, and these are of {now}; engines are compared by name"
)]
pub struct CompareError {
    /// The former engines.
    before: String,
    /// The engines now.
    now: String,
}

/// Refuses former results that have none of the engines that are tested now, or, if only the reference is, not that.
pub fn comparable(before: &Results, engines: &[(&str, bool)]) -> Result<(), CompareError> {
    let has = |name: &str| before.engines.iter().any(|engine| engine.name == name);
    let is_any_tested = engines.iter().any(|(_, is_tested)| *is_tested);
    match engines.iter().any(|(name, is_tested)| *is_tested == is_any_tested && has(name)) {
        true => Ok(()),
        false => Err(CompareError {
            before: names(before.engines.iter().map(|engine| engine.name.as_str())),
            now: names(engines.iter().map(|(name, _)| *name)),
        }),
    }
}

fn names<'a>(names: impl Iterator<Item = &'a str>) -> String {
    let names: Vec<String> = names.map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "no engine".to_owned() } else { names.join(" and ") }
}

impl<'a> Changes<'a> {
    /// What changed from one run to another. What was left out on purpose is not removed.
    pub fn between(before: &'a Results, now: &'a Results, extent: Extent) -> Changes<'a> {
        let mut changes = Changes { notes: notes(before, now), ..Changes::default() };
        let mut former: BTreeMap<&str, &Case> = before.cases.iter().map(|case| (case.id.as_str(), case)).collect();
        for case in &now.cases {
            let results = now.engines.iter().filter_map(|engine| Some((engine.name.as_str(), case.result(engine)?)));
            let Some(old) = former.remove(case.id.as_str()) else {
                let failing = results.filter(|(_, result)| result.status.is_bad()).map(|(engine, _)| engine);
                changes.added.push((case, failing.collect()));
                continue;
            };
            let is_edited = asks(old) != asks(case);
            for (engine, now) in results {
                let Some(before) = old.results.get(engine) else { continue };
                changes.still += usize::from(before.status.is_bad() && now.status.is_bad());
                if let Some(kind) = Kind::of(before, now) {
                    changes.changes.push(Change { kind, case, engine, before, now, is_edited });
                }
            }
        }
        let was_to_be_there = |case: &Case| match extent {
            Extent::All => now.incomplete().is_none(),
            Extent::Files => {
                now.incomplete().is_none() && now.documents.iter().any(|document| document.file == case.file)
            }
            Extent::Part => false,
        };
        let is_removed = |case: &&Case| former.contains_key(case.id.as_str()) && was_to_be_there(case);
        changes.removed = before.cases.iter().filter(is_removed).collect();
        changes
    }

    /// The changes of a kind.
    pub fn of(&self, kind: Kind) -> impl Iterator<Item = &Change<'a>> {
        self.changes.iter().filter(move |change| change.kind == kind)
    }

    /// The changes of a kind, those of the rows of one table that came out alike together: the first of them, and how many
    /// there are.
    pub fn groups(&self, kind: Kind) -> Vec<(&Change<'a>, usize)> {
        let mut groups: Vec<(&Change<'a>, usize)> = vec![];
        let mut numbers = BTreeMap::new();
        for change in self.of(kind) {
            let Change { case, engine, now, is_edited, .. } = change;
            let alike = (case.claim_id(), engine, now.step, &now.expected, &now.actual, &now.reason, is_edited);
            match numbers.get(&alike).and_then(|number: &usize| groups.get_mut(*number)) {
                Some((_, count)) => *count += 1,
                None => {
                    numbers.insert(alike, groups.len());
                    groups.push((change, 1));
                }
            }
        }
        groups
    }

    /// How many results are regressions.
    pub fn regressions(&self) -> usize {
        self.changes.iter().filter(|change| change.kind.is_regression()).count()
    }

    /// The numbers, those of regressions and of what is fixed also where they are zero: `1 broken`, `2 fixed`.
    pub fn totals(&self) -> Vec<String> {
        let counts = Kind::ALL.into_iter().map(|kind| (kind, self.of(kind).count()));
        let is_told = |(kind, count): &(Kind, usize)| *count > 0 || matches!(kind, Kind::Broken | Kind::Fixed);
        let mut totals: Vec<String> = counts.filter(is_told).map(|(kind, count)| kind.counted(count)).collect();
        if !self.added.is_empty() {
            let failing = self.added.iter().filter(|(_, engines)| !engines.is_empty()).count();
            let fail = if failing > 0 { format!(" ({failing} of them failing)") } else { String::new() };
            totals.push(format!("{}{fail}", super::count(self.added.len(), "new case")));
        }
        if !self.removed.is_empty() {
            totals.push(super::count(self.removed.len(), "removed case"));
        }
        totals
    }
}

/// What a case asks, wherever it is in its file.
fn asks(case: &Case) -> impl PartialEq {
    let steps: Vec<_> = case.steps.iter().map(|step| (step.run.clone(), step.expect.clone())).collect();
    (steps, case.verdict)
}

/// What keeps results from being compared one by one.
fn notes(before: &Results, now: &Results) -> Vec<String> {
    let told = |engine: &Engine| match engine.level {
        Some(level) => format!("{} (level {})", engine.description(), level.word()),
        None => engine.description(),
    };
    let find = |of: &'_ Results, name: &str| of.engines.iter().find(|engine| engine.name == name).map(told);
    let mut notes = vec![];
    for (results, name) in [(before, "former"), (now, "newer")] {
        if results.incomplete().is_some() {
            notes.push(format!("the {name} results are of an incomplete run; what is missing there is not compared"));
        }
    }
    for engine in &now.engines {
        match find(before, &engine.name) {
            None => notes.push(format!("the engine `{}` is new, and is not compared", engine.name)),
            Some(former) if former != told(engine) => {
                notes.push(format!("the engine `{}` is {}; it was {former}", engine.name, told(engine)));
            }
            Some(_) => {}
        }
    }
    let gone = before.engines.iter().filter(|engine| find(now, &engine.name).is_none());
    notes.extend(gone.map(|engine| format!("the engine `{}` was not run again", engine.name)));
    notes
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::causes::sample::{case, fail, results};
    use rstest::rstest;
    use serde_json::{Value, json};

    fn of(status: &str) -> EngineResult {
        let known_as = match status {
            "known-crash" => json!({"status": "known", "known_as": "crash"}),
            status => json!({ "status": status }),
        };
        serde_json::from_value(known_as).unwrap()
    }

    #[test]
    fn rows_that_came_out_alike_are_one_line() {
        let pass = || json!({"status": "pass"});
        let wrong = |actual| fail(1, "value", "1", actual);
        let before = run(&[("t/a", pass()), ("t/b", pass()), ("t/c", pass()), ("u", pass())]);
        let now = run(&[("t/a", wrong("2")), ("t/b", wrong("3")), ("t/c", wrong("2")), ("u", wrong("2"))]);
        let changes = Changes::between(&before, &now, Extent::All);
        let groups: Vec<(&str, usize)> =
            changes.groups(Kind::Broken).iter().map(|(change, alike)| (&change.case.id[..], *alike)).collect();
        assert_eq!(groups, [("t/a", 2), ("t/b", 1), ("u", 1)]);
    }

    #[rstest]
    #[case("pass", "pass", None)]
    #[case("pass", "fail", Some(Kind::Broken))]
    #[case("pass", "error", Some(Kind::Broken))]
    #[case("pass", "crash", Some(Kind::Crash))]
    #[case("pass", "skip", Some(Kind::Idle))]
    #[case("pass", "stale", None)]
    #[case("pass", "known", Some(Kind::Broken))]
    #[case("pass", "known-crash", Some(Kind::Crash))]
    #[case("fail", "pass", Some(Kind::Fixed))]
    #[case("fail", "fail", None)]
    #[case("fail", "hang", Some(Kind::Crash))]
    #[case("fail", "known", Some(Kind::Known))]
    #[case("fail", "skip", None)]
    #[case("crash", "hang", None)]
    #[case("crash", "fail", None)]
    #[case("skip", "fail", Some(Kind::Exposed))]
    #[case("open", "fail", Some(Kind::Exposed))]
    #[case("error", "fail", Some(Kind::Exposed))]
    #[case("skip", "crash", Some(Kind::Crash))]
    #[case("skip", "pass", None)]
    #[case("known", "pass", Some(Kind::Gone))]
    #[case("known", "stale", Some(Kind::Gone))]
    #[case("known", "fail", Some(Kind::Unlisted))]
    #[case("known", "crash", Some(Kind::Crash))]
    #[case("known-crash", "crash", Some(Kind::Unlisted))]
    #[case("stale", "fail", Some(Kind::Broken))]
    fn a_change_has_a_kind(#[case] before: &str, #[case] now: &str, #[case] kind: Option<Kind>) {
        assert_eq!(Kind::of(&of(before), &of(now)), kind);
    }

    fn run(cases: &[(&str, Value)]) -> Results {
        results(cases.iter().map(|(id, result)| case("f.yaml", id, &["x = 1"], result.clone())).collect())
    }

    #[test]
    fn cases_come_and_go() {
        let pass = || json!({"status": "pass"});
        let before = run(&[("same", pass()), ("worse", pass()), ("old", pass())]);
        let now = run(&[("same", pass()), ("worse", fail(1, "value", "1", "2")), ("new", fail(1, "value", "1", "2"))]);
        let changes = Changes::between(&before, &now, Extent::All);
        assert_eq!(changes.totals(), ["1 broken", "0 fixed", "1 new case (1 of them failing)", "1 removed case"]);
        assert_eq!(changes.regressions(), 1);
        let change = changes.changes[0];
        assert_eq!((change.case.id.as_str(), change.engine, change.is_edited), ("worse", "pypy", false));
        let removed = |now: &Results, extent| Changes::between(&before, now, extent).removed.len();
        assert_eq!((removed(&now, Extent::Part), removed(&now, Extent::Files)), (0, 1));
        assert_eq!(removed(&run(&[]), Extent::Files), 0, "another file");
        let cut = Results { complete: false, ..now };
        let changes = Changes::between(&before, &cut, Extent::All);
        assert!(changes.removed.is_empty() && changes.notes[0].contains("incomplete"), "{changes:?}");
    }

    #[test]
    fn an_edited_case_is_told_apart() {
        let before = run(&[("a", json!({"status": "pass"}))]);
        let mut now = run(&[("a", fail(1, "value", "1", "2"))]);
        now.cases[0].steps[0].line = 7;
        assert!(!Changes::between(&before, &now, Extent::All).changes[0].is_edited);
        now.cases[0].steps[0].run = "x = 2".to_owned();
        assert!(Changes::between(&before, &now, Extent::All).changes[0].is_edited);
    }

    #[rstest]
    #[case::same(&[("pypy", true)], true)]
    #[case::other(&[("mine", true)], false)]
    #[case::with_reference(&[("reference", false), ("mine", true)], false)]
    #[case::reference_only(&[("reference", false)], true)]
    #[case::one_of_two(&[("mine", true), ("pypy", true)], true)]
    #[case::nothing(&[], false)]
    fn engines_have_to_be_the_same(#[case] engines: &[(&str, bool)], #[case] is_fine: bool) {
        let mut before = run(&[]);
        let reference = Engine { name: "reference".into(), ..before.engines[0].clone() };
        before.engines.push(reference);
        assert_eq!(comparable(&before, engines).is_ok(), is_fine);
    }
}
