//! What shrinking makes of blocks, functions and classes, and of exporters that are no part of Python.

use super::lies::*;
use engine::reference::Reference;
use engine::{Abi, About, Engine, Profile, Role, Version, Watch};
use program::{Observation, Parser, Program, print};
use rstest::rstest;
use viewcheck::compare::Level;
use viewcheck::differential::DifferentialRun;
use viewcheck::findings::{Finding, Limits, Shrunk, investigate, repro, shrink};

/// Python 3.11, of which the behaviour of Python 3.8 is expected.
fn versions() -> (DifferentialRun, [About; 2]) {
    let open = |name: &str, minor| Reference::named(name, Profile::new(Version::new(3, minor, 0), Abi::Lp64));
    let (tested, against) = (open("later", 11), open("earlier", 8));
    let abouts = [About { role: Role::Tested, ..tested.about().clone() }, against.about().clone()];
    (DifferentialRun::new(Box::new(tested), Box::new(against), Watch::Always, Level::Message), abouts)
}

fn program(steps: &[&str]) -> Program {
    let mut parser = Parser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    parser.finish()
}

fn shrunk(steps: &[&str]) -> Shrunk {
    let (mut differential, abouts) = versions();
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    shrink(&mut differential, names, &program(steps), Limits::default()).unwrap()
}

/// The second argument of `bytearray` has a name in the text of the error in one of the versions, and a number in the other.
#[rstest]
#[case::a_while_with_its_counter(&["n = 0", "while n < 3:\n    n += 1\n    bytearray(0, n)"])]
#[case::a_for(&["for i in (1, 2):\n    bytearray(0, i)\nelse:\n    x = 1"])]
#[case::a_for_with_a_way_out(&["x = [1]", "for i in x:\n    if len(x) > 70:\n        break\n    bytearray(0, i)"])]
#[case::statements_in_one_step(&["bytearray(0, 1)\nfor i in 0:\n    pass"])]
#[case::an_if(&["x = 1", "if x:\n    bytearray(0, x)\nelse:\n    x = 2"])]
#[case::the_other_side(&["x = 0", "if x:\n    x = 3\nelse:\n    if x == 0:\n        bytearray(0, x)"])]
#[case::a_try(&["try:\n    bytearray(0, 1)\nexcept ValueError as error:\n    print(error)\nfinally:\n    x = 2"])]
#[case::a_finally(&["try:\n    x = 1\nfinally:\n    bytearray(0, x)"])]
#[case::a_function(&["def f(x, y=1):\n    z = x\n    return bytearray(0, z)", "f(2)"])]
#[case::a_function_with_a_block(&["def f(x):\n    if x:\n        return bytearray(x, 1)", "y = f(2)"])]
#[case::a_function_in_a_loop(&["def f(x):\n    bytearray(0, x)", "for i in (1, 2):\n    f(i)"])]
#[case::a_class(&["class C:\n    n = 0\n    def __len__(self):\n        self.n += 1\n        return self.n", "c = C()", "x = len(c)", "bytearray(0, x)"])]
#[case::a_method(&["v = memoryview(b'abc')", "class C:\n    n = 3\n    def __contains__(self, x):\n        if x:\n            v.release()\n        bytearray(x, 1)\n        return 2\n    def __len__(self):\n        return 2", "c = C()", "0 in c"])]
fn nothing_is_left_of_a_needless_block(#[case] steps: &[&str]) {
    let shrunk = shrunk(steps);
    assert_eq!(print::program(&shrunk.program), "bytearray(0, 0)\n");
    assert_eq!(
        shrunk.signature.as_str(),
        "later|earlier error/message bytearray: TypeError: bytearray() argument '_' must be str, not int for TypeError: \
         bytearray() argument N must be str, not int"
    );
    assert!(shrunk.replays < 250, "{} replays", shrunk.replays);
}

/// What is needed of blocks stays, and is as small as it gets.
#[rstest]
#[case::a_handler(
    &["try:\n    bytearray(0, 1)\nexcept TypeError as error:\n    x = 1\n    text = str(error)\nelse:\n    pass", "text"],
    "try:\n    bytearray(0, 0)\nexcept TypeError as error:\n    value = str(error)\nvalue\n"
)]
#[case::an_unbound_local(
    &["def f(x, y):\n    if len(x) > 5:\n        a = x[0]\n    return a.obj", "f(b'abc', 2)"],
    "def f(x, y):\n    if 0:\n        a = 0\n    a.obj\nf(0, 0)\n"
)]
fn what_is_needed_of_a_block_stays(#[case] steps: &[&str], #[case] expected: &str) {
    let shrunk = shrunk(steps);
    assert_eq!(print::program(&shrunk.program), expected);
    assert!(shrunk.replays < 700, "{} replays", shrunk.replays);
}

fn lists_no_scalars(program: &Program, seen: &mut [Observation]) {
    nothing_listed(program, seen, |view| view.shape.is_empty());
}

fn lists_no_planes(program: &Program, seen: &mut [Observation]) {
    nothing_listed(program, seen, |view| view.shape.len() == 2);
}

fn found(change: super::Change, steps: &[&str]) -> Finding {
    let (mut differential, abouts) = differential(change);
    investigate(&mut differential, &abouts, &program(steps), Limits::default()).unwrap()
}

/// A cast gives what `exporter` gave, wherever the finding stays.
#[rstest]
#[case::no_dimension(
    lists_no_scalars,
    r"data = exporter(b'\0', shape=())",
    r"view = memoryview(b'\x00').cast('B', [])
view.tolist()
"
)]
#[case::dimensions(
    lists_no_planes,
    r"data = exporter(b'abcd', format='H', shape=(1, 2), strides=(4, 2))",
    r"view = memoryview(b'\x00').cast('B', [1, 1])
view.tolist()
"
)]
#[case::steps(
    lists_no_gaps,
    r"data = exporter(b'abcd', shape=(2,), strides=(3,))",
    r"part = memoryview(b'\x00\x00\x00')[::2]
part.tolist()
"
)]
fn a_cast_is_plainer_than_an_exporter(#[case] change: super::Change, #[case] exporter: &str, #[case] expected: &str) {
    let finding = found(change, &[exporter, "view = memoryview(data)", "view.tolist()"]);
    assert_eq!(print::program(&finding.program), expected);
    assert!(repro(&finding).is_some());
}

/// An exporter with a format that no cast gives is one that ctypes gives.
#[rstest]
#[case(r"data = exporter(b'', format='2i', itemsize=0, shape=[0, 0])")]
#[case(r"data = exporter(b'abcd', format='>H', itemsize=2, shape=(2, 1), strides=(2, 2))")]
fn an_exporter_is_one_of_ctypes(#[case] exporter: &str) {
    let expected = "import ctypes, sys\n\ndata = (ctypes.c_bool * 1 * 1)()\nview = memoryview(data)\ntry:\n    actual = list(view)\nexcept Exception as error:\n    actual = f'{type(error).__name__}: {error}'\nexpected = 'NotImplementedError: memoryview: unsupported format <?'\nprint('expected:', expected)\nprint('actual:  ', actual)\nsys.exit(repr(actual) != repr(expected))\n";
    let (mut differential, abouts) = versions();
    let program = program(&[exporter, "view = memoryview(data)", "x = view.nbytes", "list(view)"]);
    let finding = investigate(&mut differential, &abouts, &program, Limits::default()).unwrap();
    assert_eq!(repro(&finding).as_deref(), Some(expected), "{}", print::program(&finding.program));
}
