//! `hook(answer, …)`: an object whose special methods act first, by releasing a view or appending to an exporter, and
//! then return `answer`.
//!
//! The conversion of an operand can run any Python code. Most memory errors that were found in memoryview happen when
//! such code releases or resizes the memory in use.

use crate::changes::Profile;
use crate::code;
use crate::context::Python;
use crate::nested;
use crate::object::{Call, Object, Outcome, Type, no_attribute};
use crate::stop::Stop;
use crate::types::answers::Answer;
use crate::types::hash::Hashed;
use crate::types::instance;
use crate::types::numpy::is_ndarray;
use program::Kind;
use std::any::Any;
use std::cell::RefCell;
use std::rc::Rc;
use view::arguments::Named;
use view::{Error, Int, Signature};

/// The name of the type.
pub const HOOK: &str = "hook";

/// A type as the object to release or to append to: its method would be called without a receiver.
const OF_A_TYPE: Error = Error::Unspecified { what: "the hook calls a method of a type without an object" };

/// Returns whether an object is a class of the program or of one, and may have a method of the name that is called.
fn is_of_program(object: &Object) -> bool {
    instance::as_instance(object).is_some() || instance::as_class(object).is_some()
}

fn of_a_program() -> Error {
    code::as_error(Stop::unsupported("a hook that calls a method of an object of the program"))
}

/// A hook: the answer, and the actions that precede it.
pub struct Hook {
    profile: Profile,
    answer: Object,
    deeds: RefCell<Deeds>,
}

/// The actions of a hook, which run before it answers.
#[derive(Clone, Default)]
struct Deeds {
    releases: Option<Object>,
    appends: Option<Object>,
}

impl Deeds {
    /// Reads the last two operands of an operation; `None` as an operand means no action.
    fn of(releases: Option<&Object>, appends: Option<&Object>) -> Deeds {
        let given = |object: Option<&Object>| object.filter(|object| !matches!(object, Object::None)).cloned();
        Deeds { releases: given(releases), appends: given(appends) }
    }
}

impl Drop for Hook {
    fn drop(&mut self) {
        let Deeds { releases, appends } = std::mem::take(self.deeds.get_mut());
        let answer = std::mem::replace(&mut self.answer, Object::None);
        nested::drop_flat(&mut [answer, releases.unwrap_or(Object::None), appends.unwrap_or(Object::None)]);
    }
}

impl Hook {
    /// Returns whether all actions are modelled. A weak reference ignores what its callback raises, so an action that
    /// is not modelled has to be refused before.
    pub(crate) fn is_known(&self) -> bool {
        let deeds = self.deeds.borrow();
        let is_unknown = |object: &Object| matches!(object, Object::Class(_)) || is_of_program(object);
        ![&deeds.releases, &deeds.appends].into_iter().flatten().any(is_unknown)
    }

    fn answered<'a>(&self, answer: &'a Object) -> Answer<'a> {
        Answer { class: HOOK, answer, profile: self.profile }
    }

    /// Returns the answer without running the actions.
    pub fn answer(&self) -> &Object {
        &self.answer
    }

    /// Runs the actions as the callback of a weak reference, which ignores results and errors.
    pub fn call(&self) {
        let _ = self.asked();
    }

    /// Removes all actions.
    pub(crate) fn disarm(&self) {
        self.deeds.take();
    }

    /// Runs the actions and returns the answer. An error of an action is raised to the caller of the special method.
    pub(crate) fn asked(&self) -> Result<&Object, Error> {
        // The actions are cloned because running them may call this hook again.
        let deeds = self.deeds.borrow().clone();
        match &deeds.releases {
            None => {}
            Some(other) if is_of_program(other) => return Err(of_a_program()),
            Some(Object::View(view)) => view.release()?,
            Some(Object::Class(_)) => return Err(OF_A_TYPE),
            Some(other) => return Err(no_attribute(other.class(), "release")),
        }
        match &deeds.appends {
            None => {}
            Some(other) if is_of_program(other) => return Err(of_a_program()),
            Some(Object::Bytearray(bytearray)) => bytearray.append(&0_i64)?,
            Some(Object::Array(array)) => array.append(&0_i64)?,
            Some(Object::Class(_)) => return Err(OF_A_TYPE),
            Some(Object::List(list)) => list.push(Object::int(0)),
            Some(other) => return Err(no_attribute(other.class(), "append")),
        }
        Ok(&self.answer)
    }
}

impl Type for Hook {
    fn class(&self) -> &str {
        HOOK
    }

    fn type_path(&self) -> Option<&'static str> {
        Some("object")
    }

    fn has_index(&self) -> bool {
        true
    }

    fn is_sequence(&self) -> bool {
        true
    }

    fn index(&self) -> Option<Result<Int, Error>> {
        Some(self.asked().and_then(|answer| self.answered(answer).index()))
    }

    fn float(&self) -> Option<Result<f64, Error>> {
        Some(self.asked().and_then(|answer| self.answered(answer).float()))
    }

    fn truth(&self) -> Result<bool, Error> {
        self.answered(self.asked()?).truth()
    }

    fn hash(&self, _: Profile) -> Hashed {
        self.answered(self.asked()?).hash()
    }

    fn length(&self) -> Result<isize, Error> {
        self.answered(self.asked()?).length()
    }

    fn equals(&self, _: &Object) -> Result<Option<bool>, Error> {
        match self.asked()? {
            Object::NotImplemented => Ok(None),
            answer => view::Object::truth(answer).map(Some),
        }
    }

    fn repr(&self) -> Result<String, Stop> {
        Err(Stop::unsupported("the text of a hook"))
    }

    fn attribute(&self, _: &Python, name: &str) -> Outcome {
        match name {
            // It is a method, and methods are not objects here.
            "arm" => Err(Stop::unsupported("`hook.arm` as an object")),
            name => Err(self.missing(name)),
        }
    }

    fn method(&self, python: &Python, this: &Object, call: &Call<'_>) -> Outcome {
        match (call.kind, this) {
            (Kind::Arm, Object::Instance(hook)) => self.arm(python, hook, call),
            _ => Err(self.missing(call.name)),
        }
    }

    fn as_any(&self) -> &dyn Any {
        self
    }
}

/// `hook(answer, releases=…, appends=…)`
pub(crate) fn new(python: &Python, call: &Call<'_>) -> Outcome {
    const HOOK: Signature = Signature {
        name: self::HOOK,
        parameters: &["answer", "releases", "appends"],
        required: 1,
        named: Named::Always,
    };
    let [answer, releases, appends] = HOOK.bind(call.arguments, python.view_profile())?;
    let answer = answer.unwrap_or(&Object::None).clone();
    if is_ndarray(&answer) {
        return Err(call.unsupported("with an array of numpy as the answer"));
    }
    let deeds = RefCell::new(Deeds::of(releases, appends));
    Ok(Object::instance(Hook { profile: python.profile(), answer, deeds }))
}

impl Hook {
    /// `hook.arm(releases=…, appends=…)`
    fn arm(&self, python: &Python, this: &Rc<dyn Type>, call: &Call<'_>) -> Outcome {
        const ARM: Signature =
            Signature { name: "arm", parameters: &["releases", "appends"], required: 0, named: Named::SinceClinic };
        let [releases, appends] = ARM.bind(call.arguments, python.view_profile())?;
        self.deeds.replace(Deeds::of(releases, appends));
        // The hook may hold a view of an exporter that holds the hook, a cycle that is broken at the end.
        python.may_hold_itself(this, |armed| {
            if let Some(hook) = armed.as_any().downcast_ref::<Hook>() {
                hook.disarm();
            }
        });
        match self.is_known() {
            true => Ok(Object::None),
            // The hook may already be the callback of a weak reference.
            false => Err(call.unsupported("with an object that is not a view, or that cannot be appended to")),
        }
    }
}

/// Returns whether an object is a hook.
pub(crate) fn is_hook(object: &Object) -> bool {
    object.downcast::<Hook>().is_some()
}

/// Returns whether an object is a hook or contains one.
pub(crate) fn has_hook(object: &Object) -> bool {
    nested::any(object, |object| is_hook(object) || instance::is_converted(object))
}
