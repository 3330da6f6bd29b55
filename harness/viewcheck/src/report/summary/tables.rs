//! The tables of a summary. Each counts cases: a row of engines all cases on that engine, a row of documents each case
//! of that document once.

use super::{Paint, cut_to};
use crate::report::count;
use crate::report::escape::terminal;
use crate::report::model::{Case, Checked, Document, Engine, Results, Status, Verdict};
use std::cmp::Reverse;
use std::fmt::Write as _;

/// The longest names of engines and documents, and what engines are.
const LONGEST_NAME: usize = 40;
const LONGEST_WHAT: usize = 36;
/// How many documents are shown. Of more than these, only some of those in which something differs.
const MOST_DOCUMENTS: usize = 8;

/// The statuses with a column of their own, with its title; all but the first three only where they came up.
const COLUMNS: [(Status, &str); 9] = [
    (Status::Pass, "passed"),
    (Status::Fail, "mismatches"),
    (Status::Skip, "skipped"),
    (Status::Crash, "crashes"),
    (Status::Hang, "hangs"),
    (Status::Known, "known"),
    (Status::Stale, "stale"),
    (Status::Open, "open"),
    (Status::Error, "errors"),
];

/// A row for each engine, but only so many: how many cases have each status there. The counts of a row add up to the cases.
pub(super) fn engines(out: &mut String, results: &Results, most: usize, paint: Paint) {
    let of = |engine: &Engine, status| results.summary.get(&engine.name).map_or(0, |counts| counts.get(status));
    let came_up = |status| results.engines.iter().any(|engine| of(engine, status) > 0);
    let columns = COLUMNS.iter().enumerate().filter(|(index, (status, _))| *index < 3 || came_up(*status));
    let columns: Vec<(Status, &str)> = columns.map(|(_, column)| *column).collect();
    let mut rows = vec![vec!["engine".to_owned(), String::new()]];
    rows[0].extend(columns.iter().map(|(_, title)| (*title).to_owned()));
    let mut engines: Vec<&Engine> = results.engines.iter().collect();
    if engines.len() > most {
        // What is left out is what did as expected.
        let is_bad = |engine: &Engine| Status::ALL.iter().any(|status| status.is_bad() && of(engine, *status) > 0);
        engines.sort_by_key(|engine| !is_bad(engine));
    }
    for engine in engines.into_iter().take(most) {
        let counts = columns.iter().map(|(status, _)| of(engine, *status).to_string());
        let names = [name(&engine.name), cut_to(&terminal(&engine.description()), LONGEST_WHAT)];
        rows.push(names.into_iter().chain(counts).collect());
    }
    table(out, &rows, 2, paint);
    if let Some(more) = results.engines.len().checked_sub(most).filter(|more| *more > 0) {
        let _ = writeln!(out, "and {}", count(more, "more engine"));
    }
}

fn name(name: &str) -> String {
    cut_to(&terminal(name), LONGEST_NAME)
}

/// How the cases of a document ended.
#[derive(Clone, Copy, Default)]
struct Ends {
    cases: usize,
    confirmed: usize,
    refuted: usize,
    differ: usize,
    idle: usize,
}

impl Ends {
    fn of<'a>(claims: impl IntoIterator<Item = &'a Checked<'a>>) -> Ends {
        let mut ends = Ends::default();
        for checked in claims {
            ends.cases += checked.claim.cases;
            // Cases are left out only if they pass everywhere, and none of them is refuted.
            ends.confirmed += checked.omitted();
            for case in checked.cases {
                *ends.place(case) += 1;
            }
        }
        ends
    }

    fn place(&mut self, case: &Case) -> &mut usize {
        let mut judged = case.results.values().filter(|result| result.status.is_judged()).peekable();
        match case.verdict {
            _ if judged.peek().is_none() => &mut self.idle,
            _ if judged.any(|result| result.status != Status::Pass) => &mut self.differ,
            Verdict::Confirmed => &mut self.confirmed,
            Verdict::Refuted => &mut self.refuted,
        }
    }

    fn row(self, name: String) -> Vec<String> {
        let counts = [self.cases, self.confirmed, self.refuted, self.differ, self.idle];
        [name].into_iter().chain(counts.map(|count| count.to_string())).collect()
    }
}

/// A row for each document, or for those in which most cases differ, and one for all.
pub(super) fn documents(out: &mut String, results: &Results) {
    let documents = results.by_document();
    let ends = |(document, claims): &(&Document, Vec<Checked<'_>>)| (name(document.label()), Ends::of(claims));
    let mut shown: Vec<(String, Ends)> = documents.iter().map(ends).filter(|(_, ends)| ends.cases > 0).collect();
    let count_all = shown.len();
    if count_all > MOST_DOCUMENTS {
        shown.retain(|(_, ends)| ends.differ > 0);
        shown.sort_by_key(|(_, ends)| Reverse(ends.differ));
        shown.truncate(MOST_DOCUMENTS);
    }
    let titles = ["document", "cases", "confirmed", "refuted", "differ", "not judged"];
    let mut rows = vec![titles.map(str::to_owned).to_vec()];
    rows.extend(shown.into_iter().map(|(name, ends)| ends.row(name)));
    if count_all != 1 {
        let all = Ends::of(documents.iter().flat_map(|(_, claims)| claims));
        rows.push(all.row(format!("all of {}", count(count_all, "document"))));
    }
    out.push('\n');
    table(out, &rows, 1, Paint { color: false });
}

/// A table whose first columns are texts, and the others numbers.
fn table(out: &mut String, rows: &[Vec<String>], texts: usize, paint: Paint) {
    let columns = rows.first().map_or(0, Vec::len);
    let width = |column: usize| rows.iter().filter_map(|row| row.get(column)).map(|cell| cell.chars().count()).max();
    let widths: Vec<usize> = (0..columns).map(|column| width(column).unwrap_or(0)).collect();
    for (index, row) in rows.iter().enumerate() {
        let cells = row.iter().zip(&widths).enumerate().map(|(column, (cell, width))| match column < texts {
            true => format!("{cell:width$}"),
            false => format!("{cell:>width$}"),
        });
        let line = cells.collect::<Vec<_>>().join("  ");
        let _ = writeln!(out, "{}", if index == 0 { paint.bold(&line) } else { line });
    }
}
