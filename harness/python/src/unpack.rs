//! Assignments to several targets.

use crate::changes::Change;
use crate::context::Python;
use crate::object::{List, Object};
use crate::stop::{Stop, type_error, value_error};
use view::{Error, Exception};

impl Python {
    /// Returns the parts of an object that is assigned to `before` targets, and then to one with a star and `after` more,
    /// if that is given. What the star takes is a list.
    ///
    /// `unpack_iterable` in C; case: targets-take-as-many-values-as-there-are
    pub fn unpack(&self, object: &Object, before: usize, after: Option<usize>) -> Result<Vec<Object>, Stop> {
        if let (Object::List(_) | Object::Tuple(_), None) = (object, after) {
            let items = self.items(object)?;
            return match items.len() {
                count if count == before => Ok(items),
                count if count > before => {
                    let got = if self.has(Change::UnpackedCount) { format!(", got {count}") } else { String::new() };
                    Err(value_error(format!("too many values to unpack (expected {before}{got})")).into())
                }
                count => Err(too_few(&before.to_string(), count)),
            };
        }
        let through = self.iter(object).map_err(|stop| not_iterable(object, stop))?;
        let iterator = through.as_type();
        let mut items = vec![];
        while items.len() < before {
            match iterator.next()? {
                Some(item) => items.push(item),
                None if after.is_some() => {
                    let least = before + after.unwrap_or_default();
                    return Err(too_few(&format!("at least {least}"), items.len()));
                }
                None => return Err(too_few(&before.to_string(), items.len())),
            }
        }
        let Some(after) = after else {
            return match iterator.next()? {
                None => Ok(items),
                Some(_) => Err(value_error(format!("too many values to unpack (expected {before})")).into()),
            };
        };
        // What is left is made a list of, as `list` does it.
        let mut rest = self.items(&through)?;
        let Some(middle) = rest.len().checked_sub(after) else {
            return Err(too_few(&format!("at least {}", before + after), before + rest.len()));
        };
        let last = rest.split_off(middle);
        items.push(Object::List(List::from(rest)));
        items.extend(last);
        Ok(items)
    }
}

fn too_few(expected: &str, got: usize) -> Stop {
    value_error(format!("not enough values to unpack (expected {expected}, got {got})")).into()
}

/// An object that can't be iterated over is told in other words here.
fn not_iterable(object: &Object, stop: Stop) -> Stop {
    let own = format!("'{}' object is not iterable", object.class());
    match &stop {
        Stop::Raised(error) if error.exception() == Exception::TypeError && error.to_string() == own => {
            let error: Error = type_error(format!("cannot unpack non-iterable {} object", object.class()));
            error.into()
        }
        _ => stop,
    }
}
