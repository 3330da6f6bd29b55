use super::*;
use crate::print::tests::any_program;
use proptest::prelude::*;
use rstest::rstest;

fn nested(depth: usize) -> Program {
    let value = (0..depth).fold(Value::None, |inner, _| Value::Tuple(vec![inner]));
    Program {
        names: vec!["v0".into()],
        operations: vec![Operation::new(Kind::Plain, Target::Name(0), [Operand::Value(value)])],
        steps: vec![1],
        ..Program::default()
    }
}

#[test]
fn depth_is_limited() {
    assert_eq!(decode(&encode(&nested(DEEPEST))).unwrap(), nested(DEEPEST));
    assert!(matches!(decode(&encode(&nested(DEEPEST + 1))), Err(DecodeError::Damaged(_))));
}

#[test]
fn what_is_no_program_is_refused() {
    for bytes in [&[][..], &[0], &[2, 0, 0, 0, 0], &[VERSION], &[VERSION, 0xff, 0xff, 0xff, 0xff, 0x0f]] {
        assert!(decode(bytes).is_err(), "{bytes:?}");
    }
    let mut more = encode(&nested(1));
    more.push(0);
    assert!(decode(&more).is_err());
}

#[test]
fn an_operation_without_a_row_is_named() {
    let mut bytes = encode(&nested(1));
    let at = bytes.windows(5).position(|window| window == b"plain").unwrap();
    bytes[at..at + 5].copy_from_slice(b"fancy");
    assert_eq!(decode(&bytes).unwrap_err().to_string(), "there is no operation `fancy`");
}

#[rstest]
#[case(Kind::AnyMethod, 1, "an operation lacks an operand")]
#[case(Kind::AnyMethod, 0, "an operation lacks an operand")]
#[case(Kind::ToList, 0, "an operation lacks an operand")]
#[case(Kind::Get, 1, "an operation lacks an operand")]
#[case(Kind::Set, 2, "an operation lacks an operand")]
#[case(Kind::AnyMethod, 2, "an operation lacks its own name")]
#[case(Kind::AnyCall, 1, "an operation lacks its own name")]
#[case(Kind::Import, 3, "an operation lacks its own name")]
fn an_operation_that_can_not_be_written_is_refused(#[case] kind: Kind, #[case] operands: usize, #[case] error: &str) {
    let operands = vec![Operand::Value(Value::None); operands];
    let operations = vec![Operation::new(kind, Target::Discard, operands)];
    let bytes = encode(&Program { operations, steps: vec![1], ..Program::default() });
    assert!(decode(&bytes).unwrap_err().to_string().ends_with(error));
}

#[rstest]
#[case("", "'}; import os; '")]
#[case("", "{x}")]
#[case("", "\n")]
#[case("a", "")]
#[case("r}'; import os; f'{x", "")]
fn a_field_holds_no_text_of_a_program(#[case] conversion: &str, #[case] format: &str) {
    let text = |text: &str| Operand::Value(Value::Str(text.into()));
    let operands = [text("x"), text(conversion), text(format)];
    let operations = vec![Operation::new(Kind::Field, Target::Discard, operands)];
    let bytes = encode(&Program { operations, steps: vec![1], ..Program::default() });
    assert!(matches!(decode(&bytes), Err(DecodeError::Damaged(_))));
}

#[test]
fn the_names_of_rows_are_unique() {
    let mut names: Vec<&str> = Kind::ALL.iter().map(|kind| kind.row().name).collect();
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
}

proptest! {
    #[test]
    fn decoding_is_the_inverse_of_encoding(program in any_program()) {
        prop_assert_eq!(decode(&encode(&program)).unwrap(), program);
    }

    #[test]
    fn damaged_bytes_are_an_error_or_a_program(
        program in any_program(),
        changes in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..4),
        cut in any::<prop::sample::Index>(),
    ) {
        let mut bytes = encode(&program);
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        if let Ok(program) = decode(&bytes) {
            // Whatever it is, it can be printed.
            let _ = crate::print::program(&program);
        }
        bytes.truncate(cut.index(bytes.len()));
        let _ = decode(&bytes);
    }

    #[test]
    fn any_bytes_are_an_error_or_a_program(mut bytes in any::<Vec<u8>>()) {
        bytes.insert(0, VERSION);
        let _ = decode(&bytes);
    }
}
