//! A page of memory that two processes share, as a few atomic words: where a child notes what it is at.
//!
//! That costs a store, no system call, and stays there however the child ends: the page belongs to the file, not to the
//! process, so that even after SIGKILL the parent reads what was stored last. Nothing is written through to a disk; the
//! file is best made on a file system in memory, and without a name.

use memmap2::{MmapOptions, MmapRaw};
use std::fs::File;
use std::io::{self, Seek, Write};
use std::path::Path;
use std::sync::atomic::AtomicU64;

/// The number of words on a page.
pub const WORDS: usize = 8;

/// The bytes that they take.
const BYTES: usize = size_of::<[AtomicU64; WORDS]>();

/// A page of memory that is shared through a file.
#[derive(Debug)]
pub struct HeartbeatPage {
    map: MmapRaw,
}

impl HeartbeatPage {
    /// Makes a file a page with all words 0.
    ///
    /// # Errors
    ///
    /// When there is no room for the file, or it can't be mapped for reading and writing.
    pub fn create(mut file: &File) -> io::Result<HeartbeatPage> {
        file.set_len(0)?;
        file.rewind()?;
        // Written, and not only made longer: if there is no room, this is an error, where the first access to the map would
        // end the process with SIGBUS.
        file.write_all(&[0; BYTES])?;
        HeartbeatPage::open(file)
    }

    /// Opens a page that another process has created.
    ///
    /// # Errors
    ///
    /// When the file is too short to be a heartbeat page, or can't be mapped for reading and writing.
    pub fn open(file: &File) -> io::Result<HeartbeatPage> {
        if file.metadata()?.len() < BYTES as u64 {
            return Err(io::Error::new(io::ErrorKind::InvalidData, "the file is too short to be a heartbeat page"));
        }
        Ok(HeartbeatPage { map: MmapOptions::new().len(BYTES).map_raw(file)? })
    }

    /// Opens the page that the parent has named on the command line.
    ///
    /// # Errors
    ///
    /// As [`open`](HeartbeatPage::open), and when there is no such file.
    pub fn join(path: &Path) -> io::Result<HeartbeatPage> {
        HeartbeatPage::open(&File::options().read(true).write(true).open(path)?)
    }

    /// The words. Whoever cuts the file shorter while it is mapped ends both processes with SIGBUS.
    #[allow(unsafe_code)]
    pub fn words(&self) -> &[AtomicU64; WORDS] {
        let start = self.map.as_mut_ptr().cast::<[AtomicU64; WORDS]>();
        // SAFETY: the mapping is BYTES long, as `open` made it, begins at a page and so is aligned, is readable and
        // writable, and lives as long as `self`. Any bits are a u64, and every access in either process is atomic,
        // as nobody gets at the memory but through this function.
        unsafe { &*start }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::process::{Command, Stdio};
    use std::sync::atomic::Ordering::{Acquire, Release};

    #[test]
    fn two_mappings_are_one_memory() {
        let file = tempfile::tempfile().unwrap();
        let (one, two) = (HeartbeatPage::create(&file).unwrap(), HeartbeatPage::open(&file).unwrap());
        assert!(one.words().iter().all(|word| word.load(Acquire) == 0));
        one.words()[3].store(u64::MAX, Release);
        assert_eq!(two.words()[3].load(Acquire), u64::MAX);
        drop(one);
        assert_eq!(two.words()[3].load(Acquire), u64::MAX);
    }

    #[test]
    fn a_page_is_all_zeros_whatever_the_file_held() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&[7; 3 * BYTES]).unwrap();
        let page = HeartbeatPage::create(&file).unwrap();
        assert!(page.words().iter().all(|word| word.load(Acquire) == 0));
        assert_eq!(file.metadata().unwrap().len(), BYTES as u64);
    }

    #[test]
    fn a_short_file_is_refused() {
        assert_eq!(HeartbeatPage::open(&tempfile::tempfile().unwrap()).unwrap_err().kind(), io::ErrorKind::InvalidData);
    }

    /// Runs only as the child of the next test.
    #[test]
    fn write_and_wait() {
        let Some(path) = std::env::var_os("HEARTBEAT_TEST_FILE") else { return };
        let file = File::options().read(true).write(true).open(path).unwrap();
        let page = HeartbeatPage::open(&file).unwrap();
        for value in 1.. {
            page.words()[0].store(value, Release);
        }
    }

    #[test]
    fn what_was_written_outlives_a_kill() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let page = HeartbeatPage::create(file.as_file()).unwrap();
        let mut child = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", "page::tests::write_and_wait"])
            .env("HEARTBEAT_TEST_FILE", file.path())
            .stdout(Stdio::null())
            .spawn()
            .unwrap();
        while page.words()[0].load(Acquire) < 1000 {
            std::thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let last = page.words()[0].load(Acquire);
        assert!(last >= 1000);
        assert_eq!(page.words()[0].load(Acquire), last);
    }
}
