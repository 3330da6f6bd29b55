//! Fuzzing campaigns: how many findings came by which program, of which kinds, and what became of the operations.

use crate::enumerate::Statement;
use crate::report::campaigns::{
    Growth, by_kind, enumerated, in_order, notes, number, operations, percent, raised, which,
};
use crate::report::causes::Survey;
use crate::report::html::page::Page;
use crate::report::html::plot;
use crate::report::html::words::{program, text};
use crate::report::model::{Campaign, CampaignFinding, Enumeration, KindCount, Results};
use crate::report::{counted, grouped};
use maud::{Markup, html};

/// The id of the page.
pub(in crate::report::html) const CAMPAIGNS: &str = "campaigns";

/// Fuzzing campaigns.
pub(in crate::report::html) struct Campaigns;

impl Page for Campaigns {
    fn id(&self) -> &'static str {
        CAMPAIGNS
    }

    fn title(&self) -> &'static str {
        "Campaigns"
    }

    fn is_for(&self, results: &Results) -> bool {
        !results.campaigns.is_empty()
    }

    fn render(&self, results: &Results, _survey: &Survey<'_>) -> Markup {
        html! {
            p {
                "A campaign runs generated programs on an engine, compares what it does with another one, and shrinks "
                "each difference to a small program, a " em { "finding" } ". The seed determines the programs, and with "
                "them the findings; an enumeration runs every program of a small alphabet."
            }
            @if results.campaigns.len() > 1 { (overview(results)) }
            @for enumeration in &results.enumerations { (together(enumeration)) }
            @for (index, campaign) in results.campaigns.iter().enumerate() { (shown(campaign, index + 1)) }
        }
    }
}

/// The engines of a campaign.
fn name(campaign: &Campaign) -> String {
    names(&campaign.engine, &campaign.against)
}

fn names(engine: &str, against: &str) -> String {
    format!("{} against {}", text(engine), text(against))
}

/// What shards of an enumeration say together.
fn together(enumeration: &Enumeration) -> Markup {
    let notes = enumeration.statement.as_ref().map(Statement::text).unwrap_or_default();
    html! {
        h3 { (names(&enumeration.engine, &enumeration.against)) ", shards together" }
        @for sentence in &enumeration.sentences { p { strong { (text(sentence)) } } }
        @for sentence in notes.lines().skip(1) { p .note { (text(sentence)) } }
    }
}

/// A line for each of several campaigns.
fn overview(results: &Results) -> Markup {
    html! {
        div .wide {
            table {
                thead {
                    tr {
                        th scope="col" { "Campaign" }
                        th scope="col" { "Which programs" }
                        @for title in ["Programs", "Findings"] { th .num scope="col" { (title) } }
                    }
                }
                tbody {
                    @for (index, campaign) in results.campaigns.iter().enumerate() {
                        tr {
                            th scope="row" { a href={ "#campaign-" (index + 1) } { (name(campaign)) } }
                            td { (text(&which(campaign))) }
                            td .num { (grouped(campaign.programs)) }
                            td .num { (grouped(campaign.findings.len() as u64)) }
                        }
                    }
                }
            }
        }
    }
}

fn shown(campaign: &Campaign, number: usize) -> Markup {
    let pythons: Vec<String> = campaign.pythons.iter().map(|python| text(python)).collect();
    html! {
        h3 id={ "campaign-" (number) } { (name(campaign)) }
        p {
            (counted(campaign.programs, "program")) " with " (counted(campaign.operations, "operation"))
            " (" (text(&which(campaign))) "), compared at the level " code { (campaign.level.word()) }
            @if let [python, expected] = &pythons[..] {
                @if python == expected { ", as Python " (python) } @else { ", Python " (python) " against " (expected) }
            }
            ": " strong { (counted(campaign.findings.len() as u64, "finding")) } "."
        }
        @let said = enumerated(campaign);
        @if let [first, others @ ..] = &said[..] {
            p { strong { (text(first)) } }
            @for sentence in others { p .note { (text(sentence)) } }
        }
        @let notes = notes(campaign);
        @if !notes.is_empty() { ul { @for note in notes { li { (note) } } } }
        @if !campaign.corpus.is_empty() { (learned(campaign)) }
        @if !campaign.findings.is_empty() {
            (grown(campaign, number))
            (kinds(campaign))
            (findings(campaign))
        }
        @if !campaign.known.is_empty() { (known(campaign)) }
        @if !campaign.kinds.is_empty() { (fates(campaign)) }
    }
}

/// The plot, and its numbers.
fn grown(campaign: &Campaign, number: usize) -> Markup {
    let growth = Growth::of(campaign);
    html! {
        @if growth.all() > 0 {
            figure {
                (plot::growth(&growth, &format!("plot-{number}"), &name(campaign)))
                figcaption { "How many findings the first programs have shown." }
            }
            details {
                summary { "The numbers of this plot" }
                table {
                    thead { tr { @for title in ["Programs run", "Findings"] { th .num scope="col" { (title) } } } }
                    tbody {
                        @for (programs, found) in growth.table() {
                            tr { td .num { (grouped(programs)) } td .num { (grouped(found as u64)) } }
                        }
                    }
                }
            }
        }
    }
}

/// How the corpus of a guided campaign grew.
fn learned(campaign: &Campaign) -> Markup {
    html! {
        details {
            summary { "New behaviours by programs run" }
            table {
                thead { tr { @for title in ["Programs run", "Programs kept", "Behaviours"] { th .num scope="col" { (title) } } } }
                tbody {
                    @for mark in &campaign.corpus {
                        tr { @for number in [mark.programs, mark.kept, mark.behaviours] { td .num { (grouped(number)) } } }
                    }
                }
            }
        }
    }
}

/// The findings by kind.
fn kinds(campaign: &Campaign) -> Markup {
    html! {
        h4 { "Kinds of findings" }
        div .wide {
            table {
                thead {
                    tr {
                        th scope="col" { "Kind" }
                        @for title in ["Findings", "First by program"] { th .num scope="col" { (title) } }
                    }
                }
                tbody {
                    @for of in by_kind(campaign) {
                        tr {
                            th scope="row" { (text(of.kind)) }
                            td .num { (grouped(of.findings as u64)) }
                            td .num { (of.first.map_or_else(|| "earlier".to_owned(), grouped)) }
                        }
                    }
                }
            }
        }
    }
}

/// The findings, each with its small program.
fn findings(campaign: &Campaign) -> Markup {
    html! {
        h4 { "Findings" }
        p .note { "In the order of the programs that show them first. Programs are counted from 1." }
        div .wide {
            table {
                thead {
                    tr {
                        th .num scope="col" { "Program" }
                        th scope="col" { "Finding" }
                        @for title in ["Operations", "Programs with it"] { th .num scope="col" { (title) } }
                    }
                }
                tbody { @for finding in in_order(campaign) { (row(finding)) } }
            }
        }
    }
}

fn row(finding: &CampaignFinding) -> Markup {
    let signature = text(&finding.signature);
    html! {
        tr {
            td .num { (number(finding).map_or_else(|| "earlier".to_owned(), grouped)) }
            td {
                @if finding.steps.is_empty() {
                    code { (signature) }
                } @else {
                    details {
                        summary { code { (signature) } }
                        (program(&finding.steps.join("\n")))
                        (difference(finding))
                    }
                }
                @if finding.unstable { span .note { " not reproducible every time" } }
            }
            td .num { (finding.operations) }
            td .num { (grouped(finding.hits)) }
        }
    }
}

/// What the step that differs should have given, and gave.
fn difference(finding: &CampaignFinding) -> Markup {
    html! {
        @if let (Some(step), Some(expected), Some(actual)) = (finding.step, &finding.expected, &finding.actual) {
            p {
                "Step " (step) ": expected " code { (text(expected)) } ", actual " code { (text(actual)) } "."
            }
        }
    }
}

/// Known divergences that were met.
fn known(campaign: &Campaign) -> Markup {
    html! {
        h4 { "Known divergences" }
        div .wide {
            table {
                thead {
                    tr {
                        th scope="col" { "Signature" }
                        th .num scope="col" { "Programs with it" }
                    }
                }
                tbody {
                    @for (signature, hits) in &campaign.known {
                        tr { td { code { (text(signature)) } } td .num { (grouped(*hits)) } }
                    }
                }
            }
        }
    }
}

/// What became of the operations.
fn fates(campaign: &Campaign) -> Markup {
    html! {
        h4 { "What became of the operations" }
        p .note {
            "As the engine whose behaviour is expected ran them, the most frequent first. In each bar the filled part "
            "succeeded, and each outlined part raised an exception, in the order of the last column."
        }
        div .wide {
            table {
                thead {
                    tr {
                        th scope="col" { "Operation" }
                        th .num scope="col" { "Generated" }
                        th scope="col" { span .hidden { "Bar" } }
                        th .num scope="col" { "Succeeded" }
                        th scope="col" { "Raised" }
                    }
                }
                tbody {
                    @for (name, count) in operations(campaign) {
                        tr {
                            th scope="row" { code { (text(name)) } }
                            td .num { (grouped(count.generated)) }
                            td { (bar(count)) }
                            td .num { (format!("{:.1}\u{a0}%", percent(count.succeeded, count.generated))) }
                            td { (exceptions(count)) }
                        }
                    }
                }
            }
        }
    }
}

/// The exceptions that an operation raised, as a part of all its operations.
fn exceptions(count: &KindCount) -> String {
    let part = |(name, times): (&str, u64)| format!("{} {:.1}\u{a0}%", text(name), percent(times, count.generated));
    raised(count).into_iter().map(part).collect::<Vec<_>>().join(", ")
}

/// A bar of 100 units. The columns beside it say the same in numbers.
fn bar(count: &KindCount) -> Markup {
    let succeeded = percent(count.succeeded, count.generated);
    let mut at = succeeded;
    let mut parts = vec![];
    for (name, times) in raised(count) {
        let width = percent(times, count.generated).min(100.0 - at);
        parts.push((at, width, name));
        at += width;
    }
    html! {
        svg .bar viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" {
            rect .succeeded x="0" y="0" width=(format!("{succeeded:.1}")) height="8" {}
            @for (at, width, name) in parts {
                rect .raised x=(format!("{at:.1}")) y="0" width=(format!("{width:.1}")) height="8" {
                    title { (text(name)) }
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::campaigns::tests::campaign;
    use crate::report::causes::sample;
    use rstest::rstest;

    fn rendered(campaigns: Vec<Campaign>) -> String {
        let mut results = sample::results(vec![]);
        results.campaigns = campaigns;
        assert!(Campaigns.is_for(&results));
        Campaigns.render(&results, &Survey::of(&results)).into_string()
    }

    #[test]
    fn a_campaign_is_shown_with_all_that_came_of_it() {
        let text = rendered(vec![campaign(1000, &[Some(9), None, Some(41)])]);
        for part in [
            "1,000 programs with 9,000 operations (seed 7), compared at the level <code>type</code>, as Python 3.13.0: <strong>3 findings</strong>",
            "<li>1 finding is of an earlier campaign in the same folder.</li>",
            "<svg class=\"plot\"",
            "<tr><td class=\"num\">20</td><td class=\"num\">1</td></tr>",
            "<th scope=\"row\">crash</th><td class=\"num\">1</td><td class=\"num\">42</td>",
            "<td class=\"num\">earlier</td>",
            "<summary><code>a|b value &lt;b&gt;0&lt;/b&gt;</code></summary><pre><code>x = '&lt;/code&gt;'\nx[0]\\u202e</code></pre>",
            "Step 2: expected <code>1 &amp; 2</code>, actual <code>2</code>.",
            "<td class=\"num\">60.0\u{a0}%</td><td>&lt;i&gt;Error 30.0\u{a0}%, TypeError 10.0\u{a0}%</td>",
            "<rect class=\"raised\" x=\"90.0\" y=\"0\" width=\"10.0\" height=\"8\"><title>TypeError</title></rect>",
        ] {
            assert!(text.contains(part), "{part}: {text}");
        }
        assert!(!text.contains("<b>") && !text.contains("<i>") && !text.contains('\u{202e}'), "{text}");
    }

    #[test]
    fn several_campaigns_have_an_overview() {
        let two = || vec![campaign(1000, &[Some(9)]), campaign(1, &[])];
        let text = rendered(two());
        assert!(text.contains("<a href=\"#campaign-2\">a against b</a>"), "{text}");
        assert!(text.contains("<h3 id=\"campaign-2\">"), "{text}");
        assert_eq!(text, rendered(two()));
    }

    #[rstest]
    #[case::empty(Campaign { engine: "e".into(), against: "r".into(), ..Campaign::default() })]
    #[case::no_finding(campaign(5, &[]))]
    #[case::only_former(campaign(5, &[None]))]
    fn nothing_is_drawn_of_nothing(#[case] campaign: Campaign) {
        let text = rendered(vec![campaign]);
        assert!(!text.contains("class=\"plot\"") && text.contains("finding"), "{text}");
    }

    #[test]
    fn a_bar_stays_within_its_frame() {
        let raised = [("A".to_owned(), 90), ("B".to_owned(), u64::MAX)].into();
        let text = bar(&KindCount { generated: 10, succeeded: 6, raised }).into_string();
        assert!(
            text.contains("x=\"60.0\" y=\"0\" width=\"40.0\"") && text.contains("x=\"100.0\" y=\"0\" width=\"0.0\""),
            "{text}"
        );
    }
}
