//! Version 1 of the protocol: requests that a runner is sent, and what its replies must be. `docs/protocol.md` describes it.

use crate::Watch;
use program::operation::MODULES;
use program::{Kind, Outcome, Program, Trace, Value, json, print};
use serde::{Deserialize, Serialize};
use serde_json::Value as Json;
use std::collections::BTreeSet;

/// The version of the protocol.
pub const PROTOCOL: u32 = 1;

/// In which form a runner takes the steps of a program.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Takes {
    /// As Python text.
    #[default]
    Text,
    /// As operations, beside the text.
    Operations,
}

/// The first request: what are you?
#[derive(Serialize)]
pub struct Probe {
    probe: u32,
    modules: &'static [&'static str],
}

pub fn probe() -> Probe {
    Probe { probe: PROTOCOL, modules: MODULES }
}

/// The reply to it. What this version does not know is ignored.
#[derive(Debug, Deserialize)]
pub struct Identity {
    pub implementation: String,
    pub implementation_version: Option<String>,
    /// The version of the language, `MAJOR.MINOR.PATCH`.
    pub version: String,
    /// The bits of C's `long`.
    pub bits: u32,
    #[serde(default)]
    pub modules: BTreeSet<String>,
    #[serde(default)]
    pub can: BTreeSet<String>,
    #[serde(default)]
    pub sees: BTreeSet<String>,
    #[serde(default)]
    pub takes: Takes,
    /// The file that runs, for people: a command may start another one than its words say.
    #[serde(default)]
    pub executable: Option<String>,
    /// What is special about the build: `debug`, `free-threaded`, …
    #[serde(default)]
    pub build: BTreeSet<String>,
}

/// The request to run programs.
#[derive(Serialize)]
pub struct Run<'a> {
    run: u64,
    watch: &'static str,
    programs: Vec<ProgramText<'a>>,
}

#[derive(Serialize)]
struct ProgramText<'a> {
    names: &'a [Box<str>],
    modules: BTreeSet<&'static str>,
    steps: Vec<Step>,
}

#[derive(Serialize)]
struct Step {
    #[serde(skip_serializing_if = "String::is_empty")]
    text: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    operations: Option<Vec<Json>>,
    /// Whether the runner is to count what the step allocates.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    count: bool,
}

/// A request to run programs, the first of which has that number.
pub fn run<'a>(number: u64, programs: &[&'a Program], watch: Watch, takes: Takes) -> Run<'a> {
    let watch = match watch {
        Watch::Always => "always",
        Watch::End => "end",
    };
    Run { run: number, watch, programs: programs.iter().map(|program| text(program, takes)).collect() }
}

fn text(program: &Program, takes: Takes) -> ProgramText<'_> {
    let step = |index| {
        let (text, value) = print::parts(program, index);
        let operations = || program.step(index).iter().map(|operation| json::operation(program, operation)).collect();
        Step {
            text,
            value,
            operations: (takes == Takes::Operations).then(operations),
            count: program.is_counted(index),
        }
    };
    let steps = (0..program.steps.len()).map(step).collect();
    ProgramText { names: &program.names, modules: print::missing_modules(program), steps }
}

/// How a program was run.
#[derive(Debug, PartialEq, Eq)]
pub enum Ran {
    /// To its end.
    Whole,
    /// Up to a step that the runner can't do, for what it lacks.
    Unsupported(String),
}

/// Whether a reply is about a program before that one: it is one too many.
pub fn is_earlier(reply: &Json, number: u64) -> Option<u64> {
    reply.get("ran").and_then(Json::as_u64).filter(|ran| *ran < number)
}

/// Reads the reply about a program of that number into a trace.
///
/// # Errors
///
/// When it is not in the format, or about something else; the reason is a sentence about "it".
pub fn ran(reply: &Json, number: u64, program: &Program, trace: &mut Trace) -> Result<Ran, String> {
    trace.clear();
    match reply.get("ran").and_then(Json::as_u64) {
        Some(ran) if ran == number => {}
        Some(ran) => return Err(format!("its reply is about program {ran}, not {number}")),
        None => return Err("its reply has no number `ran`".to_owned()),
    }
    let Some(Json::Array(steps)) = reply.get("steps") else { return Err("its reply has no list `steps`".to_owned()) };
    let (expected, found) = (program.steps.len(), steps.len());
    let unsupported = match reply.get("unsupported") {
        None if found == expected => None,
        None => return Err(format!("its reply has {found} steps, but the program has {expected}")),
        Some(Json::String(what)) if found < expected => Some(what),
        Some(_) => return Err("its reply has all steps, or no text, beside `unsupported`".to_owned()),
    };
    for (index, step) in steps.iter().enumerate() {
        let mut seen = json::observation(program, step)
            .map_err(|error| format!("its reply is wrong in step {}: {error}", index + 1))?;
        let allocated =
            json::allocated(step).map_err(|error| format!("its reply is wrong in step {}: {error}", index + 1))?;
        if let Some(bytes) = allocated.filter(|_| program.is_counted(index)) {
            trace.note_allocated(bytes);
        }
        let last = program.last_operation(index).and_then(|at| program.operations.get(at));
        match (last.map(|operation| operation.kind), &seen.outcome) {
            // Hashes are salted; only what compares equal can be told from them.
            (Some(Kind::Hash | Kind::Id), Outcome::Value(Value::Int(_) | Value::Big(_))) => {
                seen.outcome = Outcome::Value(Value::Hash)
            }
            // How much garbage there was is not the program's doing.
            (Some(Kind::Collect), Outcome::Value(_)) => seen.outcome = Outcome::Value(Value::None),
            _ => {}
        }
        trace.write_observation(&seen);
    }
    Ok(unsupported.map_or(Ran::Whole, |what| Ran::Unsupported(what.clone())))
}
