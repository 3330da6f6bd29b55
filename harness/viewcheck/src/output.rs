//! Output files that are opened before a run and written after it. A bad path fails early, and an aborted run leaves an
//! existing file unchanged.

use child::TemporaryFile;
use std::fs::{self, File, OpenOptions};
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
    /// A file beside the one meant, which takes its place at the end, and where that is.
    File { file: NamedTempFile, note: TemporaryFile, target: PathBuf },
}

impl Output {
    /// Opens a file; `-` is standard output.
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
            Ok(metadata) if !metadata.is_file() => {
                return OpenOptions::new().write(true).open(&target).map(Destination::Device);
            }
            Ok(_) => drop(OpenOptions::new().append(true).open(&target)?),
            Err(_) => {}
        }
        // A store of findings removes temporary files with its own prefix, so this one differs.
        let (file, note) = TemporaryFile::make(|| temporary(folder_of(&target), ".output-"))?;
        Ok(Destination::File { file, note, target })
    }

    /// Whether it is this file that is written to.
    pub fn is(&self, path: &Path) -> bool {
        let place = |path: &Path| {
            let path = if path.is_symlink() { fs::canonicalize(path).ok()? } else { path.to_owned() };
            Some((fs::canonicalize(folder_of(&path)).ok()?, path.file_name()?.to_owned()))
        };
        match &self.to {
            Destination::File { target, .. } => place(target).is_some_and(|target| Some(target) == place(path)),
            Destination::Standard | Destination::Device(_) => false,
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
            // A reader that has seen enough takes nothing from the others.
            Destination::Standard => match standard.write_all(content) {
                Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
                written => written,
            },
            Destination::Device(mut file) => file.write_all(content),
            Destination::File { mut file, note, target } => {
                let written = file.as_file_mut().write_all(content).and_then(|()| file.as_file().sync_all());
                let written = written.and_then(|()| file.persist(target).map(drop).map_err(|error| error.error));
                drop(note);
                written
            }
        };
        written.map_err(|error| OutputError { path, error })
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
