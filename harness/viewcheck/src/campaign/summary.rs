//! The summary of a campaign: the JSON of `viewcheck fuzz --json`, and text for the terminal.

use super::CampaignError;
use super::investigations::Investigations;
use super::state::State;
use super::supervise::Ended;
use crate::campaign::message::Tally;
use crate::compare::Level;
use crate::enumerate::Statement;
use crate::findings::{CHECK, REPRO, Signature};
use crate::report::{count, counted};
use crate::shard::Shard;
use engine::About;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

/// The summary of a campaign. Serialized, it is what `--json` writes.
#[derive(Debug, Serialize)]
pub struct Summary {
    schema: u32,
    engine: String,
    against: String,
    seed: u64,
    #[serde(skip_serializing_if = "Option::is_none")]
    shard: Option<Shard>,
    level: Level,
    programs: u64,
    operations: u64,
    seconds: f64,
    programs_per_second: f64,
    findings: Vec<FindingLine>,
    known: BTreeMap<Signature, u64>,
    wordings: u64,
    workers_lost: u64,
    /// Programs that ended a worker and could not be examined before the end.
    #[serde(skip)]
    unexamined: usize,
    /// What is said at the end of an enumeration.
    #[serde(skip_serializing_if = "Option::is_none")]
    enumeration: Option<Statement>,
    /// What the programs are, in words.
    #[serde(skip)]
    what: String,
    #[serde(skip)]
    sentences: Vec<String>,
    #[serde(skip)]
    statistics: String,
    /// Whether nothing was compared.
    #[serde(skip)]
    pub is_idle: bool,
    /// Whether Ctrl-C ended it.
    #[serde(skip)]
    pub interrupted: bool,
    /// Why it ended early, if it could not go on.
    #[serde(skip)]
    pub error: Option<CampaignError>,
}

#[derive(Clone, Debug, Serialize)]
struct FindingLine {
    signature: Signature,
    kind: String,
    operations: usize,
    case: PathBuf,
    /// Compares everything.
    script: PathBuf,
    /// Shows it in plain Python, if anything does.
    #[serde(skip_serializing_if = "Option::is_none")]
    repro: Option<PathBuf>,
    #[serde(skip)]
    hits: u64,
    #[serde(skip)]
    is_former: bool,
    #[serde(skip)]
    stable: bool,
}

impl Summary {
    pub(super) fn new(ended: Ended, engines: &[About; 2]) -> Summary {
        let Ended { state, investigations, interrupted, unexamined, error } = ended;
        let tally = &state.tally;
        let hits = state.register.hits(&tally.hits);
        let findings: Vec<FindingLine> = state
            .register
            .found
            .iter()
            .map(|(signature, found)| FindingLine {
                signature: signature.clone(),
                kind: found.kind.clone(),
                operations: found.operations,
                case: found.folder.join("case.yaml"),
                script: found.folder.join(CHECK),
                repro: Some(found.folder.join(REPRO)).filter(|path| path.is_file()),
                hits: hits.get(signature).copied().unwrap_or(0),
                is_former: found.index.is_none(),
                stable: found.stable,
            })
            .collect();
        let known = tally.hits.iter().filter(|(signature, _)| investigations.is_known(signature));
        let known: BTreeMap<Signature, u64> = known.map(|(signature, hits)| (signature.clone(), *hits)).collect();
        Summary {
            schema: 1,
            engine: state.settings.engine.clone(),
            against: state.settings.against.clone(),
            seed: state.settings.seed,
            shard: state.settings.shard,
            what: state.settings.what(),
            level: state.settings.level,
            programs: tally.programs,
            operations: tally.operations,
            seconds: state.seconds,
            programs_per_second: tally.programs as f64 / state.seconds.max(f64::MIN_POSITIVE),
            findings,
            enumeration: Statement::new(&state, known.values().copied(), error.is_some()),
            known,
            wordings: tally.wordings,
            workers_lost: tally.lost,
            sentences: sentences(&state, &investigations, engines, unexamined),
            unexamined,
            statistics: tally.statistics.table(),
            is_idle: is_idle(tally),
            interrupted,
            error,
        }
    }

    /// The options of other commands that open the same engines, for those whose name alone does not tell the command.
    fn options(&self) -> String {
        let quoted = |text: &str| shlex::try_quote(text).map_or_else(|_| text.to_owned(), |text| text.into_owned());
        let option = |option: &str, engine: &str| match engine.contains('=') {
            true => format!(" {option} {}", quoted(engine)),
            false => String::new(),
        };
        option("--engine", &self.engine) + &option("--against", &self.against)
    }

    /// Whether something was found that is not understood.
    pub fn has_findings(&self) -> bool {
        !self.findings.is_empty() || self.unexamined > 0
    }

    /// The JSON.
    pub fn json(&self) -> String {
        crate::report::to_json(self)
    }

    /// The table of what became of the operations.
    pub fn statistics(&self) -> &str {
        &self.statistics
    }

    /// The whole in plain sentences.
    pub fn text(&self) -> String {
        let mut text = String::new();
        for line in &self.findings {
            let former = if line.is_former { ", also found by an earlier campaign" } else { "" };
            let unstable = if line.stable { "" } else { ", not reproducible every time" };
            let (hits, operations) = (seen(line.hits, line.is_former), count(line.operations, "operation"));
            text += &format!("{}\n  {hits}{former}{unstable}; {operations}\n", line.signature);
            text += &format!("  {}\n", line.repro.as_ref().unwrap_or(&line.script).display());
        }
        text += &format!(
            "{} against {}, {}: {} ({}) in {:.1} s, {} per second.\n",
            self.engine,
            self.against,
            self.what,
            counted(self.programs, "program"),
            counted(self.operations, "operation"),
            self.seconds,
            counted(self.programs_per_second as u64, "program"),
        );
        text += &match self.findings.len() {
            0 => "No findings.\n".to_owned(),
            found => {
                let fresh = self.findings.iter().filter(|line| !line.is_former).count();
                format!(
                    "{}, {fresh} of them new. `viewcheck replay PATH{}` shows one step by step, and `viewcheck promote PATH` \
                     makes a case of it.\n",
                    count(found, "finding"),
                    self.options()
                )
            }
        };
        for sentence in &self.sentences {
            text += &format!("{sentence}\n");
        }
        if self.interrupted {
            text += "Interrupted. Continue the campaign with --resume.\n";
        } else if self.error.is_some() {
            text += "Stopped by an error. Continue the campaign with --resume.\n";
        }
        text + &self.enumeration.as_ref().map(Statement::text).unwrap_or_default()
    }
}

/// `1 time`, `1,234 times`
fn times(hits: u64) -> String {
    counted(hits, "time")
}

/// How often a finding was met. A finding is kept at once, but programs are counted in groups: it may be one of a group that
/// was not run to its end.
fn seen(hits: u64, is_former: bool) -> String {
    match hits {
        0 if !is_former => "met by a program that is not counted yet".to_owned(),
        hits => times(hits),
    }
}

/// What is said where no program was counted, although something may have been found.
fn nothing_counted(has_findings: bool) -> &'static str {
    match has_findings {
        true => {
            "No program was counted: programs are counted in groups, and the campaign ended before the first one did. \
             To go on with it, give it more --time with --resume."
        }
        false => "Nothing was compared: the campaign ended before a program did.",
    }
}

/// `was` or `were`
fn were(number: u64) -> &'static str {
    if number == 1 { "was" } else { "were" }
}

fn sentences(
    state: &State,
    investigations: &Investigations,
    [engine, against]: &[About; 2],
    unexamined: usize,
) -> Vec<String> {
    let tally = &state.tally;
    let mut sentences = vec![];
    for (signature, hits) in &tally.hits {
        if let Some(entry) = investigations.known().matches(signature, engine) {
            sentences.push(format!("Known divergence, seen {}: {signature}: {}", times(*hits), entry.reason));
        }
    }
    let seen: BTreeSet<Signature> = tally.hits.keys().cloned().collect();
    if tally.programs >= ENOUGH {
        for signature in investigations.known().unseen(&seen, engine, against, state.settings.level) {
            sentences.push(format!("Known divergence, not seen (perhaps fixed): {signature}"));
        }
    }
    if tally.wordings > 0 {
        sentences.push(format!(
            "{} in the wording of errors only, which the level `{}` does not compare.",
            if tally.wordings == 1 {
                "1 program differs".to_owned()
            } else {
                format!("{} differ", counted(tally.wordings, "program"))
            },
            state.settings.level.word()
        ));
    }
    if tally.open > 0 {
        sentences.push(format!(
            "{} reached unspecified behaviour and {} compared up to that step.",
            count(tally.open as usize, "program"),
            were(tally.open)
        ));
    }
    if tally.programs == 0 {
        let has_findings = unexamined > 0 || state.register.found.values().any(|found| found.index.is_some());
        sentences.push(nothing_counted(has_findings).to_owned());
    }
    if tally.unsupported > 0 {
        let programs = count(tally.unsupported as usize, "program");
        sentences.push(match is_idle(tally) {
            true => format!("Nothing was compared: {programs} can't be run on these engines."),
            false => format!(
                "{programs} reached a step that an engine does not support and {} compared up to that step.",
                were(tally.unsupported)
            ),
        });
    }
    if !tally.costly.is_empty() {
        let costly = tally.costly.iter().map(String::as_str).collect::<Vec<_>>().join(", ");
        sentences.push(format!(
            "Programs ended before what takes the engine a second or more, once that was found: {costly}."
        ));
    }
    if tally.vanished > 0 {
        sentences.push(format!("{} differed once, but not when run again.", count(tally.vanished as usize, "program")));
    }
    if tally.lost > 0 {
        sentences.push(format!("{} died and {} replaced.", count(tally.lost as usize, "worker"), were(tally.lost)));
    }
    if unexamined > 0 {
        sentences.push(format!(
            "{} ended a worker and {} not examined before the end. To examine {}, continue the campaign with --resume.",
            count(unexamined, "program"),
            were(unexamined as u64),
            if unexamined == 1 { "it" } else { "them" }
        ));
    }
    let unfinished = state.register.found.values().filter(|found| found.unfinished).count();
    if unfinished > 0 {
        sentences.push(format!(
            "{} {} not shrunk to the end. To go on with that, continue the campaign with --resume.",
            count(unfinished, "finding"),
            were(unfinished as u64)
        ));
    }
    // An alphabet is chosen by hand: no generator makes what fails.
    if state.settings.extent.is_none() {
        sentences.extend(tally.statistics.warnings());
    }
    sentences
}

/// Whether no program could be compared to its end: because an engine does not support it, or as none came to its end.
fn is_idle(tally: &Tally) -> bool {
    tally.unsupported == tally.programs
}

/// After fewer programs, that something did not occur says nothing.
const ENOUGH: u64 = 1_000_000;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_finding_was_met_at_least_once() {
        assert_eq!([1, 1200].map(|hits| seen(hits, false)), ["1 time", "1,200 times"]);
        assert_eq!(seen(0, false), "met by a program that is not counted yet");
        // That of an earlier campaign need not be met again.
        assert_eq!(seen(0, true), "0 times");
    }

    #[test]
    fn what_was_found_was_compared() {
        assert!(!nothing_counted(true).contains("Nothing was compared"));
        assert!(nothing_counted(false).contains("Nothing was compared"));
    }
}
