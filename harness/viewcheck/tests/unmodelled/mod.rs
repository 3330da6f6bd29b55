//! The cases in the subset of Python that the reference does not model: it is a model of memoryview, and classes of streams
//! and the operators of numpy are for the Pythons. Every other case has to hold on the reference.

/// Their ids, without their rows.
const IDS: &[&str] = &[
    "class-raw-stream-reads-into-views",
    "classes-with-a-buffer-are-ordered-as-bytes",
    "numpy-arrays-change-in-place",
    "numpy-arrays-decide-what-operators-give",
    "numpy-arrays-have-no-truth",
    "numpy-arrays-without-numbers-are-of-floats",
];

/// Whether a case is one of them.
pub fn is_unmodelled(id: &str) -> bool {
    IDS.contains(&id.split('/').next().unwrap_or(id))
}
