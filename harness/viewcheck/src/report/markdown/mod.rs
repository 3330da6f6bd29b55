//! The report as a Markdown page: the claims of the documents, what really happens, and which engines conform.
//!
//! A case with `rows` is one line, however many rows it has, so that long tables do not hide the other cases.

mod matrix;
mod trace;
mod versions;

pub use matrix::Matrix;

use super::escape::{markdown_block, markdown_code as code, markdown_text as text};
use super::model::{Case, Checked, Counts, Document, Engine, EngineResult, Results, Status, Verdict};
use super::{Format, count};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

/// A Markdown page.
pub struct Markdown;

impl Format for Markdown {
    fn name(&self) -> &'static str {
        "markdown"
    }

    fn file(&self) -> Option<&'static str> {
        Some("report.md")
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(page(results).as_bytes())
    }
}

/// The whole page. Its last line counts the cases, so that a truncated page is recognized.
fn page(results: &Results) -> String {
    // Writing to a String can't fail, here and below.
    let mut out = String::from("# Conformance of memoryview\n\n");
    introduction(&mut out, results);
    let documents = results.by_document();
    summary(&mut out, results, &documents);
    errata(&mut out, &documents);
    trace::traceability(&mut out, results);
    trace::undocumented(&mut out, results);
    versions::differences(&mut out, results);
    for (document, claims) in &documents {
        let _ = writeln!(out, "\n## {}\n", text(document.label()));
        if let Some(title) = &document.title {
            let _ = writeln!(out, "{}\n", text(title));
        }
        cases(&mut out, results, claims);
        left_out(&mut out, document);
    }
    let part = if results.incomplete().is_none() { "" } else { " of an incomplete run" };
    let _ = writeln!(out, "\n---\n\nEnd of report: {}{part}.", count(results.count_cases(), "case"));
    out
}

fn introduction(out: &mut String, results: &Results) {
    let engines =
        results.engines.iter().map(|engine| format!("{} ({})", code(&engine.name), text(&engine.description())));
    let models = results.engines.iter().find(|engine| !engine.models.is_empty());
    let models = models.map(|engine| {
        let sentence = format!("The reference models the releases up to {}.", engine.models.join(", "));
        format!(" {}", text(&sentence))
    });
    let _ = writeln!(
        out,
        "This report lists claims about Python's memoryview, taken from documents or from measurements. Each claim is \
         checked by running a program, which *confirms* or *refutes* it. An engine *passes* a case if it behaves as \
         the case expects. Engines: {}.{}\n",
        engines.collect::<Vec<_>>().join(", "),
        models.unwrap_or_default()
    );
    if results.wordings() > 0 {
        let _ = writeln!(
            out,
            "A result *with other wording* is one that passes, although the text of an error differs. The wording of \
             errors does not count for an engine that is judged at the level `type` or `value`.\n"
        );
    }
    if let Some(why) = results.incomplete() {
        let _ = writeln!(out, "**This report is not complete:** {}.\n", text(&why));
    }
}

fn summary(out: &mut String, results: &Results, documents: &[(&Document, Vec<Checked<'_>>)]) {
    let names: String = results.engines.iter().map(|engine| format!(" {} |", text(&engine.name))).collect();
    let _ = writeln!(out, "## Summary\n");
    let _ = writeln!(out, "| document | claims | confirmed | refuted | without a case |{names}");
    let _ = writeln!(out, "|---|---:|---:|---:|---:|{}", "---:|".repeat(results.engines.len()));
    for (document, claims) in documents {
        let claims: Vec<&Checked<'_>> = claims.iter().collect();
        row(out, &text(document.label()), &results.engines, &claims, document.left_out.len());
    }
    let claims: Vec<&Checked<'_>> = documents.iter().flat_map(|(_, claims)| claims).collect();
    let left_out = documents.iter().map(|(document, _)| document.left_out.len()).sum();
    row(out, "**all**", &results.engines, &claims, left_out);
}

/// A row of the summary.
fn row(out: &mut String, name: &str, engines: &[Engine], claims: &[&Checked<'_>], left_out: usize) {
    let cases: usize = claims.iter().map(|checked| checked.claim.cases).sum();
    let refuted: usize = claims.iter().map(|checked| checked.refuted()).sum();
    let _ = write!(out, "| {name} | {} | {} | {refuted} | {left_out} |", cases + left_out, cases - refuted);
    let counts = counts(engines, claims);
    for engine in engines {
        let Some((counts, wordings)) = counts.get(&engine.name[..]) else { continue };
        let of = |status| counts.get(status);
        let judged: usize = Status::ALL.into_iter().filter(|status| status.is_judged()).map(of).sum();
        let _ = write!(out, " {} of {judged}", of(Status::Pass));
        for (status, word) in [(Status::Known, "known"), (Status::Open, "open"), (Status::Skip, "skipped")] {
            if of(status) > 0 {
                let _ = write!(out, ", {} {word}", of(status));
            }
        }
        if *wordings > 0 {
            let _ = write!(out, ", {wordings} with other wording");
        }
        out.push_str(" |");
    }
    out.push('\n');
}

/// What came of the cases of claims, by engine, and how many differ in wording only. All cases are looked at once.
fn counts<'a>(engines: &'a [Engine], claims: &[&Checked<'_>]) -> BTreeMap<&'a str, (Counts, usize)> {
    let mut passed = Counts::default();
    // In published results the cases that pass everywhere are only counted.
    claims.iter().for_each(|checked| (0..checked.omitted()).for_each(|_| passed.add(Status::Pass)));
    let mut counts: BTreeMap<&str, (Counts, usize)> =
        engines.iter().map(|engine| (&engine.name[..], (passed.clone(), 0))).collect();
    for (name, result) in claims.iter().flat_map(|checked| checked.cases).flat_map(|case| &case.results) {
        if let Some((counts, wordings)) = counts.get_mut(&name[..]) {
            counts.add(result.status);
            *wordings += usize::from(result.wording.is_some());
        }
    }
    counts
}

fn errata(out: &mut String, documents: &[(&Document, Vec<Checked<'_>>)]) {
    let _ = writeln!(out, "\n## Errata\n\nThese claims are wrong. Each is followed by what happens instead.");
    let mut any = false;
    for (document, claims) in documents {
        for checked in claims {
            let [case, more @ ..] = checked.cases else { continue };
            let Some(instead) = &case.instead else { continue };
            any = true;
            let _ = writeln!(out, "\n### {}\n", text(&case.id));
            let _ = writeln!(out, "*{}*, {}\n", text(document.label()), text(&case.section));
            let _ = writeln!(out, "> {}\n", text(&case.claim));
            let _ = writeln!(out, "Instead: {}\n", text(instead));
            program(out, case);
            if case.observed.is_none() {
                let _ = writeln!(out, "\nNo engine in this report could run this program.");
            }
            if !more.is_empty() {
                let ids: Vec<String> = more.iter().map(|case| code(&case.id)).collect();
                let _ = writeln!(out, "\nThe same holds for {}: {}.", count(more.len(), "more row"), ids.join(", "));
            }
        }
    }
    if !any {
        let _ = writeln!(out, "\nNo claim is refuted.");
    }
}

/// The program. A comment after each step shows what was observed.
fn program(out: &mut String, case: &Case) {
    let mut body = String::new();
    for (index, step) in case.steps.iter().enumerate() {
        let _ = writeln!(body, "{}", step.run);
        let seen = case.observed.as_ref().and_then(|observed| observed.get(index));
        for line in seen.into_iter().flatten().flat_map(|text| text.lines()) {
            let _ = writeln!(body, "# {line}");
        }
    }
    out.push_str(&markdown_block(&body));
}

fn cases(out: &mut String, results: &Results, claims: &[Checked<'_>]) {
    let names: String = results.engines.iter().map(|engine| format!(" {} |", text(&engine.name))).collect();
    if !claims.is_empty() {
        let _ = writeln!(out, "| section | claim | case | verdict |{names}");
        let _ = writeln!(out, "|---|---|---|---|{}", "---|".repeat(results.engines.len()));
    }
    for checked in claims {
        let claim = checked.claim;
        let (section, words, name) = match checked.cases {
            // One row is shown as the case that it is.
            [case] if claim.cases == 1 => (&case.section, &case.claim, code(&case.id)),
            _ if claim.cases == 1 => (&claim.section, &claim.claim, code(&claim.id)),
            _ => (&claim.section, &claim.claim, format!("{} ({})", code(&claim.id), count(claim.cases, "row"))),
        };
        let verdict = checked.cases.first().map_or(Verdict::Confirmed, |case| case.verdict);
        let _ = write!(out, "| {} | {} | {name} | {} |", text(section), text(words), verdict.word());
        for engine in &results.engines {
            let _ = write!(out, " {} |", cell(checked, engine));
        }
        out.push('\n');
    }
    let mut mismatches = String::new();
    for case in claims.iter().flat_map(|checked| checked.cases) {
        for engine in &results.engines {
            match case.result(engine) {
                Some(result) if result.status.is_bad() => mismatch(&mut mismatches, case, engine, result),
                _ => {}
            }
        }
    }
    if !mismatches.is_empty() {
        let _ = writeln!(out, "\nMismatches:\n\n{}", mismatches.trim_end());
    }
}

fn mismatch(out: &mut String, case: &Case, engine: &Engine, result: &EngineResult) {
    let reason = text(result.reason.as_deref().unwrap_or_default());
    let _ = write!(out, "- {} on {}: {reason}", code(&case.id), text(&engine.name));
    if let Some((number, step)) = result.failed_step(case) {
        let step = code(step.map_or("", |step| &step.run));
        let expected = code(result.expected.as_deref().unwrap_or_default());
        let actual = code(result.actual.as_deref().unwrap_or_default());
        let _ = write!(out, "; step {number} {step}, expected {expected}, actual {actual}");
    }
    out.push('\n');
}

/// The statuses of a claim's cases on an engine, with counts where they differ. Passes come first.
fn cell(checked: &Checked<'_>, engine: &Engine) -> String {
    let passed = checked.count(engine, Status::Pass);
    let mut words: Vec<(String, usize)> = vec![];
    if passed > 0 {
        words.push(("pass".to_owned(), passed));
    }
    for result in checked.results(engine).filter(|result| result.status != Status::Pass) {
        let word = match result.status.is_bad() {
            true => format!("**{}**", result.status.word()),
            false => format!("{}: {}", result.status.word(), text(result.reason.as_deref().unwrap_or_default())),
        };
        match words.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => words.push((word, 1)),
        }
    }
    let rest = checked.claim.cases.saturating_sub(words.iter().map(|(_, count)| count).sum());
    if rest > 0 {
        words.push(("not run".to_owned(), rest));
    }
    match &words[..] {
        [(word, _)] => word.clone(),
        words => words.iter().map(|(word, count)| format!("{count} {word}")).collect::<Vec<_>>().join(", "),
    }
}

fn left_out(out: &mut String, document: &Document) {
    if document.left_out.is_empty() {
        return;
    }
    if !document.claims.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "Claims without a case:\n\n| section | claim | reason |\n|---|---|---|");
    for entry in &document.left_out {
        let _ = writeln!(out, "| {} | {} | {} |", text(&entry.section), text(&entry.claim), text(&entry.why));
    }
}
