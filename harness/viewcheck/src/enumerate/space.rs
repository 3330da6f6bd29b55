//! All programs of an alphabet, numbered: short ones first, so that a number means the same program whatever the depth.
//!
//! Whether an operation may follow depends on the [facts](Facts) that are known of the names then, never on what an engine
//! does. So the programs can be counted, and any of them can be made by itself.

use super::alphabet;
use super::step::{Facts, Opening, Step};
use crate::generate::Abilities;
use crate::report::{count, counted};
use program::{Operation, Program, print};
use serde::{Deserialize, Serialize};
use std::ops::RangeInclusive;

/// Which programs are enumerated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Extent {
    /// The most operations in a program, beside those that make its exporter and its first view.
    pub depth: usize,
    /// Whether an operation that only reads may stand before the last one.
    pub all: bool,
}

impl Extent {
    /// How many operations there may be.
    pub const DEPTHS: RangeInclusive<usize> = 1..=6;
}

/// What may come next where these facts hold.
#[derive(Clone, Debug, Default)]
struct Menu {
    /// The operations that may be the last one.
    last: Vec<u16>,
    /// Those that may stand before others.
    inner: Vec<u16>,
    /// For so many operations that are still to come, the number of programs up to and with each inner one.
    sums: Vec<Vec<u64>>,
}

/// The programs. Programs are made of memory that is kept.
#[derive(Clone, Debug)]
pub struct Space {
    extent: Extent,
    openings: Vec<Opening>,
    steps: Vec<Step>,
    /// By facts.
    menus: Vec<Menu>,
    /// How many exporters and operations of the alphabet an engine can't do.
    left_out: usize,
    len: u64,
}

/// A program by the places of its exporter and its operations in the alphabet.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    opening: usize,
    steps: Vec<u16>,
}

impl Space {
    /// The programs of that extent, of what some engines can do.
    pub fn new(extent: Extent, abilities: &Abilities) -> Space {
        let can = |operations: &[Operation]| operations.iter().all(|operation| abilities.has(operation.kind));
        let openings = alphabet::EXPORTERS.iter().map(Opening::of);
        let (openings, other): (Vec<_>, Vec<_>) = openings.partition(|opening| can(&opening.program.operations));
        let steps = alphabet::GROUPS.iter().flat_map(Step::all);
        let (steps, others): (Vec<_>, Vec<_>) = steps.partition(|step| can(&step.operations));
        let left_out = other.len() + others.len();
        let mut space = Space { extent, openings, steps, menus: vec![], left_out, len: 0 };
        space.menus = Facts::all().map(|facts| space.menu(facts)).collect();
        for length in 1..extent.depth {
            space.count(length);
        }
        space.len = (0..=extent.depth).map(|length| space.of_length(length)).fold(0, u64::saturating_add);
        space
    }

    /// What may come where these facts hold.
    fn menu(&self, facts: Facts) -> Menu {
        let able = |step: &&(u16, &Step)| step.1.is_possible(facts);
        let steps: Vec<(u16, &Step)> = (0..).zip(&self.steps).collect();
        let inner = steps.iter().filter(able).filter(|(_, step)| self.extent.all || !step.group.reads);
        let inner = inner.map(|(at, _)| *at).collect();
        Menu { last: steps.iter().filter(able).map(|(at, _)| *at).collect(), inner, sums: vec![] }
    }

    /// Counts the programs that have so many operations after the next one.
    fn count(&mut self, after: usize) {
        let sums = Facts::all().map(|facts| {
            let mut sum = 0u64;
            let add = |at: &u16| {
                let next = self.steps[usize::from(*at)].apply(facts);
                sum = sum.saturating_add(self.after(next, after));
                sum
            };
            self.menus[facts.index()].inner.iter().map(add).collect()
        });
        let sums: Vec<Vec<u64>> = sums.collect();
        self.menus.iter_mut().zip(sums).for_each(|(menu, sums)| menu.sums.push(sums));
    }

    /// How many ways there are to go on with exactly so many operations.
    fn after(&self, facts: Facts, length: usize) -> u64 {
        let menu = &self.menus[facts.index()];
        match length {
            0 => 1,
            1 => menu.last.len() as u64,
            _ => menu.sums[length - 2].last().copied().unwrap_or(0),
        }
    }

    /// How many programs have exactly so many operations.
    fn of_length(&self, length: usize) -> u64 {
        self.openings.iter().map(|opening| self.after(opening.facts, length)).fold(0, u64::saturating_add)
    }

    /// Which programs these are.
    pub fn extent(&self) -> Extent {
        self.extent
    }

    /// How many programs there are.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The number of exporters, and of operations.
    pub fn alphabet(&self) -> (usize, usize) {
        (self.openings.len(), self.steps.len())
    }

    /// How many exporters and operations are left out, because an engine can't do them.
    pub fn left_out(&self) -> usize {
        self.left_out
    }

    /// The most operations of a program as engines count them.
    pub fn longest(&self) -> usize {
        let longest = |lengths: &mut dyn Iterator<Item = usize>| lengths.max().unwrap_or(0);
        let opening = longest(&mut self.openings.iter().map(|opening| opening.program.operations.len()));
        opening + self.extent.depth * longest(&mut self.steps.iter().map(|step| step.operations.len()))
    }

    /// How many programs there are, in words.
    pub fn summary(&self) -> String {
        summary(self.len, self.extent.depth, self.steps.len(), self.openings.len())
    }

    /// The program of a number that is less than [`Space::len`].
    pub fn choice(&self, index: u64) -> Option<Choice> {
        let mut rest = index;
        for length in 0..=self.extent.depth {
            for (opening, with) in self.openings.iter().enumerate() {
                let count = self.after(with.facts, length);
                if rest < count {
                    let mut choice = Choice { opening, steps: Vec::with_capacity(length) };
                    self.choose(with.facts, length, rest, &mut choice.steps);
                    return Some(choice);
                }
                rest -= count;
            }
        }
        None
    }

    /// Chooses so many operations, those of that number.
    fn choose(&self, mut facts: Facts, length: usize, mut rest: u64, steps: &mut Vec<u16>) {
        for left in (1..=length).rev() {
            let menu = &self.menus[facts.index()];
            let at = match left {
                1 => menu.last[rest as usize],
                _ => {
                    let sums = &menu.sums[left - 2];
                    let at = sums.partition_point(|sum| *sum <= rest);
                    rest -= at.checked_sub(1).map_or(0, |before| sums[before]);
                    menu.inner[at]
                }
            };
            facts = self.steps[usize::from(at)].apply(facts);
            steps.push(at);
        }
    }

    /// The number of a program, if it is one of these.
    pub fn number(&self, choice: &Choice) -> Option<u64> {
        let length = choice.steps.len();
        if length > self.extent.depth {
            return None;
        }
        let (before, opening) = (self.openings.get(..choice.opening)?, self.openings.get(choice.opening)?);
        let shorter = (0..length).map(|length| self.of_length(length)).sum::<u64>();
        let others = before.iter().map(|opening| self.after(opening.facts, length)).sum::<u64>();
        let (mut number, mut facts) = (shorter + others, opening.facts);
        for (at, step) in choice.steps.iter().enumerate() {
            let (menu, left) = (&self.menus[facts.index()], length - at);
            match left {
                1 => number += menu.last.binary_search(step).ok()? as u64,
                _ => {
                    let place = menu.inner.binary_search(step).ok()?;
                    number += place.checked_sub(1).map_or(0, |before| menu.sums[left - 2][before]);
                }
            }
            facts = self.steps.get(usize::from(*step))?.apply(facts);
        }
        Some(number)
    }

    /// Replaces `program` by the one of a number; by an empty one, if there is none.
    pub fn program(&self, index: u64, program: &mut Program) {
        program.operations.clear();
        program.steps.clear();
        program.bodies.clear();
        let Some(choice) = self.choice(index) else { return };
        let opening = &self.openings[choice.opening].program;
        if program.names != opening.names {
            program.names.clone_from(&opening.names);
        }
        program.operations.extend_from_slice(&opening.operations);
        program.steps.extend_from_slice(&opening.steps);
        for step in choice.steps {
            program.operations.extend_from_slice(&self.steps[usize::from(step)].operations);
            program.steps.push(program.operations.len() as u32);
        }
    }

    /// A hash of the alphabet: FNV-1a over the texts of its exporters and operations. It takes the place of a seed: spaces of
    /// the same alphabet have the same programs under the same numbers, up to the smaller depth.
    pub fn seed(&self) -> u64 {
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |text: &str| {
            for byte in text.bytes().chain([u8::from(self.extent.all)]) {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        for opening in &self.openings {
            add(&print::program(&opening.program));
        }
        for step in &self.steps {
            add(&step.text);
            add(if step.group.reads { "reads" } else { "changes" });
        }
        // Short enough for every reader of JSON.
        hash >> 32
    }
}

/// So many programs of that depth over an alphabet, in words.
pub(super) fn summary(programs: u64, depth: usize, operations: usize, exporters: usize) -> String {
    format!(
        "{} of at most {} over {} and {}",
        counted(programs, "program"),
        count(depth, "operation"),
        count(operations, "operation"),
        count(exporters, "exporter")
    )
}

#[cfg(test)]
mod tests;
