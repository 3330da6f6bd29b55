//! An engine in a process of its own: a case that ends, hangs or fills that process is a result, and the others are
//! checked all the same.

use super::message::{CASE, Done, Request, Task};
use super::oracle::skipped;
use super::{Checked, Judged};
use crate::compare::Level;
use crate::isolated::{Process, Said, StartError, TICK, crashed, make_folder};
use crate::processes::Processes;
use cases::Case;
use child::{Cause, Ending, Limits};
use engine::{About, RunError};
use std::collections::VecDeque;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::RecvTimeoutError;
use std::time::Duration;

/// How many cases are sent at a time.
const CHUNK: usize = 256;
/// How long a reply is waited for that a process has sent before it ended. What it has started may keep its output open.
const LINGER: Duration = Duration::from_millis(200);
/// How long a case has to take for a check that is interrupted to name it.
const SUSPICIOUS: Duration = Duration::from_secs(1);
/// How many processes in a row may end without being at a case.
const PATIENCE: usize = 3;
/// How many cases in a row may hang before the engine is given up. Each takes a while, and there can be thousands left.
const HANGS: usize = 3;

/// How the process is started.
#[derive(Clone, Debug)]
pub struct Launch {
    /// The executable of viewcheck.
    pub program: PathBuf,
    /// The engine's name.
    pub engine: String,
    /// How strict to be about errors; `None` for what is usual for the engine.
    pub level: Option<Level>,
    /// What the process may take and do.
    pub processes: Processes,
}

/// A process that was started and may not be ready yet.
pub struct Starting {
    launch: Launch,
    process: Process<Done>,
}

/// An engine in a process of its own.
pub struct Isolated {
    launch: Launch,
    about: About,
    /// The process, unless it was lost.
    process: Option<Process<Done>>,
}

impl Launch {
    /// Starts the process.
    pub fn start(self) -> Result<Starting, StartError> {
        let mut command = Command::new(&self.program);
        command.args(["check-worker", "--engine", &self.engine]);
        self.processes.pass_to(&mut command);
        if let Some(level) = self.level {
            command.args(["--level", level.word()]);
        }
        let folder = make_folder(&mut command);
        let process = Process::start(command, &self.engine, self.limits())?.keeping(folder);
        Ok(Starting { launch: self, process })
    }

    fn limits(&self) -> Limits {
        self.processes.settings().limits()
    }
}

impl Starting {
    /// Waits until the engine is ready.
    ///
    /// # Errors
    ///
    /// When it can't start, or when `stop` says that nobody waits for it any more.
    pub fn ready(self, stop: &dyn Fn() -> bool) -> Result<Isolated, StartError> {
        let (process, about) = self.process.ready(stop)?;
        Ok(Isolated { launch: self.launch, about, process: Some(process) })
    }
}

impl Isolated {
    /// Who the engine is.
    pub fn about(&self) -> &About {
        &self.about
    }

    /// Checks cases, and calls `each` with the index of each and what came of it. Stops where `halt` says so.
    pub(super) fn check(&mut self, cases: &[&Case], halt: &AtomicBool, each: &mut dyn FnMut(usize, Checked)) {
        let mut waiting = VecDeque::new();
        for (index, case) in cases.iter().enumerate() {
            match skipped(case, &self.about) {
                Some(reason) => each(index, Checked::unseen(Judged::Skip(reason))),
                None => waiting.push_back(index),
            }
        }
        let (mut unexplained, mut hangs) = (0, 0);
        // The case at which a process was ended by what somebody else may have sent.
        let mut doubted = None;
        while !waiting.is_empty() && !halt.load(Ordering::Relaxed) {
            let before = waiting.len();
            match self.check_some(cases, &mut waiting, halt, each) {
                Stage::Done => return,
                Stage::Ended(index, ending) if ending.may_be_sent_by_others() && doubted != Some(index) => {
                    doubted = Some(index);
                    waiting.push_front(index);
                }
                Stage::Ended(index, ending) => {
                    unexplained = 0;
                    // If more than that case is gone, others ran before it.
                    let has_run = before > waiting.len() + 1;
                    hangs = match ending.cause {
                        Cause::Time if has_run => 1,
                        Cause::Time => hangs + 1,
                        _ => 0,
                    };
                    each(index, Checked::unseen(self.judged(ending)));
                    if hangs == HANGS {
                        let name = &self.about.name;
                        let reason = format!("the engine `{name}` was given up, as it hung at {HANGS} cases in a row");
                        return give_up(&mut waiting, &reason, each);
                    }
                }
                Stage::Lost(_) if unexplained < PATIENCE => unexplained += 1,
                Stage::Lost(reason) => {
                    let reason = format!("the process of the engine ends whatever it runs: {reason}");
                    return give_up(&mut waiting, &reason, each);
                }
                Stage::Hopeless(reason) => return give_up(&mut waiting, &reason, each),
            }
        }
    }

    /// Has a process check what is waiting, until that is all done or the process is lost.
    fn check_some(
        &mut self,
        cases: &[&Case],
        waiting: &mut VecDeque<usize>,
        halt: &AtomicBool,
        each: &mut dyn FnMut(usize, Checked),
    ) -> Stage {
        let mut process = match self.process.take().map_or_else(|| self.restart(halt), Ok) {
            Ok(process) => process,
            Err(error) => return Stage::Hopeless(error.to_string()),
        };
        let version = self.about.profile.version();
        // In parts, so that the first is run while the last is made.
        for indices in waiting.make_contiguous().chunks(CHUNK) {
            let tasks = indices.iter().map(|index| Task::new(cases[*index], version)).collect();
            process.child.send(&Request::Run(tasks));
        }
        let mut done = 0;
        let overrun = loop {
            let heard = process.heard.recv_timeout(TICK);
            let is_halted = halt.load(Ordering::Relaxed);
            match heard {
                Ok(Some(Said::Did((place, checked)))) if place == done => {
                    done += 1;
                    if let Some(index) = waiting.pop_front() {
                        each(index, *checked);
                    }
                    if waiting.is_empty() {
                        self.process = Some(process);
                        return Stage::Done;
                    }
                    // One that replies all the time is interrupted too.
                    if is_halted {
                        return Stage::Done;
                    }
                }
                Ok(Some(Said::Failed(reason))) => return Stage::Hopeless(reason),
                Ok(Some(Said::Ready(_) | Said::Did(_))) => {}
                Ok(None) | Err(RecvTimeoutError::Disconnected) => break None,
                Err(RecvTimeoutError::Timeout) if is_halted => {
                    // Whoever interrupts a check that seems to hang wants to know where.
                    let idle = process.child.idle();
                    if let Some(index) = waiting.pop_front().filter(|_| idle > SUSPICIOUS) {
                        each(index, Checked::unseen(self.hung(idle, String::new())));
                    }
                    return Stage::Done;
                }
                Err(RecvTimeoutError::Timeout) if process.child.has_ended() => break None,
                Err(RecvTimeoutError::Timeout) => match process.child.overrun() {
                    None => {}
                    overrun => break overrun,
                },
            }
        };
        let ending = process.child.end(overrun);
        // What it sent before it ended is heard out first.
        while let Ok(Some(reply)) = process.heard.recv_timeout(LINGER) {
            if let Said::Did((place, checked)) = reply
                && place == done
                && let Some(index) = waiting.pop_front()
            {
                done += 1;
                each(index, *checked);
            }
        }
        match waiting.front() {
            // The page says which case it was at: that one, unless it was none.
            Some(index) if ending.page[CASE] == done as u64 + 1 => {
                let index = *index;
                waiting.pop_front();
                Stage::Ended(index, ending)
            }
            _ => Stage::Lost(ending.reason()),
        }
    }

    fn restart(&self, halt: &AtomicBool) -> Result<Process<Done>, StartError> {
        let starting = self.launch.clone().start()?;
        starting.process.ready(&|| halt.load(Ordering::Relaxed)).map(|(process, _)| process)
    }

    /// What the end of the process says of the case that it was at.
    fn judged(&self, ending: Ending) -> Judged {
        let limits = self.launch.limits();
        match ending.cause {
            Cause::Time => self.hung(limits.progress, ending.last_words),
            _ => crashed(&self.about.name, ending, limits.memory).into(),
        }
    }

    fn hung(&self, after: Duration, last_words: String) -> Judged {
        // Milliseconds tell something only where there is little else.
        let after = match after.as_secs() {
            0..10 => Duration::from_millis(after.as_millis() as u64),
            seconds => Duration::from_secs(seconds),
        };
        let engine = self.about.name.clone().into();
        RunError::Hung { engine, after, last_words: last_words.into() }.into()
    }
}

/// How far a process got with the cases that were waiting.
enum Stage {
    /// Everything is checked, or nobody wants to know any more.
    Done,
    /// The process ended at that case, and another one is to check those that are left.
    Ended(usize, Ending),
    /// The process ended at no case, like this.
    Lost(String),
    /// No process will do better, for this reason.
    Hopeless(String),
}

/// Says of all cases that are waiting why they can't be checked.
fn give_up(waiting: &mut VecDeque<usize>, reason: &str, each: &mut dyn FnMut(usize, Checked)) {
    for index in waiting.drain(..) {
        each(index, Checked::unseen(Judged::Error(reason.to_owned())));
    }
}
