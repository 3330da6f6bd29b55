//! Differences between versions of Python: what changed from one to the next, with the cases on either side.

use crate::report::causes::Survey;
use crate::report::html::link;
use crate::report::html::page::Page;
use crate::report::html::words::{prose, text};
use crate::report::model::{Case, Change, ChangeTable, Results};
use crate::report::versions::{Differs, Section, Seen, backports, by_id, by_patch_level, issue_link, sections, seen};
use crate::report::{count, list};
use maud::{Markup, html};
use std::collections::BTreeMap;

/// Differences between versions of Python.
pub(in crate::report::html) struct Versions;

/// How many cases of a change are shown before the others are folded.
const SHOWN: usize = 2;

impl Page for Versions {
    fn id(&self) -> &'static str {
        "versions"
    }

    fn title(&self) -> &'static str {
        "Versions"
    }

    fn is_for(&self, results: &Results) -> bool {
        !results.changes.is_empty()
    }

    fn render(&self, results: &Results, _survey: &Survey<'_>) -> Markup {
        let (sections, cases) = (sections(results), by_id(results));
        html! {
            p .lead {
                "CPython changed " (count(results.changes.len(), "behaviour"))
                " of memoryview and of the types around it in these versions."
            }
            p {
                "Each change is one that the reference models. Below it stand the cases that expect one behaviour before "
                "the change and another one since. "
                em { "Measured" } " means that the change was found by running the versions, and not in an issue."
            }
            nav aria-label="Versions" {
                ul {
                    @for section in &sections {
                        li {
                            a href={ "#versions-" (section.id) } { (section.title) }
                            " (" (count(section.changes.len(), "change")) ")"
                        }
                    }
                }
            }
            @for section in &sections { (shown(section, &cases)) }
            (patch_levels(results))
        }
    }
}

fn shown(section: &Section<'_>, cases: &BTreeMap<&str, &Case>) -> Markup {
    html! {
        h3 id={ "versions-" (section.id) } { (section.title) }
        @for change in &section.changes {
            h4 id={ "change-" (text(&change.name)) } { (prose(&change.summary)) }
            p .note { (origin(change)) }
            @let seen = seen(cases, change);
            @if seen.is_empty() {
                p { (unlisted(change)) }
            } @else {
                (table(&seen[..seen.len().min(SHOWN)]))
                @if seen.len() > SHOWN {
                    details {
                        summary { (count(seen.len() - SHOWN, "more claim")) " that this change concerns" }
                        (table(&seen[SHOWN..]))
                    }
                }
            }
        }
    }
}

/// Which table a change is in, its issue, and the patch levels that brought it.
fn origin(change: &Change) -> Markup {
    let subject = match change.table {
        ChangeTable::Memoryview => "memoryview",
        ChangeTable::Python => "other types",
    };
    let levels: Vec<String> = backports(change).iter().map(ToString::to_string).collect();
    let is_within = change.versions().last().is_some_and(|last| last.patch > 0);
    html! {
        "In " (subject) ". "
        @match issue_link(&change.issue) {
            Some(address) => { a href=(address) { (change.issue) } "." }
            None => { "Measured." }
        }
        @if !levels.is_empty() {
            (if is_within { " Since " } else { " Also in " }) (list(&levels)) "."
        }
    }
}

/// Why no case is shown.
fn unlisted(change: &Change) -> String {
    match change.cases.len() {
        0 => "No case in this report sees this change.".to_owned(),
        cases => format!(
            "{} see this change and pass on every engine; this report does not list them.",
            count(cases, "case")
        ),
    }
}

fn table(seen: &[Seen<'_>]) -> Markup {
    html! {
        div .wide {
            table {
                thead {
                    tr {
                        th scope="col" { "Case" }
                        th scope="col" { "Step" }
                        th scope="col" { "Before" }
                        th scope="col" { "Since" }
                    }
                }
                tbody {
                    @for seen in seen {
                        @for (index, differs) in seen.steps.iter().enumerate() {
                            tr {
                                @if index == 0 {
                                    th scope="rowgroup" rowspan=(seen.steps.len()) { (name(seen)) }
                                }
                                (step(seen, differs))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn name(seen: &Seen<'_>) -> Markup {
    html! {
        a href=(link::case(&seen.case.id)) { (text(&seen.case.id)) }
        @if seen.more > 0 { " and " (count(seen.more, "more row")) }
    }
}

fn step(seen: &Seen<'_>, differs: &Differs<'_>) -> Markup {
    html! {
        td { code { (text(&differs.step.run)) } }
        @for (version, side) in seen.versions.iter().zip(&differs.sides) {
            td {
                span .note { (version) ": " }
                @match side {
                    Some(side) => { code { (text(side)) } }
                    None => { "not in this case" }
                }
            }
        }
    }
}

/// The changes that came with patch levels.
fn patch_levels(results: &Results) -> Markup {
    let levels = by_patch_level(results);
    html! {
        @if !levels.is_empty() {
            h3 id="versions-patch-levels" { "Patch levels" }
            p { "These patch levels changed the behaviour of a minor version that had been released without the change." }
            ul {
                @for (version, changes) in &levels {
                    li {
                        strong { (version) } ": "
                        @for (index, change) in changes.iter().enumerate() {
                            @if index > 0 { ", " }
                            a href={ "#change-" (text(&change.name)) } { (text(&change.name)) }
                        }
                    }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::versions::tests::results;

    #[test]
    fn a_change_has_its_issue_and_both_sides() {
        let results = results();
        let text = Versions.render(&results, &Survey::of(&results)).into_string();
        for part in [
            "<h3 id=\"versions-3.12\">From 3.11 to 3.12</h3>",
            "<code>&lt;x&gt;</code> is | new.",
            "<a href=\"https://github.com/python/cpython/issues/12\">gh-12</a>",
            "<a href=\"https://bugs.python.org/issue34\">bpo-34</a>. Also in 3.10.6.",
            "Measured. Since 3.13.18 and 3.15.2.",
            "<a href=\"#cases?case=rows/a\">rows/a</a> and 1 more row",
            "<code>m.count(&lt;b&gt;)</code>",
            "<span class=\"note\">3.11.7: </span><code>TypeError: no | &lt;i&gt;</code>",
            "<span class=\"note\">3.12.0: </span>not in this case",
            "1 more claim that this change concerns",
            "No case in this report sees this change.",
            "<strong>3.10.6</strong>: <a href=\"#change-Ported\">Ported</a>",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("<x>") && !text.contains("<i>"), "{text}");
    }

    #[test]
    fn results_without_changes_have_no_such_page() {
        let mut results = results();
        assert!(Versions.is_for(&results));
        results.changes.clear();
        assert!(!Versions.is_for(&results));
    }

    #[test]
    fn published_results_do_not_list_the_cases_that_pass() {
        let mut results = results();
        results.cases.clear();
        let text = Versions.render(&results, &Survey::of(&results)).into_string();
        assert!(text.contains("5 cases see this change and pass on every engine"), "{text}");
    }
}
