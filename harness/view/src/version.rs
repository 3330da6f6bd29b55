//! Which Python is being modelled: a version, and the sizes of C types in the build.
//!
//! Everything that depends on either asks a [`Profile`], which is small, `Copy` and answers from a precomputed set,
//! so that asking costs one bit test in the middle of an item read.

use std::fmt;
use std::str::FromStr;

use crate::changes::{Change, Changes};

/// A Python version down to the patch level, because several memoryview fixes arrived in patch releases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// `3` in `3.12.1`.
    pub major: u8,
    /// `12` in `3.12.1`.
    pub minor: u8,
    /// `1` in `3.12.1`.
    pub patch: u8,
}

/// The newest patch level of each branch that is modelled, oldest branch first. What a later one changed is not known.
pub const NEWEST: [Version; 8] = [
    Version::new(3, 8, 18),
    Version::new(3, 9, 18),
    Version::new(3, 10, 13),
    Version::new(3, 11, 7),
    Version::new(3, 12, 8),
    Version::new(3, 13, 18),
    Version::new(3, 14, 10),
    Version::new(3, 15, 2),
];

impl Version {
    /// A version from its three numbers.
    pub const fn new(major: u8, minor: u8, patch: u8) -> Self {
        Self { major, minor, patch }
    }

    /// The newest of all versions that are modelled.
    pub const fn newest() -> Self {
        NEWEST[NEWEST.len() - 1]
    }

    /// The version as which this one is modelled: itself; the newest of its branch, or of all, if it is newer than that;
    /// `None` if it is older than all.
    pub fn modelled(self) -> Option<Self> {
        if self > Self::newest() {
            return Some(Self::newest());
        }
        let newest = NEWEST.into_iter().find(|newest| (newest.major, newest.minor) == (self.major, self.minor))?;
        Some(self.min(newest))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}.{}", self.major, self.minor, self.patch)
    }
}

/// The text was not `MAJOR.MINOR` or `MAJOR.MINOR.PATCH`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NotAVersion;

impl fmt::Display for NotAVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a version is written MAJOR.MINOR or MAJOR.MINOR.PATCH, for example 3.12 or 3.12.1")
    }
}

impl std::error::Error for NotAVersion {}

impl FromStr for Version {
    type Err = NotAVersion;

    /// Reads `3.12` (patch level 0) or `3.12.1`.
    fn from_str(text: &str) -> Result<Self, NotAVersion> {
        let mut parts = text.split('.').map(|part| part.parse::<u8>().map_err(|_| NotAVersion));
        let mut next = || parts.next();
        let major = next().ok_or(NotAVersion)??;
        let minor = next().ok_or(NotAVersion)??;
        let patch = next().unwrap_or(Ok(0))?;
        match next() {
            None => Ok(Self { major, minor, patch }),
            Some(_) => Err(NotAVersion),
        }
    }
}

// Offsets and sizes of both ABIs are kept in `isize`; the wider one has to fit.
const _: () = assert!(isize::BITS == 64, "the model needs a 64-bit host");

/// The data model of the C compiler that built the interpreter: the sizes of `l L n N P` and of `Py_ssize_t`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Abi {
    /// `long` and pointers are 8 bytes: Linux and macOS on 64-bit machines.
    #[default]
    Lp64,
    /// `int`, `long` and pointers are 4 bytes: wasm32, 32-bit Linux.
    Ilp32,
}

impl Abi {
    /// Bytes in a pointer, a `long`, a `size_t`.
    pub const fn word(self) -> usize {
        match self {
            Abi::Lp64 => 8,
            Abi::Ilp32 => 4,
        }
    }

    /// The largest `Py_ssize_t`.
    pub const fn ssize_max(self) -> isize {
        match self {
            Abi::Lp64 => isize::MAX,
            Abi::Ilp32 => i32::MAX as isize,
        }
    }

    /// What is left of `value` in a `Py_ssize_t`; C leaves signed overflow undefined, all builds measured wrap.
    pub const fn wrap(self, value: isize) -> isize {
        match self {
            Abi::Lp64 => value,
            Abi::Ilp32 => value as i32 as isize,
        }
    }

    pub(crate) const fn add(self, a: isize, b: isize) -> isize {
        self.wrap(a.wrapping_add(b))
    }

    pub(crate) const fn mul(self, a: isize, b: isize) -> isize {
        self.wrap(a.wrapping_mul(b))
    }
}

/// A version and an ABI, with the set of [`Change`]s that the version has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Profile {
    version: Version,
    abi: Abi,
    changes: Changes,
}

impl Profile {
    /// The profile of a build of `version`.
    pub fn new(version: Version, abi: Abi) -> Self {
        let changes = Change::all_in(version);
        Self { version, abi, changes }
    }

    /// The version modelled.
    pub fn version(self) -> Version {
        self.version
    }

    /// The sizes of C types modelled.
    pub fn abi(self) -> Abi {
        self.abi
    }

    /// A Python that there is not: as this one, but as it was before `change` if it has it, and as since then if not.
    /// What tells the two apart is what the change is about.
    pub fn toggled(self, change: Change) -> Self {
        Self { changes: self.changes.toggled(change as usize), ..self }
    }

    /// Whether this version behaves as it does since `change`.
    pub fn has(self, change: Change) -> bool {
        self.changes.has(change as usize)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("3.12.1", Ok(Version::new(3, 12, 1)))]
    #[case("3.8", Ok(Version::new(3, 8, 0)))]
    #[case("3", Err(NotAVersion))]
    #[case("3.8.1.2", Err(NotAVersion))]
    #[case("3.x", Err(NotAVersion))]
    #[case("3.999", Err(NotAVersion))]
    fn versions_are_read(#[case] text: &str, #[case] expected: Result<Version, NotAVersion>) {
        assert_eq!(text.parse(), expected);
    }

    #[rstest]
    #[case("3.7.17", None)]
    #[case("3.8.0", Some("3.8.0"))]
    #[case("3.12.1", Some("3.12.1"))]
    #[case("3.13.99", Some("3.13.18"))]
    #[case("3.15.2", Some("3.15.2"))]
    #[case("3.15.3", Some("3.15.2"))]
    #[case("3.16.0", Some("3.15.2"))]
    #[case("4.0.0", Some("3.15.2"))]
    fn what_is_newer_is_modelled_as_the_newest(#[case] version: Version, #[case] expected: Option<&str>) {
        assert_eq!(version.modelled().map(|version| version.to_string()).as_deref(), expected);
    }

    #[test]
    fn narrow_arithmetic_wraps_at_32_bits() {
        assert_eq!(Abi::Ilp32.mul(4, 1 << 30), 0);
        assert_eq!(Abi::Ilp32.add(i32::MAX as isize, 1), i32::MIN as isize);
        assert_eq!(Abi::Lp64.mul(4, isize::MAX), -4);
    }

    #[test]
    fn versions_are_written_as_they_are_read() {
        assert_eq!(Version::new(3, 12, 1).to_string(), "3.12.1");
        assert!(NotAVersion.to_string().contains("MAJOR.MINOR.PATCH"));
    }
}
