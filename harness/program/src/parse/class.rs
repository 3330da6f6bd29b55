//! Parses classes: a base, attributes, and methods.

use super::refuse::{refuse, refuse_for};
use super::{Parser, Result};
use crate::operation::Kind;
use crate::program::Function;
use ruff_python_ast::{Expr, Stmt, StmtClassDef};

impl Parser {
    /// `class`
    pub(super) fn class(&mut self, statement: &StmtClassDef) -> Result<()> {
        if self.scope.function.is_some() {
            return Err(refuse_for(statement, "a class in a function", "define it in a step of its own"));
        }
        if let Some(decorator) = statement.decorator_list.first() {
            return Err(refuse_for(decorator, "a decorator", "call it with the class, and bind the result"));
        }
        if let Some(parameters) = statement.type_params.as_deref() {
            return Err(refuse(parameters, "a type parameter"));
        }
        let (bases, keywords) = match statement.arguments.as_deref() {
            Some(arguments) => (&*arguments.args, &*arguments.keywords),
            None => (&[][..], &[][..]),
        };
        if let Some(keyword) = keywords.first() {
            return Err(refuse(keyword, "a keyword of a class"));
        }
        if let Some(second) = bases.get(1) {
            return Err(refuse_for(second, "a second base of a class", "write its methods in the class"));
        }
        let base = bases.iter().map(|base| self.operand(base)).collect::<Result<Vec<_>>>()?;
        let mut names: Vec<String> = vec![];
        for statement in &statement.body {
            match statement {
                Stmt::FunctionDef(function) if !names.iter().any(|name| *name == function.name.as_str()) => {
                    names.push(function.name.to_string());
                }
                Stmt::Assign(assignment) if assignment.targets.iter().all(Expr::is_name_expr) => {
                    assignment.targets.iter().for_each(|target| Parser::names_of(target, &mut names));
                }
                Stmt::FunctionDef(_) | Stmt::Pass(_) => {}
                Stmt::Expr(statement) if statement.value.is_string_literal_expr() => {}
                other => {
                    let instead = "write methods and assignments to names";
                    return Err(refuse_for(other, "such a statement in a class", instead));
                }
            }
        }
        let variable = self.variable(&statement.name, statement.name.range)?;
        let head = Function {
            name: statement.name.as_str().into(),
            parameters: vec![],
            locals: names.iter().map(|name| name.as_str().into()).collect(),
        };
        self.has_functions = true;
        let inner = super::Scope {
            function: Some(head),
            variables: vec![],
            blocks: 0,
            loops: 0,
            depth: self.scope.depth,
            is_class: true,
            is_method: false,
        };
        let outer = std::mem::replace(&mut self.scope, inner);
        let body = self.parse_body(false, statement.range, |parser| parser.statements(&statement.body));
        let inner = std::mem::replace(&mut self.scope, outer);
        let mut body = body?;
        body.function = inner.function;
        let body = self.add_body(body, statement.range)?;
        self.push(Kind::Class, variable.target(), [body].into_iter().chain(base));
        self.bind_variable(variable);
        Ok(())
    }
}
