//! The runner in Python, which is made of one text for each of its subjects.

/// The text of `runner.py`.
pub const RUNNER: &str = concat!(
    include_str!("runner/observe.py"),
    include_str!("runner/memory.py"),
    include_str!("runner/hook.py"),
    include_str!("runner/exporter.py"),
    include_str!("runner/capi.py"),
    include_str!("runner/programs.py"),
    include_str!("runner/probe.py"),
    include_str!("runner/loop.py"),
);
