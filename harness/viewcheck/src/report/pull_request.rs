//! `summary.md`, for a pull request or the summary of a CI job: short, and complete in what matters. With a baseline it
//! lists what is fixed, broken and new, and without one the worst causes of what differs.
//!
//! Texts of others are code throughout, where nothing is a link, an image or a mention.

use super::agreed::{Mismatch, mismatches};
use super::causes::differs;
use super::changes::{Change, Changes, Kind, rows};
use super::escape::{markdown_block, markdown_code as code, markdown_text as text};
use super::model::{Results, Status};
use super::summary::wrong;
use super::{Format, count};
use std::fmt::Write as _;
use std::io::{self, Write};

/// How many causes are listed, and how many changes of each kind. GitHub takes 65,536 characters as a comment.
const CAUSES: usize = 5;
const CHANGES: usize = 30;
/// The longest text in a table.
const LONGEST: usize = 120;

/// A short page in Markdown.
pub struct PullRequest;

impl Format for PullRequest {
    fn name(&self) -> &'static str {
        "pull request"
    }

    fn file(&self) -> Option<&'static str> {
        Some("summary.md")
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(page(results, None).as_bytes())
    }

    fn render_since(&self, results: &Results, changes: &Changes<'_>, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(page(results, Some(changes)).as_bytes())
    }
}

fn page(results: &Results, changes: Option<&Changes<'_>>) -> String {
    let mut out = String::from("## viewcheck: memoryview\n\n");
    // Writing to a String can't fail, here and below.
    let _ = writeln!(out, "{}", headline(results, changes));
    if !results.complete {
        let _ = writeln!(out, "\n**The run is not complete.** What is missing is not reported.");
    } else if let Some(why) = results.incomplete() {
        let _ = writeln!(out, "\n**The results are not complete:** {}.", text(&why));
    }
    engines(&mut out, results);
    match changes {
        Some(changes) => self::changes(&mut out, changes),
        None => causes(&mut out, results),
    }
    for sentence in &results.unbroken {
        let _ = writeln!(out, "\nStale: {}", text(sentence));
    }
    let differs = results.tested().any(|engine| differs(results, engine));
    let matrix = if differs { ", and everything that differs by cause in [matrix.md](matrix.md)" } else { "" };
    let _ = writeln!(
        out,
        "\nEach case with its steps is in [index.html](index.html){matrix}, beside this file. To run one case alone: \
         `viewcheck check --engine NAME=COMMAND --filter CASE`."
    );
    out
}

/// What came, in a sentence.
fn headline(results: &Results, changes: Option<&Changes<'_>>) -> String {
    let what = format!("{} on {}", count(results.count_cases(), "case"), count(results.engines.len(), "engine"));
    match changes {
        Some(changes) if changes.regressions() > 0 => {
            format!("**{}** since the baseline, in {what}.", changes.totals().join(", "))
        }
        Some(changes) => format!("No regression since the baseline: {}, in {what}.", changes.totals().join(", ")),
        None if results.bad() > 0 => format!("**{}.**", wrong(results, &what)),
        None => match results.count_cases() - results.idle().count() {
            0 => format!("Nothing was checked: {what} could not be run and judged."),
            judged if !results.complete => format!("As expected as far as it ran: {judged} of {what}."),
            judged => format!("Everything as expected: {judged} of {what}."),
        },
    }
}

fn engines(out: &mut String, results: &Results) {
    let columns = [
        (Status::Fail, "mismatches"),
        (Status::Crash, "crashes"),
        (Status::Hang, "hangs"),
        (Status::Error, "errors"),
        (Status::Known, "known"),
        (Status::Stale, "stale"),
        (Status::Open, "open"),
        (Status::Skip, "skipped"),
    ];
    let shown = columns.into_iter().filter(|(status, _)| results.count(*status) > 0);
    let shown: Vec<(Status, &str)> = shown.collect();
    let titles: String = shown.iter().map(|(_, title)| format!(" {title} |")).collect();
    let _ = writeln!(out, "\n| engine | | passed |{titles}\n|---|---|---:|{}", "---:|".repeat(shown.len()));
    for engine in &results.engines {
        let of = |status| results.summary.get(&engine.name).map_or(0, |counts| counts.get(status));
        let counts: String = shown.iter().map(|(status, _)| format!(" {} |", of(*status))).collect();
        let _ = writeln!(
            out,
            "| {} | {} | {} |{counts}",
            code(&engine.name),
            code(&engine.description()),
            of(Status::Pass)
        );
    }
}

/// The worst causes of what differs, without a baseline.
fn causes(out: &mut String, results: &Results) {
    let all = mismatches(results);
    if all.is_empty() {
        return;
    }
    let _ = writeln!(out, "\n### The worst of what differs");
    for mismatch in all.iter().take(CAUSES) {
        cause(out, mismatch);
    }
    let rest: usize = all.iter().skip(CAUSES).map(|mismatch| mismatch.count).sum();
    if rest > 0 {
        let _ = writeln!(out, "\nAnd {} with {}.", count(rest, "result"), count(all.len() - CAUSES, "other cause"));
    }
}

fn cause(out: &mut String, mismatch: &Mismatch<'_>) {
    let Mismatch { case, result, .. } = mismatch;
    let engines: Vec<String> = mismatch.engines.iter().map(|name| code(name)).collect();
    let _ = writeln!(
        out,
        "\n- **{}** in {}: {}; {} on {}, {}\n",
        mismatch.word(),
        count(mismatch.count, "result"),
        code(&short(&mismatch.title)),
        code(&case.id),
        engines.join(", "),
        code(&format!("{}:{}", case.file, mismatch.line()))
    );
    if let Some((number, _)) = result.failed_step(case) {
        let mut program: String = case.steps.iter().take(number).map(|step| format!("{}\n", step.run)).collect();
        let texts = [("expected", &result.expected), ("actual", &result.actual)];
        for (word, value) in texts {
            let value = value.as_deref().unwrap_or_default();
            let _ = writeln!(program, "# {word}: {}", value.split_whitespace().collect::<Vec<_>>().join(" "));
        }
        for line in markdown_block(&program).lines() {
            let _ = writeln!(out, "  {line}");
        }
    }
}

fn changes(out: &mut String, changes: &Changes<'_>) {
    for note in &changes.notes {
        let _ = writeln!(out, "\nNote: {}", text(note));
    }
    for kind in Kind::ALL {
        let of_kind = changes.groups(kind);
        if of_kind.is_empty() {
            continue;
        }
        section(out, &kind.counted(changes.of(kind).count()), kind.sentence(), kind.is_regression(), |out| {
            let _ = writeln!(out, "| case | engine | expected | actual |\n|---|---|---|---|");
            for (change, alike) in of_kind.iter().take(CHANGES) {
                row(out, change, alike - 1);
            }
            more(out, of_kind.iter().skip(CHANGES).map(|(_, alike)| alike).sum());
        });
    }
    if !changes.added.is_empty() {
        let title = count(changes.added.len(), "new case");
        section(out, &title, "The baseline does not have them.", false, |out| {
            let failing = changes.added.iter().filter(|(_, engines)| !engines.is_empty());
            let passing = changes.added.iter().filter(|(_, engines)| engines.is_empty());
            for (case, engines) in failing.chain(passing).take(CHANGES) {
                let engines: Vec<String> = engines.iter().map(|name| code(name)).collect();
                let fails =
                    if engines.is_empty() { String::new() } else { format!(": fails on {}", engines.join(", ")) };
                let _ = writeln!(out, "- {}{fails}", code(&case.id));
            }
            more(out, changes.added.len().saturating_sub(CHANGES));
        });
    }
    if !changes.removed.is_empty() {
        let title = count(changes.removed.len(), "removed case");
        section(out, &title, "Only the baseline has them.", false, |out| {
            for case in changes.removed.iter().take(CHANGES) {
                let _ = writeln!(out, "- {}", code(&case.id));
            }
            more(out, changes.removed.len().saturating_sub(CHANGES));
        });
    }
    if changes.still > 0 {
        let fail = if changes.still == 1 { "fails" } else { "fail" };
        let _ = writeln!(out, "\n{} {fail} as before.", count(changes.still, "result"));
    }
}

/// A part of the page. What is no regression has to be opened.
fn section(out: &mut String, title: &str, sentence: &str, is_open: bool, body: impl FnOnce(&mut String)) {
    let open = if is_open { " open" } else { "" };
    let _ = writeln!(out, "\n<details{open}><summary>{title}</summary>\n\n{sentence}\n");
    body(out);
    let _ = writeln!(out, "\n</details>");
}

fn more(out: &mut String, more: usize) {
    if more > 0 {
        let _ = writeln!(out, "\nAnd {more} more.");
    }
}

fn row(out: &mut String, change: &Change<'_>, more: usize) {
    let Change { case, engine, now, .. } = change;
    let edited = if change.is_edited { " (edited)" } else { "" };
    let cells = match (&now.expected, &now.actual) {
        (Some(expected), Some(actual)) => [code(&short(expected)), code(&short(actual))],
        _ => [String::new(), now.reason.as_deref().map(|reason| code(&short(reason))).unwrap_or_default()],
    };
    let _ = writeln!(out, "| {}{}{edited} | {} | {} |", code(&case.id), rows(more), code(engine), cells.join(" | "));
}

/// The beginning of a text.
fn short(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
