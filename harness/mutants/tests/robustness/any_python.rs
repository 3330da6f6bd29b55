//! Cases in any Python: what they try from within, and where they are not run.

use super::sandbox::{CASES, FORBID, Place, can_confine, text};
use rstest::rstest;
use std::fs;
use std::process::Command;

/// A case in any Python tries what a program in the language of cases can't even write down. It runs on both kinds of engine, in
/// each command that runs cases.
const ANY_PYTHON: &str = r#"
cases:
  - id: escape
    section: One
    claim: nothing gets out
    verdict: confirmed
    language: python
    needs: [files, sockets, threads]
    steps:
      - run: |
          import os, signal, socket, subprocess, tempfile
          private, outside = PRIVATE, OUTSIDE
          done = []

          def attempt(what, action):
              try:
                  action()
              except OSError:
                  return
              done.append(what)
      - run: |
          attempt('read', lambda: open(private + '/secret').read())
          attempt('list', lambda: os.listdir(private))
          attempt('write', lambda: open(private + '/secret', 'w'))
          attempt('make', lambda: open(private + '/new', 'w'))
          attempt('delete', lambda: os.unlink(private + '/secret'))
          attempt('cut short', lambda: os.truncate(private + '/secret', 0))
          attempt('permissions', lambda: os.chmod(private + '/secret', 0o777))
          attempt('folder of all', lambda: open('/tmp/viewcheck-escape', 'w'))
          attempt('shared memory', lambda: open('/dev/shm/viewcheck-escape', 'w'))
          attempt('network', lambda: socket.create_connection(('127.0.0.1', 9)))
          attempt('datagrams', lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM))
          attempt('sockets of others', lambda: socket.socket(socket.AF_UNIX))
          attempt('signal to another', lambda: os.kill(outside, signal.SIGTERM))
          attempt('memory of its parent', lambda: open('/proc/%d/mem' % os.getppid(), 'rb'))
          attempt('run what is private', lambda: subprocess.run([private + '/program']))
      - run: done
        gives: '[]'
      - run: |
          # Of a command that is the process that supervises it, and of the embedded Python the one that judges it.
          try:
              os.kill(os.getppid(), signal.SIGKILL)
          except OSError:
              done.append('its parent is out of reach')
          done
        gives: "['its parent is out of reach']"
      - run: |
          with tempfile.TemporaryFile() as file:
              file.write(b'abc')
          left, right = socket.socketpair()
          left.close(); right.close()
"#;

#[rstest]
#[case::check_embedded(&["check", "--engine", "embedded"])]
#[case::check_command(&["check", "--engine", "py=python3"])]
#[case::replay_embedded(&["replay", "--engine", "embedded"])]
#[case::replay_command(&["replay", "--engine", "py=python3"])]
fn nothing_gets_out_of_a_case_in_any_python(#[case] arguments: &[&str]) {
    if !can_confine(true) {
        return;
    }
    let place = Place::new();
    fs::copy("/bin/true", place.private().join("program")).unwrap();
    let mut outside = Command::new("sleep").arg("60").spawn().unwrap();
    let text = ANY_PYTHON.replace("PRIVATE", &format!("{:?}", place.private().display().to_string()));
    fs::write(place.path().join("any.yaml"), text.replace("OUTSIDE", &outside.id().to_string())).unwrap();
    let output = place.run("", &[arguments, &["any.yaml"]].concat());
    let is_alive = outside.try_wait().unwrap().is_none();
    outside.kill().unwrap();
    outside.wait().unwrap();
    assert!(output.status.success() && is_alive, "{}", self::text(&output));
    assert_eq!(fs::read(place.private().join("secret")).unwrap(), b"secret");
    assert_eq!(fs::read_dir(place.private()).unwrap().count(), 2);
}

/// Such a case runs where nothing holds it only if its user says so.
#[test]
fn a_case_in_any_python_is_skipped_where_nothing_confines_it() {
    let place = Place::new();
    let any = "  - {id: any, section: One, claim: it runs, verdict: confirmed, language: python, steps: \
               [{run: 'open(PATH, \"w\").close()'}]}\n";
    let made = place.private().join("made");
    fs::write(
        place.path().join("any.yaml"),
        CASES.to_owned() + &any.replace("PATH", &format!("{:?}", made.display().to_string())),
    )
    .unwrap();
    let run = |more: &[&str]| {
        let output = Command::new("python3")
            .args(["-c", FORBID, env!("CARGO_BIN_EXE_mutants"), "check", "any.yaml", "--report", "report"])
            .args(["--engine", "embedded", "--engine", "py=python3"])
            .args(more)
            .current_dir(place.path())
            .output()
            .unwrap();
        (output.status.code(), text(&output))
    };
    let (code, shown) = run(&[]);
    assert!(code == Some(0) && !made.exists(), "{shown}");
    let told = fs::read_to_string(place.path().join("report/results.json")).unwrap();
    let reason =
        "the case is written in any Python, and is run where the process can be confined, or with --no-sandbox";
    assert_eq!(told.matches(reason).count(), 2, "{told}");
    let (code, shown) = run(&["--no-sandbox"]);
    assert!(code == Some(0) && made.exists(), "{shown}");
}
