//! Findings as scripts, which a Python runs.

use super::findings;
use super::lies::generated;
use super::scripts::{Change, difference, honest, python, python_on};
use program::Live;
use rstest::rstest;
use viewcheck::findings::{Finding, Symptom, script};

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
