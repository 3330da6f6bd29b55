//! The files that are written: where, when, and compared with which.

use super::*;

#[test]
fn a_baseline_tells_what_changed() {
    let folder = Folder::new(&wrong());
    folder.check(&["--json", "before.json"], 1);
    fs::write(folder.path().join("cases.yaml"), CASES.replace("of-the-future", "of-the-far-future")).unwrap();
    let stdout = folder.check(&["--baseline", "before.json", "--json", "now.json"], 0);
    assert!(stdout.contains("Since the baseline: 0 broken, 1 fixed, 1 new case, 1 removed case\n"), "{stdout}");
    assert!(stdout.contains("  fixed: true-claim on reference (the case was edited)\n"), "{stdout}");
    fs::write(folder.path().join("cases.yaml"), wrong()).unwrap();
    let stdout = folder.check(&["--baseline", "now.json"], 1);
    assert!(
        stdout.contains("  broken: true-claim on reference (the case was edited)  cases.yaml:9  expected 3, got 2\n"),
        "{stdout}"
    );
    assert!(!stdout.contains("actual"), "what failed before is not listed: {stdout}");
}

/// With a baseline, only what is worse than before makes a check fail.
#[test]
fn with_a_baseline_only_regressions_fail() {
    let folder = Folder::new(&wrong());
    folder.check(&["--json", "before.json"], 1);
    let stdout = folder.check(&["--baseline", "before.json"], 0);
    assert!(stdout.contains("Since the baseline: 0 broken, 0 fixed\n1 result fails as before.\n"), "{stdout}");
    // A new case that fails, and one that could not be run before and fails.
    let new = wrong()
        .replace("id: of-the-future", "id: new")
        .replace("    python: '>=3.15.99'\n", "")
        .replace("x = 1", "len(5)");
    fs::write(folder.path().join("cases.yaml"), new).unwrap();
    let stdout = folder.check(&["--baseline", "before.json"], 0);
    assert!(stdout.contains("  new case: new fails on reference\n"), "{stdout}");
    let ran = wrong().replace("    python: '>=3.15.99'\n", "").replace("x = 1", "len(5)");
    fs::write(folder.path().join("cases.yaml"), ran).unwrap();
    let stdout = folder.check(&["--baseline", "before.json"], 0);
    assert!(stdout.contains("  new failure: of-the-future on reference"), "{stdout}");
    // The whole of a file has no case less; a part of it says nothing of the others.
    let stdout = folder.check(&["--baseline", "before.json", "--filter", "false"], 0);
    assert!(!stdout.contains("removed"), "{stdout}");
    // Nothing else can be compared.
    let output = folder.run(&["check", "cases.yaml", "--engine", "reference@3.9", "--baseline", "before.json"]);
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert_eq!(output.status.code(), Some(2), "{stderr}");
    assert!(stderr.contains("the former results are of `reference`, and these are of `reference@3.9`"), "{stderr}");
}

#[test]
fn a_folder_of_reports_has_a_summary_and_a_badge() {
    let folder = Folder::new(&wrong());
    folder.check(&["--json", "before.json", "--report", "out", "--sarif", "out.sarif"], 1);
    let summary = folder.read("out/summary.md");
    assert!(
        summary.contains("**1 mismatch in 1 of 3 cases on 1 engine.**") && summary.contains("# expected: 3\n"),
        "{summary}"
    );
    let badge: serde_json::Value = serde_json::from_str(&folder.read("out/badge.json")).unwrap();
    assert_eq!((&badge["schemaVersion"], &badge["message"]), (&1.into(), &"1 of 2".into()));
    assert!(folder.read("out/badge.svg").contains("aria-label=\"memoryview: 1 of 2\""));
    let sarif: serde_json::Value = serde_json::from_str(&folder.read("out.sarif")).unwrap();
    assert_eq!(sarif["runs"][0]["results"][0]["locations"][0]["physicalLocation"]["region"]["startLine"], 9);
    fs::write(folder.path().join("cases.yaml"), CASES).unwrap();
    folder.check(&["--baseline", "before.json", "--report", "out"], 0);
    let summary = folder.read("out/summary.md");
    assert!(
        summary.contains("No regression since the baseline: 0 broken, 1 fixed, in 3 cases on 1 engine."),
        "{summary}"
    );
    assert!(summary.contains("<summary>1 fixed</summary>"), "{summary}");
}

#[test]
fn nothing_is_written_into_reports_when_something_is_wrong() {
    let folder = Folder::new("cases: [x]");
    folder.check(&["--report", "out"], 2);
    assert_eq!(fs::read_dir(folder.path().join("out")).unwrap().count(), 0);
}

/// The user's run leaves what is published alone; git ignores what it writes.
#[test]
#[cfg_attr(not(feature = "embedded"), ignore = "needs the embedded engine")]
fn a_check_writes_beside_what_is_published() {
    let folder = Folder::new("");
    let published = "# what everybody sees\n";
    for name in ["spec", "reports"] {
        fs::create_dir(folder.path().join(name)).unwrap();
    }
    fs::write(folder.path().join("spec/cases.yaml"), CASES).unwrap();
    fs::write(folder.path().join("reports/conformance.md"), published).unwrap();
    for arguments in [&["check"][..], &[]] {
        let output = folder.run(arguments);
        let stdout = String::from_utf8(output.stdout).unwrap();
        assert_eq!(output.status.code(), Some(0), "{stdout}");
        let written = "Written to reports/local: index.html, report.md, results.json, summary.md, badge.svg, badge.json\n\
                       Open reports/local/index.html in a browser.\n";
        assert!(stdout.ends_with(written), "{stdout}");
        assert!(folder.read("reports/local/report.md").contains("End of report"));
        assert_eq!(folder.read("reports/conformance.md"), published);
        assert_eq!(fs::read_dir(folder.path().join("reports")).unwrap().count(), 2);
        fs::remove_dir_all(folder.path().join("reports/local")).unwrap();
    }
    assert!(include_str!("../../../../.gitignore").contains("/reports/local\n"));
}

/// Outside this project's checkout nothing is written that was not asked for, even if everything is checked.
#[test]
#[cfg_attr(not(feature = "embedded"), ignore = "needs the embedded engine")]
fn a_folder_named_reports_is_left_alone_elsewhere() {
    let folder = Folder::new(CASES);
    fs::create_dir(folder.path().join("reports")).unwrap();
    assert_eq!(folder.run(&["check"]).status.code(), Some(0));
    assert_eq!(fs::read_dir(folder.path().join("reports")).unwrap().count(), 0);
}

#[test]
fn a_check_of_some_cases_writes_no_report() {
    let folder = Folder::new(CASES);
    fs::create_dir(folder.path().join("reports")).unwrap();
    folder.check(&[], 0);
    assert!(!folder.path().join("reports/local").exists());
}

#[test]
fn results_may_lie_in_the_folder_of_the_reports() {
    let folder = Folder::new(CASES);
    folder.check(&["--report", "new/one", "--json", "new/one/x.json", "--junit", "new/x.xml"], 0);
    for name in ["new/one/results.json", "new/one/x.json", "new/x.xml"] {
        assert!(!folder.read(name).is_empty(), "{name}");
    }
}

#[test]
fn no_file_is_written_twice() {
    for arguments in [
        ["--report", ".", "--json", "./results.json"],
        ["--junit", "x", "--json", "./x"],
        ["--json", "x", "--write-known", "./x"],
        ["--json", "-", "--junit", "-"],
        ["--sarif", "x", "--junit", "./x"],
        ["--json", "-", "--write-known", "-"],
    ] {
        let folder = Folder::new(CASES);
        let output = folder.run(&[&["check", "cases.yaml"][..], &arguments].concat());
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(2), "{stderr}");
        assert!(stderr.contains("two outputs would be written to"), "{stderr}");
    }
}

#[cfg(unix)]
#[test]
fn a_link_is_the_file_that_it_leads_to() {
    let folder = Folder::new(CASES);
    std::fs::write(folder.path().join("a"), "").unwrap();
    std::os::unix::fs::symlink("a", folder.path().join("link")).unwrap();
    for arguments in [["--json", "a", "--junit", "link"], ["--json", "link", "--junit", "a"]] {
        let output = folder.run(&[&["check", "cases.yaml"][..], &arguments].concat());
        assert_eq!(output.status.code(), Some(2));
        assert!(String::from_utf8_lossy(&output.stderr).contains("two outputs would be written to"));
    }
    let output = folder.run(&["check", "cases.yaml", "--json", "/dev/stdout"]);
    assert!(output.stdout.starts_with(b"{\n\"schema\": 2"));
}
