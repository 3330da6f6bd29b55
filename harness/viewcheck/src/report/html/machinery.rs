//! The texts of which the page makes the scripts of cases (`assets/script.js`), all of them Python: functions that
//! check plain steps, and for cases that can't be said plainly the machinery of findings and the observer of runners.

use crate::findings::script::{MACHINERY, WORDS};
use engine::process::runner;
use serde::Serialize;

/// The texts, by the names that `script.js` knows.
#[derive(Serialize)]
pub(super) struct Machinery {
    /// Functions of which a plain script contains those that it uses.
    helpers: &'static str,
    /// Runs steps, compares what they give, and tells it in words.
    steps: [&'static str; 3],
    observe: &'static str,
    outcome: &'static str,
    memory: &'static str,
    hook: &'static str,
    capi: &'static str,
    exporter: &'static str,
}

pub(super) const TEXTS: Machinery = Machinery {
    helpers: include_str!("script/helpers.py"),
    steps: [MACHINERY, WORDS, include_str!("script/steps.py")],
    observe: runner::OBSERVE,
    outcome: runner::OUTCOME,
    memory: runner::MEMORY,
    hook: runner::HOOK,
    capi: runner::CAPI,
    exporter: runner::EXPORTER,
};
