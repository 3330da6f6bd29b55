//! What can run a program: one trait, and one module an engine.
//!
//! * [`reference`](mod@reference) runs it on the reference view, as any version of CPython.
//! * [`embedded`] runs it on the CPython that is linked into this process, through its C API. Without the
//!   feature `embedded` it can't be opened, and no Python is needed.
//! * [`process`] sends it to a Python that was started as a command, as text.
//!
//! The first two are a [`machine`] over a runtime of their own, and so can be an engine of another crate.
//!
//! An engine is given a program and writes a [`Trace`]. It compares nothing and knows nothing of cases or expectations.

#![deny(unsafe_code)]

mod capability;
#[cfg(feature = "embedded")]
#[allow(unsafe_code, reason = "the C API of CPython")]
pub mod embedded;
#[cfg(not(feature = "embedded"))]
#[path = "absent.rs"]
pub mod embedded;
mod facet;
pub mod machine;
pub mod process;
pub mod reference;
mod settings;
pub mod subset;
#[cfg(all(test, feature = "embedded"))]
mod tests;

pub use capability::sizes;
pub use facet::{Facet, Facets};
use process::Process;
use program::{Program, Trace};
use serde::{Deserialize, Serialize};
pub use settings::{Allocator, Settings, one_thread};
use std::borrow::Cow;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;
pub use view::changes::is_in;
pub use view::{Abi, NEWEST, Profile, Version};

/// Something that runs programs.
///
/// It is used by one thread at a time, which need not be the one that opened it.
pub trait Engine: Send {
    /// Who it is and what it can do.
    fn about(&self) -> &About;

    /// Runs a program and replaces what the trace holds by what was observed, a step at a time. Errors that the
    /// program raises are part of the trace; a [`RunError`] is not, and leaves the trace with the steps that were completed.
    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError>;

    /// Runs programs one after the other, and calls `each` once after each of them.
    ///
    /// An engine for which it costs much to start on a program can do better than one at a time. One that was
    /// [interrupted](Engine::interrupt_by) does not call `each` for programs that it has not run.
    fn run_batch(&mut self, programs: &[&Program], watch: Watch, each: &mut Each<'_>) {
        let mut trace = Trace::new();
        for (index, program) in programs.iter().enumerate() {
            let result = self.run(program, watch, &mut trace);
            each(index, &trace, result);
        }
    }

    /// Whether a batch takes much less than its programs one by one, and whether the engine itself says at which of them it
    /// failed: nobody else needs to note where it is.
    fn is_batched(&self) -> bool {
        false
    }

    /// Has an engine that can wait long for a program give up as soon as the flag is set.
    fn interrupt_by(&mut self, _flag: Arc<AtomicBool>) {}

    /// Is called once the process that it works in has been confined: it may have lost some of its capabilities.
    fn confined(&mut self) {}

    /// Gives every program that time, if the engine can end one that takes longer.
    fn limit(&mut self, _time: Duration) {}

    /// Gives every program a tenth of its time and no second chance, until that is taken back: for whoever makes a program
    /// smaller that hangs, and believes nothing before it was run with all its time.
    fn hurry(&mut self, _is_hurried: bool) {}

    /// Has the bodies of a program run that many operations at most, or as many as usual, if the engine counts them at all.
    /// A program that runs more is unspecified from there on.
    fn ration(&mut self, _operations: Option<u32>) {}

    /// How many blocks of memory every run of a program leaves behind, as far as the engine can count them.
    fn leaks(&mut self, _program: &Program) -> usize {
        0
    }
}

/// Is called after each program of a batch: its index, what was observed, and what [`Engine::run`] would give.
pub type Each<'a> = dyn FnMut(usize, &Trace, Result<(), RunError>) + 'a;

/// After which steps an engine looks at the state of all named objects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Watch {
    /// After each: nothing can change unseen, not even by an operation that should only read.
    Always,
    /// After the last only. The cheapest, for fuzzing: what went wrong in between is mostly still to be seen.
    End,
}

/// Who an engine is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct About {
    /// The name by which the command line and the reports call it.
    pub name: String,
    /// What it is: `reference`, `cpython`, …
    pub implementation: String,
    /// The version of the implementation, where that is not Python's.
    pub implementation_version: Option<String>,
    /// Whether it says what is right, or is tested.
    pub role: Role,
    /// The version of Python that it implements, as it says itself.
    pub python: Version,
    /// The version and ABI of Python as which it is compared: [`About::python`], or the one nearest to it that is modelled.
    pub profile: Profile,
    /// What it can do beyond the language itself, mostly modules that can be imported: `array`, `numpy`, ….
    pub capabilities: BTreeSet<String>,
    /// What it lacks of Python and documents: names such as `memoryview.cast`, and [features](subset). Empty for all but
    /// implementations that document themselves as a subset.
    pub lacks: BTreeSet<String>,
    /// What it can observe. Only what both sides see is compared.
    pub sees: Facets,
    /// The file it was loaded from, or the command that starts it. For people; never part of what is compared or committed.
    pub origin: Option<String>,
}

impl About {
    /// The version that known divergences of its implementation are about: its own, where that is not Python's. `None` if it
    /// is no version.
    pub fn known_version(&self) -> Option<Version> {
        match &self.implementation_version {
            Some(own) => own.parse().ok(),
            None => Some(self.python),
        }
    }
}

/// What an engine is there for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// It says what is right: it stands for any version of Python, and the others are compared with it.
    Reference,
    /// It is an implementation of Python, and is tested.
    Tested,
}

/// Why an engine did not run a program to its end.
///
/// The program can be at fault, or ask for what the engine does not have; then there is nothing to say about the engine.
/// Or the engine failed ([`RunError::is_failure`]), which is a result.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum RunError {
    /// The program uses an operation, or an operand, that this engine does not have.
    #[error("{} {what}", lacking(engine))]
    Unsupported {
        /// The engine's name.
        engine: Cow<'static, str>,
        /// What the engine lacks, as a noun phrase: "`iter` with two arguments".
        what: Box<str>,
    },
    /// Python does not specify what happens, or CPython leaves it to C: there is nothing to compare from here on. The
    /// text is a sentence that says why.
    #[error("the behaviour is unspecified: {0}")]
    Unspecified(Cow<'static, str>),
    /// The program is not well formed: an operation uses a temporary that none made, a name has no text. The text is a
    /// sentence that says so.
    #[error("the program is not well formed: {0}")]
    Malformed(Cow<'static, str>),
    /// The engine's process died in the middle of the program.
    #[error("the engine `{engine}` crashed: {how}{}", said(last_words))]
    Crashed {
        /// The engine's name.
        engine: Cow<'static, str>,
        /// The signal or the exit code that it died with.
        how: Box<str>,
        /// What it wrote to standard error last; empty if nothing.
        last_words: Box<str>,
    },
    /// The engine did not come to the end of the program.
    #[error("the engine `{engine}` hung: it did not finish within {after:?}{}", said(last_words))]
    Hung {
        /// The engine's name.
        engine: Cow<'static, str>,
        /// How long it was given.
        after: Duration,
        /// What it wrote to standard error last; empty if nothing.
        last_words: Box<str>,
    },
    /// The engine answered with something that is no answer.
    #[error("the engine `{engine}` broke the protocol: {reason}{}", said(last_words))]
    Protocol {
        /// The engine's name.
        engine: Cow<'static, str>,
        /// What is wrong with the answer.
        reason: Box<str>,
        /// What it wrote to standard error last; empty if nothing.
        last_words: Box<str>,
    },
    /// The engine has no process to run the program on, and nothing is known of what the program does.
    #[error("the engine `{engine}` was lost: {reason}")]
    Lost {
        /// The engine's name.
        engine: Cow<'static, str>,
        /// Why, as a sentence about "it".
        reason: Box<str>,
    },
}

impl RunError {
    /// Whether the engine failed: it crashed, hung, broke the protocol, or is no longer there.
    pub fn is_failure(&self) -> bool {
        match self {
            RunError::Crashed { .. } | RunError::Hung { .. } | RunError::Protocol { .. } | RunError::Lost { .. } => {
                true
            }
            RunError::Unsupported { .. } | RunError::Unspecified(_) | RunError::Malformed(_) => false,
        }
    }
}

/// The beginning of the sentence about what an engine lacks. The reference is a model, the others are implementations.
fn lacking(engine: &str) -> String {
    match is_reference(engine) {
        true => "the reference does not model".to_owned(),
        false => format!("the engine `{engine}` does not support"),
    }
}

/// The last words of an engine, if there are any.
fn said(last_words: &str) -> String {
    match last_words.trim() {
        "" => String::new(),
        words => format!("; its last words: {words}"),
    }
}

/// Why an engine could not be started.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The interpreter that was loaded is not the one that was linked.
    #[error(
        "the loaded Python is {loaded} ({library}), but this program was built for {built}: \
         set LD_LIBRARY_PATH to a {built} or build again with PYO3_PYTHON"
    )]
    WrongPython {
        /// What was loaded, major.minor.
        loaded: String,
        /// Where from.
        library: String,
        /// What it was built for, major.minor.
        built: String,
    },
    /// The interpreter that was loaded can't be initialized.
    #[error("the loaded Python ({library}) can't start: {reason}")]
    NotStarted {
        /// Where it was loaded from.
        library: String,
        /// Why, as it says itself.
        reason: String,
    },
    /// The interpreter's objects do not lie in memory as the engine expects.
    #[error("the loaded Python ({library}) can't be observed: {reason}")]
    Unobservable {
        /// Where it was loaded from.
        library: String,
        /// What was tried and did not hold.
        reason: String,
    },
    /// This program has no embedded engine.
    #[error(
        "this viewcheck was built without the embedded engine; name another one, such as `{}`, or build viewcheck with \
         its default features",
        tested()
    )]
    NotBuilt,
    /// There is no engine of that name.
    #[error(
        "there is no engine `{0}`: an engine is `reference` (or `reference@3.12`, `reference@3.14-32bit`), `embedded`, or \
         NAME=COMMAND, as in `pypy=pypy3`"
    )]
    Unknown(String),
    /// An engine can't start in a process of its own, for this reason.
    #[error("{0}")]
    Contained(String),
    /// A command can't be an engine.
    #[error(transparent)]
    Process(#[from] process::StartError),
    /// The reference can't stand for that Python.
    #[error(
        "the reference does not model Python {0}: it models {newest} (a branch stands for its newest), and what came before \
         in each branch, as in `reference@3.12.4` or `reference@3.14-32bit`",
        newest = newest()
    )]
    NoSuchPython(String),
}

/// The oldest version that the reference models.
const OLDEST: Version = Version::new(NEWEST[0].major, NEWEST[0].minor, 0);

/// Of a version of Python.
const OLDER: &str = "is older than all that this release knows";

impl About {
    /// What to tell of an engine that is compared as another version of Python than it is.
    pub fn note(&self) -> Option<String> {
        let (own, compared) = (self.python, self.profile.version());
        let compared = compared.modelled().unwrap_or(compared);
        let why = match own.cmp(&compared) {
            Ordering::Equal => return None,
            Ordering::Greater => "is newer than this release knows",
            Ordering::Less if self.is_too_old() => OLDER,
            Ordering::Less => "has much of later versions",
        };
        Some(format!("the Python {own} of `{}` {why}; it is compared as {compared}", self.name))
    }

    /// Whether its Python is older than all that are modelled, so that it is compared as the oldest of them and differs in
    /// what came in between.
    pub fn is_too_old(&self) -> bool {
        self.python < OLDEST && self.profile.version() == OLDEST
    }

    /// The newest patch level of its version of Python, for an implementation that is not CPython and gives an older one. It
    /// may do what either of them does: how far it follows CPython's fixes, its number does not tell.
    pub fn later(&self) -> Option<Profile> {
        let own = self.profile.version();
        let branch = |version: &Version| (version.major, version.minor) == (own.major, own.minor);
        let newest = NEWEST.into_iter().find(branch).filter(|newest| *newest > own)?;
        let is_cpython = matches!(self.implementation.as_str(), "cpython" | "pyodide");
        (self.role == Role::Tested && !is_cpython).then(|| Profile::new(newest, self.profile.abi()))
    }

    /// What to tell of an engine that is [too old](About::is_too_old), and is not run unless it is named.
    pub fn left_out(&self) -> Option<String> {
        let text = || format!("the Python {} of `{}` {OLDER}; it is run if it is named", self.python, self.name);
        self.is_too_old().then(text)
    }
}

/// Opens an engine by the name that the command line uses. `like` is the profile that the reference takes, as far as it
/// is modelled, unless its name says another: `reference@VERSION`, and `-32bit` after it for the sizes of a 32-bit build.
pub fn open(name: &str, like: Profile, settings: &Settings) -> Result<Box<dyn Engine>, OpenError> {
    match (name, name.split_once('@')) {
        ("reference", _) => {
            let version = like.version().modelled().unwrap_or(like.version());
            Ok(Box::new(reference::Reference::new(Profile::new(version, like.abi()))))
        }
        ("embedded", _) => Ok(Box::new(embedded::Embedded::open(settings)?)),
        (_, Some(("reference", python))) => {
            let profile = profile(python).ok_or_else(|| OpenError::NoSuchPython(python.to_owned()))?;
            Ok(Box::new(reference::Reference::named(name, profile)))
        }
        _ if name.contains('=') => Ok(Box::new(Process::open_with(name, settings.limits(), settings)?)),
        _ => Err(OpenError::Unknown(name.to_owned())),
    }
}

/// The engine that is tested unless another one is named: the embedded CPython where it is part of this build, otherwise
/// the first `python3` on the PATH.
pub const fn tested() -> &'static str {
    if cfg!(feature = "embedded") { "embedded" } else { "python=python3" }
}

/// The name of an engine without its command: `pypy` of `pypy=pypy3`.
pub fn short_name(name: &str) -> &str {
    name.split('=').next().unwrap_or(name)
}

/// Whether the engine of that name is the reference, as whatever version. It can't take its process down; others can.
pub fn is_reference(name: &str) -> bool {
    name.split('@').next() == Some("reference")
}

/// The newest version of each branch that the reference models, as text.
pub fn newest() -> String {
    NEWEST.map(|version| version.to_string()).join(", ")
}

/// `3.12.4` is that version, `3.12` the newest of the branch that is modelled; `-32bit` may follow.
fn profile(python: &str) -> Option<Profile> {
    let (text, abi) = match python.strip_suffix("-32bit") {
        Some(version) => (version, Abi::Ilp32),
        None => (python, Abi::Lp64),
    };
    let version: Version = text.parse().ok()?;
    let is_branch = text.matches('.').count() == 1;
    let version = match is_branch {
        true => NEWEST.into_iter().find(|newest| (newest.major, newest.minor) == (version.major, version.minor))?,
        false => Some(version).filter(|version| version.modelled() == Some(*version))?,
    };
    Some(Profile::new(version, abi))
}
