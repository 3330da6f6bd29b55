//! The cases in the subset of Python that the reference does not model: it is a model of memoryview, and classes with a base,
//! for example, are for the Pythons. Every other case has to hold on the reference.

/// Their ids, without their rows.
const IDS: &[&str] = &[
    "class-exports-a-buffer",
    "class-exports-no-view",
    "class-finalizer-lets-a-buffer-grow",
    "class-iterates-while-its-buffer-changes",
    "class-of-bytearray-is-an-exporter",
    "class-of-bytes-is-read-only",
    "class-of-memoryview-is-refused",
    "class-raw-stream-reads-into-views",
    "class-without-a-buffer",
    "pattern-lines",
];

/// Whether a case is one of them.
pub fn is_unmodelled(id: &str) -> bool {
    IDS.contains(&id.split('/').next().unwrap_or(id))
}
