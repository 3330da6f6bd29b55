//! What is refused when it is read: what is said of it, and of which part of the text.

use super::program;
use crate::operation::Kind;
use rstest::rstest;

/// The last step of a program is refused: what is to blame, and what is said.
fn refused(text: &str) -> (String, String) {
    let steps: Vec<&str> = text.split(" ;; ").collect();
    let error = program(&steps).expect_err("the text should be refused");
    let step = steps.last().copied().unwrap_or_default();
    (step[error.range].to_owned(), error.message)
}

const LACKS: &str = "is not part of the language of cases";
const BUILTIN: &str = "is a Python built-in that the language of cases does not have";
const MEMBER: &str = "is a module member that the language of cases does not have";
const FUNCTION: &str =
    "is a function of Python, which is no value in the language of cases; call it, or write a function that does";
const MODULE: &str = "is a module, and modules are not values in the language of cases; name one of its members";

#[rstest]
#[case("{x for x in y}", "{x for x in y}", "a set comprehension {}; write the items out in a list")]
#[case("m[{1: 2}]", "{1: 2}", "a dict display {}; write `dict(name=value)`, or a list of pairs")]
#[case("{1, 2}", "{1, 2}", "a set display {}; write a list or a tuple")]
#[case("f'{m=}'", "{m=}", "`=` in an f-string {}; write the text out")]
#[case("f'{m!a}'", "{m!a}", "`!a` in an f-string {}; write `!r`")]
#[case("f'{m:{n}}'", "{n}", "a field in the format of another {}; write the format out")]
#[case("f'{m:%H}'", "{m:%H}", "the format `%H` {}")]
#[case(
    "f'{m[b\"#\"]}'",
    "{m[b\"#\"]}",
    "an f-string, or a text with a backslash, a `\"` or a `#`, in a field of an f-string {}; bind it to a name, as older \
     Pythons need"
)]
#[case("x = lambda: 0", "lambda: 0", "`lambda` {}; write a function with `def`")]
#[case(
    "(a := 1)",
    "a := 1",
    "`:=` {}; assign the name before; in the condition of a loop, write `while True:` and `break`"
)]
#[case("1j", "1j", "a complex literal {}; write `complex(real, imag)`")]
#[case("[*a]", "*a", "`*` before an item {}; write the items out")]
#[case("len('a\\ud800')", "\\ud800", "a lone surrogate in a str {}")]
#[case("x = '''\\'\n\\U0000DFFF'''", "\\U0000DFFF", "a lone surrogate in a str {}")]
#[case("x = a ** b", "a ** b", "the operator `**` {}; write the number, or `x.__pow__(y)`")]
#[case("a @= 2", "a @= 2", "the operator `@=` {}; write `x.__imatmul__(y)`")]
#[case("len(*a)", "*a", "`*` in a call {}; write the arguments out")]
#[case("len(**a)", "**a", "`**` in a call {}; write the arguments out")]
#[case("slice(1)", "slice", "`slice` without a start, a stop and a step {}; write `None` for what is missing")]
fn expressions(#[case] text: &str, #[case] blamed: &str, #[case] message: &str) {
    assert_eq!(refused(text), (blamed.to_owned(), message.replace("{}", LACKS)));
}

#[rstest]
#[case("@a\ndef f(): pass", "@a", "a decorator {}; call it with the function, and bind the result")]
#[case("def f(x: int): pass", "int", "an annotation {}; leave it out")]
#[case("def f() -> int: pass", "int", "an annotation {}; leave it out")]
#[case("def f(a, /): pass", "a", "a parameter before `/` {}; leave the `/` out")]
#[case("def f(*a): pass", "*a", "`*` before a parameter {}; write the parameters out, or pass a tuple")]
#[case("def f(**a): pass", "**a", "`**` before a parameter {}; write the parameters out")]
#[case("async def f(): pass", "async def f(): pass", "`async def` {}")]
#[case("def f():\n  import gc", "import gc", "an import in a function {}; import it in a step of its own")]
#[case("def f():\n  def g(): pass", "def g(): pass", "a function in a function {}; define it in a step of its own")]
#[case("def f():\n  global x", "global x", "`global` {}; keep the value in a list, or in an attribute of an object")]
#[case("def f():\n  class C: pass", "class C: pass", "a class in a function {}; define it in a step of its own")]
#[case("class C(a, b): pass", "b", "a second base of a class {}; write its methods in the class")]
#[case("class C(metaclass=a): pass", "metaclass=a", "a keyword of a class {}")]
#[case(
    "class C:\n  if a: pass",
    "if a: pass",
    "such a statement in a class {}; write methods and assignments to names"
)]
#[case("@a\nclass C: pass", "@a", "a decorator {}; call it with the class, and bind the result")]
#[case(
    "class C:\n  class D: pass",
    "class D: pass",
    "such a statement in a class {}; write methods and assignments to names"
)]
#[case(
    "def f():\n  yield 1",
    "yield 1",
    "`yield` {}; append to a list and return that, or write a class with `__iter__` and `__next__`"
)]
#[case(
    "x = (y for y in z)",
    "(y for y in z)",
    "a generator expression, unless it is the only argument of a call, {}; write a list comprehension"
)]
#[case("sum(y for x in z for y in x)", "y", "a second `for` in a generator expression {}; write a list comprehension")]
#[case("try: a\nexcept* B: c", "try: a\nexcept* B: c", "`except*` {}; write `except`")]
fn what_bodies_lack(#[case] text: &str, #[case] blamed: &str, #[case] message: &str) {
    assert_eq!(refused(text), (blamed.to_owned(), message.replace("{}", LACKS)));
}

#[rstest]
#[case("match a:\n case 1: b", "match a:\n case 1: b", "`match` {}; write `if` and `elif`")]
#[case("global a", "global a", "`global` {}; keep the value in a list, or in an attribute of an object")]
#[case("a: int = 1", "a: int = 1", "an assignment with an annotation {}; leave the annotation out")]
#[case("with a as b.c: d", "b.c", "a `with` target other than a name {}; bind the value to a name, and assign that")]
#[case("async with a: b", "async with a: b", "`async with` {}")]
#[case("from struct import *", "*", "`*` in an import {}; import each name")]
#[case(
    "from struct import foo as bar",
    "foo as bar",
    "`from struct import foo` {}; some versions lack that name, so write `import struct` and `struct.foo`"
)]
#[case(
    "from collections.abc import Buffer",
    "Buffer",
    "`from collections.abc import Buffer` {}; some versions lack that name, so write `import collections.abc` and \
     `collections.abc.Buffer`"
)]
#[case("class C:\n  c = [a for a in b]", "a", "a comprehension in a class {}; write it in a step of its own")]
#[case("import struct ;; del struct", "struct", "deleting an imported name {}")]
fn statements(#[case] text: &str, #[case] blamed: &str, #[case] message: &str) {
    assert_eq!(refused(text), (blamed.to_owned(), message.replace("{}", LACKS)));
}

#[rstest]
#[case("import os", "os", "os")]
#[case("import struct, sys as s", "sys as s", "sys")]
#[case("import collections", "collections", "collections")]
#[case("from os import path", "from os import path", "os")]
#[case("from . import a", "from . import a", ".")]
fn imports(#[case] text: &str, #[case] blamed: &str, #[case] module: &str) {
    let (found, message) = refused(text);
    assert_eq!(found, blamed);
    let known = "array, collections.abc, copy, ctypes, gc, io, mmap, numpy, pickle, struct, weakref";
    assert_eq!(message, format!("the language of cases can't import `{module}`; it can import {known}"));
}

#[rstest]
#[case("set(v)", "set", "{}; write `sorted(x)`")]
#[case("isinstance(v, set)", "set", "{}; write `sorted(x)`")]
#[case("Ellipsis", "Ellipsis", "{}; write `...`")]
#[case("__debug__", "__debug__", "{}; write `True`")]
#[case("isinstance(v, ExceptionGroup)", "ExceptionGroup", "{}; to expect this error, write `raises: ExceptionGroup`")]
#[case("import struct as len ;; map(v)", "map", "{}; the available functions are {functions}")]
#[case("__name__", "__name__", "{}; the available functions are {functions}")]
#[case("__file__", "__file__", "{}; the available functions are {functions}")]
#[case("frozendict(v)", "frozendict", "{}; the available functions are {functions}")]
#[case("bytes(map)", "map", "{}; the available functions are {functions}")]
fn builtins(#[case] text: &str, #[case] blamed: &str, #[case] message: &str) {
    let functions = "abs, all, any, bin, bool, bytearray, bytes, chr, complex, dict, divmod, enumerate, float, getattr, \
                     hasattr, hash, hex, id, int, isinstance, iter, len, list, max, memoryview, min, next, object, oct, \
                     ord, print, range, repr, reversed, round, slice, sorted, str, sum, tuple, type, zip";
    let message = message.replace("{}", BUILTIN).replace("{functions}", functions);
    assert_eq!(refused(text), (blamed.to_owned(), format!("`{blamed}` {message}")));
}

#[rstest]
#[case("f = len", "len", FUNCTION)]
#[case("list(map)", "map", "")]
#[case("x = [len]", "len", FUNCTION)]
#[case("sorted(v, key=len)", "len", FUNCTION)]
#[case("len += 1", "len", FUNCTION)]
#[case("x = hook", "hook", FUNCTION)]
#[case("import struct ;; x = struct.pack", "struct.pack", FUNCTION)]
#[case("import struct as s ;; x = s.calcsize", "s.calcsize", "`struct.calcsize`")]
#[case("from weakref import ref ;; x = ref", "ref", "")]
#[case("import struct ;; x = struct", "struct", MODULE)]
#[case("import struct ;; struct(1)", "struct", MODULE)]
#[case("import numpy as np ;; len(np)", "np", "`numpy`")]
#[case("import collections.abc ;; collections", "collections", MODULE)]
#[case("import collections.abc ;; collections.abc", "collections.abc", MODULE)]
fn functions_and_modules_are_no_values(#[case] text: &str, #[case] blamed: &str, #[case] message: &str) {
    let (found, said) = refused(text);
    assert_eq!(found, blamed);
    match message {
        FUNCTION | MODULE => assert_eq!(said, format!("`{blamed}` {message}")),
        _ => assert!(said.starts_with(message), "{said}"),
    }
}

#[rstest]
#[case("array.array('i')", "array", "array")]
#[case("x = [struct.pack('b', 1)]", "struct", "struct")]
#[case("len(v, io.BytesIO(v))", "io", "io")]
#[case("isinstance(v, (bytes, collections.abc.Sequence))", "collections", "collections.abc")]
#[case("numpy.random.rand(2)", "numpy", "numpy")]
#[case("mmap.mmap.foo", "mmap", "mmap")]
#[case("struct.foo(1)", "struct", "struct")]
#[case("with gc.collect(): pass", "gc", "gc")]
#[case("copy.copy(v); import copy", "copy", "copy")]
#[case("array", "array", "array")]
#[case("copy(v)", "copy", "copy")]
#[case("pickle += 1", "pickle", "pickle")]
#[case("import struct as s ;; struct.pack('b', 1)", "struct", "struct")]
#[case("from array import array ;; collections.abc", "collections", "collections.abc")]
#[case("from weakref import ref ;; weakref.ref(v)", "weakref", "weakref")]
fn modules_that_are_not_imported(#[case] text: &str, #[case] blamed: &str, #[case] module: &str) {
    let message = format!("`{module}` is not imported; write `import {module}` in an earlier step");
    assert_eq!(refused(text), (blamed.to_owned(), message));
}

#[rstest]
#[case("import mmap ;; mmap.PROT_READ.bit_length()", "mmap.PROT_READ", "{}; write its value")]
#[case(
    "import pickle ;; pickle.PickleError",
    "pickle.PickleError",
    "{}; to expect this error, write `raises: PickleError`"
)]
#[case("import mmap ;; mmap.MADV_CORE", "mmap.MADV_CORE", "{}; write its value")]
#[case("import array ;; array.ArrayType", "array.ArrayType", "{}")]
#[case("import struct ;; struct._nobody_knows", "struct._nobody_knows", "{}")]
#[case("import numpy ;; numpy.uint8", "numpy.uint8", "{}")]
#[case("import numpy ;; numpy.random.rand(2)", "numpy.random", "{}")]
#[case("import collections.abc ;; collections.OrderedDict", "collections.OrderedDict", "{}")]
#[case("import collections.abc ;; collections.OrderedDict()", "collections.OrderedDict", "{}")]
fn members(#[case] text: &str, #[case] blamed: &str, #[case] message: &str) {
    assert_eq!(refused(text), (blamed.to_owned(), format!("`{blamed}` {}", message.replace("{}", MEMBER))));
}

#[test]
fn members_are_called_by_their_own_names() {
    let (blamed, message) = refused("from pickle import PickleError as e ;; x = e");
    assert_eq!((&*blamed, message.split("; ").next()), ("e", Some(&*format!("`pickle.PickleError` {MEMBER}"))));
}

#[test]
fn what_only_some_versions_have_is_called_with_what_is_there() {
    assert!(program(&["import copy", "copy.replace(v, 1)"]).is_ok());
    let (blamed, message) = refused("import copy ;; copy.replace(v.obj)");
    assert_eq!(blamed, "copy.replace");
    let construct = "an expression as the argument of `copy.replace`";
    let instead = "some versions lack that function, so bind the argument to a name in an earlier step";
    assert_eq!(message, format!("{construct} {LACKS}; {instead}"));
}

/// The value of an assignment is evaluated before its target.
#[test]
fn a_value_comes_before_its_target() {
    let kinds = |text: &str| -> Vec<Kind> {
        program(&["v = b''", text]).unwrap().operations.iter().skip(1).map(|operation| operation.kind).collect()
    };
    assert_eq!(kinds("foo[0] = undefined"), [Kind::Plain, Kind::Set]);
    assert_eq!(kinds("v[0] = undefined"), [Kind::Set]);
    assert_eq!(kinds("foo[bar]"), [Kind::Get]);
}

#[rstest]
#[case("__debug__ = 1", "__debug__", "assigning to `__debug__`")]
#[case("del __debug__", "__debug__", "deleting a name that every module has")]
#[case("del __name__", "__name__", "deleting a name that every module has")]
fn a_modules_own_names_stay(#[case] text: &str, #[case] name: &str, #[case] construct: &str) {
    let (blamed, message) = refused(text);
    assert_eq!((&*blamed, message), (name, format!("{construct} {LACKS}")));
}

/// What Python's compiler refuses, and its parser does not.
#[rstest]
#[case("break", "`break` outside of a loop")]
#[case("if 0: break", "`break` outside of a loop")]
#[case("for x in y: pass\nelse: continue", "`continue` outside of a loop")]
#[case("for x in y:\n  def f(): break", "`break` outside of a loop")]
#[case("return 1", "`return` outside of a function")]
#[case("*a, *b = c", "two targets with a star")]
#[case("len(a=1, a=2)", "a keyword that is there twice")]
#[case("def f(a, *, a): pass", "a parameter that is there twice")]
#[case("try: a\nelse: b\nfinally: c", "`else` after a `try` without an `except`")]
#[case("try: a\nexcept: b\nexcept ValueError: c", "`except:` before another `except`")]
fn what_is_not_compiled(#[case] text: &str, #[case] message: &str) {
    assert_eq!(refused(text).1, format!("this is not Python: {message}"));
}

/// What looks alike, and is none of this.
#[rstest]
#[case("byte(x)", "byte\n")]
#[case("byte(hasattr)", "byte\n")]
#[case("import struct\nstruct.foo", "import struct\nstruct.foo\n")]
#[case("import struct as s\nx = s.foo(y)", "import struct\nx = struct.foo\n")]
#[case("len(b'\\ud800')", "len(b'\\\\ud800')\n")]
#[case("len(r'\\ud800')", "len('\\\\ud800')\n")]
#[case("len('\\\\ud800' '' '\\ue000')", "len('\\\\ud800\\ue000')\n")]
#[case("import array as a\na.array('b')\narray = 1", "import array\narray.array('b')\narray = 1\n")]
#[case("import collections.abc\ncollections.abc.Sized", "import collections.abc\ncollections.abc.Sized\n")]
#[case("array = v\ndel array\narray.array", "array = v\ndel array\narray.array\n")]
#[case("del struct", "del struct\n")]
#[case("v.array; v.struct()", "v.array\nv.struct()\n")]
#[case("x is memoryview", "x is memoryview\n")]
#[case("isinstance(x, (bytes, bytearray))", "isinstance(x, (bytes, bytearray))\n")]
#[case("range(3); dict(); float(1); object()", "range(3)\ndict()\nfloat(1)\nobject()\n")]
#[case("print(x, sep='', end='')", "print(x, sep='', end='')\n")]
#[case("sum(v, start=1); max(v, default=0)", "sum(v, start=1)\nmax(v, default=0)\n")]
#[case("v.hasattr; v.set(1)", "v.hasattr\nv.set(1)\n")]
#[case("len = 1; len", "len = 1\nlen\n")]
#[case("set = 1; set += 1; del set; set", "set = 1\nset += 1\ndel set\nset\n")]
#[case("bytes += 1", "bytes += 1\n")]
#[case("missing += x.y", "missing += x.y\n")]
#[case("slice = v; slice(1)", "slice = v\nslice(1)\n")]
#[case("del len", "del len\n")]
#[case("missing += 1", "missing += 1\n")]
#[case("x = 1; del x; x[0] = y.z", "x = 1\ndel x\nx[0] = y.z\n")]
#[case("struct = 1\nimport struct\nstruct.calcsize('i')", "struct = 1\nimport struct\nstruct.calcsize('i')\n")]
#[case("import struct\nstruct = 1\nstruct.pack()", "import struct\nstruct = 1\nstruct.pack()\n")]
fn what_is_read(#[case] text: &str, #[case] printed: &str) {
    assert_eq!(crate::print::program(&program(&[text]).unwrap()), printed);
}

/// The calls that are constants are so only while their names mean what they mean.
#[rstest]
#[case("import struct as slice")]
fn a_bound_name_makes_no_constant(#[case] step: &str) {
    assert!(program(&["m[slice(1, 2, None)]"]).is_ok());
    assert!(program(&[step, "m[slice(1, 2, None)]"]).is_err());
}
