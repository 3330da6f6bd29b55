//! The names of a mutant: those of the generator, and more where two programs are put together.

use super::origin::Origin;
use crate::generate::NAMES;
use crate::generate::bodies::MORE;
use crate::generate::state::{Known, State};
use program::{Name, Program};
use smallvec::SmallVec;
use std::borrow::Cow;

/// The most names that a mutant has. What would need another one takes the last.
const MOST: usize = 40;

/// How a mutant writes the name of that number.
pub(super) fn preferred(name: Name) -> Cow<'static, str> {
    const FIRST: [&str; NAMES] = ["v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9"];
    let name = usize::from(name);
    match FIRST.get(name).or_else(|| MORE.get(name.wrapping_sub(NAMES))) {
        Some(text) => Cow::Borrowed(text),
        None => Cow::Owned(format!("x{name}")),
    }
}

/// Whether a name is bound.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Is {
    #[default]
    Unbound,
    /// Something was bound or unbound in a block that may not be run.
    Open,
    Bound,
}

impl Is {
    /// What it is after a block, before which it was `before`.
    pub(super) fn after_block(self, before: Is) -> Is {
        if self == before { self } else { Is::Open }
    }
}

/// Whose a name of the mutant is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Owner {
    #[default]
    Nobody,
    /// A name of one of the origins stands for it.
    Origin(u8, Name),
    /// What it was bound to was added.
    Added,
}

/// The names of a mutant, and what they stand for.
#[derive(Debug, Default)]
pub(super) struct Names {
    owners: Vec<Owner>,
    bound: Vec<Is>,
    /// When an origin reads it last.
    until: Vec<u32>,
}

impl Names {
    pub(super) fn clear(&mut self) {
        self.owners.clear();
        self.bound.clear();
        self.until.clear();
    }

    /// Writes names into a program as far as they are needed: those of the generator are always there.
    pub(super) fn write(&self, program: &mut Program) {
        let used = match self.owners.len() {
            0..=NAMES => NAMES,
            more => more.max(NAMES + MORE.len()),
        };
        let names = program.names.iter().enumerate();
        let kept = names.take_while(|(name, text)| ***text == *preferred(*name as Name)).count();
        program.names.truncate(kept.min(used));
        program.names.extend((program.names.len()..used).map(|name| preferred(name as Name).into()));
    }

    /// Whether something is bound to a name.
    pub(super) fn is(&self, name: Name) -> Is {
        self.bound.get(usize::from(name)).copied().unwrap_or_default()
    }

    pub(super) fn set(&mut self, name: Name, is: Is) {
        self.reach(name);
        self.bound[usize::from(name)] = is;
    }

    /// What is bound, to compare it after a block.
    pub(super) fn bound(&self) -> SmallVec<[Is; 24]> {
        self.bound.iter().copied().collect()
    }

    /// What is bound after a block.
    pub(super) fn end_block(&mut self, before: &[Is]) {
        for (at, is) in self.bound.iter_mut().enumerate() {
            *is = is.after_block(before.get(at).copied().unwrap_or_default());
        }
    }

    fn reach(&mut self, name: Name) {
        let count = usize::from(name) + 1;
        if self.owners.len() < count {
            self.owners.resize(count, Owner::Nobody);
            self.bound.resize(count, Is::Unbound);
            self.until.resize(count, 0);
        }
    }

    fn owner(&self, name: Name) -> Owner {
        self.owners.get(usize::from(name)).copied().unwrap_or_default()
    }

    /// The origins so far need none of their names any more.
    pub(super) fn let_go(&mut self) {
        self.until.fill(0);
    }

    /// The name of the mutant that an origin binds one of its names as.
    pub(super) fn bind(&mut self, origin: &mut Origin<'_>, name: Name, state: &State) -> Name {
        let mine = Owner::Origin(origin.index, name);
        if let Some(known) = origin.stands(name).filter(|known| self.owner(*known) == mine) {
            return known;
        }
        let is_free = |taken: Name| self.owner(taken) == Owner::Nobody;
        let preferred = origin.preferred(name);
        let found = preferred.filter(|name| is_free(*name)).unwrap_or_else(|| {
            let is_special = origin.is_defined(name) || preferred.is_some_and(|name| usize::from(name) >= NAMES);
            match is_special {
                true => self.another(),
                false => self.variable(state),
            }
        });
        self.reach(found);
        self.owners[usize::from(found)] = mine;
        self.until[usize::from(found)] = origin.until(name);
        origin.set(name, Some(found));
        found
    }

    /// A name beyond those of the generator.
    fn another(&self) -> Name {
        let first = NAMES + MORE.len();
        self.owners.len().max(first).min(MOST) as Name
    }

    /// A name that is free, or the one that is soonest not needed any more.
    fn variable(&self, state: &State) -> Name {
        let free = (0..NAMES as Name).find(|name| self.owner(*name) == Owner::Nobody);
        let least = |name: &Name| {
            let is_worthless = self.is(*name) != Is::Bound || *state.get(*name) == Known::Other;
            (self.until.get(usize::from(*name)).copied().unwrap_or(0), !is_worthless)
        };
        free.or_else(|| (0..NAMES as Name).min_by_key(least)).unwrap_or(0)
    }

    /// A name for the result of what is added, at an operation of the first origin: none that is still needed.
    pub(super) fn add(&mut self, at: u32) -> Option<Name> {
        let is_needed = |name: &Name| self.until.get(usize::from(*name)).is_some_and(|until| *until >= at);
        let free = (0..NAMES as Name).find(|name| self.owner(*name) == Owner::Nobody);
        let found = free.or_else(|| (0..NAMES as Name).find(|name| !is_needed(name)))?;
        self.reach(found);
        self.owners[usize::from(found)] = Owner::Added;
        self.until[usize::from(found)] = at.saturating_add(4);
        Some(found)
    }
}
