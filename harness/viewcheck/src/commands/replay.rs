//! `viewcheck replay`: what each engine does in each step of a program.

use super::again::{Names, Reading, explain, notes};
use super::{CommandError, Console, Exit, interrupted, open_contained, open_engines};
use crate::check::{lacking, skipped};
use crate::compare::{Level, LevelFacets, compare, usual_level};
use crate::difference::{self as describe, Difference};
use crate::findings::{self, Input};
use crate::judge::judge;
use crate::laws::{self, Breach};
use crate::processes::Processes;
use engine::{About, Engine, Facet, Role, RunError, Watch, short_name};
use program::{Live, Observation, Program, Trace, print};
use std::path::PathBuf;

/// Run programs again and show, step by step, what each engine does.
///
/// FILE is a file of cases, the folder of a finding or any file in it, an encoded program, or a raw libFuzzer input.
/// A finding is run on the engines with which it was found. Exits with 1 if an engine does not meet the expectations
/// of a case, or if two engines differ, and with 2 if no engine could run any of the programs.
#[derive(clap::Args, Debug)]
pub(crate) struct Arguments {
    /// Files of cases, findings, encoded programs or raw libFuzzer inputs
    #[arg(value_name = "FILE", required = true)]
    files: Vec<PathBuf>,
    /// Engine to run the programs on: `embedded`, `reference@3.12`, or a command as in `pypy=pypy3`, which is not run by a
    /// shell (see `viewcheck check --help`); may be repeated [default: that of the finding, otherwise embedded, or
    /// python=python3 if viewcheck was built without it]
    #[arg(long = "engine", value_name = "ENGINE")]
    engines: Vec<String>,
    /// Engine whose behaviour is expected [default: that of the finding, otherwise the first reference]
    #[arg(long, value_name = "ENGINE")]
    against: Option<String>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    processes: Processes,
}

/// What an engine did with a program.
struct Ran {
    about: About,
    /// Whether its behaviour is expected of the others.
    is_against: bool,
    trace: Trace,
    fault: Option<RunError>,
}

pub(crate) fn run(arguments: &Arguments, console: &mut Console<'_>) -> Result<Exit, CommandError> {
    let mut inputs = vec![];
    for file in &arguments.files {
        inputs.extend(findings::read(file, arguments.reading.raw())?);
    }
    let names = |input| Names::of(input, &arguments.engines, arguments.against.as_deref());
    let names = inputs.iter().map(names).collect::<Result<Vec<Names>, _>>()?;
    let engines: Vec<String> = names.iter().flat_map(Names::all).collect();
    arguments.processes.announce(engines.iter().map(String::as_str), console.err)?;
    let (mut opened, mut engines) = (None, vec![]);
    let mut exits = vec![];
    for (index, (input, names)) in inputs.iter().zip(names).enumerate() {
        if index > 0 {
            writeln!(console.out)?;
        }
        if opened.as_ref() != Some(&names) {
            let is_named = !arguments.engines.is_empty() || arguments.against.is_some();
            let open = |name: &str, like| open_contained(console.open, &arguments.processes, name, like);
            engines =
                open_engines(&names.all(), &open, console.err).map_err(|error| explain(error, input, is_named))?;
        }
        exits.extend(replay(input, &mut engines, names.against.as_deref(), console)?);
        opened = Some(names);
    }
    console.out.flush()?;
    // Where nothing was run, it must not look as if all were well.
    Ok(exits.into_iter().max().unwrap_or(Exit::BadInput))
}

/// How the run of one program ends, if it was run.
fn replay(
    input: &Input,
    engines: &mut [Box<dyn Engine>],
    against: Option<&str>,
    console: &mut Console<'_>,
) -> Result<Option<Exit>, CommandError> {
    let abouts: Vec<About> = engines.iter().map(|engine| engine.about().clone()).collect();
    let against = match against {
        Some(name) => abouts.iter().position(|about| about.name == short_name(name)),
        None => Some(abouts.iter().position(|about| about.role == Role::Reference).unwrap_or(0)),
    };
    // The engines that there is something to say of: those that are tested, if there are any.
    let tested = || abouts.iter().filter(|about| about.role == Role::Tested);
    let judged: Vec<&About> = if tested().count() > 0 { tested().collect() } else { abouts.iter().collect() };
    let judged: Vec<String> = judged.into_iter().map(|about| about.name.clone()).collect();
    writeln!(console.out, "{}", input.name)?;
    console.out.write_all(notes(input, &abouts).as_bytes())?;
    if input.is_fatal() {
        writeln!(
            console.out,
            "This program has crashed, hung or exhausted the memory of an engine. It is run in a process of its own."
        )?;
    }
    let mut all = vec![];
    let mut breaches = vec![];
    for (index, (engine, about)) in engines.iter_mut().zip(abouts).enumerate() {
        if let Some(reason) = left_out(input, &about) {
            writeln!(console.out, "{} is skipped: {reason}", about.name)?;
            continue;
        }
        let mut trace = Trace::new();
        let mut fault = engine.run(&input.program, Watch::Always, &mut trace).err();
        if let Some(fault) = fault.as_ref().filter(|fault| is_end(fault) && trace.is_empty()) {
            // A program that hangs was given all the time that there is.
            engine.hurry(matches!(fault, RunError::Hung { .. }));
            run_before_end(&mut **engine, &input.program, &mut trace);
            engine.hurry(false);
        }
        if interrupted() {
            return Ok(Some(Exit::Interrupted));
        }
        let remains = laws::remains(&input.program, &trace).filter(|_| fault.is_none() && !input.is_fatal());
        let level = level(input, &[&about]);
        let broken = |remains: Vec<_>| laws::broken(&mut **engine, &input.program, &remains, input.law, level);
        match remains.map_or(Ok(None), broken) {
            Ok(breach) => breaches.extend(breach.map(|breach| (about.name.clone(), breach))),
            Err(failure) => fault = Some(failure.error),
        }
        all.push(Ran { about, is_against: against == Some(index), trace, fault });
    }
    let verdicts = verdicts(input, &all, &|engines| level(input, engines));
    tell_steps(&input.program, &all, &verdicts, console)?;
    for ran in &all {
        if let Some(fault) = &ran.fault {
            writeln!(console.out, "{} stopped: {fault}", ran.about.name)?;
        }
    }
    for (engine, breach) in &breaches {
        tell_breach(engine, breach, console)?;
    }
    let is_failed = all.iter().any(|ran| ran.fault.as_ref().is_some_and(RunError::is_failure));
    let is_well = verdicts.is_empty() && breaches.is_empty() && !is_failed;
    let was_run = was_run(input, &all, &judged);
    if is_well && !was_run {
        let (end, what) = match input.case {
            Some(_) => (" to its end", "the expectations of the case were not checked"),
            None => ("", "nothing was compared"),
        };
        writeln!(console.out, "{} could not run this program{end}: {what}", judged.join(", "))?;
    } else if is_well {
        let whole = all.iter().filter(|ran| ran.fault.is_none()).count();
        let judged = match (&input.case, all.len()) {
            (Some(_), _) if whole < all.len() => "all expectations of the case hold on the engines that could run it",
            (Some(_), _) => "all expectations of the case hold",
            (None, 1) => "run on one engine only: nothing was compared",
            (None, all) if whole < all => "no difference, as far as both engines could run the program",
            (None, _) => "no difference",
        };
        let is_reworded = !self::verdicts(input, &all, &|_| Level::Message).is_empty();
        let but = if is_reworded { ", except in the wording of errors, which is not compared" } else { "" };
        writeln!(console.out, "{judged}{but}")?;
    }
    Ok(match (is_well, was_run) {
        (false, _) => Some(Exit::Mismatch),
        (true, true) => Some(Exit::Expected),
        (true, false) => None,
    })
}

/// Whether one of the engines `judged` has run enough of a program to say something of it: a case to its end, another
/// program at all.
fn was_run(input: &Input, all: &[Ran], judged: &[String]) -> bool {
    let is_enough = |ran: &Ran| ran.fault.is_none() || input.case.is_none() && !ran.trace.is_empty();
    all.iter().any(|ran| judged.contains(&ran.about.name) && is_enough(ran))
}

/// Whether a program has ended the process that ran it.
fn is_end(fault: &RunError) -> bool {
    matches!(fault, RunError::Crashed { .. } | RunError::Hung { .. })
}

/// Runs the steps before the one in which a program ends its process. Observes none if that is another one each time.
fn run_before_end(engine: &mut dyn Engine, program: &Program, trace: &mut Trace) {
    let ending = program.shortest_prefix(|prefix| {
        let ran = engine.run(prefix, Watch::Always, trace);
        ran.is_err_and(|fault| is_end(&fault))
    });
    if engine.run(&program.prefix(ending.steps.len().saturating_sub(1)), Watch::Always, trace).is_err() {
        trace.clear();
    }
}

/// Why a case is not run on an engine, if it is not. That of a finding is about other Pythons than the one it was found
/// on where a version has changed something, and is run there all the same.
fn left_out(input: &Input, about: &About) -> Option<String> {
    let case = input.case.as_ref()?;
    let is_own = input.engines().is_some_and(|sides| sides.iter().any(|side| side.name == about.name));
    if is_own { lacking(case, about) } else { skipped(case, about) }
}

/// How strictly engines are compared: as for the finding, or else as is usual for them.
fn level(input: &Input, engines: &[&About]) -> Level {
    input.level().unwrap_or_else(|| usual_level(engines.iter().copied()))
}

/// The steps of a law that is broken, behind those of the program.
fn tell_breach(engine: &str, breach: &Breach, console: &mut Console<'_>) -> Result<(), CommandError> {
    let Breach { law, program, from, difference } = breach;
    writeln!(console.out, "{engine} violates the law `{}`: {}", law.name, law.says)?;
    for step in *from..program.steps.len() {
        writeln!(console.out, "{:>4}  {}", step + 1, print::step(program, step).trim_end())?;
        if step == difference.step {
            writeln!(console.out, "      > {}", difference.facet)?;
            writeln!(console.out, "        expected  {}", difference.expected)?;
            writeln!(console.out, "        actual    {}", difference.actual)?;
        }
    }
    Ok(())
}

/// The differences from the case or the expected engine at the level for them, each with a text that says which.
fn verdicts(input: &Input, all: &[Ran], level: &dyn Fn(&[&About]) -> Level) -> Vec<(Difference, String)> {
    let mut found = vec![];
    for ran in all.iter().filter(|ran| ran.fault.is_none()) {
        let version = ran.about.profile.version();
        // What is sent to another process to be replayed is not counted.
        let facets = level(&[&ran.about]).seen_by([&ran.about]).without(Facet::Allocated);
        let judged = input.case.as_ref().and_then(|case| judge(case, &ran.trace, version, facets));
        found.extend(judged.map(|difference| (difference, format!("{}, against the case", ran.about.name))));
    }
    let Some(against) = all.iter().find(|ran| ran.is_against) else { return found };
    for ran in all.iter().filter(|ran| !ran.is_against) {
        // What only one of them could run is not compared.
        let steps = match against.fault.is_some() || ran.fault.is_some() {
            true => against.trace.len().min(ran.trace.len()),
            false => usize::MAX,
        };
        let pair = [&against.about, &ran.about];
        let facets = level(&pair).seen_by(pair);
        let difference = compare(&input.program, &against.trace, &ran.trace, facets);
        if let Some(difference) = difference.filter(|difference| difference.step < steps) {
            found.push((difference, format!("{}, against {}", ran.about.name, against.about.name)));
        }
    }
    found
}

fn tell_steps(
    program: &Program,
    all: &[Ran],
    verdicts: &[(Difference, String)],
    console: &mut Console<'_>,
) -> Result<(), CommandError> {
    for step in 0..program.steps.len() {
        for (index, line) in print::step(program, step).lines().enumerate() {
            let number = if index == 0 { (step + 1).to_string() } else { String::new() };
            writeln!(console.out, "{number:>4}  {line}")?;
        }
        let differing = verdicts.iter().filter(|(difference, _)| difference.step == step);
        let told = outcomes(program, step, all, differing.clone().next().is_some());
        let width = told.iter().map(|(names, _)| names.chars().count()).max().unwrap_or(0);
        for (names, text) in told {
            writeln!(console.out, "        {names:width$}  {text}")?;
        }
        for (difference, who) in differing {
            writeln!(console.out, "      > {} ({who})", difference.facet)?;
            writeln!(console.out, "        expected  {}", difference.expected)?;
            writeln!(console.out, "        actual    {}", difference.actual)?;
        }
    }
    Ok(())
}

/// The observation of each engine in a step; engines with the same observation share a line.
fn outcomes(program: &Program, step: usize, all: &[Ran], with_state: bool) -> Vec<(String, String)> {
    let mut told: Vec<(Vec<&str>, String)> = vec![];
    for ran in all {
        let text = match ran.trace.observation(step) {
            Some(seen) => observation(program, &seen, with_state),
            None if step == ran.trace.len() => match &ran.fault {
                Some(RunError::Crashed { .. }) => "crashes".to_owned(),
                Some(RunError::Hung { .. }) => "hangs".to_owned(),
                _ => "not run".to_owned(),
            },
            None => "not run".to_owned(),
        };
        match told.iter_mut().find(|(_, other)| *other == text) {
            Some((names, _)) => names.push(&ran.about.name),
            None => told.push((vec![&ran.about.name], text)),
        }
    }
    told.into_iter().map(|(names, text)| (names.join(", "), text)).collect()
}

fn observation(program: &Program, seen: &Observation, with_state: bool) -> String {
    let mut text = describe::outcome(program, &seen.outcome);
    if !seen.printed.is_empty() {
        text += &format!(", printed {}", program::str_literal(&seen.printed));
    }
    for (name, live) in seen.live.iter().flatten().filter(|_| with_state) {
        text += &format!("; {} ", describe::name(program, *name));
        let locked = |locked: bool| if locked { ", locked" } else { "" };
        text += &match live {
            Live::View { released: false } => "is a view".to_owned(),
            Live::View { released: true } => "is a released view".to_owned(),
            Live::Exporter { locked: lock, content } => {
                format!("holds {}{}", program::bytes_literal(content), locked(*lock))
            }
            Live::ViewOfUnnamed { locked: lock, content } => {
                format!("is a view over {}{}", program::bytes_literal(content), locked(*lock))
            }
        };
    }
    text
}
