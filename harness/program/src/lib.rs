//! Programs of memoryview operations, and the record of what an engine observed when it ran one.
//!
//! A [`Program`] is the one currency of viewcheck: a case is parsed into one, the fuzzer builds one, every engine
//! runs one, the shrinker makes one smaller and the report prints one. This crate owns its operations
//! ([`operation`]), its Python text in both directions ([`parse`], [`print`](mod@print)), its bytes in both directions
//! ([`mod@encode`]), what a program may name ([`policy`]), what is exchanged with runners in other processes ([`json`]), and the record of a run ([`Trace`]). It knows no Python runtime and runs nothing.

#![forbid(unsafe_code)]

pub mod bodies;
pub mod capability;
#[cfg(test)]
mod documented;
pub mod encode;
pub mod fstring;
pub mod json;
pub mod names;
pub mod observation;
pub mod operation;
pub mod parse;
pub mod policy;
pub mod print;
#[allow(clippy::module_inception, reason = "the crate is named after what it holds")]
mod program;
mod repr;
mod row;
mod source;
mod trace;
mod value;

pub use encode::{DecodeError, decode, decode_case, encode};
pub use observation::{Live, Observation, Offset, Outcome, Raised, Root, ViewState, near};
pub use operation::{Gives, Kind, Of, Row, Syntax};
pub use parse::{Cause, ParseError, Parser, SourceParser};
pub use program::{Body, Function, FunctionParameter, Local, Name, Operand, Operation, Program, Target, is_identifier};
pub use repr::{bytes_literal, float_repr, str_literal};
pub use source::SourceStep;
pub use trace::beside::{End, Inner};
pub use trace::glance::{Glance, Layout, Seen};
pub use trace::{Axes, DEEPEST, Trace, mask};
pub use value::{Value, one_nan};
