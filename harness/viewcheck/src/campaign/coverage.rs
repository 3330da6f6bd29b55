//! The ranges of program indexes that a campaign has run, so that `--resume` continues exactly where it stopped.

use serde::{Deserialize, Serialize};
use std::ops::Range;

/// The programs in a chunk, at most.
pub const CHUNK: u64 = 4096;

/// A set of indexes, as ranges in rising order with a gap between any two.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Coverage(Vec<[u64; 2]>);

impl Coverage {
    /// Adds a range.
    pub fn add(&mut self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        let at = self.0.partition_point(|[_, end]| *end < range.start);
        let mut merged = [range.start, range.end];
        let touching = self.0[at..].iter().take_while(|[start, _]| *start <= range.end).count();
        for [start, end] in self.0.drain(at..at + touching) {
            merged = [merged[0].min(start), merged[1].max(end)];
        }
        self.0.insert(at, merged);
    }

    /// How many indexes there are.
    pub fn count(&self) -> u64 {
        self.0.iter().map(|[start, end]| end - start).sum()
    }

    /// The same, unless a file has ranges that [`Coverage::add`] never leaves.
    pub fn count_if_sound(&self) -> Option<u64> {
        let is_sound =
            self.0.iter().all(|[start, end]| start < end) && self.0.windows(2).all(|pair| pair[0][1] < pair[1][0]);
        is_sound.then(|| self.count())
    }

    /// How many indexes there are up to this one, which counts whether it is among them or not: it may have run without
    /// being counted yet.
    pub fn up_to(&self, index: u64) -> u64 {
        self.0.iter().map(|[start, end]| index.min(*end).saturating_sub(*start)).sum::<u64>().saturating_add(1)
    }

    /// How many of the first indexes it has, without a gap.
    pub fn beginning(&self) -> u64 {
        self.0.first().filter(|[start, _]| *start == 0).map_or(0, |[_, end]| *end)
    }

    /// The index after the last one.
    pub fn end(&self) -> u64 {
        self.0.last().map_or(0, |[_, end]| *end)
    }

    /// The first chunk at or after an index with nothing in it that was run. No chunk reaches over a multiple of `size`, or over
    /// `limit`.
    pub fn next_chunk(&self, from: u64, limit: u64, size: u64) -> Option<Range<u64>> {
        let mut start = from;
        let mut end = limit;
        for [covered, next] in &self.0 {
            if start < *covered {
                end = end.min(*covered);
                break;
            }
            start = start.max(*next);
        }
        end = end.min((start / size + 1).saturating_mul(size));
        (start < end).then_some(start..end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_that_touch_become_one() {
        let mut coverage = Coverage::default();
        for range in [0..4, 8..12, 20..30, 4..8, 11..21, 40..40] {
            coverage.add(range);
            assert!(coverage.count_if_sound().is_some(), "{coverage:?}");
        }
        assert_eq!(coverage, Coverage(vec![[0, 30]]));
        assert_eq!(coverage.count(), 30);
        coverage.add(100..110);
        assert_eq!([0, 29, 50, 100, 109, 500].map(|index| coverage.up_to(index)), [1, 30, 31, 31, 40, 41]);
    }

    #[test]
    fn chunks_fill_the_gaps_in_order() {
        let mut coverage = Coverage::default();
        assert_eq!(coverage.next_chunk(0, 10_000, CHUNK), Some(0..4096));
        assert_eq!(coverage.next_chunk(8192, 10_000, CHUNK), Some(8192..10_000));
        assert_eq!(coverage.next_chunk(10_000, 10_000, CHUNK), None);
        coverage.add(0..4096);
        coverage.add(5000..6000);
        assert_eq!((coverage.beginning(), coverage.end()), (4096, 6000));
        assert_eq!(Coverage(vec![[1, 9]]).beginning() + Coverage::default().beginning() + Coverage::default().end(), 0);
        assert_eq!(coverage.next_chunk(0, 10_000, 1024), Some(4096..5000));
        assert_eq!(coverage.next_chunk(5000, 10_000, 1024), Some(6000..6144));
        assert_eq!(coverage.next_chunk(0, 10_000, CHUNK), Some(4096..5000));
        assert_eq!(coverage.next_chunk(5000, 10_000, CHUNK), Some(6000..8192));
        assert_eq!(coverage.next_chunk(0, 4096, CHUNK), None);
        assert_eq!(Coverage::default().next_chunk(u64::MAX - 1, u64::MAX, CHUNK), Some(u64::MAX - 1..u64::MAX));
    }
}
