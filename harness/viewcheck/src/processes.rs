//! The options of every command that runs programs: what the processes may take and do in which programs run.
//!
//! A command passes them on to its children as the same options, so that one parser reads both.

use clap::Args;
use engine::Settings;
use std::process::Command;
use std::time::Duration;

/// What processes that run programs may take and do.
#[derive(Args, Clone, Debug, PartialEq, Eq)]
#[command(next_help_heading = "Processes")]
pub struct Processes {
    /// Time limit for one program; a program that exceeds it is a hang
    #[arg(long, value_name = "TIME", value_parser = duration, default_value = "10s")]
    pub timeout: Duration,
    /// Memory limit of a process in MiB, beyond what it uses at the start; 0 is no limit
    #[arg(long, value_name = "MIB", default_value_t = 2048)]
    pub memory: u64,
}

impl Default for Processes {
    fn default() -> Processes {
        let Settings { timeout, memory } = Settings::default();
        Processes { timeout, memory: memory >> 20 }
    }
}

impl Processes {
    /// The same for engines.
    pub fn settings(&self) -> Settings {
        Settings { timeout: self.timeout, memory: self.memory.saturating_mul(1 << 20) }
    }

    /// Passes the options on to a child.
    pub fn pass_to(&self, command: &mut Command) {
        command.arg("--timeout").arg(format!("{}ns", self.timeout.as_nanos()));
        command.arg("--memory").arg(self.memory.to_string());
    }
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
        assert_eq!((read(&[]), read(&[]).settings()), (Processes::default(), Settings::default()));
    }

    #[test]
    fn a_child_has_the_options_of_its_parent() {
        for words in [&[][..], &["--timeout", "1.5s"], &["--timeout", "123ms", "--memory", "0"], &["--memory", "7"]] {
            let given = read(words);
            let mut command = Command::new("child");
            given.pass_to(&mut command);
            let passed: Vec<&str> = command.get_args().filter_map(OsStr::to_str).collect();
            assert_eq!(read(&passed), given, "{words:?}");
        }
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
