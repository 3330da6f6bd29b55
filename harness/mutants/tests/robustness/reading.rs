//! What is read: files that are no files, files of any size, and texts in which something is wrong, on purpose or not.

use super::running::{Folder, pipe, refused, stderr, stdout};
use rstest::rstest;
use std::fs;
use std::os::unix::net::UnixListener;
use std::process::Output;

/// A file of one case with one step, whose keys are given.
fn step(keys: &str) -> String {
    format!("cases:\n  - id: a\n    section: s\n    claim: c\n    verdict: confirmed\n    steps:\n      - {keys}\n")
}

fn check(content: impl AsRef<[u8]>) -> Output {
    let folder = Folder::new();
    folder.write("bad.yaml", content);
    folder.run(&["check", "--engine", "reference", "--color", "never", "bad.yaml"])
}

/// The words of a text, without the line breaks that a narrow column brings.
fn flat(text: &str) -> String {
    text.split_whitespace().filter(|word| *word != "|").collect::<Vec<_>>().join(" ")
}

const SIDE: &str = r#"{"name": "embedded", "implementation": "cpython", "python": "3.12.1"}"#;

/// The record of a finding, in which some text is replaced.
fn record(from: &str, to: &str) -> String {
    let good = format!(
        r#"{{"signature": "a", "kind": "error", "engine": {SIDE}, "against": {SIDE}, "seed": 1, "index": 2, "stable": true,
        "count": 1, "step": 1, "expected": "1", "actual": "2", "program": ["x = 1"], "original": ["x = 1"]}}"#
    );
    assert!(good.contains(from), "{from}");
    good.replacen(from, to, 1)
}

/// The state of a campaign, in which some text is replaced.
fn state(from: &str, to: &str) -> String {
    let good = include_str!("../../../../fuzz/seeds/state/campaign").to_owned();
    assert!(good.contains(from), "{from}");
    good.replacen(from, to, 1)
}

/// Serde takes a list of its members for a struct; the formats do not.
#[rstest]
#[case::file("[t, d, [], []]", "bad.yaml:1:1", "expected a map with keys, found a list")]
#[case::case("cases: [[a, s, c, confirmed]]", "bad.yaml:1:9", "expected a map with keys, found a list")]
#[case::step(&step("[x = 1, 1, 2, 3, 4, 5, 6, 7, 8]"), "bad.yaml:7:9", "expected a map with keys, found a list")]
#[case::entry(&step("{run: x, expect: [['>=3.0', 1]]}"), "bad.yaml:7:27", "expected a map with keys, found a list")]
#[case::left_out("left_out: [[a, b, c]]", "bad.yaml:1:12", "expected a map with keys, found a list")]
#[case::left_out_text("left_out: [a]", "bad.yaml:1:12", "expected a map with keys, found a string")]
#[case::rows(&step("run: x = $v").replace("    steps", "    rows: {b: [1]}\n    steps"), "bad.yaml:6:15", "expected a map, found a list")]
fn a_list_is_no_map(#[case] content: &str, #[case] place: &str, #[case] words: &str) {
    let said = refused(&check(content));
    assert!(said.contains(place) && flat(&said).contains(words), "{said}");
}

#[rstest]
#[case::record("finding.json", "replay", "[1, 2]", "expected an object, found a list")]
#[case::side("finding.json", "replay", &record(SIDE, r#"["embedded", "cpython", "3.12.1"]"#), "expected an object, found a list")]
#[case::promoted("finding.json", "promote", &record(SIDE, "[]"), "expected an object, found a list")]
#[case::number("finding.json", "replay", &record("\"count\": 1", "\"count\": \"1\""), "expected a whole number from 0 on, found the string \"1\"")]
#[case::twice("finding.json", "replay", &record("\"count\": 1", "\"count\": 1, \"count\": 2"), "the key `count` is there twice")]
#[case::too_many("finding.json", "replay", &record("\"count\": 1", "\"count\": 18446744073709551615"), "its `count` is larger than")]
#[case::no_step("finding.json", "replay", &record("\"step\": 1", "\"step\": 99"), "it names a step that its program, of 1 step, does not have")]
#[case::program("finding.json", "shrink", &record("\"x = 1\"", "\"lambda: 0\""), "its program can't be read")]
#[case::results(
    "results.json",
    "report",
    "[2, [], []]",
    "results.json:1:1: can't read these results: expected an object, found a list"
)]
#[case::engines(
    "results.json",
    "report",
    r#"{"schema": 2, "engines": [["e", "x"]], "documents": [], "cases": [], "summary": {}, "complete": true}"#,
    "expected an object, found a list"
)]
#[case::no_json(
    "results.json",
    "report",
    "results",
    "results.json:1:1: can't read these results: this is not JSON: expected value"
)]
#[case::nan("results.json", "report", r#"{"schema": NaN}"#, "this is not JSON")]
#[case::deep("results.json", "report", &"[".repeat(100_000), "results.json:1:")]
fn json_is_refused_in_plain_words(
    #[case] file: &str,
    #[case] command: &str,
    #[case] content: &str,
    #[case] words: &str,
) {
    let folder = Folder::new();
    folder.write(file, content);
    let said = refused(&folder.run(&[command, file]));
    assert!(said.contains(file) && said.contains(words), "{said}");
    for internal in ["struct", "enum", "tuple", "sequence", "u64", "usize", "newtype"] {
        assert!(!said.contains(internal), "`{internal}` in {said}");
    }
}

/// No campaign goes on from a state that it can't have written.
#[rstest]
#[case::list("{", "[{", "expected an object, found a list")]
#[case::settings(r#""settings": {"#, r#""settings": [], "x": {"#, "expected an object, found a list")]
#[case::found(r#""met": {"#, r#""met": [], "x": {"#, "expected an object, found a list")]
#[case::schema(r#""schema": 1"#, r#""schema": 9"#, "its schema is 9, not 1")]
#[case::length(
    r#""length": 14"#,
    r#""length": 1000000000000"#,
    "programs have 2 to 1000 operations, not 1000000000000"
)]
#[case::no_length(r#""length": 14"#, r#""length": 0"#, "programs have 2 to 1000 operations, not 0")]
#[case::depth(
    r#""length": 14"#,
    r#""extent": {"depth": 99, "all": false}, "length": 14"#,
    "no enumeration of that depth"
)]
#[case::ranges("[0, 50]", "[50, 0]", "the ranges of `finished` overlap, are empty or are out of order")]
#[case::overlap("[0, 50]", "[0, 61]", "the ranges of `finished` overlap, are empty or are out of order")]
#[case::more("[0, 50]", "[0, 51]", "`finished` has 61 programs, but 60 were counted")]
#[case::huge("[60, 70]", "[60, 18446744073709551615]", "`finished` has programs with numbers above 9007199254740992")]
#[case::far("[60, 70]", "[18446744073709551605, 18446744073709551615]", "`finished` has programs with numbers above")]
#[case::programs(r#""programs": 60"#, r#""programs": 61"#, "`finished` has 60 programs, but 61 were counted")]
#[case::hits(r#"{float}": 3"#, r#"{float}": 18446744073709551615"#, "it has a number above 9007199254740992")]
#[case::raised(r#""ValueError": 1"#, r#""ValueError": 18446744073709551615"#, "it has a number above")]
#[case::met(
    r#""met": {"embedded|reference error/not-raised index {float}": {"index": 2"#,
    r#""met": {"embedded|reference error/not-raised index {float}": {"index": 18446744073709551615"#,
    "it has a number above"
)]
#[case::seconds(r#""seconds": 1.5"#, r#""seconds": -1e300"#, "its times are impossible")]
#[case::infinite(r#""seconds": 1.5"#, r#""seconds": 1e999"#, "number out of range")]
#[case::limit(r#""limit": null"#, r#""limit": 1e200"#, "its times are impossible")]
fn a_state_that_can_not_be_is_refused(#[case] from: &str, #[case] to: &str, #[case] words: &str) {
    let folder = Folder::new();
    folder.write("campaign.json", state(from, to));
    for arguments in [&["fuzz", "--resume", "--findings", "."][..], &["report", "--campaign", "."]] {
        let said = refused(&folder.run(arguments));
        assert!(said.contains("campaign.json") && said.contains(words), "{said}");
    }
}

/// What YAML can say beside maps, lists and texts, and how files may be written. `None` is accepted.
#[rstest]
#[case::anchors("a: &a [x]\nb: *a\n", Some("anchors and aliases are not allowed"))]
#[case::laughs(&laughs(), Some("anchors and aliases are not allowed"))]
#[case::merge("cases:\n  - <<: {id: a}\n    section: s\n", Some("unknown key `<<`"))]
#[case::tag(&step("run: !!str x = 1"), Some("is a YAML tag"))]
#[case::binary(&step("run: !!binary eA=="), Some("is a YAML tag"))]
#[case::two_documents(&format!("{0}---\n{0}", step("run: x = 1")), Some("a second YAML document"))]
#[case::directive(&format!("%YAML 1.2\n---\n{}", step("run: x = 1")), None)]
#[case::end(&format!("{}...\n", step("run: x = 1")), None)]
#[case::key_twice("title: a\ntitle: b\n", Some("the key `title` is given twice"))]
#[case::key_of_a_list("[a]: b\n", Some("a key must be a string"))]
#[case::tab(&step("run: x = 1").replace("    claim", "\tclaim"), Some("this is not YAML"))]
#[case::tab_in_python(&step("run: \"if 1:\\tpass\""), None)]
#[case::bom(&format!("\u{feff}{}", step("run: x = 1")), None)]
#[case::bom_inside(&step("run: \u{feff}x = 1"), Some("a byte order mark must not appear inside a document"))]
#[case::crlf(&step("run: |\n          x = 1\n          x").replace('\n', "\r\n"), None)]
#[case::cr(&step("run: x = 1").replace('\n', "\r"), None)]
#[case::nul(&step("run: x = '\0'"), Some("the control character U+0000"))]
#[case::nul_escaped(&step(r#"run: "x = '\0'""#), Some("can't hold a NUL character"))]
#[case::escape(&step("run: x = '\u{1b}'"), Some("the control character U+001B"))]
#[case::octal(&step("{run: '0o17', gives: 0o17}"), None)]
#[case::yaml_octal(&step("{run: x = 1, type: int, gives: 017}"), Some("this is not a Python expression"))]
#[case::infinite(&step("{run: float('inf'), gives: .inf}"), Some("this is not a Python expression"))]
#[case::not_a_number(&step("{run: float('nan'), gives: .nan}"), Some("this is not a Python expression"))]
#[case::yes(&step("{run: memoryview(b'').readonly, gives: yes}"), Some("yes"))]
#[case::null(&step("{run: 'print()', gives: null}"), Some("null"))]
#[case::verdict(&step("run: x = 1").replace("confirmed", "yes"), Some("unknown value `yes`; expected one of `confirmed`, `refuted`"))]
#[case::deep(&"[".repeat(10_000), Some("recursion limit exceeded"))]
#[case::deep_map(&"a: {".repeat(10_000), Some("nested more than 16 deep"))]
#[case::deep_block(&(0..200).map(|depth| format!("{}a:\n", " ".repeat(depth))).collect::<String>(), Some("nested more than 16 deep"))]
#[case::long_line(&step(&format!("run: x = '{}'", "a".repeat((1 << 20) - 10))), None)]
#[case::longer_line(&step(&format!("run: x = '{}'", "a".repeat(1 << 20))), Some("a step can have at most 1048576 bytes"))]
#[case::long_line_wrong(&step(&format!("run: x = '{}", "a".repeat(1 << 20))), Some("bad.yaml:7:"))]
#[case::many_keys(&(0..100_000).map(|key| format!("k{key}: 1\n")).collect::<String>(), Some("unknown key `k0`"))]
fn what_yaml_may_say(#[case] content: &str, #[case] words: Option<&str>) {
    let output = check(content);
    let Some(words) = words else {
        assert_eq!(output.status.code(), Some(0), "{}{}", stdout(&output), stderr(&output));
        return;
    };
    let said = refused(&output);
    assert!(flat(&said).contains(words), "no {words:?} in {}", &said[..said.len().min(2000)]);
    assert!(said.len() < 20_000, "too much is shown");
}

/// Ten lists of ten, each of the one before it.
fn laughs() -> String {
    let list = |level: usize| format!("l{level}: &l{level} [{}]\n", vec![format!("*l{}", level - 1); 10].join(", "));
    format!("l0: &l0 x\n{}", (1..10).map(list).collect::<String>())
}

/// Versions that there can't be, and keys that say nothing.
#[rstest]
#[case::never("python: '>=3.12, <3.10'", "no version satisfies `>=3.12, <3.10`")]
#[case::old("python: '<3.0'", "no version satisfies `<3.0`")]
#[case::future("python: '>=3.99'", "there is no Python 3.99")]
#[case::typing_error("python: '>=3.8, <3.120'", "there is no Python 3.120")]
#[case::patch("python: '==3.12.200'", "there is no Python 3.12.200")]
#[case::after_all("python: '>3.15'", "no version satisfies `>3.15`")]
#[case::two("python: '==2.7'", "no version satisfies `==2.7`")]
#[case::none("python: ''", "`` is not a version requirement")]
#[case::claim("claim: ' '", "`claim` is empty")]
#[case::section("section: ''", "`section` is empty")]
#[case::id("id: ''", "`` is not a valid id")]
#[case::instead("instead: ' '", "a refuted claim needs `instead`")]
fn what_says_nothing_is_refused(#[case] key: &str, #[case] words: &str) {
    let name = key.split(':').next().unwrap();
    let mut lines: Vec<String> = step("run: x = 1").lines().map(str::to_owned).collect();
    match lines.iter_mut().find(|line| line.trim_start_matches(['-', ' ']).starts_with(&format!("{name}:"))) {
        Some(line) => *line = format!("{}{key}", &line[..4]),
        None => lines.insert(5, format!("    {key}")),
    }
    let content = lines
        .join("\n")
        .replace("verdict: confirmed", if name == "instead" { "verdict: refuted" } else { "verdict: confirmed" });
    let said = refused(&check(&content));
    assert!(flat(&said).contains(words), "{said}");
}

#[rstest]
#[case::title("title: ''\nleft_out: []", "`title` is empty")]
#[case::document("document: ' '\nleft_out: []", "`document` is empty")]
#[case::why("left_out: [{section: s, claim: c, why: ''}]", "`why` is empty")]
#[case::raises(&step("{run: x, raises: ''}"), "`raises` is empty")]
fn a_blank_key_is_refused(#[case] content: &str, #[case] words: &str) {
    let said = refused(&check(content));
    assert!(flat(&said).contains(words), "{said}");
}

/// A case that no engine could run is told, and nothing is as expected if there is no other.
#[test]
fn a_case_that_no_engine_ran_is_told() {
    let only = step("run: x = 1").replace("    steps", "    python: '<3.9'\n    steps");
    let output = check(&only);
    assert_eq!(output.status.code(), Some(2), "{}", stdout(&output));
    assert!(stdout(&output).contains("No engine could run 1 case: a"), "{}", stdout(&output));
    assert!(!stdout(&output).contains("as expected"), "{}", stdout(&output));
    let other = step("run: x = 1").replace("id: a", "id: b");
    let output = check(only + &other["cases:\n".len()..]);
    assert_eq!(output.status.code(), Some(0), "{}", stdout(&output));
    assert!(stdout(&output).contains("No engine could run 1 case: a"), "{}", stdout(&output));
    assert!(stdout(&output).contains("1 of 2 cases"), "{}", stdout(&output));
}

/// Whatever reads a file reads no more than it should, and waits for nobody.
#[rstest]
fn what_is_no_file_is_refused(
    #[values(
        &["check", "FILE"], &["check", "good.yaml", "--baseline", "FILE"], &["replay", "FILE"], &["shrink", "FILE"],
        &["promote", "FILE"], &["report", "FILE"], &["report", "--compare", "FILE", "FILE"]
    )]
    arguments: &[&str],
    #[values("zero", "pipe", "socket", "sparse", "folder", "missing")] kind: &str,
    #[values("yaml", "json", "bin")] extension: &str,
) {
    let folder = Folder::new();
    let name = format!("{kind}.{extension}");
    let path = folder.path().join(&name);
    let _socket = match kind {
        "zero" => std::os::unix::fs::symlink("/dev/zero", &path).map(|()| None).unwrap(),
        "pipe" => {
            pipe(&path);
            None
        }
        "socket" => Some(UnixListener::bind(&path).unwrap()),
        "sparse" => fs::File::create(&path).unwrap().set_len(10 << 30).map(|()| None).unwrap(),
        "folder" => fs::create_dir(&path).map(|()| None).unwrap(),
        _ => None,
    };
    let arguments: Vec<&str> = arguments.iter().map(|word| if *word == "FILE" { &name } else { *word }).collect();
    let mut command = folder.command(&arguments);
    command.args(["--color", "never"]);
    let said = refused(&super::running::finished(command.spawn().unwrap()));
    assert!(said.contains(&name), "{said}");
}

/// Many files are as bad as a large one.
#[test]
fn all_files_together_are_bounded() {
    let folder = Folder::new();
    fs::create_dir(folder.path().join("many")).unwrap();
    let blank = folder.path().join("many/0.yaml");
    fs::write(&blank, vec![b'\n'; 16 << 20]).unwrap();
    for number in 1..20 {
        // Another file, which needs no room of its own on the disk.
        fs::File::create(folder.path().join(format!("many/{number}.yaml"))).unwrap().set_len(16 << 20).unwrap();
    }
    let said = refused(&folder.run(&["check", "many", "--engine", "reference", "--color", "never"]));
    assert_eq!(said.matches("all files together are larger than 256 MiB").count(), 1, "{said}");
    assert!(said.matches("error: ").count() <= 17, "{said}");
}

/// However long a text is, an error about it is no longer than a screen.
#[rstest]
#[case::string("finding.json", "replay", record("\"count\": 1", "\"count\": \"LONG\""))]
#[case::value("finding.json", "replay", record("\"count\": 1", "\"count\": 1, \"level\": \"LONG\""))]
#[case::key("finding.json", "shrink", record("\"count\": 1", "\"LONG\": 1, \"LONG\": 1"))]
#[case::engine("finding.json", "replay", record("embedded", "LONG"))]
#[case::command("finding.json", "replay", record("embedded", "LONG=LONG"))]
#[case::signature("finding.json", "shrink", record("\"a\"", "\"LONG\"").replacen("embedded", "nothing", 1))]
#[case::results("results.json", "report", r#"{"schema": "LONG"}"#.to_owned())]
#[case::yaml_value("bad.yaml", "check", step("run: x = 1").replace("confirmed", "LONG"))]
fn what_an_error_quotes_is_short(#[case] file: &str, #[case] command: &str, #[case] content: String) {
    let folder = Folder::new();
    folder.write(file, content.replace("LONG", &"k".repeat(200_000)));
    let said = refused(&folder.run(&[command, file]));
    assert!(said.contains('k') && said.len() < 4000, "{} bytes: {}", said.len(), &said[..said.len().min(2000)]);
}

/// What can't be promoted is named, with what to do with it.
#[rstest]
#[case::cases(
    "good.yaml",
    "good.yaml is a file of cases already, and not a finding",
    "`viewcheck check FILE` runs cases"
)]
#[case::text(
    "notes",
    "notes is a text, and not a finding",
    "name the folder of a finding, which contains finding.json"
)]
#[case::raw(
    "crash-1",
    "crash-1 is an encoded program or raw bytes, and not a finding",
    "`viewcheck shrink FILE` makes a case"
)]
fn what_is_no_finding_is_not_promoted(#[case] name: &str, #[case] what: &str, #[case] help: &str) {
    let folder = Folder::new();
    folder.write("notes", "remember the milk\n");
    folder.write("crash-1", b"\x00\xff\x12\x91abc");
    let said = refused(&folder.run(&["promote", name]));
    assert!(said.contains(what) && said.contains(help), "{said}");
}

/// What a file was taken for is said, and text is not taken for noise.
#[rstest]
#[case::text("notes", "remember the milk\n".as_bytes(), 2, "notes is text, but the end of its name says neither that it is a file of cases (.yaml) nor a finding (.json)")]
#[case::other_text("notes.txt", "ünï".as_bytes(), 2, "notes.txt is text")]
#[case::script("program.py", b"x = 1\n", 2, "program.py is a Python script")]
#[case::empty("crash-0", b"", 2, "crash-0 is empty")]
#[case::raw("crash-1", b"\x00\xff\x12\x91abc", 0, "crash-1 (taken for a raw libFuzzer input)")]
#[case::encoded("program", include_bytes!("../../../../fuzz/seeds/encoded/tolist"), 0, "program (an encoded program)")]
#[case::unknown("program", include_bytes!("../../../../fuzz/seeds/encoded/refused"), 2, "there is no operation `nothing`")]
fn what_a_file_is_taken_for_is_said(
    #[case] name: &str,
    #[case] content: &[u8],
    #[case] code: i32,
    #[case] words: &str,
) {
    let folder = Folder::new();
    folder.write(name, content);
    let output = folder.run(&["replay", name, "--engine", "reference"]);
    let said = stdout(&output) + &stderr(&output);
    assert_eq!(output.status.code(), Some(code), "{said}");
    assert!(said.contains(words), "{said}");
}

#[test]
fn a_text_is_a_raw_input_where_somebody_says_so() {
    let folder = Folder::new();
    folder.write("notes", "remember the milk\n");
    let output = folder.run(&["replay", "notes", "good.yaml", "--raw", "--engine", "reference"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(stdout(&output).matches("(taken for a raw libFuzzer input)").count(), 2, "{}", stdout(&output));
    refused(&folder.run(&["replay", "notes", "--raw", "--length", "18446744073709551615"]));
}
