//! viewcheck checks implementations of Python's memoryview, and of the buffer protocol under it, against cases and
//! against each other.
//!
//! * [`check`] runs [`cases`] on engines: claims of documents, each with a program that confirms or refutes it.
//!   [`judge`] compares a run with its case, [`compare`] with another run; both tell a [`difference`] in the terms of
//!   the program. [`known`] says which differences were expected.
//! * [`laws`] are held against one engine alone, whatever the case says.
//! * [`findings`] makes a program that went wrong small, signs it and keeps it.
//! * [`campaign`] runs the programs of a seed in worker processes.
//! * [`report`] writes down what came of it.
//! * [`commands`] is the command line, one file a command.

#![forbid(unsafe_code)]

pub mod bench;
pub mod campaign;
pub mod check;
pub mod commands;
pub mod compare;
pub mod difference;
pub mod differential;
pub mod findings;
pub mod generate;
pub mod judge;
pub mod known;
pub mod laws;
pub mod output;
pub mod report;
