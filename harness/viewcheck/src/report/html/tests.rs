//! The page as a whole.

use super::*;
use crate::report::causes::sample::{case, fail, results};
use serde_json::json;

/// Results without an engine or a case.
pub(super) fn empty() -> Results {
    let mut empty = results(vec![]);
    empty.engines.clear();
    empty
}

fn rendered(results: &Results) -> String {
    let mut out = vec![];
    Html.render(results, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

#[test]
fn equal_results_give_equal_bytes() {
    let results = results(vec![
        case("f.yaml", "a", &["a"], fail(1, "value", "1", "2")),
        case("f.yaml", "b", &["a"], json!({"status": "pass"})),
    ]);
    assert_eq!(rendered(&results), rendered(&results.clone()));
}
