//! Where items lie: slices, contiguity, packing orders, suboffsets.

mod common;

use common::*;
use rstest::rstest;
use view::*;

/// A view of items `0, 1, 2 …` of one byte with the given geometry.
fn laid_out(shape: &[isize], strides: &[isize], offset: isize) -> std::rc::Rc<View> {
    let memory: Vec<u8> = (0..64).collect();
    let description = Description {
        itemsize: 1,
        shape: Some(shape.to_vec()),
        strides: Some(strides.to_vec()),
        offset,
        ..Description::default()
    };
    described(&memory, description, latest())
}

#[rstest]
#[case(&[10], &[1], [Some(2), Some(8), None], &[6], &[1])]
#[case(&[10], &[1], [None, None, Some(2)], &[5], &[2])]
#[case(&[10], &[1], [None, None, Some(-1)], &[10], &[-1])]
#[case(&[10], &[1], [Some(8), Some(2), Some(-2)], &[3], &[-2])]
#[case(&[10], &[1], [Some(5), Some(2), None], &[0], &[1])]
#[case(&[10], &[1], [Some(1), Some(6), Some(-1)], &[0], &[-1])]
#[case(&[10], &[1], [Some(20), None, None], &[0], &[1])]
#[case(&[2, 3], &[3, 1], [None, None, Some(-1)], &[2, 3], &[-3, 1])]
#[case(&[2, 3], &[3, 1], [Some(1), None, None], &[1, 3], &[3, 1])]
#[case(&[2, 3], &[3, 1], [Some(0), Some(0), None], &[0, 3], &[3, 1])]
#[case(&[4], &[4], [None, None, Some(1 << 61)], &[1], &[isize::MIN])]
#[case(&[4], &[4], [None, None, Some(1 << 62)], &[1], &[0])]
#[case(&[4], &[4], [None, None, Some(i64::MAX)], &[1], &[-4])]
#[case(&[4], &[4], [None, None, Some(i64::MIN)], &[1], &[4])]
#[case(&[4], &[4], [None, None, Some(-(1 << 62))], &[1], &[0])]
fn slices(
    #[case] shape: &[isize],
    #[case] strides: &[isize],
    #[case] bounds: [Option<i64>; 3],
    #[case] sliced_shape: &[isize],
    #[case] sliced_strides: &[isize],
) {
    let [start, stop, step] = bounds;
    let sliced = slice(&laid_out(shape, strides, 0), start, stop, step);
    assert_eq!((sliced.shape(), sliced.strides()), (Ok(sliced_shape), Ok(sliced_strides)));
}

#[test]
fn an_empty_slice_still_starts_where_it_says() {
    assert_eq!(slice(&laid_out(&[10], &[1], 0), Some(7), Some(2), None).layout().offset(), 7);
}

#[rstest]
#[case(&[], &[], "CF")]
#[case(&[3], &[1], "CF")]
#[case(&[3], &[2], "")]
#[case(&[1], &[7], "CF")]
#[case(&[0], &[1], "CF")]
#[case(&[0], &[2], "")]
#[case(&[4], &[0], "")]
#[case(&[0, 3], &[7, 9], "CF")]
#[case(&[3, 0], &[1, 1], "CF")]
#[case(&[2, 3], &[3, 1], "C")]
#[case(&[2, 3], &[1, 2], "F")]
#[case(&[2, 3], &[-3, 1], "")]
#[case(&[1, 3], &[50, 1], "CF")]
#[case(&[1, 3], &[0, 1], "CF")]
#[case(&[2, 1], &[5, 1], "")]
#[case(&[2, 1, 3], &[3, 50, 1], "C")]
#[case(&[1, 1], &[9, 9], "CF")]
fn contiguity(#[case] shape: &[isize], #[case] strides: &[isize], #[case] expected: &str) {
    let view = laid_out(shape, strides, 3);
    let (c, fortran) = (expected.contains('C'), expected.contains('F'));
    assert_eq!((view.c_contiguous(), view.f_contiguous(), view.contiguous()), (Ok(c), Ok(fortran), Ok(c || fortran)));
    assert_eq!(view.cast("b", None).is_ok(), c && (shape.len() == 1 || !shape.contains(&0)));
}

#[rstest]
#[case(&[2, 3], &[3, 1], &[0, 1, 2, 3, 4, 5], &[0, 3, 1, 4, 2, 5], &[0, 1, 2, 3, 4, 5])]
#[case(&[2, 3], &[1, 2], &[0, 2, 4, 1, 3, 5], &[0, 1, 2, 3, 4, 5], &[0, 1, 2, 3, 4, 5])]
#[case(&[2, 2], &[8, 2], &[0, 2, 8, 10], &[0, 8, 2, 10], &[0, 2, 8, 10])]
#[case(&[2, 3], &[0, 1], &[0, 1, 2, 0, 1, 2], &[0, 0, 1, 1, 2, 2], &[0, 1, 2, 0, 1, 2])]
#[case(&[3], &[2], &[0, 2, 4], &[0, 2, 4], &[0, 2, 4])]
#[case(&[], &[], &[0], &[0], &[0])]
#[case(&[2, 0], &[1, 1], &[], &[], &[])]
fn packing_orders(
    #[case] shape: &[isize],
    #[case] strides: &[isize],
    #[case] c: &[u8],
    #[case] fortran: &[u8],
    #[case] any: &[u8],
) {
    let view = laid_out(shape, strides, 0);
    let packed = [Order::C, Order::Fortran, Order::Any].map(|order| view.tobytes(order).unwrap());
    assert_eq!(packed, [c, fortran, any]);
}

#[test]
fn lists_are_as_deep_as_the_view() {
    let list = |shape: &[isize]| laid_out(shape, &vec![1; shape.len()], 0).tolist().unwrap();
    assert_eq!(list(&[]), Nested::Item(Item::Int(0)));
    assert_eq!(list(&[2, 0, 3]), Nested::List(vec![Nested::List(vec![]), Nested::List(vec![])]));
    assert_eq!(list(&[0, 3]), Nested::List(vec![]));
    assert_eq!(laid_out(&[2, 0, 3], &[1, 1, 1], 0).len(), Ok(2));
}

#[rstest]
#[case("3.11.7", Ok(1))]
#[case("3.12.1", Err(Error::ZeroDimLength))]
fn the_length_of_a_scalar(#[case] version: &str, #[case] expected: Result<isize, Error>) {
    assert_eq!(cast(&readonly(&[1], python(version)), "B", &[]).len(), expected);
}

/// Rows found through pointers: two pointers of eight bytes, then the rows, the second row first.
fn pointers(abi: Abi) -> std::rc::Rc<View> {
    let word = if abi == Abi::Lp64 { 8 } else { 4 };
    let mut memory = vec![0; 2 * word];
    memory[0] = (2 * word + 3) as u8;
    memory[word] = (2 * word) as u8;
    memory.extend([4, 5, 6, 1, 2, 3]);
    let description = Description {
        itemsize: 1,
        shape: Some(vec![2, 3]),
        strides: Some(vec![word as isize, 1]),
        suboffsets: Some(vec![0, -1]),
        ..Description::default()
    };
    described(&memory, description, Profile::new(Version::new(3, 14, 2), abi))
}

#[rstest]
#[case(Abi::Lp64)]
#[case(Abi::Ilp32)]
fn suboffsets_lead_through_pointers(#[case] abi: Abi) {
    let view = pointers(abi);
    assert_eq!(ints(&view), [1, 2, 3, 4, 5, 6]);
    assert_eq!(view.tobytes(Order::Fortran).unwrap(), [1, 4, 2, 5, 3, 6]);
    assert_eq!(view.contiguous(), Ok(false));
    assert_eq!(view.suboffsets(), Ok(&[0, -1][..]));
    let reversed = slice(&view, None, None, Some(-1));
    assert_eq!(ints(&reversed), [4, 5, 6, 1, 2, 3]);
    assert_eq!(view.layout().address(&[1, 2], view.memory()), Ok(2 * abi.word() as isize + 2));
    assert_eq!(view.cast("B", None).map(drop), Err(Error::CastContiguity));
    view.set(&Key::Tuple(&[Key::Object(&0_i64), Key::Object(&0_i64)]), &9_i64).unwrap();
    assert_eq!(ints(&view), [9, 2, 3, 4, 5, 6]);
}

#[test]
fn layouts_that_leave_the_memory_are_reported_when_they_do() {
    let view = laid_out(&[3], &[-1], 1);
    assert_eq!(item(&view, 1), Ok(Item::Int(0)));
    assert!(item(&view, 2).unwrap_err().is_unspecified());
    assert!(view.tolist().unwrap_err().is_unspecified());
    assert!(view.tobytes(Order::C).unwrap_err().is_unspecified());
}

#[test]
fn nothing_can_be_copied_from_anywhere() {
    let empty = laid_out(&[0, 2], &[2, 1], -9);
    assert_eq!((empty.tobytes(Order::C), empty.contiguous()), (Ok(vec![]), Ok(true)));
    let text = empty.hex(None, 1);
    assert_eq!(text.as_deref(), Ok(""));
}

#[test]
fn huge_views_of_little_memory_are_refused() {
    for shape in [&[isize::MAX][..], &[1 << 40, 2], &[isize::MAX, 0]] {
        let view = laid_out(shape, &vec![0; shape.len()], 0);
        assert_eq!(view.tolist(), Err(Error::Memory));
        let empty = shape.contains(&0);
        let packed = view.tobytes(Order::Fortran).map(|bytes| bytes.len());
        assert_eq!(packed, if empty { Ok(0) } else { Err(Error::Memory) });
    }
}

#[test]
fn more_than_64_dimensions_are_refused() {
    let description = |ndim: usize| Description { itemsize: 1, shape: Some(vec![1; ndim]), ..Description::default() };
    assert_eq!(described(&[1], description(64), latest()).ndim(), Ok(64));
    let exporter = Described::new("ndarray", vec![1], &description(65), Abi::Lp64).unwrap();
    assert_eq!(View::new(exporter, latest()).map(drop), Err(Error::TooManyDimensions));
}

/// Slice assignment copies before it writes, whatever overlaps.
#[rstest]
#[case([Some(2), None, None], [None, Some(6), None], &[0, 1, 0, 1, 2, 3, 4, 5])]
#[case([None, None, None], [None, None, Some(-1)], &[7, 6, 5, 4, 3, 2, 1, 0])]
#[case([None, None, Some(2)], [None, Some(4), None], &[0, 1, 1, 3, 2, 5, 3, 7])]
#[case([Some(1), None, Some(2)], [None, Some(4), None], &[0, 0, 2, 1, 4, 2, 6, 3])]
fn overlap(#[case] target: [Option<i64>; 3], #[case] source: [Option<i64>; 3], #[case] expected: &[u8]) {
    let view = writable(&[0, 1, 2, 3, 4, 5, 6, 7], latest());
    let [target, source] = [target, source].map(|[start, stop, step]| slice(&view, start, stop, step));
    target.set(&Key::Slice(Slice::default()), &Viewed(&source)).unwrap();
    assert_eq!(view.memory().to_vec(), expected);
}

#[rstest]
#[case("B", "@B", Ok(()))]
#[case("B", "b", Err(Error::Structure))]
#[case("l", "q", Err(Error::Structure))]
#[case("?", "?", Ok(()))]
#[case("B", "<B", Err(Error::Structure))]
fn structures(#[case] target: &str, #[case] source: &str, #[case] expected: Result<(), Error>) {
    let size = if target == "l" { 8 } else { 1 };
    let view = |format| formatted(&[7; 8], format, size, latest());
    let assigned = view(target).set(&Key::Slice(Slice::default()), &Viewed(&view(source)));
    assert_eq!(assigned, expected);
}

#[rstest]
#[case(&[0, 1, 2, 3, 4], 2, "00-0102-0304")]
#[case(&[0, 1, 2, 3, 4], -2, "0001-0203-04")]
#[case(&[0, 1, 2, 3, 4], 3, "0001-020304")]
#[case(&[0, 1, 2, 3, 4], -3, "000102-0304")]
#[case(&[0, 1, 2, 3, 4], 5, "0001020304")]
#[case(&[0, 1, 2, 3, 4], 0, "0001020304")]
#[case(&[0, 1, 2, 3, 4], isize::MIN, "0001020304")]
#[case(&[0, 3, 6], 1, "00-03-06")]
fn hexadecimal_groups(#[case] content: &[u8], #[case] group: isize, #[case] text: &str) {
    let view = readonly(content, latest());
    assert_eq!(view.hex(Some(&Text("-")), group).as_deref(), Ok(text));
    assert_eq!(view.hex(Some(&Content(b"-")), group).as_deref(), Ok(text));
}
