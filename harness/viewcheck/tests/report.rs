//! `viewcheck report`: stored results give the bytes that the run gave, are joined and compared, and are published only
//! when they are whole.

use rstest::rstest;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output, Stdio};
use tempfile::TempDir;

const CASES: &str = "\
document: paper.txt
title: A paper | with *marks*
cases:
  - {id: right, section: One, claim: it is 2, verdict: confirmed, steps: [{run: len(b'ab'), gives: 2}]}
  - {id: wrong, section: One, claim: it is 3, verdict: confirmed, steps: [{run: len(b'ab'), gives: 3}]}
  - id: refuted
    section: Two
    claim: memoryview takes a <str>
    verdict: refuted
    instead: it raises a TypeError
    steps: [{run: memoryview('a'), raises: TypeError}, {run: print(1), prints: 1}]
  - id: table
    section: measured
    claim: it is $n
    verdict: confirmed
    rows: {a: {n: 1}, b: {n: 2}, c: {n: 3}}
    steps: [{run: x = 1}, {run: 'x * $n', gives: $n}]
  - {id: later, section: Two, claim: '4', verdict: confirmed, python: '>=3.15.99', steps: [{run: x = 1}]}
left_out:
  - {section: Four, claim: it is fast, why: no time is observed}
";

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = TempDir::new().unwrap();
        for name in ["spec", "reports"] {
            fs::create_dir(folder.path().join(name)).unwrap();
        }
        fs::write(folder.path().join("spec/cases.yaml"), CASES).unwrap();
        Folder(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn output(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
        command.args(arguments).current_dir(self.path()).output().expect("the program starts")
    }

    fn run(&self, arguments: &[&str], code: i32) -> String {
        let output = self.output(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// What a command that is refused says.
    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.output(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        stderr
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect(name)
    }

    fn json(&self, name: &str) -> Value {
        serde_json::from_str(&self.read(name)).expect("JSON")
    }

    fn write(&self, name: &str, content: &str) {
        fs::write(self.path().join(name), content).unwrap();
    }
}

#[test]
fn stored_results_give_the_bytes_of_the_run() {
    let folder = Folder::new();
    let printed = folder.run(&["check", "--junit", "ran.xml", "--json", "ran.json"], 1);
    let told = folder.run(&["report", "--out", "again", "--junit", "again.xml", "--json", "again.json"], 0);
    assert_eq!(printed.replace("reports/local", "again"), told);
    for (ran, again) in [
        ("reports/local/report.md", "again/report.md"),
        ("reports/local/results.json", "again/results.json"),
        ("ran.json", "again/results.json"),
        ("ran.json", "again.json"),
        ("ran.xml", "again.xml"),
    ] {
        assert_eq!(folder.read(ran), folder.read(again), "{ran}");
    }
    let before = fs::metadata(folder.path().join("reports/local/report.md")).unwrap().modified().unwrap();
    folder.run(&["report"], 0);
    let after = fs::metadata(folder.path().join("reports/local/report.md")).unwrap().modified().unwrap();
    assert_eq!(before, after, "without --out nothing is written");
}

#[test]
fn without_results_it_says_what_to_do() {
    let stderr = Folder::new().refused(&["report"]);
    assert!(stderr.contains("reports/local/results.json does not exist: run `viewcheck check` first"), "{stderr}");
}

#[rstest]
#[case::truncated(|text: &str| text[..text.len() / 2].to_owned(), "r.json:", "can't read these results: the text ends in the middle of a value")]
#[case::corrupt(|text: &str| text.replacen("\"pass\"", "\"paß\"", 1), "r.json:", "unknown value `paß`")]
#[case::empty(|_: &str| String::new(), "r.json:1:1: ", "the text ends in the middle of a value")]
#[case::newer(|text: &str| text.replace("\"schema\": 2", "\"schema\": 7"), "r.json:2:11: ", "schema 7 is not supported, only schema 2")]
#[case::older(|text: &str| text.replace("\"schema\": 2", "\"schema\": 1"), "r.json:2:11: ", "or of an older release: run `viewcheck check`")]
fn what_is_wrong_with_a_file_is_told(#[case] change: fn(&str) -> String, #[case] place: &str, #[case] words: &str) {
    let folder = Folder::new();
    folder.run(&["check", "--engine", "reference", "--json", "good.json"], 1);
    folder.write("r.json", &change(&folder.read("good.json")));
    for arguments in [
        &["report", "r.json"][..],
        &["report", "good.json", "r.json"],
        &["report", "--compare", "good.json", "r.json"],
        &["check", "--engine", "reference", "--baseline", "r.json"],
    ] {
        let stderr = folder.refused(arguments);
        assert!(stderr.contains(place) && stderr.contains(words), "{stderr}");
    }
}

/// The reference as the Python that is embedded, by a name of its own.
fn reference(folder: &Folder) -> String {
    folder.run(&["check", "--engine", "reference", "--engine", "embedded", "--json", "both.json"], 1);
    let version = folder.json("both.json")["engines"][0]["version"].clone();
    format!("reference@{}", version.as_str().unwrap())
}

#[test]
fn engines_that_ran_apart_stand_side_by_side() {
    let folder = Folder::new();
    let reference = reference(&folder);
    folder.run(&["check", "--engine", &reference, "--json", "one.json"], 1);
    folder.run(&["check", "--engine", "embedded", "--json", "two.json"], 1);
    folder.run(&["check", "--engine", &reference, "--engine", "embedded", "--report", "both"], 1);
    folder.run(&["report", "one.json", "two.json", "--out", "joined"], 0);
    assert_eq!(folder.json("joined/results.json"), folder.json("both/results.json"));
    for file in ["report.md", "results.json"] {
        assert_eq!(folder.read(&format!("joined/{file}")), folder.read(&format!("both/{file}")));
    }
    // What ran twice with the same results is there once.
    folder.run(&["report", "one.json", "both/results.json", "--json", "again.json"], 0);
    assert_eq!(folder.read("again.json"), folder.read("both/results.json"));
    let mut other = folder.json("one.json");
    other["cases"][1]["results"][&reference]["actual"] = "4".into();
    folder.write("other.json", &other.to_string());
    let stderr = folder.refused(&["report", "one.json", "other.json"]);
    assert!(
        stderr.contains("one.json and other.json can't be merged: both have a result of the case `wrong`"),
        "{stderr}"
    );
    folder.run(&["check", "--engine", &reference, "--level", "value", "--json", "lax.json"], 1);
    let stderr = folder.refused(&["report", "one.json", "lax.json"]);
    assert!(stderr.contains("judged at the levels `message` and `value`"), "{stderr}");
}

/// As in `viewcheck check | head -1`.
#[test]
fn a_reader_that_has_seen_enough_takes_nothing_from_others() {
    let folder = Folder::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
    command.args(["check", "--engine", "reference@3.9", "--json", "out.json"]).current_dir(folder.path());
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::null()).spawn().unwrap();
    drop(child.stdout.take());
    assert_eq!(child.wait().unwrap().code(), Some(1));
    assert_eq!(folder.json("out.json")["complete"], true);
}

/// The parts of a run, in any order, give the bytes of the run.
#[test]
fn parts_of_the_cases_are_merged() {
    let folder = Folder::new();
    let more = "cases:\n  - {id: more, section: s, claim: c, verdict: confirmed, steps: [{run: '1', gives: 1}]}\n";
    folder.write("spec/more.yaml", more);
    folder.run(&["check", "--engine", "reference@3.9", "--json", "whole.json"], 1);
    folder.run(&["check", "--engine", "reference@3.9", "--filter", "Two", "--json", "one.json"], 0);
    folder.run(&["check", "--engine", "reference@3.9", "--filter", "it is", "--json", "two.json"], 1);
    folder.run(&["check", "--engine", "reference@3.9", "spec/more.yaml", "--json", "three.json"], 0);
    for parts in [["three.json", "one.json", "two.json"], ["two.json", "three.json", "one.json"]] {
        folder.run(&[&["report", "--json", "merged.json"], &parts[..]].concat(), 0);
        assert_eq!(folder.read("merged.json"), folder.read("whole.json"));
    }
}

/// Each run has the reference as the version that it tests. Where the versions differ, both are kept.
#[test]
fn the_reference_of_each_run_is_kept_once() {
    let folder = Folder::new();
    folder.run(&["check", "--engine", "reference", "--engine", "embedded", "--json", "one.json"], 1);
    let same = folder.read("one.json").replace("\"embedded\"", "\"again\"");
    folder.write("two.json", &same);
    let mut other: Value = serde_json::from_str(&same.replace("\"again\"", "\"other\"")).unwrap();
    other["engines"][0]["version"] = "3.8.1".into();
    folder.write("three.json", &other.to_string());
    folder.write("four.json", &other.to_string().replace("\"other\"", "\"another\""));
    folder.run(&["report", "one.json", "two.json", "three.json", "four.json", "--json", "all.json"], 0);
    let all = folder.json("all.json");
    let names: Vec<&str> =
        all["engines"].as_array().unwrap().iter().map(|engine| engine["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["reference", "embedded", "again", "reference@3.8.1", "other", "another"]);
    assert_eq!(all["summary"]["reference"], all["summary"]["reference@3.8.1"]);
    assert_eq!(all["cases"][0]["results"].as_object().unwrap().len(), names.len());
}

#[test]
fn different_cases_are_not_joined() {
    let folder = Folder::new();
    folder.run(&["check", "--engine", "reference@3.9", "--json", "one.json"], 1);
    folder.write("spec/cases.yaml", &CASES.replace("it is 2", "it is two"));
    folder.run(&["check", "--engine", "reference@3.10", "--json", "two.json"], 1);
    let stderr = folder.refused(&["report", "one.json", "two.json"]);
    assert!(stderr.contains("are of different cases: the case `right` differs"), "{stderr}");
    folder.write("spec/cases.yaml", &CASES.replace("A paper", "The paper"));
    folder.run(&["check", "--engine", "reference@3.10", "--json", "two.json"], 1);
    let stderr = folder.refused(&["report", "one.json", "two.json"]);
    assert!(stderr.contains("the document spec/cases.yaml differs"), "{stderr}");
}

/// Rows that ran apart are one table again, in the order of the file; an engine that did not run a case has no result.
#[test]
fn parts_are_joined_in_the_order_of_the_file() {
    let folder = Folder::new();
    folder.run(&["check", "--engine", "reference@3.9", "--filter", "table/b", "--json", "one.json"], 0);
    folder.run(&["check", "--engine", "reference@3.10", "--json", "two.json"], 1);
    folder.run(&["report", "one.json", "two.json", "--out", "joined"], 0);
    let joined = folder.json("joined/results.json");
    let ids: Vec<&str> = joined["cases"].as_array().unwrap().iter().map(|case| case["id"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().filter(|id| id.starts_with("table/")).count(), 3, "{ids:?}");
    assert_eq!((ids[0], ids[ids.len() - 1]), ("right", "later"));
    assert_eq!(joined["summary"]["reference@3.9"]["pass"], 1);
    let report = folder.read("joined/report.md");
    assert!(report.contains("| `table` (3 rows) | confirmed | 1 pass, 2 not run | pass |"), "{report}");
    // The joined results can be read again.
    folder.run(&["report", "joined/results.json"], 0);
}

#[test]
fn stored_results_are_compared() {
    let folder = Folder::new();
    folder.run(&["check", "--engine", "reference", "--json", "old.json"], 1);
    folder.write("spec/cases.yaml", &CASES.replace("gives: 3", "gives: 2").replace("prints: 1", "prints: 2"));
    let told = folder.run(&["check", "--engine", "reference", "--json", "new.json", "--baseline", "old.json"], 1);
    let compared = folder.run(&["report", "--compare", "old.json", "new.json"], 1);
    assert_eq!(
        compared,
        "\nSince the baseline: 1 broken, 1 fixed\n  broken: refuted on reference (the case was edited)  spec/cases.yaml:11  \
         expected '2', got '1'\n  fixed: wrong on reference (the case was edited)\n"
    );
    assert!(told.ends_with(&compared), "{told}");
    folder.refused(&["report", "--compare", "old.json", "new.json", "--json", "x"]);
    // The folder has the reports of the newer results.
    folder.run(&["report", "--compare", "old.json", "new.json", "--out", "compared"], 1);
    assert!(folder.read("compared/summary.md").contains("<details open><summary>1 broken</summary>"));
    assert_eq!(folder.read("compared/results.json"), folder.read("new.json"));
    // The other way round, one is as broken; compared with itself, nothing is.
    folder.run(&["report", "--compare", "new.json", "old.json"], 1);
    folder.run(&["report", "--compare", "new.json", "new.json"], 0);
    // Another Python, or another level, is no change of the implementation.
    let mut older = folder.json("old.json");
    older["engines"][0]["version"] = "3.8.1".into();
    older["engines"][0]["level"] = "type".into();
    folder.write("older.json", &older.to_string());
    let told = folder.run(&["report", "--compare", "older.json", "new.json"], 1);
    let note = "note: the engine `reference` is reference ";
    assert!(told.contains(note) && told.contains("; it was reference 3.8.1 (level type)\n"), "{told}");
}

/// What is missing could be broken, and engines that are others can't be compared.
#[test]
fn what_can_not_be_compared_does_not_pass() {
    let folder = Folder::new();
    folder.run(&["check", "--engine", "reference", "--json", "old.json"], 1);
    let mut cut = folder.json("old.json");
    cut["complete"] = false.into();
    folder.write("cut.json", &cut.to_string());
    let told = folder.run(&["report", "--compare", "old.json", "cut.json"], 2);
    assert!(told.contains("  note: the newer results are of an incomplete run"), "{told}");
    let told = folder.run(&["report", "--compare", "cut.json", "old.json"], 0);
    assert!(told.contains("  note: the former results are of an incomplete run"), "{told}");
    folder.write("other.json", &folder.read("old.json").replace("\"reference\"", "\"other\""));
    let stderr = folder.refused(&["report", "--compare", "old.json", "other.json"]);
    assert!(stderr.contains("the former results are of `reference`, and these are of `other`"), "{stderr}");
}

/// A check keeps a former report when it is interrupted; who asks for a report of incomplete results gets one.
#[test]
fn a_report_of_incomplete_results_says_so() {
    let folder = Folder::new();
    folder.run(&["check", "--json", "results.json"], 1);
    let mut results = folder.json("results.json");
    results["complete"] = false.into();
    folder.write("results.json", &results.to_string());
    folder.run(&["report", "results.json", "--out", "part"], 0);
    assert!(folder.read("part/report.md").contains("**This report is not complete:**"));
}

/// A folder with results of a whole run, on an embedded Python that has numpy, or is said to.
fn publishable() -> Folder {
    let folder = Folder::new();
    folder.run(&[], 1);
    let mut results = folder.json("reports/local/results.json");
    let has = results["engines"][1]["capabilities"].as_array_mut().unwrap();
    if !has.contains(&"numpy".into()) {
        has.push("numpy".into());
    }
    folder.write("reports/local/results.json", &results.to_string());
    folder
}

#[test]
fn what_is_published_has_everything_but_passes() {
    let folder = publishable();
    let stdout = folder.run(&["report", "--publish"], 0);
    assert_eq!(stdout, "Written: reports/conformance.md, reports/results.json\n");
    let published = folder.json("reports/results.json");
    let ids: Vec<_> = published["cases"].as_array().unwrap().iter().map(|case| &case["id"]).collect();
    assert_eq!(ids, ["wrong", "refuted", "later"]);
    assert_eq!(published["summary"]["embedded"]["pass"], 5);
    for engine in published["engines"].as_array().unwrap() {
        assert!(engine.get("capabilities").is_none() && engine.get("sees").is_none(), "{engine}");
        assert_eq!(engine["version"].as_str().unwrap().matches('.').count(), 1, "{engine}");
    }
    // The page is what the whole results give, and what the published ones give, but for the patch level.
    folder.run(&["report", "--out", "whole"], 0);
    folder.run(&["report", "reports/results.json", "--out", "again"], 0);
    let page = folder.read("reports/conformance.md");
    assert_eq!(page, folder.read("again/report.md"));
    assert_eq!(folder.read("reports/results.json"), folder.read("again/results.json"));
    let without_engines =
        |page: &str| page.lines().filter(|line| !line.contains("Engines: ")).collect::<Vec<_>>().join("\n");
    assert_eq!(without_engines(&page), without_engines(&folder.read("whole/report.md")));
}

/// Whatever Python is embedded here, the page that is committed is that of the results that are committed.
#[test]
fn what_is_committed_belongs_together() {
    let reports = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../reports");
    let results = reports.join("results.json");
    let folder = Folder::new();
    folder.run(&["report", results.to_str().unwrap(), "--out", "again"], 0);
    for (committed, again) in [("results.json", "again/results.json"), ("conformance.md", "again/report.md")] {
        let committed = fs::read_to_string(reports.join(committed)).unwrap();
        assert!(committed == folder.read(again), "{again} is not what is committed: run `viewcheck report --publish`");
    }
    assert!(fs::metadata(results).unwrap().len() < 600_000, "what is committed has to stay small");
}

#[rstest]
#[case::numpy(|results: &mut Value| results["engines"][1]["capabilities"] = Value::Array(vec![]), "the embedded Python has no numpy")]
#[case::interrupted(|results: &mut Value| results["complete"] = false.into(), "the run was interrupted")]
#[case::level(|results: &mut Value| results["engines"][1]["level"] = "type".into(), "the level of the run was not `message`")]
fn what_is_not_whole_is_not_published(#[case] change: fn(&mut Value), #[case] words: &str) {
    let folder = publishable();
    let mut results = folder.json("reports/local/results.json");
    change(&mut results);
    folder.write("reports/local/results.json", &results.to_string());
    not_published(&folder, &[], words);
}

#[test]
fn only_the_whole_spec_is_published() {
    let folder = publishable();
    folder.run(&["check", "--filter", "right", "--json", "part.json"], 0);
    let mut part = folder.json("part.json");
    part["engines"][1]["capabilities"] = serde_json::json!(["numpy"]);
    folder.write("part.json", &part.to_string());
    not_published(&folder, &["part.json"], "6 cases of spec did not run, for example `wrong`");
    folder.run(&["check", "--engine", "reference", "--json", "one.json"], 1);
    not_published(&folder, &["one.json"], "the engines are reference, but must be reference and embedded");
    folder.write("spec/cases.yaml", &CASES.replace("x * $n", "1 * $n"));
    not_published(&folder, &[], "the case `table/a` differs");
}

fn not_published(folder: &Folder, files: &[&str], words: &str) {
    let stderr = folder.refused(&[&["report", "--publish"], files].concat());
    assert!(stderr.contains("the results are not published: ") && stderr.contains(words), "{stderr}");
    for file in ["reports/conformance.md", "reports/results.json"] {
        assert!(!folder.path().join(file).exists(), "{file}");
    }
}

#[test]
fn published_results_are_no_baseline() {
    let folder = publishable();
    folder.run(&["report", "--publish"], 0);
    for arguments in [
        &["check", "--baseline", "reports/results.json"][..],
        &["report", "--compare", "reports/results.json", "reports/local/results.json"],
        &["report", "reports/results.json", "reports/local/results.json"],
    ] {
        let stderr = folder.refused(arguments);
        assert!(stderr.contains("reports/results.json does not list the cases that pass"), "{stderr}");
    }
}

/// The summary has a line for each engine, and a mismatch on which engines agree is printed once; the matrix has the causes.
#[test]
fn several_engines_are_a_matrix() {
    let folder = Folder::new();
    folder.run(&["check", "--engine", "embedded", "--json", "one.json"], 1);
    folder.write("two.json", &folder.read("one.json").replace("\"embedded\"", "\"again\""));
    let told = folder.run(&["report", "one.json", "two.json", "--out", "both"], 0);
    for name in ["embedded", "again"] {
        let line = told.lines().find(|line| line.starts_with(name)).expect(name);
        let words: Vec<&str> = line.split_whitespace().collect();
        assert_eq!(words[3..], ["5", "1", "1"], "{told}");
    }
    assert!(told.contains("Written to both: index.html, report.md, matrix.md, results.json, summary.md"), "{told}");
    assert_eq!(told.matches("wrong on embedded and again  spec/cases.yaml:5\n").count(), 1, "{told}");
    let matrix = folder.read("both/matrix.md");
    assert!(matrix.contains("| area | embedded | again |") && matrix.contains("## again"), "{matrix}");
    let told = folder.run(&["report", "one.json"], 0);
    assert!(told.contains("wrong on embedded  "), "{told}");
}
