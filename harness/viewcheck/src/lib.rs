//! A conformance suite and differential fuzzer for Python's memoryview and the buffer protocol.
//!
//! * [`check`] runs [`cases`] on engines. A case is a claim with a program that confirms or refutes it. [`judge`]
//!   compares a trace with the expectations of its case, and [`compare`] compares it with another trace. Both describe
//!   a [`difference`] in the terms of the program. [`known`] decides which differences were expected.
//! * [`laws`] are metamorphic laws, which need one engine only.
//! * [`campaign`] runs generated programs ([`generate`]) in worker processes.
//! * [`enumerate`] numbers every small program of an alphabet, for a campaign.
//! * [`mutate`] makes programs of other programs, beginning with [`seeds`].
//! * [`findings`] shrinks a program that failed, gives it a signature and stores it.
//! * [`versions`] finds the cases that see each difference between versions of Python.
//! * [`report`] renders the results of a check.
//! * [`shard`] is a part of a run, so that several machines share it.
//! * [`reread`] says of each kind of file whether what is accepted can be written and read again; fuzzing asks it.
//! * [`isolated`] is an engine in a process of its own.
//! * [`processes`] is what the processes may take and do in which programs run.
//! * [`commands`] is the command line, with one file per command.

#![forbid(unsafe_code)]

pub mod behaviour;
pub mod bench;
pub mod campaign;
pub mod check;
pub mod commands;
pub mod compare;
mod conformance;
pub mod difference;
pub mod differential;
pub mod enumerate;
pub mod findings;
pub mod generate;
pub mod isolated;
pub mod judge;
pub mod known;
pub mod laws;
pub mod mutate;
pub mod output;
pub mod processes;
mod reach;
pub mod report;
pub mod reread;
pub mod seeds;
pub mod shard;
pub mod versions;
