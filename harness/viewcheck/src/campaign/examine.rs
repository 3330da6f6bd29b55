//! Examines programs that crashed, hung or exhausted the memory of a worker, in separate processes.
//!
//! A thread of the parent examines one program at a time while the campaign continues. Each replay has its own worker,
//! so that no program is affected by what another one did to the interpreter.

use super::message::{Order, Report};
use super::packed::Packed;
use super::process::{Event, Launch, Process};
use crate::compare::Level;
use crate::findings::{Finding, Limits, Replay, Signature, Symptom, investigate, signature};
use engine::About;
use program::Program;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::time::Duration;

/// A program that a worker was lost with.
#[derive(Clone, Debug)]
pub(super) struct Case {
    pub(super) index: u64,
    pub(super) program: Program,
    pub(super) symptom: Symptom,
    /// Whether it was examined before, did nothing wrong alone, and ended a worker again.
    pub(super) is_certain: bool,
}

/// A message from the examiner to the campaign.
#[derive(Debug)]
pub(super) enum Note {
    /// As from a worker: a question, or what came of the answer.
    Said(Report),
    /// A case is closed. Without a signature the program did nothing wrong when it was run again.
    Closed(u64, Option<Signature>),
}

/// How often a process is started for a replay, if it can't start, or if somebody else may have ended it.
const STARTS: usize = 3;
/// How often a program is run again before it is held to be harmless.
const ATTEMPTS: usize = 3;
/// The most replays while a program is shrunk that ends its process.
const REPLAYS: usize = 600;
/// The longest time for that.
const SHRINKING: Duration = Duration::from_secs(120);

/// The least time that a program gets while another one is shrunk that hangs; a program takes microseconds.
const HANGING: Duration = Duration::from_millis(250);

/// Examines cases.
pub(super) struct Examiner<'a> {
    pub(super) launch: Launch,
    pub(super) engines: [About; 2],
    /// Set when the campaign ends: the current finding is stored without further shrinking.
    pub(super) stop: Arc<AtomicBool>,
    /// The answers to its questions.
    pub(super) orders: Receiver<Order>,
    /// Sends a message to the campaign; returns `false` if the campaign has ended.
    pub(super) say: &'a dyn Fn(Note) -> bool,
}

impl Examiner<'_> {
    /// Examines cases until there are no more.
    pub(super) fn run(&self, cases: Receiver<Case>) {
        for case in cases {
            // A program that is not examined to the end is not counted, and runs again when the campaign goes on.
            if self.is_stopped() {
                return;
            }
            let signature = self.examine(&case);
            if self.is_stopped() || !(self.say)(Note::Closed(case.index, signature)) {
                return;
            }
        }
    }

    fn is_stopped(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    /// The signature of a program, if it does something wrong.
    fn examine(&self, case: &Case) -> Option<Signature> {
        let program = &case.program;
        let mut replay = Isolated::new(self, case.index);
        let names = (self.engines[0].name.as_str(), self.engines[1].name.as_str());
        let again = (0..ATTEMPTS).find_map(|_| replay.replay(program));
        let is_reproduced = again.is_some();
        let symptom = again.unwrap_or_else(|| case.symptom.clone());
        // A signal may have come from somebody else, and a machine may have been busy.
        let is_doubtful = match &case.symptom {
            Symptom::Crash(how) => child::is_sent_by_others(how),
            Symptom::Hang => true,
            Symptom::Difference(_) | Symptom::Memory => false,
        };
        if !is_reproduced && (self.is_stopped() || (is_doubtful && !case.is_certain)) {
            return None;
        }
        if symptom == Symptom::Hang {
            // The program used the whole time limit. Shorter limits suffice while shrinking, as most candidates hang as well.
            replay.timeout = (self.launch.processes.timeout / 10).clamp(HANGING, HANGING * 4);
        }
        // The last operation of the shortest prefix that still does this is the one that does it.
        let cut = match is_reproduced {
            true => program.shortest_prefix(|prefix| replay.replay(prefix).as_ref() == Some(&symptom)),
            false => program.clone(),
        };
        // What replays said since then says nothing about the prefix.
        if self.is_stopped() {
            return None;
        }
        let met = signature(names, &cut, &symptom, None);
        let (engines, level) = (self.engines.clone(), self.launch.settings.level);
        let as_met =
            Finding { original: program.clone(), ..Finding::as_met(met.clone(), symptom, cut.clone(), engines, level) };
        let finding = Box::new(Packed::new(&as_met, case.index));
        if !(self.say)(Note::Said(Report::Met { finding })) {
            return None;
        }
        let Ok(Order::Investigate) = self.orders.recv() else { return Some(met) };
        let limits = Limits { replays: REPLAYS, time: SHRINKING };
        let finding = if is_reproduced { investigate(&mut replay, &self.engines, &cut, limits) } else { None };
        // What can't be brought about again has still ended a worker.
        let finding = match finding {
            Some(finding) => Finding { original: program.clone(), ..finding },
            None => as_met,
        };
        let finding = Finding { unfinished: self.is_stopped(), ..finding };
        let finding = Box::new(Packed::new(&finding, case.index));
        (self.say)(Note::Said(Report::Found { met: met.clone(), finding }));
        Some(met)
    }
}

/// Replays programs in processes of their own, and sees only what they do to those.
struct Isolated<'a> {
    launch: &'a Launch,
    stop: &'a AtomicBool,
    index: u64,
    timeout: Duration,
    /// A process that is being made ready for the next replay.
    spare: Option<(Process, Receiver<Event>)>,
}

impl<'a> Isolated<'a> {
    fn new(examiner: &'a Examiner<'_>, index: u64) -> Isolated<'a> {
        let timeout = examiner.launch.processes.timeout;
        Isolated { launch: &examiner.launch, stop: &examiner.stop, index, timeout, spare: None }
    }

    fn process(&self) -> Option<(Process, Receiver<Event>)> {
        let (sender, events) = mpsc::channel();
        let process = Process::start(self.launch, 0, sender, |_, event| event).ok()?;
        Some((process, events))
    }
}

impl Replay for Isolated<'_> {
    fn replay(&mut self, program: &Program) -> Option<Symptom> {
        let mut symptom = None;
        for _ in 0..STARTS {
            match self.attempt(program) {
                Some(Some(Symptom::Crash(how))) if child::is_sent_by_others(&how) => {
                    // It is believed if it is so each time.
                    symptom = Some(Symptom::Crash(how));
                }
                Some(result) => return result,
                None => {}
            }
        }
        symptom
    }

    fn is_over(&self) -> bool {
        self.stop.load(Ordering::Relaxed)
    }

    fn level(&self) -> Level {
        self.launch.settings.level
    }
}

impl Isolated<'_> {
    /// Runs a program in a process; `None` if that could not start, which says nothing about the program.
    fn attempt(&mut self, program: &Program) -> Option<Option<Symptom>> {
        let is_stopped = || self.stop.load(Ordering::Relaxed);
        if is_stopped() {
            return Some(None);
        }
        let (mut process, events) = match self.spare.take() {
            Some(spare) => spare,
            None => self.process()?,
        };
        self.spare = self.process();
        process.set_timeout(self.timeout);
        let mut order = Some(Order::Replay { index: self.index, program: program::encode(program) });
        loop {
            match events.recv_timeout(Duration::from_millis(10)) {
                Ok(Event::Said(Report::Ready)) => {
                    process.ready();
                    if let Some(order) = order.take() {
                        process.send(&order);
                    }
                }
                Ok(Event::Gone) => return order.is_none().then(|| Some(process.end(None).symptom)),
                Ok(Event::Said(_)) => return order.is_none().then_some(None),
                Err(RecvTimeoutError::Timeout) => {}
                Err(RecvTimeoutError::Disconnected) => return None,
            }
            if is_stopped() {
                return Some(None);
            }
            if let Some(overrun) = process.overrun() {
                return order.is_none().then(|| Some(process.end(Some(overrun)).symptom));
            }
        }
    }
}
