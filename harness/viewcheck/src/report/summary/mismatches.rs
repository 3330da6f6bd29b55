//! What differs: as many mismatches as fit on the screen in full, the worst first, the others in a line each.

use super::{LONGEST, Paint, WIDTH, cut, cut_to, height};
use crate::report::agreed::Mismatch;
use crate::report::count;
use crate::report::escape::{shell, terminal, terminal_lines};
use std::fmt::Write as _;

/// How many lines of a step are shown.
const MOST_LINES: usize = 6;
/// The longest text of what was expected and of what came. Both were cut around the place where they differ.
const LONGEST_VALUE: usize = 280;
/// How many mismatches in full are enough.
const IN_FULL: usize = 5;
/// How many engines are named.
const ENGINES: usize = 4;
/// The lines that the worst mismatch takes at least, with what is said below.
pub(super) const LEAST: usize = 15;

/// How much room a mismatch has.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Room {
    /// As much as it needs.
    Enough,
    /// A line for each thing.
    Little,
}

/// Writes what differs, in about so many lines, but always the worst.
pub(super) fn write(out: &mut String, all: &[Mismatch<'_>], lines: usize, paint: Paint) {
    let Some(first) = all.first() else { return };
    let next = next(first);
    // The line that says how many more there are, and a blank line.
    let mut left = lines.saturating_sub(height(&next) + 2);
    let mut shown = 0;
    for mismatch in all.iter().take(IN_FULL) {
        let mut text = in_full(mismatch, Room::Enough, paint);
        if height(&text) > left {
            if shown > 0 {
                break;
            }
            text = in_full(mismatch, Room::Little, paint);
        }
        left = left.saturating_sub(height(&text));
        shown += 1;
        out.push_str(&text);
    }
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
        let more = more(&all[shown..]);
        let _ = writeln!(out, "and {more} with other causes; matrix.md, which --report and --out write, has them");
    }
    out.push_str(&next);
}

/// How many results some mismatches are about.
fn more(rest: &[Mismatch<'_>]) -> String {
    count(rest.iter().map(|mismatch| mismatch.count).sum(), "more result")
}

fn engines(mismatch: &Mismatch<'_>) -> String {
    let mut names: Vec<String> = mismatch.engines.iter().take(ENGINES).map(|name| terminal(name)).collect();
    match mismatch.engines.len().saturating_sub(ENGINES) {
        0 => {}
        more => names.push(format!("{more} more")),
    }
    match &names[..] {
        [] => String::new(),
        [name] => name.clone(),
        [names @ .., last] => format!("{} and {last}", names.join(", ")),
    }
}

fn in_full(mismatch: &Mismatch<'_>, room: Room, paint: Paint) -> String {
    let (case, result) = (mismatch.case, mismatch.result);
    let (most, longest, longest_value) = match room {
        Room::Enough => (MOST_LINES, LONGEST, LONGEST_VALUE),
        Room::Little => (1, WIDTH - 14, WIDTH - 14),
    };
    let mut out = String::new();
    let title = cut_to(&format!("{} on {}", terminal(&case.id), engines(mismatch)), longest - 40);
    let place = cut_to(&format!("{}:{}", terminal(&case.file), mismatch.line()), longest - 40);
    // Writing to a String can't fail.
    let _ = writeln!(out, "\n{}  {place}", paint.red(&title));
    let mut line = |label: &str, text: &str, longest: usize| _ = writeln!(out, "  {label:10}{}", cut_to(text, longest));
    line("claim", &terminal(&case.claim), longest);
    let reason = terminal(result.reason.as_deref().unwrap_or_default());
    match result.failed_step(case) {
        // What an engine said at its end can be long, and tells most.
        None => line(mismatch.word(), &reason, longest_value),
        Some((_, step)) => {
            let respect = match result.kind {
                Some(kind) if kind.to_string() != reason => format!("{kind}: {reason}"),
                _ => reason,
            };
            line("differs", &respect, longest);
            let lines: Vec<String> = terminal_lines(step.map_or("", |step| &step.run)).collect();
            for (index, text) in lines.iter().take(most).enumerate() {
                line(if index == 0 { "step" } else { "" }, text, longest);
            }
            if lines.len() > most {
                line("", &format!("… ({})", count(lines.len() - most, "more line")), longest);
            }
            for (label, text) in [("expected", &result.expected), ("actual", &result.actual)] {
                line(label, &terminal(text.as_deref().unwrap_or_default()), longest_value);
            }
        }
    }
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

/// What can be done about it. The cases of `spec` are those that are checked by default, here and where it is installed.
fn next(first: &Mismatch<'_>) -> String {
    let file = match first.case.file.starts_with("spec/") {
        true => String::new(),
        false => format!("{} ", shell(&first.case.file)),
    };
    let id = shell(&first.case.id);
    format!(
        "\nNext: viewcheck check {file}--filter {id}\n      runs one alone (add --engine as before); --write-known FILE \
         lists what is known to differ\n"
    )
}
