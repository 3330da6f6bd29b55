//! Functions of the program, and generator expressions: what they run is called through [`code`].

use crate::address;
use crate::code;
use crate::context::Python;
use crate::object::{Call, Object, Outcome, Type};
use crate::stop::{Stop, type_error};
use crate::types::iterator;
use program::Function as Head;
use std::any::Any;
use std::cell::{Cell, RefCell};
use view::{Arguments, Error};

/// A function of the program.
pub struct Function {
    body: u16,
    head: Head,
    /// Whether it is a method: which name errors tell of it depends on the version.
    is_method: bool,
    /// The defaults of its parameters, as far as they have some.
    defaults: Vec<Object>,
}

/// Makes a function.
pub fn new(body: u16, head: &Head, is_method: bool, defaults: Vec<Object>) -> Object {
    Object::instance(Function { body, head: head.clone(), is_method, defaults })
}

/// Makes the iterator of a generator expression.
pub fn generator(body: u16, locals: Vec<Option<Object>>, through: Object) -> Object {
    let through = RefCell::new(Some(through));
    Object::instance(Generator { body, locals: RefCell::new(locals), through, is_running: Cell::new(false) })
}

impl Function {
    /// Calls it.
    pub(crate) fn call(&self, arguments: Arguments<'_, Object>) -> Outcome {
        let values = self.bind(arguments)?;
        code::with(|code| code.call(self.body, values))
    }

    /// Calls it with arguments that nobody else holds.
    pub(crate) fn call_with(&self, values: Vec<Object>, names: &[Box<str>]) -> Outcome {
        let bound = self.bind(Arguments { values: &values, names })?;
        drop(values);
        code::with(|code| code.call(self.body, bound))
    }

    /// The value of each parameter.
    ///
    /// `initialize_locals` in C; case: functions-say-what-they-miss
    fn bind(&self, arguments: Arguments<'_, Object>) -> Result<Vec<Object>, Stop> {
        let head = &self.head;
        let positional = head.parameters.iter().filter(|parameter| !parameter.by_keyword).count();
        let given = arguments.values.len() - arguments.names.len().min(arguments.values.len());
        let mut bound: Vec<Option<Object>> = vec![None; head.parameters.len()];
        for (slot, value) in bound.iter_mut().take(positional).zip(arguments.values.iter().take(given)) {
            *slot = Some(value.clone());
        }
        for (name, value) in arguments.names.iter().zip(&arguments.values[given..]) {
            let at = head.locals.iter().take(head.parameters.len()).position(|local| local == name);
            match at.map(|at| &mut bound[at]) {
                // Newer versions tell it with the parameter that is most like it.
                None if !head.parameters.is_empty() => {
                    return Err(Stop::unsupported("a keyword argument that a function does not have"));
                }
                None => return Err(self.error(format!("got an unexpected keyword argument '{name}'"))),
                Some(Some(_)) => return Err(self.error(format!("got multiple values for argument '{name}'"))),
                Some(slot) => *slot = Some(value.clone()),
            }
        }
        if given > positional {
            return Err(self.too_many(given, positional, &bound));
        }
        let mut defaults = self.defaults.iter();
        for (slot, parameter) in bound.iter_mut().zip(&head.parameters) {
            let default = if parameter.has_default { defaults.next() } else { None };
            if slot.is_none() {
                *slot = default.cloned();
            }
        }
        for (by_keyword, kind) in [(false, "positional"), (true, "keyword-only")] {
            let parameters = head.parameters.iter().zip(&head.locals).zip(&bound);
            let missing =
                parameters.filter(|((parameter, _), value)| parameter.by_keyword == by_keyword && value.is_none());
            let missing: Vec<String> = missing.map(|((_, name), _)| format!("'{name}'")).collect();
            let names = match missing.as_slice() {
                [] => continue,
                [one] => one.clone(),
                [first, second] => format!("{first} and {second}"),
                [others @ .., last] => format!("{}, and {last}", others.join(", ")),
            };
            let (count, s) = (missing.len(), if missing.len() == 1 { "" } else { "s" });
            return Err(self.error(format!("missing {count} required {kind} argument{s}: {names}")));
        }
        Ok(bound.into_iter().flatten().collect())
    }

    fn too_many(&self, given: usize, positional: usize, bound: &[Option<Object>]) -> Stop {
        let parameters = &self.head.parameters;
        let optional = parameters.iter().filter(|parameter| !parameter.by_keyword && parameter.has_default).count();
        let (takes, is_one) = match optional {
            0 => (positional.to_string(), positional == 1),
            _ => (format!("from {} to {positional}", positional - optional), false),
        };
        let by_keyword = parameters.iter().zip(bound).filter(|(one, value)| one.by_keyword && value.is_some()).count();
        let were = if given == 1 && by_keyword == 0 { "was" } else { "were" };
        let also = match by_keyword {
            0 => String::new(),
            _ => {
                let s = |count: usize| if count == 1 { "" } else { "s" };
                format!(" positional argument{} (and {by_keyword} keyword-only argument{})", s(given), s(by_keyword))
            }
        };
        let s = if is_one { "" } else { "s" };
        self.error(format!("takes {takes} positional argument{s} but {given}{also} {were} given"))
    }

    fn error(&self, what: String) -> Stop {
        if self.is_method {
            return Stop::unsupported("a method with other arguments than it takes");
        }
        type_error(format!("{}() {what}", self.head.name)).into()
    }
}

impl Type for Function {
    fn class(&self) -> &str {
        "function"
    }

    fn repr(&self) -> Result<String, Stop> {
        Ok(format!("<function {} at {}>", self.head.name, address::of_any()))
    }

    fn method(&self, _: &Python, _: &Object, call: &Call<'_>) -> Outcome {
        match call.name {
            "__call__" => self.call(call.arguments),
            name => Err(Stop::unsupported(format!("`{name}` of a function"))),
        }
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            "__name__" | "__qualname__" => Ok(Object::str(&*self.head.name)),
            name => Err(Stop::unsupported(format!("`{name}` of a function"))),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// The iterator of a generator expression.
pub struct Generator {
    body: u16,
    /// The local variables that its body reads.
    locals: RefCell<Vec<Option<Object>>>,
    /// What it iterates over, until it has come to its end.
    through: RefCell<Option<Object>>,
    is_running: Cell<bool>,
}

impl Drop for Generator {
    fn drop(&mut self) {
        self.let_go();
    }
}

impl Generator {
    /// Lets go of what it has held, of which only one may run code of the program when it dies: the order differs.
    fn let_go(&self) {
        let through = self.through.take();
        let locals = self.locals.take();
        code::die_together(std::iter::once(through).chain(locals).flatten());
    }

    fn pull(&self) -> Result<Option<Object>, Stop> {
        loop {
            let Some(through) = self.through.borrow().clone() else { return Ok(None) };
            let Some(given) = through.as_type().next()? else { return Ok(None) };
            let locals = self.locals.borrow().clone();
            if let Some(item) = code::with(|code| code.item(self.body, locals, given))? {
                return Ok(Some(item));
            }
        }
    }
}

impl Type for Generator {
    fn class(&self) -> &str {
        "generator"
    }

    fn method(&self, _: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        match call.name {
            "__next__" | "__iter__" => iterator::method(self, this, call),
            name => Err(Stop::unsupported(format!("`{name}` of a generator"))),
        }
    }

    fn iterator(&self, _: &Python, this: &Object) -> Outcome {
        Ok(this.clone())
    }

    fn is_iterator(&self) -> bool {
        true
    }

    /// What ends it, an error included, ends it for good.
    fn next(&self) -> Result<Option<Object>, Error> {
        if self.is_running.replace(true) {
            return Err(Error::raised(view::Exception::ValueError, "generator already executing"));
        }
        let pull = || {
            let item = self.pull();
            self.is_running.set(false);
            if !matches!(item, Ok(Some(_))) {
                self.let_go();
            }
            item
        };
        let item = code::generated(pull);
        item.map_err(|stop| match stop {
            Stop::Raised(error) if error.exception() == view::Exception::StopIteration => {
                Error::raised(view::Exception::RuntimeError, "generator raised StopIteration")
            }
            stop => code::as_error(stop),
        })
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}
