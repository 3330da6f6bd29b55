//! What `check` tells people on the terminal.

use super::baseline::Changes;
use super::json::Status;
use super::{label, pairs, reason};
use crate::check::{Run, Verdict};
use cases::{Case, Claim, Document, Suite};
use std::fmt::Write;

/// The cases without an engine that are told by name.
const MOST_IDLE: usize = 6;

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

/// The counts of each document, every mismatch, and a sentence that says how it ended.
pub fn render(suite: &Suite, run: &Run, paint: Paint) -> String {
    let mut out = String::new();
    // Writing to a String can't fail, here and below.
    let _ = writeln!(out, "{}", paint.bold(&engines(run)));
    table(&mut out, suite, run);
    for (document, pairs) in pairs(suite, run) {
        for (case, case_run) in pairs {
            for (about, verdict) in run.engines.iter().zip(&case_run.verdicts) {
                if verdict.is_bad() {
                    mismatch(&mut out, document, case, &about.name, verdict, paint);
                }
            }
        }
    }
    let idle: Vec<&str> = pairs(suite, run)
        .flat_map(|(_, pairs)| pairs)
        .filter(|(_, run)| !run.verdicts.is_empty() && run.verdicts.iter().all(|v| matches!(v, Verdict::Skip(_))))
        .map(|(case, _)| case.id.as_str())
        .collect();
    if !idle.is_empty() {
        let told = idle.iter().take(MOST_IDLE).copied().collect::<Vec<_>>().join(", ");
        let more = match idle.len().saturating_sub(MOST_IDLE) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let _ = writeln!(out, "\nNo engine could run {}: {told}{more}", count(idle.len(), "case"));
    }
    let _ = writeln!(out, "\n{}", closing(suite, run, paint));
    out
}

fn engines(run: &Run) -> String {
    let engine =
        |about: &engine::About| format!("{} ({} {})", about.name, about.implementation, about.profile.version());
    format!("Engines: {}", run.engines.iter().map(engine).collect::<Vec<_>>().join(", "))
}

/// What else than a mismatch can be wrong, with the titles of columns that are there only if it is.
const FAILURES: [(Status, &str); 3] = [(Status::Crash, "crashes"), (Status::Hang, "hangs"), (Status::Error, "errors")];

fn table(out: &mut String, suite: &Suite, run: &Run) {
    let documents = suite.documents.iter().zip(&run.documents).filter(|(document, _)| !document.cases.is_empty());
    let failures = FAILURES.iter().filter(|(status, _)| run.count(*status) > 0);
    let statuses = [(Status::Fail, "mismatches"), (Status::Skip, "skipped")].iter().chain(failures);
    let statuses: Vec<&(Status, &str)> = statuses.collect();
    let rows: Vec<(&str, Vec<usize>)> = documents
        .map(|(document, runs)| {
            let refuted = |case: &&Case| matches!(case.verdict, Claim::Refuted { .. });
            let refuted = document.cases.iter().take(runs.len()).filter(refuted).count();
            let of = |(status, _): &&(Status, &str)| runs.iter().map(|run| run.count(*status)).sum();
            let counts = [runs.len() - refuted, refuted].into_iter().chain(statuses.iter().map(of));
            (label(document), counts.collect())
        })
        .collect();
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0).max("document".len());
    let header: Vec<&str> =
        ["confirmed", "refuted"].into_iter().chain(statuses.iter().map(|(_, title)| *title)).collect();
    let _ = writeln!(out, "\n{:width$}  {}", "document", header.join("  "));
    for (label, counts) in rows {
        let cells: Vec<String> =
            counts.iter().zip(&header).map(|(count, title)| format!("{count:>width$}", width = title.len())).collect();
        let _ = writeln!(out, "{label:width$}  {}", cells.join("  "));
    }
}

fn mismatch(out: &mut String, document: &Document, case: &Case, engine: &str, verdict: &Verdict, paint: Paint) {
    let title = paint.red(&format!("{} on {engine}", case.id));
    let Verdict::Fail { difference, .. } = verdict else {
        let _ = writeln!(out, "\n{title}  {}:{}", document.path, case.line);
        let _ = writeln!(out, "  {}", reason(verdict).unwrap_or_default());
        return;
    };
    let step = case.steps.get(difference.step);
    let line = step.map_or(case.line, |step| step.line);
    let _ = writeln!(out, "\n{title}  {}:{line}", document.path);
    let _ = writeln!(out, "  {}: {}", difference.kind(), reason(verdict).unwrap_or_default());
    for (index, line) in step.map(|step| step.text.as_str()).unwrap_or_default().lines().enumerate() {
        let _ = writeln!(out, "  {}{line}", if index == 0 { "step      " } else { "          " });
    }
    let _ = writeln!(out, "  expected  {}", difference.expected);
    let _ = writeln!(out, "  actual    {}", difference.actual);
}

fn closing(suite: &Suite, run: &Run, paint: Paint) -> String {
    let cases = run.cases();
    let what = format!("{} on {}", count(cases, "case"), count(run.engines.len(), "engine"));
    let mut sentence = match run.bad() {
        0 if cases == 0 => "No case was run.".to_owned(),
        0 => paint.green(&format!("All as the cases say: {what}.")),
        _ => paint.red(&format!("{} in {what}.", wrong(run))),
    };
    if !suite.problems.is_empty() {
        let problems = count(suite.problems.len(), "problem");
        sentence += &format!(" Not everything was read: {problems} in the cases, shown above.");
    }
    sentence
}

/// How often what went wrong: `2 mismatches, 1 crash`.
fn wrong(run: &Run) -> String {
    let nouns =
        [(Status::Fail, "mismatch"), (Status::Crash, "crash"), (Status::Hang, "hang"), (Status::Error, "error")];
    let counts = nouns.map(|(status, noun)| (run.count(status), noun));
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    counts.map(|(number, noun)| count(number, noun)).collect::<Vec<_>>().join(", ")
}

/// `1 case`, `2 cases`
pub(crate) fn count(count: usize, noun: &str) -> String {
    let plural = if noun.ends_with("ch") || noun.ends_with("sh") { "es" } else { "s" };
    format!("{count} {noun}{}", if count == 1 { "" } else { plural })
}

/// What changed since the baseline.
pub fn changes(changes: &Changes, paint: Paint) -> String {
    let mut out = String::new();
    let parts =
        [("fixed", &changes.fixed), ("broken", &changes.broken), ("new", &changes.new), ("gone", &changes.gone)];
    let totals: Vec<String> = parts.iter().map(|(word, names)| format!("{} {word}", names.len())).collect();
    let _ = writeln!(out, "\n{}", paint.bold(&format!("Since the baseline: {}", totals.join(", "))));
    for (word, names) in parts {
        for name in names {
            let word = if word == "broken" { paint.red(word) } else { word.to_owned() };
            let _ = writeln!(out, "  {word}: {name}");
        }
    }
    out
}
