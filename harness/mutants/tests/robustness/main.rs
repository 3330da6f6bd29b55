//! Nothing that surrounds viewcheck breaks it: each module has a kind of hostile surroundings.

mod environment;
mod limits;
mod run;
