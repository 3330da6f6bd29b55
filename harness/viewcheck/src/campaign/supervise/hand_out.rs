//! Gives workers their tasks, and starts workers.

use super::{BACKLOG, Heard, Supervisor, Task, Worker};
use crate::campaign::CampaignError;
use crate::campaign::guided::corpus::Corpus;
use crate::campaign::investigations::Asker;
use crate::campaign::message::Order;
use crate::campaign::process::Process;
use crate::campaign::starts::ATTEMPTS;

/// How many workers are started at a time.
const STARTS: usize = 4;

/// How many entries of a corpus are sent at a time.
const LESSON: usize = 1000;

impl Worker {
    fn new(process: Process) -> Worker {
        Worker { process, task: None, asks: false, learned: None }
    }

    /// Sends it what it does not have of the corpus.
    fn learn(&mut self, corpus: &Corpus) {
        if self.learned.is_none() {
            self.process.send(&Order::Learn { seeds: corpus.seeds().to_vec(), entries: vec![] });
        }
        let (known, all) = (self.learned.unwrap_or(0), corpus.entries());
        for entries in all.get(known..).unwrap_or_default().chunks(LESSON) {
            self.process.send(&Order::Learn { seeds: vec![], entries: entries.to_vec() });
        }
        self.learned = Some(all.len());
    }
}

impl Supervisor<'_> {
    /// Gives every worker that has nothing to do a task, and starts those that are missing.
    pub(super) fn hand_out(&mut self) -> Result<(), CampaignError> {
        if self.is_ending() || self.examined > BACKLOG {
            return Ok(());
        }
        let is_free = |worker: &Worker| worker.task.is_none() && worker.process.is_ready();
        let free: Vec<Asker> = self.workers.iter().filter(|(_, worker)| is_free(worker)).map(|(id, _)| *id).collect();
        for id in free {
            let Some((task, order)) = self.next_task() else { return Ok(()) };
            if let Some(worker) = self.workers.get_mut(&id) {
                if let Some(corpus) = self.progress.recipe.corpus() {
                    worker.learn(corpus);
                }
                worker.task = Some(task);
                worker.process.send(&order);
            }
        }
        // Between a few starts it is looked whether the campaign ends, and what those that are there have to say.
        for _ in 0..STARTS {
            let is_enough = self.workers.len() >= self.options.jobs.min(self.wanted());
            if is_enough || !self.starts.may_start() {
                break;
            }
            self.started += 1;
            match Process::start(&self.launch, self.started, self.ear.clone(), Heard::Worker) {
                Ok(process) => _ = self.workers.insert(self.started, Worker::new(process)),
                Err(error) => self.not_started(error.to_string())?,
            }
        }
        Ok(())
    }

    /// The next task, and the order to begin with it.
    fn next_task(&mut self) -> Option<(Task, Order)> {
        if let Some((met, index)) = self.once_more.pop_front() {
            return Some((Task::Again((met.clone(), index)), Order::Again { met, index }));
        }
        let chunk = self.chunks.begin(&self.progress)?;
        let costly = self.progress.state.tally.costly.clone();
        let (start, end, whole) = (chunk.range.start, chunk.range.end, chunk.is_whole);
        Some((Task::Chunk(start), Order::Run { start, end, whole, costly }))
    }

    /// A worker could not start. That is the end where it happens again and again, and there is no other worker.
    pub(super) fn not_started(&mut self, reason: String) -> Result<(), CampaignError> {
        if self.is_ending() {
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
        let busy = self.workers.values().filter(|worker| worker.task.is_some()).count();
        self.chunks.waiting(&self.progress).saturating_add(busy + self.once_more.len())
    }
}
