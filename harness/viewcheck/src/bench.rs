//! Measures how much of the fuzzing loop is the interpreter's own work, and how much is overhead.
//!
//! The *floor* is the bare C API: the embedded CPython performs the operations and the results are discarded. The
//! *loop* is everything that fuzzing does with a program on which two engines agree: generate it, run it on both,
//! observe and compare. Both run the same programs in the same process, in turns, so that their ratio is stable even
//! on a noisy machine. The fastest of several rounds counts. Programs with bodies are left out: what an object calls is this
//! machine, in the floor as well, and there is nothing to compare it with.

use crate::campaign::batch::{self, Batch};
use crate::campaign::{LENGTH, Recipe};
use crate::compare::Level;
use crate::differential::{DifferentialRun, Result as Outcome};
use engine::embedded::Embedded;
use engine::reference::Reference;
use engine::{Engine, OpenError, Watch};
use program::{Program, Trace};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
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
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Shares {
    /// Making programs.
    pub generation: f64,
    /// Running and observing the reference.
    pub reference: f64,
    /// Running and observing the embedded CPython.
    pub embedded: f64,
}

/// Measures over that many programs of a seed, in that many rounds.
pub fn measure(seed: u64, programs: u64, rounds: usize) -> Result<Measurement, OpenError> {
    let mut embedded = Embedded::new()?;
    let mut reference = Reference::new(embedded.about().profile);
    let (engine, against) = (Embedded::new()?, Reference::new(embedded.about().profile));
    let mut differential = DifferentialRun::new(Box::new(engine), Box::new(against), Watch::End, Level::Message);
    let (mut recipe, mut again) = (Recipe::new(seed, LENGTH), Recipe::new(seed, LENGTH));
    // What is chosen stays apart from what is measured, which would else clear away the programs that were left out.
    let (mut choice, mut batch, mut trace) = (Batch::default(), Batch::default(), Trace::new());
    let mut whole_loop = |differential: &mut DifferentialRun, batch: &mut Batch, indices: &[u64]| -> Vec<u64> {
        batch.make(&mut recipe, indices.iter().copied());
        batch.expect(differential, &BTreeSet::new(), |_| {});
        let mut agree = vec![];
        while let Some((entry, _)) = batch.pop() {
            let outcome = differential.test(&entry.program, &mut entry.expectation);
            if outcome == Outcome::Agree && entry.program.bodies.is_empty() {
                agree.push(entry.index);
            }
        }
        agree
    };
    let mut times = [Duration::MAX; 5];
    let mut operations = 0;
    Embedded::attached(|| {
        for _ in 0..rounds {
            let mut round = [Duration::ZERO; 5];
            operations = 0;
            // The parts take turns at each batch, so that all of them meet the same noise.
            for start in (0..programs).step_by(batch::SIZE as usize) {
                let all: Vec<u64> = (start..(start + batch::SIZE).min(programs)).collect();
                // What is left open may well end the process, and is nothing to measure.
                let indices = whole_loop(&mut differential, &mut choice, &all);
                let parts = [
                    time(|| _ = std::hint::black_box(whole_loop(&mut differential, &mut batch, &indices))),
                    time(|| batch.make(&mut again, indices.iter().copied())),
                    time(|| run_all(&mut batch, |program| _ = reference.run(program, Watch::End, &mut trace))),
                    time(|| run_all(&mut batch, |program| _ = embedded.run(program, Watch::End, &mut trace))),
                    time(|| run_all(&mut batch, |program| embedded.run_bare(program))),
                ];
                round.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
                operations += batch.programs().map(|program| program.operations.len() as u64).sum::<u64>();
            }
            for (best, now) in times.iter_mut().zip(round) {
                *best = now.min(*best);
            }
        }
    });
    let [whole, generation, reference, embedded, floor] = times.map(|time| time.as_nanos() as f64);
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

fn run_all(batch: &mut Batch, run: impl FnMut(&Program)) {
    batch.programs().for_each(run);
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}

fn rounded(value: f64, parts: f64) -> f64 {
    (value * parts).round() / parts
}
