//! The results of a run: everything that a report says, and nothing else.
//!
//! [`Results`] are made from a run ([`Results::of_run`]) or read from a file that a run wrote ([`read`]), joined
//! ([`merge`]) and abridged ([`publish`]). Every format is rendered from them alone, so that a stored file gives the
//! same bytes as the run that wrote it. Fields that a program does not know are ignored when a file is read; where the
//! meaning of a field changes, [`SCHEMA`] does.

mod build;
mod campaign;
mod case;
mod change;
mod engine;
mod enumeration;
mod merge;
mod publish;
mod read;
mod scene;
mod schema;
mod shards;
mod sound;
mod status;

pub use build::Scope;
pub use campaign::{Campaign, CampaignFinding, KindCount};
pub use case::{Case, Claim, Document, EngineResult, Expect, LeftOut, Step, Verdict, Wording};
pub use change::{Change, ChangeTable, before};
pub use engine::Engine;
pub use enumeration::Enumeration;
pub use merge::{MergeError, merge, unabridged};
pub use publish::{PublishError, publish};
pub use read::{ReadError, parse, read};
pub use scene::{Scene, SceneObject, SceneView};
pub use schema::schema;
pub use shards::Shards;
pub use status::{Counts, Status};

use super::count;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The version of the model.
pub const SCHEMA: u32 = 2;

/// What came of a run.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct Results {
    /// The version of the model.
    #[schemars(extend("const" = SCHEMA))]
    pub schema: u32,
    /// Whether cases that pass on every engine are left out, as in the results that are published.
    #[serde(default, skip_serializing_if = "is_default")]
    pub abridged: bool,
    /// Which shards of a run they are, unless all of it.
    #[serde(default, skip_serializing_if = "is_default")]
    pub shards: Option<Shards>,
    /// The engines, in the order of the command line.
    pub engines: Vec<Engine>,
    /// The files of cases, with the claims that they check.
    pub documents: Vec<Document>,
    /// The cases that were run, in the order of the documents and their claims.
    pub cases: Vec<Case>,
    /// Counts for each engine, of all cases whether they are left out or not.
    pub summary: BTreeMap<String, Counts>,
    /// How many problems there were in the files of cases, which kept cases from being run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub problems: usize,
    /// How many cases were left out because of those.
    #[serde(default, skip_serializing_if = "is_default")]
    pub refused: usize,
    /// How many cases an interruption kept from being run.
    #[serde(default, skip_serializing_if = "is_default")]
    pub not_run: usize,
    /// What is wrong with entries of known divergences that are about laws, in a sentence each. Each is an error.
    #[serde(default, skip_serializing_if = "is_default")]
    pub unbroken: Vec<String>,
    /// The differences between versions that the reference knows.
    #[serde(default, skip_serializing_if = "is_default")]
    pub changes: Vec<Change>,
    /// Campaigns whose findings are shown beside the cases.
    #[serde(default, skip_serializing_if = "is_default")]
    pub campaigns: Vec<Campaign>,
    /// What shards of an enumeration among the campaigns say together.
    #[serde(default, skip_serializing_if = "is_default")]
    pub enumerations: Vec<Enumeration>,
    /// Whether all cases could be read and the run came to its end.
    pub complete: bool,
}

/// Whether an optional field has nothing to say.
pub(crate) fn is_default<T: Default + PartialEq>(value: &T) -> bool {
    *value == T::default()
}

/// A claim with those of its cases that are listed.
#[derive(Clone, Copy, Debug)]
pub struct Checked<'a> {
    /// The claim.
    pub claim: &'a Claim,
    /// Its cases. In abridged results those that pass on every engine are not among them.
    pub cases: &'a [Case],
}

impl<'a> Checked<'a> {
    /// How many of its cases are left out because they pass on every engine.
    pub fn omitted(&self) -> usize {
        self.claim.cases.saturating_sub(self.cases.len())
    }

    /// The results of the listed cases on an engine.
    pub fn results(&self, engine: &'a Engine) -> impl Iterator<Item = &'a EngineResult> {
        self.cases.iter().filter_map(|case| case.result(engine))
    }

    /// How many of its cases have a status on an engine.
    pub fn count(&self, engine: &'a Engine, status: Status) -> usize {
        let listed = self.results(engine).filter(|result| result.status == status).count();
        listed + if status == Status::Pass { self.omitted() } else { 0 }
    }

    /// How many of its cases are refuted. A refuted case is never left out.
    pub fn refuted(&self) -> usize {
        self.cases.iter().filter(|case| case.verdict == Verdict::Refuted).count()
    }
}

impl Results {
    /// The documents with their claims, and those with their cases.
    pub fn by_document(&self) -> Vec<(&Document, Vec<Checked<'_>>)> {
        let mut rest = &self.cases[..];
        let mut documents = Vec::with_capacity(self.documents.len());
        for document in &self.documents {
            let mut claims = Vec::with_capacity(document.claims.len());
            for claim in &document.claims {
                let is_other = |case: &Case| case.file != document.file || case.claim_id() != claim.id;
                let (cases, others) = rest.split_at(rest.iter().position(is_other).unwrap_or(rest.len()));
                rest = others;
                claims.push(Checked { claim, cases });
            }
            documents.push((document, claims));
        }
        documents
    }

    /// How many cases were run, or were to be run and were skipped, whether they are listed or not.
    pub fn count_cases(&self) -> usize {
        self.claims().map(|claim| claim.cases).sum()
    }

    /// Whether they are about campaigns only, and no case was to be run.
    pub fn is_of_campaigns(&self) -> bool {
        self.documents.is_empty() && !self.campaigns.is_empty()
    }

    /// How many of the listed cases did not run on an engine, as happens where runs of different cases were merged. Every
    /// other case has a result.
    pub fn lacking(&self, engine: &Engine) -> usize {
        self.cases.iter().filter(|case| !case.results.contains_key(&engine.name)).count()
    }

    /// Why these are not the results of a complete run, if they are not.
    pub fn incomplete(&self) -> Option<String> {
        let of_shards = self.shards.as_ref().map(|shards| format!("only the cases of {} were run", shards.words()));
        let broken = (!self.complete).then(|| match (self.problems, self.not_run) {
            (0, 0) => self.unevenness().unwrap_or_else(|| "a part of the results is missing".to_owned()),
            (0, not_run) => format!("the run was interrupted before {} ran", count(not_run, "case")),
            (problems, _) => format!("the files of cases have {}", count(problems, "problem")),
        });
        match (of_shards, broken) {
            (Some(of_shards), Some(broken)) => Some(format!("{of_shards}, and {broken}")),
            (of_shards, broken) => of_shards.or(broken),
        }
    }

    /// Whether there are cases, and nothing was judged on the engines that are tested, or on any.
    pub fn is_idle(&self) -> bool {
        let (cases, tested) = (self.count_cases(), self.tested().count());
        cases > 0 && (self.idle().count() == cases || tested > 0 && self.idle_engines().count() == tested)
    }

    /// Which engine lacks results, in words, if the engines did not all run the same cases. Their counts can't be compared
    /// then.
    pub fn unevenness(&self) -> Option<String> {
        let mut lacking = self.engines.iter().map(|engine| (&engine.name, self.lacking(engine)));
        let (name, cases) = lacking.find(|(_, cases)| *cases > 0)?;
        Some(format!("the engine `{name}` has no result of {}", count(cases, "case")))
    }

    /// How many results have a status, over all engines.
    pub fn count(&self, status: Status) -> usize {
        self.summary.values().map(|counts| counts.get(status)).sum()
    }

    /// How many results differ in the wording of errors only, over all engines.
    pub fn wordings(&self) -> usize {
        let results = self.cases.iter().flat_map(|case| case.results.values());
        results.filter(|result| result.wording.is_some()).count()
    }

    /// How many results count against an engine.
    pub fn bad(&self) -> usize {
        let bad = Status::ALL.into_iter().filter(|status| status.is_bad()).map(|status| self.count(status));
        bad.sum::<usize>() + self.unbroken.len()
    }

    /// The cases that no engine judged, each of them skipped or open wherever it was to be run.
    pub fn idle(&self) -> impl Iterator<Item = &Case> {
        let is_idle =
            |case: &&Case| !case.results.is_empty() && case.results.values().all(|result| !result.status.is_judged());
        self.cases.iter().filter(is_idle)
    }

    /// The tested engines that judged nothing, though there were cases.
    pub fn idle_engines(&self) -> impl Iterator<Item = &Engine> {
        let is_idle = |engine: &&Engine| {
            let counts = self.summary.get(&engine.name);
            let judged =
                |counts: &Counts| Status::ALL.into_iter().any(|status| status.is_judged() && counts.get(status) > 0);
            self.count_cases() > 0 && !counts.is_some_and(judged)
        };
        self.tested().filter(is_idle)
    }

    /// The engines that are tested: all but the reference.
    pub fn tested(&self) -> impl Iterator<Item = &Engine> {
        self.engines.iter().filter(|engine| engine.is_tested())
    }

    fn claims(&self) -> impl Iterator<Item = &Claim> {
        self.documents.iter().flat_map(|document| &document.claims)
    }

    /// Changes the results of an engine, each of which is given with the id of its case.
    pub fn restate(&mut self, engine: &str, mut change: impl FnMut(&str, &mut EngineResult)) {
        for case in &mut self.cases {
            if let Some(result) = case.results.get_mut(engine) {
                change(&case.id, result);
            }
        }
        self.recount();
    }

    /// Adds campaigns. One that is known already is there once.
    pub fn add_campaigns(&mut self, campaigns: Vec<Campaign>) {
        for campaign in campaigns {
            if !self.campaigns.contains(&campaign) {
                self.campaigns.push(campaign);
            }
        }
        self.enumerations = enumeration::of(&self.campaigns);
    }

    /// Sets the counts anew.
    fn recount(&mut self) {
        self.summary = self.counted();
    }

    /// The counts for each engine, from the results of the listed cases.
    fn counted(&self) -> BTreeMap<String, Counts> {
        let mut counts: BTreeMap<String, Counts> =
            self.engines.iter().map(|engine| (engine.name.clone(), Counts::default())).collect();
        for (name, result) in self.cases.iter().flat_map(|case| &case.results) {
            if let Some(counts) = counts.get_mut(name) {
                counts.add(result.status);
            }
        }
        counts
    }
}
