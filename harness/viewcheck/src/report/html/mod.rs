//! The report as one HTML file, which needs nothing else: it opens from a folder, without a network.
//!
//! Its pages ([`page::PAGES`]) are rendered here and can be read without JavaScript. The list of cases, with all that
//! each engine gave, is data in the page ([`pack`]), from which the script (`assets`) makes what is asked for. Text of
//! cases and engines is escaped by the templates; the data is base64, so that nothing in it can end its element.

mod assets;
mod cells;
mod link;
mod machinery;
mod pack;
mod page;
mod pages;
mod plot;
mod words;

use super::Format;
use super::causes::Survey;
use super::model::Results;
use maud::{DOCTYPE, Markup, PreEscaped, html};
use page::{PAGES, Page};
use pages::CAMPAIGNS;
use std::io::{self, Write};

/// One HTML file.
pub struct Html;

impl Format for Html {
    fn name(&self) -> &'static str {
        "html"
    }

    fn file(&self) -> Option<&'static str> {
        Some("index.html")
    }

    fn needs_cases(&self) -> bool {
        false
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        let data = [("data", pack::pack(results)?), ("details", pack::details(results)?)];
        out.write_all(document(results, &data).into_string().as_bytes())
    }
}

/// The whole document. The data and the script come last, so that the pages can be read before they have arrived.
fn document(results: &Results, data: &[(&str, String)]) -> Markup {
    let (script, survey) = (assets::script(), Survey::of(results));
    // Of a report about campaigns only, the other pages would be empty.
    let is_told = |page: &&dyn Page| page.is_for(results) && (!results.is_of_campaigns() || page.id() == CAMPAIGNS);
    let pages: Vec<&dyn Page> = PAGES.iter().copied().filter(is_told).collect();
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta http-equiv="Content-Security-Policy" content=(assets::policy(&script));
                meta name="color-scheme" content="light dark";
                title { (title(results)) }
                style { (PreEscaped(assets::STYLE)) }
            }
            body {
                a .skip href="#content" { "Skip to the content" }
                header .site {
                    h1 { "Conformance of memoryview" }
                    div #tools {}
                    nav #pages aria-label="Pages of the report" {
                        ul {
                            @for page in &pages {
                                li { a href={ "#" (page.id()) } { (page.title()) } }
                            }
                        }
                    }
                }
                main #content tabindex="-1" {
                    (incomplete(results))
                    @for page in &pages {
                        section .page id=(page.id()) aria-labelledby={ (page.id()) "-title" } {
                            h2 id={ (page.id()) "-title" } { (page.title()) }
                            (page.render(results, &survey))
                        }
                    }
                }
                footer .site {
                    p { "Made by viewcheck from " (words::counted(results.count_cases(), "case")) "." }
                }
                @for (id, data) in data {
                    script id=(id) type="application/octet-stream;base64" { (PreEscaped(data)) }
                }
                script { (PreEscaped(&script)) }
            }
        }
    }
}

/// What a tab of the browser is called.
fn title(results: &Results) -> String {
    let engines: Vec<String> = results.tested().take(2).map(|engine| words::text(&engine.name)).collect();
    match (results.tested().count(), &engines[..]) {
        (0, _) => "Conformance of memoryview".to_owned(),
        (1 | 2, names) => format!("memoryview on {}", names.join(" and ")),
        (engines, _) => format!("memoryview on {engines} engines"),
    }
}

/// A warning above every page, if the results are not of a whole run.
fn incomplete(results: &Results) -> Markup {
    html! {
        @if let Some(why) = results.incomplete() {
            p .warning role="note" { strong { "This report is not complete:" } " " (words::prose(&why)) "." }
        }
        @if results.abridged {
            p .note role="note" {
                "Cases that pass on every engine are counted in this report, but not listed: its results were published without them."
            }
        }
    }
}

#[cfg(test)]
mod tests;
