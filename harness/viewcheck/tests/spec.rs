//! One test for each case and engine, straight from the files of `spec/`: adding a case compiles nothing.
//!
//! The cases are run before the first test starts, on the embedded engine in a process of its own, so that a case that
//! ends that process is one failed test.

mod unmodelled;

use cases::{Case, Suite, load};
use engine::{About, Role};
use libtest_mimic::{Arguments, Failed, Trial};
use std::num::NonZero;
use std::path::Path;
use std::process::ExitCode;
use unmodelled::is_unmodelled;
use viewcheck::check::{EnginesUnderTest, Judged, Launch, Opened, Run, StartError, check, skipped};
use viewcheck::compare::Level;

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let spec = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec");
    let suite = load(&[spec]);
    let run = match run(&suite, arguments.list) {
        Ok(run) => run,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let mut trials = vec![];
    for problem in &suite.problems {
        let text = problem.render(false);
        trials.push(Trial::test(format!("spec::{}", problem.place()), move || Err(Failed::from(text))));
    }
    let cases = suite.documents.iter().flat_map(|document| &document.cases);
    let mut runs = run.documents.iter().flatten();
    for case in cases {
        let mut judged = runs.next().map(|run| run.judged.clone()).unwrap_or_default().into_iter();
        trials.extend(run.engines.iter().map(|about| trial(case, about, judged.next())));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

/// Runs all cases; none if the tests are only to be listed.
fn run(suite: &Suite, is_list: bool) -> Result<Run, StartError> {
    let (level, engine) = (Some(Level::Message), "embedded".to_owned());
    let program = env!("CARGO_BIN_EXE_viewcheck").into();
    let embedded = Launch { program, engine, level, processes: viewcheck::processes::Processes::default() }
        .start()?
        .ready(&|| false)?;
    let reference = engine::open("reference", embedded.about().profile, &engine::Settings::default());
    let reference = reference.map_err(|error| StartError::Refused(error.to_string()))?;
    let mut under_test = EnginesUnderTest::of(
        vec![Opened::Here(reference), Opened::Isolated(Box::new(embedded))],
        NonZero::<usize>::MIN,
    );
    Ok(check(suite, &mut under_test, level, &mut |_| (), &|| is_list))
}

fn trial(case: &Case, about: &About, judged: Option<Judged>) -> Trial {
    let name = format!("{}::{}", about.name, case.id);
    if let Some(reason) = skipped(case, about) {
        return Trial::test(name, || Ok(())).with_kind(reason).with_ignored_flag(true);
    }
    if about.role == Role::Reference && is_unmodelled(&case.id) {
        return Trial::test(name, || Ok(())).with_kind("unmodelled").with_ignored_flag(true);
    }
    let case = case.clone();
    Trial::test(name, move || match judged {
        Some(Judged::Pass) => Ok(()),
        Some(Judged::Fail { difference, against }) => Err(Failed::from(format!(
            "line {}, {}: {} (against the {against:?})\nstep      {}\nexpected  {}\nactual    {}",
            case.steps[difference.step].line,
            difference.kind(),
            difference.respect(),
            case.steps[difference.step].text,
            difference.expected,
            difference.actual,
        ))),
        other => Err(Failed::from(format!("{other:?}"))),
    })
}
