use super::*;
use crate::generate::{Abilities, Generator, Seed, Source};
use crate::mutate::tests::wrong;
use std::fs;

fn generate(index: u64) -> Program {
    let (mut bytes, mut program) = (vec![0; 1024], Program::default());
    Seed(1).fill(index, &mut bytes);
    Generator::new().program(&mut Source::new(&bytes), 16, &mut program);
    program
}

#[test]
fn what_is_appended_is_read_again_and_added_once() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("corpus");
    let mut corpus = Corpus::read(&path).unwrap();
    assert_eq!(corpus.programs(), []);
    let programs: Vec<Program> = (0..20).map(generate).collect();
    for program in &programs {
        assert!(corpus.append(program).unwrap());
        assert!(!corpus.append(program).unwrap());
    }
    assert_eq!(corpus.programs(), programs);
    let mut again = Corpus::read(&path).unwrap();
    assert_eq!((again.programs(), again.skipped()), (&programs[..], Skipped::default()));
    assert!(!again.append(&programs[7]).unwrap());
    assert!(again.append(&generate(99)).unwrap());
}

/// A corpus of a later version, one of an earlier one, and one that was not written to its end.
#[test]
fn what_is_not_known_is_skipped_and_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("corpus");
    let mut corpus = Corpus::read(&path).unwrap();
    corpus.append(&generate(0)).unwrap();
    // The row is named in the program.
    let mut later = encode(&generate(0));
    let at = later.windows(9).position(|text| text == b"bytearray" || text == b"memoryvie").unwrap();
    later[at] = b'B';
    assert!(matches!(decode(&later), Err(DecodeError::UnknownOperation(_))));
    let hex = |bytes: &[u8]| bytes.iter().map(|byte| format!("{byte:02x}")).collect::<String>();
    let other_version = [&[200], &later[1..]].concat();
    let text = fs::read_to_string(&path).unwrap();
    let half = &text[..text.trim().len() / 2];
    let lines = [&*text, "# a comment\n\n", &hex(&later), "\n", &hex(&other_version), "\nx\n", half].concat();
    fs::write(&path, lines).unwrap();
    let mut corpus = Corpus::read(&path).unwrap();
    assert_eq!(corpus.programs(), [generate(0)]);
    assert_eq!(corpus.skipped(), Skipped { unknown: 2, damaged: 2 });
    assert!(corpus.append(&generate(1)).unwrap());
    let corpus = Corpus::read(&path).unwrap();
    assert_eq!(corpus.programs(), [generate(0), generate(1)]);
    assert_eq!(corpus.skipped(), Skipped { unknown: 2, damaged: 2 });
}

fn spec() -> Seeds {
    let suite = cases::load(&[Path::new(env!("CARGO_MANIFEST_DIR")).join("../../spec")]);
    assert!(suite.problems.is_empty());
    let mut seeds = Seeds::new(Abilities::default());
    seeds.add_cases(&suite);
    let is_source = |id: &String| {
        let mut cases = suite.documents.iter().flat_map(|document| &document.cases);
        cases.any(|case| case.id == *id && case.program.is_source())
    };
    let others: Vec<&String> = seeds.left_out.iter().filter(|id| !is_source(id)).collect();
    assert_eq!(others, [] as [&String; 0], "cases in the language of cases are seeds");
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
    let wrong: Vec<String> = seeds.programs.iter().filter_map(wrong).collect();
    assert!(
        wrong.is_empty(),
        "{} are wrong:\n{}",
        wrong.len(),
        wrong.iter().take(8).cloned().collect::<Vec<_>>().join("\n\n")
    );
}

#[test]
fn mutants_of_cases_are_programs_of_the_generator() {
    let (seeds, mut mutator) = (spec().programs, crate::mutate::Mutator::new());
    let mut found = vec![];
    for (index, parent) in seeds.iter().enumerate() {
        let mut parent = parent.clone();
        for generation in 0..3 {
            let mut bytes = vec![0; 1024];
            Seed(generation).fill(index as u64, &mut bytes);
            let other = &seeds[(index * 7 + 13 * generation as usize) % seeds.len()];
            let mut mutant = Program::default();
            mutator.mutate(&parent, other, &mut Source::new(&bytes), 16, &mut mutant);
            found.extend(wrong(&mutant));
            parent = mutant;
        }
    }
    assert!(
        found.is_empty(),
        "{} are wrong:\n{}",
        found.len(),
        found.iter().take(8).cloned().collect::<Vec<_>>().join("\n\n")
    );
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

/// How cases and their mutants compare on two engines.
#[test]
#[ignore = "it measures"]
fn what_comes_of_mutants_of_cases() {
    let (seeds, mut mutator) = (spec().programs, crate::mutate::Mutator::new());
    let mut counts = std::collections::BTreeMap::new();
    let mut run = crate::mutate::tests::Comparison::new();
    for (index, seed) in seeds.iter().enumerate() {
        *counts.entry((false, run.of(seed))).or_insert(0) += 1;
        let (mut bytes, mut mutant) = (vec![0; 1024], Program::default());
        Seed(5).fill(index as u64, &mut bytes);
        mutator.mutate(seed, &seeds[(index * 7 + 1) % seeds.len()], &mut Source::new(&bytes), 16, &mut mutant);
        *counts.entry((true, run.of(&mutant))).or_insert(0) += 1;
    }
    println!("of cases and of their mutants: {counts:?}");
}
