//! The cases hold on the reference as every Python that it can be, and see every change between versions.

mod unmodelled;

use cases::{Case, Suite, load};
use engine::reference::{AnyChange, Reference};
use engine::{Abi, Engine, NEWEST, Profile, RunError, Version, Watch};
use program::Trace;
use rstest::rstest;
use std::path::Path;
use std::sync::LazyLock;
use unmodelled::is_unmodelled;
use viewcheck::check::skipped;
use viewcheck::compare::{Level, LevelFacets};
use viewcheck::judge::judge;
use viewcheck::report::model::before;
use viewcheck::versions;

static SUITE: LazyLock<Suite> = LazyLock::new(|| {
    let suite = load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
    assert!(suite.problems.is_empty(), "{}", suite.problems[0].render(false));
    suite
});

static CASES: LazyLock<Vec<&Case>> =
    LazyLock::new(|| SUITE.documents.iter().flat_map(|document| &document.cases).collect());

/// Why the reference as that Python does not do what a case says; `None` if it does, or if the case is not about it.
fn failure(case: &Case, reference: &mut Reference) -> Option<String> {
    if skipped(case, reference.about()).is_some() {
        return None;
    }
    let mut trace = Trace::new();
    match (reference.run(&case.program, Watch::Always, &mut trace), is_unmodelled(&case.id)) {
        (Ok(()), false) => {}
        (Err(RunError::Unsupported { .. }), true) => return None,
        (Ok(()), true) => return Some(format!("{}: the reference models it", case.id)),
        (Err(fault), _) => return Some(format!("{}: {fault}", case.id)),
    }
    let version = reference.about().profile.version();
    let difference = judge(case, &trace, version, Level::Message.facets())?;
    let text = &case.steps[difference.step].text;
    Some(format!("{}: {text}: expected {}, not {}", case.id, difference.expected, difference.actual))
}

/// The first version of all, the newest of each branch, and both sides of every change.
fn versions() -> Vec<Version> {
    let since = AnyChange::all().flat_map(|change| change.since().iter().copied());
    let around = since.flat_map(|first| [Some(first), before(first)]).flatten();
    let mut versions: Vec<Version> = around.chain([Version::new(3, 8, 0)]).chain(NEWEST).collect();
    versions.sort();
    versions.dedup();
    versions
}

#[rstest]
fn the_cases_hold_on_every_version(#[values(Abi::Lp64, Abi::Ilp32)] abi: Abi) {
    let mut failures = vec![];
    for version in versions() {
        let mut reference = Reference::new(Profile::new(version, abi));
        let failed = CASES.iter().filter_map(|case| failure(case, &mut reference));
        failures.extend(failed.map(|text| format!("{version} {abi:?}: {text}")));
    }
    assert!(failures.is_empty(), "{} in all\n{}", failures.len(), failures.join("\n"));
}

/// What no case can see.
const UNSEEN: &[&str] = &[
    // An integer equals itself, whether it is read for that or not.
    "EqualsIdentity",
];

/// What was unspecified before the change, so that only the side after it can be seen.
const UNSPECIFIED_BEFORE: &[&str] = &[
    // A bytearray neither filled the buffer nor refused.
    "BytearrayFill",
    // A view was kept alive that nothing refers to.
    "ArrayCodeLeak",
    // Freed memory was read or written where the length of an exporter was changed while it asked.
    "ArrayBoundsAgain",
    "BytearrayBounds",
    "BytearrayEmptyHint",
    "BytearrayFresh",
    "BytearrayGuard",
];

#[test]
fn every_change_is_seen_by_a_case_on_either_side() {
    let mut unseen = vec![];
    for change in AnyChange::all().filter(|change| !UNSEEN.contains(&change.name())) {
        let first = change.since()[0];
        let before = before(first).filter(|_| !UNSPECIFIED_BEFORE.contains(&change.name()));
        for version in [Some(first), before].into_iter().flatten() {
            let seen = [Abi::Lp64, Abi::Ilp32].into_iter().any(|abi| {
                let mut wrong = Reference::toggled(Profile::new(version, abi), change);
                CASES.iter().any(|case| failure(case, &mut wrong).is_some())
            });
            if !seen {
                unseen.push(format!("{} at {version}", change.name()));
            }
        }
    }
    assert!(unseen.is_empty(), "no case sees {unseen:?}");
}

/// The report lists these cases beside each change.
#[test]
fn every_change_is_reported_with_its_cases() {
    let changes = versions::changes(&SUITE);
    let bare = changes.iter().filter(|change| change.cases.is_empty()).map(|change| change.name.as_str());
    assert_eq!(bare.collect::<Vec<_>>(), UNSEEN);
}
