//! The command line as people and CI systems use it: exit codes, output files, reports that are the same each time.

mod files;
mod tables;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

const CASES: &str = "\
document: paper.txt
title: A paper | with *marks*
cases:
  - id: true-claim
    section: One
    claim: two bytes are two bytes
    verdict: confirmed
    steps:
      - {run: len(b'ab'), gives: 2}
  - id: false-claim
    section: Two | `x`
    claim: memoryview takes a <str>
    verdict: refuted
    instead: it raises a TypeError
    steps:
      - {run: memoryview('a'), raises: TypeError}
      - {run: print(1), prints: 1}
  - id: of-the-future
    section: Three
    claim: there is a Python 4
    verdict: confirmed
    python: '>=3.15.99'
    steps:
      - run: x = 1
left_out:
  - {section: Four, claim: it is fast, why: no time is observed}
";

struct Folder(TempDir);

impl Folder {
    fn new(cases: &str) -> Folder {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("cases.yaml"), cases).unwrap();
        Folder(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
        command.args(arguments).current_dir(self.path()).output().expect("the program starts")
    }

    fn check(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(&[&["check", "--engine", "reference", "cases.yaml"], arguments].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(code), "{stderr}");
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect(name)
    }
}

fn wrong() -> String {
    CASES.replace("gives: 2", "gives: 3")
}

#[test]
fn all_as_expected() {
    let stdout = Folder::new(CASES).check(&[], 0);
    let lines: Vec<Vec<&str>> = stdout.lines().map(|line| line.split_whitespace().collect()).collect();
    for line in [
        "engine passed mismatches skipped",
        "reference reference 3.15.2 2 0 1",
        "document cases confirmed refuted differ not judged",
        "paper.txt 3 1 1 0 1",
    ] {
        assert!(lines.contains(&line.split(' ').collect()), "no {line} in {stdout}");
    }
    assert!(stdout.contains("No engine could run 1 case: of-the-future"), "{stdout}");
    assert!(stdout.ends_with("Everything as expected: 2 of 3 cases on 1 engine.\n"), "{stdout}");
}

#[test]
fn a_mismatch_is_told_with_its_place() {
    let stdout = Folder::new(&wrong()).check(&["--color", "never"], 1);
    let expected = "\
true-claim on reference  cases.yaml:9
  claim     two bytes are two bytes
  differs   value
  step      len(b'ab')
  expected  3
  actual    2
";
    assert!(stdout.contains(expected), "{stdout}");
    assert!(stdout.contains("1 mismatch in 1 of 3 cases on 1 engine."), "{stdout}");
    let next = "Next: viewcheck check cases.yaml --filter true-claim\n";
    assert!(stdout.contains(next) && !stdout.contains('\u{1b}'), "{stdout}");
    assert!(Folder::new(&wrong()).check(&["--color", "always"], 1).contains('\u{1b}'));
}

#[test]
fn the_readme_says_which_versions_are_modelled() {
    let readme = include_str!("../../../../README.md").split_whitespace().collect::<Vec<_>>().join(" ");
    let (all, last) = engine::newest().rsplit_once(", ").map(|(all, last)| (all.to_owned(), last.to_owned())).unwrap();
    assert!(readme.contains(&format!("{all} and {last}")), "{all} and {last}");
}

/// The sample of a check in README has the numbers of the published report.
#[test]
fn the_sample_in_the_readme_is_current() {
    let (readme, report) = (include_str!("../../../../README.md"), include_str!("../../../../reports/conformance.md"));
    let rows: Vec<Vec<&str>> = report.lines().map(|line| line.split('|').map(str::trim).collect()).collect();
    let row = |name: &str| rows.iter().find(|row| row.len() > 5 && row[1].contains(name)).expect(name);
    let sample = readme.split("```text\n").nth(1).and_then(|text| text.split("```").next()).unwrap();
    let lines: Vec<Vec<&str>> = sample.lines().map(|line| line.split_whitespace().collect()).collect();
    let line = |word: &str| lines.iter().find(|words| words.first() == Some(&word)).expect(word);
    let all = row("**all**");
    // Of each engine the report has `6003 of 6003, 296 skipped`.
    for (engine, cell) in [("reference", all[6]), ("embedded", all[7])] {
        let counts: Vec<&str> = cell.split(' ').collect();
        assert_eq!([line(engine)[3], "0", line(engine)[5]], [counts[0], "0", counts[3]], "{engine}");
    }
    let count = |cell: &str| cell.parse::<usize>().unwrap();
    let words = line("all");
    assert_eq!(count(words[4]), count(all[3]) + count(all[4]), "the claims that have a case");
    assert_eq!(words[7], "0", "nothing differs");
    assert!(count(words[6]) <= count(all[4]), "some could not be judged");
    assert_eq!(count(words[5]) + count(words[6]) + count(words[8]), count(words[4]), "{sample}");
    let cases = report.trim_end().rsplit_once("End of report: ").unwrap().1.trim_end_matches('.');
    let last = format!("Everything as expected: {} of {cases} on 2 engines.", line("embedded")[3]);
    assert!(sample.contains(&last), "{last}");
}

#[test]
fn json_to_standard_output_is_nothing_but_json() {
    let stdout = Folder::new(&wrong()).check(&["--json", "-"], 1);
    let report: serde_json::Value = serde_json::from_str(&stdout).expect("JSON");
    assert_eq!(report["schema"], 2);
    assert_eq!(report["complete"], true);
    assert_eq!(report["engines"][0]["version"], "3.15.2");
    let result = &report["cases"][0]["results"]["reference"];
    let expected = serde_json::json!({
        "status": "fail", "kind": "value", "facet": "value", "step": 1, "expected": "3", "actual": "2",
        "reason": "value", "steps": [["2"]],
    });
    assert_eq!(result, &expected);
    let counts = serde_json::json!({
        "pass": 1, "fail": 1, "known": 0, "stale": 0, "open": 0, "skip": 1, "crash": 0, "hang": 0, "error": 0,
    });
    assert_eq!(report["summary"]["reference"], counts);
    assert_eq!(report["cases"][2]["results"]["reference"]["reason"], "the case is for Python >=3.15.99");
    let steps = serde_json::json!([
        { "run": "memoryview('a')", "line": 16, "expect": [{ "raises": "TypeError" }] },
        { "run": "print(1)", "line": 17, "expect": [{ "prints": "1" }] },
    ]);
    assert_eq!(report["cases"][1]["steps"], steps);
}

#[test]
fn the_same_input_gives_the_same_bytes() {
    let (one, two) = (Folder::new(&wrong()), Folder::new(&wrong()));
    for folder in [&one, &two] {
        folder.check(&["--json", "out.json", "--junit", "out.xml", "--report", "reports/deep"], 1);
    }
    for name in ["out.json", "out.xml", "reports/deep/report.md", "reports/deep/results.json"] {
        assert_eq!(one.read(name), two.read(name), "{name}");
        assert!(!one.read(name).contains(one.path().to_str().unwrap()), "{name} has a path of the machine");
    }
}

#[test]
fn the_report_for_people_is_whole_and_escaped() {
    let folder = Folder::new(CASES);
    folder.check(&["--report", "."], 0);
    let report = folder.read("report.md");
    for part in [
        "| paper.txt | 4 | 2 | 1 | 1 | 2 of 2, 1 skipped |",
        r"A paper \| with \*marks\*",
        r"| Two \| \`x\` | memoryview takes a \<str> | `false-claim` | refuted | pass |",
        "Instead: it raises a TypeError",
        "memoryview('a')\n# TypeError: memoryview: a bytes-like object is required, not 'str'\nprint(1)\n# 1\n```",
        "| Four | it is fast | no time is observed |",
        "skip: the case is for Python >=3.15.99",
    ] {
        assert!(report.contains(part), "no {part:?} in:\n{report}");
    }
    assert!(report.ends_with("End of report: 3 cases.\n"), "{report}");
}

#[test]
fn a_filter_keeps_what_it_names() {
    let folder = Folder::new(&wrong());
    assert!(folder.check(&["--filter", "false"], 0).contains("1 case on 1 engine"));
    assert!(folder.check(&["--filter", "paper"], 1).contains("in 1 of 3 cases"));
}

#[cfg(unix)]
#[test]
fn a_device_is_written_to_and_not_replaced() {
    Folder::new(CASES).check(&["--json", "/dev/null"], 0);
    assert!(!fs::metadata("/dev/null").unwrap().is_file());
}

#[test]
fn a_schema_is_printed() {
    let output = Folder::new(CASES).run(&["schema"]);
    let schema: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert_eq!(schema["title"], "Cases");
    let output = Folder::new(CASES).run(&["schema", "--results"]);
    assert!(output.stdout.starts_with(b"{\n  \"$schema\""), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
#[cfg_attr(not(feature = "embedded"), ignore = "needs the embedded engine")]
fn the_engines_are_listed() {
    let output = Folder::new(CASES).run(&["engines"]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert!(stdout.contains("reference\n  implementation  reference\n"), "{stdout}");
    assert!(stdout.contains("embedded\n  implementation  cpython\n"), "{stdout}");
    assert!(stdout.contains("  sees            everything except: leak, memory allocated\n"), "{stdout}");
    assert!(stdout.contains("  sees            everything\n"), "{stdout}");
}

#[test]
#[cfg_attr(not(feature = "embedded"), ignore = "needs the embedded engine")]
fn the_engines_are_listed_for_machines() {
    let output = Folder::new(CASES).run(&["engines", "--json"]);
    let list: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    let [reference, embedded] = [&list["engines"][0], &list["engines"][1]];
    assert_eq!((&reference["name"], &reference["implementation"]), (&"reference".into(), &"reference".into()));
    assert_eq!(reference["version"], embedded["version"]);
    let has =
        |engine: &serde_json::Value, key: &str, word: &str| engine[key].as_array().unwrap().contains(&word.into());
    assert!(has(reference, "capabilities", "array") && has(embedded, "capabilities", "collector"), "{list}");
    assert!(!has(reference, "sees", "leak") && has(embedded, "sees", "leak"), "{list}");
    assert!(!has(embedded, "sees", "missing step"), "what every engine sees says nothing");
}

/// That the reference has no trouble says nothing of the engine that is tested.
#[test]
fn an_engine_on_which_nothing_ran_is_not_as_expected() {
    let older = "cases:\n  - {id: a, section: s, claim: c, verdict: confirmed, python: '<3.9', steps: [{run: '1'}]}\n";
    let folder = Folder::new(older);
    let output = folder.run(&["check", "cases.yaml", "--engine", "reference@3.8", "--engine", engine::tested()]);
    let stdout = String::from_utf8_lossy(&output.stdout);
    assert_eq!(output.status.code(), Some(2), "{stdout}");
    assert!(stdout.contains("Nothing was checked on `"), "{stdout}");
}

/// A device that takes nothing, as a full disk does.
#[cfg(target_os = "linux")]
#[test]
fn the_summary_is_printed_even_if_the_results_can_not_be_written() {
    let output = Folder::new(CASES).run(&["check", "--engine", "reference", "cases.yaml", "--json", "/dev/full"]);
    let (stdout, stderr) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stdout.ends_with("Everything as expected: 2 of 3 cases on 1 engine.\n"), "{stdout}");
    assert!(stderr.contains("can't write /dev/full"), "{stderr}");
}
