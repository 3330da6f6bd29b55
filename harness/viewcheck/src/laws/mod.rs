//! Metamorphic laws: relations between the results of memoryview that need no second engine.
//!
//! A law is a row with a name, a sentence and two functions. The first function appends steps that use a view which
//! the program left alive, for example `view[1:][1:]` and `view[2:]`. The second computes, from the results of some of
//! these steps, what the others must have returned. A law looks at one engine only. It therefore also finds bugs that
//! the reference shares, and works for Pythons that the reference does not model.
//!
//! A law says nothing where the answer is not determined: about NaNs, unknown formats, views without items, and views
//! with suboffsets, because a program may have overwritten their pointers.

mod contents;
mod follow;
mod items;
mod layout;
mod locks;
mod memory;
mod native;
mod subject;

use crate::compare::{Level, LevelFacets, outcomes};
use crate::difference::Difference;
use engine::{Engine, Facets, RunError, Watch};
use follow::Follow;
use program::{Live, Observation, Outcome, Program, Trace};
use std::borrow::Cow;
use subject::{Subject, subjects};

/// A law.
#[derive(Debug)]
pub struct Law {
    /// Its name, in words with hyphens.
    pub name: &'static str,
    /// The law in one sentence.
    pub says: &'static str,
    /// Adds the steps that are done to a view; without any the law has nothing to say of it.
    steps: fn(&Subject, &mut Follow),
    /// What the steps must have given, by their index, as far as that follows from what they gave.
    judge: Judge,
    /// Whether the steps take apart what the program left behind, so that no other law can follow.
    ends: bool,
    /// The same as `judge`, as an expression of Python over `o`, the list of what the steps gave.
    pub(crate) python: &'static str,
}

/// Says what some steps must have given, by their index, from what all of them gave.
type Judge = for<'a> fn(&Subject, &[&'a Outcome]) -> Vec<(usize, Cow<'a, Outcome>)>;

/// Every law.
pub fn laws() -> impl Iterator<Item = &'static Law> {
    [memory::LAWS, items::LAWS, contents::LAWS, layout::LAWS, locks::LAWS].into_iter().flatten()
}

/// The law of that name.
pub fn named(name: &str) -> Option<&'static Law> {
    laws().find(|law| law.name == name)
}

/// A law that an engine broke.
#[derive(Debug)]
pub struct Breach {
    /// The law.
    pub law: &'static Law,
    /// The program with the steps of the law behind it.
    pub program: Program,
    /// The index of the first of those.
    pub from: usize,
    /// The step that is not as the law says, and in what respect.
    pub difference: Difference,
}

/// The objects that are alive when a program is over, if it came to its end.
pub fn remains(program: &Program, trace: &Trace) -> Option<Vec<(u16, Live)>> {
    let last = program.steps.len().checked_sub(1)?;
    trace.observation(last)?.live
}

/// The first law that an engine breaks with what a program leaves behind, `remains`; of all laws, or of one.
pub fn broken(
    engine: &mut dyn Engine,
    program: &Program,
    remains: &[(u16, Live)],
    only: Option<&'static Law>,
) -> Option<Breach> {
    // Most programs release their views, or never make one.
    if !remains.iter().any(|(_, live)| is_view(live)) {
        return None;
    }
    let mut trace = Trace::new();
    let mut follow = Follow::after(program);
    let subjects = subjects(engine, &mut follow, remains, &mut trace);
    let is_asked = |law: &&Law| only.is_none_or(|only| only.name == law.name);
    let first = program.steps.len();
    let (mut steps, mut asked) = (Follow::default(), vec![]);
    for subject in &subjects {
        for law in laws().filter(is_asked).filter(|law| !law.ends) {
            steps.truncate(0);
            (law.steps)(subject, &mut steps);
            if steps.len() > 0 {
                asked.push((law, subject, follow.share(&steps, first)));
            }
        }
    }
    if !asked.is_empty() {
        let _ = run(engine, &follow, &mut trace);
        let all: Vec<Outcome> = (first..follow.len()).map_while(|step| outcome(&trace, step)).collect();
        let facets = Level::Message.seen_by([engine.about()]);
        let mut suspects = vec![];
        for (law, subject, steps) in asked {
            let seen: Vec<&Outcome> = steps.into_iter().map_while(|step| all.get(step - first)).collect();
            if breaks(law, subject, &follow.program, &seen, facets).is_some() {
                suspects.push((law, subject));
            }
        }
        follow.truncate(first);
        let breach =
            suspects.into_iter().find_map(|(law, subject)| alone(engine, &mut follow, law, subject, &mut trace));
        if breach.is_some() {
            return breach;
        }
    }
    let ends = subjects.iter().flat_map(|subject| laws().filter(|law| law.ends).map(move |law| (law, subject)));
    let mut ends = ends.filter(|(law, _)| is_asked(law));
    ends.find_map(|(law, subject)| alone(engine, &mut follow, law, subject, &mut trace))
}

/// Asks one law about one view, with nothing else behind the program, which is all of `follow`.
fn alone(
    engine: &mut dyn Engine,
    follow: &mut Follow,
    law: &'static Law,
    subject: &Subject,
    trace: &mut Trace,
) -> Option<Breach> {
    let from = follow.len();
    (law.steps)(subject, follow);
    if follow.len() == from {
        return None;
    }
    let _ = run(engine, follow, trace);
    let seen: Vec<Outcome> = (from..follow.len()).map_while(|step| outcome(trace, step)).collect();
    let seen: Vec<&Outcome> = seen.iter().collect();
    let facets = Level::Message.seen_by([engine.about()]);
    let breach = breaks(law, subject, &follow.program, &seen, facets).map(|mut difference| {
        difference.step += from;
        Breach { law, program: follow.program.clone(), from, difference }
    });
    follow.truncate(from);
    breach
}

/// What an engine can't run is left out, as are the steps after it.
fn run(engine: &mut dyn Engine, follow: &Follow, trace: &mut Trace) -> Result<(), RunError> {
    engine.run(&follow.program, Watch::End, trace)
}

fn outcome(trace: &Trace, step: usize) -> Option<Outcome> {
    trace.observation(step).map(|Observation { outcome, .. }| outcome)
}

/// In which of the facets the outcomes of a law's steps are not as it says; of the steps, counted from the first of
/// them.
fn breaks(law: &Law, subject: &Subject, program: &Program, seen: &[&Outcome], facets: Facets) -> Option<Difference> {
    // An engine that lacks a method or an attribute is told so by the cases. No law follows from what is not there.
    let is_lacking =
        |outcome: &&Outcome| matches!(outcome, Outcome::Raised(raised) if raised.exception == "AttributeError");
    if seen.iter().any(is_lacking) {
        return None;
    }
    (law.judge)(subject, seen).into_iter().find_map(|(step, expected)| {
        let (facet, expected, actual) = outcomes(program, &expected, seen.get(step)?, facets)?;
        Some(Difference { law: Some(law.name), ..Difference::new(step, facet, expected, actual) })
    })
}

fn is_view(live: &Live) -> bool {
    matches!(live, Live::View { released: false } | Live::ViewOfUnnamed { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn laws_have_names_of_their_own_and_sentences() {
        let names: BTreeSet<&str> = laws().map(|law| law.name).collect();
        assert_eq!(names.len(), laws().count());
        for law in laws() {
            assert!(law.name.chars().all(|char| matches!(char, 'a'..='z' | '-')), "{}", law.name);
            assert!(law.says.starts_with(|char: char| char.is_uppercase() || char == '`'), "{}", law.says);
            assert!(law.says.ends_with('.') && !law.says.contains(['|', '\n']), "{}", law.says);
        }
    }
}
