//! What shrinking keeps and where it ends, and the signatures that it arrives at.

use super::lies::*;
use super::scripts::{Change, profile};
use cases::load_text;
use engine::reference::Reference;
use engine::{About, Engine};
use program::{Kind, Program, Trace, print};
use rstest::rstest;
use std::collections::BTreeSet;
use viewcheck::compare::Level;
use viewcheck::differential::DifferentialRun;
use viewcheck::findings::{Limits, Replay, Signature, Symptom, case_of, investigate, shrink, signature};

fn count(program: &Program) -> usize {
    program.operations.len()
}

#[rstest]
#[case::backwards(backwards, 5, 3)]
#[case::true_for_one(true_for_one_lie, 2, 3)]
#[case::other_text(other_text, 4, 5)] // reading and writing, by an index, a tuple and a hook
#[case::lost_write(lost_write, 4, 3)]
#[case::kept_lock(kept_lock, 3, 3)]
#[case::flat(flat, 2, 3)]
fn shrinking_keeps_the_signature_and_ends(#[case] change: Change, #[case] most: usize, #[case] buckets: usize) {
    let (mut differential, abouts) = differential(change);
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    let mut small = BTreeSet::new();
    for seed in 0..6 {
        let program = hit(&mut differential, seed);
        let symptom = differential.replay(&program).unwrap();
        let before = signature(names, &program, &symptom, Replay::traces(&differential));
        let shrunk = shrink(&mut differential, names, &program, Limits::default()).unwrap();
        let text = print::program(&shrunk.program);
        assert!(shrunk.signature.includes(&before), "{} for {before}: {text}", shrunk.signature);
        let symptom = differential.replay(&shrunk.program).unwrap();
        assert_eq!(symptom, shrunk.symptom);
        let after = signature(names, &shrunk.program, &symptom, Replay::traces(&differential));
        assert_eq!(after, shrunk.signature, "{text}");
        let again = shrink(&mut differential, names, &shrunk.program, Limits::default()).unwrap();
        assert_eq!(print::program(&again.program), text, "of {}", print::program(&program));
        assert_eq!(again.program, shrunk.program);
        println!("{before}\n{after}\n{} replays\n{text}", shrunk.replays);
        assert!(count(&shrunk.program) <= most, "{text}");
        small.insert((after, text));
    }
    // One defect is few buckets, and each has one smallest program.
    let signatures: BTreeSet<&Signature> = small.iter().map(|(signature, _)| signature).collect();
    assert!(signatures.len() <= buckets, "{signatures:?}");
}

/// Whatever the views of the programs are like, the signature names what the difference needs.
#[rstest]
#[case::nothing(lists_nothing, &[""])]
#[case::format(lists_no_floats, &[" {float}"])]
#[case::layout(lists_no_gaps, &[" {stepped}", " {n-d}"])]
fn a_signature_has_the_circumstances_that_are_needed(#[case] change: Change, #[case] circumstances: &[&str]) {
    let (mut differential, abouts) = differential(change);
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    let core = "wrong|reference value/type-of-value tolist of memoryview: NoneType for list";
    let mut met = BTreeSet::new();
    for seed in 0..6 {
        let program = hit(&mut differential, seed);
        let symptom = differential.replay(&program).unwrap();
        met.insert(signature(names, &program, &symptom, Replay::traces(&differential)));
        let shrunk = shrink(&mut differential, names, &program, Limits::default()).unwrap();
        let rest = shrunk.signature.as_str().strip_prefix(core);
        assert!(rest.is_some_and(|rest| circumstances.contains(&rest)), "{}", shrunk.signature);
    }
    assert!(met.len() > 1, "the programs have other circumstances: {met:?}");
}

/// A program is minimal if no operation of it can go.
#[test]
fn no_operation_can_go() {
    let (mut differential, abouts) = differential(backwards);
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    let shrunk = shrink(&mut differential, names, &hit(&mut duel_of(backwards), 3), Limits::default()).unwrap();
    for gone in 0..shrunk.program.operations.len() {
        let mut program = shrunk.program.clone();
        program.operations.remove(gone);
        program.steps.iter_mut().filter(|end| **end as usize > gone).for_each(|end| *end -= 1);
        let symptom = differential.replay(&program);
        assert!(symptom.is_none(), "without {gone}: {symptom:?}\n{}", print::program(&shrunk.program));
    }
}

fn duel_of(change: Change) -> DifferentialRun {
    differential(change).0
}

#[test]
fn limits_hold() {
    let (mut differential, abouts) = differential(backwards);
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    let program = hit(&mut differential, 1);
    let limits = Limits { replays: 5, ..Limits::default() };
    let shrunk = shrink(&mut differential, names, &program, limits).unwrap();
    assert!(shrunk.replays <= 5);
    assert!(differential.replay(&shrunk.program).is_some());
}

#[test]
fn a_program_that_does_not_do_the_same_each_time_is_unstable() {
    struct Fickle(DifferentialRun, usize);
    impl Replay for Fickle {
        fn replay(&mut self, program: &Program) -> Option<Symptom> {
            self.1 += 1;
            if self.1.is_multiple_of(2) { self.0.replay(program) } else { None }
        }
        fn level(&self) -> Level {
            Level::Message
        }
        fn traces(&self) -> Option<(&Trace, &Trace)> {
            Some(self.0.traces())
        }
    }
    let (mut differential, abouts) = differential(true_for_one_lie);
    let program = hit(&mut differential, 1);
    let found = investigate(&mut Fickle(differential, 0), &abouts, &program, Limits::default()).unwrap();
    assert!(!found.stable);
    assert_eq!(found.program, program);
}

#[test]
fn what_ends_a_process_is_known_by_its_last_operation() {
    /// Ends at every `release`, and says nothing more.
    struct Fatal;
    impl Replay for Fatal {
        fn replay(&mut self, program: &Program) -> Option<Symptom> {
            let is_fatal = program.operations.iter().any(|operation| operation.kind == Kind::Release);
            is_fatal.then(|| Symptom::Crash("SIGSEGV".into()))
        }
        fn level(&self) -> Level {
            Level::Message
        }
    }
    let about = Reference::new(profile()).about().clone();
    let abouts = [About { name: "fatal".into(), ..about.clone() }, about];
    let program = (0..).map(|index| generated(9, index, 14)).find(|program| Fatal.replay(program).is_some()).unwrap();
    let found = investigate(&mut Fatal, &abouts, &program, Limits::default()).unwrap();
    assert_eq!(found.signature.as_str(), "fatal|reference crash/SIGSEGV release of memoryview");
    assert_eq!(print::program(&found.program), "view = memoryview()\nview.release()\n");
    assert!(found.expected.is_some());
    let case = case_of(&found);
    assert!(load_text("case.yaml", &case).problems.is_empty(), "{case}");
}
