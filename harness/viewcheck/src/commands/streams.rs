//! Standard output and standard error of a command.
//!
//! What a command finds must not depend on who listens: a reader that has seen enough, as in `viewcheck … | head`, takes
//! nothing from the files and changes no exit code, and notes that can't be shown are no reason to end.

use std::io::{self, ErrorKind, Write};

/// Standard output. Once its reader is gone, what is written goes nowhere.
pub(super) struct Told<W> {
    to: W,
    is_gone: bool,
}

impl<W: Write> Told<W> {
    pub(super) fn new(to: W) -> Told<W> {
        Told { to, is_gone: false }
    }

    fn unless_gone<T>(&mut self, otherwise: T, act: impl FnOnce(&mut W) -> io::Result<T>) -> io::Result<T> {
        if self.is_gone {
            return Ok(otherwise);
        }
        match act(&mut self.to) {
            Err(error) if error.kind() == ErrorKind::BrokenPipe => {
                self.is_gone = true;
                Ok(otherwise)
            }
            done => done,
        }
    }
}

impl<W: Write> Write for Told<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.unless_gone(bytes.len(), |to| to.write(bytes))
    }

    fn flush(&mut self) -> io::Result<()> {
        self.unless_gone((), Write::flush)
    }
}

/// Standard error. What can't be written is lost: there is nowhere left to say so.
pub(super) struct Noted<W>(pub(super) W);

impl<W: Write> Write for Noted<W> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        match self.0.write(bytes) {
            Err(error) if error.kind() == ErrorKind::Interrupted => Err(error),
            written => Ok(written.unwrap_or(bytes.len())),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        let _ = self.0.flush();
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Takes so many bytes, and then fails.
    struct Failing(usize, ErrorKind);

    impl Write for Failing {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(self.1.into());
            }
            let taken = bytes.len().min(self.0);
            self.0 -= taken;
            Ok(taken)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    #[test]
    fn a_reader_that_is_gone_is_no_error() {
        let mut told = Told::new(Failing(2, ErrorKind::BrokenPipe));
        told.write_all(b"words").unwrap();
        told.write_all(b"more").unwrap();
        assert!(told.is_gone);
        let mut full = Told::new(Failing(2, ErrorKind::StorageFull));
        assert_eq!(full.write_all(b"words").unwrap_err().kind(), ErrorKind::StorageFull);
    }

    #[test]
    fn notes_are_never_an_error() {
        let mut noted = Noted(Failing(2, ErrorKind::StorageFull));
        noted.write_all(b"words").unwrap();
    }
}
