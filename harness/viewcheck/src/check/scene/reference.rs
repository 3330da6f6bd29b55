//! The scenes of a case as the reference sees them.
//!
//! The reference is asked again for what a trace does not show: the layout of a view that is bound in the middle of a step,
//! and the bytes of an immutable exporter without a name.

use super::Stage;
use crate::report::model::Scene;
use cases::Case;
use engine::reference::Reference;
use engine::{Abi, Engine, NEWEST, Profile, Version, Watch};
use program::{Kind, Name, Observation, Operand, Operation, Outcome, Program, Target, Trace, Value};

/// Makes the scenes of cases, as the newest version of Python that each is about.
#[derive(Default)]
pub(crate) struct Scenes {
    /// A reference for each version that was needed so far.
    references: Vec<(Version, Reference)>,
}

/// Something that the reference is asked after a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    /// What a name is bound to.
    Bound(Name),
    /// The bytes of the exporter of a view.
    Content(Name),
}

impl Scenes {
    /// The scenes of a case after each step that changes them, as far as the reference can run it.
    pub(crate) fn of(&mut self, case: &Case) -> Vec<Scene> {
        let Some(version) = newest(case) else { return vec![] };
        let reference = match self.references.iter().position(|(known, _)| *known == version) {
            Some(at) => &mut self.references[at].1,
            None => {
                self.references.push((version, Reference::new(Profile::new(version, Abi::Lp64))));
                match self.references.last_mut() {
                    Some((_, reference)) => reference,
                    None => return vec![],
                }
            }
        };
        if case.needs.iter().any(|need| !reference.about().capabilities.contains(need)) {
            return vec![];
        }
        let mut trace = Trace::new();
        // What it can't run has scenes up to there.
        let _ = reference.run(&case.program, Watch::Always, &mut trace);
        let seen: Vec<Observation> = trace.observations().collect();
        let (scenes, questions) = play(&case.program, &seen, &[]);
        if questions.is_empty() {
            return scenes;
        }
        let answers = answers(reference, &case.program, seen.len(), &questions);
        play(&case.program, &seen, &answers).0
    }
}

/// The newest version that is modelled and that a case is about.
fn newest(case: &Case) -> Option<Version> {
    let versions = NEWEST
        .into_iter()
        .rev()
        .flat_map(|newest| (0..=newest.patch).rev().map(move |patch| Version::new(newest.major, newest.minor, patch)));
    versions.into_iter().find(|version| case.python.admits(*version))
}

/// A question with its step, counted from 0.
type Asked = (usize, Question);

/// The scenes of what was seen, and what they leave open, each once and with the first step where it can be asked.
fn play(program: &Program, seen: &[Observation], answers: &[(Asked, Value)]) -> (Vec<Scene>, Vec<Asked>) {
    let (mut scenes, mut questions): (Vec<Scene>, Vec<Asked>) = (vec![], vec![]);
    let mut stage = Stage::new(program);
    let mut last = Scene::default();
    let mut asked = vec![];
    for (step, seen) in seen.iter().enumerate() {
        stage.step(step, seen);
        for ((_, question), value) in answers.iter().filter(|((at, _), _)| *at == step) {
            stage.answer(*question, value);
        }
        for (id, question) in stage.questions() {
            if !asked.contains(&id) {
                asked.push(id);
                questions.push((step, question));
            }
        }
        let scene = stage.scene(step);
        if (&scene.objects, &scene.views) != (&last.objects, &last.views) {
            scenes.push(scene.clone());
            last = scene;
        }
    }
    (scenes, questions)
}

impl Stage<'_> {
    /// What is not known of living views, each with the object that it is about.
    fn questions(&self) -> Vec<(super::Id, Question)> {
        let question = |(name, view, released): (Name, Option<&super::View>, bool)| match view {
            _ if released => None,
            None => Some((self.bound(name)?, Question::Bound(name))),
            Some(view) => {
                let memory = self.memories.get(&view.of)?;
                let is_open = memory.content.is_none() && memory.type_name.as_deref() == Some("bytes");
                is_open.then_some((view.of, Question::Content(name)))
            }
        };
        self.views().filter_map(question).collect()
    }

    /// Learns the answer to a question.
    fn answer(&mut self, question: Question, value: &Value) {
        match (question, value) {
            (Question::Bound(name), value) => self.learn(name, value, None),
            (Question::Content(name), Value::Bytes(content)) => {
                let of = self.bound(name).and_then(|id| Some(self.views.get(&id)?.of));
                if let Some(memory) = of.and_then(|of| self.memories.get_mut(&of)) {
                    memory.type_name = Some("bytes".to_owned());
                    memory.content = Some(content.clone());
                }
            }
            _ => {}
        }
    }
}

/// Runs the first steps of a program again with a step for each question after the step that it is about.
fn answers(reference: &mut Reference, program: &Program, steps: usize, questions: &[Asked]) -> Vec<(Asked, Value)> {
    let mut longer = Program { names: program.names.clone(), ..Program::default() };
    let mut places = vec![];
    for step in 0..steps {
        longer.operations.extend_from_slice(program.step(step));
        longer.steps.push(longer.operations.len() as u32);
        for asked in questions.iter().filter(|(at, _)| *at == step) {
            longer.operations.extend(operations(asked.1));
            longer.steps.push(longer.operations.len() as u32);
            places.push((longer.steps.len() - 1, *asked));
        }
    }
    let mut trace = Trace::new();
    let _ = reference.run(&longer, Watch::End, &mut trace);
    let answer = |(place, asked): (usize, Asked)| match trace.observation(place)?.outcome {
        Outcome::Value(value) => Some((asked, value)),
        _ => None,
    };
    places.into_iter().filter_map(answer).collect()
}

fn operations(question: Question) -> Vec<Operation> {
    match question {
        Question::Bound(name) => vec![Operation::new(Kind::Plain, Target::Discard, [Operand::Name(name)])],
        Question::Content(name) => vec![
            Operation::new(Kind::Obj, Target::Temp(0), [Operand::Name(name)]),
            Operation::new(Kind::Plain, Target::Discard, [Operand::Temp(0)]),
        ],
    }
}
