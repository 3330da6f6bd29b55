//! What cases check and no document describes: ten facts worth knowing, and then all of it by area.

use crate::report::causes::Survey;
use crate::report::html::link;
use crate::report::html::page::Page;
use crate::report::html::words::{counted, figure, program, prose, text};
use crate::report::model::{Case, Checked, Results};
use crate::report::provenance::{self, cases};
use maud::{Markup, html};

/// What no document describes.
pub(in crate::report::html) struct Undocumented;

/// A fact worth knowing.
struct Highlight {
    /// The id of a case that shows it.
    case: &'static str,
    /// How many of its steps are enough to show it.
    steps: usize,
    /// What is so.
    fact: &'static str,
    /// Why it matters.
    why: &'static str,
}

/// The facts that stand above the tables.
const HIGHLIGHTS: [Highlight; 10] = [
    Highlight {
        case: "compare-bytearray-on-the-left-sees-raw-bytes",
        steps: 6,
        fact: "`data == view` and `view == data` can give different answers.",
        why: "A bytearray on the left compares raw bytes; a view compares shapes and values. A test that passes one way \
              round can fail the other.",
    },
    Highlight {
        case: "iterate-iterator-keeps-its-view",
        steps: 4,
        fact: "An iterator that was not used up keeps its object locked.",
        why: "After `next(iter(view))`, a bytearray can't be resized until the iterator ends or is deleted. The \
              BufferError comes far from its cause.",
    },
    Highlight {
        case: "release-of-empty-views-matters/empty-object",
        steps: 3,
        fact: "A view of no bytes locks its object too.",
        why: "Code that takes empty input for nothing to release gets a BufferError at the next `append`.",
    },
    Highlight {
        case: "release-is-not-waited-for-by-changes-of-bytearrays/part",
        steps: 4,
        fact: "A bytearray under a view can be changed, if its length stays the same.",
        why: "The view locks the size and not the content, so the bytes that it shows can change between two lines.",
    },
    Highlight {
        case: "hash-does-not-follow-the-memory",
        steps: 8,
        fact: "A view keeps its hash although the memory below it changes.",
        why: "Two equal views can then have different hashes, and a set or a dict no longer finds one by the other.",
    },
    Highlight {
        case: "dunders-released/view",
        steps: 6,
        fact: "A released view can still be compared, and is equal to nothing but itself.",
        why: "No error tells that the view is gone: a comparison that was true before is false without a word.",
    },
    Highlight {
        case: "iterate-membership-of-nan/f",
        steps: 2,
        fact: "`view[0] in view` is False if the item is a NaN.",
        why: "A list finds such an object by its identity. A view makes a new object at each reading, so moving from a \
              list to a view changes the answer.",
    },
    Highlight {
        case: "compare-shapes-up-to-the-first-zero",
        steps: 6,
        fact: "Views with different shapes can be equal if they have no items.",
        why: "Sizes after the first dimension of zero are not compared. Equality does not say that both can be used alike.",
    },
    Highlight {
        case: "index-ellipsis-makes-no-view",
        steps: 4,
        fact: "`view[...]` of a view without dimensions is that very view.",
        why: "Everywhere else an index with an ellipsis or a slice makes a new object. Here, releasing the result releases the view.",
    },
    Highlight {
        case: "hooks-item-raises-since-3-10-6/b",
        steps: 6,
        fact: "An object that is assigned to an item can release the view during the assignment.",
        why: "Its `__index__` runs in the middle. Since Python 3.10.6 that is an error before anything is written; older \
              versions write to memory that may be freed already. (`hook` makes such an object.)",
    },
];

impl Page for Undocumented {
    fn id(&self) -> &'static str {
        "undocumented"
    }

    fn title(&self) -> &'static str {
        "Undocumented"
    }

    fn render(&self, results: &Results, _survey: &Survey<'_>) -> Markup {
        let areas = provenance::undocumented(results);
        let ids = link::Ids::of(results);
        let claims: usize = areas.iter().map(|area| area.claims.len()).sum();
        let checks: usize = areas.iter().map(|area| cases(&area.claims)).sum();
        html! {
            @if areas.is_empty() { p .lead { "Every claim is taken from a document." } }
            @else {
                p .lead {
                    "No document describes the behaviour on this page. It was measured on real interpreters, and "
                    (counted(checks, "case")) " check " (counted(claims, "claim")) " about it."
                }
                (highlights(results))
                h3 { "By area" }
                (table(&areas))
                p .note { "In the claims below, " code { "$name" } " stands for what differs from row to row." }
                @for (index, area) in areas.iter().enumerate() { (claims_of(&ids, index, area)) }
            }
        }
    }
}

/// The facts worth knowing that are among the results. Published results have the claims without the cases.
fn highlights(results: &Results) -> Markup {
    let documents = results.by_document();
    let find = |highlight: &Highlight| {
        let claim = highlight.case.split('/').next().unwrap_or_default();
        let claims = documents.iter().flat_map(|(_, claims)| claims);
        claims.into_iter().find(|checked| checked.claim.id == claim).copied()
    };
    let found: Vec<(&Highlight, Checked<'_>)> =
        HIGHLIGHTS.iter().filter_map(|highlight| Some((highlight, find(highlight)?))).collect();
    html! {
        @if !found.is_empty() {
            h3 { (counted(found.len(), "fact")) " worth knowing" }
            @for (index, (highlight, checked)) in found.iter().enumerate() {
                article {
                    h4 { (index + 1) ". " (prose(highlight.fact)) }
                    p { (prose(highlight.why)) }
                    @if let Some(case) = checked.cases.iter().find(|case| case.id == highlight.case) {
                        (program(&expected(case, highlight.steps)))
                        p .note { "Checked by " a .code href=(link::case(&case.id)) { (text(&case.id)) } "." }
                    }
                }
            }
        }
    }
}

/// The first steps of the program. A comment behind each says what it must give, in the newest version if versions differ.
fn expected(case: &Case, steps: usize) -> String {
    let mut lines = vec![];
    for step in case.steps.iter().take(steps) {
        let expect = step.expect.last();
        let words = expect.and_then(|expect| match (&expect.gives, &expect.raises) {
            (Some(value), _) => Some(value.clone()),
            (None, Some(error)) => {
                Some(expect.message.as_ref().map_or(error.clone(), |message| format!("{error}: {message}")))
            }
            _ => expect.prints.clone(),
        });
        lines.extend(step.run.lines().map(str::to_owned));
        if let (Some(last), Some(words)) = (lines.last_mut(), words) {
            *last = format!("{last}  # {}", words.replace('\n', "\n# "));
        }
    }
    lines.join("\n")
}

fn table(areas: &[provenance::Area<'_>]) -> Markup {
    html! {
        div .wide tabindex="0" role="region" aria-labelledby="undocumented-caption" {
            table {
                caption #undocumented-caption { "Undocumented behaviour by area." }
                thead { tr { th scope="col" { "Area" } th .num scope="col" { "Claims" } th .num scope="col" { "Cases" } } }
                tbody {
                    @for (index, area) in areas.iter().enumerate() {
                        tr {
                            th scope="row" { a href={ "#undocumented-" (index) } { (text(area.name)) } }
                            td .num { (figure(area.claims.len())) }
                            td .num { (figure(cases(&area.claims))) }
                        }
                    }
                }
            }
        }
    }
}

/// The claims about an area.
fn claims_of(ids: &link::Ids<'_>, index: usize, area: &provenance::Area<'_>) -> Markup {
    html! {
        h4 id={ "undocumented-" (index) } { (text(area.name)) }
        ul {
            @for claim in &area.claims {
                li {
                    (prose(&claim.claim)) " " a .code href=(ids.address(claim)) { (text(&claim.id)) }
                    @if claim.cases > 1 { " (" (counted(claim.cases, "row")) ")" }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;
    use std::path::PathBuf;

    #[test]
    fn every_highlight_is_a_measured_claim_of_spec() {
        let suite = cases::load(&[PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec"))]);
        let results = Results::of_suite(&suite);
        let measured = results.cases.iter().filter(|case| case.section == provenance::MEASURED);
        let measured: BTreeSet<&str> = measured.map(|case| &case.id[..]).collect();
        for highlight in &HIGHLIGHTS {
            assert!(measured.contains(highlight.case), "{}", highlight.case);
        }
        let page = Undocumented.render(&results, &Survey::of(&results)).into_string();
        assert!(page.contains("10 facts worth knowing") && page.contains("data.append(1)  # BufferError"), "{page}");
    }
}
