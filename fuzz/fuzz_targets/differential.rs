//! Runs a program on the embedded CPython and on the reference, and keeps what differs as a finding.
//!
//! An input is an encoded program, as `program::encode` writes it. Bytes that are none are what a program is generated from,
//! so that any fuzzer can begin with nothing.
//!
//! A mismatch is not a crash: it is shrunk, kept in `VIEWCHECK_FINDINGS` (`fuzz/findings` in a checkout if that is not set) and
//! the run goes on. Where there is no such folder nobody would look for it, as on the machines of ClusterFuzz: there it ends
//! the run, which keeps the input.
//!
//! Inputs are mutated and mixed as programs, by the same `Mutator` as those of `viewcheck fuzz --guided`. CPython was not built
//! for libFuzzer, so that it is guided by the same *behaviours*, too: each is a counter in the section that libFuzzer reads beside
//! its own.

#![no_main]
#![deny(unsafe_code)]

use engine::embedded::Embedded;
use engine::reference::Reference;
use engine::{Allocator, Engine, Settings, Watch};
use libfuzzer_sys::{fuzz_crossover, fuzz_mutator, fuzz_target, fuzzer_mutate};
use program::capability::to_import;
use program::operation::MODULES;
use program::{Kind, Operand, Operation, Program, Value};
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU8, Ordering};
use viewcheck::behaviour;
use viewcheck::compare::Level;
use viewcheck::differential::{DifferentialRun, Result};
use viewcheck::findings::{Limits, Signature, Store, Symptom, investigate, signature};
use viewcheck::generate::{Abilities, Generator, Seed, Source};
use viewcheck::mutate::Mutator;

/// How many operations a program has at most.
const LENGTH: usize = 24;
/// The bytes that a mutant is chosen from. When they run out, every choice is the first one.
const CHOICES: usize = 2048;

/// A counter for each behaviour. libFuzzer reads all of them after each run, so that there are fewer counters than behaviours.
#[allow(unsafe_code, reason = "the name of a section, in which libFuzzer expects bytes")]
#[unsafe(link_section = "__libfuzzer_extra_counters")]
static BEHAVIOURS: [AtomicU8; 1 << 16] = [const { AtomicU8::new(0) }; 1 << 16];

/// What AddressSanitizer does not report, so that programs after it are run. CPython copies with `memcpy` where source and target
/// overlap in `map[1:] = view[:5]` of a memory map, and in `stream.readinto(stream.getbuffer())`, and cases of `spec` do both. A
/// function is only known by its name where there is an `llvm-symbolizer`.
#[allow(unsafe_code, reason = "the name of a function that AddressSanitizer calls")]
#[cfg(fuzzing)]
#[unsafe(no_mangle)]
extern "C" fn __asan_default_suppressions() -> *const std::ffi::c_char {
    c"interceptor_via_lib:mmap.cpython\ninterceptor_via_fun:_io_BytesIO_readinto".as_ptr()
}

/// An interpreter that ends leaves memory behind.
#[allow(unsafe_code, reason = "the name of a function that AddressSanitizer calls")]
#[cfg(fuzzing)]
#[unsafe(no_mangle)]
extern "C" fn __asan_default_options() -> *const std::ffi::c_char {
    c"detect_leaks=0".as_ptr()
}

struct Driver {
    differential: DifferentialRun,
    abilities: Abilities,
    generator: Generator,
    mutator: Mutator,
    program: Program,
    /// What the program has shown.
    shown: Vec<u32>,
    /// Where findings are kept, if anywhere.
    store: Option<Store>,
    /// The signatures that programs were met with, and those of the findings that they became.
    met: BTreeMap<Signature, Option<Signature>>,
}

impl Driver {
    fn new() -> Driver {
        let store = folder().map(|folder| Store::open(&folder).unwrap_or_else(|error| stop(&error)));
        let embedded = Embedded::open(&settings()).unwrap_or_else(|error| stop(&error));
        let reference = Reference::new(embedded.about().profile);
        let abilities = Abilities::of(&[embedded.about().clone(), reference.about().clone()]);
        Driver {
            differential: DifferentialRun::new(Box::new(embedded), Box::new(reference), Watch::End, Level::Message),
            generator: Generator::with(abilities.clone()),
            mutator: Mutator::with(abilities.clone()),
            abilities,
            program: Program::default(),
            shown: vec![],
            store,
            met: BTreeMap::new(),
        }
    }

    fn run(&mut self, data: &[u8]) {
        self.program = self.read(data);
        if self.lacks_something() {
            return;
        }
        let result = self.differential.run(&self.program);
        self.shown.clear();
        behaviour::features(&self.program, self.differential.traces().0, &mut self.shown);
        for shown in &self.shown {
            let counter = &BEHAVIOURS[*shown as usize % BEHAVIOURS.len()];
            counter.store(counter.load(Ordering::Relaxed).saturating_add(1), Ordering::Relaxed);
        }
        if let Result::Differ(difference) = result {
            self.keep(&Symptom::Difference(difference));
        }
    }

    /// Whether the program needs what this Python has not, as one from elsewhere may: the reference has all modules.
    fn lacks_something(&self) -> bool {
        let capabilities = &self.differential.engine().capabilities;
        let is_missing = |operation: &Operation| match &operation.operands[..] {
            [Operand::Value(Value::Str(module))] if operation.kind == Kind::Import => {
                MODULES.contains(&module.as_ref()) && !capabilities.contains(to_import(module))
            }
            _ => !self.abilities.has(operation.kind),
        };
        self.program.all_operations().any(is_missing)
    }

    /// The program of an input.
    fn read(&mut self, data: &[u8]) -> Program {
        program::decode(data).unwrap_or_else(|_| {
            let mut program = Program::default();
            self.generator.program(&mut Source::new(data), LENGTH, &mut program);
            program
        })
    }

    /// Writes a mutant of an input, or a mixture of two, and gives its size. `None` if there is no room for a program.
    fn mutate(&mut self, one: &[u8], two: Option<&[u8]>, out: &mut [u8], seed: u32) -> Option<usize> {
        let mut choices = [[0; CHOICES]; 2];
        (0..).zip(&mut choices).for_each(|(index, bytes)| Seed(seed.into()).fill(index, bytes));
        // What is spliced into a mutant is made anew: libFuzzer gives one input, and the same seed has to give the same mutant.
        let (parent, other) = (self.read(one), self.read(two.unwrap_or(&choices[1])));
        let (mut source, mut mutant) = (Source::new(&choices[0]), Program::default());
        match two {
            Some(_) => self.mutator.cross(&parent, &other, &mut source, LENGTH, &mut mutant),
            None => self.mutator.mutate(&parent, &other, &mut source, LENGTH, &mut mutant),
        }
        loop {
            let (bytes, steps) = (program::encode(&mutant), mutant.steps.len());
            if let Some(out) = out.get_mut(..bytes.len()) {
                out.copy_from_slice(&bytes);
                return (steps > 0).then_some(bytes.len());
            }
            if steps < 2 {
                return None;
            }
            mutant.truncate((steps * out.len() / bytes.len()).clamp(1, steps - 1));
        }
    }

    /// Keeps the finding of the program that was run, or counts it. What was met before is not made small again.
    fn keep(&mut self, symptom: &Symptom) {
        let engines = [self.differential.engine().clone(), self.differential.against().clone()];
        let names = (engines[0].name.as_str(), engines[1].name.as_str());
        let met = signature(names, &self.program, symptom, Some(self.differential.traces()));
        let Some(store) = &mut self.store else {
            panic!(
                "{met}; `viewcheck shrink` makes this input small, and VIEWCHECK_FINDINGS names a folder for findings"
            )
        };
        if let Some(found) = self.met.get(&met) {
            found.iter().for_each(|found| store.add_count(found, 1));
            return;
        }
        let finding = investigate(&mut self.differential, &engines, &self.program, Limits::default());
        if let Some(finding) = &finding {
            store.keep(finding).map(drop).and_then(|()| store.flush()).unwrap_or_else(|error| stop(&error));
            eprintln!("found {}", finding.signature);
        }
        self.met.insert(met, finding.map(|finding| finding.signature));
    }
}

/// The folder for findings; none outside of a checkout where none is named.
fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("VIEWCHECK_FINDINGS").filter(|folder| !folder.is_empty());
    let usual = || Path::new("fuzz/fuzz_targets").is_dir().then(|| PathBuf::from("fuzz/findings"));
    named.map(PathBuf::from).or_else(usual)
}

/// The interpreter: that of the build, or the one in the folder `python` beside the executable, where a package of targets has
/// it. Under a sanitizer each object has memory of its own, so that it sees who uses it too late.
fn settings() -> Settings {
    let beside = || Some(std::env::current_exe().ok()?.parent()?.join("python"));
    let allocator = if cfg!(fuzzing) { Allocator::Malloc } else { Allocator::Default };
    Settings { home: beside().filter(|home| home.is_dir()), allocator, ..Settings::default() }
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

fuzz_mutator!(|data: &mut [u8], size: usize, max_size: usize, seed: u32| {
    let input = data[..size].to_vec();
    let mutated = DRIVER.with_borrow_mut(|driver| driver.mutate(&input, None, &mut data[..max_size], seed));
    mutated.unwrap_or_else(|| {
        data[..size].copy_from_slice(&input);
        fuzzer_mutate(data, size, max_size)
    })
});

fuzz_crossover!(|data1: &[u8], data2: &[u8], out: &mut [u8], seed: u32| {
    DRIVER.with_borrow_mut(|driver| driver.mutate(data1, Some(data2), out, seed)).unwrap_or(0)
});
