//! `max`, `min` and `sorted`, which compare items.

use crate::changes::Change;
use crate::context::Python;
use crate::object::{Call, Object, Outcome};
use crate::stop::{Stop, type_error, value_error};
use crate::types::constructor;
use crate::types::function::Function;
use program::Kind;
use view::Arguments;

/// The most items that are sorted: they are inserted one by one, which takes the square of their number.
const MOST: usize = 10_000;

/// `max(…)` or `min(…)` of an iterable, or of several arguments
pub(super) fn extreme(python: &Python, call: &Call<'_>) -> Outcome {
    let operator = if call.kind == Kind::Max { ">" } else { "<" };
    let (values, [key, default]) = call.split(["key", "default"])?;
    let object = match values {
        [] => return Err(call.other_arguments()),
        [object] => object.clone(),
        [_, ..] if default.is_some() => {
            let name = call.name;
            let text = format!("Cannot specify a default for {name}() with multiple positional arguments");
            return Err(type_error(text).into());
        }
        several => Object::Tuple(several.to_vec().into()),
    };
    let mut extreme: Option<(Object, Object)> = None;
    python.for_each(&object, |item| {
        let by = python.key_of(call, key, &item)?;
        let is_better = match &extreme {
            Some((best, _)) => python.compare(operator, &by, best)?,
            None => true,
        };
        if is_better {
            extreme = Some((by, item));
        }
        Ok(())
    })?;
    extreme.map(|(_, item)| item).or(default.cloned()).ok_or_else(|| {
        let text = match python.has(Change::EmptyExtremeText) {
            true => "iterable argument is empty",
            false => "arg is an empty sequence",
        };
        value_error(format!("{}() {text}", call.name)).into()
    })
}

impl Python {
    /// Returns what an item is compared by: what the function `key` returns for it, or the item itself.
    fn key_of(&self, call: &Call<'_>, key: Option<&Object>, item: &Object) -> Outcome {
        match key {
            None | Some(Object::None) => Ok(item.clone()),
            Some(Object::Class(class)) => self.call_type(&class.0, std::slice::from_ref(item)),
            Some(key) => match key.downcast::<Function>() {
                Some(function) => function.call(Arguments { values: std::slice::from_ref(item), names: &[] }),
                None => Err(call.other_arguments()),
            },
        }
    }

    /// Puts before each item what it is compared by.
    pub(crate) fn with_keys(
        &self,
        call: &Call<'_>,
        key: Option<&Object>,
        items: Vec<Object>,
    ) -> Result<Vec<(Object, Object)>, Stop> {
        items.into_iter().map(|item| Ok((self.key_of(call, key, &item)?, item))).collect()
    }

    /// Calls a type.
    fn call_type(&self, path: &str, values: &[Object]) -> Outcome {
        let arguments = Arguments { values, names: &[] };
        let call = Call { kind: Kind::call(path).unwrap_or(Kind::AnyCall), name: path, arguments };
        match constructor(call.kind, path) {
            Some(new) => new(self, &call),
            None => super::call(self, &call),
        }
    }
}

/// `sorted(iterable)`
pub(super) fn sorted(python: &Python, call: &Call<'_>) -> Outcome {
    let (values, [key, reverse]) = call.split(["key", "reverse"])?;
    let [object] = values else { return Err(call.other_arguments()) };
    let items = python.with_keys(call, key, python.gather(object)?)?;
    Ok(Object::List(in_order(python, call, items, reverse)?.into()))
}

/// Sorts items by what stands before each of them, as `sorted` and `list.sort` do.
pub(crate) fn in_order(
    python: &Python,
    call: &Call<'_>,
    mut items: Vec<(Object, Object)>,
    reverse: Option<&Object>,
) -> Result<Vec<Object>, Stop> {
    let is_reverse = match reverse {
        None => false,
        Some(Object::Bool(reverse)) => *reverse,
        Some(_) => return Err(call.other_arguments()),
    };
    let mut sorted: Vec<(Object, Object)> = Vec::new();
    let has_order = |item: &Object| match item {
        Object::Float(value) => !value.is_nan(),
        Object::None | Object::Tuple(_) | Object::Str(_) | Object::Instance(_) => false,
        _ => true,
    };
    // Which comparison raises first depends on the sorting algorithm.
    let are_texts = items.iter().all(|(by, _)| matches!(by, Object::Str(_)));
    if !are_texts && !items.iter().all(|(by, _)| has_order(by)) {
        return Err(call.unsupported("of items that may have no order"));
    }
    if items.len() > MOST {
        return Err(call.unsupported(format!("of more than {MOST} items")));
    }
    // Equal items keep their order, in reverse, too.
    if is_reverse {
        items.reverse();
    }
    for item in items {
        let mut at = sorted.len();
        while at > 0 && python.compare("<", &item.0, &sorted[at - 1].0)? {
            at -= 1;
        }
        sorted.insert(at, item);
    }
    if is_reverse {
        sorted.reverse();
    }
    Ok(sorted.into_iter().map(|(_, item)| item).collect())
}
