//! What consumers in C get: requests for buffers, and contiguous copies.

mod common;

use common::{described, latest, slice, writable};
use rstest::rstest;
use std::rc::Rc;
use view::{Bytes, Description, Error, Flags, Order, View};

fn grid(strides: [isize; 2]) -> Rc<View> {
    let description =
        Description { itemsize: 1, shape: Some(vec![2, 3]), strides: Some(strides.to_vec()), ..Description::default() };
    described(b"abcdefghijkl", description, latest())
}

#[rstest]
#[case::c([3, 1], Order::C)]
#[case::fortran([1, 2], Order::Fortran)]
#[case::either_c([3, 1], Order::Any)]
#[case::either_fortran([1, 2], Order::Any)]
fn a_contiguous_view_is_given_as_it_is(#[case] strides: [isize; 2], #[case] order: Order) {
    let view = grid(strides);
    assert!(Rc::ptr_eq(&view, &view.contiguous_in(true, order).unwrap()));
}

#[rstest]
#[case::gaps_c([4, 1], Order::C, [3, 1], b"abcefg")]
#[case::gaps_any([4, 1], Order::Any, [3, 1], b"abcefg")]
#[case::gaps_fortran([4, 1], Order::Fortran, [1, 2], b"aebfcg")]
#[case::c_as_fortran([3, 1], Order::Fortran, [1, 2], b"adbecf")]
#[case::fortran_as_c([1, 2], Order::C, [3, 1], b"acebdf")]
fn any_other_view_is_copied(
    #[case] strides: [isize; 2],
    #[case] order: Order,
    #[case] expected: [isize; 2],
    #[case] bytes: &[u8],
) {
    let view = grid(strides);
    let copy = view.contiguous_in(false, order).unwrap();
    assert_eq!(copy.strides().unwrap(), expected);
    assert_eq!(copy.shape().unwrap(), [2, 3]);
    assert!(copy.readonly().unwrap());
    assert_eq!(copy.tobytes(Order::Any).unwrap(), bytes);
    assert_eq!(copy.tolist().unwrap(), view.tolist().unwrap());
    assert!(copy.obj().unwrap().as_any().is::<Bytes>());
    assert!(matches!(view.contiguous_in(true, order), Err(Error::NotContiguousMemory)));
}

#[test]
fn a_copy_has_the_same_items() {
    let bytes = slice(&writable(b"abcdefgh", latest()).cast("h", None).unwrap(), None, None, Some(2));
    let copy = bytes.contiguous_in(false, Order::C).unwrap();
    assert_eq!((copy.format(), copy.itemsize(), copy.nbytes()), (Ok("h"), Ok(2), Ok(4)));
}

#[test]
fn no_items_are_contiguous_for_consumers_whatever_their_step() {
    let view = slice(&writable(b"abcdef", latest()), Some(6), None, Some(2));
    assert!(!view.contiguous().unwrap());
    assert!(Rc::ptr_eq(&view, &view.contiguous_in(true, Order::C).unwrap()));
}

#[test]
fn read_only_memory_is_not_given_for_writing() {
    let view = writable(b"abc", latest()).toreadonly().unwrap();
    assert!(matches!(view.contiguous_in(true, Order::C), Err(Error::NotWritableMemory)));
    view.release().unwrap();
    assert!(matches!(view.contiguous_in(true, Order::C), Err(Error::Released)));
}

#[test]
fn without_dimensions_there_are_no_lists_of_them() {
    let description = Description { itemsize: 1, shape: Some(vec![]), ..Description::default() };
    let view = described(b"a", description, latest());
    let exporter = view.obj().unwrap();
    for export in [View::export(&view, Flags::FULL_RO).unwrap(), exporter.export(Flags::FULL_RO).unwrap()] {
        assert_eq!((export.ndim, export.shape, export.strides), (0, None, None));
    }
}
