//! Classes whose objects act when they are asked: their methods release, resize and keep what is in use, and then answer.

use super::super::state::Known;
use super::super::{Generator, Source, values};
use super::functions::{effects, localize};
use super::{CLASSES, OBJECTS, PARAMETERS, Place, SELF, Variable, add, add_body, int};
use program::{Body, Function, FunctionParameter, Kind, Name, Operand, Operation, Program, Target, Value};
use smallvec::SmallVec;

/// A special method.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Method {
    Index,
    Len,
    GetItem,
    Iter,
    Next,
    Hash,
    Eq,
    Float,
    Bool,
    Contains,
}

/// How often each is chosen. `__next__` comes with `__iter__`.
const METHODS: &[Method] = &[
    Method::Index,
    Method::Index,
    Method::Index,
    Method::Index,
    Method::Len,
    Method::GetItem,
    Method::Iter,
    Method::Iter,
    Method::Hash,
    Method::Hash,
    Method::Eq,
    Method::Eq,
    Method::Float,
    Method::Bool,
    Method::Contains,
];

impl Method {
    fn name(self) -> &'static str {
        match self {
            Method::Index => "__index__",
            Method::Len => "__len__",
            Method::GetItem => "__getitem__",
            Method::Iter => "__iter__",
            Method::Next => "__next__",
            Method::Hash => "__hash__",
            Method::Eq => "__eq__",
            Method::Float => "__float__",
            Method::Bool => "__bool__",
            Method::Contains => "__contains__",
        }
    }

    /// Whether it is told something beside the object.
    fn is_told(self) -> bool {
        matches!(self, Method::GetItem | Method::Eq | Method::Contains)
    }
}

/// A class of the program, of which there is one object.
#[derive(Clone, Debug)]
pub(in super::super) struct Class {
    pub(super) object: Name,
    pub(super) methods: SmallVec<[Method; 4]>,
    /// The view that its methods are about.
    pub(super) victim: Option<Name>,
    /// What they are believed to do to what others see.
    pub(super) effects: SmallVec<[Operation; 2]>,
    /// Whether they may take long or make things much longer, so that no loop asks them.
    pub(super) is_much: bool,
}

/// What a method has to do with the rest of its class.
#[derive(Clone, Copy, Debug)]
struct Role {
    /// Whether objects count how often they are asked.
    counts: bool,
    /// Whether the object is its own iterator.
    is_iterator: bool,
    /// Whether the base has the method as well.
    is_inherited: bool,
}

/// The attribute that counts how often an object was asked.
const COUNT: &str = "n";

fn text(text: &str) -> Operand {
    Operand::Value(Value::Str(text.into()))
}

impl Generator {
    /// `class C:` and an object of it, if there is a name left.
    pub(super) fn class(&mut self, out: &mut Vec<Operation>, source: &mut Source<'_>, program: &mut Program) {
        let (at, first) = (self.scene.classes.len(), program.bodies.len());
        let names = CLASSES.get(at).zip(OBJECTS.get(at)).filter(|_| self.scene.left >= 8);
        let Some((&class, &object)) = names else {
            return self.any_statement(&Place::default(), out, source);
        };
        let is_live = |known: &Known| matches!(known, Known::View(view) if !view.is_released);
        let victim = self.state.find(source, is_live);
        let base = self.scene.classes.first().filter(|_| source.chance(60)).cloned();
        let inherited = base.as_ref().map_or(&[][..], |base| &base.methods);
        let mut methods: SmallVec<[Method; 4]> = SmallVec::new();
        for _ in 0..=source.below(3).min(self.scene.left / 8) {
            let method = source.pick(METHODS);
            if !methods.contains(&method) {
                methods.push(method);
            }
        }
        if methods.contains(&Method::Iter) && source.chance(75) {
            methods.push(Method::Next);
        }
        // Without a class attribute there is none that counts.
        let counts = methods.contains(&Method::Next) || source.chance(50);
        let mut head = Function { name: program.name_text(class).into(), ..Function::default() };
        let mut body = Body::default();
        if counts {
            head.locals.push(COUNT.into());
            body.operations.push(Operation::new(Kind::Plain, Target::Local(0), [int(0)]));
        }
        let mut all = SmallVec::new();
        for method in &methods {
            let is_last = *method == Method::Next;
            let role = Role {
                counts,
                is_iterator: is_last || methods.contains(&Method::Next),
                is_inherited: inherited.contains(method),
            };
            let (inner, effects) = self.method(*method, role, victim, source, program);
            all.extend(effects);
            let inner = add_body(inner, program);
            let target = Target::Local(head.locals.len() as u16);
            head.locals.push(method.name().into());
            body.operations.push(Operation::new(Kind::Define, target, [inner]));
        }
        body.function = Some(head);
        self.start_log(out);
        let body = add_body(body, program);
        let base_name = base.as_ref().map(|_| Operand::Name(CLASSES[0]));
        let operands = [body].into_iter().chain(base_name);
        self.emit(Operation::new(Kind::Class, Target::Name(class), operands), out);
        let make = Operation::new(Kind::CallObject, Target::Name(object), [Operand::Name(class)]);
        self.emit(make, out);
        let inner = program.bodies.get(first..).unwrap_or_default();
        let is_much = inner.iter().flat_map(|body| &body.operations).any(|operation| {
            matches!(operation.kind, Kind::For | Kind::While) || self.multiplies(&Place::default(), operation)
        });
        let (mut victim, mut is_much) = (victim, is_much);
        if let Some(base) = &base {
            let others = inherited.iter().filter(|method| !methods.contains(method)).copied();
            methods.extend(others.collect::<SmallVec<[Method; 4]>>());
            all.extend(base.effects.iter().cloned());
            victim = victim.or(base.victim);
            is_much |= base.is_much;
        }
        self.scene.classes.push(Class { object, methods, victim, effects: all, is_much });
    }

    fn method(
        &mut self,
        method: Method,
        role: Role,
        victim: Option<Name>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) -> (Body, SmallVec<[Operation; 2]>) {
        let before = self.known();
        let first = program.bodies.len();
        let mut place = Place { depth: 1, is_in_function: true, ..Place::default() };
        if method == Method::GetItem {
            place = place.with(Variable::Item(PARAMETERS[1]));
        }
        let mut operations = vec![];
        for _ in 0..source.pick(&[0, 1, 1, 1, 2, 2, 3]).min(self.scene.left / 4) {
            self.act(victim, &place, &mut operations, source, program);
        }
        self.answer(method, role, victim, &mut operations, source, program);
        let parameters: &[(Name, &str)] = &[(SELF, "self"), (PARAMETERS[1], "x")];
        let parameters = &parameters[..1 + usize::from(method.is_told())];
        let effects = effects(&operations);
        let blocks = program.bodies.get_mut(first..).unwrap_or_default();
        let mut head = localize(method.name(), parameters, &mut operations, blocks);
        let parameter = FunctionParameter { has_default: false, by_keyword: false };
        head.parameters = vec![parameter; parameters.len()];
        self.state = before;
        (Body { operations, function: Some(head), own: vec![] }, effects)
    }

    /// What a method does before it answers.
    fn act(
        &mut self,
        victim: Option<Name>,
        place: &Place,
        out: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        let victim = victim.filter(|_| source.chance(85)).or_else(|| self.something(source));
        let Some(victim) = victim else { return self.any_statement(place, out, source) };
        match source.below(10) {
            0..=4 => {
                let deed = self.deed(victim, source);
                self.place(deed, place, out, source);
            }
            5 => self.keep(Some(victim), out, source),
            6 => {
                let view = self.part(Kind::NewView, 0, [Operand::Name(victim)], out);
                let kept = [Operand::Name(SELF), text("kept"), view];
                self.emit(Operation::new(Kind::SetAttribute, Target::Discard, kept), out);
            }
            7 => {
                let mut write = self.operation_of(Kind::Set, source);
                self.abilities.fit(&mut write, &self.state);
                self.place(write, place, out, source);
            }
            8 if self.scene.left > 8 => self.statement(place, out, source, program),
            _ => self.any_statement(place, out, source),
        }
    }

    /// What a method answers: a constant, how often it was asked, what an operation gives, or an error.
    fn answer(
        &mut self,
        method: Method,
        Role { counts, is_iterator, is_inherited }: Role,
        victim: Option<Name>,
        out: &mut Vec<Operation>,
        source: &mut Source<'_>,
        program: &mut Program,
    ) {
        if source.chance(6) {
            return self.raise(out, source);
        }
        let wrong = source.chance(6).then(|| Operand::Value(values::wrong(source)));
        let named = victim.map(Operand::Name).unwrap_or(Operand::Value(Value::Bytes(Box::from(*b"ab"))));
        let told = Operand::Name(PARAMETERS[1]);
        let value = match method {
            _ if let Some(wrong) = wrong => wrong,
            _ if is_inherited && source.chance(60) => {
                let parent = self.part(Kind::Super, 0, [], out);
                let told = method.is_told().then_some(told);
                let operands = [parent, text(method.name())].into_iter().chain(told);
                self.part(Kind::AnyMethod, 0, operands, out)
            }
            Method::Next => {
                let count = self.counted(out);
                let test = self.part(Kind::Gt, 1, [count, int(1 + source.below(4) as i64)], out);
                let class = Operand::Value(Value::Type("StopIteration".into()));
                let end = add(vec![Operation::new(Kind::Raise, Target::Discard, [class])], program);
                let none = Operand::Value(Value::None);
                self.emit(Operation::new(Kind::If, Target::Discard, [test, end, none]), out);
                match source.chance(50) {
                    true => self.part(Kind::AnyAttribute, 0, [Operand::Name(SELF), text(COUNT)], out),
                    false => int(source.below(256) as i64),
                }
            }
            Method::Iter if is_iterator && source.chance(85) => Operand::Name(SELF),
            Method::Iter => self.part(Kind::Iter, 0, [named], out),
            Method::Index | Method::Len | Method::Hash if counts && source.chance(60) => self.counted(out),
            Method::Bool | Method::Eq | Method::Contains if counts && source.chance(50) => {
                let count = self.counted(out);
                self.part(Kind::Gt, 1, [count, int(1)], out)
            }
            Method::GetItem if source.chance(50) => self.part(Kind::Get, 0, [named, told], out),
            Method::Eq if source.chance(40) => self.part(Kind::Eq, 0, [named, told], out),
            Method::Contains if source.chance(30) => self.part(Kind::In, 0, [told, named], out),
            Method::Index | Method::Len | Method::Hash | Method::GetItem if source.chance(10) => {
                Operand::Value(values::int(source, 4))
            }
            Method::Index | Method::Len | Method::GetItem | Method::Hash => int(source.below(5) as i64),
            Method::Float => Operand::Value(Value::Float(values::float(source))),
            Method::Bool | Method::Eq | Method::Contains => Operand::Value(Value::Bool(source.chance(50))),
        };
        self.emit(Operation::new(Kind::Return, Target::Discard, [value]), out);
    }

    /// Counts that the object was asked. Gives how often that was.
    fn counted(&mut self, out: &mut Vec<Operation>) -> Operand {
        let place = [Operand::Name(SELF), text(COUNT)];
        let before = self.part(Kind::HoldAttribute, 0, place.clone(), out);
        self.emit(Operation::new(Kind::InPlaceAdd, Target::Discard, [before, int(1)]), out);
        self.part(Kind::AnyAttribute, 0, place, out)
    }
}
