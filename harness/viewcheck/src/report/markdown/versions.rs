//! The differences between versions of Python, as tables: what changed from one minor version to the next.

use super::super::count;
use super::super::model::{Change, Results};
use super::super::versions::{issue_link, sections};
use crate::report::escape::{markdown_code as code, markdown_text as text};
use std::fmt::Write;

/// The changes between versions, the newest first. Results of a part of the cases know none.
pub(super) fn differences(out: &mut String, results: &Results) {
    if results.changes.is_empty() {
        return;
    }
    // Writing to a String can't fail, here and below.
    let _ = writeln!(
        out,
        "\n## Differences between versions\n\nWhat CPython changed, and the cases that expect one behaviour before the \
         change and another one since. A change that was *measured* was found by running the versions, and not in an issue."
    );
    for section in sections(results) {
        let _ = writeln!(out, "\n### {}\n", text(&section.title));
        let _ = writeln!(out, "| change | since | issue | cases |\n|---|---|---|---|");
        for change in section.changes {
            let since = code(&change.since.join(", "));
            let _ = writeln!(out, "| {} | {since} | {} | {} |", text(&change.summary), issue(change), cases(change));
        }
    }
}

fn issue(change: &Change) -> String {
    match issue_link(&change.issue) {
        Some(address) => format!("[{}]({address})", text(&change.issue)),
        None => "measured".to_owned(),
    }
}

/// How many cases see a change, and one of them.
fn cases(change: &Change) -> String {
    match &change.cases[..] {
        [] => "none in this report".to_owned(),
        [id] => code(id),
        [id, ..] => format!("{}, for example {}", count(change.cases.len(), "case"), code(id)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::versions::tests::results;

    #[test]
    fn each_change_is_a_row() {
        let mut results = results();
        let mut out = String::new();
        differences(&mut out, &results);
        let rows: Vec<&str> =
            out.lines().filter(|line| line.starts_with("| ") && !line.starts_with("| change")).collect();
        let [late, first, ported] = rows[..] else { panic!("{out}") };
        assert!(
            first.contains(
                "| `3.12.0` | [gh-12](https://github.com/python/cpython/issues/12) | 5 cases, for example `both` |"
            ),
            "{first}"
        );
        assert!(
            ported.contains("| `3.10.6, 3.11.0` | [bpo-34](https://bugs.python.org/issue34) | none in this report |"),
            "{ported}"
        );
        assert!(late.contains("| `3.13.18, 3.15.2` | measured |"), "{late}");
        assert!(first.contains("\\|") && !out.contains("| <"), "{first}");
        results.changes.clear();
        out.clear();
        differences(&mut out, &results);
        assert_eq!(out, "");
    }
}
