//! The parent of a campaign: assigns chunks, watches the workers, replaces those that die, and records the progress.

use super::chunk::{Chunks, Loss};
use super::examine::{Case, Examiner, Note};
use super::investigations::{Asker, EXAMINER, Investigations};
use super::keep::Keeper;
use super::message::{Order, Report};
use super::packed::Packed;
use super::process::{Event, Launch, Process};
use super::progress::Progress;
use super::register::Again;
use super::screen::{Screen, Status};
use super::starts::Starts;
use super::state::State;
use super::worker::{NO_MORE, NOW};
use super::{CampaignError, Options};
use crate::findings::{Signature, Symptom};
use child::Overrun;
use engine::About;
use program::Program;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

mod hand_out;

/// How often the workers are looked at, when they do not report by themselves.
const TICK: Duration = Duration::from_millis(50);
/// How long workers may take to end when there is nothing more to do.
const PARTING: Duration = Duration::from_millis(300);
/// How long programs may still be made smaller after the campaign's end, by its time or by Ctrl-C. Until then workers go on
/// with the program that they are at, and not with further ones.
const HURRY: Duration = Duration::from_millis(500);
/// How long after the end workers are given up, whatever they do.
const GRACE: Duration = Duration::from_millis(1500);
/// With so many programs still to be examined, no further ones are run.
const BACKLOG: usize = 32;

/// What the parent hears.
enum Heard {
    Worker(u64, Event),
    Examiner(Note),
}

/// What a worker is at.
enum Task {
    /// The chunk with that first program.
    Chunk(u64),
    /// An investigation.
    Again(Again),
}

/// A worker, and what it is at.
struct Worker {
    process: Process,
    task: Option<Task>,
    /// Whether it waits for an answer.
    asks: bool,
    /// How many entries of the corpus it has.
    learned: Option<usize>,
}

/// What a campaign came to.
pub(super) struct Ended {
    pub(super) state: State,
    pub(super) investigations: Investigations,
    pub(super) interrupted: bool,
    /// How many programs ended a worker and could not be examined any more.
    pub(super) unexamined: usize,
    /// Why it ended early, if it did. What is known until then is kept all the same.
    pub(super) error: Option<CampaignError>,
}

/// A campaign under way.
pub(super) struct Supervisor<'a> {
    options: &'a Options,
    launch: Launch,
    progress: Progress,
    keeper: Keeper,
    investigations: Investigations,
    workers: BTreeMap<Asker, Worker>,
    chunks: Chunks,
    /// The programs that wait for a worker that investigates them again.
    once_more: VecDeque<Again>,
    /// All programs that were to be investigated again.
    repeated: BTreeSet<u64>,
    started: u64,
    starts: Starts,
    cases: Option<Sender<Case>>,
    answers: Option<Sender<Order>>,
    examined: usize,
    examiner: Option<JoinHandle<()>>,
    stop: Arc<AtomicBool>,
    heard: Receiver<Heard>,
    ear: Sender<Heard>,
    /// What happened since the screen was last shown.
    news: Vec<String>,
    /// Whether Ctrl-C has ended it.
    interrupted: bool,
    /// Since when nothing more is begun.
    ending: Option<Instant>,
}

impl<'a> Supervisor<'a> {
    /// A campaign that goes on from a state.
    pub(super) fn new(
        options: &'a Options,
        launch: Launch,
        progress: Progress,
        keeper: Keeper,
        investigations: Investigations,
        engines: [About; 2],
    ) -> Result<Supervisor<'a>, CampaignError> {
        let (ear, heard) = mpsc::channel();
        let (cases, received) = mpsc::channel();
        let (answers, orders) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (to, halt, start) = (ear.clone(), stop.clone(), launch.clone());
        let examiner = child::new_thread().and_then(|thread| {
            thread.spawn(move || {
                let say = |note| to.send(Heard::Examiner(note)).is_ok();
                Examiner { launch: start, engines, stop: halt, orders, say: &say }.run(received);
            })
        });
        let examiner = examiner.map_err(|error| CampaignError::Start {
            attempts: 1,
            reason: format!("the system refuses a thread: {error}"),
        })?;
        let once_more: VecDeque<Again> = progress.state.register.open().into();
        let repeated = once_more.iter().map(|(_, index)| *index).collect();
        Ok(Supervisor {
            options,
            launch,
            progress,
            keeper,
            investigations,
            workers: BTreeMap::new(),
            chunks: Chunks::default(),
            once_more,
            repeated,
            started: EXAMINER,
            starts: Starts::new(),
            cases: Some(cases),
            answers: Some(answers),
            examined: 0,
            examiner: Some(examiner),
            stop,
            heard,
            ear,
            news: vec![],
            interrupted: false,
            ending: None,
        })
    }

    /// Runs it to its end, to Ctrl-C, or until it can't go on.
    pub(super) fn run(mut self, stop: &dyn Fn() -> bool, screen: &mut Screen<'_>) -> Ended {
        let result = self.work(stop, screen);
        let ended = self.end();
        let (interrupted, unexamined) = (self.interrupted, self.examined);
        let (state, closed) = self.progress.close();
        let error = result.and(ended).and(closed).err();
        Ended { state, investigations: self.investigations, interrupted, unexamined, error }
    }

    fn work(&mut self, stop: &dyn Fn() -> bool, screen: &mut Screen<'_>) -> Result<(), CampaignError> {
        loop {
            self.interrupted |= stop();
            if self.interrupted || self.progress.overtime().is_some() {
                let since = *self.ending.get_or_insert_with(Instant::now);
                if since.elapsed() > GRACE {
                    return Ok(());
                }
                let is_hurried = since.elapsed() > HURRY;
                self.stop.store(is_hurried, Ordering::Relaxed);
                let haste = if is_hurried { NOW } else { NO_MORE };
                self.workers.values().for_each(|worker| worker.process.hurry(haste));
            }
            self.hand_out()?;
            if self.is_idle() {
                return Ok(());
            }
            if let Ok(heard) = self.heard.recv_timeout(TICK) {
                self.hear(heard)?;
                while let Ok(heard) = self.heard.try_recv() {
                    self.hear(heard)?;
                }
            }
            self.watch()?;
            self.progress.save_at_times()?;
            screen.tell(self.news.drain(..));
            screen.show(&self.status());
        }
    }

    /// Whether nothing is under way, and nothing will be.
    fn is_idle(&self) -> bool {
        let is_busy = self.workers.values().any(|worker| worker.task.is_some());
        // When the campaign ends, what still waits to be examined is not begun.
        let is_waiting = match self.is_ending() {
            true => self.examined > 0 && !self.stop.load(Ordering::Relaxed),
            false => self.examined > 0 || !self.once_more.is_empty() || self.chunks.is_waiting(&self.progress),
        };
        !is_busy && !is_waiting
    }

    /// Whether nothing more is begun.
    fn is_ending(&self) -> bool {
        self.ending.is_some()
    }

    fn hear(&mut self, heard: Heard) -> Result<(), CampaignError> {
        match heard {
            Heard::Worker(id, Event::Gone) => {
                if let Some(worker) = self.workers.remove(&id) {
                    self.lose(worker, None)?;
                }
            }
            Heard::Worker(id, Event::Said(report)) => self.take(id, report)?,
            Heard::Examiner(Note::Said(report)) => self.take(EXAMINER, report)?,
            Heard::Examiner(Note::Closed(index, signature)) => {
                self.examined = self.examined.saturating_sub(1);
                let operations = self.program(index).operations.len() as u64;
                if let Some((range, tally)) = self.chunks.examined(index, operations, signature) {
                    self.progress.count(range, &tally, vec![])?;
                }
            }
        }
        let answers = self.investigations.answers(&mut self.progress.state.register);
        answers.into_iter().for_each(|(asker, order)| self.answer(asker, order));
        Ok(())
    }

    fn take(&mut self, id: Asker, report: Report) -> Result<(), CampaignError> {
        match report {
            Report::Ready => {
                if let Some(worker) = self.workers.get_mut(&id) {
                    worker.process.ready();
                    self.starts.succeeded();
                }
            }
            Report::Failed(reason) => {
                return match self.workers.remove(&id) {
                    Some(worker) if !worker.process.is_ready() => self.not_started(reason),
                    _ => Err(CampaignError::Worker { reason }),
                };
            }
            Report::Met { finding } => {
                match self.workers.get_mut(&id) {
                    Some(worker) => worker.asks = true,
                    // The examiner has seen it end a process, and shrinks it from here on.
                    None if id == EXAMINER => self.progress.exclude(finding.index),
                    None => {}
                }
                self.investigations.ask(id, *finding);
            }
            Report::Found { met, finding } => {
                self.investigations.release(&met);
                self.keep(met, &finding)?;
                self.go_on(id);
            }
            Report::Vanished(signature) => {
                self.investigations.release(&signature);
                let again = self.progress.state.register.vanished(&signature);
                self.look_again(again);
                self.go_on(id);
            }
            Report::Ran { end, tally, news } => {
                let task = self.workers.get_mut(&id).and_then(|worker| worker.task.take());
                if let Some(Task::Chunk(start)) = task
                    && let Some(range) = self.chunks.ran(start, end)
                {
                    self.progress.count(range, &tally, news)?;
                }
            }
            Report::Replayed => {}
        }
        Ok(())
    }

    /// Keeps a finding.
    fn keep(&mut self, met: Signature, finding: &Packed) -> Result<(), CampaignError> {
        let (is_new, again) = self.progress.add_finding(&mut self.keeper, met, finding)?;
        if is_new {
            self.news.push(format!("found {}", finding.signature));
        }
        self.look_again(again);
        Ok(())
    }

    /// Has programs investigated again. Each is at most once: where it does something else each time, there would be no end.
    fn look_again(&mut self, again: impl IntoIterator<Item = Again>) {
        self.once_more.extend(again.into_iter().filter(|(_, index)| self.repeated.insert(*index)));
    }

    /// Has a worker go on after an investigation.
    fn go_on(&mut self, id: Asker) {
        if let Some(worker) = self.workers.get_mut(&id) {
            match worker.task {
                Some(Task::Again(_)) => worker.task = None,
                _ => worker.process.send(&Order::GoOn),
            }
        }
    }

    fn answer(&mut self, asker: Asker, order: Order) {
        if let Some(worker) = self.workers.get_mut(&asker) {
            worker.asks = false;
            worker.process.send(&order);
        } else if let (EXAMINER, Some(answers)) = (asker, &self.answers) {
            let _ = answers.send(order);
        }
    }

    /// Looks whether a worker hangs, or takes too much memory.
    fn watch(&mut self) -> Result<(), CampaignError> {
        let busy = |worker: &&mut Worker| (worker.task.is_some() && !worker.asks) || !worker.process.is_ready();
        let overdue: Vec<(Asker, Overrun)> = self
            .workers
            .values_mut()
            .filter(busy)
            .filter_map(|worker| Some((worker.process.id, worker.process.overrun()?)))
            .collect();
        for (id, overrun) in overdue {
            if let Some(worker) = self.workers.remove(&id) {
                self.lose(worker, Some(overrun))?;
            }
        }
        Ok(())
    }

    /// Sees what a worker ended with, and to it that its chunk is run all the same.
    fn lose(&mut self, worker: Worker, overrun: Option<Overrun>) -> Result<(), CampaignError> {
        let was_ready = worker.process.is_ready();
        self.investigations.forget(worker.process.id);
        let lost = worker.process.end(overrun);
        if !was_ready && lost.is_sent_by_others {
            self.starts.killed();
            self.news.push(format!("a worker could not start, trying another one: {}", lost.reason));
            if self.starts.is_hopeful() {
                return Ok(());
            }
        }
        if !was_ready {
            return self.not_started(lost.reason);
        }
        self.progress.lose_worker();
        if !self.is_ending() {
            let number = |index| self.launch.settings.program(index);
            let at = lost.index.map_or_else(String::new, |index| format!(" at program {}", number(index)));
            self.news.push(format!("a worker died{at}: {}", lost.reason));
        }
        match worker.task {
            None => {}
            // It may have been the end of a worker before. If somebody else has ended this one, that is tried again.
            Some(Task::Again(again)) if lost.is_sent_by_others => self.once_more.push_back(again),
            Some(Task::Again((_, index))) => self.examine(index, lost.symptom, true),
            Some(Task::Chunk(start)) => match self.chunks.lost(start, &lost) {
                Loss::Hopeless => return Err(CampaignError::Worker { reason: lost.reason }),
                Loss::Again => {}
                Loss::Examine { index, is_certain } => self.examine(index, lost.symptom, is_certain),
            },
        }
        Ok(())
    }

    /// The program of an index.
    fn program(&mut self, index: u64) -> Program {
        let mut program = Program::default();
        self.progress.recipe.program(index, &mut program);
        program
    }

    fn examine(&mut self, index: u64, symptom: Symptom, is_certain: bool) {
        self.examined += 1;
        let case = Case { index, program: self.program(index), symptom, is_certain };
        if let Some(cases) = &self.cases {
            let _ = cases.send(case);
        }
    }

    /// Ends all workers and the examiner, and keeps what was still being investigated as it was met.
    fn end(&mut self) -> Result<(), CampaignError> {
        self.stop.store(true, Ordering::Relaxed);
        (self.cases, self.answers) = (None, None);
        for worker in self.workers.values_mut() {
            worker.process.dismiss();
        }
        // One that ends in order leaves no temporary file of an engine that is just starting.
        let since = Instant::now();
        for worker in self.workers.values_mut() {
            worker.process.ends_within(PARTING.saturating_sub(since.elapsed()));
        }
        self.workers.clear();
        if let Some(examiner) = self.examiner.take() {
            let _ = examiner.join();
        }
        let mut result = Ok(());
        while let Ok(heard) = self.heard.try_recv() {
            let (Heard::Examiner(Note::Said(report)) | Heard::Worker(_, Event::Said(report))) = heard else { continue };
            match report {
                Report::Met { finding } => self.investigations.ask(EXAMINER, *finding),
                Report::Found { met, finding } => {
                    self.investigations.release(&met);
                    result = result.and(self.keep(met, &finding));
                }
                Report::Vanished(met) => self.investigations.release(&met),
                _ => {}
            }
        }
        for (met, finding) in self.investigations.unfinished() {
            if self.progress.state.register.since(&met).is_none() {
                result = result.and(self.keep(met, &finding));
            }
        }
        result
    }

    /// The programs that were run and are not counted yet.
    fn running(&self) -> u64 {
        let busy = self.workers.values().filter(|worker| worker.task.is_some());
        busy.map(|worker| worker.process.settled()).sum::<u64>() + self.examined as u64
    }

    fn status(&self) -> Status<'_> {
        let Progress { state, newest, started, .. } = &self.progress;
        Status {
            tally: &state.tally,
            found: &state.register.found,
            seconds: self.progress.seconds(),
            here: started.elapsed(),
            newest: *newest,
            examined: self.examined,
            running: self.running(),
            programs: state.programs,
            limit: state.limit,
            corpus: state.corpus.last().copied(),
        }
    }
}
