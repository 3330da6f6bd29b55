//! A writer for a terminal, for commands whose whole output is text from outside and words around it.

use super::terminal_line;
use std::io::{self, Write};

/// Passes lines on to a terminal, each made harmless. A line that has no end yet is passed on when it is flushed.
pub struct Shown<W> {
    to: W,
    line: Vec<u8>,
}

impl<W: Write> Shown<W> {
    /// Writes to `to`.
    pub fn new(to: W) -> Shown<W> {
        Shown { to, line: vec![] }
    }

    fn pass_on(&mut self, end: &str) -> io::Result<()> {
        let line = terminal_line(&String::from_utf8_lossy(&self.line)) + end;
        self.line.clear();
        self.to.write_all(line.as_bytes())
    }
}

impl<W: Write> Write for Shown<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let mut parts = bytes.split(|byte| *byte == b'\n').peekable();
        while let Some(part) = parts.next() {
            self.line.extend_from_slice(part);
            if parts.peek().is_some() {
                self.pass_on("\n")?;
            }
        }
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        if !self.line.is_empty() {
            self.pass_on("")?;
        }
        self.to.flush()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_harmless_however_they_are_written() {
        let mut out = vec![];
        let mut shown = Shown::new(&mut out);
        for part in ["a\x1b[31m", "b\n", "\t é", "\n:", ":error::no\nlast \u{202e}", "one"] {
            shown.write_all(part.as_bytes()).unwrap();
        }
        shown.flush().unwrap();
        let expected = "a\\x1b[31mb\n\t é\n\\x3a:error::no\nlast \\u202eone";
        assert_eq!(String::from_utf8(out).unwrap(), expected);
    }
}
