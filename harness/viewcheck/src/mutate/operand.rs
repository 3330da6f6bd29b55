//! Changes an operation: an operand within its kind, a constant, the number of operands, or what is done to them.

use super::names::Is;
use super::place::Place;
use super::plan::Edit;
use super::values;
use super::walk::Walk;
use crate::findings::is_fixed;
use crate::generate::bodies::blocks::multiplied;
use crate::generate::operands::operand;
use crate::generate::state::Known;
use crate::generate::{Mood, hooks, weight};
use program::operation::Takes;
use program::{Kind, Operand, Operation, Syntax, Target, Value};
use smallvec::SmallVec;
use std::mem::discriminant;

/// How many changes are tried for one that does something, and that an operation is believed to survive.
const ATTEMPTS: usize = 4;

impl Walk<'_, '_> {
    /// Changes an operation, if that can be.
    pub(super) fn change(&mut self, edit: Edit, taken: &mut Operation, place: Place) {
        let before = taken.clone();
        let is_kept = self.source.mood == Mood::Valid && self.generator.state.believes(taken);
        // What a loop or a function makes longer stays what it is: loops are made to look after that.
        let is_watched = place.in_loop || place.in_function;
        for _ in 0..ATTEMPTS {
            let is_done = match edit {
                Edit::Kind => self.other_kind(taken),
                Edit::Value => self.other_value(taken) || self.other_operand(taken),
                Edit::Arguments => self.other_count(taken) || self.other_operand(taken),
                _ => self.other_operand(taken) || self.other_value(taken),
            };
            // A name that is bound to nothing is read where the generator does that on purpose.
            let is_bound = |operand: &Operand| {
                let Operand::Name(name) = operand else { return true };
                self.names.is(*name) != Is::Unbound || before.operands.contains(operand)
            };
            let is_fine = (!is_kept || self.generator.state.believes(taken)) && taken.operands.iter().all(is_bound);
            let is_safe = !is_watched || multiplied(taken).is_none() && multiplied(&before).is_none();
            if is_done && is_fine && is_safe && *taken != before {
                return self.did(edit);
            }
            taken.clone_from(&before);
        }
    }

    /// One of the operands that can be changed.
    fn place_in(&mut self, taken: &Operation, fits: impl Fn(&Operand) -> bool) -> Option<usize> {
        let places: SmallVec<[usize; 8]> =
            (0..taken.operands.len()).filter(|at| is_free(taken, *at) && fits(&taken.operands[*at])).collect();
        if places.is_empty() { None } else { Some(self.source.pick(&places)) }
    }

    fn other_operand(&mut self, taken: &mut Operation) -> bool {
        if matches!(taken.kind, Kind::NewHook | Kind::Tuple | Kind::Slice) && taken.operands.iter().all(is_plain) {
            let made = hooks::operation(taken.kind, &self.generator.state, self.source);
            if made.kind == taken.kind {
                (taken.operands, taken.keywords) = (made.operands, made.keywords);
                return true;
            }
        }
        let Some(at) = self.place_in(taken, is_plain) else { return false };
        let takes = takes(taken, at);
        let state = &self.generator.state;
        let other = match (&taken.operands[at], takes) {
            (_, takes) if weight(taken.kind) > 0 && takes != Takes::Any => {
                let before = Operation { operands: taken.operands[..at].iter().cloned().collect(), ..taken.clone() };
                operand(takes, &before, state, self.source)
            }
            (Operand::Name(name), _) => {
                let known = discriminant(state.get(*name));
                let fits = |other: &Known| discriminant(other) == known && *other != Known::Unbound;
                match state.find(self.source, fits) {
                    Some(other) => Operand::Name(other),
                    None => return false,
                }
            }
            (Operand::Value(value), takes) => Operand::Value(values::changed(value, takes, true, self.source)),
            _ => return false,
        };
        taken.operands[at] = other;
        true
    }

    fn other_value(&mut self, taken: &mut Operation) -> bool {
        let Some(at) = self.place_in(taken, |operand| matches!(operand, Operand::Value(_))) else { return false };
        let takes = takes(taken, at);
        let Operand::Value(value) = &taken.operands[at] else { return false };
        // Numbers of bytes are those of the generator: no machine is to try to find the memory for others.
        let is_size = matches!(takes, Takes::Times | Takes::Bytes) && !matches!(value, Value::Bytes(_));
        let is_word = matches!(value, Value::Str(_)) && takes != Takes::Any;
        if is_size || is_word {
            let before = Operation { operands: taken.operands[..at].iter().cloned().collect(), ..taken.clone() };
            taken.operands[at] = operand(takes, &before, &self.generator.state, self.source);
            return true;
        }
        let is_small = weight(taken.kind) == 0 || takes == Takes::Any;
        taken.operands[at] = Operand::Value(values::changed(value, takes, is_small, self.source));
        true
    }

    /// Another operation with operands of the same kinds.
    fn other_kind(&mut self, taken: &mut Operation) -> bool {
        let row = taken.kind.row();
        let is_bound = |kind: Kind| {
            matches!(kind.row().syntax, Syntax::InPlace(_) | Syntax::Unbind | Syntax::Enter | Syntax::Leave)
        };
        let is_own = !taken.operands.iter().all(is_plain);
        // What is changed in place is read first.
        let is_read = taken.kind == Kind::Plain && matches!(taken.target, Target::Temp(_));
        if taken.keywords.is_some() || is_own || is_read || is_bound(taken.kind) || weight(taken.kind) == 0 {
            return false;
        }
        let count = taken.operands.len();
        let takes = |kind: Kind| kind.row().parameters.iter().map(|parameter| parameter.takes);
        let fits = |kind: &Kind| {
            let parameters = kind.row().parameters;
            *kind != taken.kind
                && weight(*kind) > 0
                && !is_bound(*kind)
                && !hooks::is_about(*kind)
                && self.generator.abilities.has(*kind)
                && kind.is_statement() == taken.kind.is_statement()
                && parameters.len() >= count
                && takes(*kind).take(count).eq(takes(taken.kind).take(count))
                && parameters.iter().skip(count).all(|parameter| parameter.optional)
        };
        let kinds: SmallVec<[Kind; 64]> = Kind::ALL.iter().copied().filter(fits).collect();
        if kinds.is_empty() || row.parameters.len() < count {
            return false;
        }
        taken.kind = self.source.pick(&kinds);
        true
    }

    fn other_count(&mut self, taken: &mut Operation) -> bool {
        if taken.keywords.is_some() || weight(taken.kind) == 0 {
            return false;
        }
        let count = taken.operands.len();
        let parameters = taken.kind.row().parameters;
        let more = parameters.get(count).filter(|more| more.optional);
        let is_fewer = count > 0 && parameters.get(count - 1).is_some_and(|last| last.optional);
        match (more, is_fewer && taken.operands.last().is_some_and(is_plain)) {
            (Some(more), is_fewer) if !is_fewer || self.source.chance(50) => {
                let more = operand(more.takes, taken, &self.generator.state, self.source);
                taken.operands.push(more);
            }
            (_, true) => _ = taken.operands.pop(),
            _ => return false,
        }
        true
    }
}

/// Whether an operand can be another one: it is no part of the operation itself.
fn is_free(operation: &Operation, at: usize) -> bool {
    let is_changed = match operation.kind {
        Kind::If | Kind::Return => at == 0,
        Kind::NewExporter | Kind::NewMmap | Kind::Define | Kind::Class | Kind::Lookup => false,
        Kind::CallObject => at > 0,
        kind => !matches!(kind.row().syntax, Syntax::Control | Syntax::FString | Syntax::Field),
    };
    is_changed && !is_fixed(operation, at)
}

fn is_plain(operand: &Operand) -> bool {
    matches!(operand, Operand::Name(_) | Operand::Value(_))
}

/// What an operand is for.
fn takes(operation: &Operation, at: usize) -> Takes {
    let parameters = operation.kind.row().parameters;
    let by_position = operation.operands.len() - operation.keyword_count().min(operation.operands.len());
    let keyword = at.checked_sub(by_position).and_then(|at| operation.keywords.as_ref()?.get(at));
    let parameter = match keyword {
        Some(name) => parameters.iter().find(|parameter| *parameter.name == **name),
        None => parameters.get(at),
    };
    parameter.map_or(Takes::Any, |parameter| parameter.takes)
}
