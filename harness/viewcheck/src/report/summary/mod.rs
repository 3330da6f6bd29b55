//! The summary on the terminal. It fits a screen, whatever came: tables of counts, what differs (the worst in full),
//! what can be done next, and a closing sentence.
//!
//! Everything that is shown of programs, documents and engines is escaped for a terminal.

mod changes;
mod closing;
mod mismatches;
mod tables;

pub use changes::changes;
pub(super) use closing::wrong;

use super::changes::Changes;
use super::escape::terminal;
use super::model::{Case, Results, Status};
use super::{Format, agreed};
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::io::{self, Write};

/// How many lines a summary has at most, of a hundred characters.
const SCREEN: usize = 40;
const WIDTH: usize = 100;
/// The longest line. Of texts that are longer the beginning is shown.
const LONGEST: usize = 160;
/// How many of the cases that no engine could run or judge are listed by id.
const MOST_IDLE: usize = 3;
/// How many reasons for skipping cases are shown.
const MOST_REASONS: usize = 3;
/// How many entries that are stale, and how many results, are shown.
const MOST_STALE: usize = 2;
/// How many engines are shown where there is least room.
const FEWEST_ENGINES: usize = 3;

/// Colours, or none.
#[derive(Clone, Copy, Debug)]
pub struct Paint {
    /// Whether there are any.
    pub color: bool,
}

impl Paint {
    fn with(self, code: &str, text: &str) -> String {
        if self.color { format!("\x1b[{code}m{text}\x1b[0m") } else { text.to_owned() }
    }

    fn bold(self, text: &str) -> String {
        self.with("1", text)
    }

    fn red(self, text: &str) -> String {
        self.with("1;31", text)
    }

    fn green(self, text: &str) -> String {
        self.with("32", text)
    }
}

/// Plain text for a terminal.
pub struct Summary {
    /// Its colours.
    pub paint: Paint,
}

impl Summary {
    /// Without colours.
    pub const PLAIN: Summary = Summary { paint: Paint { color: false } };
}

impl Format for Summary {
    fn name(&self) -> &'static str {
        "summary"
    }

    /// None: it is printed.
    fn file(&self) -> Option<&'static str> {
        None
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(render(results, self.paint).as_bytes())
    }
}

/// The summary as text.
pub fn render(results: &Results, paint: Paint) -> String {
    whole(results, paint, None)
}

/// The summary as text, in which what changed takes the place of what differs.
pub fn render_since(results: &Results, changes: &Changes<'_>, paint: Paint) -> String {
    whole(results, paint, Some(changes))
}

fn whole(results: &Results, paint: Paint, since: Option<&Changes<'_>>) -> String {
    // Writing to a String can't fail, here and below.
    let mut end = String::new();
    stale(&mut end, results, paint);
    idle(&mut end, results);
    let before_reasons = end.len();
    let _ = writeln!(end, "\n{}", closing::sentence(results, paint));
    if results.not_run > 0 {
        let ran = results.count_cases();
        let all = super::count(ran + results.not_run, "case");
        let _ = writeln!(end, "Interrupted after {ran} of {all}.");
    }
    let list = if since.is_some() { vec![] } else { agreed::mismatches(results) };
    end += &since.map(|changes| self::changes(changes, paint)).unwrap_or_default();

    let mut out = String::new();
    let least = if list.is_empty() { 0 } else { mismatches::LEAST };
    let reasons = skipped(results);
    // They are the first to go where there is little room.
    if results.engines.len() + least + height(&end) + height(&reasons) + 2 <= SCREEN {
        end.insert_str(before_reasons, &reasons);
    }
    // Two lines are the titles of the table, and that there are more.
    let room = SCREEN.saturating_sub(height(&end) + least + 2);
    tables::engines(&mut out, results, room.max(FEWEST_ENGINES), paint);
    if results.tested().count() <= 1 && since.is_none() {
        tables::documents(&mut out, results);
    }
    let left = SCREEN.saturating_sub(height(&out) + height(&end));
    mismatches::write(&mut out, &list, left, paint);
    out + &end
}

/// The lines that a text takes on a terminal.
fn height(text: &str) -> usize {
    text.lines().map(|line| line.chars().count().div_ceil(WIDTH).max(1)).sum()
}

/// The beginning of a line that is too long.
fn cut(line: &str) -> String {
    cut_to(line, LONGEST)
}

fn cut_to(line: &str, longest: usize) -> String {
    match line.char_indices().nth(longest) {
        Some((end, _)) => format!("{}…", &line[..end]),
        None => line.to_owned(),
    }
}

/// What is wrong with the lists of known divergences. No other place tells it.
fn stale(out: &mut String, results: &Results, paint: Paint) {
    let of_case = |case: &Case| -> Vec<String> {
        let stale = results.engines.iter().filter_map(|engine| {
            let result = case.result(engine).filter(|result| result.status == Status::Stale)?;
            Some(format!("{} on {}: {}", case.id, engine.name, result.reason.as_deref().unwrap_or_default()))
        });
        stale.collect()
    };
    let all: Vec<String> = results.cases.iter().flat_map(of_case).chain(results.unbroken.iter().cloned()).collect();
    for (index, sentence) in all.iter().take(MOST_STALE).enumerate() {
        let blank = if index == 0 { "\n" } else { "" };
        let _ = writeln!(out, "{blank}{}: {}", paint.red("stale"), cut_to(&terminal(sentence), WIDTH - 10));
    }
    if let Some(more) = all.len().checked_sub(MOST_STALE).filter(|more| *more > 0) {
        let _ = writeln!(out, "and {more} more that {} stale", if more == 1 { "is" } else { "are" });
    }
}

/// Lists the cases that no engine could run or judge, so that they are not mistaken for passed.
fn idle(out: &mut String, results: &Results) {
    let is_skipped = |case: &&Case| case.results.values().all(|result| result.status == Status::Skip);
    let (skipped, open): (Vec<&Case>, Vec<&Case>) = results.idle().partition(is_skipped);
    for (cases, verb) in [(skipped, "run"), (open, "judge")] {
        if cases.is_empty() {
            continue;
        }
        let told = cases.iter().take(MOST_IDLE).map(|case| terminal(&case.id)).collect::<Vec<_>>().join(", ");
        let more = match cases.len().saturating_sub(MOST_IDLE) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let _ = writeln!(
            out,
            "\nNo engine could {verb} {}: {}{more}",
            super::count(cases.len(), "case"),
            cut_to(&told, WIDTH - 50)
        );
    }
}

/// Why cases were skipped, the most frequent reasons first.
fn skipped(results: &Results) -> String {
    let mut out = String::new();
    let mut reasons: BTreeMap<&str, (BTreeSet<&str>, BTreeSet<&str>)> = BTreeMap::new();
    for case in &results.cases {
        for engine in &results.engines {
            if let Some(result) = case.result(engine).filter(|result| result.status == Status::Skip) {
                let (cases, engines) = reasons.entry(result.reason.as_deref().unwrap_or_default()).or_default();
                cases.insert(&case.id);
                engines.insert(&engine.name);
            }
        }
    }
    let mut reasons: Vec<_> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, (cases, _))| Reverse(cases.len()));
    for (index, (reason, (cases, engines))) in reasons.iter().take(MOST_REASONS).enumerate() {
        let cases = super::count(cases.len(), "case");
        let on = match engines.len() {
            1 => engines.iter().copied().collect(),
            several => super::count(several, "engine"),
        };
        let line = format!("skipped  {cases} on {}: {}", terminal(&on), terminal(reason));
        let _ = writeln!(out, "{}{}", if index == 0 { "\n" } else { "" }, cut(&line));
    }
    if let Some(more) = reasons.len().checked_sub(MOST_REASONS).filter(|more| *more > 0) {
        let _ = writeln!(out, "and {more} more {}", if more == 1 { "reason" } else { "reasons" });
    }
    out
}

#[cfg(test)]
mod tests;
