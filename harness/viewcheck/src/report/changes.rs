//! Compares older results with newer ones.

use super::model::{Engine, Results, Status};
use std::collections::BTreeMap;

/// The results that changed, each as `case on engine`, in the order of the newer results.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Changes {
    /// Passes now and did not before.
    pub fixed: Vec<String>,
    /// Passed, or was skipped, and counts against the engine now.
    pub broken: Vec<String>,
    /// Was not in the former results.
    pub new: Vec<String>,
    /// Was in the former results only.
    pub gone: Vec<String>,
    /// The engines that are others than before under the same name, or were judged otherwise: one sentence each.
    pub engines: Vec<String>,
}

/// What changed from one run to another.
pub fn changes(before: &Results, now: &Results) -> Changes {
    let mut changes = Changes::default();
    let mut former: BTreeMap<(&str, &str), Status> = statuses(before).collect();
    let name = |(case, engine): (&str, &str)| format!("{case} on {engine}");
    for (key, status) in statuses(now) {
        match former.remove(&key) {
            None => changes.new.push(name(key)),
            Some(before) if before.is_bad() && status == Status::Pass => changes.fixed.push(name(key)),
            Some(before) if !before.is_bad() && status.is_bad() => changes.broken.push(name(key)),
            Some(_) => {}
        }
    }
    changes.gone = statuses(before).map(|(key, _)| key).filter(|key| former.contains_key(key)).map(name).collect();
    changes.engines = engines(before, now);
    changes
}

/// What changed about the engines of the same name.
fn engines(before: &Results, now: &Results) -> Vec<String> {
    let told = |engine: &Engine| match engine.level {
        Some(level) => format!("{} (level {})", engine.description(), level.word()),
        None => engine.description(),
    };
    let pairs = now.engines.iter().filter_map(|engine| {
        let former = before.engines.iter().find(|former| former.name == engine.name)?;
        Some((&engine.name, told(former), told(engine)))
    });
    let changed = pairs.filter(|(_, former, now)| former != now);
    changed.map(|(name, former, now)| format!("the engine `{name}` is {now}; it was {former}")).collect()
}

fn statuses(results: &Results) -> impl Iterator<Item = ((&str, &str), Status)> {
    results.cases.iter().flat_map(|case| {
        case.results.iter().map(|(engine, result)| ((case.id.as_str(), engine.as_str()), result.status))
    })
}
