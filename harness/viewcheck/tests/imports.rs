//! What a program that imports nothing, as those of the generator, has to import. That a finding's case does so is in the
//! tests of `mutants`.

use program::{Parser, Program, print};
use rstest::rstest;

/// A program that imports nothing.
fn program(steps: &[&str]) -> Program {
    let mut parser = Parser::of_printed();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    parser.finish()
}

#[rstest]
#[case(&["x = [struct.pack('b', 1), array.array]"], Some("import array, struct"))]
#[case(&["isinstance(b'', ((mmap.mmap,), [collections.abc.Sized]))"], Some("import collections.abc, mmap"))]
#[case(&["import array", "array.array('b')"], None)]
#[case(&["array.array('b')", "import array"], Some("import array"))]
#[case(&["import array", "array.array('b')", "struct.foo"], Some("import struct"))]
#[case(&["exporter(b'')"], None)]
fn what_is_imported(#[case] steps: &[&str], #[case] imports: Option<&str>) {
    assert_eq!(print::imports(&program(steps)).as_deref(), imports);
}
