//! Engines that change what the reference observes, each in one way, and the programs on which that shows.

use super::scripts::{Change, profile};
use engine::reference::Reference;
use engine::{About, Engine, Role, RunError, Watch};
use program::{Kind, Live, Observation, Offset, Operand, Outcome, Program, Raised, Target, Trace, Value, ViewState};
use std::collections::BTreeSet;
use viewcheck::compare::Level;
use viewcheck::differential::DifferentialRun;
use viewcheck::findings::Replay;
use viewcheck::generate::{Generator, Seed, Source};

pub struct WrongEngine {
    honest: Reference,
    about: About,
    change: Change,
}

impl Engine for WrongEngine {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        let mut truth = Trace::new();
        let done = self.honest.run(program, watch, &mut truth);
        let mut observations: Vec<Observation> = truth.observations().collect();
        (self.change)(program, &mut observations);
        trace.clear();
        observations.iter().for_each(|observation| trace.write_observation(observation));
        done
    }
}

pub fn wrong(change: Change) -> WrongEngine {
    let honest = Reference::new(profile());
    let about =
        About { name: "wrong".into(), implementation: "pypy".into(), role: Role::Tested, ..honest.about().clone() };
    WrongEngine { honest, about, change }
}

pub fn differential(change: Change) -> (DifferentialRun, [About; 2]) {
    let (wrong, against) = (wrong(change), Reference::new(profile()));
    let abouts = [wrong.about.clone(), against.about().clone()];
    (DifferentialRun::new(Box::new(wrong), Box::new(against), Watch::Always, Level::Message), abouts)
}

pub fn generated(seed: u64, index: u64, length: usize) -> Program {
    let mut bytes = vec![0; length * 72];
    Seed(seed).fill(index, &mut bytes);
    let mut program = Program::default();
    Generator::new().program(&mut Source::new(&bytes), length, &mut program);
    program
}

/// The first program of a seed on which a change shows, of those without bodies: the changes look at the operations of steps.
pub fn hit(differential: &mut DifferentialRun, seed: u64) -> Program {
    (0..300_000)
        .map(|index| generated(seed, index, 14))
        .find(|program| program.bodies.is_empty() && differential.replay(program).is_some())
        .expect("the change shows in some program")
}

/// The steps of a program whose last operation is of that kind, with the operation.
pub fn steps(program: &Program, kind: Kind) -> Vec<(usize, program::Operation)> {
    let last = |step: usize| program.step(step).last().cloned();
    let steps = (0..program.steps.len()).filter_map(|step| Some((step, last(step)?)));
    steps.filter(|(_, operation)| operation.kind == kind).collect()
}

/// A slice backwards over what was cast to `i` starts a byte too late.
pub fn backwards(program: &Program, seen: &mut [Observation]) {
    let mut cast: BTreeSet<u16> = BTreeSet::new();
    for (step, observation) in seen.iter_mut().enumerate() {
        let Some(operation) = program.step(step).last() else { continue };
        let is_cast = match (&operation.kind, operation.operands.get(1)) {
            (Kind::Cast, Some(Operand::Value(Value::Str(format)))) => format.trim_start_matches('@') == "i",
            _ => false,
        };
        if let (Kind::Get, Some(Operand::Name(name)), Some(Operand::Value(Value::Slice(parts)))) =
            (operation.kind, operation.operands.first(), operation.operands.get(1))
            && matches!(parts[2], Value::Int(..0))
            && cast.contains(name)
            && let Outcome::Value(Value::View(view)) = &mut observation.outcome
            && let Offset::At(offset) = &mut view.offset
        {
            *offset += 1;
        }
        if let Target::Name(name) = operation.target {
            let is_view = matches!(observation.outcome, Outcome::Value(Value::View(_)));
            if is_cast && is_view {
                cast.insert(name)
            } else {
                cast.remove(&name)
            };
        }
    }
}

/// `True` where 1 is right.
pub fn true_for_one_lie(program: &Program, seen: &mut [Observation]) {
    for (step, _) in steps(program, Kind::Get) {
        if let Some(Observation { outcome: Outcome::Value(value @ Value::Int(1)), .. }) = seen.get_mut(step) {
            *value = Value::Bool(true);
        }
    }
}

/// An index that is out of bounds has another text.
pub fn other_text(_: &Program, seen: &mut [Observation]) {
    for observation in seen {
        if let Outcome::Raised(Raised { message, .. }) = &mut observation.outcome
            && message.starts_with("index out of bounds")
        {
            *message = message.replace("bounds", "range");
        }
    }
}

/// Writing two or more items at once is lost.
pub fn lost_write(program: &Program, seen: &mut [Observation]) {
    for (step, operation) in steps(program, Kind::Set) {
        let Some(Operand::Value(Value::Slice(_))) = operation.operands.get(1) else { continue };
        let (before, after) = seen.split_at_mut(step);
        let Some(before) = before.iter().rev().find_map(|observation| observation.live.as_ref()) else { continue };
        let Some(live) = after.first_mut().and_then(|observation| observation.live.as_mut()) else { continue };
        for (name, state) in live {
            let former = before.iter().find(|(other, _)| other == name).map(|(_, state)| state);
            if let (Live::Exporter { content, .. }, Some(Live::Exporter { content: former, .. })) = (state, former)
                && content.iter().zip(former).filter(|(a, b)| a != b).count() > 1
            {
                *content = former.clone();
            }
        }
    }
}

/// Releasing a view does not give the lock back.
pub fn kept_lock(program: &Program, seen: &mut [Observation]) {
    for (step, _) in steps(program, Kind::Release) {
        if !seen.get(step).is_some_and(|seen| seen.outcome == Outcome::Value(Value::None)) {
            continue;
        }
        for (_, live) in seen.get_mut(step).and_then(|observation| observation.live.as_mut()).into_iter().flatten() {
            if let Live::Exporter { locked, .. } = live {
                *locked = true;
            }
        }
    }
}

/// A shape of three dimensions loses one.
pub fn flat(program: &Program, seen: &mut [Observation]) {
    for (step, _) in steps(program, Kind::Cast) {
        if let Some(Observation { outcome: Outcome::Value(Value::View(view)), .. }) = seen.get_mut(step)
            && view.shape.len() > 2
        {
            view.shape.pop();
            view.strides.pop();
        }
    }
}

/// Nothing but `None` comes of `tolist`, of some views.
pub fn nothing_listed(program: &Program, seen: &mut [Observation], is_wrong: fn(&ViewState) -> bool) {
    for (step, operation) in steps(program, Kind::ToList) {
        let Some(Operand::Name(name)) = operation.operands.first() else { continue };
        let binds = |step: &usize| program.step(*step).last().is_some_and(|last| last.target == Target::Name(*name));
        let bound = (0..step).rev().filter(binds).find_map(|step| match &seen.get(step)?.outcome {
            Outcome::Value(value) => Some(value),
            _ => None,
        });
        if matches!(bound, Some(Value::View(view)) if is_wrong(view))
            && let Some(Observation { outcome: Outcome::Value(value), .. }) = seen.get_mut(step)
        {
            *value = Value::None;
        }
    }
}

pub fn lists_nothing(program: &Program, seen: &mut [Observation]) {
    nothing_listed(program, seen, |_| true);
}

pub fn lists_no_floats(program: &Program, seen: &mut [Observation]) {
    nothing_listed(program, seen, |view| view.format.ends_with(['e', 'f', 'd']));
}

pub fn lists_no_gaps(program: &Program, seen: &mut [Observation]) {
    nothing_listed(program, seen, |view| {
        let mut axes = view.strides.iter().zip(&view.shape);
        !view.shape.contains(&0) && axes.any(|(stride, length)| *length > 1 && *stride > view.itemsize)
    });
}

/// All but those of `tolist`.
pub const LIES: [Change; 6] = [backwards, true_for_one_lie, other_text, lost_write, kept_lock, flat];
