//! What ends a worker, or keeps it from ending.

use crate::escape;
use rustix::process::{Signal, getpid, kill_process};

/// Something that a process can do to itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// It dies of SIGSEGV, as by a wild pointer.
    Segv,
    /// It dies of SIGKILL, as by the system when memory runs out.
    Kill,
    /// It dies of SIGABRT, as by a failed assertion.
    Abort,
    /// It goes on for ever and does nothing.
    Hang,
    /// It takes all the memory that it can get.
    Allocate,
    /// It writes what looks like a reply, and what is none, to the descriptor of standard output, and closes those of
    /// standard input and output, as C code may. It goes on.
    Scribble,
    /// It tries to get out of its process, says on standard error what worked, and ends.
    Escape,
}

impl Act {
    /// Every act, by its word in a plan.
    pub(crate) const WORDS: [(&str, Act); 7] = [
        ("segv", Act::Segv),
        ("kill", Act::Kill),
        ("abort", Act::Abort),
        ("hang", Act::Hang),
        ("alloc", Act::Allocate),
        ("scribble", Act::Scribble),
        ("escape", Act::Escape),
    ];

    /// Does it. From most of them there is no way back.
    pub fn perform(self) {
        match self {
            Act::Segv => die(Signal::SEGV),
            Act::Kill => die(Signal::KILL),
            Act::Abort => die(Signal::ABORT),
            Act::Hang => loop {
                std::thread::park();
            },
            Act::Allocate => {
                let mut hoard: Vec<Vec<u8>> = vec![];
                loop {
                    hoard.push(vec![1; 1 << 20]);
                }
            }
            Act::Scribble => scribble(),
            Act::Escape => {
                let (worked, failed) = escape::attempt();
                eprintln!("worked: {}; failed: {}.", worked.join(", "), failed.join(", "));
                std::process::exit(3);
            }
        }
    }
}

fn scribble() {
    use rustix::fd::AsFd;
    // Not the handle of the library, which would be locked.
    if let Ok(output) = rustix::io::dup(rustix::stdio::stdout().as_fd()) {
        for bytes in [&b"{\"Failed\":\"fake\"}\n"[..], b"\xff\n", b"no line"] {
            let _ = rustix::io::write(&output, bytes);
        }
    }
    if let Ok(nothing) = std::fs::File::open("/dev/null") {
        let _ = rustix::stdio::dup2_stdin(&nothing);
        let _ = rustix::stdio::dup2_stdout(&nothing);
    }
}

fn die(signal: Signal) -> ! {
    // The first SIGSEGV is taken by Rust, which looks for a stack that has run over, and gives way to the second.
    for _ in 0..2 {
        let _ = kill_process(getpid(), signal);
    }
    std::process::abort()
}
