//! The causes of what differs: the results of an engine that are not as expected, grouped by what is wrong.
//!
//! A cause is what a maintainer would file as one issue. It has the results that it explains, the smallest of them, and
//! a [`Severity`]. Results that are known divergences have a cause for each reason that their entries give. Nothing is
//! judged here, and no text is rendered.

mod cause;
mod counts;
mod describe;
mod divergence;
mod example;
mod severity;
mod site;
mod survey;
mod title;

pub use cause::Cause;
pub use counts::Tally;
pub use divergence::Divergence;
pub use severity::Severity;
pub use survey::Survey;
pub(super) use title::severity_of;

use super::model::{Case, Engine, EngineResult, Results};

/// How bad a result is, in words; `None` where nothing differs.
pub fn severity_word(case: &Case, result: &EngineResult) -> Option<&'static str> {
    Divergence::of(case, result).map(|divergence| title::severity_of(&divergence).word())
}

/// Whether anything differs on an engine, if only in wording.
pub fn differs(results: &Results, engine: &Engine) -> bool {
    results.cases.iter().any(|case| case.result(engine).is_some_and(|result| Divergence::of(case, result).is_some()))
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
