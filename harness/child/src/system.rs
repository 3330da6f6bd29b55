//! What is asked of the operating system: limits for a process, how much memory it holds, how it ended.
//!
//! Everything that is not the same on all systems is in this file. Where a system has no such thing, there is no limit
//! and nothing is known.

use crate::living;
use crate::page::HeartbeatPage;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus};

/// A heartbeat page, and its file: in memory where the system has such files, and without a name, so that nobody can take
/// it away and nothing is left of it, whatever ends this process.
pub(super) fn page() -> io::Result<(File, HeartbeatPage)> {
    let on = |file: File| HeartbeatPage::create(&file).map(|page| (file, page));
    #[cfg(target_os = "linux")]
    if let Ok(made) = rustix::fs::memfd_create("viewcheck", rustix::fs::MemfdFlags::CLOEXEC)
        .map_err(io::Error::from)
        .and_then(|descriptor| on(descriptor.into()))
    {
        return Ok(made);
    }
    tempfile::tempfile().and_then(on).map_err(|error| {
        let folder = std::env::temp_dir();
        io::Error::other(format!("the file of its heartbeat page can't be made in {}: {error}", folder.display()))
    })
}

/// The path of an open file in a process that inherits it. Where there is no such path, a child that needs it says so; others
/// do without.
fn path_of(file: &File) -> io::Result<PathBuf> {
    #[cfg(unix)]
    {
        use std::os::fd::AsRawFd;
        let folder = ["/proc/self/fd", "/dev/fd"].into_iter().map(Path::new).find(|folder| folder.is_dir());
        Ok(folder.unwrap_or(Path::new("/dev/fd")).join(file.as_raw_fd().to_string()))
    }
    #[cfg(not(unix))]
    {
        let _ = file;
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// Starts a process that can open a file of this one by a path, which `arguments` puts into the command.
pub(super) fn spawn_with(
    file: &File,
    command: &mut Command,
    arguments: impl FnOnce(&mut Command, &Path),
) -> io::Result<Child> {
    #[cfg(unix)]
    {
        use rustix::io::{FdFlags, fcntl_setfd};
        arguments(command, &path_of(file)?);
        // A process that another thread starts just now inherits it too, and makes nothing of it.
        fcntl_setfd(file, FdFlags::empty())?;
        let child = command.spawn();
        fcntl_setfd(file, FdFlags::CLOEXEC)?;
        child
    }
    #[cfg(not(unix))]
    {
        let _ = (file, command, arguments);
        Err(io::ErrorKind::Unsupported.into())
    }
}

/// What the system says when it refuses a process or a thread, with what that means.
pub(super) fn explained(error: io::Error) -> io::Error {
    match error.kind() {
        io::ErrorKind::WouldBlock => io::Error::other(format!("the system refuses another process or thread: {error}")),
        _ => error,
    }
}

/// Takes standard input and standard output away from the rest of this process, and gives them as files. What is read from
/// standard input from now on is empty, and what is written to standard output goes to standard error.
pub(super) fn take_stdio() -> io::Result<(File, File)> {
    #[cfg(unix)]
    {
        use rustix::io::fcntl_dupfd_cloexec;
        use rustix::stdio::{dup2_stdin, dup2_stdout, stderr, stdin, stdout};
        // There may be fewer descriptors than that.
        let private = |open: std::os::fd::BorrowedFd<'_>| {
            fcntl_dupfd_cloexec(open, PRIVATE).or_else(|_| fcntl_dupfd_cloexec(open, LOWEST))
        };
        let (input, output) = (private(stdin())?, private(stdout())?);
        let null = File::open("/dev/null");
        dup2_stdin(null.map_err(|error| io::Error::other(format!("can't open /dev/null: {error}")))?)?;
        dup2_stdout(stderr())?;
        Ok((input.into(), output.into()))
    }
    #[cfg(not(unix))]
    Err(io::ErrorKind::Unsupported.into())
}

/// The first descriptor that is used for what is private: out of reach of who closes the first few of them.
#[cfg(unix)]
const PRIVATE: i32 = 100;
/// The first that is used where there are not so many: those of the standard streams are taken anew.
#[cfg(unix)]
const LOWEST: i32 = 3;

/// The program that runs, even if its file was replaced since.
///
/// # Errors
///
/// When the system does not tell.
pub fn this_program() -> io::Result<PathBuf> {
    let link = PathBuf::from("/proc/self/exe");
    let unknown = |error| io::Error::other(format!("the executable of viewcheck can't be found: {error}"));
    if link.exists() { Ok(link) } else { std::env::current_exe().map_err(unknown) }
}

/// Keeps Ctrl-C at the terminal from a child: it is the parent that ends it, in order. The child of a child stays in the
/// group of its parent, with which it is ended.
pub(super) fn detach(command: &mut Command) {
    #[cfg(unix)]
    if !living::is_child() {
        std::os::unix::process::CommandExt::process_group(command, 0);
    }
    #[cfg(not(unix))]
    let _ = command;
}

/// Ends the processes that a child has started, which are of its group.
pub(super) fn kill_group(process: u32) {
    #[cfg(unix)]
    if let Some(group) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) {
        // None may be left.
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = process;
}

/// Ends a process that was not waited for, and what it has started.
pub(super) fn kill_tree(process: u32) {
    kill_group(process);
    // A child of a child is in another group than its own.
    #[cfg(unix)]
    if let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) {
        let _ = rustix::process::kill_process(process, rustix::process::Signal::KILL);
    }
}

/// Limits this process to so many bytes of address space more than it has now. Zero is no limit.
pub(super) fn limit_memory(bytes: u64) {
    #[cfg(unix)]
    if bytes > 0
        && let Some(used) = pages(std::process::id(), ALL)
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::As).maximum;
        let current = used.saturating_add(bytes).min(maximum.unwrap_or(u64::MAX));
        // Without the limit the parent still watches how much memory the child holds.
        let _ = setrlimit(Resource::As, Rlimit { current: Some(current), maximum });
    }
    #[cfg(not(unix))]
    let _ = bytes;
}

/// The bytes of memory that the limits of this process still leave it, if it has any.
pub(super) fn memory_left() -> Option<u64> {
    address_space_left().into_iter().chain(data_left()).min()
}

/// The bytes that `ulimit -v` still leaves this process to map.
fn address_space_left() -> Option<u64> {
    #[cfg(unix)]
    return left(rustix::process::Resource::As, ALL);
    #[cfg(not(unix))]
    None
}

/// The bytes that `ulimit -d` still leaves this process to write to.
fn data_left() -> Option<u64> {
    #[cfg(unix)]
    return left(rustix::process::Resource::Data, DATA);
    #[cfg(not(unix))]
    None
}

#[cfg(unix)]
fn left(resource: rustix::process::Resource, field: usize) -> Option<u64> {
    let limit = rustix::process::getrlimit(resource).current?;
    Some(limit.saturating_sub(pages(std::process::id(), field)?))
}

/// A builder of a thread for which there is room. One that finds no room for its stack of signals when it starts ends the
/// whole process, in the middle of whatever else is done there.
///
/// # Errors
///
/// When a limit of this process leaves less than what a few threads need that start at the same time, each with 2 MiB of
/// stack.
pub fn new_thread() -> io::Result<std::thread::Builder> {
    const MAPPED: u64 = 16 << 20;
    const WRITTEN: u64 = 4 << 20;
    let lacks = |left: Option<u64>, needs: u64| left.is_some_and(|left| left < needs);
    let option = match (lacks(address_space_left(), MAPPED), lacks(data_left(), WRITTEN)) {
        (true, _) => "-v",
        (false, true) => "-d",
        (false, false) => return Ok(std::thread::Builder::new()),
    };
    Err(io::Error::other(format!("there is no memory left for a thread; see `ulimit {option}`")))
}

/// Keeps this process from leaving a core dump: a campaign may lose thousands of them.
pub(super) fn forbid_core_dumps() {
    #[cfg(unix)]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum });
    }
}

/// Keeps another process from leaving a core dump. Elsewhere than on Linux only a process itself can see to that.
pub(super) fn forbid_core_dumps_of(process: u32) {
    #[cfg(target_os = "linux")]
    if let Some(process) = i32::try_from(process).ok().and_then(rustix::process::Pid::from_raw) {
        use rustix::process::{Resource, Rlimit, getrlimit, prlimit};
        let maximum = getrlimit(Resource::Core).maximum;
        // One that has ended already leaves nothing any more.
        let _ = prlimit(Some(process), Resource::Core, Rlimit { current: Some(0), maximum });
    }
    #[cfg(not(target_os = "linux"))]
    let _ = process;
}

/// Takes the limit of [`limit_memory`] from this process until what is given is dropped, so that a command which is started
/// meanwhile has none: runtimes such as node, and code under AddressSanitizer, reserve more addresses than any limit
/// allows. How much memory it holds is watched from outside.
pub(super) fn lift_memory_limit() -> Lifted {
    #[cfg(target_os = "linux")]
    {
        use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
        let limit = getrlimit(Resource::As);
        let _ = setrlimit(Resource::As, Rlimit { current: limit.maximum, maximum: limit.maximum });
        Lifted(limit)
    }
    #[cfg(not(target_os = "linux"))]
    Lifted()
}

/// The limit that this process had, and has again when this is dropped.
#[cfg(target_os = "linux")]
pub(super) struct Lifted(rustix::process::Rlimit);
#[cfg(not(target_os = "linux"))]
pub(super) struct Lifted();

#[cfg(target_os = "linux")]
impl Drop for Lifted {
    fn drop(&mut self) {
        let _ = rustix::process::setrlimit(rustix::process::Resource::As, self.0);
    }
}

/// The bytes of memory that a process holds, where the system tells.
pub(super) fn resident(process: u32) -> Option<u64> {
    pages(process, RESIDENT)
}

/// The fields of `/proc/PID/statm` that are used: address space, memory in use, and data with the stack.
#[cfg_attr(not(unix), allow(dead_code))]
const ALL: usize = 0;
const RESIDENT: usize = 1;
#[cfg_attr(not(unix), allow(dead_code))]
const DATA: usize = 5;
/// What is said of a process that was ended because somebody had stopped it.
pub const STOPPED: &str = "SIGSTOP";

/// What a process is doing.
#[derive(Clone, Copy, Debug)]
pub(super) struct Activity {
    /// Whether it was stopped by a signal, or by a debugger.
    pub(super) is_stopped: bool,
    /// Whether it has something to do: it is on a processor or waits for one.
    pub(super) is_running: bool,
    /// The processor time that it has used.
    pub(super) used: std::time::Duration,
}

/// What a process is doing, where the system tells.
#[cfg(unix)]
pub(super) fn activity(process: u32) -> Option<Activity> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name of the program stands in parentheses, and may contain some.
    let fields: Vec<&str> = text.rsplit_once(')')?.1.split_whitespace().collect();
    let ticks = |index: usize| fields.get(index)?.parse::<u64>().ok();
    let used = ticks(11)?.saturating_add(ticks(12)?).saturating_mul(1000);
    let used = std::time::Duration::from_millis(used / rustix::param::clock_ticks_per_second().max(1));
    let state = *fields.first()?;
    Some(Activity { is_stopped: ["T", "t"].contains(&state), is_running: state == "R", used })
}

#[cfg(not(unix))]
pub(super) fn activity(_: u32) -> Option<Activity> {
    None
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
        (Signal::XFSZ, "SIGXFSZ"),
        (Signal::SYS, "SIGSYS"),
    ];
    match names.iter().find(|(signal, _)| signal.as_raw() == number) {
        Some((_, name)) => (*name).to_owned(),
        None => format!("signal {number}"),
    }
}

/// Whether somebody else may have sent that signal, to end a process that did nothing wrong.
pub fn is_sent_by_others(ending: &str) -> bool {
    ["SIGKILL", "SIGTERM", "SIGINT", "SIGHUP", "SIGQUIT", STOPPED].contains(&ending)
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
