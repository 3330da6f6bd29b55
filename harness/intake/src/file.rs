//! Reads whole files up to a size.
//!
//! A file that is too large is refused before it is read, as far as its size is known, and otherwise before it fills the
//! memory. Only files and pipes are read: a device such as `/dev/zero` has no end, and opening one may do something.

use std::fs::{self, File, FileType, OpenOptions};
use std::io::{Error, ErrorKind, Read, Result};
use std::path::Path;

/// The largest file with the results of a run or the state of a campaign, in bytes. A complete run on two engines has
/// about 6 MB.
pub const RESULTS: u64 = 256 << 20;

/// Reads a file, or what is written to a pipe.
///
/// # Errors
///
/// The text of an error is about "it", so that the path can stand before it. A file of more than `limit` bytes is an
/// error of the kind [`ErrorKind::FileTooLarge`].
pub fn read(path: &Path, limit: u64) -> Result<Vec<u8>> {
    rest(open(path)?, limit)
}

/// Reads what is left of a file that was opened in another way.
///
/// # Errors
///
/// As [`read`].
pub fn rest(file: File, limit: u64) -> Result<Vec<u8>> {
    if file.metadata()?.len() > limit {
        return Err(too_large(limit));
    }
    let mut bytes = vec![];
    file.take(limit.saturating_add(1)).read_to_end(&mut bytes)?;
    if bytes.len() as u64 > limit { Err(too_large(limit)) } else { Ok(bytes) }
}

/// Reads a file of UTF-8 text.
///
/// # Errors
///
/// As [`read`]; text that is not UTF-8 is an error of the kind [`ErrorKind::InvalidData`].
pub fn text(path: &Path, limit: u64) -> Result<String> {
    String::from_utf8(read(path, limit)?).map_err(|_| Error::new(ErrorKind::InvalidData, "the file is not UTF-8"))
}

fn too_large(limit: u64) -> Error {
    let size = match limit >> 20 {
        0 => format!("{limit} bytes"),
        size => format!("{size} MiB"),
    };
    Error::new(ErrorKind::FileTooLarge, format!("the file is larger than {size}"))
}

/// Opens a file without waiting: a pipe that nobody writes to has nothing in it.
fn open(path: &Path) -> Result<File> {
    // Opening a device may already do something.
    refuse(fs::metadata(path)?.file_type())?;
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits() as i32);
    }
    let file = options.open(path)?;
    // Something else may lie there by now.
    refuse(file.metadata()?.file_type())?;
    #[cfg(unix)]
    {
        use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
        // Who writes to a pipe may take its time.
        fcntl_setfl(&file, fcntl_getfl(&file)?.difference(OFlags::NONBLOCK))?;
    }
    Ok(file)
}

/// Refuses what has no end, or nothing to read.
fn refuse(kind: FileType) -> Result<()> {
    if kind.is_dir() {
        return Err(Error::new(ErrorKind::IsADirectory, "it is a folder, and not a file"));
    }
    #[cfg(unix)]
    {
        use std::os::unix::fs::FileTypeExt;
        if kind.is_socket() {
            return Err(Error::new(ErrorKind::InvalidInput, "it is a socket, and not a file"));
        }
        if kind.is_char_device() || kind.is_block_device() {
            return Err(Error::new(ErrorKind::InvalidInput, "it is a device, and not a file"));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;
    use tempfile::TempDir;

    #[rstest]
    #[case(0, true)]
    #[case(8, true)]
    #[case(9, false)]
    fn a_file_is_read_up_to_its_limit(#[case] size: usize, #[case] fits: bool) {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, vec![b'x'; size]).unwrap();
        let read = read(&path, 8);
        assert_eq!(read.as_ref().map(Vec::len).ok(), fits.then_some(size));
        if let Err(error) = read {
            assert_eq!(
                (error.kind(), error.to_string().as_str()),
                (ErrorKind::FileTooLarge, "the file is larger than 8 bytes")
            );
        }
    }

    #[test]
    fn a_sparse_file_is_refused_by_its_size() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("file");
        File::create(&path).unwrap().set_len(10 << 30).unwrap();
        assert_eq!(read(&path, 16 << 20).unwrap_err().to_string(), "the file is larger than 16 MiB");
    }

    #[test]
    fn text_has_to_be_utf_8() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("file");
        fs::write(&path, b"a\xff").unwrap();
        assert_eq!(text(&path, 8).unwrap_err().to_string(), "the file is not UTF-8");
    }

    #[test]
    fn a_folder_is_no_file() {
        let folder = TempDir::new().unwrap();
        assert_eq!(read(folder.path(), 8).unwrap_err().to_string(), "it is a folder, and not a file");
    }

    #[cfg(unix)]
    #[test]
    fn devices_and_sockets_are_no_files() {
        for device in ["/dev/zero", "/dev/null"] {
            let refused = read(Path::new(device), 8).unwrap_err();
            assert_eq!(refused.to_string(), "it is a device, and not a file");
        }
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("socket");
        let _socket = std::os::unix::net::UnixListener::bind(&path).unwrap();
        assert_eq!(read(&path, 8).unwrap_err().to_string(), "it is a socket, and not a file");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_is_read_to_its_end_and_never_waited_for() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};
        use std::io::Write;
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("pipe");
        mknodat(CWD, &path, FileType::Fifo, Mode::RUSR | Mode::WUSR, 0).unwrap();
        assert_eq!(read(&path, 8).unwrap(), b"", "nobody writes to it");
        // Opened for both, so that opening does not wait for a reader.
        let mut writer = OpenOptions::new().read(true).write(true).open(&path).unwrap();
        writer.write_all(b"words").unwrap();
        let reader = std::thread::spawn({
            let path = path.clone();
            move || read(&path, 8)
        });
        std::thread::sleep(std::time::Duration::from_millis(50));
        writer.write_all(b"!").unwrap();
        drop(writer);
        assert!(matches!(reader.join().unwrap().as_deref(), Ok(b"words!" | b"")));
    }
}
