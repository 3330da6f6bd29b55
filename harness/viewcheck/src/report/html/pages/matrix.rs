//! The matrix: areas by engines, and the engines with what they were compared with.

use crate::report::causes::{Survey, Tally};
use crate::report::html::page::Page;
use crate::report::html::words::{counted, figure, text};
use crate::report::html::{cells, link};
use crate::report::model::{Engine, Results};
use maud::{Markup, html};

/// Areas by engines.
pub(in crate::report::html) struct Matrix;

impl Page for Matrix {
    fn id(&self) -> &'static str {
        "matrix"
    }

    fn title(&self) -> &'static str {
        "Matrix"
    }

    fn render(&self, results: &Results, survey: &Survey<'_>) -> Markup {
        let engines = cells::engines(results);
        html! {
            p .lead { (lead(results, &engines)) }
            @if results.count_cases() > 0 && !engines.is_empty() {
                (cells::legend())
                (grid(results, survey, &engines))
                h3 { "Engines" }
                (table(results, survey, &engines))
            }
            @if results.tested().next().is_none() {
                p .note { "No engine was tested: the cases were run on the reference only." }
            }
        }
    }
}

/// What was done, in a sentence.
fn lead(results: &Results, engines: &[&Engine]) -> Markup {
    let cases = counted(results.count_cases(), "case");
    html! {
        @match engines {
            [] => { "There are no results: no engine ran." }
            [engine] => { (cases) " of memoryview and the buffer protocol on " (text(&engine.name)) " (" (text(&engine.description())) ")." }
            engines => { (cases) " of memoryview and the buffer protocol on " (engines.len()) " engines." }
        }
        " Each number leads to its cases; "
        a href="#about" { "how to read this report" }
        "."
    }
}

/// Areas by engines, with how many cases pass of those that were judged.
fn grid(results: &Results, survey: &Survey<'_>, engines: &[&Engine]) -> Markup {
    html! {
        div .wide tabindex="0" role="region" aria-labelledby="matrix-caption" {
            table {
                caption #matrix-caption {
                    "Cases that pass, of those that were judged, by area and engine. The colour and the symbol show the worst that differs, whether it is a known divergence or not."
                }
                thead {
                    tr {
                        th scope="col" { "Area" }
                        @for engine in engines {
                            th .num scope="col" {
                                a href={ "#" (cells::engine_id(results, engine)) } { (text(&engine.name)) }
                            }
                        }
                    }
                }
                tbody {
                    @for area in survey.areas() {
                        tr {
                            th scope="row" { a href=(link::cases(&[("area", &[area])])) { (text(area)) } }
                            @for engine in engines { (cells::passed(&survey.tally(area, engine), engine, Some(area))) }
                        }
                    }
                }
                tfoot {
                    tr {
                        th scope="row" { "All" }
                        @for engine in engines { (cells::passed(&survey.total(engine), engine, None)) }
                    }
                }
            }
        }
    }
}

/// The engines: what they are, what they were compared with, and what came.
fn table(results: &Results, survey: &Survey<'_>, engines: &[&Engine]) -> Markup {
    html! {
        div .wide tabindex="0" role="region" aria-labelledby="engines-caption" {
            table {
                caption #engines-caption {
                    "The engines, the version of Python that each was compared with, and what differs."
                }
                thead {
                    tr {
                        th scope="col" { "Engine" }
                        th scope="col" { "What it is" }
                        th scope="col" { "Compared with" }
                        th scope="col" { "Level" }
                        th .num scope="col" { "Passed" }
                        th .num scope="col" { "Judged" }
                        th scope="col" { "What differs" }
                        th .num scope="col" { "Known" }
                        th .num scope="col" { "Skipped" }
                    }
                }
                tbody {
                    @for engine in engines {
                        (row(results, engine, &survey.total(engine)))
                    }
                }
            }
        }
    }
}

fn row(results: &Results, engine: &Engine, tally: &Tally) -> Markup {
    let name = [&engine.name[..]];
    html! {
        tr {
            th scope="row" { a href={ "#" (cells::engine_id(results, engine)) } { (text(&engine.name)) } }
            td { (text(&engine.description())) }
            td { (text(&engine.comparison())) }
            td { (engine.level.map_or("", |level| level.word())) }
            td .num { (cells::number(tally.passed, &[("engine", &name), ("status", &["pass"])])) }
            td .num { (figure(tally.judged)) }
            td { (cells::severities(tally, engine)) }
            td .num { (cells::number(tally.known, &[("engine", &name), ("status", &["known"])])) }
            td .num { (cells::number(tally.skipped, &[("engine", &name), ("status", &["skip"])])) }
        }
    }
}
