//! Chooses the engines for running a program again: those named by options, otherwise those of its finding, otherwise
//! the default ones. What a finding names is never a command: commands come from the command line only.

use super::options::size_in;
use super::{AGAINST, CommandError, TESTED};
use crate::campaign::{LENGTH, LENGTHS};
use crate::findings::{Input, Raw};
use crate::report::escape::terminal;
use engine::About;
use intake::text::short;

/// How files are read that are neither cases nor findings.
#[derive(clap::Args, Clone, Copy, Debug)]
pub(super) struct Reading {
    /// Maximum number of operations generated from a raw libFuzzer input
    #[arg(long, value_name = "N", default_value_t = LENGTH, value_parser = size_in(LENGTHS))]
    length: usize,
    /// Take every FILE for a raw libFuzzer input, even if it looks like something else
    #[arg(long)]
    raw: bool,
}

impl Reading {
    pub(super) fn raw(self) -> Raw {
        Raw { length: self.length, is_certain: self.raw }
    }
}

/// Names of engines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Names {
    /// Those that are tested.
    pub(super) tested: Vec<String>,
    /// The one whose behaviour is expected. `None` if options name other engines and there is no finding.
    pub(super) against: Option<String>,
}

impl Names {
    /// The names for a program. `tested` and `against` are those that options name.
    ///
    /// # Errors
    ///
    /// When a finding names a command where no option names an engine. A finding may come from anywhere, and whoever runs
    /// it has not read what it would start.
    pub(super) fn of(input: &Input, tested: &[String], against: Option<&str>) -> Result<Names, CommandError> {
        let recorded = input.engines().map(|sides| sides.map(|side| side.name.as_str()));
        if let Some([engine, other]) = recorded {
            let sides = [("--engine", engine, tested.is_empty()), ("--against", other, against.is_none())];
            for (option, side, _) in sides.into_iter().filter(|(.., is_taken)| *is_taken) {
                if let Some((name, command)) = side.split_once('=') {
                    let [finding, name, command] = [&input.name, name, command].map(|text| terminal(&short(text)));
                    return Err(CommandError::CommandOfFinding { finding, name, command, option });
                }
            }
        }
        let [engine, other] = recorded.unwrap_or([TESTED, AGAINST]);
        let is_known = recorded.is_some() || tested.is_empty();
        Ok(Names {
            tested: if tested.is_empty() { vec![engine.to_owned()] } else { tested.to_vec() },
            against: against.or(is_known.then_some(other)).map(str::to_owned),
        })
    }

    /// All names, each once. The one whose behaviour is expected comes first, unless it is also tested.
    pub(super) fn all(&self) -> Vec<String> {
        let against = self.against.iter().filter(|against| !self.tested.contains(against));
        against.chain(&self.tested).cloned().collect()
    }
}

/// Says of an error that it is about the engines of a finding, where no option has named others.
pub(super) fn explain(error: CommandError, input: &Input, is_named: bool) -> CommandError {
    match (error, input.engines()) {
        (CommandError::Engine(error), Some([engine, against])) if !is_named => CommandError::EngineOfFinding {
            finding: short(&input.name).into_owned(),
            engine: short(&engine.name).into_owned(),
            against: short(&against.name).into_owned(),
            error: Box::new(error),
        },
        (error, _) => error,
    }
}

/// What there is to say of engines that are another Python here than where a finding was made.
pub(super) fn notes(input: &Input, engines: &[About]) -> String {
    let mut notes = String::new();
    for recorded in input.engines().into_iter().flatten() {
        let here = engines.iter().find(|about| about.name == recorded.name).map(|about| about.profile.version());
        if let Some(here) = here.filter(|here| here.to_string() != recorded.python) {
            let (name, python) = (&recorded.name, short(&recorded.python));
            notes += &format!("note: this was found on {name} as Python {python}; here it is Python {here}\n");
        }
    }
    notes
}
