use super::*;
use crate::campaign::{LENGTH, Recipe};
use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use program::Parser;
use std::collections::BTreeSet;
use std::time::{Duration, Instant};

fn reference() -> Reference {
    Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64))
}

/// The behaviours of a program that the reference runs.
fn shown(steps: &[&str]) -> BTreeSet<u32> {
    let mut parser = Parser::new();
    steps.iter().for_each(|step| parser.step(step).unwrap());
    let (program, mut trace, mut found) = (parser.finish(), Trace::new(), vec![]);
    reference().run(&program, Watch::End, &mut trace).unwrap();
    features(&program, &trace, &mut found);
    assert!(found.iter().all(|feature| *feature < SPACE));
    found.into_iter().collect()
}

/// How many behaviours of the first program the second one does not show.
fn missing(one: &[&str], two: &[&str]) -> usize {
    shown(one).difference(&shown(two)).count()
}

#[test]
fn what_hardly_matters_makes_no_difference() {
    let one = ["d = bytearray(b'abcdef')", "v = memoryview(d)", "w = v[1:4]", "w.tolist()"];
    let two = ["d = bytearray(b'abcdefgh')", "v = memoryview(d)", "w = v[1:5]", "w.tolist()"];
    assert_eq!(shown(&one), shown(&two));
    // Nor does it how the variables are called, nor what happens to others.
    let other = ["x = bytearray(b'abcdef')", "y = memoryview(x)", "z = y[1:4]", "z.tolist()"];
    assert_eq!(shown(&one), shown(&other));
}

#[test]
fn what_matters_makes_a_difference() {
    let first = "d = bytearray(b'abcdefgh')";
    let with = |steps: &[&'static str]| {
        let mut all = vec![first, "v = memoryview(d)"];
        all.extend_from_slice(steps);
        all
    };
    for (one, two) in [
        // The operation, its outcome, the error.
        (with(&["v.tolist()"]), with(&["v.tobytes()"])),
        (with(&["v[1]"]), with(&["v[0]"])),
        (with(&["v[9]"]), with(&["v[1]"])),
        (with(&["v['a']"]), with(&["v[9]"])),
        // Format, dimensions, contiguity, read-only.
        (with(&["w = v.cast('h')", "w.tolist()"]), with(&["w = v.cast('f')", "w.tolist()"])),
        (with(&["w = v.cast('h')", "w.tolist()"]), with(&["w = v.cast('i')", "w.tolist()"])),
        (with(&["w = v.cast('B', [2, 4])", "w.tolist()"]), with(&["w = v.cast('B', [8])", "w.tolist()"])),
        (with(&["w = v[::2]", "w.tolist()"]), with(&["w = v[0:4]", "w.tolist()"])),
        (with(&["w = v[::-1]", "w.tolist()"]), with(&["w = v[::2]", "w.tolist()"])),
        (with(&["w = v.toreadonly()", "w.tolist()"]), with(&["w = v[:]", "w.tolist()"])),
        // Operands.
        (with(&["v.cast('q')"]), with(&["v.cast('d')"])),
        (with(&["v[1:2] = b'a'"]), with(&["v[2:1] = b''"])),
        // Whether memory is locked or shared.
        (with(&["v.release()", "d.append(1)"]), with(&["d.append(1)"])),
        (with(&["w = v[1:]", "v.release()", "d[0]"]), with(&["w = v[1:]", "w.release()", "v.release()", "d[0]"])),
        (with(&["w = v[:]", "v == w"]), with(&["e = bytearray(2)", "w = memoryview(e)", "v == w"])),
        // One after the other.
        (with(&["v.tolist()", "v.release()", "v.tolist()"]), with(&["v.tolist()", "v.release()"])),
        (with(&["iter(v)", "v.tolist()"]), with(&["v.tolist()", "iter(v)"])),
    ] {
        assert!(missing(&one, &two) > 0, "{one:?} and {two:?}");
    }
}

#[test]
fn what_runs_inside_is_seen_with_its_depth() {
    let class = "class C:\n    def __init__(self, v):\n        self.v = v\n    def __index__(self):\n        self.v.release()\n        return 0";
    let steps = |class, rest: &[&'static str]| {
        let mut all = vec!["v = memoryview(bytearray(4))", class, "c = C(v)"];
        all.extend_from_slice(rest);
        all
    };
    let harmless = "class C:\n    def __init__(self, v):\n        self.v = v\n    def __index__(self):\n        self.v.tolist()\n        return 0";
    let (one, two) = (steps(class, &["v[c]"]), steps(harmless, &["v[c]"]));
    assert!(missing(&one, &two) > 0 && missing(&two, &one) > 0);
    // In a block it is the same operation, at another depth.
    let block = ["v = memoryview(bytearray(4))", "if v:\n    v.release()"];
    let loose = ["v = memoryview(bytearray(4))", "if v:\n    v.tolist()"];
    assert!(missing(&block, &loose) > 0);
}

#[test]
fn of_steps_that_were_not_run_there_are_no_behaviours() {
    let mut parser = Parser::new();
    ["d = bytearray(2)", "d[0]", "d[1]"].iter().for_each(|step| parser.step(step).unwrap());
    let (program, mut trace, mut whole, mut part) = (parser.finish(), Trace::new(), vec![], vec![]);
    reference().run(&program, Watch::End, &mut trace).unwrap();
    features(&program, &trace, &mut whole);
    reference().run(&program.prefix(2), Watch::End, &mut trace).unwrap();
    features(&program, &trace, &mut part);
    assert_eq!(part, whole[..part.len()]);
    assert!(part.len() < whole.len());
}

/// Too few behaviours guide nowhere; with too many every program is kept.
#[test]
fn generated_programs_show_new_behaviours_less_and_less() {
    let (mut recipe, mut program, mut trace) = (Recipe::new(1, LENGTH), Program::default(), Trace::new());
    let (mut reference, mut found, mut seen) = (reference(), vec![], BTreeSet::new());
    let mut kept = vec![];
    let (mut running, mut looking) = (Duration::ZERO, Duration::ZERO);
    for index in 0..20_000 {
        recipe.program(index, &mut program);
        found.clear();
        let began = Instant::now();
        let _ = reference.run(&program, Watch::End, &mut trace);
        let ran = Instant::now();
        features(&program, &trace, &mut found);
        looking += ran.elapsed();
        running += ran - began;
        let before = seen.len();
        seen.extend(found.iter().copied());
        if seen.len() > before {
            kept.push(index);
        }
    }
    let of = |from: u64, to: u64| kept.iter().filter(|index| (from..to).contains(*index)).count();
    println!(
        "{} behaviours, {} programs kept, of which {} of the first 2,000 and {} of the last",
        seen.len(),
        kept.len(),
        of(0, 2_000),
        of(18_000, 20_000)
    );
    println!("the reference ran for {running:?}, behaviours took {looking:?}");
    assert!((3_000..50_000).contains(&seen.len()), "{}", seen.len());
    assert!(of(18_000, 20_000) * 2 < of(0, 2_000), "{} and {}", of(0, 2_000), of(18_000, 20_000));
}
