//! The data of the page: all cases with what came of them, as small as can be.
//!
//! It is JSON, compressed and written as base64. Most results are equal to others, so each different one is listed once
//! in `outcomes`, of which the first is a pass. A case has pairs of an outcome and a group: `groups` lists the engines,
//! by their numbers, that share an outcome. What a claim of a file says stands once in `files`. What only an opened case
//! needs, its text and its scenes, is apart, so that the list is there sooner. The script makes scripts and drawings from
//! this when they are asked for.

use super::machinery;
use crate::report::causes::severity_word;
use crate::report::model::{Case, Document, Engine, EngineResult, Expect, Results, Scene, Status, Step, Verdict};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::{Compression, GzBuilder};
use serde::Serialize;
use std::collections::{BTreeMap, HashMap};
use std::io::{self, Write};

/// How much time is spent on compression, of 9. Higher levels take longer and gain little.
const LEVEL: u32 = 6;

/// The data of the list of cases, as the text of its element.
pub(super) fn pack(results: &Results) -> io::Result<String> {
    packed(&json(results)?)
}

/// What only an opened case needs, in the order of the cases, as the text of its element.
pub(super) fn details(results: &Results) -> io::Result<String> {
    let source = results.cases.iter().map(|case| case.source.as_deref()).collect();
    let views = results.cases.iter().map(|case| &case.views[..]).collect();
    packed(&serde_json::to_vec(&Details { source, views })?)
}

fn packed(json: &[u8]) -> io::Result<String> {
    let mut encoder = GzBuilder::new().write(Vec::new(), Compression::new(LEVEL));
    encoder.write_all(json)?;
    Ok(STANDARD.encode(encoder.finish()?))
}

/// Of each case its text, if it is known, and the scenes.
#[derive(Serialize)]
struct Details<'a> {
    source: Vec<Option<&'a str>>,
    views: Vec<&'a [Scene]>,
}

/// The data before it is compressed.
fn json(results: &Results) -> io::Result<Vec<u8>> {
    let mut packer = Packer::of(results);
    let mut cases = vec![];
    for case in &results.cases {
        cases.extend_from_slice(if cases.is_empty() { b"[" } else { b"," });
        serde_json::to_writer(&mut cases, &packer.case(case)?)?;
    }
    cases.extend_from_slice(if cases.is_empty() { b"[]" } else { b"]" });
    let mut out = vec![];
    let engines: Vec<_> = results.engines.iter().map(|engine| packed_engine(results, engine)).collect();
    let files: Vec<_> = results.documents.iter().map(packed_file).collect();
    write!(
        out,
        "{{\"schema\":{},\"complete\":{},\"abridged\":{},",
        results.schema, results.complete, results.abridged
    )?;
    let texts = |interned: &Interned| format!("[{}]", interned.texts.join(","));
    let members = [
        ("engines", serde_json::to_string(&engines)?),
        ("machinery", serde_json::to_string(&machinery::TEXTS)?),
        ("files", serde_json::to_string(&files)?),
        ("outcomes", texts(&packer.outcomes)),
        ("groups", texts(&packer.groups)),
    ];
    for (name, json) in members {
        write!(out, "\"{name}\":{json},")?;
    }
    out.extend_from_slice(b"\"cases\":");
    out.append(&mut cases);
    out.push(b'}');
    Ok(out)
}

/// Texts that are written once each, with their numbers.
#[derive(Default)]
struct Interned {
    texts: Vec<String>,
    numbers: HashMap<String, usize>,
}

impl Interned {
    fn number(&mut self, text: String) -> usize {
        if let Some(number) = self.numbers.get(&text) {
            return *number;
        }
        let number = self.texts.len();
        self.texts.push(text.clone());
        self.numbers.insert(text, number);
        number
    }
}

/// What is known while the cases are packed.
struct Packer<'a> {
    engines: HashMap<&'a str, usize>,
    files: HashMap<&'a str, usize>,
    /// The claims of each file, by their ids: their number, section and text.
    claims: Vec<HashMap<&'a str, (usize, &'a str, &'a str)>>,
    outcomes: Interned,
    groups: Interned,
}

impl<'a> Packer<'a> {
    fn of(results: &'a Results) -> Packer<'a> {
        let numbers = |names: Vec<&'a str>| names.into_iter().enumerate().map(|(at, name)| (name, at)).collect();
        let claims = |document: &'a Document| {
            let claims = document.claims.iter().enumerate();
            claims.map(|(at, claim)| (&claim.id[..], (at, &claim.section[..], &claim.claim[..]))).collect()
        };
        let mut outcomes = Interned::default();
        outcomes.number(r#"{"status":"pass"}"#.to_owned());
        Packer {
            engines: numbers(results.engines.iter().map(|engine| &engine.name[..]).collect()),
            files: numbers(results.documents.iter().map(|document| &document.file[..]).collect()),
            claims: results.documents.iter().map(claims).collect(),
            outcomes,
            groups: Interned::default(),
        }
    }

    /// The number of an outcome. A plain pass, which most are, is number 0.
    fn outcome(&mut self, case: &Case, result: &EngineResult) -> io::Result<usize> {
        if result.status == Status::Pass
            && result.reason.is_none()
            && result.wording.is_none()
            && result.steps.is_empty()
        {
            return Ok(0);
        }
        let outcome = PackedOutcome { result, severity: severity_word(case, result) };
        Ok(self.outcomes.number(serde_json::to_string(&outcome)?))
    }

    fn case(&mut self, case: &'a Case) -> io::Result<PackedCase<'a>> {
        let mut groups: BTreeMap<usize, Vec<usize>> = BTreeMap::new();
        for (name, result) in &case.results {
            if let Some(engine) = self.engines.get(&name[..]).copied() {
                groups.entry(self.outcome(case, result)?).or_default().push(engine);
            }
        }
        let mut outcomes = Vec::with_capacity(groups.len());
        for (outcome, mut engines) in groups {
            engines.sort_unstable();
            outcomes.push((outcome, self.groups.number(serde_json::to_string(&engines)?)));
        }
        let file = self.files.get(&case.file[..]).copied();
        let claim = file.and_then(|file| self.claims.get(file)?.get(case.claim_id()).copied());
        let step = |step: &'a Step| match step.expect.is_empty() {
            true => PackedStep::Bare(&step.run, step.line),
            false => PackedStep::Expecting(&step.run, step.line, &step.expect),
        };
        Ok(PackedCase {
            id: &case.id,
            file: file.unwrap_or_default(),
            line: case.line,
            claim: claim.map_or(0, |(number, ..)| number),
            says: Some(&case.claim[..]).filter(|says| claim.is_none_or(|(_, _, claim)| claim != *says)),
            section: Some(&case.section[..]).filter(|own| claim.is_none_or(|(_, section, _)| section != *own)),
            instead: (case.verdict == Verdict::Refuted).then(|| case.instead.as_deref().unwrap_or_default()),
            python: case.python.as_deref(),
            needs: &case.needs,
            observed: case.observed.as_deref(),
            steps: case.steps.iter().map(step).collect(),
            results: outcomes,
        })
    }
}

/// A case. A refuted one has `instead`; what is said here and not of its claim differs from it.
#[derive(Serialize)]
struct PackedCase<'a> {
    id: &'a str,
    file: usize,
    line: usize,
    claim: usize,
    #[serde(skip_serializing_if = "Option::is_none")]
    says: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    section: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instead: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    python: Option<&'a str>,
    #[serde(skip_serializing_if = "<[_]>::is_empty")]
    needs: &'a [String],
    #[serde(skip_serializing_if = "Option::is_none")]
    observed: Option<&'a [Vec<String>]>,
    steps: Vec<PackedStep<'a>>,
    results: Vec<(usize, usize)>,
}

/// The text of a step, its line, and what must happen if that is said.
#[derive(Serialize)]
#[serde(untagged)]
enum PackedStep<'a> {
    Bare(&'a str, usize),
    Expecting(&'a str, usize, &'a [Expect]),
}

/// A result, with how bad it is.
#[derive(Serialize)]
struct PackedOutcome<'a> {
    #[serde(flatten)]
    result: &'a EngineResult,
    #[serde(skip_serializing_if = "Option::is_none")]
    severity: Option<&'static str>,
}

/// What the page says of an engine.
fn packed_engine(results: &Results, engine: &Engine) -> serde_json::Value {
    serde_json::json!({
        "name": engine.name,
        "what": engine.description(),
        "implementation": engine.implementation,
        "version": engine.version,
        "compared": engine.compared,
        "level": engine.level,
        "tested": engine.is_tested(),
        "summary": results.summary.get(&engine.name),
    })
}

/// A file of cases with its claims: of each the id, the section and the text.
fn packed_file(document: &Document) -> serde_json::Value {
    let claims = document.claims.iter().map(|claim| [&claim.id, &claim.section, &claim.claim]);
    serde_json::json!({
        "file": document.file,
        "label": document.label(),
        "document": document.document.is_some(),
        "title": document.title,
        "area": document.area(),
        "claims": claims.collect::<Vec<_>>(),
    })
}

#[cfg(test)]
pub(super) mod tests;
