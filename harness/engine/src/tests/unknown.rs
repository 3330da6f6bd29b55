//! What depends on addresses and hashes is left open, and what numpy decides is refused.

use super::program;
use crate::reference::Reference;
use crate::{Engine, RunError, Watch};
use program::{Parser, Trace};
use rstest::rstest;
use view::{Abi, Profile, Version};

/// What becomes of a program on the reference.
fn run(program: &program::Program) -> Result<(), RunError> {
    Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64)).run(program, Watch::End, &mut Trace::new())
}

/// Runs steps of which some have bodies.
fn run_steps(steps: &[&str]) -> Result<(), RunError> {
    let mut parser = Parser::new();
    for step in steps {
        parser.step(step).unwrap();
    }
    run(&parser.finish())
}

#[rstest]
#[case::slice("text[8:]")]
#[case::step("text[::2]")]
#[case::end("text[-3:]")]
#[case::index("text[15]")]
#[case::list("list(text)")]
#[case::sorted("sorted(text)")]
#[case::reversed("reversed(text)")]
#[case::length("len(text)")]
#[case::equal("text == str(memoryview(b'b'))")]
#[case::equal_to_a_text("text == '<memory at 0x7f>'")]
#[case::order("text < str(view[:1])")]
#[case::item("text in ['<memory at 0x7f>']")]
#[case::nested("(1, text) == (1, '<memory at 0x7f>')")]
#[case::part("'7' in text")]
#[case::part_of_another("text in 'abc'")]
#[case::hash("hash(text)")]
#[case::hash_of_a_tuple("hash((1, text))")]
#[case::encoded("text.encode()")]
#[case::bytes("bytes(text, 'ascii')")]
#[case::bytearray("bytearray(text, 'ascii')")]
#[case::array("array.array('u', text)")]
#[case::code("ord(text)")]
#[case::split("text.split(' ')")]
#[case::upper("text.upper()")]
#[case::find("text.find('m')")]
#[case::start("text.startswith('<memory at 0x7')")]
#[case::replaced("'a'.replace('a', text)")]
#[case::joined("'-'.join(text)")]
#[case::filled("'%40s' % text")]
#[case::cut("'%.20s' % view")]
#[case::field("f'{text:>40}'")]
#[case::format("'{:.20}'.format(text)")]
#[case::char("'%c' % text")]
#[case::percent_of_bytes("b'%r' % view")]
#[case::ascii_of_bytes("b'%a' % [view]")]
#[case::in_place("data = b'%r'; data %= view")]
#[case::unpacked("first, *others = text")]
#[case::joined_before("('x' + text)[3:]")]
#[case::doubled("(text * 2)[-20:]")]
#[case::written("repr([view])[3:]")]
#[case::exporter("str(exporter(b''))[-4:]")]
#[case::method("repr(view.tobytes)[-4:]")]
#[case::reference("import weakref; repr(weakref.ref(view))[12:]")]
fn a_text_with_an_address_is_known_around_it_only(#[case] text: &str) {
    let text = format!("import array; view = memoryview(b'ab'); text = str(view); {text}");
    let fault = run(&program(&text));
    assert!(matches!(fault, Err(RunError::Unspecified(_))), "{fault:?}");
}

#[rstest]
#[case::bound(&["value = hash(0)", "value"])]
#[case::given(&["def f(x):\n  return hash(x)", "f(0)"])]
#[case::identity(&["x = id(1.5)", "[x for y in (1, 2)]"])]
#[case::condition(&["if hash(0): pass"])]
#[case::loop_condition(&["while hash(0): break"])]
#[case::asserted(&["assert hash(0)"])]
#[case::choice(&["1 if hash(0) else 2"])]
#[case::and(&["hash(0) and 1"])]
#[case::not(&["not hash(0)"])]
#[case::filter(&["[1 for y in (1, 2) if hash(y)]"])]
#[case::equal(&["hash(0) == 0"])]
#[case::order(&["hash(0) < hash(1)"])]
#[case::item(&["hash(0) in [0]"])]
#[case::in_a_list(&["[hash(y) for y in (1, 2)] == [1, 2]"])]
#[case::summed(&["sum(hash(y) for y in (1, 2))"])]
#[case::largest(&["max(hash(y) for y in (1, 2))"])]
#[case::any(&["any(hash(y) for y in (1, 2))"])]
#[case::bytes(&["bytes(hash(y) for y in (1, 2))"])]
#[case::index(&["class C:\n  def __index__(self): return hash('a')", "b'abc'[C()]"])]
#[case::length(&["class C:\n  def __len__(self): return hash('a')", "len(C())"])]
#[case::answer(&["class C:\n  def __eq__(self, other): return hash('a')", "C() == 1"])]
#[case::truth_of_answer(&["class C:\n  def __eq__(self, other): return hash('a')", "C() in [1]"])]
#[case::of_another(&["class C:\n  def __hash__(self): return hash(C)", "hash(C()) == hash(exporter(b''))"])]
fn the_value_of_a_hash_is_left_open(#[case] steps: &[&str]) {
    let fault = run_steps(steps);
    assert!(matches!(fault, Err(RunError::Unspecified(_))), "{fault:?}");
}

/// `numpy` is asked before an operand that joins or repeats itself, or compares itself by identity.
#[rstest]
#[case("0 == a")]
#[case("a != a")]
#[case("b'ab' == a")]
#[case("a == memoryview(b'ab')")]
#[case("0 < a")]
#[case("bytearray() >= a; a >= bytearray()")]
#[case("1 in a")]
#[case("a in [1]")]
#[case("(1, a) == (1, 2)")]
#[case("[a] < [1]")]
#[case("a + 1")]
#[case("[1] + a")]
#[case("b'ab' + a")]
#[case("b'ab' * a")]
#[case("'%s' % a")]
#[case("a % 2")]
#[case("a += 1")]
#[case("x = array.array('B'); x += a")]
#[case("x = bytearray(); x += a")]
#[case("x = [1]; x += a")]
#[case("x = bytearray(1); x *= a")]
#[case("-a")]
#[case("not a")]
#[case("bool(a)")]
#[case("any([a])")]
#[case("float(a)")]
#[case("int(a)")]
#[case("abs(a)")]
#[case("x = memoryview(bytearray(8)).cast('d'); x[0] = a")]
#[case("x = memoryview(bytearray(8)).cast('?'); x[0] = a")]
#[case("numpy.array([])")]
#[case("hook(a)")]
fn what_numpy_decides_is_refused(#[case] text: &str) {
    let fault = run(&program(&format!("import array, numpy; a = numpy.array([1, 2]); {text}")));
    assert!(matches!(fault, Err(RunError::Unsupported { .. })), "{fault:?}");
}

/// An array has an item that was never written while it converts the one that it adds.
#[rstest]
#[case::append("a.append(C())", "b.extend(a)")]
#[case::appended_item("a.append(C())", "b.append(a[-1])")]
#[case::extend("a.extend([C()])", "b.extend(a)")]
#[case::insert("a.insert(9, C())", "memoryview(a).tolist()")]
#[case::moved("a.append(C())", "a.insert(0, 5)\n    b.append(a[-1])")]
#[case::reversed("a.append(C())", "a.reverse()\n    b.append(a[0])")]
#[case::list("a.fromlist([C(), 5])", "b.append(a[-1])")]
#[case::list_before("a.fromlist([5, C()])", "b.extend(a)")]
#[case::moved_away("a.fromlist([C()])", "a.reverse()\n    missing")]
#[case::left("a.fromlist([5, C()])", "a.pop(0)")]
fn an_item_that_was_never_written_is_left_open(#[case] call: &str, #[case] deed: &str) {
    let class = format!("class C:\n  def __index__(self):\n    {deed}\n    return 1");
    let fault = run_steps(&["import array", "a = array.array('B', [7])", "b = []", &class, call]);
    assert!(matches!(fault, Err(RunError::Unspecified(_))), "{fault:?}");
}

/// Each operation is bounded, and a loop of them is, too.
#[rstest]
#[case::copies(&["data = bytearray(8) * 65536", "len([data[0:] for x in range(4000)])"])]
#[case::bytes(&["view = memoryview(bytearray(8) * 65536)", "for x in range(4000): view.tobytes()"])]
#[case::items(&["data = bytes(8) * 65536", "[sum(data) for x in range(4000)]"])]
#[case::view(&["view = memoryview(bytearray(8) * 65536)", "[max(view) for x in range(4000)]"])]
#[case::lists(&["items = [0] * 65536", "for x in range(4000): items == items[:]"])]
#[case::texts(&["text = 'abcdefgh' * 65536", "list(text)"])]
#[case::characters(&["text = 'abcdefgh' * 65536", "for x in range(4000): text[7]"])]
fn what_takes_too_long_in_all_is_refused(#[case] steps: &[&str]) {
    let fault = run_steps(steps);
    assert!(matches!(fault, Err(RunError::Unsupported { .. })), "{fault:?}");
}

/// `*memoryview[int]` is what a loop over such an alias would give.
#[rstest]
#[case::sought("0 in memoryview[int]")]
#[case::iterated("list(memoryview[int])")]
fn what_an_alias_gives_is_refused(#[case] text: &str) {
    let mut parser = Parser::new();
    parser.step(text).unwrap();
    let mut reference = Reference::new(Profile::new(Version::new(3, 14, 0), Abi::Lp64));
    let ran = reference.run(&parser.finish(), Watch::End, &mut Trace::new());
    assert!(matches!(&ran, Err(RunError::Unsupported { .. })), "{ran:?}");
}
