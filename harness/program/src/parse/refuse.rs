//! The messages for constructs and names outside the language of cases: each names the construct, and what to write
//! instead.

use super::{Cause, ParseError};
use crate::names::{Known, What};
use crate::operation::{Kind, Syntax, TYPES};
use ruff_python_ast::{Expr, Number, Operator, Stmt};
use ruff_text_size::Ranged;

/// Refuses a construct.
pub(super) fn refuse(what: impl Ranged, construct: &str) -> ParseError {
    lacking(what, format!("{construct} is not part of the language of cases"))
}

/// Refuses a construct, with what to write instead.
pub(super) fn refuse_for(what: impl Ranged, construct: &str, instead: &str) -> ParseError {
    lacking(what, format!("{construct} is not part of the language of cases; {instead}"))
}

/// The language lacks something, as the message says.
fn lacking(what: impl Ranged, message: String) -> ParseError {
    ParseError::at(what.range(), message).because(Cause::Language)
}

/// Refuses what Python's parser takes and its compiler does not.
pub(super) fn no_python(what: impl Ranged, what_it_is: &str) -> ParseError {
    ParseError::at(what.range(), format!("this is not Python: {what_it_is}"))
}

fn named(what: impl Ranged, (construct, instead): (&str, &str)) -> ParseError {
    if instead.is_empty() { refuse(what, construct) } else { refuse_for(what, construct, instead) }
}

/// Refuses an expression of a kind that has no operation.
pub(super) fn expression(expression: &Expr) -> ParseError {
    named(
        expression,
        match expression {
            Expr::Named(_) => {
                ("`:=`", "assign the name before; in the condition of a loop, write `while True:` and `break`")
            }
            Expr::Lambda(_) => ("`lambda`", "write a function with `def`"),
            Expr::Dict(_) => ("a dict display", "write `dict(name=value)`, or a list of pairs"),
            Expr::Set(_) => ("a set display", "write a list or a tuple"),
            Expr::SetComp(_) => ("a set comprehension", "write the items out in a list"),
            Expr::DictComp(_) => ("a dict comprehension", "write a list of pairs"),
            Expr::Generator(_) => {
                ("a generator expression, unless it is the only argument of a call,", "write a list comprehension")
            }
            Expr::Await(_) => ("`await`", ""),
            Expr::Yield(_) | Expr::YieldFrom(_) => {
                ("`yield`", "append to a list and return that, or write a class with `__iter__` and `__next__`")
            }
            Expr::TString(_) => ("a t-string", ""),
            Expr::Starred(_) => ("`*` before an item", "write the items out"),
            Expr::NumberLiteral(literal) if matches!(literal.value, Number::Complex { .. }) => {
                ("a complex literal", "write `complex(real, imag)`")
            }
            _ => ("this kind of expression", ""),
        },
    )
}

/// Refuses a statement of a kind that has no operation.
pub(super) fn statement(statement: &Stmt) -> ParseError {
    named(
        statement,
        match statement {
            Stmt::TypeAlias(_) => ("a type alias", ""),
            Stmt::AnnAssign(_) => ("an assignment with an annotation", "leave the annotation out"),
            Stmt::Match(_) => ("`match`", "write `if` and `elif`"),
            Stmt::Global(_) => ("`global`", "keep the value in a list, or in an attribute of an object"),
            Stmt::Nonlocal(_) => ("`nonlocal`", "keep the value in a list, or in an attribute of an object"),
            _ => ("this kind of statement", ""),
        },
    )
}

/// Refuses an operator.
pub(super) fn operator(expression: impl Ranged, operator: Operator, after: &str) -> ParseError {
    let construct = format!("the operator `{}{after}`", operator.as_str());
    let method = match operator {
        Operator::Pow => "pow",
        _ => "matmul",
    };
    let in_place = if after.is_empty() { "" } else { "i" };
    let number = if operator == Operator::Pow { "write the number, or " } else { "write " };
    refuse_for(expression, &construct, &format!("{number}`x.__{in_place}{method}__(y)`"))
}

/// Refuses to assign to an expression.
pub(super) fn target(target: &Expr) -> ParseError {
    refuse(target, "assigning to anything but a name, a subscript or an attribute")
}

/// Refuses to delete an expression.
pub(super) fn deletion(target: &Expr) -> ParseError {
    refuse(target, "deleting anything but a name, a subscript or an attribute")
}

/// Refuses a built-in that the language lacks, or that it allows only in a call.
pub(super) fn builtin(what: impl Ranged, name: &str, known: Option<Known>) -> ParseError {
    let range = what.range();
    let is_own = Kind::call(name).is_some();
    let text = match (is_own, known) {
        (true, _) => format!(
            "`{name}` is a function of Python, which is no value in the language of cases; call it, or write a function that does"
        ),
        (false, Some(Known { what: What::Exception, .. })) => format!(
            "`{name}` is a Python built-in that the language of cases does not have; to expect this error, write \
             `raises: {name}`"
        ),
        _ => {
            let instead = instead(name).map_or_else(functions, str::to_owned);
            format!("`{name}` is a Python built-in that the language of cases does not have; {instead}")
        }
    };
    lacking(range, text)
}

/// Returns the sentence that lists the functions of the language.
fn functions() -> String {
    let rows = Kind::ALL.iter().filter(|kind| kind.extension().is_none());
    let mut names: Vec<&str> = rows
        .filter_map(|kind| match kind.row().syntax {
            Syntax::Call(path) if !path.contains('.') => Some(path),
            _ => None,
        })
        .collect();
    names.extend(TYPES.iter().filter(|path| !path.contains('.') && !path.starts_with(char::is_uppercase)));
    names.sort_unstable();
    names.dedup();
    format!("the available functions are {}", names.join(", "))
}

/// Returns what to write instead of a Python built-in.
fn instead(name: &str) -> Option<&'static str> {
    Some(match name {
        "Ellipsis" => "write `...`",
        "__debug__" => "write `True`",
        "ascii" => "write `repr(x)`",
        "delattr" => "write `x.__delattr__('name')`",
        "dir" => "write `x.__dir__()`",
        "format" => "write `x.__format__('')`",
        "issubclass" => "write `b.__subclasscheck__(a)` instead of `issubclass(a, b)`",
        "set" | "frozenset" => "write `sorted(x)`",
        "setattr" => "write `x.__setattr__('name', value)`",
        "vars" => "write `x.__dict__`",
        _ => return None,
    })
}

/// Refuses a module in place of a value.
pub(super) fn module(what: impl Ranged, module: &str) -> ParseError {
    let message =
        format!("`{module}` is a module, and modules are not values in the language of cases; name one of its members");
    lacking(what, message)
}

/// Refuses the name of a module that was not imported.
pub(super) fn not_imported(what: impl Ranged, module: &str) -> ParseError {
    let message = format!("`{module}` is not imported; write `import {module}` in an earlier step");
    ParseError::at(what.range(), message).because(Cause::Context)
}

/// Refuses a member of a module that is not called.
pub(super) fn member(what: impl Ranged, path: &str, known: Option<Known>) -> ParseError {
    let is_called = Kind::call(path).is_some() || known.is_some_and(|known| known.what == What::Function);
    let text = match known.map(|known| known.what) {
        _ if is_called => {
            format!(
                "`{path}` is a function of Python, which is no value in the language of cases; call it, or write a function that does"
            )
        }
        Some(What::Exception) => {
            let name = path.rsplit('.').next().unwrap_or(path);
            format!(
                "`{path}` is a module member that the language of cases does not have; to expect this error, write \
                 `raises: {name}`"
            )
        }
        Some(What::Value) => {
            format!("`{path}` is a module member that the language of cases does not have; write its value")
        }
        _ => format!("`{path}` is a module member that the language of cases does not have"),
    };
    lacking(what, text)
}
