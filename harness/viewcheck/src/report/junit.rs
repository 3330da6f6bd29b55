//! JUnit XML, for CI systems: a suite for each document and engine, a test for each case. It has no times.

use super::Format;
use super::escape::visible;
use super::model::{Case, EngineResult, Results, Status};
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};
use std::io::{self, Write};

/// JUnit XML.
pub struct Junit;

impl Format for Junit {
    fn name(&self) -> &'static str {
        "junit"
    }

    /// None: it is written only where `--junit` says.
    fn file(&self) -> Option<&'static str> {
        None
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        let mut report = Report::new("viewcheck");
        let documents = results.by_document();
        for engine in &results.engines {
            for (document, claims) in &documents {
                let mut tests = TestSuite::new(visible(&format!("{} {}", engine.name, document.label())));
                for case in claims.iter().flat_map(|claim| claim.cases) {
                    let Some(result) = case.result(engine) else { continue };
                    let mut test = TestCase::new(visible(&case.id), status(case, result));
                    test.set_classname(visible(&format!("{}.{}", engine.name, document.label())));
                    test.extra.insert("file".into(), visible(&document.file).into());
                    test.extra.insert("line".into(), case.line.to_string().into());
                    tests.add_test_case(test);
                }
                report.add_test_suite(tests);
            }
        }
        out.write_all(report.to_string().map_err(io::Error::other)?.as_bytes())
    }
}

fn status(case: &Case, result: &EngineResult) -> TestCaseStatus {
    let mut status = match result.status {
        Status::Pass => return TestCaseStatus::success(),
        // JUnit has no word for what can't be judged or is expected to fail.
        Status::Skip | Status::Open | Status::Known => TestCaseStatus::skipped(),
        Status::Fail | Status::Stale => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Crash | Status::Hang | Status::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    if result.status != Status::Skip {
        status.set_type(match result.kind {
            Some(kind) if result.status == Status::Fail => kind.to_string(),
            _ => result.status.word().to_owned(),
        });
    }
    let reason = result.reason.as_deref().unwrap_or_default();
    let message = match (&result.expected, &result.actual) {
        (Some(expected), Some(actual)) if result.status == Status::Fail => {
            format!("{reason}: expected {expected}, got {actual}")
        }
        _ => reason.to_owned(),
    };
    status.set_message(visible(&message));
    if result.status.is_bad() {
        status.set_description(visible(&description(case, result)));
    }
    status
}

/// What a case claims, and the step that differs, with its place.
fn description(case: &Case, result: &EngineResult) -> String {
    let mut lines = vec![format!("claim:    {}", case.claim)];
    match result.failed_step(case) {
        None => lines.push(format!("place:    {}:{}", case.file, case.line)),
        Some((number, step)) => {
            lines.push(format!("place:    {}:{}", case.file, step.map_or(case.line, |step| step.line)));
            let run = step.map_or("", |step| &step.run).trim_end().replace('\n', "\n          ");
            lines.push(format!("step {number:<5}{run}"));
            lines.push(format!("expected: {}", result.expected.as_deref().unwrap_or_default()));
            lines.push(format!("actual:   {}", result.actual.as_deref().unwrap_or_default()));
        }
    }
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::causes::sample::{case, fail, results};
    use serde_json::json;

    #[test]
    fn what_differs_is_told_with_its_place_and_no_time() {
        let results = results(vec![
            case("a.yaml", "wrong", &["x = 1", "x"], fail(2, "value", "1", "\x1b[2J\u{1}2")),
            case("a.yaml", "dies", &["x = 1"], json!({"status": "crash", "reason": "why"})),
        ]);
        let mut out = vec![];
        Junit.render(&results, &mut out).unwrap();
        let text = String::from_utf8(out).unwrap();
        for part in [
            "<testcase name=\"wrong\" classname=\"pypy.a.yaml\" file=\"a.yaml\" line=\"1\">",
            "<failure message=\"value: expected 1, got \\x1b[2J\\x012\" type=\"fail\">claim:    c\nplace:    a.yaml:1\nstep 2    x\n\
             expected: 1\nactual:   \\x1b[2J\\x012</failure>",
            "<error message=\"why\" type=\"crash\">claim:    c\nplace:    a.yaml:1</error>",
            "tests=\"2\" skipped=\"0\" failures=\"1\" errors=\"1\"",
        ] {
            assert!(text.contains(part), "no {part} in {text}");
        }
        assert!(!text.contains(" time=") && !text.contains("timestamp"), "{text}");
    }
}
