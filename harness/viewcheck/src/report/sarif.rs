//! SARIF 2.1.0, for tools that show results in the lines of files, such as code scanning on GitHub.
//!
//! A result is a case that does not pass on an engine, at the step in its file of cases. Its rule is how bad it is. A
//! known divergence is suppressed, with the reason of its entry. What passes, is skipped or is open is left out. The few
//! types of the format that are needed are written out here: a crate of them is made from the schema at build time, and
//! is larger than this program.

use super::Format;
use super::causes::{Divergence, Severity, severity_of};
use super::escape::{sarif as message, uri, visible};
use super::model::{Case, Engine, EngineResult, Results, Status};
use serde_json::{Value, json};
use std::io::{self, Write};

/// SARIF 2.1.0.
pub struct Sarif;

impl Format for Sarif {
    fn name(&self) -> &'static str {
        "sarif"
    }

    /// None: it is written only where `--sarif` says.
    fn file(&self) -> Option<&'static str> {
        None
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(super::to_json(&log(results)).as_bytes())
    }
}

/// What a result is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rule {
    /// A difference, a crash or a hang.
    Severity(Severity),
    /// An entry of known divergences that is out of date.
    Stale,
    /// An engine did not run a case because of an error.
    Error,
}

impl Rule {
    fn all() -> impl Iterator<Item = Rule> {
        Severity::ALL.into_iter().map(Rule::Severity).chain([Rule::Stale, Rule::Error])
    }

    /// The rule of a result, if it is one that is told.
    fn of(case: &Case, result: &EngineResult) -> Option<Rule> {
        match result.status {
            Status::Pass | Status::Skip | Status::Open => None,
            Status::Stale => Some(Rule::Stale),
            Status::Error => Some(Rule::Error),
            Status::Fail | Status::Known | Status::Crash | Status::Hang => {
                Divergence::of(case, result).map(|divergence| Rule::Severity(severity_of(&divergence)))
            }
        }
    }

    /// Its identifier: stable, because tools remember what was dismissed.
    fn id(self) -> String {
        match self {
            Rule::Severity(severity) => severity.word().replace(' ', "-"),
            Rule::Stale => "stale-known-divergence".to_owned(),
            Rule::Error => "engine-error".to_owned(),
        }
    }

    fn sentence(self) -> &'static str {
        match self {
            Rule::Severity(severity) => severity.sentence(),
            Rule::Stale => "A case passes although a list of known divergences has it.",
            Rule::Error => "An engine did not run a case because of an error.",
        }
    }

    fn level(self) -> &'static str {
        match self {
            Rule::Severity(Severity::ErrorType | Severity::Wording) | Rule::Stale => "warning",
            Rule::Severity(_) | Rule::Error => "error",
        }
    }
}

fn log(results: &Results) -> Value {
    let rules = Rule::all().map(|rule| {
        json!({
            "id": rule.id(),
            "shortDescription": { "text": rule.sentence() },
            "defaultConfiguration": { "level": rule.level() },
        })
    });
    let driver = json!({
        "name": "viewcheck",
        "version": env!("CARGO_PKG_VERSION"),
        "informationUri": env!("CARGO_PKG_REPOSITORY"),
        "rules": rules.collect::<Vec<_>>(),
    });
    let mut notes: Vec<Value> = results.unbroken.iter().map(|sentence| note("warning", sentence)).collect();
    if !results.complete {
        notes.push(note("error", "The run is not complete. What is missing is not reported."));
    } else if let Some(why) = results.incomplete() {
        notes.push(note("note", &format!("The results are not complete: {why}.")));
    }
    let told = results.cases.iter().flat_map(|case| {
        let on = |engine| result(case, engine, case.result(engine)?);
        results.engines.iter().filter_map(on).collect::<Vec<_>>()
    });
    let engines = results.engines.iter().map(|engine| format!("{} ({})", engine.name, engine.description()));
    json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": driver },
            "invocations": [{ "executionSuccessful": results.complete, "toolExecutionNotifications": notes }],
            "columnKind": "unicodeCodePoints",
            "results": told.collect::<Vec<_>>(),
            "properties": { "engines": engines.map(|engine| visible(&engine)).collect::<Vec<_>>() },
        }],
    })
}

fn note(level: &str, sentence: &str) -> Value {
    json!({ "level": level, "message": { "text": message(sentence) } })
}

/// A case that does not pass on an engine.
fn result(case: &Case, engine: &Engine, result: &EngineResult) -> Option<Value> {
    let rule = Rule::of(case, result)?;
    let index = Rule::all().position(|other| other == rule);
    let step = result.failed_step(case).and_then(|(_, step)| step);
    let reason = result.reason.as_deref().unwrap_or_default();
    let what = match (&result.expected, &result.actual) {
        (Some(expected), Some(actual)) => format!("expected {expected}, got {actual}"),
        _ => reason.to_owned(),
    };
    let text = match step {
        Some(step) => format!("{} on {}: {what}; in `{}`; {}", case.id, engine.name, step.run, case.claim),
        None => format!("{} on {}: {what}; {}", case.id, engine.name, case.claim),
    };
    let mut file = json!({ "uri": uri(&case.file) });
    if !case.file.starts_with('/') {
        file["uriBaseId"] = "%SRCROOT%".into();
    }
    let mut result_of = json!({
        "ruleId": rule.id(),
        "ruleIndex": index,
        "level": rule.level(),
        "message": { "text": message(&text) },
        "locations": [{
            "physicalLocation": {
                "artifactLocation": file,
                "region": { "startLine": step.map_or(case.line, |step| step.line).max(1) },
            },
            "logicalLocations": [{ "fullyQualifiedName": visible(&case.id), "kind": "case" }],
        }],
        "partialFingerprints": { "caseAndEngine/v1": visible(&format!("{} on {}", case.id, engine.name)) },
        "properties": { "engine": visible(&engine.name), "status": result.status.word() },
    });
    if result.status == Status::Known {
        result_of["suppressions"] = json!([{ "kind": "external", "justification": visible(reason) }]);
    }
    Some(result_of)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::causes::sample::{case, fail, results};

    fn told(results: &Results) -> Vec<Value> {
        let mut out = vec![];
        Sarif.render(results, &mut out).unwrap();
        let log: Value = serde_json::from_slice(&out).unwrap();
        log["runs"][0]["results"].as_array().unwrap().clone()
    }

    #[test]
    fn what_does_not_pass_is_told_at_its_step() {
        let steps = &["m = memoryview(b'abc')", "m[0]"];
        let mut results = results(vec![
            case("spec/a.yaml", "wrong", steps, fail(2, "value", "97", "98")),
            case(
                "/tmp/a b.yaml",
                "dies",
                steps,
                json!({"status": "crash", "reason": "the engine `x` crashed: SIGSEGV"}),
            ),
            case("b.yaml", "known", steps, json!({"status": "known", "facet": "message", "reason": "why"})),
            case("b.yaml", "fine", steps, json!({"status": "pass"})),
            case("b.yaml", "not-run", steps, json!({"status": "skip", "reason": "why"})),
        ]);
        results.cases[0].steps[1].line = 7;
        let told = told(&results);
        let ids: Vec<&str> = told.iter().map(|result| result["ruleId"].as_str().unwrap()).collect();
        assert_eq!(ids, ["wrong-bytes", "crash", "wording"]);
        let place = |index: usize| &told[index]["locations"][0]["physicalLocation"];
        assert_eq!(place(0)["region"]["startLine"], 7);
        assert_eq!(place(0)["artifactLocation"], json!({"uri": "spec/a.yaml", "uriBaseId": "%SRCROOT%"}));
        assert_eq!(place(1)["artifactLocation"], json!({"uri": "file:///tmp/a%20b.yaml"}));
        let text = told[0]["message"]["text"].as_str().unwrap();
        assert_eq!(text, "wrong on pypy: expected 97, got 98; in `m[0]`; c");
        assert_eq!(told[0]["partialFingerprints"]["caseAndEngine/v1"], "wrong on pypy");
        assert!(told[0].get("suppressions").is_none());
        assert_eq!(told[2]["suppressions"][0]["justification"], "why");
    }

    #[test]
    fn rules_are_found_by_their_index() {
        let results = results(vec![case("a.yaml", "lost", &["1"], json!({"status": "error", "reason": "why"}))]);
        let log = log(&Results { complete: false, ..results });
        let run = &log["runs"][0];
        let index = usize::try_from(run["results"][0]["ruleIndex"].as_u64().unwrap()).unwrap();
        assert_eq!(run["tool"]["driver"]["rules"][index]["id"], "engine-error");
        assert_eq!(run["invocations"][0]["executionSuccessful"], false);
    }
}
