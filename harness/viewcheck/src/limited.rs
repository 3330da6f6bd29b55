//! Reads whole files up to a size. A file that is too large, or endless such as `/dev/zero`, is refused before it fills
//! the memory.
//!
//! Files of cases have the same limit, and are read by `cases`.

use std::fs::File;
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// The largest file with the results of a run or the state of a campaign, in bytes. A complete run on two engines has
/// about 6 MB.
pub(crate) const RESULTS: u64 = 256 << 20;

/// Reads a file. A file with more than `limit` bytes is an error of the kind [`ErrorKind::FileTooLarge`].
pub(crate) fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    let mut bytes = vec![];
    File::open(path)?.take(limit + 1).read_to_end(&mut bytes)?;
    match bytes.len() as u64 > limit {
        true => Err(Error::new(ErrorKind::FileTooLarge, format!("the file is larger than {} MiB", limit >> 20))),
        false => Ok(bytes),
    }
}

/// Reads a file of UTF-8 text. Other text is an error of the kind [`ErrorKind::InvalidData`].
pub(crate) fn read_to_string(path: &Path, limit: u64) -> Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|_| Error::new(ErrorKind::InvalidData, "the file is not UTF-8"))
}
