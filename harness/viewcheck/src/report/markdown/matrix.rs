//! The matrix: areas by engines, and for each engine the causes of what differs, the worst first.
//!
//! The ten worst causes of an engine are shown with their smallest program, and the others in a table.

use super::escape::{code, longest_run, text};
use crate::report::causes::{Cause, Severity, Tally, causes};
use crate::report::model::{Checked, Document, Engine, Results, Status};
use crate::report::{Format, count};
use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::{self, Write};

/// The matrix, as a Markdown page.
pub struct Matrix;

/// How many causes of an engine are shown with their program.
const SHOWN: usize = 10;
/// How many reasons for skipping cases are listed.
const REASONS: usize = 3;

impl Format for Matrix {
    fn name(&self) -> &'static str {
        "matrix"
    }

    fn file(&self) -> Option<&'static str> {
        Some("matrix.md")
    }

    /// Where one engine is tested and nothing differs, the report says it all.
    fn is_for(&self, results: &Results) -> bool {
        results.tested().count() > 1 || results.tested().any(|engine| !causes(results, engine).is_empty())
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(page(results).as_bytes())
    }
}

/// The whole page. Its last line counts the cases, so that a truncated page is recognized.
fn page(results: &Results) -> String {
    // Writing to a String can't fail, here and below.
    let mut out = String::from("# The conformance matrix of memoryview\n\n");
    let _ = writeln!(
        out,
        "What differs from CPython, by area and by cause. A *cause* is a group of results that are likely due to one \
         defect. *Judged* are the cases that ran to their end. A case that an engine can't run is skipped, and neither \
         passes nor fails.\n"
    );
    for severity in Severity::ALL {
        let _ = writeln!(out, "- **{}**: {}", severity.word(), text(severity.sentence()));
    }
    let documents = results.by_document();
    engines(&mut out, results, &documents);
    areas(&mut out, results, &documents);
    for engine in results.tested() {
        engine_causes(&mut out, results, engine);
    }
    let part = if results.complete { "" } else { " of an incomplete run" };
    let _ = writeln!(out, "\n---\n\nEnd of matrix: {}{part}.", count(results.count_cases(), "case"));
    out
}

fn engines(out: &mut String, results: &Results, documents: &[(&Document, Vec<Checked<'_>>)]) {
    let _ = writeln!(out, "\n## Engines\n");
    let _ = writeln!(
        out,
        "| engine | implementation | Python | level | passed of judged | differs | known | skipped |\n\
         |---|---|---|---|---:|---|---:|---|"
    );
    for engine in results.tested() {
        let tally = Tally::of(documents.iter().flat_map(|(_, claims)| claims), engine);
        let own = engine.implementation_version.as_deref().or(engine.version.as_deref()).unwrap_or_default();
        let level = engine.level.map_or("", |level| level.word());
        let _ = writeln!(
            out,
            "| {} | {} | {} | {level} | {} of {} | {} | {} | {} |",
            text(&engine.name),
            text(&format!("{} {own}", engine.implementation)),
            code(engine.version.as_deref().unwrap_or("unknown")),
            tally.passed,
            tally.judged,
            tally.words().join(", "),
            tally.known,
            skipped(results, engine),
        );
    }
}

/// The reasons for which cases are skipped, the most frequent first.
fn skipped(results: &Results, engine: &Engine) -> String {
    let mut reasons: BTreeMap<&str, usize> = BTreeMap::new();
    let skips = results.cases.iter().filter_map(|case| case.result(engine));
    for result in skips.filter(|result| result.status == Status::Skip) {
        *reasons.entry(result.reason.as_deref().unwrap_or_default()).or_default() += 1;
    }
    let mut reasons: Vec<(&str, usize)> = reasons.into_iter().collect();
    reasons.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let rest: usize = reasons.iter().skip(REASONS).map(|(_, count)| count).sum();
    let mut words: Vec<String> =
        reasons.iter().take(REASONS).map(|(reason, count)| format!("{count}: {}", text(reason))).collect();
    if rest > 0 {
        words.push(format!("{rest}: other reasons"));
    }
    words.join("; ")
}

fn areas(out: &mut String, results: &Results, documents: &[(&Document, Vec<Checked<'_>>)]) {
    let mut areas: Vec<(&str, Vec<&Checked<'_>>)> = vec![];
    for (document, claims) in documents {
        match areas.iter_mut().find(|(name, _)| *name == document.area()) {
            Some((_, all)) => all.extend(claims),
            None => areas.push((document.area(), claims.iter().collect())),
        }
    }
    let engines: Vec<&Engine> = results.tested().collect();
    let names: String = engines.iter().map(|engine| format!(" {} |", text(&engine.name))).collect();
    let _ = writeln!(out, "\n## Areas\n\nEach cell has the number of cases that pass, of those that were judged.\n");
    let _ = writeln!(out, "| area |{names}\n|---|{}", "---|".repeat(engines.len()));
    for (area, claims) in areas {
        let _ = write!(out, "| {} |", text(area));
        for engine in &engines {
            let _ = write!(out, " {} |", cell(&Tally::of(claims.iter().copied(), engine)));
        }
        out.push('\n');
    }
}

fn cell(tally: &Tally) -> String {
    let counts = format!("{}/{}", tally.passed, tally.judged);
    let counts = if tally.passed < tally.judged { format!("**{counts}**") } else { counts };
    [counts].into_iter().chain(tally.words()).chain(tally.others()).collect::<Vec<_>>().join(", ")
}

fn engine_causes(out: &mut String, results: &Results, engine: &Engine) {
    let causes = causes(results, engine);
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
    for (index, cause) in causes.iter().take(SHOWN).enumerate() {
        let Some(smallest) = cause.smallest() else { continue };
        let _ = writeln!(out, "\n### {}. {}\n", index + 1, text(&cause.title));
        let areas: Vec<String> = cause.areas().into_iter().map(text).collect();
        let known = if cause.is_known { ", known" } else { "" };
        let results = count(cause.count(), "result");
        let case = code(&smallest.case.id);
        let _ = writeln!(
            out,
            "{}{known}; {results} in {}; smallest case: {case}\n",
            cause.severity.word(),
            areas.join(", ")
        );
        let example = smallest.example();
        let fence = "`".repeat(longest_run(&example).max(2) + 1);
        let _ = writeln!(out, "{fence}python\n{example}\n{fence}");
    }
    if causes.len() > SHOWN {
        let _ = writeln!(out, "\n| severity | results | smallest case | cause |\n|---|---:|---|---|");
    }
    for cause in causes.iter().skip(SHOWN) {
        let case = cause.smallest().map(|smallest| code(&smallest.case.id)).unwrap_or_default();
        let known = if cause.is_known { ", known" } else { "" };
        let _ =
            writeln!(out, "| {}{known} | {} | {case} | {} |", cause.severity.word(), cause.count(), text(&cause.title));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::causes::sample::{case, fail, results};
    use serde_json::json;

    fn sample() -> Results {
        let wrong =
            |id: &str| case("spec/library/slice.yaml", id, &["a = b'a|b'", "a[0]"], fail(2, "value", "97", "9"));
        let skip = |id: &str| {
            case("spec/library/slice-exporter.yaml", id, &["a"], json!({"status": "skip", "reason": "no | exporter"}))
        };
        let pass = case("spec/documents/0.yaml", "pass", &["a"], json!({"status": "pass"}));
        results(vec![wrong("one"), wrong("two"), skip("three"), skip("four"), pass])
    }

    #[test]
    fn areas_stand_against_engines() {
        let page = page(&sample());
        let engine = "| pypy | pypy 8.0.1 | `3.11.17` | type | 1 of 3 | 2 wrong bytes | 0 | 2: no \\| exporter |\n";
        assert!(page.contains(engine), "{page}");
        let areas = "| area | pypy |\n|---|---|\n\
                     | slice | **0/2**, 2 wrong bytes, 2 skipped |\n| documents | 1/1 |\n";
        assert!(page.contains(areas), "{page}");
        assert!(page.ends_with("\nEnd of matrix: 5 cases.\n"), "{page}");
    }

    #[test]
    fn a_cause_is_shown_with_its_smallest_program() {
        let page = page(&sample());
        let cause = "### 1. get bytes\\[index\\]: another int\n\n\
                     wrong bytes; 2 results in slice; smallest case: `one`\n\n\
                     ```python\na = b'a|b'\na[0]\n# Python: 97\n# here: 9\n```\n";
        assert!(page.contains(cause), "{page}");
        let counts = "pypy 8.0.1, Python 3.11.17: 2 results that differ and 0 that differ in wording only, 1 cause.\n";
        assert!(page.contains(counts), "{page}");
    }

    #[test]
    fn causes_beyond_the_first_ten_are_rows() {
        let wrong = |index: usize| {
            let facts = fail(1, "raised instead of a value", "1", &format!("TypeError: {}|", "x".repeat(index + 1)));
            case("spec/library/slice.yaml", &format!("c{index}"), &["a"], facts)
        };
        let page = page(&results((0..12).map(wrong).collect()));
        assert_eq!(page.matches("\n### ").count(), SHOWN);
        assert!(page.contains("| unexpected error | 1 | `c0` | it raises TypeError: x\\| |\n"), "{page}");
    }

    #[test]
    fn a_single_engine_that_differs_in_nothing_has_no_matrix() {
        let pass = || case("spec/documents/0.yaml", "pass", &["a"], json!({"status": "pass"}));
        let mut right = results(vec![pass()]);
        assert!(!Matrix.is_for(&right) && Matrix.is_for(&sample()));
        right.engines.push(Engine { name: "other".to_owned(), ..right.engines[0].clone() });
        assert!(Matrix.is_for(&right));
    }
}
