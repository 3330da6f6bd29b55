//! Which error wins when several would fit. Every row was measured on CPython.

mod common;

use common::*;
use rstest::rstest;
use view::*;

const BIG: i128 = 1 << 100;

fn too_large() -> Result<String, Error> {
    Err(Error::IndexTooLarge { type_name: "int".into() })
}

fn unsupported() -> Result<String, Error> {
    Err(Error::UnsupportedFormat { format: "<i".into() })
}

fn raised() -> Error {
    Error::raised(Exception::ZeroDivisionError, "from the hook")
}

/// `m[key]` on views of one, two and no dimensions, of a structured and of an unknown format.
#[test]
fn reading() {
    let profile = latest();
    let bytes = readonly(&[7, 8, 9], profile);
    let matrix = cast(&readonly(&[0, 1, 2, 3, 4, 5], profile), "B", &[2, 3]);
    let scalar = cast(&readonly(&[5], profile), "B", &[]);
    let structured = formatted(&[0; 8], "<i", 4, profile);
    let unknown = formatted(&[0; 8], "w", 4, profile);
    let (big, fraction, raising) = (Int::from(BIG), Item::Float(1.0), Hook::raising(Exception::ZeroDivisionError));
    let [zero, one, three, nine]: [&dyn Object; 4] = [&0_i64, &1_i64, &3_i64, &9_i64];
    let key = Key::Object;
    let all = Key::Slice(Slice::default());
    type Row<'a> = (&'a str, &'a std::rc::Rc<View>, Key<'a>, Result<String, Error>);
    let rows: [Row; 37] = [
        ("m[-1]", &bytes, key(&-1_i64), Ok("Int(9)".into())),
        ("m[True]", &bytes, key(&Item::Bool(true)), Ok("Int(8)".into())),
        ("m[9]", &bytes, key(nine), Err(Error::OutOfBounds { dimension: 1 })),
        ("m[2**100]", &bytes, key(&big), too_large()),
        ("m[1.0]", &bytes, key(&fraction), Err(Error::InvalidKey)),
        ("m[...]", &bytes, Key::Ellipsis, Err(Error::InvalidKey)),
        ("m[()]", &bytes, Key::Tuple(&[]), Err(Error::SubViews)),
        ("m[1,]", &bytes, Key::Tuple(&[key(one)]), Ok("Int(8)".into())),
        ("m[1,1]", &bytes, Key::Tuple(&[key(one), key(one)]), Err(Error::TupleLength { ndim: 1, given: 2 })),
        ("m[:,]", &bytes, Key::Tuple(&[all]), Err(Error::MultiSlice)),
        ("m[:,1]", &bytes, Key::Tuple(&[all, key(one)]), Err(Error::InvalidKey)),
        ("m[...,1]", &bytes, Key::Tuple(&[Key::Ellipsis, key(one)]), Err(Error::InvalidKey)),
        ("m[raising]", &bytes, key(&raising), Err(raised())),
        ("m[:]", &bytes, all, Ok("[3] [1]".into())),
        ("M[0]", &matrix, key(zero), Err(Error::SubViewsOfDimensions)),
        ("M[9]", &matrix, key(nine), Err(Error::SubViewsOfDimensions)),
        ("M[2**100]", &matrix, key(&big), too_large()),
        ("M[1,0]", &matrix, Key::Tuple(&[key(one), key(zero)]), Ok("Int(3)".into())),
        ("M[0,3]", &matrix, Key::Tuple(&[key(zero), key(three)]), Err(Error::OutOfBounds { dimension: 2 })),
        ("M[9,raising]", &matrix, Key::Tuple(&[key(nine), key(&raising)]), Err(Error::OutOfBounds { dimension: 1 })),
        ("M[raising,9]", &matrix, Key::Tuple(&[key(&raising), key(nine)]), Err(raised())),
        ("M[raising,]", &matrix, Key::Tuple(&[key(&raising)]), Err(Error::SubViews)),
        ("M[0,2**100]", &matrix, Key::Tuple(&[key(zero), key(&big)]), too_large()),
        (
            "M[::-1]",
            &matrix,
            Key::Slice(Slice { step: Some(&-1_i64), ..Slice::default() }),
            Ok("[2, 3] [-3, 1]".into()),
        ),
        ("M[:,:]", &matrix, Key::Tuple(&[all, all]), Err(Error::MultiSlice)),
        ("s[()]", &scalar, Key::Tuple(&[]), Ok("Int(5)".into())),
        ("s[...]", &scalar, Key::Ellipsis, Ok("itself".into())),
        ("s[raising]", &scalar, key(&raising), Err(Error::ZeroDimIndex)),
        ("s[:]", &scalar, all, Err(Error::ZeroDimIndex)),
        ("x[0]", &structured, key(zero), unsupported()),
        ("x[9]", &structured, key(nine), unsupported()),
        ("x[2**100]", &structured, key(&big), too_large()),
        ("x[1.0]", &structured, key(&fraction), Err(Error::InvalidKey)),
        ("x[()]", &structured, Key::Tuple(&[]), unsupported()),
        ("x[:]", &structured, all, Ok("[2] [4]".into())),
        ("w[9]", &unknown, key(nine), Err(Error::OutOfBounds { dimension: 1 })),
        ("w[0]", &unknown, key(zero), Err(Error::UnknownCode { code: "w".into() })),
    ];
    for (name, view, key, expected) in rows {
        assert_eq!(shown(view.get(&key)), expected, "{name}");
        let released = view.again().unwrap();
        released.release().unwrap();
        assert_eq!(shown(released.get(&key)), Err(Error::Released), "{name} released");
    }
}

/// `m[key] = value`
#[test]
fn writing() {
    let profile = latest();
    let bytes = writable(&[7, 8, 9], profile);
    let constant = readonly(&[7, 8, 9], profile);
    let matrix = cast(&writable(&[0; 6], profile), "B", &[2, 3]);
    let scalar = cast(&writable(&[5], profile), "B", &[]);
    let structured = formatted(&[0; 8], "<i", 4, profile);
    let unknown = formatted(&[0; 8], "w", 4, profile);
    let (text, huge, raising) = (Text("x"), Int::from(BIG), Hook::raising(Exception::ZeroDivisionError));
    let [zero, one, nine]: [&dyn Object; 3] = [&0_i64, &1_i64, &9_i64];
    let key = Key::Object;
    let all = Key::Slice(Slice::default());
    let two = Key::Slice(Slice { stop: Some(&2_i64), ..Slice::default() });
    let no_step = Key::Slice(Slice { step: Some(&0_i64), ..Slice::default() });
    let bad_start = Key::Slice(Slice { start: Some(&text), ..Slice::default() });
    let no_buffer = |name: &str| Err(Error::NoBuffer { type_name: name.into() });
    let unsupported = || Err(Error::UnsupportedFormat { format: "<i".into() });
    type Row<'a> = (&'a str, &'a View, Key<'a>, &'a dyn Object, Result<(), Error>);
    let rows: [Row; 29] = [
        ("m[9] = 'x'", &bytes, key(nine), &text, Err(Error::OutOfBounds { dimension: 1 })),
        ("m[0] = 'x'", &bytes, key(zero), &text, Err(Error::ItemType { code: "B" })),
        ("m[0] = 300", &bytes, key(zero), &300_i64, Err(Error::ItemValue { code: "B" })),
        ("m[0] = 2**100", &bytes, key(zero), &huge, Err(Error::ItemValue { code: "B" })),
        ("m['x'] = 'x'", &bytes, key(&text), &text, Err(Error::InvalidKey)),
        ("m[raising] = 'x'", &bytes, key(&raising), &text, Err(raised())),
        ("m[:2] = 5", &bytes, two, &5_i64, no_buffer("int")),
        ("m[::0] = 5", &bytes, no_step, &5_i64, no_buffer("int")),
        ("m[::0] = b'ab'", &bytes, no_step, &Content(b"ab"), Err(Error::ZeroStep)),
        ("m['x':] = b'ab'", &bytes, bad_start, &Content(b"ab"), Err(Error::SliceBound)),
        ("m[:2] = b'abc'", &bytes, two, &Content(b"abc"), Err(Error::Structure)),
        ("m[:2] = b'ab'", &bytes, two, &Content(b"ab"), Ok(())),
        ("m[()] = 1", &bytes, Key::Tuple(&[]), one, Err(Error::SubViews)),
        ("m[1,] = 1", &bytes, Key::Tuple(&[key(one)]), one, Ok(())),
        ("m[:,] = 1", &bytes, Key::Tuple(&[all]), one, Err(Error::SliceAssignment)),
        ("m[...] = 1", &bytes, Key::Ellipsis, one, Err(Error::InvalidKey)),
        ("r['x'] = 'x'", &constant, key(&text), &text, Err(Error::ReadOnly)),
        ("r[raising] = 'x'", &constant, key(&raising), &text, Err(Error::ReadOnly)),
        ("M[0] = 1", &matrix, key(zero), one, Err(Error::SubViews)),
        ("M[raising] = 1", &matrix, key(&raising), one, Err(Error::SubViews)),
        ("M[:1] = 5", &matrix, two, one, Err(Error::SliceAssignment)),
        ("M[1,1] = 1", &matrix, Key::Tuple(&[key(one), key(one)]), one, Ok(())),
        ("M[1,9] = 'x'", &matrix, Key::Tuple(&[key(one), key(nine)]), &text, Err(Error::OutOfBounds { dimension: 2 })),
        ("s[()] = 1", &scalar, Key::Tuple(&[]), one, Ok(())),
        ("s[...] = 'x'", &scalar, Key::Ellipsis, &text, Err(Error::ItemType { code: "B" })),
        ("s[raising] = 1", &scalar, key(&raising), one, Err(Error::ZeroDimIndex)),
        ("x['x'] = 1", &structured, key(&text), one, unsupported()),
        ("w[9] = 'x'", &unknown, key(nine), &text, Err(Error::OutOfBounds { dimension: 1 })),
        ("w[0] = raising", &unknown, key(zero), &raising, Err(Error::UnknownCode { code: "w".into() })),
    ];
    for (name, view, key, value, expected) in rows {
        assert_eq!(view.set(&key, value), expected, "{name}");
        let released = view.toreadonly().unwrap();
        released.release().unwrap();
        assert_eq!(released.set(&key, value), Err(Error::Released), "{name} released");
    }
    assert_eq!([bytes.delete(), constant.delete()], [Error::Delete, Error::ReadOnly]);
    assert_eq!(structured.delete(), Error::UnsupportedFormat { format: "<i".into() });
}

#[test]
fn unknown_formats_can_be_copied_but_structured_ones_cannot() {
    let profile = latest();
    let all = Key::Slice(Slice::default());
    let (unknown, source) = (formatted(&[0; 8], "w", 4, profile), formatted(&[7; 8], "@w", 4, profile));
    assert_eq!(unknown.set(&all, &Viewed(&source)), Ok(()));
    assert_eq!(unknown.memory().to_vec(), [7; 8]);
    let structured = formatted(&[0; 8], "<i", 4, profile);
    assert_eq!(structured.set(&all, &Viewed(&structured)), Err(Error::UnsupportedFormat { format: "<i".into() }));
}

type CastRow = (&'static str, &'static [u8], &'static str, &'static [i64], Result<&'static str, Error>);

const CAST_ROWS: &[CastRow] = {
    use Error::*;
    let characters = view::error::Target::Character;
    &[
        ("bad shape", &[0; 8], "i", &[3], Err(CastProduct)),
        ("zero", &[0; 8], "i", &[0], Err(CastElementSign)),
        ("negative", &[0; 8], "i", &[-2], Err(CastElementSign)),
        ("multiple before shape", &[0; 7], "i", &[0], Err(CastLength)),
        ("format before shape", &[0; 8], "zz", &[0], Err(CastFormat { what: characters })),
        ("prefix", &[0; 8], "<i", &[2], Err(CastFormat { what: characters })),
        ("empty format", &[0; 8], "", &[8], Err(CastFormat { what: characters })),
        ("nothing", &[], "B", &[1], Err(CastZeros)),
        ("overflow", &[0; 8], "B", &[1 << 62, 4], Err(CastOverflow)),
        ("no overflow", &[0; 8], "B", &[i64::MAX], Err(CastProduct)),
        ("scalar", &[0; 4], "i", &[], Ok("[] []")),
        ("scalar of the wrong size", &[0; 8], "i", &[], Err(CastProduct)),
        ("nul", &[0; 8], "h\0zz", &[2, 2], Ok("[2, 2] [4, 2]")),
        ("ascii", &[0; 8], "a\u{e9}", &[0], Err(NonAscii { character: '\u{e9}', start: 1, end: 2 })),
    ]
};

#[test]
fn casting() {
    let result = |result: Result<std::rc::Rc<View>, Error>| shown(result.map(Got::View));
    for (name, content, format, sizes, expected) in CAST_ROWS {
        let view = readonly(content, latest());
        let got = shape(sizes, |shape| result(view.cast(format, shape)));
        assert_eq!(got, expected.clone().map(str::to_owned), "{name}");
    }
    let bytes = readonly(&[0; 8], latest());
    assert_eq!(result(bytes.cast("zz", Some(CastShape::NotSequence))), Err(Error::CastShape));
    assert_eq!(result(slice(&bytes, None, None, Some(2)).cast("zz", None)), Err(Error::CastContiguity));
    let matrix = cast(&bytes, "B", &[2, 4]);
    assert_eq!(shape(&[2, 4], |shape| result(matrix.cast("zz", shape))), Err(Error::CastDimensions));
    assert_eq!(shape(&[], |shape| result(matrix.cast("B", shape))), Err(Error::CastDimensions));
    assert_eq!(shape(&[1; 65], |shape| result(matrix.cast("zz", shape))), Err(Error::TooManyDimensions));
    assert_eq!(result(matrix.cast("h", None)), Ok("[4] [2]".into()));
    let ints = bytes.cast("i", None).unwrap();
    assert_eq!(result(ints.cast("i", None)), Err(Error::CastFormats));
    assert_eq!(shape(&[2, 4], |shape| result(ints.cast("B", shape))), Ok("[2, 4] [4, 1]".into()));
    assert_eq!(result(formatted(&[0; 8], "<B", 1, latest()).cast("h", None)), Err(Error::CastFormats));
    // What has no value as an int here may have an `__index__`, which is not asked.
    let elements = [None, Some(Int::from(BIG))];
    let with = |elements| result(bytes.cast("B", Some(CastShape::Elements(elements))));
    assert_eq!(with(&elements[..1]), Err(Error::CastElement));
    assert_eq!(with(&elements[1..]), Err(Error::CastElementTooLarge));
    assert_eq!(with(&[Some(Int::Small(1)), Some(Int::Small(8))]), Ok("[1, 8] [8, 1]".into()));
}

/// `list(m)`, `x in m` and `next(reversed(m))`, then the same on the released view.
#[rstest]
#[case("3.9.18", [Error::ZeroDimIndex, Error::ZeroDimIndex, Error::ZeroDimIndex], Error::Released)]
#[case("3.10.13", [Error::ZeroDimIndex, not_iterable(), Error::ZeroDimIndex], Error::ZeroDimIndex)]
#[case("3.12.1", [Error::ZeroDimIndex, not_iterable(), Error::ZeroDimLength], Error::ZeroDimIndex)]
#[case("3.13.1", [Error::ZeroDimIndex, not_iterable(), Error::ZeroDimLength], Error::Released)]
fn iterating_over_a_scalar(#[case] version: &str, #[case] expected: [Error; 3], #[case] released: Error) {
    let view = cast(&readonly(&[1], python(version)), "B", &[]);
    let list = |view: &std::rc::Rc<View>| view.iter().and_then(|iter| iter.next()).unwrap_err();
    let contains = view.contains(&1_i64).unwrap_err();
    let last = view.reversed().and_then(|iter| iter.next()).unwrap_err();
    assert_eq!([list(&view), contains, last], expected);
    view.release().unwrap();
    assert_eq!(list(&view), released);
}

fn not_iterable() -> Error {
    Error::NotIterable { what: view::error::Iterable::Iterable }
}

#[test]
fn a_direct_call_of_iter_on_a_released_view_confuses_the_callee_for_a_while() {
    for (version, confused) in [("3.9.18", false), ("3.12.7", true), ("3.12.8", false), ("3.13.0", true)] {
        let view = readonly(&[1], python(version));
        view.release().unwrap();
        let error = view.iter_called("<built-in function iter>").and_then(|iter| iter.next()).unwrap_err();
        let callee = "<built-in function iter>".into();
        assert_eq!(error, if confused { Error::ResultWithError { callee } } else { Error::Released }, "{version}");
    }
}

#[test]
fn searching() {
    let view = readonly(&[1, 2, 1], latest());
    assert_eq!((view.count(&1_i64), view.count(&9_i64)), (Ok(2), Ok(0)));
    assert_eq!(view.index(&1_i64, 1, isize::MAX), Ok(2));
    assert_eq!(view.index(&1_i64, -2, -1), Err(Error::NotFound));
    assert_eq!(view.index(&2_i64, isize::MIN, isize::MAX), Ok(1));
    assert_eq!(cast(&view, "B", &[3, 1]).index(&1_i64, 0, 9), Err(Error::MultiDimLookup));
    assert_eq!(cast(&readonly(&[1], latest()), "B", &[]).index(&1_i64, 0, 9), Err(Error::ZeroDimLookup));
    let structured = formatted(&[0; 8], "<i", 4, latest());
    assert_eq!(structured.index(&1_i64, 2, 2), Err(Error::NotFound));
    assert!(matches!(structured.index(&1_i64, 0, 2), Err(Error::UnsupportedFormat { .. })));
    assert!(matches!(structured.count(&1_i64), Err(Error::UnsupportedFormat { .. })));
}

#[rstest]
#[case(&1_i64, Error::NoLength { type_name: "int".into() })]
#[case(&Text("ab"), Error::SeparatorLength)]
#[case(&Content(b""), Error::SeparatorLength)]
#[case(&Text("\u{e9}"), Error::SeparatorAscii)]
#[case(&Content(b"\xff"), Error::SeparatorAscii)]
fn separators(#[case] separator: &dyn Object, #[case] expected: Error) {
    assert_eq!(readonly(&[], latest()).hex(Some(separator), 1), Err(expected.clone()));
    let view = readonly(&[], latest());
    assert_eq!(readonly(&[1], latest()).hex(Some(&Viewed(&view)), 1), Err(Error::SeparatorLength));
    view.release().unwrap();
    assert_eq!(view.hex(Some(separator), 1), Err(Error::Released));
}

#[test]
fn orders_of_tobytes() {
    let view = readonly(&[1], latest());
    assert_eq!(view.tobytes_in(Some("c")), Err(Error::Order));
    assert_eq!(view.tobytes_in(None), Ok(vec![1]));
    view.release().unwrap();
    assert_eq!(view.tobytes_in(Some("c")), Err(Error::Released));
}
