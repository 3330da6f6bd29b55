//! Steps in any Python, on the embedded engine and on a process.

use crate::embedded::Embedded;
use crate::process::Process;
use crate::reference::Reference;
use crate::{Abi, Engine, Profile, RunError, Settings, Version, Watch};
use program::capability::SOURCE;
use program::{Live, Observation, Outcome, Program, SourceParser, Trace, Value};
use rstest::rstest;

fn program(steps: &[&str]) -> Program {
    let mut parser = SourceParser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    parser.finish()
}

/// The engines that run such programs.
fn engines() -> [Box<dyn Engine>; 2] {
    let settings = Settings { source: true, ..Settings::default() };
    let python = std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let process = Process::open_with(&format!("python={python}"), settings.limits(), &settings).unwrap();
    [Box::new(Embedded::open(&settings).unwrap()), Box::new(process)]
}

fn run(engine: &mut dyn Engine, steps: &[&str]) -> Vec<Observation> {
    let mut trace = Trace::new();
    engine.run(&program(steps), Watch::Always, &mut trace).unwrap();
    trace.observations().collect()
}

/// What each engine gives in the last step; both must give the same in every step.
fn last(steps: &[&str]) -> Observation {
    let [mut one, mut two] = engines();
    let (mut one, two) = (run(&mut *one, steps), run(&mut *two, steps));
    assert_eq!(one, two);
    one.pop().unwrap()
}

#[rstest]
#[case(&["def f(x):\n    return x + 1", "f(1)"], Value::Int(2))]
#[case(&["x = [y * y for y in range(3)]\nx.append(7); x"], Value::List([0, 1, 4, 7].map(Value::Int).into()))]
#[case(&["x = 1", "def f():\n    global x\n    x += 1", "f()", "x"], Value::Int(2))]
#[case(&["class C:\n    pass", "C()"], Value::Object("C".into()))]
#[case(&["*(1, 2), 3"], Value::Tuple([1, 2, 3].map(Value::Int).into()))]
#[case(&["__name__"], Value::Str("__main__".into()))]
#[case(&["if True:\n    x = 5", "x"], Value::Int(5))]
#[case(&["'é' \\\n'€'"], Value::Str("é€".into()))]
fn a_step_has_its_value(#[case] steps: &[&str], #[case] value: Value) {
    assert_eq!(last(steps).outcome, Outcome::Value(value));
}

#[rstest]
#[case(&["x = memoryview(b'a')\nx[9]"], "IndexError")]
#[case(&["return 1"], "SyntaxError")]
#[case(&["import sys", "sys.exit(3)"], "SystemExit")]
#[case(&["nowhere"], "NameError")]
#[case(&["x = nowhere"], "NameError")]
#[case(&["raise KeyboardInterrupt"], "KeyboardInterrupt")]
fn what_is_raised_is_seen(#[case] steps: &[&str], #[case] error: &str) {
    let Outcome::Raised(raised) = last(steps).outcome else { panic!("nothing is raised") };
    assert_eq!(raised.exception, error);
}

#[test]
fn a_statement_has_no_value() {
    assert_eq!(last(&["def f(): pass"]).outcome, Outcome::Nothing);
    assert_eq!(last(&["import array"]).outcome, Outcome::Nothing);
}

#[test]
fn what_is_printed_is_seen() {
    let steps = ["def f():\n    print('a')\n    print('b', end='')\n    raise ValueError", "import sys\nf()"];
    assert_eq!(last(&steps).printed, "a\nb");
}

#[test]
fn live_objects_are_those_of_the_names() {
    let steps = [
        "import array\ndef make():\n    return bytearray(b'ab')\nclass Box: pass",
        "data = make(); view = memoryview(data)[1:]\nbox = Box(); box.view = view",
        "view.release(); items = array.array('B', b'c'); raise ValueError",
    ];
    let live = last(&steps).live.unwrap();
    let program = program(&steps);
    let told: Vec<(&str, &Live)> = live.iter().map(|(name, live)| (program.name_text(*name), live)).collect();
    let exporter = |content: &[u8]| Live::Exporter { locked: false, content: content.into() };
    // A function, a class, and an object of it are not looked at, and neither is what the object holds.
    assert_eq!(
        told,
        [("data", &exporter(b"ab")), ("view", &Live::View { released: true }), ("items", &exporter(b"c"))]
    );
}

/// While a step runs, only the program keeps its objects alive.
#[test]
fn objects_die_within_a_step() {
    let seen = last(&["data = bytearray(2)\nview = memoryview(data)", "del view\ndata.append(1)\nlen(data)"]);
    assert_eq!(seen.outcome, Outcome::Value(Value::Int(3)));
    let seen = last(&["data = bytearray(2)\nview = memoryview(data)", "view = None\ndata.append(1)\nlen(data)"]);
    assert_eq!(seen.outcome, Outcome::Value(Value::Int(3)));
}

/// Neither names nor cycles, nor another output, are there for the next program.
#[test]
fn what_a_program_leaves_does_not_disturb_the_next() {
    for mut engine in engines() {
        let first = [
            "import gc, io, sys, weakref\ngc.enable()\nsys.stdout = io.StringIO()",
            "class Box: pass\nbox = Box(); box.box = box; box.make = lambda: box\nsys.seen = weakref.ref(box)",
        ];
        run(&mut *engine, &first);
        let seen = run(&mut *engine, &["import gc, sys\nprint('a')", "sys.seen() is None, gc.isenabled()", "box"]);
        assert_eq!(seen[0].printed, "a", "{}", engine.about().name);
        assert_eq!(seen[1].outcome, Outcome::Value(Value::Tuple([Value::Bool(true), Value::Bool(false)].into())));
        assert!(matches!(&seen[2].outcome, Outcome::Raised(raised) if raised.exception == "NameError"));
    }
}

#[test]
fn a_thread_that_ends_in_time_is_waited_for() {
    let steps = ["import threading, time\nthreading.Thread(target=time.sleep, args=(0.1,)).start()", "1"];
    assert_eq!(last(&steps).outcome, Outcome::Value(Value::Int(1)));
}

#[test]
fn a_thread_that_runs_on_is_an_error_of_the_program() {
    let [_, mut process] = engines();
    let endless = ["import threading, time\nthreading.Thread(target=time.sleep, args=(60,), daemon=True).start()"];
    let programs = [program(&["1"]), program(&endless), program(&["2"])];
    let mut ends = vec![];
    process.run_batch(&programs.each_ref(), Watch::Always, &mut |index, _, result| {
        ends.push((index, result.map_err(|error| error.to_string())));
    });
    let told = format!("the program is not well formed: {}", crate::process::LEFT_BEHIND);
    assert_eq!(ends, [(0, Ok(())), (1, Err(told)), (2, Ok(()))]);
}

#[test]
fn without_leave_no_such_program_runs() {
    let python = std::env::var("PYO3_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let settings = Settings::default();
    let mut process = Process::open_with(&format!("python={python}"), settings.limits(), &settings).unwrap();
    let mut embedded = Embedded::open(&settings).unwrap();
    let mut reference = Reference::new(Profile::new(Version::newest(), Abi::Lp64));
    let engines: [&mut dyn Engine; 3] = [&mut process, &mut embedded, &mut reference];
    for engine in engines {
        assert!(!engine.about().capabilities.contains(SOURCE));
        let programs = [program(&["1"]), program(&["import sys\nsys.left_behind = 1"])];
        let mut ends = 0;
        engine.run_batch(&programs.each_ref(), Watch::Always, &mut |_, trace, result| {
            assert!(matches!(result, Err(RunError::Unsupported { .. })) && trace.is_empty());
            ends += 1;
        });
        assert_eq!(ends, 2);
    }
}

#[test]
fn capabilities_are_found_by_trying() {
    for engine in engines() {
        for word in ["files", "sockets", "threads", SOURCE] {
            assert!(engine.about().capabilities.contains(word), "{word}");
        }
    }
}
