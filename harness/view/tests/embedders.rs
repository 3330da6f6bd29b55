//! What an embedder asks, beside what programs do: exporters for their memory, views for what they are, iterators for
//! how much is left.

mod common;

use common::*;
use python::exporters::{Array, Bytearray};
use rstest::rstest;
use std::rc::Rc;
use view::*;

fn full(exporter: &Rc<dyn Exporter>) -> Export {
    exporter.clone().export(Flags::FULL_RO).unwrap()
}

#[rstest]
#[case(Bytes::new(b"ab".to_vec()), true, false)]
#[case(Bytearray::new(b"ab".to_vec()), false, false)]
#[case(Array::new("h", b"ab".to_vec(), latest().into()).unwrap(), false, false)]
#[case(Described::new("nd", b"ab".to_vec(), &Description { itemsize: 1, ..Description::default() }, Abi::Lp64).unwrap(), true, true)]
#[case(readonly(b"ab", latest()), true, false)]
#[case(writable(b"ab", latest()), false, false)]
fn exporters(#[case] exporter: Rc<dyn Exporter>, #[case] hashable: bool, #[case] owns_format: bool) {
    assert_eq!(exporter.hash().is_ok(), hashable);
    assert_eq!(exporter.owns_format(), owns_format);
    let memory = exporter.buffer().unwrap();
    assert_eq!(memory.to_vec(), b"ab");
    assert!(Rc::ptr_eq(memory, &full(&exporter).memory));
}

#[test]
fn contents_of_exporters() {
    let [bytes, empty] = [Bytes::new(b"ab".to_vec()), Bytes::new(vec![])];
    assert_eq!((bytes.to_vec(), bytes.len(), bytes.is_empty()), (b"ab".to_vec(), 2, false));
    assert_eq!((empty.len(), empty.is_empty()), (0, true));
    let array = |content: &[u8]| Array::new("h", content.to_vec(), latest().into()).unwrap();
    assert_eq!((array(b"ab").is_empty(), array(b"").is_empty()), (false, true));
    for readonly in [false, true] {
        let description = Description { itemsize: 1, readonly, ..Description::default() };
        let described = Described::new("nd", b"ab".to_vec(), &description, Abi::Lp64).unwrap();
        assert_eq!((described.to_vec(), described.is_readonly()), (b"ab".to_vec(), readonly));
    }
}

#[test]
fn packed_copies_follow_the_layout() {
    let packed = |strides: &[isize]| {
        let (shape, strides) = (Some(vec![2; strides.len()]), Some(strides.to_vec()));
        let description = Description { itemsize: 1, shape, strides, ..Description::default() };
        let exporter: Rc<dyn Exporter> = Described::new("nd", b"abcd".to_vec(), &description, Abi::Lp64).unwrap();
        view::packed(&exporter, Abi::Lp64).unwrap()
    };
    assert_eq!([packed(&[1]), packed(&[2]), packed(&[2, 1]), packed(&[1, 2])], [&b"ab"[..], b"ac", b"abcd", b"acbd"]);
}

#[test]
fn what_a_view_is_can_be_asked_after_its_release() {
    for view in [readonly(b"abcd", latest()), writable(b"abcd", latest())] {
        let view = view.cast("h", None).unwrap();
        let (readonly, itemsize) = (view.readonly().unwrap(), view.itemsize().unwrap());
        assert_eq!(View::export(&view, Flags::FULL_RO).unwrap().readonly, readonly);
        view.release().unwrap();
        assert_eq!((view.raw_readonly(), view.raw_itemsize(), view.raw_format()), (readonly, itemsize, "h"));
    }
    assert!(readonly(b"", latest()).readonly().unwrap() && !writable(b"", latest()).readonly().unwrap());
}

#[test]
fn only_views_without_items_are_empty() {
    let view = readonly(b"a", latest());
    assert_eq!((view.is_empty(), readonly(b"", latest()).is_empty()), (Ok(false), Ok(true)));
    view.release().unwrap();
    assert_eq!(view.is_empty(), Err(Error::Released));
}

/// `Py_buffer.len` is the exporter's to say, and views of the whole pass it on.
#[test]
fn the_number_of_bytes_is_the_exporters() {
    let exporter: Rc<dyn Exporter> = Bytes::new(b"abcd".to_vec());
    let view = View::from_export(exporter.clone(), Export { length: 3, ..full(&exporter) }, latest()).unwrap();
    let all = [view.clone(), view.again().unwrap(), view.toreadonly().unwrap()];
    assert_eq!(all.map(|view| view.nbytes()), [Ok(3), Ok(3), Ok(3)]);
    assert_eq!(slice(&view, None, None, None).nbytes(), Ok(4));
}

#[test]
fn sizes_are_not_negative() {
    let exporter: Rc<dyn Exporter> = Bytes::new(b"abcd".to_vec());
    for export in [Export { length: -1, ..full(&exporter) }, Export { itemsize: -1, ..full(&exporter) }] {
        assert!(export.layout(Abi::Lp64).unwrap_err().is_unspecified());
    }
}

#[rstest]
#[case("3.9.18", Some(2), Some(1), Some(0))]
#[case("3.13.0", None, None, None)]
fn how_many_items_are_left_to_iterate(
    #[case] version: &str,
    #[case] at_first: Option<isize>,
    #[case] then: Option<isize>,
    #[case] at_last: Option<isize>,
) {
    let view = readonly(b"ab", python(version));
    let hints = |iterator: ViewIter| {
        let step = |_| (iterator.length_hint().unwrap(), iterator.next().unwrap()).0;
        [0, 1, 2, 3].map(step)
    };
    let [first, second, _, ended] = hints(view.iter().unwrap());
    assert_eq!([first, second, ended], [at_first, then, at_last]);
    assert_eq!(hints(view.reversed().unwrap()), [Some(2), Some(1), Some(0), Some(0)]);
}

/// The least `Py_ssize_t` is too small, and not too large for one.
#[test]
fn the_least_size_is_refused_for_its_sign() {
    let view = readonly(b"abcd", latest());
    let cast = |size: i64| shape(&[size], |shape| view.cast("B", shape).map(drop));
    assert_eq!([cast(i64::MIN), cast(0)], [Err(Error::CastElementSign), Err(Error::CastElementSign)]);
}
