//! The programs that mutation begins with: all cases, the findings of a folder, and what earlier campaigns have kept there.
//!
//! They are repaired, so that the mutator and the generator can go on with them: their names are those of the generator, and
//! each statement is a step. Imports are left out, because a program that is printed has those that it needs. A case with
//! `language: python` has no operations that could be mutated, and is no seed; nor is one with a `while`, of whose mutants many
//! would run without end.

use crate::campaign::kept;
use crate::findings::{self, Raw};
use crate::generate::{Abilities, Source};
use crate::mutate::Mutator;
use cases::Suite;
use program::{Kind, Program, encode};
use std::collections::HashSet;
use std::path::Path;
use std::{fs, io};

/// Programs to begin with.
#[derive(Debug, Default)]
pub struct Seeds {
    /// The programs, each of them once.
    pub programs: Vec<Program>,
    /// The cases and the folders that are no seeds: those in any Python or with `while`, and what can't be read.
    pub left_out: Vec<String>,
    /// The cases that have lost operations which the engines can't do.
    pub shortened: Vec<String>,
    mutator: Mutator,
    /// Which there are.
    encoded: HashSet<Vec<u8>>,
}

impl Seeds {
    /// No programs yet, for engines that can do so much.
    pub fn new(abilities: Abilities) -> Seeds {
        Seeds { mutator: Mutator::with(abilities), ..Seeds::default() }
    }

    /// Adds the programs of all cases.
    pub fn add_cases(&mut self, suite: &Suite) {
        for case in suite.documents.iter().flat_map(|document| &document.cases) {
            self.add(&case.id, &case.program);
        }
    }

    /// Adds the findings of a folder, in the order of their names; a folder that is not there has none.
    ///
    /// # Errors
    ///
    /// The folder can't be read.
    pub fn add_findings(&mut self, folder: &Path) -> io::Result<()> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries?,
        };
        let mut paths = entries.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>()?;
        paths.retain(|path| findings::is_finding(path));
        paths.sort();
        for path in paths {
            let name = path.display().to_string();
            match findings::read(&path, Raw { length: 0, is_certain: false }) {
                Ok(inputs) => inputs.iter().for_each(|input| self.add(&name, &input.program)),
                Err(_) => self.left_out.push(name),
            }
        }
        Ok(())
    }

    /// Adds what a guided campaign of a folder has kept. Programs that this version does not know are left out.
    pub fn add_kept(&mut self, folder: &Path) {
        for (number, program) in kept(folder).iter().enumerate() {
            self.add(&format!("{} ({number})", folder.display()), program);
        }
    }

    /// Adds a program, repaired.
    fn add(&mut self, name: &str, program: &Program) {
        let loops = program.all_operations().any(|operation| operation.kind == Kind::While);
        if program.is_source() || loops || program.operations.is_empty() {
            return self.left_out.push(name.to_owned());
        }
        let mut seed = program.clone();
        // Without choices everything is repaired in the first way.
        self.mutator.repair(&mut seed, &mut Source::new(&[]));
        let count = |program: &Program| {
            let is_counted = |operation: &&program::Operation| operation.kind != Kind::Import;
            program.all_operations().filter(is_counted).count()
        };
        if count(&seed) < count(program) {
            self.shortened.push(name.to_owned());
        }
        if self.encoded.insert(encode(&seed)) {
            self.programs.push(seed);
        }
    }
}

#[cfg(test)]
pub(crate) mod tests;
