//! The Python around memoryview that the reference stands for: objects, the built-in types, the built-in functions.
//!
//! The view itself is the crate `view`. This crate gives it operands, and has what programs need beside it. What it does
//! not have it refuses as [`Stop::Unsupported`], and never makes up.
//!
//! | question | where to read |
//! |---|---|
//! | What is an object, and what is asked of a type? | [`object`] |
//! | What does a built-in type do? | its file in [`types`] |
//! | What does a built-in function do? | `builtins` |
//! | How do exporters grow? | [`exporters`] |
//! | How do two objects compare, or add? | `compare`, `arithmetic`, `numbers` |
//! | To whom does an operation go? | `perform` |

#![forbid(unsafe_code)]

mod arithmetic;
mod buffer_methods;
mod buffers;
mod builtins;
mod call;
pub mod changes;
mod compare;
mod context;
mod convert;
pub mod describe;
pub mod exporters;
mod iterate;
mod make;
mod numbers;
pub mod object;
mod operand;
mod perform;
mod record;
mod setattr;
mod statements;
mod stop;
mod subscript;
pub mod types;

pub use builtins::MODULES;
pub use changes::{AnyChange, Change, Profile};
pub use context::Python;
pub use object::{Object, Type};
pub use stop::Stop;
pub use subscript::slice;
