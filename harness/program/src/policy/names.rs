//! The lists behind the rules: functions that may be called, attributes and names that may not be used.

use crate::names;
use std::collections::HashSet;
use std::sync::LazyLock;

/// The functions of modules that have no row, and that programs may call. Each was looked at: none opens a file, reads an
/// address, or gives a part of the interpreter. Of `ctypes` it is what cases need, and no more.
pub(super) const CALLS: &[(&str, &[&str])] = &[
    ("array", &[]),
    ("collections.abc", &[]),
    ("copy", &["copy", "deepcopy", "replace"]),
    (
        "ctypes",
        &[
            "c_bool",
            "c_byte",
            "c_char",
            "c_double",
            "c_float",
            "c_int",
            "c_long",
            "c_longlong",
            "c_short",
            "c_ubyte",
            "c_uint",
            "c_ulong",
            "c_ulonglong",
            "c_ushort",
            "c_wchar",
            "create_string_buffer",
            "create_unicode_buffer",
            "py_object",
            "resize",
            "sizeof",
        ],
    ),
    ("gc", &["get_referents", "is_tracked"]),
    ("io", &["BufferedRWPair", "BufferedRandom", "BufferedReader", "BufferedWriter", "BytesIO", "StringIO"]),
    ("mmap", &[]),
    (
        "numpy",
        &[
            "arange",
            "asarray",
            "ascontiguousarray",
            "asfortranarray",
            "broadcast_to",
            "dtype",
            "empty",
            "frombuffer",
            "full",
            "ones",
            "zeros",
        ],
    ),
    ("pickle", &["PickleBuffer", "dumps", "loads"]),
    ("struct", &["calcsize"]),
    (
        "weakref",
        &[
            "ReferenceType",
            "WeakKeyDictionary",
            "WeakMethod",
            "WeakSet",
            "WeakValueDictionary",
            "getweakrefcount",
            "getweakrefs",
            "proxy",
            "ref",
        ],
    ),
];

/// The members of modules that are values: numbers, the errors that cases expect, and types without pointers. All versions
/// have them, on all systems.
pub(super) const VALUES: &[(&str, &[&str])] = &[
    (
        "ctypes",
        &[
            "c_bool",
            "c_byte",
            "c_char",
            "c_double",
            "c_float",
            "c_int",
            "c_int16",
            "c_int32",
            "c_int64",
            "c_int8",
            "c_long",
            "c_longlong",
            "c_short",
            "c_size_t",
            "c_ssize_t",
            "c_ubyte",
            "c_uint",
            "c_uint16",
            "c_uint32",
            "c_uint64",
            "c_uint8",
            "c_ulong",
            "c_ulonglong",
            "c_ushort",
            "c_wchar",
        ],
    ),
    ("io", &["DEFAULT_BUFFER_SIZE", "SEEK_CUR", "SEEK_END", "SEEK_SET"]),
    ("mmap", &["ACCESS_COPY", "ACCESS_DEFAULT", "ACCESS_READ", "ACCESS_WRITE", "ALLOCATIONGRANULARITY", "PAGESIZE"]),
    ("pickle", &["DEFAULT_PROTOCOL", "HIGHEST_PROTOCOL"]),
    ("struct", &["error"]),
];

/// Whether a member of a module is a value that programs may use.
pub(crate) fn is_value(path: &str) -> bool {
    let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
    VALUES.iter().any(|(of, names)| *of == module && names.contains(&name))
}

/// Attributes without an underscore that lead out of the program: frames and code of functions, generators and errors,
/// files that arrays are written to, addresses of `ctypes`, what JavaScript calls the maker of an object, and text that is a
/// program of attributes itself.
pub(super) const ATTRIBUTES: &[&str] = &[
    "ag_await",
    "ag_code",
    "ag_frame",
    "constructor",
    "contents",
    "cr_await",
    "cr_code",
    "cr_frame",
    "cr_origin",
    "ctypes",
    "dump",
    "f_back",
    "f_builtins",
    "f_code",
    "f_generator",
    "f_globals",
    "f_locals",
    "f_trace",
    "format_map",
    "from_address",
    "from_buffer",
    "from_buffer_copy",
    "from_param",
    "fromfile",
    "func_closure",
    "func_code",
    "func_defaults",
    "func_globals",
    "gi_code",
    "gi_frame",
    "gi_yieldfrom",
    "im_class",
    "im_func",
    "im_self",
    "in_dll",
    "prototype",
    "register",
    "tb_frame",
    "tb_next",
    "tofile",
];

/// Attributes that objects of the modules have themselves: they say where an array lies and how large it is, what a pointer points
/// to, and how an exporter or a hook of a command answers. A class of a program may have one of that name, too, which is only
/// seen where its object is known to be one.
pub(super) const OF_OTHERS: &[&str] = &[
    "_abc_caches_clear",
    "_abc_registry",
    "_abc_registry_clear",
    "_answer",
    "_appends",
    "_asked",
    "_dump_registry",
    "_form",
    "_objects",
    "_releases",
    "_remove",
    "aligned",
    "argtypes",
    "contents",
    "data",
    "dtype",
    "errcheck",
    "flags",
    "flat",
    "imag",
    "raw",
    "real",
    "restype",
    "shape",
    "strides",
    "value",
    "writeable",
];

/// Special names that programs may look at and not use further: what they give has functions of the interpreter in it, or is
/// what says how an object is copied and pickled.
pub(super) const LOOKED_AT: &[&str] = &["__dict__", "__getstate__", "__reduce__", "__reduce_ex__"];

/// Methods that write any bytes to the memory of their argument or receiver. That must not be a pointer.
pub(super) const WRITERS: &[&str] = &["__setitem__", "cast", "pack_into", "raw", "readinto", "readinto1", "update"];

/// Methods that programs may call with some arguments only.
pub(super) const HIDING: &[&str] = &["__call__", "__delattr__", "__new__", "__setattr__"];

/// The special methods that classes of programs can have: what memoryview, its exporters and its consumers ask.
pub(super) const METHODS: &[&str] = &[
    "__abs__",
    "__add__",
    "__and__",
    "__bool__",
    "__buffer__",
    "__bytes__",
    "__call__",
    "__complex__",
    "__contains__",
    "__del__",
    "__delitem__",
    "__enter__",
    "__eq__",
    "__exit__",
    "__float__",
    "__floordiv__",
    "__format__",
    "__ge__",
    "__getitem__",
    "__gt__",
    "__hash__",
    "__iadd__",
    "__imul__",
    "__index__",
    "__init__",
    "__int__",
    "__invert__",
    "__iter__",
    "__le__",
    "__len__",
    "__length_hint__",
    "__lt__",
    "__mod__",
    "__mul__",
    "__ne__",
    "__neg__",
    "__next__",
    "__or__",
    "__pos__",
    "__radd__",
    "__reduce__",
    "__release_buffer__",
    "__repr__",
    "__reversed__",
    "__rmul__",
    "__round__",
    "__setitem__",
    "__str__",
    "__sub__",
    "__trunc__",
    "__truediv__",
    "__xor__",
];

/// Built-ins that would run text, reach attributes by their names, or read files. A program on a Python that is a command gets
/// them if it binds such a name and that step raises.
pub(super) const UNBINDABLE: &[&str] = &[
    "breakpoint",
    "compile",
    "copyright",
    "credits",
    "delattr",
    "eval",
    "exec",
    "execfile",
    "exit",
    "file",
    "getattr",
    "globals",
    "help",
    "input",
    "license",
    "locals",
    "open",
    "quit",
    "raw_input",
    "reload",
    "setattr",
    "super",
    "vars",
];

/// The types whose special and private names programs may use, as the lists of names know them.
const SPECIAL_OF: &[&str] = &[
    "memoryview",
    "bytes",
    "bytearray",
    "array.array",
    "mmap.mmap",
    "io.BytesIO",
    "object",
    "bool",
    "int",
    "float",
    "complex",
    "str",
    "tuple",
    "list",
    "slice",
];

/// Special names beside those: of other built-in types, and operators that none of them has.
const MORE: &[&str] = &[
    "__aenter__",
    "__aexit__",
    "__aiter__",
    "__anext__",
    "__array__",
    "__array_interface__",
    "__array_struct__",
    "__await__",
    "__call__",
    "__delete__",
    "__fspath__",
    "__get__",
    "__getnewargs_ex__",
    "__iand__",
    "__ifloordiv__",
    "__ilshift__",
    "__imatmul__",
    "__imod__",
    "__instancecheck__",
    "__ior__",
    "__ipow__",
    "__irshift__",
    "__isub__",
    "__itruediv__",
    "__ixor__",
    "__length_hint__",
    "__matmul__",
    "__missing__",
    "__name__",
    "__qualname__",
    "__rmatmul__",
    "__set__",
    "__subclasscheck__",
];

/// Of those, what programs may not use: it finds attributes by their names, changes what other programs see, or writes
/// bytes into an object.
const NEVER: &[&str] =
    &["__getattribute__", "__init_subclass__", "__set_format__", "__setformat__", "__setstate__", "__subclasshook__"];

/// Whether programs may use a special or a private name.
pub(super) fn is_special(name: &str) -> bool {
    static SPECIAL: LazyLock<HashSet<&str>> = LazyLock::new(|| {
        let of_types = SPECIAL_OF.iter().flat_map(|of| names::of(of)).filter(|name| name.starts_with('_'));
        let all = of_types.chain(MORE.iter().copied());
        all.filter(|name| !NEVER.contains(name)).collect()
    });
    SPECIAL.contains(name)
}
