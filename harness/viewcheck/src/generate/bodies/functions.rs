//! Functions, and calls of them.

use super::super::operands;
use super::super::state::Known;
use super::super::{Generator, Source, name};
use super::{COUNTER, FUNCTIONS, ITEM, LOG, PARAMETERS, Place, Variable, add_body, int};
use program::{Body, FunctionParameter, Kind, Name, Operand, Operation, Program, Target, Value};
use smallvec::SmallVec;

/// The names of local variables, none of which is a name of the program.
const LOCALS: &[&str] = &["a", "b", "e", "h", "k", "m", "p", "q", "r", "s", "t", "u"];

/// A function of the program.
#[derive(Clone, Debug)]
pub(in super::super) struct Function {
    name: Name,
    /// What its first parameter is thought to be.
    like: Name,
    has_default: bool,
    /// Whether it may take long or make things much longer, so that no loop calls it.
    is_much: bool,
    /// What it is believed to do to what others see.
    effects: SmallVec<[Operation; 2]>,
    gives: Known,
}

impl Generator {
    /// `def f(x):`, if there is a name left.
    pub(super) fn define(&mut self, out: &mut Vec<Operation>, source: &mut Source<'_>, program: &mut Program) {
        let like = self.state.find(source, |known| known.is_object() && known.is_operand());
        let function = FUNCTIONS.get(self.scene.functions.len()).filter(|_| self.scene.left >= 6);
        let (Some(&function), Some(like)) = (function, like) else {
            return self.any_statement(&Place::default(), out, source);
        };
        let before = self.known();
        let first = program.bodies.len();
        let place = Place { depth: 1, is_in_function: true, ..Place::default() };
        let mut place = place.with(Variable::Like(PARAMETERS[0], like));
        let has_default = source.chance(15);
        if has_default {
            place = place.with(Variable::Item(PARAMETERS[1]));
        }
        let mut operations = vec![];
        if let (true, Some(name)) = (source.chance(35), self.something(source)) {
            let deed = self.deed(name, source);
            self.place(deed, &place, &mut operations, source);
        }
        if source.chance(20) {
            self.keep(Some(like), &mut operations, source);
        }
        self.statements(4, &place, &mut operations, source, program);
        let gives = self.give_back(&place, &mut operations, source);
        let inner = program.bodies.get(first..).unwrap_or_default();
        let is_much = operations
            .iter()
            .chain(inner.iter().flat_map(|body| &body.operations))
            .any(|operation| matches!(operation.kind, Kind::For | Kind::While) || self.multiplies(&place, operation));
        let effects = effects(&operations);
        let parameters: &[(Name, &str)] = &[(PARAMETERS[0], "x"), (PARAMETERS[1], "y")];
        let parameters = &parameters[..1 + usize::from(has_default)];
        let text = program.name_text(function).to_owned();
        let mut head =
            localize(&text, parameters, &mut operations, program.bodies.get_mut(first..).unwrap_or_default());
        head.parameters = vec![FunctionParameter { has_default: false, by_keyword: false }];
        let mut defaults = vec![];
        if has_default {
            head.parameters.push(FunctionParameter { has_default: true, by_keyword: source.chance(20) });
            defaults.push(int(source.below(4) as i64));
        }
        self.state = before;
        self.start_log(out);
        let body = add_body(Body { operations, function: Some(head), own: vec![] }, program);
        let operands = [body].into_iter().chain(defaults);
        self.emit(Operation::new(Kind::Define, Target::Name(function), operands), out);
        self.scene.functions.push(Function { name: function, like, has_default, is_much, effects, gives });
    }

    /// A view that is alive, or what it belongs to.
    pub(super) fn something(&self, source: &mut Source<'_>) -> Option<Name> {
        let is_live = |known: &Known| matches!(known, Known::View(view) if !view.is_released);
        let is_resizable = |known: &Known| matches!(known, Known::Bytearray(_) | Known::Array(..));
        let view = if source.chance(75) { self.state.find(source, is_live) } else { None };
        view.or_else(|| self.state.find(source, is_resizable))
    }

    /// Keeps a view in the list of the program: `log.append(memoryview(v0))`
    pub(super) fn keep(&mut self, of: Option<Name>, out: &mut Vec<Operation>, source: &mut Source<'_>) {
        let root = of.map(|name| match self.state.get(name) {
            Known::View(view) => view.root.filter(|_| source.chance(60)).unwrap_or(name),
            _ => name,
        });
        let Some(root) = root.or_else(|| self.something(source)) else { return };
        self.scene.needs_log = true;
        let view = self.part(Kind::NewView, 0, [Operand::Name(root)], out);
        self.emit(Operation::new(Kind::Append, Target::Discard, [Operand::Name(LOG), view]), out);
    }

    /// Makes the list before the definition that needs it.
    pub(super) fn start_log(&mut self, out: &mut Vec<Operation>) {
        if self.scene.needs_log && !self.scene.has_log {
            self.scene.has_log = true;
            let empty = Operand::Value(Value::List(vec![]));
            self.emit(Operation::new(Kind::Plain, Target::Name(LOG), [empty]), out);
        }
    }

    /// `return`, now and then. Gives what is known of the value.
    fn give_back(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>) -> Known {
        const KINDS: &[Kind] = &[
            Kind::NewView,
            Kind::NewView,
            Kind::Cast,
            Kind::Get,
            Kind::Get,
            Kind::ToReadonly,
            Kind::ToBytes,
            Kind::ToList,
            Kind::Iter,
            Kind::Len,
            Kind::Eq,
        ];
        match source.below(20) {
            0..=4 => Known::Other,
            5 => {
                self.raise(out, source);
                Known::Other
            }
            6 | 7 => {
                self.emit(Operation::new(Kind::Return, Target::Discard, [Operand::Name(PARAMETERS[0])]), out);
                Known::Other
            }
            _ => {
                let kind = operands::possible(source.pick(KINDS), &self.state);
                let kind = if self.abilities.has(kind) { kind } else { Kind::Get };
                let mut value = self.operation_of(kind, source);
                self.abilities.fit(&mut value, &self.state);
                let known = self.state.result(&value);
                super::stand_in(&mut value, place, source);
                value.target = Target::Temp(0);
                self.emit(value, out);
                self.emit(Operation::new(Kind::Return, Target::Discard, [Operand::Temp(0)]), out);
                known
            }
        }
    }

    /// `f(v1)`
    pub(super) fn call(&mut self, place: &Place, out: &mut Vec<Operation>, source: &mut Source<'_>) {
        let at = source.below(self.scene.functions.len());
        let function = match self.scene.functions.get(at) {
            Some(function) if !(place.is_in_loop && function.is_much) => function.clone(),
            _ => return self.any_statement(place, out, source),
        };
        let argument = match source.below(10) {
            0..=5 => Some(function.like),
            6 => place.item(),
            _ => self.state.find(source, |known| known.is_object() && known.is_operand()),
        };
        let mut operands = vec![Operand::Name(function.name), Operand::Name(argument.unwrap_or(function.like))];
        if function.has_default && source.chance(50) || source.chance(2) {
            operands.push(int(source.below(4) as i64));
        }
        let mut call = Operation::new(Kind::CallObject, Target::Discard, operands);
        super::stand_in(&mut call, place, source);
        function.effects.iter().for_each(|effect| self.state.apply(effect));
        self.state.is_shaken = true;
        if function.gives.is_object()
            && !place.is_in_function
            && let Some(target) = self.state.name_for(false, false, source)
        {
            call.target = Target::Name(target);
            self.state.bind(target, function.gives);
        }
        self.emit(call, out);
    }
}

/// What operations do to names that others see.
pub(super) fn effects(operations: &[Operation]) -> SmallVec<[Operation; 2]> {
    let releases = operations.iter().filter(|operation| operation.kind == Kind::Release);
    releases.filter(|release| release.operands.first().and_then(name).is_some()).cloned().collect()
}

/// Makes local variables of what operations and the blocks in them bind, and of the parameters.
pub(super) fn localize(
    text: &str,
    parameters: &[(Name, &str)],
    operations: &mut [Operation],
    blocks: &mut [Body],
) -> program::Function {
    let mut locals: Vec<(Name, &str)> = parameters.to_vec();
    let mut letters = LOCALS.iter();
    for operation in operations.iter().chain(blocks.iter().flat_map(|block| &block.operations)) {
        let Target::Name(bound) = operation.target else { continue };
        if locals.iter().any(|(name, _)| *name == bound) {
            continue;
        }
        let text = match bound {
            ITEM => "i",
            COUNTER => "n",
            _ => letters.next().copied().unwrap_or("z"),
        };
        locals.push((bound, text));
    }
    let local = |name: Name| locals.iter().position(|(known, _)| *known == name).map(|at| at as u16);
    for operation in operations.iter_mut().chain(blocks.iter_mut().flat_map(|block| &mut block.operations)) {
        if let Target::Name(name) = operation.target
            && let Some(local) = local(name)
        {
            operation.target = Target::Local(local);
        }
        for operand in &mut operation.operands {
            if let Operand::Name(name) = operand
                && let Some(local) = local(*name)
            {
                *operand = Operand::Local(local);
            }
        }
    }
    let locals = locals.iter().map(|(_, text)| Box::from(*text)).collect();
    program::Function { name: text.into(), parameters: vec![], locals }
}
