//! What rows make of a case, and what of the file each text still knows.

use super::*;
use crate::{Case, Expected, Verdict, load_text, yaml};
use program::Value;
use rstest::rstest;

fn values() -> HashMap<&'static str, &'static str> {
    HashMap::from([("low", "-128"), ("a_1", "$low"), ("none", "")])
}

/// The only value of a map of one key.
fn only(source: &str) -> Node {
    let (root, found) = yaml::parse(source);
    assert!(found.is_empty(), "{found:?}");
    root.unwrap().entries()[0].1.clone()
}

#[rstest]
#[case("plain", "plain")]
#[case("$low", "-128")]
#[case("x[$low] = $low", "x[-128] = -128")]
#[case("${low}er", "-128er")]
#[case("$low.b", "-128.b")]
#[case("é$low é", "é-128 é")]
#[case("<$none>", "<>")]
#[case("$$low", "$low")]
#[case("$$$low", "$-128")]
#[case("$${low}", "${low}")]
#[case("a$a_1", "a$low")]
fn values_are_put_in(#[case] text: &str, #[case] expected: &str) {
    let node = only(&format!("key: '{text}'"));
    assert_eq!(filled(&node, &values()).text(), Some(expected));
}

#[rstest]
#[case("$")]
#[case("$5")]
#[case("$ low")]
#[case("${}")]
#[case("${5}")]
#[case("${low")]
#[case("${low }")]
fn a_dollar_without_a_name_is_seen(#[case] text: &str) {
    assert_eq!(pieces(text).next(), Some((0..1, Piece::LoneDollar)));
}

#[rstest]
#[case("key: f($low, x)", "x", "x")]
#[case("key: 'f($none$low$$, $low, x)'", "x", "x")]
#[case("key: |\n  y = 1\n  z = $low\n  f(${low}, x)", "x", "x")]
#[case("key: f($low, x)", "128", "$low")]
#[case("key: f($low, x)", "(-", "($low")]
#[case("key: f($low, x)", "8,", "$low,")]
#[case("key: f(${low}, x)", "-128", "${low}")]
#[case("key: '<$none$low>'", "<", "<")]
#[case("key: \"\\x41$low\"", "8", "\"\\x41$low\"")]
fn a_place_in_a_made_text_is_a_place_in_the_file(#[case] source: &str, #[case] part: &str, #[case] written: &str) {
    let made = filled(&only(source), &values());
    let at = made.text().unwrap().find(part).unwrap();
    assert_eq!(&source[made.locate(source, &(at..at + part.len()))], written);
}

fn cases(text: &str) -> Vec<Case> {
    let suite = load_text("cases.yaml", text);
    assert!(suite.problems.is_empty(), "{:?}", suite.problems);
    suite.documents.into_iter().flat_map(|document| document.cases).collect()
}

#[test]
fn a_row_is_read_like_the_case_it_stands_for() {
    let table = "\
cases:
  - id: t
    section: of $name
    claim: in a $name $$ is one dollar
    verdict: refuted
    instead: $name is $low
    needs: [$needed]
    python: '>=$version'
    rows:
      0.x_-y: {name: data, low: -128, text: \"'$low'\", needed: array, version: 3.9, error: TypeError, byte: 'data[0]'}
    steps:
      - {run: $name = bytearray(1), locks: []}
      - {run: memoryview($name), shares: $byte, type: $view, locks: [$name]}
      - {run: $low, gives: $low}
      - {run: $text, expect: [{python: <3.12, gives: $text}, {python: '>=3.12', gives: $text, type: str}]}
      - {run: print($low), prints: $low}
      - {run: len($low), raises: $error, message: $low $error}
"
    .replace("type: $view", "type: memoryview");
    let case = "\
cases:
  - id: t
    section: of data
    claim: in a data $ is one dollar
    verdict: refuted
    instead: data is -128
    needs: [array]
    python: '>=3.9'
    steps:
      - {run: data = bytearray(1), locks: []}
      - {run: memoryview(data), shares: 'data[0]', type: memoryview, locks: [data]}
      - {run: -128, gives: -128}
      - {run: \"'$low'\", expect: [{python: <3.12, gives: \"'$low'\"}, {python: '>=3.12', gives: \"'$low'\", type: str}]}
      - {run: print(-128), prints: -128}
      - {run: len(-128), raises: TypeError, message: -128 TypeError}
";
    let (mut rows, mut expected) = (cases(&table), cases(case));
    let (mut row, mut expected) = (rows.remove(0), expected.remove(0));
    assert_eq!((row.id.as_str(), row.line), ("t/0.x_-y", 10));
    let table = row.table.take().unwrap();
    assert_eq!((table.id.as_str(), table.section.as_str()), ("t", "of $name"));
    assert_eq!(table.claim, "in a $name $$ is one dollar");
    assert!(row.source.starts_with("- id: t-0-x--y\n  section: of data\n"));
    row.source.clone_from(&expected.source);
    // The table has two lines more.
    (row.id, row.line) = (expected.id.clone(), expected.line);
    expected.steps.iter_mut().for_each(|step| step.line += 2);
    assert_eq!(format!("{row:#?}"), format!("{expected:#?}"));
}

#[test]
fn a_case_without_rows_keeps_its_dollars() {
    let text = "cases:\n  - {id: a, section: $s, claim: $$, verdict: refuted, instead: $, steps: [{run: \"'$$x'\", gives: \"'$$x'\"}]}\n";
    let [case] = &cases(text)[..] else { panic!("not one case") };
    assert_eq!((case.section.as_str(), case.claim.as_str()), ("$s", "$$"));
    assert_eq!(case.verdict, Verdict::Refuted { instead: "$".into() });
    assert_eq!(case.steps[0].text, "'$$x'");
    assert_eq!(case.steps[0].expectations[0].1.outcome, Expected::Gives(Value::Str("$$x".into())));
    assert!(case.table.is_none());
}

#[rstest]
#[case(22, true, false)]
#[case(43, true, false)]
#[case(44, true, true)]
#[case(21, false, false)]
fn rows_make_as_much_as_is_left(#[case] left: usize, #[case] once: bool, #[case] twice: bool) {
    // Each of two rows has both keys and texts as they are written, 3 + 5 bytes, and a value of three.
    let text = "{id: a, run: $v, rows: {b: {v: 123}, c: {v: 456}}}";
    let root = yaml::parse(text).0.unwrap();
    let mut budget = Budget(left);
    for enough in [once, twice] {
        let mut found = vec![];
        assert_eq!(Rows::read(&root, text, &mut budget, &mut found).is_some(), enough);
        assert_eq!(found.is_empty(), enough);
    }
}
