//! How a test ends a worker.

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
