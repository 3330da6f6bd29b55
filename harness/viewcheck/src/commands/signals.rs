//! What Ctrl-C, SIGTERM and SIGHUP do: a command ends in order if it can, and ends anyway soon after.
//!
//! A command that has something to keep looks at [`interrupted`] and ends: a check writes what it has, a campaign its
//! state. One that does not look, because it reads a large file or waits for a pipe or a program, has nothing to lose and
//! is ended by force. No child and no temporary file stays.

use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// Set once Ctrl-C was pressed.
static INTERRUPTED: AtomicBool = AtomicBool::new(false);
/// Set once the command has seen that.
static NOTICED: AtomicBool = AtomicBool::new(false);

/// Whether what runs ends by itself when there is a signal.
static PATIENT: AtomicBool = AtomicBool::new(false);

/// How long a command may take to notice.
const UNNOTICED: Duration = Duration::from_millis(1000);
/// How long it may then take to write what it has, beside that.
const ORDERLY: Duration = Duration::from_secs(20);

/// Whether the command is to end. Who asks is taken at its word that it will.
pub(super) fn interrupted() -> bool {
    let is_interrupted = was_interrupted();
    if is_interrupted {
        NOTICED.store(true, Ordering::Relaxed);
    }
    is_interrupted
}

/// Whether there was a signal, for one who does nothing about it.
pub(super) fn was_interrupted() -> bool {
    INTERRUPTED.load(Ordering::Relaxed)
}

/// Does something that ends by itself when there is a signal, though it does not ask here.
pub(super) fn patiently<T>(work: impl FnOnce() -> T) -> T {
    PATIENT.store(true, Ordering::Relaxed);
    let done = work();
    PATIENT.store(false, Ordering::Relaxed);
    done
}

/// Begins to handle signals. Without a handler a signal ends the program too, only less orderly.
pub(super) fn handle() {
    let _ = ctrlc::set_handler(|| {
        engine::process::interrupt().store(true, Ordering::Relaxed);
        let is_second = INTERRUPTED.swap(true, Ordering::Relaxed);
        if is_second || child::new_thread().and_then(|thread| thread.spawn(insist)).is_err() {
            end();
        }
    });
    survive_limits();
}

/// Has a write beyond `ulimit -f` fail, so that the error is reported. Children do not inherit that, as they would if the
/// signal was ignored. Nobody reads the flag.
pub(super) fn survive_limits() {
    #[cfg(unix)]
    let _ = signal_hook::flag::register(rustix::process::Signal::XFSZ.as_raw(), std::sync::Arc::default());
}

/// Ends the process if it does not end by itself.
fn insist() {
    thread::sleep(UNNOTICED);
    if NOTICED.load(Ordering::Relaxed) || PATIENT.load(Ordering::Relaxed) {
        thread::sleep(ORDERLY);
    }
    end();
}

fn end() -> ! {
    child::end_all();
    let _ = writeln!(io::stderr(), "interrupted");
    std::process::exit(130)
}
