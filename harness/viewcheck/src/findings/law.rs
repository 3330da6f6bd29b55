//! Findings about violated laws: the program is shrunk without the steps of the law, and stored with them.

use super::{Finding, Limits, Replay, Symptom, expect, investigate};
use crate::compare::Level;
use crate::laws::{self, Breach, Law};
use engine::reference::Reference;
use engine::{About, Engine, Role, Watch};
use program::{Program, Trace};

/// Holds programs against one law.
struct LawReplay<'a> {
    engine: &'a mut dyn Engine,
    law: &'static Law,
    level: Level,
    /// Told of each replay before it begins.
    beat: &'a dyn Fn(),
    trace: Trace,
}

impl LawReplay<'_> {
    fn breach(&mut self, program: &Program) -> Option<Breach> {
        (self.beat)();
        breach(self.engine, program, Some(self.law), self.level, &mut self.trace)
    }
}

impl Replay for LawReplay<'_> {
    fn replay(&mut self, program: &Program) -> Option<Symptom> {
        self.breach(program).map(|breach| Symptom::Difference(breach.difference))
    }

    fn ration(&mut self, operations: Option<u32>) {
        self.engine.ration(operations);
    }

    fn level(&self) -> Level {
        self.level
    }
}

/// Runs a program and finds the law, of all or one, that an engine breaks at a level with what it leaves behind.
pub fn breach(
    engine: &mut dyn Engine,
    program: &Program,
    law: Option<&'static Law>,
    level: Level,
    trace: &mut Trace,
) -> Option<Breach> {
    engine.run(program, Watch::End, trace).ok()?;
    let remains = laws::remains(program, trace)?;
    laws::broken(engine, program, &remains, law, level).ok()?
}

/// Confirms that a program breaks a law at a level, shrinks it and signs it. `beat` is called before each replay.
pub fn investigate_law(
    engine: &mut dyn Engine,
    engines: &[About; 2],
    program: &Program,
    (law, level): (&'static Law, Level),
    limits: Limits,
    beat: &dyn Fn(),
) -> Option<Finding> {
    let mut replay = LawReplay { engine, law, level, beat, trace: Trace::new() };
    let finding = investigate(&mut replay, engines, program, limits)?;
    let Some(breach) = replay.breach(&finding.program) else { return Some(Finding { stable: false, ..finding }) };
    // What the reference does is right only as far as the law goes.
    let is_right = engines[1].role == Role::Reference && {
        let mut reference = Reference::new(engines[1].profile);
        self::breach(&mut reference, &finding.program, Some(law), level, &mut replay.trace).is_none()
    };
    let expected = if is_right { expect(&engines[1], &breach.program) } else { None };
    let actual = replay.engine.run(&breach.program, Watch::Always, &mut replay.trace).ok();
    Some(Finding {
        symptom: Symptom::Difference(breach.difference),
        program: breach.program,
        expected,
        actual: actual.map(|()| replay.trace.observations().collect()),
        law: Some((law, breach.from)),
        plain: None,
        ..finding
    })
}
