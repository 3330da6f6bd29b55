//! Buffer request flags: what a consumer can cope with (library reference, "Buffer request types"; PEP 3118).

use std::ops::BitOr;

/// A set of request flags, with the values of `inspect.BufferFlags`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub struct Flags(pub i32);

#[allow(missing_docs, reason = "the names are those of PyBUF_…")]
impl Flags {
    pub const SIMPLE: Flags = Flags(0);
    pub const WRITABLE: Flags = Flags(1);
    pub const FORMAT: Flags = Flags(4);
    pub const ND: Flags = Flags(8);
    pub const STRIDES: Flags = Flags(24);
    pub const C_CONTIGUOUS: Flags = Flags(56);
    pub const F_CONTIGUOUS: Flags = Flags(88);
    pub const ANY_CONTIGUOUS: Flags = Flags(152);
    pub const INDIRECT: Flags = Flags(280);
    pub const CONTIG: Flags = Flags(9);
    pub const CONTIG_RO: Flags = Flags(8);
    pub const STRIDED: Flags = Flags(25);
    pub const STRIDED_RO: Flags = Flags(24);
    pub const RECORDS: Flags = Flags(29);
    pub const RECORDS_RO: Flags = Flags(28);
    pub const FULL: Flags = Flags(285);
    pub const FULL_RO: Flags = Flags(284);
    /// Not a request flag; refused as one since 3.13.
    pub const READ: Flags = Flags(0x100);
    /// Not a request flag; refused as one since 3.13.
    pub const WRITE: Flags = Flags(0x200);

    /// Whether every bit of `all` is set.
    pub fn has(self, all: Flags) -> bool {
        self.0 & all.0 == all.0
    }
}

impl BitOr for Flags {
    type Output = Flags;

    fn bitor(self, other: Flags) -> Flags {
        Flags(self.0 | other.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_are_joined() {
        assert_eq!(Flags::WRITABLE | Flags::STRIDES, Flags::STRIDED);
        assert_eq!(Flags::ND | Flags::STRIDES, Flags::STRIDES);
    }
}
