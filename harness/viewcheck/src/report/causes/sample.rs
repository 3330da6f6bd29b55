//! Results for tests, made from a few words.

use crate::compare::Level;
use crate::report::model::{Case, Claim, Document, Engine, Results, SCHEMA};
use serde_json::{Value, json};
use std::collections::BTreeMap;

/// A case in a file, with its steps, and what came of it on the engine `pypy`.
pub(crate) fn case(file: &str, id: &str, steps: &[&str], result: Value) -> Case {
    let steps: Vec<Value> = steps.iter().map(|run| json!({"run": run, "line": 1})).collect();
    let head = json!({"id": id, "file": file, "line": 1, "section": "s", "claim": "c", "verdict": "confirmed"});
    let mut case = head.as_object().unwrap().clone();
    case.insert("steps".to_owned(), steps.into());
    case.insert("results".to_owned(), json!({ "pypy": result }));
    serde_json::from_value(Value::Object(case)).unwrap()
}

/// A result that differs in a step.
pub(crate) fn fail(step: usize, facet: &str, expected: &str, actual: &str) -> Value {
    json!({"status": "fail", "facet": facet, "step": step, "expected": expected, "actual": actual, "reason": facet})
}

/// Results of PyPy 8.0.1, judged at the level `type`.
pub(crate) fn results(cases: Vec<Case>) -> Results {
    let engine = Engine {
        name: "pypy".to_owned(),
        implementation: "pypy".to_owned(),
        implementation_version: Some("8.0.1".to_owned()),
        version: Some("3.11.17".to_owned()),
        compared: vec![],
        level: Some(Level::Type),
        capabilities: vec![],
        lacks: Default::default(),
        sees: vec![],
        models: vec![],
    };
    let mut documents: Vec<Document> = vec![];
    for case in &cases {
        if documents.last().is_none_or(|document| document.file != case.file) {
            let (file, claims) = (case.file.clone(), vec![]);
            documents.push(Document { file, document: None, title: None, claims, left_out: vec![] });
        }
        let claims = &mut documents.last_mut().unwrap().claims;
        match claims.last_mut() {
            Some(claim) if claim.id == case.claim_id() => claim.cases += 1,
            _ => {
                claims.push(Claim { id: case.claim_id().to_owned(), section: "s".into(), claim: "c".into(), cases: 1 })
            }
        }
    }
    let mut results = Results {
        schema: SCHEMA,
        abridged: false,
        shards: None,
        engines: vec![engine],
        documents,
        cases,
        summary: BTreeMap::new(),
        problems: 0,
        refused: 0,
        not_run: 0,
        unbroken: vec![],
        changes: vec![],
        campaigns: vec![],
        enumerations: vec![],
        complete: true,
    };
    // This counts the statuses.
    results.restate("pypy", |_, _| ());
    results
}
