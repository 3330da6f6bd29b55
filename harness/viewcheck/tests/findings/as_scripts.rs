//! Findings as scripts, which a Python runs.

use super::findings;
use super::lies::generated;
use super::scripts::{Change, difference, honest, profile, python, python_on};
use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use program::{Live, print};
use rstest::rstest;
use viewcheck::compare::Level;
use viewcheck::differential::DifferentialRun;
use viewcheck::findings::{Finding, Limits, Plain, Replay, Symptom, investigate, issue, repro, script};

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

/// Findings of this Python against an older one, one of each signature, that a few lines of Python show.
fn plain_findings(most: usize) -> Vec<Finding> {
    let old = Profile::new(Version::new(3, 8, 18), Abi::Lp64);
    let engines = [Reference::new(profile()), Reference::new(old)];
    let abouts = engines.each_ref().map(|engine| engine.about().clone());
    let [new, old] = engines.map(Box::new);
    let mut differential = DifferentialRun::new(new, old, Watch::Always, Level::Message);
    let programs = (0..).map(|index| generated(3, index, 14)).take(20_000);
    let mut found: Vec<Finding> = vec![];
    for program in programs {
        if found.len() == most {
            break;
        }
        let finding = differential.replay(&program).and_then(|_| {
            let limits = Limits { replays: 2000, ..Limits::default() };
            investigate(&mut differential, &abouts, &program, limits)
        });
        let is_new = |finding: &Finding| found.iter().all(|other| other.signature != finding.signature);
        found.extend(finding.filter(|finding| finding.plain.is_some() && is_new(finding)));
    }
    found
}

/// A few lines of Python show a difference, on the Python that has it and on no other.
#[test]
fn a_repro_exits_with_1_where_it_differs_and_with_0_elsewhere() {
    let found = plain_findings(12);
    assert_eq!(found.len(), 12);
    for finding in found {
        let text = repro(&finding).unwrap();
        assert!(text.lines().count() <= 25, "{text}");
        assert!(issue(&finding).contains(text.trim()), "{text}");
        if python().is_none() {
            continue;
        }
        let (code, said) = python_on(&text);
        assert_eq!(code, Some(1), "{said}\n{text}");
        assert!(said.starts_with("expected: ") && said.contains("\nactual:   "), "{said}");
        let mut other = finding.clone();
        let plain = other.plain.as_mut().unwrap();
        let (expected, actual) = (plain.expected.as_mut().unwrap(), plain.actual.as_mut().unwrap());
        std::mem::swap(&mut expected.last_mut().unwrap().outcome, actual);
        let text = repro(&other).unwrap();
        let (code, said) = python_on(&text);
        assert_eq!(code, Some(0), "{said}\n{text}");
    }
}

/// Without the machinery, a process that ends is all that there is to see.
#[test]
fn a_repro_of_a_crash_is_the_program() {
    let program = generated(5, 1, 6);
    let plain = Plain { program: program.clone(), expected: None, actual: None };
    let finding = Finding { symptom: Symptom::Crash("SIGSEGV".into()), ..honest(&program, None).unwrap() };
    let finding = Finding { plain: Some(plain), ..finding };
    let text = repro(&finding).unwrap();
    assert!(text.contains(&print::program(&program)) && text.ends_with("print('as expected')\n"), "{text}");
    assert!(issue(&finding).contains("SIGSEGV"), "{}", issue(&finding));
}

/// Objects that act when they are asked are a class in it, with what the program needs of it.
#[rstest]
#[case("h = hook(1)", "def __init__(self, answer):", "releases")]
#[case("h = hook(1, view)", "def __init__(self, answer, releases):", "appends")]
#[case("h = hook(1, appends=data)", "def __init__(self, answer, appends):", "if self")]
#[case("h = hook(1); h.arm(appends=data)", "    def arm(self, appends=None):", "releases")]
fn a_repro_defines_hooks(#[case] step: &str, #[case] has: &str, #[case] lacks: &str) {
    let mut parser = program::Parser::new();
    let steps = ["data = bytearray(b'ab')", "view = memoryview(data)", step, "view[h]"];
    steps.iter().for_each(|step| parser.step(step).unwrap());
    let program = parser.finish();
    let finding = Finding { symptom: difference(), ..honest(&program, None).unwrap() };
    let expected = finding.expected.clone();
    let plain = Plain { program, actual: expected.as_ref().map(|all| all.last().unwrap().outcome.clone()), expected };
    let text = repro(&Finding { plain: Some(plain), ..finding }).unwrap();
    assert!(text.contains(has) && !text.contains(lacks), "{text}");
    if python().is_some() {
        let (code, said) = python_on(&text);
        assert_eq!(code, Some(0), "{said}\n{text}");
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
