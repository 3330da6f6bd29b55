//! Traceability: for each document a table of its sections and the cases that check them, and the behaviour that no
//! document describes.

use super::super::count;
use super::super::model::Results;
use super::super::provenance::{self, cases};
use crate::report::escape::{markdown_code as code, markdown_text as text};
use std::fmt::Write;

/// The number of claims in each section of a document, and of the cases that check them.
pub(super) fn traceability(out: &mut String, results: &Results) {
    let sections = provenance::sections(results);
    let _ = writeln!(
        out,
        "\n## Traceability\n\nThe number of claims in each section, and of the cases that check them. The claims are listed below."
    );
    for document in sections.chunk_by(|one, next| one.document == next.document) {
        let name = document.first().map_or("", |section| section.document);
        let _ = writeln!(out, "\n### {}\n", text(name));
        let _ = writeln!(out, "| section | claims | cases | claims without a case |\n|---|---:|---:|---:|");
        for section in document {
            let (checked, left_out) = (section.claims.len(), section.left_out.len());
            let checks = match cases(&section.claims) {
                0 => "**none**".to_owned(),
                cases => cases.to_string(),
            };
            let _ = writeln!(out, "| {} | {} | {checks} | {left_out} |", text(section.section), checked + left_out);
        }
        let claims = match provenance::left_out(document) {
            0 => "every claim has a case".to_owned(),
            1 => "1 claim has no case, for the reason given with it".to_owned(),
            many => format!("{many} claims have no case, for the reasons given with them"),
        };
        let _ = writeln!(out, "\n{}; {claims}.", provenance::bare(document));
    }
}

/// Behaviour that cases check and no document describes.
pub(super) fn undocumented(out: &mut String, results: &Results) {
    let areas = provenance::undocumented(results);
    let _ = writeln!(out, "\n## Undocumented behaviour\n");
    if areas.is_empty() {
        let _ = writeln!(out, "None: every claim is taken from a document.");
        return;
    }
    let _ = writeln!(
        out,
        "No document describes this behaviour; it was measured.\n\n| area | claims | cases |\n|---|---:|---:|"
    );
    for area in &areas {
        let _ = writeln!(out, "| {} | {} | {} |", text(area.name), area.claims.len(), cases(&area.claims));
    }
    let claims: usize = areas.iter().map(|area| area.claims.len()).sum();
    let checks: usize = areas.iter().map(|area| cases(&area.claims)).sum();
    let _ = writeln!(out, "| **all** | {claims} | {checks} |");
    for area in &areas {
        let _ = writeln!(out, "\n### Undocumented: {}\n", text(area.name));
        for claim in &area.claims {
            let rows = if claim.cases > 1 { format!(", {}", count(claim.cases, "row")) } else { String::new() };
            let _ = writeln!(out, "- {} ({}{rows})", text(&claim.claim), code(&claim.id));
        }
    }
}
