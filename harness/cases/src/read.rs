//! Reads cases from the tree of a file, and checks everything beyond the shape of the YAML.

use crate::problem::{Lines, Mistake};
use crate::rows::{self, Budget, Row, Rows};
use crate::text::{CaseShell, EntryText, FileShell, LanguageText, LeftOutText, OutcomeText, StepShell, VerdictText};
use crate::yaml::{Found, Node};
use crate::{Bounds, Case, Document, Expectation, Expected, LeftOut, Requirement, Step, Verdict};
use crate::{allocates, shape, source};
use program::capability::{CAPABILITIES, SOURCE};
use program::{Cause, Kind, Name, Operation, ParseError, Parser, Program, SourceParser};
use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;
use view::Version;

/// The place where each id was first used.
pub(crate) type Ids = HashMap<String, String>;

/// Reads a whole file. Mistakes are added to `found`, and cases with mistakes are left out.
pub(crate) fn document(path: &str, source: &str, root: &Node, ids: &mut Ids, found: &mut Vec<Found>) -> Document {
    let mut document =
        Document { path: path.into(), document: None, title: None, cases: vec![], refused: 0, left_out: vec![] };
    let shell: FileShell = match shape::read(root) {
        Ok(shell) => shell,
        Err(mistake) => {
            found.push(mistake);
            return document;
        }
    };
    if shell.cases.is_none() && shell.left_out.is_none() {
        found.push((root.span.start..root.span.start, Mistake::NothingInIt));
    }
    let top = [("document", &shell.document), ("title", &shell.title)];
    for (key, _) in top.into_iter().filter(|(_, text)| text.as_deref().is_some_and(is_blank)) {
        found.push((root.span_of(key), Mistake::NothingIn(key)));
    }
    for node in root.get("left_out").map(Node::items).unwrap_or_default() {
        refuse_blank(node, &["section", "claim", "why"], found);
    }
    document.document = shell.document;
    document.title = shell.title;
    let left_out = |LeftOutText { section, claim, why }| LeftOut { section, claim, why };
    document.left_out = shell.left_out.into_iter().flatten().map(left_out).collect();
    let mut reader =
        Reader { path, source, lines: Lines::of(source), budget: Budget::default(), ids, refused: 0, found };
    for node in root.get("cases").map(Node::items).unwrap_or_default() {
        match node.get(rows::KEY) {
            None => document.cases.extend(reader.sound(node, None)),
            Some(_) => document.cases.extend(reader.rows(node)),
        }
    }
    document.refused = reader.refused;
    document
}

fn is_blank(text: &str) -> bool {
    text.trim().is_empty()
}

/// Refuses keys that are there and say nothing.
fn refuse_blank(node: &Node, keys: &[&'static str], found: &mut Vec<Found>) {
    for key in keys {
        let blank = node.get(key).filter(|value| value.text().is_some_and(is_blank));
        found.extend(blank.map(|value| (value.span.clone(), Mistake::NothingIn(key))));
    }
}

/// Reads one case, and gathers its mistakes.
struct Reader<'a> {
    path: &'a str,
    source: &'a str,
    lines: Lines,
    budget: Budget,
    ids: &'a mut Ids,
    /// How many cases have mistakes.
    refused: usize,
    found: &'a mut Vec<Found>,
}

impl Reader<'_> {
    fn refuse(&mut self, span: Range<usize>, mistake: Mistake) {
        self.found.push((span, mistake));
    }

    fn read<'n, T: serde::Deserialize<'n>>(&mut self, node: &'n Node) -> Option<T> {
        shape::read(node).map_err(|found| self.found.push(found)).ok()
    }

    /// Returns the case, if it has no mistakes.
    fn sound(&mut self, node: &Node, row: Option<&Row<'_>>) -> Option<Case> {
        let before = self.found.len();
        let case = self.case(node, row).filter(|_| self.found.len() == before);
        self.refused += usize::from(case.is_none());
        case
    }

    /// Returns the cases of a table.
    fn rows(&mut self, node: &Node) -> Vec<Case> {
        // All rows share the id, so it is checked once.
        let first = self.found.len();
        if let Some(id) = node.get("id").and_then(Node::text) {
            self.id(node, id);
        }
        let is_named = self.found.len() == first;
        let Some(rows) = Rows::read(node, self.source, &mut self.budget, self.found) else {
            self.refused += 1;
            return vec![];
        };
        let before = self.found.len();
        let (mut cases, mut mistakes) = (vec![], vec![]);
        for row in rows.cases() {
            cases.extend(self.sound(&row.case, Some(&row)));
            mistakes.extend(self.found.drain(before..).map(|found| (row.label, found)));
        }
        self.found.extend(rows.told(&mistakes));
        if !is_named {
            self.refused += cases.len();
            cases.clear();
        }
        cases
    }

    fn id(&mut self, node: &Node, id: &str) {
        let line = self.lines.line(node.span.start);
        if let Some(first) = self.ids.get(id) {
            let mistake = Mistake::DuplicateId { id: id.to_owned(), first: first.clone() };
            self.refuse(node.span_of("id"), mistake);
        } else {
            self.ids.insert(id.to_owned(), format!("{}:{line}", self.path));
        }
        let id_chars = |char: char| char.is_ascii_lowercase() || char.is_ascii_digit() || char == '-';
        if id.is_empty() || id.starts_with('-') || !id.chars().all(id_chars) {
            self.refuse(node.span_of("id"), Mistake::BadId(id.to_owned()));
        }
    }

    fn case(&mut self, node: &Node, row: Option<&Row<'_>>) -> Option<Case> {
        let shell: CaseShell = self.read(node)?;
        if row.is_none() {
            self.id(node, &shell.id);
        }
        refuse_blank(node, &["section", "claim"], self.found);
        let verdict = match (shell.verdict, shell.instead) {
            (VerdictText::Refuted, Some(instead)) if !is_blank(&instead) => Verdict::Refuted { instead },
            (VerdictText::Refuted, _) => {
                self.refuse(node.span_of("verdict"), Mistake::NeedsInstead);
                Verdict::Confirmed
            }
            (VerdictText::Confirmed, instead) => {
                if instead.is_some() {
                    self.refuse(node.span_of("instead"), Mistake::NeedsNoInstead);
                }
                Verdict::Confirmed
            }
        };
        for need in node.get("needs").map(Node::items).unwrap_or_default() {
            let text = need.text().unwrap_or_default();
            if !CAPABILITIES.contains(text) {
                self.refuse(need.span.clone(), Mistake::BadCapability(text.to_owned()));
            }
        }
        let python = self.requirement(node, shell.python.as_deref());
        let nodes = node.get("steps").map(Node::items).unwrap_or_default();
        if shell.steps.is_empty() {
            self.refuse(node.span_of("steps"), Mistake::NoSteps);
        }
        let mut program = match shell.language {
            None => self.program(nodes, Parser::new(), Parser::step, Parser::finish)?,
            Some(LanguageText::Python) => {
                self.program(nodes, SourceParser::new(), SourceParser::step, SourceParser::finish)?
            }
        };
        let mut needs = shell.needs.unwrap_or_default();
        if program.is_source() && !needs.iter().any(|need| need == SOURCE) {
            needs.insert(0, SOURCE.to_owned());
        }
        let mut bound = vec![false; program.names.len()];
        let mut steps = Vec::with_capacity(nodes.len());
        for (index, step) in nodes.iter().enumerate() {
            bind(&program, index, &mut bound);
            steps.extend(self.step(step, &At { program: &program, index, bound: &bound }, &python));
        }
        allocates::count(&mut program, &steps);
        let source = match row {
            Some(row) => source::row(node, row.label),
            None => source::copied(self.source, node),
        };
        let (id, span) = match row {
            Some(row) => (format!("{}/{}", shell.id, row.label), &row.span),
            None => (shell.id, &node.span),
        };
        Some(Case {
            id,
            line: self.lines.line(span.start),
            table: row.map(|row| Arc::clone(&row.table)),
            section: shell.section,
            claim: shell.claim,
            verdict,
            needs,
            python,
            program,
            steps,
            source,
        })
    }

    /// Parses all steps. Returns `None` unless all of them could be parsed.
    fn program<P>(
        &mut self,
        nodes: &[Node],
        mut parser: P,
        parse: impl Fn(&mut P, &str) -> Result<(), ParseError>,
        finish: impl FnOnce(P) -> Program,
    ) -> Option<Program> {
        let before = self.found.len();
        let mut is_refused = false;
        for node in nodes {
            let Some(run) = node.get("run") else { continue };
            let Some(text) = run.text() else { continue };
            let Err(error) = parse(&mut parser, text) else { continue };
            // What a step that was refused would have made is missing in those after it.
            if is_refused && error.cause == Cause::Context {
                continue;
            }
            // The way out is the same for the whole case.
            let mistake = match error.cause {
                Cause::Language | Cause::Context if !is_refused => Mistake::Language(error.to_string()),
                _ => Mistake::Python(error.to_string()),
            };
            is_refused = true;
            self.refuse(run.locate(self.source, &error.range), mistake);
        }
        // A step without `run` can't be parsed. It is reported with the other mistakes of the step.
        let complete = nodes.iter().all(|node| node.get("run").is_some_and(|run| run.text().is_some()));
        if !complete {
            nodes.iter().for_each(|node| drop(self.read::<StepShell>(node)));
        }
        (self.found.len() == before).then(|| finish(parser))
    }

    fn requirement(&mut self, node: &Node, text: Option<&str>) -> Requirement {
        let Some(text) = text else { return Requirement::default() };
        let mistake = match Requirement::parse(text) {
            None => Mistake::BadRequirement(text.to_owned()),
            Some(requirement) => match requirement.unknown_python() {
                Some(version) => Mistake::NoSuchPython(version),
                None if requirement.is_of_python() => return requirement,
                None => Mistake::EmptyRange(text.to_owned()),
            },
        };
        self.refuse(node.span_of("python"), mistake);
        Requirement::default()
    }

    fn step(&mut self, node: &Node, at: &At<'_>, python: &Requirement) -> Option<Step> {
        let shell: StepShell = self.read(node)?;
        let run = node.get("run")?;
        let text = shell.run.0.trim_end().to_owned();
        let line = self.lines.line(run.span.start);
        let split = shell.expect.is_some();
        let outcome = shell.outcome();
        if !split {
            let expectation = self.expectation(node, outcome, at);
            return Some(Step { text, line, expectations: vec![(Requirement::default(), expectation)] });
        }
        for key in outcome.keys() {
            self.refuse(node.span_of(key), Mistake::BesideExpect(key));
        }
        let mut expectations = vec![];
        for entry in node.get("expect").map(Node::items).unwrap_or_default() {
            let text: EntryText = self.read(entry)?;
            let versions = self.requirement(entry, Some(&text.python));
            expectations.push((versions, self.expectation(entry, text.outcome(), at)));
        }
        match (expectations.is_empty(), uncovered(&expectations, python)) {
            (true, _) => self.refuse(node.span_of("expect"), Mistake::NoEntries),
            (false, Some(mistake)) => self.refuse(node.span_of("expect"), mistake),
            (false, None) => {}
        }
        Some(Step { text, line, expectations })
    }

    fn expectation(&mut self, node: &Node, text: OutcomeText, at: &At<'_>) -> Expectation {
        refuse_blank(node, &["raises", "type"], self.found);
        const OUTCOMES: [&str; 4] = ["gives", "shares", "type", "raises"];
        let keys = text.keys();
        let outcomes: Vec<&str> = OUTCOMES.into_iter().filter(|key| keys.contains(key)).collect();
        // `type` is only allowed with a value.
        let contradiction = match outcomes[..] {
            [first, .., "raises"] => Some((first, "raises")),
            ["gives", "shares", ..] => Some(("gives", "shares")),
            _ => None,
        };
        if let Some((first, second)) = contradiction {
            self.refuse(node.span_of(second), Mistake::Contradiction(first, second));
        }
        if let Some(key) = outcomes.first().filter(|key| **key != "raises" && !at.has_value()) {
            self.refuse(node.span_of(key), Mistake::NoValue(key));
        }
        if text.message.is_some() && text.raises.is_none() {
            self.refuse(node.span_of("message"), Mistake::MessageWithoutRaises);
        }
        let unknown = text.raises.as_deref().filter(|name| !at.may_raise(name)).and_then(Mistake::misspelled_exception);
        if let Some(mistake) = unknown {
            self.refuse(node.span_of("raises"), mistake);
        }
        if text.prints.is_some() && !at.prints() {
            self.refuse(node.span_of("prints"), Mistake::NoPrint);
        }
        let masked = |text: String| program::mask(text.trim_end_matches('\n'));
        let outcome = if let Some(literal) = text.gives {
            self.parsed(node, "gives", program::parse::literal(&literal.0)).map(Expected::Gives)
        } else if let Some(place) = text.shares {
            self.parsed(node, "shares", program::parse::place(&place)).and_then(|place| {
                Some(Expected::Shares(self.bound(node.span_of("shares"), &place.name, at)?, place.item))
            })
        } else {
            let message = text.message.map(|message| masked(message.0));
            text.raises.map(|exception| Expected::Raises(exception, message))
        };
        let locks = text.locks.map(|names| {
            let nodes = node.get("locks").map(Node::items).unwrap_or_default();
            let bound = |(name, node): (&String, &Node)| self.bound(node.span.clone(), name, at);
            let mut locks: Vec<Name> = names.iter().zip(nodes).filter_map(bound).collect();
            locks.sort_unstable();
            locks.dedup();
            locks
        });
        let allocates = text.allocates.and_then(|bounds| match Bounds::parse(&bounds) {
            Ok(bounds) => Some(bounds),
            Err(error) => {
                let span = node.get("allocates").map(|value| value.locate(self.source, &error.range));
                self.refuse(span.unwrap_or_else(|| node.span.clone()), Mistake::BadBounds(error.what));
                None
            }
        });
        Expectation {
            outcome: outcome.unwrap_or_default(),
            type_name: text.type_name,
            prints: text.prints.map(|prints| masked(prints.0)),
            locks,
            allocates,
        }
    }

    fn parsed<T>(&mut self, node: &Node, key: &str, parsed: Result<T, ParseError>) -> Option<T> {
        let error = match parsed {
            Ok(value) => return Some(value),
            Err(error) => error,
        };
        let span = match node.get(key) {
            Some(value) => value.locate(self.source, &error.range),
            None => node.span.clone(),
        };
        self.refuse(span, Mistake::Python(error.to_string()));
        None
    }

    fn bound(&mut self, span: Range<usize>, text: &str, at: &At<'_>) -> Option<Name> {
        let name = at.program.name(text).filter(|name| at.bound.get(usize::from(*name)) == Some(&true));
        if name.is_none() {
            self.refuse(span, Mistake::Unbound(text.to_owned()));
        }
        name
    }
}

/// A step, and the names that are known at it.
struct At<'a> {
    program: &'a Program,
    index: usize,
    /// For each name of the program, whether it was bound by the end of this step.
    bound: &'a [bool],
}

impl At<'_> {
    fn operations(&self) -> &[program::Operation] {
        self.program.step(self.index)
    }

    fn prints(&self) -> bool {
        // What a step in any Python calls is not known.
        let is_print = |operation: &program::Operation| matches!(operation.kind, Kind::Print | Kind::Source);
        let bodies = &self.program.bodies;
        // Which function a step calls is known when it runs.
        let may_call = bodies.iter().any(|body| body.function.is_some());
        self.program.step_with_blocks(self.index).into_iter().any(is_print)
            || may_call && bodies.iter().flat_map(|body| &body.operations).any(is_print)
    }

    /// Whether there may be an exception of that name: the case makes it, or a module has it.
    fn may_raise(&self, name: &str) -> bool {
        let is_made = |body: &program::Body| body.function.as_ref().is_some_and(|function| *function.name == *name);
        self.program.is_source()
            || self.program.bodies.iter().any(is_made)
            || program::names::modules().any(|module| program::names::member(module, name).is_some())
    }

    fn has_value(&self) -> bool {
        self.operations().last().is_some_and(|operation| !operation.is_statement())
    }
}

/// Adds the names that a step binds.
fn bind(program: &Program, step: usize, bound: &mut [bool]) {
    for name in program.step_with_blocks(step).into_iter().flat_map(Operation::binds) {
        if let Some(bound) = bound.get_mut(usize::from(name)) {
            *bound = true;
        }
    }
}

/// Checks the versions of `expect`: exactly one entry must apply to each version of the case.
fn uncovered(entries: &[(Requirement, Expectation)], case: &Requirement) -> Option<Mistake> {
    let ends = [Version::new(3, 0, 0), Version::new(3, u8::MAX, 0)];
    let samples = entries.iter().flat_map(|(python, _)| python.samples()).chain(case.samples()).chain(ends);
    for version in samples.filter(|version| case.admits(*version)) {
        match entries.iter().filter(|(python, _)| python.admits(version)).count() {
            0 => return Some(Mistake::NotCovered(shown(version))),
            1 => {}
            _ => return Some(Mistake::Overlap(shown(version))),
        }
    }
    None
}

/// Formats a version. The patch level is omitted if it is the largest, which stands for the whole minor version.
fn shown(version: Version) -> String {
    match version.patch {
        u8::MAX => format!("{}.{}", version.major, version.minor),
        _ => version.to_string(),
    }
}

#[cfg(test)]
mod language;
