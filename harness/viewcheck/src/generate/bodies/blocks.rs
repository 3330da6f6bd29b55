//! Blocks: `for`, `while`, `if` and `try`.

use super::super::operands::{a_live_view, a_resizable};
use super::super::state::Known;
use super::super::{Generator, Source, name, values};
use super::{COUNTER, ITEM, PARAMETERS, Place, Variable, add, int};
use program::{Kind, Name, Operand, Operation, Program, Target, Value};
use smallvec::SmallVec;

/// The classes that handlers name.
const CAUGHT: &[&str] = &[
    "ValueError",
    "ValueError",
    "BufferError",
    "TypeError",
    "IndexError",
    "Exception",
    "Exception",
    "Exception",
    "Exception",
];

/// The longest that something may grow while a loop goes on.
const LONGEST: i64 = 70;

const NONE: Operand = Operand::Value(Value::None);

/// What a loop goes through.
struct Iterable {
    operand: Operand,
    /// Its name, if it has one.
    name: Option<Name>,
    item: Variable,
}

impl Generator {
    /// Up to that many statements, after those that are given.
    pub(super) fn statements(
        &mut self,
        most: usize,
        place: &Place,
        operations: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        for _ in 0..=source.below(most) {
            if self.scene.left == 0 || source.is_empty() {
                break;
            }
            self.statement(place, operations, source, program);
        }
    }

    /// A block of up to that many statements.
    fn block(&mut self, most: usize, place: &Place, source: &mut Source<'_>, program: &mut Program) -> Operand {
        let mut operations = vec![];
        self.statements(most, place, &mut operations, source, program);
        add(operations, program)
    }

    /// `for i in iterable:`
    pub(super) fn for_each(
        &mut self,
        place: &Place,
        out: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        let Iterable { operand, name, item } = self.iterable(out, source);
        let before = self.known();
        let inner = Place { is_in_loop: true, ..place.inner() }.with(item);
        let mut operations = vec![Operation::new(Kind::Store, Target::Name(ITEM), [Operand::Temp(0)])];
        let first = program.bodies.len();
        if let Some(name) = name.filter(|_| source.chance(45)) {
            let deed = self.deed(name, source);
            self.place(deed, &inner, &mut operations, source);
        }
        self.loop_statements(&inner, &mut operations, source, program);
        let grown = self.grown(name, &inner, &operations, program.bodies.get(first..).unwrap_or_default());
        for grown in grown {
            let length = self.part(Kind::Len, 0, [Operand::Name(grown)], &mut operations);
            let test = self.part(Kind::Gt, 1, [length, int(LONGEST)], &mut operations);
            let leave = add(vec![Operation::new(Kind::Break, Target::Discard, [])], program);
            self.emit(Operation::new(Kind::If, Target::Discard, [test, leave, NONE]), &mut operations);
        }
        self.jump(&inner, &mut operations, source, program);
        let block = add(operations, program);
        // It may not have been run at all.
        self.state.merge(&before);
        let other = self.other(8, place, source, program);
        self.state.merge(&before);
        self.emit(Operation::new(Kind::For, Target::Discard, [operand, block, other]), out);
    }

    /// What a loop does each time. Some loops go on whatever it raises.
    fn loop_statements(
        &mut self,
        place: &Place,
        out: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        if self.scene.left < 4 || !source.chance(40) {
            return self.statements(4, place, out, source, program);
        }
        let mut operations = vec![];
        self.statements(4, place, &mut operations, source, program);
        let class = Operand::Value(Value::Type("Exception".into()));
        let bodies = [operations, vec![Operation::new(Kind::Plain, Target::Discard, [class])], vec![]];
        let [block, class, handler] = bodies.map(|operations| add(operations, program));
        self.emit(Operation::new(Kind::Try, Target::Discard, [block, NONE, NONE, class, NONE, handler]), out);
    }

    fn iterable(&mut self, out: &mut Vec<Operation>, source: &mut Source<'_>) -> Iterable {
        let state = &self.state;
        let named = |operand: Operand| Iterable { name: name(&operand), operand, item: Variable::Item(ITEM) };
        let of = |source: &mut Source<'_>, fits: fn(&Known) -> bool| state.find(source, fits).map(Operand::Name);
        let is_row = |known: &Known| matches!(known, Known::View(view) if !view.is_released && view.shape.len() == 1);
        match source.below(20) {
            0..=1 => match of(source, |known| matches!(known, Known::Iterator(Some(_)))) {
                Some(iterator) => named(iterator),
                None => named(a_live_view(state, source)),
            },
            2..=6 => named(a_resizable(state, source)),
            7..=8 => Iterable {
                operand: Operand::Value(Value::Bytes(values::bytes(source))),
                name: None,
                item: Variable::Item(ITEM),
            },
            9..=11 => {
                let (one, other) = (a_live_view(state, source), a_live_view(state, source));
                let item = name(&one).map_or(Variable::Item(ITEM), |one| Variable::Like(ITEM, one));
                let operand = self.part(Kind::Tuple, 0, [one, other], out);
                Iterable { operand, name: None, item }
            }
            _ => match of(source, is_row) {
                Some(view) => named(view),
                None => named(a_live_view(state, source)),
            },
        }
    }

    /// Something that releases or resizes what a name is bound to, or what that belongs to.
    pub(super) fn deed(&mut self, name: Name, source: &mut Source<'_>) -> Operation {
        const RESIZE: &[Kind] = &[
            Kind::Append,
            Kind::Append,
            Kind::Extend,
            Kind::Extend,
            Kind::Clear,
            Kind::Pop,
            Kind::Insert,
            Kind::Remove,
            Kind::Reverse,
        ];
        let release = |name| Operation::new(Kind::Release, Target::Discard, [Operand::Name(name)]);
        let resized = match self.state.get(name) {
            Known::View(_) if source.chance(55) => return release(name),
            Known::View(view) => view.root,
            Known::Iterator(Some(view)) if source.chance(60) => return release(*view),
            Known::Bytearray(_) | Known::Array(..) => Some(name),
            _ => None,
        };
        let kind = source.pick(RESIZE);
        let mut deed = self.operation_of(kind, source);
        if let (Some(resized), Some(first)) = (resized, deed.operands.first_mut()) {
            *first = Operand::Name(resized);
        }
        deed
    }

    /// Leaves a loop or goes on with it, now and then.
    fn jump(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>, program: &mut Program) {
        if self.scene.left < 3 || !source.chance(12) {
            return;
        }
        let kind = source.pick(&[Kind::Break, Kind::Continue]);
        let leave = add(vec![Operation::new(kind, Target::Discard, [])], program);
        let test = self.test(place, out, source);
        self.emit(Operation::new(Kind::If, Target::Discard, [test, leave, NONE]), out);
    }

    /// What may grow without end in a loop: what it goes through, and what is extended each time.
    fn grown(
        &self,
        iterable: Option<Name>,
        place: &Place,
        operations: &[Operation],
        bodies: &[program::Body],
    ) -> SmallVec<[Name; 2]> {
        let is_resizable = |name: Name| self.is_resizable(place, name);
        let all = || operations.iter().chain(bodies.iter().flat_map(|body| &body.operations));
        // What is called may do anything.
        let grows = |operation: &Operation| {
            matches!(operation.kind, Kind::Append | Kind::Insert | Kind::CallObject) || self.is_use(operation)
        };
        let mut names: SmallVec<[Name; 2]> = all().filter_map(multiplied).collect();
        names.retain(|name| is_resizable(*name));
        if let Some(iterable) = iterable.filter(|name| is_resizable(*name) && all().any(grows)) {
            names.push(iterable);
        }
        names.sort();
        names.dedup();
        names
    }

    /// Whether a name may be bound to something that can grow. A parameter may be anything.
    fn is_resizable(&self, place: &Place, name: Name) -> bool {
        let known = self.state.get(place.meant(name));
        name >= PARAMETERS[0] || matches!(known, Known::Bytearray(_) | Known::Array(..) | Known::Other)
    }

    /// Whether an operation may make something twice as long, so that it must not happen as often as a loop goes on.
    pub(super) fn multiplies(&self, place: &Place, operation: &Operation) -> bool {
        multiplied(operation).is_some_and(|name| self.is_resizable(place, name))
    }

    /// `while n < 3:`, with a counter that goes up or down.
    pub(super) fn repeat(
        &mut self,
        place: &Place,
        out: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        let counter = Operand::Name(COUNTER);
        let (bound, is_up) = (1 + source.below(4) as i64, source.chance(50));
        let start = if is_up { 0 } else { bound };
        self.emit(Operation::new(Kind::Plain, Target::Name(COUNTER), [int(start)]), out);
        let test = match is_up {
            true => Operation::new(Kind::Lt, Target::Discard, [counter.clone(), int(bound)]),
            false => Operation::new(Kind::Gt, Target::Discard, [counter.clone(), int(0)]),
        };
        let test = add(vec![test], program);
        // It counts first, so that `continue` does, too.
        let kind = if is_up { Kind::InPlaceAdd } else { Kind::InPlaceSubtract };
        let mut operations = vec![Operation::new(kind, Target::Name(COUNTER), [counter, int(1)])];
        let inner = Place { is_in_loop: true, ..place.inner() }.with(Variable::Item(COUNTER));
        let before = self.known();
        self.loop_statements(&inner, &mut operations, source, program);
        self.jump(&inner, &mut operations, source, program);
        let block = add(operations, program);
        self.state.merge(&before);
        let other = self.other(8, place, source, program);
        self.state.merge(&before);
        self.scene.left = self.scene.left.saturating_sub(2);
        self.emit(Operation::new(Kind::While, Target::Discard, [test, block, other]), out);
    }

    /// A block that may be missing.
    fn other(&mut self, percent: usize, place: &Place, source: &mut Source<'_>, program: &mut Program) -> Operand {
        match self.scene.left > 1 && source.chance(percent) {
            true => self.block(1, &place.inner(), source, program),
            false => NONE,
        }
    }

    /// `if`
    pub(super) fn condition(
        &mut self,
        place: &Place,
        out: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        let test = self.test(place, out, source);
        let before = self.known();
        let then = self.block(4, &place.inner(), source, program);
        let after = std::mem::replace(&mut self.state, before);
        let other = self.other(50, place, source, program);
        self.state.merge(&after);
        self.emit(Operation::new(Kind::If, Target::Discard, [test, then, other]), out);
    }

    /// Something with a truth value.
    fn test(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>) -> Operand {
        const KINDS: &[Kind] = &[
            Kind::Eq,
            Kind::Ne,
            Kind::In,
            Kind::Readonly,
            Kind::Contiguous,
            Kind::CContiguous,
            Kind::Len,
            Kind::BoolOf,
        ];
        const COMPARED: &[Kind] = &[Kind::Eq, Kind::Ne, Kind::Lt, Kind::Gt];
        if let (Some(item), 0..=4) = (place.item(), source.below(10)) {
            let limit = int(source.below(5) as i64);
            return self.part(source.pick(COMPARED), 0, [Operand::Name(item), limit], out);
        }
        match source.below(10) {
            // A view is true if it has items.
            0 => a_live_view(&self.state, source),
            1..=4 => {
                let kind = if source.chance(50) { Kind::Len } else { Kind::Get };
                let mut asked = self.operation_of(kind, source);
                self.abilities.fit(&mut asked, &self.state);
                let asked = self.part(kind, 0, asked.operands, out);
                let limit = int(source.below(6) as i64);
                self.part(source.pick(COMPARED), 1, [asked, limit], out)
            }
            _ => {
                let kind = source.pick(KINDS);
                let mut asked = self.operation_of(kind, source);
                self.abilities.fit(&mut asked, &self.state);
                self.part(kind, 0, asked.operands, out)
            }
        }
    }

    /// `try`
    pub(super) fn attempt(
        &mut self,
        place: &Place,
        out: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        let mut operations = vec![];
        self.statements(4, &place.inner(), &mut operations, source, program);
        if source.chance(20) {
            self.raise(&mut operations, source);
        } else if place.is_in_function && source.chance(20) {
            let answer = int(source.below(3) as i64);
            self.emit(Operation::new(Kind::Return, Target::Discard, [answer]), &mut operations);
        }
        let block = add(operations, program);
        let before = self.known();
        let mut handlers = vec![];
        for _ in 0..=usize::from(source.chance(20)) {
            let class = match source.chance(95) {
                true => {
                    let class = Operand::Value(Value::Type(source.pick(CAUGHT).into()));
                    add(vec![Operation::new(Kind::Plain, Target::Discard, [class])], program)
                }
                false => NONE,
            };
            let is_last = class == NONE;
            let mut operations = vec![];
            // The exception keeps what the functions had that it came through.
            if source.chance(20)
                && let Some(name) = self.something(source)
            {
                let deed = self.deed(name, source);
                self.place(deed, &place.inner(), &mut operations, source);
            }
            self.statements(2, &place.inner(), &mut operations, source, program);
            if source.chance(10) {
                self.emit(Operation::new(Kind::Raise, Target::Discard, []), &mut operations);
            }
            handlers.extend([class, NONE, add(operations, program)]);
            if is_last {
                break;
            }
        }
        // Either all of the block was done, or some of it and then a handler.
        let after = std::mem::replace(&mut self.state, before);
        let other = self.other(15, place, source, program);
        self.state.merge(&after);
        let last = self.other(25, place, source, program);
        let operands = [block, other, last].into_iter().chain(handlers);
        self.emit(Operation::new(Kind::Try, Target::Discard, operands), out);
    }

    /// `with v1:`, which releases the view however its block ends.
    pub(super) fn with_view(
        &mut self,
        place: &Place,
        out: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        let manager = a_live_view(&self.state, source);
        let before = self.known();
        self.emit(Operation::new(Kind::Enter, Target::Discard, [manager.clone()]), out);
        self.statements(3, &place.inner(), out, source, program);
        if source.chance(15) {
            self.raise(out, source);
        }
        self.emit(Operation::new(Kind::Leave, Target::Discard, []), out);
        // An error may have left it early.
        self.state.merge(&before);
        self.state.apply(&Operation::new(Kind::ExitMethod, Target::Discard, [manager]));
    }

    /// `raise ValueError`
    pub(super) fn raise(&mut self, out: &mut Vec<Operation>, source: &mut Source<'_>) {
        let class = Operand::Value(Value::Type(source.pick(CAUGHT).into()));
        self.emit(Operation::new(Kind::Raise, Target::Discard, [class]), out);
    }
}

/// What may become twice as long in an operation.
pub(crate) fn multiplied(operation: &Operation) -> Option<Name> {
    let is_many =
        matches!(operation.kind, Kind::Extend | Kind::InPlaceAdd | Kind::InPlaceMultiply | Kind::FromBytes | Kind::Set);
    operation.operands.first().filter(|_| is_many).and_then(name)
}
