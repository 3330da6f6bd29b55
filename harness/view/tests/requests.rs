//! What a request for a buffer asks for, and which views give it.

mod common;

use common::*;
use rstest::rstest;
use view::*;

/// Every request flag on every kind of view; rows of the table of PEP 3118 requests (measured).
#[test]
fn requests() {
    use Refusal::*;
    let description = |shape: &[isize], strides: &[isize], suboffsets: Option<Vec<isize>>| Description {
        itemsize: 1,
        shape: Some(shape.to_vec()),
        strides: Some(strides.to_vec()),
        suboffsets,
        ..Description::default()
    };
    let flat = |refusal: Refusal| [Some(refusal); 3];
    type Row = (&'static str, Description, [Option<Refusal>; 3], [Option<Refusal>; 4]);
    let kinds: [Row; 7] = [
        // The columns: SIMPLE, ND, CONTIG_RO; then C, F and ANY_CONTIGUOUS, STRIDES.
        ("1-D", description(&[4], &[1], None), [None; 3], [None; 4]),
        ("C", description(&[2, 2], &[2, 1], None), [None; 3], [None, Some(NotFortran), None, None]),
        ("F", description(&[2, 2], &[1, 2], None), flat(NotC), [Some(NotC), None, None, None]),
        ("step", description(&[2], &[2], None), flat(NotC), [Some(NotC), Some(NotFortran), Some(NotContiguous), None]),
        ("empty", description(&[0], &[2], None), flat(NotC), [Some(NotC), Some(NotFortran), Some(NotContiguous), None]),
        ("scalar", description(&[], &[], None), [None; 3], [None; 4]),
        (
            "suboffsets",
            description(&[1], &[8], Some(vec![0])),
            flat(NeedsSuboffsets),
            [Some(NotC), Some(NotFortran), Some(NotContiguous), Some(NeedsSuboffsets)],
        ),
    ];
    for (name, description, simple, strided) in kinds {
        let view = described(&[0; 16], description.clone(), latest());
        let refusal = |flags: Flags| match View::export(&view, flags) {
            Ok(_) => None,
            Err(Error::Refused(refusal)) => Some(refusal),
            Err(other) => panic!("{other:?}"),
        };
        assert_eq!([Flags::SIMPLE, Flags::ND, Flags::CONTIG_RO].map(refusal), simple, "{name}");
        let flags = [Flags::C_CONTIGUOUS, Flags::F_CONTIGUOUS, Flags::ANY_CONTIGUOUS, Flags::STRIDES];
        assert_eq!(flags.map(refusal), strided, "{name}");
        assert_eq!(refusal(Flags::FULL), None, "{name}");
        let constant = view.toreadonly().unwrap();
        let refused = View::export(&constant, Flags::FULL).map(drop);
        assert_eq!(refused, Err(Error::Refused(NotWritable)), "{name}");
        if simple == [None; 3] {
            let export = View::export(&view, Flags::SIMPLE).unwrap();
            assert_eq!((export.ndim, &export.shape, &export.strides, &export.format), (1, &None, &None, &None));
            assert_eq!(refusal(Flags::FORMAT), Some(FormatWithoutShape), "{name}");
            assert_eq!(View::export(&view, Flags::ND).unwrap().ndim, view.layout().ndim());
        }
    }
}

#[rstest]
#[case("3.12.1", Flags::READ, Ok(()))]
#[case("3.13.0", Flags::READ, Err(Error::BadInternalCall))]
#[case("3.13.0", Flags::WRITABLE, Err(Error::NotWritable))]
#[case("3.13.0", Flags(-1), Err(Error::NotWritable))]
fn request_flags_of_bytes(#[case] version: &str, #[case] flags: Flags, #[case] expected: Result<(), Error>) {
    assert_eq!(View::from_flags(Bytes::new(vec![1]), flags, python(version)).map(drop), expected);
}
