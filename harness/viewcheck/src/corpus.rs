//! A corpus: programs that are worth to be mutated, in a file that outlives changes of the generator and of the language.
//!
//! Each line of the file is an encoded program ([`program::encode`]) in hexadecimal, so that two corpora are put together
//! with `cat`, and a line that was not written to its end harms no other. What can't be read is skipped and counted: an
//! operation that this version does not know, or a version of the encoding; it stays in the file. Empty lines and lines that
//! begin with `#` mean nothing.
//!
//! Programs are added at the end, and a program that is there is not added again.

mod seeds;

pub use seeds::Seeds;

use intake::file;
use program::{DecodeError, Program, decode, encode};
use std::collections::HashSet;
use std::fs::OpenOptions;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::{self, ErrorKind, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The most bytes of an encoded program.
const LARGEST: usize = 1 << 20;

/// The programs of a file.
#[derive(Debug)]
pub struct Corpus {
    path: PathBuf,
    programs: Vec<Program>,
    /// Hashes of the encoded programs that the file has.
    hashes: HashSet<u64>,
    skipped: Skipped,
}

/// What was not read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Skipped {
    /// Programs with operations that are not known, or of another version of the encoding.
    pub unknown: usize,
    /// Lines that are no program, or one that programs may not be.
    pub damaged: usize,
}

impl Corpus {
    /// Reads a corpus; one that is not there is empty.
    ///
    /// # Errors
    ///
    /// The file can't be read.
    pub fn read(path: &Path) -> io::Result<Corpus> {
        let text = match file::read(path, file::RESULTS) {
            Err(error) if error.kind() == ErrorKind::NotFound => vec![],
            read => read?,
        };
        let (hashes, skipped) = (HashSet::new(), Skipped::default());
        let mut corpus = Corpus { path: path.to_owned(), programs: vec![], hashes, skipped };
        for line in text.split(|byte| *byte == b'\n').map(<[u8]>::trim_ascii) {
            if !(line.is_empty() || line.starts_with(b"#")) {
                corpus.line(line);
            }
        }
        Ok(corpus)
    }

    fn line(&mut self, line: &[u8]) {
        match bytes(line).map(|bytes| (decode(&bytes), hash(&bytes))) {
            Some((Ok(program), hash)) => {
                if self.hashes.insert(hash) {
                    self.programs.push(program);
                }
            }
            Some((Err(DecodeError::UnknownOperation(_) | DecodeError::Version), hash)) => {
                self.hashes.insert(hash);
                self.skipped.unknown += 1;
            }
            Some((Err(_), _)) | None => self.skipped.damaged += 1,
        }
    }

    /// The programs, in the order in which they were added.
    pub fn programs(&self) -> &[Program] {
        &self.programs
    }

    /// What was not read.
    pub fn skipped(&self) -> Skipped {
        self.skipped
    }

    /// Adds a program to the file, if that does not have it. Says whether it was added.
    ///
    /// # Errors
    ///
    /// The file can't be written. The program is not part of the corpus then.
    pub fn append(&mut self, program: &Program) -> io::Result<bool> {
        let bytes = encode(program);
        let hash = hash(&bytes);
        if self.hashes.contains(&hash) {
            return Ok(false);
        }
        let mut file = OpenOptions::new().read(true).append(true).create(true).open(&self.path)?;
        let mut line = String::with_capacity(2 * bytes.len() + 2);
        // The end of a line that was not completed is no beginning of another.
        if !ends_with_newline(&mut file)? {
            line.push('\n');
        }
        for byte in &bytes {
            line.extend([byte >> 4, byte & 15].map(|digit| char::from_digit(digit.into(), 16).unwrap_or('0')));
        }
        line.push('\n');
        file.write_all(line.as_bytes())?;
        self.hashes.insert(hash);
        self.programs.push(program.clone());
        Ok(true)
    }
}

/// Whether a file is empty or ends with a newline.
fn ends_with_newline(file: &mut std::fs::File) -> io::Result<bool> {
    if file.seek(SeekFrom::End(0))? == 0 {
        return Ok(true);
    }
    file.seek(SeekFrom::End(-1))?;
    let mut last = [0];
    file.read_exact(&mut last)?;
    Ok(last == *b"\n")
}

fn bytes(line: &[u8]) -> Option<Vec<u8>> {
    let digit = |byte: u8| char::from(byte).to_digit(16);
    let (pairs, []) = line.as_chunks::<2>() else { return None };
    let byte = |[high, low]: &[u8; 2]| Some((digit(*high)? << 4 | digit(*low)?) as u8);
    if pairs.len() > LARGEST { None } else { pairs.iter().map(byte).collect() }
}

fn hash(bytes: &[u8]) -> u64 {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    hasher.finish()
}

#[cfg(test)]
mod tests;
