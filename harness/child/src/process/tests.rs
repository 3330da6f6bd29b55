//! Children that are shells: what they say, how they end, and in what they go too far.

use super::*;

fn shell(script: &str, limits: Limits) -> (Child, mpsc::Receiver<Option<String>>) {
    let (sender, events) = mpsc::channel();
    let mut command = Command::new("sh");
    command.args(["-c", script]);
    let child = Child::spawn(
        command,
        |command, page| _ = command.arg(page),
        limits,
        move |event| {
            let line = match event {
                Event::Line(line) => Some(line.to_owned()),
                Event::Endless | Event::Closed => None,
            };
            sender.send(line).is_ok()
        },
    );
    (child.unwrap(), events)
}

const LIMITS: Limits = Limits { start: Duration::from_secs(60), progress: Duration::from_secs(60), memory: 0 };

#[test]
fn it_is_sent_requests_and_heard() {
    let (mut child, events) = shell("read line; echo \"got $line\"; echo last >&2; exit 3", LIMITS);
    child.send(&["a", "b"]);
    assert_eq!(events.recv().unwrap().as_deref(), Some(r#"got ["a","b"]"#));
    assert_eq!(events.recv().unwrap(), None);
    let ending = child.end(None);
    assert_eq!(ending.cause, Cause::Ended("exit status 3".to_owned()));
    assert_eq!(ending.reason(), "exit status 3: last");
}

#[test]
fn one_that_is_killed_names_the_signal() {
    let (child, events) = shell("kill -SEGV $$", LIMITS);
    assert_eq!(events.recv().unwrap(), None);
    assert_eq!(child.end(None).reason(), "SIGSEGV");
    // Whatever it was at before explains nothing.
    let (child, events) = shell("echo 'ValueError: not now' >&2; kill -KILL $$", LIMITS);
    assert_eq!(events.recv().unwrap(), None);
    assert_eq!(child.end(None).reason(), "SIGKILL; its last words: ValueError: not now");
}

#[test]
fn one_without_progress_is_overdue_and_one_with_progress_is_not() {
    let limits = Limits { progress: Duration::from_millis(200), ..LIMITS };
    let (mut idle, _events) = shell("read line", limits);
    // The eighth byte of the page is of its first word.
    let busy = "while printf '\\001\\002' | dd of=\"$0\" bs=1 conv=notrunc status=none; do \
                printf '\\003\\004' | dd of=\"$0\" bs=1 conv=notrunc status=none; done";
    let (mut busy, _events) = shell(busy, limits);
    assert!(!idle.is_ready());
    idle.ready();
    busy.ready();
    let since = Instant::now();
    while idle.overrun().is_none() && since.elapsed() < Duration::from_secs(30) {
        assert_eq!(busy.overrun(), None);
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(idle.overrun(), Some(Overrun::Time));
    assert_eq!(idle.end(Some(Overrun::Time)).cause, Cause::Time);
    assert_ne!(busy.end(Some(Overrun::Memory)).page[0], 0);
}

#[test]
fn one_that_reads_nothing_does_not_stop_its_parent() {
    let (mut child, _events) = shell("sleep 30", Limits { progress: Duration::from_millis(200), ..LIMITS });
    let since = Instant::now();
    child.ready();
    child.send(&"x".repeat(1 << 20));
    while child.overrun().is_none() {
        assert!(since.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(child.end(Some(Overrun::Time)).cause, Cause::Time);
    assert!(since.elapsed() < Duration::from_secs(20));
}

#[test]
fn what_a_child_has_started_does_not_keep_its_end_back() {
    let (mut child, _events) = shell("sleep 30 & echo last >&2; exit 3", LIMITS);
    let since = Instant::now();
    while !child.has_ended() {
        assert!(since.elapsed() < Duration::from_secs(20));
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(child.end(None).reason(), "exit status 3: last");
    assert!(since.elapsed() < Duration::from_secs(20));
}

/// Whoever waits for what a child has started would wait for ever.
#[test]
fn what_a_child_has_started_ends_with_it() {
    let (child, events) = shell("trap '' TERM; sleep 300 & echo $!; wait", LIMITS);
    let sleeper = events.recv().unwrap().unwrap();
    drop(child);
    let is_there = || {
        Command::new("sh")
            .args(["-c", "kill \"$@\"", "kill", "-0", &sleeper])
            .stderr(Stdio::null())
            .status()
            .unwrap()
            .success()
    };
    let since = Instant::now();
    while is_there() && since.elapsed() < Duration::from_secs(20) {
        thread::sleep(Duration::from_millis(5));
    }
    assert!(!is_there());
}

#[test]
fn half_a_line_is_none() {
    let (child, events) = shell("echo whole; printf half; kill -SEGV $$", LIMITS);
    assert_eq!(events.recv().unwrap().as_deref(), Some("whole"));
    assert_eq!(events.recv().unwrap(), None);
    assert_eq!(child.end(None).reason(), "SIGSEGV");
}

#[test]
fn one_that_closes_its_output_may_go_on() {
    let (mut child, events) = shell("exec >&-; read line; exit 3", LIMITS);
    assert_eq!(events.recv().unwrap(), None);
    assert!(!child.ends_within(Duration::from_millis(100)));
    child.send(&0);
    assert!(child.ends_within(Duration::from_secs(20)));
    assert_eq!(child.end(None).reason(), "exit status 3");
}

#[test]
fn what_is_no_text_is_a_line_and_what_has_no_end_is_none() {
    let (_child, events) = shell("printf 'a\\377b\\nlast'; tr '\\0' a < /dev/zero", LIMITS);
    assert_eq!(events.recv().unwrap().as_deref(), Some("a\u{fffd}b"));
    assert_eq!(events.recv().unwrap(), None, "64 MiB are no line");
}

#[cfg(target_os = "linux")]
#[test]
fn one_that_takes_too_much_memory_is_seen() {
    let (mut child, events) = shell(
        "read line; x=$(head -c 60000000 /dev/zero | tr '\\0' a); echo; read line",
        Limits { memory: 20_000_000, ..LIMITS },
    );
    child.ready();
    assert_eq!(child.overrun(), None);
    child.send(&0);
    assert!(events.recv().unwrap().is_some());
    assert_eq!(child.overrun(), Some(Overrun::Memory));
    assert_eq!(child.end(Some(Overrun::Memory)).reason(), "it took too much memory");
}

/// It is not the signal that ended it then which says what it did.
#[test]
fn one_that_closes_its_output_is_given_time_to_end() {
    let (child, events) = shell("exec >&- 2>&-; sleep 0.05; exit 3", LIMITS);
    assert_eq!(events.recv().unwrap(), None);
    assert_eq!(child.end(None).reason(), "exit status 3");
    let (child, events) = shell("exec >&-; echo still here >&2; sleep 300", LIMITS);
    assert_eq!(events.recv().unwrap(), None);
    let ending = child.end(None);
    assert_eq!(
        (&ending.cause, ending.reason().as_str()),
        (&Cause::Closed, "it closed its output, but did not end; its last words: still here")
    );
}

/// Runs only as the child of the next test.
#[test]
fn start_children_and_end() {
    let Some(ends_first) = std::env::var_os("CHILD_TEST_END") else { return };
    let (_child, events) = shell("trap '' TERM; sleep 300 & echo $$ $!; wait", LIMITS);
    println!("children {}", events.recv().unwrap().unwrap());
    if ends_first == "all" {
        crate::end_all();
        let refused = Child::spawn(Command::new("true"), |_, _| (), LIMITS, |_| true);
        assert!(refused.is_err(), "one that starts now would be left");
        // Nothing is dropped.
        std::process::exit(0);
    }
    let mut parent = crate::inside::Parent::connect().unwrap();
    let _requests = parent.requests::<u32>().unwrap();
    thread::sleep(Duration::from_secs(300));
}

#[rstest::rstest]
#[case::end_all("all")]
#[case::the_parent_is_gone("parent")]
fn a_process_that_ends_leaves_no_child(#[case] end: &str) {
    let mut process = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "process::tests::start_children_and_end", "--nocapture"])
        .env("CHILD_TEST_END", end)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(process.stdout.take().unwrap()).lines().map_while(Result::ok);
    let line = lines.find_map(|line| Some(line.split_once("children ")?.1.to_owned())).unwrap();
    drop(process.stdin.take());
    process.wait().unwrap();
    for child in line.split(' ') {
        let status = || std::fs::read_to_string(format!("/proc/{child}/stat")).unwrap_or_default();
        let is_there = || !status().is_empty() && !status().contains(") Z ");
        let since = Instant::now();
        while is_there() && since.elapsed() < Duration::from_secs(10) {
            thread::sleep(Duration::from_millis(5));
        }
        assert!(!is_there(), "{child} is left");
    }
}

/// Whoever has stopped a process may forget it. What it would do is not known.
#[cfg(target_os = "linux")]
#[test]
fn one_that_somebody_has_stopped_is_not_blamed() {
    let limits = Limits { progress: Duration::from_millis(200), ..LIMITS };
    let (mut child, _events) = shell("read line", limits);
    child.ready();
    let process = rustix::process::Pid::from_raw(child.process.id() as i32).unwrap();
    rustix::process::kill_process(process, rustix::process::Signal::STOP).unwrap();
    let since = Instant::now();
    while child.overrun().is_none() && since.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(5));
    }
    let overrun = child.overrun();
    assert_eq!(overrun, Some(Overrun::Stopped));
    let ending = child.end(overrun);
    assert_eq!(ending.reason(), "SIGSTOP");
    assert!(ending.may_be_sent_by_others());
}

/// It has something to do, and gets no processor for it: it is stopped and continued in turn.
#[cfg(target_os = "linux")]
#[test]
fn one_that_gets_no_processor_has_more_time() {
    let limits = Limits { progress: Duration::from_millis(400), ..LIMITS };
    let (mut starved, _events) = shell("exec nice -n 19 sh -c 'while :; do :; done'", limits);
    let (mut busy, _others) = shell("while :; do :; done", limits);
    busy.ready();
    let since = Instant::now();
    while busy.overrun().is_none() && since.elapsed() < Duration::from_secs(30) {
        thread::sleep(Duration::from_millis(5));
    }
    // It has used its time, whatever else the machine is doing.
    assert_eq!(busy.overrun(), Some(Overrun::Time));
    starved.ready();
    starved.half = Some((starved.since, Duration::from_secs(1000)));
    thread::sleep(Duration::from_millis(500));
    assert_eq!(starved.overrun(), None, "it has used less than no time");
    while starved.overrun().is_none() && since.elapsed() < Duration::from_secs(60) {
        starved.half = Some((starved.since, Duration::from_secs(1000)));
        thread::sleep(Duration::from_millis(5));
    }
    assert_eq!(starved.overrun(), Some(Overrun::Time));
    assert!(starved.idle() >= limits.progress * STARVED);
}
