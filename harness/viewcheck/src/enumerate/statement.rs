//! What is said at the end of an enumeration: how many programs there are, and how many of them agree.

use super::Space;
use crate::campaign::Summary;
use crate::compare::Level;
use crate::report::{count, counted, grouped};
use engine::About;
use serde::Serialize;
use std::path::Path;

/// What came of all programs of a space. Serialized, it is the member `enumeration` of what `--json` writes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The most operations in a program.
    depth: usize,
    /// Whether an operation that only reads may stand before the last one.
    all: bool,
    exporters: usize,
    operations: usize,
    /// Exporters and operations of the alphabet that an engine can't do.
    left_out: usize,
    /// All programs, of the shard if it is one, and those that were run.
    programs: u64,
    run: u64,
    /// Whether these are as many.
    complete: bool,
    /// Those that were run to their end and did the same, at the level of the comparison.
    agree: u64,
    /// Those that did not, and those of them whose divergence is known.
    differ: u64,
    known: u64,
    /// Those that can be compared up to some step only.
    open: u64,
    unsupported: u64,
    /// The first sentence of [`Statement::text`].
    statement: String,
}

impl Statement {
    /// What came of it. `engines` are the tested one and the one whose behaviour is expected; findings are in `folder`.
    pub fn new(space: &Space, summary: &Summary, engines: &[About; 2], folder: &Path) -> Statement {
        let (tally, extent) = (&summary.tally, space.extent());
        let (exporters, operations) = space.alphabet();
        let differ = tally.hits.values().sum::<u64>() + tally.vanished;
        let programs = summary.shard().map_or(space.len(), |shard| shard.programs(space.len()));
        let without = differ + tally.open + tally.unsupported;
        let mut statement = Statement {
            depth: extent.depth,
            all: extent.all,
            exporters,
            operations,
            left_out: space.left_out(),
            programs,
            run: tally.programs,
            complete: tally.programs == programs,
            agree: tally.programs.saturating_sub(without),
            differ,
            known: summary.known(),
            open: tally.open,
            unsupported: tally.unsupported,
            statement: String::new(),
        };
        statement.statement = statement.sentence(space, summary, engines, folder);
        statement
    }

    fn sentence(&self, space: &Space, summary: &Summary, [engine, against]: &[About; 2], folder: &Path) -> String {
        let all = match summary.shard() {
            None => space.summary(),
            Some(shard) => format!("{} of the shard {shard} of {}", counted(self.programs, "program"), space.summary()),
        };
        let level = match summary.level() {
            Level::Message => String::new(),
            level => format!(" at the level `{}`", level.word()),
        };
        let who = format!("{} and {}", name(against, engine), name(engine, engine));
        let found = || match summary.findings() {
            0 => format!("{} differ, without a finding", grouped(self.differ)),
            findings => {
                let findings = count(findings, "finding");
                format!("{} differ, in {findings} ({})", grouped(self.differ), folder.display())
            }
        };
        match (self.complete, self.differ) {
            (true, 0) if self.agree == self.programs => format!("All {all} agree{level}: {who}."),
            (true, 0) => format!("{} of {all} agree{level}, and none differs: {who}.", grouped(self.agree)),
            (true, _) => {
                format!("{} of {all} agree{level}, and {}: {who}.", grouped(self.agree), found())
            }
            // What it was that could not be kept may be a difference.
            (false, 0) if summary.error.is_some() => format!(
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

    /// The whole in sentences.
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
        if self.left_out > 0 {
            text += &format!(
                "Left out of the alphabet: {}, exporters or operations, of which an engine can't do some part.\n",
                count(self.left_out, "entry").replace("entrys", "entries")
            );
        }
        text += match self.all {
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
