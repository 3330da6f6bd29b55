//! Parses functions: their parameters, and which of their names are local.

use super::refuse::{self, refuse, refuse_for};
use super::{Parser, Result};
use crate::operation::Kind;
use crate::program::{Function, FunctionParameter, Local};
use ruff_python_ast::{ExceptHandler, Parameters, Stmt, StmtFunctionDef};

impl Parser {
    /// `def`
    pub(super) fn function(&mut self, statement: &StmtFunctionDef) -> Result<()> {
        if statement.is_async {
            return Err(refuse(statement, "`async def`"));
        }
        if self.scope.function.is_some() && !self.scope.is_class {
            return Err(refuse_for(statement, "a function in a function", "define it in a step of its own"));
        }
        if let Some(decorator) = statement.decorator_list.first() {
            return Err(refuse_for(decorator, "a decorator", "call it with the function, and bind the result"));
        }
        if let Some(annotation) = statement.returns.as_deref() {
            return Err(refuse_for(annotation, "an annotation", "leave it out"));
        }
        if let Some(parameters) = statement.type_params.as_deref() {
            return Err(refuse(parameters, "a type parameter"));
        }
        let (mut parameters, mut names) = (vec![], vec![]);
        let mut defaults = vec![];
        for (parameter, by_keyword) in all(&statement.parameters)? {
            if let Some(annotation) = parameter.parameter.annotation.as_deref() {
                return Err(refuse_for(annotation, "an annotation", "leave it out"));
            }
            if names.iter().any(|name| *name == parameter.parameter.name.as_str()) {
                return Err(refuse::no_python(&parameter.parameter, "a parameter that is there twice"));
            }
            names.push(parameter.parameter.name.to_string());
            parameters.push(FunctionParameter { has_default: parameter.default.is_some(), by_keyword });
            if let Some(default) = &parameter.default {
                defaults.push(self.operand(default)?);
            }
        }
        bound(&statement.body, &mut names);
        let variable = self.variable(&statement.name, statement.name.range)?;
        let function = Function {
            name: statement.name.as_str().into(),
            parameters,
            locals: names.iter().map(|name| name.as_str().into()).collect(),
        };
        // A function may call itself, and what it calls may change any name.
        self.has_functions = true;
        let inner = super::Scope {
            function: Some(function),
            variables: names.into_iter().zip(0..).map(|(name, index)| (name, index as Local)).collect(),
            blocks: 0,
            loops: 0,
            depth: self.scope.depth,
            is_class: false,
            is_method: self.scope.is_class,
        };
        let outer = std::mem::replace(&mut self.scope, inner);
        let known = (self.bound.clone(), self.deleted.clone());
        let body = self.parse_body(false, statement.range, |parser| parser.statements(&statement.body));
        (self.bound, self.deleted) = known;
        let inner = std::mem::replace(&mut self.scope, outer);
        let mut body = body?;
        body.function = inner.function;
        let body = self.add_body(body, statement.range)?;
        self.push(Kind::Define, variable.target(), [body].into_iter().chain(defaults));
        self.bind_variable(variable);
        Ok(())
    }
}

/// The parameters of a function, and which of them are passed by keyword only.
fn all(parameters: &Parameters) -> Result<Vec<(&ruff_python_ast::ParameterWithDefault, bool)>> {
    if let Some(parameter) = parameters.posonlyargs.first() {
        return Err(refuse_for(parameter, "a parameter before `/`", "leave the `/` out"));
    }
    if let Some(parameter) = parameters.vararg.as_deref() {
        return Err(refuse_for(parameter, "`*` before a parameter", "write the parameters out, or pass a tuple"));
    }
    if let Some(parameter) = parameters.kwarg.as_deref() {
        return Err(refuse_for(parameter, "`**` before a parameter", "write the parameters out"));
    }
    let positional = parameters.args.iter().map(|parameter| (parameter, false));
    Ok(positional.chain(parameters.kwonlyargs.iter().map(|parameter| (parameter, true))).collect())
}

/// Adds the names that statements bind, and which are therefore local to their function.
fn bound(statements: &[Stmt], names: &mut Vec<String>) {
    let add = |name: &str, names: &mut Vec<String>| {
        if !names.iter().any(|known| known == name) {
            names.push(name.to_owned());
        }
    };
    for statement in statements {
        match statement {
            Stmt::Assign(statement) => statement.targets.iter().for_each(|target| Parser::names_of(target, names)),
            Stmt::AugAssign(statement) => Parser::names_of(&statement.target, names),
            Stmt::Delete(statement) => statement.targets.iter().for_each(|target| Parser::names_of(target, names)),
            Stmt::For(statement) => {
                Parser::names_of(&statement.target, names);
                bound(&statement.body, names);
                bound(&statement.orelse, names);
            }
            Stmt::While(statement) => {
                bound(&statement.body, names);
                bound(&statement.orelse, names);
            }
            Stmt::If(statement) => {
                bound(&statement.body, names);
                statement.elif_else_clauses.iter().for_each(|clause| bound(&clause.body, names));
            }
            Stmt::With(statement) => {
                let targets = statement.items.iter().filter_map(|item| item.optional_vars.as_deref());
                targets.for_each(|target| Parser::names_of(target, names));
                bound(&statement.body, names);
            }
            Stmt::Try(statement) => {
                bound(&statement.body, names);
                for handler in &statement.handlers {
                    let ExceptHandler::ExceptHandler(handler) = handler;
                    if let Some(name) = &handler.name {
                        add(name, names);
                    }
                    bound(&handler.body, names);
                }
                bound(&statement.orelse, names);
                bound(&statement.finalbody, names);
            }
            _ => {}
        }
    }
}
