//! The corpus: programs that were the first to show some behaviour, in the order in which they count.
//!
//! It only grows, so that a number of entries says what it was at some time. A chunk of programs knows the entries of all chunks
//! up to its [`horizon`]. That lies a few chunks back in the beginning, and further back later on, so that many workers can be at
//! work without waiting for each other.

use super::rarity::Rarity;
use crate::generate::Source;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use program::Program;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// The programs in a chunk of a guided campaign, at most.
pub const CHUNK: u64 = 1024;
/// The most entries.
pub const MOST: usize = 50_000;
/// The most bytes of all entries.
const MOST_BYTES: usize = 32 << 20;
/// The most bytes of an entry. Larger programs are not kept.
pub const LARGEST: usize = 2048;
/// The most entries that are the newest ones.
const NEW: usize = 512;
/// How many of a hundred choices are of these.
const NEWEST: usize = 25;
/// Of so many entries the one is taken that shows the rarest behaviour.
const CANDIDATES: usize = 16;
/// How many chunks lie between a chunk and those that it knows, at least and at most.
const NEAREST: u64 = 4;
const FARTHEST: u64 = 512;
/// One chunk of so many lies between.
const SPREAD: u64 = 8;

/// How many chunks, from the first one on, the programs of the chunk know to which a program belongs.
pub(in crate::campaign) fn horizon(index: u64) -> u64 {
    let chunk = index / CHUNK;
    chunk.saturating_sub((chunk / SPREAD).clamp(NEAREST, FARTHEST))
}

/// An encoded program, as text in JSON.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Encoded(pub Box<[u8]>);

impl Serialize for Encoded {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Encoded {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Encoded, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        let bytes = STANDARD.decode(&*text).map_err(serde::de::Error::custom)?;
        Ok(Encoded(bytes.into()))
    }
}

/// Programs to begin with, as far as a corpus has room for them.
pub(in crate::campaign) fn fitting(programs: &[Program]) -> Vec<Encoded> {
    let mut bytes = 0;
    let encoded = programs.iter().map(program::encode).filter(|encoded| encoded.len() <= LARGEST);
    let fits = |encoded: &Vec<u8>| {
        bytes += encoded.len();
        bytes <= MOST_BYTES
    };
    encoded.take_while(fits).take(MOST).map(|encoded| Encoded(encoded.into())).collect()
}

/// A program that showed something new.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    /// Which of the campaign's programs it is.
    pub index: u64,
    /// The program, [encoded](program::encode()), up to the last step that was run.
    pub program: Encoded,
    /// The behaviours that were new.
    pub features: Box<[u32]>,
    /// All its behaviours.
    #[serde(default)]
    pub shown: Box<[u32]>,
}

/// The corpus of a campaign.
#[derive(Clone, Debug, Default)]
pub struct Corpus {
    /// Programs that the campaign begins with: they are its first ones.
    seeds: Vec<Encoded>,
    entries: Vec<Entry>,
    /// For each entry how many behaviours it and those before it have shown first.
    sums: Vec<u32>,
    bytes: usize,
    marks: Vec<Mark>,
}

/// How large the corpus was after some programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Mark {
    /// The programs.
    pub programs: u64,
    /// Those of them that are in the corpus.
    pub kept: u64,
    /// The behaviours that those have shown.
    pub behaviours: u64,
}

impl Corpus {
    /// A corpus with nothing but programs to begin with.
    pub fn new(seeds: Vec<Encoded>) -> Corpus {
        Corpus { seeds, ..Corpus::default() }
    }

    /// The programs that the campaign begins with.
    pub fn seeds(&self) -> &[Encoded] {
        &self.seeds
    }

    /// Adds programs to begin with.
    pub(in crate::campaign) fn add_seeds(&mut self, seeds: Vec<Encoded>) {
        self.seeds.extend(seeds);
    }

    /// Adds an entry, unless there is no room for more.
    pub fn add(&mut self, entry: Entry) {
        if self.is_full() {
            return;
        }
        self.sums.push(self.behaviours().saturating_add(entry.features.len() as u32));
        self.bytes += entry.program.0.len();
        self.entries.push(entry);
    }

    /// Whether no more entries are added.
    pub fn is_full(&self) -> bool {
        self.entries.len() >= MOST || self.bytes >= MOST_BYTES
    }

    /// All entries.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// How many behaviours all entries have shown first.
    pub fn behaviours(&self) -> u32 {
        self.sums.last().copied().unwrap_or(0)
    }

    /// How large it was after 1, 2, 4 … chunks, and is now.
    pub fn growth(&self, programs: u64) -> Vec<Mark> {
        let now = self.now(programs);
        self.marks.iter().copied().filter(|mark| mark.programs < programs).chain([now]).collect()
    }

    /// Notes how large it is after so many chunks, if that is to be known later.
    pub(in crate::campaign) fn mark(&mut self, chunks: u64) {
        if chunks.is_power_of_two() {
            self.marks.push(self.now(chunks * CHUNK));
        }
    }

    fn now(&self, programs: u64) -> Mark {
        Mark { programs, kept: self.entries.len() as u64, behaviours: self.behaviours().into() }
    }

    /// How many entries the program of an index knows.
    pub fn known(&self, index: u64) -> usize {
        let horizon = horizon(index);
        self.entries.partition_point(|entry| entry.index / CHUNK < horizon)
    }

    /// One of the first `known` entries, of which `rarity` knows: one of the newest now and then, and otherwise, of a few behaviours,
    /// the first entry that has shown the rarest of them.
    pub(in crate::campaign) fn choose(&self, known: usize, rarity: &Rarity, source: &mut Source<'_>) -> Option<usize> {
        let last = known.checked_sub(1)?;
        if source.chance(NEWEST) {
            return Some(last - source.below(known.div_ceil(8).min(NEW)));
        }
        let behaviours = *self.sums.get(last)? as usize;
        let any = |_| {
            let ticket = source.below(behaviours) as u32;
            self.sums[..last].partition_point(|sum| *sum <= ticket)
        };
        (0..CANDIDATES).map(any).min_by_key(|at| rarity.of(&self.entries[*at]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    pub(in crate::campaign) fn entry(index: u64, features: &[u32]) -> Entry {
        Entry { index, program: Encoded(Box::from(*b"program")), features: features.into(), shown: features.into() }
    }

    #[test]
    fn a_chunk_knows_what_lies_far_enough_before_it() {
        assert_eq!([0, 3, 4, 5, 40, 80].map(|chunk| horizon(chunk * CHUNK)), [0, 0, 0, 1, 35, 70]);
        assert_eq!(horizon(1_000_000 * CHUNK), 1_000_000 - FARTHEST);
        // Later programs know no less, and every program of a chunk knows the same.
        let horizons: Vec<u64> = (0..10_000).map(|chunk| horizon(chunk * CHUNK)).collect();
        assert!(horizons.is_sorted());
        assert_eq!(horizon(5 * CHUNK), horizon(6 * CHUNK - 1));
        let mut corpus = Corpus::default();
        for index in [0, 1, CHUNK, 2 * CHUNK, 2 * CHUNK + 7] {
            corpus.add(entry(index, &[index as u32]));
        }
        assert_eq!([4, 5, 6, 7, 100].map(|chunk| corpus.known(chunk * CHUNK)), [0, 2, 3, 5, 5]);
    }

    /// How often each entry is chosen.
    fn chosen(corpus: &Corpus, known: usize) -> Vec<usize> {
        let (mut chosen, mut bytes, mut rarity) = (vec![0; corpus.entries().len()], [0; 64], Rarity::default());
        rarity.count(corpus, known);
        for index in 0..4000 {
            crate::generate::Seed(1).fill(index, &mut bytes);
            chosen[corpus.choose(known, &rarity, &mut Source::new(&bytes)).unwrap()] += 1;
        }
        chosen
    }

    #[test]
    fn what_is_rare_or_new_is_chosen_often() {
        let mut corpus = Corpus::default();
        (0..100).for_each(|index| {
            corpus.add(Entry { shown: (0..=index as u32).collect(), ..entry(index, &[index as u32]) })
        });
        // A hundred show the first behaviour, and one the last.
        let all = chosen(&corpus, 100);
        assert!(all[90..].iter().sum::<usize>() > 3 * all[..50].iter().sum::<usize>(), "{all:?}");
        // Of those that are as rare as each other, each has its turn.
        let mut corpus = Corpus::default();
        (0..100).for_each(|index| corpus.add(entry(index, &[index as u32])));
        assert!(chosen(&corpus, 100).iter().all(|chosen| *chosen > 5), "{:?}", chosen(&corpus, 100));
        // What is not known yet is not chosen, and does not count.
        let few = chosen(&corpus, 3);
        assert_eq!(few[3..].iter().sum::<usize>(), 0);
        assert_eq!(corpus.choose(0, &Rarity::default(), &mut Source::new(&[])), None);
    }

    #[test]
    fn the_corpus_does_not_grow_for_ever() {
        let mut corpus = Corpus::default();
        (0..MOST as u64 + 10).for_each(|index| corpus.add(entry(index, &[1])));
        assert_eq!((corpus.entries().len(), corpus.is_full()), (MOST, true));
        let mut corpus = Corpus::default();
        let large = |index| Entry { program: Encoded(vec![0; 1 << 20].into()), ..entry(index, &[1]) };
        (0..100).for_each(|index| corpus.add(large(index)));
        assert_eq!(corpus.entries().len(), MOST_BYTES >> 20);
    }

    #[test]
    fn entries_are_text_in_json() {
        let entry = entry(7, &[3, 1]);
        let text = serde_json::to_string(&entry).unwrap();
        assert_eq!(text, r#"{"index":7,"program":"cHJvZ3JhbQ==","features":[3,1],"shown":[3,1]}"#);
        assert_eq!(serde_json::from_str::<Entry>(&text).unwrap(), entry);
    }
}
