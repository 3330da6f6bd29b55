//! What a program needs to read: the folders of the system, and those in which a command lies.
//!
//! A command can be anything, so what it needs is read off its words: the executable with the folder that it was installed in,
//! files that it is given, and, if it is a script, what that names. No folder is given away because a command lies in it that
//! holds more than the command: a home, the folder for temporary files, or one above them.

use std::collections::BTreeSet;
use std::ffi::{OsStr, OsString};
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

/// Where programs and libraries lie, and what the kernel tells of itself. Of `/proc` there is the process alone: to root, others
/// show their environment. A process that a command starts does not find itself there.
pub(super) const SYSTEM: &[&str] = &[
    "/usr",
    "/bin",
    "/sbin",
    "/lib",
    "/lib32",
    "/lib64",
    "/libx32",
    "/opt",
    "/nix/store",
    "/gnu/store",
    "/snap",
    "/proc/self",
    "/proc/cpuinfo",
    "/proc/filesystems",
    "/proc/loadavg",
    "/proc/meminfo",
    "/proc/stat",
    "/proc/sys/kernel",
    "/proc/sys/vm",
    "/proc/uptime",
    "/proc/version",
    "/sys/devices/system",
    "/sys/fs/cgroup",
    "/sys/kernel/mm",
];

/// Devices that give or take nothing of others.
pub(super) const DEVICES: &[&str] = &["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"];

/// Files of `/etc` that libraries read at their start.
const SETTINGS: &[&str] = &[
    "/etc/group",
    "/etc/host.conf",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/ld.so.preload",
    "/etc/locale.alias",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/passwd",
    "/etc/ssl/openssl.cnf",
    "/etc/timezone",
];

/// The same, with what distributions keep there for Pythons and other runtimes.
pub(super) fn settings() -> Vec<PathBuf> {
    let is_runtime = |name: &OsStr| ["python", "pypy", "java", "node"].iter().any(|of| starts_with(name, of));
    let listed = fs::read_dir("/etc").into_iter().flatten().flatten();
    let of_runtimes = listed.filter(|entry| is_runtime(&entry.file_name())).map(|entry| entry.path());
    SETTINGS.iter().map(PathBuf::from).chain(of_runtimes).collect()
}

fn starts_with(name: &OsStr, text: &str) -> bool {
    name.as_bytes().starts_with(text.as_bytes())
}

/// The variables that name folders of a runtime, separated as in `PATH`.
const VARIABLES: &[&str] =
    &["LD_LIBRARY_PATH", "PYTHONHOME", "PYTHONPATH", "PYTHONUSERBASE", "NODE_PATH", "JAVA_HOME", "GRAALVM_HOME"];

/// The folders whose parent is what was installed.
const OF_PROGRAMS: &[&str] = &["bin", "sbin", "libexec", "shims", "Scripts"];

/// The deepest chain of scripts that start each other.
const DEEPEST: usize = 6;
/// The longest script that is read.
const LONGEST: u64 = 64 << 10;

/// What a command needs to read.
pub(super) fn of_command(words: &[OsString]) -> Vec<PathBuf> {
    let mut search = Search { found: BTreeSet::new(), seen: BTreeSet::new(), broad: broad() };
    for word in words {
        search.word(word, 0);
        // What a shell or a Python is given behind `-c`.
        if let Some(text) = word.to_str().filter(|text| text.contains(char::is_whitespace) && !Path::new(text).exists())
        {
            search.text(text, 0);
        }
    }
    for folder in of_environment() {
        search.found.insert(folder);
    }
    search.found.into_iter().collect()
}

/// The folders of runtimes that the environment names, and those of packages that a user has installed.
pub(super) fn of_environment() -> Vec<PathBuf> {
    let values = VARIABLES.iter().filter_map(std::env::var_os);
    let mut folders: Vec<PathBuf> = values
        .flat_map(|value| std::env::split_paths(&value).collect::<Vec<_>>())
        .filter(|path| path.is_absolute())
        .collect();
    folders.extend(home().map(|home| home.join(".local/lib")));
    folders
}

fn home() -> Option<PathBuf> {
    std::env::var_os("HOME").map(PathBuf::from).filter(|home| home.is_absolute() && home.parent().is_some())
}

/// The folders that hold more than a command: with each, those above it.
fn broad() -> BTreeSet<PathBuf> {
    let places = [home(), Some(std::env::temp_dir()), std::env::current_dir().ok()];
    let fixed =
        ["/etc", "/home", "/root", "/tmp", "/var/tmp", "/var/lib", "/srv", "/mnt", "/media", "/run/user", "/dev/shm"];
    let all = places.into_iter().flatten().chain(fixed.iter().map(PathBuf::from));
    let real = |path: PathBuf| [fs::canonicalize(&path).unwrap_or_else(|_| path.clone()), path];
    let above = |path: PathBuf| path.ancestors().map(Path::to_owned).collect::<Vec<_>>();
    all.flat_map(real).flat_map(above).collect()
}

struct Search {
    found: BTreeSet<PathBuf>,
    /// The files that were looked at.
    seen: BTreeSet<PathBuf>,
    broad: BTreeSet<PathBuf>,
}

impl Search {
    /// A word of a command or a script: a path, the name of a program, or either behind `=`.
    fn word(&mut self, word: &OsStr, depth: usize) {
        let bytes = word.as_bytes();
        let after = bytes.iter().position(|byte| *byte == b'=').map(|at| OsStr::from_bytes(&bytes[at + 1..]));
        for word in std::iter::once(word).chain(after).filter(|word| !word.is_empty()) {
            for part in std::env::split_paths(word) {
                let is_path = part.as_os_str().as_bytes().contains(&b'/');
                let path = if is_path { Some(part) } else { on_path(&part) };
                path.into_iter().for_each(|path| self.path(&path, depth));
            }
        }
    }

    /// A path, with every file that a chain of links goes through.
    fn path(&mut self, path: &Path, depth: usize) {
        let Ok(path) = std::path::absolute(path) else { return };
        if depth > DEEPEST || !self.seen.insert(path.clone()) {
            return;
        }
        let Ok(kind) = fs::symlink_metadata(&path) else { return };
        if kind.is_symlink() {
            if let (Ok(target), Some(folder)) = (fs::read_link(&path), path.parent()) {
                self.path(&folder.join(target), depth);
            }
            self.installed(&path);
            fs::canonicalize(&path).into_iter().for_each(|real| self.path(&real, depth));
        } else if kind.is_dir() {
            self.add(&path);
        } else if kind.is_file() {
            self.found.insert(path.clone());
            self.installed(&path);
            self.script(&path, depth);
        }
    }

    /// What a file was installed with.
    fn installed(&mut self, file: &Path) {
        let Some(folder) = file.parent() else { return };
        self.add(folder);
        // A runtime that was built in its checkout finds its library there.
        if let Some(checkout) = folder.ancestors().find(|folder| folder.join(".git").exists()) {
            self.add(checkout);
        }
        let is_of_programs = |name: &OsStr| OF_PROGRAMS.iter().any(|of| name == *of);
        if let (Some(prefix), true) = (folder.parent(), folder.file_name().is_some_and(is_of_programs)) {
            self.add(prefix);
            // The Python that a virtual environment was made of.
            let lines = fs::read_to_string(prefix.join("pyvenv.cfg")).unwrap_or_default();
            let homes = lines.lines().filter_map(|line| line.strip_prefix("home")?.trim_start().strip_prefix('='));
            homes.for_each(|home| self.installed(&Path::new(home.trim()).join("python")));
        }
    }

    fn add(&mut self, folder: &Path) {
        if folder.is_dir() && !self.broad.contains(folder) {
            self.found.insert(folder.to_owned());
        }
    }

    /// What a script names: its interpreter, and paths in its text.
    fn script(&mut self, file: &Path, depth: usize) {
        if fs::metadata(file).map_or(true, |metadata| metadata.len() > LONGEST) {
            return;
        }
        let text = fs::read(file).unwrap_or_default();
        if !text.starts_with(b"#!") {
            return;
        }
        self.text(String::from_utf8_lossy(&text).trim_start_matches("#!"), depth);
    }

    /// What a program for a shell names. Of variables, only the home is followed.
    fn text(&mut self, text: &str, depth: usize) {
        let home = home().unwrap_or_default();
        let is_end = |char: char| char.is_whitespace() || "\"'`;()|&<>,".contains(char);
        let words = text.split(is_end);
        for word in words.filter(|word| !word.is_empty()) {
            match ["$HOME/", "${HOME}/", "~/"].iter().find_map(|start| word.strip_prefix(start)) {
                Some(rest) => self.path(&home.join(rest), depth + 1),
                None => self.word(OsStr::new(word), depth + 1),
            }
        }
    }
}

/// A program of that name, as a shell finds it.
fn on_path(name: &Path) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join(name)).find(|file| file.is_file())
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::fs::symlink;

    fn found(words: &[&Path]) -> Vec<PathBuf> {
        of_command(&words.iter().map(|word| word.as_os_str().to_owned()).collect::<Vec<_>>())
    }

    /// A folder with a program in `prefix/bin`.
    fn installed() -> (tempfile::TempDir, PathBuf, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let real = fs::canonicalize(folder.path()).unwrap();
        let prefix = real.join("prefix");
        fs::create_dir_all(prefix.join("bin")).unwrap();
        let program = prefix.join("bin/program");
        fs::write(&program, "\x7fELF").unwrap();
        (folder, prefix, program)
    }

    #[test]
    fn a_program_has_what_it_was_installed_with() {
        let (folder, prefix, program) = installed();
        assert!(found(&[&program]).contains(&prefix));
        let link = folder.path().join("link");
        symlink(&program, &link).unwrap();
        assert!(found(&[&link]).contains(&prefix));
        assert!(found(&[Path::new(&format!("HOME={}", program.display()))]).contains(&prefix));
    }

    #[test]
    fn a_program_that_was_built_in_a_checkout_has_the_checkout() {
        let (_folder, prefix, _) = installed();
        let program = prefix.join("target/release/program");
        fs::create_dir_all(prefix.join("target/release")).unwrap();
        fs::write(&program, "\x7fELF").unwrap();
        assert!(!found(&[&program]).contains(&prefix));
        fs::create_dir(prefix.join(".git")).unwrap();
        assert!(found(&[&program]).contains(&prefix));
    }

    #[test]
    fn a_script_has_what_it_names() {
        let (folder, prefix, program) = installed();
        for text in ["#!/bin/sh\nexec '{}' \"$@\"\n", "#! {}\n", "#!/bin/sh\nexec env X={} \"$@\"\n"] {
            let script = folder.path().join("script");
            fs::write(&script, text.replace("{}", &program.display().to_string())).unwrap();
            assert!(found(&[&script]).contains(&prefix), "{text}");
        }
        // What is no script may name anything.
        let data = folder.path().join("data");
        fs::write(&data, program.display().to_string()).unwrap();
        assert!(!found(&[&data]).contains(&prefix));
    }

    #[test]
    fn a_command_for_a_shell_has_what_it_names() {
        let (folder, prefix, program) = installed();
        for text in ["exec '{}' \"$@\"", "A=1 {} \"$0\"", "exec env X={}; exit 1"] {
            let text = text.replace("{}", &program.display().to_string());
            assert!(found(&[Path::new("sh"), Path::new("-c"), Path::new(&text)]).contains(&prefix), "{text}");
        }
        // A name with a blank is one path, and not two.
        let spaced = folder.path().join("prefix with blanks");
        fs::write(&spaced, "").unwrap();
        assert!(!found(&[&spaced]).contains(&prefix));
    }

    #[test]
    fn scripts_that_name_each_other_come_to_an_end() {
        let (folder, ..) = installed();
        let (one, two) = (folder.path().join("one"), folder.path().join("two"));
        fs::write(&one, format!("#!{}", two.display())).unwrap();
        fs::write(&two, format!("#!{}", one.display())).unwrap();
        assert!(found(&[&one]).contains(&two));
    }

    #[test]
    fn a_file_does_not_give_its_folder_away_if_that_holds_more() {
        let file = tempfile::NamedTempFile::new().unwrap();
        let (folder, seen) = (std::env::temp_dir(), found(&[file.path()]));
        assert!(seen.contains(&file.path().to_owned()));
        assert!(!seen.iter().any(|path| folder.starts_with(path)), "{seen:?}");
        let here = std::env::current_dir().unwrap();
        assert!(!found(&[Path::new("./Cargo.toml")]).iter().any(|path| here.starts_with(path)));
        for broad in ["/", "/etc", "/tmp", "/home"] {
            assert!(!found(&[Path::new(broad)]).contains(&PathBuf::from(broad)), "{broad}");
        }
    }
}
