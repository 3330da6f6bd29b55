//! explore

use engine::reference::Reference;
use engine::reference::faulty::{Faulty, rows};
use engine::{Abi, Engine, Profile, Version, Watch};
use program::{Program, Trace};
use std::path::Path;
use viewcheck::campaign::{LENGTH, Recipe};
use viewcheck::laws::{broken, laws, remains};
use viewcheck::spec::load;

fn profile() -> Profile {
    Profile::new(Version::new(3, 13, 0), Abi::Lp64)
}

fn programs() -> Vec<Program> {
    let suite = load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
    suite.documents.into_iter().flat_map(|document| document.cases).map(|case| case.program).collect()
}

fn generated(count: u64) -> impl Iterator<Item = Program> {
    let mut recipe = Recipe::new(1, LENGTH);
    (0..count).map(move |index| {
        let mut p = Program::default();
        recipe.program(index, &mut p);
        p
    })
}

fn hold(engine: &mut dyn Engine, against: &mut dyn Engine, programs: impl Iterator<Item = Program>) {
    let mut trace = Trace::new();
    let (mut n, mut bad) = (0, 0);
    for program in programs {
        if against.run(&program, Watch::End, &mut trace).is_err() {
            continue;
        }
        if engine.run(&program, Watch::End, &mut trace).is_err() {
            continue;
        }
        let Some(live) = remains(&program, &trace) else { continue };
        n += 1;
        if let Some(breach) = broken(engine, &program, &live, None) {
            bad += 1;
            if bad < 15 {
                println!(
                    "{} step {} {:?}\n{}",
                    breach.law.name,
                    breach.from,
                    breach.difference,
                    program::print::program(&breach.program)
                );
            }
        }
    }
    println!("{n} programs, {bad} bad");
}

#[test]
fn reference_spec() {
    hold(&mut Reference::new(profile()), &mut Reference::new(profile()), programs().into_iter());
}
#[test]
fn reference_generated() {
    hold(&mut Reference::new(profile()), &mut Reference::new(profile()), generated(20_000));
}
#[test]
fn embedded_spec() {
    let mut e = engine::open("embedded", profile()).unwrap();
    let mut r = Reference::new(e.about().profile);
    hold(&mut *e, &mut r, programs().into_iter());
}
#[test]
fn embedded_generated() {
    let mut e = engine::open("embedded", profile()).unwrap();
    let mut r = Reference::new(e.about().profile);
    hold(&mut *e, &mut r, generated(20_000));
}

#[test]
fn faults() {
    let programs: Vec<Program> = programs().into_iter().step_by(7).chain(generated(400)).collect();
    let mut found: std::collections::BTreeMap<&str, Vec<&str>> = laws().map(|law| (law.name, vec![])).collect();
    let mut trace = Trace::new();
    for row in rows() {
        let mut faulty = Faulty::new(profile(), *row);
        for program in &programs {
            if faulty.run(program, Watch::End, &mut trace).is_ok()
                && let Some(live) = remains(program, &trace)
                && let Some(breach) = broken(&mut faulty, program, &live, None)
            {
                let rows = found.get_mut(breach.law.name).unwrap();
                if rows.last() != Some(&row.name) {
                    rows.push(row.name);
                }
            }
        }
    }
    for (law, rows) in found {
        println!("{law}: {rows:?}");
    }
}
