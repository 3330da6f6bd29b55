//! Output files that are tried before a run and written after it. A bad path fails early, an aborted run leaves an existing
//! file unchanged, and one that is killed leaves nothing behind: a temporary file is there only while it is written.

use child::TemporaryFile;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use tempfile::NamedTempFile;

/// Why an output can't be written.
#[derive(Debug, thiserror::Error)]
#[error("can't write {}: {error}", path.display())]
pub struct OutputError {
    path: PathBuf,
    error: io::Error,
}

/// A file to be written.
#[derive(Debug)]
pub struct Output {
    path: PathBuf,
    to: Destination,
}

#[derive(Debug)]
enum Destination {
    /// Standard output.
    Standard,
    /// A device or a pipe, which can't be replaced.
    Device(File),
    /// A file that takes the place of this one at the end.
    File(PathBuf),
}

impl Output {
    /// Sees whether a file can be written; `-` is standard output, and so is another path to the same file or pipe.
    pub fn open(path: &Path) -> Result<Output, OutputError> {
        let destination = Self::destination(path).map_err(|error| OutputError { path: path.to_owned(), error })?;
        Ok(Output { path: path.to_owned(), to: destination })
    }

    fn destination(path: &Path) -> io::Result<Destination> {
        if ["-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"].map(Path::new).contains(&path) {
            return Ok(Destination::Standard);
        }
        // A link stays a link: what it leads to is replaced. One that leads to a pipe is opened as it is.
        let target = match fs::canonicalize(path) {
            Ok(target) if path.is_symlink() => target,
            Err(error) if path.is_symlink() && fs::metadata(path).is_err() => return Err(error),
            _ => path.to_owned(),
        };
        match fs::metadata(&target) {
            Ok(metadata) if metadata.is_dir() => return Err(io::ErrorKind::IsADirectory.into()),
            Ok(metadata) if is_standard_output(&metadata) => return Ok(Destination::Standard),
            Ok(metadata) if !metadata.is_file() => return device(&target).map(Destination::Device),
            Ok(_) => drop(OpenOptions::new().append(true).open(&target)?),
            Err(_) => {}
        }
        // Dropped at once: it is there to fail where a file can't be made.
        make_beside(&target)?;
        Ok(Destination::File(target))
    }

    /// Whether it is this file that is written to, by whatever path.
    pub fn is(&self, path: &Path) -> bool {
        let place = |path: &Path| {
            let path = if path.is_symlink() { fs::canonicalize(path).ok()? } else { path.to_owned() };
            Some((fs::canonicalize(folder_of(&path)).ok()?, path.file_name()?.to_owned()))
        };
        match (&self.to, fs::metadata(path)) {
            (Destination::File(target), other) => {
                let is_linked = || Some(is_same(&fs::metadata(target).ok()?, &other.ok()?));
                place(target).is_some_and(|target| Some(target) == place(path)) || is_linked() == Some(true)
            }
            (Destination::Device(file), Ok(other)) => file.metadata().is_ok_and(|own| is_same(&own, &other)),
            (Destination::Standard, Ok(other)) => is_standard_output(&other),
            (Destination::Device(_) | Destination::Standard, Err(_)) => false,
        }
    }

    /// What it was opened as.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it is standard output.
    pub fn is_standard(&self) -> bool {
        matches!(self.to, Destination::Standard)
    }

    /// Writes the whole content. `standard` is what `-` means.
    pub fn write(self, content: impl AsRef<[u8]>, standard: &mut dyn Write) -> Result<(), OutputError> {
        let (path, content) = (self.path, content.as_ref());
        let written = match self.to {
            Destination::Standard => standard.write_all(content).and_then(|()| standard.flush()),
            Destination::Device(mut file) => file.write_all(content),
            Destination::File(target) => replace(&target, content),
        };
        written.map_err(|error| OutputError { path, error })
    }
}

/// Puts a new file in the place of one.
fn replace(target: &Path, content: &[u8]) -> io::Result<()> {
    let (mut file, note) = make_beside(target)?;
    let written = file.as_file_mut().write_all(content).and_then(|()| file.as_file().sync_all());
    let written = written.and_then(|()| file.persist(target).map(drop).map_err(|error| error.error));
    drop(note);
    written
}

/// Makes a temporary file in the folder of another. A store of findings removes those with its own prefix.
fn make_beside(target: &Path) -> io::Result<(NamedTempFile, TemporaryFile)> {
    TemporaryFile::make(|| temporary(folder_of(target), ".output-"))
}

/// Opens what can't be replaced. A pipe that nobody reads from is not waited for.
fn device(path: &Path) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true);
    #[cfg(unix)]
    {
        use rustix::fs::{OFlags, fcntl_getfl, fcntl_setfl};
        let flags = OFlags::NONBLOCK | OFlags::NOCTTY;
        std::os::unix::fs::OpenOptionsExt::custom_flags(&mut options, flags.bits() as i32);
        let nobody = |error: io::Error| match error.raw_os_error() {
            Some(code) if code == rustix::io::Errno::NXIO.raw_os_error() => {
                io::Error::new(error.kind(), "nobody reads from it")
            }
            _ => error,
        };
        let file = options.open(path).map_err(nobody)?;
        fcntl_setfl(&file, fcntl_getfl(&file)?.difference(OFlags::NONBLOCK))?;
        Ok(file)
    }
    #[cfg(not(unix))]
    options.open(path)
}

/// Whether two paths lead to one file or pipe. What is written to a device such as `/dev/null` does not get in the way of
/// anything else.
fn is_same(one: &Metadata, two: &Metadata) -> bool {
    #[cfg(unix)]
    {
        use std::os::unix::fs::{FileTypeExt, MetadataExt};
        !one.file_type().is_char_device() && (one.dev(), one.ino()) == (two.dev(), two.ino())
    }
    #[cfg(not(unix))]
    {
        let _ = (one, two);
        false
    }
}

/// Whether this is the file or pipe that standard output goes to.
fn is_standard_output(other: &Metadata) -> bool {
    #[cfg(unix)]
    {
        let own = || File::from(std::os::fd::AsFd::as_fd(&io::stdout()).try_clone_to_owned().ok()?).metadata().ok();
        own().is_some_and(|own| is_same(&own, other))
    }
    #[cfg(not(unix))]
    {
        let _ = other;
        false
    }
}

/// Creates a temporary file with the permissions of any new file. Unlike those of `tempfile_in`, its errors do not name
/// the temporary file, which users do not know; callers add the path of the file meant.
pub(crate) fn temporary(folder: &Path, prefix: &str) -> io::Result<NamedTempFile> {
    let create = |path: &Path| OpenOptions::new().read(true).write(true).create_new(true).open(path);
    tempfile::Builder::new().prefix(prefix).make_in(folder, create)
}

fn folder_of(path: &Path) -> &Path {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    }
}
