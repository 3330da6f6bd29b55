//! What laws are asked about the views that a program left alive, and whether the answers are as they say.
//!
//! The laws that only read share one program. A law that seems to be broken there is asked again alone, because another one
//! may be to blame. A law that takes apart what the program left behind has a program of its own.

use super::follow::Follow;
use super::subject::Subject;
use super::{Breach, Law, outcome};
use crate::compare::outcomes;
use crate::difference::Difference;
use engine::Facets;
use program::{Outcome, Program, Trace};

/// The programs of some laws about some views.
pub(super) struct Questions<'a> {
    program: &'a Program,
    subjects: Vec<Subject>,
    /// The laws that only read, each with the index of its subject and the steps of the shared program that are its own.
    shared: Vec<(&'static Law, usize, Vec<usize>)>,
    shared_program: Option<Program>,
    /// The laws that end what they are about, each with the index of its subject and its program.
    ending: Vec<(&'static Law, usize, Program)>,
}

impl<'a> Questions<'a> {
    /// What these laws are asked about views that a program left alive.
    pub(super) fn about(program: &'a Program, subjects: Vec<Subject>, laws: Vec<&'static Law>) -> Questions<'a> {
        let (first, mut follow) = (program.steps.len(), Follow::after(program));
        let (mut steps, mut shared, mut ending) = (Follow::default(), vec![], vec![]);
        for (index, subject) in subjects.iter().enumerate() {
            for law in laws.iter().copied() {
                if law.ends {
                    ending.extend(alone(program, law, subject).map(|program| (law, index, program)));
                    continue;
                }
                steps.truncate(0);
                (law.steps)(subject, &mut steps);
                if steps.len() > 0 {
                    shared.push((law, index, follow.share(&steps, first)));
                }
            }
        }
        let shared_program = (!shared.is_empty()).then_some(follow.program);
        Questions { program, subjects, shared, shared_program, ending }
    }

    /// The programs to run, in the order in which [`breach`](Questions::breach) takes their traces.
    pub(super) fn programs(&self) -> impl Iterator<Item = &Program> {
        self.shared_program.iter().chain(self.ending.iter().map(|(_, _, program)| program))
    }

    /// The laws that seem to be broken, by the traces of all programs, in one of the facets.
    pub(super) fn suspects(&self, facets: Facets, traces: Vec<Trace>) -> Suspects {
        let (mut traces, mut suspects) = (traces.into_iter(), vec![]);
        if let Some(program) = &self.shared_program
            && let Some(trace) = traces.next()
        {
            for (law, index, steps) in &self.shared {
                let subject = &self.subjects[*index];
                let seen: Vec<Outcome> = steps.iter().map_while(|step| outcome(&trace, *step)).collect();
                if breaks(law, subject, program, &seen, facets).is_some() {
                    suspects.extend(alone(self.program, law, subject).map(|program| (*law, *index, program)));
                }
            }
        }
        Suspects { alone: suspects, ending: traces.collect() }
    }

    /// The first law that is broken, by the traces of the programs of all suspects.
    pub(super) fn breach(&self, facets: Facets, suspects: &Suspects, traces: &[Trace]) -> Option<Breach> {
        let alone = suspects.alone.iter().zip(traces);
        let ending = self.ending.iter().zip(&suspects.ending);
        alone
            .chain(ending)
            .find_map(|((law, subject, program), trace)| self.judge(facets, law, *subject, program, trace))
    }

    /// The breach of a law whose steps are those of a program after the ones of this one.
    fn judge(
        &self,
        facets: Facets,
        law: &'static Law,
        subject: usize,
        program: &Program,
        trace: &Trace,
    ) -> Option<Breach> {
        let from = self.program.steps.len();
        let seen: Vec<Outcome> = (from..program.steps.len()).map_while(|step| outcome(trace, step)).collect();
        let mut difference = breaks(law, &self.subjects[subject], program, &seen, facets)?;
        difference.step += from;
        Some(Breach { law, program: program.clone(), from, difference })
    }
}

/// What is left to be asked, and the answers that decide already.
pub(super) struct Suspects {
    /// The laws that seem to be broken, each with the index of its subject and a program that asks nothing else.
    pub(super) alone: Vec<(&'static Law, usize, Program)>,
    /// The traces of the laws that end what they are about.
    ending: Vec<Trace>,
}

/// A program with the steps of one law behind it, if that has any.
fn alone(program: &Program, law: &Law, subject: &Subject) -> Option<Program> {
    let mut follow = Follow::after(program);
    (law.steps)(subject, &mut follow);
    (follow.len() > program.steps.len()).then_some(follow.program)
}

/// In what the outcomes of a law's steps are not as it says; of the steps, counted from the first of them.
fn breaks(law: &Law, subject: &Subject, program: &Program, seen: &[Outcome], facets: Facets) -> Option<Difference> {
    if seen.iter().any(is_lacking) {
        return None;
    }
    let seen: Vec<&Outcome> = seen.iter().collect();
    (law.judge)(subject, &seen).into_iter().find_map(|(step, expected)| {
        let (facet, expected, actual) = outcomes(program, &expected, seen.get(step)?, facets)?;
        Some(Difference { law: Some(law.name), ..Difference::new(step, facet, expected, actual) })
    })
}

/// Whether an engine lacks what a step uses, a method or a parameter. The cases say so; nothing follows for a law from what
/// is not there.
fn is_lacking(outcome: &Outcome) -> bool {
    let Outcome::Raised(raised) = outcome else { return false };
    match raised.exception.as_str() {
        "AttributeError" => true,
        "TypeError" => ["positional argument", "keyword argument", "takes no argument"]
            .iter()
            .any(|words| raised.message.contains(words)),
        _ => false,
    }
}
