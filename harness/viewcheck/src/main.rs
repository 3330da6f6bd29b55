//! The `viewcheck` program; everything it does is in the library.

#![forbid(unsafe_code)]

mod carried;

use std::process::ExitCode;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    viewcheck::commands::main(&engine::open, carried::SPEC)
}
