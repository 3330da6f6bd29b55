//! Operations that take the tested engine a second or more, where a program takes milliseconds.
//!
//! An array that grows until the memory is exhausted is met in one program of fifty, and would take nearly all the time of
//! a campaign. So once such an operation is a finding, programs end before it. A campaign keeps what it learned.

use crate::findings::{class, operation};
use program::Program;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// From when on an operation is costly.
const LONG: Duration = Duration::from_secs(1);
/// How often a program has to take long.
const TIMES: usize = 2;

/// Whether it takes long to run something.
pub(super) fn is_long(run: impl FnOnce()) -> bool {
    let began = Instant::now();
    run();
    began.elapsed() >= LONG
}

/// Notes the last operation of a small program if it is that which takes long: each time, and without it not each time, as a
/// new process may have to be started. `is_long` says it of a program.
pub(super) fn learn(program: &Program, known: &mut BTreeSet<String>, mut is_long: impl FnMut(&Program) -> bool) {
    let Some(last) = program.steps.len().checked_sub(1) else { return };
    if (0..TIMES).all(|_| is_long(program)) && !(0..TIMES).all(|_| is_long(&program.prefix(last))) {
        known.extend(program.last_operation(last).map(|at| name(program, at, last)));
    }
}

/// How many steps a program has before the first costly one, if it has one.
pub(super) fn limit(program: &Program, known: &BTreeSet<String>) -> Option<usize> {
    // This is asked of every program, and mostly there are none.
    if known.is_empty() {
        return None;
    }
    let is_costly = |step: &usize| program.step_range(*step).any(|at| known.contains(&name(program, at, *step)));
    (0..program.steps.len()).find(is_costly)
}

/// An operation by its name and the types of what it is given: `extend of array (memoryview)`.
fn name(program: &Program, at: usize, step: usize) -> String {
    let (before, rest) = program.operations.split_at(at.min(program.operations.len()));
    let operands = rest.first().map_or(&[][..], |operation| &operation.operands[..]);
    let types = operands.iter().skip(1).map(|operand| class(program, operand, step, before, None));
    format!("{} ({})", operation(program, at, step, None), types.collect::<Vec<_>>().join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use program::Parser;
    use rstest::rstest;

    const GROWS: &[&str] = &["data = bytearray(b'ab')", "view = memoryview(data)", "data.extend(view)"];

    fn program(texts: &[&str]) -> Program {
        let mut parser = Parser::new();
        texts.iter().for_each(|text| parser.step(text).unwrap());
        parser.finish()
    }

    /// `long` says for two runs, and for two without the last step, whether each takes long.
    #[rstest]
    #[case::last(&[true, true, false, false], &["extend of bytearray (memoryview)"])]
    #[case::last_of_a_new_process(&[true, true, true, false], &["extend of bytearray (memoryview)"])]
    #[case::once(&[true, false, false, false], &[])]
    #[case::earlier(&[true, true, true, true], &[])]
    #[case::quick(&[false, false, false, false], &[])]
    fn only_the_step_that_takes_long_is_costly(#[case] long: &[bool], #[case] expected: &[&str]) {
        let (mut known, mut runs) = (BTreeSet::new(), long.iter());
        learn(&program(GROWS), &mut known, |_| *runs.next().unwrap());
        assert!(known.iter().eq(expected), "{known:?}");
    }

    #[rstest]
    #[case::same(GROWS, Some(2))]
    #[case::other_argument(&["data = bytearray(b'ab')", "data.extend(b'ab')"], None)]
    #[case::other_object(&["import array", "data = array.array('B')", "data.extend(memoryview(b''))"], None)]
    #[case::other_operation(&["data = bytearray(b'ab')", "view = memoryview(data)", "data == view"], None)]
    fn programs_end_before_it(#[case] texts: &[&str], #[case] expected: Option<usize>) {
        let known = BTreeSet::from(["extend of bytearray (memoryview)".to_owned()]);
        assert_eq!(limit(&program(texts), &known), expected);
        assert_eq!(limit(&program(texts), &BTreeSet::new()), None);
    }
}
