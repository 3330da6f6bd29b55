//! A finding on its way from a worker to the parent. Only the parent writes to the folder of a campaign.
//!
//! What a worker sends is data: programs and observations in their encodings. The parent decodes them, and makes the case
//! and the script of the finding itself.

use super::recipe::Settings;
use crate::findings::{Finding, Plain, Signature, Symptom};
use crate::laws;
use engine::About;
use program::{Observation, Program, Trace, decode, encode};
use serde::{Deserialize, Serialize};

/// What can't be unpacked: a worker sent something else.
#[derive(Debug, thiserror::Error)]
#[error("a finding that it sent can't be read: {0}")]
pub struct PackedError(String);

/// A finding of a program of the campaign.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Packed {
    /// Which of the campaign's programs it is.
    pub index: u64,
    /// What it is known by.
    pub signature: Signature,
    symptom: Symptom,
    program: Vec<u8>,
    original: Vec<u8>,
    expected: Option<Trace>,
    actual: Option<Trace>,
    stable: bool,
    /// Whether there was not the time to look into it to the end.
    pub unfinished: bool,
    law: Option<(String, usize)>,
    /// The plain program, what is expected of it, and what comes of its last step.
    plain: Option<(Vec<u8>, Option<Trace>, Option<Trace>)>,
}

impl Packed {
    /// The finding of the program of an index.
    pub fn new(finding: &Finding, index: u64) -> Packed {
        Packed {
            index,
            signature: finding.signature.clone(),
            symptom: finding.symptom.clone(),
            program: encode(&finding.program),
            original: encode(&finding.original),
            expected: finding.expected.as_deref().map(pack),
            actual: finding.actual.as_deref().map(pack),
            stable: finding.stable,
            unfinished: finding.unfinished,
            law: finding.law.map(|(law, from)| (law.name.to_owned(), from)),
            plain: finding.plain.as_ref().map(|plain| {
                let last =
                    plain.actual.clone().map(|outcome| Observation { outcome, printed: String::new(), live: None });
                (encode(&plain.program), plain.expected.as_deref().map(pack), last.map(|last| pack(&[last])))
            }),
        }
    }

    /// The same, not looked into to the end.
    pub fn unfinished(self) -> Packed {
        Packed { unfinished: true, ..self }
    }

    /// The finding of a campaign with these settings and engines.
    pub fn unpack(&self, settings: &Settings, engines: &[About; 2]) -> Result<Finding, PackedError> {
        let law = |(name, from): &(String, usize)| match laws::named(name) {
            Some(law) => Ok((law, *from)),
            None => Err(PackedError(format!("there is no law `{name}`"))),
        };
        let plain = |(bytes, expected, actual): &(Vec<u8>, Option<Trace>, Option<Trace>)| {
            let actual = actual.as_ref().map(unpack).transpose()?;
            Ok(Plain {
                program: program(bytes)?,
                expected: expected.as_ref().map(unpack).transpose()?,
                actual: actual.and_then(|mut actual| actual.pop()).map(|last| last.outcome),
            })
        };
        Ok(Finding {
            signature: self.signature.clone(),
            symptom: self.symptom.clone(),
            program: program(&self.program)?,
            original: program(&self.original)?,
            expected: self.expected.as_ref().map(unpack).transpose()?,
            actual: self.actual.as_ref().map(unpack).transpose()?,
            seed: Some(settings.seed),
            index: Some(settings.program(self.index)),
            engines: engines.clone(),
            level: settings.level,
            stable: self.stable,
            unfinished: self.unfinished,
            law: self.law.as_ref().map(law).transpose()?,
            plain: self.plain.as_ref().map(plain).transpose()?,
        })
    }
}

fn program(bytes: &[u8]) -> Result<Program, PackedError> {
    decode(bytes).map_err(|error| PackedError(error.to_string()))
}

fn pack(observations: &[Observation]) -> Trace {
    let mut trace = Trace::new();
    observations.iter().for_each(|observation| trace.write_observation(observation));
    trace
}

fn unpack(trace: &Trace) -> Result<Vec<Observation>, PackedError> {
    let observations: Vec<Observation> = trace.observations().collect();
    match observations.len() == trace.len() {
        true => Ok(observations),
        false => Err(PackedError("one of its observations can't be decoded".to_owned())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Level;
    use engine::reference::Reference;
    use engine::{Abi, Engine, Profile, Version, Watch};
    use program::Parser;

    #[test]
    fn a_finding_is_the_same_on_the_other_side() {
        let mut parser = Parser::new();
        for step in ["data = bytearray(b'ab')", "view = memoryview(data)[1:]", "view.tolist()", "view[9]"] {
            parser.step(step).unwrap();
        }
        let program = parser.finish();
        let mut reference = Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64));
        let mut trace = Trace::new();
        reference.run(&program, Watch::Always, &mut trace).unwrap();
        let engines = [reference.about().clone(), reference.about().clone()];
        let signature = Signature::from("a|b hang get".to_owned());
        let met = Finding::as_met(signature, Symptom::Hang, program, engines.clone(), Level::Type);
        let finding = Finding {
            expected: Some(trace.observations().collect()),
            seed: Some(7),
            index: Some(3),
            law: laws::named("hex-spells-bytes").map(|law| (law, 2)),
            plain: Some(Plain {
                program: met.program.clone(),
                expected: Some(trace.observations().collect()),
                actual: trace.observations().last().map(|last| last.outcome),
            }),
            ..met
        };
        let settings = Settings {
            engine: "a".into(),
            against: "b".into(),
            pythons: ["3.13.0".into(), "3.13.0".into()],
            seed: 7,
            shard: Some("2/3".parse().unwrap()),
            length: 14,
            level: Level::Type,
            guided: false,
            extent: None,
            generator: String::new(),
        };
        let sent = serde_json::to_string(&Packed::new(&finding, 3)).unwrap();
        let packed: Packed = serde_json::from_str(&sent).unwrap();
        let other = packed.unpack(&settings, &engines).unwrap();
        // The third program of the second shard of three.
        assert_eq!(other.index, Some(259));
        let other = Finding { index: finding.index, ..other };
        assert_eq!(format!("{other:?}"), format!("{finding:?}"));
        let mut no_trace = Trace::new();
        no_trace.end_step();
        for wrong in [
            Packed { program: vec![], ..packed.clone() },
            Packed { original: vec![1, 255], ..packed.clone() },
            Packed { actual: Some(no_trace), ..packed.clone() },
            Packed { law: Some(("none".into(), 0)), ..packed },
        ] {
            assert!(wrong.unpack(&settings, &engines).is_err());
        }
    }
}
