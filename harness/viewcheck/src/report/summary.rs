//! The summary on the terminal: a table of counts, every mismatch, and a closing sentence. Where several engines are
//! tested, their mismatches are too many for a terminal: it has a line for each engine instead.

use super::causes::{Severity, Tally};
use super::changes::Changes;
use super::model::{Case, Checked, Document, Engine, EngineResult, Results, Status};
use super::{Format, count};
use std::fmt::Write as _;
use std::io::{self, Write};

/// How many of the cases that no engine could run or judge are listed by id.
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
    let mut out = String::new();
    // Writing to a String can't fail, here and below.
    let engines = results.engines.iter().map(|engine| format!("{} ({})", engine.name, engine.description()));
    let _ = writeln!(out, "{}", paint.bold(&format!("Engines: {}", engines.collect::<Vec<_>>().join(", "))));
    let documents = results.by_document();
    let are_many = results.tested().count() > 1;
    match are_many {
        true => matrix(&mut out, results, &documents),
        false => table(&mut out, results, &documents),
    }
    let is_listed = |engine: &&Engine| !are_many || !engine.is_tested();
    for case in documents.iter().flat_map(|(_, claims)| claims).flat_map(|checked| checked.cases) {
        for engine in &results.engines {
            match case.result(engine) {
                // No other place tells which entries are stale.
                Some(result) if result.status == Status::Stale || result.status.is_bad() && is_listed(&engine) => {
                    mismatch(&mut out, case, &engine.name, result, paint)
                }
                _ => {}
            }
        }
    }
    for sentence in &results.unbroken {
        let _ = writeln!(out, "\n{}: {sentence}", paint.red("stale"));
    }
    idle(&mut out, results);
    let _ = writeln!(out, "\n{}", closing(results, paint));
    if results.not_run > 0 {
        let ran = results.count_cases();
        let all = count(ran + results.not_run, "case");
        let _ = writeln!(out, "Interrupted after {ran} of {all}.");
    }
    out
}

/// Lists the cases that no engine could run or judge, so that they are not mistaken for passed.
fn idle(out: &mut String, results: &Results) {
    let is_skipped = |case: &&Case| case.results.values().all(|result| result.status == Status::Skip);
    let (skipped, open): (Vec<&Case>, Vec<&Case>) = results.idle().partition(is_skipped);
    for (cases, verb) in [(skipped, "run"), (open, "judge")] {
        if cases.is_empty() {
            continue;
        }
        let told = cases.iter().take(MOST_IDLE).map(|case| case.id.as_str()).collect::<Vec<_>>().join(", ");
        let more = match cases.len().saturating_sub(MOST_IDLE) {
            0 => String::new(),
            more => format!(" and {more} more"),
        };
        let _ = writeln!(out, "\nNo engine could {verb} {}: {told}{more}", count(cases.len(), "case"));
    }
}

/// The statuses with a column of their own, with its title; all but the first two only where they came up.
const COLUMNS: [(Status, &str); 8] = [
    (Status::Fail, "mismatches"),
    (Status::Skip, "skipped"),
    (Status::Known, "known"),
    (Status::Stale, "stale"),
    (Status::Open, "open"),
    (Status::Crash, "crashes"),
    (Status::Hang, "hangs"),
    (Status::Error, "errors"),
];

fn table(out: &mut String, results: &Results, documents: &[(&Document, Vec<Checked<'_>>)]) {
    let columns = COLUMNS.iter().enumerate().filter(|(index, (status, _))| *index < 2 || results.count(*status) > 0);
    let columns: Vec<(Status, &str)> = columns.map(|(_, column)| *column).collect();
    let rows: Vec<(&str, Vec<usize>)> = documents
        .iter()
        .filter(|(_, claims)| !claims.is_empty())
        .map(|(document, claims)| {
            let cases: usize = claims.iter().map(|checked| checked.claim.cases).sum();
            let refuted: usize = claims.iter().map(Checked::refuted).sum();
            let of = |(status, _): &(Status, &str)| -> usize {
                let engines = results.engines.iter();
                engines.flat_map(|engine| claims.iter().map(move |checked| checked.count(engine, *status))).sum()
            };
            (document.label(), [cases - refuted, refuted].into_iter().chain(columns.iter().map(of)).collect())
        })
        .collect();
    let width = rows.iter().map(|(label, _)| label.chars().count()).max().unwrap_or(0).max("document".len());
    let titles = columns.iter().map(|(_, title)| *title);
    let header: Vec<&str> = ["confirmed", "refuted"].into_iter().chain(titles).collect();
    let _ = writeln!(out, "\n{:width$}  {}", "document", header.join("  "));
    for (label, counts) in rows {
        let cells: Vec<String> =
            counts.iter().zip(&header).map(|(count, title)| format!("{count:>width$}", width = title.len())).collect();
        let _ = writeln!(out, "{label:width$}  {}", cells.join("  "));
    }
}

/// A line for each tested engine: how many cases passed of those that were judged, and what differs by severity.
fn matrix(out: &mut String, results: &Results, documents: &[(&Document, Vec<Checked<'_>>)]) {
    let tally = |engine: &Engine| Tally::of(documents.iter().flat_map(|(_, claims)| claims), engine);
    let tallies: Vec<(&str, Tally)> = results.tested().map(|engine| (engine.name.as_str(), tally(engine))).collect();
    let came_up = |severity: &Severity| tallies.iter().any(|(_, tally)| tally.count_new(*severity) > 0);
    let severities: Vec<Severity> = Severity::ALL.into_iter().filter(came_up).collect();
    let mut header = vec!["engine", "passed", "judged"];
    header.extend(severities.iter().map(|severity| severity.column()));
    header.extend(["known", "stale", "not run", "skipped"]);
    let mut rows: Vec<Vec<String>> = vec![header.into_iter().map(str::to_owned).collect()];
    for (name, tally) in &tallies {
        let counts = [tally.passed, tally.judged].into_iter();
        let counts = counts.chain(severities.iter().map(|severity| tally.count_new(*severity)));
        let counts = counts.chain([tally.known, tally.stale, tally.errors, tally.skipped + tally.open]);
        rows.push([(*name).to_owned()].into_iter().chain(counts.map(|count| count.to_string())).collect());
    }
    let columns = rows.first().map_or(0, Vec::len);
    let cell = |row: &Vec<String>, column: usize| row.get(column).cloned().unwrap_or_default();
    let width = |column| rows.iter().map(|row| cell(row, column).chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..columns).map(width).collect();
    out.push('\n');
    for row in &rows {
        let padded = widths.iter().enumerate().map(|(column, width)| match column {
            0 => format!("{:width$}", cell(row, 0)),
            column => format!("{:>width$}", cell(row, column)),
        });
        let _ = writeln!(out, "{}", padded.collect::<Vec<_>>().join("  "));
    }
    let _ = writeln!(out, "\nThe causes are in matrix.md, which --report and --out write.");
}

fn mismatch(out: &mut String, case: &Case, engine: &str, result: &EngineResult, paint: Paint) {
    let title = paint.red(&format!("{} on {engine}", case.id));
    let reason = result.reason.as_deref().unwrap_or_default();
    let Some((_, step)) = result.failed_step(case) else {
        let _ = writeln!(out, "\n{title}  {}:{}\n  {reason}", case.file, case.line);
        return;
    };
    let line = step.map_or(case.line, |step| step.line);
    let _ = writeln!(out, "\n{title}  {}:{line}", case.file);
    match result.kind {
        Some(kind) => _ = writeln!(out, "  {kind}: {reason}"),
        None => _ = writeln!(out, "  {reason}"),
    }
    for (index, line) in step.map(|step| step.run.as_str()).unwrap_or_default().lines().enumerate() {
        let _ = writeln!(out, "  {}{line}", if index == 0 { "step      " } else { "          " });
    }
    let _ = writeln!(out, "  expected  {}", result.expected.as_deref().unwrap_or_default());
    let _ = writeln!(out, "  actual    {}", result.actual.as_deref().unwrap_or_default());
}

fn closing(results: &Results, paint: Paint) -> String {
    let cases = results.count_cases();
    let judged = cases - results.idle().count();
    let engines = count(results.engines.len(), "engine");
    let what = format!("{} on {engines}", count(cases, "case"));
    let idle: Vec<String> = results.idle_engines().map(|engine| format!("`{}`", engine.name)).collect();
    let is_idle = !idle.is_empty() && idle.len() == results.tested().count();
    let mut sentence = match results.bad() {
        0 if cases == 0 => "No case ran.".to_owned(),
        0 if judged > 0 && is_idle => {
            format!(
                "Nothing was checked on {}: {} could not be run and judged there.",
                idle.join(", "),
                count(cases, "case")
            )
        }
        0 if results.problems > 0 => format!("As expected as far as it was read: {judged} of {what}."),
        0 if judged == 0 => format!("Nothing was checked: {what} could not be run and judged."),
        0 if judged < cases => paint.green(&format!("Everything as expected: {judged} of {what}.")),
        0 => paint.green(&format!("Everything as expected: {what}.")),
        _ => paint.red(&format!("{} in {what}.", wrong(results))),
    };
    if !idle.is_empty() && !is_idle {
        sentence += &format!(" Nothing could be checked on {}.", idle.join(", "));
    }
    if results.count(Status::Known) > 0 {
        let known = results.count(Status::Known);
        let differ = if known == 1 { "differs" } else { "differ" };
        sentence += &format!(" {} {differ} as spec/known says.", count(known, "result"));
    }
    if results.wordings() > 0 {
        let wordings = results.wordings();
        let differ = if wordings == 1 { "differs" } else { "differ" };
        sentence += &format!(" {} {differ} in wording only.", count(wordings, "result"));
    }
    if results.problems > 0 {
        let problems = count(results.problems, "problem");
        sentence += &format!(" Some files could not be read completely: they have {problems}.");
    }
    sentence
}

/// The counts of what failed: `2 mismatches, 1 crash`.
fn wrong(results: &Results) -> String {
    let nouns = [
        (Status::Fail, "mismatch"),
        (Status::Stale, "stale known divergence"),
        (Status::Crash, "crash"),
        (Status::Hang, "hang"),
        (Status::Error, "error"),
    ];
    let entries = |status| if status == Status::Stale { results.unbroken.len() } else { 0 };
    let counts = nouns.map(|(status, noun)| (results.count(status) + entries(status), noun));
    let counts = counts.into_iter().filter(|(number, _)| *number > 0);
    counts.map(|(number, noun)| count(number, noun)).collect::<Vec<_>>().join(", ")
}

/// What changed since the baseline.
pub fn changes(changes: &Changes, paint: Paint) -> String {
    let mut out = String::new();
    let parts =
        [("fixed", &changes.fixed), ("broken", &changes.broken), ("new", &changes.new), ("gone", &changes.gone)];
    let totals: Vec<String> = parts.iter().map(|(word, names)| format!("{} {word}", names.len())).collect();
    let _ = writeln!(out, "\n{}", paint.bold(&format!("Since the baseline: {}", totals.join(", "))));
    for note in &changes.engines {
        let _ = writeln!(out, "  note: {note}");
    }
    for (word, names) in parts {
        for name in names {
            let word = if word == "broken" { paint.red(word) } else { word.to_owned() };
            let _ = writeln!(out, "  {word}: {name}");
        }
    }
    out
}
