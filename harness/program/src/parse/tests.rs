use super::*;
use crate::print;
use rstest::rstest;

mod refusals;

fn program(steps: &[&str]) -> Result<Program> {
    let mut parser = Parser::new();
    steps.iter().try_for_each(|step| parser.step(step))?;
    Ok(parser.finish())
}

fn message(steps: &[&str]) -> String {
    program(steps).expect_err("the text should be refused").message
}

#[rstest]
#[case("data = bytearray(b'abc')")]
#[case("m = memoryview(bytearray(8)).cast('i', shape=[2])")]
#[case("m[1:2, ::3]")]
#[case("m[-1, (2, slice(None, 1, None)), ...]")]
#[case("m[(-1).real]")]
#[case("m[:a + 1:2] = b'x'")]
#[case("m[a, b:] = m[1,]")]
#[case("del m[0]")]
#[case("m[0] += x.y")]
#[case("f''")]
#[case("f'a{{b}}\\n\"'")]
#[case("f'{m[0]:02x} {a!r}{-b!s:>5}'")]
#[case("f\"'{m['a']}\\\"\"")]
#[case("x = f'{len(m):,}'.upper()")]
#[case("m[a:b, -c] ^= -d")]
#[case("m[0] -= m[1].real")]
#[case("b''.name = (0, -1)")]
#[case("m = memoryview(b'')\nm.nbytes -= m[0]\ndel m.nbytes\nm.obj = m[1]")]
#[case("del m")]
#[case("a += b'x'")]
#[case("(a == b) is not True")]
#[case("(((a - b) // 2) << (c & (~d))) ^ (-(-e))")]
#[case("not (m[-a] in (-5 % b))")]
#[case("(not a) == (+b)")]
#[case("(-v).foo(not w, x=~5)")]
#[case("a = 1\na -= (b / c) | 2")]
#[case("a <<= 1\nb >>= 2\nc //= 3\nd %= 4\ne &= 5\nf |= 6\ng ^= 7\nh /= 8")]
#[case("[m, 1] == [b'', (m,)]")]
#[case("m.hex('-', bytes_per_sep=-2)")]
#[case("m.whatever(1).other")]
#[case("bytes.fromhex('00')")]
#[case("with memoryview(a) as v:\n    len(v)\n    v.nbytes")]
#[case("with v:\n    pass")]
#[case("import numpy")]
#[case("import mmap\nm = mmap.mmap(-1, mmap.PAGESIZE, access=mmap.ACCESS_READ)")]
#[case("import struct\nx = [struct.error, b'']\nstruct.error.__name__")]
#[case("import ctypes\nctypes.sizeof(ctypes.c_int)")]
#[case("import ctypes\nctypes.c_wchar('a')")]
#[case("import collections.abc\nisinstance(v, collections.abc.Sequence)")]
#[case("x = float('nan')")]
#[case("x = -9223372036854775809")]
#[case("a, b = x")]
#[case("a, = x")]
#[case("a, (b, *c), m[0] = x")]
#[case("*a, (m[0], (b,)) = m[1](x)")]
#[case("() = x")]
#[case("a = b = x")]
#[case("v = memoryview(a)\nv.a, v.b = x\nv.a = v.b = x\nfor v.i in x:\n    pass")]
#[case("class C:\n    y = x\n    x = y\n    z = x")]
#[case("a = m[0], b = c, d = x")]
#[case("(a, m[0]), *c = x")]
#[case("a if b else c")]
#[case("x = (a and b and c) or m")]
#[case("x = a and (b or c)")]
#[case("(a and b) == c")]
#[case("a < b < c")]
#[case("a < m[0] <= m[b] != c")]
#[case("(a if b else c) in m")]
#[case("if a:\n    b = 1\nelif b == c:\n    pass\nelse:\n    del m")]
#[case("if a:\n    if b:\n        x = 1")]
#[case("while a < b:\n    if c:\n        break\n    continue\nelse:\n    x = 1")]
#[case("for x in m:\n    print(x)")]
#[case("for i, (x, *y) in m:\n    print(x)\nelse:\n    pass")]
#[case("for m[0] in a:\n    pass")]
#[case("for m[0], x in a:\n    pass")]
#[case(
    "try:\n    m.release()\nexcept ValueError as e:\n    print(e)\nexcept (TypeError, KeyError):\n    pass\nexcept:\n    raise\nelse:\n    x = 1\nfinally:\n    y = 1"
)]
#[case("def f(v, n=1, *, k=b'a'):\n    x = v[n]\n    return x")]
#[case("def f():\n    with memoryview(a) as v:\n        return v[0]\n    return")]
#[case("def f(x):\n    y, z = x\n    return g(y) if z else f(y)")]
#[case("x = [y for y in m]")]
#[case("x = [y + z for y, z in m if y if z for w in y if w]")]
#[case("sum(y for y in m if y)")]
#[case("m.extend(y for y in m)")]
#[case("def f(v):\n    return [v[i] for i in v]")]
#[case("class C:\n    pass")]
#[case(
    "class C(bytearray):\n    x = 1\n    def __init__(self, size=a):\n        super().__init__(size)\n        self.x = m\n    def get(self):\n        return self.x"
)]
#[case("raise ValueError('x') from a")]
#[case("assert a == b, m[0]")]
#[case("f = memoryview(a)\nf(1, k=2)")]
#[case("m[0](1)")]
#[case("pass")]
fn text_comes_out_as_it_went_in(#[case] text: &str) {
    let program = program(&[text]).unwrap();
    assert_eq!(print::program(&program), format!("{text}\n"));
    assert_eq!(crate::bodies::check(&program), Ok(()));
    assert_eq!(crate::decode(&crate::encode(&program)).unwrap(), program);
}

#[rstest]
#[case("m[slice(1, 2, None)]", "m[1:2]\n")]
#[case("import numpy as np\nnp.array([1])", "import numpy\nnumpy.array([1])\n")]
#[case("from array import array\narray('h')", "import array\narray.array('h')\n")]
#[case("b'a' b'b'; x", "b'ab'\nx\n")]
#[case("'a' f'{x}' 'b' '' f'c'", "f'a{x}bc'\n")]
#[case("from struct import error as e\nx = e\nx == e", "import struct\nx = struct.error\nx == struct.error\n")]
#[case("byte(x)", "byte\n")]
fn text_is_normalised(#[case] text: &str, #[case] normal: &str) {
    assert_eq!(print::program(&program(&[text]).unwrap()), normal);
}

/// Python looks for a method before it evaluates the arguments.
#[rstest]
#[case("v.foo(f.b)", &["lookup", "attribute", "method"])]
#[case("v.hex(sep=f.b)", &["lookup", "attribute", "hex"])]
#[case("v.foo(missing)", &["lookup", "method"])]
#[case("f.b.foo(f.c)", &["attribute", "lookup", "attribute", "method"])]
#[case("missing.foo(f.c)", &["lookup", "attribute", "method"])]
#[case("bytes.fromhex(v.hex(v[0]))", &["lookup", "lookup", "get", "hex", "method"])]
#[case("v.foo(1, v, (2, -3), sep=None)", &["method"])]
#[case("len(v[0])", &["get", "len"])]
fn methods_are_looked_up_before_arguments_that_are_evaluated(#[case] text: &str, #[case] kinds: &[&str]) {
    let program = program(&["f = b''; v = b''", text]).unwrap();
    let names: Vec<&str> = program.step(1).iter().map(|operation| operation.kind.row().name).collect();
    assert_eq!(names, kinds);
}

#[test]
fn parts_are_evaluated_in_pythons_order() {
    let program = program(&["memoryview(a)[f.b] = bytes(c)"]).unwrap();
    let kinds: Vec<&str> = program.operations.iter().map(|operation| operation.kind.row().name).collect();
    assert_eq!(kinds, ["bytes", "memoryview", "attribute", "set"]);
}

#[test]
fn what_an_operator_changes_is_read_before_its_right_side() {
    let program = program(&["x = b''; v = memoryview(x)", "v[x.a] += x.b", "v.obj -= x.b", "v.obj = x.b"]).unwrap();
    let kinds = |step| program.step(step).iter().map(|operation| operation.kind.row().name).collect::<Vec<_>>();
    assert_eq!(kinds(1), ["attribute", "get to change", "attribute", "+="]);
    assert_eq!(kinds(2), ["attribute to change", "attribute", "-="]);
    assert_eq!(kinds(3), ["attribute", "set attribute"]);
}

#[test]
fn a_name_without_a_value_is_read_before_what_follows_it() {
    let program = program(&["x = b''", "x.cast(y.a)", "z.cast(x.a)", "del x", "x[x.a] = z"]).unwrap();
    let kinds = |step| program.step(step).iter().map(|operation| operation.kind.row().name).collect::<Vec<_>>();
    assert_eq!(kinds(1), ["lookup", "attribute", "cast"]);
    assert_eq!(kinds(2), ["lookup", "attribute", "cast"]);
    assert_eq!(kinds(4), ["plain", "plain", "attribute", "set"]);
    assert_eq!(program.step(2)[0].operands[0], Operand::Name(2));
}

#[test]
fn a_name_that_the_program_binds_is_no_builtin_any_more() {
    let program = program(&["bytes(a)", "bytes = b''", "bytes[0]"]).unwrap();
    assert_eq!(program.operations[2].operands[0], Operand::Name(1));
    let program = self::program(&["len = 3", "len(b'')"]).unwrap();
    assert_eq!(program.operations[1].kind, Kind::CallObject);
}

#[rstest]
#[case("", "the step has no statement")]
#[case("a b", "this is not Python")]
fn what_is_no_python_is_refused(#[case] text: &str, #[case] start: &str) {
    let message = message(&[text]);
    assert!(message.starts_with(start), "{message}");
}

#[rstest]
#[case("(".repeat(10_000), "brackets nest deeper")]
#[case("-".repeat(10_000) + "1", "a statement can chain")]
#[case("not ".repeat(10_000) + "1", "a statement can chain")]
#[case("a".to_owned() + &".b".repeat(10_000), "a statement can chain")]
#[case("a".to_owned() + &"[0]".repeat(10_000), "a statement can chain")]
#[case("lambda:".repeat(10_000), "a statement can chain")]
#[case("await ".repeat(10_000), "a statement can chain")]
#[case(format!("f'{{{}x}}'", "-".repeat(10_000)), "a statement can chain")]
#[case(format!("f'{{{}1}}'", "not ".repeat(10_000)), "a statement can chain")]
#[case("f'{".repeat(10_000) + "x" + &"}'".repeat(10_000), "brackets nest deeper")]
#[case("f\"\"\"{".to_owned() + &"(".repeat(10_000), "")]
#[case("1 if 1 else ".repeat(10_000), "a statement can chain")]
#[case("with a:\n".to_owned() + &(1..2_000).map(|depth| " ".repeat(depth) + "with a:\n").collect::<String>(), "")]
fn depth_is_refused_and_never_overflows(#[case] text: String, #[case] start: &str) {
    let message = message(&[&text]);
    assert!(message.starts_with(start), "{message}");
}

#[test]
fn brackets_in_strings_do_not_count() {
    let text = format!("a = '{}' + b'''{}'''", "(".repeat(1000), "[".repeat(1000));
    assert!(program(&[&text]).is_ok());
}

#[test]
fn a_refused_step_leaves_nothing_behind() {
    let mut parser = Parser::new();
    assert!(parser.step("a = 1; b = {x for x in a}").is_err());
    assert!(parser.finish().operations.is_empty());
}
