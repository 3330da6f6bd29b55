//! How rare behaviours are: in how many entries of the corpus each was seen.
//!
//! An entry is worth more mutants the fewer others show its rarest behaviour. What the mutants of it show that is new makes further
//! entries with the same behaviour, so that it becomes less rare, and other entries have their turn.

use super::corpus::{Corpus, Entry};
use crate::behaviour::SPACE;

/// In how many of the first entries of a corpus each behaviour was seen.
#[derive(Debug, Default)]
pub(in crate::campaign) struct Rarity {
    /// Empty until something was counted.
    counts: Vec<u16>,
    /// How many entries were counted.
    counted: usize,
}

impl Rarity {
    /// Counts the first `known` entries of a corpus, and no others.
    pub(in crate::campaign) fn count(&mut self, corpus: &Corpus, known: usize) {
        if known < self.counted || self.counts.is_empty() {
            self.counts.clear();
            self.counts.resize(SPACE as usize, 0);
            self.counted = 0;
        }
        let entries = corpus.entries().get(self.counted..known).unwrap_or_default();
        for feature in entries.iter().flat_map(|entry| &entry.shown) {
            let count = &mut self.counts[(*feature % SPACE) as usize];
            *count = count.saturating_add(1);
        }
        self.counted = known;
    }

    /// In how many entries the rarest behaviour was seen that an entry was the first to show.
    pub(in crate::campaign) fn of(&self, entry: &Entry) -> u16 {
        let count = |feature: &u32| self.counts.get((*feature % SPACE) as usize).copied().unwrap_or(0);
        entry.features.iter().map(count).min().unwrap_or(u16::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::guided::corpus::Encoded;

    #[test]
    fn what_counts_is_what_is_known() {
        let entry = |index, features: &[u32], shown: &[u32]| Entry {
            index,
            program: Encoded(Box::default()),
            features: features.into(),
            shown: shown.into(),
        };
        let entries = [entry(0, &[1, 2], &[1, 2]), entry(1, &[3], &[1, 3]), entry(2, &[4], &[1, 2, 3, 4])];
        let (mut corpus, mut rarity) = (Corpus::default(), Rarity::default());
        entries.iter().for_each(|entry| corpus.add(entry.clone()));
        let mut of = |known| {
            rarity.count(&corpus, known);
            entries.each_ref().map(|entry| rarity.of(entry))
        };
        assert_eq!(of(1), [1, 0, 0]);
        assert_eq!(of(3), [2, 2, 1]);
        // A chunk that is run again knows what it knew.
        assert_eq!(of(2), [1, 1, 0]);
        assert_eq!(of(3), [2, 2, 1]);
    }
}
