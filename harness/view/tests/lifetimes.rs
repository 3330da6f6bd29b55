//! Who keeps what alive, and what happens when a conversion releases the view in the middle of an operation.

mod common;

use python::exporters::Bytearray;
use std::any::Any;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

use common::*;
use rstest::rstest;
use view::*;

#[test]
fn derived_views_pin_the_exporter_and_outlive_their_base() {
    let data = Bytearray::new(vec![1, 2, 3, 4]);
    let base = View::new(data.clone(), latest()).unwrap();
    let derived = [
        slice(&base, Some(1), None, None),
        base.cast("h", None).unwrap(),
        base.toreadonly().unwrap(),
        base.again().unwrap(),
    ];
    assert_eq!((base.views_sharing(), data.buffer().unwrap().exports()), (5, 1));
    base.release().unwrap();
    for view in derived {
        assert_eq!(data.append(&0_i64), Err(Error::BytearrayResize));
        assert!(view.tolist().is_ok());
        assert!(Rc::ptr_eq(&view.obj().unwrap(), &(data.clone() as Rc<dyn Exporter>)));
        drop(view);
    }
    assert_eq!(data.append(&0_i64), Ok(()));
    assert!(base.root().is_none());
}

/// Notes how many exports of an exporter there are when it is told.
struct Told(Rc<Bytearray>, Rc<RefCell<Vec<(&'static str, usize)>>>, &'static str);

impl Watcher for Told {
    fn died(&self) {
        self.1.borrow_mut().push((self.2, self.0.buffer().unwrap().exports()));
    }
}

#[test]
fn a_death_is_told_after_the_buffer_was_given_back() {
    let data = Bytearray::new(vec![1, 2]);
    let notes = Rc::new(RefCell::new(vec![]));
    let watch = |object: &Rc<View>, name| {
        let told: Rc<dyn Watcher> = Rc::new(Told(data.clone(), notes.clone(), name));
        object.watchers().unwrap().add(&told);
        told
    };
    let view = View::new(data.clone(), latest()).unwrap();
    let _kept = [watch(&view, "first"), watch(&view, "second")];
    drop(watch(&view, "gone"));
    assert_eq!(view.watchers().unwrap().living().len(), 2);
    let part = view.again().unwrap();
    let _part = watch(&part, "part");
    view.release().unwrap();
    assert_eq!(*notes.borrow(), []);
    drop(view);
    assert_eq!(*notes.borrow(), [("second", 1), ("first", 1)]);
    drop(part);
    assert_eq!(notes.borrow().last(), Some(&("part", 0)));
}

#[test]
fn consumers_block_the_release() {
    let view = writable(&[1, 2], latest());
    let consumers = [View::export(&view, Flags::SIMPLE).unwrap(), View::export(&view, Flags::FULL).unwrap()];
    assert_eq!((view.release(), view.export_count()), (Err(Error::Exported { count: 2 }), 2));
    let [first, second] = consumers;
    drop(first);
    assert_eq!(view.exit(), Err(Error::Exported { count: 1 }));
    drop(second);
    assert_eq!((view.release(), view.release(), view.enter()), (Ok(()), Ok(()), Err(Error::Released)));
}

#[test]
fn a_view_can_export_itself() {
    let data = Bytearray::new(vec![1, 2]);
    let inner = View::new(data.clone(), latest()).unwrap();
    let outer = View::of_exporter(inner.clone(), Flags::FULL, latest()).unwrap();
    assert!(Rc::ptr_eq(&outer.obj().unwrap(), &(inner.clone() as Rc<dyn Exporter>)));
    assert_eq!(inner.release(), Err(Error::Exported { count: 1 }));
    drop(inner);
    assert_eq!(data.clear(), Err(Error::BytearrayResize));
    // The last view on the inner one goes, and with it the inner one, although the outer object still exists.
    outer.release().unwrap();
    assert_eq!(data.clear(), Ok(()));
}

#[test]
fn an_exporter_takes_back_only_its_own_buffers() {
    let data: Rc<dyn Exporter> = Bytearray::new(vec![1, 2]);
    let other: Rc<dyn Exporter> = Bytearray::new(vec![1, 2]);
    let view = View::of_exporter(data.clone(), Flags::SIMPLE, latest()).unwrap();
    let not_own = Err(Error::Value("memoryview's buffer is not this object"));
    assert_eq!(view.release_buffer(&other), not_own);
    let reader = View::export(&view, Flags::SIMPLE).unwrap();
    assert_eq!(view.release_buffer(&data), Err(Error::Exported { count: 1 }));
    drop(reader);
    assert_eq!(view.release_buffer(&data), Ok(()));
    // Whose it was is known even then, as long as that lives.
    assert_eq!(view.release_buffer(&other), not_own);
    assert_eq!(view.release_buffer(&data), Err(Error::Value("memoryview's buffer has already been released")));
    drop(data);
    assert!(view.release_buffer(&other).unwrap_err().is_unspecified());
}

#[test]
fn restricted_views_make_no_views() {
    let view = readonly(&[1, 2], latest());
    view.restrict();
    assert_eq!(view.again().map(drop), Err(Error::Restricted));
    assert_eq!(view.toreadonly().map(drop), Err(Error::Restricted));
    assert_eq!(view.cast("zz", None).map(drop), Err(Error::Restricted));
    assert_eq!(View::export(&view, Flags::FULL).map(drop), Err(Error::Restricted));
    let step = Text("a");
    let key = Key::Slice(Slice { step: Some(&step), ..Slice::default() });
    assert_eq!(shown(view.get(&key)), Err(Error::Restricted));
    assert_eq!(item(&view, 0), Ok(Item::Int(1)));
    view.release().unwrap();
    assert_eq!(view.again().map(drop), Err(Error::Released));
}

/// What a test does with a view and a hook that releases it, and what comes of it before and since gh-92888.
type Operation = fn(&Rc<View>, &dyn Object) -> Result<(), Error>;

/// Successful rows say whether the memory was written.
type Row = (&'static str, Operation, Result<bool, Error>, Result<bool, Error>);

const REENTRANT: &[Row] = &[
    ("m[h]", |m, h| m.get(&Key::Object(h)).map(drop), Err(Error::Released), Err(Error::Released)),
    ("m[h,]", |m, h| m.get(&Key::Tuple(&[Key::Object(h)])).map(drop), Ok(false), Err(Error::Released)),
    ("m[h] = 7", |m, h| m.set(&Key::Object(h), &7_i64), Ok(true), Err(Error::Released)),
    ("m[h,] = 7", |m, h| m.set(&Key::Tuple(&[Key::Object(h)]), &7_i64), Ok(true), Err(Error::Released)),
    ("m[0] = h", |m, h| m.set(&Key::Object(&0_i64), h), Ok(true), Err(Error::Released)),
    ("m[h] = None", |m, h| m.set(&Key::Object(h), &Text("")), ITEM_TYPE, ITEM_TYPE),
    ("m[:h] = b'7'", |m, h| m.set(&until(h), &Content(b"7")), Ok(true), Err(Error::Released)),
    ("m[:h] = b'777'", |m, h| m.set(&until(h), &Content(b"777")), Err(Error::Structure), Err(Error::Released)),
    ("m[:h]", |m, h| m.get(&until(h)).map(drop), Ok(false), Ok(false)),
];

const ITEM_TYPE: Result<bool, Error> = Err(Error::ItemType { code: "B" });

fn until<'a>(stop: &'a dyn Object) -> Key<'a> {
    Key::Slice(Slice { stop: Some(stop), ..Slice::default() })
}

#[test]
fn conversions_that_release_the_view() {
    for version in VERSIONS {
        for (name, operation, before, since) in REENTRANT {
            let data = Bytearray::new(vec![0, 0, 0]);
            let view = View::new(data.clone(), python(version)).unwrap();
            let outcome = operation(&view, &Hook::releasing(&view, 1));
            let expected = if python(version).has(Change::ReleaseRecheck) { since } else { before };
            assert_eq!(outcome.map(|()| data.to_vec() != [0; 3]), *expected, "{name} on {version}");
            assert!(view.is_released());
            assert_eq!(data.clear(), Ok(()));
        }
    }
}

#[rstest]
#[case("3.9.18", "B", 300, Error::ItemValue { code: "B" })]
#[case("3.13.0", "B", 300, Error::Released)]
#[case("3.13.0", "b", 300, Error::Released)]
#[case("3.13.0", "B", -1, Error::ItemValue { code: "B" })]
#[case("3.13.0", "b", -1, Error::Released)]
fn ranges_are_checked_around_the_second_look(
    #[case] version: &str,
    #[case] format: &str,
    #[case] value: i64,
    #[case] expected: Error,
) {
    let view = writable(&[0], python(version)).cast(format, None).unwrap();
    assert_eq!(view.set(&Key::Object(&0_i64), &Hook::releasing(&view, value)), Err(expected));
}

#[test]
fn out_of_bounds_wins_over_a_release_in_the_key() {
    for version in VERSIONS {
        let view = writable(&[0], python(version));
        let written = view.set(&Key::Object(&Hook::releasing(&view, 9)), &7_i64);
        assert_eq!(written, Err(Error::OutOfBounds { dimension: 1 }));
        let view = writable(&[0], python(version));
        assert_eq!(item_at(&view, &Hook::releasing(&view, 9)), Err(Error::Released));
    }
}

fn item_at(view: &Rc<View>, key: &dyn Object) -> Result<String, Error> {
    shown(view.get(&Key::Object(key)))
}

#[test]
fn format_c_never_looks_again() {
    for version in VERSIONS {
        let data = Bytearray::new(vec![0]);
        let view = View::new(data.clone(), python(version)).unwrap().cast("c", None).unwrap();
        assert_eq!(view.set(&Key::Object(&Hook::releasing(&view, 0)), &Content(b"Z")), Ok(()));
        assert_eq!(data.to_vec(), b"Z");
    }
}

#[test]
fn memory_that_was_given_back_is_not_touched() {
    let data = Bytearray::new(vec![0; 4]);
    let view = View::new(data.clone(), python("3.9.18")).unwrap();
    let (inner, resized) = (view.clone(), data.clone());
    let hook = Hook::index(move || {
        inner.release()?;
        resized.extend(&[0; 4])?;
        Ok(0)
    });
    assert!(view.set(&Key::Object(&hook), &7_i64).unwrap_err().is_unspecified());
    assert_eq!(data.to_vec(), [0; 8]);

    let view = writable(&[0; 4], python("3.9.18"));
    // Nothing but the view holds the bytearray.
    assert!(view.set(&Key::Object(&Hook::releasing(&view, 0)), &7_i64).unwrap_err().is_unspecified());
}

#[test]
fn the_text_of_a_format_that_was_given_back_is_not_read() {
    let view = formatted(&[0; 4], "B", 1, python("3.9.18"));
    assert!(view.set(&Key::Object(&0_i64), &Hook::releasing(&view, 300)).unwrap_err().is_unspecified());
    let view = formatted(&[0; 4], "B", 1, python("3.11.7"));
    view.release().unwrap();
    assert!(view.iter().map(drop).unwrap_err().is_unspecified());
    // That of bytes is a literal.
    let view = readonly(&[0; 4], python("3.11.7"));
    view.release().unwrap();
    assert_eq!(view.iter().map(drop), Err(Error::Released));
}

#[test]
fn a_hook_that_resizes_fails_and_one_that_writes_is_seen() {
    let data = Bytearray::new(vec![0; 2]);
    let view = View::new(data.clone(), latest()).unwrap();
    let resized = data.clone();
    let error = Err(Error::BytearrayResize);
    assert_eq!(item_at(&view, &Hook::index(move || resized.clear().map(|()| 0))).map(drop), error);
    let written = data.clone();
    let hook = Hook::index(move || written.set(1, &5_i64, latest().into()).map(|()| 1));
    assert_eq!(item_at(&view, &hook), Ok("Int(5)".into()));
}

#[test]
fn comparing_while_searching_may_release() {
    let view = readonly(&[1, 2], latest());
    let inner = view.clone();
    let hook = Hook { equals: Some(Box::new(move || inner.release().map(|()| false))), ..Hook::default() };
    assert_eq!(view.contains(&hook), Err(Error::Released));
    let view = readonly(&[1], latest());
    let inner = view.clone();
    let hook = Hook { equals: Some(Box::new(move || inner.release().map(|()| true))), ..Hook::default() };
    assert_eq!(view.count(&hook), Ok(1));
}

#[rstest]
#[case("3.9.18", Err(Error::Released))]
#[case("3.10.13", Ok(None))]
fn an_iterator_at_its_end_after_a_release(#[case] version: &str, #[case] expected: Result<Option<Item>, Error>) {
    let view = readonly(&[1], python(version));
    let iter = view.iter().unwrap();
    assert_eq!(iter.next(), Ok(Some(Item::Int(1))));
    view.release().unwrap();
    assert_eq!(iter.next(), expected);
}

#[test]
fn iterators_after_an_error() {
    let unknown = |version| formatted(&[0; 8], "w", 4, python(version));
    let failed = Err(Error::UnknownCode { code: "w".into() });
    let steps = |iter: ViewIter| [iter.next(), iter.next(), iter.next()];
    assert_eq!(steps(unknown("3.9.18").iter().unwrap()), [failed.clone(), failed.clone(), failed.clone()]);
    assert_eq!(steps(unknown("3.13.0").iter().unwrap()), [failed.clone(), failed.clone(), Ok(None)]);
    assert_eq!(steps(unknown("3.13.0").reversed().unwrap()), [failed, Ok(None), Ok(None)]);
}

#[rstest]
#[case("3.13.0", None, 1, "ff0000")]
#[case("3.13.0", None, 2, "0000")] // not contiguous: copied before the separator is asked
#[case("3.13.0", Some(Ok(())), 1, "ff0000")]
#[case("3.13.12", Some(Err(Error::Exported { count: 1 })), 1, "ff0000")]
#[case("3.13.12", Some(Ok(())), 2, "0000")]
fn separators_that_act(
    #[case] version: &str,
    #[case] release: Option<Result<(), Error>>,
    #[case] step: i64,
    #[case] expected: &str,
) {
    let data = Bytearray::new(vec![0, 0, 0]);
    let view = slice(&View::new(data.clone(), python(version)).unwrap(), None, None, Some(step));
    let (inner, written, releases, profile) = (view.clone(), data.clone(), release.clone(), python(version));
    let hook = Hook {
        length: Some(Box::new(move || {
            written.set(0, &255_i64, profile.into())?;
            if let Some(expected) = &releases {
                assert_eq!(inner.release(), *expected);
            }
            Ok(1)
        })),
        ..Hook::default()
    };
    assert_eq!(view.hex(Some(&hook), 0).as_deref(), Ok(expected));
}

/// An exporter that passes on a view, as a Python class with `__buffer__` does, and writes down what happens.
struct Class {
    inner: Rc<View>,
    /// To be released when the buffer is asked for, or when the hash is.
    victim: RefCell<Option<Rc<View>>>,
    outcome: RefCell<Vec<Result<(), Error>>>,
    released: Cell<usize>,
}

impl Class {
    fn new(content: &[u8], profile: Profile) -> Rc<Self> {
        Rc::new(Class {
            inner: readonly(content, profile),
            victim: RefCell::default(),
            outcome: RefCell::default(),
            released: Cell::new(0),
        })
    }

    fn strike(&self) {
        let victim = self.victim.borrow_mut().take();
        if let Some(victim) = victim {
            let outcome = victim.release();
            self.outcome.borrow_mut().push(outcome);
        }
    }
}

impl Exporter for Class {
    fn export(self: Rc<Self>, flags: Flags) -> Result<Export, Error> {
        self.strike();
        View::export(&self.inner, flags)
    }

    fn released(&self, _: &Export) {
        // The export is still held here, as in `__release_buffer__`.
        assert_eq!(self.inner.export_count(), 1);
        self.released.set(self.released.get() + 1);
    }

    fn hash(&self) -> Result<(), Error> {
        self.strike();
        Ok(())
    }

    fn buffer(&self) -> Option<&Rc<Buffer>> {
        None
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

#[test]
fn classes_hear_of_the_release_once() {
    let class = Class::new(&[1, 2], latest());
    let view = View::new(class.clone(), latest()).unwrap();
    let part = slice(&view, Some(1), None, None);
    drop(view);
    assert_eq!((class.released.get(), class.inner.export_count()), (0, 1));
    part.release().unwrap();
    drop(part);
    assert_eq!((class.released.get(), class.inner.export_count()), (1, 0));
}

#[test]
fn an_operand_that_releases_the_view_when_asked_for_its_buffer() {
    let class = Class::new(&[1, 2], latest());
    let hook = || Hook { exporter: Some(class.clone()), ..Hook::default() };
    let data = Bytearray::new(vec![1, 2]);
    let view = View::new(data.clone(), latest()).unwrap();
    class.victim.replace(Some(view.clone()));
    assert_eq!(view.equals(&hook()), Ok(Some(true)));
    let view = View::new(data.clone(), latest()).unwrap();
    class.victim.replace(Some(view.clone()));
    assert_eq!(view.set(&Key::Slice(Slice::default()), &hook()), Err(Error::Released));
    assert_eq!(class.inner.export_count(), 0);
}

#[rstest]
#[case("3.13.0", Ok(()))]
#[case("3.14.3", Err(Error::Exported { count: 1 }))]
fn an_exporter_whose_hash_releases_the_view(#[case] version: &str, #[case] released: Result<(), Error>) {
    let class = Class::new(&[1, 2], python(version));
    let view = View::new(class.clone(), python(version)).unwrap();
    class.victim.replace(Some(view.clone()));
    assert_eq!(view.hash(), Ok(hash_bytes(&[1, 2])));
    assert_eq!(class.outcome.take(), std::slice::from_ref(&released));
    assert_eq!(view.is_released(), released.is_ok());
    assert_eq!(view.hash(), Ok(hash_bytes(&[1, 2])), "remembered");
}
