//! Laws of locks: an exporter without live views can be resized.

use super::Law;
use super::follow::Follow;
use super::subject::Subject;
use program::{Kind, Operand, Outcome, Target, Value};
use std::borrow::Cow;

/// The most bytes of an exporter that is resized.
const BYTES: usize = 1 << 12;

pub(super) const LAWS: &[Law] = &[
    Law {
        name: "lost-views-lock-nothing",
        says: "An exporter can be resized once nothing refers to its views.",
        steps: |subject, follow| {
            let Some((exporter, _)) = resizable(subject) else { return };
            lose(others(subject, exporter, |_| true), follow);
            double(exporter, follow);
        },
        judge: |subject, _| doubled(subject, |_| true, 0),
        ends: true,
        needs_deaths: true,
        python: "type(o[-1]) is not Raised",
    },
    Law {
        name: "released-views-lock-nothing",
        says: "An exporter can be resized once all its views are released.",
        steps: |subject, follow| {
            let Some((exporter, _)) = resizable(subject) else { return };
            lose(others(subject, exporter, |name| !subject.views.contains(&name)), follow);
            releases(subject).for_each(|name| follow.step(Kind::Release, [Operand::Name(name)]));
            double(exporter, follow);
        },
        judge: |subject, _| doubled(subject, |name| !subject.views.contains(&name), releases(subject).count()),
        ends: true,
        needs_deaths: true,
        python: "type(o[-1]) is not Raised",
    },
];

/// The exporter that a view keeps from being resized, and its content twice.
fn resizable(subject: &Subject) -> Option<(u16, Value)> {
    let (name, value) = subject.exporter.as_ref()?;
    let twice = |bytes: &[u8]| (!bytes.is_empty() && bytes.len() <= BYTES).then(|| bytes.repeat(2).into_boxed_slice());
    let doubled = match value {
        Value::Bytearray(bytes) => Value::Bytearray(twice(bytes)?),
        Value::Array(typecode, bytes) => Value::Array(*typecode, twice(bytes)?),
        _ => return None,
    };
    Some((*name, doubled))
}

/// The names of what may have a view of the exporter.
fn others(subject: &Subject, exporter: u16, is_lost: impl Fn(u16) -> bool) -> impl Iterator<Item = u16> {
    (0..subject.names).filter(move |name| *name != exporter && is_lost(*name))
}

/// The views to release, one after the other. A view that another one belongs to can be released only after that one,
/// which may come later, so that there are as many rounds as views.
fn releases(subject: &Subject) -> impl Iterator<Item = u16> {
    let views = &subject.views;
    views.iter().copied().cycle().take(views.len() * views.len())
}

/// Binds names to nothing that could have a view.
fn lose(names: impl Iterator<Item = u16>, follow: &mut Follow) {
    names.for_each(|name| follow.bind(Kind::Plain, Target::Name(name), [Operand::Value(Value::None)]));
}

fn double(exporter: u16, follow: &mut Follow) {
    let operands = [Operand::Name(exporter), Operand::Value(Value::Int(2))];
    follow.bind(Kind::InPlaceMultiply, Target::Name(exporter), operands);
}

/// The last step, after those that lose names and so many others, gives the content twice.
fn doubled<'a>(subject: &Subject, is_lost: impl Fn(u16) -> bool, more: usize) -> Vec<(usize, Cow<'a, Outcome>)> {
    let Some((exporter, doubled)) = resizable(subject) else { return vec![] };
    vec![(others(subject, exporter, is_lost).count() + more, Cow::Owned(Outcome::Value(doubled)))]
}
