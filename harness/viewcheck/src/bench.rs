//! Measures how much of the fuzzing loop is the interpreter's own work, and how much is overhead.
//!
//! The *floor* is the bare C API: the embedded CPython performs the operations and the results are discarded. The
//! *loop* is everything that fuzzing does with a program on which two engines agree: generate it, run it on both,
//! observe and compare. Both run the same programs in the same process, in turns, so that their ratio is stable even
//! on a noisy machine. The fastest of several rounds counts.
//!
//! Programs with bodies are measured beside the others, by program: their floor has a machine in it, as what an object
//! calls is this machine, and how often their operations run is theirs to say.

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
    /// The programs without bodies.
    pub without_bodies: Group,
    /// The programs with bodies.
    pub with_bodies: Group,
}

/// What was measured of some programs.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Group {
    /// Programs in a round.
    pub programs: u64,
    /// Operations in a round, without those in bodies.
    pub operations: u64,
    /// The bare C API, in nanoseconds a program.
    pub floor_ns_per_program: f64,
    /// The whole loop, in nanoseconds a program.
    pub loop_ns_per_program: f64,
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

/// What takes part in a measurement.
struct Bench {
    embedded: Embedded,
    reference: Reference,
    differential: DifferentialRun,
    recipe: Recipe,
    again: Recipe,
    batch: Batch,
    trace: Trace,
}

/// How long the loop and its parts took over some programs: the loop, generation, the reference, the embedded engine, and the
/// bare C API.
type Times = [Duration; 5];

/// The fastest of several rounds over some programs.
#[derive(Clone, Copy, Default)]
struct Best {
    programs: u64,
    operations: u64,
    times: Times,
}

/// Measures over that many programs of a seed, in that many rounds.
pub fn measure(seed: u64, programs: u64, rounds: usize) -> Result<Measurement, OpenError> {
    let embedded = Embedded::new()?;
    let reference = Reference::new(embedded.about().profile);
    let (engine, against) = (Embedded::new()?, Reference::new(embedded.about().profile));
    let mut bench = Bench {
        embedded,
        reference,
        differential: DifferentialRun::new(Box::new(engine), Box::new(against), Watch::End, Level::Message),
        recipe: Recipe::new(seed, LENGTH),
        again: Recipe::new(seed, LENGTH),
        batch: Batch::default(),
        trace: Trace::new(),
    };
    // What is chosen stays apart from what is measured, which would else clear away the programs that were left out.
    let mut choice = Batch::default();
    let mut best = [Best::default(); 2];
    Embedded::attached(|| {
        for round in 0..rounds {
            let mut now = [Best::default(); 2];
            // The parts take turns at each batch, so that all of them meet the same noise.
            for start in (0..programs).step_by(batch::SIZE as usize) {
                let all: Vec<u64> = (start..(start + batch::SIZE).min(programs)).collect();
                for (group, indices) in now.iter_mut().zip(bench.chosen(&mut choice, &all)) {
                    bench.time(&indices, group);
                }
            }
            for (best, now) in best.iter_mut().zip(now) {
                let times = match round {
                    0 => now.times,
                    _ => std::array::from_fn(|part| best.times[part].min(now.times[part])),
                };
                *best = Best { times, ..now };
            }
        }
    });
    let [without_bodies, with_bodies] = best.map(Group::from);
    Ok(Measurement { schema: 2, without_bodies, with_bodies })
}

impl Bench {
    /// The programs without bodies and those with bodies, as far as the engines agree on them. What is left open may well end
    /// the process, and is nothing to measure.
    fn chosen(&mut self, choice: &mut Batch, indices: &[u64]) -> [Vec<u64>; 2] {
        let mut groups = [vec![], vec![]];
        self.whole_loop(choice, indices, |index, program| groups[usize::from(!program.bodies.is_empty())].push(index));
        groups
    }

    /// All that is done with programs. Tells of those on which the engines agree.
    fn whole_loop(&mut self, batch: &mut Batch, indices: &[u64], mut agrees: impl FnMut(u64, &Program)) {
        batch.make(&mut self.recipe, indices.iter().copied());
        batch.expect(&mut self.differential, &BTreeSet::new(), |_| {});
        while let Some((entry, _)) = batch.pop() {
            if self.differential.test(&entry.program, &mut entry.expectation) == Outcome::Agree {
                agrees(entry.index, &entry.program);
            }
        }
    }

    /// Adds what the loop and its parts take for some programs.
    fn time(&mut self, indices: &[u64], group: &mut Best) {
        let mut batch = std::mem::take(&mut self.batch);
        let parts = [
            time(|| self.whole_loop(&mut batch, indices, |index, _| _ = std::hint::black_box(index))),
            time(|| batch.make(&mut self.again, indices.iter().copied())),
            time(|| run_all(&batch, |program| _ = self.reference.run(program, Watch::End, &mut self.trace))),
            time(|| run_all(&batch, |program| _ = self.embedded.run(program, Watch::End, &mut self.trace))),
            time(|| run_all(&batch, |program| self.embedded.run_bare(program))),
        ];
        group.times.iter_mut().zip(parts).for_each(|(sum, part)| *sum += part);
        group.programs += indices.len() as u64;
        group.operations += batch.programs().map(|program| program.operations.len() as u64).sum::<u64>();
        self.batch = batch;
    }
}

impl From<Best> for Group {
    fn from(best: Best) -> Group {
        let [whole, generation, reference, embedded, floor] = best.times.map(|time| time.as_nanos() as f64);
        // Of no programs there are no figures.
        let divided =
            |time: f64, by: f64, parts: f64| if by == 0.0 { 0.0 } else { (time / by * parts).round() / parts };
        let programs = best.programs as f64;
        Group {
            programs: best.programs,
            operations: best.operations,
            floor_ns_per_program: divided(floor, programs, 1.0),
            loop_ns_per_program: divided(whole, programs, 1.0),
            ratio: divided(whole, floor, 100.0),
            shares: Shares {
                generation: divided(generation, whole, 1000.0),
                reference: divided(reference, whole, 1000.0),
                embedded: divided(embedded, whole, 1000.0),
            },
        }
    }
}

fn run_all(batch: &Batch, run: impl FnMut(&Program)) {
    batch.programs().for_each(run);
}

fn time(work: impl FnOnce()) -> Duration {
    let start = Instant::now();
    work();
    start.elapsed()
}
