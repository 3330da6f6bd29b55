//! A set of behaviours: one bit for each.

use crate::behaviour::SPACE;

/// A set of behaviours.
#[derive(Clone, Debug)]
pub(in crate::campaign) struct Seen(Box<[u64]>);

impl Seen {
    pub(in crate::campaign) fn new() -> Seen {
        Seen(vec![0; SPACE as usize / 64].into())
    }

    /// Whether a behaviour is in it. Numbers from elsewhere may be too large, and stand for others then.
    pub(in crate::campaign) fn has(&self, feature: u32) -> bool {
        self.0[word(feature)] & bit(feature) != 0
    }

    /// Adds a behaviour. Gives whether it was not there.
    pub(in crate::campaign) fn add(&mut self, feature: u32) -> bool {
        let is_new = !self.has(feature);
        self.0[word(feature)] |= bit(feature);
        is_new
    }

    pub(in crate::campaign) fn remove(&mut self, feature: u32) {
        self.0[word(feature)] &= !bit(feature);
    }

    pub(in crate::campaign) fn clear(&mut self) {
        self.0.fill(0);
    }
}

fn word(feature: u32) -> usize {
    (feature % SPACE) as usize / 64
}

fn bit(feature: u32) -> u64 {
    1 << (feature % 64)
}
