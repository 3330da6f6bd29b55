//! Applies known divergences to the status of a case. A case that differs as an entry says becomes `known`; a case that
//! passes although an entry says that it differs becomes `stale`.
//!
//! Entries are strict in both directions, so that a check stays green until something changes. This module only
//! applies the rule; it does not run cases and does not decide the exit code.

mod draft;

pub use draft::Draft;

use crate::compare::Level;
use crate::report::model::{Case, Engine, EngineResult, Results, Status};
use cases::known::{Ending, Subject};
use cases::{Entry, Known};
use engine::Version;

/// The known divergences of one engine, in a run at one level.
#[derive(Clone, Copy, Debug)]
pub struct Divergences<'a> {
    /// All that are known.
    pub known: &'a Known,
    /// The engine's implementation.
    pub implementation: &'a str,
    /// The version of the implementation, which for one that is not CPython is not that of Python; `None` if nobody
    /// can say, and then only entries for all versions count.
    pub version: Option<Version>,
    /// How strict the run is.
    pub level: Level,
}

/// What becomes of the status of a case. Each entry comes with its index in [`Known::entries`], so that it can be told
/// which ones were of any use.
#[derive(Clone, Copy, Debug)]
pub enum Becomes<'a> {
    /// No entry has anything to say: the status stays.
    Same,
    /// The entry expects this status, which is not to pass.
    Known(usize, &'a Entry),
    /// The entry allows the case to pass, which it did: it passed.
    Allowed(usize, &'a Entry),
    /// The case passed, and the entry says that it does not: an error, the entry has to go.
    Stale(usize, &'a Entry),
    /// The entry is about the case and expects another status: this one stays, and is as bad as without an entry.
    Unexpected(usize, &'a Entry),
}

impl<'a> Divergences<'a> {
    /// Those of an engine, at the level at which it was judged.
    pub fn of(known: &'a Known, engine: &'a Engine) -> Divergences<'a> {
        Divergences {
            known,
            implementation: &engine.implementation,
            version: engine.known_version(),
            level: engine.level.unwrap_or_default(),
        }
    }

    /// What becomes of the status of a case, given by its word, such as `fail`, and of a failure because of a `law`. Of a
    /// case that did not run (`skip`), that could not be judged (`open`) or that the engine could not run (`error`), no
    /// entry says anything.
    pub fn judge(&self, id: &str, status: &str, law: Option<&str>) -> Becomes<'a> {
        let Some(ending) = Ending::named(status) else { return Becomes::Same };
        // What breaks a known law says nothing about the case.
        let mut laws = law.into_iter().flat_map(|law| self.known.for_law(law, self.implementation, self.version));
        if let Some((index, entry)) = laws.find(|(_, entry)| ending == Ending::Fail && entry.shows_at(self.level)) {
            return Becomes::Known(index, entry);
        }
        let entries = self.known.for_case(id, self.implementation, self.version);
        let applying: Vec<_> = entries.filter(|(_, entry)| entry.shows_at(self.level)).collect();
        // Of several, such as one about a table and one about its row, it suffices that one expects this.
        let expecting = applying.iter().find(|(_, entry)| entry.endings.contains(&ending));
        match (expecting, applying.first(), ending) {
            (Some((index, entry)), _, Ending::Pass) => Becomes::Allowed(*index, entry),
            (Some((index, entry)), _, _) => Becomes::Known(*index, entry),
            (None, Some((index, entry)), Ending::Pass) => Becomes::Stale(*index, entry),
            (None, Some((index, entry)), _) => Becomes::Unexpected(*index, entry),
            (None, None, _) => Becomes::Same,
        }
    }
}

impl<'a> Becomes<'a> {
    /// The word that takes the place of the status, if another one does.
    pub fn word(&self) -> Option<&'static str> {
        match self {
            Becomes::Known(..) => Some("known"),
            Becomes::Stale(..) => Some("stale"),
            Becomes::Same | Becomes::Allowed(..) | Becomes::Unexpected(..) => None,
        }
    }

    /// The entry, and its index among all.
    pub fn entry(&self) -> Option<(usize, &'a Entry)> {
        match self {
            Becomes::Same => None,
            Becomes::Known(index, entry)
            | Becomes::Allowed(index, entry)
            | Becomes::Stale(index, entry)
            | Becomes::Unexpected(index, entry) => Some((*index, entry)),
        }
    }

    /// What to say about the status, in a sentence: the reason of a known divergence, or what is wrong with its entry.
    pub fn reason(&self) -> Option<String> {
        match self {
            Becomes::Same | Becomes::Allowed(..) => None,
            Becomes::Known(_, entry) => Some(entry.reason.clone()),
            Becomes::Stale(_, entry) => Some(format!(
                "it passes, and {} lists it as a known divergence: remove it there, or narrow the versions",
                entry.place()
            )),
            Becomes::Unexpected(_, entry) => {
                let words: Vec<&str> = entry.endings.iter().map(|ending| ending.word()).collect();
                Some(format!("{} lists it as a known divergence with the status {}", entry.place(), words.join(" or ")))
            }
        }
    }
}

/// Gives every result of a run the status that known divergences make of it.
pub fn apply(results: &mut Results, known: &Known) {
    for engine in results.engines.clone() {
        let divergences = Divergences::of(known, &engine);
        results.restate(&engine.name, |id, result| {
            let becomes = divergences.judge(id, result.status.word(), result.law.as_deref());
            let was = Some(result.status).filter(|status| matches!(status, Status::Crash | Status::Hang));
            result.known_as = was.filter(|_| matches!(becomes, Becomes::Known(..)));
            result.status = match becomes {
                Becomes::Known(..) => Status::Known,
                Becomes::Stale(..) => Status::Stale,
                Becomes::Same | Becomes::Allowed(..) | Becomes::Unexpected(..) => result.status,
            };
            if let Some(reason) = becomes.reason() {
                result.reason = match (&becomes, result.reason.take()) {
                    (Becomes::Unexpected(..), Some(own)) => Some(format!("{own}; {reason}")),
                    _ => Some(reason),
                };
            }
        });
    }
}

/// What is wrong with entries about laws, in a sentence each: they apply to an engine of this run, which is one of all cases,
/// and no case breaks the law on it.
pub fn unbroken(results: &Results, known: &Known) -> Vec<String> {
    let breaks = |engine: &Engine, law: &str| {
        let of_engine = |case: &Case| case.result(engine).is_some_and(|result| result.law.as_deref() == Some(law));
        results.cases.iter().any(of_engine)
    };
    let unbroken = |engine: &Engine, entry: &Entry| {
        let divergences = Divergences::of(known, engine);
        let applies =
            entry.is_about(divergences.implementation, divergences.version) && entry.shows_at(divergences.level);
        let Subject::Law(law) = &entry.subject else { return None };
        let (place, name) = (entry.place(), &engine.name);
        (applies && !breaks(engine, law)).then(|| {
            format!(
                "no case breaks the law {law} on {name}, and {place} lists it: remove it there, or narrow the versions"
            )
        })
    };
    let engines = results.engines.iter();
    engines.flat_map(|engine| known.entries().iter().filter_map(move |entry| unbroken(engine, entry))).collect()
}

/// The first case of a run whose status is not what known divergences make of it: those have changed since.
pub fn changed<'a>(results: &'a Results, known: &Known) -> Option<&'a str> {
    let is_same = |divergences: &Divergences<'_>, id: &str, result: &EngineResult| {
        let becomes = |word: &str| divergences.judge(id, word, result.law.as_deref());
        match result.status {
            Status::Known => Ending::ALL.iter().any(|ending| matches!(becomes(ending.word()), Becomes::Known(..))),
            Status::Stale => matches!(becomes(Status::Pass.word()), Becomes::Stale(..)),
            other => !matches!(becomes(other.word()), Becomes::Known(..) | Becomes::Stale(..)),
        }
    };
    results.engines.iter().find_map(|engine| {
        let divergences = Divergences::of(known, engine);
        let mut cases = results.cases.iter();
        let differing =
            cases.find(|case| case.result(engine).is_some_and(|result| !is_same(&divergences, &case.id, result)));
        differing.map(|case| case.id.as_str())
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::causes::sample;
    use rstest::rstest;

    const KNOWN: &str = "
- {implementation: pypy, version: '<7.4', cases: [differs, table], reason: It differs.}
- {implementation: pypy, cases: [varies], status: [pass, fail, hang], reason: It varies.}
- {implementation: pypy, cases: [dies], status: [crash], reason: It dies.}
- {implementation: pypy, level: message, cases: [words], reason: Other words.}
- {implementation: pypy, level: type, cases: [types], reason: Another type.}
- {implementation: pypy, cases: [table/b], status: [crash, pass], reason: A row of its own.}
";

    /// What becomes of a status: the new word, or else the old one, and the entry that says so.
    fn judged(id: &str, status: &'static str, version: Option<Version>, level: Level) -> (&'static str, Option<usize>) {
        let (known, problems) = Known::load_text("k.yaml", KNOWN);
        assert!(problems.is_empty(), "{problems:?}");
        let becomes = Divergences { known: &known, implementation: "pypy", version, level }.judge(id, status, None);
        (becomes.word().unwrap_or(status), becomes.entry().map(|(index, _)| index))
    }

    #[rstest]
    #[case::differs("differs", "fail", "known", Some(0))]
    #[case::passes("differs", "pass", "stale", Some(0))]
    #[case::a_crash_is_more_than_a_difference("differs", "crash", "crash", Some(0))]
    #[case::did_not_run("differs", "skip", "skip", None)]
    #[case::not_judged("differs", "open", "open", None)]
    #[case::could_not_run("differs", "error", "error", None)]
    #[case::nobody_said("other", "fail", "fail", None)]
    #[case::nobody_said("other", "pass", "pass", None)]
    #[case::may_pass("varies", "pass", "pass", Some(1))]
    #[case::may_fail("varies", "fail", "known", Some(1))]
    #[case::may_hang("varies", "hang", "known", Some(1))]
    #[case::may_not_crash("varies", "crash", "crash", Some(1))]
    #[case::dies("dies", "crash", "known", Some(2))]
    #[case::lives("dies", "pass", "stale", Some(2))]
    #[case::a_row_as_its_table("table/a", "fail", "known", Some(0))]
    #[case::a_row_as_its_table("table/a", "pass", "stale", Some(0))]
    #[case::a_row_as_its_table("table/b", "fail", "known", Some(0))]
    #[case::a_row_of_its_own("table/b", "crash", "known", Some(5))]
    #[case::a_row_of_its_own("table/b", "pass", "pass", Some(5))]
    #[case::none_of_both("table/b", "hang", "hang", Some(0))]
    fn a_status_becomes(
        #[case] id: &str,
        #[case] status: &'static str,
        #[case] word: &str,
        #[case] entry: Option<usize>,
    ) {
        assert_eq!(judged(id, status, Some(Version::new(7, 3, 0)), Level::Message), (word, entry));
    }

    #[rstest]
    #[case("words", "fail", ["fail", "fail", "known"])]
    #[case("words", "pass", ["pass", "pass", "stale"])]
    #[case("types", "fail", ["fail", "known", "known"])]
    #[case("types", "pass", ["pass", "stale", "stale"])]
    #[case::of_all_levels("dies", "pass", ["stale", "stale", "stale"])]
    fn an_entry_applies_where_it_shows(#[case] id: &str, #[case] status: &'static str, #[case] words: [&str; 3]) {
        let levels = [Level::Value, Level::Type, Level::Message];
        assert_eq!(levels.map(|level| judged(id, status, None, level).0), words);
    }

    #[rstest]
    #[case(Some(Version::new(7, 4, 0)), "fail")]
    #[case(Some(Version::new(7, 3, 20)), "known")]
    #[case::unknown(None, "fail")]
    fn an_entry_applies_to_its_versions(#[case] version: Option<Version>, #[case] word: &str) {
        assert_eq!(judged("differs", "fail", version, Level::Message).0, word);
    }

    /// A case that fails because of a law is known by the law, whatever else is said of the case; an entry about a law that
    /// nothing breaks is wrong.
    #[test]
    fn an_entry_about_a_law_applies_where_that_is_broken() {
        let text = "- {implementation: pypy, version: '==8.0.1', law: slicing-composes, reason: It breaks it.}";
        let (known, _) = Known::load_text("k.yaml", text);
        let broken = serde_json::json!({"status": "fail", "facet": "value", "law": "slicing-composes", "step": 1});
        let other = serde_json::json!({"status": "fail", "facet": "value", "law": "casts-are-undone", "step": 1});
        let run = |id, result| sample::case("spec/library/a.yaml", id, &["1"], result);
        let mut run = sample::results(vec![run("one", broken), run("two", other), run("three", fail())]);
        apply(&mut run, &known);
        let statuses: Vec<Status> = run.cases.iter().map(|case| case.results["pypy"].status).collect();
        assert_eq!(statuses, [Status::Known, Status::Fail, Status::Fail]);
        assert_eq!((unbroken(&run, &known).len(), changed(&run, &known)), (0, None));
        run.cases.remove(0);
        let wrong = unbroken(&run, &known);
        assert!(
            wrong.len() == 1 && wrong[0].contains("k.yaml:1") && wrong[0].contains("slicing-composes"),
            "{wrong:?}"
        );
    }

    fn fail() -> serde_json::Value {
        sample::fail(1, "value", "1", "2")
    }

    #[test]
    fn the_entry_is_named() {
        let (known, _) = Known::load_text("k.yaml", KNOWN);
        let pypy = Divergences { known: &known, implementation: "pypy", version: None, level: Level::Type };
        assert_eq!(pypy.judge("dies", "crash", None).reason().as_deref(), Some("It dies."));
        let stale = "it passes, and k.yaml:4 lists it as a known divergence: remove it there, or narrow the versions";
        assert_eq!(pypy.judge("dies", "pass", None).reason().as_deref(), Some(stale));
        let unexpected = "k.yaml:3 lists it as a known divergence with the status pass or fail or hang";
        assert_eq!(pypy.judge("varies", "crash", None).reason().as_deref(), Some(unexpected));
        let other = Divergences { implementation: "cpython", ..pypy };
        assert_eq!(other.judge("dies", "crash", None).reason(), None);
    }
}
