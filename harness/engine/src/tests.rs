//! Both engines on the same programs.

use crate::embedded::Embedded;
use crate::reference::Reference;
use crate::{Engine, Watch};
use program::{Parser, Program, Trace};
use rstest::rstest;

fn program(text: &str) -> Program {
    let mut parser = Parser::new();
    for line in text.split(';') {
        parser.step(line.trim()).unwrap();
    }
    parser.finish()
}

#[rstest]
#[case("data = bytearray(b'abcdef'); m = memoryview(data); part = m[1:5:2]; part[0] = 90; data; data.append(1)")]
#[case("m = memoryview(b'abcd'); m[0] = 1; m[9]; m['x']; m[1:2].obj is m.obj; m.release(); m[0]; m; repr(m)")]
#[case("import array; a = array.array('h', [1, -2, 3]); m = memoryview(a)[::-1]; m.tolist(); m.strides; a.append(4)")]
#[case("m = memoryview(bytes(8)).cast('i', [2, 1]); m.shape; m.tolist(); m[0, 0]; m[0]; hash(m); m == m; x; del x")]
#[case(
    "memoryview(bytearray(4))[1:]; v = memoryview(bytearray(b'ab')); v[0] = 7; v; v.tobytes(); print(v, v[0]); v.nope"
)]
#[case(
    "d = bytearray(3); b'x' + memoryview(d); d += b'1'; memoryview(d) == d; d < memoryview(b'z'); 5 in memoryview(b'\\x05')"
)]
fn engines_agree(#[case] text: &str) {
    let program = program(text);
    let mut embedded = Embedded::new().unwrap();
    let mut reference = Reference::new(embedded.about().profile);
    let (mut left, mut right) = (Trace::new(), Trace::new());
    reference.run(&program, Watch::Always, &mut left).unwrap();
    embedded.run(&program, Watch::Always, &mut right).unwrap();
    for (index, (left, right)) in left.observations().zip(right.observations()).enumerate() {
        assert_eq!(left, right, "step {index}: {}", program::print::step(&program, index));
    }
    assert_eq!(left, right);
    assert_eq!(left.len(), program.steps.len());
}

#[rstest]
#[case("data = bytearray(64);", "data *= 40")]
#[case("data = b'0123456789abcdef';", "data *= 40")]
#[case("data = b'0123456789abcdef';", "data += data")]
#[case("data = (1, 2);", "data += data")]
fn growth_is_left_open_before_it_fills_the_memory(#[case] start: &str, #[case] step: &str) {
    let text = format!("{start} {}", vec![step; 40].join("; "));
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let mut trace = Trace::new();
    let fault = Reference::new(profile).run(&program(&text), Watch::Changes, &mut trace);
    assert!(matches!(fault, Err(crate::Fault::Unsupported { .. })));
    assert!(trace.len() > 2, "small objects do grow");
}

/// What says nothing about memoryview and is CPython's own business is left open, not guessed.
#[rstest]
#[case("x = 1.5; x is x")]
#[case("x = max([float('nan')]); x is not x")]
#[case("x = float('nan'); [x] == [x]")]
fn identities_of_values_are_left_open(#[case] text: &str) {
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let fault = Reference::new(profile).run(&program(text), Watch::Changes, &mut Trace::new());
    assert!(matches!(fault, Err(crate::Fault::Unspecified(_))), "{fault:?}");
}
