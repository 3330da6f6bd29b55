//! Results of a run, from the cases and what came of them.

use super::{
    Case, Claim, Document, Engine, EngineResult, Expect, LeftOut, Results, SCHEMA, Status, Step, Verdict, Wording,
};
use crate::check::{self, Against, CaseRun, Run, Scenes};
use crate::compare::{Level, usual_level};
use crate::difference::{self as describe, Difference};
use cases::{Bounds, Expectation, Expected, Requirement, Suite};
use program::{Name, Program};
use std::collections::BTreeMap;

/// How a run was done, which the run itself does not say.
#[derive(Clone, Copy, Debug)]
pub struct Scope {
    /// How strictly all engines were judged; `None` where each was as is usual for it.
    pub level: Option<Level>,
    /// Whether it was interrupted.
    pub interrupted: bool,
}

impl Results {
    /// What came of a run of a suite.
    pub fn of_run(suite: &Suite, run: &Run, scope: Scope) -> Results {
        let engine = |about| {
            let level = scope.level.unwrap_or_else(|| usual_level([about]));
            Engine { level: Some(level), ..Engine::from(about) }
        };
        let mut results = Results { engines: run.engines.iter().map(engine).collect(), ..Results::empty(suite) };
        let mut scenes = Scenes::default();
        // Of an interrupted run the last documents, and the last cases of a document, may be missing.
        for (index, document) in suite.documents.iter().enumerate() {
            let runs = run.documents.get(index).map_or(&[][..], Vec::as_slice);
            let first = results.cases.len();
            for (case, run) in document.cases.iter().zip(runs) {
                let views = scenes.of(case);
                results.cases.push(Case { views, ..filled(bare(document, case), run, &results.engines) });
            }
            results.documents.push(outline(document, &results.cases[first..]));
        }
        let all: usize = suite.documents.iter().map(|document| document.cases.len()).sum();
        results.not_run = all - results.cases.len();
        results.complete = !scope.interrupted && results.problems == 0 && results.not_run == 0;
        results.recount();
        results
    }

    /// All cases of a suite, run on no engine.
    pub fn of_suite(suite: &Suite) -> Results {
        let mut results = Results::empty(suite);
        for document in &suite.documents {
            let first = results.cases.len();
            results.cases.extend(document.cases.iter().map(|case| bare(document, case)));
            results.documents.push(outline(document, &results.cases[first..]));
        }
        results.complete = results.problems == 0;
        results
    }

    fn empty(suite: &Suite) -> Results {
        Results {
            schema: SCHEMA,
            abridged: false,
            shards: None,
            engines: vec![],
            documents: vec![],
            cases: vec![],
            summary: BTreeMap::new(),
            problems: suite.problems.len(),
            refused: suite.documents.iter().map(|document| document.refused).sum(),
            not_run: 0,
            unbroken: vec![],
            changes: vec![],
            campaigns: vec![],
            enumerations: vec![],
            complete: false,
        }
    }
}

/// A document with the claims of those of its cases that were run.
fn outline(document: &cases::Document, cases: &[Case]) -> Document {
    let mut claims: Vec<Claim> = vec![];
    for (case, written) in cases.iter().zip(&document.cases) {
        match claims.last_mut() {
            Some(claim) if claim.id == case.claim_id() => claim.cases += 1,
            _ => claims.push(claim(written)),
        }
    }
    let left_out = document.left_out.iter().map(|left| LeftOut {
        section: left.section.clone(),
        claim: left.claim.clone(),
        why: left.why.clone(),
    });
    Document {
        file: document.path.clone(),
        document: document.document.clone(),
        title: document.title.clone(),
        claims,
        left_out: left_out.collect(),
    }
}

/// The claim of a case; of a row that of its table.
fn claim(case: &cases::Case) -> Claim {
    let (id, section, claim) = match &case.table {
        Some(table) => (&table.id, &table.section, &table.claim),
        None => (&case.id, &case.section, &case.claim),
    };
    Claim { id: id.clone(), section: section.clone(), claim: claim.clone(), cases: 1 }
}

/// A case that was run nowhere.
fn bare(document: &cases::Document, case: &cases::Case) -> Case {
    let (verdict, instead) = match &case.verdict {
        cases::Verdict::Confirmed => (Verdict::Confirmed, None),
        cases::Verdict::Refuted { instead } => (Verdict::Refuted, Some(instead.clone())),
    };
    let step = |step: &cases::Step| Step {
        run: step.text.clone(),
        line: step.line,
        expect: step
            .expectations
            .iter()
            .filter_map(|(python, expected)| expect(&case.program, python, expected))
            .collect(),
    };
    Case {
        id: case.id.clone(),
        file: document.path.clone(),
        line: case.line,
        document: document.document.clone(),
        section: case.section.clone(),
        claim: case.claim.clone(),
        verdict,
        instead,
        python: (!case.python.is_any()).then(|| case.python.to_string()),
        needs: case.needs.clone(),
        source: Some(case.source.clone()),
        steps: case.steps.iter().map(step).collect(),
        views: vec![],
        observed: None,
        results: BTreeMap::new(),
    }
}

/// What must happen, if anything is said.
fn expect(program: &Program, python: &Requirement, expectation: &Expectation) -> Option<Expect> {
    let name = |name: &Name| program.names.get(usize::from(*name)).map(|name| name.to_string()).unwrap_or_default();
    let python = python.to_string();
    let mut expect = Expect {
        python: (!python.is_empty()).then_some(python),
        type_name: expectation.type_name.clone(),
        prints: expectation.prints.clone(),
        locks: expectation.locks.as_ref().map(|names| names.iter().map(name).collect()),
        allocates: expectation.allocates.as_ref().map(Bounds::to_string),
        ..Expect::default()
    };
    match &expectation.outcome {
        Expected::NoError => {}
        Expected::Gives(value) => expect.gives = Some(describe::value(program, value)),
        Expected::Shares(object, byte) => expect.shares = Some(format!("{}[{byte}]", name(object))),
        Expected::Raises(exception, message) => {
            expect.raises = Some(exception.clone());
            expect.message = message.clone();
        }
    }
    (expect != Expect::default()).then_some(expect)
}

/// A case with what came of it.
fn filled(case: Case, run: &CaseRun, engines: &[Engine]) -> Case {
    let mut results = BTreeMap::new();
    let runs = run.judged.iter().zip(&run.observed).zip(&run.wordings).zip(&run.seen);
    for (engine, (((judged, observed), worded), seen)) in engines.iter().zip(runs) {
        let wording = worded.as_ref().map(Wording::from);
        let result = EngineResult { wording, ..EngineResult::from(judged) };
        // Everything but a failure is seen from the steps of the case.
        let steps = observed.clone().filter(|_| result.status == Status::Fail).unwrap_or_default();
        results.insert(engine.name.clone(), EngineResult { steps, seen: seen.clone(), ..result });
    }
    // The last engine that ran stands for what happens: a real Python, if there is one.
    let observed = run.observed.iter().rev().flatten().next().filter(|_| case.verdict == Verdict::Refuted);
    Case { observed: observed.cloned(), results, ..case }
}

impl From<&Difference> for Wording {
    fn from(difference: &Difference) -> Wording {
        let Difference { step, expected, actual, .. } = difference;
        Wording { step: step + 1, expected: expected.clone(), actual: actual.clone() }
    }
}

impl From<&check::Judged> for EngineResult {
    fn from(judged: &check::Judged) -> EngineResult {
        use check::Judged;
        let mut result = EngineResult {
            status: judged.into(),
            kind: None,
            facet: None,
            law: None,
            step: None,
            expected: None,
            actual: None,
            reason: None,
            wording: None,
            known_as: None,
            steps: vec![],
            seen: None,
        };
        match judged {
            Judged::Pass => {}
            Judged::Fail { difference, against } => {
                result.kind = Some(difference.kind());
                result.facet = Some(difference.facet.to_string());
                result.law = difference.law.map(str::to_owned);
                result.step = Some(difference.step + 1);
                result.expected = Some(difference.expected.clone());
                result.actual = Some(difference.actual.clone());
                result.reason = Some(match against {
                    Against::Case | Against::Law => difference.respect(),
                    Against::Reference => format!("{}, compared with the reference", difference.facet),
                });
            }
            Judged::Open(reason)
            | Judged::Skip(reason)
            | Judged::Crash(reason)
            | Judged::Hang(reason)
            | Judged::Error(reason) => result.reason = Some(reason.clone()),
        }
        result
    }
}
