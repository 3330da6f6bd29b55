//! Constants come back as they were written, and what a runner may send by mistake is refused with its reason.

use super::*;
use crate::parse::Parser;
use rstest::rstest;
use serde_json::from_str;

fn program(steps: &[&str]) -> Program {
    let mut parser = Parser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    parser.finish()
}

#[rstest]
#[case("None", "null")]
#[case("-5", "-5")]
#[case("2**53", r#"{"int":"9007199254740992"}"#)]
#[case("18446744073709551616", r#"{"int":"18446744073709551616"}"#)]
#[case("1.0", r#"{"float":"3ff0000000000000"}"#)]
#[case(r"b'\xffa'", r#"{"bytes":"ff61"}"#)]
#[case("'\\xe9'", "\"\u{e9}\"")]
#[case("(1, [True, ()])", r#"{"tuple":[1,[true,{"tuple":[]}]]}"#)]
#[case("slice(1, None, ...)", r#"{"slice":[1,null,{"ellipsis":true}]}"#)]
#[case("memoryview", r#"{"type":"memoryview"}"#)]
fn constants_are_written_and_read(#[case] text: &str, #[case] written: &str) {
    let program = program(&[&format!("x = {}", text.replace("2**53", "9007199254740992"))]);
    let Some(Operand::Value(constant)) = program.operations[0].operands.first() else { panic!("{program:?}") };
    assert_eq!(value(constant).to_string(), written);
    assert_eq!(read(&program, &from_str(written).unwrap(), 0).unwrap(), *constant);
}

#[test]
fn an_operation_is_written() {
    let program = program(&["v = memoryview(b'ab')", "v.tobytes(order='C')"]);
    let written: Vec<String> = program.operations.iter().map(|one| operation(&program, one).to_string()).collect();
    let expected = [
        r#"{"do":"memoryview","with":[{"const":{"bytes":"6162"}}],"to":"v"}"#,
        r#"{"do":"tobytes","with":[{"name":"v"},{"const":"C"}],"keywords":["order"]}"#,
    ];
    assert_eq!(written, expected);
}

#[test]
fn an_observation_is_read() {
    let program = program(&["data = bytearray(2)", "v = memoryview(data)"]);
    let json = r#"{"value": {"view": {"of": "data", "offset": 1, "format": "B", "itemsize": 1, "readonly": true,
        "shape": [1], "strides": [-1], "suboffsets": []}}, "printed": "a",
        "live": {"v": {"released": false, "over": {"content": "00", "locked": true}}, "data": {"content": "0102"}}}"#;
    let seen = observation(&program, &from_str(json).unwrap()).unwrap();
    let Outcome::Value(Value::View(view)) = seen.outcome else { panic!("{:?}", seen.outcome) };
    assert_eq!((view.root, view.offset, view.readonly, view.strides), (Root::Named(0), Offset::At(1), true, vec![-1]));
    let live = [
        (0, Live::Exporter { locked: false, content: [1, 2].into() }),
        (1, Live::View { released: false }),
        (1, Live::ViewOfUnnamed { locked: true, content: [0].into() }),
    ];
    assert_eq!((seen.printed.as_str(), seen.live.as_deref()), ("a", Some(&live[..])));
    let nothing = observation(&program, &json!({})).unwrap();
    assert_eq!(nothing, Observation { outcome: Outcome::Nothing, printed: String::new(), live: None });
}

#[rstest]
#[case(r#"{"offset": 1}"#, Offset::At(1))]
#[case(r#"{"offset": -2}"#, Offset::At(-2))]
#[case(r#"{"offset": null}"#, Offset::Outside)]
#[case("{}", Offset::Unknown)]
fn an_offset_that_is_absent_is_not_known(#[case] view: &str, #[case] offset: Offset) {
    let json = json!({ "value": { "view": from_str::<Json>(view).unwrap() } });
    match observation(&program(&[]), &json).unwrap().outcome {
        Outcome::Value(Value::View(view)) => assert_eq!(view.offset, offset),
        other => panic!("{other:?}"),
    }
}

#[rstest]
#[case("5", "a step is 5, not an object")]
#[case(r#"{"value": 1, "raised": ["A", "b"]}"#, "a step has both `value` and `raised`")]
#[case(r#"{"raised": "A"}"#, "`raised` is \"A\", not the name of an exception and its text")]
#[case(r#"{"value": 1.5}"#, "the number 1.5 is not an int")]
#[case(r#"{"value": {"int": "x"}}"#, "{\"int\"")]
#[case(r#"{"value": {"float": "1.0"}}"#, "\"1.0\" is not the 16 hexadecimal digits of a float")]
#[case(r#"{"value": {"bytes": "abc"}}"#, "\"abc\" is not hexadecimal")]
#[case(r#"{"value": {"bytes": "\u00e9\u00e9"}}"#, "\"\u{e9}\u{e9}\" is not hexadecimal")]
#[case(r#"{"value": {"slice": [1, 2]}}"#, "a slice does not have three parts")]
#[case(r#"{"value": {"set": [1]}}"#, "there is no kind of value `set`")]
#[case(r#"{"value": {}}"#, "the value {} does not have exactly one key")]
#[case(r#"{"value": {"view": {"of": "w"}}}"#, "the program has no name `w`")]
#[case(r#"{"value": {"view": {"colour": 1}}}"#, "a view has no `colour`")]
#[case(r#"{"value": {"view": {"shape": [1, "2"]}}}"#, "\"2\" is not an int of 64 bits")]
#[case(r#"{"live": {"w": {"content": ""}}}"#, "the program has no name `w`")]
#[case(r#"{"live": {"v": {"content": 1}}}"#, "`content` is 1, not a text")]
#[case(r#"{"live": {"v": {"released": 1}}}"#, "`released` is 1, not true or false")]
fn what_is_wrong_is_said(#[case] json: &str, #[case] words: &str) {
    let program = program(&["v = memoryview(b'')"]);
    let error = observation(&program, &from_str(json).unwrap()).unwrap_err().to_string();
    let words = words.replace("{\"int\"", "\"x\" is not an int");
    assert_eq!(error, words);
}

#[test]
fn deep_nesting_is_refused() {
    let mut deep = json!(1);
    for _ in 0..300 {
        deep = json!([deep]);
    }
    let error = observation(&program(&["1"]), &json!({ "value": deep })).unwrap_err().to_string();
    assert_eq!(error, "a value is nested too deeply");
}
