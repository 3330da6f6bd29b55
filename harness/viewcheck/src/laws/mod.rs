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
mod questions;
mod subject;

use crate::compare::{Level, LevelFacets};
use crate::difference::Difference;
use engine::{About, Engine, RunError, Watch};
use follow::Follow;
use program::capability::REFCOUNTING;
use program::{Kind, Live, Observation, Operation, Outcome, Program, Trace};
use questions::Questions;
use std::borrow::Cow;
use subject::{Look, Subject};

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
    /// Whether it is about what happens as soon as nothing refers to an object.
    needs_deaths: bool,
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

impl Law {
    /// Whether the law holds for an engine like that, and a program. Where objects die late, so do their locks: what a class
    /// holds, which refers to itself, and what an error that is kept has seen, waits for the collector everywhere.
    fn is_for(&self, about: &About, program: &Program) -> bool {
        let waits = |operation: &Operation| matches!(operation.kind, Kind::Class | Kind::Try);
        !self.needs_deaths || about.capabilities.contains(REFCOUNTING) && !program.all_operations().any(waits)
    }
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

/// The objects that are alive when a program is over, if it came to its end. Of a program in any Python nothing is asked: the
/// steps of a law can't follow on its own.
pub fn remains(program: &Program, trace: &Trace) -> Option<Vec<(u16, Live)>> {
    if program.is_source() {
        return None;
    }
    let last = program.steps.len().checked_sub(1)?;
    trace.observation(last)?.live
}

/// The first law that an engine breaks with what a program leaves behind, `remains`, at a level; of all laws, or of one.
pub fn broken(
    engine: &mut dyn Engine,
    program: &Program,
    remains: &[(u16, Live)],
    only: Option<&'static Law>,
    level: Level,
) -> Broken {
    broken_by_each(engine, &[(program, remains)], only, level).pop().unwrap_or(Ok(None))
}

/// The first law that an engine breaks with what each of some programs leaves behind. All programs are run in batches: one to
/// look at the views, and one with the steps of the laws.
pub fn broken_by_each(
    engine: &mut dyn Engine,
    programs: &[(&Program, &[(u16, Live)])],
    only: Option<&'static Law>,
    level: Level,
) -> Vec<Broken> {
    let facets = level.seen_by([engine.about()]);
    // Most programs release their views, or never make one.
    let has_view = |index: &usize| programs[*index].1.iter().any(|(_, live)| is_view(live));
    let asked: Vec<usize> = (0..programs.len()).filter(has_view).collect();
    let looks: Vec<Look<'_>> = asked.iter().map(|index| Look::at(programs[*index].0, programs[*index].1)).collect();
    let seen = run_all(engine, looks.iter().map(|look| &look.program));
    let abi = engine.about().profile.abi();
    let mut questions = vec![];
    for ((index, look), trace) in asked.iter().zip(&looks).zip(&seen) {
        let program = programs[*index].0;
        let is_asked =
            |law: &&Law| only.is_none_or(|only| only.name == law.name) && law.is_for(engine.about(), program);
        let subjects = trace.as_ref().map(|trace| look.subjects(trace, abi)).unwrap_or_default();
        questions.push(Questions::about(program, subjects, laws().filter(is_asked).collect()));
    }
    let mut answers = run_all(engine, questions.iter().flat_map(Questions::programs)).into_iter();
    let mut suspected = vec![];
    for (questions, looked) in questions.iter().zip(seen) {
        let traces = next(&mut answers, questions.programs().count());
        suspected.push(looked.and(traces).map(|traces| questions.suspects(facets, traces)));
    }
    let alone = suspected.iter().flatten().flat_map(|suspects| &suspects.alone);
    let mut answers = run_all(engine, alone.map(|(_, _, program)| program)).into_iter();
    let mut broken: Vec<Broken> = programs.iter().map(|_| Ok(None)).collect();
    for ((index, questions), suspects) in asked.into_iter().zip(&questions).zip(suspected) {
        broken[index] = suspects.and_then(|suspects| {
            let traces = next(&mut answers, suspects.alone.len());
            Ok(questions.breach(facets, &suspects, &traces?))
        });
    }
    broken
}

/// The law that is broken, if any, or how the engine failed while it was asked.
pub type Broken = Result<Option<Breach>, Box<Failure>>;

/// An engine that crashed, hung or broke the protocol at the steps of a law.
#[derive(Debug)]
pub struct Failure {
    /// How.
    pub error: RunError,
    /// The program with those steps behind it.
    pub program: Program,
}

/// Takes the next answers, all of them even if the engine failed at one: those behind them belong to others.
fn next(answers: &mut impl Iterator<Item = Answer>, count: usize) -> Result<Vec<Trace>, Box<Failure>> {
    let answers: Vec<Answer> = answers.take(count).collect();
    answers.into_iter().collect()
}

/// What an engine did in a program, or how it failed.
type Answer = Result<Trace, Box<Failure>>;

/// Runs programs in one batch. What an engine can't run is left out, as are the steps after it.
fn run_all<'a>(engine: &mut dyn Engine, programs: impl Iterator<Item = &'a Program>) -> Vec<Answer> {
    let programs: Vec<&Program> = programs.collect();
    let mut traces: Vec<_> = programs.iter().map(|_| Ok(Trace::new())).collect();
    engine.run_batch(&programs, Watch::End, &mut |index, trace, result| {
        traces[index] = match result {
            Err(error) if error.is_failure() => Err(Box::new(Failure { error, program: programs[index].clone() })),
            _ => Ok(trace.clone()),
        };
    });
    traces
}

fn outcome(trace: &Trace, step: usize) -> Option<Outcome> {
    trace.observation(step).map(|Observation { outcome, .. }| outcome)
}

fn is_view(live: &Live) -> bool {
    matches!(live, Live::View { released: false } | Live::ViewOfUnnamed { .. })
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::reference::Reference;
    use engine::{Abi, Profile, Version};
    use program::{Kind, Parser};
    use std::collections::BTreeSet;

    /// The reference, which fails at every program with `data *= 2` in it.
    struct Failing(Reference);

    impl Engine for Failing {
        fn about(&self) -> &About {
            self.0.about()
        }

        fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
            let is_fatal = program.operations.iter().any(|operation| operation.kind == Kind::InPlaceMultiply);
            self.0.run(program, watch, trace)?;
            let how = || RunError::Crashed { engine: "failing".into(), how: "SIGSEGV".into(), last_words: "".into() };
            if is_fatal { Err(how()) } else { Ok(()) }
        }
    }

    #[test]
    fn an_engine_that_fails_at_a_law_is_not_accused_of_others() {
        let mut engine = Failing(Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64)));
        let mut program = |texts: &[&str]| {
            let mut parser = Parser::new();
            texts.iter().for_each(|text| parser.step(text).unwrap());
            let (program, mut trace) = (parser.finish(), Trace::new());
            engine.run(&program, Watch::Always, &mut trace).unwrap();
            let remains = remains(&program, &trace).unwrap();
            (program, remains)
        };
        // Laws about a bytearray resize it; those about bytes do not.
        let fatal = program(&["data = bytearray(b'abcd')", "view = memoryview(data)"]);
        let harmless = program(&["view = memoryview(b'abcdefgh').cast('I')"]);
        let programs = [&fatal, &harmless].map(|(program, remains)| (program, &remains[..]));
        let broken = broken_by_each(&mut engine, &programs, None, Level::Message);
        assert!(broken[0].is_err(), "{broken:?}");
        assert!(matches!(broken[1], Ok(None)), "{broken:?}");
    }

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
