//! The data holds what the results hold, once each.

use super::*;
use crate::report::causes::sample::{case, fail, results};
use serde_json::json;
use std::io::Read;

/// The data as the browser reads it.
pub(in crate::report::html) fn unpacked(results: &Results) -> serde_json::Value {
    read(pack(results).unwrap())
}

fn read(data: String) -> serde_json::Value {
    let bytes = STANDARD.decode(data).unwrap();
    let mut text = String::new();
    flate2::read::GzDecoder::new(&bytes[..]).read_to_string(&mut text).unwrap();
    serde_json::from_str(&text).unwrap()
}

#[test]
fn results_are_listed_once() {
    let wrong = || fail(1, "value", "1", "2");
    let results = results(vec![
        case("spec/library/cast.yaml", "one", &["a"], json!({"status": "pass"})),
        case("spec/library/cast.yaml", "two/a", &["b", "c"], wrong()),
        case("spec/library/cast.yaml", "two/b", &["b"], wrong()),
        case("spec/documents/0.yaml", "three", &["b"], json!({"status": "skip", "reason": "r"})),
    ]);
    let data = unpacked(&results);
    assert_eq!(data["groups"], json!([[0]]));
    assert_eq!(data["outcomes"].as_array().unwrap().len(), 3);
    assert_eq!(data["outcomes"][0], json!({"status": "pass"}));
    assert_eq!(data["outcomes"][1]["severity"], "wrong value");
    let pairs: Vec<_> = data["cases"].as_array().unwrap().iter().map(|case| case["results"].clone()).collect();
    assert_eq!(pairs, [json!([[0, 0]]), json!([[1, 0]]), json!([[1, 0]]), json!([[2, 0]])]);
    assert_eq!(data["cases"][2]["claim"], 1);
    assert_eq!(data["cases"][1]["steps"], json!([["b", 1], ["c", 1]]));
    assert_eq!(data["files"][1]["area"], "documents");
    assert_eq!((&data["schema"], &data["complete"]), (&json!(2), &json!(true)));
    assert_eq!(unpacked(&super::super::tests::empty())["cases"], json!([]));
}

/// The script of the page puts these texts together.
#[test]
fn the_texts_of_scripts_are_there() {
    let data = unpacked(&super::super::tests::empty());
    let texts = data["machinery"].as_object().unwrap();
    let names: Vec<&str> = texts.keys().map(|name| &name[..]).collect();
    assert_eq!(names, ["helpers", "steps", "observe", "outcome", "memory", "hook", "capi", "exporter"]);
    assert!(texts["helpers"].as_str().unwrap().contains("\n\n\ndef check(found, expected):\n"));
    assert_eq!(texts["steps"].as_array().unwrap().len(), 3);
}

#[test]
fn what_an_opened_case_needs_is_apart() {
    let mut results = results(vec![
        case("spec/library/cast.yaml", "one", &["a"], json!({"status": "pass"})),
        case("spec/library/cast.yaml", "two", &["b"], json!({"status": "pass"})),
    ]);
    results.cases[1].source = Some("- id: two\n".to_owned());
    assert_eq!(read(details(&results).unwrap()), json!({"source": [null, "- id: two\n"], "views": [[], []]}));
    assert_eq!(unpacked(&results)["cases"][1].get("source"), None);
}
