//! What changed since the baseline: the counts, and each regression in a line.

use super::{Paint, cut};
use crate::report::changes::{Change, Changes, Kind};
use crate::report::escape::terminal;
use std::fmt::Write as _;

/// How many changes of each kind are listed: of regressions, and of others.
const MOST_REGRESSIONS: usize = 8;
const MOST_OTHERS: usize = 2;
/// How many notes are shown.
const MOST_NOTES: usize = 4;

/// What changed, in a screen at most.
pub fn changes(changes: &Changes<'_>, paint: Paint) -> String {
    let mut out = String::new();
    // Writing to a String can't fail.
    let _ = writeln!(out, "\n{}", paint.bold(&format!("Since the baseline: {}", changes.totals().join(", "))));
    for note in changes.notes.iter().take(MOST_NOTES) {
        let _ = writeln!(out, "  note: {}", cut(&terminal(note)));
    }
    if changes.notes.len() > MOST_NOTES {
        let _ = writeln!(out, "  note: and {} more about engines", changes.notes.len() - MOST_NOTES);
    }
    let mut left_out = 0;
    for kind in Kind::ALL {
        let most = if kind.is_regression() { MOST_REGRESSIONS } else { MOST_OTHERS };
        for change in changes.of(kind).take(most) {
            let word = if kind.is_regression() { paint.red(kind.word()) } else { kind.word().to_owned() };
            let _ = writeln!(out, "  {word}: {}", cut(&line(change)));
        }
        left_out += changes.of(kind).count().saturating_sub(most);
    }
    for (case, engines) in changes.added.iter().filter(|(_, engines)| !engines.is_empty()).take(MOST_OTHERS) {
        let _ =
            writeln!(out, "  new case: {}", cut(&terminal(&format!("{} fails on {}", case.id, engines.join(", ")))));
    }
    for case in changes.removed.iter().take(MOST_OTHERS) {
        let _ = writeln!(out, "  removed case: {}", cut(&terminal(&case.id)));
    }
    if left_out > 0 {
        let _ = writeln!(out, "and {left_out} more: see summary.md, which --report and --out write");
    }
    if changes.still > 0 {
        let fail = if changes.still == 1 { "result fails" } else { "results fail" };
        let _ = writeln!(out, "{} {fail} as before.", changes.still);
    }
    out
}

/// A change in a line: for a regression with its place, what was expected, and what came.
fn line(change: &Change<'_>) -> String {
    let (case, now) = (change.case, change.now);
    let mut line = format!("{} on {}", case.id, change.engine);
    if change.is_edited {
        line += " (the case was edited)";
    }
    if change.kind.is_regression() || change.kind == Kind::Exposed {
        let step = now.failed_step(case).and_then(|(_, step)| step);
        line += &format!("  {}:{}  ", case.file, step.map_or(case.line, |step| step.line));
        line += &match (&now.expected, &now.actual) {
            (Some(expected), Some(actual)) => format!("expected {expected}, got {actual}"),
            _ => now.reason.clone().unwrap_or_default(),
        };
    }
    terminal(&line)
}
