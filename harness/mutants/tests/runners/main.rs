//! Engines whose runner goes wrong: whatever it does, that is a result of one program, all others have theirs, and no
//! process and no file is left behind.

mod checks;
#[path = "../ends/mod.rs"]
mod ends;
#[path = "../fake/mod.rs"]
mod fake;

use engine::process::{Limits, Process, StartError};
use engine::reference::Reference;
use engine::{Engine, RunError, Watch};
use fake::{Fake, is_there, send, wait_until};
use program::{Parser, Program, Trace};
use rstest::rstest;
use std::fs;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering::Relaxed};
use std::thread;
use std::time::{Duration, Instant};
use viewcheck::compare::{Level, LevelFacets, compare};

/// More programs than are sent at a time.
const PROGRAMS: usize = 80;
/// The program at which the runner goes wrong.
const MARKED: usize = 37;
const PATIENT: Limits = Limits { start: Duration::from_secs(60), progress: Duration::from_secs(30), memory: 0 };
const HASTY: Limits = Limits { progress: Duration::from_millis(400), ..PATIENT };

fn program(steps: &[String]) -> Program {
    let mut parser = Parser::new();
    for step in steps {
        parser.step(step).unwrap_or_else(|error| panic!("{step}: {error:?}"));
    }
    parser.finish()
}

/// Programs that all give something else.
fn programs() -> Vec<Program> {
    let text = |number: usize| if number == MARKED { "marker" } else { "plain" };
    let steps = |number| {
        [
            format!("data = bytearray(b'{} {number}')", text(number)),
            "view = memoryview(data)[1:]".to_owned(),
            "view.tolist()".to_owned(),
            format!("view[{}]", number % 8),
        ]
    };
    (0..PROGRAMS).map(|number| program(&steps(number))).collect()
}

/// Runs programs, all of which must have the right result but one. Gives what came of that, if any program has an error.
fn run(process: &mut Process, programs: &[Program]) -> Option<(usize, RunError)> {
    let results = results(process, programs);
    let indices: Vec<usize> = results.iter().map(|(index, _)| *index).collect();
    assert_eq!(indices, (0..programs.len()).collect::<Vec<_>>(), "each once, and in order");
    let mut errors = results.into_iter().filter_map(|(index, result)| Some((index, result.err()?)));
    let (error, more) = (errors.next(), errors.next());
    assert_eq!(more, None, "beside {error:?}");
    error
}

/// Runs programs. Gives the result of each; those without an error must be right.
fn results(process: &mut Process, programs: &[Program]) -> Vec<(usize, Result<(), RunError>)> {
    let about = process.about().clone();
    let mut reference = Reference::new(about.profile);
    let (mut expected, mut results) = (Trace::new(), vec![]);
    let batch: Vec<&Program> = programs.iter().collect();
    process.run_batch(&batch, Watch::Always, &mut |index, trace, result| {
        if result.is_ok() {
            reference.run(&programs[index], Watch::Always, &mut expected).unwrap();
            let facets = Level::Type.seen_by([&about]);
            assert_eq!(compare(&programs[index], &expected, trace, facets), None, "program {index}");
        } else {
            assert!(trace.is_empty());
        }
        results.push((index, result));
    });
    results
}

#[rstest]
#[case::segv("segv", "crashed: SIGSEGV")]
#[case::kill("kill", "crashed: SIGKILL")]
#[case::exit("exit", "crashed: exit status 3; its last words: Traceback:\n  oh no")]
#[case::quiet_exit("quiet exit", "crashed: exit status 0")]
#[case::after_others("crash after others", "crashed: SIGSEGV (after other programs, not when run alone)")]
#[case::once("crash once", "crashed: SIGSEGV (after other programs, not when run alone)")]
#[case::garbled_once(
    "garbled once",
    "broke the protocol: its reply is no JSON object: `oh` (after other programs, not when run alone)"
)]
#[case::half("half a line", "crashed: SIGSEGV")]
#[case::no_end("a line without its end", "crashed: SIGSEGV")]
#[case::no_json(
    "no JSON",
    "broke the protocol: its reply is no JSON object: `Segmentation fault, they say`; its last words: what is JSON?"
)]
#[case::no_object("no object", "broke the protocol: its reply is no JSON object: `[1]`")]
#[case::no_text("no text", "broke the protocol: its reply is no JSON object: `\u{fffd}\u{fffd}`")]
#[case::another("another program", "broke the protocol: its reply is about program NEXT, not NUMBER")]
#[case::few("too few steps", "broke the protocol: its reply has 0 steps, but the program has 4")]
#[case::no_value("no value", "broke the protocol: its reply is wrong in step 1: there is no kind of value `colour`")]
#[case::flood("flood", "broke the protocol: its reply is about program LATER, not NUMBER")]
#[case::endless("endless line", "broke the protocol: its reply is a line without an end")]
#[case::leaves("leaves a child and dies", "crashed: exit status 3; its last words: gone")]
#[case::closes("closes its output", "broke the protocol: it closed its output, but did not end")]
#[case::closes_first("closes its output and fails", "crashed: exit status 3")]
#[case::half_once("half a line once", "crashed: SIGSEGV (after other programs, not when run alone)")]
fn what_a_runner_does_wrong_is_one_result(#[case] mode: &str, #[case] text: &str) {
    let fake = Fake::new();
    let mut process = fake.open(mode, PATIENT);
    let (index, error) = run(&mut process, &programs()).expect("an error");
    // The smoke program was the first. The marked one is run alone after the two batches that were sent.
    let number = match mode.contains("once") {
        true => MARKED + 1,
        false => 1 + PROGRAMS,
    };
    let text = text.replace("NUMBER", &number.to_string()).replace("NEXT", &(number + 1).to_string());
    let text = text.replace("LATER", &(number + 7).to_string());
    assert_eq!((index, error.to_string()), (MARKED, format!("the engine `fake` {text}")));
    assert_eq!(run(&mut process, &programs()[..MARKED]), None, "it can be used again");
    drop(process);
    fake.is_gone();
}

#[rstest]
#[case::hang("hang", "; its last words: waiting")]
#[case::term("ignores SIGTERM", "")]
#[case::stop("stop", "")]
#[case::half("half a line and no more", "")]
fn what_takes_too_long_is_a_hang_if_it_does_so_twice(#[case] mode: &str, #[case] words: &str) {
    let fake = Fake::new();
    let mut process = fake.open(mode, PATIENT);
    process.limit(HASTY.progress);
    let error = run(&mut process, &programs()).map(|(index, error)| (index, error.to_string()));
    // It is given twice the time when it is run alone.
    let text = format!("the engine `fake` hung: it did not finish within 800ms{words}");
    assert_eq!(error, Some((MARKED, text)));
    drop(process);
    fake.is_gone();
}

/// A busy machine, somebody who sends signals, and children that stay are no fault of a program.
#[rstest]
#[case::slow("slow once", 2)]
#[case::killed("killed once", 2)]
#[case::leaves("leaves a child", 1)]
fn what_a_program_is_not_to_blame_for_is_no_result(#[case] mode: &str, #[case] starts: usize) {
    let fake = Fake::new();
    let mut process = fake.open(mode, PATIENT);
    if mode == "slow once" {
        process.limit(HASTY.progress);
    }
    assert_eq!(run(&mut process, &programs()), None);
    assert_eq!(fake.notes("starts").len(), starts);
    drop(process);
    fake.is_gone();
}

#[test]
fn what_is_unsupported_is_no_loss() {
    let fake = Fake::new();
    let mut process = fake.open("unsupported", PATIENT);
    let error = run(&mut process, &programs()).map(|(index, error)| (index, error.to_string()));
    assert_eq!(error, Some((MARKED, "the engine `fake` does not support the marker".to_owned())));
    assert_eq!(fake.notes("starts").len(), 1);
}

/// A reply too many is the doing of the program before it, whatever comes next.
#[rstest]
#[case::always("twice", MARKED, "after its reply it wrote a line that nobody asked for: `{\"ran\":81,", "`")]
#[case::once("twice once", MARKED, "it replied once more to program 38", " (after other programs, not when run alone)")]
#[case::last("endless after a batch", 31, "it replied once more to program 1", "not when run alone)")]
fn a_reply_too_many_is_a_breach(#[case] mode: &str, #[case] culprit: usize, #[case] start: &str, #[case] end: &str) {
    let fake = Fake::new();
    let mut process = fake.open(mode, PATIENT);
    let error = match mode {
        // Every program is the last one when it is run alone.
        "endless after a batch" => {
            let results = results(&mut process, &programs()[..32]);
            assert_eq!(results.iter().filter(|(_, result)| result.is_err()).count(), 1, "{results:?}");
            results.into_iter().find_map(|(index, result)| Some((index, result.err()?)))
        }
        _ => run(&mut process, &programs()),
    };
    let (index, error) = error.expect("an error");
    let text = error.to_string();
    assert_eq!(index, culprit, "{text}");
    let reason = text.strip_prefix("the engine `fake` broke the protocol: ").unwrap_or_else(|| panic!("{text}"));
    assert!(mode == "endless after a batch" || reason.starts_with(start) && reason.ends_with(end), "{text}");
    drop(process);
    fake.is_gone();
}

/// What a runner says while it is asked for nothing is found when it is asked again.
#[test]
fn a_reply_too_many_that_comes_late_is_found() {
    let fake = Fake::new();
    let mut process = fake.open("one more in between", PATIENT);
    assert_eq!(run(&mut process, &programs()[..20]), None);
    wait_until("it says nothing", || !fake.notes("said").is_empty());
    let error = run(&mut process, &programs()[..20]).map(|(index, error)| (index, error.to_string()));
    let text = "the engine `fake` broke the protocol: after its last reply it wrote a line that nobody asked for: `and one \
                more` (after other programs, not when run alone)";
    assert_eq!(error, Some((0, text.to_owned())));
}

#[test]
fn empty_lines_are_ignored() {
    let fake = Fake::new();
    assert_eq!(run(&mut fake.open("empty lines", PATIENT), &programs()), None);
    assert_eq!(fake.notes("starts").len(), 1);
}

/// There may be thousands of programs, and each of these takes a second or more.
#[rstest]
#[case::hangs("all hang", 3, "it was given up, as it hung at 3 programs in a row")]
#[case::crashes("all crash", 50, "it was given up, as it was lost at 50 programs in a row. The last time, the engine")]
#[case::replies("all twice", 50, "it was given up, as it was lost at 50 programs in a row. The last time, the engine")]
fn an_engine_that_is_lost_at_every_program_is_given_up(#[case] mode: &str, #[case] most: usize, #[case] text: &str) {
    let fake = Fake::new();
    let mut process = fake.open(mode, PATIENT);
    process.limit(HASTY.progress);
    let results = results(&mut process, &programs());
    let is_lost = |result: &Result<(), RunError>| matches!(result, Err(RunError::Lost { .. }));
    assert_eq!(results.iter().position(|(_, result)| is_lost(result)), Some(most), "{results:?}");
    assert_eq!(results.len(), PROGRAMS);
    for (_, result) in &results[most..] {
        let error = result.as_ref().err().map(ToString::to_string).unwrap_or_default();
        assert!(error.starts_with(&format!("the engine `fake` was lost: {text}")), "{error}");
    }
    let starts = fake.notes("starts").len();
    assert!(process.run(&programs()[0], Watch::End, &mut Trace::new()).is_err());
    assert_eq!(fake.notes("starts").len(), starts, "it is not started any more");
    drop(process);
    fake.is_gone();
}

/// Python itself refuses to show that many digits in decimal.
#[test]
fn large_ints_are_exact() {
    let fake = Fake::new();
    let mut process = fake.open("well", Limits { progress: Duration::from_secs(10), ..PATIENT });
    let steps = [
        "18446744073709551615 + 0",
        "18446744073709551616 + 0",
        "-18446744073709551616",
        "int.from_bytes(b'\\x01' * 60000, 'big')",
    ];
    let program = program(&steps.map(str::to_owned));
    let mut expected = Trace::new();
    Reference::new(process.about().profile).run(&program, Watch::Always, &mut expected).unwrap();
    let mut actual = Trace::new();
    process.run(&program, Watch::Always, &mut actual).unwrap();
    assert_eq!(compare(&program, &expected, &actual, Level::Message.seen_by([process.about()])), None);
}

#[cfg(target_os = "linux")]
#[test]
fn one_that_takes_memory_without_end_is_ended() {
    let fake = Fake::new();
    let mut process = fake.open("memory", Limits { memory: 64 << 20, ..PATIENT });
    let error = run(&mut process, &programs()).map(|(index, error)| (index, error.to_string()));
    let text = "the engine `fake` crashed: it took more than 64 MiB of memory".to_owned();
    assert_eq!(error, Some((MARKED, text)));
    drop(process);
    fake.is_gone();
}

#[test]
fn last_words_are_the_last_of_many() {
    let fake = Fake::new();
    let (index, error) = run(&mut fake.open("flood of words", PATIENT), &programs()).expect("an error");
    let RunError::Crashed { how, last_words, .. } = error else { panic!("{error}") };
    assert_eq!((index, &*how), (MARKED, "exit status 3"));
    assert!(last_words.ends_with("line 19998\nline 19999") && last_words.len() <= 4096, "{last_words}");
}

#[rstest]
#[case::silent("no second start", "instead of a reply to the probe, exit status 3; its last words: no second start")]
#[case::hangs("hangs at the second start", "it did not reply to the probe within 1s")]
#[case::other("another Python at the second start", "it is another Python than before")]
fn an_engine_that_can_not_be_started_again_says_so_of_all_programs_left(#[case] mode: &str, #[case] reason: &str) {
    let fake = Fake::new();
    let mut process = fake.open(mode, Limits { start: Duration::from_secs(1), ..PATIENT });
    let (since, programs) = (Instant::now(), programs());
    let results = results(&mut process, &programs);
    let texts: Vec<(usize, String)> =
        results.into_iter().filter_map(|(index, result)| Some((index, result.err()?.to_string()))).collect();
    let lost = format!("the engine `fake` was lost: it can't be started again: {reason}");
    let mut expected = vec![(MARKED, "the engine `fake` crashed: SIGSEGV".to_owned())];
    expected.extend((MARKED + 1..PROGRAMS).map(|index| (index, lost.clone())));
    assert_eq!(texts, expected);
    let starts = fake.notes("starts").len();
    let result = process.run(&programs[0], Watch::End, &mut Trace::new());
    assert_eq!(result.map_err(|error| error.to_string()), Err(lost));
    assert_eq!(fake.notes("starts").len(), starts, "it is not tried for ever");
    assert!(since.elapsed() < Duration::from_secs(10));
    drop(process);
    fake.is_gone();
}

/// The first program of the next batch is not to blame.
#[rstest]
#[case::itself("ends after a batch", None)]
#[case::signal("well", Some("-SEGV"))]
fn a_process_that_ends_while_nothing_is_asked_of_it_is_replaced(#[case] mode: &str, #[case] signal: Option<&str>) {
    let fake = Fake::new();
    let mut process = fake.open(mode, PATIENT);
    for round in 1..3 {
        let processes = fake.notes("processes");
        let last = processes.last().unwrap();
        if let Some(signal) = signal {
            send(signal, last);
        }
        wait_until("it does not end", || !is_there(last));
        // It seems to have ended a little before its parent can be told so.
        thread::sleep(Duration::from_millis(100));
        assert_eq!(run(&mut process, &programs()[..20]), None);
        assert_eq!(fake.notes("starts").len(), round + 1);
    }
}

#[test]
fn an_interruption_names_the_program_that_hangs_and_ends_the_process() {
    let fake = Fake::new();
    let mut process = fake.open("hang", PATIENT);
    let (flag, since) = (Arc::new(AtomicBool::new(false)), Instant::now());
    process.interrupt_by(flag.clone());
    let (setter, programs) = (flag.clone(), programs());
    let interrupt = thread::spawn(move || {
        thread::sleep(Duration::from_millis(2500));
        setter.store(true, Relaxed);
    });
    let results = results(&mut process, &programs);
    interrupt.join().unwrap();
    assert_eq!(results.len(), MARKED + 1);
    assert!(results[..MARKED].iter().all(|(_, result)| result.is_ok()));
    match &results[MARKED].1 {
        Err(RunError::Hung { after, last_words, .. }) => {
            assert!((1..=2).contains(&after.as_secs()), "{after:?}");
            assert_eq!(&**last_words, "waiting");
        }
        other => panic!("{other:?}"),
    }
    assert!(since.elapsed() < Duration::from_secs(10));
    assert!(!is_there(fake.notes("processes").last().unwrap()), "it is not used again");
    let interrupted = process.run(&programs[0], Watch::End, &mut Trace::new());
    assert_eq!(
        interrupted.map_err(|error| error.to_string()),
        Err("the engine `fake` was lost: it was interrupted".into())
    );
    flag.store(false, Relaxed);
    assert_eq!(run(&mut process, &programs[..MARKED]), None);
    assert_eq!(fake.notes("starts").len(), 2);
}

/// A start may take long, and no program is to blame for it.
#[test]
fn an_interruption_of_a_start_names_no_program() {
    let fake = Fake::new();
    let mut process = fake.open("hangs at the second start", PATIENT);
    let flag = Arc::new(AtomicBool::new(false));
    process.interrupt_by(flag.clone());
    send("-KILL", &fake.notes("processes")[0]);
    wait_until("it does not end", || !is_there(&fake.notes("processes")[0]));
    let interrupt = thread::spawn(move || {
        thread::sleep(Duration::from_millis(2000));
        flag.store(true, Relaxed);
    });
    assert_eq!(results(&mut process, &programs()), []);
    interrupt.join().unwrap();
    drop(process);
    fake.is_gone();
}

/// It would be left in the folder in which somebody works.
#[cfg(target_os = "linux")]
#[test]
fn a_crash_leaves_no_core_dump() {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    // As it is on many machines.
    let maximum = getrlimit(Resource::Core).maximum;
    setrlimit(Resource::Core, Rlimit { current: maximum, maximum }).unwrap();
    let fake = Fake::new();
    let _process = fake.open("well", PATIENT);
    let limits = fs::read_to_string(format!("/proc/{}/limits", fake.notes("processes")[0])).unwrap();
    let core = limits.lines().find(|line| line.starts_with("Max core file size")).unwrap();
    assert_eq!(core.split_whitespace().nth(4), Some("0"), "{core}");
}

#[rstest]
#[case::dies("no start", "instead of a reply to the probe, exit status 3; its last words: no start today")]
#[case::silent("probe without a reply", "it did not reply to the probe within 1s")]
#[case::no_json("probe without JSON", "its reply is no JSON object: `Welcome to Python!`")]
#[case::nameless("no implementation", "its reply to the probe has an empty `implementation`")]
#[case::blind("sees no value", "its reply to the probe does not have `value` in `sees`: there is nothing to compare")]
#[case::version("probe of another version", "it speaks version 2 of the protocol, and this release version 1")]
#[case::no_version(
    "probe without a version",
    "its reply to the probe is not in the format: the key `version` is missing"
)]
fn a_command_that_does_not_say_what_it_is_is_no_engine(#[case] mode: &str, #[case] reason: &str) {
    let fake = Fake::new();
    let opened = Process::open(&fake.engine(mode), Limits { start: Duration::from_secs(1), ..PATIENT });
    let error = opened.err().expect("it is no engine");
    assert!(matches!(error, StartError::Probe { .. }));
    assert_eq!(error.to_string(), format!("the engine `fake` can't start: {reason}"));
    fake.is_gone();
}

#[test]
fn an_engine_that_fails_the_smoke_program_is_not_trusted() {
    let fake = Fake::new();
    let error = Process::open(&fake.engine("smoke"), PATIENT).err().expect("it is no engine");
    let text = "the engine `fake` fails the smoke program, so its runner can't be trusted: step 2, `data[1]`: expected 98, \
                `data` holds b'abc', got 99, `data` holds b'abc'";
    assert_eq!(error.to_string(), text);
    fake.is_gone();
}
