//! The part of Python around memoryview that the reference models: objects, the built-in types, the built-in functions.
//!
//! Views are implemented in the crate `view`. This crate implements its operands, and whatever else programs use.
//! Behaviour that it does not model is refused with [`Stop::Unsupported`], and never guessed.
//!
//! | question | where to read |
//! |---|---|
//! | What is an object, and what is asked of a type? | [`object`] |
//! | What does a built-in type do? | its file in [`types`] |
//! | What does a built-in function do? | `builtins` |
//! | How do exporters grow? | [`exporters`] |
//! | How does a list change? | `list` |
//! | How do two objects compare, or add? | `compare`, `arithmetic`, `operators`, `numbers` |
//! | How do values become text? | `format`, `percent`, `template`, `digits` |
//! | What is known of a text with an address? | `address` |
//! | How much may a run copy and go through? | `work` |
//! | How deep are values followed that are nested? | `nested` |
//! | How does code of the program run meanwhile? | [`code`] |
//! | Which function implements an operation? | `perform` |

#![forbid(unsafe_code)]

mod address;
mod arithmetic;
mod buffer_methods;
mod buffers;
mod builtins;
mod call;
pub mod calls;
pub mod changes;
pub mod code;
mod compare;
mod context;
mod convert;
pub mod describe;
mod digits;
pub mod exporters;
mod format;
mod iterate;
mod list;
mod make;
mod nested;
mod numbers;
pub mod object;
mod operand;
mod operators;
mod percent;
mod perform;
mod record;
mod setattr;
mod statements;
mod stop;
mod subscript;
mod template;
pub mod types;
mod unpack;
mod work;

pub use builtins::MODULES;
pub use changes::{AnyChange, Change, Profile};
pub use context::Python;
pub use object::{Object, Type};
pub use stop::Stop;
pub use subscript::slice;
