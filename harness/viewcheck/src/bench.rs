//! How much of a fuzzing loop is the interpreter's work on memoryviews, and how much is ours.
//!
//! The floor is the bare C API: the operations of the programs, done by the embedded CPython, their results thrown
//! away. The loop is everything that fuzzing does with a program that two engines agree on: generating it, running it
//! on both, observing, comparing. Both run the same programs in the same process, in turns, so that the ratio holds on
//! a noisy machine where the times do not; of several rounds each part's fastest counts.

use crate::generate::{Generator, Seed, Source};
use engine::embedded::Embedded;
use engine::reference::Reference;
use engine::{Engine, OpenError, Watch};
use program::{Program, Trace};
use serde::Serialize;
use std::time::{Duration, Instant};

/// How many operations a generated program has at most.
pub const LENGTH: usize = 14;
/// How many random bytes a program is made from at most.
pub const BYTES: usize = 512;

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Measurement {
    schema: u32,
    /// Programs in a round.
    pub programs: u64,
    /// Operations in a round.
    pub operations: u64,
    /// The bare C API, in nanoseconds an operation.
    pub floor_ns_per_operation: f64,
    /// The whole loop, in nanoseconds an operation.
    pub loop_ns_per_operation: f64,
    /// The loop divided by the floor.
    pub ratio: f64,
    /// What each part takes of the loop; the rest of 1 is comparing and what the parts have in common.
    pub shares: Shares,
}

/// Parts of the loop, each as a share of the whole.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Shares {
    /// Making programs.
    pub generation: f64,
    /// Running and observing the reference.
    pub reference: f64,
    /// Running and observing the embedded CPython.
    pub embedded: f64,
}

/// Measures over that many programs, in that many rounds.
pub fn measure(seed: Seed, programs: u64, rounds: usize) -> Result<Measurement, OpenError> {
    let mut embedded = Embedded::new()?;
    let mut reference = Reference::new(embedded.about().profile);
    let mut bench = Bench { generator: Generator::new(), program: Program::default(), bytes: vec![0; BYTES], seed };
    let made: Vec<Program> = (0..programs).map(|index| bench.make(index).clone()).collect();
    let operations: u64 = made.iter().map(|program| program.operations.len() as u64).sum();
    let (mut expected, mut actual) = (Trace::new(), Trace::new());
    let mut times = [Duration::MAX; 5];
    Embedded::attached(|| {
        for _ in 0..rounds {
            let round = [
                time(|| made.iter().for_each(|program| embedded.run_bare(program))),
                time(|| {
                    for index in 0..programs {
                        let program = bench.make(index);
                        // A fault is an end like any other here.
                        let _ = reference.run(program, Watch::Changes, &mut expected);
                        let _ = embedded.run(program, Watch::Changes, &mut actual);
                        std::hint::black_box(expected == actual);
                    }
                }),
                time(|| (0..programs).for_each(|index| _ = std::hint::black_box(bench.make(index)))),
                time(|| made.iter().for_each(|program| _ = reference.run(program, Watch::Changes, &mut expected))),
                time(|| made.iter().for_each(|program| _ = embedded.run(program, Watch::Changes, &mut actual))),
            ];
            for (best, now) in times.iter_mut().zip(round) {
                *best = now.min(*best);
            }
        }
    });
    let [floor, whole, generation, reference, embedded] = times.map(|time| time.as_nanos() as f64);
    Ok(Measurement {
        schema: 1,
        programs,
        operations,
        floor_ns_per_operation: rounded(floor / operations as f64, 10.0),
        loop_ns_per_operation: rounded(whole / operations as f64, 10.0),
        ratio: rounded(whole / floor, 100.0),
        shares: Shares {
            generation: rounded(generation / whole, 1000.0),
            reference: rounded(reference / whole, 1000.0),
            embedded: rounded(embedded / whole, 1000.0),
        },
    })
}

struct Bench {
    generator: Generator,
    program: Program,
    bytes: Vec<u8>,
    seed: Seed,
}

impl Bench {
    fn make(&mut self, index: u64) -> &Program {
        self.seed.fill(index, &mut self.bytes);
        self.generator.program(&mut Source::new(&self.bytes), LENGTH, &mut self.program);
        &self.program
    }
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
