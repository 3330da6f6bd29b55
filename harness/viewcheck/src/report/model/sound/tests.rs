//! What is wrong with results that were changed after they were written.

use super::*;
use crate::report::causes::sample::{case, fail, results};
use rstest::rstest;
use serde_json::{Value, json};

/// Results with a case for each kind of status, as a run writes them.
fn whole() -> Value {
    let seen = json!({"step": 1, "objects": [{"name": "d", "bytes": "00"}], "views": []});
    let mut failed = fail(1, "offset", "0", "1");
    failed["seen"] = seen.clone();
    failed["steps"] = json!([["1"]]);
    let crash = json!({"status": "crash", "reason": "it crashed"});
    let known = json!({"status": "known", "known_as": "crash", "reason": "gh-1"});
    let pass = json!({"status": "pass", "wording": {"step": 1, "expected": "a", "actual": "b"}});
    let mut refuted = case("f.yaml", "refuted", &["1", "2"], json!({"status": "skip", "reason": "r"}));
    (refuted.verdict, refuted.instead) = (Verdict::Refuted, Some("i".to_owned()));
    refuted.observed = Some(vec![vec![], vec![]]);
    let view = json!({"name": "m", "of": "d", "offset": 0, "format": "B", "itemsize": 1, "shape": [1], "strides": [1]});
    let mut scenes = [seen.clone(), seen];
    (scenes[1]["step"], scenes[1]["views"]) = (2.into(), json!([view]));
    refuted.views = serde_json::from_value(json!(scenes)).unwrap();
    let others = [("fail", failed), ("crash", crash), ("known", known), ("pass", pass)];
    let mut cases: Vec<Case> = others.map(|(id, result)| case("f.yaml", id, &["1"], result)).into();
    cases.push(refuted);
    serde_json::to_value(results(cases)).unwrap()
}

fn problem(value: Value) -> Option<String> {
    inconsistency(&serde_json::from_value(value).unwrap())
}

#[rstest]
#[case::one(json!({"parts": [1], "of": 2, "cases": 9}), true)]
#[case::two(json!({"parts": [1, 4], "of": 4, "cases": 9}), true)]
#[case::too_few_cases(json!({"parts": [2], "of": 2, "cases": 9}), false)]
#[case::all(json!({"parts": [1, 2], "of": 2, "cases": 5}), false)]
#[case::order(json!({"parts": [4, 1], "of": 4, "cases": 9}), false)]
#[case::twice(json!({"parts": [1, 1], "of": 4, "cases": 9}), false)]
#[case::no_such_part(json!({"parts": [3], "of": 2, "cases": 9}), false)]
#[case::zero(json!({"parts": [0], "of": 2, "cases": 9}), false)]
#[case::none(json!({"parts": [], "of": 0, "cases": 0}), false)]
#[case::of_nothing(json!({"parts": [1], "of": 0, "cases": 5}), false)]
#[case::huge(json!({"parts": [1], "of": 2, "cases": usize::MAX}), false)]
fn shards_fit_their_cases(#[case] shards: Value, #[case] is_sound: bool) {
    let mut changed = whole();
    changed["shards"] = shards;
    let told = problem(changed);
    assert_eq!(told.is_none(), is_sound, "{told:?}");
    assert!(told.is_none_or(|told| told.starts_with("`shards` do not fit the cases")));
}

/// As when a result is taken out, and the counts are made to fit.
#[test]
fn a_complete_run_has_every_result() {
    let mut changed = whole();
    changed["cases"][0]["results"] = json!({});
    changed["summary"]["pypy"]["fail"] = json!(0);
    assert_eq!(problem(changed.clone()).unwrap(), "`complete` is true, but the engine `pypy` has no result of 1 case");
    changed["complete"] = json!(false);
    assert_eq!(problem(changed), None);
}

#[test]
fn what_a_run_writes_is_sound() {
    assert_eq!(problem(whole()), None);
}

#[rstest]
#[case::not_run("/not_run", json!(2), "`complete` is true, but 2 cases did not run")]
#[case::problems("/problems", json!(1), "`complete` is true, but 1 problem kept cases from being run")]
#[case::no_summary("/summary", json!({}), "`summary` does not name the engine `pypy`")]
#[case::count("/summary/pypy/pass", json!(2), "`summary` counts other statuses of the engine `pypy` than `cases` has")]
#[case::abridged("/documents/0/claims/0/cases", json!(2), "the claim `fail` counts 2 cases, but 1 is listed")]
#[case::empty_claim("/documents/0/claims/0", json!({"id": "x", "section": "s", "claim": "c", "cases": 0}), "the claim `x` counts 0 cases")]
#[case::id("/cases/1/id", json!("fail"), "the case `fail` is listed twice")]
#[case::document("/documents", json!([{"file": "f.yaml", "claims": []}, {"file": "f.yaml", "claims": []}]), "the document f.yaml is listed twice")]
#[case::engine("/cases/0/results", json!({"cpython": {"status": "pass"}}), "a result of the engine `cpython`, which `engines` does not list")]
#[case::lost_result("/cases/0/results", json!({}), "`summary` counts other statuses")]
#[case::status("/cases/0/results/pypy/status", json!("pass"), "of the case `fail` on the engine `pypy` is `pass`, but has a `facet`")]
#[case::status_known("/cases/1/results/pypy/status", json!("known"), "is `known`, but has no `facet`")]
#[case::status_fail("/cases/3/results/pypy/status", json!("fail"), "is `fail`, but has no `facet`")]
#[case::status_skip("/cases/3/results/pypy/status", json!("skip"), "is `skip`, but has no `reason`")]
#[case::wording("/cases/2/results/pypy/wording", json!({"step": 1, "expected": "", "actual": ""}), "is `known`, but has a `wording`")]
#[case::known_as("/cases/2/results/pypy/known_as", json!("pass"), "is `known`, but known as `pass`")]
#[case::known_as_crash("/cases/1/results/pypy/known_as", json!("crash"), "is `crash`, but known as `crash`")]
#[case::no_step("/cases/0/results/pypy/step", json!(null), "is `fail`, but has no `step`")]
#[case::no_expected("/cases/0/results/pypy/expected", json!(null), "is `fail`, but has no `expected`")]
#[case::no_actual("/cases/0/results/pypy/actual", json!(null), "is `fail`, but has no `actual`")]
#[case::no_reason("/cases/0/results/pypy/reason", json!(null), "is `fail`, but has no `reason`")]
#[case::step("/cases/0/results/pypy/step", json!(2), "is about step 2 of 1")]
#[case::step_0("/cases/0/results/pypy/step", json!(0), "is about step 0 of 1")]
#[case::steps("/cases/0/results/pypy/steps", json!([[], []]), "shows 2 steps of 1")]
#[case::seen("/cases/0/results/pypy/seen/step", json!(3), "has a `seen` that does not fit")]
#[case::worded_step("/cases/3/results/pypy/wording/step", json!(2), "has a wording in step 2 of 1")]
#[case::instead("/cases/0/instead", json!("i"), "the case `fail` is confirmed, but has an `instead`")]
#[case::no_instead("/cases/4/instead", json!(null), "the case `refuted` is refuted, but has no `instead`")]
#[case::observed("/cases/4/observed", json!([[], [], []]), "has `observed` for 3 steps, but has 2 steps")]
#[case::view("/cases/4/views/1/views/0/of", json!("e"), "the case `refuted` has `views` that do not fit")]
#[case::view_step("/cases/4/views/1/step", json!(3), "has `views` that do not fit")]
#[case::view_order("/cases/4/views/1/step", json!(1), "has `views` that do not fit")]
fn what_was_changed_is_told(#[case] place: &str, #[case] new: Value, #[case] words: &str) {
    let mut value = whole();
    let (parent, key) = place.rsplit_once('/').unwrap();
    let parent = value.pointer_mut(parent).unwrap();
    match parent.as_array_mut() {
        Some(items) => items[key.parse::<usize>().unwrap()] = new,
        None => parent[key] = new,
    }
    let problem = problem(value).unwrap_or_default();
    assert!(problem.contains(words), "{problem}");
}

#[rstest]
#[case::as_it_is("", json!(null), "")]
#[case::run("/enumeration/run", json!(11), "the `enumeration` of the campaign of `mine` against `reference` contradicts itself")]
#[case::complete("/enumeration/complete", json!(false), "contradicts itself")]
#[case::programs("/enumeration/programs", json!(9), "contradicts itself")]
#[case::more_agree("/enumeration/agree", json!(11), "contradicts itself")]
#[case::fewer_agree("/enumeration/agree", json!(9), "contradicts itself")]
#[case::shard("/shard", json!("3/2"), "contradicts itself")]
#[case::another_shard("/shard", json!("2/2"), "contradicts itself")]
fn an_enumeration_does_not_contradict_itself(#[case] place: &str, #[case] new: Value, #[case] words: &str) {
    let mut campaign = json!({"engine": "mine", "against": "reference", "seed": 7, "shard": "1/2", "programs": 10,
        "operations": 10, "enumeration": {"depth": 2, "all": false, "exporters": 3, "operations": 5, "left_out": 0, "of": 10,
            "engines": ["a", "b"], "viewcheck": "1.0.0", "programs": 10, "run": 10, "complete": true, "agree": 10,
            "differ": 0, "known": 0, "open": 0, "unsupported": 0, "statement": ""}});
    *campaign.pointer_mut(place).unwrap() = if place.is_empty() { campaign.clone() } else { new };
    let mut value = whole();
    value["campaigns"] = json!([campaign]);
    let problem = problem(value).unwrap_or_default();
    assert!(problem.ends_with(words) && problem.is_empty() == words.is_empty(), "{problem}");
}

/// Published results list fewer cases than they count, and all of those that they leave out passed.
#[rstest]
#[case::as_published(3, 3, "")]
#[case::more_counted(4, 3, "`summary` counts other statuses of the engine `pypy` than `cases` and `documents` have")]
#[case::fewer_counted(2, 3, "`summary` counts other statuses of the engine `pypy` than `cases` and `documents` have")]
fn published_results_count_what_they_leave_out(#[case] passed: usize, #[case] of_claim: usize, #[case] words: &str) {
    let mut value = whole();
    value["abridged"] = true.into();
    value["documents"][0]["claims"][3]["cases"] = of_claim.into();
    value["summary"]["pypy"]["pass"] = passed.into();
    assert_eq!(problem(value).unwrap_or_default(), words);
}
