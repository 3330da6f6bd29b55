use super::*;
use crate::{Kind, decode, decode_case, encode, print};
use rstest::rstest;

fn program(steps: &[&str]) -> Program {
    let mut parser = SourceParser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap_or_else(|error| panic!("{step}: {error:?}")));
    parser.finish()
}

fn refused(text: &str) -> (String, String) {
    let mut parser = SourceParser::new();
    parser.step("kept = 1").unwrap();
    let error = parser.step(text).expect_err("the text should be refused");
    // Nothing is left of a step that is refused.
    assert_eq!(parser.finish(), program(&["kept = 1"]));
    (text[error.range].to_owned(), error.message)
}

#[rstest]
#[case("x = 1", &["x"])]
#[case("a, (b, *c) = d = value", &["a", "b", "c", "d"])]
#[case("x.y = z[0] = 1", &[])]
#[case("x += 1", &["x"])]
#[case("x: int = 1", &["x"])]
#[case("for a, b in c:\n    d = 1\nelse:\n    e = 1", &["a", "b", "d", "e"])]
#[case("while a:\n    b = 1", &["b"])]
#[case("if a:\n    b = 1\nelif c:\n    d = 1\nelse:\n    e = 1", &["b", "d", "e"])]
#[case("with a as b, c as (d, e):\n    f = 1", &["b", "d", "e", "f"])]
#[case("try:\n    a = 1\nexcept B as c:\n    d = 1\nfinally:\n    e = 1", &["a", "d", "e"])]
#[case("match a:\n    case [b, *c]: pass\n    case {'d': e, **f}: pass\n    case G(h=i) as j: pass", &["b", "c", "e", "f", "j", "i"])]
#[case("def f(a, b=(c := 1)):\n    d = 1\n    global e\n    e = 2", &["f", "c", "e"])]
#[case("@(a := b)\nclass C(D):\n    e = 1\n    def f(self): g = 1", &["C", "a"])]
#[case("async def f():\n    async with a as b: pass", &["f"])]
#[case("[a for a in b if (c := a)]", &["c"])]
#[case("lambda a: (b := a)", &[])]
#[case("print(x := 1)", &["x"])]
#[case("import os\nfrom io import *\nfrom io import BytesIO as made", &[])]
#[case("del x", &[])]
// Python binds the letters that the ligature stands for.
#[case("\u{fb01} = 1", &["fi"])]
fn names_are_those_of_the_module(#[case] text: &str, #[case] names: &[&str]) {
    let program = program(&[text]);
    let (mut found, mut expected): (Vec<&str>, _) =
        (program.names.iter().map(|name| &**name).collect(), names.to_vec());
    found.sort_unstable();
    expected.sort_unstable();
    assert_eq!(found, expected);
    assert_eq!(
        program.operations[0].binds().count(),
        names.len() + usize::from(print::parts(&program, 0).1.is_some_and(|value| names.contains(&&*value)))
    );
}

#[rstest]
#[case("x", "", Some("x"))]
#[case("x = 1\n", "x = 1", Some("x"))]
#[case("x: int = 1", "x: int = 1", Some("x"))]
#[case("x: int", "x: int", None)]
#[case("x += 1", "x += 1", Some("x"))]
#[case("x = y = 1", "x = y = 1", None)]
#[case("x, y = 1, 2", "x, y = 1, 2", None)]
#[case("x[0] = 1", "x[0] = 1", None)]
#[case("a = 1; b(a)  # c", "a = 1; ", Some("b(a)"))]
#[case("def f():\n    return 1\n\nf()\n", "def f():\n    return 1\n\n", Some("f()"))]
#[case("if a:\n    b()", "if a:\n    b()", None)]
#[case("(a,\n b)", "", Some("(a,\n b)"))]
#[case("*a, b", "", Some("(*a, b)"))]
#[case("a, b", "", Some("(a, b)"))]
#[case("import os", "import os", None)]
#[case("pass", "pass", None)]
fn a_step_has_statements_and_a_value(#[case] text: &str, #[case] statements: &str, #[case] value: Option<&str>) {
    let program = program(&[text]);
    assert_eq!(print::parts(&program, 0), (statements.to_owned(), value.map(str::to_owned)));
    assert_eq!(program.operations[0].is_statement(), value.is_none());
}

#[rstest]
#[case("x = ", "", "this is not Python: ")]
#[case("# nothing", "# nothing", "the step has no statement")]
#[case("x = 'a\0'", "\0", "Python text can't hold a NUL character")]
#[case(&"(".repeat(100), "(", "brackets nest deeper than 64 here")]
#[case(&format!("x = {}1", "-".repeat(600)), "-", "a statement can chain at most 512 operators")]
#[case(&(0..1100).map(|index| format!("x{index} = 1\n")).collect::<String>(), "x0 = 1\n", "a program can have at most 1024 names")]
fn what_is_no_step_is_refused(#[case] text: &str, #[case] blamed: &str, #[case] message: &str) {
    let (found, told) = refused(text);
    assert!(found.starts_with(blamed) && told.starts_with(message), "{found}: {told}");
}

#[test]
fn nothing_but_a_case_has_such_steps() {
    let whole = program(&["import os", "x = os.getpid()", "x"]);
    let bytes = encode(&whole);
    assert_eq!(decode_case(&bytes).as_ref().ok(), Some(&whole));
    let refusal = decode(&bytes).unwrap_err().to_string();
    assert!(refusal.contains("part of a case with `language: python` alone"), "{refusal}");
    assert!(crate::Parser::new().step("os = 1\nos.getpid").is_ok() && !crate::Parser::new().finish().is_source());
}

/// What is sent to the process that runs a case can't mix such steps with others, which a policy holds.
#[rstest]
#[case::another_operation(|program: &mut Program| program.operations[0].kind = Kind::Plain)]
#[case::no_text(|program: &mut Program| program.operations[0].operands.clear())]
#[case::a_name_for_a_text(|program: &mut Program| program.operations[0].operands.swap(0, 2))]
#[case::keywords(|program: &mut Program| program.operations[0].keywords = Some(Box::new([])))]
#[case::two_in_a_step(|program: &mut Program| program.steps = vec![2])]
#[case::none_in_a_step(|program: &mut Program| program.steps = vec![1, 1, 2])]
fn a_program_is_in_any_python_or_is_not(#[case] damage: fn(&mut Program)) {
    let mut damaged = program(&["x = 1", "x"]);
    assert!(decode_case(&encode(&damaged)).is_ok());
    damage(&mut damaged);
    assert!(decode_case(&encode(&damaged)).is_err());
}
