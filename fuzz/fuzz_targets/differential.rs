//! Generates a program from libFuzzer's bytes, runs it on the embedded CPython and on the reference, and keeps what
//! differs as a finding.
//!
//! A mismatch is not a crash: it is shrunk, kept in `VIEWCHECK_FINDINGS` (`fuzz/findings` if that is not set) and the
//! run goes on. CPython was not built for libFuzzer, so it is guided by *behaviours*: each operation with the outcome
//! it had is a counter in the section that libFuzzer reads beside its own.

#![no_main]
#![deny(unsafe_code)]

use engine::embedded::Embedded;
use engine::reference::Reference;
use engine::{Engine, Watch};
use libfuzzer_sys::fuzz_target;
use program::{Outcome, Program, Trace};
use std::cell::RefCell;
use std::path::PathBuf;
use std::sync::atomic::{AtomicU8, Ordering};
use viewcheck::compare::Level;
use viewcheck::differential::{DifferentialRun, Result};
use viewcheck::findings::{Limits, Store, investigate};
use viewcheck::generate::{Generator, Source};

/// How many operations a program has at most.
const LENGTH: usize = 24;

/// A counter for each behaviour, by a hash of it.
#[allow(unsafe_code, reason = "the name of a section, in which libFuzzer expects bytes")]
#[unsafe(link_section = "__libfuzzer_extra_counters")]
static BEHAVIOURS: [AtomicU8; 1 << 14] = [const { AtomicU8::new(0) }; 1 << 14];

struct Driver {
    differential: DifferentialRun,
    generator: Generator,
    program: Program,
    store: Store,
}

impl Driver {
    fn new() -> Driver {
        let folder = std::env::var_os("VIEWCHECK_FINDINGS").map_or_else(|| "fuzz/findings".into(), PathBuf::from);
        let store = Store::open(&folder).unwrap_or_else(|error| stop(&error));
        let embedded = Embedded::new().unwrap_or_else(|error| stop(&error));
        let reference = Reference::new(embedded.about().profile);
        let differential = DifferentialRun::new(Box::new(embedded), Box::new(reference), Watch::End, Level::Message);
        Driver { differential, generator: Generator::new(), program: Program::default(), store }
    }

    fn run(&mut self, data: &[u8]) {
        self.generator.program(&mut Source::new(data), LENGTH, &mut self.program);
        let result = self.differential.run(&self.program);
        count(&self.program, self.differential.traces().1);
        if let Result::Differ(_) = result {
            let engines = [self.differential.engine().clone(), self.differential.against().clone()];
            if let Some(finding) = investigate(&mut self.differential, &engines, &self.program, Limits::default())
                && let Err(error) = self.store.keep(&finding)
            {
                stop(&error);
            }
        }
    }
}

/// Counts what each step did: the kind of its last operation, and the type of its value or its error.
fn count(program: &Program, trace: &Trace) {
    for (step, seen) in trace.observations().enumerate() {
        let Some(operation) = program.operations.get(program.step_range(step)).and_then(<[_]>::last) else { continue };
        let outcome = match &seen.outcome {
            Outcome::Nothing => 0,
            Outcome::Value(value) => hash(value.type_name()),
            Outcome::Raised(raised) => hash(&raised.exception) ^ hash(&raised.message),
        };
        let behaviour = (outcome ^ (operation.kind as usize * 131)) % BEHAVIOURS.len();
        let counter = &BEHAVIOURS[behaviour];
        counter.store(counter.load(Ordering::Relaxed).saturating_add(1), Ordering::Relaxed);
    }
}

fn hash(text: &str) -> usize {
    text.bytes().fold(5381, |hash, byte| hash.wrapping_mul(33) ^ usize::from(byte))
}

/// Ends the run: without an interpreter or a place for findings there is nothing to do.
fn stop(error: &dyn std::fmt::Display) -> ! {
    eprintln!("error: {error}");
    std::process::exit(2)
}

thread_local! {
    static DRIVER: RefCell<Driver> = RefCell::new(Driver::new());
}

fuzz_target!(|data: &[u8]| {
    DRIVER.with_borrow_mut(|driver| driver.run(data));
});
