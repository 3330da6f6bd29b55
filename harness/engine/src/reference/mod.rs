//! The reference view as an engine: what Python around memoryview does, as far as programs use it.
//!
//! The view itself is the crate `view`; this adapter gives it operands ([`object`]) and adds the parts of Python that
//! cases need beside it: building exporters ([`exporters`]), functions ([`functions`]), comparisons ([`compare`]) and
//! texts ([`text`]). What it does not have it refuses as a [`Fault`](crate::Fault), and never makes up.

mod arguments;
mod attributes;
mod capi;
mod compare;
mod dunders;
mod exporters;
#[cfg(feature = "faults")]
pub mod faulty;
mod functions;
mod hook;
mod iterators;
mod methods;
mod numbers;
mod object;
mod observe;
mod pep688;
mod references;
mod structs;
mod subscripts;
mod text;
mod views;

use crate::describe::EXPORTER;
use crate::machine::{self, Machine, Performed, Runtime, operand, own_name};
use crate::{About, Engine, Fault, Profile, Watch};
use hook::Hook;
use object::Object;
use program::operation::TYPES;
use program::{Kind, Operation, Program, Syntax, Trace, Value, names};
use std::cell::RefCell;
use std::collections::BTreeSet;
use std::rc::{Rc, Weak};
use view::{Change, Error, Exception};

type Stop = machine::Stop<Error>;
type Outcome = Result<Object, Stop>;

/// The reference, as one version of CPython.
pub struct Reference {
    about: About,
}

impl Reference {
    /// The reference as the Python of a profile.
    pub fn new(profile: Profile) -> Reference {
        Reference::named("reference", profile)
    }

    /// The reference under a name of its own, where there are several.
    pub fn named(name: &str, profile: Profile) -> Reference {
        let modules = ["abc", "array", "copy", "gc", "mmap", "numpy", "pickle", "struct", "weakref"];
        let others = ["addresses", "capi", EXPORTER, hook::HOOK];
        let mut capabilities: BTreeSet<String> = modules.into_iter().chain(others).map(str::to_owned).collect();
        if profile.has(view::Change::BufferClasses) {
            capabilities.insert("pep688".to_owned());
        }
        capabilities.insert(crate::abi_capability(profile.abi()));
        let about = About {
            name: name.to_owned(),
            implementation: "reference".to_owned(),
            profile,
            capabilities,
            library: None,
        };
        Reference { about }
    }
}

impl Engine for Reference {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), Fault> {
        trace.clear();
        Machine::new(Python::new(self.about.profile), program).run(watch, trace)
    }
}

/// The Python that the reference stands for.
struct Python {
    profile: Profile,
    /// The hooks that were armed: one may hold a view of the exporter that holds it, and nothing collects garbage here.
    armed: RefCell<Vec<Weak<Hook>>>,
}

impl Drop for Python {
    fn drop(&mut self) {
        self.armed.take().iter().filter_map(Weak::upgrade).for_each(|hook| hook.disarm());
    }
}

impl Runtime for Python {
    type Object = Object;
    type Error = Error;
    /// The manager.
    type Block = Object;

    fn constant(&mut self, value: &Value) -> Outcome {
        match value {
            Value::Type(path)
                if &**path == "collections.abc.Buffer" && !self.profile.has(view::Change::BufferClasses) =>
            {
                let text = "module 'collections.abc' has no attribute 'Buffer'";
                Err(Error::raised(Exception::AttributeError, text).into())
            }
            Value::Tuple(items) | Value::List(items) => {
                items.iter().try_for_each(|item| self.constant(item).map(drop))?;
                Ok(Object::constant(value))
            }
            _ => Ok(Object::constant(value)),
        }
    }

    fn perform(&mut self, operation: &Operation, operands: &[Object]) -> Performed<Self> {
        let row = operation.kind.row();
        self.check_call(operation)?;
        if operands.iter().any(hook::has_hook) && !hook::is_asked_by_view(operation, operands) {
            return Err(self.unsupported(operation.kind, "a hook"));
        }
        if let (Syntax::Set | Syntax::Delete, Some(Object::Struct(..))) = (row.syntax, operands.first()) {
            return Err(self.unsupported(operation.kind, "items of a compiled format"));
        }
        let first = || operand::<_, Error>(operands, 0);
        let second = || operand::<_, Error>(operands, 1);
        let value = match row.syntax {
            Syntax::Call(_) => self.call(operation, operands)?,
            Syntax::Method(_) => self.method(operation, operands)?,
            Syntax::AnyMethod => self.any_method(own_name(operation, 1)?, operation, operands)?,
            Syntax::Attribute(name) => self.attribute(first()?, name)?,
            Syntax::AnyAttribute => self.attribute(first()?, own_name(operation, 1)?)?,
            Syntax::Get => self.get(first()?, second()?)?,
            Syntax::Set => return self.set(first()?, second()?, operand(operands, 2)?).map(|()| None),
            Syntax::Delete => return self.delete(first()?, second()?).map(|()| None),
            Syntax::Infix(operator) => self.infix(operator, first()?, second()?)?,
            Syntax::InPlace(_) => self.in_place(operation.kind, first()?, second()?)?,
            Syntax::Tuple => Object::Tuple(operands.to_vec().into()),
            Syntax::List => Object::List(operands.to_vec().into()),
            Syntax::Slice => {
                let [start, stop, step] = [0, 1, 2].map(|index| operand::<_, Error>(operands, index).cloned());
                Object::Slice(Rc::new([start?, stop?, step?]))
            }
            Syntax::Import => match own_name::<Error>(operation, 0)? {
                "ctypes" => return Err(self.unsupported(operation.kind, "it has no ctypes")),
                _ => return Ok(None),
            },
            Syntax::Member => return Err(self.member(own_name::<Error>(operation, 0)?)),
            Syntax::AnyCall => self.any_call(own_name(operation, 0)?, operation, operands)?,
            Syntax::Plain | Syntax::Enter | Syntax::Leave | Syntax::Unbind => return Ok(None),
        };
        if let Kind::Add | Kind::InPlaceAdd | Kind::Extend | Kind::FromBytes = operation.kind {
            self.grows_to(operation.kind, compare::size(&value).max(compare::size(first()?)))?;
        }
        Ok(Some(value))
    }

    fn unbound(&mut self, name: &str) -> Outcome {
        match names::builtin(name) {
            None => Err(self.unbind(name)),
            Some(_) if TYPES.contains(&name) => Ok(Object::Type(name.into())),
            Some(_) => Err(self.unsupported(Kind::Plain, format!("the built-in `{name}`"))),
        }
    }

    fn unbind(&mut self, name: &str) -> Stop {
        Error::raised(Exception::NameError, format!("name '{name}' is not defined")).into()
    }

    fn enter(&mut self, manager: Object) -> Result<(Object, Object), Stop> {
        match &manager {
            Object::View(view) => {
                view.enter()?;
                Ok((manager.clone(), manager))
            }
            Object::Exporter(_, object::Class::Mmap) => Err(self.unsupported(Kind::Enter, "a memory map")),
            other => Err(self.no_manager(other).into()),
        }
    }

    fn exit(&mut self, manager: Object, raised: Option<Error>) -> Result<(), Stop> {
        if let Object::View(view) = manager {
            view.exit()?;
        }
        raised.map_or(Ok(()), |error| Err(Stop::Raised(error)))
    }

    fn print(&mut self, operation: &Operation, operands: &[Object], out: &mut String) -> Outcome {
        if operation.keyword_count() > 0 {
            return Err(self.unsupported(Kind::Print, "keywords"));
        }
        for (index, operand) in operands.iter().enumerate() {
            self.check_text(operand, Kind::Print)?;
            out.push_str(if index > 0 { " " } else { "" });
            out.push_str(&text::str(operand));
        }
        out.push('\n');
        Ok(Object::None)
    }

    fn record(&self, names: &[Option<Object>], object: &Object, trace: &mut Trace) {
        observe::value(names, object, trace);
    }

    fn record_error(&self, error: Error, trace: &mut Trace) {
        let exception = error.exception();
        let name = exception.name();
        trace.raised(name.rsplit_once('.').map_or(name, |(_, name)| name), error);
    }

    fn record_live(&self, names: &[Option<Object>], trace: &mut Trace) {
        observe::live(names, trace);
    }
}

/// The most bytes or items that an operation may make an object grow to.
const LARGEST: usize = 1 << 20;

impl Python {
    fn new(profile: Profile) -> Python {
        Python { profile, armed: RefCell::default() }
    }

    /// Leaves open what an operation would give that makes an object large: a few of them in a row fill any memory.
    fn grows_to(&self, kind: Kind, size: usize) -> Result<(), Stop> {
        match size {
            0..=LARGEST => Ok(()),
            _ => Err(self.unsupported(kind, "an object of more than a million bytes or items")),
        }
    }

    /// Refuses a call of a function in a way that is not modelled.
    fn check_call(&self, operation: &Operation) -> Result<(), Stop> {
        let (given, keywords) = (operation.operands.len(), operation.keyword_count());
        let reason = match operation.kind {
            Kind::TypeOf
            | Kind::Iter
            | Kind::Next
            | Kind::Reversed
            | Kind::IsInstance
            | Kind::IntOf
            | Kind::IntFromBytes
                if keywords > 0 =>
            {
                "keywords"
            }
            Kind::TypeOf if given == 3 => "three arguments",
            Kind::NewBytes | Kind::NewBytearray | Kind::IntOf if given > 2 => "more than two arguments",
            _ => return Ok(()),
        };
        Err(self.unsupported(operation.kind, reason))
    }

    /// The error of a `with` statement whose manager is none.
    fn no_manager(&self, object: &Object) -> Error {
        if !self.profile.has(Change::WithProtocol) {
            return Error::raised(Exception::AttributeError, "__enter__");
        }
        let names_method = self.profile.has(Change::WithMethod);
        let class = match object.class() {
            "ABCMeta" if names_method => "abc.ABCMeta",
            class => class,
        };
        let missed = if names_method { " (missed __exit__ method)" } else { "" };
        type_error(format!("'{class}' object does not support the context manager protocol{missed}"))
    }

    /// What it gives to read a member of a module: an error, if no version has it.
    fn member(&self, path: &str) -> Stop {
        match path.rsplit_once('.') {
            Some((module, name)) if names::nobody_has(module, name) => {
                Error::raised(Exception::AttributeError, format!("module '{module}' has no attribute '{name}'")).into()
            }
            _ => self.unsupported(Kind::Member, path),
        }
    }

    /// Refuses the text of an object that has one which is not modelled.
    fn check_text(&self, object: &Object, kind: Kind) -> Result<(), Stop> {
        let is_of_characters =
            |array: &view::Array| matches!(array.typecode(), view::Typecode::Character(_)) && !array.is_empty();
        match object {
            Object::Exporter(_, class @ (object::Class::Mmap | object::Class::Numpy)) => {
                Err(self.unsupported(kind, format!("the text of {}", class.name())))
            }
            Object::Struct(..) => Err(self.unsupported(kind, "the text of a compiled format")),
            Object::Array(array) if is_of_characters(array) => Err(self.unsupported(kind, "characters of an array")),
            Object::List(items) | Object::Tuple(items) => items.iter().try_for_each(|item| self.check_text(item, kind)),
            _ => Ok(()),
        }
    }

    fn unsupported(&self, kind: Kind, reason: impl Into<String>) -> Stop {
        let operation = kind.row().name;
        Stop::Fault(Fault::Unsupported { engine: "reference", operation, reason: reason.into() })
    }
}

impl From<Error> for Stop {
    fn from(error: Error) -> Stop {
        match error {
            Error::Unspecified { what } => Stop::Fault(Fault::Unspecified(what)),
            error => Stop::Raised(error),
        }
    }
}

/// The error of reading an attribute that an object does not have.
fn no_attribute(object: &Object, name: &str) -> Error {
    let text = match object {
        Object::Type(class) => format!("type object '{class}' has no attribute '{name}'"),
        _ => format!("'{}' object has no attribute '{name}'", object.class()),
    };
    Error::raised(Exception::AttributeError, text)
}

fn type_error(text: impl Into<String>) -> Error {
    Error::raised(Exception::TypeError, text)
}

fn value_error(text: impl Into<String>) -> Error {
    Error::raised(Exception::ValueError, text)
}
