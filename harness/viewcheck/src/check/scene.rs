//! Scenes of a run: which memory there is after each step, and which bytes of it each view with a name covers.
//!
//! A trace says what each step gave, and the state of named objects. Which names share an object is taken from the text of
//! the program: from assignments such as `b = a`, and from operations that give a view of the same memory. What neither
//! says is left out of a scene; nothing is guessed.

mod binding;
mod reference;

pub(crate) use reference::Scenes;

use crate::report::model::{Scene, SceneObject, SceneView};
use binding::{Binding, Origin, bindings, origin};
use program::{Live, Name, Observation, Offset, Outcome, Program, Root, Target, Trace, Value, ViewState};
use std::collections::BTreeMap;
use std::fmt::Write;

/// The most bytes of an object that a scene shows.
const MOST: usize = 256;
/// What a trace has in place of a type for memory that belongs to no object.
const NOBODY: &str = "NULL";
/// The name of the view that a step gives and that no name is bound to, as in an interpreter.
const RESULT: &str = "_";

/// The scene after a step of a run, counted from 0; `None` if there is nothing to show.
pub(crate) fn scene(program: &Program, trace: &Trace, step: usize) -> Option<Scene> {
    let mut stage = Stage::new(program);
    for (index, seen) in trace.observations().enumerate().take(step + 1) {
        stage.step(index, &seen);
    }
    Some(stage.scene(step)).filter(|scene| !scene.objects.is_empty())
}

/// An object, by the order in which the program makes them.
type Id = usize;

/// Memory that views can cover.
#[derive(Clone, Debug, Default)]
struct Memory {
    type_name: Option<String>,
    content: Option<Box<[u8]>>,
    locked: bool,
    /// What it is called while no name is bound to it.
    label: String,
}

/// A view, and the memory that it covers.
#[derive(Clone, Debug)]
struct View {
    of: Id,
    state: ViewState,
}

/// The objects of a program at some step of a run.
struct Stage<'p> {
    program: &'p Program,
    /// The object that each name is bound to.
    names: Vec<Option<Id>>,
    /// Known objects. A number without an entry is an object of which nothing is known.
    memories: BTreeMap<Id, Memory>,
    views: BTreeMap<Id, View>,
    next: Id,
    /// How many objects of each type were called by it.
    labels: BTreeMap<String, usize>,
    /// The view that the step gave, if no name is bound to it.
    result: Option<View>,
    /// The state of named objects after the step.
    live: Vec<(Name, Live)>,
}

impl<'p> Stage<'p> {
    fn new(program: &'p Program) -> Stage<'p> {
        Stage {
            program,
            names: vec![None; program.names.len()],
            memories: BTreeMap::new(),
            views: BTreeMap::new(),
            next: 0,
            labels: BTreeMap::new(),
            result: None,
            live: vec![],
        }
    }

    /// Goes on by a step of which that was seen.
    fn step(&mut self, step: usize, seen: &Observation) {
        let operations = self.program.step(step);
        let raised = matches!(seen.outcome, Outcome::Raised(_));
        let last = operations.last().map(|last| last.target);
        self.result = None;
        // Where a view comes from is asked before names are bound to something else.
        let source = match &seen.outcome {
            Outcome::Value(_) => operations.len().checked_sub(1).and_then(|at| origin(operations, at)),
            _ => None,
        };
        let source = source.map(|origin| match origin {
            Origin::Name(name) => Source::Object(self.bound(name)),
            Origin::Literal(content) => Source::Literal(content.into()),
        });
        for (name, binding) in bindings(operations, raised) {
            let known = match binding {
                Binding::Same(other) => self.bound(other),
                Binding::ExporterOf(view) => self.bound(view).and_then(|id| Some(self.views.get(&id)?.of)),
                Binding::New | Binding::Nothing => None,
            };
            let is_bound = binding != Binding::Nothing;
            let id = known.or_else(|| is_bound.then(|| self.new_id()));
            self.bind(name, id);
        }
        if let Outcome::Value(value) = &seen.outcome {
            match last {
                Some(Target::Name(name)) => self.learn(name, value, source),
                _ => self.result = self.view(value, source),
            }
        }
        if let Some(live) = &seen.live {
            self.reconcile(live);
        }
    }

    /// What a name is bound to has that value.
    fn learn(&mut self, name: Name, value: &Value, source: Option<Source>) {
        let Some(id) = self.bound(name) else { return };
        let content = match value {
            Value::View(_) => {
                if let Some(view) = self.view(value, source) {
                    self.views.insert(id, view);
                }
                return;
            }
            Value::Bytes(content) | Value::Bytearray(content) | Value::Array(_, content) => Some(content.clone()),
            Value::Object(_) => None,
            _ => return,
        };
        // An immutable object is not itself any more when something was added to it.
        let id = match self.memories.get(&id) {
            Some(known) if known.content != content && matches!(value, Value::Bytes(_)) => {
                let id = self.new_id();
                self.bind(name, Some(id));
                id
            }
            _ => id,
        };
        let memory = self.memories.entry(id).or_default();
        memory.type_name = Some(value.type_name().to_owned());
        memory.content = content;
    }

    /// The view that a value is, with the memory that it covers.
    fn view(&mut self, value: &Value, source: Option<Source>) -> Option<View> {
        let Value::View(state) = value else { return None };
        if state.released || !is_told(state) {
            return None;
        }
        let mut state = (**state).clone();
        let of = match &state.root {
            Root::Named(root) => {
                let id = self.bound(*root).unwrap_or_else(|| self.new_id());
                self.bind(*root, Some(id));
                match self.views.get(&id) {
                    // The memory belongs to another view, from whose first item the offset is counted.
                    Some(root) => {
                        state.offset = match (root.state.offset, state.offset) {
                            (Offset::At(start), Offset::At(distance)) => Offset::At(start.saturating_add(distance)),
                            _ => Offset::Unknown,
                        };
                        root.of
                    }
                    None => id,
                }
            }
            Root::Unnamed(type_name) => self.unnamed(type_name, source),
        };
        self.memories.entry(of).or_default();
        Some(View { of, state })
    }

    /// The memory without a name that a view with that origin covers.
    fn unnamed(&mut self, type_name: &str, source: Option<Source>) -> Id {
        let type_name = (type_name != NOBODY).then(|| type_name.to_owned());
        let content = match source {
            Some(Source::Object(Some(id))) => {
                let of = self.views.get(&id).map(|view| view.of);
                let is_it = |of: &Id| self.memories.get(of).is_some_and(|known| known.type_name == type_name);
                if let Some(of) = of.filter(is_it) {
                    return of;
                }
                None
            }
            Some(Source::Literal(content)) if type_name.as_deref() == Some("bytes") => Some(content),
            _ => None,
        };
        let id = self.new_id();
        self.memories.insert(id, Memory { type_name, content, ..Memory::default() });
        id
    }

    /// Takes over what is known of named objects.
    fn reconcile(&mut self, live: &[(Name, Live)]) {
        self.live = live.to_vec();
        for (name, live) in live {
            let (id, locked, content) = match live {
                Live::View { .. } => continue,
                Live::Exporter { locked, content } => {
                    let id = self.bound(*name).filter(|id| !self.views.contains_key(id));
                    let id = id.unwrap_or_else(|| self.new_id());
                    self.bind(*name, Some(id));
                    (id, *locked, content)
                }
                Live::ViewOfUnnamed { locked, content } => {
                    let Some(view) = self.bound(*name).and_then(|id| self.views.get(&id)) else { continue };
                    (view.of, *locked, content)
                }
            };
            let memory = self.memories.entry(id).or_default();
            (memory.locked, memory.content) = (locked, Some(content.clone()));
        }
    }

    /// The names of views that are alive, with the view if its layout is known, and whether it is released.
    fn views(&self) -> impl Iterator<Item = (Name, Option<&View>, bool)> {
        self.live.iter().filter_map(|(name, live)| match live {
            Live::View { released } => Some((*name, self.bound(*name).and_then(|id| self.views.get(&id)), *released)),
            _ => None,
        })
    }

    /// What there is after the step.
    fn scene(&mut self, step: usize) -> Scene {
        let exporters = self.live.iter().filter(|(_, live)| matches!(live, Live::Exporter { .. }));
        let mut shown: Vec<Id> = exporters.filter_map(|(name, _)| self.bound(*name)).collect();
        shown.extend(self.views().filter(|(.., released)| !released).filter_map(|(_, view, _)| Some(view?.of)));
        shown.extend(self.result.as_ref().map(|view| view.of));
        let mut objects: Vec<(Id, SceneObject)> = vec![];
        for id in shown {
            if objects.iter().all(|(known, _)| *known != id) {
                objects.push((id, self.object(id)));
            }
        }
        let called = |of: Id| objects.iter().find(|(id, _)| *id == of).map(|(_, object)| object.name.clone());
        let named = self.views().filter_map(|(name, view, released)| {
            let view = view?;
            Some(drawn(self.program.name_text(name), called(view.of)?, &view.state, released))
        });
        let result = self.result.iter().filter_map(|view| Some(drawn(RESULT, called(view.of)?, &view.state, false)));
        let views = named.chain(result).collect();
        Scene { step: step + 1, objects: objects.into_iter().map(|(_, object)| object).collect(), views }
    }

    fn object(&mut self, id: Id) -> SceneObject {
        let name = match self.names.iter().position(|bound| *bound == Some(id)) {
            Some(name) => self.program.names.get(name).map_or_else(String::new, ToString::to_string),
            None => self.label(id),
        };
        let memory = self.memories.get(&id).cloned().unwrap_or_default();
        let content = memory.content.as_deref();
        let length = content.map(<[u8]>::len).filter(|length| *length > MOST);
        let bytes = content.map(|content| hex(&content[..content.len().min(MOST)]));
        SceneObject { name, type_name: memory.type_name, bytes, length, locked: memory.locked }
    }

    /// What an object without a name is called, as long as it lives.
    fn label(&mut self, id: Id) -> String {
        let memory = self.memories.entry(id).or_default();
        if memory.label.is_empty() {
            let kind = memory.type_name.clone().unwrap_or_else(|| "memory".to_owned());
            let count = self.labels.entry(kind.clone()).or_default();
            *count += 1;
            memory.label = if *count == 1 { format!("{kind}()") } else { format!("{kind}() {count}") };
        }
        memory.label.clone()
    }

    fn bind(&mut self, name: Name, id: Option<Id>) {
        if let Some(slot) = self.names.get_mut(usize::from(name)) {
            *slot = id;
        }
    }

    fn bound(&self, name: Name) -> Option<Id> {
        self.names.get(usize::from(name)).copied().flatten()
    }

    fn new_id(&mut self) -> Id {
        self.next += 1;
        self.next
    }
}

/// Where the memory of a view without a named exporter may come from.
enum Source {
    /// From that of this object, if a name is bound to it.
    Object(Option<Id>),
    /// From a constant.
    Literal(Box<[u8]>),
}

/// Whether an engine told the whole layout.
fn is_told(state: &ViewState) -> bool {
    let not_told = [ViewState::NOT_TOLD];
    *state.format != *ViewState::NO_FORMAT
        && state.itemsize != ViewState::NOT_TOLD
        && state.shape != not_told
        && state.strides != not_told
}

fn drawn(name: &str, of: String, state: &ViewState, released: bool) -> SceneView {
    SceneView {
        name: name.to_owned(),
        of,
        offset: match state.offset {
            Offset::At(offset) => Some(offset),
            Offset::Outside | Offset::Unknown => None,
        },
        format: state.format.to_string(),
        itemsize: state.itemsize,
        shape: state.shape.clone(),
        strides: state.strides.clone(),
        suboffsets: state.suboffsets.clone(),
        readonly: state.readonly,
        released,
    }
}

fn hex(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        // Writing to a String can't fail.
        let _ = write!(text, "{byte:02x}");
    }
    text
}

#[cfg(test)]
mod tests;
