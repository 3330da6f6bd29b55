//! A result that is not as expected: which step, in what respect, and the program up to there.

use crate::report::model::{Case, EngineResult, Status};
use engine::Facet;
use program::{Parser, Program};

/// What an engine did otherwise in a case.
#[derive(Clone, Copy, Debug)]
pub struct Divergence<'a> {
    /// The case.
    pub case: &'a Case,
    /// The status of its result.
    pub status: Status,
    /// Whether it hung, known or not.
    pub hung: bool,
    /// What differs; of a crash and a hang nothing.
    pub facet: Option<Facet>,
    /// The violated law, if there is one.
    pub law: Option<&'a str>,
    /// The step, counted from 1, if it is known.
    pub step: Option<usize>,
    /// What should have been.
    pub expected: &'a str,
    /// What was.
    pub actual: &'a str,
    /// Why the result has its status.
    pub reason: &'a str,
}

impl<'a> Divergence<'a> {
    /// What is not as expected in a result: a difference, a crash or a hang, known or not, or another wording.
    pub fn of(case: &'a Case, result: &'a EngineResult) -> Option<Divergence<'a>> {
        let status = result.status;
        let reason = result.reason.as_deref().unwrap_or_default();
        match (status, &result.wording) {
            (Status::Fail | Status::Known | Status::Crash | Status::Hang, _) => Some(Divergence {
                case,
                status,
                hung: result.known_as.unwrap_or(status) == Status::Hang,
                facet: result.facet.as_deref().and_then(Facet::named),
                law: result.law.as_deref(),
                step: result.step,
                expected: result.expected.as_deref().unwrap_or_default(),
                actual: result.actual.as_deref().unwrap_or_default(),
                reason,
            }),
            (Status::Pass, Some(wording)) => Some(Divergence {
                case,
                status,
                hung: false,
                facet: Some(Facet::Message),
                law: None,
                step: Some(wording.step),
                expected: &wording.expected,
                actual: &wording.actual,
                reason,
            }),
            _ => None,
        }
    }

    /// Of a law, the step that the law appends to the case, and what that should have given.
    fn appended(&self) -> Option<(&'a str, &'a str)> {
        self.law?;
        self.expected.strip_prefix("after the case, `")?.split_once("` gives ")
    }

    /// What should have been, without the step of a law.
    pub fn expected_value(&self) -> &'a str {
        self.appended().map_or(self.expected, |(_, expected)| expected)
    }

    /// The texts of the steps up to the one that differs; of a law with the step that it appends. Where the step is
    /// unknown, all of them.
    pub fn steps(&self) -> impl Iterator<Item = &'a str> {
        let appended = self.appended().map(|(step, _)| step);
        let count = self.step.filter(|_| appended.is_none()).unwrap_or(usize::MAX);
        self.case.steps.iter().take(count).map(|step| step.run.as_str()).chain(appended)
    }

    /// The program of these steps, if they are in the language of cases.
    pub(super) fn program(&self) -> Option<Program> {
        let mut parser = Parser::new();
        self.steps().try_for_each(|step| parser.step(step)).ok()?;
        Some(parser.finish())
    }

    /// How long it is: the number of its steps, and of the characters in them.
    pub fn size(&self) -> (usize, usize) {
        self.steps().fold((0, 0), |(steps, chars), step| (steps + 1, chars + step.chars().count()))
    }
}
