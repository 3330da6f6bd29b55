//! A child process that may die, hang or fill the memory, and whose end is a result.
//!
//! The parent starts it with [`Child::spawn`], sends it requests and hears replies, both as lines of JSON, and looks now
//! and then whether it is overdue. Where the child is it notes on its [`HeartbeatPage`], which the parent can read
//! however the child ended. [`Ending`] says how that was, with the last that it wrote on standard error.
//!
//! ```text
//! parent                                child
//! Child::spawn ───────────────────────> inside::Parent::connect, inside::begin
//! Child::send ──── a line on stdin ───> Parent::requests
//! on_event  <───── a line on stdout ─── Parent::reply
//! Child::overrun <── heartbeat page ─── page.words()[…].store(…)
//! Child::end ─────> Ending
//! ```
//!
//! What requests, replies and the words of the page mean is up to those who use it.

#![deny(unsafe_code)]

pub mod confine;
pub mod inside;
mod living;
mod page;
mod process;
mod system;

pub use living::{TemporaryFile, TemporaryFolder, end_all};
pub use page::{HeartbeatPage, WORDS};
pub use process::{Cause, Child, Ending, Event, Limits, Overrun};
pub use system::{STOPPED, is_sent_by_others, new_thread, this_program};
