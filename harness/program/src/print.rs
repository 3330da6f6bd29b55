//! Prints programs as Python text: the inverse of [`crate::parse`].
//!
//! The operations of a statement are joined into one nested expression: each temporary is written where it is used.

mod control;

use crate::fstring::{self, Field, Part};
use crate::operation::{Kind, MODULES, Syntax};
use crate::program::{Operand, Operation, Program, Target};
use crate::source::SourceStep;
use crate::value::Value;
use control::{Pending, Slot};
use std::collections::BTreeSet;
use std::fmt::Write;

/// Returns the text of a program: its steps, one after the other.
pub fn program(program: &Program) -> String {
    (0..program.steps.len()).map(|index| step(program, index)).collect()
}

/// Returns the text of one step, one line per statement, each with a line break.
pub fn step(program: &Program, index: usize) -> String {
    if let Some(SourceStep { statements, value, .. }) = program.source_step(index) {
        return format!("{statements}{}\n", value.unwrap_or_default());
    }
    let mut printer = Printer::new(program);
    for operation in program.step(index) {
        printer.operation(operation);
    }
    printer.out
}

/// A step as a runner takes it: statements, if there are any, and the expression that then has the value of the step, if it
/// has one. A step that binds a name has the value of that name.
pub fn parts(program: &Program, index: usize) -> (String, Option<String>) {
    if let Some(SourceStep { statements, value, name }) = program.source_step(index) {
        let value = value.or_else(|| name.map(|name| program.name_text(name)));
        return (statements.to_owned(), value.map(str::to_owned));
    }
    let operations = program.step(index);
    let mut printer = Printer::new(program);
    let Some((last, before)) = operations.split_last() else { return (String::new(), None) };
    before.iter().for_each(|operation| printer.operation(operation));
    match last.target {
        Target::Discard if !last.is_statement() && printer.depth == 0 => {
            let value = printer.expression(last).text;
            (printer.out, Some(value))
        }
        target => {
            printer.operation(last);
            let value = match target {
                Target::Name(name) if last.kind != Kind::Enter && !last.kind.is_statement() => {
                    Some(printer.name(name).to_owned())
                }
                _ => None,
            };
            (printer.out, value)
        }
    }
}

/// Returns the modules that a program's text uses.
pub fn modules(program: &Program) -> BTreeSet<&'static str> {
    program.all_operations().flat_map(used).collect()
}

/// Returns the import statement that a program's text needs for the modules that it uses before it imports them. `None`
/// if there are none.
pub fn imports(program: &Program) -> Option<String> {
    let missing = missing_modules(program);
    (!missing.is_empty()).then(|| format!("import {}", Vec::from_iter(missing).join(", ")))
}

/// The modules that a program's text uses before it imports them.
pub fn missing_modules(program: &Program) -> BTreeSet<&'static str> {
    let (mut imported, mut missing) = (vec![], BTreeSet::new());
    for operation in &program.operations {
        match (operation.kind, operation.operands.first()) {
            (Kind::Import, Some(Operand::Value(Value::Str(module)))) => imported.push(&**module),
            _ => missing.extend(used(operation).into_iter().filter(|module| !imported.contains(module))),
        }
    }
    // What bodies use is looked up when they run, and most are run after the imports.
    let in_bodies = program.bodies.iter().flat_map(|body| &body.operations).flat_map(used);
    missing.extend(in_bodies.filter(|module| !imported.contains(module)));
    missing
}

/// Returns the modules that an operation's text uses.
pub fn used(operation: &Operation) -> Vec<&'static str> {
    let paths = paths(operation);
    let owners: Vec<&str> = paths.iter().filter_map(|path| Some(path.rsplit_once('.')?.0)).collect();
    MODULES.iter().copied().filter(|module| owners.contains(module)).collect()
}

/// Returns the functions and types that an operation's text names.
pub(crate) fn paths(operation: &Operation) -> Vec<&str> {
    let mut paths = vec![];
    match (operation.kind.row().syntax, operation.operands.first()) {
        (Syntax::Call(path), _) => paths.push(path),
        (Syntax::AnyCall | Syntax::Member, Some(Operand::Value(Value::Str(path)))) => paths.push(path),
        _ => {}
    }
    for operand in &operation.operands {
        if let Operand::Value(value) = operand {
            types(value, &mut paths);
        }
    }
    paths
}

/// Returns the types in a constant.
fn types<'a>(value: &'a Value, found: &mut Vec<&'a str>) {
    match value {
        Value::Type(path) => found.push(path),
        Value::Tuple(items) | Value::List(items) => items.iter().for_each(|item| types(item, found)),
        Value::Slice(parts) => parts.iter().for_each(|part| types(part, found)),
        _ => {}
    }
}

/// Returns the extensions of Python that a program uses ([`Kind::extension`]).
pub fn extensions(program: &Program) -> BTreeSet<&'static str> {
    program.all_operations().filter_map(|operation| operation.kind.extension()).collect()
}

struct Printer<'a> {
    program: &'a Program,
    /// The texts of temporaries of this statement that are not used yet.
    temps: Vec<(u16, Text)>,
    out: String,
    depth: usize,
    block_is_empty: bool,
    /// The local variables of the function that is printed.
    locals: &'a [Box<str>],
    /// The targets of assignments to several, of this statement.
    pending: Vec<Pending>,
    /// The target of what a body is given, once it is complete.
    given: Option<String>,
}

/// The contexts in which an expression's text needs parentheses.
#[derive(Clone, Copy, PartialEq)]
enum Form {
    /// Nothing.
    Atom,
    /// Before an attribute or a subscript: `1.real` and `-1[0]` mean something else than `(1).real` and `(-1)[0]`.
    Number,
    /// In any other expression except calls and displays.
    Infix,
}

/// An expression's text.
#[derive(Clone)]
struct Text {
    text: String,
    form: Form,
    /// The text in a subscript, where slices have their own notation.
    key: Option<String>,
    /// The field of an f-string that it is.
    field: Option<Box<Field>>,
    /// That it is not a text but a target of an assignment to several, which the next operation tells.
    slot: Option<Slot>,
}

impl Text {
    fn atom(text: impl Into<String>) -> Text {
        Text { text: text.into(), form: Form::Atom, key: None, field: None, slot: None }
    }

    fn slice(parts: &[String]) -> Text {
        let shown = |part: &String| {
            if part == "None" { String::new() } else { part.clone() }
        };
        let parts_shown: Vec<String> = parts.iter().map(shown).collect();
        let mut key = parts_shown.get(..2).unwrap_or_default().join(":");
        if let Some(step) = parts_shown.get(2).filter(|step| !step.is_empty()) {
            key = format!("{key}:{step}");
        }
        Text { key: Some(key), ..Text::atom(format!("slice({})", parts.join(", "))) }
    }

    fn tuple(items: Vec<Text>) -> Text {
        let join = |items: Vec<String>| match items.as_slice() {
            [one] => format!("{one},"),
            _ => items.join(", "),
        };
        let is_empty = items.is_empty();
        // A tuple in a tuple keeps its parentheses, and slices have no notation of their own there.
        let in_key = |item: &Text| match &item.key {
            Some(key) if !item.text.starts_with('(') => key.clone(),
            _ => item.text.clone(),
        };
        let key = join(items.iter().map(in_key).collect());
        let text = format!("({})", join(items.into_iter().map(|item| item.text).collect()));
        Text { key: (!is_empty).then_some(key), ..Text::atom(text) }
    }

    fn constant(value: &Value) -> Text {
        match value {
            Value::Slice(parts) => Text::slice(&parts.each_ref().map(Value::to_string)),
            Value::Tuple(items) => Text::tuple(items.iter().map(Text::constant).collect()),
            Value::Int(_) | Value::Big(_) | Value::Float(_) => {
                Text { form: Form::Number, ..Text::atom(value.to_string()) }
            }
            _ => Text::atom(value.to_string()),
        }
    }

    fn receiver(self) -> String {
        if self.form == Form::Atom { self.text } else { format!("({})", self.text) }
    }

    fn side(self) -> String {
        if self.form == Form::Infix { format!("({})", self.text) } else { self.text }
    }

    fn in_brackets(self) -> String {
        self.key.unwrap_or(self.text)
    }
}

impl<'a> Printer<'a> {
    fn new(program: &'a Program) -> Printer<'a> {
        Printer {
            program,
            temps: Vec::new(),
            out: String::new(),
            depth: 0,
            block_is_empty: false,
            locals: &program.locals,
            pending: Vec::new(),
            given: None,
        }
    }

    fn operation(&mut self, operation: &'a Operation) {
        if operation.kind == Kind::Leave {
            if self.block_is_empty {
                self.line("pass");
            }
            self.depth = self.depth.saturating_sub(1);
            self.block_is_empty = false;
            return;
        }
        if self.control(operation) {
            return;
        }
        let text = self.expression(operation);
        match operation.target {
            Target::Temp(temp) => self.temps.push((temp, text)),
            _ if operation.kind == Kind::Enter => {
                let name = match operation.target {
                    Target::Discard | Target::Temp(_) => String::new(),
                    target => format!(" as {}", self.variable(target)),
                };
                self.line(&format!("with {}{name}:", text.text));
                self.depth += 1;
                self.block_is_empty = true;
            }
            Target::Discard => self.line(&text.text),
            _ if matches!(operation.kind.row().syntax, Syntax::InPlace(_)) => self.line(&text.text),
            target => self.line(&format!("{} = {}", self.variable(target), text.text)),
        }
    }

    fn line(&mut self, text: &str) {
        let _ = writeln!(self.out, "{:indent$}{text}", "", indent = self.depth * 4);
        self.temps.clear();
        self.pending.clear();
        self.block_is_empty = false;
    }

    /// The name of what is bound.
    fn variable(&self, target: Target) -> String {
        match target {
            Target::Name(name) => self.name(name).to_owned(),
            Target::Local(local) => self.local(local).to_owned(),
            Target::Discard | Target::Temp(_) => "_".to_owned(),
        }
    }

    fn local(&self, local: u16) -> &str {
        self.locals.get(usize::from(local)).map_or("_", |name| name)
    }

    fn name(&self, name: u16) -> &str {
        self.program.names.get(usize::from(name)).map_or("_", |name| name)
    }

    fn expression(&mut self, operation: &'a Operation) -> Text {
        if operation.kind.row().syntax == Syntax::Control {
            return self.choice(operation);
        }
        let own = operation.kind.row().syntax.own_name();
        let mut operands = Vec::with_capacity(operation.operands.len());
        for (index, operand) in operation.operands.iter().enumerate() {
            operands.push(match operation.own_name(index).filter(|_| own == Some(index)) {
                Some(name) => Text::atom(name),
                None => self.operand(operand),
            });
        }
        let keywords = operation.keywords.as_deref().unwrap_or_default();
        let positional = operands.len().saturating_sub(keywords.len());
        for (operand, keyword) in operands[positional..].iter_mut().zip(keywords) {
            operand.text = format!("{keyword}={}", operand.text);
        }
        let mut operands = operands.into_iter();
        let mut next = || operands.next().unwrap_or_else(|| Text::atom("None"));
        match operation.kind.row().syntax {
            Syntax::Call(path) => Text::atom(format!("{path}({})", join(operands))),
            Syntax::AnyCall => {
                let path = next();
                Text::atom(format!("{}({})", path.text, join(operands)))
            }
            Syntax::Member => Text::atom(next().text),
            Syntax::Method(name) => {
                let receiver = next().receiver();
                Text::atom(format!("{receiver}.{name}({})", join(operands)))
            }
            Syntax::Attribute(name) => Text::atom(format!("{}.{name}", next().receiver())),
            Syntax::AnyAttribute | Syntax::HoldAttribute => {
                Text::atom(format!("{}.{}", next().receiver(), next().text))
            }
            Syntax::SetAttribute => {
                let (object, name) = (next().receiver(), next().text);
                Text::atom(format!("{object}.{name} = {}", next().text))
            }
            Syntax::DeleteAttribute => Text::atom(format!("del {}.{}", next().receiver(), next().text)),
            Syntax::AnyMethod => {
                let (receiver, name) = (next().receiver(), next());
                Text::atom(format!("{receiver}.{}({})", name.text, join(operands)))
            }
            Syntax::Get | Syntax::Hold => Text::atom(format!("{}[{}]", next().receiver(), next().in_brackets())),
            Syntax::Set => {
                let (container, key) = (next().receiver(), next());
                Text::atom(format!("{container}[{}] = {}", key.in_brackets(), next().text))
            }
            Syntax::Delete => Text::atom(format!("del {}[{}]", next().receiver(), next().in_brackets())),
            Syntax::Infix(operator) => {
                let (left, right) = (next().side(), next().side());
                Text { form: Form::Infix, ..Text::atom(format!("{left} {operator} {right}")) }
            }
            Syntax::Prefix(operator) => {
                let (space, operand) = (if operator == "not" { " " } else { "" }, next().side());
                Text { form: Form::Infix, ..Text::atom(format!("{operator}{space}{operand}")) }
            }
            Syntax::InPlace(operator) => Text::atom(format!("{} {operator}= {}", next().text, next().text)),
            Syntax::Tuple => Text::tuple(operands.collect()),
            Syntax::FString => {
                let constants = operation.operands.iter().map(|operand| match operand {
                    Operand::Value(Value::Str(text)) => Some(text.to_string()),
                    _ => None,
                });
                let parts = constants.zip(operands).map(|(constant, part)| match (constant, part.field) {
                    (Some(text), _) => Part::Literal(text),
                    (None, Some(field)) => Part::Field(*field),
                    // Of a program that no parser has made.
                    (None, None) => Part::Field(Field { value: part.text, ..Field::default() }),
                });
                Text::atom(fstring::written(&parts.collect::<Vec<_>>()))
            }
            Syntax::Field => {
                let own = |index| operation.own_name(index).unwrap_or_default().to_owned();
                let field = Field { value: next().text, conversion: own(1), format: own(2) };
                Text { field: Some(Box::new(field.clone())), ..Text::atom(fstring::NOTHING) }
            }
            Syntax::List => Text::atom(format!("[{}]", join(operands))),
            Syntax::Slice => Text::slice(&operands.map(|part| part.text).collect::<Vec<_>>()),
            Syntax::Plain | Syntax::Enter | Syntax::Lookup => next(),
            Syntax::Unbind => Text::atom(format!("del {}", next().text)),
            Syntax::Import => Text::atom(format!("import {}", next().text)),
            Syntax::Leave | Syntax::Control => Text::atom("pass"),
            // A step of that is no expression, and is written as it is.
            Syntax::Source => next(),
            Syntax::CallObject => {
                let callee = next().receiver();
                Text::atom(format!("{callee}({})", join(operands)))
            }
        }
    }

    fn operand(&mut self, operand: &Operand) -> Text {
        match operand {
            Operand::Name(name) => Text::atom(self.name(*name)),
            Operand::Temp(temp) => match self.temps.iter().position(|(known, _)| known == temp) {
                Some(at) => self.temps.swap_remove(at).1,
                None => Text::atom("_"),
            },
            Operand::Value(value) => Text::constant(value),
            Operand::Local(local) => Text::atom(self.local(*local)),
            Operand::Body(_) => Text::atom("_"),
        }
    }
}

fn join(texts: impl Iterator<Item = Text>) -> String {
    texts.map(|text| text.text).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
pub(crate) mod tests;
