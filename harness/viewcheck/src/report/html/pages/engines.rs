//! What differs on each engine: by area, and by cause with the smallest program of each.

use crate::report::causes::{Cause, Severity, Survey, Tally};
use crate::report::html::page::Page;
use crate::report::html::words::{counted, figure, program, prose, text};
use crate::report::html::{cells, link};
use crate::report::model::{Engine, Results, Status};
use maud::{Markup, html};

/// What differs on each engine.
pub(in crate::report::html) struct Engines;

/// How many causes of an engine are shown with their program. The others are in a table.
const SHOWN: usize = 10;

/// How many claims of a cause are listed.
const CLAIMS: usize = 12;

/// How many reasons for skipping cases are listed.
const REASONS: usize = 12;

impl Page for Engines {
    fn id(&self) -> &'static str {
        "engines"
    }

    fn title(&self) -> &'static str {
        "Engines"
    }

    fn is_for(&self, results: &Results) -> bool {
        !results.engines.is_empty()
    }

    fn render(&self, results: &Results, survey: &Survey<'_>) -> Markup {
        let engines = cells::engines(results);
        html! {
            p .lead {
                "What differs on each engine, by area and by cause. A cause is a group of results that are likely due to one defect; the worst come first, with their smallest program."
            }
            @if engines.len() > 1 {
                ul .legend {
                    @for engine in &engines {
                        li { a .chip href={ "#" (cells::engine_id(results, engine)) } { (text(&engine.name)) } }
                    }
                }
            }
            @for engine in &engines {
                (section(results, survey, engine))
            }
        }
    }
}

fn section(results: &Results, survey: &Survey<'_>, engine: &Engine) -> Markup {
    let causes = survey.causes(engine);
    let id = cells::engine_id(results, engine);
    let tally = survey.total(engine);
    let skips = survey.skips(engine);
    html! {
        section id=(id) aria-labelledby={ (id) "-name" } {
            h3 id={ (id) "-name" } { (text(&engine.name)) }
            p {
                (text(&engine.description())) ", compared with " (text(&engine.comparison()))
                @if let Some(level) = engine.level { " at the level " code { (level.word()) } }
                ". It passes " (figure(tally.passed)) " of the " (figure(tally.judged)) " cases that were judged"
                @if tally.known > 0 { ", and differs in " (figure(tally.known)) " as " code { "spec/known" } " lists" }
                "."
            }
            @if causes.is_empty() { p { "Nothing differs." } }
            @else { p { (cells::severities(&tally, engine)) } }
            @if !skips.is_empty() { (skipped(engine, &skips)) }
            @if !causes.is_empty() { (by_area(survey, engine)) }
            @for (index, cause) in causes.iter().take(SHOWN).enumerate() {
                (shown(engine, index + 1, cause))
            }
            @if causes.len() > SHOWN {
                details {
                    summary { (counted(causes.len() - SHOWN, "more cause")) }
                    (others(engine, &id, &causes[SHOWN..]))
                }
            }
        }
    }
}

/// Why cases were skipped.
fn skipped(engine: &Engine, skips: &[(&str, usize)]) -> Markup {
    let all: usize = skips.iter().map(|(_, count)| count).sum();
    let rest: usize = skips.iter().skip(REASONS).map(|(_, count)| count).sum();
    html! {
        details {
            summary { (counted(all, "case")) " skipped" }
            ul {
                @for (reason, count) in skips.iter().take(REASONS) {
                    li { (cells::number(*count, &[("engine", &[&engine.name]), ("status", &["skip"])])) ": " (prose(reason)) }
                }
                @if rest > 0 { li { (figure(rest)) ": other reasons" } }
            }
        }
    }
}

/// The areas in which something differs, by the severities that came up.
fn by_area(survey: &Survey<'_>, engine: &Engine) -> Markup {
    let differing: Vec<(&str, &Tally)> =
        survey.by_area(engine).filter(|(_, tally)| tally.severities().next().is_some()).collect();
    let came_up = |severity: &Severity| differing.iter().any(|(_, tally)| tally.count(*severity) > 0);
    let severities: Vec<Severity> = Severity::ALL.into_iter().filter(came_up).collect();
    let name = [&engine.name[..]];
    html! {
        details {
            summary { (counted(differing.len(), "area")) " in which something differs" }
            div .wide tabindex="0" role="region" aria-label={ "What differs by area on " (text(&engine.name)) } {
                table {
                    thead {
                        tr {
                            th scope="col" { "Area" }
                            th .num scope="col" { "Passed" }
                            @for severity in &severities { th .num scope="col" { (severity.column()) } }
                            th .num scope="col" { "known" }
                            th .num scope="col" { "skipped" }
                        }
                    }
                    tbody {
                        @for (area, tally) in &differing {
                            tr {
                                th scope="row" { (text(area)) }
                                (cells::passed(tally, engine, Some(area)))
                                @for severity in &severities {
                                    td .num {
                                        (cells::number(tally.count(*severity), &[("engine", &name), ("severity", &[severity.word()]), ("area", &[area])]))
                                    }
                                }
                                td .num { (cells::number(tally.known, &[("engine", &name), ("status", &["known"]), ("area", &[area])])) }
                                td .num { (cells::number(tally.skipped, &[("engine", &name), ("status", &["skip"]), ("area", &[area])])) }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// A cause with its smallest program.
fn shown(engine: &Engine, number: usize, cause: &Cause<'_>) -> Markup {
    let Some(smallest) = cause.smallest() else { return html! {} };
    html! {
        h4 { (number) ". " (title(cause)) }
        p {
            (severity(cause)) " " (counted(cause.count(), "result")) " in " (cause.areas().into_iter().map(text).collect::<Vec<_>>().join(", "))
            ". The smallest case is " a .code href=(link::case(&smallest.case.id)) { (text(&smallest.case.id)) } "."
        }
        (program(&smallest.example()))
        @if cause.count() > 1 { (claims(engine, cause)) }
    }
}

/// The claims of a cause, with links to their cases.
fn claims(engine: &Engine, cause: &Cause<'_>) -> Markup {
    let mut claims: Vec<(&str, usize)> = vec![];
    for divergence in cause.results() {
        match claims.last_mut() {
            Some((id, count)) if *id == divergence.case.claim_id() => *count += 1,
            _ => claims.push((divergence.case.claim_id(), 1)),
        }
    }
    let rest: usize = claims.iter().skip(CLAIMS).map(|(_, count)| count).sum();
    html! {
        p .note {
            "All: "
            @for (index, (id, count)) in claims.iter().take(CLAIMS).enumerate() {
                @if index > 0 { ", " }
                a .code href=(link::claim_on(&engine.name, id)) { (text(id)) }
                @if *count > 1 { " (" (count) ")" }
            }
            @if rest > 0 { " and " (counted(rest, "more result")) }
            "."
        }
    }
}

/// The causes that are not shown with their program.
fn others(engine: &Engine, id: &str, causes: &[Cause<'_>]) -> Markup {
    html! {
        div .wide tabindex="0" role="region" aria-label={ "More causes on " (text(&engine.name)) } {
            table id={ (id) "-causes" } {
                thead {
                    tr {
                        th scope="col" { "Severity" }
                        th .num scope="col" { "Results" }
                        th scope="col" { "Cause" }
                        th scope="col" { "Smallest case" }
                    }
                }
                tbody {
                    @for cause in causes {
                        tr {
                            td { (severity(cause)) }
                            td .num { (cause.count()) }
                            td { (title(cause)) }
                            td {
                                @if let Some(smallest) = cause.smallest() {
                                    a .code href=(link::case(&smallest.case.id)) { (text(&smallest.case.id)) }
                                }
                            }
                        }
                    }
                }
            }
        }
    }
}

/// How bad a cause is, and whether it is known.
fn severity(cause: &Cause<'_>) -> Markup {
    let worded = cause.results().all(|divergence| divergence.status == Status::Pass);
    html! {
        span class={ "chip " (cells::class(cause.severity)) } {
            span aria-hidden="true" { (cells::symbol(cause.severity)) " " } (cause.severity.word())
        }
        @if cause.is_known { " " span .chip.status-known { span aria-hidden="true" { "≠ " } "known" } }
        @if worded { " " span .chip.status-pass { span aria-hidden="true" { "✓ " } "passes" } }
    }
}

/// The title of a cause. In the reason of a known one, backticks enclose code; in the values of another they are themselves.
fn title(cause: &Cause<'_>) -> Markup {
    if cause.is_known {
        prose(&cause.title)
    } else {
        html! { (text(&cause.title)) }
    }
}
