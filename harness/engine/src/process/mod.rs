//! Engines that are a command: any Python that can be started.
//!
//! * [`find`] says which there are on this machine.

pub mod find;
