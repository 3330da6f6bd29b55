//! Prints what has bodies, and assignments to several targets.

use super::{Form, Printer, Text};
use crate::operation::Kind;
use crate::program::{Body, Operand, Operation, Target};
use crate::value::Value;

/// Several targets of which some are not printed yet.
pub(super) struct Pending {
    slots: Vec<Option<Part>>,
    /// The target with a star.
    star: Option<usize>,
    /// Whether each of them is assigned the whole.
    is_chain: bool,
    whole: Whole,
}

/// What several targets are assigned from.
enum Whole {
    /// An expression, by its text.
    Value(String),
    /// A part of other targets.
    Part(Slot),
    /// The object that a body is given.
    Given,
}

/// A target of several.
#[derive(Clone, Copy)]
pub(super) struct Slot {
    pending: usize,
    index: usize,
}

/// The text of a target.
struct Part {
    text: String,
    is_several: bool,
}

impl<'a> Printer<'a> {
    /// Prints a statement of this kind. Gives whether it is one.
    pub(super) fn control(&mut self, operation: &'a Operation) -> bool {
        match operation.kind {
            Kind::If => {
                self.condition("if", operation);
                true
            }
            Kind::While => {
                let [test, block, other] = operation.operands.as_slice() else { return true };
                let test = self.part(test, None).text;
                self.line(&format!("while {test}:"));
                self.block(block);
                self.clause("else:", other);
                true
            }
            Kind::For => {
                let [iterable, block, other] = operation.operands.as_slice() else { return true };
                let iterable = self.operand(iterable).text;
                let (target, rest) = self.target(block);
                self.line(&format!("for {target} in {iterable}:"));
                self.lines(rest);
                self.clause("else:", other);
                true
            }
            Kind::Try => {
                self.attempt(operation);
                true
            }
            Kind::Define => {
                self.function(operation);
                true
            }
            Kind::Class => {
                self.class(operation);
                true
            }
            Kind::Targets | Kind::Share => {
                self.targets(operation);
                true
            }
            Kind::Store => {
                let name = self.variable(operation.target);
                match operation.operands.first().map(|value| self.operand(value)) {
                    Some(Text { slot: Some(slot), .. }) => self.fill(slot, Part { text: name, is_several: false }),
                    Some(value) => self.line(&format!("{name} = {}", value.text)),
                    None => {}
                }
                true
            }
            Kind::Set => match operation.operands.get(2) {
                Some(value) if self.is_slot(value) => {
                    let slot = self.operand(value).slot;
                    let container = self.operand(&operation.operands[0]).receiver();
                    let key = self.operand(&operation.operands[1]).in_brackets();
                    let part = Part { text: format!("{container}[{key}]"), is_several: false };
                    slot.into_iter().for_each(|slot| self.fill(slot, Part { text: part.text.clone(), ..part }));
                    true
                }
                _ => false,
            },
            Kind::SetAttribute => match operation.operands.get(2) {
                Some(value) if self.is_slot(value) => {
                    let slot = self.operand(value).slot;
                    let object = self.operand(&operation.operands[0]).receiver();
                    let text = format!("{object}.{}", operation.own_name(1).unwrap_or_default());
                    slot.into_iter().for_each(|slot| self.fill(slot, Part { text: text.clone(), is_several: false }));
                    true
                }
                _ => false,
            },
            _ => false,
        }
    }

    fn is_slot(&self, operand: &Operand) -> bool {
        match operand {
            Operand::Temp(temp) => self.temps.iter().any(|(known, text)| known == temp && text.slot.is_some()),
            _ => false,
        }
    }

    /// The text of an expression of this kind.
    pub(super) fn choice(&mut self, operation: &'a Operation) -> Text {
        let infix = |text: String| Text { form: Form::Infix, ..Text::atom(text) };
        let operands = operation.operands.as_slice();
        match (operation.kind, operands) {
            (Kind::AndThen | Kind::OrElse, [left, right]) => {
                let left = self.operand(left).side();
                let is_same = self.operations(right).last().is_some_and(|last| last.kind == operation.kind);
                let right = self.part(right, None);
                let right = if is_same { right.text } else { right.side() };
                infix(format!("{left} {} {right}", operation.kind.row().name))
            }
            (Kind::Choose, [test, then, other]) => {
                let test = self.operand(test).side();
                let (then, other) = (self.part(then, None).side(), self.part(other, None).side());
                infix(format!("{then} if {test} else {other}"))
            }
            (Kind::Chain, [left, _, middle, rest]) => {
                let (left, middle) = (self.operand(left).side(), self.operand(middle).side());
                // Its left side is the middle, which stands there already.
                let rest = self.part(rest, Some(Text::atom(""))).text;
                infix(format!("{left} {} {middle}{rest}", operation.own_name(1).unwrap_or_default()))
            }
            (Kind::Comprehend, [iterable, body]) => {
                let (item, clauses) = self.comprehension(iterable, body);
                Text::atom(format!("[{item}{clauses}]"))
            }
            (Kind::Generate, [iterable, body]) => {
                // It is the only argument of a call, which has brackets.
                let (item, clauses) = self.comprehension(iterable, body);
                Text::atom(format!("{item}{clauses}"))
            }
            (Kind::Super, _) => Text::atom("super()"),
            (Kind::Raise, []) => Text::atom("raise"),
            (Kind::Raise, [error, cause @ ..]) => {
                let error = self.operand(error).text;
                let cause = cause.first().map(|cause| self.operand(cause).text);
                Text::atom(format!("raise {error}{}", cause.map(|cause| format!(" from {cause}")).unwrap_or_default()))
            }
            (Kind::Return, []) => Text::atom("return"),
            (Kind::Return, [value, ..]) => Text::atom(format!("return {}", self.operand(value).text)),
            (Kind::Assert, [test, message]) => {
                let test = self.operand(test).text;
                match message {
                    Operand::Body(_) => Text::atom(format!("assert {test}, {}", self.part(message, None).text)),
                    _ => Text::atom(format!("assert {test}")),
                }
            }
            (kind, _) => Text::atom(kind.row().name),
        }
    }

    fn condition(&mut self, word: &str, operation: &'a Operation) {
        let [test, then, other] = operation.operands.as_slice() else { return };
        let test = self.operand(test).text;
        self.line(&format!("{word} {test}:"));
        self.block(then);
        let others = self.operations(other);
        match others.split_last() {
            // A statement that is the whole of the other side.
            Some((last, before)) if last.kind == Kind::If && before.iter().all(is_part) => {
                before.iter().for_each(|operation| self.operation(operation));
                self.condition("elif", last);
            }
            Some(_) | None => self.clause("else:", other),
        }
    }

    fn attempt(&mut self, operation: &'a Operation) {
        let [block, other, last, handlers @ ..] = operation.operands.as_slice() else { return };
        self.line("try:");
        self.block(block);
        for handler in handlers.chunks(3) {
            let [class, variable, block] = handler else { continue };
            let class = match class {
                Operand::Body(_) => format!(" {}", self.part(class, None).text),
                _ => String::new(),
            };
            let name = match variable {
                Operand::Value(_) => String::new(),
                variable => format!(" as {}", self.operand(variable).text),
            };
            self.line(&format!("except{class}{name}:"));
            self.block(block);
        }
        self.clause("else:", other);
        self.clause("finally:", last);
    }

    fn function(&mut self, operation: &'a Operation) {
        let [Operand::Body(body), defaults @ ..] = operation.operands.as_slice() else { return };
        let body = self.program.bodies.get(usize::from(*body));
        let Some((body, function)) = body.and_then(|body| Some((body, body.function.as_ref()?))) else { return };
        let mut defaults = defaults.iter().map(|default| self.operand(default).text).collect::<Vec<_>>().into_iter();
        let signature = function.signature(|| defaults.next().unwrap_or_default());
        self.line(&format!("def {}({signature}):", function.name));
        let around = std::mem::replace(&mut self.locals, &function.locals);
        self.lines(&body.operations);
        self.locals = around;
    }

    fn class(&mut self, operation: &'a Operation) {
        let [Operand::Body(body), bases @ ..] = operation.operands.as_slice() else { return };
        let body = self.program.bodies.get(usize::from(*body));
        let Some((body, head)) = body.and_then(|body| Some((body, body.function.as_ref()?))) else { return };
        let base = bases.first().map(|base| format!("({})", self.operand(base).text)).unwrap_or_default();
        self.line(&format!("class {}{base}:", head.name));
        let around = std::mem::replace(&mut self.locals, &head.locals);
        self.lines(&body.operations);
        self.locals = around;
    }

    /// `else:` or `finally:`, unless there is none.
    fn clause(&mut self, word: &str, body: &'a Operand) {
        if matches!(body, Operand::Body(_)) {
            self.line(word);
            self.block(body);
        }
    }

    fn body(&self, operand: &Operand) -> Option<&'a Body> {
        match operand {
            Operand::Body(body) => self.program.bodies.get(usize::from(*body)),
            _ => None,
        }
    }

    fn operations(&self, operand: &Operand) -> &'a [Operation] {
        self.body(operand).map_or(&[], |body| &body.operations)
    }

    fn block(&mut self, body: &'a Operand) {
        let operations = self.operations(body);
        self.lines(operations);
    }

    /// Prints the statements of a block.
    fn lines(&mut self, operations: &'a [Operation]) {
        self.depth += 1;
        self.block_is_empty = true;
        operations.iter().for_each(|operation| self.operation(operation));
        if self.block_is_empty {
            self.line("pass");
        }
        self.depth -= 1;
        self.block_is_empty = false;
    }

    /// The text of a body that is an expression.
    pub(super) fn part(&mut self, body: &Operand, given: Option<Text>) -> Text {
        let Some((last, before)) = self.operations(body).split_last() else { return Text::atom("None") };
        let around = std::mem::replace(&mut self.temps, given.into_iter().map(|text| (0, text)).collect());
        before.iter().for_each(|operation| self.operation(operation));
        let text = self.expression(last);
        self.temps = around;
        text
    }

    /// The target with which a body begins, and the operations that follow.
    fn target(&mut self, body: &Operand) -> (String, &'a [Operation]) {
        let operations = self.operations(body);
        let slot = Slot { pending: self.pending.len(), index: 0 };
        self.pending.push(Pending { slots: vec![None], star: None, is_chain: false, whole: Whole::Given });
        let around = std::mem::replace(&mut self.temps, vec![(0, Text { slot: Some(slot), ..Text::atom("_") })]);
        let mut rest = operations;
        while let (None, [next, others @ ..]) = (&self.given, rest) {
            self.operation(next);
            rest = others;
        }
        self.temps = around;
        self.pending.truncate(slot.pending);
        (self.given.take().unwrap_or_else(|| "_".to_owned()), rest)
    }

    fn comprehension(&mut self, iterable: &Operand, body: &Operand) -> (String, String) {
        let iterable = self.operand(iterable).side();
        let (target, rest) = self.target(body);
        let around = std::mem::take(&mut self.temps);
        let (item, clauses) = self.rest_of_comprehension(rest);
        self.temps = around;
        (item, format!(" for {target} in {iterable}{clauses}"))
    }

    fn rest_of_comprehension(&mut self, operations: &'a [Operation]) -> (String, String) {
        let Some((last, before)) = operations.split_last() else { return ("None".to_owned(), String::new()) };
        before.iter().for_each(|operation| self.operation(operation));
        match (last.kind, last.operands.as_slice()) {
            (Kind::If, [test, then, ..]) => {
                let test = self.operand(test).side();
                let inner = self.operations(then);
                let (item, clauses) = self.rest_of_comprehension(inner);
                (item, format!(" if {test}{clauses}"))
            }
            (Kind::For, [iterable, inner, ..]) => self.comprehension(iterable, inner),
            (_, [value, ..]) => (self.operand(value).text, String::new()),
            _ => ("None".to_owned(), String::new()),
        }
    }

    /// Several targets: their text is complete once all of them have come by.
    fn targets(&mut self, operation: &'a Operation) {
        let [value, Operand::Value(Value::Int(before)), after @ ..] = operation.operands.as_slice() else { return };
        let Target::Temp(first) = operation.target else { return };
        let (star, count) = match after {
            [Operand::Value(Value::Int(after))] => (Some(*before as usize), before + 1 + after),
            _ => (None, *before),
        };
        let value = self.operand(value);
        let whole = value.slot.map_or(Whole::Value(value.text), Whole::Part);
        let pending = self.pending.len();
        let is_chain = operation.kind == Kind::Share;
        self.pending.push(Pending { slots: (0..count).map(|_| None).collect(), star, is_chain, whole });
        for (index, temp) in (0..count as usize).zip(first..) {
            self.temps.push((temp, Text { slot: Some(Slot { pending, index }), ..Text::atom("_") }));
        }
        if count == 0 {
            self.complete(pending);
        }
    }

    fn fill(&mut self, slot: Slot, part: Part) {
        let Some(pending) = self.pending.get_mut(slot.pending) else { return };
        if let Some(place) = pending.slots.get_mut(slot.index) {
            *place = Some(part);
        }
        if pending.slots.iter().all(Option::is_some) {
            self.complete(slot.pending);
        }
    }

    fn complete(&mut self, at: usize) {
        let Some(Pending { slots, star, is_chain, whole }) = self.pending.get_mut(at) else { return };
        let (star, is_chain) = (*star, *is_chain);
        let whole = std::mem::replace(whole, Whole::Given);
        let shown = |(index, part): (usize, Part)| match (part.is_several, star == Some(index)) {
            (true, _) if is_chain => part.text,
            (true, _) => format!("({})", part.text),
            (false, true) => format!("*{}", part.text),
            (false, false) => part.text,
        };
        let slots = std::mem::take(slots);
        if let (Whole::Given, [Some(_)]) = (&whole, slots.as_slice()) {
            self.given = slots.into_iter().flatten().next().map(|part| part.text);
            return;
        }
        let parts: Vec<String> = slots.into_iter().flatten().enumerate().map(shown).collect();
        let text = match parts.as_slice() {
            parts if is_chain => parts.join(" = "),
            [] => "()".to_owned(),
            [one] => format!("{one},"),
            parts => parts.join(", "),
        };
        match whole {
            Whole::Value(value) => self.line(&format!("{text} = {value}")),
            // `()` has its brackets.
            Whole::Part(slot) => self.fill(slot, Part { is_several: text != "()", text }),
            Whole::Given => self.given = Some(text),
        }
    }
}

/// Whether an operation is a part of a later one.
fn is_part(operation: &Operation) -> bool {
    matches!(operation.target, Target::Temp(_))
}
