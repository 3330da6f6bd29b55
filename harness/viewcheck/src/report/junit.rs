//! JUnit XML, for CI systems: a suite for each document and engine, a test for each case.

use super::Format;
use super::model::{EngineResult, Results, Status};
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
                let mut tests = TestSuite::new(format!("{} {}", engine.name, document.label()));
                for case in claims.iter().flat_map(|claim| claim.cases) {
                    let Some(result) = case.result(engine) else { continue };
                    let mut test = TestCase::new(case.id.clone(), status(result));
                    test.set_classname(format!("{}.{}", engine.name, document.label()));
                    test.extra.insert("file".into(), document.file.clone().into());
                    test.extra.insert("line".into(), case.line.to_string().into());
                    tests.add_test_case(test);
                }
                report.add_test_suite(tests);
            }
        }
        out.write_all(report.to_string().map_err(io::Error::other)?.as_bytes())
    }
}

fn status(result: &EngineResult) -> TestCaseStatus {
    let mut status = match result.status {
        Status::Pass => TestCaseStatus::success(),
        // JUnit has no word for what can't be judged or is expected to fail.
        Status::Skip | Status::Open | Status::Known => TestCaseStatus::skipped(),
        Status::Fail | Status::Stale => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Status::Crash | Status::Hang | Status::Error => TestCaseStatus::non_success(NonSuccessKind::Error),
    };
    if !matches!(result.status, Status::Pass | Status::Skip) {
        status.set_type(match result.kind {
            Some(kind) if result.status == Status::Fail => kind.to_string(),
            _ => result.status.word().to_owned(),
        });
    }
    if let Some(reason) = &result.reason {
        status.set_message(reason.clone());
    }
    if let EngineResult {
        status: Status::Fail, step: Some(step), expected: Some(expected), actual: Some(actual), ..
    } = result
    {
        status.set_description(format!("step {step}\nexpected: {expected}\nactual:   {actual}"));
    }
    status
}
