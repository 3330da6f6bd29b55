//! Tests of the matrix, on results made from a few words.

use super::section::SHOWN;
use super::*;
use crate::report::causes::sample::{case, fail, results};
use crate::report::model::Status;
use serde_json::json;

fn sample() -> Results {
    let wrong = |id: &str| case("spec/library/slice.yaml", id, &["a = b'a|b'", "a[0]"], fail(2, "value", "97", "9"));
    let skip = |id: &str| {
        case("spec/library/slice-exporter.yaml", id, &["a"], json!({"status": "skip", "reason": "no | exporter"}))
    };
    let pass = case("spec/documents/0.yaml", "pass", &["a"], json!({"status": "pass"}));
    results(vec![wrong("one"), wrong("two"), skip("three"), skip("four"), pass])
}

#[test]
fn areas_stand_against_engines() {
    let page = page(&sample());
    let engine =
        "| pypy | pypy 8.0.1 | `3.11.17` | Python 3.11.17 | type | 1 of 3 | 2 wrong bytes | 0 | 2: no \\| exporter |\n";
    assert!(page.contains(engine), "{page}");
    let areas = "| area | pypy |\n|---|---:|\n| slice | **0/2** |\n| documents | 1/1 |\n";
    assert!(page.contains(areas), "{page}");
    assert!(page.ends_with("\nEnd of matrix: 5 cases.\n"), "{page}");
}

#[test]
fn an_engine_has_its_areas_by_severity() {
    let page = page(&sample());
    let areas = "\nSkipped: 2: no \\| exporter.\n\nThe areas in which something differs:\n\n\
                 | area | passed | bytes | known | skipped |\n|---|---:|---:|---:|---:|\n| slice | **0/2** | 2 | | 2 |\n";
    assert!(page.contains(areas), "{page}");
}

#[test]
fn known_divergences_count_with_their_severity() {
    let mut results = sample();
    results.restate("pypy", |_, result| {
        if result.status == Status::Fail {
            result.status = Status::Known;
        }
    });
    let page = page(&results);
    assert!(page.contains("| type | 1 of 3 | 2 wrong bytes | 2 | 2: no \\| exporter |\n"), "{page}");
    assert!(page.contains("| slice | **0/2** | 2 | 2 | 2 |\n"), "{page}");
}

#[test]
fn a_cause_is_shown_with_its_smallest_program() {
    let page = page(&sample());
    let cause = "### 1. Reading an item of bytes: expected 97, came 9\n\n\
                 wrong bytes; 2 results in slice; smallest case: `one`\n\n\
                 ```python\na = b'a|b'\na[0]\n# Python: 97\n# here: 9\n```\n";
    assert!(page.contains(cause), "{page}");
    let counts = "pypy 8.0.1, Python 3.11.17: 2 results that differ and 0 that differ in wording only, 1 cause.\n";
    assert!(page.contains(counts), "{page}");
}

#[test]
fn causes_beyond_the_first_ten_are_rows() {
    let wrong = |index: usize| {
        let facts = fail(1, "raised instead of a value", "1", &format!("TypeError: {}|", "x".repeat(index + 1)));
        case("spec/library/slice.yaml", &format!("c{index}"), &["a"], facts)
    };
    let page = page(&results((0..12).map(wrong).collect()));
    assert_eq!(page.matches("\n### ").count(), SHOWN);
    assert!(
        page.contains("| unexpected error | 1 | `c0` | Reading a name: expected 1, came TypeError: x\\| |\n"),
        "{page}"
    );
}

#[test]
fn a_single_engine_that_differs_in_nothing_has_no_matrix() {
    let pass = || case("spec/documents/0.yaml", "pass", &["a"], json!({"status": "pass"}));
    let mut right = results(vec![pass()]);
    assert!(!Matrix.is_for(&right) && Matrix.is_for(&sample()));
    right.engines.push(Engine { name: "other".to_owned(), ..right.engines[0].clone() });
    assert!(Matrix.is_for(&right));
}
