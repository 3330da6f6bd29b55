//! What guides a campaign: programs that showed a new behaviour are kept, and mutants of them are run.
//!
//! A guided campaign is as exact as a blind one. The seed, the number of a program and the corpus determine the program, and
//! which part of the corpus that is follows from the number: a chunk of programs knows what the chunks have shown that lie far
//! enough before it ([`corpus`](mod@corpus)). Workers report which programs of their chunk showed what none of those had shown
//! ([`scout`]). The parent goes through these reports in the order of the chunks, whichever came first, drops what an earlier
//! chunk has meanwhile shown, and adds the rest to the corpus ([`merge`]). So neither the number of workers nor their pace
//! changes what a campaign does.
//!
//! Reports are on disk before the state that counts their programs ([`log`]). A campaign that goes on reads them and merges them
//! again.

mod alone;
pub mod corpus;
pub(super) mod guide;
pub(super) mod log;
pub(super) mod merge;
mod rarity;
pub(super) mod scout;
pub(super) mod seen;

pub use alone::Alone;
