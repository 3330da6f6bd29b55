//! Engines that are wrong on purpose, and how each change is caught: by checking a case, and by comparing traces.
//!
//! A wrong engine runs the reference and alters one thing of what it observed. If a comparison overlooked that thing, the
//! wrong engine would pass, and the test with it fail. Against the *case*: the case says otherwise. Against the *reference*:
//! the case leaves it open, and the reference saw something else.
//!
//! | change | kind | facet | caught against |
//! |---|---|---|---|
//! | a wrong value | value | value | case |
//! | a wrong item in a list | value | value | case |
//! | True for 1 | value | type of value | case |
//! | a tuple for a list | value | type of value | case |
//! | bytes for bytearray | value | type of value | case |
//! | bytes for bytearray, left open | value | type of value | reference |
//! | no value | value | value | case |
//! | a wrong print | value | printed | case |
//! | a print out of nowhere | value | printed | reference |
//! | a wrong format | value | format | reference |
//! | a wrong itemsize | value | itemsize | reference |
//! | a writable view made read-only | value | readonly | reference |
//! | a wrong error type | error | exception type | case |
//! | a wrong text | error | message | case |
//! | a wrong text, left open | error | message | reference |
//! | a missing error | error | a value instead of an error | case |
//! | an invented error | error | raised instead of a value | case |
//! | a missing step | error | missing step | case |
//! | a copy in place of an alias | aliasing | exporter | case |
//! | another object | aliasing | exporter | case |
//! | an alias one byte off | aliasing | offset | case |
//! | a wrong shape | aliasing | shape | reference |
//! | a wrong stride | aliasing | strides | reference |
//! | a wrong suboffset | aliasing | suboffsets | reference |
//! | a missed export lock | aliasing | lock | case |
//! | a lock too many | aliasing | lock | case |
//! | a lock that stays | aliasing | lock | reference |
//! | an early release | aliasing | released | reference |
//! | a released view given | aliasing | released | case |
//! | a changed bystander | aliasing | contents | reference |
//! | a write that is lost | aliasing | contents | reference |
//! | an object that vanished | aliasing | objects alive | reference |

use cases::{Case, load_text};
use engine::reference::Reference;
use engine::{Abi, About, Engine, Facets, Profile, Role, RunError, Version, Watch};
use program::{Live, Observation, Offset, Outcome, Program, Raised, Root, Trace, Value, ViewState};
use rstest::rstest;
use viewcheck::check::{Against, EnginesUnderTest, Judged};
use viewcheck::compare::{Level, LevelFacets, compare};
use viewcheck::difference::{Facet, Kind};
use viewcheck::differential::{DifferentialRun, Result as Outcomes};

const CASE: &str = r"
cases:
  - id: window
    section: changes
    claim: a case that says much, but not all
    verdict: confirmed
    steps:
      - run: data = bytearray(b'abcdefgh')
      - run: other = bytearray(b'xyz')
      - run: view = memoryview(data)
        shares: data[0]
        locks: [data]
      - {run: 'part = view[2:6:2]', shares: 'data[2]'}
      - {run: part.tolist(), gives: '[99, 101]'}
      - {run: view.ndim, gives: 1}
      - {run: 'data[2:4]', type: bytearray}
      - run: data[4:6]
      - {run: 'part[9]', raises: IndexError, message: index out of bounds on dimension 1}
      - {run: 'part[True, 0]', raises: TypeError}
      - run: view[0] = 90
      - {run: print(len(part)), prints: 2}
      - run: |
          part.release()
          view.release()
";

type Seen = Vec<Observation>;
type Change = fn(&mut Seen);

struct WrongEngine {
    honest: Reference,
    about: About,
    change: Change,
}

impl WrongEngine {
    /// A wrong engine that does not see some facets.
    fn blind(change: Change, unseen: &[Facet]) -> WrongEngine {
        let mut wrong = WrongEngine::new(change);
        wrong.about.sees = unseen.iter().fold(wrong.about.sees, |sees, facet| sees.without(*facet));
        wrong
    }

    fn new(change: Change) -> WrongEngine {
        let honest = Reference::new(profile());
        let about = About {
            name: "wrong".into(),
            implementation: "wrong".into(),
            role: Role::Tested,
            ..honest.about().clone()
        };
        WrongEngine { honest, about, change }
    }
}

impl Engine for WrongEngine {
    fn about(&self) -> &About {
        &self.about
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        let mut truth = Trace::new();
        self.honest.run(program, watch, &mut truth)?;
        let mut observations: Vec<Observation> = truth.observations().collect();
        (self.change)(&mut observations);
        trace.clear();
        observations.iter().for_each(|observation| trace.write_observation(observation));
        Ok(())
    }
}

fn profile() -> Profile {
    Profile::new(Version::new(3, 13, 0), Abi::Lp64)
}

fn case() -> Case {
    let mut suite = load_text("changes.yaml", CASE);
    assert!(suite.problems.is_empty(), "{:?}", suite.problems);
    suite.documents.remove(0).cases.remove(0)
}

fn give(observation: &mut Observation, value: Value) {
    observation.outcome = Outcome::Value(value);
}

fn raise(observation: &mut Observation, exception: &str, message: &str) {
    observation.outcome = Outcome::Raised(Raised { exception: exception.into(), message: message.into() });
}

fn view(observation: &mut Observation) -> &mut ViewState {
    match &mut observation.outcome {
        Outcome::Value(Value::View(view)) => view,
        other => panic!("not a view: {other:?}"),
    }
}

fn live(observation: &mut Observation, name: u16) -> &mut Live {
    let live = observation.live.as_mut().expect("the state is observed");
    &mut live.iter_mut().find(|(other, _)| *other == name).expect("the object is alive").1
}

fn lock(observation: &mut Observation, name: u16, value: bool) {
    match live(observation, name) {
        Live::Exporter { locked, .. } => *locked = value,
        other => panic!("not an exporter: {other:?}"),
    }
}

fn hold(observation: &mut Observation, name: u16, bytes: &[u8]) {
    match live(observation, name) {
        Live::Exporter { content, .. } => *content = bytes.into(),
        other => panic!("not an exporter: {other:?}"),
    }
}

const DATA: u16 = 0;
const OTHER: u16 = 1;
const PART: u16 = 3;

#[rstest]
#[case::value("a wrong value", |seen: &mut Seen| give(&mut seen[5], Value::Int(2)), Facet::Value, Against::Case)]
#[case::item("a wrong item in a list", |seen: &mut Seen| give(&mut seen[4], Value::List(vec![Value::Int(99), Value::Int(100)])), Facet::Value, Against::Case)]
#[case::bool("True for 1", |seen: &mut Seen| give(&mut seen[5], Value::Bool(true)), Facet::Type, Against::Case)]
#[case::tuple("a tuple for a list", |seen: &mut Seen| give(&mut seen[4], Value::Tuple(vec![Value::Int(99), Value::Int(101)])), Facet::Type, Against::Case)]
#[case::bytes("bytes for bytearray", |seen: &mut Seen| give(&mut seen[6], Value::Bytes((*b"cd").into())), Facet::Type, Against::Case)]
#[case::open_bytes("bytes for bytearray, left open", |seen: &mut Seen| give(&mut seen[7], Value::Bytes((*b"ef").into())), Facet::Type, Against::Reference)]
#[case::nothing("no value", |seen: &mut Seen| seen[5].outcome = Outcome::Nothing, Facet::Value, Against::Case)]
#[case::print("a wrong print", |seen: &mut Seen| seen[11].printed = "3".into(), Facet::Printed, Against::Case)]
#[case::open_print("a print out of nowhere", |seen: &mut Seen| seen[10].printed = "90".into(), Facet::Printed, Against::Reference)]
#[case::format("a wrong format", |seen: &mut Seen| view(&mut seen[3]).format = "b".into(), Facet::Format, Against::Reference)]
#[case::itemsize("a wrong itemsize", |seen: &mut Seen| view(&mut seen[3]).itemsize = 2, Facet::Itemsize, Against::Reference)]
#[case::readonly("a writable view made read-only", |seen: &mut Seen| view(&mut seen[3]).readonly = true, Facet::Readonly, Against::Reference)]
#[case::exception("a wrong error type", |seen: &mut Seen| raise(&mut seen[8], "ValueError", "index out of bounds on dimension 1"), Facet::Exception, Against::Case)]
#[case::message("a wrong text", |seen: &mut Seen| raise(&mut seen[8], "IndexError", "index out of bounds on dimension 2"), Facet::Message, Against::Case)]
#[case::open_message("a wrong text, left open", |seen: &mut Seen| raise(&mut seen[9], "TypeError", "no"), Facet::Message, Against::Reference)]
#[case::no_error("a missing error", |seen: &mut Seen| give(&mut seen[8], Value::Int(0)), Facet::NotRaised, Against::Case)]
#[case::error("an invented error", |seen: &mut Seen| raise(&mut seen[7], "BufferError", "no"), Facet::Raised, Against::Case)]
#[case::step("a missing step", |seen: &mut Seen| drop(seen.pop()), Facet::Missing, Against::Case)]
#[case::copy("a copy in place of an alias", |seen: &mut Seen| view(&mut seen[3]).root = Root::Unnamed("bytearray".into()), Facet::Exporter, Against::Case)]
#[case::object("another object", |seen: &mut Seen| view(&mut seen[3]).root = Root::Named(OTHER), Facet::Exporter, Against::Case)]
#[case::offset("an alias one byte off", |seen: &mut Seen| view(&mut seen[3]).offset = Offset::At(3), Facet::Offset, Against::Case)]
#[case::shape("a wrong shape", |seen: &mut Seen| view(&mut seen[3]).shape = vec![3], Facet::Shape, Against::Reference)]
#[case::stride("a wrong stride", |seen: &mut Seen| view(&mut seen[3]).strides = vec![1], Facet::Strides, Against::Reference)]
#[case::suboffset("a wrong suboffset", |seen: &mut Seen| view(&mut seen[3]).suboffsets = vec![0], Facet::Suboffsets, Against::Reference)]
#[case::no_lock("a missed export lock", |seen: &mut Seen| lock(&mut seen[2], DATA, false), Facet::Lock, Against::Case)]
#[case::lock("a lock too many", |seen: &mut Seen| lock(&mut seen[2], OTHER, true), Facet::Lock, Against::Case)]
#[case::open_lock("a lock that stays", |seen: &mut Seen| lock(&mut seen[12], DATA, true), Facet::Lock, Against::Reference)]
#[case::release("an early release", |seen: &mut Seen| *live(&mut seen[4], PART) = Live::View { released: true }, Facet::Released, Against::Reference)]
#[case::released("a released view given", |seen: &mut Seen| view(&mut seen[3]).released = true, Facet::Released, Against::Case)]
#[case::bystander("a changed bystander", |seen: &mut Seen| hold(&mut seen[10], OTHER, b"xyZ"), Facet::Contents, Against::Reference)]
#[case::lost("a write that is lost", |seen: &mut Seen| hold(&mut seen[10], DATA, b"abcdefgh"), Facet::Contents, Against::Reference)]
#[case::vanished("an object that vanished", |seen: &mut Seen| drop(seen[10].live.as_mut().map(|live| live.remove(0))), Facet::Alive, Against::Reference)]
fn a_change_is_caught(#[case] change: &str, #[case] tell: Change, #[case] facet: Facet, #[case] against: Against) {
    let case = case();

    let mut under_test =
        EnginesUnderTest::new(vec![Box::new(Reference::new(profile())), Box::new(WrongEngine::new(tell))]);
    let judged = under_test.check(&case, Level::Message).judged;
    assert_eq!(judged[0], Judged::Pass);
    let Judged::Fail { difference, against: caught } = &judged[1] else { panic!("not caught: {judged:?}") };
    assert_eq!((difference.facet, *caught), (facet, against), "{difference:?}");
    assert_ne!(difference.expected, difference.actual);

    let (mut truth, mut changed) = (Trace::new(), Trace::new());
    Reference::new(profile()).run(&case.program, Watch::Always, &mut truth).unwrap();
    WrongEngine::new(tell).run(&case.program, Watch::Always, &mut changed).unwrap();
    let difference = compare(&case.program, &truth, &changed, Level::Message.facets()).expect("the comparison saw it");
    assert_eq!(difference.facet, facet, "{difference:?}");
    assert_ne!(difference.expected, difference.actual);

    // Who does not see it can't be wrong about it. That a step ran and whether it raised is always seen.
    let blind = || Box::new(WrongEngine::blind(tell, &[facet]));
    let judged = &EnginesUnderTest::new(vec![Box::new(Reference::new(profile())), blind()])
        .check(&case, Level::Message)
        .judged[1];
    let outcome = DifferentialRun::new(blind(), Box::new(Reference::new(profile())), Watch::Always, Level::Message)
        .run(&case.program);
    match facet.is_always_seen() {
        false => assert_eq!((judged, outcome), (&Judged::Pass, Outcomes::Agree)),
        true => assert!(judged.is_bad() && matches!(outcome, Outcomes::Differ(_)), "{judged:?}, {outcome:?}"),
    }

    let against = if against == Against::Case { "case" } else { "reference" };
    let row = format!("//! | {change} | {} | {facet} | {against} |\n", Kind::from(facet));
    print!("{row}");
    assert!(include_str!("wrong_engines.rs").contains(&row), "the table above lacks {row}");
}

#[rstest]
#[case::after_a_text(&[Facet::Message], |seen: &mut Seen| { raise(&mut seen[9], "TypeError", "no"); hold(&mut seen[10], OTHER, b"xyZ") }, Facet::Contents)]
#[case::a_text_after_a_type(&[Facet::Exception], |seen: &mut Seen| raise(&mut seen[8], "ValueError", "no"), Facet::Message)]
#[case::a_value_after_a_type(&[Facet::Type], |seen: &mut Seen| give(&mut seen[4], Value::List(vec![Value::Float(99.0), Value::Int(1)])), Facet::Value)]
#[case::a_shape_after_an_offset(&[Facet::Offset], |seen: &mut Seen| { view(&mut seen[3]).offset = Offset::At(3); view(&mut seen[3]).shape = vec![3] }, Facet::Shape)]
#[case::a_shape_outside_the_memory(&[Facet::Offset], |seen: &mut Seen| { view(&mut seen[3]).offset = Offset::Outside; view(&mut seen[3]).shape = vec![3] }, Facet::Shape)]
#[case::an_offset_in_a_copy(&[Facet::Exporter], |seen: &mut Seen| { view(&mut seen[3]).root = Root::Named(OTHER); view(&mut seen[3]).offset = Offset::At(3) }, Facet::Offset)]
#[case::a_format_after_a_shape(&[Facet::Shape, Facet::Strides], |seen: &mut Seen| { view(&mut seen[3]).shape = vec![3]; view(&mut seen[3]).strides = vec![1]; view(&mut seen[3]).format = "b".into() }, Facet::Format)]
#[case::contents_after_a_lock(&[Facet::Lock], |seen: &mut Seen| { lock(&mut seen[10], DATA, false); hold(&mut seen[10], DATA, b"abcdefgh") }, Facet::Contents)]
#[case::a_lock_after_an_object(&[Facet::Alive], |seen: &mut Seen| { seen[10].live.as_mut().expect("observed").remove(1); lock(&mut seen[10], DATA, false) }, Facet::Lock)]
#[case::contents_after_a_print(&[Facet::Printed], |seen: &mut Seen| { seen[10].printed = "90".into(); hold(&mut seen[10], DATA, b"abcdefgh") }, Facet::Contents)]
fn what_is_not_seen_hides_nothing_else(#[case] unseen: &[Facet], #[case] tell: Change, #[case] facet: Facet) {
    let engines: Vec<Box<dyn Engine>> =
        vec![Box::new(Reference::new(profile())), Box::new(WrongEngine::blind(tell, unseen))];
    match &EnginesUnderTest::new(engines).check(&case(), Level::Message).judged[1] {
        Judged::Fail { difference, .. } => assert_eq!(difference.facet, facet, "{difference:?}"),
        judged => panic!("{judged:?}"),
    }
}

/// What an engine can't tell of one view hides nothing else, and is no difference.
#[test]
fn a_place_that_is_not_known_is_no_difference() {
    let unknown: Change = |seen| view(&mut seen[3]).offset = Offset::Unknown;
    let judged = |change| {
        let engines: Vec<Box<dyn Engine>> =
            vec![Box::new(Reference::new(profile())), Box::new(WrongEngine::new(change))];
        EnginesUnderTest::new(engines).check(&case(), Level::Message).judged[1].clone()
    };
    assert_eq!(judged(unknown), Judged::Pass);
    let facet = |judged| match judged {
        Judged::Fail { difference, .. } => difference.facet,
        judged => panic!("{judged:?}"),
    };
    let elsewhere: Change = |seen| {
        let view = view(&mut seen[3]);
        (view.offset, view.root) = (Offset::Unknown, Root::Named(OTHER));
    };
    assert_eq!(facet(judged(elsewhere)), Facet::Exporter);
    let longer: Change = |seen| {
        let view = view(&mut seen[3]);
        (view.offset, view.shape) = (Offset::Unknown, vec![3]);
    };
    assert_eq!(facet(judged(longer)), Facet::Shape);
    let engines: [Box<dyn Engine>; 2] = [Box::new(WrongEngine::new(unknown)), Box::new(Reference::new(profile()))];
    let [engine, against] = engines;
    assert_eq!(
        DifferentialRun::new(engine, against, Watch::Always, Level::Message).run(&case().program),
        Outcomes::Agree
    );
}

/// An engine that does everything right, but forgets a reference in every run.
struct Leaky(WrongEngine);

impl Engine for Leaky {
    fn about(&self) -> &About {
        self.0.about()
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), RunError> {
        self.0.run(program, watch, trace)
    }

    fn leaks(&mut self, _program: &Program) -> usize {
        1
    }
}

#[test]
fn a_leak_is_caught_where_leaks_are_seen() {
    let mut leaky = WrongEngine::new(|_| {});
    leaky.about.sees = Facets::ALL;
    let mut under_test = EnginesUnderTest::new(vec![Box::new(Leaky(leaky)), Box::new(Leaky(WrongEngine::new(|_| {})))]);
    match under_test.check(&case(), Level::Message).judged.as_slice() {
        [Judged::Fail { difference, .. }, Judged::Pass] => assert_eq!(difference.facet, Facet::Leak),
        judged => panic!("{judged:?}"),
    }
}

#[test]
fn the_truth_passes() {
    let mut under_test =
        EnginesUnderTest::new(vec![Box::new(Reference::new(profile())), Box::new(WrongEngine::new(|_| ()))]);
    assert_eq!(under_test.check(&case(), Level::Message).judged, [Judged::Pass, Judged::Pass]);
}

#[rstest]
#[case::any_error(|seen: &mut Seen| raise(&mut seen[8], "ValueError", "no"), Level::Value)]
#[case::any_text(|seen: &mut Seen| raise(&mut seen[8], "IndexError", "no"), Level::Type)]
fn a_level_leaves_errors_open(#[case] tell: Change, #[case] level: Level) {
    let mut under_test =
        EnginesUnderTest::new(vec![Box::new(Reference::new(profile())), Box::new(WrongEngine::new(tell))]);
    assert_eq!(under_test.check(&case(), level).judged[1], Judged::Pass);
    assert_ne!(under_test.check(&case(), Level::Message).judged[1], Judged::Pass);
}

#[test]
fn a_lenient_comparison_goes_on_after_a_step_that_it_forgives() {
    let change: Change = |seen| {
        raise(&mut seen[8], "ValueError", "no");
        hold(&mut seen[10], OTHER, b"xyZ");
    };
    let mut under_test =
        EnginesUnderTest::new(vec![Box::new(Reference::new(profile())), Box::new(WrongEngine::new(change))]);
    let judged = &under_test.check(&case(), Level::Value).judged[1];
    assert!(matches!(judged, Judged::Fail { difference, .. } if difference.facet == Facet::Contents), "{judged:?}");
}
