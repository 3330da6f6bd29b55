//! Running programs on a process that may be lost at any of them: which program is to blame, and how the others are run.
//!
//! Replies come in the order of the programs, so that a process is lost at the first program without a reply. That one is
//! run again, alone on a new process: if the process is lost again, the program is to blame. If not, that can have
//! been the doing of the programs before it, and is reported as such where there is no innocent cause
//! ([`Lost::is_certain`]). A program that took too long is given twice the time, as the machine may have been busy.
//!
//! A reply too many is the doing of the last program that was replied to. So each result is held back until it is known
//! that the next line is not about the same program. An engine that is lost at one program after the other is given up: a
//! hang takes half a minute, and there can be thousands of programs left.

use super::lost::{How, Lost};
use super::protocol::{self, Ran};
use super::session::Session;
use super::{Process, probe};
use crate::{Each, RunError, Watch};
use program::{Program, Trace};
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

/// How many programs are sent at a time, and how many such batches are on their way.
pub(super) const BATCH: usize = 32;
pub(super) const AHEAD: usize = 2;
/// What is said of a loss that needs the programs before the one at which it was.
pub const NOT_ALONE: &str = "not when run alone";
/// How many programs in a row may hang, and how many may be lost at all, before the engine is given up.
const HANGS: usize = 3;
const LOSSES: usize = 50;
/// What part of its time a program gets in a [hurry](crate::Engine::hurry).
const HASTE: u32 = 10;
/// How often a program is run alone if each time a signal ends the process that somebody else may have sent.
const ALONE: usize = 3;
/// How often it is tried to start a process in place of one that was lost, and how long is waited in between.
const ATTEMPTS: usize = 3;
const PAUSE: Duration = Duration::from_millis(200);

/// The programs in a row at which a process was lost.
#[derive(Debug, Default)]
pub(super) struct Streak {
    losses: usize,
    hangs: usize,
}

impl Streak {
    /// Notes what came of a program. Gives why the engine is given up, if it is.
    fn note(&mut self, result: &Result<(), RunError>) -> Option<String> {
        match result {
            Err(RunError::Hung { .. }) => (self.losses, self.hangs) = (self.losses + 1, self.hangs + 1),
            Err(RunError::Crashed { .. } | RunError::Protocol { .. }) => {
                (self.losses, self.hangs) = (self.losses + 1, 0);
            }
            // It says nothing about programs.
            Err(RunError::Lost { .. }) => {}
            _ => *self = Streak::default(),
        }
        match (self.hangs, self.losses) {
            (HANGS.., _) => Some(format!("it was given up, as it hung at {HANGS} programs in a row")),
            (_, LOSSES..) => {
                let last = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
                Some(format!("it was given up, as it was lost at {LOSSES} programs in a row. The last time, {last}"))
            }
            _ => None,
        }
    }
}

/// The loss of a process in the middle of programs.
struct Loss {
    /// The index of the first program without a reply.
    index: usize,
    /// Whether the process had run other programs before.
    had_run: bool,
    lost: Lost,
}

impl Process {
    /// Runs programs, on as many processes as it takes. See [`Engine::run_batch`](crate::Engine::run_batch).
    pub(super) fn run_all(&mut self, programs: &[&Program], watch: Watch, each: &mut Each<'_>) {
        let (mut start, is_alone) = (0, programs.len() == 1);
        let progress = if self.is_hurried { self.limits.progress / HASTE } else { self.limits.progress };
        // Whoever makes one program smaller that hangs runs nothing but programs that hang, one by one.
        let mut streak = if is_alone { Streak::default() } else { std::mem::take(&mut self.streak) };
        while let Some(left) = programs.get(start..).filter(|left| !left.is_empty()) {
            if self.interrupt.load(Relaxed) {
                break;
            }
            if let Some(reason) = &self.given_up
                && !self.is_hurried
            {
                let how = || How::GivenUp(reason.clone());
                return self.give_up(start..programs.len(), how, each);
            }
            let mut each_left = |index: usize, trace: &Trace, result| {
                streak.note(&result);
                each(start + index, trace, result);
            };
            let Err(loss) = self.converse(left, watch, progress, &mut each_left) else { break };
            let (culprit, is_interrupted) = (start + loss.index, self.interrupt.load(Relaxed));
            let (trace, result) = match loss.lost.how {
                How::Interrupted => break,
                How::NotStarted(reason) => {
                    let how = || How::NotStarted(reason.clone());
                    return self.give_up(culprit..programs.len(), how, each);
                }
                How::Hung(_) if is_interrupted || self.is_hurried => (Trace::new(), Err(self.error(loss.lost, ""))),
                _ => match self.run_alone(programs[culprit], watch, loss) {
                    Some(ran) => ran,
                    None => break,
                },
            };
            if !is_alone {
                self.given_up = streak.note(&result);
            }
            each(culprit, &trace, result);
            start = culprit + 1;
        }
        if !is_alone {
            self.streak = streak;
        }
    }

    /// Has a process run programs until all are run, or it is lost. Calls `each` for each that was run.
    fn converse(
        &mut self,
        programs: &[&Program],
        watch: Watch,
        progress: Duration,
        each: &mut Each<'_>,
    ) -> Result<(), Loss> {
        // One that ended since its last reply has not ended because of the first of these programs.
        let used = self.session.take().and_then(|mut session| session.is_alive().then_some(session));
        let is_used = used.is_some();
        let mut session = match used {
            Some(session) => session,
            None => self.start_again().map_err(|lost| Loss { index: 0, had_run: false, lost })?,
        };
        session.set_progress(progress);
        if is_used && let Some(what) = session.excess() {
            let lost = session.accuse(format!("after its last reply it wrote {what}"));
            return Err(Loss { index: 0, had_run: true, lost });
        }
        let (mut trace, mut held_trace) = (Trace::new(), Trace::new());
        // The last result, until it is known that nothing more is said of that program.
        let mut held: Option<(usize, Result<(), RunError>)> = None;
        let (first, mut batches) = (self.next, programs.chunks(BATCH));
        let mut send = |session: &mut Session| {
            if let Some(batch) = batches.next() {
                session.send(&protocol::run(self.next, batch, watch, self.takes));
                self.next += batch.len() as u64;
            }
        };
        (0..AHEAD).for_each(|_| send(&mut session));
        for (index, program) in programs.iter().enumerate() {
            let number = first + index as u64;
            let loss = |index: usize, lost| Loss { index, had_run: is_used || index > 0, lost };
            let mut release = |held: &mut Option<_>, trace: &Trace| {
                held.take().into_iter().for_each(|(index, result)| each(index, trace, result));
            };
            let reply = match session.hear(&self.interrupt) {
                Ok(reply) => reply,
                Err(lost) => {
                    release(&mut held, &held_trace);
                    return Err(loss(index, lost));
                }
            };
            if let Some(ran) = protocol::is_earlier(&reply, number) {
                let lost = session.accuse(format!("it replied once more to program {ran}"));
                return Err(loss(index.saturating_sub(1), lost));
            }
            release(&mut held, &held_trace);
            let ran = protocol::ran(&reply, number, program, &mut trace);
            let result = match ran.map_err(|reason| loss(index, session.accuse(reason)))? {
                Ran::Whole => Ok(()),
                Ran::Unsupported(what) => {
                    Err(RunError::Unsupported { engine: self.about.name.clone().into(), what: what.into() })
                }
            };
            held = Some((index, result));
            std::mem::swap(&mut trace, &mut held_trace);
            if (index + 1).is_multiple_of(BATCH) {
                send(&mut session);
            }
        }
        if let Some((index, result)) = held {
            if let Some(what) = session.excess() {
                let lost = session.accuse(format!("after its reply it wrote {what}"));
                return Err(Loss { index, had_run: is_used || index > 0, lost });
            }
            each(index, &held_trace, result);
        }
        self.session = Some(session);
        Ok(())
    }

    /// Runs a program again, alone, at which a process was lost among others. Gives nothing if that was interrupted.
    fn run_alone(&mut self, program: &Program, watch: Watch, first: Loss) -> Option<(Trace, Result<(), RunError>)> {
        let progress = self.limits.progress * if matches!(first.lost.how, How::Hung(_)) { 2 } else { 1 };
        let mut alone = None;
        let mut each = |_, trace: &Trace, result| alone = Some((trace.clone(), result));
        let mut again = self.converse(&[program], watch, progress, &mut each).err().map(|loss| loss.lost);
        for _ in 1..ALONE {
            // Whoever has ended one process may have ended this one, too.
            if again.as_ref().is_some_and(Lost::is_sent_by_others) {
                again = self.converse(&[program], watch, progress, &mut each).err().map(|loss| loss.lost);
            }
        }
        let error = match again {
            Some(Lost { how: How::Interrupted, .. }) => return None,
            // There is nothing to run it on, but what happened did happen.
            Some(Lost { how: How::NotStarted(_), .. }) => self.error(first.lost, ""),
            Some(again) => self.error(again, ""),
            None if !first.lost.is_certain() => return alone,
            None if first.had_run => self.error(first.lost, &format!(" (after other programs, {NOT_ALONE})")),
            None => self.error(first.lost, " (not when run again)"),
        };
        Some((Trace::new(), Err(error)))
    }

    /// Says of programs that there is nothing to run them on.
    fn give_up(&self, programs: std::ops::Range<usize>, how: impl Fn() -> How, each: &mut Each<'_>) {
        programs.for_each(|index| each(index, &Trace::new(), Err(self.error(Lost::silent(how()), ""))));
    }

    pub(super) fn error(&self, lost: Lost, note: &str) -> RunError {
        lost.error(&self.about.name, self.limits.memory, note)
    }

    /// Starts a process in place of one that was lost. Once that was tried in vain, it is not tried again: a start may
    /// take a minute, and there can be thousands of programs left.
    fn start_again(&mut self) -> Result<Session, Lost> {
        let mut attempts = 0;
        loop {
            if let Some(reason) = &self.gone {
                return Err(Lost::silent(How::NotStarted(reason.clone())));
            }
            let lost = match self.start_once() {
                Err(lost) if !matches!(lost.how, How::Interrupted) => lost,
                started => return started,
            };
            attempts += 1;
            match attempts < ATTEMPTS && !matches!(lost.how, How::Hung(_)) {
                true => std::thread::sleep(PAUSE),
                false => self.gone = Some(lost.refusal()),
            }
        }
    }

    fn start_once(&self) -> Result<Session, Lost> {
        let refused = |error: std::io::Error| Lost::silent(How::NotStarted(error.to_string()));
        let mut session = Session::start(&self.command, self.limits, &self.settings).map_err(refused)?;
        let (about, _) = probe::probe(&mut session, &self.command, &self.interrupt)?;
        let identity = |about: &crate::About| {
            (about.implementation.clone(), about.implementation_version.clone(), about.python, about.profile)
        };
        match identity(&about) == identity(&self.about) {
            true => Ok(session),
            false => Err(session.accuse("it is another Python than before".to_owned())),
        }
    }
}
