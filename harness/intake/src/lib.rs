//! What comes from outside: the files that people name, and the JSON in them.
//!
//! A file may be anything: a device without an end, a pipe that nobody writes to, a few gigabytes of zeros, another
//! program's JSON. [`mod@file`] reads no more than a bound and never waits for a file to be opened. [`json`] reads structs
//! from JSON objects alone, knows each key once, and says in plain words, with a line and a column, what it does not
//! take. [`mod@text`] shortens what is quoted of it. What the contents mean is the business of the crates that ask.

#![forbid(unsafe_code)]

pub mod file;
pub mod json;
mod strict;
pub mod text;
