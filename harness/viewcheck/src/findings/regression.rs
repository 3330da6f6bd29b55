//! Turns findings into regression cases, with a stable id, expectations that hold on the reference, and the versions of
//! Python for which they hold.

use super::case::{About, CaseText, case_text, only_case};
use super::input::{Input, InputError, Raw};
use super::record::Side;
use super::{Symptom, input};
use crate::compare::{Level, LevelFacets};
use crate::judge::judge;
use crate::output;
use engine::reference::Reference;
use engine::{Abi, Engine, NEWEST, Profile, Role, Version, Watch};
use program::{Observation, Program, Trace, print};
use std::path::{Path, PathBuf};
use std::{fs, io};

/// Why a finding can't become a case.
#[derive(Debug, thiserror::Error)]
pub enum PromoteError {
    /// What should be promoted can't be read.
    #[error(transparent)]
    Input(#[from] InputError),
    /// It is no finding.
    #[error(
        "{0} is {1}, and not a finding: name the folder of a finding, which contains finding.json, as `viewcheck fuzz` \
         writes it; {2}"
    )]
    NotAFinding(String, &'static str, &'static str),
    /// The reference does not do what the finding expects.
    #[error("the reference does not meet the expectations of the finding, so it can't become a case: {0}")]
    Untrue(String),
    /// The cases that are there already can't be read.
    #[error("the cases in {0} can't be read, so a unique id can't be chosen: run `viewcheck check {0}` to see why")]
    Suite(String),
    /// The case can't be written.
    #[error("can't write {path}: {error}")]
    Write {
        /// The file.
        path: String,
        /// Why.
        error: io::Error,
    },
}

/// What became of a finding.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Promoted {
    /// It is a case now: its id, and the file.
    New(String, PathBuf),
    /// Its program is a case already, with that id.
    Already(String),
}

/// Writes the case of a finding into a folder. Its expectations are what the reference does, as the Python that said
/// what was expected.
pub fn promote(finding: &Path, to: &Path) -> Result<Promoted, PromoteError> {
    let shown = || finding.display().to_string();
    let not_a_finding = |what, help| PromoteError::NotAFinding(shown(), what, help);
    // What is no finding is refused below.
    let mut inputs = match input::read(finding, Raw { length: 2, is_certain: false }) {
        Err(InputError::Text(_)) => {
            return Err(not_a_finding("a text", "`viewcheck promote --help` says more"));
        }
        inputs => inputs?,
    };
    let has_cases = inputs.iter().any(|input| input.case.is_some());
    let (Some(Input { record: Some(record), .. }), true) = (inputs.pop(), inputs.is_empty()) else {
        return Err(match has_cases {
            true => not_a_finding(
                "a file of cases already",
                "`viewcheck check FILE` runs cases, and `viewcheck replay FILE` shows them step by step",
            ),
            false => {
                not_a_finding("an encoded program or raw bytes", "`viewcheck shrink FILE` makes a case of a program")
            }
        });
    };
    let program = record.program().map_err(|error| PromoteError::Untrue(error.to_string()))?;
    let profile = profile(&record.against);
    let expected = observe(&program, profile).map_err(PromoteError::Untrue)?;
    let (ids, programs) = existing(to)?;
    // A case may have one step more, which shows what the others did.
    let own = text_of(&program);
    let is_own = |known: &str| known.strip_prefix(&own).is_some_and(|rest| rest.lines().count() <= 1);
    if let Some((id, _)) = programs.iter().find(|(_, known)| is_own(known)) {
        return Ok(Promoted::Already(id.clone()));
    }
    let slug = record.signature.slug();
    let mut id = slug.clone();
    for number in 2.. {
        if !ids.contains(&id) && !to.join(format!("{id}.yaml")).exists() {
            break;
        }
        id = format!("{slug}-{number}");
    }
    let draft = CaseText {
        id: id.clone(),
        title: format!("Regression: {}", record.signature),
        about: About::default(),
        symptom: &record.symptom(),
        program: &program,
        expected: &expected,
        level: record.level,
        engine: None,
    };
    let text = case_text(&CaseText { about: about_at(&draft, profile), ..draft });
    if !holds(&text, profile) {
        return Err(PromoteError::Untrue(record.expected.clone()));
    }
    let path = to.join(format!("{id}.yaml"));
    let write = || {
        fs::create_dir_all(to)?;
        let mut file = output::temporary(to, ".viewcheck-")?;
        io::Write::write_all(file.as_file_mut(), text.as_bytes())?;
        file.persist_noclobber(&path).map(drop).map_err(|error| error.error)
    };
    write().map_err(|error| PromoteError::Write { path: path.display().to_string(), error })?;
    Ok(Promoted::New(id, path))
}

/// The ids of cases, and the text of each program by its id.
type Existing = (Vec<String>, Vec<(String, String)>);

/// The cases of the suite that a folder is a part of.
fn existing(to: &Path) -> Result<Existing, PromoteError> {
    let is_empty = fs::read_dir(to).map_or(true, |mut entries| entries.next().is_none());
    if is_empty {
        return Ok((vec![], vec![]));
    }
    // Ids are unique over the whole suite, of which the folder is a part.
    let suite = match to.parent().filter(|parent| parent.ends_with("spec")) {
        Some(parent) => cases::load(&[parent.to_owned()]),
        None => cases::load(&[to.to_owned()]),
    };
    let is_bad = |problem: &&cases::Problem| problem.mistake != cases::Mistake::NoCases;
    if suite.problems.iter().any(|problem| is_bad(&problem)) {
        return Err(PromoteError::Suite(to.display().to_string()));
    }
    let cases: Vec<cases::Case> = suite.documents.into_iter().flat_map(|document| document.cases).collect();
    let ids = cases.iter().map(|case| case.id.clone()).collect();
    Ok((ids, cases.into_iter().map(|case| (case.id, text_of(&case.program))).collect()))
}

/// The text of a program without the imports that it begins with: a finding has none, and its case has.
fn text_of(program: &Program) -> String {
    let own = (0..program.steps.len()).map(|step| print::step(program, step));
    own.skip_while(|text| text.starts_with("import ")).collect()
}

/// What the reference sees, as some Python.
fn observe(program: &Program, profile: Profile) -> Result<Vec<Observation>, String> {
    let mut trace = Trace::new();
    let mut reference = Reference::new(profile);
    reference.run(program, Watch::Always, &mut trace).map_err(|fault| fault.to_string())?;
    Ok(trace.observations().collect())
}

/// Whether the case of a text holds on the reference, as some Python.
fn holds(text: &str, profile: Profile) -> bool {
    let Some(case) = only_case(text) else { return false };
    let mut trace = Trace::new();
    let mut reference = Reference::new(profile);
    reference.run(&case.program, Watch::Always, &mut trace).is_ok()
        && judge(&case, &trace, profile.version(), Level::Message.seen_by([reference.about()])).is_none()
}

/// The Python that one side of a finding stood for.
fn profile(side: &Side) -> Profile {
    let version = side.python.parse().unwrap_or(Version::newest());
    // The name of the reference says its sizes; an engine that can't be opened here has those of this machine.
    let like = Profile::new(version, Abi::default());
    match engine::is_reference(&side.name) {
        true => engine::open(&side.name, like, &engine::Settings::default())
            .map_or(like, |reference| reference.about().profile),
        false => like,
    }
}

/// The Pythons that a case is about, as far as the reference can tell; otherwise only the very version that the other engine is
/// compared as.
pub(super) fn about(draft: &CaseText<'_>, against: &engine::About) -> About {
    let profile = against.profile;
    let text = case_text(&CaseText { about: About::default(), ..draft.clone() });
    let is_known = against.role == Role::Reference && holds(&text, profile);
    match is_known && !matches!(draft.symptom, Symptom::Crash(_)) {
        true => about_at(draft, profile),
        false => {
            let version = profile.version();
            About { python: Some(format!("=={}.{}", version.major, version.minor)), sizes: None }
        }
    }
}

/// The Pythons around one for which a case holds on the reference.
fn about_at(draft: &CaseText<'_>, profile: Profile) -> About {
    let text = case_text(&CaseText { about: About::default(), ..draft.clone() });
    let other = match profile.abi() {
        Abi::Lp64 => Abi::Ilp32,
        Abi::Ilp32 => Abi::Lp64,
    };
    let is_of_one_size = !holds(&text, Profile::new(profile.version(), other));
    About { python: versions_at(&text, profile), sizes: is_of_one_size.then(|| engine::sizes(profile.abi())) }
}

/// The versions around one in which a case holds on the reference; `None` if in all that are modelled.
fn versions_at(text: &str, profile: Profile) -> Option<String> {
    let version = profile.version();
    let is_newest = |version: Version| NEWEST.contains(&version);
    let mut samples: Vec<Version> =
        NEWEST.into_iter().flat_map(|newest| [Version::new(newest.major, newest.minor, 0), newest]).collect();
    samples.push(version);
    samples.sort_unstable();
    samples.dedup();
    let own = samples.iter().position(|sample| *sample == version)?;
    let fails = |sample: &Version| !holds(text, Profile::new(*sample, profile.abi()));
    let first = samples[..own].iter().rposition(fails).map(|before| samples[before + 1]);
    let after = samples[own..].iter().position(fails).filter(|after| *after > 0);
    let last = after.map(|after| samples[own + after - 1]);
    let from = first.map(|first| match first.patch {
        0 => format!(">=3.{}", first.minor),
        _ if is_newest(first) => format!(">=3.{}", first.minor + 1),
        patch => format!(">=3.{}.{patch}", first.minor),
    });
    let to = last.map(|last| match last.patch {
        _ if is_newest(last) => format!("<3.{}", last.minor + 1),
        patch => format!("<=3.{}.{patch}", last.minor),
    });
    let clauses: Vec<String> = from.into_iter().chain(to).collect();
    (!clauses.is_empty()).then(|| clauses.join(", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use program::Parser;
    use rstest::rstest;

    #[rstest]
    #[case("memoryview(b'abcd').nbytes", Version::new(3, 12, 4), Abi::Lp64, None, None)]
    #[case("memoryview(b'abcd').cast('l').nbytes", Version::new(3, 15, 2), Abi::Ilp32, None, Some("ilp32"))]
    #[case("memoryview(b'abcd').cast('l').nbytes", Version::new(3, 15, 2), Abi::Lp64, None, Some("lp64"))]
    #[case("memoryview(b'abcd').count(97)", Version::new(3, 15, 2), Abi::Lp64, Some(">=3.14"), None)]
    #[case("memoryview(b'abcd').count(97)", Version::new(3, 13, 0), Abi::Ilp32, Some("<3.14"), None)]
    fn a_case_is_about_the_pythons_it_holds_for(
        #[case] text: &str,
        #[case] version: Version,
        #[case] abi: Abi,
        #[case] python: Option<&str>,
        #[case] sizes: Option<&'static str>,
    ) {
        let mut parser = Parser::new();
        parser.step(text).unwrap();
        let (program, profile) = (parser.finish(), Profile::new(version, abi));
        let expected = observe(&program, profile).unwrap();
        let symptom = Symptom::Hang;
        let draft = CaseText {
            id: "a".to_owned(),
            title: String::new(),
            about: About::default(),
            symptom: &symptom,
            program: &program,
            expected: &expected,
            level: Level::Message,
            engine: None,
        };
        assert_eq!(about_at(&draft, profile), About { python: python.map(str::to_owned), sizes });
    }
}
