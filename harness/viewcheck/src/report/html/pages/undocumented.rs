//! What cases check and no document describes: ten facts worth knowing, and then all of it by area.

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
    /// The id of the claim.
    claim: &'static str,
    /// What is so.
    fact: &'static str,
    /// Why it matters.
    why: &'static str,
}

/// The facts that stand above the tables.
const HIGHLIGHTS: [Highlight; 10] = [
    Highlight {
        claim: "compare-bytearray-on-the-left-sees-raw-bytes",
        fact: "`data == view` and `view == data` can give different answers.",
        why: "A bytearray on the left compares raw bytes; a view compares shapes and values. A test that passes one way \
              round can fail the other.",
    },
    Highlight {
        claim: "iterate-iterator-keeps-its-view",
        fact: "An iterator that was not used up keeps its object locked.",
        why: "After `next(iter(view))`, a bytearray can't be resized until the iterator ends or is deleted. The \
              BufferError comes far from its cause.",
    },
    Highlight {
        claim: "release-of-empty-views-matters",
        fact: "A view of no bytes locks its object too.",
        why: "Code that takes empty input for nothing to release gets a BufferError at the next `append`.",
    },
    Highlight {
        claim: "release-is-not-waited-for-by-changes-of-bytearrays",
        fact: "A bytearray under a view can be changed, if its length stays the same.",
        why: "The view locks the size and not the content, so the bytes that it shows can change between two lines.",
    },
    Highlight {
        claim: "hash-does-not-follow-the-memory",
        fact: "A view keeps its hash although the memory below it changes.",
        why: "Two equal views can then have different hashes, and a set or a dict no longer finds one by the other.",
    },
    Highlight {
        claim: "dunders-released",
        fact: "A released view can still be compared, and is equal to nothing but itself.",
        why: "No error tells that the view is gone: a comparison that was true before is false without a word.",
    },
    Highlight {
        claim: "iterate-membership-of-nan",
        fact: "`view[0] in view` is False if the item is a NaN.",
        why: "A list finds such an object by its identity. A view makes a new object at each reading, so moving from a \
              list to a view changes the answer.",
    },
    Highlight {
        claim: "compare-shapes-up-to-the-first-zero",
        fact: "Views with different shapes can be equal if they have no items.",
        why: "Sizes after the first dimension of zero are not compared. Equality does not say that both can be used alike.",
    },
    Highlight {
        claim: "index-ellipsis-makes-no-view",
        fact: "`view[...]` of a view without dimensions is that very view.",
        why: "Everywhere else an index with an ellipsis or a slice makes a new object. Here, releasing the result releases the view.",
    },
    Highlight {
        claim: "hooks-item-raises-since-3-10-6",
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
        "Undocumented behaviour"
    }

    fn render(&self, results: &Results) -> Markup {
        let areas = provenance::undocumented(results);
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
                @for (index, area) in areas.iter().enumerate() { (claims_of(index, area)) }
            }
        }
    }
}

/// The facts worth knowing that are among the results.
fn highlights(results: &Results) -> Markup {
    let documents = results.by_document();
    let find = |highlight: &Highlight| {
        let claims = documents.iter().flat_map(|(_, claims)| claims);
        claims.into_iter().find(|checked| checked.claim.id == highlight.claim).copied()
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
                    @if let Some(case) = smallest(checked.cases) { (program(&expected(case))) }
                    p .note { "Checked by " a .code href=(link::claim(checked.claim)) { (text(&checked.claim.id)) } "." }
                }
            }
        }
    }
}

/// The shortest case.
fn smallest(cases: &[Case]) -> Option<&Case> {
    cases
        .iter()
        .min_by_key(|case| (case.steps.len(), case.steps.iter().map(|step| step.run.chars().count()).sum::<usize>()))
}

/// The program. A comment behind each step says what it must give, in the newest version if versions differ.
fn expected(case: &Case) -> String {
    let mut lines = vec![];
    for step in &case.steps {
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
fn claims_of(index: usize, area: &provenance::Area<'_>) -> Markup {
    html! {
        h4 id={ "undocumented-" (index) } { (text(area.name)) }
        ul {
            @for claim in &area.claims {
                li {
                    (prose(&claim.claim)) " " a .code href=(link::claim(claim)) { (text(&claim.id)) }
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
        let measured: BTreeSet<String> = provenance::undocumented(&results)
            .iter()
            .flat_map(|area| area.claims.iter().map(|claim| claim.id.clone()))
            .collect();
        for highlight in &HIGHLIGHTS {
            assert!(measured.contains(highlight.claim), "{}", highlight.claim);
        }
        let page = Undocumented.render(&results).into_string();
        assert!(page.contains("10 facts worth knowing") && page.contains("data.append(1)  # BufferError"), "{page}");
    }
}
