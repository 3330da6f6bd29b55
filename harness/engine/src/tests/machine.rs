//! `with` blocks as the machine runs them, over a runtime of nothing but ints.

use crate::Watch;
use crate::machine::{Machine, Performed, Runtime, Stop};
use program::{Kind, Operation, Parser, Trace, Value};
use rstest::rstest;

/// A runtime in which `1` is a manager that lets errors pass, `2` one that swallows them, `3` one that raises when it is left,
/// and `4` none. A block is told when it is entered and left; an error is the text of its name.
#[derive(Default)]
struct Toy {
    log: String,
}

impl Runtime for &mut Toy {
    type Object = i64;
    type Error = String;
    type Block = i64;

    fn constant(&mut self, value: &Value) -> Result<i64, Stop<String>> {
        match value {
            Value::Int(value) => Ok(*value),
            _ => Ok(0),
        }
    }

    fn perform(&mut self, operation: &Operation, _operands: &[i64]) -> Performed<Self> {
        Err(Stop::Raised(operation.kind.row().name.to_owned()))
    }

    fn unbound(&mut self, name: &str) -> Result<i64, Stop<String>> {
        Err(Stop::Raised(name.to_owned()))
    }

    fn unbind(&mut self, name: &str) -> Stop<String> {
        Stop::Raised(format!("del {name}"))
    }

    fn enter(&mut self, manager: i64) -> Result<(i64, i64), Stop<String>> {
        if manager == 4 {
            return Err(Stop::Raised("enter".to_owned()));
        }
        self.log += &format!("({manager}");
        Ok((manager, manager))
    }

    fn exit(&mut self, manager: i64, raised: Option<String>) -> Result<(), Stop<String>> {
        self.log += &format!("{}{manager})", raised.as_deref().unwrap_or_default());
        match (manager, raised) {
            (3, _) => Err(Stop::Raised("exit".to_owned())),
            (1, Some(error)) => Err(Stop::Raised(error)),
            _ => Ok(()),
        }
    }

    fn print(&mut self, _operation: &Operation, operands: &[i64], out: &mut String) -> Result<i64, Stop<String>> {
        out.push_str(&format!("{}\n", operands[0]));
        self.log += &format!(" {} ", operands[0]);
        Ok(0)
    }

    fn record(&self, _names: &[Option<i64>], object: &i64, trace: &mut Trace) {
        trace.int(*object);
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
fn blocks(#[case] text: &str, #[case] log: &str, #[case] error: &str) {
    let mut parser = Parser::new();
    parser.step(&python(text)).unwrap();
    let program = parser.finish();
    let mut toy = Toy::default();
    let mut trace = Trace::new();
    Machine::new(&mut toy, &program).run(Watch::Always, &mut trace).unwrap();
    let raised = match trace.observation(0).unwrap().outcome {
        program::Outcome::Raised(raised) => raised.message,
        _ => EMPTY.into(),
    };
    assert_eq!((&*toy.log, &*raised), (log, error));
    let mut bare = Toy::default();
    Machine::new(&mut bare, &program).run_bare();
    assert_eq!(bare.log, log);
    assert!(program.operations.iter().any(|operation| operation.kind == Kind::Enter));
}

/// The lines that a text with braces stands for.
fn python(text: &str) -> String {
    let (mut out, mut depth) = (String::new(), 0);
    for word in text.split(' ') {
        let line = match word.strip_suffix('{') {
            Some(manager) => format!("with {manager}:"),
            None => word.to_owned(),
        };
        match word {
            "}" => depth -= 1,
            _ => out += &format!("{:indent$}{line}\n", "", indent = depth * 4),
        }
        depth += usize::from(word.ends_with('{'));
    }
    out
}
