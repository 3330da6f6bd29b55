//! `--shard I/N`: what the shards of a run wrote, merged, is what the run without shards writes, byte for byte.

use rstest::rstest;
use serde_json::Value;
use std::fs;
use std::path::Path;
use std::process::{Command, Output};
use tempfile::TempDir;

/// Cases that pass, that differ, that only some versions have, and rows that share a line.
const CASES: &str = "\
document: paper.txt
title: A paper
cases:
  - {id: right, section: One, claim: it is 2, verdict: confirmed, steps: [{run: len(b'ab'), gives: 2}]}
  - {id: wrong, section: One, claim: it is 3, verdict: confirmed, steps: [{run: len(b'ab'), gives: 3}]}
  - {id: table, section: Two, claim: it is $n, verdict: confirmed, rows: {a: {n: 1}, b: {n: 2}, c: {n: 3}, d: {n: 4}}, steps: [{run: x = 1}, {run: 'x * $n', gives: $n}]}
  - id: hashed
    section: Two
    claim: views of floats have a hash
    verdict: confirmed
    steps: [{run: hash(memoryview(b'12345678').cast('d')), expect: [{python: '<3.12', raises: ValueError}, {python: '>=3.12'}]}]
  - {id: later, section: Two, claim: '4', verdict: confirmed, python: '>=3.15.99', steps: [{run: x = 1}]}
left_out:
  - {section: Four, claim: it is fast, why: no time is observed}
";
const OTHERS: &str = "\
document: another.txt
cases:
  - {id: view, section: One, claim: a view has bytes, verdict: confirmed, steps: [{run: memoryview(b'ab').tobytes(), gives: \"b'ab'\"}]}
  - {id: raised, section: One, claim: it raises, verdict: confirmed, steps: [{run: memoryview(1), raises: ValueError}]}
";
const NO_CASES: &str = "\
document: empty.txt
cases: []
left_out:
  - {section: Four, claim: it is fast, why: no time is observed}
";

struct Folder(TempDir);

impl Folder {
    fn new() -> Folder {
        let folder = TempDir::new().unwrap();
        for (name, text) in [("b.yaml", CASES), ("a.yaml", OTHERS), ("c.yaml", NO_CASES)] {
            fs::write(folder.path().join(name), text).unwrap();
        }
        Folder(folder)
    }

    fn path(&self) -> &Path {
        self.0.path()
    }

    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_viewcheck"));
        command.args(arguments).current_dir(self.path()).output().expect("the program starts")
    }

    /// What a command prints that ends with this code.
    fn told(&self, arguments: &[&str], code: i32) -> String {
        let output = self.run(arguments);
        assert_eq!(output.status.code(), Some(code), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn refused(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(!stderr.contains("panicked"), "{stderr}");
        stderr
    }

    /// Runs a shard of three, whose results become `NAME.json`.
    fn shard(&self, number: u32, name: &str, arguments: &[&str]) -> String {
        let (shard, json) = (format!("{number}/3"), format!("{name}.json"));
        let own = ["check", "--shard", &shard, "--json", &json, "b.yaml", "a.yaml", "c.yaml"];
        let output = self.run(&[&own, arguments].concat());
        assert!(matches!(output.status.code(), Some(0 | 1)), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    fn read(&self, name: &str) -> String {
        fs::read_to_string(self.path().join(name)).expect(name)
    }
}

#[test]
fn shards_merged_are_the_run() {
    let folder = Folder::new();
    let whole = folder.told(&["check", "b.yaml", "a.yaml", "c.yaml", "--report", "whole", "--junit", "whole.xml"], 1);
    for number in 1..=3 {
        let told = folder.shard(number, &format!("s{number}"), &[]);
        let words = format!("only the cases of shard {number} of 3 were run");
        assert!(told.contains(&words), "{told}");
    }
    for order in [["s1.json", "s2.json", "s3.json"], ["s3.json", "s1.json", "s2.json"]] {
        let told = folder.told(&[&["report"], &order[..], &["--out", "merged", "--junit", "merged.xml"]].concat(), 0);
        assert_eq!(told.replace("merged", "whole"), whole);
        assert_eq!(folder.read("merged.xml"), folder.read("whole.xml"));
        for file in fs::read_dir(folder.path().join("whole")).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            assert!(folder.read(&format!("merged/{name}")) == folder.read(&format!("whole/{name}")), "{name}");
        }
        fs::remove_dir_all(folder.path().join("merged")).unwrap();
    }
    // Two of three are no whole run, and say so.
    let told = folder.told(&["report", "s3.json", "s1.json", "--out", "part"], 0);
    assert!(told.contains("only the cases of shards 1 and 3 of 3 were run"), "{told}");
    for file in ["part/report.md", "part/summary.md", "part/index.html"] {
        assert!(folder.read(file).contains("shards 1 and 3 of 3"), "{file}");
    }
    // What was merged may be merged on.
    folder.told(&["report", "part/results.json", "s2.json", "--json", "again.json"], 0);
    assert_eq!(folder.read("again.json"), folder.read("whole/results.json"));
}

#[test]
fn shards_of_several_engines_become_runs_that_stand_side_by_side() {
    let folder = Folder::new();
    let engines = [("reference", "r"), ("embedded", "e")];
    for (engine, name) in engines {
        let whole = format!("{name}.json");
        folder.run(&["check", "--engine", engine, "b.yaml", "a.yaml", "c.yaml", "--json", &whole]);
        (1..=3).for_each(|number| _ = folder.shard(number, &format!("{name}{number}"), &["--engine", engine]));
    }
    folder.told(&["report", "r.json", "e.json", "--json", "whole.json"], 0);
    let shards = ["r2.json", "e1.json", "r1.json", "r3.json", "e3.json", "e2.json"];
    folder.told(&[&["report"], &shards[..], &["--json", "merged.json"]].concat(), 0);
    assert_eq!(folder.read("merged.json"), folder.read("whole.json"));
    let error = folder.refused(&["report", "r1.json", "e1.json", "e2.json", "r3.json"]);
    assert!(error.contains("r1.json, r3.json has only shards 1 and 3 of 3; name the files of all"), "{error}");
}

#[test]
fn other_shards_are_refused() {
    let folder = Folder::new();
    let engine = ["--engine", "reference"];
    (1..=2).for_each(|number| _ = folder.shard(number, &format!("s{number}"), &engine));
    let error = folder.refused(&["report", "s1.json", "s1.json"]);
    assert!(error.contains("s1.json and s1.json are both of shard 1 of 3"), "{error}");
    fs::write(folder.path().join("b.yaml"), CASES.replace("id: right", "id: other")).unwrap();
    folder.shard(1, "edited", &engine);
    // What is another case in one of them.
    fs::write(folder.path().join("b.yaml"), CASES.replace("id: right", "id: x0").replace("id: wrong", "id: right"))
        .unwrap();
    folder.shard(2, "moved", &engine);
    let error = folder.refused(&["report", "s1.json", "moved.json"]);
    assert!(error.contains("are shards of different runs: both have the case `right`"), "{error}");
    fs::write(folder.path().join("b.yaml"), CASES.replace(", d: {n: 4}", "")).unwrap();
    folder.shard(3, "fewer", &engine);
    let error = folder.refused(&["report", "s1.json", "s2.json", "fewer.json"]);
    assert!(error.contains("are shards of different runs: one has 10 cases, the other 9"), "{error}");
    let error = folder.refused(&["report", "--publish", "s1.json"]);
    assert!(error.contains("the results are not published: they have only shard 1 of 3"), "{error}");
}

#[rstest]
#[case::zero("0/4", "the shards of 4 are 1/4 to 4/4")]
#[case::too_large("5/4", "the shards of 4 are 1/4 to 4/4")]
#[case::a_word("x", "as in 2/4")]
#[case::more_than_cases("11/12", "the shard 11/12 has nothing to run: there are only 10 cases")]
fn what_is_no_shard_is_refused(#[case] shard: &str, #[case] words: &str) {
    let folder = Folder::new();
    let error = folder.refused(&["check", "--engine", "reference", "b.yaml", "a.yaml", "--shard", shard]);
    assert!(error.contains(words), "{error}");
}

/// A campaign of two versions of the reference, in a folder of that name, and what it says of itself.
fn campaign(folder: &Folder, name: &str, arguments: &[&str], codes: &[i32]) -> (Value, String) {
    let json = format!("{name}.json");
    let own = ["fuzz", "--engine", "reference@3.12", "--against", "reference@3.8", "--findings", name, "--json", &json];
    let output = folder.run(&[&own, arguments].concat());
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(codes.iter().any(|code| output.status.code() == Some(*code)), "{stderr}");
    let text = fs::read_to_string(folder.path().join(json)).unwrap_or_default();
    (serde_json::from_str(&text).unwrap_or_default(), stderr)
}

#[test]
fn shards_of_a_campaign_run_its_programs() {
    let folder = Folder::new();
    let number = |value: &Value| value.as_u64().expect("a number");
    let (whole, _) = campaign(&folder, "whole", &["--seed", "3", "--programs", "1500"], &[1]);
    let mut sums = [0; 3];
    for shard in 1..=3 {
        let (name, of) = (format!("shard-{shard}"), format!("{shard}/3"));
        let arguments = ["--seed", "3", "--programs", "1500", "--shard", &of, "--jobs", "1"];
        let (part, stderr) = campaign(&folder, &name, &arguments, &[1]);
        assert!(stderr.contains(&format!("seed 3, shard {of}, findings in")), "{stderr}");
        assert_eq!(part["shard"], *of);
        for (sum, key) in sums.iter_mut().zip(["programs", "operations", "wordings"]) {
            *sum += number(&part[key]);
        }
        for finding in part["findings"].as_array().unwrap() {
            let folder = folder.path().join(finding["case"].as_str().unwrap()).parent().unwrap().to_owned();
            let record: Value =
                serde_json::from_str(&fs::read_to_string(folder.join("finding.json")).unwrap()).unwrap();
            assert_eq!(number(&record["index"]) / 256 % 3 + 1, shard, "{record}");
        }
    }
    assert_eq!(sums, ["programs", "operations", "wordings"].map(|key| number(&whole[key])));
    // A campaign goes on with its shard.
    let (part, _) = campaign(&folder, "shard-2", &["--resume", "--programs", "3000"], &[1]);
    assert_eq!((&part["shard"], number(&part["programs"])), (&Value::from("2/3"), 1024));
    let (_, stderr) = campaign(&folder, "shard-2", &["--resume", "--shard", "1/3"], &[2]);
    assert!(stderr.contains("was started with --shard 2/3, not 1/3"), "{stderr}");
    let told = folder.told(&["report", "--campaign", "shard-1", "--campaign", "shard-2", "--out", "page"], 0);
    assert!(told.contains("seed 3, shard 1/3: ") && told.contains("seed 3, shard 2/3: "), "{told}");
    assert!(folder.read("page/index.html").contains("(seed 3, shard 2/3), compared"));
    let (_, stderr) = campaign(&folder, "none", &["--programs", "300", "--shard", "3/4"], &[2]);
    assert!(
        stderr.contains("the shard 3/4 has nothing to run: of 300 programs, each shard takes 256 in turn"),
        "{stderr}"
    );
}
