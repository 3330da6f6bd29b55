//! What the embedded engine leaves to the interpreter, and what the reference refuses in its place.

use super::{agree, program};
use crate::embedded::Embedded;
use crate::reference::Reference;
use crate::{Engine, RunError, Watch};
use program::operation::MODULES;
use program::{Kind, Operand, Operation, Outcome, Program, Target, Trace, Value, names};
use pyo3::prelude::*;
use rstest::rstest;

/// What each step of a program printed on the embedded engine, with the error that it raised.
fn printed(program: &Program) -> Vec<(String, String)> {
    let mut trace = Trace::new();
    Embedded::new().unwrap().run(program, Watch::End, &mut trace).unwrap();
    let told = |seen: program::Observation| match seen.outcome {
        Outcome::Raised(raised) => (seen.printed, format!("{}: {}", raised.exception, raised.message)),
        _ => (seen.printed, String::new()),
    };
    trace.observations().map(told).collect()
}

fn unsupported(program: &Program) -> bool {
    let mut reference = Reference::new(Embedded::new().unwrap().about().profile);
    matches!(reference.run(program, Watch::End, &mut Trace::new()), Err(RunError::Unsupported { .. }))
}

#[rstest]
#[case("print(1, 'a', b'b')", "1 a b'b'")]
#[case("print()", "")]
#[case("print(1, 2, sep='')", "12")]
#[case("print(1, 2, sep='-', end='!')", "1-2!")]
#[case("print(1, end='\\n\\n')", "1\n")]
#[case("print(1, file=None, flush=True)", "1")]
fn print_is_the_interpreters(#[case] text: &str, #[case] expected: &str) {
    assert_eq!(printed(&program(text)), [(expected.to_owned(), String::new())]);
    assert_eq!(unsupported(&program(text)), text.contains("file="));
}

#[test]
fn lines_of_a_step_are_joined() {
    let mut parser = program::Parser::new();
    parser.step("print(1)\nprint()\nprint(2, end='')\nprint(3)").unwrap();
    parser.step("x = 1").unwrap();
    parser.step("print(4)").unwrap();
    let texts: Vec<String> = printed(&parser.finish()).into_iter().map(|(printed, _)| printed).collect();
    assert_eq!(texts, ["1\n\n23", "", "4"]);
}

#[rstest]
#[case("print(1, sep=2)", "", "TypeError: sep must be None or a string, not int")]
#[case("print(1, file=2)", "", "AttributeError: 'int' object has no attribute 'write'")]
fn print_refuses_as_the_interpreter_does(#[case] text: &str, #[case] out: &str, #[case] error: &str) {
    assert_eq!(printed(&program(text)), [(out.to_owned(), error.to_owned())]);
    assert_eq!(unsupported(&program(text)), text.contains("file="));
}

/// The names of a module that the loaded interpreter has are all known.
#[test]
fn the_interpreter_has_no_name_that_is_not_known() {
    Embedded::new().unwrap();
    Python::attach(|py| {
        for module in MODULES.iter().filter(|module| **module != "numpy").chain(&["builtins"]) {
            let members = dir(&py.import(*module).unwrap());
            let unknown = members.iter().filter(|name| names::nobody_has(module, name) || private(module, name));
            assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&String>::new(), "{module}");
        }
    });
}

/// So are those of the types of which the reference knows what they lack.
#[rstest]
#[case("memoryview")]
#[case("bytes")]
#[case("bytearray")]
#[case("array.array")]
fn a_type_has_no_attribute_that_is_not_known(#[case] path: &str) {
    Embedded::new().unwrap();
    Python::attach(|py| {
        let (module, name) = path.rsplit_once('.').unwrap_or(("builtins", path));
        let members = dir(&py.import(module).unwrap().getattr(name).unwrap());
        let unknown = members.iter().filter(|name| names::member(path, name).is_none());
        assert_eq!(unknown.collect::<Vec<_>>(), Vec::<&String>::new());
    });
}

fn dir(object: &Bound<'_, PyAny>) -> Vec<String> {
    object.dir().unwrap().extract().unwrap()
}

/// A private name that is not known, of the builtins. Those of modules come and go.
fn private(module: &str, name: &str) -> bool {
    module == "builtins" && names::builtin(name).is_none()
}

#[test]
fn every_module_can_be_imported_but_numpy() {
    Embedded::new().unwrap();
    let missing = |module: &&&str| Python::attach(|py| py.import(**module).is_err());
    let missing: Vec<_> = MODULES.iter().filter(missing).collect();
    assert!(missing.is_empty() || missing == [&"numpy"], "{missing:?}");
}

/// A program that no text is read from may read the name of a built-in: it is there.
#[rstest]
#[case("bytes", Some("bytes"), true)]
#[case("len", Some("builtin_function_or_method"), false)]
#[case("missing", None, true)]
fn a_name_that_is_bound_to_nothing(#[case] name: &str, #[case] expected: Option<&str>, #[case] is_modelled: bool) {
    let read = Operation::new(Kind::Plain, Target::Discard, [Operand::Name(0)]);
    let program = Program { names: vec![name.into()], operations: vec![read], steps: vec![1], ..Program::default() };
    let mut trace = Trace::new();
    Embedded::new().unwrap().run(&program, Watch::End, &mut trace).unwrap();
    let seen = match trace.observation(0).unwrap().outcome {
        Outcome::Value(Value::Type(name) | Value::Object(name)) => Some(name.to_string()),
        Outcome::Raised(raised) => {
            assert_eq!((&*raised.exception, &*raised.message), ("NameError", "name 'missing' is not defined"));
            None
        }
        other => panic!("{other:?}"),
    };
    assert_eq!(seen.as_deref(), expected);
    assert_eq!(unsupported(&program), !is_modelled);
    let mut expected = Trace::new();
    if is_modelled {
        let mut reference = Reference::new(Embedded::new().unwrap().about().profile);
        reference.run(&program, Watch::End, &mut expected).unwrap();
        assert_eq!(trace, expected);
    }
}

#[rstest]
#[case("__import__('os')")]
#[case("")]
#[case("1")]
#[case("a\0")]
fn a_name_that_is_no_name_is_never_run(#[case] name: &str) {
    for kind in [Kind::Plain, Kind::Unbind] {
        let operation = Operation::new(kind, Target::Discard, [Operand::Name(0)]);
        let program =
            Program { names: vec![name.into()], operations: vec![operation], steps: vec![1], ..Program::default() };
        let fault = Embedded::new().unwrap().run(&program, Watch::End, &mut Trace::new());
        assert!(matches!(fault, Err(RunError::Malformed(_))), "{fault:?}");
    }
}

/// What some Python has is no error that the reference knows.
#[rstest]
#[case("struct.calcsize", false)]
#[case("struct.nothing", true)]
#[case("copy.replace", false)]
#[case("numpy.nothing", false)]
fn a_member_is_missing_only_where_nobody_has_it(#[case] path: &str, #[case] is_modelled: bool) {
    let read = Operation::new(Kind::Member, Target::Discard, [Operand::Value(Value::Str(path.into()))]);
    let program = Program { names: vec![], operations: vec![read], steps: vec![1], ..Program::default() };
    assert_eq!(unsupported(&program), !is_modelled);
}

/// A block is run by the interpreter itself, and the reference says the same.
#[rstest]
#[case("import mmap; m = mmap.mmap(-1, 2); with m as same:\n    print(same is m); m.closed; len(m)", "True", "")]
#[case("import mmap; with mmap.mmap(-1, 2) as m:\n    missing", "", "NameError: name 'missing' is not defined")]
#[case("import mmap; with mmap.mmap(-1, 2) as m:\n    next(iter([]))", "", "StopIteration: ")]
#[case(
    "import mmap; with mmap.mmap(-1, 2) as m:\n    v = memoryview(m)",
    "",
    "BufferError: cannot close exported pointers exist"
)]
#[case(
    "import mmap; with mmap.mmap(-1, 2) as m:\n    v = memoryview(m)\n    v[9]",
    "",
    "BufferError: cannot close exported pointers exist"
)]
#[case(
    "import mmap; with mmap.mmap(-1, 2) as m:\n    with memoryview(m) as v:\n        v[9]",
    "",
    "IndexError: index out of bounds on dimension 1"
)]
fn a_block_is_the_interpreters(#[case] text: &str, #[case] out: &str, #[case] error: &str) {
    let program = program(text);
    let seen = printed(&program);
    let at = seen.iter().position(|seen| *seen == (out.to_owned(), error.to_owned()));
    assert!(at.is_some_and(|at| at > 0), "{seen:?}");
    agree(&program);
}

/// What the reference does not model is refused, and is no error of its own making.
#[rstest]
#[case("type(object=1)")]
#[case("iter(object=b'a')")]
#[case("next(iterator=b'a')")]
#[case("reversed(sequence=b'a')")]
#[case("isinstance(object=1, class_or_tuple=int)")]
#[case("int(x=1)")]
#[case("int.from_bytes(b'a', order='big')")]
#[case("(5).to_bytes(1, 'big', order=1)")]
#[case("'\\xe9'.encode('ascii', 'surrogateescape')")]
#[case("f'{1.5:n}'")]
#[case("1 << 70000")]
#[case("'%*d' % (3, 1)")]
#[case("b'%(a)d' % dict(a=1)")]
#[case("int | str")]
#[case("bytes('a', 'utf-16', 'strict')")]
#[case("bytearray(b'a', errors='strict')")]
#[case("memoryview(b'a').__len__")]
#[case("import array; array.array('b').extend")]
#[case("b'a'.removeprefix")]
#[case("import struct; struct.Struct('i').pack(x=1)")]
#[case("import weakref; weakref.getweakrefcount(memoryview)")]
fn what_is_not_modelled_is_refused(#[case] text: &str) {
    assert!(unsupported(&program(text)));
}
