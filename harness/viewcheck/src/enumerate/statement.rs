//! What is said at the end of an enumeration: how many programs there are, and how many of them agree.

use super::Space;
use super::space::summary;
use crate::campaign::State;
use crate::compare::Level;
use crate::report::{count, counted, grouped};
use crate::shard::Shard;
use engine::About;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What is enumerated, and on which engines. The state of a campaign has it, so that what came of it can be said by whoever
/// reads the folder.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct Enumerated {
    /// The most operations in a program.
    depth: usize,
    /// Whether an operation that only reads may stand before the last one.
    all: bool,
    /// How many exporters the alphabet has.
    exporters: usize,
    /// How many operations the alphabet has.
    operations: usize,
    /// How many exporters and operations of the alphabet an engine can't do.
    left_out: usize,
    /// How many programs there are, of all shards.
    of: u64,
    /// The engine whose behaviour is expected and the tested one, in words.
    engines: [String; 2],
    /// The version of viewcheck.
    viewcheck: String,
}

impl Enumerated {
    /// The programs of a space, on the tested engine and the one whose behaviour is expected.
    pub fn new(space: &Space, [engine, against]: &[About; 2]) -> Enumerated {
        let (exporters, operations) = space.alphabet();
        Enumerated {
            depth: space.extent().depth,
            all: space.extent().all,
            exporters,
            operations,
            left_out: space.left_out(),
            of: space.len(),
            engines: [against, engine].map(|about| name(about, engine)),
            viewcheck: env!("CARGO_PKG_VERSION").to_owned(),
        }
    }

    /// How many programs there are, of all shards.
    pub(crate) fn programs(&self) -> u64 {
        self.of
    }

    /// The engines, in words.
    pub(crate) fn who(&self) -> String {
        self.engines.join(" and ")
    }

    /// The programs, in words.
    pub(crate) fn words(&self) -> String {
        summary(self.of, self.depth, self.operations, self.exporters)
    }
}

/// What came of all programs of a space. Serialized, it is the member `enumeration` of what `--json` writes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Statement {
    #[serde(flatten)]
    what: Enumerated,
    /// How many programs there are, of the shard if it is one.
    programs: u64,
    /// How many were run.
    run: u64,
    /// Whether these are as many.
    complete: bool,
    /// Those that were run to their end and did the same, at the level of the comparison.
    agree: u64,
    /// Those that did not.
    differ: u64,
    /// Those that did not and whose divergence is known.
    known: u64,
    /// Those that were compared up to a step of which the behaviour is unspecified.
    open: u64,
    /// Those that were compared up to a step that an engine does not support.
    unsupported: u64,
    /// All of this in a sentence.
    statement: String,
}

impl Statement {
    /// What came of an enumeration until now; `None` of another campaign. So many programs have each known divergence.
    /// `failed` is whether an error is known to have ended it, which its folder does not say.
    pub fn new(state: &State, known: impl Iterator<Item = u64>, failed: bool) -> Option<Statement> {
        let (what, tally, shard) = (state.enumerated.clone()?, &state.tally, state.settings.shard);
        let differ = sum(tally.hits.values().copied().chain([tally.vanished]));
        let without = sum([differ, tally.open, tally.unsupported]);
        let programs = shard.map_or(what.of, |shard| shard.programs(what.of));
        let mut statement = Statement {
            what,
            programs,
            run: tally.programs,
            complete: tally.programs == programs,
            agree: tally.programs.saturating_sub(without),
            differ,
            known: sum(known),
            open: tally.open,
            unsupported: tally.unsupported,
            statement: String::new(),
        };
        statement.statement = statement.sentence(shard, state.settings.level, state.register.found.len(), failed);
        Some(statement)
    }

    /// What shards of one enumeration say together, as the enumeration does without shards. They have so many findings.
    pub(crate) fn together<'a>(
        what: &Enumerated,
        parts: impl Iterator<Item = &'a Statement>,
        complete: bool,
        level: Level,
        findings: usize,
    ) -> Statement {
        let blank = Statement { what: what.clone(), programs: what.of, complete, ..Statement::default() };
        let mut statement = parts.fold(blank, |all, part| Statement {
            run: sum([all.run, part.run]),
            agree: sum([all.agree, part.agree]),
            differ: sum([all.differ, part.differ]),
            known: sum([all.known, part.known]),
            open: sum([all.open, part.open]),
            unsupported: sum([all.unsupported, part.unsupported]),
            ..all
        });
        statement.statement = statement.sentence(None, level, findings, false);
        statement
    }

    fn sentence(&self, shard: Option<Shard>, level: Level, findings: usize, failed: bool) -> String {
        let whole = self.what.words();
        let all = match shard {
            None => whole,
            Some(shard) => format!("{} of the shard {shard} of {whole}", counted(self.programs, "program")),
        };
        let level = match level {
            Level::Message => String::new(),
            level => format!(" at the level `{}`", level.word()),
        };
        let who = self.what.who();
        let differ = if self.differ == 1 { "differs" } else { "differ" };
        let found = || match findings {
            0 => format!("{} {differ}, without a finding", grouped(self.differ)),
            findings => format!("{} {differ}, in {}", grouped(self.differ), count(findings, "finding")),
        };
        match (self.complete, self.differ) {
            (true, 0) if self.agree == self.programs => format!("All {all} agree{level}: {who}."),
            (true, 0) => format!("{} of {all} agree{level}, and none differs: {who}.", grouped(self.agree)),
            (true, _) => {
                format!("{} of {all} agree{level}, and {}: {who}.", grouped(self.agree), found())
            }
            // What it was that could not be kept may be a difference.
            (false, 0) if failed => format!(
                "Not complete: {} of {all} were run and counted before an error ended it, and {} of them agree{level}: {who}.",
                grouped(self.run),
                grouped(self.agree)
            ),
            (false, 0) => format!(
                "Not complete: {} of {all} were run, {} of them agree{level}, and none differs so far: {who}.",
                grouped(self.run),
                grouped(self.agree)
            ),
            (false, _) => format!(
                "Not complete: {} of {all} were run, {} of them agree{level}, and {}: {who}.",
                grouped(self.run),
                grouped(self.agree),
                found()
            ),
        }
    }

    /// What is enumerated, and on which engines.
    pub(crate) fn what(&self) -> &Enumerated {
        &self.what
    }

    /// Whether all programs were run, of the shard if it is one.
    pub(crate) fn is_complete(&self) -> bool {
        self.complete
    }

    /// Whether the numbers fit each other; a file may hold anything.
    pub(crate) fn is_sound(&self, shard: Option<Shard>) -> bool {
        let programs = shard.map_or(self.what.of, |shard| shard.programs(self.what.of));
        self.programs == programs
            && self.run <= programs
            && self.complete == (self.run == programs)
            && sum([self.agree, self.differ, self.open, self.unsupported]) >= self.run
            && self.agree <= self.run
    }

    /// All of this in a sentence.
    pub fn as_sentence(&self) -> &str {
        &self.statement
    }

    /// The whole in sentences, a line each.
    pub fn text(&self) -> String {
        let mut text = format!("{}\n", self.statement);
        if self.known > 0 {
            text += &format!("{} of those that differ have a known divergence.\n", grouped(self.known));
        }
        if self.open > 0 {
            text += &format!(
                "Not among those that agree: {}, compared up to a step whose outcome Python leaves open.\n",
                counted(self.open, "program")
            );
        }
        if self.unsupported > 0 {
            text += &format!(
                "Not among those that agree: {}, compared up to a step that an engine does not support.\n",
                counted(self.unsupported, "program")
            );
        }
        if self.what.left_out > 0 {
            text += &format!(
                "Left out of the alphabet: {}, exporters or operations, of which an engine can't do some part.\n",
                count(self.what.left_out, "entry").replace("entrys", "entries")
            );
        }
        text += match self.what.all {
            true => "Left out: programs that use a name which none of their operations can have bound.\n",
            false => {
                "Left out: programs in which an operation that only reads stands before the last one, since another program is \
                 the same without it (--all runs them as well); and programs that use a name which none of their operations \
                 can have bound.\n"
            }
        };
        text
    }
}

/// A sum, of whatever numbers: somebody may have written them into a file.
fn sum(numbers: impl IntoIterator<Item = u64>) -> u64 {
    numbers.into_iter().fold(0, u64::saturating_add)
}

/// An engine in a sentence.
fn name(about: &About, tested: &About) -> String {
    let version = about.python;
    match (&*about.implementation, &about.implementation_version) {
        ("reference", _) if about.profile == tested.profile => "the reference".to_owned(),
        ("reference", _) => format!("the reference as Python {version}"),
        ("cpython", _) => format!("CPython {version}"),
        (_, Some(own)) => format!("`{}` ({} {own})", about.name, about.implementation),
        (_, None) => format!("`{}` ({} {version})", about.name, about.implementation),
    }
}
