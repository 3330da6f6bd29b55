//! What several pages show of counts: cells of tables, the symbols of severities, and links to the cases behind a number.

use super::{link, words};
use crate::report::causes::{Severity, Tally};
use crate::report::model::{Engine, Results};
use maud::{Markup, html};

/// The engines that pages are about: those that are tested, or all if none is.
pub(super) fn engines(results: &Results) -> Vec<&Engine> {
    match results.tested().count() {
        0 => results.engines.iter().collect(),
        _ => results.tested().collect(),
    }
}

/// The id of the part of a page that is about an engine.
pub(super) fn engine_id(results: &Results, engine: &Engine) -> String {
    let number = results.engines.iter().position(|other| other.name == engine.name).unwrap_or_default();
    format!("engine-{number}")
}

/// The symbol of a severity, which says without colour what the class says with it.
pub(super) fn symbol(severity: Severity) -> &'static str {
    match severity {
        Severity::Bytes => "✗",
        Severity::Value => "≠",
        Severity::Crash => "!",
        Severity::Hang => "∞",
        Severity::MissingError => "∅",
        Severity::Error => "▲",
        Severity::ErrorType => "△",
        Severity::Wording => "~",
    }
}

/// The class of a severity.
pub(super) fn class(severity: Severity) -> String {
    format!("severity-{}", severity.word().replace(' ', "-"))
}

/// A number with a link to the cases that it counts; nothing for zero.
pub(super) fn number(count: usize, filters: &[(&str, &[&str])]) -> Markup {
    html! {
        @if count > 0 { a href=(link::cases(filters)) { (words::figure(count)) } }
    }
}

/// How many cases of an area an engine passes, of those that were judged, with a link to them. The class and the symbol
/// are those of the worst that differs. Without an area, the cell is about all of them.
pub(super) fn passed(tally: &Tally, engine: &Engine, area: Option<&str>) -> Markup {
    let name = [&engine.name[..]];
    let area: Vec<&str> = area.into_iter().collect();
    let worst = tally.severities().map(|(severity, _)| severity).find(|severity| *severity != Severity::Wording);
    let (class, symbol) = match worst {
        _ if tally.judged == 0 => ("status-skip".to_owned(), "–"),
        Some(severity) => (class(severity), symbol(severity)),
        None if tally.errors + tally.stale > 0 => ("status-error".to_owned(), "E"),
        None => ("status-pass".to_owned(), "✓"),
    };
    // Where something differs, that is what a reader asks for.
    let differs = worst.is_some() || tally.errors + tally.stale > 0;
    let status: &[&str] = if differs { &["fail", "known", "crash", "hang", "stale", "error"] } else { &[] };
    let address = link::cases(&[("engine", &name), ("area", &area), ("status", status)]);
    // A reader who knows what is known wants to see what is not.
    let new = if tally.known > 0 { tally.fresh() } else { 0 };
    html! {
        td class={ "num " (class) } {
            @if tally.judged + tally.skipped + tally.open > 0 {
                a href=(address) {
                    span aria-hidden="true" { (symbol) " " }
                    @if tally.judged == 0 { span .hidden { "none judged" } }
                    @else { (tally.passed) "/" wbr; (tally.judged) }
                    span .hidden { (spoken(tally)) }
                    @if new > 0 { " " strong { (new) " new" } }
                }
            }
        }
    }
}

/// What differs, for those who hear a cell.
fn spoken(tally: &Tally) -> String {
    let words: Vec<String> = tally.words().into_iter().chain(tally.others()).collect();
    if words.is_empty() { String::new() } else { format!("; {}", words.join(", ")) }
}

/// The severities that came up on an engine, each with its number and a link to its cases.
pub(super) fn severities(tally: &Tally, engine: &Engine) -> Markup {
    html! {
        @for (severity, count) in tally.severities() {
            a class={ "chip " (class(severity)) }
                href=(link::cases(&[("engine", &[&engine.name]), ("severity", &[severity.word()])])) {
                span aria-hidden="true" { (symbol(severity)) " " }
                (severity.counted(count).replacen(&count.to_string(), &words::figure(count), 1))
            }
            " "
        }
        @for other in tally.others() { span .chip { (other) } " " }
    }
}

/// What the symbols mean.
pub(super) fn legend() -> Markup {
    html! {
        ul .legend {
            li { span .chip.status-pass { span aria-hidden="true" { "✓ " } "all passed" } }
            @for severity in Severity::ALL {
                li {
                    span class={ "chip " (class(severity)) } { span aria-hidden="true" { (symbol(severity)) " " } (severity.word()) }
                }
            }
            li { span .chip.status-skip { span aria-hidden="true" { "– " } "none judged" } }
        }
    }
}
