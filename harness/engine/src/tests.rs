//! Both engines on the same programs.

use crate::embedded::Embedded;
use crate::reference::Reference;
use crate::{Engine, Watch};
use program::{Parser, Program, Trace};
use rstest::rstest;

mod bodies;
mod everything;
mod exporters;
mod interpreter;
mod machine;
mod source;
mod unknown;

fn program(text: &str) -> Program {
    let mut parser = Parser::new();
    for line in text.split(';') {
        parser.step(line.trim()).unwrap();
    }
    parser.finish()
}

#[rstest]
#[case("data = bytearray(b'abcdef'); m = memoryview(data); part = m[1:5:2]; part[0] = 90; data; data.append(1)")]
#[case("m = memoryview(b'abcd'); m[0] = 1; m[9]; m['x']; m[1:2].obj is m.obj; m.release(); m[0]; m; repr(m)")]
#[case("import array; a = array.array('h', [1, -2, 3]); m = memoryview(a)[::-1]; m.tolist(); m.strides; a.append(4)")]
#[case("m = memoryview(bytes(8)).cast('i', [2, 1]); m.shape; m.tolist(); m[0, 0]; m[0]; hash(m); m == m; x; del x")]
#[case(
    "memoryview(bytearray(4))[1:]; v = memoryview(bytearray(b'ab')); v[0] = 7; v; v.tobytes(); print(v, v[0]); v.nope"
)]
#[case(
    "d = bytearray(3); b'x' + memoryview(d); d += b'1'; memoryview(d) == d; d < memoryview(b'z'); 5 in memoryview(b'\\x05')"
)]
#[case(
    "import struct; d = bytearray(b'abcd'); m = memoryview(d); it = struct.iter_unpack('<H', m); m.release(); next(it); d[2] = 90; list(it); next(it); m.release(); d.append(1); it; struct.unpack_from('B', m)"
)]
#[case(
    "d = bytearray(b'abcd'); m = memoryview(d)[1:]; v = m.__buffer__(284); v[1:]; m.release(); d.__release_buffer__(v); m.__release_buffer__(v); m.release(); d.append(1)"
)]
#[case(
    "import weakref; d = bytearray(2); m = memoryview(d); w = weakref.ref(m, hook(0, appends=d)); w; w.__call__() is m; m = m[1:]; d; m.release(); m = 1; w.__call__()"
)]
#[case(
    "import weakref; d = bytearray(2); m = memoryview(b'a'); w = weakref.ref(m, hook(0, appends=d)); weakref.ref(m) is weakref.ref(m); weakref.getweakrefcount(m); weakref.ref(m, hook(1)); weakref.getweakrefcount(m); w = 0; m = 0; d"
)]
#[case(
    "import weakref; weakref.ref(); weakref.ref(1, 2, 3); weakref.ref(b''); weakref.ref(1); weakref.ref(None); weakref.ref(iter(b'')); w = weakref.ref(memoryview(b'')); w; w.__call__(); w.release()"
)]
#[case(
    "import copy, pickle; m = memoryview(b'ab'); copy.copy(m); copy.deepcopy(m); pickle.dumps(m); pickle.dumps(m, 0); pickle.dumps(m, protocol=4); pickle.dumps(m, 6)"
)]
#[case("import gc; m = memoryview(b'ab'); gc.is_tracked(m); gc.get_referents(m); m.release(); gc.get_referents(m)")]
#[case("d = bytearray(1); m = memoryview(d); t = hook(0); t.arm(m); m = None; d.append(1); t = None; d.append(1); d")]
#[case("t = hook(1); hash(t) == hash(t); hash((1, t)) == hash((1, 1)); t.arm(appends=1); hash(t); t.arm(1)")]
#[case(
    "import array; m = memoryview(b'a'); m.release(); array.array('z', m); array.array('B', m); array.array('z', [1, 2]); array.array('B', iter([1, 2, 'x', 3]))"
)]
fn engines_agree(#[case] text: &str) {
    agree(&program(text));
}

/// Layouts that no other object exports. The data `{}` is 64 bytes that count from 65; `{p}` is two pointers
/// to eight bytes each. Where CPython takes an exporter's format as it is, and crashes without one, there is one.
#[rstest]
#[case(
    "e = exporter({}); m = memoryview(e); m.tolist(); m.format; m[3] = 7; e; m[::-2].tobytes(); m.cast('i')[1]; m.obj is e"
)]
#[case(
    "e = exporter({}, format='i', shape=(2, 3), strides=[4, 8], offset=4); m = memoryview(e); m.tolist(); m.tobytes(); m.tobytes('F'); m.tobytes('A'); m.hex(':'); m.f_contiguous; m[1, -1]; m[1:].tolist(); m.cast('B'); m[0, 0] = -1; m == memoryview(e); m[0]; list(m)"
)]
#[case(
    "m = memoryview(exporter({}, format='h', shape=(3, 2), strides=(-4, 2), offset=8)); m.tolist(); m.c_contiguous; m[::-1].tolist(); m[2, 1] = 5; m; bytes(m); m == m[::1]"
)]
#[case(
    "m = memoryview(exporter({}, shape=(4, 2), strides=(0, 3))); m.tolist(); m.tobytes(); m[1, 1] = 9; m.tolist(); hash(m)"
)]
#[case(
    "m = memoryview(exporter({}, format='d', shape=(), readonly=True)); m.tolist(); m.shape; m[()]; m[...]; len(m); m.tobytes(); m.cast('B').tolist(); m.cast('B', [8]); hash(m); m[()] = 1; iter(m)"
)]
#[case(
    "m = memoryview(exporter({}, format='B', shape=(), readonly=True)); hash(m); m == 1; m == memoryview(b'\\x01'); 1 in m"
)]
#[case(
    "m = memoryview(exporter({}, format='<i', itemsize=4)); m.tolist(); m[0]; m == m; m.tobytes(); m.cast('B')[5]; m.cast('i'); m[1:2] = m[0:1]; list(m); iter(m); m == memoryview({}).cast('i')"
)]
#[case(
    "m = memoryview(exporter({}, format='2i', itemsize=8)); n = memoryview(exporter({}, format='ii', itemsize=8)); m == n; m[0]; m.cast('B').nbytes; m[0] = 1"
)]
#[case(
    "m = memoryview(exporter({}, format='T{i:a:}', itemsize=4)); m == m; m[0]; m.tolist(); m[:0].tolist(); m.hex('-', 4)"
)]
#[case(
    "m = memoryview(exporter({}, format='s', itemsize=1)); m[0]; m.tolist(); m[0] = b'a'; m[0:1] = m[1:2]; m == {}; m == memoryview(exporter({}, format='c'))"
)]
#[case(
    "m = memoryview(exporter({}, format='Zd', itemsize=16)); m[0]; m.tolist(); m == m; m.cast('B').cast('Zd'); m.itemsize; m[0] = 1.5"
)]
#[case(
    "m = memoryview(exporter({}, format='e', itemsize=2)); m[0]; m[:1].tolist(); m == m; m.cast('B')[0]; m[0] = 1.5; m.tobytes()"
)]
#[case(
    "m = memoryview(exporter({}, itemsize=4)); m.format; m[0]; m.tolist(); m.nbytes; m[0] = 255; m.cast('I').tolist(); m == memoryview({}); m.tobytes()"
)]
#[case(
    "m = memoryview(exporter({}, format='i', itemsize=2)); m.tolist()[:3]; m[1] = -1; m.tobytes(); m == m; m == memoryview({}).cast('i')"
)]
#[case(
    "m = memoryview(exporter({}, format='', itemsize=0, shape=(3,))); m.tolist(); m == m; m.tobytes(); m.nbytes; m.cast('B').shape; m[:] = m; m[0]"
)]
#[case(
    "m = memoryview(exporter({}, shape=(2, 0, 3))); m.tolist(); m.contiguous; m.cast('B'); m == m; len(m); m[1:]; hash(m)"
)]
#[case("e = exporter({}, shape=(1,) * 64); m = memoryview(e); m.ndim; m.tolist(); m.cast('B')[0]; m.tobytes()")]
#[case(
    "e = exporter({}, format='B', shape=(1,) * 65); memoryview(e); bytes(e); bytearray(e); b'' + e; memoryview(b'\\x01') == e; bytearray(1)[:] == e; m = memoryview(bytearray(1)); m[:] = e; bytearray().extend(e); e"
)]
#[case(
    "e = exporter({}, format='B', shape=(2,) + (1,) * 69, strides=(2,) * 70); bytes(e); bytearray(e); b'' + e; memoryview(bytearray(2))[:] == e"
)]
#[case(
    "m = memoryview(exporter({}, strides=(2,), shape=(20,))); del m; e = exporter({}); v = memoryview(e); w = v[1:]; v.release(); e; w.release(); e; w; with memoryview(e) as u:\n    u[0] = 5"
)]
#[case(
    "e = exporter({}, readonly=True); m = memoryview(e); m[0] = 1; m.readonly; hash(m) == hash({}); hash(e); hash(e) == hash(e); m.toreadonly()"
)]
#[case(
    "e = exporter({}, format='B'); f = exporter({}); e == f; e == e; e != f; e < f; e == 1; e == memoryview(e); memoryview(e) == e; bytearray({}) == e; e == bytearray({}); bytes(e) == {}; {} == e; e is e; e is not f"
)]
#[case(
    "e = exporter({}); e[0]; e[0] = 1; e[1180591620717411303424] = 1; e['x'] = 1; del e[0]; del e['x']; del e[1180591620717411303424]; len(e); iter(e); next(e); reversed(e); bool(e); 1 in e; list(e); sum(e); e + e; e * 2; 2 * e; e += 1; e.tolist(); e.nbytes; e.nope; e.append(1); repr(e); print(e); type(e); isinstance(e, object)"
)]
#[case(
    "b = bytearray(2); e = exporter({}, format='B', shape=(2, 2), strides=(1, 2)); b + e; b += e; b'' + e; b.extend(e); b == e; b'x'.join([e]); str(e, 'utf-8'); bytes(e); bytearray(e); b[:] = e; b; int.from_bytes(e, 'little'); memoryview(b) == e"
)]
#[case(
    "b = bytearray(2); e = exporter(b'abcd', format='h', readonly=True); b + e; b += e; b'' + e; b.extend(e); b == e; b'x'.join([e, e]); str(e, 'utf-8'); bytes(e); b[:] = e; b; b > e; e < b; int.from_bytes(e, 'little')"
)]
#[case(
    "m = memoryview(bytearray(4)); m[:] = exporter(b'abcd', format='B'); m; m[:] = exporter(b'abcd', format='b'); m[:] = exporter(b'abcd', format='B', strides=[-1], shape=[4], offset=3); m; m[1:3] = exporter(b'abcd', format='B', shape=[2], strides=[3]); m; import array; a = array.array('h'); a.frombytes(exporter(b'abcd')); a.frombytes(exporter(b'abcd', format='h')); a"
)]
#[case(
    "e = exporter(b'ab'); memoryview(e); memoryview(exporter(b'abc')); v = memoryview(exporter(b'abc')); v[0] = 1; v; w = memoryview(exporter(b'abc', readonly=True)); w; exporter(b''); memoryview(exporter(b'')).tolist(); memoryview(exporter(b'ab', offset=2)); memoryview(exporter(b'abcdefg', format='h', offset=2)).tolist()"
)]
#[case(
    "m = memoryview(exporter(b'abc', shape=(0,), strides=(100,), offset=3)); m[::-1]; m.tolist(); m.contiguous; m[1:]; m.cast('B')"
)]
// Suboffsets: the first words are pointers to what comes after.
#[case(
    "e = exporter({p}, shape=(2, 8), strides=(8, 1), suboffsets=(0, -1)); m = memoryview(e); e; m.tolist(); m.tobytes(); m.tobytes('F'); m.hex(); m[1, 2]; m[1, 2] = 99; e; m[1:].tolist(); m[::-1].tobytes(); m.suboffsets; m.cast('B'); m == m; m == memoryview(e); bytes(e); b'' + e; m.contiguous; memoryview(e)[0:0]; m.release(); e"
)]
#[case(
    "m = memoryview(exporter({p}, format='h', shape=(2,), strides=(8,), suboffsets=(2,))); m.tolist(); m[1]; m[1] = 3; m; m[::-1].tolist(); m[1:].tobytes(); m[0:1] = m[1:2]; m.tolist(); list(m); hash(m); 3 in m"
)]
#[case(
    "m = memoryview(exporter({p}, format='i', shape=(2, 2), strides=(8, 4), suboffsets=(0, -1), readonly=True)); m.tolist(); m[0, 0] = 1; hash(m); m == exporter({p}, format='i', shape=(2, 2), offset=16)"
)]
#[case(
    "m = memoryview(exporter({p}, shape=(8,), suboffsets=(-1,), offset=16)); m.tolist(); m.contiguous; m.cast('B'); m[2:4].tolist(); b'' + m; m.suboffsets; m[1:3].suboffsets; m.toreadonly().suboffsets"
)]
#[case("m = memoryview(exporter({p}, shape=(), suboffsets=(), offset=16)); m.suboffsets; m[()]; m.cast('B')")]
#[case(
    "m = memoryview(exporter({p}, shape=(2, 3, 2), strides=(8, 2, 1), suboffsets=(1, -1, -1))); m.tolist(); m.tobytes('A'); m[1, 2, 1]; m[0:1].tolist(); m == m[:]"
)]
#[case(
    "d = bytearray(); t = hook(1, appends=d); e = exporter({}, readonly=True, hash=t); m = memoryview(e); hash(e); d; hash(m); d; t.arm(releases=m); hash(m[1:]); m; hash(m) == hash({}); d"
)]
#[case(
    "e = exporter({}, hash=[]); hash(e); hash(memoryview(e)); m = memoryview(e).toreadonly(); hash(m); m[::-1]; exporter(b'a', hash=None); hash(exporter(b'a', hash=hook(None)))"
)]
fn exporters_agree(#[case] text: &str) {
    let counting: Vec<u8> = (65..=128).collect();
    let pointing: Vec<u8> = [16u64, 24].iter().flat_map(|at| at.to_le_bytes()).chain(101..=116).collect();
    let [counting, pointing] = [counting, pointing].map(|bytes| program::Value::Bytes(bytes.into()).to_string());
    agree(&program(&text.replace("{}", &counting).replace("{p}", &pointing)));
}

/// Every set of flags, as `__buffer__` passes it on.
#[rstest]
#[case("shape=(2, 3)")]
#[case("shape=(2, 3), strides=(1, 2)")]
#[case("shape=(2, 3), strides=(6, 1), readonly=True")]
#[case("format='h', readonly=True")]
#[case("shape=()")]
#[case("itemsize=2, strides=(-2,), shape=(2,), offset=2")]
#[case("shape=(2, 2), strides=(8, 1), suboffsets=(0, -1)")]
fn requests_are_answered_alike(#[case] layout: &str) {
    let pointing: Vec<u8> = [16u64, 24].iter().flat_map(|at| at.to_le_bytes()).chain(101..=116).collect();
    let pointing = program::Value::Bytes(pointing.into());
    let flags = (0..512).filter(|flags| flags & 2 == 0 && *flags != 256);
    let steps: Vec<String> = flags.map(|flags| format!("e.__buffer__({flags})")).collect();
    agree(&program(&format!("e = exporter({pointing}, {layout}); {}", steps.join("; "))));
}

/// Runs a program on both engines. Every step is alike.
fn agree(program: &Program) -> Trace {
    let mut embedded = Embedded::new().unwrap();
    let mut reference = Reference::new(embedded.about().profile);
    let (mut left, mut right) = (Trace::new(), Trace::new());
    reference.run(program, Watch::Always, &mut left).unwrap();
    embedded.run(program, Watch::Always, &mut right).unwrap();
    for (index, (left, right)) in left.observations().zip(right.observations()).enumerate() {
        assert_eq!(left, right, "step {index}: {}", program::print::step(program, index));
    }
    assert_eq!(left, right);
    assert_eq!(left.len(), program.steps.len());
    left
}

#[rstest]
#[case("data = bytearray(64);", "data *= 40")]
#[case("data = b'0123456789abcdef';", "data *= 40")]
#[case("data = b'0123456789abcdef';", "data += data")]
#[case("data = (1, 2);", "data += data")]
fn growth_is_left_open_before_it_fills_the_memory(#[case] start: &str, #[case] step: &str) {
    let text = format!("{start} {}", vec![step; 40].join("; "));
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let mut trace = Trace::new();
    let fault = Reference::new(profile).run(&program(&text), Watch::End, &mut trace);
    assert!(matches!(fault, Err(crate::RunError::Unsupported { .. })));
    assert!(trace.len() > 2, "small objects do grow");
}

#[rstest]
#[case(11, 0.10000000000000009)]
#[case(12, 0.1)]
fn sums_of_floats_lose_less_since_3_12(#[case] minor: u8, #[case] expected: f64) {
    let profile = view::Profile::new(view::Version::new(3, minor, 0), view::Abi::Lp64);
    let mut trace = Trace::new();
    Reference::new(profile).run(&program("sum([1.0, 0.1, -1.0])"), Watch::End, &mut trace).unwrap();
    assert_eq!(trace.observation(0).unwrap().outcome, program::Outcome::Value(program::Value::Float(expected)));
}

/// What says nothing about memoryview and is CPython's own business is left open, not guessed.
#[rstest]
#[case("x = 1.5; x is x")]
#[case("x = max([float('nan')]); x is not x")]
#[case("x = float('nan'); [x] == [x]")]
fn identities_of_values_are_left_open(#[case] text: &str) {
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let fault = Reference::new(profile).run(&program(text), Watch::End, &mut Trace::new());
    assert!(matches!(fault, Err(crate::RunError::Unspecified(_))), "{fault:?}");
}

/// What the reference does not know how to go through, or by which rule, it refuses.
#[rstest]
#[case("import numpy; list(numpy.array([1, 2]))")]
#[case("import numpy; iter(numpy.array([1, 2]))")]
#[case("import numpy; reversed(numpy.array([1, 2]))")]
#[case("import numpy; 1 in numpy.array([1, 2])")]
#[case("import numpy; bytearray().extend(iter(numpy.array([1, 2])))")]
#[case("max()")]
#[case("max([], other=1)")]
#[case("min(1, 2, other=1)")]
#[case("sum([1], 2, 3)")]
#[case("sorted([1], reverse=1)")]
#[case("sorted([1], [2])")]
#[case("zip(b'', other=1)")]
fn other_ways_to_take_items_are_refused(#[case] text: &str) {
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let fault = Reference::new(profile).run(&program(text), Watch::End, &mut Trace::new());
    assert!(matches!(fault, Err(crate::RunError::Unsupported { .. })), "{fault:?}");
}

/// What the reference does not model it refuses, and never answers by something that is near it.
#[rstest]
#[case("import struct; struct.pack('0p', b'')")]
#[case("import struct; struct.calcsize(bytearray())")]
#[case("import numpy; numpy.array([1])[0] = 2")]
#[case("import numpy; numpy.array([[1], 2])")]
#[case("import numpy; numpy.array([[1], [2, 3]])")]
#[case("import io; io.BytesIO(b'a').__enter__(1)")]
#[case("import io; io.BytesIO(b'a').__iter__(1)")]
fn what_is_not_modelled_is_refused(#[case] text: &str) {
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let fault = Reference::new(profile).run(&program(text), Watch::End, &mut Trace::new());
    assert!(matches!(fault, Err(crate::RunError::Unsupported { .. })), "{fault:?}");
}

/// A view does not hold its exporter while that is asked for its hash.
#[test]
fn reading_memory_that_went_with_the_exporter_is_left_open() {
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let text = "t = hook(1); m = memoryview(exporter(b'ab', readonly=True, hash=t)); t.arm(releases=m); hash(m)";
    let fault = Reference::new(profile).run(&program(text), Watch::End, &mut Trace::new());
    assert!(matches!(fault, Err(crate::RunError::Unspecified(_))), "{fault:?}");
}

/// Who dies can tell nobody of what is left open, so it is refused before.
#[rstest]
#[case("import weakref; m = memoryview(b''); weakref.ref(m, hook(0, appends=bytearray))")]
#[case("import weakref; m = memoryview(b''); t = hook(0); w = weakref.ref(m, t); t.arm(appends=bytearray)")]
#[case("import weakref; m = memoryview(b''); weakref.ref(m, 1)")]
fn a_callback_that_does_what_is_left_open_is_refused(#[case] text: &str) {
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let fault = Reference::new(profile).run(&program(text), Watch::End, &mut Trace::new());
    assert!(matches!(fault, Err(crate::RunError::Unsupported { .. })), "{fault:?}");
}

/// CPython dies of an exporter that gives no format where a view is compared with it, or takes a part from it.
#[rstest]
#[case("m = memoryview(bytearray(2)); m == exporter(b'ab', itemsize=1)")]
#[case("m = memoryview(bytearray(2)); m[:] = exporter(b'ab', itemsize=1)")]
fn an_exporter_without_a_format_is_left_open(#[case] text: &str) {
    let profile = view::Profile::new(view::Version::new(3, 13, 0), view::Abi::Lp64);
    let fault = Reference::new(profile).run(&program(text), Watch::End, &mut Trace::new());
    assert!(matches!(fault, Err(crate::RunError::Unspecified(_))), "{fault:?}");
}

/// What `exporter` holds on to is not Python's, so only the references that a program itself forgets are counted here.
#[rstest]
#[case::item("memoryview(b'abc')[1]")]
#[case::large_index("memoryview(b'abc')[-9223372036854775809]")]
#[case::comparison("memoryview(b'abc') == b'abc'")]
#[case::error("memoryview(b'abc').cast('x')")]
#[case::hook("memoryview(bytearray(3))[hook(1)] = hook('a')")]
#[case::cycle("t = hook(1); m = memoryview(exporter(b'ab', readonly=True, hash=t)); t.arm(releases=m)")]
#[case::cycle_of_a_hook("t = hook(1); t.arm(releases=t)")]
#[case::weak_reference("import weakref; m = memoryview(b'ab'); r = weakref.ref(m, hook(0)); m = 0")]
fn nothing_leaks_where_nothing_is_wrong(#[case] text: &str) {
    assert_eq!(Embedded::new().unwrap().leaks(&program(text)), 0);
}

#[test]
fn what_each_run_leaves_behind_is_a_leak() {
    let mut kept = Vec::new();
    let found = pyo3::Python::attach(|py| {
        crate::embedded::leaks::count(|| kept.push(pyo3::types::PyBytes::new(py, &[0; 100]).unbind()))
    });
    assert_eq!(found, 1);
    let once = std::cell::Cell::new(true);
    let found = pyo3::Python::attach(|py| {
        crate::embedded::leaks::count(|| {
            if once.replace(false) {
                kept.push(pyo3::types::PyBytes::new(py, &[0; 100]).unbind());
            }
        })
    });
    assert_eq!(found, 0, "a cache is filled once");
}

/// What is older than all that are modelled is compared as the oldest, except MicroPython, which has much of later versions.
#[rstest]
#[case(
    "3.7.16",
    "3.8.0",
    "the Python 3.7.16 of `x` is older than all that this release knows; it is compared as 3.8.0"
)]
#[case("3.4.0", "3.15.2", "the Python 3.4.0 of `x` has much of later versions; it is compared as 3.15.2")]
fn an_old_interpreter_says_as_what_it_is_compared(
    #[case] python: view::Version,
    #[case] compared: view::Version,
    #[case] note: &str,
) {
    let profile = view::Profile::new(compared, view::Abi::Lp64);
    let about = crate::About { name: "x".to_owned(), python, profile, ..Reference::new(profile).about().clone() };
    assert_eq!(about.note().as_deref(), Some(note));
    assert_eq!(about.left_out().is_some(), python.minor == 7);
}

/// What is newer is compared as the newest, and this is said.
#[rstest]
#[case("3.13.18", "3.13.18", None)]
#[case(
    "3.13.99",
    "3.13.18",
    Some("the Python 3.13.99 of `reference` is newer than this release knows; it is compared as 3.13.18")
)]
#[case(
    "3.16.0",
    "3.15.2",
    Some("the Python 3.16.0 of `reference` is newer than this release knows; it is compared as 3.15.2")
)]
fn a_newer_interpreter_is_compared_as_the_newest(
    #[case] loaded: view::Version,
    #[case] modelled: view::Version,
    #[case] note: Option<&str>,
) {
    let profile = view::Profile::new(loaded, view::Abi::Lp64);
    let about = crate::About { python: loaded, profile, ..Reference::new(profile).about().clone() };
    assert_eq!(about.note().as_deref(), note);
    assert_eq!(
        crate::open("reference", profile, &crate::Settings::default()).unwrap().about().profile.version(),
        modelled
    );
}

#[test]
fn whatever_an_engine_can_do_a_case_can_need() {
    let embedded = Embedded::new().unwrap();
    let reference = Reference::new(embedded.about().profile);
    for capability in embedded.about().capabilities.iter().chain(&reference.about().capabilities) {
        assert!(program::capability::CAPABILITIES.contains(capability.as_str()), "{capability}");
    }
}

/// A module's name in `MODULES` is all that it takes: there is no second list to forget.
#[test]
fn the_embedded_engine_has_every_module_that_can_be_imported() {
    let embedded = Embedded::new().unwrap();
    for module in program::operation::MODULES {
        let can_import = pyo3::Python::attach(|py| py.import(*module).is_ok());
        let has = embedded.about().capabilities.contains(program::capability::to_import(module));
        assert_eq!(has, can_import, "{module}");
    }
}

#[test]
fn the_reference_imports_the_modules_that_it_has() {
    let mut reference = Reference::new(Embedded::new().unwrap().about().profile);
    for module in program::operation::MODULES {
        let can_import = reference.run(&program(&format!("import {module}")), Watch::End, &mut Trace::new()).is_ok();
        let has = reference.about().capabilities.contains(program::capability::to_import(module));
        assert_eq!(has, can_import, "{module}");
    }
}
