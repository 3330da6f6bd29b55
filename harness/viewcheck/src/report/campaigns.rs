//! What a report tells of fuzzing campaigns: how the findings grew with the programs that were run, their kinds, and what
//! became of the operations.

use super::counted;
use super::escape::terminal;
use super::model::{Campaign, CampaignFinding, Enumeration, KindCount};
use crate::campaign::guided::corpus::Mark;
use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

/// How the findings grew.
pub(crate) struct Growth {
    /// After so many programs, so many findings; each time that there is one more, or several.
    pub(crate) steps: Vec<(u64, usize)>,
    /// The programs at the end, at least one.
    pub(crate) end: u64,
    /// The findings that an earlier campaign had found, which are not counted.
    pub(crate) former: usize,
}

impl Growth {
    /// The growth of a campaign.
    pub(crate) fn of(campaign: &Campaign) -> Growth {
        let mut counts: BTreeMap<u64, usize> = BTreeMap::new();
        for ran in campaign.findings.iter().filter_map(|finding| finding.ran.or(number(finding))) {
            *counts.entry(ran).or_default() += 1;
        }
        let steps: Vec<(u64, usize)> = counts
            .into_iter()
            .scan(0, |sum, (programs, count)| {
                *sum += count;
                Some((programs, *sum))
            })
            .collect();
        let last = steps.last().map_or(0, |(programs, _)| *programs);
        let former = campaign.findings.iter().filter(|finding| finding.index.is_none()).count();
        Growth { steps, end: campaign.programs.max(last).max(1), former }
    }

    /// The findings after so many programs.
    pub(crate) fn at(&self, programs: u64) -> usize {
        let steps = self.steps.partition_point(|(step, _)| *step <= programs);
        steps.checked_sub(1).and_then(|index| self.steps.get(index)).map_or(0, |(_, found)| *found)
    }

    /// The findings at the end.
    pub(crate) fn all(&self) -> usize {
        self.at(self.end)
    }

    /// The findings after 1, 2, 5, 10, 20, 50 … programs, and at the end.
    pub(crate) fn table(&self) -> Vec<(u64, usize)> {
        let powers = (0..20).map(|power| 10_u64.saturating_pow(power));
        let marks: BTreeSet<u64> = powers
            .flat_map(|power| [1, 2, 5].map(|factor| power.saturating_mul(factor)))
            .filter(|programs| *programs < self.end)
            .chain([self.end])
            .collect();
        marks.into_iter().map(|programs| (programs, self.at(programs))).collect()
    }
}

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct OfKind<'a> {
    /// Its word.
    pub(crate) kind: &'a str,
    /// How many findings are of that kind.
    pub(crate) findings: usize,
    /// The first program that shows one, counted from 1.
    pub(crate) first: Option<u64>,
}

/// The kinds of findings, the most frequent first.
pub(crate) fn by_kind(campaign: &Campaign) -> Vec<OfKind<'_>> {
    let mut kinds: BTreeMap<&str, OfKind<'_>> = BTreeMap::new();
    for finding in &campaign.findings {
        let kind = finding.kind.as_str();
        let of = kinds.entry(kind).or_insert(OfKind { kind, findings: 0, first: None });
        of.findings += 1;
        of.first = [of.first, number(finding)].into_iter().flatten().min();
    }
    let mut kinds: Vec<OfKind<'_>> = kinds.into_values().collect();
    kinds.sort_by_key(|of| (Reverse(of.findings), of.kind));
    kinds
}

/// The number of the first program that shows a finding, counted from 1.
pub(crate) fn number(finding: &CampaignFinding) -> Option<u64> {
    finding.index.map(|index| index.saturating_add(1))
}

/// The findings in the order in which they were met. Those of an earlier campaign come first.
pub(crate) fn in_order(campaign: &Campaign) -> Vec<&CampaignFinding> {
    let mut findings: Vec<&CampaignFinding> = campaign.findings.iter().collect();
    findings.sort_by_key(|finding| (finding.index, &finding.signature));
    findings
}

/// The operations, the most frequent first.
pub(crate) fn operations(campaign: &Campaign) -> Vec<(&str, &KindCount)> {
    let mut rows: Vec<(&str, &KindCount)> = campaign.kinds.iter().map(|(name, count)| (name.as_str(), count)).collect();
    rows.sort_by_key(|(name, count)| (Reverse(count.generated), *name));
    rows
}

/// The exceptions that an operation raised, the most frequent first.
pub(crate) fn raised(count: &KindCount) -> Vec<(&str, u64)> {
    let mut raised: Vec<(&str, u64)> = count.raised.iter().map(|(name, count)| (name.as_str(), *count)).collect();
    raised.sort_by_key(|(name, count)| (Reverse(*count), *name));
    raised
}

/// A part of a whole in percent; never more than all of it.
pub(crate) fn percent(part: u64, whole: u64) -> f64 {
    if whole == 0 { 0.0 } else { part.min(whole) as f64 * 100.0 / whole as f64 }
}

/// What a campaign came to, in lines for the terminal: its engines and counts, and what is said of an enumeration.
pub fn lines(campaign: &Campaign) -> String {
    let (which, programs) = (which(campaign), campaign.programs);
    let [engine, against] = [&campaign.engine, &campaign.against].map(|name| terminal(name));
    let findings = counted(campaign.findings.len() as u64, "finding");
    let line =
        format!("Campaign of {engine} against {against}, {which}: {findings} in {}.\n", counted(programs, "program"));
    let said = enumerated(campaign).first().map(|sentence| format!("{}\n", terminal(sentence)));
    line + &said.unwrap_or_default()
}

/// What shards of an enumeration say together, in lines for the terminal.
pub fn together(enumeration: &Enumeration) -> String {
    let [engine, against] = [&enumeration.engine, &enumeration.against].map(|name| terminal(name));
    let said = enumeration.sentences.iter().map(|sentence| format!("{}\n", terminal(sentence)));
    format!("Shards of the enumeration of {engine} against {against}, together:\n") + &said.collect::<String>()
}

/// What is said of an enumeration, in the words of `viewcheck enumerate`: first, how many of its programs agree.
pub(crate) fn enumerated(campaign: &Campaign) -> Vec<String> {
    match (&campaign.enumeration, campaign.depth) {
        (Some(statement), _) => statement.text().lines().map(str::to_owned).collect(),
        (None, None) => vec![],
        (None, Some(_)) => vec![
            "Whether it is complete is not known: an older version of viewcheck has made the folder. `viewcheck enumerate \
             --resume` says it."
                .to_owned(),
        ],
    }
}

/// Which programs a campaign ran: those of a seed, or of a depth, or a shard of them.
pub(crate) fn which(campaign: &Campaign) -> String {
    let shard = campaign.shard.as_ref().map(|shard| format!(", shard {}", terminal(shard))).unwrap_or_default();
    match campaign.depth {
        Some(depth) => format!("depth {depth}{shard}"),
        None => format!("seed {}{shard}", campaign.seed),
    }
}

/// What a campaign counted beside its findings, in sentences.
pub(crate) fn notes(campaign: &Campaign) -> Vec<String> {
    let mut notes = vec![];
    let mut note = |number: u64, noun: &str, words: [&str; 2]| {
        if number > 0 {
            notes.push(format!("{} {}.", counted(number, noun), words[usize::from(number > 1)]));
        }
    };
    note(
        campaign.wordings,
        "program",
        ["differs in the wording of errors only", "differ in the wording of errors only"],
    );
    // An enumeration says these with its number.
    let alone = |programs: u64| if campaign.enumeration.is_none() { programs } else { 0 };
    note(
        alone(campaign.open),
        "program",
        [
            "was compared up to a step whose behaviour is unspecified",
            "were compared up to a step whose behaviour is unspecified",
        ],
    );
    note(
        alone(campaign.unsupported),
        "program",
        [
            "was compared up to a step that an engine does not support",
            "were compared up to a step that an engine does not support",
        ],
    );
    note(
        campaign.vanished,
        "program",
        ["differed once, but not when run again", "differed once, but not when run again"],
    );
    note(campaign.workers_lost, "worker", ["died and was replaced", "died and were replaced"]);
    let former = Growth::of(campaign).former as u64;
    note(
        former,
        "finding",
        ["is of an earlier campaign in the same folder", "are of an earlier campaign in the same folder"],
    );
    if let Some(Mark { kept, behaviours, .. }) = campaign.corpus.last() {
        let (kept, behaviours) = (counted(*kept, "program"), counted(*behaviours, "behaviour"));
        notes.push(format!("It was guided by what programs showed: {kept} were the first to show {behaviours}."));
    }
    if campaign.counted > 0 && campaign.counted < campaign.programs {
        notes.push(format!("Operations were counted in a sample of {}.", counted(campaign.counted, "program")));
    }
    notes
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use rstest::rstest;
    use serde_json::json;

    /// A campaign whose findings were first shown by the programs of these indexes.
    pub(crate) fn campaign(programs: u64, indexes: &[Option<u64>]) -> Campaign {
        let finding = |(number, index): (usize, &Option<u64>)| {
            let kind = if number % 3 == 2 { "crash" } else { "value" };
            json!({"signature": format!("a|b {kind} <b>{number}</b>"), "kind": kind, "index": index, "operations": 2,
                "hits": 3, "steps": ["x = '</code>'", "x[0]\u{202e}"], "step": 2, "expected": "1 & 2", "actual": "2"})
        };
        let findings: Vec<_> = indexes.iter().enumerate().map(finding).collect();
        let kinds = json!({"get": {"generated": 10, "succeeded": 6, "raised": {"TypeError": 1, "<i>Error": 3}},
            "set": {"generated": 20, "succeeded": 20}});
        let value = json!({"engine": "a", "against": "b", "seed": 7, "level": "type", "programs": programs,
            "operations": programs * 9, "findings": findings, "kinds": kinds, "counted": 1, "pythons": ["3.13.0", "3.13.0"]});
        serde_json::from_value(value).unwrap()
    }

    #[test]
    fn findings_grow_with_the_programs() {
        let growth = Growth::of(&campaign(100, &[Some(9), None, Some(0), Some(9), Some(60)]));
        assert_eq!((growth.steps.as_slice(), growth.end, growth.former), (&[(1, 1), (10, 3), (61, 4)][..], 100, 1));
        assert_eq!(growth.table(), [(1, 1), (2, 1), (5, 1), (10, 3), (20, 3), (50, 3), (100, 4)]);
    }

    #[test]
    fn programs_that_did_not_run_are_not_counted() {
        let mut campaign = campaign(100, &[Some(9), Some(4100)]);
        campaign.findings[1].ran = Some(55);
        let growth = Growth::of(&campaign);
        assert_eq!((growth.steps.as_slice(), growth.end), (&[(10, 1), (55, 2)][..], 100));
    }

    #[rstest]
    #[case::nothing(0, &[], 1, &[(1, 0)])]
    #[case::one_program(1, &[Some(0)], 1, &[(1, 1)])]
    #[case::not_counted_yet(5, &[Some(7)], 8, &[(1, 0), (2, 0), (5, 0), (8, 1)])]
    #[case::largest(u64::MAX, &[Some(u64::MAX)], u64::MAX, &[])]
    fn a_campaign_may_be_of_any_size(
        #[case] programs: u64,
        #[case] indexes: &[Option<u64>],
        #[case] end: u64,
        #[case] table: &[(u64, usize)],
    ) {
        let campaign = Campaign { programs, ..campaign(1, indexes) };
        let growth = Growth::of(&campaign);
        assert_eq!(growth.end, end);
        assert!(table.is_empty() || growth.table() == table, "{:?}", growth.table());
        assert_eq!(growth.all(), indexes.len());
    }

    #[test]
    fn the_most_frequent_comes_first() {
        let campaign = campaign(100, &[Some(9), None, Some(4), Some(2)]);
        let of = |kind, findings, first| OfKind { kind, findings, first };
        assert_eq!(by_kind(&campaign), [of("value", 3, Some(3)), of("crash", 1, Some(5))]);
        assert_eq!(
            in_order(&campaign).iter().map(|finding| finding.index).collect::<Vec<_>>(),
            [None, Some(2), Some(4), Some(9)]
        );
        assert_eq!(operations(&campaign).iter().map(|(name, _)| *name).collect::<Vec<_>>(), ["set", "get"]);
        assert_eq!(raised(&campaign.kinds["get"]), [("<i>Error", 3), ("TypeError", 1)]);
        assert_eq!(lines(&campaign), "Campaign of a against b, seed 7: 4 findings in 100 programs.\n");
        let shard = Campaign { depth: Some(3), shard: Some("1/2".into()), ..campaign.clone() };
        assert_eq!(
            lines(&shard),
            format!(
                "Campaign of a against b, depth 3, shard 1/2: 4 findings in 100 programs.\n{}\n",
                enumerated(&shard)[0]
            )
        );
        // The folder of an enumeration says how many programs there are, unless it is an old one.
        assert!(enumerated(&campaign).is_empty() && enumerated(&shard)[0].contains("is not known"));
        assert_eq!(
            notes(&campaign),
            [
                "1 finding is of an earlier campaign in the same folder.",
                "Operations were counted in a sample of 1 program."
            ]
        );
    }
}
