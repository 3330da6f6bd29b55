//! Typed mutation: makes programs of other programs, as programs and not as bytes.
//!
//! A mutant is made by going through its parent operation by operation, with the generator's state beside it
//! (`generate/follow.rs`), and editing on the way (`plan.rs`): what is added is generated for what is known there, and what
//! is kept is repaired where the edits took away what it needs (`walk.rs`, `copy.rs`, `repair.rs`). An operation that was believed to succeed in the
//! parent is made to succeed in the mutant, as far as there is something that it can be done to. No mutant is rejected.
//!
//! The names of a mutant are those of the generator, and what is bound in any program is bound to one of these, so that
//! mutants of cases, of findings and of generated programs can be mixed (`names.rs`).

mod blocks;
#[cfg(all(test, feature = "embedded"))]
mod compared;
mod copy;
mod names;
mod operand;
mod origin;
mod place;
mod plan;
mod repair;
mod splice;
mod values;
mod walk;

pub use plan::Edit;

use crate::generate::{Abilities, Generator, Source};
use origin::Origin;
use plan::Plan;
use program::Program;
use walk::Walk;

/// Makes mutants. Keeps its memory from one program to the next.
#[derive(Debug)]
pub struct Mutator {
    generator: Generator,
    names: names::Names,
    plan: Plan,
    done: Vec<Edit>,
}

impl Default for Mutator {
    fn default() -> Mutator {
        Mutator::new()
    }
}

impl Mutator {
    /// A mutator. Keep it: making one costs more than making a mutant.
    pub fn new() -> Mutator {
        Mutator::with(Abilities::default())
    }

    /// A mutator of programs for engines that can do so much.
    pub fn with(abilities: Abilities) -> Mutator {
        let names = names::Names::default();
        Mutator { generator: Generator::with(abilities), names, plan: Plan::default(), done: vec![] }
    }

    /// Replaces `program` by a mutant of `parent`; `other` is what is spliced in. It has at most `length` operations, counted
    /// as [`Generator::program`] does. The same bytes give the same mutant.
    pub fn mutate(
        &mut self,
        parent: &Program,
        other: &Program,
        source: &mut Source<'_>,
        length: usize,
        program: &mut Program,
    ) {
        self.generator.choose_menu(source);
        self.plan.choose(parent, length, source);
        let mut walk = self.walk(source, length, program);
        walk.other = Some(other);
        let mut origin = walk.start(parent);
        walk.all(&mut origin, 0..parent.operations.len());
        walk.end(&mut origin);
    }

    /// Replaces `program` by the beginning of `parent`, followed by what the generator goes on with from there.
    pub fn grow(&mut self, parent: &Program, source: &mut Source<'_>, length: usize, program: &mut Program) {
        self.generator.choose_menu(source);
        self.plan.clear();
        let mut walk = self.walk(source, length, program);
        let mut origin = walk.start(parent);
        let statements = origin.statements(None);
        let at = walk.source.below(statements.len());
        walk.all(&mut origin, 0..statements.get(at).map_or(0, |statement| statement.end));
        walk.leave(&mut origin);
        walk.go_on();
        walk.end(&mut origin);
    }

    /// Replaces `program` by the beginning of one program, followed by a part of another.
    pub fn cross(
        &mut self,
        one: &Program,
        two: &Program,
        source: &mut Source<'_>,
        length: usize,
        program: &mut Program,
    ) {
        self.generator.choose_menu(source);
        self.plan.clear();
        let mut walk = self.walk(source, length, program);
        let (mut first, mut second) = (walk.start(one), Origin::new(two, 1));
        let cut = |origin: &Origin<'_>, source: &mut Source<'_>| {
            let statements = origin.statements(None);
            // Neither all of it nor nothing, if it has several.
            let at = 1 + source.below(statements.len().saturating_sub(1));
            statements.get(at - 1).map_or(0, |statement| statement.end)
        };
        let end = cut(&first, walk.source);
        let start = if walk.source.chance(40) { 0 } else { cut(&second, walk.source) };
        walk.all(&mut first, 0..end);
        walk.names.let_go();
        second.skip_to(start);
        walk.did(Edit::Splice);
        walk.all(&mut second, start..two.operations.len());
        walk.end(&mut first);
    }

    /// Makes any program one that the generator could go on with: its names are those of the generator, what it reads is
    /// bound, and what the engines can't do is left out.
    pub fn repair(&mut self, program: &mut Program, source: &mut Source<'_>) {
        let parent = std::mem::take(program);
        self.generator.choose_menu(source);
        self.plan.clear();
        let mut walk = self.walk(source, usize::MAX / 2, program);
        walk.did(Edit::Repair);
        let mut origin = walk.start(&parent);
        walk.all(&mut origin, 0..parent.operations.len());
        walk.end(&mut origin);
    }

    /// What was done to make the last program.
    pub fn edits(&self) -> &[Edit] {
        &self.done
    }

    fn walk<'w, 's>(&'w mut self, source: &'w mut Source<'s>, length: usize, program: &'w mut Program) -> Walk<'w, 's> {
        self.done.clear();
        self.names.clear();
        program.operations.clear();
        program.steps.clear();
        program.bodies.clear();
        program.locals.clear();
        program.counted.clear();
        self.generator.state.clear();
        Walk {
            generator: &mut self.generator,
            source,
            program,
            names: &mut self.names,
            heads: vec![],
            plan: &mut self.plan,
            done: &mut self.done,
            other: None,
            spliced: None,
            length,
            at: 0,
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
