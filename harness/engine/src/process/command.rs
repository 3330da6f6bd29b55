//! `NAME=COMMAND`: what an engine is called, and what starts it.

use crate::Settings;
use std::ffi::OsStr;
use std::path::Path;

/// An engine's name and the words of its command.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Command {
    name: String,
    words: Vec<String>,
}

/// Why a text is no engine.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CommandError {
    /// The name can't be one.
    #[error(
        "`{0}` can't be the name of an engine: NAME=COMMAND takes letters, digits, `.`, `_` and `-`, and not \
         `reference`, `embedded` or `all`"
    )]
    Name(String),
    /// There is no command after the name.
    #[error("the engine `{0}` has no command: write it as in `pypy=pypy3`")]
    Empty(String),
    /// A quote is not closed.
    #[error("the command of the engine `{0}` has a quote that is not closed")]
    Quote(String),
}

impl Command {
    /// Reads `NAME=COMMAND`. The command's words are separated as in a POSIX shell, and nothing in them is expanded.
    pub fn parse(text: &str) -> Result<Command, CommandError> {
        let (name, command) = text.split_once('=').unwrap_or((text, ""));
        let is_letter = |char: char| char.is_ascii_alphanumeric() || ".-_".contains(char);
        if name.is_empty() || !name.chars().all(is_letter) || ["reference", "embedded", "all"].contains(&name) {
            return Err(CommandError::Name(name.to_owned()));
        }
        let words = shlex::split(command).ok_or_else(|| CommandError::Quote(name.to_owned()))?;
        match words.first() {
            None => Err(CommandError::Empty(name.to_owned())),
            Some(_) => Ok(Command { name: name.to_owned(), words }),
        }
    }

    /// The engine's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The command as it can be typed.
    pub fn text(&self) -> String {
        // Only a zero byte can't be quoted, and no argument has one.
        shlex::try_join(self.words.iter().map(String::as_str)).unwrap_or_default()
    }

    /// The process to start, with the path of the runner as its last argument. A confined one starts as another process of
    /// this executable; `folder` is the only one that it may write in.
    ///
    /// # Errors
    ///
    /// When this executable can't be found.
    pub fn with_runner(
        &self,
        runner: &Path,
        folder: &Path,
        settings: &Settings,
    ) -> std::io::Result<std::process::Command> {
        let mut words = self.words.iter().map(OsStr::new);
        let mut command = if settings.confined {
            let mut confined = std::process::Command::new(child::this_program()?);
            confined.arg("confine").arg("--folder").arg(folder);
            settings.readable.iter().for_each(|path| _ = confined.arg("--readable").arg(path));
            confined.arg("--");
            confined
        } else {
            std::process::Command::new(words.next().unwrap_or_default())
        };
        command.args(words).arg(runner);
        // What a Python does must not depend on who runs viewcheck. What the command itself sets, as in
        // `env PYTHONPATH=folder python3`, is set later than this.
        std::env::vars_os().filter(|(name, _)| is_for_python(name)).for_each(|(name, _)| _ = command.env_remove(name));
        // The same program has the same hashes each time, nothing is written beside a runner, and no locale changes how
        // text is written.
        command.env("PYTHONHASHSEED", "0").env("PYTHONDONTWRITEBYTECODE", "1").env("PYTHONUTF8", "1");
        crate::settings::one_thread(&mut command);
        Ok(command)
    }
}

/// Whether an environment variable changes what a Python does: it is named after one.
fn is_for_python(name: &OsStr) -> bool {
    const PREFIXES: [&str; 6] = ["PYTHON", "_PYTHON", "__PYVENV", "PYPY", "RUSTPYTHON", "MICROPY"];
    PREFIXES.iter().any(|prefix| name.as_encoded_bytes().starts_with(prefix.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("pypy=pypy3", "pypy", "pypy3")]
    #[case("mp=node 'a b/host.mjs' x=y", "mp", "node 'a b/host.mjs' 'x=y'")]
    #[case("py3.8-dbg=python3.8", "py3.8-dbg", "python3.8")]
    fn a_command_has_a_name_and_words(#[case] text: &str, #[case] name: &str, #[case] command: &str) {
        let read = Command::parse(text).unwrap();
        assert_eq!((read.name(), read.text().as_str()), (name, command));
    }

    #[rstest]
    #[case("PYTHONWARNINGS", true)]
    #[case("PYTHONHASHSEED", true)]
    #[case("PYPYLOG", true)]
    #[case("MICROPYPATH", true)]
    #[case("PATH", false)]
    #[case("MYPYTHON", false)]
    #[case("LC_ALL", false)]
    fn variables_that_change_a_python_are_known(#[case] name: &str, #[case] is_known: bool) {
        assert_eq!(is_for_python(OsStr::new(name)), is_known);
    }

    #[rstest]
    #[case("=python3", CommandError::Name(String::new()))]
    #[case("a b=python3", CommandError::Name("a b".into()))]
    #[case("embedded=python3", CommandError::Name("embedded".into()))]
    #[case("all=python3", CommandError::Name("all".into()))]
    #[case("py=", CommandError::Empty("py".into()))]
    #[case("py= ", CommandError::Empty("py".into()))]
    #[case("py=python3 'x", CommandError::Quote("py".into()))]
    fn what_is_no_engine_is_refused(#[case] text: &str, #[case] error: CommandError) {
        assert_eq!(Command::parse(text), Err(error));
    }
}
