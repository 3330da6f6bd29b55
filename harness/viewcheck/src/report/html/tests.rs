//! The page as a whole: what it is made of, that nothing in it breaks out of its place, and that its links lead somewhere.

use super::*;
use crate::report::causes::sample::{case, fail, results};
use crate::report::model::{Engine, Status, Verdict};
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Results without an engine or a case.
pub(super) fn empty() -> Results {
    let mut empty = results(vec![]);
    empty.engines.clear();
    empty
}

/// Results of one engine, with every status and a refuted claim.
fn one() -> Results {
    let file = "spec/library/cast.yaml";
    let steps = ["view = memoryview(bytearray(b'abcd'))", "view[0]"];
    let mut all = vec![
        case(file, "wrong", &steps, fail(2, "value", "97", "98")),
        case(file, "table/a", &steps, fail(2, "value", "97", "b'a'")),
        case(file, "table/b", &steps, json!({"status": "crash", "reason": "the engine `pypy` crashed: SIGSEGV"})),
    ];
    for word in ["pass", "hang", "error", "stale", "skip", "open"] {
        all.push(case("spec/documents/0.yaml", word, &steps, json!({"status": word, "reason": "it is so"})));
    }
    let mut known = fail(2, "value", "97", "98");
    known["status"] = "known".into();
    all.push(case("spec/documents/0.yaml", "known", &steps, known));
    let mut results = results(all);
    for case in results.cases.iter_mut().filter(|case| case.id == "pass") {
        (case.verdict, case.instead) = (Verdict::Refuted, Some("it is otherwise".into()));
        case.observed = Some(vec![vec![], vec!["97".into()]]);
    }
    results.restate("pypy", |_, _| ());
    results
}

/// The same on three engines.
fn many() -> Results {
    let mut results = one();
    for name in ["second", "third"] {
        let engine = Engine { name: name.into(), ..results.engines[0].clone() };
        results.engines.push(engine);
        for case in &mut results.cases {
            let result = case.results["pypy"].clone();
            case.results.insert(name.into(), result);
        }
    }
    results.restate("third", |_, result| result.status = Status::Pass);
    results
}

fn rendered(results: &Results) -> String {
    let mut out = vec![];
    Html.render(results, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// The page without its data, its style and its script.
fn pages(results: &Results) -> String {
    let text = rendered(results);
    let (start, end) = (text.find("<body>").unwrap(), text.find("<script").unwrap());
    text[start..end].to_owned()
}

#[test]
fn equal_results_give_equal_bytes() {
    assert_eq!(rendered(&many()), rendered(&many().clone()));
}

#[rstest]
#[case::none(empty())]
#[case::one(one())]
#[case::many(many())]
fn every_page_is_there(#[case] results: Results) {
    let text = pages(&results);
    for page in PAGES.iter().filter(|page| page.is_for(&results)) {
        assert!(text.contains(&format!("<section class=\"page\" id=\"{}\"", page.id())), "{}", page.id());
        assert!(text.contains(&format!("<a href=\"#{}\">{}</a>", page.id(), page.title())), "{}", page.id());
    }
    assert!(text.contains("<footer"), "{text}");
}

/// The hash that the policy names is that of the script in the page; the two other elements of its kind hold data.
#[test]
fn the_policy_allows_the_script() {
    let text = rendered(&one());
    let script = text.split("<script>").nth(1).unwrap().split("</script>").next().unwrap();
    assert!(text.contains(&assets::policy(script)), "{}", assets::policy(script));
    assert_eq!(text.matches("<script").count(), 3);
    assert_eq!(text.matches(" type=\"application/octet-stream;base64\"").count(), 2);
}

/// Where a link of a page leads: a part of the page, or cases of the data by filters that have these values.
#[rstest]
#[case::one(one())]
#[case::many(many())]
fn links_lead_somewhere(#[case] results: Results) {
    let text = pages(&results);
    let ids: BTreeSet<&str> = attributes(&text, " id=\"").collect();
    let engines: BTreeSet<&str> = results.engines.iter().map(|engine| &engine.name[..]).collect();
    let cases: BTreeSet<&str> = results.cases.iter().map(|case| &case.id[..]).collect();
    let areas: BTreeSet<&str> = results.documents.iter().map(|document| document.area()).collect();
    let mut seen = 0;
    for address in attributes(&text, " href=\"#") {
        let (page, filters) = address.split_once('?').unwrap_or((address, ""));
        assert!(ids.contains(page), "{address}");
        for (name, value) in filters.split("&amp;").filter_map(|filter| filter.split_once('=')) {
            seen += 1;
            let value = value.replace("%20", " ");
            let is_known = match name {
                "engine" => engines.contains(&value[..]),
                "case" => cases.contains(&value[..]),
                "area" => areas.contains(&value[..]),
                "status" => value.split(',').all(|value| Status::ALL.iter().any(|status| status.word() == value)),
                "severity" => crate::report::causes::Severity::ALL.iter().any(|severity| severity.word() == value),
                _ => name == "q",
            };
            assert!(is_known, "{address}");
        }
    }
    assert!(seen > 20, "{seen}");
}

fn attributes<'a>(text: &'a str, start: &'a str) -> impl Iterator<Item = &'a str> {
    text.split(start).skip(1).filter_map(|rest| rest.split('"').next())
}

/// What tries to end its place in the page.
const HOSTILE: &str = "</script><script>alert(1)</script>\"'&amp;\n\0\x1b[2J\u{202e}-->`<b>";

/// The same of an id, in which a slash would stand before the label of a row.
const HOSTILE_ID: &str = "<script>alert(1)<b>\"'&amp;\n\0\x1b[2J";

/// Results in which texts from outside are that one, and ids begin with that other one.
fn filled(text: &str, id: &str) -> Results {
    let mut results = many();
    let (engine, closed) = (format!("{text}engine"), text.replace('`', ""));
    for case in &mut results.cases {
        (case.section, case.claim) = (text.into(), text.into());
        case.instead = case.instead.as_ref().map(|_| text.into());
        case.observed = case.observed.as_ref().map(|_| vec![vec![], vec![closed.clone()]]);
        let result = case.results.remove("pypy").unwrap();
        case.results.insert(engine.clone(), result);
        for result in case.results.values_mut() {
            result.reason = result.reason.as_ref().map(|_| closed.clone());
        }
        case.id = format!("{id}{}", case.id);
    }
    for document in &mut results.documents {
        for claim in &mut document.claims {
            (claim.id, claim.section) = (format!("{id}{}", claim.id), text.into());
            claim.claim = closed.clone();
        }
    }
    (results.engines[0].name, results.engines[0].implementation) = (engine, text.into());
    results.restate("second", |_, _| ());
    results
}

#[test]
fn hostile_texts_stay_text() {
    let results = filled(HOSTILE, HOSTILE_ID);
    let text = pages(&results);
    assert!(!text.contains("<script") && !text.contains("<b>") && !text.contains("--><"), "{text}");
    assert!(!text.contains(['\0', '\x1b', '\u{202e}']), "{text}");
    assert!(text.contains("&lt;script&gt;alert(1)"), "{text}");
    let elements = |results: &Results| pages(results).matches('<').count();
    assert_eq!(elements(&results), elements(&filled("plain ` text", "plain")));
    let data = pack::tests::unpacked(&results);
    assert_eq!(data["cases"][0]["id"], Value::from(results.cases[0].id.clone()));
    assert_eq!(rendered(&results).matches("<script").count(), 3);
}

#[test]
fn an_incomplete_run_is_called_so() {
    let mut results = one();
    assert!(!pages(&results).contains("is not complete"));
    (results.complete, results.not_run) = (false, 3);
    assert!(pages(&results).contains("the run was interrupted before 3 cases ran"));
}
