//! Where a process can't confine itself: other systems than Linux, and other processors.

use super::{Bounds, ConfineError, Held};

/// Confines nothing, and says so.
pub(super) fn confine(_: &Bounds, _: bool) -> Result<Held, ConfineError> {
    let reason = "files, network and other processes are not protected: viewcheck can confine processes on Linux alone, on x86-64 and ARM";
    Ok(Held { missing: vec![reason.to_owned()] })
}
