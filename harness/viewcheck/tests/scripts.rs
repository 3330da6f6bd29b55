//! Scripts of findings on a Python: for each kind of what a program can do, and without what some Pythons lack.

#[path = "common/scripts.rs"]
mod scripts;

use program::{Live, Offset, Outcome, Program, Raised, Value};
use rstest::rstest;
use scripts::{Change, difference, honest, python, python_on};
use std::fs;
use std::path::Path;
use viewcheck::compare::Level;
use viewcheck::findings::{Finding, script};

/// A program for each kind of value, view and exporter, and for what else a script is made of.
const KINDS: &[(&str, &str)] = &[
    (
        "numbers",
        "a = 1\nb = 1180591620717411303424\nc = -0.0\nd = float('nan')\ne = 1e300\nf = True\n-9007199254740992\nNone\n...",
    ),
    ("texts", "a = 'it\\'s'\nb = 'é€😀'\nc = b'\\x00\\xff'\nd = bytearray(b'ab')\ne = b''\nf = bytearray()\nrepr(d)"),
    ("containers", "a = [1, (2,), [], ()]\nb = slice(1, None, -1)\nmemoryview\niter(a)"),
    ("printed", "print('a', 1)\nprint()\nprint(bytearray(1))"),
    ("hash", "hash(b'ab')\nimport gc\ngc.collect()"),
    ("array", "import array\na = array.array('h', [1, 2])\nv = memoryview(a)\nv[0] = 5\nv.release()\na.append(1)"),
    (
        "view",
        "data = bytearray(b'abcdefgh')\nview = memoryview(data)[2:]\nview[::-2]\nview.cast('H')\nview.cast('B', (2, 3))\n[view[1:], (view[3:3],)]",
    ),
    ("addresses", "data = bytearray(8)\nrepr(memoryview(data))"),
    ("bytes", "data = b'ab'\nmemoryview(data)\nmemoryview(b'')\nview = memoryview(bytearray(b'cd'))[1:]"),
    ("released", "view = memoryview(b'ab')\nview.release()\nview\nview[0]\nview.nbytes"),
    ("with", "data = bytearray(2)\nwith memoryview(data) as view:\n    view[0] = 1\ndata.append(1)"),
    (
        "items",
        "data = bytearray(b'abc')\nview = memoryview(data)\nview[0]\nview[1] = 7\nview[1:] = b'xy'\ndata\nlen(view)\nlist(view)",
    ),
    ("errors", "data = b'ab'\ndata[5]\nmemoryview(1)\nmemoryview(data)[0] = 1\nnowhere\ndel nowhere"),
    ("in place", "data = bytearray(b'ab')\ndata += b'c'\ndel data[0]\ndel data"),
    ("hook", "data = bytearray(4)\nview = memoryview(data)\ntrap = hook(1)\ntrap.arm(view)\nview[trap]\ndata"),
    (
        "exporter",
        "data = exporter(b'abcdefgh', format='h', shape=(2, 2), strides=(-4, 2), offset=4)\nview = memoryview(data)\nview[1:]",
    ),
    (
        "pointers",
        "data = exporter(b'\\x10\\0\\0\\0\\0\\0\\0\\0\\x12\\0\\0\\0\\0\\0\\0\\0abcd', shape=(2, 2), strides=(8, 1), suboffsets=(0, -1))\nview = memoryview(data)\nview.tolist()",
    ),
    (
        "capi",
        "data = bytearray(b'ab')\nrequest(data, 0)\nrequest(memoryview(data), 284)\nget_contiguous(data, True, 'C')\nrequest(1, 0)",
    ),
];

fn kind(text: &str) -> Program {
    let mut parser = program::Parser::new();
    let mut lines = text.lines().peekable();
    while let Some(line) = lines.next() {
        let mut step = line.to_owned();
        while let Some(inner) = lines.next_if(|line| line.starts_with(' ')) {
            step += &format!("\n{inner}");
        }
        parser.step(&step).unwrap_or_else(|error| panic!("{step}: {error}"));
    }
    parser.finish()
}

/// The scripts of all kinds, by their names: some have no view and need no addresses.
fn all_scripts() -> Vec<(&'static str, String)> {
    let script_of = |(name, text): &(&'static str, &str)| {
        let finding = honest(&kind(text), None).unwrap_or_else(|| panic!("the reference does not model {name}"));
        (*name, script(&Finding { symptom: difference(), ..finding }))
    };
    KINDS.iter().map(script_of).collect()
}

#[test]
fn a_script_of_each_kind_agrees_with_the_python_that_it_models() {
    if python().is_none() {
        return;
    }
    for (name, text) in all_scripts() {
        let (code, said) = python_on(&text);
        assert_eq!(code, Some(0), "{name}: {said}\n{text}");
    }
}

#[test]
#[ignore = "writes scripts that any Python can run, into the folder that SCRIPTS_TO names"]
fn scripts_to_run() {
    let dir = std::env::var_os("SCRIPTS_TO").expect("SCRIPTS_TO names a folder");
    fs::create_dir_all(&dir).unwrap();
    for (name, text) in all_scripts() {
        fs::write(Path::new(&dir).join(format!("kind-{name}.py").replace(' ', "-")), text).unwrap();
    }
    let finding = honest(&kind("data = bytearray(b'ab')\nmemoryview(data)[1:]"), None).unwrap();
    fs::write(Path::new(&dir).join("kind-crash.py"), script(&finding)).unwrap();
}

/// What takes something away that a script observes with, and whether it then still finds a wrong offset and a wrong lock.
#[rstest]
#[case::all("", true, true)]
#[case::no_addresses("    find_memory = lambda: None\n", true, true)]
#[case::no_locks("    find_memory = lambda: None\n    lock_of_bytearray = lock_unknown\n", true, false)]
#[case::no_layout("    LOOKS[VIEW] = observe_view_partly\n    ATTRIBUTES = ()\n", true, true)]
#[case::no_attributes("    LOOKS[VIEW] = lambda view, depth: '{\"view\":{}}'\n", false, true)]
fn a_script_compares_what_can_be_observed(#[case] lacks: &str, #[case] sees_offset: bool, #[case] sees_lock: bool) {
    if python().is_none() {
        return;
    }
    let program = kind("data = bytearray(b'abcdefgh')\nview = memoryview(data)[::2]\n[view[1:]]");
    let offset: Change = |_, steps| {
        if let Some(Outcome::Value(Value::List(items))) = steps.last_mut().map(|step| &mut step.outcome)
            && let Some(Value::View(view)) = items.first_mut()
            && let Offset::At(offset) = &mut view.offset
        {
            *offset += 1;
        }
    };
    let lock: Change = |_, steps| {
        for (_, live) in steps.iter_mut().flat_map(|step| step.live.iter_mut().flatten()) {
            if let Live::Exporter { locked, .. } = live {
                *locked = !*locked;
            }
        }
    };
    for (change, is_seen) in [(None, false), (Some(offset), sees_offset), (Some(lock), sees_lock)] {
        let finding = honest(&program, change).unwrap();
        let text = script(&Finding { symptom: difference(), ..finding });
        let lacking = format!("__main__\":\n{}    prepare()\n", lacks);
        let text = text.replace("__main__\":\n    prepare()\n", &lacking);
        assert!(text.contains(&lacking));
        let (code, said) = python_on(&text);
        assert_eq!(code, Some(i32::from(is_seen)), "{said}\n{text}");
    }
}

/// What differs in the last error, and whether the script of a finding of that level sees it.
#[rstest]
#[case::text_at_message(Level::Message, "IndexError", true)]
#[case::text_at_type(Level::Type, "IndexError", false)]
#[case::type_at_type(Level::Type, "KeyError", true)]
#[case::type_at_value(Level::Value, "KeyError", false)]
fn a_script_compares_errors_at_the_level_of_its_finding(
    #[case] level: Level,
    #[case] exception: &str,
    #[case] is_seen: bool,
) {
    if python().is_none() {
        return;
    }
    let mut finding = honest(&kind("memoryview(b'abc')[3]"), None).unwrap();
    let last = finding.expected.as_mut().and_then(|steps| steps.last_mut()).unwrap();
    last.outcome = Outcome::Raised(Raised { exception: exception.to_owned(), message: "in other words".to_owned() });
    let (code, said) = python_on(&script(&Finding { symptom: difference(), level, ..finding }));
    assert_eq!(code, Some(i32::from(is_seen)), "{said}");
}
