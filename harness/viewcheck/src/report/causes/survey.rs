//! What came of all cases on all engines, looked at once: counts by area, why cases are skipped, and what
//! differs with its line.
//!
//! Reports ask for the same counts and causes several times. Results of one case that differ in the same way on several
//! engines are looked at once, because the program of the case is parsed for that.

use super::title::{Line, line};
use super::{Cause, Divergence, Tally, cause};
use crate::report::model::{Case, Engine, EngineResult, Results, Status};
use std::cmp::Reverse;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

/// What came of all cases.
pub struct Survey<'a> {
    engines: HashMap<&'a str, usize>,
    areas: Vec<(&'a str, Vec<Tally>)>,
    totals: Vec<Tally>,
    /// Of each engine what differs, in the order of the cases.
    divergences: Vec<Vec<(Divergence<'a>, Rc<Line>)>>,
    /// Of each engine how many cases were skipped for each reason.
    skips: Vec<BTreeMap<&'a str, usize>>,
}

impl<'a> Survey<'a> {
    /// Looks at results. Cases that are left out because they pass everywhere are counted too.
    pub fn of(results: &'a Results) -> Survey<'a> {
        let count = results.engines.len();
        let engines = results.engines.iter().enumerate().map(|(index, engine)| (&engine.name[..], index)).collect();
        let mut survey = Survey {
            engines,
            areas: vec![],
            totals: vec![Tally::default(); count],
            divergences: vec![vec![]; count],
            skips: vec![BTreeMap::new(); count],
        };
        for (document, claims) in results.by_document() {
            let area = survey.area(document.area(), count);
            for checked in &claims {
                checked.cases.iter().for_each(|case| survey.add(area, case));
                let all = survey.areas[area].1.iter_mut().chain(&mut survey.totals);
                all.for_each(|tally| tally.add_passes(checked.omitted()));
            }
        }
        survey
    }

    /// The number of an area, which is new at first.
    fn area(&mut self, name: &'a str, engines: usize) -> usize {
        self.areas.iter().position(|(known, _)| *known == name).unwrap_or_else(|| {
            self.areas.push((name, vec![Tally::default(); engines]));
            self.areas.len() - 1
        })
    }

    fn add(&mut self, area: usize, case: &'a Case) {
        let mut known: Vec<(&EngineResult, Rc<Line>)> = vec![];
        for (name, result) in &case.results {
            let Some(engine) = self.engines.get(&name[..]).copied() else { continue };
            let found = Divergence::of(case, result).map(|divergence| {
                let same = known.iter().find(|(other, _)| *other == result).map(|(_, line)| line.clone());
                let line = same.unwrap_or_else(|| {
                    let line = Rc::new(line(&divergence));
                    known.push((result, line.clone()));
                    line
                });
                (divergence, line)
            });
            let severity = found.as_ref().map(|(_, line)| line.severity);
            for tally in [&mut self.areas[area].1[engine], &mut self.totals[engine]] {
                tally.add(result.status, severity);
            }
            self.divergences[engine].extend(found);
            if result.status == Status::Skip {
                *self.skips[engine].entry(result.reason.as_deref().unwrap_or_default()).or_default() += 1;
            }
        }
    }

    /// The names of the areas, in the order of the documents.
    pub fn areas(&self) -> Vec<&'a str> {
        self.areas.iter().map(|(name, _)| *name).collect()
    }

    /// The counts of an engine in an area.
    pub fn tally(&self, area: &str, engine: &Engine) -> Tally {
        self.by_area(engine).find(|(name, _)| *name == area).map(|(_, tally)| tally.clone()).unwrap_or_default()
    }

    /// The counts of an engine by area.
    pub fn by_area<'b>(&'b self, engine: &Engine) -> impl Iterator<Item = (&'a str, &'b Tally)> {
        let number = self.number(engine);
        self.areas.iter().filter_map(move |(name, tallies)| Some((*name, tallies.get(number?)?)))
    }

    /// The counts of an engine over all cases.
    pub fn total(&self, engine: &Engine) -> Tally {
        self.number(engine).and_then(|number| self.totals.get(number)).cloned().unwrap_or_default()
    }

    /// The causes of what an engine did otherwise: the worst first, of those the ones that are not known, and then the
    /// ones with the most results. What is known for one reason has a cause for each severity.
    pub fn causes(&self, engine: &Engine) -> Vec<Cause<'a>> {
        let divergences = self.number(engine).and_then(|number| self.divergences.get(number));
        cause::causes(divergences.map(Vec::as_slice).unwrap_or_default())
    }

    /// The reasons for which an engine skipped cases, with their numbers, the most frequent first.
    pub fn skips(&self, engine: &Engine) -> Vec<(&'a str, usize)> {
        let reasons = self.number(engine).and_then(|number| self.skips.get(number));
        let mut reasons: Vec<_> = reasons.into_iter().flatten().map(|(reason, count)| (*reason, *count)).collect();
        reasons.sort_by_key(|(_, count)| Reverse(*count));
        reasons
    }

    fn number(&self, engine: &Engine) -> Option<usize> {
        self.engines.get(&engine.name[..]).copied()
    }
}
