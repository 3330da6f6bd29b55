//! One test for each case and engine, straight from the files of `spec/`: adding a case compiles nothing.

use cases::{Case, load};
use engine::{Abi, About, Profile, Version};
use libtest_mimic::{Arguments, Failed, Trial};
use std::cell::RefCell;
use std::path::Path;
use std::process::ExitCode;
use viewcheck::check::{Panel, Verdict, skipped};
use viewcheck::compare::Level;

const ENGINES: [&str; 2] = ["reference", "embedded"];

thread_local! {
    /// Engines stay on the thread that opened them.
    static PANEL: RefCell<Panel> = RefCell::new(panel().unwrap_or_else(|_| Panel::new(vec![])));
}

fn panel() -> Result<Panel, engine::OpenError> {
    let embedded = engine::open("embedded", Profile::new(Version::new(3, 13, 0), Abi::Lp64))?;
    let reference = engine::open("reference", embedded.about().profile)?;
    Ok(Panel::new(vec![reference, embedded]))
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let engines = match panel() {
        Ok(panel) => panel.about(),
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let suite = load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
    let mut trials = vec![];
    for problem in suite.problems {
        let text = problem.render(false);
        trials.push(Trial::test(format!("spec::{}", problem.place()), move || Err(Failed::from(text))));
    }
    for case in suite.documents.into_iter().flat_map(|document| document.cases) {
        for (index, engine) in ENGINES.into_iter().enumerate() {
            trials.push(trial(&case, engine, index, &engines[index]));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trial(case: &Case, engine: &str, index: usize, about: &About) -> Trial {
    let name = format!("{engine}::{}", case.id);
    if let Some(reason) = skipped(case, about) {
        return Trial::test(name, || Ok(())).with_kind(reason).with_ignored_flag(true);
    }
    let case = case.clone();
    Trial::test(name, move || {
        let verdicts = PANEL.with_borrow_mut(|panel| panel.check(&case, Level::Message)).verdicts;
        match verdicts.get(index) {
            Some(Verdict::Pass) => Ok(()),
            Some(Verdict::Fail { difference, against }) => Err(Failed::from(format!(
                "line {}, {}: {} (against the {against:?})\nstep      {}\nexpected  {}\nactual    {}",
                case.steps[difference.step].line,
                difference.kind(),
                difference.respect(),
                case.steps[difference.step].text,
                difference.expected,
                difference.actual,
            ))),
            other => Err(Failed::from(format!("{other:?}"))),
        }
    })
}
