//! What arrays do with and without an export, as measured.

use super::*;
use rstest::rstest;
use std::borrow::Cow;
use view::Int;
use view::{Abi, Bounds, Version};

type Row = (fn(&Array) -> Result<(), Error>, Result<&'static [i64], &'static str>, &'static str);

const RESIZE: &str = "cannot resize an array that is exporting buffers";

fn python(version: Version) -> Profile {
    view::Profile::new(version, Abi::Lp64).into()
}

fn shorts(items: &[i64]) -> Rc<Array> {
    let items: Vec<&dyn Object> = items.iter().map(|item| item as &dyn Object).collect();
    Array::from_items("h", &items, python(Version::new(3, 13, 0))).unwrap()
}

fn slice(start: isize, stop: isize, step: isize) -> Indices {
    Bounds { start, stop, step }.of(3)
}

const LARGE: &str = "signed short integer is greater than maximum";
const MULTIPLE: &str = "bytes length not a multiple of item size";
const RANGE: &str = "array assignment index out of range";
const SIZES: &str = "attempt to assign array of size 1 to extended slice of size 2";

/// Each method on `array('h', [1, 2, 3])`, without and with an export ("": succeeds); measured on 3.8 to 3.13.
const METHODS: &[Row] = &[
    (|a| a.append(&4_i64), Ok(&[1, 2, 3, 4]), RESIZE),
    (|a| a.append(&40000_i64), Err(LARGE), LARGE),
    (|a| a.extend(&shorts(&[])), Ok(&[1, 2, 3]), ""),
    (|a| a.extend(&shorts(&[9])), Ok(&[1, 2, 3, 9]), RESIZE),
    (|a| a.frombytes(b"abc"), Err(MULTIPLE), MULTIPLE),
    (|a| a.pop(None).map(drop), Ok(&[1, 2]), RESIZE),
    (|a| a.pop(Some(9)).map(drop), Err("pop index out of range"), "pop index out of range"),
    (|a| a.insert(1, &7_i64), Ok(&[1, 7, 2, 3]), RESIZE),
    (|a| a.remove(&2_i64), Ok(&[1, 3]), RESIZE),
    (|a| a.remove(&9_i64), Err("array.remove(x): x not in array"), "array.remove(x): x not in array"),
    (|a| a.clear(), Ok(&[]), RESIZE),
    (|a| a.delete(1), Ok(&[1, 3]), RESIZE),
    (|a| a.delete_slice(slice(0, 0, 1)), Ok(&[1, 2, 3]), RESIZE),
    (|a| a.delete_slice(slice(0, 3, 2)), Ok(&[2]), RESIZE),
    (|a| a.repeat(0), Ok(&[]), RESIZE),
    (|a| a.repeat(1), Ok(&[1, 2, 3]), ""),
    (|a| a.repeat(2), Ok(&[1, 2, 3, 1, 2, 3]), RESIZE),
    (
        |a| {
            a.reverse();
            a.byteswap();
            Ok(())
        },
        Ok(&[768, 512, 256]),
        "",
    ),
    (|a| a.set_slice(slice(0, 2, 1), &shorts(&[7, 8])), Ok(&[7, 8, 3]), ""),
    (|a| a.set_slice(slice(0, 3, 2), &shorts(&[7, 8])), Ok(&[7, 2, 8]), ""),
    (|a| a.set_slice(slice(2, 0, 1), &shorts(&[])), Ok(&[1, 2, 3]), RESIZE),
    (|a| a.set_slice(slice(2, 0, 1), &shorts(&[1])), Ok(&[1, 2, 1, 3]), RESIZE),
    (|a| a.set_slice(slice(0, 3, 2), &shorts(&[7])), Err(SIZES), RESIZE),
    (|a| a.set(9, &Item::Byte(0)), Err(RANGE), RANGE),
    (|a| a.set(1, &9_i64), Ok(&[1, 9, 3]), ""),
    (|a| a.set(2, &9_i64), Ok(&[1, 2, 9]), ""),
];

#[test]
fn methods_with_and_without_an_export() {
    for (row, (method, free, exported)) in METHODS.iter().enumerate() {
        let array = shorts(&[1, 2, 3]);
        let outcome = method(&array).and_then(|()| array.items()).map_err(|error| error.to_string());
        let items = |values: &[i64]| values.iter().map(|value| Item::Int(*value)).collect();
        assert_eq!(outcome, free.map(items).map_err(str::to_owned), "row {row}");
        let array = shorts(&[1, 2, 3]);
        let _export = array.clone().export(Flags::SIMPLE).unwrap();
        let text = method(&array).map_or_else(|error| error.to_string(), |()| String::new());
        assert_eq!((text.as_str(), array.len()), (*exported, 3), "row {row}");
    }
}

#[rstest]
#[case("b", -129, "signed char is less than minimum")]
#[case("b", 40000, "signed short integer is greater than maximum")]
#[case("B", 256, "unsigned byte integer is greater than maximum")]
#[case("H", -1, "unsigned short is less than minimum")]
#[case("H", 1 << 31, "signed integer is greater than maximum")]
#[case("i", 1 << 31, "signed integer is greater than maximum")]
#[case("i", -(1 << 31) - 1, "signed integer is less than minimum")]
#[case("I", -1, "can't convert negative value to unsigned int")]
#[case("I", 1 << 32, "unsigned int is greater than maximum")]
#[case("l", 1 << 70, "Python int too large to convert to C long")]
#[case("L", 1 << 64, "Python int too large to convert to C unsigned long")]
#[case("q", 1 << 63, "int too big to convert")]
#[case("Q", -1, "can't convert negative int to unsigned")]
fn overflows(#[case] typecode: &str, #[case] value: i128, #[case] text: &str) {
    let array = Array::new(typecode, vec![], python(Version::new(3, 13, 0))).unwrap();
    assert_eq!(array.append(&Int::from(value)).unwrap_err().to_string(), text);
}

#[rstest]
#[case("3.9.18", "i", "integer argument expected, got float")]
#[case("3.9.18", "I", "array item must be integer")]
#[case("3.10.13", "i", "'float' object cannot be interpreted as an integer")]
fn floats_are_no_integers(#[case] version: Version, #[case] typecode: &str, #[case] text: &str) {
    let array = Array::new(typecode, vec![], python(version)).unwrap();
    assert_eq!(array.append(&Item::Float(1.5)).unwrap_err().to_string(), text);
}

#[test]
fn what_only_looks_like_a_float_is_called_by_its_type() {
    struct Real;
    impl Object for Real {
        fn type_name(&self) -> Cow<'_, str> {
            "Real".into()
        }
        fn float(&self) -> Option<Result<f64, Error>> {
            Some(Ok(1.0))
        }
        fn truth(&self) -> Result<bool, Error> {
            Ok(true)
        }
        fn equals(&self, _: &Item) -> Result<bool, Error> {
            Ok(false)
        }
    }
    let array = Array::new("i", vec![], python(Version::new(3, 9, 0))).unwrap();
    assert_eq!(array.append(&Real), Err(Error::IntegerRequired { type_name: "Real".into() }));
}

#[rstest]
#[case("d", &[Item::Float(1.5), Item::Float(-2.0)])]
#[case("f", &[Item::Float(0.5)])]
#[case("Zf", &[Item::Complex(1.5, -2.0)])]
#[case("Zd", &[Item::Complex(1.5, -2.0), Item::Complex(0.0, 3.0)])]
fn numbers_with_a_fraction_are_kept(#[case] typecode: &str, #[case] items: &[Item]) {
    let objects: Vec<&dyn Object> = items.iter().map(|item| item as &dyn Object).collect();
    let array = Array::from_items(typecode, &objects, python(Version::new(3, 15, 0))).unwrap();
    assert_eq!(array.items().unwrap(), items);
}

#[rstest]
#[case("Zf", &[3, 2, 1, 0, 7, 6, 5, 4])]
#[case("q", &[7, 6, 5, 4, 3, 2, 1, 0])]
fn the_parts_of_a_complex_number_are_swapped_separately(#[case] typecode: &str, #[case] expected: &[u8]) {
    let array = Array::new(typecode, (0..8).collect(), python(Version::new(3, 15, 0))).unwrap();
    array.byteswap();
    assert_eq!(array.to_vec(), expected);
}

#[test]
fn a_lock_is_noticed_before_memory_runs_out() {
    let array = shorts(&[1, 2, 3]);
    assert!(array.repeat(1 << 40).unwrap_err().is_unspecified());
    assert_eq!([array.repeat(1 << 58), array.repeat(1 << 61)], [Err(Error::Memory), Err(Error::Memory)]);
    let _export = array.clone().export(Flags::SIMPLE).unwrap();
    assert_eq!([array.repeat(1 << 58), array.repeat(1 << 61)], [Err(Error::ArrayResize), Err(Error::Memory)]);
}
