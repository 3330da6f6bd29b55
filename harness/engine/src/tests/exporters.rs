//! Layouts that no exporter has.

use super::{agree, program};
use rstest::rstest;

/// What can't be described is refused, and in the same words.
#[rstest]
#[case("exporter()", "TypeError: exporter() takes one argument by position, the data")]
#[case("exporter(data=b'')", "TypeError: exporter() takes one argument by position, the data")]
#[case("exporter(b'', 'B')", "TypeError: exporter() takes one argument by position, the data")]
#[case("exporter(bytearray(2))", "TypeError: exporter() argument 'data' must be bytes")]
#[case("exporter(b'', size=1)", "TypeError: exporter() has no argument 'size'")]
#[case("exporter(b'', format=1)", "TypeError: exporter() argument 'format' must be a str or None")]
#[case("exporter(b'', format='2i')", "TypeError: exporter() needs the itemsize of this format")]
#[case("exporter(b'', format='Zd')", "TypeError: exporter() needs the itemsize of this format")]
#[case("exporter(b'', itemsize=1.0)", "TypeError: exporter() argument 'itemsize' must be an int or None")]
#[case("exporter(b'', shape=2)", "TypeError: exporter() argument 'shape' must be a tuple or a list of ints, or None")]
#[case(
    "exporter(b'', strides=(None,))",
    "TypeError: exporter() argument 'strides' must be a tuple or a list of ints, or None"
)]
#[case("exporter(b'', readonly=1)", "TypeError: exporter() argument 'readonly' must be a bool")]
#[case("exporter(b'', offset=18446744073709551616)", "ValueError: exporter: a number is too large")]
#[case("exporter(b'', offset=1)", "ValueError: exporter: offset must lie in the data")]
#[case("exporter(b'ab', shape=(3,))", "ValueError: exporter: the layout leaves the data")]
#[case("exporter(b'ab', shape=(2,), strides=(-1,))", "ValueError: exporter: the layout leaves the data")]
#[case(
    "exporter(b'ab', shape=(2,), strides=())",
    "ValueError: exporter: strides must have an entry for each dimension"
)]
#[case("exporter(b'ab', suboffsets=(0,))", "ValueError: exporter: the layout leaves the data")]
#[case("exporter(bytes(16), format='q', suboffsets=(0,))", "ValueError: exporter: an item covers a pointer")]
#[case("exporter(b'ab', format='\\x00', itemsize=1)", "ValueError: exporter: a NUL in the format")]
fn what_can_not_be_exported_is_refused(#[case] step: &str, #[case] expected: &str) {
    let trace = agree(&program(step));
    let raised = trace.observations().next().map(|seen| match seen.outcome {
        program::Outcome::Raised(raised) => format!("{}: {}", raised.exception, raised.message),
        other => format!("{other:?}"),
    });
    assert_eq!(raised.as_deref(), Some(expected));
}
