//! That the laws hold where nothing is wrong. That each is seen to be broken where something is, is in the tests of
//! `mutants`.
//!
//! `LAWS=100000 cargo test --release -p viewcheck --test laws` holds more generated programs against them.

use cases::{Case, load};
use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version, Watch};
use program::{Program, Trace, print};
use std::path::Path;
use std::sync::OnceLock;
use viewcheck::campaign::{LENGTH, Recipe};
use viewcheck::check::skipped;
use viewcheck::compare::Level;
use viewcheck::findings::breach;

fn profile() -> Profile {
    Profile::new(Version::new(3, 13, 0), Abi::Lp64)
}

fn cases() -> &'static [Case] {
    static CASES: OnceLock<Vec<Case>> = OnceLock::new();
    CASES.get_or_init(|| {
        let suite = load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
        suite.documents.into_iter().flat_map(|document| document.cases).collect()
    })
}

fn generated(count: u64) -> impl Iterator<Item = Program> {
    let mut recipe = Recipe::new(1, LENGTH);
    (0..count).map(move |index| {
        let mut program = Program::default();
        recipe.program(index, &mut program);
        program
    })
}

/// What the reference can say nothing about is not run: it may well ask for all the memory there is.
fn assert_lawful(engine: &mut dyn Engine) {
    let mut reference = Reference::new(engine.about().profile);
    let count = std::env::var("LAWS").ok().and_then(|count| count.parse().ok()).unwrap_or(4_000);
    let (mut trace, mut held) = (Trace::new(), 0);
    let about = engine.about().clone();
    let checked = cases().iter().filter(|case| skipped(case, &about).is_none()).map(|case| case.program.clone());
    for program in checked.chain(generated(count)) {
        if reference.run(&program, Watch::End, &mut trace).is_err() {
            continue;
        }
        held += 1;
        if let Some(breach) = breach(engine, &program, None, Level::Message, &mut trace) {
            panic!("{} {:?}\n{}", breach.law.name, breach.difference, print::program(&breach.program));
        }
    }
    assert!(held > 3_000, "{held}");
}

#[test]
fn the_reference_breaks_no_law() {
    assert_lawful(&mut Reference::new(profile()));
}

#[test]
fn the_reference_breaks_no_law_as_an_old_python() {
    assert_lawful(&mut Reference::new(Profile::new(Version::new(3, 8, 0), Abi::Ilp32)));
}

#[test]
#[cfg_attr(not(feature = "embedded"), ignore = "needs the embedded engine")]
fn cpython_breaks_no_law() {
    assert_lawful(&mut *engine::open("embedded", profile(), &engine::Settings::default()).expect("it opens"));
}
