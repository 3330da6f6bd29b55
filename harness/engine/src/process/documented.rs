//! Tests that `docs/protocol.md` and `docs/protocol.schema.json` describe what is sent and read.

mod schema;

use super::command::Command;
use super::probe::understand;
use super::protocol::{self, Identity, Ran, Takes};
use super::session::Session;
use crate::Settings;
use crate::reference::Reference;
use crate::{Abi, Engine, Facet, Profile, Version, Watch};
use program::{Observation, Parser, Program, Trace, json};
use rstest::rstest;
use serde::Serialize;
use serde_json::{Value as Json, json};
use std::env;
use std::sync::atomic::AtomicBool;

const PAGE: &str = include_str!("../../../../docs/protocol.md");
const SCHEMA: &str = include_str!("../../../../docs/protocol.schema.json");
const FIRST: u64 = 17;

fn program(steps: &[&str]) -> Program {
    let mut parser = Parser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap_or_else(|error| panic!("{step}: {error:?}")));
    parser.finish()
}

/// The contents of the code block in that language in the section about a session.
fn block(language: &str) -> &'static str {
    let (_, section) = PAGE.split_once("\n## A session\n").unwrap();
    let (_, rest) = section.split_once(&format!("```{language}\n")).unwrap();
    rest.split_once("```").unwrap().0
}

/// The programs of the example.
fn programs() -> Vec<Program> {
    block("python").split("\n\n").map(|text| program(&text.lines().collect::<Vec<_>>())).collect()
}

/// The messages of the example: whether viewcheck writes it, and its contents.
fn messages() -> Vec<(bool, Json)> {
    let mut messages: Vec<(bool, String)> = vec![];
    for line in block("text").lines() {
        match (line.strip_prefix("> "), line.strip_prefix("< ")) {
            (Some(start), _) => messages.push((true, start.to_owned())),
            (_, Some(start)) => messages.push((false, start.to_owned())),
            _ => messages.last_mut().unwrap().1 += line.trim_start(),
        }
    }
    messages.into_iter().map(|(is_request, text)| (is_request, serde_json::from_str(&text).unwrap())).collect()
}

fn written(request: &impl Serialize) -> Json {
    serde_json::to_value(request).unwrap()
}

fn assert_valid(definition: &str, message: &Json) {
    let schema = serde_json::from_str(SCHEMA).unwrap();
    if let Some(problem) = schema::problem(&schema, definition, message) {
        panic!("{problem}");
    }
}

#[test]
fn the_example_is_what_is_sent_and_read() {
    let (messages, programs) = (messages(), programs());
    let [(true, probe), (false, identity), (true, run), (false, first), (false, second)] = messages.as_slice() else {
        panic!("{messages:#?}")
    };
    assert_eq!(*probe, written(&protocol::probe()));
    let identity: Identity = serde_json::from_value(identity.clone()).unwrap();
    assert_eq!(identity.takes, Takes::Operations);
    let sent: Vec<&Program> = programs.iter().collect();
    assert_eq!(*run, written(&protocol::run(FIRST, &sent, Watch::Always, identity.takes)));
    let python: Version = identity.version.parse().unwrap();
    let mut reference = Reference::new(Profile::new(python.modelled().unwrap(), Abi::Lp64));
    let (mut expected, mut actual) = (Trace::new(), Trace::new());
    for (index, (reply, ran)) in
        [(first, Ran::Whole), (second, Ran::Unsupported("`cast`".to_owned()))].iter().enumerate()
    {
        assert_eq!(protocol::ran(reply, FIRST + index as u64, &programs[index], &mut actual).as_ref(), Ok(ran));
        reference.run(&programs[index].prefix(actual.len()), Watch::Always, &mut expected).unwrap();
        let observations = |trace: &Trace| trace.observations().collect::<Vec<Observation>>();
        assert_eq!(observations(&actual), observations(&expected), "program {index}");
    }
}

#[test]
fn the_example_is_valid() {
    for (is_request, message) in messages() {
        assert_valid(if is_request { "request" } else { "reply" }, &message);
    }
}

/// Programs with every kind of constant, and of what a runner shows.
const SHOWN: &[&[&str]] = &[
    &["(None, True, -5, 1180591620717411303424, 0.5, complex(0, 1), 'a', b'\\x00', ..., [(), slice(1, None, -1)])"],
    &["x = bytearray(b'ab')", "memoryview(x)[::-1]", "memoryview(b'ab')", "del x", "x", "x = memoryview"],
    &["import array", "array.array('h', [1])", "array.array", "object()", "print('a', 1)"],
    &["data = bytearray(b'abc')", "view = memoryview(data)", "del data", "view[0] = 65", "view.release()", "view"],
    &["with memoryview(b'ab') as view:\n    x = view[0]", "memoryview(b'a').cast('B', shape=[1, 1])"],
];

#[test]
fn requests_and_the_replies_of_the_runner_are_valid() {
    let python = env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let command = Command::parse(&format!("python={python}")).unwrap();
    let settings = Settings::default();
    let mut session = Session::start(&command, settings.limits(), &settings).unwrap();
    let not_interrupted = AtomicBool::new(false);
    assert_valid("request", &written(&protocol::probe()));
    session.send(&protocol::probe());
    assert_valid("reply", &session.hear(&not_interrupted).unwrap());
    session.ready();
    let programs: Vec<Program> = SHOWN.iter().map(|steps| program(steps)).collect();
    let sent: Vec<&Program> = programs.iter().collect();
    for (watch, takes) in [(Watch::Always, Takes::Operations), (Watch::End, Takes::Text)] {
        let request = written(&protocol::run(FIRST, &sent, watch, takes));
        assert_valid("request", &request);
        session.send(&request);
        for (number, program) in (FIRST..).zip(&sent) {
            let reply = session.hear(&not_interrupted).unwrap();
            assert_valid("reply", &reply);
            assert_eq!(protocol::ran(&reply, number, program, &mut Trace::new()), Ok(Ran::Whole));
        }
    }
}

/// What is wrong in the schema's eyes is also refused when it is read. The first of each pair is right.
#[rstest]
#[case(r#"{"value": {"bytes": "6162"}}"#, r#"{"value": {"bytes": "616"}}"#)]
#[case(r#"{"value": {"bytes": ""}}"#, r#"{"value": {"bytes": "6g"}}"#)]
#[case(r#"{"value": 5}"#, r#"{"value": 0.5}"#)]
#[case(r#"{"value": {"int": "-5"}}"#, r#"{"value": {"int": 5}}"#)]
#[case(r#"{"value": {"int": "-0x5"}}"#, r#"{"value": {"int": "0x"}}"#)]
#[case(r#"{"value": {"float": "3fe0000000000000"}}"#, r#"{"value": {"float": "3fe"}}"#)]
#[case(r#"{"value": {"slice": [1, null, 2]}}"#, r#"{"value": {"slice": [1, 2]}}"#)]
#[case(r#"{"value": {"array": ["h", "0100"]}}"#, r#"{"value": {"array": ["hh", "0100"]}}"#)]
#[case(r#"{"value": {"tuple": []}}"#, r#"{"value": {"tuple": [], "bytes": ""}}"#)]
#[case(r#"{"value": {"tuple": []}}"#, r#"{"value": {"set": []}}"#)]
#[case(r#"{"value": {"view": {"offset": null}}}"#, r#"{"value": {"view": {"start": 0}}}"#)]
#[case(r#"{"value": {"view": "released"}}"#, r#"{"value": {"view": "open"}}"#)]
#[case(r#"{"raised": ["A", ""]}"#, r#"{"raised": ["A"]}"#)]
#[case(r#"{"printed": ""}"#, r#"{"printed": null}"#)]
#[case(r#"{"allocated": 0}"#, r#"{"allocated": -1}"#)]
#[case(r#"{"allocated": 1048609}"#, r#"{"allocated": "5"}"#)]
#[case(r#"{"live": {"x": {"content": ""}}}"#, r#"{"live": {"x": {"locked": true}}}"#)]
#[case(r#"{"live": {"x": {"released": true}}}"#, r#"{"live": {"x": {"released": 1}}}"#)]
#[case(
    r#"{"live": {"x": {"released": false, "over": {"content": ""}}}}"#,
    r#"{"live": {"x": {"released": false, "over": 1}}}"#
)]
fn the_schema_refuses_what_is_refused(#[case] right: &str, #[case] wrong: &str) {
    let (program, schema) = (program(&["x = 1"]), serde_json::from_str(SCHEMA).unwrap());
    for (text, is_right) in [(right, true), (wrong, false)] {
        let step: Json = serde_json::from_str(text).unwrap();
        let problem = schema::problem(&schema, "observation", &step);
        assert_eq!(problem.is_none(), is_right, "{text}: {problem:?}");
        let is_read = json::observation(&program, &step).is_ok() && json::allocated(&step).is_ok();
        assert_eq!(is_read, is_right, "{text}");
    }
}

/// The same of the reply to the probe.
#[rstest]
#[case(json!({"protocol": 2}))]
#[case(json!({"implementation": " "}))]
#[case(json!({"implementation": null}))]
#[case(json!({"version": "3.x.0"}))]
#[case(json!({"bits": 16}))]
#[case(json!({"sees": []}))]
#[case(json!({"sees": ["type of value"]}))]
#[case(json!({"sees": null}))]
#[case(json!({"takes": "bytes"}))]
#[case(json!({"modules": {}}))]
fn the_schema_refuses_an_identity_that_is_refused(#[case] wrong: Json) {
    let schema = serde_json::from_str(SCHEMA).unwrap();
    let command = Command::parse("toy=toy").unwrap();
    let right = json!({"protocol": 1, "implementation": "toy", "version": "3.13.0", "bits": 64, "sees": ["value"]});
    // A member that is `null` is left out.
    let mut changed = right.as_object().unwrap().clone();
    changed.extend(wrong.as_object().unwrap().clone());
    changed.retain(|_, member| !member.is_null());
    for (identity, is_right) in [(right, true), (Json::Object(changed), false)] {
        let problem = schema::problem(&schema, "identity", &identity);
        assert_eq!(problem.is_none(), is_right, "{identity}: {problem:?}");
        assert_eq!(understand(identity.clone(), &command).is_ok(), is_right, "{identity}");
    }
}

#[test]
fn the_schema_and_the_page_have_every_facet() {
    let schema: Json = serde_json::from_str(SCHEMA).unwrap();
    let listed = schema.pointer("/$defs/identity/properties/sees/items/enum").unwrap();
    let facets: Vec<&str> = Facet::ALL
        .iter()
        .filter(|facet| !facet.is_always_seen() && **facet != Facet::Leak)
        .map(|facet| facet.text())
        .collect();
    assert_eq!(*listed, json!(facets));
    for facet in facets {
        assert!(PAGE.contains(&format!("`{facet}`")), "{facet}");
    }
}

#[test]
fn the_page_has_the_limits() {
    let limits = [
        format!("| {} s |", Settings::default().limits().start.as_secs()),
        format!("| {} s |", Settings::default().limits().progress.as_secs()),
        format!("| {} GiB |", Settings::default().limits().memory >> 30),
        format!("up to {} requests of {} programs", "two", super::recover::BATCH),
        format!("version {} of", protocol::PROTOCOL),
    ];
    for limit in limits {
        assert!(PAGE.contains(&limit), "{limit}");
    }
    assert_eq!(super::recover::AHEAD, 2);
}
