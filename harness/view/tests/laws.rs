//! What holds for every view, and that nothing panics whatever is asked.

mod common;

use std::ops::Range;
use std::rc::Rc;

use common::*;
use proptest::prelude::*;
use view::*;

const FORMATS: [&str; 12] = ["b", "B", "c", "?", "h", "H", "i", "L", "q", "e", "f", "d"];

/// Views of one byte an item with so many dimensions and any strides that stay in 256 bytes.
fn small_views(ndim: Range<usize>) -> impl Strategy<Value = Rc<View>> {
    prop::collection::vec((0_isize..4, -9_isize..10), ndim).prop_map(|dimensions| {
        let (shape, strides): (Vec<_>, Vec<_>) = dimensions.into_iter().unzip();
        let description = Description {
            itemsize: 1,
            shape: Some(shape),
            strides: Some(strides),
            offset: 128,
            ..Description::default()
        };
        described(&(0..=255).collect::<Vec<u8>>(), description, latest())
    })
}

/// Anything an exporter might claim about 32 bytes, sensible or not.
fn wild_descriptions() -> impl Strategy<Value = Description> {
    let number = || prop_oneof![3 => -9_isize..20, 1 => any::<isize>()];
    let format = prop::sample::select(vec!["B", "i", "<i", "w", "d", "?", "", "T{i:a:}", "3sh", "99p", "e", "Zd"]);
    let dimension = (prop_oneof![4 => 0_isize..5, 1 => any::<isize>()], number(), -2_isize..3);
    (prop::option::of(format), -1_isize..9, prop::collection::vec(dimension, 0..4), number(), any::<[bool; 3]>())
        .prop_map(|(format, itemsize, dimensions, offset, [strides, suboffsets, readonly])| {
            let each = |pick: fn(&(isize, isize, isize)) -> isize| dimensions.iter().map(pick).collect::<Vec<_>>();
            Description {
                format: format.map(str::to_owned),
                itemsize,
                shape: Some(each(|dimension| dimension.0)),
                strides: strides.then(|| each(|dimension| dimension.1)),
                offset,
                suboffsets: (suboffsets && !dimensions.is_empty()).then(|| each(|dimension| dimension.2)),
                readonly,
            }
        })
}

fn bound() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(prop_oneof![8 => -12_i64..12, 1 => any::<i64>()])
}

fn step() -> impl Strategy<Value = Option<i64>> {
    prop::option::of(prop_oneof![-3_i64..0, 1_i64..4])
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn a_slice_selects_rows(view in small_views(1..4), start in bound(), stop in bound(), step in step()) {
        let Nested::List(rows) = view.tolist().unwrap() else { unreachable!() };
        fn given(bound: &Option<i64>) -> Option<&dyn Object> {
            bound.as_ref().map(|bound| bound as &dyn Object)
        }
        let bounds = Slice { start: given(&start), stop: given(&stop), step: given(&step) };
        let indices = bounds.bounds(latest()).unwrap().of(rows.len() as isize);
        let expected: Vec<Nested> = indices.positions().map(|position| rows[position].clone()).collect();
        prop_assert_eq!(slice(&view, start, stop, step).tolist().unwrap(), Nested::List(expected));
    }

    #[test]
    fn slices_compose(view in small_views(1..4), first in (bound(), bound(), step()), second in (bound(), bound(), step())) {
        let twice = slice(&slice(&view, first.0, first.1, first.2), second.0, second.1, second.2);
        let outer: Vec<i64> = (0..view.len().unwrap() as i64).collect();
        let pick = |list: &[i64], (start, stop, step): (Option<i64>, Option<i64>, Option<i64>)| -> Vec<i64> {
            let view = writable(&list.iter().map(|index| *index as u8).collect::<Vec<u8>>(), latest());
            ints(&slice(&view, start, stop, step))
        };
        let Nested::List(rows) = view.tolist().unwrap() else { unreachable!() };
        let expected = pick(&pick(&outer, first), second).iter().map(|index| rows[*index as usize].clone()).collect();
        prop_assert_eq!(twice.tolist().unwrap(), Nested::List(expected));
    }

    #[test]
    fn packed_bytes_are_the_items_in_order(view in small_views(0..4)) {
        let items: Vec<u8> = ints(&view).iter().map(|item| *item as u8).collect();
        prop_assert_eq!(&view.tobytes(Order::C).unwrap(), &items);
        let addresses = view.layout().addresses(view.memory()).unwrap();
        prop_assert_eq!(addresses.iter().map(|address| *address as u8).collect::<Vec<u8>>(), items);
        prop_assert_eq!(view.nbytes().unwrap() as usize, addresses.len());
    }

    #[test]
    fn contiguous_means_that_packing_is_copying(view in small_views(0..4)) {
        let length = view.nbytes().unwrap();
        let mut window = vec![0; length as usize];
        view.memory().read(view.layout().offset(), &mut window).unwrap();
        for (flag, order) in [(view.c_contiguous(), Order::C), (view.f_contiguous(), Order::Fortran)] {
            if flag.unwrap() {
                prop_assert_eq!(&view.tobytes(order).unwrap(), &window);
            } else {
                // Memory counts upwards without repeating, so only contiguous items look like a window of it.
                prop_assert!(view.tobytes(order).unwrap() != window || length <= 1);
            }
        }
    }

    #[test]
    fn casting_there_and_back_changes_nothing(content in prop::collection::vec(any::<u8>(), 0..64), format in prop::sample::select(&FORMATS[..])) {
        let bytes = readonly(&content[..content.len() / 8 * 8], latest());
        let there = bytes.cast(format, None).unwrap();
        let back = there.cast("B", None).unwrap();
        prop_assert_eq!(back.layout(), bytes.layout());
        prop_assert_eq!(bytes.equals(&Viewed(&back)), Ok(Some(true)));
        prop_assert_eq!(there.tobytes(Order::C), bytes.tobytes(Order::C));
    }

    #[test]
    fn writing_what_was_read_changes_nothing(content in any::<[u8; 16]>(), format in prop::sample::select(&FORMATS[..])) {
        let view = writable(&content, python("3.14.2")).cast(format, None).unwrap();
        for index in 0..view.len().unwrap() as i64 {
            let item = item(&view, index).unwrap();
            let quiet = !matches!((format, item), ("f", Item::Float(value)) if value.is_nan());
            let before = view.memory().to_vec();
            view.set(&Key::Object(&index), &item).unwrap();
            prop_assert!(!quiet || format == "?" || view.memory().to_vec() == before);
        }
    }

    #[test]
    fn equal_views_have_equal_hashes(view in small_views(0..4), other in small_views(0..4)) {
        let (view, other) = (view.toreadonly().unwrap(), other.toreadonly().unwrap());
        if view.equals(&Viewed(&other)).unwrap() == Some(true) {
            prop_assert_eq!(view.hash(), other.hash());
        }
        prop_assert_eq!(view.hash().unwrap(), hash_bytes(&view.tobytes(Order::C).unwrap()));
    }

    #[test]
    fn nothing_panics(
        description in wild_descriptions(),
        narrow in any::<bool>(),
        version in prop::sample::select(&VERSIONS[..]),
        keys in prop::collection::vec((bound(), bound(), bound(), 0..6), 6),
        format in prop::sample::select(vec!["B", "i", "zz", "", "é", "Zd"]),
        sizes in prop::collection::vec(prop_oneof![0_i64..9, any::<i64>()], 0..4),
    ) {
        let profile = Profile::new(version.parse().unwrap(), if narrow { Abi::Ilp32 } else { Abi::Lp64 });
        let Ok(exporter) = Described::new("x", (0..32).collect(), &description, profile.abi()) else { return Ok(()) };
        let Ok(view) = View::new(exporter, profile) else { return Ok(()) };
        let mut views = vec![view];
        for (start, stop, step, kind) in keys {
            let numbers = [start, stop, step].map(|number| number.unwrap_or(1));
            let indices = numbers.each_ref().map(|number| Key::Object(number));
            let key = match kind {
                0 => indices[0],
                1 => Key::Tuple(&indices[..2]),
                2 => Key::Tuple(&indices[..1]),
                3 => Key::Tuple(&[]),
                _ => Key::Slice(Slice { start: Some(&numbers[0]), stop: Some(&numbers[1]), step: Some(&numbers[2]) }),
            };
            let view = views[views.len() / 2].clone();
            if let Ok(Got::View(sliced)) = view.get(&key) {
                views.push(sliced);
            }
            let _ = view.set(&key, &numbers[0]);
            let _ = view.set(&key, &Viewed(&views[0]));
            views.extend(shape(&sizes, |shape| view.cast(format, shape)));
            views.extend(view.cast(format, None));
        }
        for view in &views {
            let _ = (view.tolist(), view.hex(None, 1), view.hash(), view.len(), view.has_odd_bool());
            let _ = [Order::C, Order::Fortran, Order::Any].map(|order| view.tobytes(order).is_ok());
            if view.layout().items() < 1 << 10 {
                let _ = (view.contains(&1_i64), view.count(&Item::Float(1.0)), view.equals(&Viewed(&views[0])));
            }
            let _ = (view.index(&1_i64, -3, 9), view.equals(&Content(b"abc")));
            let _ = View::export(view, Flags::FULL_RO).map(|export| export.layout(profile.abi()));
            view.release().unwrap();
        }
    }
}
