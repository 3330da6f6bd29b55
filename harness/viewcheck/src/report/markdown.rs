//! The report for people: what the documents claim, what really happens, and who conforms.

use super::json::Status;
use super::summary::count;
use super::{label, pairs, provenance, reason};
use crate::check::{CaseRun, Run, Verdict};
use cases::{Case, Claim, Document, Suite};
use std::fmt::Write;

/// A case and what came of it.
type Pair<'a> = (&'a Case, &'a CaseRun);

/// The report of a run. It ends in a line that counts the cases, so that a part can't pass for the whole.
pub fn render(suite: &Suite, run: &Run) -> String {
    // Writing to a String can't fail, here and below.
    let mut out = String::from("# Conformance of memoryview\n\n");
    let names: Vec<String> = run.engines.iter().map(|about| code(&about.name)).collect();
    let _ = writeln!(
        out,
        "Claims of documents about Python's memoryview, each checked by running a program. A claim is *confirmed* or \
         *refuted* by what the program shows; an engine *passes* a case when it does what the case says. Engines: {}. \
         The newest versions that the reference models: {}.\n",
        names.join(", "),
        engine::newest()
    );
    summary(&mut out, suite, run);
    errata(&mut out, suite, run);
    traceability(&mut out, suite);
    undocumented(&mut out, suite);
    for (document, pairs) in pairs(suite, run) {
        let _ = writeln!(out, "\n## {}\n", text(label(document)));
        if let Some(title) = &document.title {
            let _ = writeln!(out, "{}\n", text(title));
        }
        cases(&mut out, run, pairs);
        left_out(&mut out, document);
    }
    let _ = writeln!(out, "\n---\n\nEnd of report: {}.", count(run.cases(), "case"));
    out
}

fn summary(out: &mut String, suite: &Suite, run: &Run) {
    let names: String = run.engines.iter().map(|about| format!(" {} |", text(&about.name))).collect();
    let _ = writeln!(out, "## Summary\n");
    let _ = writeln!(out, "| document | claims | confirmed | refuted | left out |{names}");
    let _ = writeln!(out, "|---|---:|---:|---:|---:|{}", "---:|".repeat(run.engines.len()));
    let mut total = Row { counts: [0; 3], passed: vec![[0; 3]; run.engines.len()] };
    for (document, runs) in suite.documents.iter().zip(&run.documents) {
        let row = Row::of(document, runs, run.engines.len());
        row.write(out, &text(label(document)));
        total.add(&row);
    }
    total.write(out, "**all**");
}

/// A row of the summary.
struct Row {
    /// Confirmed, refuted, left out.
    counts: [usize; 3],
    /// For each engine: passed, run, skipped.
    passed: Vec<[usize; 3]>,
}

impl Row {
    fn of(document: &Document, runs: &[CaseRun], engines: usize) -> Row {
        let refuted = document.cases.iter().filter(|case| case.verdict != Claim::Confirmed).count();
        let passed = |engine: usize| {
            let mut counts = [0; 3];
            for verdict in runs.iter().filter_map(|run| run.verdicts.get(engine)) {
                counts[0] += usize::from(*verdict == Verdict::Pass);
                let skipped = matches!(verdict, Verdict::Skip(_));
                counts[if skipped { 2 } else { 1 }] += 1;
            }
            counts
        };
        Row {
            counts: [document.cases.len() - refuted, refuted, document.left_out.len()],
            passed: (0..engines).map(passed).collect(),
        }
    }

    fn add(&mut self, row: &Row) {
        let pairs = self.counts.iter_mut().zip(row.counts);
        let passed = self.passed.iter_mut().flatten().zip(row.passed.iter().flatten().copied());
        pairs.chain(passed).for_each(|(total, more)| *total += more);
    }

    fn write(&self, out: &mut String, name: &str) {
        let [confirmed, refuted, left_out] = self.counts;
        let claims = confirmed + refuted + left_out;
        let _ = write!(out, "| {name} | {claims} | {confirmed} | {refuted} | {left_out} |");
        for [passed, ran, skipped] in &self.passed {
            let skipped = if *skipped > 0 { format!(", {skipped} skipped") } else { String::new() };
            let _ = write!(out, " {passed} of {ran}{skipped} |");
        }
        out.push('\n');
    }
}

fn errata(out: &mut String, suite: &Suite, run: &Run) {
    let _ = writeln!(out, "\n## Errata\n\nClaims that are not so, and what happens instead.");
    let mut any = false;
    for (document, pairs) in pairs(suite, run) {
        let pairs: Vec<Pair<'_>> = pairs.collect();
        for entry in pairs.chunk_by(together) {
            let [(case, case_run), more @ ..] = entry else { continue };
            let Claim::Refuted { instead } = &case.verdict else { continue };
            any = true;
            let _ = writeln!(out, "\n### {}\n", text(&case.id));
            let _ = writeln!(out, "*{}*, {}\n", text(label(document)), text(&case.section));
            let _ = writeln!(out, "> {}\n", text(&case.claim));
            let _ = writeln!(out, "Instead: {}\n", text(instead));
            program(out, case, case_run);
            if case_run.observed.is_none() {
                let _ = writeln!(out, "\nNo engine of this report could run this.");
            }
            if !more.is_empty() {
                let ids: Vec<String> = more.iter().map(|(case, _)| code(&case.id)).collect();
                let _ = writeln!(out, "\nThe same goes for {}: {}.", count(more.len(), "more row"), ids.join(", "));
            }
        }
    }
    if !any {
        let _ = writeln!(out, "\nNone: no claim is refuted.");
    }
}

/// How many claims each section of a document has, and how many cases check them.
fn traceability(out: &mut String, suite: &Suite) {
    let sections = provenance::sections(suite);
    let _ =
        writeln!(out, "\n## Traceability\n\nWhich claims of which section have cases; the claims are listed below.");
    for document in sections.chunk_by(|one, next| one.document == next.document) {
        let name = document.first().map_or("", |section| section.document);
        let _ = writeln!(out, "\n### {}\n", text(name));
        let _ = writeln!(out, "| section | claims | cases | claims without a case |\n|---|---:|---:|---:|");
        for section in document {
            let (checked, left_out) = (section.claims.len(), section.left_out);
            let cases = match section.cases() {
                0 => "**none**".to_owned(),
                cases => cases.to_string(),
            };
            let _ = writeln!(out, "| {} | {} | {cases} | {left_out} |", text(section.section), checked + left_out);
        }
        let bare = document.iter().filter(|section| section.claims.is_empty()).count();
        let left_out: usize = document.iter().map(|section| section.left_out).sum();
        let sections = match bare {
            0 => "No section is without a case".to_owned(),
            bare => format!("{} without a case", count(bare, "section")),
        };
        let claims = match left_out {
            0 => "no claim is".to_owned(),
            1 => "1 claim is, for the reason that is listed with it".to_owned(),
            many => format!("{many} claims are, for the reasons that are listed with them"),
        };
        let _ = writeln!(out, "\n{sections}; {claims}.");
    }
}

/// What cases check that no document says.
fn undocumented(out: &mut String, suite: &Suite) {
    let areas = provenance::undocumented(suite);
    let _ = writeln!(out, "\n## Undocumented behaviour\n");
    if areas.is_empty() {
        let _ = writeln!(out, "None: each claim is in a document.");
        return;
    }
    let _ = writeln!(out, "What no document says, and was measured.\n\n| area | claims | cases |\n|---|---:|---:|");
    for area in &areas {
        let _ = writeln!(out, "| {} | {} | {} |", text(area.name), area.claims.len(), area.cases());
    }
    let (claims, cases) =
        areas.iter().fold((0, 0), |(claims, cases), area| (claims + area.claims.len(), cases + area.cases()));
    let _ = writeln!(out, "| **all** | {claims} | {cases} |");
    for area in &areas {
        let _ = writeln!(out, "\n### Undocumented: {}\n", text(area.name));
        for claim in &area.claims {
            let rows = if claim.cases > 1 { format!(", {}", count(claim.cases, "row")) } else { String::new() };
            let _ = writeln!(out, "- {} ({}{rows})", text(claim.claim), code(claim.id));
        }
    }
}

/// The program, each step followed by what was seen, as comments.
fn program(out: &mut String, case: &Case, run: &CaseRun) {
    let mut body = String::new();
    for (index, step) in case.steps.iter().enumerate() {
        let _ = writeln!(body, "{}", step.text);
        let seen = run.observed.as_ref().and_then(|observed| observed.get(index));
        for line in seen.into_iter().flatten().flat_map(|text| text.lines()) {
            let _ = writeln!(body, "# {line}");
        }
    }
    let fence = "`".repeat(longest_run(&body).max(2) + 1);
    let _ = writeln!(out, "{fence}python\n{body}{fence}");
}

/// Whether two cases share an entry: a table of a hundred rows is one claim, and a hundred lines hide the others.
fn together(one: &Pair<'_>, next: &Pair<'_>) -> bool {
    provenance::together(one.0, next.0)
}

fn cases<'a>(out: &mut String, run: &Run, pairs: impl Iterator<Item = Pair<'a>>) {
    let names: String = run.engines.iter().map(|about| format!(" {} |", text(&about.name))).collect();
    let pairs: Vec<Pair<'_>> = pairs.collect();
    if !pairs.is_empty() {
        let _ = writeln!(out, "| section | claim | case | verdict |{names}");
        let _ = writeln!(out, "|---|---|---|---|{}", "---|".repeat(run.engines.len()));
    }
    for line in pairs.chunk_by(together) {
        let [(case, _), more @ ..] = line else { continue };
        let (section, claim, name) = match &case.table {
            Some(table) if !more.is_empty() => {
                (&table.section, &table.claim, format!("{} ({})", code(&table.id), count(line.len(), "row")))
            }
            _ => (&case.section, &case.claim, code(&case.id)),
        };
        let _ = write!(out, "| {} | {} | {name} | {} |", text(section), text(claim), case.verdict.word());
        for engine in 0..run.engines.len() {
            let _ = write!(out, " {} |", cell(line.iter().filter_map(|(_, run)| run.verdicts.get(engine))));
        }
        out.push('\n');
    }
    let mut failures = vec![];
    for (case, case_run) in pairs {
        let verdicts = run.engines.iter().zip(&case_run.verdicts).filter(|(_, verdict)| verdict.is_bad());
        failures.extend(verdicts.map(|(about, verdict)| (case, &about.name, verdict)));
    }
    if !failures.is_empty() {
        let _ = writeln!(out, "\nMismatches:\n");
    }
    for (case, engine, verdict) in failures {
        let reason = text(&reason(verdict).unwrap_or_default());
        let _ = write!(out, "- {} on {}: {reason}", code(&case.id), text(engine));
        if let Verdict::Fail { difference, .. } = verdict {
            let step = case.steps.get(difference.step).map(|step| step.text.as_str()).unwrap_or_default();
            let (expected, actual) = (code(&difference.expected), code(&difference.actual));
            let _ = write!(out, "; step {} {}, expected {expected}, actual {actual}", difference.step + 1, code(step));
        }
        out.push('\n');
    }
}

/// What came of the cases of a line on an engine, with counts where it is not the same for all.
fn cell<'a>(verdicts: impl Iterator<Item = &'a Verdict>) -> String {
    let mut words: Vec<(String, usize)> = vec![];
    for verdict in verdicts {
        let word = match verdict {
            Verdict::Pass => "pass".to_owned(),
            Verdict::Skip(reason) => format!("skip: {}", text(reason)),
            bad => format!("**{}**", Status::from(bad).word()),
        };
        match words.iter_mut().find(|(known, _)| *known == word) {
            Some((_, count)) => *count += 1,
            None => words.push((word, 1)),
        }
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
    if !document.cases.is_empty() {
        out.push('\n');
    }
    let _ = writeln!(out, "Left out:\n\n| section | claim | why |\n|---|---|---|");
    for entry in &document.left_out {
        let _ = writeln!(out, "| {} | {} | {} |", text(&entry.section), text(&entry.claim), text(&entry.why));
    }
}

/// Plain text on one line: what Markdown would take for markup is escaped.
fn text(plain: &str) -> String {
    let line = plain.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut out = String::with_capacity(line.len());
    // What starts a list, a heading or a quotation does so only at the start of a line.
    let digits = line.bytes().take_while(u8::is_ascii_digit).count();
    let marker = match line[digits..].chars().next() {
        Some('#' | '>' | '-' | '+' | '=') if digits == 0 => Some(0),
        Some('.' | ')') if digits > 0 => Some(digits),
        _ => None,
    };
    let mut before = ' ';
    for (at, char) in line.char_indices() {
        let after = line[at + char.len_utf8()..].chars().next().unwrap_or(' ');
        let is_markup = match char {
            '_' => !before.is_alphanumeric() || !after.is_alphanumeric(),
            _ => "\\`*[]<|&$~".contains(char),
        };
        if is_markup || marker == Some(at) {
            out.push('\\');
        }
        out.push(char);
        before = char;
    }
    out
}

/// Text as code, on one line, in a table or not.
fn code(plain: &str) -> String {
    let plain = plain.replace(['\n', '\r'], " ").replace('|', "\\|");
    let fence = "`".repeat(longest_run(&plain) + 1);
    let pad = if plain.starts_with('`') || plain.ends_with('`') || plain.trim().is_empty() { " " } else { "" };
    format!("{fence}{pad}{plain}{pad}{fence}")
}

/// The length of the longest run of backticks.
fn longest_run(text: &str) -> usize {
    text.split(|char| char != '`').map(str::len).max().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("a | b", r"a \| b")]
    #[case("<b>*x*</b> [a](b) &amp;", r"\<b>\*x\*\</b> \[a\](b) \&amp;")]
    #[case("- two\n  lines", r"\- two lines")]
    #[case("1. one", r"1\. one")]
    #[case("1.5 > 1", r"1\.5 > 1")]
    #[case("# no heading", r"\# no heading")]
    #[case("a_b __init__", r"a_b \_\_init\_\_")]
    fn text_stays_text(#[case] plain: &str, #[case] markdown: &str) {
        assert_eq!(text(plain), markdown);
    }

    #[rstest]
    #[case("a", "`a`")]
    #[case("a`b", "``a`b``")]
    #[case("`", "`` ` ``")]
    #[case("a|b", r"`a\|b`")]
    fn code_stays_code(#[case] plain: &str, #[case] markdown: &str) {
        assert_eq!(code(plain), markdown);
    }
}
