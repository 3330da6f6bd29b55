//! Merges what workers report, in the order of the chunks.

use super::corpus::{CHUNK, Corpus, Entry, LARGEST, horizon};
use super::seen::Seen;
use crate::campaign::coverage::Coverage;
use std::collections::BTreeMap;
use std::ops::Range;

/// What was reported and is not part of the corpus yet.
#[derive(Debug)]
pub(in crate::campaign) struct Merger {
    /// By the index of the program.
    waiting: BTreeMap<u64, Entry>,
    /// What the corpus has shown.
    seen: Seen,
    /// How many chunks have been merged, from the first one on.
    merged: u64,
}

impl Merger {
    pub(in crate::campaign) fn new() -> Merger {
        Merger { waiting: BTreeMap::new(), seen: Seen::new(), merged: 0 }
    }

    /// Takes what was reported of some programs. What belongs to no program of these is dropped: a worker that ran foreign code
    /// may say anything.
    pub(in crate::campaign) fn take(&mut self, range: &Range<u64>, news: Vec<Entry>) -> Vec<Entry> {
        let is_sound = |entry: &Entry| range.contains(&entry.index) && entry.program.0.len() <= LARGEST;
        let news: Vec<Entry> = news.into_iter().filter(is_sound).collect();
        self.add(news.iter().cloned());
        news
    }

    /// Adds what was reported. Of what was reported twice, as the campaign was killed before it counted it, one is enough.
    pub(in crate::campaign) fn add(&mut self, news: impl IntoIterator<Item = Entry>) {
        for entry in news.into_iter().filter(|entry| entry.index / CHUNK >= self.merged) {
            self.waiting.entry(entry.index).or_insert(entry);
        }
    }

    /// Adds to the corpus what the chunks have shown that are finished, up to the first one that is not.
    pub(in crate::campaign) fn merge(&mut self, finished: &Coverage, corpus: &mut Corpus) {
        let all = finished.beginning() / CHUNK;
        while self.merged < all {
            // Only at powers of two it is noted how large the corpus is.
            self.merged = (self.merged + 1).next_power_of_two().min(all);
            while let Some(first) = self.waiting.first_entry().filter(|first| first.key() / CHUNK < self.merged) {
                let mut entry = first.remove();
                if corpus.is_full() {
                    continue;
                }
                let seen = &mut self.seen;
                let features = std::mem::take(&mut entry.features).into_vec();
                entry.features = features.into_iter().filter(|feature| seen.add(*feature)).collect();
                if !entry.features.is_empty() {
                    corpus.add(entry);
                }
            }
            corpus.mark(self.merged);
        }
    }

    /// How many programs have been merged, from the first one on.
    pub(in crate::campaign) fn programs(&self) -> u64 {
        self.merged * CHUNK
    }

    /// Whether the chunk of a program can begin: all that it is to know is known.
    pub(in crate::campaign) fn is_known(&self, index: u64) -> bool {
        self.merged >= horizon(index)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::guided::corpus::Encoded;
    use rstest::rstest;

    fn entry(index: u64, features: &[u32]) -> Entry {
        Entry { index, program: Encoded(Box::from(*b"program")), features: features.into(), shown: features.into() }
    }

    /// Parts of chunks, with what was reported of each.
    fn parts() -> Vec<(Range<u64>, Vec<Entry>)> {
        vec![
            (0..CHUNK, vec![entry(1, &[1, 2]), entry(9, &[3])]),
            // It was cut, and the first part did not know what the second one showed.
            (CHUNK..CHUNK + 10, vec![entry(CHUNK + 2, &[2, 4])]),
            (CHUNK + 10..2 * CHUNK, vec![entry(CHUNK + 20, &[4]), entry(CHUNK + 30, &[4, 5])]),
            (2 * CHUNK..3 * CHUNK, vec![entry(2 * CHUNK, &[1, 5])]),
            (3 * CHUNK..4 * CHUNK, vec![entry(3 * CHUNK + 1, &[6])]),
        ]
    }

    fn told(corpus: &Corpus) -> Vec<(u64, Vec<u32>)> {
        corpus.entries().iter().map(|entry| (entry.index, entry.features.to_vec())).collect()
    }

    /// Merges parts that come in some order, each time one more.
    fn merged(order: &[usize]) -> (Corpus, Merger) {
        let (mut merger, mut corpus, mut finished) = (Merger::new(), Corpus::default(), Coverage::default());
        let parts = parts();
        for &at in order {
            let (range, news) = parts[at].clone();
            merger.take(&range, news);
            finished.add(range);
            merger.merge(&finished, &mut corpus);
        }
        (corpus, merger)
    }

    #[rstest]
    #[case(&[0, 1, 2, 3, 4])]
    #[case(&[4, 3, 2, 1, 0])]
    #[case(&[2, 0, 4, 1, 3])]
    #[case(&[3, 1, 0, 4, 2])]
    fn the_order_in_which_chunks_come_changes_nothing(#[case] order: &[usize]) {
        let (corpus, merger) = merged(order);
        let expected =
            [(1, vec![1, 2]), (9, vec![3]), (CHUNK + 2, vec![4]), (CHUNK + 30, vec![5]), (3 * CHUNK + 1, vec![6])];
        assert_eq!(told(&corpus), expected);
        assert!(merger.waiting.is_empty() && merger.merged == 4);
        let growth: Vec<[u64; 3]> =
            corpus.growth(merger.programs()).iter().map(|mark| [mark.programs, mark.kept, mark.behaviours]).collect();
        assert_eq!(growth, [[CHUNK, 2, 3], [2 * CHUNK, 4, 5], [4 * CHUNK, 5, 6]]);
    }

    /// A file may say that more programs were run than could ever be.
    #[test]
    fn so_many_chunks_that_nobody_could_count_them_are_merged_at_once() {
        let (mut merger, mut corpus, mut finished) = (Merger::new(), Corpus::default(), Coverage::default());
        merger.take(&(0..CHUNK), vec![entry(1, &[1])]);
        finished.add(0..u64::MAX);
        merger.merge(&finished, &mut corpus);
        assert_eq!((told(&corpus), merger.merged), (vec![(1, vec![1])], u64::MAX / CHUNK));
        assert_eq!(corpus.growth(merger.programs()).len(), 55);
    }

    #[test]
    fn what_is_not_finished_waits() {
        let (corpus, merger) = merged(&[0, 2, 3]);
        assert_eq!((corpus.entries().len(), merger.merged), (2, 1));
        assert!(merger.is_known(5 * CHUNK) && !merger.is_known(6 * CHUNK));
    }

    #[test]
    fn what_was_reported_twice_counts_once() {
        let (corpus, _) = merged(&[0, 1, 1, 2, 0, 3, 4]);
        assert_eq!(told(&corpus), told(&merged(&[0, 1, 2, 3, 4]).0));
    }

    #[test]
    fn what_can_not_be_so_is_dropped() {
        let mut merger = Merger::new();
        let large = Entry { program: Encoded(vec![0; LARGEST + 1].into()), ..entry(3, &[1]) };
        let taken = merger.take(&(0..10), vec![entry(10, &[1]), large, entry(4, &[2])]);
        assert_eq!(taken, [entry(4, &[2])]);
    }
}
