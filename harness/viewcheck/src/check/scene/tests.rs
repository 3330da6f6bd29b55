//! What scenes show of programs, as the reference runs them.

use super::*;
use crate::check::Scenes;
use cases::{Case, load, load_text};
use rstest::rstest;
use std::path::PathBuf;

/// The only case of a text, whose steps are lines.
fn case(steps: &str) -> Case {
    let mut text = "cases:\n- id: a\n  section: s\n  claim: c\n  verdict: confirmed\n  steps:\n".to_owned();
    for step in steps.lines() {
        text += &format!("  - run: |\n      {}\n", step.replace("; ", "\n      "));
    }
    let suite = load_text("x.yaml", &text);
    assert!(suite.problems.is_empty(), "{}", suite.problems[0].render(false));
    suite.documents[0].cases[0].clone()
}

/// A scene in one line: `step | objects | views`.
fn line(scene: &Scene) -> String {
    let object = |object: &SceneObject| {
        let locked = if object.locked { "!" } else { "" };
        let more = object.length.map_or_else(String::new, |length| format!("({length})"));
        format!("{}{locked}={}{more}", object.name, object.bytes.as_deref().unwrap_or("?"))
    };
    let view = |view: &SceneView| {
        let offset = view.offset.map_or_else(|| "?".to_owned(), |offset| offset.to_string());
        let marks = [(view.readonly, "r"), (view.released, "x")].map(|(is, mark)| if is { mark } else { "" }).concat();
        format!("{}{marks}:{}[{offset}]{}{:?}", view.name, view.of, view.format, view.shape)
    };
    let objects: Vec<String> = scene.objects.iter().map(object).collect();
    let views: Vec<String> = scene.views.iter().map(view).collect();
    format!("{} | {} | {}", scene.step, objects.join(" "), views.join(" "))
}

#[rstest]
#[case::slice("data = bytearray(b'abcd')\nm = memoryview(data)\nlen(m)\nn = m[1:3]\nn[0] = 120\ndel m", &[
    "1 | data=61626364 | ",
    "2 | data!=61626364 | m:data[0]B[4]",
    "4 | data!=61626364 | m:data[0]B[4] n:data[1]B[2]",
    "5 | data!=61786364 | m:data[0]B[4] n:data[1]B[2]",
    "6 | data!=61786364 | n:data[1]B[2]",
])]
#[case::released("data = bytearray(2)\nm = memoryview(data)\nm.release()\ndel data", &[
    "1 | data=0000 | ",
    "2 | data!=0000 | m:data[0]B[2]",
    "3 | data=0000 | mx:data[0]B[2]",
    "4 |  | ",
])]
#[case::result("data = bytearray(2)\nmemoryview(data)[1:]\n1", &[
    "1 | data=0000 | ",
    "2 | data=0000 | _:data[1]B[1]",
    "3 | data=0000 | ",
])]
#[case::constant("m = memoryview(b'ab')\nn = m.cast('H')\nk = memoryview(b'ab')", &[
    "1 | bytes()=6162 | mr:bytes()[0]B[2]",
    "2 | bytes()=6162 | mr:bytes()[0]B[2] nr:bytes()[0]H[1]",
    "3 | bytes()=6162 bytes() 2=6162 | mr:bytes()[0]B[2] nr:bytes()[0]H[1] kr:bytes() 2[0]B[2]",
])]
#[case::copy("data = bytearray(b'ab')\nm = memoryview(data)\nn = memoryview(bytes(m))", &[
    "1 | data=6162 | ",
    "2 | data!=6162 | m:data[0]B[2]",
    "3 | data!=6162 bytes()=6162 | m:data[0]B[2] nr:bytes()[0]B[2]",
])]
#[case::named_bytes("b = b'ab'\nm = memoryview(b)\nb = 1", &[
    "2 | b=6162 | mr:b[0]B[2]",
    "3 | bytes()=6162 | mr:bytes()[0]B[2]",
])]
#[case::alias("a = bytearray(1)\nb = a\nm = memoryview(b)\ndel a\nb = None\nm[0] = 1", &[
    "1 | a=00 | ",
    "3 | a!=00 | m:a[0]B[1]",
    "4 | b!=00 | m:b[0]B[1]",
    "5 | bytearray()!=00 | m:bytearray()[0]B[1]",
    "6 | bytearray()!=01 | m:bytearray()[0]B[1]",
])]
#[case::another_view_of_the_exporter("m = memoryview(bytearray(2))\nn = memoryview(m.obj)[1:]", &[
    "1 | bytearray()!=0000 | m:bytearray()[0]B[2]",
    "2 | bytearray()!=0000 | m:bytearray()[0]B[2] n:bytearray()[1]B[1]",
])]
#[case::exporter_of_a_view("m = memoryview(bytearray(1))\no = m.obj", &[
    "1 | bytearray()!=00 | m:bytearray()[0]B[1]",
    "2 | o!=00 | m:o[0]B[1]",
])]
#[case::middle_of_a_step("data = bytearray(2); m = memoryview(data)[1:]; n = m.toreadonly()\nm = 3", &[
    "1 | data!=0000 | m:data[1]B[1] nr:data[1]B[1]",
    "2 | data!=0000 | nr:data[1]B[1]",
])]
#[case::raised("data = bytearray(2); m = memoryview(data); m[9]\nm[0] = 1", &[
    "1 | data!=0000 | m:data[0]B[2]",
    "2 | data!=0100 | m:data[0]B[2]",
])]
#[case::block("data = bytearray(2)\nwith memoryview(data) as m: m[0] = 1\nm = memoryview(data)\nwith m as n: 1", &[
    "1 | data=0000 | ",
    "2 | data=0100 | ",
    "3 | data!=0100 | m:data[0]B[2]",
    "4 | data=0100 | mx:data[0]B[2] nx:data[0]B[2]",
])]
#[case::resized("data = bytearray(1)\ndata += b'a'\nb = b'x'\nb += b'y'\nm = memoryview(b)", &[
    "1 | data=00 | ",
    "2 | data=0061 | ",
    "5 | data=0061 b=7879 | mr:b[0]B[2]",
])]
#[case::reversed("data = bytearray(4)\nm = memoryview(data)[::-2]\ne = m[:0]", &[
    "1 | data=00000000 | ",
    "2 | data!=00000000 | m:data[3]B[2]",
    "3 | data!=00000000 | m:data[3]B[2] e:data[3]B[0]",
])]
#[case::exporter("e = exporter(b'abcd', offset=1, shape=[2])\nm = memoryview(e)\nn = memoryview(exporter(b'xy'))", &[
    "1 | e=61626364 | ",
    "2 | e!=61626364 | m:e[1]B[2]",
    "3 | e!=61626364 exporter()!=7879 | m:e[1]B[2] n:exporter()[0]B[2]",
])]
#[case::readonly_exporter("e = exporter(b'ab', readonly=True)\nm = memoryview(e)\nn = memoryview(exporter(b'x', readonly=True))", &[
    "2 | e=6162 | mr:e[0]B[2]",
    "3 | e=6162 exporter()=78 | mr:e[0]B[2] nr:exporter()[0]B[1]",
])]
#[case::nothing("1 + 1\nlen(b'a')", &[])]
fn scenes_show_memory_and_views(#[case] steps: &str, #[case] expected: &[&str]) {
    let scenes: Vec<String> = Scenes::default().of(&case(steps)).iter().map(line).collect();
    assert_eq!(scenes, expected);
}

#[test]
fn a_long_object_is_cut() {
    let scenes = Scenes::default().of(&case("data = bytearray(256)\ndata = bytearray(257)"));
    let sizes = scenes.iter().map(|scene| (scene.objects[0].bytes.as_ref().map(String::len), scene.objects[0].length));
    assert_eq!(sizes.collect::<Vec<_>>(), [(Some(512), None), (Some(512), Some(257))]);
}

#[test]
fn the_scenes_of_the_project_are_sound() {
    let spec = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../spec"));
    let suite = load(&[spec]);
    let (mut maker, mut with_views) = (Scenes::default(), 0);
    for case in suite.documents.iter().flat_map(|document| &document.cases) {
        let scenes = maker.of(case);
        assert!(scenes.is_sorted_by(|one, two| one.step < two.step), "{}", case.id);
        with_views += usize::from(scenes.iter().any(|scene| !scene.views.is_empty()));
        for scene in &scenes {
            let names: Vec<&str> = scene.objects.iter().map(|object| object.name.as_str()).collect();
            let is_twice = names.iter().enumerate().any(|(at, name)| names[..at].contains(name));
            assert!(!is_twice && scene.step >= 1 && scene.step <= case.steps.len(), "{}: {}", case.id, line(scene));
            for view in &scene.views {
                assert!(names.contains(&view.of.as_str()), "{}: {}", case.id, line(scene));
                assert_eq!(view.shape.len(), view.strides.len(), "{}: {}", case.id, line(scene));
            }
        }
    }
    assert!(with_views > 3000, "{with_views}");
}
