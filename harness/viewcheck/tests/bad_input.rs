//! Bad input of every kind: the program says what is wrong and where, exits with 2, and never panics.

use rstest::rstest;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// A file of one case with one step, whose keys are given.
fn step(keys: &str) -> String {
    format!("cases:\n  - id: a\n    section: s\n    claim: c\n    verdict: confirmed\n    steps:\n      - {keys}\n")
}

/// A file of one case with the keys given in place of `verdict`.
fn case(keys: &str) -> String {
    format!("cases:\n  - id: a\n    section: s\n    claim: c\n    {keys}\n    steps:\n      - run: x = 1\n")
}

/// A file of one case with those rows and one step, whose keys are given.
fn table(rows: &str, keys: &str) -> String {
    step(keys).replace("    steps:", &format!("    rows: {rows}\n    steps:"))
}

fn check(folder: &Path, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_viewcheck"))
        .args(["check", "--engine", "reference", "--color", "never"])
        .args(arguments)
        .current_dir(folder)
        .output()
        .expect("the program starts")
}

/// The program's output, which must be that of a refusal.
fn refused(output: &Output) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    stderr
}

#[rstest]
#[case::unknown_key(&step("{run: x = 1, giwes: 1}"), "bad.yaml:7:22", "did you mean `gives`?")]
#[case::unknown_case_key(&case("verdict: confirmed\n    python-version: 3"), "bad.yaml:6:5", "known here: id,")]
#[case::unknown_file_key("casess: []", "bad.yaml:1:1", "did you mean `cases`?")]
#[case::missing_key("cases:\n  - id: a\n", "bad.yaml:2:5", "the key `section` is missing")]
#[case::missing_run(&step("gives: 1"), "bad.yaml:7:9", "the key `run` is missing")]
#[case::verdict(&case("verdict: confirmd"), "bad.yaml:5:14", "did you mean `confirmed`?")]
#[case::nothing_in_it("title: t", "bad.yaml:1:1", "neither `cases` nor `left_out`")]
#[case::not_a_map("just text", "bad.yaml:1:1", "expected a map with keys, found a string")]
#[case::list_given(&step("{run: x, gives: [1, 2]}"), "bad.yaml:7:25", "in quotes, as in '[1, 2]'")]
#[case::text_for_list(&case("verdict: confirmed\n    needs: array"), "bad.yaml:6:12", "expected a list")]
#[case::duplicate_key(&step("{run: x = 1, run: y = 1}"), "bad.yaml:7:22", "`run` is given twice")]
#[case::duplicate_id(&format!("{0}{1}", step("run: x = 1"), &step("run: x = 1")[7..]), "bad.yaml:8:9", "the other one is at bad.yaml:2")]
#[case::bad_id(&step("run: x = 1").replace("id: a", "id: A b"), "bad.yaml:2:9", "`A b` is not a valid id")]
#[case::instead_missing(&case("verdict: refuted"), "bad.yaml:5:14", "needs `instead`")]
#[case::instead_too_much(&case("verdict: confirmed\n    instead: x"), "bad.yaml:6:14", "takes no `instead`")]
#[case::requirement(&case("verdict: confirmed\n    python: 3.8"), "bad.yaml:6:13", "`3.8` is not a version requirement")]
#[case::empty_range(&case("verdict: confirmed\n    python: '>=3.13, <3.12'"), "bad.yaml:6:13", "no version satisfies `>=3.13, <3.12`")]
#[case::empty_range_of_entry(&step("{run: x, expect: [{python: '<3.0, >=3.0'}]}"), "bad.yaml:7:36", "no version satisfies")]
#[case::capability(&case("verdict: confirmed\n    needs: [a b]"), "bad.yaml:6:13", "unknown capability `a b`")]
#[case::unknown_capability(&case("verdict: confirmed\n    needs: [arrays]"), "bad.yaml:6:13", "did you mean `array`?")]
#[case::no_steps(&step("run: x").replace("\n      - run: x", " []"), "bad.yaml:6:12", "the case has no steps")]
#[case::tag(&step("{run: x, gives: !B}"), "bad.yaml:7:25", "write it in quotes: '!B'")]
#[case::anchor(&step("{run: &x x = 1}"), "bad.yaml:7:15", "anchors and aliases")]
#[case::at_sign(&step("{run: x, gives: @i}"), "bad.yaml:7:25", "must stand in quotes")]
#[case::greater("a: >i", "bad.yaml:1:4", "must stand in quotes")]
#[case::empty_value(&step("{run: x, gives: }"), "bad.yaml:7:23", "the key has no value")]
#[case::second_document("cases: []\n---\ncases: []\n", "bad.yaml:2:1", "a second YAML document")]
#[case::control("cases: []\n# \u{0}", "bad.yaml:2:3", "U+0000")]
#[case::gives_and_raises(&step("{run: x, gives: 1, raises: E}"), "bad.yaml:7:36", "`gives` and `raises` contradict")]
#[case::misspelled(&step("{run: x, raises: ValueErorr}"), "bad.yaml:7:26", "no Python has an exception `ValueErorr`")]
#[case::misspelled_help(&step("{run: x, raises: ValueErorr}"), "bad.yaml:7:26", "did you mean `ValueError`?")]
#[case::message_alone(&step("{run: x, message: m}"), "bad.yaml:7:27", "`message` without `raises`")]
#[case::beside_expect(&step("{run: x, gives: 1, expect: [{python: '>=3.0'}]}"), "bad.yaml:7:25", "`gives` beside `expect`")]
#[case::not_covered(&step("{run: x, expect: [{python: '<3.12'}]}"), "bad.yaml:7:26", "no entry of `expect` is for Python 3.12.0")]
#[case::overlap(&step("{run: x, expect: [{python: '<=3.12'}, {python: '>=3.12'}]}"), "bad.yaml:7:26", "two entries of `expect` are for Python 3.12.")]
#[case::no_entries(&step("{run: x, expect: []}"), "bad.yaml:7:26", "`expect` has no entries")]
#[case::entry_without_python(&step("{run: x, expect: [{gives: 1}]}"), "bad.yaml:7:28", "the key `python` is missing")]
#[case::unbound(&step("{run: x = 1, shares: 'y[0]'}"), "bad.yaml:7:30", "the name `y` is not bound")]
#[case::unbound_lock(&step("{run: x = 1, locks: [x, y]}"), "bad.yaml:7:33", "the name `y` is not bound")]
#[case::no_value(&step("{run: 'import array', gives: 1}"), "bad.yaml:7:38", "a step that has no value")]
#[case::no_print(&step("{run: x = 1, prints: 1}"), "bad.yaml:7:30", "prints nothing")]
#[case::bounds(&step("{run: x, allocates: 1 KiB}"), "bad.yaml:7:29", "`1 KiB` does not begin with <, <=, > or >=")]
#[case::bounds_unit(&step("{run: x, allocates: '< 2 KiB, > 1 kB'}"), "bad.yaml:7:39", "`1 kB` ends in no unit: bytes, KiB or MiB")]
#[case::bounds_none(&step("{run: x, allocates: '< 1 KiB, > 1 MiB'}"), "bad.yaml:7:30", "write a comparison with a size")]
#[case::bounds_beside(&step("{run: x, allocates: '< 1 KiB', expect: [{python: '>=3.0'}]}"), "bad.yaml:7:29", "`allocates` beside `expect`")]
#[case::python(&step("run: x = (1"), "bad.yaml:7:", "this is not Python")]
#[case::not_imported(&step("run: x = struct.pack('b', 1)"), "bad.yaml:7:18", "`struct` is not imported; write `import struct` in an earlier step")]
#[case::python_in_block(&step("run: |\n          x = 1\n          lambda: 0"), "bad.yaml:9:11", "lambda: 0")]
#[case::python_in_quotes(&step("run: 'x = 1; while x: pass'"), "bad.yaml:7:22", "while x: pass")]
#[case::python_in_gives(&step("{run: x, gives: b'a' + 1}"), "bad.yaml:7:25", "gives: b'a' + 1")]
#[case::yaml_true(&step("{run: x, gives: true}"), "bad.yaml:7:25", "true")]
#[case::no_rows(&table("{}", "run: x = 1"), "bad.yaml:6:11", "`rows` has no rows")]
#[case::rows_empty(&table("", "run: x = 1"), "bad.yaml:6:9", "the key has no value")]
#[case::list_of_rows(&table("[{v: 1}]", "run: x = $v"), "bad.yaml:6:11", "expected a map, found a list")]
#[case::row_no_map(&table("{b: 1}", "run: x = 1"), "bad.yaml:6:15", "expected a map, found a string")]
#[case::row_empty(&table("{b: {}}", "run: x = 1"), "bad.yaml:6:15", "the row `b` has no values")]
#[case::row_label(&table("{-b: {v: 1}}", "run: x = $v"), "bad.yaml:6:12", "`-b` is not a valid row label")]
#[case::row_label_upper(&table("{b: {v: 1}, B: {v: 1}}", "run: x = $v"), "bad.yaml:6:23", "made of a-z, 0-9 and `._-`")]
#[case::row_twice(&table("{b: {v: 1}, b: {v: 2}}", "run: x = $v"), "bad.yaml:6:23", "the key `b` is given twice")]
#[case::value_name(&table("{b: {1v: 1}}", "run: x = 1"), "bad.yaml:6:16", "`1v` is not a valid name of a value")]
#[case::value_list(&table("{b: {v: [1, 2]}}", "run: x = $v"), "bad.yaml:6:19", "in quotes, as in '[1, 2]'")]
#[case::value_map(&table("{b: {v: {a: 2}}}", "run: x = $v"), "bad.yaml:6:20", "found a map")]
#[case::value_lacking(&table("{b: {v: 1, w: 1}, h: {v: 1}}", "run: x = $v, $w"), "bad.yaml:6:29", "the row `h` lacks `w`, which the row `b` has")]
#[case::value_added(&table("{b: {v: 1}, h: {v: 1, w: 1}}", "run: x = $v"), "bad.yaml:6:33", "the row `h` has `w`, which the row `b` lacks")]
#[case::value_unknown(&table("{b: {low: 1}}", "run: x = $low + $lowe"), "bad.yaml:8:25", "did you mean `$low`?")]
#[case::value_unknown_in_claim(&table("{b: {v: 1}}", "run: x = $v").replace("claim: c", "claim: on a $machine"), "bad.yaml:4:17", "no row has a value for `$machine`")]
#[case::value_unused(&table("{b: {v: 1, w: 1}}", "run: x = $v"), "bad.yaml:6:22", "the case does not use `$w`")]
#[case::value_unused_but_by_the_id(&table("{b: {v: 1}}", "run: x = 1").replace("id: a", "id: a-$v"), "bad.yaml:6:16", "the case does not use `$v`")]
#[case::lone_dollar(&table("{b: {v: 1}}", "run: x = $v $ 1"), "bad.yaml:8:21", "a `$` itself is written `$$`")]
#[case::open_brace(&table("{b: {v: 1}}", "run: x = $v + ${v"), "bad.yaml:8:23", "a `$` without a name")]
#[case::row_id(&table("{b: {v: 1}, h: {v: 2}}", "run: x = $v").replace("id: a", "id: A"), "bad.yaml:2:9", "error: `A` is not a valid id -->")]
#[case::row_id_twice(&format!("{0}{1}", step("run: x = 1"), &table("{b: {v: 1}}", "run: x = $v")[7..]), "bad.yaml:8:9", "the other one is at bad.yaml:2")]
#[case::row_python(&table("{b: {v: 1}, h: {v: )}}", "run: x = [$v]"), "bad.yaml:8:", "(in the row `h`)")]
#[case::row_python_after_values(&table("{b: {v: 1000}}", "run: 'x = $v; y = $v; while x: pass'"), "bad.yaml:8:31", "(in the row `b`)")]
#[case::row_python_in_block(&table("{b: {v: 1000}}", "run: |\n          x = $v\n          lambda: 0"), "bad.yaml:10:11", "(in the row `b`)")]
#[case::row_gives(&table("{b: {v: 1}, h: {v: x}}", "{run: x = 1}\n      - {run: x, gives: $v}"), "bad.yaml:9:25", "(in the row `h`)")]
#[case::row_true(&table("{b: {v: true}}", "{run: x, gives: $v}"), "bad.yaml:8:25", "(in the row `b`)")]
#[case::row_unbound(&table("{x: {v: x}, y: {v: y}}", "{run: $v = 1, locks: [x]}"), "bad.yaml:8:31", "the name `x` is not bound at this step (in the row `y`)")]
#[case::row_requirement(&table("{b: {v: 3.8}}", "run: x = 1\n    python: $v"), "bad.yaml:9:13", "`3.8` is not a version requirement (in the row `b`) -->")]
#[case::row_requirement_helps(&table("{b: {v: 3.8}}", "run: x = 1\n    python: $v"), "bad.yaml:9:13", "write comparisons with commas")]
#[case::row_verdict(&table("{b: {v: confirmd}}", "run: x = 1").replace("verdict: confirmed", "verdict: $v"), "bad.yaml:5:14", "(in the row `b`)")]
#[case::not_of_a_row(&table("{b: {v: 1}, h: {v: 2}}", "{run: x = $v, giwes: 1}"), "bad.yaml:8:23", "error: unknown key `giwes` -->")]
fn a_bad_file_is_shown(#[case] content: &str, #[case] place: &str, #[case] words: &str) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("bad.yaml"), content).unwrap();
    let stderr = refused(&check(folder.path(), &["bad.yaml"]));
    assert!(stderr.contains(place), "no {place} in:\n{stderr}");
    // What is said may be wrapped.
    let flat = stderr.split_whitespace().filter(|word| *word != "|").collect::<Vec<_>>().join(" ");
    assert!(flat.contains(words), "no {words:?} in:\n{stderr}");
}

#[test]
fn what_is_wrong_in_every_row_is_told_once() {
    let folder = TempDir::new().unwrap();
    let rows: Vec<String> = (0..100).map(|row| format!("{row}: {{v: {row}}}")).collect();
    let rows = format!("{{{}, last: {{v: 1 +}}}}", rows.join(", "));
    let content = table(&rows, "{run: 'x = $v', shares: 'y[0]'}").replace("    steps:", "    sections: s\n    steps:");
    fs::write(folder.path().join("bad.yaml"), &content).unwrap();
    let stderr = refused(&check(folder.path(), &["bad.yaml"]));
    assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
    fs::write(folder.path().join("bad.yaml"), content.replace("    sections: s\n", "")).unwrap();
    let stderr = refused(&check(folder.path(), &["bad.yaml"]));
    assert_eq!(stderr.matches("error: ").count(), 2, "{stderr}");
    for row in ["0", "last"] {
        assert!(stderr.contains(&format!("(in the row `{row}`)")), "{stderr}");
    }
}

#[rstest]
#[case::bad("{b: {v: 1, 1w: 1}}")]
#[case::added("{b: {v: 1}, h: {v: 1, w: 1}, i: {v: 1, w: 1}}")]
#[case::lacking("{b: {v: 1, w: 1}, h: {v: 1}, i: {v: 1}}")]
fn a_wrong_name_is_told_once(#[case] rows: &str) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("bad.yaml"), table(rows, "run: x = $v")).unwrap();
    let stderr = refused(&check(folder.path(), &["bad.yaml"]));
    assert_eq!(stderr.matches("error: ").count(), 1, "{stderr}");
}

#[test]
fn rows_that_multiply_without_end_are_refused() {
    let folder = TempDir::new().unwrap();
    let values: String = (0..1000).map(|row| format!("      {row}: {{v: 1}}\n")).collect();
    let long = "#".repeat(20_000);
    let content = table(&format!("\n{values}"), &format!("run: '$v {long}'"));
    fs::write(folder.path().join("bad.yaml"), content).unwrap();
    let stderr = refused(&check(folder.path(), &["bad.yaml"]));
    assert!(stderr.contains("bad.yaml:7:7") && stderr.contains("more than 16 MiB of cases"), "{stderr}");
}

#[rstest]
#[case::empty(b"", "the file is empty")]
#[case::blank(b" \n\n", "the file is empty")]
#[case::comment(b"# nothing\n", "the file is empty")]
#[case::not_utf8(b"cases: []\n# \xff\n", "bad.yaml:2:3")]
#[case::deep_yaml(&b"[".repeat(10_000), "bad.yaml:1:")]
#[case::deep_block(&b"- ".repeat(10_000), "bad.yaml:1:")]
#[case::too_large(&b"#".repeat((16 << 20) + 1), "larger than 16 MiB")]
fn a_file_of_anything_is_refused(#[case] content: &[u8], #[case] words: &str) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("bad.yaml"), content).unwrap();
    let stderr = refused(&check(folder.path(), &["bad.yaml"]));
    assert!(stderr.contains(words), "{stderr}");
    assert!(stderr.len() < 10_000, "too much is shown");
}

/// The largest file of cases, findings and programs, and of results, in bytes.
const LARGEST: [u64; 2] = [16 << 20, 256 << 20];

#[rstest]
#[case::finding(&["replay", "finding.json"], LARGEST[0], "finding.json is not a valid record of a finding: the file is larger")]
#[case::program(&["replay", "program.bin"], LARGEST[0], "can't read program.bin: the file is larger than 16 MiB")]
#[case::cases(&["replay", "cases.yaml"], LARGEST[0], "cases.yaml: the file is larger than 16 MiB")]
#[case::shrink(&["shrink", "program.bin"], LARGEST[0], "can't read program.bin: the file is larger than 16 MiB")]
#[case::results(&["report", "results.json"], LARGEST[1], "the results in results.json: the file is larger than 256 MiB")]
#[case::campaign(&["fuzz", "--resume", "--findings", "."], LARGEST[1], "campaign.json: the file is larger than 256 MiB")]
fn a_file_that_is_too_large_is_refused(#[case] arguments: &[&str], #[case] largest: u64, #[case] words: &str) {
    let folder = TempDir::new().unwrap();
    let name =
        arguments.iter().find(|argument| argument.contains('.') && argument.len() > 1).unwrap_or(&"campaign.json");
    // A sparse file: it has a size and no blocks.
    fs::File::create(folder.path().join(name)).unwrap().set_len(largest + 1).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
    let output = command.args(arguments).current_dir(folder.path()).output().expect("the program starts");
    let stderr = refused(&output);
    assert!(stderr.contains(words), "{stderr}");
}

#[rstest]
#[case::finding(&["replay", "finding.json"])]
#[case::results(&["report", "results.json"])]
fn deep_json_is_refused(#[case] arguments: &[&str]) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join(arguments[1]), "[".repeat(100_000)).unwrap();
    let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
    let output = command.args(arguments).current_dir(folder.path()).output().expect("the program starts");
    assert!(refused(&output).contains(arguments[1]), "the file is named");
}

#[rstest]
#[case::parentheses("(", ")")]
#[case::calls("bytes(", ")")]
#[case::lists("[", "]")]
#[case::minus("-", "")]
fn deep_python_is_refused(#[case] open: &str, #[case] close: &str) {
    let folder = TempDir::new().unwrap();
    let python = format!("{}1{}", open.repeat(10_000), close.repeat(10_000));
    fs::write(folder.path().join("bad.yaml"), step(&format!("run: '{python}'"))).unwrap();
    let stderr = refused(&check(folder.path(), &["bad.yaml"]));
    assert!(stderr.contains("bad.yaml:7:"), "{}", &stderr[..stderr.len().min(1000)]);
}

#[rstest]
#[case::missing(&["missing.yaml"], "missing.yaml: there is no such file")]
#[case::no_cases(&["empty"], "empty: the folder contains no cases")]
#[case::engine(&["--engine", "pipy", "good.yaml"], "`pipy`")]
#[case::old_python(&["--engine", "reference@3.7", "good.yaml"], "does not model Python 3.7:")]
#[case::new_python(&["--engine", "reference@3.16", "good.yaml"], "3.14.10, 3.15.2 (a branch stands for its newest)")]
#[case::new_patch(&["--engine", "reference@3.13.99", "good.yaml"], "does not model Python 3.13.99:")]
#[case::no_python(&["--engine", "reference@x", "good.yaml"], "does not model Python x:")]
#[case::engine_twice(&["--engine", "reference", "good.yaml"], "`reference` is given twice")]
#[case::filter(&["--filter", "zzz", "good.yaml"], "no case matches the filter `zzz`")]
#[case::json(&["--json", "no/such/folder.json", "good.yaml"], "can't write no/such/folder.json: No such file or directory (os error 2)\n")]
#[case::json_folder(&["--json", "empty", "good.yaml"], "can't write empty")]
#[case::junit(&["--junit", "no/such/folder.xml", "good.yaml"], "can't write no/such/folder.xml")]
#[case::report(&["--report", "good.yaml", "good.yaml"], "can't create the folder good.yaml")]
#[case::no_baseline(&["--baseline", "no.json", "good.yaml"], "can't read the results in no.json")]
#[case::bad_baseline(&["--baseline", "good.yaml", "good.yaml"], "good.yaml:1:1: can't read these results: this is not JSON: expected value")]
#[case::level(&["--level", "tipe", "good.yaml"], "invalid value 'tipe'")]
#[case::option(&["--enjine", "x"], "--engine")]
fn bad_usage_is_refused(#[case] arguments: &[&str], #[case] words: &str) {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("good.yaml"), step("run: x = 1")).unwrap();
    fs::create_dir(folder.path().join("empty")).unwrap();
    let stderr = refused(&check(folder.path(), arguments));
    assert!(stderr.contains(words), "{stderr}");
    let mut left: Vec<_> = fs::read_dir(folder.path()).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    left.sort();
    assert_eq!(left, ["empty", "good.yaml"], "files are left behind");
}

#[cfg(unix)]
#[test]
fn a_loop_of_links_ends() {
    let folder = TempDir::new().unwrap();
    let spec = folder.path().join("spec");
    fs::create_dir(&spec).unwrap();
    fs::write(spec.join("good.yaml"), step("run: x = 1")).unwrap();
    std::os::unix::fs::symlink(".", spec.join("loop")).unwrap();
    std::os::unix::fs::symlink("self.yaml", spec.join("self.yaml")).unwrap();
    let output = check(folder.path(), &["spec"]);
    assert!(refused(&output).contains("spec/self.yaml: can't be read"));
    assert!(String::from_utf8_lossy(&output.stdout).contains("1 case on 1 engine"));
}

/// A folder may hold links to anywhere. Only one that is named itself is followed.
#[cfg(unix)]
#[test]
fn a_link_to_a_folder_is_followed_only_if_it_is_named() {
    use std::os::unix::fs::symlink;
    let folder = TempDir::new().unwrap();
    let (spec, outside) = (folder.path().join("spec"), folder.path().join("outside"));
    fs::create_dir_all(&spec).unwrap();
    fs::create_dir_all(&outside).unwrap();
    fs::write(spec.join("good.yaml"), step("run: x = 1")).unwrap();
    fs::write(outside.join("other.yaml"), step("run: x = 1").replace("id: a", "id: b")).unwrap();
    fs::write(folder.path().join("file"), step("run: x = 1").replace("id: a", "id: c")).unwrap();
    symlink("/", spec.join("root")).unwrap();
    symlink("../outside", spec.join("link")).unwrap();
    symlink("../outside", spec.join("link.yaml")).unwrap();
    let cases = |path: &str| {
        let output = check(folder.path(), &[path]);
        assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    };
    assert!(cases("spec").contains(" 1 case on 1 engine"), "{}", cases("spec"));
    // A file may lie elsewhere.
    symlink("../file", spec.join("file.yaml")).unwrap();
    assert!(cases("spec").contains(" 2 cases on 1 engine"), "{}", cases("spec"));
    assert!(cases("spec/link").contains(" 1 case on 1 engine"), "{}", cases("spec/link"));
}

#[test]
fn known_divergences_are_no_cases() {
    let folder = TempDir::new().unwrap();
    let known = folder.path().join("spec/known");
    fs::create_dir_all(&known).unwrap();
    fs::write(folder.path().join("spec/good.yaml"), step("run: x = 1")).unwrap();
    fs::write(known.join("other.yaml"), "- signature: s\n  implementation: cpython\n  reason: r\n").unwrap();
    let output = check(folder.path(), &["spec"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}

#[test]
fn all_problems_are_told_and_the_good_cases_are_run() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.yaml"), step("{run: x, giwes: 1}")).unwrap();
    fs::write(folder.path().join("b.yaml"), step("run: 'lambda: 0'").replace("id: a", "id: b") + "  - id: B\n")
        .unwrap();
    fs::write(folder.path().join("c.yaml"), step("{run: len(b'ab'), gives: 3}").replace("id: a", "id: c")).unwrap();
    let rows = table("{good: {v: 3}, bad: {v: b + 1}}", "{run: 'len([1])', gives: $v}").replace("id: a", "id: d");
    fs::write(folder.path().join("d.yaml"), rows).unwrap();
    let output = check(folder.path(), &["."]);
    let stderr = refused(&output);
    for place in ["a.yaml:7:18", "b.yaml:7:15", "b.yaml:8:5", "d.yaml:8:"] {
        assert!(stderr.contains(place), "no {place} in:\n{stderr}");
    }
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("d/good on reference"), "{stdout}");
    assert!(stdout.contains("in 2 of 2 cases on 1 engine"), "{stdout}");
    assert!(stdout.contains("expected  3\n  actual    2"), "{stdout}");
    assert!(
        stdout.contains("Some files could not be read completely: they have 4 problems, so that 4 cases did not run."),
        "{stdout}"
    );
}

#[test]
fn a_case_of_ten_thousand_steps_runs() {
    let folder = TempDir::new().unwrap();
    let steps = "      - {run: 'x = bytearray(3)', locks: []}\n".repeat(10_000);
    fs::write(folder.path().join("long.yaml"), step("run: x = 1") + &steps).unwrap();
    let output = check(folder.path(), &["long.yaml"]);
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
}
