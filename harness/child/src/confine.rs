//! A process that takes from itself what it does not need, before it runs what others wrote.
//!
//! On Linux two parts of the kernel do it, and neither needs a right. Landlock limits which files the process can open, and
//! keeps its signals and its TCP ports to itself; seccomp refuses system calls ([`calls`]). Both last as long as the process,
//! and hold for everything that it starts. What a kernel lacks is left out and told ([`Held`]): no program is refused because
//! the kernel is old.
//!
//! A process confines itself, and not another one: it knows best when it has opened what it needs. A command is confined by
//! [`exec`], which does so and becomes the command.
//!
//! This is no wall against errors of the kernel, and it hides nothing that the process has in its memory.

#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
mod calls;
#[cfg(unix)]
#[cfg_attr(not(target_os = "linux"), allow(dead_code, reason = "they are for Landlock"))]
mod folders;
#[cfg(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64")))]
#[path = "confine/linux.rs"]
mod kernel;
#[cfg(not(all(target_os = "linux", any(target_arch = "x86_64", target_arch = "aarch64"))))]
#[path = "confine/absent.rs"]
mod kernel;

use std::ffi::OsString;
use std::io;
use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

/// What a process may still do once it is confined. Beside that it may use what it has opened already.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bounds {
    /// The files and folders that it may read, with all that is below them, beside those of the system. What does not exist
    /// is left out.
    pub reads: Vec<PathBuf>,
    /// The folders that it may write in.
    pub writes: Vec<PathBuf>,
    /// Whether it may start other programs of what it may read, and other processes.
    pub starts: bool,
}

/// How far a process is confined.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Held {
    /// What is not kept from it, and why: nothing, if the system can do all that is needed.
    pub missing: Vec<String>,
}

/// Why a process could not be confined although the system can do it.
#[derive(Debug, thiserror::Error)]
#[error("can't confine the process: {0}; --no-sandbox runs programs without that")]
pub struct ConfineError(String);

/// Confines this process: the calling thread and those that it starts from now on. Threads that are there already keep their
/// files before Linux 7.0, so that this has to come before a thread runs what others wrote.
///
/// # Errors
///
/// When the system can confine a process and refuses it to this one.
pub fn confine(bounds: &Bounds) -> Result<Held, ConfineError> {
    kernel::confine(bounds, true)
}

/// What this system can do, which is tried once, in a thread that ends thereafter.
pub fn support() -> &'static Held {
    static SUPPORT: OnceLock<Held> = OnceLock::new();
    SUPPORT.get_or_init(|| {
        // A process that starts others is the harder case.
        let attempt = || kernel::confine(&Bounds { starts: true, ..Bounds::default() }, false);
        let thread = crate::new_thread().and_then(|thread| thread.spawn(attempt)).map(std::thread::JoinHandle::join);
        match thread {
            Ok(Ok(Ok(held))) => held,
            Ok(Ok(Err(error))) => Held { missing: vec![error.0] },
            // Nothing is known then, and the process that is to be confined will say what is wrong.
            Ok(Err(_)) | Err(_) => Held::default(),
        }
    })
}

/// The folders of runtimes that the environment of this process names, and those of packages that its user has installed.
pub fn folders_of_environment() -> Vec<PathBuf> {
    #[cfg(unix)]
    return folders::of_environment();
    #[cfg(not(unix))]
    vec![]
}

/// What a command needs to read, as far as that can be found out from its words.
pub fn folders_of_command(words: &[OsString]) -> Vec<PathBuf> {
    #[cfg(unix)]
    return folders::of_command(words);
    #[cfg(not(unix))]
    {
        let _ = words;
        vec![]
    }
}

/// Confines this process to what a command needs, and becomes the command. `folder` is the one that it may write in; it is
/// told so as its `TMPDIR`.
///
/// # Errors
///
/// When the process can't be confined or the command not be started. Otherwise it does not return.
pub fn exec(words: &[OsString], folder: &std::path::Path, reads: &[PathBuf]) -> io::Error {
    let Some((program, arguments)) = words.split_first() else { return io::ErrorKind::InvalidInput.into() };
    let mut bounds = Bounds { reads: reads.to_vec(), writes: vec![folder.to_owned()], starts: true };
    bounds.reads.extend(folders_of_command(words));
    let mut command = Command::new(program);
    command.args(arguments).env("TMPDIR", folder);
    if let Err(error) = confine(&bounds) {
        return io::Error::other(error);
    }
    #[cfg(unix)]
    return std::os::unix::process::CommandExt::exec(&mut command);
    #[cfg(not(unix))]
    io::ErrorKind::Unsupported.into()
}
