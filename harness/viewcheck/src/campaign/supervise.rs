//! The parent of a campaign: assigns chunks, watches the workers, replaces those that die, and records the progress.

use super::chunk::{Chunk, Loss};
use super::coverage::CHUNK;
use super::examine::{Case, Examiner, Note};
use super::investigations::{Asker, EXAMINER, Investigations};
use super::message::{Order, Report};
use super::process::{Event, Launch, Process};
use super::progress::Progress;
use super::register::Again;
use super::screen::{Screen, Status};
use super::starts::{ATTEMPTS, Starts};
use super::state::State;
use super::{CampaignError, Options};
use child::Overrun;
use engine::About;
use program::Program;
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, Sender};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

/// How often the workers are looked at, when they do not report by themselves.
const TICK: Duration = Duration::from_millis(50);
/// How long workers may take to end when there is nothing more to do.
const PARTING: Duration = Duration::from_millis(500);
/// How long workers may go on after Ctrl-C, to end their chunks.
const GRACE: Duration = Duration::from_secs(1);
/// How many seconds they may go on when the time is over, to end what they investigate.
const OVERTIME: f64 = 5.0;
/// With so many programs still to be examined, no further ones are run.
const BACKLOG: usize = 32;

/// What the parent hears.
enum Heard {
    Worker(u64, Event),
    Examiner(Note),
}

/// A worker, and what it is at.
struct Worker {
    process: Process,
    /// The first program of its chunk.
    chunk: Option<u64>,
    /// Whether it waits for an answer.
    asks: bool,
}

/// What a campaign came to.
pub(super) struct Ended {
    pub(super) state: State,
    pub(super) investigations: Investigations,
    pub(super) interrupted: bool,
    /// Why it ended early, if it did. What is known until then is kept all the same.
    pub(super) error: Option<CampaignError>,
}

/// A campaign under way.
pub(super) struct Supervisor<'a> {
    options: &'a Options,
    launch: Launch,
    progress: Progress,
    investigations: Investigations,
    workers: BTreeMap<Asker, Worker>,
    /// The chunks that were handed out and are not done, by their first program.
    chunks: BTreeMap<u64, Chunk>,
    /// Those that wait for another worker.
    again: VecDeque<u64>,
    /// The programs that wait for a worker that investigates them again.
    once_more: VecDeque<Again>,
    /// All programs that were to be investigated again.
    repeated: BTreeSet<u64>,
    /// Where the next chunk starts, unless it was run already.
    next: u64,
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
    interrupted: Option<Instant>,
}

impl<'a> Supervisor<'a> {
    /// A campaign that goes on from a state.
    pub(super) fn new(
        options: &'a Options,
        launch: Launch,
        progress: Progress,
        investigations: Investigations,
        engines: [About; 2],
    ) -> Result<Supervisor<'a>, CampaignError> {
        let (ear, heard) = mpsc::channel();
        let (cases, received) = mpsc::channel();
        let (answers, orders) = mpsc::channel();
        let stop = Arc::new(AtomicBool::new(false));
        let (to, halt, start) = (ear.clone(), stop.clone(), launch.clone());
        let examine = move || {
            let say = |note| to.send(Heard::Examiner(note)).is_ok();
            Examiner { launch: start, engines, stop: halt, orders, say: &say }.run(received);
        };
        let examiner = std::thread::Builder::new().spawn(examine).map_err(CampaignError::Thread)?;
        Ok(Supervisor {
            options,
            launch,
            progress,
            investigations,
            workers: BTreeMap::new(),
            chunks: BTreeMap::new(),
            again: VecDeque::new(),
            once_more: VecDeque::new(),
            repeated: BTreeSet::new(),
            next: 0,
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
            interrupted: None,
        })
    }

    /// Runs it to its end, to Ctrl-C, or until it can't go on.
    pub(super) fn run(mut self, stop: &dyn Fn() -> bool, screen: &mut Screen<'_>) -> Ended {
        let result = self.work(stop, screen);
        self.end();
        let (state, closed) = self.progress.close();
        let interrupted = self.interrupted.is_some();
        Ended { state, investigations: self.investigations, interrupted, error: result.and(closed).err() }
    }

    fn work(&mut self, stop: &dyn Fn() -> bool, screen: &mut Screen<'_>) -> Result<(), CampaignError> {
        loop {
            if self.interrupted.is_none() && stop() {
                self.interrupted = Some(Instant::now());
                self.stop.store(true, Ordering::Relaxed);
            }
            let is_overdue = self.progress.overtime().is_some_and(|overtime| overtime > OVERTIME);
            if is_overdue || self.interrupted.is_some_and(|since| since.elapsed() > GRACE) {
                return Ok(());
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
        let is_busy = self.workers.values().any(|worker| worker.chunk.is_some());
        let is_waiting = !self.is_ending() && (!self.again.is_empty() || self.progress.next_chunk(self.next).is_some());
        !is_busy && !is_waiting && self.examined == 0
    }

    /// Whether no further programs are run.
    fn is_ending(&self) -> bool {
        self.interrupted.is_some() || self.progress.overtime().is_some()
    }

    /// Gives every worker that has nothing to do a chunk, and starts those that are missing.
    fn hand_out(&mut self) -> Result<(), CampaignError> {
        if self.is_ending() || self.examined > BACKLOG {
            return Ok(());
        }
        let is_free = |worker: &Worker| worker.chunk.is_none() && worker.process.is_ready();
        let free: Vec<Asker> = self.workers.iter().filter(|(_, worker)| is_free(worker)).map(|(id, _)| *id).collect();
        for id in free {
            let Some(start) = self.begin_chunk() else { return Ok(()) };
            if let (Some(worker), Some(chunk)) = (self.workers.get_mut(&id), self.chunks.get(&start)) {
                let (skip, whole) = (chunk.skip.clone(), chunk.whole.clone());
                worker.chunk = Some(start);
                let costly = self.progress.state.tally.costly.clone();
                worker.process.send(&Order::Run { start, end: chunk.range.end, skip, whole, costly });
            }
        }
        while self.workers.len() < self.options.jobs && self.workers.len() < self.wanted() && self.starts.may_start() {
            self.started += 1;
            match Process::start(&self.launch, self.started, self.ear.clone(), Heard::Worker) {
                Ok(process) => _ = self.workers.insert(self.started, Worker { process, chunk: None, asks: false }),
                Err(error) => self.not_started(error.to_string())?,
            }
        }
        Ok(())
    }

    /// A worker could not start. That is the end where it happens again and again, and no other worker is at work.
    fn not_started(&mut self, reason: String) -> Result<(), CampaignError> {
        if self.interrupted.is_some() {
            return Ok(());
        }
        if self.starts.failed() && self.starts.is_hopeful() {
            self.news.push(format!("a worker could not start, trying another one: {reason}"));
        }
        // Those that are still starting may do better.
        match self.starts.is_hopeful() || !self.workers.is_empty() {
            true => Ok(()),
            false => Err(CampaignError::Start { attempts: ATTEMPTS, reason }),
        }
    }

    /// How many workers would have something to do.
    fn wanted(&self) -> usize {
        let busy = self.workers.values().filter(|worker| worker.chunk.is_some()).count();
        let left = self.progress.next_chunk(self.next).map_or(0, |chunk| match self.progress.state.programs {
            Some(programs) => usize::try_from((programs - chunk.start).div_ceil(CHUNK)).unwrap_or(usize::MAX),
            None => usize::MAX,
        });
        left.saturating_add(busy + self.again.len())
    }

    fn begin_chunk(&mut self) -> Option<u64> {
        if let Some(start) = self.again.pop_front() {
            return Some(start);
        }
        let range = self.progress.next_chunk(self.next)?;
        let start = range.start;
        self.next = range.end;
        self.chunks.insert(start, Chunk::new(range));
        Some(start)
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
            Heard::Examiner(Note::Failed(error)) => return Err(error.into()),
            Heard::Examiner(Note::Closed(index, signature)) => {
                self.examined = self.examined.saturating_sub(1);
                let start = self.chunks.range(..=index).next_back().map(|(start, _)| *start);
                if let Some(chunk) = start.and_then(|start| self.chunks.get_mut(&start)) {
                    let mut program = Program::default();
                    self.launch.recipe().program(index, &mut program);
                    chunk.examined(program.operations.len() as u64, signature);
                }
                start.into_iter().for_each(|start| self.finish(start));
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
            Report::Met { signature, index } => {
                if let Some(worker) = self.workers.get_mut(&id) {
                    worker.asks = true;
                }
                self.investigations.ask(id, signature, index);
            }
            Report::Kept { met, index, signature, found } => {
                self.investigations.release(&met);
                let news = format!("found {signature}");
                let entered = self.progress.add_finding((met, index), signature, found)?;
                if entered.is_new {
                    self.news.push(news);
                }
                self.go_on(id, entered.again);
            }
            Report::Vanished(signature) => {
                self.investigations.release(&signature);
                let again = self.progress.state.register.vanished(&signature);
                self.go_on(id, again);
            }
            Report::Ran { end, tally } => {
                if let Some(start) = self.workers.get_mut(&id).and_then(|worker| worker.chunk.take()) {
                    if let Some(rest) = self.chunks.get_mut(&start).and_then(|chunk| chunk.ran(end, *tally)) {
                        self.again.push_front(rest.range.start);
                        self.chunks.insert(rest.range.start, rest);
                    }
                    self.finish(start);
                }
            }
            Report::Replayed => {}
        }
        Ok(())
    }

    /// Has a worker go on after an investigation, or investigate what is to be investigated again. Each program is at most
    /// once: where it does something else each time, there would be no end.
    fn go_on(&mut self, id: Asker, again: impl IntoIterator<Item = Again>) {
        self.once_more.extend(again.into_iter().filter(|(_, index)| self.repeated.insert(*index)));
        if let Some(worker) = self.workers.get_mut(&id) {
            worker.process.send(&match self.once_more.pop_front() {
                Some((met, index)) => Order::Again { met, index },
                None => Order::GoOn,
            });
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

    /// Counts a chunk, if it is done.
    fn finish(&mut self, start: u64) {
        if let Some(tally) = self.chunks.get(&start).and_then(Chunk::result)
            && let Some(chunk) = self.chunks.remove(&start)
        {
            self.progress.count(chunk.range, &tally);
        }
    }

    /// Looks whether a worker hangs, or takes too much memory.
    fn watch(&mut self) -> Result<(), CampaignError> {
        let busy = |worker: &&mut Worker| (worker.chunk.is_some() && !worker.asks) || !worker.process.is_ready();
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
        if !was_ready {
            return self.not_started(lost.reason);
        }
        if self.interrupted.is_none() {
            let at = lost.index.map_or_else(String::new, |index| format!(" at program {index}"));
            self.news.push(format!("a worker died{at}: {}", lost.reason));
        }
        let Some(start) = worker.chunk else {
            self.progress.state.tally.lost += 1;
            return Ok(());
        };
        let Some(chunk) = self.chunks.get_mut(&start) else { return Ok(()) };
        match chunk.lost(&lost) {
            Loss::Hopeless => return Err(CampaignError::Worker { reason: lost.reason }),
            Loss::Again => {}
            Loss::Examine(index) => {
                self.examined += 1;
                if let Some(cases) = &self.cases {
                    let _ = cases.send(Case { index, symptom: lost.symptom });
                }
            }
        }
        self.again.push_back(start);
        Ok(())
    }

    /// Ends all workers and the examiner.
    fn end(&mut self) {
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
        // Its last note may have filled in a finding.
        let examiner = self.examiner.take();
        if let Some(examiner) = examiner {
            let _ = examiner.join();
        }
        while let Ok(heard) = self.heard.try_recv() {
            if let Heard::Examiner(Note::Said(Report::Kept { met, index, signature, found })) = heard {
                self.progress.state.register.enter(met, index, signature, found);
            }
        }
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
            programs: state.programs,
            limit: state.limit,
        }
    }
}
