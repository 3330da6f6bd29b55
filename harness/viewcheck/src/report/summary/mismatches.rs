//! What differs: as many mismatches as fit on the screen in full, the worst first, the others in a line each.

use super::{LONGEST, Paint, cut, height};
use crate::report::agreed::{Mismatch, mismatches};
use crate::report::count;
use crate::report::escape::{shell, terminal, terminal_lines};
use crate::report::model::Results;
use std::fmt::Write as _;

/// How many lines of a step are shown.
const MOST_LINES: usize = 6;
/// How many mismatches in full are enough.
const IN_FULL: usize = 5;

/// Writes what differs, in about so many lines, but always the worst.
pub(super) fn write(out: &mut String, results: &Results, lines: usize, paint: Paint) {
    let all = mismatches(results);
    let Some(first) = all.first() else { return };
    let next = next(first);
    // The line that says how many more there are, and blank lines.
    let mut left = lines.saturating_sub(height(&next) + 4);
    let (mut shown, mut written) = (0, String::new());
    for mismatch in all.iter().take(IN_FULL) {
        let text = in_full(mismatch, paint);
        if shown > 0 && height(&text) > left {
            break;
        }
        left = left.saturating_sub(height(&text));
        shown += 1;
        written += &text;
    }
    out.push_str(&written);
    if shown < all.len() {
        out.push('\n');
    }
    for mismatch in all.iter().skip(shown) {
        let line = in_short(mismatch);
        if height(&line) > left {
            break;
        }
        left -= height(&line);
        shown += 1;
        out.push_str(&line);
    }
    if shown < all.len() {
        let _ = writeln!(
            out,
            "and {} with other causes; matrix.md, which --report and --out write, has all of them",
            more(&all[shown..])
        );
    }
    out.push_str(&next);
}

/// How many results some mismatches are about.
fn more(rest: &[Mismatch<'_>]) -> String {
    count(rest.iter().map(|mismatch| mismatch.count).sum(), "more result")
}

fn engines(mismatch: &Mismatch<'_>) -> String {
    let names: Vec<String> = mismatch.engines.iter().map(|name| terminal(name)).collect();
    match &names[..] {
        [] => String::new(),
        [name] => name.clone(),
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}

fn in_full(mismatch: &Mismatch<'_>, paint: Paint) -> String {
    let (case, result) = (mismatch.case, mismatch.result);
    let mut out = String::new();
    let title = paint.red(&format!("{} on {}", terminal(&case.id), engines(mismatch)));
    // Writing to a String can't fail.
    let _ = writeln!(out, "\n{title}  {}:{}", terminal(&case.file), mismatch.line());
    let mut line = |label: &str, text: &str| _ = writeln!(out, "  {label:10}{}", cut(text));
    line("claim", &terminal(&case.claim));
    let reason = terminal(result.reason.as_deref().unwrap_or_default());
    let Some((_, step)) = result.failed_step(case) else {
        // What an engine said at its end can be long, and tells most.
        let whole: Vec<char> = reason.chars().collect();
        for (index, part) in whole.chunks(LONGEST).take(3).enumerate() {
            line(if index == 0 { mismatch.word() } else { "" }, &part.iter().collect::<String>());
        }
        likewise(&mut out, mismatch);
        return out;
    };
    let respect = match result.kind {
        Some(kind) if kind.to_string() != reason => format!("{kind}: {reason}"),
        _ => reason,
    };
    line("differs", &respect);
    let lines: Vec<String> = terminal_lines(step.map_or("", |step| &step.run)).collect();
    for (index, text) in lines.iter().take(MOST_LINES).enumerate() {
        line(if index == 0 { "step" } else { "" }, text);
    }
    if lines.len() > MOST_LINES {
        line("", &format!("… ({} more)", count(lines.len() - MOST_LINES, "line")));
    }
    let text = |text: &Option<String>| terminal(text.as_deref().unwrap_or_default());
    // These were cut to the place where they differ.
    let _ = writeln!(out, "  expected  {}\n  actual    {}", text(&result.expected), text(&result.actual));
    likewise(&mut out, mismatch);
    out
}

fn likewise(out: &mut String, mismatch: &Mismatch<'_>) {
    if mismatch.others() > 0 {
        let _ = writeln!(out, "  likewise  {} with this cause", count(mismatch.others(), "more result"));
    }
}

fn in_short(mismatch: &Mismatch<'_>) -> String {
    let Mismatch { case, count: results, .. } = mismatch;
    let line = format!(
        "{}, {}: {} ({} on {})",
        count(*results, "result"),
        mismatch.word(),
        terminal(&mismatch.title),
        terminal(&case.id),
        engines(mismatch)
    );
    cut(&line) + "\n"
}

/// What can be done about it.
fn next(first: &Mismatch<'_>) -> String {
    format!(
        "\nTo run the first one alone: viewcheck check {} --filter {}\nTo list what is known to differ: --write-known \
         FILE\n",
        shell(&first.case.file),
        shell(&first.case.id)
    )
}
