//! What a campaign asks of the operating system: limits for a worker, how much memory it holds, how it ended.
//!
//! Everything that is not the same on all systems is in this file. Where a system has no such thing, there is no limit
//! and nothing is known.

use std::path::PathBuf;
use std::process::{Command, ExitStatus};

/// The folder for slates: in memory, where there is one.
pub(super) fn slate_folder() -> PathBuf {
    let shared = PathBuf::from("/dev/shm");
    if shared.is_dir() { shared } else { std::env::temp_dir() }
}

/// The program that runs, even if its file was replaced since.
pub(super) fn this_program() -> std::io::Result<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    if link.exists() { Ok(link) } else { std::env::current_exe() }
}

/// Keeps Ctrl-C at the terminal from a worker: it is the parent that ends it, in order.
pub(super) fn detach(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}

/// Limits this process to so many bytes of address space more than it has now. Zero is no limit.
pub(super) fn limit_memory(bytes: u64) {
    #[cfg(unix)]
    if bytes > 0
        && let Some(used) = pages(std::process::id(), 0)
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::As).maximum;
        let current = used.saturating_add(bytes).min(maximum.unwrap_or(u64::MAX));
        // Without the limit the parent still watches how much memory the worker holds.
        let _ = setrlimit(Resource::As, Rlimit { current: Some(current), maximum });
    }
    #[cfg(not(unix))]
    let _ = bytes;
}

/// Keeps this process from leaving a core dump: a campaign may lose thousands of workers.
pub(super) fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    }
}

/// The bytes of memory that a process holds, where the system tells.
pub(super) fn resident(process: u32) -> Option<u64> {
    pages(process, 1)
}

/// A field of `/proc/PID/statm`, in bytes.
#[cfg(unix)]
fn pages(process: u32, field: usize) -> Option<u64> {
    let text = std::fs::read_to_string(format!("/proc/{process}/statm")).ok()?;
    let pages: u64 = text.split(' ').nth(field)?.parse().ok()?;
    pages.checked_mul(rustix::param::page_size() as u64)
}

#[cfg(not(unix))]
fn pages(_: u32, _: usize) -> Option<u64> {
    None
}

/// How a process ended, in a word or two: a signal's name, or `exit status 3`.
pub(super) fn ending(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        return signal_name(signal);
    }
    match status.code() {
        Some(code) => format!("exit status {code}"),
        None => "an unknown end".to_owned(),
    }
}

#[cfg(unix)]
fn signal_name(number: i32) -> String {
    use rustix::process::Signal;
    let names = [
        (Signal::HUP, "SIGHUP"),
        (Signal::INT, "SIGINT"),
        (Signal::QUIT, "SIGQUIT"),
        (Signal::ILL, "SIGILL"),
        (Signal::TRAP, "SIGTRAP"),
        (Signal::ABORT, "SIGABRT"),
        (Signal::BUS, "SIGBUS"),
        (Signal::FPE, "SIGFPE"),
        (Signal::KILL, "SIGKILL"),
        (Signal::SEGV, "SIGSEGV"),
        (Signal::TERM, "SIGTERM"),
        (Signal::XCPU, "SIGXCPU"),
        (Signal::SYS, "SIGSYS"),
    ];
    match names.iter().find(|(signal, _)| signal.as_raw() == number) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("signal {number}"),
    }
}

/// Whether somebody else may have sent that signal, to end a process that did nothing wrong.
pub(super) fn is_sent_by_others(ending: &str) -> bool {
    ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT"].contains(&ending)
}

/// Ends this process by a signal, as an operation of a test.
pub(super) fn die(by: Death) -> ! {
    #[cfg(unix)]
    {
        use rustix::process::{Signal, getpid, kill_process};
        let signal = match by {
            Death::Segv => Signal::SEGV,
            Death::Kill => Signal::KILL,
            Death::Abort => Signal::ABORT,
        };
        // The first SIGSEGV is taken by Rust, which looks for a stack that has run over, and gives way to the second.
        for _ in 0..2 {
            let _ = kill_process(getpid(), signal);
        }
    }
    let _ = by;
    std::process::abort()
}

/// How a test ends a worker.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Death {
    /// As by a wild pointer.
    Segv,
    /// As by the system when memory runs out.
    Kill,
    /// As by a failed assertion.
    Abort,
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn signals_have_their_names() {
        assert_eq!((signal_name(11).as_str(), signal_name(6).as_str()), ("SIGSEGV", "SIGABRT"));
        assert_eq!(signal_name(9), "SIGKILL");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_holds_memory() {
        assert!(resident(std::process::id()).is_some_and(|bytes| bytes > 100_000));
    }
}
