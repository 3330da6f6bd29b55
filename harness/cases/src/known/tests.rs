//! What an entry may say, which cases it is about, and how each mistake in one is shown.

use super::*;
use rstest::rstest;

/// Three entries about cases, and three about signatures.
const KNOWN: &str = "
- implementation: pypy
  version: '>=7.3, <7.4'
  level: type
  cases: [plain, table]
  status: [fail, crash]
  program: |
    hash(view)
    # here: 1
  reason: PyPy does otherwise.
  link: https://example.org
- {implementation: pypy, cases: [table/b], reason: A row of its own.}
- {implementation: micropython, cases: [plain], reason: Another implementation.}
- implementation: cpython
  signature: 'embedded|reference value/value get: 1 for 2'
  reason: A finding.
- implementation: cpython
  version: '>=3.9'
  signature: 'embedded|reference value/value get: 1 for 2'
  reason: The same finding, in some versions.
- implementation: cpython
  signature: 'embedded|reference value/value get: 1 for 2 {0-d, float}'
  reason: The same difference, where a view of floats has no dimensions.
";

fn known() -> Known {
    let (known, problems) = Known::load_text("k.yaml", KNOWN);
    assert!(problems.is_empty(), "{problems:?}");
    known
}

/// Where the problems of a text are, what they are, and what to do about them.
fn problems(text: &str) -> Vec<String> {
    let (_, problems) = Known::load_text("k.yaml", text);
    problems.iter().map(|problem| format!("{}\n{}", problem.place(), problem.render(false))).collect()
}

#[test]
fn an_entry_says_what_it_says() {
    let known = known();
    let entry = &known.entries()[0];
    assert_eq!((entry.implementation.as_str(), entry.place().as_str()), ("pypy", "k.yaml:2"));
    assert_eq!(entry.subject, Subject::Cases(vec!["plain".into(), "table".into()]));
    assert_eq!((entry.level, &entry.endings[..]), (Some(Level::Type), &[Ending::Fail, Ending::Crash][..]));
    assert_eq!(entry.program.as_deref(), Some("hash(view)\n# here: 1\n"));
    assert_eq!((entry.reason.as_str(), entry.link.as_deref()), ("PyPy does otherwise.", Some("https://example.org")));
    assert_eq!(known.entries()[1].endings, [Ending::Fail], "where nothing is said");
}

#[rstest]
#[case("plain", "pypy", Some(Version::new(7, 3, 17)), &[0])]
#[case("plain", "pypy", Some(Version::new(7, 4, 0)), &[])]
#[case::version_is_unknown("plain", "pypy", None, &[])]
#[case("plain", "micropython", None, &[2])]
#[case("plain", "cpython", None, &[])]
#[case::a_row_and_its_table("table/b", "pypy", Some(Version::new(7, 3, 0)), &[0, 1])]
#[case::another_row("table/h", "pypy", Some(Version::new(7, 3, 0)), &[0])]
#[case::a_case_is_no_table("plain/b", "micropython", None, &[2])]
#[case::a_longer_id("table-b", "pypy", Some(Version::new(7, 3, 0)), &[])]
fn entries_are_found_by_case(
    #[case] id: &str,
    #[case] implementation: &str,
    #[case] version: Option<Version>,
    #[case] found: &[usize],
) {
    let indices: Vec<usize> = known().for_case(id, implementation, version).map(|(index, _)| index).collect();
    assert_eq!(indices, found);
}

#[rstest]
#[case("", Some(Version::new(3, 8, 0)), &[3])]
#[case("", Some(Version::new(3, 13, 0)), &[3, 4])]
#[case("", None, &[3])]
#[case::some_circumstances(" {float}", None, &[3])]
#[case::its_circumstances(" {0-d, float}", None, &[3, 5])]
#[case::more_circumstances(" {0-d, float, step}", None, &[3, 5])]
fn entries_are_found_by_signature(
    #[case] circumstances: &str,
    #[case] version: Option<Version>,
    #[case] found: &[usize],
) {
    let known = known();
    let signature = format!("embedded|reference value/value get: 1 for 2{circumstances}");
    let entries = known.for_signature(&signature, "cpython", version);
    assert_eq!(entries.map(|(index, _)| index).collect::<Vec<_>>(), found);
    assert_eq!(known.for_signature("embedded|reference", "cpython", version).count(), 0);
}

#[rstest]
#[case(None, [true, true, true])]
#[case(Some(Level::Value), [true, true, true])]
#[case(Some(Level::Type), [false, true, true])]
#[case(Some(Level::Message), [false, false, true])]
fn a_divergence_shows_at_its_level_and_at_stricter_ones(#[case] level: Option<Level>, #[case] shows: [bool; 3]) {
    let entry = Entry { level, ..known().entries[0].clone() };
    assert_eq!([Level::Value, Level::Type, Level::Message].map(|level| entry.shows_at(level)), shows);
}

#[test]
fn an_id_that_no_case_has_is_shown_where_it_is_written() {
    let known = known();
    assert!(known.unknown_ids(["plain", "table/b", "table/h"]).is_empty());
    let problems = known.unknown_ids(["plain", "table/h", "tables"]);
    let shown: Vec<String> = problems.iter().map(|problem| format!("{} {problem}", problem.place())).collect();
    assert_eq!(shown, ["k.yaml:12:34 no case has the id `table/b`"]);
    assert!(problems[0].render(false).contains("did you mean `table/h`?"));
    assert_eq!(known.unknown_ids([]).len(), 4);
}

#[test]
fn many_unknown_ids_are_counted() {
    let ids: Vec<String> = (0..1000).map(|index| format!("id-{index}")).collect();
    let text = format!("- {{implementation: pypy, cases: [{}], reason: r}}", ids.join(", "));
    let problems = Known::load_text("k.yaml", &text).0.unknown_ids(["id-7"]);
    assert_eq!(problems.len(), 21);
    assert_eq!(problems[20].mistake, Mistake::More(979));
}

#[rstest]
#[case::unknown_key("{cases: [a], implementation: pypy, reason: c, cause: d}", "1:49", "unknown key `cause`")]
#[case::near_key("{cases: [a], implementation: pypy, reason: c, levle: type}", "1:49", "did you mean `level`?")]
#[case::former_key("{case: a, engine: b, reason: c}", "1:4", "did you mean `cases`?")]
#[case::no_implementation("{cases: [a], reason: c}", "1:4", "the key `implementation` is missing")]
#[case::no_reason("{cases: [a], implementation: pypy}", "1:4", "the key `reason` is missing")]
#[case::blank_reason("{cases: [a], implementation: pypy, reason: ' '}", "1:46", "`reason` is empty")]
#[case::blank_link("{cases: [a], implementation: pypy, reason: c, link: ''}", "1:55", "`link` is empty")]
#[case::blank_program("{cases: [a], implementation: pypy, reason: c, program: ' '}", "1:58", "`program` is empty")]
#[case::no_subject("{implementation: pypy, reason: c}", "1:4", "one of `cases`, `law` and `signature`")]
#[case::both(
    "{signature: a, cases: [a], implementation: pypy, reason: c}",
    "1:4",
    "one of `cases`, `law` and `signature`"
)]
#[case::law_and_cases("{law: a, cases: [a], implementation: pypy, reason: c}", "1:4", "one of `cases`, `law` and")]
#[case::status_of_law("{law: a, status: [fail], implementation: pypy, reason: c}", "1:20", "`status` beside `law`")]
#[case::no_cases("{cases: [], implementation: pypy, reason: c}", "1:11", "`cases` is empty")]
#[case::one_case("{cases: a, implementation: pypy, reason: c}", "1:11", "expected a list, found a string")]
#[case::version(
    "{cases: [a], implementation: pypy, reason: c, version: new}",
    "1:58",
    "`new` is not a version requirement"
)]
#[case::level("{cases: [a], implementation: pypy, reason: c, level: typ}", "1:56", "did you mean `type`?")]
#[case::status("{cases: [a], implementation: pypy, reason: c, status: [fial]}", "1:58", "did you mean `fail`?")]
#[case::one_status(
    "{cases: [a], implementation: pypy, reason: c, status: fail}",
    "1:57",
    "expected a list, found a string"
)]
#[case::no_status("{cases: [a], implementation: pypy, reason: c, status: []}", "1:57", "`status` is empty")]
#[case::only_pass("{cases: [a], implementation: pypy, reason: c, status: [pass]}", "1:57", "which is not a divergence")]
#[case::status_of_signature(
    "{signature: a, implementation: pypy, reason: c, status: [fail]}",
    "1:59",
    "`status` beside `signature`"
)]
#[case::twice_in_one("{cases: [a, b, a], implementation: pypy, reason: c}", "1:18", "the other one is at k.yaml:1")]
#[case::twice(
    "{cases: [a], implementation: pypy, reason: c}\n- {cases: [b, a], implementation: pypy, reason: d}",
    "2:15",
    "`a` is listed twice"
)]
#[case::tag("{cases: [!a], implementation: pypy, reason: c}", "1:12", "is a YAML tag")]
#[case::unknown_implementation(
    "{implementation: pypi, cases: [a], reason: c}",
    "1:20",
    "unknown implementation `pypi`"
)]
#[case::near_implementation("{implementation: CPython, cases: [a], reason: c}", "1:20", "did you mean `cpython`?")]
#[case::blank_implementation("{implementation: '', cases: [a], reason: c}", "1:20", "`implementation` is empty")]
#[case::empty_range(
    "{cases: [a], implementation: pypy, reason: c, version: '>=3.13, <3.12'}",
    "1:58",
    "no version satisfies `>=3.13, <3.12`"
)]
fn mistakes_are_shown_with_their_place(#[case] entry: &str, #[case] place: &str, #[case] words: &str) {
    let problems = problems(&format!("- {entry}\n"));
    assert_eq!(problems.len(), 1, "{problems:?}");
    let shown = &problems[0];
    assert!(shown.starts_with(&format!("k.yaml:{place}\n")) && shown.contains(words), "{shown}");
}

#[rstest]
#[case::versions("version: '<3.0'", "version: '>=3.0'")]
#[case::levels("level: type", "level: message")]
fn an_id_may_be_listed_again_for_another(#[case] first: &str, #[case] second: &str) {
    let entry = |more: &str| format!("- {{cases: [a], implementation: pypy, reason: c, {more}}}\n");
    let (known, problems) = Known::load_text("k.yaml", &(entry(first) + &entry(second)));
    assert_eq!((known.entries().len(), problems.len()), (2, 0), "{problems:?}");
}

#[rstest]
#[case::no_list("cases: [a]", "k.yaml:1:1", "expected a list, found a map")]
#[case::no_map("- reason", "k.yaml:1:3", "expected a map with keys, found a string")]
#[case::empty("# nothing\n", "k.yaml", "the file is empty")]
fn a_file_is_a_list_of_entries(#[case] text: &str, #[case] place: &str, #[case] words: &str) {
    let problems = problems(text);
    assert!(problems.len() == 1 && problems[0].starts_with(place) && problems[0].contains(words), "{problems:?}");
}

#[test]
fn an_entry_with_a_mistake_leaves_the_others() {
    let (known, problems) = Known::load_text("k.yaml", &KNOWN.replace("level: type", "level: sort"));
    assert_eq!((known.entries().len(), problems.len()), (5, 1));
    assert_eq!(problems[0].place(), "k.yaml:4:10");
}

#[test]
fn a_path_that_does_not_exist_is_a_problem_and_an_empty_list_is_none() {
    let (known, problems) = Known::load(&["no/such/folder".into()]);
    assert!(known.entries().is_empty() && problems[0].mistake == Mistake::NoSuchPath);
    assert!(Known::load_text("k.yaml", "[]").1.is_empty());
}

/// An entry about a law is found by the law, and by nothing else.
#[test]
fn an_entry_about_a_law_is_found_by_it() {
    let text = "- {implementation: pypy, version: '<7.4', law: a-law, reason: It breaks it.}";
    let (known, problems) = Known::load_text("k.yaml", text);
    assert!(problems.is_empty(), "{problems:?}");
    let found = |law, version| known.for_law(law, "pypy", Some(version)).count();
    assert_eq!(found("a-law", Version::new(7, 3, 19)), 1);
    assert_eq!((found("a-law", Version::new(8, 0, 1)), found("b-law", Version::new(7, 3, 19))), (0, 0));
    assert_eq!(known.for_case("a-law", "pypy", Some(Version::new(7, 3, 19))).count(), 0);
    assert!(known.unknown_laws(&["a-law"]).is_empty());
    let unknown: Vec<String> = known.unknown_laws(&["b-law"]).iter().map(|problem| problem.render(false)).collect();
    assert!(unknown.len() == 1 && unknown[0].contains("there is no law `a-law`") && unknown[0].contains("`b-law`"));
}
