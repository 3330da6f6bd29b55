//! Items by format: what is read, what may be written, and which error a wrong value gives.

mod common;

use common::*;
use python::exporters::Array;
use rstest::rstest;
use view::*;

fn write(view: &View, value: &dyn Object) -> Result<(), Error> {
    view.set(&Key::Object(&0_i64), value)
}

/// Golden values of CPython, little endian.
#[rstest]
#[case("h", &[256, 770, 1284, 1798])]
#[case("i", &[50_462_976, 117_835_012])]
#[case("q", &[506_097_522_914_230_528])]
#[case("@B", &[0, 1, 2, 3, 4, 5, 6, 7])]
fn known_values(#[case] format: &str, #[case] values: &[i64]) {
    let view = readonly(&[0, 1, 2, 3, 4, 5, 6, 7], latest());
    assert_eq!(ints(&view.cast(format, None).unwrap()), values);
}

#[test]
fn casts_of_several_dimensions() {
    let view = readonly(&[0, 1, 2, 3, 4, 5, 6, 7], latest());
    let key = [Key::Object(&1_i64), Key::Object(&-1_i64)];
    assert_eq!(shown(cast(&view, "b", &[2, 4]).get(&Key::Tuple(&key))), Ok("Int(7)".into()));
    assert_eq!(ints(&cast(&view, "B", &[2, 2, 2])), [0, 1, 2, 3, 4, 5, 6, 7]);
    let upside_down = slice(&cast(&view, "B", &[2, 4]), None, None, Some(-1));
    assert_eq!(upside_down.tobytes(Order::Fortran).unwrap(), [4, 0, 5, 1, 6, 2, 7, 3]);
}

const INTEGERS: [(&str, i128, i128); 13] = [
    ("b", -128, 127),
    ("B", 0, 255),
    ("h", -32768, 32767),
    ("H", 0, 65535),
    ("i", -(1 << 31), (1 << 31) - 1),
    ("I", 0, (1 << 32) - 1),
    ("l", -(1 << 63), (1 << 63) - 1),
    ("L", 0, (1 << 64) - 1),
    ("q", -(1 << 63), (1 << 63) - 1),
    ("Q", 0, (1 << 64) - 1),
    ("n", -(1 << 63), (1 << 63) - 1),
    ("N", 0, (1 << 64) - 1),
    ("P", -(1 << 63), (1 << 64) - 1),
];

#[test]
fn integer_ranges() {
    for version in VERSIONS {
        for (code, low, high) in INTEGERS {
            let view = writable(&[0; 16], python(version)).cast(code, None).unwrap();
            for value in [low, high] {
                write(&view, &Int::from(value)).unwrap();
                let expected = if code == "P" && value < 0 { value + (1 << 64) } else { value };
                assert!(Int::from(expected).equals(&item(&view, 0).unwrap()).unwrap(), "{code} {value}");
            }
            for value in [low - 1, high + 1, 1 << 100, -(1 << 100)] {
                let written = write(&view, &Int::from(value));
                assert_eq!(written, Err(Error::ItemValue { code }), "{code} {value}");
            }
        }
    }
}

/// Which kinds of values which formats take (library reference, "memoryview"; measured).
#[rstest]
#[case::float(&Item::Float(1.5), "fde?")]
#[case::bool(&Item::Bool(true), "bBhHiIlLqQnNPfde?")]
#[case::bytes(&Item::Byte(65), "c?")]
#[case::str(&Text("a"), "?")]
#[case::index(&Hook::index(|| Ok(1)), "bBhHiIlLqQnNfde?")]
#[case::to_float(&Hook { float: Some(Box::new(|| Ok(1.0))), ..Hook::default() }, "fde?")]
fn accepted_types(#[case] value: &dyn Object, #[case] accepted: &str) {
    for code in ["b", "B", "h", "H", "i", "I", "l", "L", "q", "Q", "n", "N", "P", "f", "d", "e", "?", "c"] {
        let view = writable(&[0; 8], latest()).cast(code, None).unwrap();
        let expected = if accepted.contains(code) { Ok(()) } else { Err(Error::ItemType { code }) };
        assert_eq!(write(&view, value), expected, "{code}");
    }
}

#[rstest]
#[case(Exception::TypeError, "B", Error::ItemType { code: "B" })]
#[case(Exception::ValueError, "B", Error::ItemValue { code: "B" })]
#[case(Exception::OverflowError, "d", Error::ItemValue { code: "d" })]
#[case(Exception::Other("UnicodeDecodeError".into()), "B", Error::ItemValue { code: "B" })]
#[case(Exception::ZeroDivisionError, "B", Error::raised(Exception::ZeroDivisionError, "from the hook"))]
#[case(Exception::TypeError, "c", Error::ItemType { code: "c" })]
#[case(Exception::ZeroDivisionError, "P", Error::ItemType { code: "P" })]
fn errors_of_conversions(#[case] raised: Exception, #[case] format: &str, #[case] expected: Error) {
    let view = writable(&[0; 8], latest()).cast(format, None).unwrap();
    assert_eq!(write(&view, &Hook::raising(raised)), Err(expected));
    assert_eq!(view.memory().to_vec(), [0; 8]);
}

#[test]
fn an_error_of_truth_passes_unchanged() {
    let view = writable(&[0], latest()).cast("?", None).unwrap();
    let error = Error::raised(Exception::TypeError, "no truth");
    let raised = error.clone();
    assert_eq!(
        write(&view, &Hook { truth: Some(Box::new(move || Err(raised.clone()))), ..Hook::default() }),
        Err(error)
    );
}

#[rstest]
#[case("f", Item::Float(1e300), Ok(Item::Float(f64::INFINITY)))]
#[case("f", Item::Float(0.1), Ok(Item::Float(0.1_f32 as f64)))]
#[case("d", Item::Float(0.1), Ok(Item::Float(0.1)))]
#[case("e", Item::Float(65519.9), Ok(Item::Float(65504.0)))]
#[case("e", Item::Float(65520.0), Err(Error::ItemValue { code: "e" }))]
#[case("e", Item::Float(f64::NEG_INFINITY), Ok(Item::Float(f64::NEG_INFINITY)))]
#[case("d", Item::Int((1 << 53) + 1), Ok(Item::Float(9_007_199_254_740_992.0)))]
fn floats(#[case] format: &str, #[case] value: Item, #[case] expected: Result<Item, Error>) {
    let view = writable(&[0; 8], latest()).cast(format, None).unwrap();
    assert_eq!(write(&view, &value).and_then(|()| item(&view, 0)), expected);
}

#[test]
fn ints_too_large_for_a_double_are_out_of_range() {
    let view = writable(&[0; 8], latest()).cast("d", None).unwrap();
    let huge = num_bigint::BigInt::from(10).pow(309);
    assert_eq!(write(&view, &Int::from(huge)), Err(Error::ItemValue { code: "d" }));
}

#[rstest]
#[case("3.11.7", Err(Error::CastFormat { what: view::error::Target::Character }))]
#[case("3.12.1", Ok(()))]
fn half_floats_are_new(#[case] version: &str, #[case] expected: Result<(), Error>) {
    assert_eq!(readonly(&[0; 2], python(version)).cast("e", None).map(drop), expected);
}

/// A signalling NaN of each width, read and written back.
#[rstest]
#[case("3.12.1", "e", &[0x01, 0x7c], &[0x00, 0x7e])]
#[case("3.14.2", "e", &[0x01, 0x7c], &[0x01, 0x7c])]
#[case("3.14.2", "f", &[1, 0, 0x80, 0x7f], &[1, 0, 0xc0, 0x7f])]
#[case("3.14.2", "d", &[1, 0, 0, 0, 0, 0, 0xf0, 0x7f], &[1, 0, 0, 0, 0, 0, 0xf0, 0x7f])]
fn nan_payloads(#[case] version: &str, #[case] format: &str, #[case] before: &[u8], #[case] after: &[u8]) {
    let view = writable(before, python(version)).cast(format, None).unwrap();
    write(&view, &item(&view, 0).unwrap()).unwrap();
    assert_eq!(view.tobytes(Order::C).unwrap(), after);
}

#[test]
fn complex_numbers_since_3_15() {
    let view = writable(&[0; 32], python("3.15.0")).cast("Zd", None).unwrap();
    write(&view, &Item::Complex(1.5, -2.0)).unwrap();
    assert_eq!(item(&view, 0), Ok(Item::Complex(1.5, -2.0)));
    view.set(&Key::Object(&1_i64), &3_i64).unwrap();
    assert_eq!(item(&view, 1), Ok(Item::Complex(3.0, 0.0)));
    assert_eq!(write(&view, &Text("a")), Err(Error::ItemType { code: "Zd" }));
    assert!(readonly(&[0; 16], python("3.14.3")).cast("Zd", None).is_err());
}

#[test]
fn bytes_that_are_no_bool_are_reported() {
    let odd = readonly(&[0, 1, 2], latest()).cast("?", None).unwrap();
    assert_eq!(odd.tolist().unwrap().flat(), [Item::Bool(false), Item::Bool(true), Item::Bool(true)]);
    assert!(odd.has_odd_bool());
    assert!(!slice(&odd, None, Some(2), None).has_odd_bool());
    assert!(!readonly(&[2], latest()).has_odd_bool());
}

#[test]
fn sizes_of_c_types_follow_the_abi() {
    let narrow = Profile::new(Version::new(3, 14, 2), Abi::Ilp32);
    for (code, size) in [("l", 4), ("L", 4), ("n", 4), ("N", 4), ("P", 4), ("q", 8), ("i", 4)] {
        assert_eq!(readonly(&[0; 8], narrow).cast(code, None).unwrap().itemsize(), Ok(size), "{code}");
    }
}

/// Format `B` with an item size of 4: what a request without FORMAT gives of an array.
#[test]
fn a_missing_format_reads_the_first_byte_of_each_item() {
    let array = Array::from_items("i", &[&513_i64, &1_i64], python("3.13.0").into()).unwrap();
    let view = View::from_flags(array.clone(), Flags::SIMPLE, python("3.13.0")).unwrap();
    assert_eq!((view.format(), view.itemsize(), view.shape()), (Ok("B"), Ok(4), Ok(&[2][..])));
    assert_eq!(ints(&view), [1, 1]);
    write(&view, &9_i64).unwrap();
    assert_eq!(array.items().unwrap(), [Item::Int(521), Item::Int(1)]);
    assert_eq!(view.cast("B", None).unwrap().len(), Ok(8));
}
