//! Implementations that are wrong on purpose, for the tests that see whether viewcheck notices.
//!
//! * [`faults`] are seeded faults: small mistakes in a copy of the reference.
//! * [`plan`] is what goes wrong in a run of this crate's executable: the command line of viewcheck, whose engines lie and
//!   whose workers die. An [`act`] ends a worker, and an [`impostor`] is an engine that does these things.
//!
//! Nothing depends on this crate, so nothing of it is in the executable that people use.

#![forbid(unsafe_code)]

pub mod act;
mod escape;
pub mod faults;
pub mod impostor;
pub mod plan;
