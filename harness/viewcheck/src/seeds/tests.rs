use super::*;
use crate::generate::Seed;
use crate::mutate::tests::{check, wrong};
use engine::reference::Reference;
use engine::{Abi, Engine, Profile, Version};
use std::fs;

fn is_no_seed(program: &Program) -> bool {
    program.all_operations().any(|operation| matches!(operation.kind, Kind::Source | Kind::While))
}

pub(crate) fn spec() -> Seeds {
    let suite = cases::load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
    assert!(suite.problems.is_empty());
    let mut seeds = Seeds::new(Abilities::default());
    seeds.add_cases(&suite);
    let is_other = |id: &String| {
        let mut cases = suite.documents.iter().flat_map(|document| &document.cases);
        cases.any(|case| case.id == *id && is_no_seed(&case.program))
    };
    let others: Vec<&String> = seeds.left_out.iter().filter(|id| !is_other(id)).collect();
    assert_eq!(others, [] as [&String; 0], "cases in the language of cases are seeds, but for loops on a condition");
    seeds
}

#[test]
fn every_case_in_the_language_of_cases_is_a_seed() {
    let seeds = spec();
    eprintln!(
        "{} seeds, {} left out, {} shortened: {:?}",
        seeds.programs.len(),
        seeds.left_out.len(),
        seeds.shortened.len(),
        seeds.shortened
    );
    check(seeds.programs.into_iter());
}

#[test]
fn mutants_of_cases_are_programs_of_the_generator() {
    let (seeds, mut mutator) = (spec().programs, crate::mutate::Mutator::new());
    check(seeds.iter().enumerate().flat_map(|(index, parent)| {
        let mut parent = parent.clone();
        [0, 1, 2].map(|generation| {
            let mut bytes = vec![0; 1024];
            Seed(generation).fill(index as u64, &mut bytes);
            let other = &seeds[(index * 7 + 13 * generation as usize) % seeds.len()];
            let mut mutant = Program::default();
            match generation {
                1 => mutator.grow(&parent, &mut Source::new(&bytes), 16, &mut mutant),
                _ => mutator.mutate(&parent, other, &mut Source::new(&bytes), 16, &mut mutant),
            }
            parent.clone_from(&mutant);
            mutant
        })
    }));
}

#[test]
fn findings_are_seeds() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/seeds/finding");
    let root = tempfile::tempdir().unwrap();
    for name in ["crash", "difference", "law"] {
        fs::create_dir(root.path().join(name)).unwrap();
        fs::copy(folder.join(name), root.path().join(name).join("finding.json")).unwrap();
    }
    fs::create_dir(root.path().join("other")).unwrap();
    fs::create_dir(root.path().join("torn")).unwrap();
    fs::write(root.path().join("torn/finding.json"), "{").unwrap();
    let mut seeds = Seeds::new(Abilities::default());
    seeds.add_findings(root.path()).unwrap();
    // Two of them have the same program.
    assert_eq!((seeds.programs.len(), seeds.left_out.len()), (2, 1), "{:?}", seeds.left_out);
    assert!(seeds.programs.iter().all(|program| wrong(program).is_none()));
    seeds.add_findings(&root.path().join("missing")).unwrap();
}

/// Not even as a constant.
#[test]
fn what_an_engine_can_not_import_is_named_nowhere() {
    let suite = cases::load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
    let lacking = |module: &str| {
        let mut about = Reference::new(Profile::new(Version::newest(), Abi::Lp64)).about().clone();
        about.capabilities.remove(module);
        let mut seeds = Seeds::new(Abilities::of(&[about]));
        seeds.add_cases(&suite);
        seeds.programs.iter().filter(|program| program::print::modules(program).contains(module)).count()
    };
    assert_eq!(["numpy", "mmap", "struct"].map(lacking), [0; 3]);
    assert!(
        lacking("") == 0 && spec().programs.iter().any(|program| program::print::modules(program).contains("numpy"))
    );
}
