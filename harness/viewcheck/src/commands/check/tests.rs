//! What a check makes of engines that fail.

use super::*;
use crate::report::json::Status;
use crate::report::summary::Paint;
use engine::reference::Reference;
use engine::{Abi, About, Engine, Fault, Profile, Role, Version, Watch};
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
    fault: Option<Fault>,
}

impl Engine for Failing {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), Fault> {
        trace.clear();
        match self.fault.take() {
            Some(fault) => Err(fault),
            None => self.honest.run(program, watch, trace),
        }
    }
}

/// An engine under a name that was made up while it ran.
fn failing(fault: Option<Fault>) -> Box<dyn Engine> {
    let honest = Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64));
    let name = format!("py{}", 313);
    Box::new(Failing { about: About { name, role: Role::Tested, ..honest.about().clone() }, honest, fault })
}

fn crashed(last_words: &str) -> Fault {
    Fault::Crashed { engine: format!("py{}", 313).into(), how: "SIGSEGV".into(), last_words: last_words.into() }
}

#[rstest]
#[case::none(None, Status::Pass, "", Exit::Expected)]
#[case::unsupported(
    Some(Fault::Unsupported { engine: "py313".into(), operation: "hash", reason: "no hash".into() }),
    Status::Error, "the engine `py313` can't run `hash`: no hash", Exit::Mismatch
)]
#[case::unspecified(Some(Fault::Unspecified("why")), Status::Error, "what happens is left open: why", Exit::Mismatch)]
#[case::malformed(Some(Fault::Malformed("why")), Status::Error, "the program is not well formed: why", Exit::Mismatch)]
#[case::crash(Some(crashed("")), Status::Crash, "the engine `py313` crashed: SIGSEGV", Exit::Mismatch)]
#[case::last_words(
    Some(crashed("Fatal Python error\n")),
    Status::Crash,
    "the engine `py313` crashed: SIGSEGV; its last words: Fatal Python error",
    Exit::Mismatch
)]
#[case::hang(
    Some(Fault::Hung { engine: "py313".into(), after: Duration::from_secs(5), last_words: "".into() }),
    Status::Hang, "the engine `py313` hung: it did not finish within 5s", Exit::Mismatch
)]
#[case::protocol(
    Some(Fault::Protocol { engine: "py313".into(), reason: "no JSON".into(), last_words: "".into() }),
    Status::Error, "the engine `py313` broke the protocol: no JSON", Exit::Mismatch
)]
fn a_fault_is_a_result(
    #[case] fault: Option<Fault>,
    #[case] status: Status,
    #[case] reason: &str,
    #[case] expected: Exit,
) {
    let suite = cases::load_text("cases.yaml", CASES);
    let run = run_suite(&suite, &mut Panel::new(vec![failing(fault)]), Level::Message, false);
    assert_eq!(exit(false, false, &run), expected);

    let report = json::report(&suite, &run, Detail::Full);
    let results: Vec<_> = report.cases.iter().map(|case| &case.results["py313"]).collect();
    assert_eq!((results[0].status, results[1].status), (status, Status::Pass), "a fault is of one case only");
    assert_eq!(results[0].reason.as_deref().unwrap_or_default(), reason);
    let word = serde_json::to_value(status).unwrap();
    assert_eq!(word, status.word());
    let counts = serde_json::to_value(report.summary["py313"]).unwrap();
    assert_eq!(counts[status.word()], if status == Status::Pass { 2 } else { 1 }, "{counts}");

    let console = summary::render(&suite, &run, Paint { color: false });
    let (markdown, junit) = (markdown::render(&suite, &run), junit::render(&suite, &run).unwrap());
    match status {
        Status::Pass => {
            assert!(console.contains("All as the cases say"), "{console}");
            assert!(console.contains("confirmed  refuted  mismatches  skipped\n"), "{console}");
        }
        _ => {
            let (word, last) = (status.word(), console.lines().last());
            assert!(console.contains(&format!("first on py313  cases.yaml:3\n  {reason}\n")), "{console}");
            assert_eq!(last, Some(format!("1 {word} in 2 cases on 1 engine.").as_str()));
            assert!(console.contains("confirmed  refuted  mismatches  skipped  "), "{console}");
            assert!(markdown.contains(&format!("| `first` | confirmed | **{word}** |")), "{markdown}");
            assert!(markdown.contains("- `first` on py313: "), "{markdown}");
            assert!(junit.contains("<error ") && junit.contains(&format!("type=\"{word}\"")), "{junit}");
        }
    }
}
