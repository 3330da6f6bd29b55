//! A trace that comes from another process.

use super::Trace;
use serde::Deserialize;

/// A trace as another process sends it, whose steps may lie anywhere.
#[derive(Deserialize)]
pub(super) struct Parts {
    bytes: Vec<u8>,
    ends: Vec<u32>,
}

impl TryFrom<Parts> for Trace {
    type Error = &'static str;

    fn try_from(Parts { bytes, ends }: Parts) -> Result<Trace, &'static str> {
        let is_sound = ends.is_sorted() && ends.last().is_none_or(|end| *end as usize <= bytes.len());
        if is_sound {
            Ok(Trace { bytes, ends, ..Trace::default() })
        } else {
            Err("the steps of a trace lie outside of it")
        }
    }
}
