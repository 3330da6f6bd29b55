//! Nothing breaks viewcheck, nothing gets lost, and nothing gets out: hostile programs, files and systems, by group.
//!
//! What takes long is ignored unless asked for: `cargo test -p mutants --test robustness -- --ignored`.

mod any_python;
mod campaigns;
mod children;
mod ending;
mod environment;
mod findings_folder;
mod iterators;
mod kills;
mod limits;
mod nesting;
mod output;
mod reading;
mod running;
mod sandbox;
mod shell;
mod tools;
