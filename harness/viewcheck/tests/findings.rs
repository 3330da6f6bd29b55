//! Findings from engines that change on purpose: shrunk, signed, kept, replayed, promoted.

#[path = "common/scripts.rs"]
mod scripts;

use cases::{Suite, load, load_text};
use engine::reference::Reference;
use engine::{About, Engine, Role, RunError, Version, Watch};
use program::{
    Kind, Live, Observation, Offset, Operand, Outcome, Program, Raised, Target, Trace, Value, ViewState, decode,
    encode, print,
};
use rstest::rstest;
use scripts::{Change, difference, honest, profile, python, python_on};
use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::OnceLock;
use tempfile::TempDir;
use viewcheck::compare::{Level, LevelFacets};
use viewcheck::differential::DifferentialRun;
use viewcheck::findings::{
    Finding, Kept, Known, Limits, Promoted, Raw, Replay, Signature, Store, Symptom, case_of, investigate, promote,
    read, script, shrink, signature,
};
use viewcheck::generate::{Generator, Seed, Source};
use viewcheck::judge::judge;

/// Files are what they look like.
const RAW: Raw = Raw { length: 14, is_certain: false };

struct WrongEngine {
    honest: Reference,
    about: About,
    change: Change,
}

impl Engine for WrongEngine {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        let mut truth = Trace::new();
        let done = self.honest.run(program, watch, &mut truth);
        let mut observations: Vec<Observation> = truth.observations().collect();
        (self.change)(program, &mut observations);
        trace.clear();
        observations.iter().for_each(|observation| trace.write_observation(observation));
        done
    }
}

fn wrong(change: Change) -> WrongEngine {
    let honest = Reference::new(profile());
    let about =
        About { name: "wrong".into(), implementation: "pypy".into(), role: Role::Tested, ..honest.about().clone() };
    WrongEngine { honest, about, change }
}

fn differential(change: Change) -> (DifferentialRun, [About; 2]) {
    let (wrong, against) = (wrong(change), Reference::new(profile()));
    let abouts = [wrong.about.clone(), against.about().clone()];
    (DifferentialRun::new(Box::new(wrong), Box::new(against), Watch::Always, Level::Message), abouts)
}

fn generated(seed: u64, index: u64, length: usize) -> Program {
    let mut bytes = vec![0; length * 72];
    Seed(seed).fill(index, &mut bytes);
    let mut program = Program::default();
    Generator::new().program(&mut Source::new(&bytes), length, &mut program);
    program
}

/// The first program of a seed on which a change shows.
fn hit(differential: &mut DifferentialRun, seed: u64) -> Program {
    (0..300_000)
        .map(|index| generated(seed, index, 14))
        .find(|program| differential.replay(program).is_some())
        .expect("the change shows in some program")
}

/// The steps of a program whose last operation is of that kind, with the operation.
fn steps(program: &Program, kind: Kind) -> Vec<(usize, program::Operation)> {
    let last = |step: usize| program.step(step).last().cloned();
    let steps = (0..program.steps.len()).filter_map(|step| Some((step, last(step)?)));
    steps.filter(|(_, operation)| operation.kind == kind).collect()
}

/// A slice backwards over what was cast to `i` starts a byte too late.
fn backwards(program: &Program, seen: &mut [Observation]) {
    let mut cast: BTreeSet<u16> = BTreeSet::new();
    for (step, observation) in seen.iter_mut().enumerate() {
        let Some(operation) = program.step(step).last() else { continue };
        let is_cast = match (&operation.kind, operation.operands.get(1)) {
            (Kind::Cast, Some(Operand::Value(Value::Str(format)))) => format.trim_start_matches('@') == "i",
            _ => false,
        };
        if let (Kind::Get, Some(Operand::Name(name)), Some(Operand::Value(Value::Slice(parts)))) =
            (operation.kind, operation.operands.first(), operation.operands.get(1))
            && matches!(parts[2], Value::Int(..0))
            && cast.contains(name)
            && let Outcome::Value(Value::View(view)) = &mut observation.outcome
            && let Offset::At(offset) = &mut view.offset
        {
            *offset += 1;
        }
        if let Target::Name(name) = operation.target {
            let is_view = matches!(observation.outcome, Outcome::Value(Value::View(_)));
            if is_cast && is_view {
                cast.insert(name)
            } else {
                cast.remove(&name)
            };
        }
    }
}

/// `True` where 1 is right.
fn true_for_one_lie(program: &Program, seen: &mut [Observation]) {
    for (step, _) in steps(program, Kind::Get) {
        if let Some(Observation { outcome: Outcome::Value(value @ Value::Int(1)), .. }) = seen.get_mut(step) {
            *value = Value::Bool(true);
        }
    }
}

/// An index that is out of bounds has another text.
fn other_text(_: &Program, seen: &mut [Observation]) {
    for observation in seen {
        if let Outcome::Raised(Raised { message, .. }) = &mut observation.outcome
            && message.starts_with("index out of bounds")
        {
            *message = message.replace("bounds", "range");
        }
    }
}

/// Writing two or more items at once is lost.
fn lost_write(program: &Program, seen: &mut [Observation]) {
    for (step, operation) in steps(program, Kind::Set) {
        let Some(Operand::Value(Value::Slice(_))) = operation.operands.get(1) else { continue };
        let (before, after) = seen.split_at_mut(step);
        let Some(before) = before.iter().rev().find_map(|observation| observation.live.as_ref()) else { continue };
        let Some(live) = after.first_mut().and_then(|observation| observation.live.as_mut()) else { continue };
        for (name, state) in live {
            let former = before.iter().find(|(other, _)| other == name).map(|(_, state)| state);
            if let (Live::Exporter { content, .. }, Some(Live::Exporter { content: former, .. })) = (state, former)
                && content.iter().zip(former).filter(|(a, b)| a != b).count() > 1
            {
                *content = former.clone();
            }
        }
    }
}

/// Releasing a view does not give the lock back.
fn kept_lock(program: &Program, seen: &mut [Observation]) {
    for (step, _) in steps(program, Kind::Release) {
        if !seen.get(step).is_some_and(|seen| seen.outcome == Outcome::Value(Value::None)) {
            continue;
        }
        for (_, live) in seen.get_mut(step).and_then(|observation| observation.live.as_mut()).into_iter().flatten() {
            if let Live::Exporter { locked, .. } = live {
                *locked = true;
            }
        }
    }
}

/// A shape of three dimensions loses one.
fn flat(program: &Program, seen: &mut [Observation]) {
    for (step, _) in steps(program, Kind::Cast) {
        if let Some(Observation { outcome: Outcome::Value(Value::View(view)), .. }) = seen.get_mut(step)
            && view.shape.len() > 2
        {
            view.shape.pop();
            view.strides.pop();
        }
    }
}

fn count(program: &Program) -> usize {
    program.operations.len()
}

#[rstest]
#[case::backwards(backwards, 5, 3)]
#[case::true_for_one(true_for_one_lie, 2, 3)]
#[case::other_text(other_text, 3, 4)] // reading and writing, by an index and by a tuple
#[case::lost_write(lost_write, 4, 3)]
#[case::kept_lock(kept_lock, 3, 3)]
#[case::flat(flat, 2, 3)]
fn shrinking_keeps_the_signature_and_ends(#[case] change: Change, #[case] most: usize, #[case] buckets: usize) {
    let (mut differential, abouts) = differential(change);
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    let mut small = BTreeSet::new();
    for seed in 0..6 {
        let program = hit(&mut differential, seed);
        let symptom = differential.replay(&program).unwrap();
        let before = signature(names, &program, &symptom, Replay::traces(&differential));
        let shrunk = shrink(&mut differential, names, &program, Limits::default()).unwrap();
        let text = print::program(&shrunk.program);
        assert!(shrunk.signature.includes(&before), "{} for {before}: {text}", shrunk.signature);
        let symptom = differential.replay(&shrunk.program).unwrap();
        assert_eq!(symptom, shrunk.symptom);
        let after = signature(names, &shrunk.program, &symptom, Replay::traces(&differential));
        assert_eq!(after, shrunk.signature, "{text}");
        let again = shrink(&mut differential, names, &shrunk.program, Limits::default()).unwrap();
        assert_eq!(print::program(&again.program), text, "of {}", print::program(&program));
        assert_eq!(again.program, shrunk.program);
        println!("{before}\n{after}\n{} replays\n{text}", shrunk.replays);
        assert!(count(&shrunk.program) <= most, "{text}");
        small.insert((after, text));
    }
    // One defect is few buckets, and each has one smallest program.
    let signatures: BTreeSet<&Signature> = small.iter().map(|(signature, _)| signature).collect();
    assert!(signatures.len() <= buckets, "{signatures:?}");
}

/// Nothing but `None` comes of `tolist`, of some views.
fn nothing_listed(program: &Program, seen: &mut [Observation], is_wrong: fn(&ViewState) -> bool) {
    for (step, operation) in steps(program, Kind::ToList) {
        let Some(Operand::Name(name)) = operation.operands.first() else { continue };
        let binds = |step: &usize| program.step(*step).last().is_some_and(|last| last.target == Target::Name(*name));
        let bound = (0..step).rev().filter(binds).find_map(|step| match &seen.get(step)?.outcome {
            Outcome::Value(value) => Some(value),
            _ => None,
        });
        if matches!(bound, Some(Value::View(view)) if is_wrong(view))
            && let Some(Observation { outcome: Outcome::Value(value), .. }) = seen.get_mut(step)
        {
            *value = Value::None;
        }
    }
}

fn lists_nothing(program: &Program, seen: &mut [Observation]) {
    nothing_listed(program, seen, |_| true);
}

fn lists_no_floats(program: &Program, seen: &mut [Observation]) {
    nothing_listed(program, seen, |view| view.format.ends_with(['e', 'f', 'd']));
}

fn lists_no_gaps(program: &Program, seen: &mut [Observation]) {
    nothing_listed(program, seen, |view| view.strides.iter().any(|stride| *stride > view.itemsize));
}

/// Whatever the views of the programs are like, the signature names what the difference needs.
#[rstest]
#[case::nothing(lists_nothing, &[""])]
#[case::format(lists_no_floats, &[" {float}"])]
#[case::layout(lists_no_gaps, &[" {stepped}", " {n-d}"])]
fn a_signature_has_the_circumstances_that_are_needed(#[case] change: Change, #[case] circumstances: &[&str]) {
    let (mut differential, abouts) = differential(change);
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    let core = "wrong|reference value/type-of-value tolist of memoryview: NoneType for list";
    let mut met = BTreeSet::new();
    for seed in 0..6 {
        let program = hit(&mut differential, seed);
        let symptom = differential.replay(&program).unwrap();
        met.insert(signature(names, &program, &symptom, Replay::traces(&differential)));
        let shrunk = shrink(&mut differential, names, &program, Limits::default()).unwrap();
        let rest = shrunk.signature.as_str().strip_prefix(core);
        assert!(rest.is_some_and(|rest| circumstances.contains(&rest)), "{}", shrunk.signature);
    }
    assert!(met.len() > 1, "the programs have other circumstances: {met:?}");
}

/// A program is minimal if no operation of it can go.
#[test]
fn no_operation_can_go() {
    let (mut differential, abouts) = differential(backwards);
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    let shrunk = shrink(&mut differential, names, &hit(&mut duel_of(backwards), 3), Limits::default()).unwrap();
    for gone in 0..shrunk.program.operations.len() {
        let mut program = shrunk.program.clone();
        program.operations.remove(gone);
        program.steps.iter_mut().filter(|end| **end as usize > gone).for_each(|end| *end -= 1);
        let symptom = differential.replay(&program);
        assert!(symptom.is_none(), "without {gone}: {symptom:?}\n{}", print::program(&shrunk.program));
    }
}

fn duel_of(change: Change) -> DifferentialRun {
    differential(change).0
}

#[test]
fn limits_hold() {
    let (mut differential, abouts) = differential(backwards);
    let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
    let program = hit(&mut differential, 1);
    let limits = Limits { replays: 5, ..Limits::default() };
    let shrunk = shrink(&mut differential, names, &program, limits).unwrap();
    assert!(shrunk.replays <= 5);
    assert!(differential.replay(&shrunk.program).is_some());
}

/// A finding of each change, made once for all tests.
fn findings() -> &'static [(Change, Finding)] {
    static FINDINGS: OnceLock<Vec<(Change, Finding)>> = OnceLock::new();
    let find = |change: Change| {
        let (mut differential, abouts) = differential(change);
        let program = hit(&mut differential, 2);
        let mut finding = investigate(&mut differential, &abouts, &program, Limits::default()).unwrap();
        (finding.seed, finding.index) = (Some(2), Some(0));
        assert!(finding.stable);
        (change, finding)
    };
    FINDINGS.get_or_init(|| LIES.into_iter().map(find).collect())
}

fn true_for_one() -> &'static Finding {
    &findings()[1].1
}

const LIES: [Change; 6] = [backwards, true_for_one_lie, other_text, lost_write, kept_lock, flat];

#[test]
fn a_findings_case_loads_and_holds_on_the_reference() {
    for (change, finding) in findings() {
        let text = case_of(finding);
        let case = only_case(load_text("case.yaml", &text), &text);
        assert_eq!(case.id, finding.signature.slug());
        let mut trace = Trace::new();
        Reference::new(profile()).run(&case.program, Watch::Always, &mut trace).unwrap();
        assert_eq!(judge(&case, &trace, profile().version(), Level::Message.facets()), None, "{text}");
        assert!(text.contains("# wrong: "), "{text}");
        // What a wrong engine says of a view it does not say of the attributes that a case can ask for, nor of the contents.
        if !["shape", "contents"].iter().any(|facet| finding.signature.as_str().contains(facet)) {
            wrong(*change).run(&case.program, Watch::Always, &mut trace).unwrap();
            assert!(judge(&case, &trace, profile().version(), Level::Message.facets()).is_some(), "{text}");
        }
        // The case differs where the finding does.
        let (mut differential, abouts) = differential(*change);
        let symptom = differential.replay(&case.program).expect("it still differs");
        let names = (abouts[0].name.as_str(), abouts[1].name.as_str());
        assert_eq!(signature(names, &case.program, &symptom, Replay::traces(&differential)), finding.signature);
    }
}

fn only_case(suite: Suite, text: &str) -> cases::Case {
    let problems: Vec<String> = suite.problems.iter().map(|problem| problem.render(false)).collect();
    assert!(problems.is_empty(), "{}\n{text}", problems.join("\n"));
    suite.documents.into_iter().next().unwrap().cases.into_iter().next().unwrap()
}

#[test]
fn a_script_exits_0_where_all_is_as_expected() {
    if python().is_none() {
        return;
    }
    for (_, finding) in findings() {
        let text = script(finding);
        let (code, said) = python_on(&text);
        assert_eq!(code, Some(0), "{said}\n{text}");
        assert!(said.ends_with("as expected\n"), "{said}");
    }
}

#[test]
fn a_script_exits_1_where_anything_differs() {
    if python().is_none() {
        return;
    }
    for (_, finding) in findings() {
        // What should happen and what does are the other way round.
        let text = script(&Finding { expected: finding.actual.clone(), ..finding.clone() });
        let (code, said) = python_on(&text);
        assert_eq!(code, Some(1), "{said}\n{text}");
        assert!(said.contains("expected: ") && said.contains("actual:   "), "{said}");
    }
}

#[test]
fn scripts_of_any_programs_agree_with_the_python_that_they_model() {
    if python().is_none() {
        return;
    }
    let count: u64 = std::env::var("SCRIPTS").ok().and_then(|count| count.parse().ok()).unwrap_or(40);
    for index in 0..count {
        let Some(finding) = honest(&generated(5, index, 14), None) else { continue };
        let finding = Finding { symptom: difference(), ..finding };
        let text = script(&finding);
        let (code, said) = python_on(&text);
        assert_eq!(code, Some(0), "{index}: {said}\n{text}");
    }
}

/// `exporter` is made by the script itself, down to what it refuses.
#[rstest]
#[case("exporter(b'abcdefgh', format='h', shape=(2, 2), strides=(-4, 2), offset=4)")]
#[case("exporter(b'abcdefgh', shape=(2, 3), strides=[0, 2])")]
#[case("exporter(b'abcdefgh', format='<i', itemsize=4, readonly=True)")]
#[case("exporter(b'abcdefgh', format='d', shape=())")]
#[case("exporter(b'a', format='B', shape=(1,) * 65)")]
#[case("exporter(b'', format='i')")]
#[case(r"exporter(b'\x10\0\0\0\0\0\0\0\x12\0\0\0\0\0\0\0abcd', shape=(2, 2), strides=(8, 1), suboffsets=(0, -1))")]
fn a_script_makes_any_exporter(#[case] exporter: &str) {
    if python().is_none() {
        return;
    }
    let steps = [
        &format!("data = {exporter}"),
        "import array",
        "array.array('b').frombytes(data)",
        "bytes(data)",
        "view = memoryview(data)",
        "view.tolist()",
        "part = view[1:]",
        "part[0, 0] = 1",
        "part[0] = 1",
        "part.release()",
        "data[0]",
        "del data",
        "view.release()",
        "view = memoryview(bytearray(b'ab'))",
    ];
    let mut parser = program::Parser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    let program = parser.finish();
    let finding = Finding { symptom: difference(), ..honest(&program, None).unwrap() };
    let (code, said) = python_on(&script(&finding));
    assert_eq!(code, Some(0), "{said}");
    if exporter.contains("readonly") {
        return;
    }
    // Another state of the exporter, and nothing else.
    let change: Change = |_, steps| {
        for (_, live) in steps.iter_mut().flat_map(|step| step.live.iter_mut().flatten()) {
            if let Live::Exporter { locked, .. } = live {
                *locked = !*locked;
            }
        }
    };
    let finding = Finding { symptom: difference(), ..honest(&program, Some(change)).unwrap() };
    let (code, said) = python_on(&script(&finding));
    assert_eq!(code, Some(1), "{said}");
}

#[test]
fn a_script_of_a_crash_tells_how_the_process_ended() {
    if python().is_none() {
        return;
    }
    let finding = honest(&generated(5, 1, 6), None).unwrap();
    let text = script(&Finding { symptom: Symptom::Crash("SIGSEGV".into()), ..finding });
    let (code, said) = python_on(&text);
    assert_eq!(code, Some(0), "{said}");
    let text = text.replacen("def program():\n", "def program():\n    import os\n    os.abort()\n", 1);
    let (code, said) = python_on(&text);
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("it ended with -6"), "{said}");
}

#[test]
fn a_finding_is_kept_once_and_counted() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path().join("findings");
    let found = true_for_one();
    let mut store = Store::open(&dir).unwrap();
    let Kept::New(path) = store.keep(found).unwrap() else { panic!("it is new") };
    assert_eq!(path, dir.join(found.signature.slug()));
    assert_eq!(names(&path), ["case.yaml", "finding.json", "script.py"]);
    assert_eq!(store.keep(found).unwrap(), Kept::Again);
    store.add_count(&found.signature, 5);
    store.flush().unwrap();
    assert_eq!(names(&path), ["case.yaml", "finding.json", "script.py"]);
    let mut again = Store::open(&dir).unwrap();
    assert_eq!(again.count(&found.signature), 7);
    assert_eq!(again.keep(found).unwrap(), Kept::Again);
    assert_eq!(again.signatures().collect::<Vec<_>>(), [&found.signature]);
    let text = fs::read_to_string(path.join("finding.json")).unwrap();
    assert!(!text.contains(env!("CARGO_MANIFEST_DIR")), "{text}");
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

#[test]
#[ignore = "writes findings to be looked at, into the folder that FINDINGS names"]
fn findings_to_look_at() {
    let dir = std::env::var_os("FINDINGS").expect("FINDINGS names a folder");
    let mut store = Store::open(Path::new(&dir)).unwrap();
    findings().iter().for_each(|(_, found)| drop(store.keep(found).unwrap()));
}

#[test]
fn what_a_killed_process_left_is_cleared_away() {
    let folder = TempDir::new().unwrap();
    let dir = folder.path();
    let found = true_for_one();
    let Kept::New(path) = Store::open(dir).unwrap().keep(found).unwrap() else { panic!("it is new") };
    // No process has this id: the highest there can be is smaller.
    let half = dir.join(".viewcheck-4294967294-half");
    fs::create_dir(&half).unwrap();
    fs::write(half.join("case.yaml"), "cas").unwrap();
    fs::write(path.join(".viewcheck-4294967294-x"), "{").unwrap();
    fs::create_dir(dir.join("something-else")).unwrap();
    let store = Store::open(dir).unwrap();
    assert_eq!(store.signatures().count(), 1);
    assert_eq!(names(dir), ["something-else".to_owned(), found.signature.slug()]);
    assert_eq!(names(&path), ["case.yaml", "finding.json", "script.py"]);
}

/// A killed worker whose parent is dead too may stand in the table of processes for long.
#[cfg(target_os = "linux")]
#[test]
fn what_a_process_left_that_nobody_has_waited_for_is_cleared_away() {
    let folder = TempDir::new().unwrap();
    let mut process = Command::new("true").spawn().unwrap();
    let id = process.id();
    while !fs::read_to_string(format!("/proc/{id}/stat")).unwrap().contains(") Z ") {
        std::thread::sleep(std::time::Duration::from_millis(5));
    }
    fs::create_dir(folder.path().join(format!(".viewcheck-{id}-0-half"))).unwrap();
    Store::open(folder.path()).unwrap();
    assert!(Path::new(&format!("/proc/{id}")).exists(), "it stands there");
    assert_eq!(names(folder.path()), [""; 0]);
    process.wait().unwrap();
}

#[test]
fn a_folder_in_the_way_is_not_written_over() {
    let folder = TempDir::new().unwrap();
    let found = true_for_one();
    let slug = found.signature.slug();
    fs::create_dir(folder.path().join(&slug)).unwrap();
    fs::write(folder.path().join(&slug).join("mine"), "").unwrap();
    let mut store = Store::open(folder.path()).unwrap();
    assert_eq!(store.keep(found).unwrap(), Kept::New(folder.path().join(format!("{slug}-2"))));
}

#[test]
fn a_program_that_does_not_do_the_same_each_time_is_unstable() {
    struct Fickle(DifferentialRun, usize);
    impl Replay for Fickle {
        fn replay(&mut self, program: &Program) -> Option<Symptom> {
            self.1 += 1;
            if self.1.is_multiple_of(2) { self.0.replay(program) } else { None }
        }
        fn level(&self) -> Level {
            Level::Message
        }
        fn traces(&self) -> Option<(&Trace, &Trace)> {
            Some(self.0.traces())
        }
    }
    let (mut differential, abouts) = differential(true_for_one_lie);
    let program = hit(&mut differential, 1);
    let found = investigate(&mut Fickle(differential, 0), &abouts, &program, Limits::default()).unwrap();
    assert!(!found.stable);
    assert_eq!(found.program, program);
}

#[test]
fn what_ends_a_process_is_known_by_its_last_operation() {
    /// Ends at every `release`, and says nothing more.
    struct Fatal;
    impl Replay for Fatal {
        fn replay(&mut self, program: &Program) -> Option<Symptom> {
            let is_fatal = program.operations.iter().any(|operation| operation.kind == Kind::Release);
            is_fatal.then(|| Symptom::Crash("SIGSEGV".into()))
        }
        fn level(&self) -> Level {
            Level::Message
        }
    }
    let about = Reference::new(profile()).about().clone();
    let abouts = [About { name: "fatal".into(), ..about.clone() }, about];
    let program = (0..).map(|index| generated(9, index, 14)).find(|program| Fatal.replay(program).is_some()).unwrap();
    let found = investigate(&mut Fatal, &abouts, &program, Limits::default()).unwrap();
    assert_eq!(found.signature.as_str(), "fatal|reference crash/SIGSEGV release of memoryview");
    assert_eq!(print::program(&found.program), "view = memoryview()\nview.release()\n");
    assert!(found.expected.is_some());
    let case = case_of(&found);
    assert!(load_text("case.yaml", &case).problems.is_empty(), "{case}");
}

#[test]
fn a_promoted_finding_is_a_case_that_holds() {
    let folder = TempDir::new().unwrap();
    let (dir, cases) = (folder.path().join("findings"), folder.path().join("spec/regressions"));
    let mut store = Store::open(&dir).unwrap();
    let mut ids = BTreeSet::new();
    for (_, found) in findings() {
        let Kept::New(path) = store.keep(found).unwrap() else { panic!("it is new") };
        let Promoted::New(id, file) = promote(&path, &cases).unwrap() else { panic!("it is new") };
        assert_eq!(id, found.signature.slug());
        assert_eq!(file, cases.join(format!("{id}.yaml")));
        ids.insert(id.clone());
        let text = fs::read_to_string(&file).unwrap();
        let case = only_case(load(&[file]), &text);
        let mut trace = Trace::new();
        Reference::new(profile()).run(&case.program, Watch::Always, &mut trace).unwrap();
        assert_eq!(judge(&case, &trace, profile().version(), Level::Message.facets()), None, "{text}");
        assert_eq!(promote(&path, &cases).unwrap(), Promoted::Already(id));
    }
    assert_eq!(ids.len(), LIES.len());
    assert!(load(&[cases]).problems.is_empty());
}

#[test]
fn findings_cases_encoded_programs_and_raw_inputs_are_read() {
    let folder = TempDir::new().unwrap();
    let found = true_for_one();
    let Kept::New(path) = Store::open(folder.path()).unwrap().keep(found).unwrap() else { panic!("it is new") };
    for file in [path.clone(), path.join("finding.json")] {
        let inputs = read(&file, RAW).unwrap();
        assert_eq!(inputs[0].program, found.program);
        assert_eq!(inputs[0].signature(), Some(&found.signature));
    }
    assert!(read(&path.join("case.yaml"), RAW).unwrap()[0].case.is_some());
    let encoded = folder.path().join("encoded");
    fs::write(&encoded, encode(&found.program)).unwrap();
    assert_eq!(read(&encoded, RAW).unwrap()[0].program, found.program);
    let raw = folder.path().join("raw");
    let bytes: Vec<u8> = (0..200).map(|byte| byte as u8 ^ 0x5a).collect();
    fs::write(&raw, &bytes).unwrap();
    assert!(read(&raw, RAW).unwrap()[0].program.operations.len() > 1);
    assert!(decode(&bytes).is_err());
}

#[rstest]
#[case::nothing("nowhere", "", "can't read")]
#[case::empty("empty", "", "is empty")]
#[case::folder("", "", "is not the folder of a finding")]
#[case::script("script.py", "1", "is a Python script")]
#[case::record("finding.json", "{}", "is not a valid record of a finding")]
#[case::cases("case.yaml", "cases: 1", "expected a list")]
fn bad_input_is_explained(#[case] name: &str, #[case] text: &str, #[case] words: &str) {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join(name);
    if !name.is_empty() && name != "nowhere" {
        fs::write(&path, text).unwrap();
    }
    let error = read(&path, RAW).unwrap_err().to_string();
    assert!(error.contains(words), "{error}");
}

const KNOWN: &str = "
- signature: 'wrong|reference error/message get memoryview[index]: A for B'
  implementation: pypy
  version: '>=3.8, <4.0'
  reason: it is wrong
- cases: [some-case]
  implementation: reference
  reason: because
  link: https://example.org
";

#[test]
fn known_divergences_are_matched_by_implementation_and_version() {
    let folder = TempDir::new().unwrap();
    assert!(Known::load(&folder.path().join("nowhere")).unwrap().entries().is_empty());
    fs::write(folder.path().join("README.md"), "no list").unwrap();
    assert!(Known::load(folder.path()).unwrap().entries().is_empty());
    fs::write(folder.path().join("a.yaml"), KNOWN).unwrap();
    let known = Known::load(folder.path()).unwrap();
    assert_eq!(known.entries().len(), 2);
    let (_, [wrong, reference]) = differential(flat);
    let signature = Signature::from("wrong|reference error/message get memoryview[index]: A for B".to_owned());
    assert_eq!(known.matches(&signature, &wrong).unwrap().reason, "it is wrong");
    assert!(known.matches(&signature, &reference).is_none());
    let future = About { python: Version::new(4, 0, 0), ..wrong.clone() };
    assert!(known.matches(&signature, &future).is_none());
    // The version is the implementation's, and the engine may have any name.
    let own = About { implementation_version: Some("3.9.1".to_owned()), name: "pypy3".to_owned(), ..future.clone() };
    assert_eq!(known.unseen(&BTreeSet::new(), &own, &reference, Level::Type), std::slice::from_ref(&signature));
    let named = Signature::from("pypy3|reference error/message get memoryview[index]: A for B".to_owned());
    assert_eq!(known.matches(&named, &own).unwrap().reason, "it is wrong");
    assert_eq!(known.unseen(&BTreeSet::new(), &wrong, &reference, Level::Type), std::slice::from_ref(&signature));
    assert!(known.unseen(&BTreeSet::from([signature]), &wrong, &reference, Level::Type).is_empty());
    assert!(known.unseen(&BTreeSet::new(), &future, &reference, Level::Type).is_empty());
}

#[test]
fn mistakes_in_known_divergences_are_all_shown() {
    let folder = TempDir::new().unwrap();
    fs::write(folder.path().join("a.yaml"), "- {signature: a, implementation: pypy, reason: c, colour: red}\n")
        .unwrap();
    fs::write(folder.path().join("b.yaml"), "- {signature: a, implementation: pypy, reson: c}\n").unwrap();
    let error = Known::load(folder.path()).unwrap_err().to_string();
    for words in ["a.yaml:1:51", "unknown key `colour`", "b.yaml:1:40", "did you mean `reason`?"] {
        assert!(error.contains(words), "no {words} in:\n{error}");
    }
}
