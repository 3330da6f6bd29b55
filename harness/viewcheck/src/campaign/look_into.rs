//! What a worker does about a program that went wrong: asks whether to look into it, confirms and shrinks it, and sends the
//! finding to the parent.

use super::beating::Beating;
use super::costly;
use super::message::{Order, Report, Tally};
use super::packed::Packed;
use super::worker::{BEATS, INVESTIGATES, PROGRAM, SETTLED, Worker, WorkerError};
use crate::differential::Result as Outcome;
use crate::findings::{Finding, Limits, Replay, Signature, Symptom, investigate, investigate_law, signature};
use crate::laws::{self, Law};
use engine::RunError;
use engine::process::is_too_much;
use program::Program;
use std::sync::atomic::Ordering::{Relaxed, Release};
use std::time::Duration;

/// How often a program is run again whose signature is new.
const REPEATS: usize = 2;

impl Worker<'_> {
    /// Counts a program that failed, and investigates it if no other worker has.
    pub(super) fn differ(
        &mut self,
        index: u64,
        program: &Program,
        symptom: Symptom,
        is_whole: bool,
        tally: &mut Tally,
    ) -> Result<(), WorkerError> {
        let met = self.sign(program, &symptom);
        let met = if self.is_known(&met, index) { met } else { self.settled(program, &symptom, met) };
        if self.is_known(&met, index) {
            *tally.hits.entry(met).or_default() += 1;
            return Ok(());
        }
        let finding = Box::new(Packed::new(&self.as_met(&met, program, &symptom), index));
        self.say(&Report::Met { finding })?;
        let is_wrong = match self.orders.recv() {
            Ok(Order::Investigate) => {
                let is_wrong = self.investigate(index, program, &symptom, is_whole, &met)?;
                // It is on disk before anything else is run.
                let _ = self.orders.recv();
                is_wrong
            }
            Ok(Order::Count { since }) => {
                self.met.insert(met.clone(), since);
                true
            }
            // Another order instead of an answer: the parent has given up on this chunk.
            _ => true,
        };
        match is_wrong {
            true => *tally.hits.entry(met).or_default() += 1,
            false => tally.vanished += 1,
        }
        Ok(())
    }

    fn sign(&self, program: &Program, symptom: &Symptom) -> Signature {
        let names = (self.about[0].name.as_str(), self.about[1].name.as_str());
        signature(names, program, symptom, Some(self.differential.traces()))
    }

    fn is_known(&self, met: &Signature, index: u64) -> bool {
        self.met.get(met).is_some_and(|since| *since <= index)
    }

    /// The signature that a program was met with, if it has that each time. A text from memory that was given back is another
    /// one each time, and would be a new signature for each program.
    fn settled(&mut self, program: &Program, symptom: &Symptom, met: Signature) -> Signature {
        if !matches!(symptom, Symptom::Difference(difference) if difference.law.is_none()) {
            return met;
        }
        for _ in 0..REPEATS {
            self.page.words()[BEATS].fetch_add(1, Relaxed);
            let Outcome::Differ(difference) = self.differential.run(program) else { continue };
            let other = self.sign(program, &Symptom::Difference(difference));
            if other != met && other.without_outcome() == met.without_outcome() {
                return other.without_outcome();
            }
        }
        met
    }

    /// The finding of a program as it was met.
    fn as_met(&self, met: &Signature, program: &Program, symptom: &Symptom) -> Finding {
        Finding::as_met(met.clone(), symptom.clone(), program.clone(), self.about.clone(), self.setup.level)
    }

    /// Investigates a program whose finding was given up.
    pub(super) fn investigate_again(&mut self, index: u64, met: &Signature) -> Result<(), WorkerError> {
        let mut program = Program::default();
        self.recipe.program(index, &mut program);
        self.page.words()[SETTLED].store(0, Relaxed);
        self.page.words()[PROGRAM].store(index + 1, Release);
        let symptom = match self.differential.run(&program) {
            Outcome::Differ(difference) => Some(Symptom::Difference(difference)),
            Outcome::Failed(error) => Some(Symptom::from(&error)),
            Outcome::Agree | Outcome::Reworded => {
                let breach = self.broken(index, &program).ok().flatten();
                breach.map(|breach| Symptom::Difference(breach.difference))
            }
            Outcome::Open(_) | Outcome::Unsupported(_) => None,
        };
        match symptom {
            Some(symptom) => self.investigate(index, &program, &symptom, false, met).map(drop)?,
            None => self.say(&Report::Vanished(met.clone()))?,
        }
        self.page.words()[PROGRAM].store(0, Release);
        Ok(())
    }

    /// Confirms, shrinks and keeps a program, and reports what came of it. Returns whether it still did something wrong.
    fn investigate(
        &mut self,
        index: u64,
        program: &Program,
        symptom: &Symptom,
        is_whole: bool,
        met: &Signature,
    ) -> Result<bool, WorkerError> {
        let law: Option<&'static Law> = match symptom {
            Symptom::Difference(difference) => difference.law.and_then(laws::named),
            _ => None,
        };
        self.page.words()[INVESTIGATES].store(1, Release);
        let limits = if is_whole { Limits { replays: 0, time: Duration::ZERO } } else { Limits::default() };
        let finding = match law {
            Some(law) => {
                let beat = || _ = self.page.words()[BEATS].fetch_add(1, Relaxed);
                investigate_law(
                    self.differential.tested(),
                    &self.about,
                    program,
                    (law, self.setup.level),
                    limits,
                    &beat,
                )
            }
            None => {
                self.differential.hurry(*symptom == Symptom::Hang);
                let mut replay = Beating { differential: &mut self.differential, page: &self.page };
                investigate(&mut replay, &self.about, program, limits)
            }
        };
        self.differential.hurry(false);
        self.page.words()[INVESTIGATES].store(0, Release);
        // The process of an engine may be lost only after other programs. If somebody else has ended it, that says nothing.
        let is_lost = matches!(symptom, Symptom::Crash(how) if !child::is_sent_by_others(how));
        let lost = || is_lost.then(|| self.as_met(met, program, symptom));
        let Some(finding) = finding.or_else(lost) else {
            self.say(&Report::Vanished(met.clone()))?;
            return Ok(false);
        };
        if finding.stable && !finding.unfinished {
            self.learn(&finding);
        }
        self.met.insert(met.clone(), index);
        self.say(&Report::Found { met: met.clone(), finding: Box::new(Packed::new(&finding, index)) })?;
        Ok(true)
    }

    /// Learns whether the last operation of a finding takes long.
    fn learn(&mut self, finding: &Finding) {
        self.differential.hurry(finding.symptom == Symptom::Hang);
        costly::learn(&finding.program, &mut self.costly, |program| {
            self.page.words()[BEATS].fetch_add(1, Relaxed);
            let mut outcome = None;
            let is_long = costly::is_long(|| outcome = Some(self.differential.run(program)));
            // After a crash it is only the new process that takes its time.
            let is_crash = |error: &RunError| matches!(error, RunError::Crashed { how, .. } if !is_too_much(how));
            is_long && !matches!(&outcome, Some(Outcome::Failed(error)) if is_crash(error))
        });
        self.differential.hurry(false);
    }
}
