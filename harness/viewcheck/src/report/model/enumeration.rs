//! Shards of one enumeration say together what the enumeration says without shards: how many of all its programs agree.
//!
//! Campaigns stand side by side whatever they are, and nothing is refused. Only of shards of one enumeration that are there
//! once are the numbers added up, and what says them says which shards are missing or did not come to their end.

use super::{Campaign, shards};
use crate::compare::Level;
use crate::enumerate::{Enumerated, Statement};
use crate::shard::Shard;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet};

/// Shards of one enumeration.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Enumeration {
    /// The short name of the engine that was tested.
    pub engine: String,
    /// The short name of the engine whose behaviour was expected.
    pub against: String,
    /// How many shards there are.
    pub of: u32,
    /// Those that have programs and are not among the campaigns.
    pub missing: Vec<u32>,
    /// Those that did not come to their end.
    pub unfinished: Vec<u32>,
    /// Those that are there more than once. Nothing is added up then.
    pub repeated: Vec<u32>,
    /// What they say together; left out if nothing is added up.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub statement: Option<Statement>,
    /// The same in sentences, and which shards are missing, not finished, or there more than once.
    pub sentences: Vec<String>,
}

/// What shards of one enumeration have in common.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Common<'a> {
    engine: &'a str,
    against: &'a str,
    pythons: &'a [String],
    /// A hash of the alphabet.
    seed: u64,
    what: &'a Enumerated,
    level: &'static str,
    of: u32,
}

/// A shard of an enumeration.
struct Part<'a> {
    shard: Shard,
    statement: &'a Statement,
    campaign: &'a Campaign,
}

/// The enumerations of which there are shards among these campaigns. The order of the campaigns does not matter.
pub(super) fn of(campaigns: &[Campaign]) -> Vec<Enumeration> {
    let mut groups: BTreeMap<Common<'_>, Vec<Part<'_>>> = BTreeMap::new();
    for campaign in campaigns {
        let shard = campaign.shard.as_ref().and_then(|shard| shard.parse::<Shard>().ok());
        let (Some(statement), Some(shard)) = (&campaign.enumeration, shard) else { continue };
        let common = Common {
            engine: &campaign.engine,
            against: &campaign.against,
            pythons: &campaign.pythons,
            seed: campaign.seed,
            what: statement.what(),
            level: campaign.level.word(),
            of: shard.of(),
        };
        groups.entry(common).or_default().push(Part { shard, statement, campaign });
    }
    groups.into_iter().map(|(common, parts)| together(&common, &parts)).collect()
}

fn together(common: &Common<'_>, parts: &[Part<'_>]) -> Enumeration {
    // By its number, whether a shard is complete. Of one that is there more than once it is enough that one is.
    let mut complete: BTreeMap<u32, bool> = BTreeMap::new();
    let mut repeated = BTreeSet::new();
    for part in parts {
        let (number, is_complete) = (part.shard.number(), part.statement.is_complete());
        if let Some(before) = complete.insert(number, is_complete) {
            complete.insert(number, is_complete || before);
            repeated.insert(number);
        }
    }
    let repeated: Vec<u32> = repeated.into_iter().collect();
    // One that has no programs can't be run.
    let wanted = Shard::all(common.of).filter(|shard| shard.programs(common.what.programs()) > 0).map(Shard::number);
    let missing: Vec<u32> = wanted.filter(|number| !complete.contains_key(number)).collect();
    let unfinished: Vec<u32> =
        complete.iter().filter(|(_, is_complete)| !**is_complete).map(|(number, _)| *number).collect();
    let statement = repeated.is_empty().then(|| {
        let signatures = parts.iter().flat_map(|part| &part.campaign.findings).map(|finding| &finding.signature);
        let findings = signatures.collect::<BTreeSet<_>>().len();
        let level = parts.first().map_or(Level::default(), |part| part.campaign.level);
        let is_complete = missing.is_empty() && unfinished.is_empty();
        Statement::together(common.what, parts.iter().map(|part| part.statement), is_complete, level, findings)
    });
    let words = |numbers: &[u32]| shards::words(numbers, common.of);
    let first = match &statement {
        Some(statement) => statement.as_sentence().to_owned(),
        None => {
            let (repeated, programs, who) = (words(&repeated), common.what.words(), common.what.who());
            format!("Not added up, because {repeated} is there more than once: {programs}, on {who}.")
        }
    };
    let rest = [("Missing", &missing), ("Not finished", &unfinished)].into_iter().filter(|(_, some)| !some.is_empty());
    let rest = rest.map(|(what, numbers)| format!("{what}: {}.", words(numbers)));
    Enumeration {
        engine: common.engine.to_owned(),
        against: common.against.to_owned(),
        of: common.of,
        sentences: std::iter::once(first).chain(rest).collect(),
        missing,
        unfinished,
        repeated,
        statement,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::causes::sample;
    use crate::report::model::parse;
    use crate::report::to_json;
    use rstest::rstest;
    use serde_json::{Value, json};
    use std::path::Path;

    /// A shard of an enumeration of 1,000 programs, of which this one has run some and has found some of them to differ.
    fn part(shard: &str, run: u64, findings: &[&str]) -> Value {
        let programs = shard.parse::<Shard>().unwrap().programs(1000);
        let differ = findings.len() as u64;
        let finding = |signature: &&str| json!({"signature": signature, "kind": "value", "operations": 1});
        json!({"engine": "mine", "against": "reference", "seed": 7, "depth": 2, "shard": shard, "level": "message",
            "programs": run, "operations": run, "findings": findings.iter().map(finding).collect::<Vec<_>>(),
            "enumeration": {"depth": 2, "all": false, "exporters": 3, "operations": 5, "left_out": 0, "of": 1000,
                "engines": ["the reference", "`mine` (mine 1.0)"], "viewcheck": "1.0.0", "programs": programs, "run": run,
                "complete": run == programs, "agree": run - differ, "differ": differ, "known": 0, "open": 0,
                "unsupported": 0, "statement": ""}})
    }

    fn said(parts: &[Value]) -> Vec<Vec<String>> {
        let campaigns: Vec<Campaign> = parts.iter().map(|part| serde_json::from_value(part.clone()).unwrap()).collect();
        of(&campaigns).into_iter().map(|enumeration| enumeration.sentences).collect()
    }

    /// Of 1,000 programs the first shard of 2 has 512, and of 3 the shards have 488, 256 and 256.
    #[rstest]
    #[case::all(&[part("2/2", 488, &[]), part("1/2", 512, &[])], &["All 1,000 P agree: E."])]
    #[case::three(&[part("1/3", 488, &[]), part("3/3", 256, &[]), part("2/3", 256, &[])], &["All 1,000 P agree: E."])]
    #[case::findings(
        &[part("1/2", 512, &["a", "b"]), part("2/2", 488, &["b", "c"])],
        &["996 of 1,000 P agree, and 4 differ, in 3 findings: E."]
    )]
    #[case::missing(
        &[part("2/3", 256, &[])],
        &["Not complete: 256 of 1,000 P were run, 256 of them agree, and none differs so far: E.", "Missing: shards 1 and 3 of 3."]
    )]
    // The shards 5 to 9 have no programs: there are four blocks.
    #[case::without_programs(
        &[part("4/9", 232, &[])],
        &["Not complete: 232 of 1,000 P were run, 232 of them agree, and none differs so far: E.", "Missing: shards 1 to 3 of 9."]
    )]
    #[case::not_finished(
        &[part("1/3", 100, &["a"]), part("2/3", 256, &[])],
        &["Not complete: 356 of 1,000 P were run, 355 of them agree, and 1 differs, in 1 finding: E.", "Missing: shard 3 of 3.",
            "Not finished: shard 1 of 3."]
    )]
    #[case::twice(
        &[part("1/2", 512, &[]), part("2/2", 488, &[]), part("1/2", 100, &[])],
        &["Not added up, because shard 1 of 2 is there more than once: 1,000 P, on E."]
    )]
    fn shards_speak_together(#[case] parts: &[Value], #[case] sentences: &[&str]) {
        let full = |sentence: &&str| {
            let programs = "programs of at most 2 operations over 5 operations and 3 exporters";
            sentence.replace(" P", &format!(" {programs}")).replace(" E.", " the reference and `mine` (mine 1.0).")
        };
        assert_eq!(said(parts), [sentences.iter().map(full).collect::<Vec<_>>()]);
    }

    #[rstest]
    #[case::engine("/engine", json!("other"))]
    #[case::against("/against", json!("other"))]
    #[case::python("/pythons", json!(["3.13.0", "3.12.0"]))]
    #[case::alphabet("/seed", json!(8))]
    #[case::level("/level", json!("type"))]
    #[case::shards("/shard", json!("2/3"))]
    #[case::depth("/enumeration/depth", json!(3))]
    #[case::programs("/enumeration/of", json!(1001))]
    #[case::version_of_the_engine("/enumeration/engines/1", json!("`mine` (mine 2.0)"))]
    #[case::viewcheck("/enumeration/viewcheck", json!("2.0.0"))]
    fn shards_of_different_enumerations_are_not_added_up(#[case] place: &str, #[case] new: Value) {
        let (one, mut other) = (part("1/2", 512, &[]), part("2/2", 488, &[]));
        assert!(said(&[one.clone(), other.clone()])[0][0].starts_with("All "));
        match other.pointer_mut(place) {
            Some(value) => *value = new,
            None => other[&place[1..]] = new,
        }
        let apart = said(&[one, other]);
        assert!(apart.len() == 2 && apart.iter().all(|said| said[0].starts_with("Not complete: ")), "{apart:?}");
    }

    #[test]
    fn what_a_file_says_of_them_follows_from_its_campaigns() {
        let mut results = sample::results(vec![]);
        results.add_campaigns(vec![serde_json::from_value(part("1/2", 512, &[])).unwrap()]);
        let text = to_json(&results).replace("Not complete", "Complete");
        assert_eq!(parse(Path::new("r.json"), &text).unwrap(), results);
    }

    #[test]
    fn other_campaigns_are_no_shards_of_an_enumeration() {
        let (mut whole, mut seed) = (part("1/1", 1000, &[]), part("1/2", 512, &[]));
        whole["shard"].take();
        seed["enumeration"].take();
        assert!(said(&[whole, seed]).is_empty());
    }
}
