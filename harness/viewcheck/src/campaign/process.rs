//! The parent's side of a worker: starts it, reads its heartbeat page, and interprets how it ended.

use super::message::{Order, Report};
use super::recipe::Settings;
use super::worker::{ENDS, INVESTIGATES, PROGRAM, SETTLED};
use crate::findings::Symptom;
use crate::processes::Processes;
use child::{Cause, Child, Ending, Limits, Overrun};
use std::io;
use std::process::Command;
use std::sync::mpsc::Sender;
use std::time::Duration;

/// How workers are started, and what they may do.
#[derive(Clone, Debug)]
pub(super) struct Launch {
    pub(super) settings: Settings,
    /// What workers may take and do.
    pub(super) processes: Processes,
    /// Whether statistics are made of every program.
    pub(super) exact: bool,
}

/// What happens on the other side.
#[derive(Debug)]
pub(super) enum Event {
    /// It reported.
    Said(Report),
    /// It closed its output: it has ended, or is about to.
    Gone,
}

/// The time that a worker is given beside the limit of a program if it talks to a process itself: that has limits of its own
/// for each program, is started again when it is lost, and runs a whole batch.
const SLACK: Duration = Duration::from_secs(300);

fn slack(settings: &Settings, timeout: Duration) -> Duration {
    let is_command = [&settings.engine, &settings.against].iter().any(|engine| engine.contains('='));
    if is_command { SLACK + 3 * timeout } else { Duration::ZERO }
}

/// A worker process.
#[derive(Debug)]
pub(super) struct Process {
    /// What its events are marked with.
    pub(super) id: u64,
    child: Child,
    /// What it is given beside the time limit of a program.
    slack: Duration,
}

/// How a worker was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Lost {
    /// The program that it was at.
    pub(super) index: Option<u64>,
    /// Whether it was investigating that program.
    pub(super) investigated: bool,
    /// What that program did to it.
    pub(super) symptom: Symptom,
    /// Whether it was ended by a signal that others may have sent, or was stopped by one.
    pub(super) is_sent_by_others: bool,
    /// How it ended, in a line.
    pub(super) reason: String,
}

impl From<Ending> for Lost {
    fn from(ending: Ending) -> Lost {
        let (reason, is_sent_by_others) = (ending.reason(), ending.may_be_sent_by_others());
        let symptom = match ending.cause {
            Cause::Ended(how) => Symptom::Crash(how),
            Cause::Closed => Symptom::Crash("closed its output".to_owned()),
            Cause::Time => Symptom::Hang,
            Cause::Memory => Symptom::Memory,
        };
        let index = ending.page[PROGRAM].checked_sub(1);
        Lost { index, investigated: ending.page[INVESTIGATES] == 1, symptom, is_sent_by_others, reason }
    }
}

impl Process {
    /// Starts a worker, whose events go to `events`.
    pub(super) fn start<M: Send + 'static>(
        launch: &Launch,
        id: u64,
        events: Sender<M>,
        mark: impl Fn(u64, Event) -> M + Send + 'static,
    ) -> io::Result<Process> {
        let settings = &launch.settings;
        let mut command = Command::new(child::this_program()?);
        command.args(["worker", "--engine", &settings.engine, "--against", &settings.against]);
        command.args(["--seed", &settings.seed.to_string(), "--length", &settings.length.to_string()]);
        if let Some(extent) = settings.extent {
            command.args(["--depth", &extent.depth.to_string()]).args(extent.all.then_some("--all"));
        }
        command.args(["--level", settings.level.word(), "--number", &id.to_string()]);
        if let Some(shard) = settings.shard {
            command.args(["--shard", &shard.to_string()]);
        }
        launch.processes.pass_to(&mut command);
        if launch.exact {
            command.arg("--exact");
        }
        if settings.guided {
            command.arg("--guided");
        }
        let limits = launch.processes.settings().limits();
        let slack = slack(settings, limits.progress);
        let limits = Limits { progress: limits.progress + slack, ..limits };
        let with_page = |command: &mut Command, page: &std::path::Path| _ = command.arg("--page").arg(page);
        let child = Child::spawn(command, with_page, limits, move |event| match event {
            child::Event::Line(line) => match serde_json::from_str(line) {
                Ok(report) => events.send(mark(id, Event::Said(report))).is_ok(),
                // Whatever else a program printed is not for us.
                Err(_) => true,
            },
            // The receiver is gone when the campaign ends: the message is no longer needed.
            child::Event::Endless | child::Event::Closed => events.send(mark(id, Event::Gone)).is_ok(),
        })?;
        Ok(Process { id, child, slack })
    }

    /// Notes that it is ready.
    pub(super) fn ready(&mut self) {
        self.child.ready();
    }

    pub(super) fn is_ready(&self) -> bool {
        self.child.is_ready()
    }

    /// Gives it another time limit for a program.
    pub(super) fn set_timeout(&mut self, timeout: Duration) {
        self.child.set_progress(timeout + self.slack);
    }

    /// Sends an order. If the worker has died, the order is lost; an event reports the death.
    pub(super) fn send(&mut self, order: &Order) {
        self.child.send(order);
    }

    /// The limit that it exceeds, time or memory, if it is busy.
    pub(super) fn overrun(&mut self) -> Option<Overrun> {
        self.child.overrun()
    }

    /// Tells it how much time is left, as [`ENDS`] says.
    pub(super) fn hurry(&self, haste: u64) {
        self.child.note(ENDS, haste);
    }

    /// How many programs of its chunk it has run.
    pub(super) fn settled(&self) -> u64 {
        self.child.noted(SETTLED)
    }

    /// Tells it that there is nothing more to do.
    pub(super) fn dismiss(&mut self) {
        self.child.dismiss();
    }

    /// Waits until it ends by itself, but no longer than that.
    pub(super) fn ends_within(&mut self, time: Duration) {
        self.child.ends_within(time);
    }

    /// Ends it, and sees how it was lost.
    pub(super) fn end(self, overrun: Option<Overrun>) -> Lost {
        self.child.end(overrun).into()
    }
}
