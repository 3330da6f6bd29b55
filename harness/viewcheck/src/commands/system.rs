//! What the system has to give this process, so that everything else that it refuses can be told in a sentence.
//!
//! Memory that runs out in the middle of something can't be told by who asked for it: Rust ends the process. With room for
//! a start, that happens where much is read or run, and the exit code is the one for everything that is refused.

use super::Exit;
use std::num::NonZero;

/// The most that can run at the same time. More takes longer than less on every machine that there is, and each process
/// takes some 50 MB.
const MOST_JOBS: usize = 256;

/// Reads how much is to run at the same time.
pub(super) fn jobs(text: &str) -> Result<NonZero<usize>, String> {
    match text.parse() {
        Ok(jobs @ 1..=MOST_JOBS) => NonZero::new(jobs).ok_or_else(String::new),
        _ => Err(format!("it is a number from 1 to {MOST_JOBS}")),
    }
}

/// Why this process can't do anything, if that is so.
#[cfg(unix)]
pub(super) fn refusal() -> Option<String> {
    use rustix::process::{Resource, getrlimit};
    // What is needed until there is something to say, in KiB, as `ulimit` counts.
    let needs = [
        (Resource::As, 100 << 10, "KiB of address space", "-v"),
        (Resource::Data, 50 << 10, "KiB of memory", "-d"),
        (Resource::Stack, 1 << 10, "KiB of stack", "-s"),
    ];
    let too_small = needs.into_iter().find_map(|(resource, least, what, option)| {
        let limit = getrlimit(resource).current? >> 10;
        let text = || format!("this process may have {limit} {what} and needs {least}; see `ulimit {option}`");
        (limit < least).then(text)
    });
    // Every command needs one for the signals, and most need more.
    too_small.or_else(|| child::new_thread().err().map(|error| error.to_string()))
}

/// Why this process can't do anything, if that is so.
#[cfg(not(unix))]
pub(super) fn refusal() -> Option<String> {
    None
}

/// Has this process end with the exit code for what was refused if it gets no more memory, after Rust has said so. That is
/// not for a process that runs programs: how it ends is a result.
pub(super) fn exit_without_memory() {
    #[cfg(unix)]
    {
        use std::sync::Arc;
        use std::sync::atomic::AtomicBool;
        let abort = rustix::process::Signal::ABORT.as_raw();
        let code = Exit::BadInput as i32;
        // Without it the process ends too, by the signal.
        let _ = signal_hook::flag::register_conditional_shutdown(abort, code, Arc::new(AtomicBool::new(true)));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_bounded() {
        assert_eq!(jobs("1").map(NonZero::get), Ok(1));
        assert_eq!(jobs("256").map(NonZero::get), Ok(256));
        for wrong in ["0", "257", "-1", "18446744073709551615", "99999999999999999999", "", "two"] {
            assert_eq!(jobs(wrong), Err("it is a number from 1 to 256".to_owned()), "{wrong}");
        }
    }

    #[test]
    fn where_tests_run_nothing_is_refused() {
        assert_eq!(refusal(), None);
    }

    #[test]
    fn the_exit_code_is_that_of_bad_input() {
        assert_eq!(Exit::BadInput as i32, 2);
    }
}
