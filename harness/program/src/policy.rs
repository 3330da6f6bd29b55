//! What programs may name: the wall that keeps a case or a finding from being any Python that its writer likes.
//!
//! Cases and findings come from others and are run. The language has no statement that opens a file or starts a process,
//! but Python's objects lead far: `().__class__.__base__.__subclasses__()` to every class, a function to its globals, a pickle
//! to any function of any module, `ctypes` to any address. Therefore a program names modules, functions and types of lists
//! ([`names`]), and no attribute that leads from an object to the machinery around it. The rules hold for the operations
//! and not for a text: the parser applies them to each step that it reads, and [`decode`](crate::decode()) to a program that
//! comes as bytes, so that no engine is given a program that was not held against them.
//!
//! What an operand can be is known where that matters: `pickle.loads` reads what `pickle.dumps` of the same program gave, and
//! nothing else. A variable counts as what all that may bind it agree on, in whatever order the program comes by.
//!
//! This wall does not make Python safe. It keeps out what a case has no business with, and what is known to lead further; a
//! program that uses an error of an interpreter, which is what is looked for here, or a way that nobody has seen yet is held
//! by the process that it runs in (`confine` of the crate `child`).

mod attributes;
mod names;
mod origin;
#[cfg(test)]
mod tests;

use crate::names as known;
use crate::operation::{CONSTANTS, Kind, MODULES, Syntax, TYPES};
use crate::program::{Body, Name, Operand, Operation, Program, Target};
use crate::value::Value;
pub(crate) use names::is_value;
use names::{CALLS, METHODS, UNBINDABLE};
use origin::{Origin, Origins};
use std::collections::HashSet;

/// Why a program is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct Refusal {
    /// The word at fault, as it stands in the text of the program.
    pub word: String,
    /// What is wrong, and what to write instead.
    pub message: String,
}

type Result = std::result::Result<(), Refusal>;

/// Checks a whole program.
///
/// # Errors
///
/// The first operation that names what programs may not name.
pub fn check(program: &Program) -> Result {
    let mut checker = Checker::default();
    program.operations.iter().try_for_each(|operation| {
        // In a text the call would be one of the variable.
        for path in crate::print::paths(operation) {
            let root = path.split('.').next().unwrap_or(path);
            if program.name(root).is_some_and(|name| checker.bound.contains(&name)) {
                return Err(refuse(root, "as a variable it hides what is called"));
            }
        }
        checker.next(program, operation)
    })
}

/// Checks the operations of a program one after the other.
#[derive(Debug, Default)]
pub struct Checker {
    /// The names that were bound, even if they are unbound again.
    bound: HashSet<Name>,
    origins: Origins,
    /// The names that a constant was bound to, which hides what they mean outside of the program.
    covered: HashSet<Name>,
    /// The modules that were imported or used.
    modules: HashSet<&'static str>,
    /// Whether there is a `ctypes.py_object`, whose memory is a pointer.
    has_box: bool,
    /// Whether there is an `exporter`, which in Python is a class whose own methods take addresses.
    has_exporter: bool,
    /// A method that writes to memory and that the program keeps as a value, so that who calls it later can't be seen.
    writer: Option<Box<str>>,
    /// The bodies around the operation: they may run again after what comes later.
    depth: usize,
    /// Whether the innermost of them is that of a class.
    in_class: bool,
    /// The last member of a module that was read and that no Python has.
    member: String,
    /// The names that such a member was to be bound to.
    members: HashSet<Name>,
    /// The functions and classes that functions of the program pass on by name, and that stay what they are.
    passed: HashSet<Name>,
    /// The attributes that objects of the program's classes have: those of the classes, and what is set on `self`.
    owned: HashSet<Box<str>>,
}

/// The text is not part of the language, for this reason.
fn refuse(word: &str, why: &str) -> Refusal {
    Refusal { word: word.to_owned(), message: format!("`{word}` is not part of the language of cases; {why}") }
}

/// Of a member of a module that no version of CPython has: another Python may have it.
const NOWHERE: &str = "no Python has it, so that nothing can be done with it";

impl Checker {
    /// Checks the next operation.
    ///
    /// # Errors
    ///
    /// When it names what programs may not name.
    pub fn next(&mut self, program: &Program, operation: &Operation) -> Result {
        if operation.kind == Kind::Source {
            return Err(refuse(
                Kind::Source.row().name,
                "a step in any Python is part of a case with `language: python` alone",
            ));
        }
        let is_read = operation.kind != Kind::Unbind;
        for operand in &operation.operands {
            match operand {
                Operand::Name(name) if is_read => self.read(program, *name)?,
                Operand::Value(value) => self.constant(value)?,
                Operand::Temp(_) if self.origins.of(operand) == Origin::Member => {
                    return Err(refuse(&self.member, NOWHERE));
                }
                Operand::Body(body) => {
                    if let Some(body) = program.bodies.get(usize::from(*body)) {
                        self.body(program, body, operation.kind)?;
                    }
                }
                Operand::Name(_) | Operand::Temp(_) | Operand::Local(_) => {}
            }
        }
        self.modules.extend(crate::print::used(operation));
        if let (Kind::Import, Some(name)) = (operation.kind, operation.own_name(0)) {
            self.modules.extend(MODULES.iter().find(|module| **module == name));
        }
        match operation.kind.row().syntax {
            Syntax::AnyCall => self.call(operation, operation.own_name(0).unwrap_or_default())?,
            Syntax::Member => self.member(operation.target, operation.own_name(0).unwrap_or_default())?,
            Syntax::Import => import(operation.own_name(0).unwrap_or_default())?,
            Syntax::AnyAttribute | Syntax::Lookup => self.attribute(operation)?,
            Syntax::AnyMethod => self.method(operation, operation.own_name(1).unwrap_or_default())?,
            Syntax::Call(path) => {
                self.has_exporter |= operation.kind == Kind::NewExporter;
                self.call(operation, path)?;
            }
            Syntax::Set => self.raw("] =")?,
            Syntax::Hold => self.raw("=")?,
            Syntax::SetAttribute | Syntax::DeleteAttribute | Syntax::HoldAttribute => self.set_attribute(operation)?,
            Syntax::Method("cast") => self.raw("cast")?,
            Syntax::Attribute("format")
                if matches!(operation.operands[..], [Operand::Value(Value::Str(_))])
                    && operation.target != Target::Discard =>
            {
                return Err(refuse("format", "as a value it hides what is called; call it where it is read"));
            }
            Syntax::Control if operation.kind == Kind::Class => self.base(operation.operands.get(1))?,
            Syntax::CallObject if self.origins.all_are(&operation.operands[..1], &[Origin::Class]) => {
                return Err(refuse("type", "the result of it can't be called; call the type by its name"));
            }
            Syntax::Unbind => {
                if let Some(Operand::Name(name)) = operation.operands.first() {
                    self.uncover(program, *name)?;
                    self.bind(program, *name)?;
                }
            }
            _ => {}
        }
        if let Target::Name(name) = operation.target {
            let is_certain = operation.kind == Kind::Plain && matches!(operation.operands[..], [Operand::Value(_)]);
            if !is_certain && !self.covered.contains(&name) {
                self.uncover(program, name)?;
            }
            self.bind(program, name)?;
            self.covered.insert(name);
        }
        let is_bound = matches!(operation.target, Target::Name(_) | Target::Local(_));
        if is_bound && self.origins.of_operation(operation) == Origin::Referents {
            let why =
                "the list that it gives can be changed, so it can't have a name; write `gc.get_referents(view)[0]`";
            return Err(refuse("gc.get_referents", why));
        }
        self.origins.note(operation);
        if let Target::Name(name) = operation.target {
            if self.passed.contains(&name) && !matches!(operation.kind, Kind::Define | Kind::Class) {
                let why = "a function passes it on as a key, so that it has to stay a function; choose another name";
                return Err(refuse(program.name_text(name), why));
            }
            // If what binds it raises, it is what Python binds it to.
            let text = program.name_text(name);
            if known::builtin(text).is_some() || Kind::call(text).is_some() {
                self.origins.forget(name);
            }
        }
        Ok(())
    }

    /// The operations of a body.
    fn body(&mut self, program: &Program, body: &Body, kind: Kind) -> Result {
        let (is_class, is_method) = (kind == Kind::Class, kind == Kind::Define && self.in_class);
        if !body.own.is_empty() {
            program.locals.iter().try_for_each(|local| bindable(local))?;
        }
        if let Some(function) = &body.function {
            named(&function.name, is_method)?;
            function.locals.iter().try_for_each(|local| named(local, is_class))?;
        }
        if is_class {
            self.own(program, body);
        }
        let around = self.origins.enter(program, body, is_method);
        let in_class = std::mem::replace(&mut self.in_class, is_class);
        self.depth += 1;
        let checked = body.operations.iter().try_for_each(|operation| self.next(program, operation));
        self.depth -= 1;
        self.in_class = in_class;
        self.origins.leave(around);
        checked
    }

    /// What a class is based on.
    fn base(&self, base: Option<&Operand>) -> Result {
        match base {
            None => Ok(()),
            Some(Operand::Value(Value::Type(path))) if &**path != "type" => Ok(()),
            Some(base) if self.origins.of(base) == Origin::OwnClass => Ok(()),
            Some(_) => Err(refuse("class", "its base has to be the name of a type, or a class of the program")),
        }
    }

    /// A name that is read. One that the program has not bound is what Python binds it to.
    fn read(&self, program: &Program, name: Name) -> Result {
        let text = program.name_text(name);
        bindable(text)?;
        if self.members.contains(&name) {
            return Err(refuse(text, NOWHERE));
        }
        let is_function = || known::builtin(text).is_some() && !TYPES.contains(&text) && !CONSTANTS.contains(&text);
        match !self.bound.contains(&name) && is_function() {
            true => Err(refuse(text, "it is a Python built-in, and only calls of those that the language has are")),
            false => Ok(()),
        }
    }

    /// The name of a module stays that of the module, if what binds it raises.
    fn uncover(&self, program: &Program, name: Name) -> Result {
        let text = program.name_text(name);
        match self.modules.iter().any(|module| module.split('.').next() == Some(text)) {
            true => Err(refuse(
                text,
                "as a variable it is the module if what binds it fails; bind it to a constant first, or choose another \
                 name",
            )),
            false => Ok(()),
        }
    }

    /// A name that is bound or unbound. It can mean the built-in again, if what binds it raises or it is deleted.
    fn bind(&mut self, program: &Program, name: Name) -> Result {
        bindable(program.name_text(name))?;
        self.bound.insert(name);
        Ok(())
    }

    fn constant(&self, value: &Value) -> Result {
        match value {
            Value::Type(path) if !TYPES.contains(&&**path) => {
                Err(refuse(path, &format!("the types that it has are {}", TYPES.join(", "))))
            }
            Value::Tuple(items) | Value::List(items) => items.iter().try_for_each(|item| self.constant(item)),
            Value::Slice(parts) => parts.iter().try_for_each(|part| self.constant(part)),
            _ => Ok(()),
        }
    }

    /// A call of a function or a type.
    fn call(&mut self, operation: &Operation, path: &str) -> Result {
        // The first operand of a call without a row is its path.
        let arguments =
            &operation.operands[usize::from(operation.kind == Kind::AnyCall).min(operation.operands.len())..];
        if operation.kind == Kind::AnyCall && !TYPES.contains(&path) {
            let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
            match CALLS.iter().find(|(of, _)| *of == module && MODULES.contains(of)) {
                Some((_, names)) if names.contains(&name) => {}
                Some((_, [])) => return Err(refuse(path, &format!("of `{module}` it has types alone"))),
                Some((_, names)) => {
                    return Err(refuse(path, &format!("of `{module}` it can call {}", names.join(", "))));
                }
                None => return Err(refuse(path, "it has built-in functions and those of a few modules")),
            }
        }
        self.passes(operation, path, arguments)
    }

    /// What a function or a type may be given.
    fn passes(&mut self, operation: &Operation, path: &str, arguments: &[Operand]) -> Result {
        match path {
            "type" if arguments.len() > 2 => return Err(refuse("type", "with one argument it is")),
            "mmap.mmap" => mapped(operation, arguments)?,
            "max" | "min" | "sorted" => self.by_key(operation)?,
            "hasattr" | "getattr" => match operation.own_name(1) {
                Some("format") if !self.is_view(operation.operands.first()) && operation.target != Target::Discard => {
                    return Err(refuse("format", "as a value it hides what is called; call it where it is read"));
                }
                Some(_) => self.attribute(operation)?,
                None if arguments.len() < 2 => {}
                None => {
                    return Err(refuse(path, "its second argument has to be a constant, the name of the attribute"));
                }
            },
            "pickle.loads" if !self.origins.all_are(arguments.get(..1).unwrap_or_default(), &[Origin::Pickled]) => {
                let why =
                    "it reads only what `pickle.dumps` of the same program gave; write `pickle.loads(pickle.dumps(x))`";
                return Err(refuse(path, why));
            }
            "gc.get_referents" if !self.origins.all_are(arguments, &[Origin::View, Origin::Holder]) => {
                let why = "of anything but a memoryview, or what is the first referent of one, it leads out of the program; \
                           pass a memoryview";
                return Err(refuse(path, why));
            }
            "ctypes.py_object" => {
                self.has_box = true;
                if let Some(writer) = &self.writer {
                    let why =
                        format!("in a program that keeps `{writer}` as a value it can be made a pointer of any number");
                    return Err(refuse(path, &why));
                }
            }
            "struct.pack_into" => self.raw(path)?,
            _ if self.has_box && path.starts_with("numpy.") => self.raw(path)?,
            _ => {}
        }
        Ok(())
    }

    /// The function that items are compared by: one that is seen.
    fn by_key(&mut self, operation: &Operation) -> Result {
        let first = operation.operands.len().saturating_sub(operation.keyword_count());
        let mut named = operation.keywords.iter().flatten().zip(&operation.operands[first..]);
        let is_callable = |origin| matches!(origin, Origin::Function | Origin::OwnClass);
        let Some((_, key)) = named.find(|(name, _)| &***name == "key") else { return Ok(()) };
        match key {
            Operand::Value(_) => Ok(()),
            Operand::Name(name) if is_callable(self.origins.of_name(*name)) => {
                self.passed.insert(*name);
                Ok(())
            }
            key if is_callable(self.origins.of(key)) => Ok(()),
            _ => {
                let why = "as a variable it hides what is called; write a type, or a function or class of the program that an \
                           earlier step has defined";
                Err(refuse("key", why))
            }
        }
    }

    /// What writes any bytes to the memory of an object.
    fn raw(&mut self, word: &str) -> Result {
        if self.depth > 0 {
            self.writer = Some(word.into());
        }
        let what = if word == "] =" { "setting an item".to_owned() } else { format!("`{word}`") };
        let message = format!(
            "{what} is not part of the language of cases in a program with `ctypes.py_object`, which it could make a pointer \
             of any number; write a case for each"
        );
        match self.has_box {
            true => Err(Refusal { word: word.to_owned(), message }),
            false => Ok(()),
        }
    }

    /// A member of a module that is read: a value of the list, or one that no Python has, so that all that can be seen is an
    /// AttributeError.
    fn member(&mut self, target: Target, path: &str) -> Result {
        let (module, name) = path.rsplit_once('.').unwrap_or(("", path));
        if names::is_value(path) {
            return Ok(());
        }
        if !MODULES.contains(&module) || !known::nobody_has(module, name) {
            return Err(refuse(path, "of modules it has calls of functions, types, and a few numbers and errors"));
        }
        path.clone_into(&mut self.member);
        if let Target::Name(name) = target {
            self.members.insert(name);
        }
        Ok(())
    }
}

/// Whether a program may bind a name, which is an attribute of a class or not.
fn named(text: &str, is_attribute: bool) -> Result {
    match is_attribute && text.starts_with("__") {
        true if METHODS.contains(&text) => Ok(()),
        true => {
            Err(refuse(text, "classes have no such method; the page about the language lists those that they can have"))
        }
        false => bindable(text),
    }
}

/// Whether a program may bind a name.
fn bindable(text: &str) -> Result {
    match text.starts_with("__") && text != "__debug__" && text != "__name__" || UNBINDABLE.contains(&text) {
        true => Err(refuse(text, "a name that means so much in Python is no variable either; choose another name")),
        false => Ok(()),
    }
}

fn import(module: &str) -> Result {
    match MODULES.contains(&module) {
        true => Ok(()),
        false => Err(refuse(module, &format!("the modules that it can import are {}", MODULES.join(", ")))),
    }
}

/// The memory of a map: fresh pages, not those of a file that happens to be open.
fn mapped(operation: &Operation, arguments: &[Operand]) -> Result {
    let positional = arguments.len() - operation.keyword_count().min(arguments.len());
    let named = operation.keywords.iter().flatten().zip(&arguments[positional..]);
    let named = named.filter(|(name, _)| &***name == "fileno").map(|(_, operand)| operand);
    let first = arguments[..positional].first();
    for operand in first.into_iter().chain(named) {
        let is_harmless = match operand {
            Operand::Value(Value::Int(number)) => *number == -1,
            Operand::Value(value) => !matches!(value, Value::Bool(_) | Value::Big(_)),
            _ => false,
        };
        if !is_harmless {
            return Err(refuse("mmap.mmap", "with a file it is not; write `mmap.mmap(-1, length)` for fresh memory"));
        }
    }
    Ok(())
}
