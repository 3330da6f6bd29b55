//! Code of the program that runs while an operation does: the machine that runs the program, as objects call it.
//!
//! An object is asked for something in places that know nothing of a run. While a run goes on, it is found here.

use crate::object::Object;
use crate::stop::{self, Stop};
use view::Error;

/// What runs a program.
pub trait Code {
    /// Calls the function whose body has that index, with the values of all its parameters.
    ///
    /// # Errors
    ///
    /// What it raises. If the run is over, that was noted, and the error says no more.
    fn call(&self, body: u16, arguments: Vec<Object>) -> Result<Object, Stop>;

    /// Runs the body of a generator expression with an item of what it iterates over. Returns the item that it makes of it.
    ///
    /// # Errors
    ///
    /// As [`call`](Code::call).
    fn item(&self, body: u16, locals: Vec<Option<Object>>, given: Object) -> Result<Option<Object>, Stop>;

    /// Does something whose errors go no further: what they have kept alive is gone after it.
    fn apart(&self, act: &mut dyn FnMut());

    /// How many deaths have run code of the program so far.
    fn deaths(&self) -> u64;

    /// Notes that the run is over, for this reason. The operation that is performed comes to its end, and its outcome does
    /// not count.
    fn give_up(&self, stop: Stop);
}

scoped_tls_hkt::scoped_thread_local!(static CODE: for<'a> &'a (dyn Code + 'a));

/// Runs a program: while `run` does, its objects call `code`.
pub fn running<T>(code: &dyn Code, run: impl FnOnce() -> T) -> T {
    CODE.set(code, run)
}

/// Whether the program that runs has bodies.
pub(crate) fn is_running() -> bool {
    CODE.is_set()
}

/// Calls what runs the program.
pub(crate) fn with<T>(act: impl FnOnce(&dyn Code) -> Result<T, Stop>) -> Result<T, Stop> {
    match CODE.is_set() {
        true => CODE.with(|code| act(code)),
        false => Err(Stop::Malformed("a function is called after the run of its program")),
    }
}

/// Does something whose errors go no further, because it is done where an object dies.
pub(crate) fn apart(act: impl FnOnce()) {
    let mut act = Some(act);
    let mut once = || {
        if let Some(act) = act.take() {
            act();
        }
    };
    match CODE.is_set() {
        true => CODE.with(|code| code.apart(&mut once)),
        false => once(),
    }
}

/// How many deaths have run code of the program so far.
fn deaths() -> u64 {
    if CODE.is_set() { CODE.with(|code| code.deaths()) } else { 0 }
}

/// Makes an item of a generator expression, whose variables live as long as it does.
pub(crate) fn generated<T>(make: impl FnOnce() -> T) -> T {
    let before = deaths();
    let made = make();
    if deaths() != before {
        as_error(Stop::unsupported("the moment at which an item of a generator expression dies"));
    }
    made
}

/// Drops objects that lose their last reference at the same time, in an order that differs between versions.
pub(crate) fn die_together<T>(objects: impl IntoIterator<Item = T>) {
    let mut ran = 0;
    for object in objects {
        let before = deaths();
        drop(object);
        ran += u32::from(deaths() != before);
    }
    if ran > 1 {
        as_error(Stop::unsupported("the order in which objects die that lose their last reference at the same time"));
    }
}

/// Returns why an operation stopped as an error, for a place in which an operation can only raise.
pub(crate) fn as_error(stop: Stop) -> Error {
    let stop = match stop {
        Stop::Raised(error) => return error,
        stop => stop,
    };
    match is_running() {
        true => CODE.with(|code| code.give_up(stop)),
        // Nothing of the program lies in between.
        false => stop::keep(stop),
    }
    Error::Unspecified { what: stop::OVER }
}
