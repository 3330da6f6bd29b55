//! Where each claim comes from: the sections of each document with their claims, the cases that check them, and the claims
//! that no case checks.

use crate::report::causes::Survey;
use crate::report::html::link;
use crate::report::html::page::Page;
use crate::report::html::words::{counted, figure, prose, text};
use crate::report::model::Results;
use crate::report::provenance::{self, LIBRARY, Section, cases};
use maud::{Markup, html};

/// Where each claim comes from.
pub(in crate::report::html) struct Traceability;

impl Page for Traceability {
    fn id(&self) -> &'static str {
        "traceability"
    }

    fn title(&self) -> &'static str {
        "Traceability"
    }

    fn render(&self, results: &Results, _survey: &Survey<'_>) -> Markup {
        let sections = provenance::sections(results);
        let ids = link::Ids::of(results);
        html! {
            p .lead {
                "Which sections of which documents the cases check. What no document says is on the page "
                a href="#undocumented" { "Undocumented behaviour" } "."
            }
            @for (index, document) in sections.chunk_by(|one, next| one.document == next.document).enumerate() {
                (of_document(results, &ids, index, document))
            }
        }
    }
}

fn of_document(results: &Results, ids: &link::Ids<'_>, index: usize, sections: &[Section<'_>]) -> Markup {
    let name = sections.first().map_or("", |section| section.document);
    let title = results.documents.iter().find(|document| document.document.as_deref() == Some(name));
    let title = title.and_then(|document| document.title.as_deref());
    let caption = format!("trace-{index}");
    html! {
        h3 id={ (caption) "-document" } { (text(title.unwrap_or(name))) }
        @if title.is_some() { p .note { (text(name)) } }
        div .wide tabindex="0" role="region" aria-labelledby={ (caption) "-document " (caption) } {
            table {
                caption id=(caption) { "Document " (index + 1) ". " (summary(sections)) }
                thead {
                    tr {
                        th scope="col" { "Section" }
                        th .num scope="col" { "Claims" }
                        th .num scope="col" { "Cases" }
                        th .num scope="col" { "Claims without a case" }
                    }
                }
                tbody {
                    @for section in sections {
                        tr {
                            th scope="row" { (text(section.section)) }
                            td .num { (figure(section.claims.len() + section.left_out.len())) }
                            td .num {
                                @match cases(&section.claims) {
                                    0 => strong { "none" },
                                    count => a href=(address(section)) { (figure(count)) },
                                }
                            }
                            td .num { (section.left_out.len()) }
                        }
                    }
                }
            }
        }
        details {
            summary { "The claims" }
            @for section in sections { (claims(ids, section)) }
        }
    }
}

/// The cases of a section. Files that name no document share the sections of Python's documentation, which the text of
/// their cases has.
fn address(section: &Section<'_>) -> String {
    let words = format!("\"{}\"", section.section.replace('"', " "));
    let document = [section.document];
    let document = if section.document == LIBRARY { &[][..] } else { &document[..] };
    link::cases(&[("document", document), ("q", &[&words])])
}

/// How much of a document is checked.
fn summary(sections: &[Section<'_>]) -> String {
    let claims = match provenance::left_out(sections) {
        0 => "every claim has a case".to_owned(),
        1 => "1 claim has no case".to_owned(),
        many => format!("{many} claims have no case"),
    };
    format!("{}; {claims}.", provenance::bare(sections))
}

/// The claims of a section, and why some have no case.
fn claims(ids: &link::Ids<'_>, section: &Section<'_>) -> Markup {
    html! {
        h4 { (text(section.section)) }
        ul {
            @for claim in &section.claims {
                li {
                    (prose(&claim.claim)) " " a .code href=(ids.address(claim)) { (text(&claim.id)) }
                    @if claim.cases > 1 { " (" (counted(claim.cases, "row")) ")" }
                }
            }
            @for left in &section.left_out {
                li { (prose(&left.claim)) " " strong { "No case:" } " " (prose(&left.why)) "." }
            }
        }
    }
}
