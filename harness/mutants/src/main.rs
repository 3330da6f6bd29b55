//! The command line of viewcheck, on engines that go wrong as a [plan](mutants::plan) says.
//!
//! A campaign starts its workers from the executable that it runs in, so those of this one go wrong as well.

#![forbid(unsafe_code)]

use mutants::plan::{Plan, Worker};
use std::process::ExitCode;

/// As in the executable for people: how memory runs out depends on it.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> ExitCode {
    let plan = match Plan::from_environment() {
        Ok(plan) => plan,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::from(2);
        }
    };
    let worker = Worker::from_arguments();
    plan.start(&worker);
    // Carries no cases: the tests write those that they need.
    viewcheck::commands::main(&move |name: &str, like, settings| plan.open(name, like, settings, &worker), &[])
}
