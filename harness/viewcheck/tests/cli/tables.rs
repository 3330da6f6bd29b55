//! Cases with rows.

use super::*;

const TABLES: &str = "\
cases:
  - id: lengths
    section: Of $count
    claim: $text has $count bytes
    verdict: confirmed
    rows:
      two: {text: b'ab', count: 2}
      three: {text: b'abc', count: 3}
      4: {text: b'abcd', count: 4}
    steps:
      - {run: len($text), gives: $count}
  - id: no-lengths
    section: Of none
    claim: $value has a length
    verdict: refuted
    instead: no $value has one
    rows:
      1: {value: 5}
      2: {value: 7.0}
    steps:
      - {run: len($value), raises: TypeError}
";

#[test]
fn a_table_is_a_line_for_people_and_its_rows_are_cases_for_machines() {
    let folder = Folder::new(TABLES);
    folder.check(&["--report", "."], 0);
    let report = folder.read("report.md");
    for part in [
        "| Of \\$count | \\$text has \\$count bytes | `lengths` (3 rows) | confirmed | pass |\n",
        "| Of none | \\$value has a length | `no-lengths` (2 rows) | refuted | pass |\n",
        "### no-lengths/1\n",
        "Instead: no 5 has one\n\n```python\nlen(5)\n",
        "\nThe same holds for 1 more row: `no-lengths/2`.\n",
        "End of report: 5 cases.",
    ] {
        assert!(report.contains(part), "no {part:?} in:\n{report}");
    }
    assert!(!report.contains("### no-lengths/2"), "{report}");
    let report: serde_json::Value = serde_json::from_str(&folder.read("results.json")).expect("JSON");
    let of = |key: &str| report["cases"].as_array().unwrap().iter().map(|case| case[key].clone()).collect::<Vec<_>>();
    assert_eq!(of("id"), ["lengths/two", "lengths/three", "lengths/4", "no-lengths/1", "no-lengths/2"]);
    assert_eq!(of("line"), [7, 8, 9, 18, 19]);
}

#[test]
fn a_mismatch_in_a_row_is_told_of_that_row() {
    let folder = Folder::new(&TABLES.replace("count: 3", "count: 5"));
    let stdout = folder.check(&["--report", ".", "--color", "never"], 1);
    assert!(stdout.contains("lengths/three on reference  cases.yaml:11\n"), "{stdout}");
    let report = folder.read("report.md");
    assert!(report.contains("| `lengths` (3 rows) | confirmed | 2 pass, 1 **fail** |\n"), "{report}");
    assert!(report.contains("- `lengths/three` on reference: value; step 1 `len(b'abc')`"), "{report}");
}

#[test]
fn a_row_alone_is_a_case_like_others() {
    let folder = Folder::new(TABLES);
    assert!(folder.check(&["--filter", "lengths/t"], 0).contains("2 cases on 1 engine"));
    folder.check(&["--filter", "lengths/two", "--report", "."], 0);
    let report = folder.read("report.md");
    assert!(report.contains("| Of 2 | b'ab' has 2 bytes | `lengths/two` | confirmed | pass |\n"), "{report}");
}
