//! The options of every command that runs programs: what the processes may take and do in which programs run.
//!
//! A command passes them on to its children as the same options, so that one parser reads both.

use child::confine::{Bounds, folders_of_command, folders_of_environment, support};
use clap::Args;
use clap::builder::{OsStringValueParser, PossibleValue, PossibleValuesParser, TypedValueParser};
use engine::embedded::Embedded;
use engine::{Allocator, Settings};
use std::ffi::OsString;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

/// What processes that run programs may take and do.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(next_help_heading = "Processes")]
pub struct Processes {
    /// Time limit for one program; a program that exceeds it is a hang
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    pub timeout: Duration,
    /// Memory limit of a process beyond what it uses at the start, in MiB or with a unit, as in 512M or 2G; 0 is no limit
    #[arg(long, value_name = "SIZE", value_parser = memory, default_value_t = 2048)]
    pub memory: u64,
    /// Folder in which the embedded Python finds more modules, such as numpy; may be repeated. The embedded Python reads no
    /// environment variables; a Python that is a command does if its command says so, as in `py=env PYTHONPATH=DIR python3`
    #[arg(long, value_name = "DIR", value_parser = OsStringValueParser::new().try_map(folder))]
    pub python_path: Vec<PathBuf>,
    /// Memory allocator of the embedded Python
    #[arg(long, value_parser = allocator_parser(), default_value = Allocator::Default.word())]
    pub allocator: Allocator,
    /// Run programs in processes that may read and write any file, use the network and start other programs
    ///
    /// Without this option, where the system can do it, a process that runs programs may read the folders of the system and
    /// of its Python, write nowhere but in a temporary folder, and reach neither the network nor other processes. Cases in any
    /// Python (`language: python`) are skipped where the system can't do it; with this option nothing holds them.
    #[arg(long)]
    pub no_sandbox: bool,
    /// Let engines that are commands read this file or folder too, for what their command does not name; repeatable
    #[arg(long, value_name = "PATH", value_parser = OsStringValueParser::new().try_map(path))]
    pub readable: Vec<PathBuf>,
}

impl Default for Processes {
    fn default() -> Processes {
        let Settings { timeout, memory, python_path, allocator, readable, .. } = Settings::default();
        Processes { timeout, memory: memory >> 20, python_path, allocator, no_sandbox: false, readable }
    }
}

impl Processes {
    /// The same for engines.
    pub fn settings(&self) -> Settings {
        Settings {
            timeout: self.timeout,
            memory: self.memory.saturating_mul(1 << 20),
            python_path: self.python_path.clone(),
            home: None,
            allocator: self.allocator,
            confined: !self.no_sandbox,
            // Where the system can't confine a process, nobody but its user may say that any Python runs there.
            source: self.no_sandbox || support().missing.is_empty(),
            readable: self.readable.clone(),
        }
    }

    /// What a process may still do that has opened engines of these names; `None` for anything. Where all foreign code runs in
    /// other processes, which are confined more narrowly, it is not confined itself.
    pub(crate) fn bounds(&self, engines: &[&str]) -> Option<Bounds> {
        let commands: Vec<&str> = engines.iter().filter_map(|engine| Some(engine.split_once('=')?.1)).collect();
        if self.no_sandbox || !commands.is_empty() && !engines.contains(&"embedded") {
            return None;
        }
        let mut bounds = Bounds { reads: Embedded::folders(), starts: !commands.is_empty(), ..Bounds::default() };
        bounds.reads.extend(folders_of_environment());
        if bounds.starts {
            // A command may have to be started again, by this executable, which makes the folder of its runner.
            bounds.reads.extend(child::this_program().and_then(fs::canonicalize));
            bounds.reads.extend(self.readable.iter().cloned());
            bounds.writes.push(std::env::temp_dir());
        }
        for words in commands.into_iter().filter_map(shlex::split) {
            bounds.reads.extend(folders_of_command(&words.into_iter().map(OsString::from).collect::<Vec<_>>()));
        }
        Some(bounds)
    }

    /// Says once what is not kept from programs, if that is not what was asked for, and which options change nothing for
    /// engines of these names.
    pub(crate) fn announce<'a>(
        &self,
        engines: impl IntoIterator<Item = &'a str>,
        err: &mut dyn Write,
    ) -> io::Result<()> {
        for note in self.without_effect(&engines.into_iter().collect::<Vec<_>>()) {
            writeln!(err, "note: {note}")?;
        }
        let missing = &support().missing;
        if self.no_sandbox || missing.is_empty() {
            return Ok(());
        }
        let missing = missing.join("; ");
        writeln!(err, "note: this system can't confine the processes that run programs in all respects: {missing}")
    }

    /// The options that are about other engines than those of these names, in sentences.
    fn without_effect(&self, engines: &[&str]) -> Vec<String> {
        let embedded = ("the embedded Python", engines.contains(&"embedded"));
        let commands = ("engines that are commands", engines.iter().any(|engine| engine.contains('=')));
        let usual = Processes::default();
        let options = [
            ("--python-path", self.python_path != usual.python_path, embedded),
            ("--allocator", self.allocator != usual.allocator, embedded),
            ("--readable", self.readable != usual.readable, commands),
        ];
        let idle = options.into_iter().filter(|(_, is_given, (_, is_there))| *is_given && !is_there);
        idle.map(|(option, _, (what, _))| {
            format!("{option} has no effect: it is about {what}, which this run does not use")
        })
        .collect()
    }

    /// Passes the options on to a child.
    pub fn pass_to(&self, command: &mut Command) {
        command.arg("--timeout").arg(format!("{}ns", self.timeout.as_nanos()));
        command.arg("--memory").arg(self.memory.to_string());
        self.python_path.iter().for_each(|folder| _ = command.arg("--python-path").arg(folder));
        command.args(["--allocator", self.allocator.word()]);
        engine::one_thread(command);
        if self.no_sandbox {
            command.arg("--no-sandbox");
        }
        self.readable.iter().for_each(|path| _ = command.arg("--readable").arg(path));
    }
}

/// Reads a path, at which something has to be. It stays right when another folder becomes the current one.
fn path(text: OsString) -> Result<PathBuf, String> {
    if text.is_empty() {
        return Err("it is empty".to_owned());
    }
    let path = std::path::absolute(text).map_err(|error| error.to_string())?;
    path.metadata().map(|_| path).map_err(|error| error.to_string())
}

/// Reads the path of a folder, which has to be there.
fn folder(text: OsString) -> Result<PathBuf, String> {
    path(text).and_then(|path| if path.is_dir() { Ok(path) } else { Err("it is not a folder".to_owned()) })
}

/// Reads a size of memory such as `512`, `512M` or `2G`, in MiB.
fn memory(text: &str) -> Result<u64, String> {
    const LEAST: u64 = child::inside::LEAST >> 20;
    let wrong = || format!("`{text}` is not a size: write it in MiB, or with a unit, as in 512M or 2G");
    let (number, unit) = text.split_at(text.find(|char: char| !char.is_ascii_digit()).unwrap_or(text.len()));
    let number: u64 = number.parse().map_err(|_| wrong())?;
    let size = match unit.to_ascii_lowercase().trim_end_matches('b').trim_end_matches('i') {
        "k" => Some(number / 1024),
        "" if unit.is_empty() => Some(number),
        "m" => Some(number),
        "g" => number.checked_mul(1024),
        _ => None,
    };
    match size.ok_or_else(wrong)? {
        small if small < LEAST && number > 0 => {
            Err(format!("with less than {LEAST} MiB not even small programs run; 0 is no limit"))
        }
        size => Ok(size),
    }
}

/// Parses an allocator, and describes each in `--help`. The crate `engine` does not depend on clap.
fn allocator_parser() -> impl TypedValueParser<Value = Allocator> {
    let values = Allocator::ALL.map(|allocator| {
        PossibleValue::new(allocator.word()).help(match allocator {
            Allocator::Default => "The one that the Python was built with",
            Allocator::Debug => "The same, but it finds writes beyond the end of memory and fills freed memory",
            Allocator::Malloc => "That of the C library, for Valgrind and AddressSanitizer",
        })
    });
    // The parser has refused every other word.
    let named =
        |word: String| Allocator::ALL.into_iter().find(|allocator| allocator.word() == word).unwrap_or_default();
    PossibleValuesParser::new(values).map(named)
}

/// Reads a time such as `90`, `1.5s`, `10m`, `8h` or `1h30m`.
pub(crate) fn duration(text: &str) -> Result<Duration, String> {
    let wrong = || format!("`{text}` is not a time: write it as 90s, 10m, 8h or 1h30m");
    let mut seconds = 0.0;
    let mut rest = text.trim();
    while !rest.is_empty() {
        let digits = rest.find(|char: char| !(char.is_ascii_digit() || char == '.')).unwrap_or(rest.len());
        let (number, unit) = rest.split_at(digits);
        let letters = unit.find(|char: char| !char.is_ascii_alphabetic()).unwrap_or(unit.len());
        let scale = match &unit[..letters] {
            "ns" => 1e-9,
            "ms" => 0.001,
            "" | "s" => 1.0,
            "m" | "min" => 60.0,
            "h" => 3600.0,
            "d" => 86_400.0,
            _ => return Err(wrong()),
        };
        seconds += number.parse::<f64>().map_err(|_| wrong())? * scale;
        rest = &unit[letters..];
    }
    match Duration::try_from_secs_f64(seconds) {
        Ok(time) if !time.is_zero() => Ok(time),
        _ => Err(wrong()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use std::ffi::OsStr;

    #[derive(Parser)]
    struct Child {
        #[command(flatten)]
        processes: Processes,
    }

    fn read(words: &[&str]) -> Processes {
        Child::try_parse_from([&["child"], words].concat()).unwrap().processes
    }

    #[test]
    fn without_options_they_are_the_usual_settings() {
        // Engines of a library are not confined: only the executable of viewcheck can do that.
        let source = support().missing.is_empty();
        let settings = Settings { confined: true, source, ..Settings::default() };
        assert_eq!((read(&[]), read(&[]).settings()), (Processes::default(), settings));
    }

    #[test]
    fn a_child_has_the_options_of_its_parent() {
        for words in [
            &[][..],
            &["--timeout", "1.5s"],
            &["--timeout", "123ms", "--memory", "0"],
            &["--memory", "70"],
            &["--python-path", "/", "--python-path", "."],
            &["--allocator", "debug"],
            &["--no-sandbox"],
            &["--readable", "src", "--readable", "Cargo.toml"],
        ] {
            let given = read(words);
            let mut command = Command::new("child");
            given.pass_to(&mut command);
            let passed: Vec<&str> = command.get_args().filter_map(OsStr::to_str).collect();
            assert_eq!(read(&passed), given, "{words:?}");
            assert_eq!(read(&passed) == Processes::default(), words.is_empty());
        }
    }

    #[test]
    fn a_folder_has_to_be_there() {
        assert!(read(&["--python-path", "."]).python_path[0].is_absolute());
        for wrong in ["/nowhere", "/dev/null", ""] {
            assert!(Child::try_parse_from(["child", "--python-path", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_to_be_readable_has_to_be_there() {
        assert!(read(&["--readable", "Cargo.toml"]).readable[0].is_absolute());
        for wrong in ["/nowhere", "nowhere", ""] {
            assert!(Child::try_parse_from(["child", "--readable", wrong]).is_err(), "{wrong}");
        }
    }

    #[test]
    fn sizes_of_memory_are_read() {
        for (text, size) in [
            ("0", 0),
            ("32", 32),
            ("2048", 2048),
            ("2g", 2048),
            ("2GiB", 2048),
            ("3GB", 3072),
            ("512M", 512),
            ("65536k", 64),
            ("0G", 0),
        ] {
            assert_eq!(memory(text), Ok(size), "{text}");
        }
        for (wrong, words) in [
            ("1", "with less than 32 MiB"),
            ("31", "with less than 32 MiB"),
            ("1K", "with less than 32 MiB"),
            ("", "is not a size"),
            ("g", "is not a size"),
            ("-1", "is not a size"),
            ("1.5G", "is not a size"),
            ("2 G", "is not a size"),
            ("64b", "is not a size"),
            ("2t", "is not a size"),
            ("18446744073709551615G", "is not a size"),
            ("99999999999999999999", "is not a size"),
        ] {
            let said = memory(wrong).unwrap_err();
            assert!(said.contains(words), "{wrong}: {said}");
        }
    }

    #[test]
    fn options_that_change_nothing_are_named() {
        let given = read(&["--python-path", ".", "--allocator", "debug", "--readable", "."]);
        let named = |engines: &[&str]| {
            let notes = given.without_effect(engines);
            notes.iter().map(|note| note.split(' ').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(named(&["reference", "mine=python3"]), ["--python-path", "--allocator"]);
        assert_eq!(named(&["reference", "embedded"]), ["--readable"]);
        assert_eq!(named(&["reference"]), ["--python-path", "--allocator", "--readable"]);
        assert_eq!(named(&["embedded", "mine=python3"]), [""; 0]);
        assert_eq!(read(&[]).without_effect(&["reference"]), [""; 0]);
    }

    #[test]
    fn times_are_read() {
        let seconds = |text| duration(text).ok().map(|time| time.as_secs_f64());
        assert_eq!(
            ["90", "90s", "10m", "8h", "1h30m", "0.5s", "250ms"].map(seconds),
            [Some(90.0), Some(90.0), Some(600.0), Some(28_800.0), Some(5400.0), Some(0.5), Some(0.25)]
        );
        for wrong in ["", "s", "0", "-1s", "1x", "1h 30m", "1..5s", "1e9s", "99999999999999999999999h"] {
            assert_eq!(seconds(wrong), None, "{wrong}");
        }
    }
}
