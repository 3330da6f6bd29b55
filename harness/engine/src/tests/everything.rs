//! Expressions that nobody chose: whatever the reference says of one, the interpreter says too. What it does not model it
//! has to refuse, and an error that it makes up would be seen here.

use crate::embedded::Embedded;
use crate::reference::Reference;
use crate::{Engine, Watch};
use program::{Parser, Program, Trace, print};
use pyo3::prelude::*;
use rstest::rstest;

/// What each expression finds.
const SETUP: [&str; 4] = [
    "import array, copy, gc, pickle, struct, weakref",
    "d = bytearray(b'abc')",
    "v = memoryview(d)",
    "a = array.array('B', b'abc')",
];

#[rustfmt::skip]
const OBJECTS: [&str; 22] = [
    "v", "d", "a", "b'abc'", "iter(v)", "iter(d)", "reversed(v)", "(1)", "'abc'", "(1.5)", "None", "(1, 2)", "[1, 2]",
    "slice(1, 2, None)", "memoryview", "bytes", "struct.Struct('i')", "weakref.ref(v)", "True",
    "struct.iter_unpack('B', v)", "memoryview.format", "...",
];

#[rustfmt::skip]
const OPERANDS: [&str; 19] = [
    "v", "d", "a", "b'abc'", "iter(v)", "1", "'abc'", "1.5", "None", "(1, 2)", "[1, 2]", "slice(1, 2, None)",
    "memoryview", "struct.Struct('i')", "...", "True", "-1", "99999999999999999999", "v[1:]",
];

/// The program of one expression, if the language has it.
fn program(text: &str) -> Option<Program> {
    let mut parser = Parser::new();
    SETUP.into_iter().chain([text]).try_for_each(|step| parser.step(step)).ok()?;
    Some(parser.finish())
}

/// Both engines say the same of every expression, as far as the reference says anything. Gives how many it spoke of.
fn compare(texts: impl IntoIterator<Item = String>) -> usize {
    let mut embedded = Embedded::new().unwrap();
    let mut reference = Reference::new(embedded.about().profile);
    let (mut expected, mut seen) = (Trace::new(), Trace::new());
    let mut wrong = vec![];
    let mut compared = 0;
    for text in texts {
        let Some(program) = program(&text) else { continue };
        if reference.run(&program, Watch::End, &mut expected).is_err() {
            continue;
        }
        compared += 1;
        embedded.run(&program, Watch::End, &mut seen).unwrap();
        if let Some(step) = expected.first_difference(&seen) {
            let shown = |trace: &Trace| format!("{:?}", trace.observation(step).map(|seen| seen.outcome));
            let text = print::step(&program, step);
            wrong.push(format!("{text}  reference {}\n  embedded  {}", shown(&expected), shown(&seen)));
        }
    }
    assert!(wrong.is_empty(), "{} in all\n{}", wrong.len(), wrong.join("\n"));
    compared
}

/// The attributes of an object, as the interpreter lists them, and a few that it may lack.
fn attributes(object: &str) -> Vec<String> {
    // These are the process's business, or say where memory is.
    const LEFT_OUT: [&str; 6] =
        ["__init__", "__class__", "__init_subclass__", "__subclasshook__", "fromfile", "tofile"];
    Python::attach(|py| {
        let globals = pyo3::types::PyDict::new(py);
        for step in SETUP {
            py.run(&std::ffi::CString::new(step).unwrap(), Some(&globals), None).unwrap();
        }
        let object = py.eval(&std::ffi::CString::new(object).unwrap(), Some(&globals), None).unwrap();
        let mut names: Vec<String> = object.dir().unwrap().extract().unwrap();
        names.extend(["foo", "obj", "shape", "tolist", "append", "cast", "release"].map(str::to_owned));
        names.sort();
        names.dedup();
        names.retain(|name| !LEFT_OUT.contains(&&**name));
        names
    })
}

#[test]
fn attributes_and_methods() {
    Embedded::new().unwrap();
    let uses = ["", "()", "(1)", "(v)", "('a')", "(1, 2)", "(x=1)", "(v, 0)"];
    let mut texts = vec![];
    for object in OBJECTS {
        for name in attributes(object) {
            texts.extend(uses.map(|used| format!("{object}.{name}{used}")));
        }
    }
    let compared = compare(texts);
    assert!(compared > 700, "{compared}");
}

#[test]
fn operators() {
    let mut texts = vec![];
    for left in OPERANDS {
        for right in OPERANDS {
            let infix = ["+", "*", "<", "==", "!=", "in", "is"].map(|operator| format!("{left} {operator} {right}"));
            texts.extend(infix);
            texts.push(format!("({left})[{right}]"));
            texts.push(format!("isinstance({left}, {right})"));
            texts.push(format!("({left})[0] = {right}"));
            texts.push(format!("({left})[{right}] = 1"));
            texts.push(format!("({left})[0:1] = {right}"));
            texts.push(format!("del ({left})[{right}]"));
        }
    }
    assert!(compare(texts) > 2000);
}

#[rstest]
#[case(&["len", "list", "tuple", "bool", "type", "str", "repr", "hash", "iter", "next", "reversed", "int", "ord"])]
#[case(&["sum", "max", "min", "sorted", "bytes", "bytearray", "memoryview", "float", "print"])]
#[case(&["struct.pack", "struct.unpack", "struct.unpack_from", "struct.iter_unpack", "struct.pack_into"])]
#[case(&["struct.Struct", "struct.calcsize", "array.array", "int.from_bytes", "weakref.ref", "weakref.getweakrefcount"])]
#[case(&["copy.copy", "copy.deepcopy", "pickle.dumps", "gc.is_tracked", "gc.get_referents"])]
fn calls(#[case] functions: &[&str]) {
    let mut texts = vec![];
    for function in functions {
        texts.push(format!("{function}()"));
        for operand in OPERANDS {
            for arguments in ["{}", "{}, 1", "x={}", "{}, 'ascii'", "{}, 'little'", "{}, key=1", "{}, x=1"] {
                texts.push(format!("{function}({})", arguments.replace("{}", operand)));
            }
            for arguments in ["'B', {}", "'B', {}, 0", "'B', {}, 0, 1"] {
                texts.push(format!("{function}({})", arguments.replace("{}", operand)));
            }
        }
    }
    assert!(compare(texts) > 0);
}
