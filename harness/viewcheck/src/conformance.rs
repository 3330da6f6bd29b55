//! Whether a runner keeps the protocol: programs of which every point of `docs/protocol.md` has one.
//!
//! They use memoryview as little as possible: what is tested is the runner, not the Python. The expected results are those
//! of the reference, in the facets that the engine sees. An engine has come through its smoke program before.

use crate::compare::{Level, LevelFacets, compare};
use engine::reference::Reference;
use engine::subset::Lacking;
use engine::{Engine, RunError, Watch};
use program::{Parser, Program, Trace, print};

/// A point of the protocol: what a runner does, and the program that shows it.
struct Point {
    says: &'static str,
    needs: &'static [&'static str],
    steps: &'static [&'static str],
}

const POINTS: &[Point] = &[
    Point {
        says: "shows ints of any size",
        needs: &[],
        steps: &["0", "-1", "9007199254740993", "-9223372036854775808", "18446744073709551616", "True"],
    },
    Point {
        says: "shows floats by their bits",
        needs: &[],
        steps: &["0.1", "-0.0", "1e300", "float('nan')", "float('inf')"],
    },
    Point {
        says: "shows bytes and bytearrays",
        needs: &[],
        steps: &["b''", r"b'\x00\xff'", r"bytearray(b'\x7f\x80')"],
    },
    Point { says: "shows strs", needs: &[], steps: &["''", r"'a\'\\\n\x00'", r"'\xe9\u20ac'"] },
    Point {
        says: "shows None, tuples, lists, slices and `...`",
        needs: &[],
        steps: &["None", "()", "(1, (2,), [3, []])", "[b'', (None, True)]", "...", "slice(1, None, 2)"],
    },
    Point { says: "shows types by their names", needs: &[], steps: &["int", "memoryview", "type(b'')"] },
    Point { says: "shows arrays", needs: &["array"], steps: &["import array", "array.array('h', [1, -2])"] },
    Point {
        says: "shows the layout of a view, and which object it covers",
        needs: &[],
        steps: &["data = bytearray(b'abcdef')", "view = memoryview(data)", "view[2:4]", "view", "memoryview(b'xyz')"],
    },
    Point {
        says: "shows that a view was released",
        needs: &[],
        steps: &["view = memoryview(b'ab')", "view.release()", "view"],
    },
    Point {
        says: "goes on after an error, and shows its type and text",
        needs: &[],
        steps: &["missing", "bytearray(b'a')[5]", "'still here'", "1 + b'a'"],
    },
    Point {
        says: "keeps the printed text of each step apart",
        needs: &[],
        steps: &["print('one', 2)", "3", "print('a\\nb')", "print()", "print(print('in'))"],
    },
    Point {
        says: "has the contents of every named exporter, and follows names",
        needs: &[],
        steps: &["a = bytearray(b'12')", "b = a", "b[0] = 65", "del a", "a = 5", "b += b'x'", "del b"],
    },
    Point {
        says: "shows what locks an exporter",
        needs: &[],
        steps: &["data = bytearray(b'12')", "view = memoryview(data)", "view.release()", "data += b'3'"],
    },
    Point {
        says: "shows the exporter under a view if no name is bound to it",
        needs: &[],
        steps: &["view = memoryview(bytearray(b'12'))", "view[0] = 65", "view"],
    },
    Point {
        says: "gives names of its own no meaning",
        needs: &[],
        steps: &["value = 1", "steps = 2", "name = 3", "(value, steps, name)", "json", "sys"],
    },
    Point {
        says: "runs several statements in a step, and `with` blocks",
        needs: &[],
        steps: &["x = 1\ny = 2\n(x, y)", "with memoryview(b'ab') as view:\n    z = view[0]", "z", "view"],
    },
    Point { says: "starts each program with nothing bound", needs: &[], steps: &["x", "y", "view", "data"] },
    Point { says: "imports modules", needs: &["struct"], steps: &["import struct", "struct.pack('<h', 5)"] },
];

/// Whether a runner keeps a point of the protocol.
#[derive(Clone, Debug)]
pub struct Kept {
    /// What a runner does.
    pub says: &'static str,
    /// What this one does instead, if it does.
    pub problem: Option<String>,
    /// What it lacks of what the point needs. Then only the steps before that were tested.
    pub lacks: Option<String>,
}

/// What went wrong at every point that was tested, if that was the same each time, as with an engine that dies.
pub fn everywhere(results: &[Kept]) -> Option<&str> {
    let mut problems = results.iter().filter(|result| result.lacks.is_none()).map(|result| result.problem.as_deref());
    let first = problems.next()??;
    problems.all(|problem| problem == Some(first)).then_some(first)
}

/// Tests every point, all programs in one batch, with a look after each step and again with one look at the end.
pub fn test(engine: &mut dyn Engine) -> Vec<Kept> {
    let about = engine.about().clone();
    let mut reference = Reference::new(about.profile);
    let programs: Vec<Program> = POINTS.iter().map(|point| program(point.steps)).collect();
    let lacks = |point: &Point| {
        let missing = point.needs.iter().find(|need| !about.capabilities.contains(**need))?;
        Some(format!("the capability `{missing}`"))
    };
    let mut kept: Vec<Kept> =
        POINTS.iter().map(|point| Kept { says: point.says, problem: None, lacks: lacks(point) }).collect();
    let asked: Vec<usize> = (0..POINTS.len()).filter(|index| kept[*index].lacks.is_none()).collect();
    // What a runtime documents as missing is not asked for.
    let mut programs = programs;
    for index in asked.iter().copied() {
        let mut before = Trace::new();
        let missing = Lacking::of(&about).and_then(|of| of.missing(&programs[index], Watch::End, &mut before));
        if let Some(what) = missing {
            kept[index].lacks = Some(what.into());
            programs[index] = programs[index].prefix(before.len());
        }
    }
    let batch: Vec<&Program> = asked.iter().map(|index| &programs[*index]).collect();
    for watch in [Watch::Always, Watch::End] {
        engine.run_batch(&batch, watch, &mut |index, trace, result| {
            let kept = &mut kept[asked[index]];
            let problem = match result {
                Ok(()) => differs(&mut reference, batch[index], watch, trace, &about),
                Err(RunError::Unsupported { what, .. }) => {
                    kept.lacks = Some(what.into());
                    differs(&mut reference, &batch[index].prefix(trace.len()), watch, trace, &about)
                }
                Err(error) => Some(error.to_string()),
            };
            kept.problem = kept.problem.take().or(problem);
        });
    }
    kept
}

fn program(steps: &[&str]) -> Program {
    let mut parser = Parser::new();
    // That they can be parsed is tested below.
    let _ = steps.iter().try_for_each(|step| parser.step(step).map(drop));
    parser.finish()
}

fn differs(
    reference: &mut Reference,
    program: &Program,
    watch: Watch,
    actual: &Trace,
    about: &engine::About,
) -> Option<String> {
    let mut expected = Trace::new();
    reference.run(program, watch, &mut expected).ok()?;
    // The wording of errors is the Python's own affair.
    let facets = Level::Type.seen_by([about]);
    let difference = compare(program, &expected, actual, facets)?;
    let text = print::step(program, difference.step);
    let (facet, expected, actual) = (difference.facet, difference.expected, difference.actual);
    Some(format!("`{}`: {facet}: expected {expected}, got {actual}", text.trim_end()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::{Abi, Profile, Version};

    #[test]
    fn the_reference_keeps_every_point() {
        for version in [Version::new(3, 8, 18), Version::newest()] {
            let mut reference = Reference::new(Profile::new(version, Abi::Lp64));
            for point in POINTS {
                let mut parser = Parser::new();
                for step in point.steps {
                    parser.step(step).unwrap_or_else(|error| panic!("{step}: {error:?}"));
                }
                let result = reference.run(&parser.finish(), Watch::Always, &mut Trace::new());
                assert_eq!(result, Ok(()), "{}", point.says);
            }
            assert!(test(&mut reference).iter().all(|kept| kept.problem.is_none() && kept.lacks.is_none()));
        }
    }
}
