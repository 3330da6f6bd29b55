//! Differences between versions of Python, for every format: what changed from one minor version to the next, and what a
//! case that sees a change expects on either side.

use super::model::{Case, Change, Expect, Results, Step};
use cases::Requirement;
use engine::Version;
use std::collections::BTreeMap;

/// The changes from one minor version to the next, or those that came within one.
pub(crate) struct Section<'a> {
    /// A name for its address: `3.12`, `within-3.15`.
    pub(crate) id: String,
    /// `From 3.11 to 3.12`, `Within 3.15`
    pub(crate) title: String,
    /// The changes, in the order of the tables.
    pub(crate) changes: Vec<&'a Change>,
}

/// The changes by the minor version that has them from its start, the newest version first. What came to the newest
/// version only later has a section before.
pub(crate) fn sections(results: &Results) -> Vec<Section<'_>> {
    let mut sections: BTreeMap<(u8, u8, bool), Vec<&Change>> = BTreeMap::new();
    for change in &results.changes {
        if let Some(last) = change.versions().last() {
            sections.entry((last.major, last.minor, last.patch > 0)).or_default().push(change);
        }
    }
    let section = |((major, minor, is_later), changes)| match (is_later, minor) {
        (true, _) | (false, 0) => {
            Section { id: format!("within-{major}.{minor}"), title: format!("Within {major}.{minor}"), changes }
        }
        (false, _) => Section {
            id: format!("{major}.{minor}"),
            title: format!("From {major}.{} to {major}.{minor}", minor - 1),
            changes,
        },
    };
    sections.into_iter().rev().map(section).collect()
}

/// The patch levels that brought a change to branches before or, for a change within a version, also to that one.
pub(crate) fn backports(change: &Change) -> Vec<Version> {
    change.versions().into_iter().filter(|version| version.patch > 0).collect()
}

/// The patch levels that brought changes, with these, in the order of the versions.
pub(crate) fn by_patch_level(results: &Results) -> BTreeMap<Version, Vec<&Change>> {
    let mut levels: BTreeMap<Version, Vec<&Change>> = BTreeMap::new();
    for change in &results.changes {
        for version in backports(change) {
            levels.entry(version).or_default().push(change);
        }
    }
    levels
}

/// Where CPython discusses an issue.
pub(crate) fn issue_link(issue: &str) -> Option<String> {
    let is_number = |text: &&str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    if let Some(number) = issue.strip_prefix("gh-").filter(is_number) {
        return Some(format!("https://github.com/python/cpython/issues/{number}"));
    }
    let number = issue.strip_prefix("bpo-").filter(is_number)?;
    Some(format!("https://bugs.python.org/issue{number}"))
}

/// A case that sees a change. Of the rows of a table it is the first one.
pub(crate) struct Seen<'a> {
    /// The case.
    pub(crate) case: &'a Case,
    /// How many more rows of its table see the change.
    pub(crate) more: usize,
    /// The last version without the change, and the first one with it.
    pub(crate) versions: [Version; 2],
    /// The steps whose expectations differ; if the case is only about one side, its last step with an expectation.
    pub(crate) steps: Vec<Differs<'a>>,
}

/// A step that differs between two versions.
pub(crate) struct Differs<'a> {
    /// The step.
    pub(crate) step: &'a Step,
    /// What the two versions give; `None` for one that the case is not about.
    pub(crate) sides: [Option<String>; 2],
}

/// The listed cases that see a change.
pub(crate) fn seen<'a>(cases: &BTreeMap<&str, &'a Case>, change: &Change) -> Vec<Seen<'a>> {
    let boundaries = change.boundaries();
    let mut all: Vec<Seen<'a>> = vec![];
    for case in change.cases.iter().filter_map(|id| cases.get(id.as_str()).copied()) {
        match all.last_mut().filter(|seen| seen.case.claim_id() == case.claim_id() && seen.case.file == case.file) {
            Some(seen) => seen.more += 1,
            // The newest boundary is that of the section.
            None => all.extend(boundaries.iter().rev().find_map(|pair| told(case, *pair))),
        }
    }
    // What tells both sides says more.
    all.sort_by_key(|seen| seen.steps.iter().any(|differs| differs.sides.iter().any(Option::is_none)));
    all
}

/// The cases of results by their ids.
pub(crate) fn by_id(results: &Results) -> BTreeMap<&str, &Case> {
    results.cases.iter().map(|case| (case.id.as_str(), case)).collect()
}

/// What a case says of two versions; `None` if it says the same of both.
fn told(case: &Case, versions: [Version; 2]) -> Option<Seen<'_>> {
    let is_about = versions.map(|version| admits(case.python.as_deref(), version));
    let side = |step: &Step, side: usize| is_about[side].then(|| expected(step, versions[side]));
    let differs = |step| Differs { step, sides: [side(step, 0), side(step, 1)] };
    let steps: Vec<Differs<'_>> = match is_about {
        [false, false] => vec![],
        [true, true] => case.steps.iter().map(differs).filter(|differs| differs.sides[0] != differs.sides[1]).collect(),
        _ => case.steps.iter().rev().find(|step| !step.expect.is_empty()).map(differs).into_iter().collect(),
    };
    (!steps.is_empty()).then_some(Seen { case, more: 0, versions, steps })
}

fn admits(python: Option<&str>, version: Version) -> bool {
    python.and_then(Requirement::parse).is_none_or(|python| python.admits(version))
}

/// What must happen in a step on a version.
fn expected(step: &Step, version: Version) -> String {
    let expect = step.expect.iter().find(|expect| admits(expect.python.as_deref(), version));
    expect.map_or_else(|| "no error".to_owned(), words)
}

/// What must happen, in words.
fn words(expect: &Expect) -> String {
    let mut words = vec![];
    if let Some(value) = &expect.gives {
        words.push(value.clone());
    }
    if let Some(place) = &expect.shares {
        words.push(format!("a view from {place}"));
    }
    if let Some(exception) = &expect.raises {
        words.push(match &expect.message {
            Some(message) => format!("{exception}: {message}"),
            None => exception.clone(),
        });
    }
    if let Some(name) = &expect.type_name {
        words.push(format!("of type {name}"));
    }
    if let Some(text) = &expect.prints {
        words.push(format!("prints {text}"));
    }
    match expect.locks.as_deref() {
        None => {}
        Some([]) => words.push("nothing is locked".to_owned()),
        Some(names) => words.push(format!("locked: {}", names.join(", "))),
    }
    if let Some(bounds) = &expect.allocates {
        words.push(format!("allocates {bounds}"));
    }
    if words.is_empty() { "no error".to_owned() } else { words.join("; ") }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use crate::report::causes::sample;
    use rstest::rstest;
    use serde_json::json;

    /// Results with changes, and with cases of three kinds that see the first of them.
    pub(crate) fn results() -> Results {
        let pass = || json!({"status": "pass"});
        let mut cases: Vec<Case> = ["both", "rows/a", "rows/b", "older"]
            .iter()
            .map(|id| sample::case("spec/library/index.yaml", id, &["m = 1", "m.count(<b>)"], pass()))
            .collect();
        let expect = json!([{"python": ">=3.12", "gives": "2"}, {"python": "<3.12", "raises": "TypeError", "message": "no | <i>"}]);
        for case in &mut cases {
            case.steps[1].expect = serde_json::from_value(expect.clone()).unwrap();
        }
        cases[3].python = Some("<3.12".to_owned());
        let change = |name: &str, issue: &str, since: &[&str], cases: &[&str]| -> Change {
            serde_json::from_value(json!({"name": name, "issue": issue, "summary": "`<x>` is | new.", "since": since,
                "table": "memoryview", "cases": cases}))
            .unwrap()
        };
        let mut results = sample::results(cases);
        results.changes = vec![
            change("First", "gh-12", &["3.12.0"], &["both", "rows/a", "rows/b", "older", "left-out"]),
            change("Ported", "bpo-34", &["3.10.6", "3.11.0"], &[]),
            change("Late", "measured", &["3.13.18", "3.15.2"], &[]),
        ];
        results
    }

    #[test]
    fn changes_are_told_by_pairs_of_versions() {
        let results = results();
        let sections = sections(&results);
        let titles: Vec<(&str, &str)> =
            sections.iter().map(|section| (section.title.as_str(), section.changes[0].name.as_str())).collect();
        assert_eq!(titles, [("Within 3.15", "Late"), ("From 3.11 to 3.12", "First"), ("From 3.10 to 3.11", "Ported")]);
        let levels: Vec<String> = by_patch_level(&results)
            .iter()
            .map(|(version, changes)| format!("{version} {}", changes[0].name))
            .collect();
        assert_eq!(levels, ["3.10.6 Ported", "3.13.18 Late", "3.15.2 Late"]);
    }

    #[test]
    fn a_case_says_what_either_side_gives() {
        let results = results();
        let seen = seen(&by_id(&results), &results.changes[0]);
        let told: Vec<(&str, usize)> = seen.iter().map(|seen| (seen.case.id.as_str(), seen.more)).collect();
        assert_eq!(told, [("both", 0), ("rows/a", 1), ("older", 0)]);
        let sides = |index: usize| seen[index].steps[0].sides.each_ref().map(Option::as_deref);
        assert_eq!(sides(0), [Some("TypeError: no | <i>"), Some("2")]);
        assert_eq!(sides(2), [Some("TypeError: no | <i>"), None]);
        assert_eq!(seen[0].versions.map(|version| version.to_string()), ["3.11.7", "3.12.0"]);
        assert_eq!(seen[0].steps.len(), 1, "the first step gives the same");
    }

    #[rstest]
    #[case("gh-92888", Some("https://github.com/python/cpython/issues/92888"))]
    #[case("bpo-41732", Some("https://bugs.python.org/issue41732"))]
    #[case("measured", None)]
    #[case("gh-\"><script>", None)]
    #[case("gh-", None)]
    fn an_issue_has_an_address(#[case] issue: &str, #[case] address: Option<&str>) {
        assert_eq!(issue_link(issue).as_deref(), address);
    }
}
