//! `max`, `min` and `sorted`, which compare items.

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, List, Object, Outcome};
use crate::stop::value_error;
use program::Kind;

/// The most items that are sorted: they are inserted one by one, which takes the square of their number.
const MOST: usize = 10_000;

/// `max(iterable)` or `min(iterable)`
pub(super) fn extreme(python: &Python, call: &Call<'_>, object: &Object) -> Outcome {
    let operator = if call.kind == Kind::Max { ">" } else { "<" };
    let mut extreme: Option<Object> = None;
    python.for_each(object, |item| {
        let is_better = match &extreme {
            Some(best) => python.compare(operator, &item, best)?,
            None => true,
        };
        if is_better {
            extreme = Some(item);
        }
        Ok(())
    })?;
    extreme.ok_or_else(|| {
        let text = match python.has(Change::EmptyExtremeText) {
            true => "iterable argument is empty",
            false => "arg is an empty sequence",
        };
        value_error(format!("{}() {text}", call.name)).into()
    })
}

/// `sorted(iterable)`
pub(super) fn sorted(python: &Python, call: &Call<'_>, object: &Object) -> Outcome {
    let mut sorted: Vec<Object> = Vec::new();
    let items = python.gather(object)?;
    let has_order = |item: &Object| match item {
        Object::Float(value) => !value.is_nan(),
        Object::None | Object::Tuple(_) | Object::Str(_) => false,
        _ => true,
    };
    // Which comparison raises first depends on the sorting algorithm.
    if !items.iter().all(has_order) {
        return Err(call.unsupported("of items that may have no order"));
    }
    if items.len() > MOST {
        return Err(call.unsupported(format!("of more than {MOST} items")));
    }
    for item in items {
        let mut at = sorted.len();
        while at > 0 && python.compare("<", &item, &sorted[at - 1])? {
            at -= 1;
        }
        sorted.insert(at, item);
    }
    Ok(Object::List(List::from(sorted)))
}
