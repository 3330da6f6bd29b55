//! Attempts to get out of the language: as text, and as bytes that no text gives.

use super::*;
use crate::{DecodeError, Parser, decode, encode};
use rstest::rstest;

/// Parses steps that are separated by ` ;; `.
fn parse(text: &str) -> std::result::Result<Program, crate::ParseError> {
    let mut parser = Parser::new();
    for step in text.split(" ;; ") {
        parser.step(step)?;
    }
    Ok(parser.finish())
}

/// Each is refused when it is read, and the message names the word at fault at its place.
#[rstest]
// A pickle is a program.
#[case(r#"import pickle ;; pickle.loads(b"cos\nsystem\n(S'id'\ntR.")"#, "pickle.loads")]
#[case("import pickle ;; d = b'cos' ;; pickle.loads(d)", "pickle.loads")]
#[case("import pickle ;; d = b'cos' ;; d = pickle.dumps(1) ;; pickle.loads(d)", "pickle.loads")]
#[case("import pickle ;; d = pickle.dumps(1) ;; d += b'cos' ;; pickle.loads(d)", "pickle.loads")]
#[case("import pickle ;; pickle.loads(bytes(pickle.dumps(1)))", "pickle.loads")]
#[case("from pickle import loads ;; loads(b'')", "loads")]
#[case("import pickle ;; pickle.loads()", "pickle.loads")]
#[case("import pickle ;; pickle._loads(b'')", "pickle._loads")]
#[case("import io, pickle ;; pickle.load(io.BytesIO(b''))", "pickle.load")]
#[case("import io, pickle ;; pickle.Unpickler(io.BytesIO(b'')).load()", "pickle.Unpickler")]
#[case("import pickle ;; pickle.whichmodule(1, 'x')", "pickle.whichmodule")]
// Any function of any library, and any address.
#[case("import ctypes ;; ctypes.CDLL(None).system(b'id')", "ctypes.CDLL")]
#[case("import ctypes ;; ctypes.PyDLL(None)", "ctypes.PyDLL")]
#[case("import ctypes ;; ctypes.pythonapi.PyRun_SimpleString(b'')", "ctypes.pythonapi")]
#[case("import ctypes ;; ctypes.cdll.LoadLibrary('libc.so.6')", "ctypes.cdll")]
#[case("import ctypes ;; ctypes._dlopen('libc.so.6')", "ctypes._dlopen")]
#[case("import ctypes ;; ctypes._os.system('id')", "ctypes._os")]
#[case("import ctypes ;; ctypes.CFUNCTYPE(None)", "ctypes.CFUNCTYPE")]
#[case("import ctypes ;; ctypes.string_at(4096, 8)", "ctypes.string_at")]
#[case("import ctypes ;; ctypes.memmove(4096, b'x', 1)", "ctypes.memmove")]
#[case("import ctypes ;; ctypes.memset(4096, 0, 1)", "ctypes.memset")]
#[case("import ctypes ;; ctypes.cast(4096, ctypes.c_int)", "ctypes.cast")]
#[case("import ctypes ;; ctypes.c_int.from_address(4096)", "from_address")]
#[case("import ctypes ;; t = ctypes.c_int ;; t.from_buffer(bytearray(4))", "from_buffer")]
#[case("import ctypes ;; t = ctypes.c_void_p", "ctypes.c_void_p")]
#[case("import ctypes ;; t = ctypes.py_object", "ctypes.py_object")]
#[case("import ctypes ;; (ctypes.c_int * 4).in_dll(1, 'x')", "in_dll")]
#[case("import ctypes ;; ctypes.c_int.name = 1", "name")]
#[case("import struct ;; struct.error.__subclasses__()", "__subclasses__")]
#[case("import ctypes ;; ctypes.c_char_p(4096).value", "ctypes.c_char_p")]
#[case("import ctypes ;; ctypes.c_void_p(4096)", "ctypes.c_void_p")]
#[case("import ctypes ;; ctypes.pointer(ctypes.c_int(1)).contents", "ctypes.pointer")]
#[case("import ctypes ;; type(ctypes.c_int(1)).from_address(4096)", "from_address")]
#[case("import ctypes ;; type(ctypes.py_object(1)).from_buffer(bytearray(8)).value", "from_buffer")]
#[case("import ctypes ;; ctypes.py_object(1).__setstate__((None, b'12345678'))", "__setstate__")]
#[case("import ctypes, struct ;; b = ctypes.py_object(1) ;; struct.pack_into('P', b, 0, 4096)", "struct.pack_into")]
#[case("import ctypes, io ;; b = ctypes.py_object(1) ;; io.BytesIO(bytes(8)).readinto(b)", "readinto")]
#[case("import ctypes ;; type(type(ctypes.c_int(1))).__call__('T', (), 1)", "__call__")]
#[case("type('T', (int,), dict(a=1))", "type")]
// Files.
#[case("import io ;; io.open('/etc/passwd')", "io.open")]
#[case("import io ;; io.FileIO('/etc/passwd')", "io.FileIO")]
#[case("import io ;; io.open_code('/etc/passwd')", "io.open_code")]
#[case("from io import FileIO ;; FileIO('/etc/passwd')", "FileIO")]
#[case("import mmap ;; mmap.mmap(3, 10)", "mmap.mmap")]
#[case("import mmap ;; n = 3 ;; mmap.mmap(n, 10)", "mmap.mmap")]
#[case("import mmap ;; mmap.mmap(length=10, fileno=3)", "mmap.mmap")]
#[case("import mmap ;; mmap.mmap(True, 10)", "mmap.mmap")]
#[case("import mmap ;; mmap.mmap.__call__(3, 10)", "mmap.mmap")]
#[case("import mmap ;; type(mmap.mmap(-1, 10)).__new__(mmap.mmap, 3, 10)", "mmap.mmap")]
#[case("import array ;; array.array('B', [1]).tofile(1)", "tofile")]
#[case("import array ;; array.array('B').fromfile(1, 2)", "fromfile")]
#[case("import numpy ;; numpy.fromfile('/etc/passwd')", "numpy.fromfile")]
#[case("import numpy ;; numpy.memmap('/etc/passwd')", "numpy.memmap")]
#[case("import numpy ;; numpy.load('x', allow_pickle=True)", "numpy.load")]
#[case("import numpy ;; numpy.save('x', numpy.array([1]))", "numpy.save")]
#[case("import numpy ;; numpy.array([1]).tofile('x')", "tofile")]
#[case("import numpy ;; numpy.array([1]).dump('x')", "dump")]
#[case("import numpy ;; numpy.ctypeslib.load_library('c', '.')", "numpy.ctypeslib")]
#[case("import numpy ;; numpy.array([1]).ctypes.data", "ctypes")]
// From an object to the machinery around it.
#[case("().__class__.__base__.__subclasses__()", "__base__")]
#[case("object.__subclasses__()", "__subclasses__")]
#[case("type(1).__mro__", "__mro__")]
#[case("import collections.abc ;; collections.abc.Sequence.index.__globals__", "__globals__")]
#[case("import collections.abc ;; collections.abc.Sequence.index.__code__", "__code__")]
#[case("import collections.abc ;; collections.abc.Sequence.index.__builtins__", "__builtins__")]
#[case("import collections.abc ;; collections.abc.Sequence.__iter__(b'').gi_frame.f_builtins", "gi_frame")]
#[case("[].append.__self__", "__self__")]
#[case("v = memoryview(b'') ;; v = 1 ;; v._private", "_private")]
#[case("'x'.constructor.constructor('return process')", "constructor")]
#[case("object.__getattribute__(1, 'x')", "__getattribute__")]
#[case("n = 'x' ;; (1).__setattr__(n, 1)", "__setattr__")]
#[case("(1).__setattr__('__reduce_ex', 1)", "__reduce_ex")]
#[case("import io ;; b = io.BytesIO() ;; b.__reduce_ex__ = 1", "__reduce_ex__")]
#[case("import io ;; b = io.BytesIO() ;; del b.__dict__", "__dict__")]
#[case("import io ;; b = io.BytesIO() ;; b.__dict__ |= 1", "__dict__")]
#[case("view = memoryview(b'') ;; view.__dict__ |= dict(a=1)", "__dict__")]
#[case("import collections.abc ;; collections.abc.Sequence.index = None", "index")]
#[case("import collections.abc ;; del collections.abc.Sequence.index", "index")]
#[case("e = exporter(b'') ;; e.name = hook(1)", "name")]
#[case("e = exporter(b'') ;; e.name = [int]", "name")]
#[case("import io ;; b = io.BytesIO() ;; b.name += 1", "name")]
#[case("e = exporter(b'') ;; t = type(e) ;; t.name = 1", "name")]
#[case("e = exporter(b'') ;; t = [type(e)] ;; t[0].name -= 1", "name")]
#[case("e = exporter(b'') ;; e.__class__.name = 1", "name")]
#[case("v = memoryview(b'') ;; v = type(v) ;; v.name = 1", "name")]
#[case("import ctypes ;; b = ctypes.py_object(1) ;; m = memoryview(b) ;; m[()] += 1", "=")]
#[case("v = memoryview(b'') ;; v.constructor = 1", "constructor")]
#[case("'{0.__class__}'.format_map(1)", "format_map")]
#[case("import gc ;; gc.get_objects()", "gc.get_objects")]
#[case("import gc ;; gc.get_referrers(1)", "gc.get_referrers")]
#[case("import collections.abc, gc ;; gc.get_referents(collections.abc.Sequence)", "gc.get_referents")]
#[case("import collections.abc, gc ;; f = collections.abc.Sequence.index ;; gc.get_referents(f)", "gc.get_referents")]
#[case("import gc ;; e = exporter(b'') ;; gc.get_referents(e)", "gc.get_referents")]
#[case(
    "import gc ;; h = gc.get_referents(memoryview(exporter(b'')))[0] ;; e = gc.get_referents(h)[0] ;; gc.get_referents(e)",
    "gc.get_referents"
)]
// What copying and pickling would call, and what is found in it.
#[case("[].append.__reduce__()[0]", "__reduce__")]
#[case("g = memoryview.tobytes.__reduce__()", "__reduce__")]
#[case("f = iter([]).__reduce__", "__reduce__")]
#[case("(1).__reduce_ex__(2)[0]", "__reduce_ex__")]
#[case("print(bytearray(b'').__reduce_ex__(4))", "__reduce_ex__")]
#[case("memoryview.__class__.__dict__['__subclasses__'].__call__(object)", "__dict__")]
#[case("import collections.abc ;; d = collections.abc.Sequence.__dict__", "__dict__")]
#[case("import io ;; d = io.BytesIO().__dict__", "__dict__")]
#[case("import weakref ;; d = weakref.WeakSet().__getstate__()", "__getstate__")]
#[case("with (1).__reduce__() as g: g[0]", "__reduce__")]
#[case("import io ;; b = io.BytesIO() ;; b.__setattr__('__reduce_ex__', 1)", "__reduce_ex__")]
#[case("import io ;; b = io.BytesIO() ;; b.__setattr__('__dict__', dict(__reduce_ex__=1))", "__dict__")]
#[case("v = memoryview(b'') ;; v = 1 ;; v.__setattr__('__copy__', 1)", "__copy__")]
// What is called, and with what, stays in sight.
#[case("f = [].append ;; f.__call__(1)", "__call__")]
#[case("type.__call__(type, 'T', ())", "__call__")]
#[case("type(1).__call__('T', ())", "__call__")]
#[case("(1).__new__(type, 'T', ())", "__new__")]
#[case("'{0.__class__.__base__}'.format(1)", "format")]
#[case("'{0[a]}'.format(1)", "format")]
#[case("t = '{0.x}' ;; t.format(1)", "format")]
#[case("t = 'x' ;; t = x ;; t.format(1)", "format")]
#[case("'{0.x}'.format(x[0])", "format")]
#[case("'{:{0.x}}'.format(1)", "format")]
#[case("str.format('{0.x}', 1)", "format")]
#[case("f = '{0.x}'.format", "format")]
#[case("import io ;; b = io.BytesIO() ;; b.__setattr__('g', type)", "__setattr__")]
#[case("import io ;; b = io.BytesIO() ;; b.__setattr__('g', [type])", "__setattr__")]
#[case("import io ;; b = io.BytesIO() ;; b.__setattr__('g', b)", "__setattr__")]
#[case("f = type.__delattr__", "__delattr__")]
// A name that means something else again, and a method that gives anything.
#[case("import gc ;; print = memoryview(b'') ;; del print ;; gc.get_referents(print)", "gc.get_referents")]
#[case("import gc ;; print = memoryview(1) ;; gc.get_referents(print)", "gc.get_referents")]
#[case("import gc ;; with memoryview(1) as print: gc.get_referents(print)", "gc.get_referents")]
#[case("import gc ;; request = memoryview(1) ;; gc.get_referents(request)", "gc.get_referents")]
#[case("import io ;; io = memoryview(1)", "io")]
#[case("import collections.abc ;; collections = memoryview(1)", "collections")]
#[case("import gc, io ;; b = io.BytesIO() ;; v = b.toreadonly() ;; gc.get_referents(v)", "gc.get_referents")]
#[case("import gc ;; r = gc.get_referents(memoryview(b''))", "gc.get_referents")]
// The class that stands for `exporter` in Python.
#[case("e = exporter(b'abc') ;; e.__delitem__(slice(4096, 0, None))", "__delitem__")]
#[case("e = exporter(b'abc') ;; d = e.__delitem__", "__delitem__")]
#[case("e = exporter(b'abc') ;; e.__init__(b'b')", "__init__")]
// What comes before may run again, or with other arguments.
#[case("import pickle ;; d = pickle.dumps(1) ;; for i in (1, 2):\n  pickle.loads(d)\n  d = b'cos'", "pickle.loads")]
#[case("import pickle ;; def f(d):\n  return pickle.loads(d)", "pickle.loads")]
#[case("import pickle ;; d = pickle.dumps(1) ;; def f():\n  pickle.loads(d)", "pickle.loads")]
#[case("import pickle ;; d = pickle.dumps(1) ;; d, e = x ;; pickle.loads(d)", "pickle.loads")]
#[case("import pickle ;; [pickle.loads(d) for d in x]", "pickle.loads")]
#[case("import gc ;; def f(view):\n  view = memoryview(view)\n  gc.get_referents(view)", "gc.get_referents")]
#[case("import ctypes ;; def f(b):\n  b[0] = 1 ;; f(ctypes.py_object(1))", "ctypes.py_object")]
#[case("import ctypes ;; for b in x:\n  b[0] = 1\n  b = ctypes.py_object(1)", "ctypes.py_object")]
#[case("if x:\n  print(open('/etc/passwd'))", "open")]
#[case("def open(): pass", "open")]
#[case("def f(eval): pass", "eval")]
#[case("for eval in x: pass", "eval")]
#[case("[x for __builtins__ in y]", "__builtins__")]
#[case("try:\n  x\nexcept ValueError as exec:\n  pass", "exec")]
#[case("type(1)('T', ())", "type")]
#[case("c = x.__class__ ;; c('T', ())", "c('T', ())")]
#[case("f = x.__call__", "__call__")]
#[case("class T(type): pass", "class")]
#[case("import ctypes ;; class P(x): pass", "class")]
#[case("class C:\n  def __getattribute__(self, name): pass", "__getattribute__")]
#[case("class C:\n  def __reduce_ex__(self, version): pass", "__reduce_ex__")]
#[case("class C:\n  def __init_subclass__(cls): pass", "__init_subclass__")]
#[case("class C:\n  __class__ = int", "__class__")]
#[case("class C:\n  def f(self):\n    return self.__dict__", "__dict__")]
#[case("class C:\n  def f(self):\n    self.g = type", "g")]
#[case("class C:\n  def f(self, x):\n    x.g = x", "g")]
#[case("class C:\n  def f(self, x):\n    x._g = 1", "_g")]
#[case("class C:\n  def f(self):\n    return self._g", "_g")]
#[case("class C:\n  def f(self):\n    self.gi_frame = 1\n    return self.gi_frame", "gi_frame")]
#[case("class C:\n  def f(self):\n    self.shape = 1\n  def g(self, x):\n    x.shape = self", "shape")]
#[case("class C:\n  def f(self):\n    self.value = 1 ;; def g(x):\n  x.value += 1", "value")]
#[case("class C:\n  def f(self):\n    self._b_base_ = 1 ;; def g(x):\n  return x._b_base_", "_b_base_")]
#[case("class C:\n  def f(self):\n    self._form = 1 ;; e = exporter(b'') ;; e._form", "_form")]
#[case("class C:\n  def f(self):\n    self.g = 1 ;; def h(x):\n  x.g = type", "g")]
#[case("class C:\n  def f(self):\n    self.__g = 1", "__g")]
#[case("def k(x):\n  return x ;; def f(v):\n  return sorted(v, key=k) ;; k = b''.hex", "k")]
#[case("def f(v, k):\n  return sorted(v, key=k)", "key")]
#[case("def f(v):\n  return max(v, key=later)", "key")]
#[case("class __builtins__: pass", "__builtins__")]
#[case("class C:\n  def f(self):\n    self.__class__ = x", "__class__")]
// The memory of a box is a pointer.
#[case("import ctypes ;; b = ctypes.py_object(1) ;; memoryview(b).cast('B')", "cast")]
#[case("import ctypes ;; b = ctypes.py_object(1) ;; m = memoryview(b) ;; m[()] = 1", "] =")]
#[case("import ctypes ;; b = ctypes.py_object(1) ;; memoryview(b).__setitem__((), 1)", "__setitem__")]
#[case("import ctypes, io ;; r = io.BytesIO(bytes(8)).readinto ;; b = ctypes.py_object(1)", "ctypes.py_object")]
#[case("import ctypes ;; c = memoryview.cast ;; b = ctypes.py_object(1)", "ctypes.py_object")]
// Built-ins, under their own names and as what is left of a name.
#[case("open('/etc/passwd')", "open")]
#[case("eval('1')", "eval")]
#[case("__import__('os')", "__import__")]
#[case("n = 'x' ;; getattr(1, n)", "getattr")]
#[case("getattr(1, '__subclasses__')", "__subclasses__")]
#[case("t = '{0.x}' ;; f = t.format ;; sorted([1], key=f)", "key")]
#[case("f = [].append ;; max([1], [2], key=f)", "key")]
#[case("f = [].append ;; [].sort(reverse=True, key=f)", "key")]
#[case("f = getattr(1, '__setattr__')", "__setattr__")]
#[case("f = getattr('{0.x}', 'format')", "format")]
#[case("getattr(type(1), '__mro__', 5)", "__mro__")]
#[case("hasattr(1, '__base__')", "__base__")]
#[case("hasattr(1, 'x' + 'y')", "hasattr")]
#[case("x = getattr(1, '__reduce__')", "__reduce__")]
#[case(
    "import ctypes, io ;; r = getattr(io.BytesIO(bytes(8)), 'readinto') ;; b = ctypes.py_object(1)",
    "ctypes.py_object"
)]
#[case("__builtins__.eval('1')", "__builtins__")]
#[case("__loader__.load_module('os')", "__loader__")]
#[case("eval = 1 ;; del eval ;; eval.__call__('1')", "eval")]
#[case("eval = memoryview(1) ;; eval.__call__('1')", "eval")]
#[case("del open", "open")]
#[case("with memoryview(b'') as exec: exec", "exec")]
#[case("ｅｖａｌ = memoryview(1)", "ｅｖａｌ = memoryview(1)")]
#[case("import os", "os")]
#[case("from os import system", "from os import system")]
#[case("import copy ;; copy.types.FunctionType(1, 2)", "copy.types")]
#[case("import copy ;; t = 1 ;; t = copy.types ;; t.FunctionType", "t")]
fn what_leads_out_is_refused(#[case] text: &str, #[case] word: &str) {
    let error = parse(text).expect_err("the text should be refused");
    let step = text.split(" ;; ").last().unwrap();
    let blamed = &step[error.range.clone()];
    assert!(blamed == word || blamed.starts_with(&format!("{word}.")) || blamed.ends_with(word), "{blamed}: {error}");
    assert!(error.message.len() > word.len() + 20, "{error}");
}

/// What a rule must not refuse together with what it is for.
#[rstest]
#[case("import pickle ;; pickle.loads(pickle.dumps([1, b'x']))")]
#[case("import pickle ;; d = pickle.dumps(1) ;; e = d ;; pickle.loads(e)")]
#[case("import gc ;; view = memoryview(b'') ;; holder = gc.get_referents(view)[0] ;; gc.get_referents(holder)[0]")]
#[case("import gc ;; view = memoryview(b'') ;; gc.get_referents(view[1:])")]
#[case("import mmap ;; mmap.mmap(-1, 10)")]
#[case("import mmap ;; mmap.mmap('a', 'b')")]
#[case("import mmap ;; mmap.mmap(length=3, fileno=-1)")]
#[case("import ctypes ;; box = ctypes.py_object(0) ;; box.__init__(memoryview(box)) ;; box.value")]
#[case("import struct ;; struct.pack_into('B', bytearray(1), 0, 1)")]
#[case("import weakref ;; weakref.ref(memoryview(b'')).__call__()")]
#[case("view = memoryview(b'') ;; view.nothing ;; view.__setattr__('owner', 1) ;; view.__delattr__()")]
#[case("view = memoryview(b'') ;; view.nothing = 1 ;; del view.__exit__ ;; view.nbytes -= 1 ;; view[0] += 1")]
#[case("import io ;; b = io.BytesIO() ;; b.name = 1 ;; del b.name ;; b''.x = 1")]
#[case("e = exporter(b'') ;; e.name = 1 ;; h = hook(1) ;; h.name = (2, b'')")]
#[case("view = memoryview(b'') ;; getattr(view, 'nbytes') ;; getattr(view, 'x', 1) ;; hasattr(view, '_x') ;; id(view)")]
#[case("getattr(1) ;; getattr()")]
#[case("min([b''], key=tuple, default=0) ;; sorted([1], key=None, reverse=True)")]
#[case("memoryview._from_flags(b'', 0)")]
#[case("type = 1 ;; hash = type ;; id = 2 ;; format = memoryview(b'').format ;; format")]
#[case("copy = memoryview(b'') ;; array = bytes(copy) ;; array")]
#[case("int.__name__")]
#[case("view = memoryview(b'') ;; view.__reduce_ex__(2) ;; view.__reduce__")]
#[case("view = memoryview(b'') ;; view.__setattr__('__exit__', None) ;; view.__dict__")]
#[case("memoryview.__call__(b'x') ;; bytearray.__new__(bytearray, b'x') ;; (1).__call__(2)")]
#[case("import mmap ;; mmap.mmap.__call__(-1, 10)")]
#[case(
    "t = 'x{}' ;; t.format(1) ;; '{}'.format(t[0]) ;; '{:.2f}. [{}]'.format(1.5, 2) ;; view = memoryview(b'') ;; view.format()"
)]
#[case("import pickle ;; for i in (1, 2):\n  d = pickle.dumps(i)\n  pickle.loads(d)")]
#[case("import pickle ;; def f(x):\n  d = pickle.dumps(x)\n  return pickle.loads(d)")]
#[case("import gc ;; for i in (1, 2):\n  v = memoryview(b'')\n  gc.get_referents(v)")]
#[case("f = memoryview ;; f(b'')")]
#[case(
    "class C:\n  def __init__(self, x):\n    self.x = x\n    self.n += 1 ;; c = C(1) ;; c.x = memoryview(b'') ;; del c.x"
)]
#[case(
    "class N:\n  def __init__(self):\n    if 1:\n      self.next = None ;; def link(a, b):\n  a.next = b ;; for n in [N()]:\n  n.next = n"
)]
#[case(
    "class C:\n  def f(self):\n    self._x = 1\n  def _g(self):\n    self._x += 1 ;; def h(c):\n  c._x = c._g()\n  return c"
)]
#[case(
    "class C:\n  def f(self):\n    self._x = 1 ;; def h():\n  return C() ;; c = h() ;; c._x = h ;; c._x.a ;; del c._x"
)]
#[case("class C:\n  count = 0\n  def f(self):\n    C.count += 1\n    self.data = self ;; C.count = [C]")]
#[case("import ctypes ;; ctypes.c_ubyte(1) ;; ctypes.c_char(b'x')")]
#[case(
    "def k(x):\n  return -x ;; class K:\n  pass ;; def f(v):\n  return sorted(v, key=k) + [max(v, key=K)] ;; min(b'', key=K)"
)]
#[case("import ctypes ;; view = memoryview(bytearray(8)) ;; view[0] = 1 ;; ctypes.py_object(view.cast('c'))")]
#[case("view = memoryview(b'') ;; view._format ;; view._format(1)")]
fn what_leads_nowhere_is_not(#[case] text: &str) {
    let program = parse(text).unwrap_or_else(|error| panic!("{text}: {error}"));
    assert_eq!(check(&program), Ok(()));
    assert_eq!(decode(&encode(&program)).unwrap(), program);
}

fn text(text: &str) -> Operand {
    Operand::Value(Value::Str(text.into()))
}

/// A program of one operation, as a finding could have it.
fn bytes(kind: Kind, operands: Vec<Operand>, names: &[&str]) -> Vec<u8> {
    let names = names.iter().map(|name| Box::from(*name)).collect();
    let operations = vec![Operation::new(kind, Target::Discard, operands)];
    encode(&Program { names, operations, steps: vec![1], ..Program::default() })
}

#[rstest]
#[case(Kind::AnyCall, vec![text("os.system"), text("id")], &[])]
#[case(Kind::AnyCall, vec![text("eval"), text("1")], &[])]
#[case(Kind::AnyCall, vec![text("pickle.loads"), text("1")], &[])]
#[case(Kind::AnyCall, vec![text("len(__import__('os').system('id')) or len"), text("1")], &[])]
#[case(Kind::Member, vec![text("os.environ")], &[])]
#[case(Kind::Member, vec![text("ctypes._os")], &[])]
#[case(Kind::Import, vec![text("os")], &[])]
#[case(Kind::Import, vec![text("gc, os")], &[])]
#[case(Kind::AnyMethod, vec![text("x"), text("lower() or __import__('os').system('id') or ''.lower")], &[])]
#[case(Kind::AnyMethod, vec![text("x"), text("__class__.__base__")], &[])]
#[case(Kind::AnyAttribute, vec![text("x"), text("__class__.__mro__")], &[])]
#[case(Kind::AnyAttribute, vec![text("x"), text("x\nimport os")], &[])]
#[case(Kind::Lookup, vec![text("x"), text("__subclasses__")], &[])]
#[case(Kind::Plain, vec![Operand::Value(Value::Type("os.system".into()))], &[])]
#[case(Kind::Plain, vec![Operand::Value(Value::List(vec![Value::Type("io.FileIO".into())]))], &[])]
#[case(Kind::Plain, vec![Operand::Value(Value::Object("os.system('id')".into()))], &[])]
#[case(Kind::Plain, vec![Operand::Name(0)], &["eval"])]
#[case(Kind::Plain, vec![Operand::Name(0)], &["print"])]
#[case(Kind::Plain, vec![Operand::Name(0)], &["__builtins__"])]
#[case(Kind::Plain, vec![Operand::Name(0)], &["ｐｒｉｎｔ"])]
#[case(Kind::Plain, vec![Operand::Name(0)], &["x; import os"])]
fn bytes_are_held_against_the_same_rules(#[case] kind: Kind, #[case] operands: Vec<Operand>, #[case] names: &[&str]) {
    let error = decode(&bytes(kind, operands, names)).expect_err("the program should be refused");
    assert!(matches!(error, DecodeError::Refused(_) | DecodeError::Damaged(_)), "{error}");
}

#[test]
fn a_keyword_is_no_text() {
    let keywords = Some(Box::from([Box::from("a=1); __import__('os').system('id'); print(b")]));
    let operands = [text("x")].into_iter().collect();
    let operation = Operation { kind: Kind::Print, target: Target::Discard, operands, keywords };
    let program = Program { names: vec![], operations: vec![operation], steps: vec![1], ..Program::default() };
    assert!(matches!(decode(&encode(&program)), Err(DecodeError::Damaged(_))));
}

/// What no text gives: a variable of the name of what is called.
#[test]
fn a_variable_hides_no_function() {
    let plain = Operation::new(Kind::Plain, Target::Name(0), [Operand::Value(Value::Type("type".into()))]);
    let call = Operation::new(Kind::Len, Target::Discard, [text("T")]);
    let program =
        Program { names: vec!["len".into()], operations: vec![plain, call], steps: vec![1, 2], ..Program::default() };
    assert!(matches!(decode(&encode(&program)), Err(DecodeError::Refused(_))));
}

#[test]
fn a_refused_step_leaves_nothing_behind() {
    let mut parser = Parser::new();
    parser.step("import pickle").unwrap();
    parser.step("d = pickle.dumps(1)").unwrap();
    assert!(parser.step("d = b''\npickle.loads(d)").is_err());
    parser.step("pickle.loads(d)").unwrap();
}

#[test]
fn the_lists_name_what_there_is() {
    for (module, functions) in CALLS.iter().filter(|(module, _)| *module != "numpy") {
        for name in *functions {
            assert!(known::member(module, name).is_some(), "{module}.{name}");
        }
    }
    for (module, _) in CALLS {
        assert!(MODULES.contains(module), "{module}");
    }
    assert!(MODULES.iter().all(|module| CALLS.iter().any(|(of, _)| of == module)));
}

#[test]
fn the_page_about_the_language_lists_the_methods_of_classes() {
    let page = include_str!("../../../../docs/language.md");
    let missing: Vec<_> = names::METHODS.iter().filter(|name| !page.contains(&format!("`{name}`"))).collect();
    assert!(missing.is_empty(), "{missing:?}");
}
