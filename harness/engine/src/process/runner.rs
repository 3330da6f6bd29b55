//! The runner in Python, which is made of one text for each of its subjects.
//!
//! A stand-alone script is made of those texts that its program needs, so that it observes what a process observes.

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident $file:literal,)*) => {
        $($(#[$doc])* pub const $name: &str = include_str!($file);)*

        /// The text of `runner.py`.
        pub const RUNNER: &str = concat!($(include_str!($file),)*);
    };
}

parts! {
    /// How values, views, locks and live objects are observed.
    OBSERVE "runner/observe.py",
    /// Where memory lies: offsets, and locks without resizing. `find_memory` puts it in place.
    MEMORY "runner/memory.py",
    /// What a step gave and printed. `capture` catches what is printed.
    OUTCOME "runner/outcome.py",
    /// `make_hook`.
    HOOK "runner/hook.py",
    /// `make_capi`.
    CAPI "runner/capi.py",
    /// `make_exporter`, which needs `make_capi`.
    EXPORTER "runner/exporter.py",
    /// What a step allocates.
    ALLOCATED "runner/allocated.py",
    /// How programs are run.
    PROGRAMS "runner/programs.py",
    /// What this Python is and can do.
    PROBE "runner/probe.py",
    /// The conversation.
    LOOP "runner/loop.py",
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_runner_says_why_it_ends() {
        assert!(RUNNER.contains(&format!("\nLEFT_BEHIND = \"{}\"\n", crate::process::LEFT_BEHIND)));
    }

    #[test]
    fn the_runner_follows_as_many_levels_as_the_other_observers() {
        assert!(OBSERVE.contains(&format!("\nMAX_DEPTH = {}\n", program::DEEPEST)));
    }
}
