//! The stored state of a campaign, `campaign.json`, from which `--resume` continues.
//!
//! The file is replaced as a whole, so that it always describes a consistent state. Programs that ran after that state
//! was written run again: they were not counted.
//!
//! The folder may come from anywhere. What has the name of one of its files and is none is not touched, and findings lie in
//! the folder, whatever the state says.

use super::LENGTHS;
use super::coverage::Coverage;
use super::guided::corpus::Mark;
use super::guided::log;
use super::message::{Found, Tally};
use super::recipe::Settings;
use super::register::{Met, Register};
use crate::enumerate::{Enumerated, Extent};
use crate::findings::{MOST, Signature, folder};
use crate::report::counted;
use intake::{file, json};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

/// The name of the file, in the folder of the findings.
pub const FILE: &str = "campaign.json";
/// The file that takes its place.
const UNFINISHED: &str = ".campaign.json.new";
/// The file that a running campaign has locked.
const LOCK: &str = ".campaign.lock";
/// The version of its shape.
const SCHEMA: u32 = 1;

/// Why a campaign can't go on.
#[derive(Debug, thiserror::Error)]
pub enum StateError {
    /// There is none.
    #[error("no campaign to resume: {} does not exist", .0.display())]
    Missing(PathBuf),
    /// Its file can't be read or written.
    #[error("can't {what} {}: {error}", path.display())]
    File {
        /// What was tried.
        what: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        error: io::Error,
    },
    /// Another one is running.
    #[error("another campaign is running in {}: choose another folder with --findings", .0.display())]
    Running(PathBuf),
    /// Its file makes no sense.
    #[error("{} can't be resumed: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: String,
    },
    /// It is one of another command.
    #[error(
        "the campaign in {} is one of `viewcheck {command}`: continue it with `viewcheck {command} --resume`, or start another \
         campaign without --resume", path.display()
    )]
    OtherCommand {
        /// The file.
        path: PathBuf,
        /// The command.
        command: &'static str,
    },
    /// It was started with other settings.
    #[error(
        "{}: {}start another campaign without --resume",
        other_settings(path, what, before, now),
        if *is_option { "omit the option, or " } else { "" }
    )]
    OtherSettings {
        /// The file.
        path: PathBuf,
        /// The setting.
        what: &'static str,
        /// What it was.
        before: String,
        /// What it is.
        now: String,
        /// Whether an option says so.
        is_option: bool,
    },
}

impl StateError {
    /// Whether the campaign of the folder can never go on like this. What only fails at the moment, as on a full disk, may do so
    /// later.
    pub fn is_final(&self) -> bool {
        match self {
            StateError::Missing(_)
            | StateError::Malformed { .. }
            | StateError::OtherCommand { .. }
            | StateError::OtherSettings { .. } => true,
            StateError::File { what, error, .. } => *what == READ && error.kind() == io::ErrorKind::FileTooLarge,
            StateError::Running(_) => false,
        }
    }

    /// The error without what to do about it.
    pub fn reason(&self) -> String {
        match self {
            StateError::OtherSettings { path, what, before, now, .. } => other_settings(path, what, before, now),
            StateError::OtherCommand { path, command } => {
                format!("the campaign in {} is one of `viewcheck {command}`", path.display())
            }
            error => error.to_string(),
        }
    }
}

/// What is tried with a file that is there.
const READ: &str = "read";

fn other_settings(path: &Path, what: &str, before: &str, now: &str) -> String {
    format!("the campaign in {} was started with {what} {before}, not {now}", path.display())
}

/// Makes the folder of a campaign if there is none.
pub fn make_folder(findings: &Path) -> Result<(), StateError> {
    fs::create_dir_all(findings).map_err(|error| fail("make the folder", findings, error))
}

/// The files of a folder that a campaign writes for itself.
pub fn own_files(findings: &Path) -> [PathBuf; 4] {
    [FILE, UNFINISHED, LOCK, log::FILE].map(|name| findings.join(name))
}

/// Makes the folder of a campaign if there is none, and keeps other campaigns out of it, until the file is dropped or
/// the process ends in whatever way.
pub(super) fn lock(findings: &Path) -> Result<File, StateError> {
    make_folder(findings)?;
    for path in own_files(findings) {
        folder::refuse_unless_free(&path).map_err(|error| fail("use", &path, error))?;
    }
    let path = findings.join(LOCK);
    // Whatever it contains stays.
    let mut options = OpenOptions::new();
    let file = folder::open(&path, options.read(true).write(true).create(true).truncate(false));
    let file = file.map_err(|error| fail("write", &path, error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StateError::Running(findings.to_owned())),
        Err(TryLockError::Error(error)) => Err(fail("lock", &path, error)),
    }
}

fn fail(what: &'static str, path: &Path, error: io::Error) -> StateError {
    StateError::File { what, path: path.to_owned(), error }
}

/// What all versions of the file have in common.
#[derive(Deserialize)]
struct Schema {
    schema: u32,
}

/// What a campaign knows of itself.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(from = "Stored")]
pub struct State {
    schema: u32,
    /// What is run, and by whom.
    pub settings: Settings,
    /// When it ends: after that program.
    pub programs: Option<u64>,
    /// When it ends: after that time in seconds.
    pub limit: Option<f64>,
    /// The time that it took so far, in seconds.
    pub seconds: f64,
    /// Of an enumeration: all its programs, and the engines that run them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub enumerated: Option<Enumerated>,
    /// The programs that were run.
    pub finished: Coverage,
    /// What came of them.
    pub tally: Tally,
    /// How the corpus of a guided campaign has grown; the last one is what it is.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub corpus: Vec<Mark>,
    /// What was found.
    #[serde(flatten)]
    pub register: Register,
    /// How often a finding was seen before this campaign, where it was.
    pub before: BTreeMap<Signature, u64>,
}

/// The members of the file. What serde derives for a flattened member would take a list for an object within it.
#[derive(Deserialize)]
struct Stored {
    schema: u32,
    settings: Settings,
    programs: Option<u64>,
    limit: Option<f64>,
    seconds: f64,
    #[serde(default)]
    enumerated: Option<Enumerated>,
    finished: Coverage,
    tally: Tally,
    #[serde(default)]
    corpus: Vec<Mark>,
    found: BTreeMap<Signature, Found>,
    #[serde(default)]
    met: BTreeMap<Signature, Met>,
    before: BTreeMap<Signature, u64>,
}

impl From<Stored> for State {
    fn from(stored: Stored) -> State {
        let Stored { schema, settings, programs, limit, seconds, enumerated, finished, .. } = stored;
        let Stored { tally, corpus, found, met, before, .. } = stored;
        let register = Register { found, met };
        State { schema, settings, programs, limit, seconds, enumerated, finished, tally, corpus, register, before }
    }
}

impl State {
    /// A campaign that has not begun.
    pub fn new(settings: Settings, programs: Option<u64>, limit: Option<Duration>) -> State {
        State {
            schema: SCHEMA,
            settings,
            programs,
            limit: limit.map(|limit| limit.as_secs_f64()),
            seconds: 0.0,
            enumerated: None,
            finished: Coverage::default(),
            tally: Tally::default(),
            corpus: vec![],
            register: Register::default(),
            before: BTreeMap::new(),
        }
    }

    /// Reads the campaign of a folder.
    pub fn read(findings: &Path) -> Result<State, StateError> {
        let path = findings.join(FILE);
        let text = match folder::read(&path, file::RESULTS) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Err(StateError::Missing(path)),
            Err(error) => return Err(StateError::File { what: READ, path, error }),
        };
        let malformed = |reason: String| StateError::Malformed { path: path.clone(), reason };
        let mut state = State::parse(&text).map_err(&malformed)?;
        for found in state.register.found.values_mut() {
            let Some(name) = found.folder.file_name() else {
                return Err(malformed(format!("{} is not the folder of a finding", found.folder.display())));
            };
            found.folder = findings.join(name);
        }
        Ok(state)
    }

    /// Reads the text of a file.
    ///
    /// # Errors
    ///
    /// What is wrong with it, in a sentence.
    pub fn parse(text: &[u8]) -> Result<State, String> {
        let Schema { schema } = json::read(text).map_err(|error| error.to_string())?;
        if schema != SCHEMA {
            return Err(format!("its schema is {schema}, not {SCHEMA}"));
        }
        let state: State = json::read(text).map_err(|error| error.to_string())?;
        state.unsound().map_or(Ok(state), Err)
    }

    /// Why it can't be gone on from, if so: somebody may have written anything into the file, and what is done with a number
    /// takes as long as it is large.
    fn unsound(&self) -> Option<String> {
        let is_time = |seconds: f64| (0.0..=MOST as f64).contains(&seconds);
        let Settings { length, extent, .. } = &self.settings;
        let (programs, finished) = (self.tally.programs, self.finished.count_if_sound());
        let met = self.register.met.values().map(|met| met.index);
        let found = self.register.found.values().filter_map(|found| found.index);
        let numbers = met.chain(found).chain(self.before.values().copied()).chain([self.tally.largest()]);
        let why = match finished {
            None => "the ranges of `finished` overlap, are empty or are out of order".to_owned(),
            Some(_) if self.finished.end() > MOST => format!("`finished` has programs with numbers above {MOST}"),
            Some(finished) if finished != programs => {
                format!("`finished` has {}, but {programs} were counted", counted(finished, "program"))
            }
            _ if !LENGTHS.contains(length) => {
                format!("programs have {} to {} operations, not {length}", LENGTHS.start(), LENGTHS.end())
            }
            _ if extent.is_some_and(|extent| !Extent::DEPTHS.contains(&extent.depth)) => {
                "there is no enumeration of that depth".to_owned()
            }
            _ if !is_time(self.seconds) || !self.limit.is_none_or(is_time) => "its times are impossible".to_owned(),
            _ if numbers.max().is_some_and(|largest| largest > MOST) => format!("it has a number above {MOST}"),
            _ => return None,
        };
        Some(why)
    }

    /// Writes it, so that it is on disk when this returns.
    pub fn write(&self, findings: &Path) -> Result<(), StateError> {
        let path = findings.join(FILE);
        self.replace(findings, &path).map_err(|error| StateError::File { what: "write", path, error })
    }

    fn replace(&self, findings: &Path, path: &Path) -> io::Result<()> {
        // Nobody else writes here: the folder is locked while a campaign runs. One that was killed may have left a file, which
        // is removed and not written to: it may have another name elsewhere.
        let unfinished = findings.join(UNFINISHED);
        folder::refuse_unless_free(&unfinished)?;
        let _ = fs::remove_file(&unfinished);
        let mut file = folder::open(&unfinished, OpenOptions::new().write(true).create_new(true))?;
        file.write_all(&serde_json::to_vec(self)?)?;
        file.sync_all()?;
        fs::rename(&unfinished, path)
    }

    /// The engines that it was started with; `given` are those that options name.
    pub fn engines(&self, findings: &Path, given: [Option<&str>; 2]) -> Result<[String; 2], StateError> {
        let names = [&self.settings.engine, &self.settings.against];
        for ((what, before), now) in ["the engine", "--against"].into_iter().zip(names).zip(given) {
            same(findings, what, before, now.unwrap_or(before), true)?;
        }
        Ok(names.map(String::clone))
    }

    /// Whether these are the settings that it was started with.
    pub fn check(&self, findings: &Path, now: &Settings) -> Result<(), StateError> {
        let before = &self.settings;
        let pythons = |settings: &Settings| settings.pythons.join(" against ");
        self.engines(findings, [Some(&now.engine), Some(&now.against)])?;
        same(findings, "Python", &pythons(before), &pythons(now), false)?;
        if before.extent.is_some() != now.extent.is_some() {
            let command = if before.extent.is_some() { "enumerate" } else { "fuzz" };
            return Err(StateError::OtherCommand { path: findings.join(FILE), command });
        }
        if before.extent != now.extent {
            same(findings, "other programs:", &before.what(), &now.what(), false)?;
        }
        same(findings, "the seed", &before.seed.to_string(), &now.seed.to_string(), true)?;
        let shard = |settings: &Settings| settings.shard.map_or_else(|| "1/1".to_owned(), String::from);
        same(findings, "--shard", &shard(before), &shard(now), true)?;
        same(findings, "--length", &before.length.to_string(), &now.length.to_string(), true)?;
        let kind = |settings: &Settings| if settings.guided { "guided" } else { "blind" };
        same(findings, "a choice of programs that is", kind(before), kind(now), true)?;
        same(findings, "--level", before.level.word(), now.level.word(), true)?;
        same(findings, "the generator", &before.generator, &now.generator, false)
    }
}

/// Whether a setting is what it was.
fn same(findings: &Path, what: &'static str, before: &str, now: &str, is_option: bool) -> Result<(), StateError> {
    if before == now {
        return Ok(());
    }
    let (before, now) = (before.to_owned(), now.to_owned());
    Err(StateError::OtherSettings { path: findings.join(FILE), what, before, now, is_option })
}
