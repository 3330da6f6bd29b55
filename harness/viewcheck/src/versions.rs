//! Finds the cases that see each difference between versions of Python.
//!
//! A case sees a change if it expects one behaviour in the last version without the change and another one in the first
//! version with it, and if the reference, as one of these versions but with the change reversed, fails the case. The
//! second condition is what tells the changes of one version apart.

use crate::check::skipped;
use crate::compare::{Level, LevelFacets};
use crate::judge::judge;
use crate::report::model::{Change, ChangeTable};
use cases::{Case, Suite};
use engine::reference::{AnyChange, Reference};
use engine::{Abi, Engine, Profile, Version, Watch};
use program::Trace;

const ABIS: [Abi; 2] = [Abi::Lp64, Abi::Ilp32];

/// Every change, with the cases of a suite that see it. Those of the parts of a suite, merged, are those of the whole.
pub fn changes(suite: &Suite) -> Vec<Change> {
    let cases: Vec<&Case> =
        suite.documents.iter().flat_map(|document| &document.cases).filter(|case| depends_on_version(case)).collect();
    let mut changes: Vec<Change> = AnyChange::all().map(|change| seen(change, &cases)).collect();
    changes.sort_by_cached_key(Change::place);
    changes
}

fn seen(change: AnyChange, cases: &[&Case]) -> Change {
    let mut row = Change {
        name: change.name().to_owned(),
        issue: change.issue().to_owned(),
        summary: change.summary().to_owned(),
        since: change.since().iter().map(Version::to_string).collect(),
        table: match change {
            AnyChange::View(_) => ChangeTable::Memoryview,
            AnyChange::Python(_) => ChangeTable::Python,
        },
        cases: vec![],
    };
    let boundaries = row.boundaries();
    let told_apart = |case: &&&Case| boundaries.iter().any(|pair| tells_apart(case, *pair));
    let candidates: Vec<&Case> = cases.iter().filter(told_apart).copied().collect();
    // What only a build with small pointers shows is seen by such a reference.
    let versions = boundaries.iter().flatten().flat_map(|version| ABIS.map(|abi| Profile::new(*version, abi)));
    let mut reversed: Vec<Reference> = versions.map(|profile| Reference::toggled(profile, change)).collect();
    let is_seen = |case: &&&Case| reversed.iter_mut().any(|reference| fails(case, reference));
    row.cases = candidates.iter().filter(is_seen).map(|case| case.id.clone()).collect();
    row
}

/// Whether a case says different things of different versions.
fn depends_on_version(case: &Case) -> bool {
    !case.python.is_any() || case.steps.iter().any(|step| step.expectations.len() > 1)
}

/// Whether a case says different things of two versions.
fn tells_apart(case: &Case, [old, new]: [Version; 2]) -> bool {
    case.python.admits(old) != case.python.admits(new)
        || case.steps.iter().any(|step| step.expectation(old) != step.expectation(new))
}

/// Whether a reference does otherwise than a case says.
fn fails(case: &Case, reference: &mut Reference) -> bool {
    if skipped(case, reference.about()).is_some() {
        return false;
    }
    let mut trace = Trace::new();
    let ran = reference.run(&case.program, Watch::Always, &mut trace);
    // A behaviour that the reversed change makes unspecified is another one, too.
    ran.is_err() || judge(case, &trace, reference.about().profile.version(), Level::Message.facets()).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    const CASES: &str = "
cases:
  - id: count
    section: One
    claim: a view can count
    verdict: confirmed
    steps:
      - run: memoryview(b'aa').count(97)
        expect:
          - {python: '>=3.14', gives: 2}
          - {python: '<3.14', raises: AttributeError}
  - id: older
    section: One
    claim: a view without dimensions has a length
    verdict: confirmed
    python: '<3.12'
    steps:
      - {run: \"len(memoryview(b'a').cast('B', []))\", gives: 1}
  - id: same
    section: One
    claim: one is one in a version, too
    verdict: confirmed
    steps:
      - {run: '1', expect: [{python: '>=3.14', gives: 1}, {python: '<3.14', gives: 1}]}
";

    fn cases_of<'a>(changes: &'a [Change], name: &str) -> &'a [String] {
        changes.iter().find(|change| change.name == name).map_or(&[], |change| &change.cases)
    }

    #[test]
    fn a_change_has_the_cases_that_see_it() {
        let suite = cases::load_text("cases.yaml", CASES);
        assert!(suite.problems.is_empty(), "{:?}", suite.problems);
        let changes = changes(&suite);
        assert_eq!(changes.len(), AnyChange::all().count());
        assert_eq!(
            (cases_of(&changes, "CountIndex"), cases_of(&changes, "ZeroDimLength")),
            (&["count".to_owned()][..], &["older".to_owned()][..])
        );
        let others = changes.iter().filter(|change| !["CountIndex", "ZeroDimLength"].contains(&&*change.name));
        assert!(others.into_iter().all(|change| change.cases.is_empty()), "{changes:?}");
    }
}
