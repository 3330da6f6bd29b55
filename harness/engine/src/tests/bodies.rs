//! Programs with bodies: both engines agree, and what has no end is cut off.

use crate::embedded::Embedded;
use crate::reference::Reference;
use crate::{Abi, Engine, Profile, RunError, Version, Watch};
use program::{Parser, Program, Trace};
use rstest::rstest;

fn program(steps: &[&str]) -> Program {
    let mut parser = Parser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    parser.finish()
}

#[rstest]
#[case(&["d = bytearray(3)", "for x in memoryview(d): break", "d.append(1)", "x"])]
#[case(&["v = memoryview(b'abc')", "[y for y in v if y > 97]", "sum(y for y in v)", "a, *b = v", "b", "a < b[0] < b[1]"])]
#[case(&["def f(v, n=1, *, k=2):\n  return v[n] + k", "f(b'ab')", "f()", "f(b'ab', 0, 0)", "f(b'ab', k=b'')", "f"])]
#[case(&["try:\n  memoryview(1)\nexcept TypeError as e:\n  print(e)\nfinally:\n  print(2)", "e"])]
#[case(&["class C:\n  n = 0\n  def __index__(self):\n    self.n += 1\n    return self.n", "c = C()", "v = memoryview(b'abcd')", "v[c]", "v[c:]", "c.n", "C.n", "C()", "C(1)"])]
#[case(&["def f():\n  x\n  x = 1", "f()", "def g():\n  del y\n  y = 1", "g()", "def h(): return missing", "h()"])]
#[case(&["def f():\n  raise\n", "f()", "try:\n  1 + b''\nexcept TypeError:\n  f()"])]
#[case(&["x = y = bytearray(1)", "x is y", "x[0] |= 6", "y", "(a, b), c = (1, 2), 3", "a, b = 1"])]
fn engines_agree(#[case] steps: &[&str]) {
    let program = program(steps);
    let mut embedded = Embedded::open(&crate::Settings::default()).unwrap();
    let mut reference = Reference::new(embedded.about().profile);
    let (mut one, mut other) = (Trace::new(), Trace::new());
    embedded.run(&program, Watch::Always, &mut one).unwrap();
    reference.run(&program, Watch::Always, &mut other).unwrap();
    for (step, text) in steps.iter().enumerate() {
        assert_eq!(one.observation(step), other.observation(step), "{text}");
    }
    assert_eq!(one, other);
}

/// Whatever asks for the code: the run is over, and nothing that is made of it counts.
#[rstest]
#[case(&["n = 0", "while True: n += 1"])]
#[case(&["def f():\n  while True: pass", "f()"])]
#[case(&["def f(x):\n  while True: pass", "sum(f(x) for x in (1, 2))"])]
#[case(&["def f(x):\n  while True: pass", "max((1, 2), key=f)"])]
#[case(&["class C:\n  def __index__(self):\n    while True: pass", "memoryview(b'ab')[C()]"])]
#[case(&["class C:\n  def __index__(self):\n    while True: pass", "try:\n  memoryview(b'ab')[C()]\nexcept:\n  pass"])]
#[case(&["class C:\n  def __enter__(self): pass\n  def __exit__(self, a, b, c):\n    while True: pass", "with C(): pass"])]
#[case(&["def f(x): return f(x)", "f(1)"])]
fn what_has_no_end_is_cut_off(#[case] steps: &[&str]) {
    let program = program(steps);
    let mut embedded = Embedded::open(&crate::Settings::default()).unwrap();
    let mut reference = Reference::new(embedded.about().profile);
    // There the deadline ends it, unless whoever runs it says how much is enough.
    embedded.ration(Some(1000));
    for engine in [&mut reference as &mut dyn Engine, &mut embedded] {
        let mut trace = Trace::new();
        let ran = engine.run(&program, Watch::Always, &mut trace);
        assert!(matches!(ran, Err(RunError::Unspecified(_))), "{}: {ran:?}", engine.about().name);
        assert_eq!(trace.len(), steps.len() - 1);
    }
}

#[test]
fn calls_of_a_function_without_operations_are_cut_off() {
    let mut program = program(&["class C:\n  def __iter__(self): return self\n  def __next__(self): pass", "1 in C()"]);
    let next = |body: &&mut program::Body| body.function.as_ref().is_some_and(|function| &*function.name == "__next__");
    program.bodies.iter_mut().find(next).unwrap().operations.clear();
    let profile = Profile::new(Version::new(3, 11, 7), Abi::Lp64);
    let ran = Reference::new(profile).run(&program, Watch::Always, &mut Trace::new());
    assert!(matches!(ran, Err(RunError::Unspecified(_))), "{ran:?}");
}

#[rstest]
#[case(&["import array", "a = array.array('h', [1, 2])", "for x in a: a[0:0] = a"])]
#[case(&["a = bytearray(b'ab')", "for x in a: a[0:0] = a"])]
fn what_grows_without_end_is_not_modelled(#[case] steps: &[&str]) {
    let profile = Profile::new(Version::new(3, 11, 7), Abi::Lp64);
    let ran = Reference::new(profile).run(&program(steps), Watch::Always, &mut Trace::new());
    assert!(matches!(ran, Err(RunError::Unsupported { .. })), "{ran:?}");
}

/// CPython calls what runs often in another way, which does not check what it gives.
#[rstest]
#[case("for i in (1, 2): iter(view)")]
#[case("def f(): return iter(view)\nfor i in (1, 2): f()")]
#[case("class C:\n  def __iter__(self): return iter(view)\ntry:\n  list(C())\nexcept:\n  pass")]
fn an_error_that_depends_on_how_often_a_body_ran_is_unspecified(#[case] step: &str) {
    let steps = ["view = memoryview(b'ab')", "view.release()"].into_iter().chain([step]).collect::<Vec<_>>();
    let profile = Profile::new(Version::new(3, 11, 7), Abi::Lp64);
    let ran = Reference::new(profile).run(&program(&steps), Watch::Always, &mut Trace::new());
    assert!(matches!(ran, Err(RunError::Unspecified(_))), "{ran:?}");
    let profile = Profile::new(Version::new(3, 12, 8), Abi::Lp64);
    let ran = Reference::new(profile).run(&program(&steps), Watch::Always, &mut Trace::new());
    assert_eq!(ran, Ok(()));
}

/// Where a type has no such method, that is told before the argument is read.
#[test]
fn a_method_of_a_type_is_looked_up_before_its_arguments_are_read() {
    let mut reference = Reference::new(Profile::new(Version::newest(), Abi::Lp64));
    let mut run = |step: &str| {
        let mut trace = Trace::new();
        let ran = reference.run(&program(&[step]), Watch::Always, &mut trace);
        ran.map(|()| trace.observation(0).unwrap().outcome)
    };
    assert!(matches!(run("type(0).extend(missing)"), Err(RunError::Unsupported { .. })));
    for (step, exception) in
        [("type(memoryview(b'')).extend(missing)", "AttributeError"), ("type(b'').fromhex(missing)", "NameError")]
    {
        let outcome = run(step).unwrap();
        assert!(matches!(&outcome, program::Outcome::Raised(raised) if &*raised.exception == exception), "{outcome:?}");
    }
}

#[rstest]
#[case::dict("dict().extend(missing)")]
#[case::range("range(3).append(missing)")]
#[case::struct_("import struct; struct.Struct('b').release(missing)")]
fn a_method_that_no_object_of_a_type_has_is_missed_before_its_arguments_are_read(#[case] step: &str) {
    let mut trace = Trace::new();
    let mut reference = Reference::new(Profile::new(Version::newest(), Abi::Lp64));
    reference.run(&program(&[step]), Watch::Always, &mut trace).unwrap();
    let outcome = trace.observations().last().unwrap().outcome;
    assert!(
        matches!(&outcome, program::Outcome::Raised(raised) if &*raised.exception == "AttributeError"),
        "{outcome:?}"
    );
}

/// `_from_flags` came with Python 3.12.
#[rstest]
#[case("type(memoryview(b''))._from_flags(missing)")]
#[case("memoryview(b'')._from_flags(missing)")]
fn a_method_that_a_version_lacks_is_missed_before_its_arguments_are_read(#[case] step: &str) {
    for (version, exception) in [(Version::new(3, 11, 7), "AttributeError"), (Version::new(3, 12, 0), "NameError")] {
        let mut trace = Trace::new();
        let mut reference = Reference::new(Profile::new(version, Abi::Lp64));
        reference.run(&program(&[step]), Watch::Always, &mut trace).unwrap();
        let outcome = trace.observation(0).unwrap().outcome;
        assert!(matches!(&outcome, program::Outcome::Raised(raised) if &*raised.exception == exception), "{outcome:?}");
    }
}

#[test]
fn calls_without_end_do_not_use_up_the_stack() {
    let mut embedded = Embedded::open(&crate::Settings::default()).unwrap();
    let program = program(&["class C:\n  def __index__(self): return memoryview(b'a')[self]", "memoryview(b'a')[C()]"]);
    let ran = embedded.run(&program, Watch::Always, &mut Trace::new());
    assert!(matches!(ran, Err(RunError::Unspecified(_))), "{ran:?}");
}

/// An object that outlives its program asks nothing of the next one.
#[test]
fn what_a_program_leaves_behind_is_silent() {
    let mut embedded = Embedded::open(&crate::Settings::default()).unwrap();
    let left = program(&["class C:\n  def __del__(self): print('late')", "c = C()", "c.own = c", "del c"]);
    let next = program(&["import gc", "gc.collect()", "print('next')"]);
    let mut trace = Trace::new();
    embedded.run(&left, Watch::Always, &mut trace).unwrap();
    embedded.run(&next, Watch::Always, &mut trace).unwrap();
    assert_eq!(trace.observation(1).unwrap().printed, "");
    assert_eq!(trace.observation(2).unwrap().printed, "next");
}

const GUARD: &str =
    "class Guard:\n  def __init__(self, name):\n    self.name = name\n  def __del__(self):\n    print(self.name)";

/// Which of them dies first, and when, is not the same in all versions of CPython.
#[rstest]
#[case::variables("def f():\n  a = Guard(1)\n  b = Guard(2)")]
#[case::argument_and_variable("def g(a):\n  b = Guard(2)\ndef f(): g(Guard(1))")]
#[case::operands("def f(): return Guard(1) == Guard(2)")]
#[case::items("def f(): return sum(guard.name for guard in [Guard(1), Guard(2)])")]
#[case::attribute("def f():\n  try:\n    Guard(1).nothing\n  except AttributeError:\n    print('handles')")]
#[case::left_variables(
    "def g():\n  a = Guard(1)\n  b = Guard(2)\n  raise KeyError\ndef f():\n  try:\n    g()\n  except KeyError:\n    pass"
)]
#[case::left_frames(
    "def h():\n  b = Guard(2)\n  raise KeyError\ndef g():\n  a = Guard(1)\n  h()\ndef f():\n  try:\n    g()\n  except KeyError:\n    pass"
)]
#[case::slice("def f(): memoryview(b'')[Guard(1):Guard(2)]")]
fn deaths_in_an_unknown_order_are_refused(#[case] text: &str) {
    let ran = |steps: &[&str]| {
        let mut reference = Reference::new(Embedded::open(&crate::Settings::default()).unwrap().about().profile);
        reference.run(&program(steps), Watch::Always, &mut Trace::new())
    };
    let result = ran(&[GUARD, text, "f()"]);
    assert!(matches!(result, Err(RunError::Unsupported { .. })), "{result:?}");
    // The same program is run where nothing is told of a death.
    assert!(ran(&[&GUARD.replace("__del__", "tell"), text, "f()"]).is_ok());
}
