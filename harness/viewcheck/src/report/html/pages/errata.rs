//! The claims of documents that are wrong: first all of them in a sentence each, then each with a program that shows what
//! happens instead.

use crate::report::causes::Survey;
use crate::report::html::page::Page;
use crate::report::html::words::{counted, program, prose, text};
use crate::report::html::{cells, link};
use crate::report::model::{Case, Checked, Document, Engine, Results, Status};
use maud::{Markup, html};

/// The claims of documents that are wrong.
pub(in crate::report::html) struct Errata;

/// A wrong claim.
struct Erratum<'a> {
    /// Its number, counted from 1.
    number: usize,
    document: &'a Document,
    /// The case that shows it.
    case: &'a Case,
    /// What happens instead.
    instead: &'a str,
    /// More cases of the same claim.
    more: &'a [Case],
}

impl Page for Errata {
    fn id(&self) -> &'static str {
        "errata"
    }

    fn title(&self) -> &'static str {
        "Errata"
    }

    fn render(&self, results: &Results, _survey: &Survey<'_>) -> Markup {
        let documents = results.by_document();
        let errata = errata(&documents);
        let mut named: Vec<&str> = errata.iter().map(|erratum| erratum.document.label()).collect();
        named.dedup();
        html! {
            @if errata.is_empty() { p .lead { "No claim of a document was found to be wrong." } }
            @else {
                p .lead {
                    (counted(errata.len(), "claim")) " of " (counted(named.len(), "document"))
                    @if errata.len() == 1 { " is wrong." } @else { " are wrong." }
                    " Each was checked by running a program."
                }
                @for of_one in errata.chunk_by(|one, next| one.document.file == next.document.file) { (list(of_one)) }
                h3 { "The programs" }
                @for erratum in &errata { (entry(results, erratum)) }
            }
        }
    }
}

/// The wrong claims, in the order of the documents.
fn errata<'a>(documents: &[(&'a Document, Vec<Checked<'a>>)]) -> Vec<Erratum<'a>> {
    let mut errata = vec![];
    for (document, claims) in documents {
        for checked in claims {
            let [case, more @ ..] = checked.cases else { continue };
            let Some(instead) = &case.instead else { continue };
            errata.push(Erratum { number: errata.len() + 1, document, case, instead, more });
        }
    }
    errata
}

/// The wrong claims of one document in a sentence each.
fn list(errata: &[Erratum<'_>]) -> Markup {
    let Some(first) = errata.first() else { return html! {} };
    html! {
        h3 { (name(first.document)) }
        p .note { (text(first.document.label())) }
        ol start=(first.number) {
            @for erratum in errata {
                li {
                    "It says that " (prose(&erratum.case.claim)) ". "
                    strong { "Really, " (prose(erratum.instead)) "." } " "
                    a href={ "#erratum-" (erratum.number) } { "Program " (erratum.number) }
                }
            }
        }
    }
}

/// What a document is called: its title, if it has one.
fn name(document: &Document) -> String {
    text(document.title.as_deref().unwrap_or(document.label()))
}

/// A wrong claim with its program.
fn entry(results: &Results, erratum: &Erratum<'_>) -> Markup {
    let Erratum { number, document, case, instead, more } = erratum;
    html! {
        article id={ "erratum-" (number) } {
            h4 { (number) ". " (prose(&case.claim)) }
            p { "Really, " (prose(instead)) "." }
            p .note {
                (name(document)) ", section “" (text(&case.section)) "” · "
                a .code href=(link::case(&case.id)) { (text(&case.id)) }
            }
            (program(&observed(case)))
            p .note { (asked(results, case)) }
            @if !more.is_empty() {
                p .note {
                    "The same holds for " (counted(more.len(), "more row")) ": "
                    @for (index, case) in more.iter().enumerate() {
                        @if index > 0 { ", " }
                        a .code href=(link::case(&case.id)) { (text(&case.id)) }
                    }
                    "."
                }
            }
        }
    }
}

/// The program. A comment after each step shows what an interpreter gave.
fn observed(case: &Case) -> String {
    let mut lines = vec![];
    for (index, step) in case.steps.iter().enumerate() {
        lines.extend(step.run.lines().map(str::to_owned));
        let seen = case.observed.as_ref().and_then(|observed| observed.get(index));
        lines.extend(seen.into_iter().flatten().flat_map(|seen| seen.lines()).map(|line| format!("# {line}")));
    }
    lines.join("\n")
}

/// Which engines were asked, and what they say.
fn asked(results: &Results, case: &Case) -> Markup {
    let judged = |engine: &&Engine| case.result(engine).is_some_and(|result| result.status.is_judged());
    let engines: Vec<_> = cells::engines(results).into_iter().filter(judged).collect();
    let (agree, differ): (Vec<_>, Vec<_>) =
        engines.into_iter().partition(|engine| case.result(engine).is_some_and(|result| result.status == Status::Pass));
    let names = |engines: &[&Engine]| engines.iter().map(|engine| text(&engine.name)).collect::<Vec<_>>().join(", ");
    html! {
        @if case.observed.is_none() { "No engine of this report could run this program." }
        @else if agree.is_empty() { "The comments show what the reference gives." }
        @else { "So it is on " (names(&agree)) "." }
        @if !differ.is_empty() { " Another result: " (names(&differ)) "." }
    }
}
