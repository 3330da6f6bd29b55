//! Retries workers that can't start, a few times and with growing delays, because the cause may be temporary.

use std::time::{Duration, Instant};

/// How often starting fails in a row before there is no more hope.
pub(super) const ATTEMPTS: u32 = 5;
/// The same for those that somebody else has ended.
const KILLS: u32 = 50;
/// The pause after the first failure; after the second it is twice as long, and so on.
const PAUSE: Duration = Duration::from_millis(100);
/// The longest pause.
const LONGEST: Duration = Duration::from_secs(5);

/// The record of attempts to start workers.
#[derive(Debug)]
pub(super) struct Starts {
    failures: u32,
    kills: u32,
    /// Nothing is started before then.
    next: Instant,
}

impl Starts {
    pub(super) fn new() -> Starts {
        Starts { failures: 0, kills: 0, next: Instant::now() }
    }

    /// Whether a worker may be started now.
    pub(super) fn may_start(&self) -> bool {
        Instant::now() >= self.next
    }

    /// A worker is ready.
    pub(super) fn succeeded(&mut self) {
        (self.failures, self.kills) = (0, 0);
    }

    /// Somebody else has ended a worker that was starting. That says little about the next one.
    pub(super) fn killed(&mut self) {
        self.kills += 1;
        self.next = Instant::now() + PAUSE;
    }

    /// A worker could not start. Of several at once only the first counts, and gives `true`.
    pub(super) fn failed(&mut self) -> bool {
        if !self.may_start() {
            return false;
        }
        self.failures += 1;
        self.next = Instant::now() + (PAUSE * self.failures).min(LONGEST);
        true
    }

    /// Whether there is still hope.
    pub(super) fn is_hopeful(&self) -> bool {
        self.failures < ATTEMPTS && self.kills < KILLS
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn failures_in_a_row_end_hope_and_those_at_once_are_one() {
        let mut starts = Starts::new();
        for _ in 1..ATTEMPTS {
            starts.next = Instant::now();
            assert!(starts.failed() && !starts.failed() && !starts.may_start());
        }
        assert!(starts.is_hopeful());
        starts.succeeded();
        starts.next = Instant::now();
        assert!(starts.failed() && starts.is_hopeful());
        for _ in 1..KILLS {
            starts.killed();
            assert!(starts.is_hopeful() && !starts.may_start());
        }
        starts.killed();
        assert!(!starts.is_hopeful());
    }
}
