//! Every program of at most so many operations over a small alphabet, each with a number.
//!
//! A campaign runs the programs of a [`Space`] as it runs those of a seed, so that workers, findings and `--resume` are
//! the same. This module owns what the programs are, and what is said of them at the end ([`statement`]); it runs nothing.

mod alphabet;
mod listing;
mod space;
pub mod statement;
mod step;

pub use listing::listing;
pub use space::{Extent, Space};
pub use statement::{Enumerated, Statement};
