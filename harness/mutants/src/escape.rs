//! What a program would try that has taken over its process: to get at files, processes and the network.
//!
//! The interpreter is not needed for that, so that nothing here depends on an error of it. The folder that is tried is that
//! of the environment variable `ESCAPE`, in which a test has put a file `secret`.

use rustix::process::{getppid, test_kill_process};
use std::fs::{self, File, FileTimes, OpenOptions, Permissions};
use std::io;
use std::net::{TcpListener, TcpStream, UdpSocket};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::PathBuf;
use std::process::Command;

/// Tries everything. Gives the names of what worked and of what did not.
pub fn attempt() -> (Vec<&'static str>, Vec<&'static str>) {
    let folder = PathBuf::from(std::env::var_os("ESCAPE").unwrap_or_default());
    let (secret, other) = (folder.join("secret"), folder.join("other"));
    let parent = getppid().map_or(1, |parent| parent.as_raw_nonzero().get());
    let write = |path: PathBuf| OpenOptions::new().write(true).open(path).map(drop);
    let permissions = || fs::set_permissions(&secret, Permissions::from_mode(0o777));
    let attempts: [(&'static str, &dyn Fn() -> io::Result<()>); 24] = [
        ("read a file", &|| fs::read(&secret).map(drop)),
        ("list a folder", &|| fs::read_dir(&folder).map(drop)),
        ("write to a file", &|| write(secret.clone())),
        ("make a file", &|| fs::write(&other, "x")),
        ("make a folder", &|| fs::create_dir(folder.join("new"))),
        ("make a link", &|| symlink("/", folder.join("link"))),
        ("link a file", &|| fs::hard_link(&secret, folder.join("hard"))),
        ("rename a file", &|| fs::rename(&secret, folder.join("renamed"))),
        ("delete a file", &|| fs::remove_file(&secret)),
        ("change permissions", &permissions),
        ("change times", &|| {
            // Opened for reading only, which is another attempt.
            File::open(&secret)?.set_times(FileTimes::new().set_modified(std::time::SystemTime::UNIX_EPOCH))
        }),
        ("make a temporary file", &|| {
            let file = std::env::temp_dir().join(format!("viewcheck-escape-{}", std::process::id()));
            fs::write(&file, "x")?;
            fs::remove_file(file)
        }),
        ("make shared memory", &|| {
            let file = format!("/dev/shm/viewcheck-escape-{}", std::process::id());
            fs::write(&file, "x")?;
            fs::remove_file(file)
        }),
        ("read the settings of the system", &|| fs::read("/etc/shadow").or_else(|_| fs::read("/etc/hosts")).map(drop)),
        ("write to its own memory", &|| write("/proc/self/mem".into())),
        ("read the environment of its parent", &|| fs::read(format!("/proc/{parent}/environ")).map(drop)),
        ("read the memory of its parent", &|| File::open(format!("/proc/{parent}/mem")).map(drop)),
        ("send its parent a signal", &|| match getppid() {
            Some(parent) => Ok(test_kill_process(parent)?),
            None => Err(io::ErrorKind::NotFound.into()),
        }),
        ("start a program", &|| Command::new("true").status().map(drop)),
        ("listen at a port", &|| TcpListener::bind(("127.0.0.1", 0)).map(drop)),
        ("open a socket for datagrams", &|| UdpSocket::bind(("127.0.0.1", 0)).map(drop)),
        ("connect to a port", &|| match TcpStream::connect(("127.0.0.1", 9)) {
            Err(error) if error.kind() == io::ErrorKind::ConnectionRefused => Ok(()),
            result => result.map(drop),
        }),
        ("make a socket in a folder", &|| UnixListener::bind(folder.join("socket")).map(drop)),
        ("connect to a socket", &|| match UnixStream::connect(folder.join("socket")) {
            Err(error) if matches!(error.kind(), io::ErrorKind::ConnectionRefused | io::ErrorKind::NotFound) => Ok(()),
            result => result.map(drop),
        }),
    ];
    let (mut worked, mut failed) = (vec![], vec![]);
    for (name, attempt) in attempts {
        if attempt().is_ok() { worked.push(name) } else { failed.push(name) }
    }
    // What it needs to go on working.
    if std::thread::spawn(|| ()).join().is_err() || UnixStream::pair().is_err() {
        worked.clear();
        failed.clear();
    }
    (worked, failed)
}
