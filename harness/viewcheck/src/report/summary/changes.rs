//! What changed since the baseline: the counts, and each regression in a line.

use super::{Paint, cut, height};
use crate::report::changes::{Change, Changes, Kind, rows};
use crate::report::count;
use crate::report::escape::terminal;
use std::fmt::Write as _;

/// How many lines the lists take, and how many changes of each kind that is no regression are listed.
const LINES: usize = 22;
const MOST_OTHERS: usize = 2;
/// How many notes are shown.
const MOST_NOTES: usize = 3;

/// What changed, in a screen at most.
pub fn changes(changes: &Changes<'_>, paint: Paint) -> String {
    let mut out = String::new();
    // Writing to a String can't fail.
    let _ = writeln!(out, "\n{}", paint.bold(&format!("Since the baseline: {}", changes.totals().join(", "))));
    for note in changes.notes.iter().take(MOST_NOTES) {
        let _ = writeln!(out, "  note: {}", cut(&terminal(note)));
    }
    if changes.notes.len() > MOST_NOTES {
        let _ = writeln!(out, "  note: and {}", count(changes.notes.len() - MOST_NOTES, "more note"));
    }
    let (mut left, mut left_out) = (LINES, 0);
    let mut list = |out: &mut String, word: &str, line: &str, alike: usize| {
        let text = format!("  {word}: {}\n", cut(&terminal(line)));
        match height(&text) <= left {
            true => (left, *out) = (left - height(&text), std::mem::take(out) + &text),
            false => left_out += alike,
        }
    };
    for kind in Kind::ALL {
        let most = if kind.is_regression() { usize::MAX } else { MOST_OTHERS };
        let word = if kind.is_regression() { paint.red(kind.word()) } else { kind.word().to_owned() };
        let groups = changes.groups(kind);
        for (change, alike) in groups.iter().take(most) {
            list(&mut out, &word, &line(change, alike - 1), *alike);
        }
    }
    for (case, engines) in changes.added.iter().filter(|(_, engines)| !engines.is_empty()).take(MOST_OTHERS) {
        list(&mut out, "new case", &format!("{} fails on {}", case.id, engines.join(", ")), 1);
    }
    for case in changes.removed.iter().take(MOST_OTHERS) {
        list(&mut out, "removed case", &case.id, 1);
    }
    let others = Kind::ALL.into_iter().filter(|kind| !kind.is_regression());
    let alike = |kind| changes.groups(kind).iter().skip(MOST_OTHERS).map(|(_, alike)| alike).sum::<usize>();
    left_out += others.map(alike).sum::<usize>();
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
fn line(change: &Change<'_>, more: usize) -> String {
    let (case, now) = (change.case, change.now);
    let mut line = format!("{}{} on {}", case.id, rows(more), change.engine);
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
    line
}
