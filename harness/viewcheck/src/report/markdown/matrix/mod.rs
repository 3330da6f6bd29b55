//! The matrix: areas by engines, and for each engine what differs, by area and by cause.

mod section;

use crate::report::causes::{Severity, Survey, Tally, differs};
use crate::report::escape::{markdown_code as code, markdown_text as text};
use crate::report::model::{Engine, Results};
use crate::report::{Format, count};
use std::fmt::Write as _;
use std::io::{self, Write};

/// The matrix, as a Markdown page.
pub struct Matrix;

/// How many reasons for skipping cases stand in the table of engines. The section of an engine lists more.
const REASONS: usize = 2;

impl Format for Matrix {
    fn name(&self) -> &'static str {
        "matrix"
    }

    fn file(&self) -> Option<&'static str> {
        Some("matrix.md")
    }

    /// Where one engine is tested and nothing differs, the report says it all.
    fn is_for(&self, results: &Results) -> bool {
        results.tested().count() > 1 || results.tested().any(|engine| differs(results, engine))
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(page(results).as_bytes())
    }
}

/// The whole page. Its last line counts the cases, so that a truncated page is recognized.
fn page(results: &Results) -> String {
    // Writing to a String can't fail, here and in the sections.
    let mut out = String::from("# The conformance matrix of memoryview\n\n");
    let _ = writeln!(
        out,
        "What differs from CPython, by area and by cause. A *cause* is a group of results that are likely due to one \
         defect. *Judged* are the cases that ran to their end. A case that an engine can't run is skipped, and neither \
         passes nor fails. *Known* are the differences that `spec/known` lists. *Stale* are cases that pass although it \
         lists them. The title of a cause tells of its smallest case: what the program does, what Python gives \
         (*expected*) and what the engine gave (*came*). A known cause has the reason that `spec/known` gives.\n"
    );
    for severity in Severity::ALL {
        let _ = writeln!(out, "- **{}**: {}", severity.word(), text(severity.sentence()));
    }
    let survey = Survey::of(results);
    engines(&mut out, results, &survey);
    grid(&mut out, results, &survey);
    for engine in results.tested() {
        section::write(&mut out, &survey, engine);
    }
    let part = if results.incomplete().is_none() { "" } else { " of an incomplete run" };
    let _ = writeln!(out, "\n---\n\nEnd of matrix: {}{part}.", count(results.count_cases(), "case"));
    out
}

fn engines(out: &mut String, results: &Results, survey: &Survey<'_>) {
    let _ = writeln!(
        out,
        "\n## Engines\n\n\
         | engine | implementation | Python | compared with | level | passed of judged | differs | known | skipped |\n\
         |---|---|---|---|---|---:|---|---:|---|"
    );
    for engine in results.tested() {
        let tally = survey.total(engine);
        let own = engine.implementation_version.as_deref().or(engine.version.as_deref()).unwrap_or_default();
        let level = engine.level.map_or("", |level| level.word());
        let _ = writeln!(
            out,
            "| {} | {} | {} | {} | {level} | {} of {} | {} | {} | {} |",
            text(&engine.name),
            text(&format!("{} {own}", engine.implementation)),
            code(engine.version.as_deref().unwrap_or("unknown")),
            text(&engine.comparison()),
            tally.passed,
            tally.judged,
            tally.words().into_iter().chain(tally.others()).collect::<Vec<_>>().join(", "),
            tally.known,
            skipped(survey, engine, REASONS),
        );
    }
}

/// The reasons for which cases are skipped, the most frequent first, and at most so many.
fn skipped(survey: &Survey<'_>, engine: &Engine, most: usize) -> String {
    let reasons = survey.skips(engine);
    let rest: usize = reasons.iter().skip(most).map(|(_, count)| count).sum();
    let mut words: Vec<String> =
        reasons.iter().take(most).map(|(reason, count)| format!("{count}: {}", text(reason))).collect();
    if rest > 0 {
        words.push(format!("{rest}: other reasons"));
    }
    words.join("; ")
}

/// Areas by engines. What differs stands in the section of the engine, so that many engines fit side by side.
fn grid(out: &mut String, results: &Results, survey: &Survey<'_>) {
    let engines: Vec<&Engine> = results.tested().collect();
    let names: String = engines.iter().map(|engine| format!(" {} |", text(&engine.name))).collect();
    let _ = writeln!(
        out,
        "\n## Areas\n\nEach cell has the number of cases that pass, of those that were judged. It is bold where some don't \
         pass.\n\n| area |{names}\n|---|{}",
        "---:|".repeat(engines.len())
    );
    for area in survey.areas() {
        let _ = write!(out, "| {} |", text(area));
        for engine in &engines {
            let _ = write!(out, " {} |", passed(&survey.tally(area, engine)));
        }
        out.push('\n');
    }
}

/// How many cases pass, of those that were judged; nothing where none was.
fn passed(tally: &Tally) -> String {
    let counts = format!("{}/{}", tally.passed, tally.judged);
    match tally.judged {
        0 => String::new(),
        judged if tally.passed < judged => format!("**{counts}**"),
        _ => counts,
    }
}

#[cfg(test)]
mod tests;
