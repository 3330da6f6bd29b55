//! A program without a memoryview that every Python runs alike. An engine that does not has a runner that is wrong, and nothing
//! that it reports can be trusted.

use super::{Process, StartError};
use crate::reference::Reference;
use crate::{Engine, Facet, RunError, Watch};
use program::{Live, Observation, Outcome, Parser, Program, Trace, print};

/// Its steps.
const STEPS: &[&str] = &[
    "data = bytearray(b'abc')",
    "data[1]",
    "data[0] = 255",
    r"b'\x00\xff'",
    "'text'",
    "[1, (True, None), -5, 0.5]",
    "123456789012345678901234567890",
    "missing",
    "print('printed', 1)",
    "other = data",
    "del data",
    "data",
    "len(other)",
];

/// Runs the program and compares what the engine sees of it with what every Python does.
pub fn test(process: &mut Process) -> Result<(), StartError> {
    let name = process.about().name.clone();
    let mut parser = Parser::new();
    // That the steps can be parsed is tested below.
    let _ = STEPS.iter().try_for_each(|step| parser.step(step).map(drop));
    let program = parser.finish();
    let (mut expected, mut actual) = (Trace::new(), Trace::new());
    let profile = process.about().profile;
    let _ = Reference::new(profile).run(&program, Watch::Always, &mut expected);
    if let Err(error) = process.run(&program, Watch::Always, &mut actual) {
        return Err(match error {
            RunError::Unsupported { what, .. } => {
                StartError::Probe { name, reason: format!("it does not support {what}, which the smoke program needs") }
            }
            error => StartError::Probe { name, reason: format!("it does not run the smoke program: {error}") },
        });
    }
    let pairs = expected.observations().zip(actual.observations());
    let wrong = pairs.enumerate().find_map(|(step, (expected, actual))| {
        let (expected, actual) = (told(process, &program, &expected), told(process, &program, &actual));
        (expected != actual).then_some((step, expected, actual))
    });
    match wrong {
        None => Ok(()),
        Some((step, expected, actual)) => {
            let text = print::step(&program, step).trim_end().to_owned();
            Err(StartError::Smoke { name, step: step + 1, text, expected, actual })
        }
    }
}

/// What the engine sees of a step, as text. The wording of errors differs between Pythons.
fn told(process: &Process, program: &Program, seen: &Observation) -> String {
    let sees = |facet| process.about().sees.contains(facet);
    let mut text = match &seen.outcome {
        Outcome::Nothing => "no value".to_owned(),
        Outcome::Value(value) if sees(Facet::Value) => value.to_string(),
        Outcome::Value(_) => "a value".to_owned(),
        Outcome::Raised(raised) if sees(Facet::Exception) => raised.exception.clone(),
        Outcome::Raised(_) => "an error".to_owned(),
    };
    if sees(Facet::Printed) && !seen.printed.is_empty() {
        text += &format!(", printed `{}`", seen.printed);
    }
    for (name, live) in seen.live.iter().flatten().filter(|_| sees(Facet::Contents)) {
        if let (Live::Exporter { content, .. }, Some(name)) = (live, program.names.get(usize::from(*name))) {
            text += &format!(", `{name}` holds {}", program::bytes_literal(content));
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Abi, Profile, Version};

    #[test]
    fn the_reference_runs_it() {
        let mut parser = Parser::new();
        for step in STEPS {
            parser.step(step).unwrap();
        }
        let mut trace = Trace::new();
        let mut reference = Reference::new(Profile::new(Version::newest(), Abi::Lp64));
        reference.run(&parser.finish(), Watch::Always, &mut trace).unwrap();
        assert_eq!(trace.len(), STEPS.len());
    }
}
