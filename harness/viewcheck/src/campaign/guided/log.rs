//! The file of what was reported: `corpus.jsonl`, in the folder of the campaign.
//!
//! Its first line says with which programs the campaign began, and each further line is an entry as it was reported. It is only
//! appended to, and on disk before the state that counts the programs. A line that is not complete was not counted, and is
//! removed when the campaign goes on.

use super::corpus::{Encoded, Entry};
use crate::campaign::state::StateError;
use crate::findings::folder;
use intake::json::JsonError;
use program::Program;
use serde::{Deserialize, Serialize};
use std::fs::{File, OpenOptions};
use std::io::{self, BufRead, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

/// The name of the file.
pub(in crate::campaign) const FILE: &str = "corpus.jsonl";
/// The name of the file of a new campaign, until it is complete.
const NEW: &str = "corpus.jsonl.new";
/// The version of its shape.
const SCHEMA: u32 = 3;
/// The most bytes of a line, and of the file.
const LONGEST: u64 = 64 << 20;
const LARGEST: u64 = 1 << 30;

/// The first line.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Head {
    schema: u32,
    /// The seed of the campaign that it belongs to.
    #[serde(default)]
    seed: u64,
    seeds: Vec<Encoded>,
}

/// The programs that a campaign of the folder has kept, if there was one that was guided, and then those with which it began,
/// as not all of them need have been run. What can't be read is left out: the file may be of a version that knew other
/// operations.
pub fn kept(findings: &Path) -> Vec<Program> {
    let Ok(file) = folder::open(&findings.join(FILE), OpenOptions::new().read(true)) else { return vec![] };
    let mut lines = BufReader::new(file.take(LARGEST)).split(b'\n').map_while(Result::ok);
    let seeds = lines.next().and_then(|line| intake::json::read::<Head>(&line).ok()).map(|head| head.seeds);
    let entries = lines.filter_map(|line| intake::json::read::<Entry>(&line).ok()).map(|entry| entry.program);
    let all = entries.chain(seeds.into_iter().flatten());
    all.filter_map(|encoded| program::decode(&encoded.0).ok()).collect()
}

/// The open file.
#[derive(Debug)]
pub(in crate::campaign) struct Log {
    path: PathBuf,
    file: File,
    /// What is not written yet.
    lines: Vec<u8>,
}

impl Log {
    /// Begins the file of a new campaign. The one of an earlier campaign is there until this one is, which has its programs.
    pub(in crate::campaign) fn create(findings: &Path, seed: u64, seeds: &[Encoded]) -> Result<Log, StateError> {
        let (path, new) = (findings.join(FILE), findings.join(NEW));
        let fail = |error| StateError::File { what: "write", path: path.clone(), error };
        // What is no file is refused, and not replaced.
        folder::open(&path, OpenOptions::new().write(true).create(true)).map_err(fail)?;
        let file = folder::open(&new, OpenOptions::new().write(true).create(true).truncate(true)).map_err(fail)?;
        let mut log = Log { path: path.clone(), file, lines: vec![] };
        let head = serde_json::to_vec(&Head { schema: SCHEMA, seed, seeds: seeds.to_vec() });
        log.lines = head.map_err(|error| fail(error.into()))?;
        log.lines.push(b'\n');
        match log.flush().and_then(|()| std::fs::rename(&new, &path).map_err(fail)) {
            Ok(()) => Ok(log),
            Err(error) => {
                // A part of it would only take the room that is short.
                let _ = std::fs::remove_file(&new);
                Err(error)
            }
        }
    }

    /// Opens the file of a campaign that goes on, whose corpus had so many programs. Gives the programs with which it began, and
    /// what was reported.
    pub(in crate::campaign) fn open(
        findings: &Path,
        seed: u64,
        counted: u64,
    ) -> Result<(Log, Vec<Encoded>, Vec<Entry>), StateError> {
        let path = findings.join(FILE);
        let fail = |error| StateError::File { what: "read", path: path.clone(), error };
        let malformed = |line: usize, reason: &str| StateError::Malformed {
            path: path.clone(),
            reason: format!("line {line}: {reason}"),
        };
        let not_json = |line: usize, error: &JsonError| StateError::Malformed {
            path: path.clone(),
            reason: format!("line {line}, column {}: {}", error.column, error.message),
        };
        let mut file = match folder::open(&path, OpenOptions::new().read(true).write(true)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Err(StateError::Malformed { path: path.clone(), reason: "it does not exist".into() });
            }
            file => file.map_err(fail)?,
        };
        if file.metadata().map_err(fail)?.len() > LARGEST {
            return Err(StateError::Malformed { path: path.clone(), reason: "it is larger than 1 GiB".into() });
        }
        let mut reader = BufReader::new(&file);
        let (mut seeds, mut entries, mut length, mut line) = (None, vec![], 0, vec![]);
        for number in 1.. {
            line.clear();
            let read = reader.by_ref().take(LONGEST).read_until(b'\n', &mut line).map_err(fail)?;
            if read as u64 == LONGEST && line.last() != Some(&b'\n') {
                return Err(malformed(number, "it is longer than 64 MiB"));
            }
            if line.last() != Some(&b'\n') {
                break;
            }
            length += read as u64;
            if seeds.is_none() {
                let head: Head = intake::json::read(&line).map_err(|error| not_json(number, &error))?;
                if head.schema != SCHEMA {
                    return Err(malformed(number, &format!("its schema is {}, not {SCHEMA}", head.schema)));
                }
                if head.seed != seed {
                    let other = format!("it is of the campaign with the seed {}, not {seed}", head.seed);
                    return Err(malformed(number, &other));
                }
                seeds = Some(head.seeds);
            } else {
                let entry: Entry = intake::json::read(&line).map_err(|error| not_json(number, &error))?;
                program::decode(&entry.program.0).map_err(|error| malformed(number, &error.to_string()))?;
                entries.push(entry);
            }
        }
        let seeds = seeds.ok_or_else(|| malformed(1, "it is not complete"))?;
        // It is on disk before the state that counts it.
        if (entries.len() as u64) < counted {
            let reason = format!("it has {} of {counted} programs that the campaign has kept", entries.len());
            return Err(StateError::Malformed { path: path.clone(), reason });
        }
        file.set_len(length).and_then(|()| file.seek(SeekFrom::End(0))).map_err(fail)?;
        Ok((Log { path: path.clone(), file, lines: vec![] }, seeds, entries))
    }

    /// Adds entries. They are on disk after [`Log::flush`].
    pub(in crate::campaign) fn add(&mut self, entries: &[Entry]) -> Result<(), StateError> {
        for entry in entries {
            serde_json::to_writer(&mut self.lines, entry).map_err(|error| self.fail(error.into()))?;
            self.lines.push(b'\n');
        }
        Ok(())
    }

    /// Writes what was added, so that it is on disk when this returns.
    pub(in crate::campaign) fn flush(&mut self) -> Result<(), StateError> {
        if self.lines.is_empty() {
            return Ok(());
        }
        self.file.write_all(&self.lines).and_then(|()| self.file.sync_data()).map_err(|error| self.fail(error))?;
        self.lines.clear();
        Ok(())
    }

    fn fail(&self, error: io::Error) -> StateError {
        StateError::File { what: "write", path: self.path.clone(), error }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use program::{Program, encode};
    use std::fs;

    fn entry(index: u64) -> Entry {
        Entry {
            index,
            program: Encoded(encode(&Program::default()).into()),
            features: Box::new([1, 2]),
            shown: Box::new([1, 2, 3]),
        }
    }

    #[test]
    fn what_was_reported_is_there_after_an_end_in_the_middle_of_a_line() {
        let folder = tempfile::tempdir().unwrap();
        let seeds = [Encoded(Box::from(*b"seed"))];
        let mut log = Log::create(folder.path(), 7, &seeds).unwrap();
        log.add(&[entry(3), entry(5)]).unwrap();
        log.flush().unwrap();
        drop(log);
        let path = folder.path().join(FILE);
        let whole = fs::read(&path).unwrap();
        fs::write(&path, [&whole[..], b"{\"index\": 7, \"prog"].concat()).unwrap();
        let (mut log, first, entries) = Log::open(folder.path(), 7, 0).unwrap();
        assert_eq!((&first[..], &entries[..]), (&seeds[..], &[entry(3), entry(5)][..]));
        let fewer = Log::open(folder.path(), 7, 3).unwrap_err().to_string();
        assert!(fewer.contains("it has 2 of 3 programs that the campaign has kept"), "{fewer}");
        log.add(&[entry(9)]).unwrap();
        log.flush().unwrap();
        let (_, _, entries) = Log::open(folder.path(), 7, 0).unwrap();
        assert_eq!(entries, [entry(3), entry(5), entry(9)]);
    }

    #[test]
    fn what_a_campaign_has_kept_is_there_for_another_version() {
        let folder = tempfile::tempdir().unwrap();
        let mut log = Log::create(folder.path(), 7, &[]).unwrap();
        let unknown = Entry { program: Encoded(Box::from(*b"unknown")), ..entry(4) };
        log.add(&[entry(3), unknown, entry(5)]).unwrap();
        log.flush().unwrap();
        assert_eq!(kept(folder.path()), [Program::default(), Program::default()]);
        // What it began with is not lost, whether it was run or not.
        drop(Log::create(folder.path(), 8, &[entry(0).program]).unwrap());
        assert_eq!(kept(folder.path()), [Program::default()]);
        assert!(!folder.path().join(NEW).exists());
        assert_eq!(kept(&folder.path().join("none")), []);
    }

    #[test]
    fn damage_is_told_with_its_line() {
        let folder = tempfile::tempdir().unwrap();
        let opened = |text: &str| {
            fs::write(folder.path().join(FILE), text).unwrap();
            Log::open(folder.path(), 7, 0).unwrap_err().to_string()
        };
        let head = "{\"schema\":3,\"seed\":7,\"seeds\":[]}\n";
        assert!(opened("").contains("corpus.jsonl can't be resumed: line 1: it is not complete"));
        assert!(opened("{\"schema\":9,\"seeds\":[]}\n").contains("line 1: its schema is 9, not 3"));
        assert!(opened(&format!("{head}[]\n")).ends_with("line 2, column 1: expected an object, found a list"));
        assert!(opened("{\"schema\":}\n").ends_with("line 1, column 11: this is not JSON: expected value"));
        let other = head.replace('7', "8");
        assert!(opened(&other).contains("line 1: it is of the campaign with the seed 8, not 7"));
        let long = format!("{head}{}\n", "x".repeat(LONGEST as usize));
        assert!(opened(&long).contains("line 2: it is longer than 64 MiB"));
        assert_eq!(fs::metadata(folder.path().join(FILE)).unwrap().len(), long.len() as u64);
        let entry = "{\"index\":1,\"program\":\"YQ==\",\"features\":[]}";
        assert!(opened(&format!("{head}{entry}\n")).contains("line 2: the bytes are not an encoded program"));
        fs::remove_file(folder.path().join(FILE)).unwrap();
        assert!(
            Log::open(folder.path(), 7, 0).unwrap_err().to_string().ends_with("can't be resumed: it does not exist")
        );
    }
}
