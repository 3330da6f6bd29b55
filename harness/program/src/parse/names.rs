//! Resolves names that the program does not bind: what they mean in Python, and whether the language has them.
//!
//! A name that no Python has is kept, since reading it raises. A name that Python has and the language lacks is
//! refused.

use super::literal::dotted;
use super::refuse;
use super::{Parser, Result};
use crate::names;
use crate::operation::{CONSTANTS, Kind, MODULES, TYPES};
use crate::policy::is_value;
use crate::program::{Name, Operand, Target};
use crate::value::Value;
use ruff_python_ast::{Alias, Expr, ExprAttribute, ExprName, Identifier};
use ruff_text_size::TextRange;

/// The target of a call.
pub(super) enum Callee {
    /// An operation, with its first operands.
    Operation(Kind, Vec<Operand>),
    /// A method of an operand.
    Method(Operand, String),
    /// A function of a module that some versions lack, which raises before the arguments are evaluated.
    NotEverywhere(String),
    /// An operation that raises when the function is read. The arguments are never evaluated.
    Nothing(Kind, Operand),
}

impl Parser {
    /// Returns the path that a name or dotted name refers to outside the program, with imports resolved. Returns `None`
    /// for other expressions, and for names that begin with a variable.
    pub(super) fn path(&self, expression: &Expr) -> Option<String> {
        let text = dotted(expression)?;
        let (first, rest) = match text.split_once('.') {
            Some((first, rest)) => (first, Some(rest)),
            None => (&*text, None),
        };
        if self.is_bound(first) {
            return None;
        }
        let first = match self.imported.get(first) {
            Some(path) => path,
            None if self.missing(first).is_some() => return None,
            None => first,
        };
        Some(rest.map_or_else(|| first.to_owned(), |rest| format!("{first}.{rest}")))
    }

    pub(super) fn is_bound(&self, text: &str) -> bool {
        self.local(text).is_some() || self.program.name(text).is_some_and(|name| self.bound.contains(&name))
    }

    /// Returns the module that a name would refer to if the program had imported it.
    fn missing(&self, text: &str) -> Option<&'static str> {
        let is_known = self.has_modules || self.imported.contains_key(text);
        if is_known { None } else { module_of(text) }
    }

    /// Reads a name that is not a constant.
    pub(super) fn name(&mut self, name: &ExprName) -> Result<Name> {
        if !self.is_bound(&name.id) {
            self.check_value(name)?;
        }
        self.intern(&name.id, name.range)
    }

    /// Returns a name as an operand. An unbound name raises before the following operands are evaluated, so reading it
    /// becomes an operation of its own.
    pub(super) fn name_operand(&mut self, name: &ExprName) -> Result<Operand> {
        if let Some(local) = self.local(&name.id) {
            let temp = self.temp(name)?;
            self.push(Kind::Plain, Target::Temp(temp), [Operand::Local(local)]);
            return Ok(Operand::Temp(temp));
        }
        let read = self.name(name)?;
        if self.has_value(read) {
            return Ok(Operand::Name(read));
        }
        let temp = self.temp(name)?;
        self.push(Kind::Plain, Target::Temp(temp), [Operand::Name(read)]);
        Ok(Operand::Temp(temp))
    }

    /// Returns whether a name is bound, provided that all earlier operations succeed.
    pub(super) fn has_value(&self, name: Name) -> bool {
        self.is_certain() && self.bound.contains(&name) && !self.deleted.contains(&name)
    }

    /// Returns whether the name with this text is bound, provided that all earlier operations succeed.
    pub(super) fn is_value(&self, text: &str) -> bool {
        self.local(text).is_none() && self.program.name(text).is_some_and(|name| self.has_value(name))
    }

    /// Refuses a name that Python has but that is not a value in the language.
    fn check_value(&self, name: &ExprName) -> Result<()> {
        if let Some(module) = self.missing(&name.id) {
            return Err(refuse::not_imported(name, module));
        }
        match self.imported.get(name.id.as_str()) {
            Some(path) if is_module(path) => Err(refuse::module(name, path)),
            Some(path) => Err(refuse::member(name, path, known(path))),
            None if TYPES.contains(&name.id.as_str()) || CONSTANTS.contains(&name.id.as_str()) => Ok(()),
            None => match names::builtin(&name.id) {
                None if Kind::call(&name.id).is_none() => Ok(()),
                known => Err(refuse::builtin(name, &name.id, known)),
            },
        }
    }

    /// Returns the path of a member of a module that is a value of the language.
    pub(super) fn module_value(&self, expression: &Expr) -> Option<String> {
        self.path(expression).filter(|path| is_value(path))
    }

    /// Evaluates a member of a module that is not a type; `None` for other expressions.
    pub(super) fn member(&mut self, attribute: &ExprAttribute, target: Target) -> Result<bool> {
        let Some(module) = self.path(&attribute.value).filter(|path| is_module(path)) else { return Ok(false) };
        let path = format!("{module}.{}", attribute.attr);
        if is_module(&path) {
            return Err(refuse::module(attribute, &path));
        }
        if !names::nobody_has(&module, &attribute.attr) {
            return Err(refuse::member(attribute, &path, names::member(&module, &attribute.attr)));
        }
        self.push(Kind::Member, target, [text(&path)]);
        Ok(true)
    }

    /// Returns the target of a call.
    pub(super) fn callee(&mut self, function: &Expr) -> Result<Callee> {
        if let Some(path) = self.path(function)
            && let Some(callee) = self.own(function, &path)?
        {
            return Ok(callee);
        }
        match function {
            Expr::Attribute(attribute) => {
                Ok(Callee::Method(self.operand(&attribute.value)?, attribute.attr.to_string()))
            }
            // No Python has this function, unless the program binds its name before this one is called.
            Expr::Name(name)
                if !self.is_bound(&name.id)
                    && self.scope.function.is_none()
                    && !CONSTANTS.contains(&name.id.as_str()) =>
            {
                Ok(Callee::Nothing(Kind::Plain, Operand::Name(self.name(name)?)))
            }
            _ => Ok(Callee::Operation(Kind::CallObject, vec![self.operand(function)?])),
        }
    }

    /// Resolves the path of a function, if the language has it.
    fn own(&self, function: &Expr, path: &str) -> Result<Option<Callee>> {
        if let Some(kind) = Kind::call(path) {
            return Ok(Some(Callee::Operation(kind, vec![])));
        }
        if TYPES.contains(&path) {
            return Ok(Some(Callee::Operation(Kind::AnyCall, vec![text(path)])));
        }
        let Some((owner, name)) = path.rsplit_once('.') else { return Ok(None) };
        if TYPES.contains(&owner) {
            // A method accessed through its type, such as `bytes.fromhex`.
            return Ok(Some(Callee::Method(Operand::Value(Value::Type(owner.into())), name.to_owned())));
        }
        if !is_module(owner) {
            return Ok(None);
        }
        match names::member(owner, name) {
            Some(known) if !known.everywhere => Ok(Some(Callee::NotEverywhere(path.to_owned()))),
            None if names::nobody_has(owner, name) => Ok(Some(Callee::Nothing(Kind::Member, text(path)))),
            None if !MODULES.contains(&owner) => Err(refuse::member(function, path, None)),
            // A private name.
            None if names::of(owner).next().is_some() => Ok(Some(Callee::NotEverywhere(path.to_owned()))),
            _ => Ok(Some(Callee::Operation(Kind::AnyCall, vec![text(path)]))),
        }
    }

    /// `import module as name`
    pub(super) fn import(&mut self, alias: &Alias) -> Result<()> {
        let module = alias.name.as_str();
        self.import_module(module, alias.range)?;
        let root = module.split('.').next().unwrap_or(module);
        match &alias.asname {
            Some(name) => self.bind_import(name, module),
            None => self.bind_import(root, root),
        }
        Ok(())
    }

    /// Adds one name of `from module import …`.
    pub(super) fn import_from(&mut self, module: &str, alias: &Alias) -> Result<()> {
        let path = format!("{module}.{}", alias.name);
        let is_everywhere = known(&path).is_some_and(|known| known.everywhere);
        if alias.name.as_str() == "*" {
            return Err(refuse::refuse_for(alias, "`*` in an import", "import each name"));
        }
        if !is_everywhere && module != "numpy" {
            let construct = format!("`from {module} import {}`", alias.name);
            let instead = format!("some versions lack that name, so write `import {module}` and `{path}`");
            return Err(refuse::refuse_for(alias, &construct, &instead));
        }
        let name: &Identifier = alias.asname.as_ref().unwrap_or(&alias.name);
        self.bind_import(name, &path);
        Ok(())
    }

    pub(super) fn import_module(&mut self, module: &str, range: TextRange) -> Result<()> {
        if !MODULES.contains(&module) {
            let (name, known) = (if module.is_empty() { "." } else { module }, MODULES.join(", "));
            let message = format!("the language of cases can't import `{name}`; it can import {known}");
            return Err(super::ParseError::at(range, message).because(super::Cause::Language));
        }
        self.push(Kind::Import, Target::Discard, [text(module)]);
        Ok(())
    }

    fn bind_import(&mut self, name: &str, path: &str) {
        // The import replaces what the name was bound to in the program.
        if let Some(name) = self.program.name(name) {
            self.bound.retain(|bound| *bound != name);
        }
        self.imported.insert(name.to_owned(), path.to_owned());
    }

    /// Refuses `del` of an imported name: such a name is not bound to an object of the program.
    pub(super) fn check_unbound(&self, name: &ExprName) -> Result<()> {
        match self.imported.contains_key(name.id.as_str()) {
            _ if self.is_bound(&name.id) => Ok(()),
            true => Err(refuse::refuse(name, "deleting an imported name")),
            false if name.id.starts_with("__") => Err(refuse::refuse(name, "deleting a name that every module has")),
            false => Ok(()),
        }
    }
}

/// Returns whether a path is a module that programs can import, or a package that contains one.
fn is_module(path: &str) -> bool {
    module_of(path).is_some()
}

/// Returns the module that programs can import under a path, or in the package of that path.
fn module_of(path: &str) -> Option<&'static str> {
    let is_in = |module: &str| module.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'));
    MODULES.iter().copied().find(|module| is_in(module))
}

fn known(path: &str) -> Option<names::Known> {
    path.rsplit_once('.').and_then(|(module, name)| names::member(module, name))
}

/// Returns a name that belongs to an operation itself.
pub(super) fn text(path: &str) -> Operand {
    Operand::Value(Value::Str(path.into()))
}

/// Returns the operation of a method call, and its first operands.
pub(super) fn method(name: &str, receiver: Operand) -> (Kind, Vec<Operand>) {
    match Kind::method(name) {
        Some(kind) => (kind, vec![receiver]),
        None => (Kind::AnyMethod, vec![receiver, text(name)]),
    }
}
