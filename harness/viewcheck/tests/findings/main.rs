//! Findings from engines that change on purpose: shrunk, signed, kept, replayed, promoted.

mod as_scripts;
mod folder;
mod known;
mod lies;
#[path = "../common/scripts.rs"]
mod scripts;
mod shrinking;
mod smaller;

use cases::{Suite, load_text};
use engine::reference::Reference;
use engine::{Engine, Watch};
use lies::{LIES, differential, hit, wrong};
use program::Trace;
use scripts::{Change, profile};
use std::sync::OnceLock;
use viewcheck::compare::{Level, LevelFacets};
use viewcheck::findings::{Finding, Limits, Replay, case_of, investigate, signature};
use viewcheck::judge::judge;

/// A finding of each change, made once for all tests.
fn findings() -> &'static [(Change, Finding)] {
    static FINDINGS: OnceLock<Vec<(Change, Finding)>> = OnceLock::new();
    let find = |change: Change| {
        let (mut differential, abouts) = differential(change);
        let program = hit(&mut differential, 2);
        let mut finding = investigate(&mut differential, &abouts, &program, Limits::default()).unwrap();
        (finding.seed, finding.index) = (Some(2), Some(0));
        assert!(finding.stable);
        (change, finding)
    };
    FINDINGS.get_or_init(|| LIES.into_iter().map(find).collect())
}

fn true_for_one() -> &'static Finding {
    &findings()[1].1
}

fn only_case(suite: Suite, text: &str) -> cases::Case {
    let problems: Vec<String> = suite.problems.iter().map(|problem| problem.render(false)).collect();
    assert!(problems.is_empty(), "{}\n{text}", problems.join("\n"));
    suite.documents.into_iter().next().unwrap().cases.into_iter().next().unwrap()
}

#[test]
fn a_findings_case_loads_and_holds_on_the_reference() {
    for (change, finding) in findings() {
        let text = case_of(finding);
        let case = only_case(load_text("case.yaml", &text), &text);
        assert_eq!(case.id, finding.signature.slug());
        let mut trace = Trace::new();
        Reference::new(profile()).run(&case.program, Watch::Always, &mut trace).unwrap();
        assert_eq!(judge(&case, &trace, profile().version(), Level::Message.facets()), None, "{text}");
        assert!(text.contains("# wrong: "), "{text}");
        // What a wrong engine says of a view it does not say of the attributes that a case can ask for, nor of the contents.
        if !["shape", "contents"].iter().any(|facet| finding.signature.as_str().contains(facet)) {
            wrong(*change).run(&case.program, Watch::Always, &mut trace).unwrap();
            assert!(judge(&case, &trace, profile().version(), Level::Message.facets()).is_some(), "{text}");
        }
        // The case differs where the finding does.
        let (mut differential, abouts) = differential(*change);
        let symptom = differential.replay(&case.program).expect("it still differs");
        let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
        assert_eq!(signature(names, &case.program, &symptom, Replay::traces(&differential)), finding.signature);
    }
}
