//! Generated programs in which something takes the items of an iterator whose view was released, or has none.
//!
//! Such programs found the last error of the reference that no case had shown, and they were so rare that it took seven
//! million. Here their share is counted, so that a change of the generator can't lose them unnoticed.

use engine::machine::{Machine, Performed};
use engine::reference::Variant;
use engine::{Abi, Profile, Version, Watch};
use program::{Kind, Operation, Program, Trace};
use python::types::iterator::ViewIterator;
use python::{Object, Python};
use std::cell::RefCell;
use std::collections::BTreeMap;
use viewcheck::campaign::{LENGTH, Recipe};

/// A Python that notes what takes the items of such an iterator.
struct Watching<'a> {
    python: Python,
    met: &'a RefCell<BTreeMap<Kind, u64>>,
}

/// An iterator over a view that was released, or that has no items.
fn is_special(object: &Object) -> bool {
    let view = object.downcast::<ViewIterator>().and_then(|iterator| iterator.0.view());
    view.is_some_and(|view| view.is_released() || view.layout().shape().contains(&0))
}

impl Variant for Watching<'_> {
    fn python(&self) -> &Python {
        &self.python
    }

    fn perform(&self, operation: &Operation, operands: &[Object]) -> Performed<Python> {
        let takes = !matches!(operation.kind, Kind::Next | Kind::ListOf | Kind::Plain | Kind::Unbind | Kind::Iter);
        if takes && operands.iter().any(is_special) {
            *self.met.borrow_mut().entry(operation.kind).or_default() += 1;
        }
        Variant::perform(&self.python, operation, operands)
    }
}

/// Of so many programs of a seed, how many have such a meeting, and how often each kind of operation is in one.
fn meetings(programs: u64) -> (u64, BTreeMap<Kind, u64>) {
    let profile = Profile::new(Version::new(3, 13, 0), Abi::Lp64);
    let (mut recipe, mut program, mut trace) = (Recipe::new(1, LENGTH), Program::default(), Trace::new());
    let (mut count, mut all) = (0, BTreeMap::new());
    for index in 0..programs {
        recipe.program(index, &mut program);
        let met = RefCell::default();
        trace.clear();
        let python = Python::new(profile.into());
        // A program whose end is not known counts up to there.
        let _ = Machine::new(Watching { python, met: &met }, &program).run(Watch::End, &mut trace);
        let met: BTreeMap<Kind, u64> = met.into_inner();
        count += u64::from(!met.is_empty());
        met.into_iter().for_each(|(kind, times)| *all.entry(kind).or_default() += times);
    }
    (count, all)
}

#[test]
fn iterators_in_every_state_meet_what_takes_their_items() {
    let programs = 20_000;
    let (count, kinds) = meetings(programs);
    assert!(count * 20 > programs, "{count} of {programs} programs");
    let takers = [
        Kind::TupleOf,
        Kind::NewBytes,
        Kind::NewBytearray,
        Kind::NewArray,
        Kind::Sum,
        Kind::Max,
        Kind::Min,
        Kind::Sorted,
        Kind::IntFromBytes,
        Kind::In,
        Kind::NotIn,
        Kind::Extend,
        Kind::InPlaceAdd,
        Kind::Set,
        Kind::AnyMethod,
    ];
    for kind in takers {
        let times = kinds.get(&kind).copied().unwrap_or_default();
        assert!(times >= 20, "{kind:?}: {times} times in {programs} programs");
    }
}

#[test]
#[ignore = "counts 200,000 programs, to compare two generators"]
fn the_share_of_such_programs() {
    let programs = 200_000;
    let (count, kinds) = meetings(programs);
    println!("{count} of {programs} programs: {kinds:?}");
}
