//! `==` and `hash`: what is equal, what is hashable, and who is asked.

mod common;

use std::rc::Rc;

use common::*;
use rstest::rstest;
use view::*;

fn equal(a: &View, b: &Rc<View>) -> bool {
    a.equals(&Viewed(b)).unwrap().expect("views compare with views")
}

/// A view of values by format: natively if possible, else as described memory.
fn of(format: &str, itemsize: isize, content: &[u8]) -> Rc<View> {
    formatted(content, format, itemsize, latest())
}

#[rstest]
#[case(of("B", 1, &[1, 2]), of("b", 1, &[1, 2]), true)]
#[case(of("B", 1, &[255]), of("b", 1, &[255]), false)]
#[case(of("B", 1, &[1]), of("h", 2, &[1, 0]), true)]
#[case(of("B", 1, &[1]), of("?", 1, &[1]), true)]
#[case(of("c", 1, &[1]), of("B", 1, &[1]), false)]
#[case(of("c", 1, &[1]), of("s", 1, &[1]), true)]
#[case(of("<i", 4, &[1, 0, 0, 0]), of(">i", 4, &[0, 0, 0, 1]), true)]
#[case(of("2h", 4, &[1, 0, 2, 0]), of("hh", 4, &[1, 0, 2, 0]), true)]
#[case(of("2h", 4, &[1, 0, 2, 0]), of("h", 2, &[1, 0]), false)]
#[case(of("q", 8, &[1, 0, 0, 0, 0, 0, 0x20, 0]), of("d", 8, &[0, 0, 0, 0, 0, 0, 0x40, 0x43]), false)]
#[case(of("d", 8, &[0; 8]), of("d", 8, &[0, 0, 0, 0, 0, 0, 0, 0x80]), true)]
#[case(of("w", 4, &[0; 4]), of("w", 4, &[0; 4]), false)]
#[case(of("B", 1, &[]), of("d", 8, &[]), true)]
#[case(of("B", 1, &[]), of("w", 4, &[]), false)]
#[case(cast(&of("B", 1, &[1]), "B", &[]), of("B", 1, &[1]), false)]
#[case(cast(&of("B", 1, &[1; 4]), "B", &[2, 2]), of("B", 1, &[1; 4]), false)]
fn by_value(#[case] a: Rc<View>, #[case] b: Rc<View>, #[case] expected: bool) {
    assert_eq!((equal(&a, &b), equal(&b, &a)), (expected, expected));
}

#[test]
fn what_struct_does_not_know_differs_from_itself() {
    for (format, itemsize) in [("w", 4), ("T{<i:a:}", 4), ("&<i", 8)] {
        let view = of(format, itemsize, &[]);
        assert!(!equal(&view, &view), "{format}");
    }
    let nan = of("f", 4, &[0, 0, 0xc0, 0x7f]);
    assert!(!equal(&nan, &nan));
}

#[rstest]
#[case(&[1, 0, 5], &[1, 0, 7], true)]
#[case(&[0, 9], &[0, 4], true)]
#[case(&[2, 0], &[3, 0], false)]
#[case(&[2, 0], &[2, 0, 1], false)]
fn shapes_count_until_one_is_empty(#[case] a: &[isize], #[case] b: &[isize], #[case] expected: bool) {
    let view = |shape: &[isize]| {
        described(&[], Description { itemsize: 1, shape: Some(shape.to_vec()), ..Description::default() }, latest())
    };
    assert_eq!(equal(&view(a), &view(b)), expected);
}

#[test]
fn other_objects() {
    let view = of("i", 4, &[1, 0, 0, 0, 2, 0, 0, 0]);
    assert_eq!(view.equals(&Content(b"\x01\x02")), Ok(Some(true)));
    assert_eq!(view.equals(&Content(b"\x01\0\0\0\x02\0\0\0")), Ok(Some(false)));
    assert_eq!(view.equals(&Text("x")), Ok(None));
    assert_eq!(view.equals(&Item::Int(1)), Ok(None));
    // A buffer that cannot be had is no error.
    let released = readonly(&[1], latest());
    released.release().unwrap();
    let hook = Hook { exporter: Some(released.clone()), ..Hook::default() };
    assert_eq!(view.equals(&hook), Ok(None));
    assert_eq!(view.equals(&Viewed(&released)), Ok(Some(false)));
    assert_eq!(released.equals(&Viewed(&released)), Ok(Some(true)));
    assert_eq!(released.equals(&Text("x")), Ok(Some(false)));
}

#[test]
fn items_smaller_than_their_format_are_an_error() {
    let view = cast(&of("b", 1, &[0]), "b", &[]);
    let empty = described(&[0], Description { itemsize: 0, shape: Some(vec![]), ..Description::default() }, latest());
    let too_short = Err(Error::StructTooShort { needed: 1, given: 0 });
    assert_eq!((view.equals(&Viewed(&empty)), empty.equals(&Viewed(&view))), (too_short.clone(), too_short));
    assert!(equal(&empty, &empty), "compared natively");
}

#[test]
fn what_an_item_has_beyond_its_format_is_not_compared() {
    let view = |beyond| formatted(&[1, 2, beyond, beyond], "h", 4, latest());
    assert!(equal(&view(8), &view(9)));
}

#[test]
fn an_exporter_without_a_format_is_not_compared() {
    let bare = Described::new("ndarray", vec![1], &Description { itemsize: 1, ..Description::default() }, Abi::Lp64);
    let hook = Hook { exporter: Some(bare.unwrap()), ..Hook::default() };
    assert!(readonly(&[1], latest()).equals(&hook).unwrap_err().is_unspecified());
}

#[rstest]
#[case("3.14.2", false)]
#[case("3.14.5", true)]
fn odd_bools(#[case] version: &str, #[case] expected: bool) {
    let view = |byte| readonly(&[byte, 9, byte], python(version)).cast("?", None).unwrap();
    let [one, two] = [view(1), view(2)];
    assert_eq!(equal(&one, &two), expected);
    let [one, two] = [one, two].map(|view| slice(&view, None, None, Some(2)));
    assert_eq!(equal(&one, &two), expected, "not contiguous");
}

#[test]
fn the_identity_shortcut_of_3_15() {
    // The view leaves its memory, so looking at the items would be noticed.
    let outside = |format: &str| Description {
        format: Some(format.into()),
        itemsize: 4,
        shape: Some(vec![1]),
        offset: 1,
        ..Description::default()
    };
    let compare = |format, version| {
        let view = described(&[0; 4], outside(format), python(version));
        view.equals(&Viewed(&view))
    };
    assert_eq!(compare("i", "3.15.0"), Ok(Some(true)));
    assert!(compare("i", "3.14.3").unwrap_err().is_unspecified());
    assert!(compare("f", "3.15.0").unwrap_err().is_unspecified());
}

/// Of FNV-1a, from its authors.
#[test]
fn hashes_are_the_same_everywhere() {
    assert_eq!([hash_bytes(b""), hash_bytes(b"a")], [0, 0xaf63_dc4c_8601_ec8c]);
    assert_eq!(hash_bytes(b"foobar"), 0x8594_4171_f739_67e8);
}

#[test]
fn hashes_are_those_of_the_bytes() {
    let view = readonly(b"abcdef", latest());
    for other in [
        view.again().unwrap(),
        view.cast("@c", None).unwrap(),
        cast(&view, "b", &[2, 3]),
        slice(&slice(&view, None, None, Some(-1)), None, None, Some(-1)),
    ] {
        assert_eq!(other.hash(), Ok(hash_bytes(b"abcdef")));
    }
    let reversed = slice(&view, None, None, Some(-1));
    assert_eq!(reversed.hash(), Ok(hash_bytes(b"fedcba")));
    assert_ne!(reversed.hash(), view.hash());
}

#[rstest]
#[case(writable(&[1], latest()), Error::HashWritable)]
#[case(writable(&[1], latest()).toreadonly().unwrap(), Error::Unhashable { type_name: "bytearray".into() })]
#[case(readonly(&[1, 2], latest()).cast("h", None).unwrap(), Error::HashFormat)]
#[case(of("<B", 1, &[1]).toreadonly().unwrap(), Error::HashFormat)]
fn what_cannot_be_hashed(#[case] view: Rc<View>, #[case] expected: Error) {
    assert_eq!(view.hash(), Err(expected));
}

#[test]
fn a_hash_outlives_its_view() {
    let view = readonly(b"abc", latest());
    let unasked = view.again().unwrap();
    let hash = view.hash();
    view.release().unwrap();
    unasked.release().unwrap();
    assert_eq!((view.hash(), unasked.hash()), (hash, Err(Error::Released)));
}
