//! The alphabet: the exporters that programs begin with, and the operations that they consist of, as Python text.
//!
//! Programs have four names: `data` is the exporter, `view` a view of it, `other` another view and `items` an iterator.
//! In the texts of operations on views `$` stands for each of `view` and `other`.

/// What is known of the object that `data` is bound to, for operations that make sense on some exporters only.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Data {
    /// It can't be resized.
    Fixed,
    /// It is a bytearray or an array: it can grow and shrink.
    Resizable,
    /// It is a view itself.
    View,
}

impl Data {
    pub(crate) const ALL: [Data; 3] = [Data::Fixed, Data::Resizable, Data::View];
}

/// An exporter: the steps that every program with it begins with. They bind `data` and `view`.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Exporter {
    pub(crate) about: &'static str,
    pub(crate) data: Data,
    pub(crate) steps: &'static [&'static str],
}

const fn exporter(about: &'static str, data: Data, steps: &'static [&'static str]) -> Exporter {
    Exporter { about, data, steps }
}

const VIEW: &str = "view = memoryview(data)";

/// All exporters. Each has a few bytes: enough for every layout, and small enough for each index to be a boundary.
pub(crate) const EXPORTERS: &[Exporter] = &[
    exporter("a bytearray", Data::Resizable, &["data = bytearray(b'\\x00\\x01\\x02\\x03')", VIEW]),
    exporter("bytes", Data::Fixed, &["data = b'\\x00\\x01\\x02\\x03'", VIEW]),
    exporter("an empty bytearray", Data::Resizable, &["data = bytearray()", VIEW]),
    exporter("an array of ints", Data::Resizable, &["data = array.array('h', [0, 1, -2])", VIEW]),
    exporter("an array of floats", Data::Resizable, &["data = array.array('d', [-0.0, 0.5])", VIEW]),
    exporter("a view of a bytearray", Data::View, &["data = memoryview(bytearray(b'\\x00\\x01\\x02\\x03'))", VIEW]),
    exporter(
        "two dimensions",
        Data::Resizable,
        &["data = bytearray(b'\\x00\\x01\\x02\\x03')", "view = memoryview(data).cast('B', [2, 2])"],
    ),
    exporter(
        "no dimension",
        Data::Resizable,
        &["data = bytearray(b'\\x00\\x01\\x02\\x03')", "view = memoryview(data).cast('i', [])"],
    ),
    exporter(
        "a negative stride",
        Data::Resizable,
        &["data = bytearray(b'\\x00\\x01\\x02\\x03')", "view = memoryview(data)[::-1]"],
    ),
    exporter(
        "bools",
        Data::Resizable,
        &["data = bytearray(b'\\x00\\x01\\x02\\x03')", "view = memoryview(data).cast('?')"],
    ),
    exporter(
        "characters, readonly",
        Data::Resizable,
        &["data = bytearray(b'\\x00\\x01\\x02\\x03')", "view = memoryview(data).cast('c').toreadonly()"],
    ),
    exporter(
        "Fortran order",
        Data::Fixed,
        &["data = exporter(b'\\x00\\x01\\x02\\x03', format='b', shape=[2, 2], strides=[1, 2])", VIEW],
    ),
    exporter(
        "a format that is not native",
        Data::Fixed,
        &["data = exporter(b'\\x00\\x01\\x02\\x03', format='<h', itemsize=2, shape=[2])", VIEW],
    ),
    exporter("large ints", Data::Resizable, &["data = array.array('Q', [0, 9223372036854775808])", VIEW]),
    exporter(
        "three dimensions, readonly",
        Data::Fixed,
        &["data = b'\\x00\\x01\\x02\\x03'", "view = memoryview(data).cast('b', [1, 2, 2])"],
    ),
    exporter(
        "every second byte",
        Data::Resizable,
        &["data = bytearray(b'\\x00\\x01\\x02\\x03\\x04')", "view = memoryview(data)[::2]"],
    ),
    exporter(
        "a stride of 0",
        Data::Fixed,
        &["data = exporter(b'\\x00\\x01', format='B', shape=[3], strides=[0])", VIEW],
    ),
    exporter("two dimensions without items", Data::Fixed, &["data = exporter(b'', format='B', shape=[0, 2])", VIEW]),
    exporter(
        "a format with a prefix",
        Data::Fixed,
        &["data = exporter(b'\\x00\\x01\\x02\\xff', format='@h', itemsize=2, shape=[2])", VIEW],
    ),
    exporter(
        "items of two values",
        Data::Fixed,
        &["data = exporter(b'\\x00\\x01\\x02\\x03', format='BB', itemsize=2, shape=[2])", VIEW],
    ),
    exporter(
        "suboffsets",
        Data::Fixed,
        &[
            "data = exporter(b'\\x13\\x00\\x00\\x00\\x00\\x00\\x00\\x00\\x10\\x00\\x00\\x00\\x00\\x00\\x00\\x00abcdef', format='B', itemsize=1, shape=[2, 3], strides=[8, 1], suboffsets=[0, -1])",
            VIEW,
        ],
    ),
];

/// Operations that have something in common.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Group {
    pub(crate) about: &'static str,
    /// What `data` must be, if it matters.
    pub(crate) data: Option<Data>,
    /// Whether they do nothing but read: a program that goes on after one of them is, but for that step, a program without it.
    pub(crate) reads: bool,
    pub(crate) texts: &'static [&'static str],
}

/// All operations.
pub(crate) const GROUPS: &[Group] = &[
    Group {
        about: "lifetimes",
        data: None,
        reads: false,
        texts: &[
            "$.release()",
            "$.__exit__(None, None, None)",
            "del $",
            "with $: pass",
            "with $ as other: pass",
            "hash($)",
            "del data",
        ],
    },
    Group { about: "lifetimes", data: Some(Data::View), reads: false, texts: &["data.release()"] },
    Group {
        about: "assignments",
        data: None,
        reads: false,
        texts: &[
            "$[0] = 1",
            "$[-1] = 255",
            "$[0] = -1",
            "$[0] = -128",
            "$[4] = 0",
            "$[0] = 256",
            "$[0] = 1.5",
            "$[0] = None",
            "$[0] = b'z'",
            "$[0, 1] = 7",
            "$[()] = 7",
            "$[:] = b'wxyz'",
            "$[1:3] = b'xy'",
            "$[::2] = b'xy'",
            "$[:2] = array.array('h', [7])",
            "struct.pack_into('h', $, 1, 258)",
            "$[:] = data",
            "$[1:] = $[:-1]",
            "$[::-1] = $",
            "view[:] = other",
            "other[:] = view",
            "view[:2] = other[2:]",
        ],
    },
    Group {
        about: "other views",
        data: None,
        reads: false,
        texts: &[
            "other = memoryview($)",
            "other = $[1:]",
            "other = $[:-1]",
            "other = $[1:3]",
            "other = $[-2:]",
            "other = $[::2]",
            "other = $[::-1]",
            "other = $[0:0]",
            "other = $.cast('B')",
            "other = $.cast('b')",
            "other = $.cast('c')",
            "other = $.cast('h')",
            "other = $.cast('?')",
            "other = $.cast('d')",
            "other = $.cast('B', [2, 2])",
            "other = $.cast('B', [4, 1, 1])",
            "other = $.cast('i', [])",
            "other = $.toreadonly()",
            "other = $.__buffer__(1)",
            "other = memoryview(data)",
            "other = view",
            "view = other",
            "view = memoryview(data)",
            "view = view[1:]",
            "view = view[::-1]",
            "view = view.cast('B')",
            "view = view.cast('B', [2, 2])",
            "view = view.toreadonly()",
        ],
    },
    Group {
        about: "iterators",
        data: None,
        reads: false,
        texts: &["items = iter($)", "items = reversed($)", "next(items)", "list(items)", "del items"],
    },
    Group {
        about: "the exporter",
        data: Some(Data::Resizable),
        reads: false,
        texts: &[
            "data.append(1)",
            "data.pop()",
            "data.insert(0, 1)",
            "data.extend(view)",
            "data.clear()",
            "data.reverse()",
            "data[0] = 9",
            "data[1:2] = data[:0]",
            "data[1:3] = data[:2]",
            "data[:] = view",
            "del data[0]",
            "del data[:]",
            "data += data",
            "data *= 2",
            "data *= 0",
        ],
    },
    // These only read, too, but a lock that one of them keeps shows later only.
    Group {
        about: "what takes a buffer and gives it back",
        data: None,
        reads: false,
        texts: &["$ == data", "bytes($)", "b''.join([$, $])"],
    },
    Group {
        about: "attributes",
        data: None,
        reads: true,
        texts: &[
            "$.obj",
            "$.nbytes",
            "$.readonly",
            "$.format",
            "$.itemsize",
            "$.ndim",
            "$.shape",
            "$.strides",
            "$.suboffsets",
            "$.c_contiguous",
            "$.f_contiguous",
            "$.contiguous",
            "$.nothing",
            "repr($)",
        ],
    },
    Group {
        about: "contents",
        data: None,
        reads: true,
        texts: &[
            "$.tolist()",
            "$.tobytes()",
            "$.tobytes('F')",
            "$.tobytes('A')",
            "$.tobytes(None)",
            "$.tobytes('z')",
            "$.tobytes(1)",
            "$.hex()",
            "$.hex(':')",
            "$.hex(':', -2)",
            "$.hex(b'-', 3)",
            "$.hex(':', 0)",
            "$.hex(':', None)",
            "len($)",
            "bool($)",
            "list($)",
            "tuple($)",
            "bytearray($)",
            "sum($)",
            "max($)",
            "sorted($)",
            "any($)",
            "str($, 'latin-1')",
            "b'a' + $",
            "array.array('B', $)",
            "hash($.toreadonly())",
            "int.from_bytes($, 'little')",
            "struct.unpack_from('h', $, 1)",
            "$.count(1)",
            "$.index(1)",
            "0 in $",
            "b'\\x01' in $",
        ],
    },
    Group {
        about: "items and slices",
        data: None,
        reads: true,
        texts: &[
            "$[0]",
            "$[1]",
            "$[-1]",
            "$[3]",
            "$[4]",
            "$[-4]",
            "$[-5]",
            "$[9223372036854775808]",
            "$[True]",
            "$[None]",
            "$[1.0]",
            "$[...]",
            "$[()]",
            "$[0, 0]",
            "$[1, -1]",
            "$[0, 2]",
            "$[0, 0, 0]",
            "$[0:2, 0:2]",
            "$[5:]",
            "$[18446744073709551616:]",
            "$['a':]",
            "$[-9:9]",
            "$[::0]",
            "$[::2][::-1]",
            "$[::-9223372036854775808]",
            "del $[0]",
            "$.__enter__()",
        ],
    },
    Group {
        about: "casts",
        data: None,
        reads: true,
        texts: &[
            "$.cast('z')",
            "$.cast('<h')",
            "$.cast('@i')",
            "$.cast('\u{e9}')",
            "$.cast('B', [True, 4])",
            "$.cast('B', [3])",
            "$.cast('B', [0])",
            "$.cast('B', [])",
            "$.cast('B', 4)",
            "$.cast('B', [2, -2])",
            "$.cast('B', [9223372036854775807, 2])",
            "$.cast('h', (2,))",
            "$.cast(1)",
            "$.cast('B').cast('h')",
            "$.cast('B')[::2].cast('b')",
        ],
    },
    Group {
        about: "comparisons",
        data: None,
        reads: true,
        texts: &[
            "data != $",
            "$ == b'\\x00\\x01\\x02\\x03'",
            "$ == $[::-1]",
            "$ == [0, 1, 2, 3]",
            "$ == $.toreadonly()",
            "data in $",
            "$ < data",
            "view == other",
            "other != view",
            "view is other",
            "other.obj is data",
        ],
    },
    Group {
        about: "the exporter",
        data: None,
        reads: true,
        texts: &["len(data)", "data[0]", "data == data", "memoryview(data)", "memoryview([data])", "data + data"],
    },
];
