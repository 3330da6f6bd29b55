//! Objects of a program's classes, where something asks them.

use super::super::state::Known;
use super::super::values::Items;
use super::super::{Generator, Source, layouts, operands, values};
use super::classes::Method;
use super::{OBJECTS, Place, int};
use program::{Kind, Name, Operand, Operation, Target, Value};

/// Which place it is that an object is put in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    /// `v[c]`
    Key,
    /// `v[c:]`
    Bound,
    /// `v[c, 0]`
    InTuple,
    /// `v[c] = 1`
    KeyOfItem,
    /// `v[c:] = b'ab'`
    BoundOfItems,
    /// `v[0] = c`
    Item,
    /// `v0.append(c)` and its like
    Element,
    /// `bytes([c])` and its like
    InList,
    /// `v == c`
    Right,
    /// `c == v`
    Left,
    /// `c in v`
    Sought,
    /// `1 in c`
    Container,
    /// `c[0]`
    Subscript,
    /// `len(c)` and its like
    Asked(Kind),
    /// `list(c)` and its like
    Taken,
    /// `v0[1:2] = c`
    Items,
    /// The hash of an exporter
    OfExporter,
}

fn uses(method: Method) -> &'static [Use] {
    match method {
        Method::Index => &[
            Use::Key,
            Use::Key,
            Use::Bound,
            Use::Bound,
            Use::InTuple,
            Use::KeyOfItem,
            Use::KeyOfItem,
            Use::BoundOfItems,
            Use::Item,
            Use::Item,
            Use::Item,
            Use::Element,
            Use::InList,
        ],
        Method::Len => &[Use::Asked(Kind::Len), Use::Asked(Kind::BoolOf)],
        Method::GetItem => &[Use::Subscript],
        Method::Iter | Method::Next => {
            &[Use::Asked(Kind::Iter), Use::Taken, Use::Taken, Use::Taken, Use::Items, Use::Container]
        }
        Method::Hash => &[Use::Asked(Kind::Hash), Use::OfExporter, Use::OfExporter],
        Method::Eq => &[Use::Right, Use::Left, Use::Sought, Use::Sought],
        Method::Float => &[Use::Item, Use::Item, Use::InList],
        Method::Bool => &[Use::Item, Use::Asked(Kind::BoolOf)],
        Method::Contains => &[Use::Container],
    }
}

/// What takes the items of an object.
const TAKERS: &[Kind] = &[
    Kind::ListOf,
    Kind::NewBytes,
    Kind::NewBytearray,
    Kind::TupleOf,
    Kind::Sum,
    Kind::Max,
    Kind::Sorted,
    Kind::Extend,
];

impl Generator {
    /// Puts an object in a place in which it is asked.
    pub(super) fn use_object(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>) {
        let at = source.below(self.scene.classes.len());
        let class = self.scene.classes.get(at).filter(|class| !(place.is_in_loop && class.is_much)).cloned();
        let Some(class) = class else { return self.any_statement(place, out, source) };
        let Some(&method) = class.methods.get(source.below(class.methods.len())) else { return };
        let object = Operand::Name(class.object);
        let is_live = |known: &Known| matches!(known, Known::View(view) if !view.is_released);
        let fits = |known: &Known| match (known, method) {
            (Known::View(view), Method::Float) => !view.is_released && view.format.items == Items::Float,
            (Known::View(view), Method::Bool) => !view.is_released && view.format.items == Items::Bool,
            _ => false,
        };
        let victim = class.victim.filter(|name| is_live(self.state.get(*name)) && source.chance(75));
        let view = self.state.find(source, fits).or(victim).or_else(|| self.state.find(source, is_live));
        let Some(view) = view else { return self.any_statement(place, out, source) };
        let index = int(source.below(3) as i64);
        let kind = source.pick(uses(method));
        let named = Operand::Name(view);
        let discarded = |kind, operands: Vec<Operand>| Operation::new(kind, Target::Discard, operands);
        let operation = match kind {
            Use::Key => discarded(Kind::Get, vec![named, object]),
            Use::Bound => {
                let key = self.bounds(object, out, source);
                discarded(Kind::Get, vec![named, key])
            }
            Use::InTuple => {
                let key = self.part(Kind::Tuple, 0, [object, index], out);
                discarded(Kind::Get, vec![named, key])
            }
            Use::KeyOfItem => {
                let item = self.item_of(view, source);
                discarded(Kind::Set, vec![named, object, item])
            }
            Use::BoundOfItems => {
                let key = self.bounds(object, out, source);
                let items = Operand::Value(Value::Bytes(values::bytes(source)));
                discarded(Kind::Set, vec![named, key, items])
            }
            Use::Item => discarded(Kind::Set, vec![named, index, object]),
            Use::Element => {
                let kind = source.pick(&[Kind::Append, Kind::Insert, Kind::Pop]);
                let mut taken = self.operation_of(kind, source);
                if let Some(last) = taken.operands.iter_mut().skip(1).last() {
                    *last = object;
                }
                // What is asked may lock it or let it go.
                let root = class.victim.and_then(|victim| self.root_of(victim)).filter(|_| source.chance(60));
                if let (Some(root), Some(first)) = (root, taken.operands.first_mut()) {
                    *first = Operand::Name(root);
                }
                taken
            }
            Use::InList => {
                let list = self.part(Kind::List, 0, [object, index], out);
                let text = if method == Method::Float { "d" } else { "B" };
                match source.below(3) {
                    0 if self.abilities.has(Kind::NewArray) => {
                        discarded(Kind::NewArray, vec![Operand::Value(Value::Str(text.into())), list])
                    }
                    1 => discarded(Kind::NewBytes, vec![list]),
                    _ => discarded(Kind::Extend, vec![operands::a_resizable(&self.state, source), list]),
                }
            }
            Use::Right => discarded(source.pick(&[Kind::Eq, Kind::Ne]), vec![named, object]),
            Use::Left => discarded(source.pick(&[Kind::Eq, Kind::Ne]), vec![object, named]),
            Use::Sought => discarded(source.pick(&[Kind::In, Kind::NotIn]), vec![object, named]),
            Use::Container => discarded(source.pick(&[Kind::In, Kind::NotIn]), vec![index, object]),
            Use::Subscript => discarded(Kind::Get, vec![object, index]),
            Use::Asked(kind) => discarded(kind, vec![object]),
            Use::Taken => match source.pick(TAKERS) {
                Kind::Extend => discarded(Kind::Extend, vec![operands::a_resizable(&self.state, source), object]),
                kind => discarded(kind, vec![object]),
            },
            Use::Items => {
                let key = Operand::Value(values::slice(source, 3));
                discarded(Kind::Set, vec![operands::a_resizable(&self.state, source), key, object])
            }
            Use::OfExporter if self.abilities.has(Kind::NewExporter) && !place.is_in_function => {
                return self.hashed(class.object, place, out, source);
            }
            Use::OfExporter => discarded(Kind::Hash, vec![object]),
        };
        self.place(operation, place, out, source);
        class.effects.iter().for_each(|effect| self.state.apply(effect));
        self.state.is_shaken = true;
    }

    /// Whether an operation has such an object as an operand.
    pub(super) fn is_use(&self, operation: &Operation) -> bool {
        operation.operands.iter().any(|operand| matches!(operand, Operand::Name(name) if OBJECTS.contains(name)))
    }

    /// A slice with an object in it.
    fn bounds(&mut self, object: Operand, out: &mut Vec<Operation>, source: &mut Source<'_>) -> Operand {
        let bound = |source: &mut Source<'_>| match source.below(3) {
            0 => object.clone(),
            1 => int(source.below(4) as i64),
            _ => Operand::Value(Value::None),
        };
        let mut bounds = [bound(source), bound(source), bound(source)];
        bounds[source.below(3)] = object.clone();
        self.part(Kind::Slice, 0, bounds, out)
    }

    /// What a view belongs to, if that can be resized.
    fn root_of(&self, view: Name) -> Option<Name> {
        let Known::View(view) = self.state.get(view) else { return None };
        view.root.filter(|root| matches!(self.state.get(*root), Known::Bytearray(_) | Known::Array(..)))
    }

    fn item_of(&self, view: Name, source: &mut Source<'_>) -> Operand {
        Operand::Value(match self.state.get(view) {
            Known::View(view) => values::item(source, view.format.items, view.format.size),
            _ => Value::Int(1),
        })
    }

    /// An exporter whose hash the object is asked for, a view of it, and its hash.
    fn hashed(&mut self, object: Name, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>) {
        let (exporter, described) = layouts::exporter(Some(object), source);
        self.state.described = Some(described);
        self.place(exporter, place, out, source);
        let Some(Target::Name(exporter)) = out.last().map(|exporter| exporter.target) else { return };
        let view = Operation::new(Kind::NewView, Target::Discard, [Operand::Name(exporter)]);
        self.place(view, place, out, source);
        let Some(Target::Name(view)) = out.last().map(|view| view.target) else { return };
        self.place(Operation::new(Kind::Hash, Target::Discard, [Operand::Name(view)]), place, out, source);
    }
}
