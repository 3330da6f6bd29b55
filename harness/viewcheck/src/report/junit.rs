//! JUnit XML, for CI systems: a suite for each document and engine, a test for each case.

use super::json::Status;
use super::{label, reason};
use crate::check::{Run, Verdict};
use crate::difference::Difference;
use cases::Suite;
use quick_junit::{NonSuccessKind, Report, TestCase, TestCaseStatus, TestSuite};

/// The report of a run.
pub fn render(suite: &Suite, run: &Run) -> Result<String, quick_junit::SerializeError> {
    let mut report = Report::new("viewcheck");
    for (index, about) in run.engines.iter().enumerate() {
        for (document, runs) in suite.documents.iter().zip(&run.documents) {
            let mut tests = TestSuite::new(format!("{} {}", about.name, label(document)));
            for (case, case_run) in document.cases.iter().zip(runs) {
                let Some(verdict) = case_run.verdicts.get(index) else { continue };
                let mut test = TestCase::new(case.id.clone(), status(verdict));
                test.set_classname(format!("{}.{}", about.name, label(document)));
                test.extra.insert("file".into(), document.path.clone().into());
                test.extra.insert("line".into(), case.line.to_string().into());
                tests.add_test_case(test);
            }
            report.add_test_suite(tests);
        }
    }
    report.to_string()
}

fn status(verdict: &Verdict) -> TestCaseStatus {
    let mut status = match verdict {
        Verdict::Pass => TestCaseStatus::success(),
        Verdict::Skip(_) => TestCaseStatus::skipped(),
        Verdict::Fail { .. } => TestCaseStatus::non_success(NonSuccessKind::Failure),
        Verdict::Crash(_) | Verdict::Hang(_) | Verdict::Error(_) => {
            let mut status = TestCaseStatus::non_success(NonSuccessKind::Error);
            status.set_type(Status::from(verdict).word());
            status
        }
    };
    if let Some(reason) = reason(verdict) {
        status.set_message(reason);
    }
    if let Verdict::Fail { difference, .. } = verdict {
        let Difference { step, expected, actual, .. } = difference;
        status.set_type(difference.kind().to_string());
        status.set_description(format!("step {}\nexpected: {expected}\nactual:   {actual}", step + 1));
    }
    status
}
