//! What a check makes of engines that fail.

use super::super::outputs::rendered;
use super::*;
use crate::report::model::Status;
use crate::report::{Junit, Markdown, Summary};
use engine::reference::Reference;
use engine::{Abi, About, Engine, Profile, Role, RunError, Version, Watch};
use program::{Program, Trace};
use rstest::rstest;
use std::time::Duration;

const CASES: &str = "
cases:
  - {id: first, section: One, claim: one is one, verdict: confirmed, steps: [{run: '1', gives: 1}]}
  - {id: second, section: One, claim: two is two, verdict: confirmed, steps: [{run: '2', gives: 2}]}
";

/// An engine that does not come to the end of the first program it is given.
struct Failing {
    about: About,
    honest: Reference,
    fault: Option<RunError>,
}

impl Engine for Failing {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        trace.clear();
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => self.honest.run(program, watch, trace),
        }
    }
}

/// An engine under a name that was made up while it ran.
fn failing(fault: Option<RunError>) -> Box<dyn Engine> {
    let honest = Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64));
    let name = format!("py{}", 313);
    Box::new(Failing { about: About { name, role: Role::Tested, ..honest.about().clone() }, honest, fault })
}

fn crashed(last_words: &str) -> RunError {
    RunError::Crashed { engine: format!("py{}", 313).into(), how: "SIGSEGV".into(), last_words: last_words.into() }
}

#[rstest]
#[case::none(None, Status::Pass, "", Exit::Expected)]
#[case::unsupported(
    Some(RunError::Unsupported { engine: "py313".into(), what: "`hash`".into() }),
    Status::Skip, "the engine `py313` does not support `hash`", Exit::Expected
)]
#[case::unspecified(
    Some(RunError::Unspecified("why".into())),
    Status::Open,
    "the behaviour is unspecified: why",
    Exit::Expected
)]
#[case::malformed(
    Some(RunError::Malformed("why".into())),
    Status::Error,
    "the program is not well formed: why",
    Exit::Mismatch
)]
#[case::crash(Some(crashed("")), Status::Crash, "the engine `py313` crashed: SIGSEGV", Exit::Mismatch)]
#[case::last_words(
    Some(crashed("Fatal Python error\n")),
    Status::Crash,
    "the engine `py313` crashed: SIGSEGV; its last words: Fatal Python error",
    Exit::Mismatch
)]
#[case::hang(
    Some(RunError::Hung { engine: "py313".into(), after: Duration::from_secs(5), last_words: "".into() }),
    Status::Hang, "the engine `py313` hung: it did not finish within 5s", Exit::Mismatch
)]
#[case::protocol(
    Some(RunError::Protocol { engine: "py313".into(), reason: "no JSON".into(), last_words: "".into() }),
    Status::Error, "the engine `py313` broke the protocol: no JSON", Exit::Mismatch
)]
fn a_fault_is_a_result(
    #[case] fault: Option<RunError>,
    #[case] status: Status,
    #[case] reason: &str,
    #[case] expected: Exit,
) {
    let suite = cases::load_text("cases.yaml", CASES);
    let run = run_suite(&suite, &mut EnginesUnderTest::new(vec![failing(fault)]), None, false);
    let results = Results::of_run(&suite, &run, Scope { level: None, interrupted: false });
    assert_eq!(exit(false, &results, results.bad()), expected);

    let of_case: Vec<_> = results.cases.iter().map(|case| &case.results["py313"]).collect();
    assert_eq!((of_case[0].status, of_case[1].status), (status, Status::Pass), "a fault is of one case only");
    assert_eq!(of_case[0].reason.as_deref().unwrap_or_default(), reason);
    let word = status.word();
    assert_eq!(results.summary["py313"].get(status), if status == Status::Pass { 2 } else { 1 }, "{results:?}");

    let text = |format| String::from_utf8(rendered(format, &results, None).unwrap()).unwrap();
    let (console, markdown, junit) = (text(&Summary::PLAIN), text(&Markdown), text(&Junit));
    let last = console.lines().last().unwrap_or_default();
    match status {
        Status::Pass => {
            assert_eq!(last, "Everything as expected: 2 cases on 1 engine.");
            assert!(console.contains("passed  mismatches  skipped\n"), "{console}");
        }
        Status::Skip | Status::Open => {
            assert_eq!(last, "Everything as expected: 1 of 2 cases on 1 engine.");
            let verb = if status == Status::Skip { "run" } else { "judge" };
            assert!(console.contains(&format!("No engine could {verb} 1 case: first\n")), "{console}");
            assert!(markdown.contains(&format!("| `first` | confirmed | {word}: ")), "{markdown}");
            assert!(markdown.contains("| 1 of 1, 1 "), "{markdown}");
            assert!(junit.contains("<skipped "), "{junit}");
        }
        _ => {
            let told = format!("first on py313  cases.yaml:3\n  claim     one is one\n  {word:10}{reason}\n");
            assert!(console.contains(&told), "{console}");
            assert_eq!(last, format!("1 {word} in 1 of 2 cases on 1 engine."));
            assert!(console.contains("passed  mismatches  skipped  "), "{console}");
            assert!(markdown.contains(&format!("| `first` | confirmed | **{word}** |")), "{markdown}");
            assert!(markdown.contains("- `first` on py313: "), "{markdown}");
            assert!(junit.contains("<error ") && junit.contains(&format!("type=\"{word}\"")), "{junit}");
        }
    }
}

/// A run that checked nothing does not look as if all were well.
#[test]
fn a_run_without_a_status_that_says_something_is_bad_input() {
    let only = CASES.lines().take(3).collect::<Vec<_>>().join("\n");
    let suite = cases::load_text("cases.yaml", &only);
    let engine = failing(Some(RunError::Unspecified("why".into())));
    let run = run_suite(&suite, &mut EnginesUnderTest::new(vec![engine]), None, false);
    let results = Results::of_run(&suite, &run, Scope { level: None, interrupted: false });
    assert_eq!(exit(false, &results, results.bad()), Exit::BadInput);
    assert!(summary::render(&results, Summary::PLAIN.paint).contains("Nothing was checked: "));
}

/// What was run before an interruption is kept, and does not pass for the whole.
#[test]
fn an_interrupted_run_says_so() {
    let suite = cases::load_text("cases.yaml", CASES);
    let mut run = run_suite(&suite, &mut EnginesUnderTest::new(vec![failing(None)]), None, false);
    run.documents[0].pop();
    let results = Results::of_run(&suite, &run, Scope { level: None, interrupted: true });
    assert_eq!((results.complete, results.not_run, results.cases.len()), (false, 1, 1));
    assert_eq!(exit(true, &results, results.bad()), Exit::Interrupted);
    assert!(summary::render(&results, Summary::PLAIN.paint).ends_with("\nInterrupted after 1 of 2 cases.\n"));
    let markdown = String::from_utf8(rendered(&Markdown, &results, None).unwrap()).unwrap();
    assert!(
        markdown.contains("**This report is not complete:** the run was interrupted before 1 case ran"),
        "{markdown}"
    );
    assert!(markdown.ends_with("End of report: 1 case of an incomplete run.\n"), "{markdown}");
}
