//! Writes what lies beside the libFuzzer targets: the seeds of each, and a dictionary.
//!
//! ```text
//! cargo run --package viewcheck --example corpus -- DIR
//! ```
//!
//! gives `DIR/differential`, the programs of all cases of `spec` as `differential` reads them; `DIR/read`, the files of
//! `fuzz/seeds` as `read` reads them; and `DIR/read.dict`, the words of these files. It is run in the checkout.

use program::{Kind, encode};
use serde_json::Value;
use std::collections::BTreeSet;
use std::error::Error;
use std::fs;
use std::path::{Path, PathBuf};
use viewcheck::generate::Abilities;
use viewcheck::seeds::Seeds;

/// The schemas whose keys are words of the files.
const SCHEMAS: [&str; 3] = ["spec/schema.json", "docs/results.schema.json", "docs/protocol.schema.json"];

fn main() -> Result<(), Box<dyn Error>> {
    let [folder] = &std::env::args_os().skip(1).map(PathBuf::from).collect::<Vec<_>>()[..] else {
        return Err("name the folder that is to be written".into());
    };
    let programs = programs(&made(folder, "differential")?)?;
    let texts = texts(&made(folder, "read")?)?;
    fs::write(folder.join("read.dict"), dictionary()?)?;
    println!("{}: {programs} programs, {texts} texts", folder.display());
    Ok(())
}

/// A folder with nothing in it.
fn made(folder: &Path, name: &str) -> std::io::Result<PathBuf> {
    let path = folder.join(name);
    fs::create_dir_all(folder)?;
    fs::create_dir(&path)?;
    Ok(path)
}

/// Writes the programs of all cases, as the mutator begins with them.
fn programs(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let suite = cases::load(&[PathBuf::from("spec")]);
    if let Some(problem) = suite.problems.first() {
        return Err(problem.render(false).into());
    }
    let mut seeds = Seeds::new(Abilities::default());
    seeds.add_cases(&suite);
    for (number, program) in seeds.programs.iter().enumerate() {
        fs::write(folder.join(format!("case-{number:05}")), encode(program))?;
    }
    Ok(seeds.programs.len())
}

/// Writes the texts of each kind, behind the byte that says which kind it is.
fn texts(folder: &Path) -> Result<usize, Box<dyn Error>> {
    let mut count = 0;
    for (number, (_, word)) in (0u8..).zip(viewcheck::reread::Kind::ALL) {
        for entry in fs::read_dir(Path::new("fuzz/seeds").join(word))? {
            let entry = entry?;
            let name = format!("{word}.{}", entry.file_name().display());
            fs::write(folder.join(name), [&[number][..], &fs::read(entry.path())?].concat())?;
            count += 1;
        }
    }
    Ok(count)
}

/// A dictionary as libFuzzer reads it: the keys of the files, and the names of the operations.
fn dictionary() -> Result<String, Box<dyn Error>> {
    let mut words: BTreeSet<String> = Kind::ALL.iter().map(|kind| kind.row().name.to_owned()).collect();
    for path in SCHEMAS {
        keys(&serde_json::from_slice(&fs::read(path)?)?, &mut words);
    }
    let quoted = |word: &String| format!("\"{}\"\n", word.replace('\\', "\\\\").replace('"', "\\\""));
    Ok(words.iter().filter(|word| word.is_ascii()).map(quoted).collect())
}

/// Gathers the keys that a schema knows, and the words that it lets a value be.
fn keys(schema: &Value, words: &mut BTreeSet<String>) {
    match schema {
        Value::Object(members) => {
            let known = members.get("properties").and_then(Value::as_object).into_iter().flatten();
            words.extend(known.map(|(key, _)| key.clone()));
            let choices = members.get("enum").and_then(Value::as_array).into_iter().flatten();
            words.extend(choices.chain(members.get("const")).filter_map(Value::as_str).map(str::to_owned));
            members.values().for_each(|member| keys(member, words));
        }
        Value::Array(items) => items.iter().for_each(|item| keys(item, words)),
        _ => {}
    }
}
