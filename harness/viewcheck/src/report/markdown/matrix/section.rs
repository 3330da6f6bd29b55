//! The section of an engine: areas by severities, and the causes of what differs, the worst first.
//!
//! The ten worst causes are shown with their smallest program, and the others in a table.

use super::{passed, skipped};
use crate::report::causes::{Cause, Severity, Survey, Tally};
use crate::report::count;
use crate::report::escape::{markdown_block, markdown_code as code, markdown_text as text};
use crate::report::model::{Engine, Status};
use std::fmt::Write as _;

/// How many causes of an engine are shown with their program.
pub(super) const SHOWN: usize = 10;

/// How many reasons for skipping cases are listed.
const REASONS: usize = 12;

/// Writes the section of an engine.
pub(super) fn write(out: &mut String, survey: &Survey<'_>, engine: &Engine) {
    let causes = survey.causes(engine);
    // Another wording is no failure.
    let worded = causes.iter().flat_map(Cause::results).filter(|divergence| divergence.status == Status::Pass).count();
    let failed = causes.iter().map(Cause::count).sum::<usize>() - worded;
    let _ = write!(out, "\n## {}\n\n{}: ", text(&engine.name), text(&engine.description()));
    let _ = match causes.is_empty() {
        true => writeln!(out, "nothing differs."),
        false => writeln!(
            out,
            "{} that differ and {worded} that differ in wording only, {}.",
            count(failed, "result"),
            count(causes.len(), "cause")
        ),
    };
    let skipped = skipped(survey, engine, REASONS);
    if !skipped.is_empty() {
        let _ = writeln!(out, "\nSkipped: {skipped}.");
    }
    areas(out, survey, engine);
    for (index, cause) in causes.iter().take(SHOWN).enumerate() {
        example(out, index + 1, cause);
    }
    if causes.len() > SHOWN {
        let _ = writeln!(out, "\n| severity | results | smallest case | cause |\n|---|---:|---|---|");
    }
    for cause in causes.iter().skip(SHOWN) {
        let case = cause.smallest().map(|smallest| code(&smallest.case.id)).unwrap_or_default();
        let _ = writeln!(out, "| {} | {} | {case} | {} |", severity(cause), cause.count(), text(&cause.title));
    }
}

/// The areas in which something differs, by the severities that came up.
fn areas(out: &mut String, survey: &Survey<'_>, engine: &Engine) {
    let differing: Vec<(&str, &Tally)> =
        survey.by_area(engine).filter(|(_, tally)| !tally.words().is_empty()).collect();
    if differing.is_empty() {
        return;
    }
    let came_up = |severity: &Severity| differing.iter().any(|(_, tally)| tally.count(*severity) > 0);
    let severities: Vec<Severity> = Severity::ALL.into_iter().filter(came_up).collect();
    let columns: String = severities.iter().map(|severity| format!(" {} |", severity.column())).collect();
    let _ = writeln!(
        out,
        "\nThe areas in which something differs:\n\n| area | passed |{columns} known | skipped |\n|---|---:|{}---:|---:|",
        "---:|".repeat(severities.len())
    );
    for (area, tally) in &differing {
        let _ = write!(out, "| {} | {} |", text(area), passed(tally));
        let counts = severities.iter().map(|severity| tally.count(*severity)).chain([tally.known, tally.skipped]);
        for count in counts {
            let _ = match count {
                0 => write!(out, " |"),
                count => write!(out, " {count} |"),
            };
        }
        out.push('\n');
    }
}

fn example(out: &mut String, number: usize, cause: &Cause<'_>) {
    let Some(smallest) = cause.smallest() else { return };
    let areas: Vec<String> = cause.areas().into_iter().map(text).collect();
    let _ = writeln!(
        out,
        "\n### {number}. {}\n\n{}; {} in {}; smallest case: {}\n",
        text(&cause.title),
        severity(cause),
        count(cause.count(), "result"),
        areas.join(", "),
        code(&smallest.case.id)
    );
    out.push_str(&markdown_block(&smallest.example()));
}

fn severity(cause: &Cause<'_>) -> String {
    format!("{}{}", cause.severity.word(), if cause.is_known { ", known" } else { "" })
}
