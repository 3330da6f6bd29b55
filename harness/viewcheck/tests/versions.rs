//! The cases on the reference alone, as every Python that it can be: most of the versions are loaded nowhere, and
//! what cases say of them must hold there too.

use engine::{Abi, Profile, Version};
use rstest::rstest;
use std::path::Path;
use viewcheck::check::{Panel, Verdict};
use viewcheck::compare::Level;
use viewcheck::spec::load;

/// The first of each minor version, and those patches that changed something.
#[rstest]
fn the_reference_does_what_cases_say(
    #[values(
        "3.8",
        "3.9",
        "3.10",
        "3.10.6",
        "3.11",
        "3.12",
        "3.12.8",
        "3.13",
        "3.13.1",
        "3.13.12",
        "3.14",
        "3.14.3",
        "3.14.5",
        "3.15",
        "3.8-32bit",
        "3.14-32bit",
        "3.15-32bit"
    )]
    python: &str,
) {
    let loaded = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
    let mut panel = Panel::new(vec![engine::open(&format!("reference@{python}"), loaded).unwrap()]);
    let suite = load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
    let mut wrong = vec![];
    for case in suite.documents.iter().flat_map(|document| &document.cases) {
        for verdict in panel.check(case, Level::Message).verdicts {
            if verdict.is_bad() {
                wrong.push(format!("{}: {}", case.id, told(&verdict)));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn told(verdict: &Verdict) -> String {
    match verdict {
        Verdict::Fail { difference, .. } => {
            format!("step {}: {} is expected, not {}", difference.step + 1, difference.expected, difference.actual)
        }
        other => format!("{other:?}"),
    }
}
