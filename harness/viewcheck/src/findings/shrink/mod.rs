//! Makes a program smaller as long as it keeps its signature, except that circumstances may be lost.
//!
//! An ordered pipeline of passes runs to a fixpoint. The passes first remove whole steps, then single operations; then
//! they simplify operands; the last one renames variables. A candidate replaces the program only if it is smaller by
//! [`measure`] and has the same signature, so that shrinking terminates and is deterministic. A candidate whose signature
//! has fewer circumstances replaces it too, and sets the goal for the next ones: what is left are the circumstances that
//! the difference needs. One pass makes programs larger, if that loses a circumstance. The result is *1-minimal*: no pass can remove another operation or simplify another operand.

mod arguments;
mod blocks;
mod exporters;
mod joint;
mod measure;
mod names;
mod operands;
mod places;
mod plainer;
mod steps;
mod values;

use super::{Replay, Signature, Symptom, exporter, signature};
pub(crate) use operands::is_fixed;
use places::Place;
pub(crate) use places::is_expression;
use program::{Program, bodies, encode, policy};
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

/// How much shrinking may cost. Where a limit is reached the result is what was found by then.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// The most replays.
    pub replays: usize,
    /// The longest time.
    pub time: Duration,
}

impl Default for Limits {
    fn default() -> Limits {
        Limits { replays: 50_000, time: Duration::from_secs(60) }
    }
}

/// A program that was made as small as it gets.
#[derive(Clone, Debug)]
pub struct Shrunk {
    /// The small program.
    pub program: Program,
    /// What it does.
    pub symptom: Symptom,
    /// What it is known by.
    pub signature: Signature,
    /// How many replays it took.
    pub replays: usize,
}

/// Shrinks a program that goes wrong. `engines` are the names of the tested engine and of the one that says what is
/// expected. `None` if nothing is wrong with it.
pub fn shrink(replay: &mut dyn Replay, engines: (&str, &str), program: &Program, limits: Limits) -> Option<Shrunk> {
    shrink_with(replay, engines, program, limits, Outcome::Same)
}

/// Whether the outcome of a program is the same each time, and part of its signature.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Outcome {
    Same,
    Varies,
}

impl Outcome {
    /// The signature of a program with such an outcome.
    pub(super) fn sign(self, signature: Signature) -> Signature {
        match self {
            Outcome::Same => signature,
            Outcome::Varies => signature.without_outcome(),
        }
    }
}

/// Shrinks a program in the same way, whose outcome may be another one each time.
pub(super) fn shrink_with(
    replay: &mut dyn Replay,
    engines: (&str, &str),
    program: &Program,
    limits: Limits,
    outcome: Outcome,
) -> Option<Shrunk> {
    let mut search = Search::start(replay, engines, program, limits, outcome)?;
    search.ration();
    let mut normals = vec![];
    loop {
        while PASSES.iter().any(|pass| pass(&mut search)) {
            search.ration();
        }
        let normal = names::normal(&search.best);
        // What one of the passes undoes would be done again without end.
        if normal == search.best || normals.contains(&normal) || !search.accept(normal.clone()) {
            break;
        }
        normals.push(normal);
    }
    search.replay.ration(None);
    let Search { best, symptom, goal, replays, .. } = search;
    Some(Shrunk { program: best, symptom, signature: goal, replays })
}

/// Each tries its candidates, from the largest to the smallest, and says whether it got anywhere.
const PASSES: &[fn(&mut Search<'_>) -> bool] = &[
    steps::truncate,
    steps::drop_steps,
    steps::drop_operations,
    blocks::drop_statements,
    blocks::drop_clauses,
    blocks::open,
    blocks::inline,
    steps::split,
    steps::unwrap,
    steps::replace,
    steps::discard,
    arguments::simpler_exporters,
    exporters::plain,
    arguments::fewer,
    arguments::positional,
    operands::simpler,
    joint::shapes,
    joint::formats,
    joint::lengths,
    plainer::plainer,
];

/// The state of shrinking one program.
struct Search<'a> {
    replay: &'a mut dyn Replay,
    engines: (&'a str, &'a str),
    limits: Limits,
    outcome: Outcome,
    began: Instant,
    replays: usize,
    goal: Signature,
    best: Program,
    symptom: Symptom,
    /// How many operations bodies may run, if that is limited.
    ration: Option<u32>,
    /// Hashes of the programs that were tried in vain.
    vain: HashSet<u64>,
}

impl<'a> Search<'a> {
    fn start(
        replay: &'a mut dyn Replay,
        engines: (&'a str, &'a str),
        program: &Program,
        limits: Limits,
        outcome: Outcome,
    ) -> Option<Search<'a>> {
        let symptom = replay.replay(program)?;
        let goal = outcome.sign(signature(engines, program, &symptom, replay.traces()));
        let best = program.clone();
        let (began, vain) = (Instant::now(), HashSet::new());
        let ration = None;
        let mut search =
            Search { replay, engines, limits, outcome, began, replays: 1, goal, best, symptom, ration, vain };
        search.find_fatal_step();
        Some(search)
    }

    /// What ended a process is known by its last operation, so steps after the fatal one have to go before anything is
    /// compared with the signature.
    fn find_fatal_step(&mut self) {
        if matches!(self.symptom, Symptom::Difference(_)) {
            return;
        }
        let whole = self.best.clone();
        self.best = whole.shortest_prefix(|prefix| {
            if self.is_spent() {
                return false;
            }
            self.replays += 1;
            let is_fatal = self.replay.replay(prefix).as_ref() == Some(&self.symptom);
            if is_fatal {
                self.goal = self.sign(prefix, &self.symptom);
            }
            is_fatal
        });
    }

    /// Lets bodies run few more operations than those of the best program do. A loop that lost what ends it would otherwise run
    /// as long as any program may, and again in every candidate that is made of it.
    fn ration(&mut self) {
        const LEAST: u32 = 64;
        if self.best.bodies.is_empty() {
            return;
        }
        let most = self.ration.map_or(4096, |most| most / 4);
        for most in std::iter::successors(Some(most), |most| Some(most / 4)).take_while(|most| *most >= LEAST) {
            if self.is_spent() {
                return;
            }
            self.replays += 1;
            // Half of it is enough for the best program.
            self.replay.ration(Some(most / 2));
            let best = self.best.clone();
            let is_enough = self.replay.replay(&best).is_some_and(|symptom| self.sign(&best, &symptom) == self.goal);
            if is_enough {
                self.ration = Some(most);
            }
            self.replay.ration(self.ration);
            if !is_enough {
                return;
            }
        }
    }

    fn is_spent(&self) -> bool {
        self.replays >= self.limits.replays || self.began.elapsed() >= self.limits.time || self.replay.is_over()
    }

    fn sign(&self, program: &Program, symptom: &Symptom) -> Signature {
        self.outcome.sign(signature(self.engines, program, symptom, self.replay.traces()))
    }

    /// Takes a candidate for the best program if it is smaller and does the same.
    fn attempt(&mut self, candidate: Program) -> bool {
        let Some(candidate) = steps::tidy(candidate) else { return false };
        if measure::of(&candidate) >= measure::of(&self.best) {
            return false;
        }
        if candidate.bodies.is_empty() {
            return self.accept(candidate);
        }
        // What is printed of a body may be another program: a variable is local to a function if that binds it.
        names::read_back(&candidate)
            .is_some_and(|read| measure::of(&read) < measure::of(&self.best) && self.accept(read))
    }

    /// Takes a candidate for the best program if it does the same, perhaps in fewer circumstances.
    fn accept(&mut self, candidate: Program) -> bool {
        self.accept_if(candidate, |_, _| true)
    }

    /// Takes a candidate with more steps if it does the same. The step that differs is a smaller one then, whose operation may
    /// be another.
    fn attempt_split(&mut self, candidate: Program) -> bool {
        self.accept_if(candidate, |_, _| true)
    }

    /// Takes a candidate for the best program if it does the same in fewer circumstances, whether it is smaller or not.
    fn attempt_plainer(&mut self, candidate: Program) -> bool {
        self.accept_if(candidate, |signature, goal| signature != goal)
    }

    fn accept_if(&mut self, candidate: Program, is_better: impl FnOnce(&Signature, &Signature) -> bool) -> bool {
        if self.is_spent() {
            return false;
        }
        let mut hasher = DefaultHasher::new();
        encode(&candidate).hash(&mut hasher);
        let hash = hasher.finish();
        // A change of an operand may make a program that nobody may run.
        let is_refused = || bodies::check(&candidate).is_err() || policy::check(&candidate).is_err();
        if self.vain.contains(&hash) || is_refused() {
            return false;
        }
        self.replays += 1;
        if let Some(symptom) = self.replay.replay(&candidate) {
            let signature = self.sign(&candidate, &symptom);
            // Where a block or a function goes, what differs is an operation that was inside of it.
            let is_nearer =
                candidate.bodies.len() < self.best.bodies.len() || candidate.steps.len() > self.best.steps.len();
            let is_same = signature.includes(&self.goal) || (is_nearer && signature.has_outcome_of(&self.goal));
            if is_same && is_better(&signature, &self.goal) {
                (self.best, self.symptom, self.goal) = (candidate, symptom, signature);
                return true;
            }
        }
        self.vain.insert(hash);
        false
    }

    /// Tries candidates in order until one is taken.
    fn attempt_any(&mut self, candidates: impl IntoIterator<Item = Program>) -> bool {
        candidates.into_iter().any(|candidate| self.attempt(candidate))
    }

    /// The best program with one operation changed.
    fn with(&self, place: Place, change: impl FnOnce(&mut program::Operation)) -> Program {
        let mut program = self.best.clone();
        if let Some(operation) = place.list_mut(&mut program).and_then(|operations| operations.get_mut(place.index)) {
            change(operation);
        }
        program
    }
}
