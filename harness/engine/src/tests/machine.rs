//! `with` blocks as the machine runs them, over a runtime of nothing but ints.

use crate::Watch;
use crate::machine::{Machine, OwnLocals, Performed, Runtime, Stop};
use program::{Function, Operation, Parser, Trace, Value};
use rstest::rstest;
use smallvec::SmallVec;
use std::cell::{Cell, RefCell};
use std::rc::Rc;

/// A runtime in which `1` is a manager that lets errors pass, `2` one that swallows them, `3` one that raises when it is left,
/// and `4` none. A block is told when it is entered and left; an error is the text of its name.
/// An int is true unless it is 0, and iterates over that many ones.
#[derive(Default)]
struct Toy {
    log: RefCell<String>,
    left: Cell<i64>,
}

impl Runtime for &Toy {
    type Object = i64;
    type Error = String;
    type Block = i64;
    type Locals = OwnLocals<i64>;

    fn constant(&self, value: &Value) -> Result<i64, Stop<String>> {
        match value {
            Value::Int(value) => Ok(*value),
            _ => Ok(0),
        }
    }

    fn perform(&self, operation: &Operation, _operands: &[i64]) -> Performed<Self> {
        Err(Stop::Raised(operation.kind.row().name.to_owned()))
    }

    fn unbound(&self, name: &str) -> Result<i64, Stop<String>> {
        Err(Stop::Raised(name.to_owned()))
    }

    fn unbind(&self, name: &str) -> Stop<String> {
        Stop::Raised(format!("del {name}"))
    }

    fn enter(&self, manager: i64) -> Result<(i64, i64), Stop<String>> {
        if manager == 4 {
            return Err(Stop::Raised("enter".to_owned()));
        }
        self.log.borrow_mut().push_str(&format!("({manager}"));
        Ok((manager, manager))
    }

    fn exit(&self, manager: i64, raised: Option<String>) -> Result<(), Stop<String>> {
        let text = format!("{}{manager})", raised.as_deref().unwrap_or_default());
        self.log.borrow_mut().push_str(&text);
        match (manager, raised) {
            (3, _) => Err(Stop::Raised("exit".to_owned())),
            (1, Some(error)) => Err(Stop::Raised(error)),
            _ => Ok(()),
        }
    }

    fn print(&self, _operation: &Operation, operands: &[i64], out: &RefCell<String>) -> Result<i64, Stop<String>> {
        out.borrow_mut().push_str(&format!("{}\n", operands[0]));
        self.log.borrow_mut().push_str(&format!(" {} ", operands[0]));
        Ok(0)
    }

    fn inside<T>(_: &Machine<'_, Self>, run: impl FnOnce() -> T) -> T {
        run()
    }

    fn unbound_local(&self, name: &str) -> Stop<String> {
        Stop::Raised(name.to_owned())
    }

    fn unbound_free(&self, name: &str) -> Stop<String> {
        Stop::Raised(name.to_owned())
    }

    fn has_comprehension_frames(&self) -> bool {
        true
    }

    fn locals(&self, bound: SmallVec<[Option<i64>; 4]>) -> Result<OwnLocals<i64>, Stop<String>> {
        Ok(Rc::new(RefCell::new(bound)))
    }

    fn hold(&self, _: &mut String, _: &OwnLocals<i64>) {}

    fn set_context(&self, _: &mut String, _: &String) {}

    fn truth(&self, object: &i64) -> Result<bool, Stop<String>> {
        Ok(*object != 0)
    }

    fn iterator(&self, object: &i64) -> Result<i64, Stop<String>> {
        self.left.set(*object);
        Ok(*object)
    }

    fn next(&self, _: &i64) -> Result<Option<i64>, Stop<String>> {
        self.left.set(self.left.get() - 1);
        Ok((self.left.get() >= 0).then_some(1))
    }

    fn unpack(&self, object: &i64, before: usize, _: Option<usize>) -> Result<Vec<i64>, Stop<String>> {
        Ok(vec![*object; before])
    }

    fn list(&self, items: Vec<i64>) -> Result<i64, Stop<String>> {
        Ok(items.iter().sum())
    }

    fn class(&self, _: &str, _: Option<i64>, attributes: Vec<(&str, i64)>) -> Result<i64, Stop<String>> {
        Ok(attributes.len() as i64)
    }

    fn super_of(&self, _: &i64, object: &i64) -> Result<i64, Stop<String>> {
        Ok(*object)
    }

    fn function(&self, body: u16, _: &Function, _: Option<&str>, _: Vec<i64>) -> Result<i64, Stop<String>> {
        Ok(body.into())
    }

    fn generator(&self, _: u16, _: Vec<Option<i64>>, iterator: i64) -> Result<i64, Stop<String>> {
        Ok(iterator)
    }

    fn raise(&self, error: &i64, _: Option<&i64>) -> Stop<String> {
        Stop::Raised(error.to_string())
    }

    fn nothing_to_raise(&self) -> Stop<String> {
        Stop::Raised("nothing".to_owned())
    }

    fn assertion(&self, _: Option<i64>) -> Stop<String> {
        Stop::Raised("assert".to_owned())
    }

    fn exception(&self, error: &String) -> Result<i64, Stop<String>> {
        Ok(error.parse().unwrap_or(-1))
    }

    fn again(&self, error: &String) -> String {
        error.clone()
    }

    fn catches(&self, class: &i64, error: &String) -> Result<bool, Stop<String>> {
        Ok(class.to_string() == *error)
    }

    fn record(&self, _names: &[Option<i64>], object: &i64, trace: &mut Trace) -> Result<(), Stop<String>> {
        trace.int(*object);
        Ok(())
    }

    fn record_error(&self, error: String, trace: &mut Trace) {
        trace.raised_text("Error", &error);
    }

    fn record_live(&self, _names: &[Option<i64>], _trace: &mut Trace) {}
}

const EMPTY: &str = "";

/// A text with `{` and `}` for the managers and ends of blocks, as in `1{a}`, and what happens.
#[rstest]
#[case("1{ print(7) }", "(1 7 1)", EMPTY)]
#[case("1{ a }", "(1a1)", "a")]
#[case("2{ a } print(7)", "(2a2) 7 ", EMPTY)]
#[case("2{ a print(8) } print(7)", "(2a2) 7 ", EMPTY)]
#[case("2{ a 1{ print(8) } print(9) } print(7)", "(2a2) 7 ", EMPTY)]
#[case("2{ 1{ a } print(8) } print(7)", "(2(1a1)a2) 7 ", EMPTY)]
#[case("1{ 2{ a } print(8) } print(7)", "(1(2a2) 8 1) 7 ", EMPTY)]
#[case("2{ 4{ print(8) } print(9) } print(7)", "(2enter2) 7 ", EMPTY)]
#[case("2{ 4{ 1{ print(8) } } print(9) } print(7)", "(2enter2) 7 ", EMPTY)]
#[case("3{ print(8) } print(7)", "(3 8 3)", "exit")]
#[case("3{ a } print(7)", "(3a3)", "exit")]
#[case("2{ 3{ print(8) } print(9) } print(7)", "(2(3 8 3)exit2) 7 ", EMPTY)]
#[case("2{ 3{ a } print(9) } print(7)", "(2(3a3)exit2) 7 ", EMPTY)]
#[case("1{ 1{ a } print(9) } print(7)", "(1(1a1)a1)", "a")]
#[case("2{ a } 2{ b } c", "(2a2)(2b2)", "c")]
// What leaves a block by a jump leaves its managers, and an error of theirs takes its place.
#[case("for_x_in_3:{ 1{ break } } print(7)", "(11) 7 ", EMPTY)]
#[case("for_x_in_2:{ 1{ continue } print(9) } print(7)", "(11)(11) 7 ", EMPTY)]
#[case("for_x_in_2:{ 2{ 3{ break } } print(8) }", "(2(33)exit2) 8 (2(33)exit2) 8 ", EMPTY)]
#[case("for_x_in_2:{ 1{ if_1:{ break } print(9) } }", "(11)", EMPTY)]
#[case("while_1:{ 1{ if_1:{ if_1:{ break } } } } print(7)", "(11) 7 ", EMPTY)]
#[case("try:{ 1{ raise_5 } } except_5:{ print(6) } print(7)", "(151) 6  7 ", EMPTY)]
#[case("try:{ raise_5 } except_4:{ print(6) } finally:{ print(8) } print(7)", " 8 ", "5")]
#[case("try:{ raise_5 } except_5:{ raise_6 } finally:{ print(8) }", " 8 ", "6")]
#[case("try:{ raise_5 } except_5_as_e:{ print(e) raise } else:{ print(9) } finally:{ print(8) }", " 5  8 ", "5")]
#[case("try:{ print(5) } except_5:{ print(6) } else:{ print(9) } finally:{ print(8) }", " 5  9  8 ", EMPTY)]
#[case("for_x_in_1:{ try:{ break } finally:{ print(8) } } else:{ print(9) }", " 8 ", EMPTY)]
#[case("for_x_in_1:{ try:{ raise_5 } finally:{ break } } print(7)", " 7 ", EMPTY)]
#[case("for_x_in_2:{ print(x) } else:{ print(9) }", " 1  1  9 ", EMPTY)]
#[case("while_0:{ print(1) } else:{ print(9) }", " 9 ", EMPTY)]
#[case("raise", EMPTY, "nothing")]
#[case("assert_0", EMPTY, "assert")]
#[case("print([x_for_x_in_3_if_x])", " 3 ", EMPTY)]
#[case("a,b_=_5 print(a_if_0_else_b) print(0_or_a_and_6)", " 5  6 ", EMPTY)]
fn blocks(#[case] text: &str, #[case] log: &str, #[case] error: &str) {
    let mut parser = Parser::new();
    parser.step(&python(text)).unwrap();
    let program = parser.finish();
    let toy = Toy::default();
    let mut trace = Trace::new();
    Machine::new(&toy, &program).run(Watch::Always, &mut trace).unwrap();
    let raised = match trace.observation(0).unwrap().outcome {
        program::Outcome::Raised(raised) => raised.message,
        _ => EMPTY.into(),
    };
    assert_eq!((toy.log.borrow().as_str(), &*raised), (log, error));
    let bare = Toy::default();
    Machine::new(&bare, &program).run_bare();
    assert_eq!(*bare.log.borrow(), log);
}

/// The lines that a text with braces stands for. An underscore is a space.
fn python(text: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0);
    for word in text.split(' ') {
        let line = match word.strip_suffix('{') {
            Some(manager) if !manager.ends_with(':') => format!("with {manager}:"),
            Some(statement) => statement.replace('_', " "),
            None => word.replace('_', " "),
        };
        match word {
            "}" => depth -= 1,
            _ => out += &format!("{:indent$}{line}\n", "", indent = depth * 4),
        }
        depth += usize::from(word.ends_with('{'));
    }
    out
}
