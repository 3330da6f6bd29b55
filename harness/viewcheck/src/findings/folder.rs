//! What lies in a folder of findings, taken for data: no link in it is followed, nothing in it can keep this process waiting,
//! and nothing is removed that was not written by viewcheck.
//!
//! The folder itself is named by the user, and may be a link. What it contains may come from anywhere.

use std::fs::{self, DirEntry, File, Metadata, OpenOptions};
use std::io::{self, Error, ErrorKind};
use std::path::Path;

/// Opens a file, which must be one: a link, a pipe or a device is refused, and not waited for.
pub(crate) fn open(path: &Path, options: &mut OpenOptions) -> io::Result<File> {
    #[cfg(unix)]
    {
        use rustix::fs::OFlags;
        use std::os::unix::fs::OpenOptionsExt;
        options.custom_flags((OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::NOCTTY).bits() as i32);
    }
    // Devices may do something when they are opened.
    match fs::symlink_metadata(path) {
        Ok(metadata) => refuse_unless_file(&metadata)?,
        Err(error) if error.kind() == ErrorKind::NotFound => {}
        Err(error) => return Err(error),
    }
    let file = options.open(path)?;
    refuse_unless_file(&file.metadata()?)?;
    Ok(file)
}

fn refuse_unless_file(metadata: &Metadata) -> io::Result<()> {
    match kind(metadata) {
        None => Ok(()),
        Some(kind) => Err(Error::new(ErrorKind::InvalidInput, format!("it is {kind}, not a file"))),
    }
}

/// What something is that is no file, in words.
fn kind(metadata: &Metadata) -> Option<&'static str> {
    let kind = metadata.file_type();
    if kind.is_file() {
        return None;
    }
    Some(match kind {
        kind if kind.is_symlink() => "a symbolic link",
        kind if kind.is_dir() => "a folder",
        _ => "a pipe, a socket or a device",
    })
}

/// Refuses something that is there and is no file. What is not there may be written.
pub(crate) fn refuse_unless_free(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Ok(metadata) => refuse_unless_file(&metadata),
        Err(error) if error.kind() == ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
    }
}

/// Reads a file of at most `limit` bytes.
pub(crate) fn read(path: &Path, limit: u64) -> io::Result<Vec<u8>> {
    intake::file::rest(open(path, OpenOptions::new().read(true))?, limit)
}

/// Whether this is a folder, and no link to one.
pub(crate) fn is_folder(path: &Path) -> bool {
    fs::symlink_metadata(path).is_ok_and(|metadata| metadata.is_dir())
}

/// Whether something lies there, be it a link that leads nowhere.
pub(crate) fn is_there(path: &Path) -> bool {
    !matches!(fs::symlink_metadata(path), Err(error) if error.kind() == ErrorKind::NotFound)
}

/// Whether this process may have written something: it belongs to the user of this process.
pub(crate) fn is_of_this_user(entry: &DirEntry) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt;
        // Unlike that of a path, the metadata of an entry are those of a link itself.
        entry.metadata().is_ok_and(|metadata| metadata.uid() == rustix::process::geteuid().as_raw())
    }
    #[cfg(not(unix))]
    {
        let _ = entry;
        true
    }
}

/// Removes a folder with these files. If it has others, these and the folder stay.
pub(crate) fn remove(folder: &Path, files: &[&str]) {
    if !is_folder(folder) {
        return;
    }
    for file in files {
        // A link is removed, and not what it leads to. What can't be removed stays.
        let _ = fs::remove_file(folder.join(file));
    }
    let _ = fs::remove_dir(folder);
}

/// Renames something, unless there is something with the new name.
pub(crate) fn place(from: &Path, to: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, from, CWD, to, RenameFlags::NOREPLACE) {
            // Not every file system knows how.
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {}
            result => return result.map_err(Error::from),
        }
    }
    if is_there(to) {
        return Err(ErrorKind::AlreadyExists.into());
    }
    fs::rename(from, to)
}

/// Has two folders change their names, at once where the system knows how: there is always one of that name.
pub(crate) fn exchange(one: &Path, other: &Path) -> io::Result<()> {
    #[cfg(any(target_os = "linux", target_vendor = "apple"))]
    {
        use rustix::fs::{CWD, RenameFlags, renameat_with};
        match renameat_with(CWD, one, CWD, other, RenameFlags::EXCHANGE) {
            Err(rustix::io::Errno::INVAL | rustix::io::Errno::NOSYS | rustix::io::Errno::OPNOTSUPP) => {}
            result => return result.map_err(Error::from),
        }
    }
    let mut aside = one.to_owned();
    aside.as_mut_os_string().push("-aside");
    fs::rename(other, &aside)?;
    fs::rename(one, other)?;
    fs::rename(&aside, one)
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use rstest::rstest;
    use std::os::unix::fs::symlink;
    use std::os::unix::net::UnixListener;
    use tempfile::TempDir;

    fn make(kind: &str, path: &Path, elsewhere: &Path) {
        match kind {
            "link" => symlink(elsewhere, path).unwrap(),
            "loose link" => symlink("nowhere", path).unwrap(),
            "device" => symlink("/dev/zero", path).unwrap(),
            "pipe" => rustix::fs::mknodat(rustix::fs::CWD, path, rustix::fs::FileType::Fifo, 0o600.into(), 0).unwrap(),
            "socket" => drop(UnixListener::bind(path).unwrap()),
            "folder" => fs::create_dir(path).unwrap(),
            _ => unreachable!(),
        }
    }

    #[rstest]
    #[case("link", "a symbolic link")]
    #[case("loose link", "a symbolic link")]
    #[case("device", "a symbolic link")]
    #[case("pipe", "a pipe, a socket or a device")]
    #[case("socket", "a pipe, a socket or a device")]
    #[case("folder", "a folder")]
    fn what_is_no_file_is_neither_read_nor_written(#[case] kind: &str, #[case] words: &str) {
        let folder = TempDir::new().unwrap();
        let (path, elsewhere) = (folder.path().join("name"), folder.path().join("elsewhere"));
        fs::write(&elsewhere, "kept").unwrap();
        make(kind, &path, &elsewhere);
        for error in [
            read(&path, 10).unwrap_err(),
            open(&path, OpenOptions::new().write(true).create(true)).unwrap_err(),
            refuse_unless_free(&path).unwrap_err(),
        ] {
            assert_eq!(error.to_string(), format!("it is {words}, not a file"));
        }
        assert_eq!(fs::read_to_string(elsewhere).unwrap(), "kept");
        assert!(!folder.path().join("nowhere").exists());
        assert!(is_there(&path));
    }

    #[test]
    fn a_file_is_read_up_to_its_limit() {
        let folder = TempDir::new().unwrap();
        let path = folder.path().join("name");
        refuse_unless_free(&path).unwrap();
        fs::write(&path, "12345").unwrap();
        refuse_unless_free(&path).unwrap();
        assert_eq!(read(&path, 5).unwrap(), b"12345");
        assert_eq!(read(&path, 4).unwrap_err().kind(), ErrorKind::FileTooLarge);
    }

    #[test]
    fn only_files_that_are_named_are_removed() {
        let folder = TempDir::new().unwrap();
        let (path, elsewhere) = (folder.path().join("name"), folder.path().join("elsewhere"));
        fs::create_dir(&path).unwrap();
        for file in ["ours", "notes"] {
            fs::write(path.join(file), "").unwrap();
        }
        fs::create_dir(&elsewhere).unwrap();
        fs::write(elsewhere.join("ours"), "").unwrap();
        symlink(&elsewhere, folder.path().join("link")).unwrap();
        remove(&path, &["ours", "theirs"]);
        remove(&folder.path().join("link"), &["ours"]);
        assert!(!path.join("ours").exists() && path.join("notes").exists() && elsewhere.join("ours").exists());
        fs::remove_file(path.join("notes")).unwrap();
        remove(&path, &["ours"]);
        assert!(!path.exists());
    }

    #[test]
    fn names_are_exchanged_and_nothing_is_replaced() {
        let folder = TempDir::new().unwrap();
        let [one, other] = ["one", "other"].map(|name| folder.path().join(name));
        for path in [&one, &other] {
            fs::create_dir(path).unwrap();
        }
        fs::write(one.join("mark"), "").unwrap();
        assert_eq!(place(&one, &other).unwrap_err().kind(), ErrorKind::AlreadyExists);
        exchange(&one, &other).unwrap();
        assert!(other.join("mark").exists() && !one.join("mark").exists());
        fs::remove_dir(&one).unwrap();
        place(&other, &one).unwrap();
        assert!(one.join("mark").exists());
    }
}
