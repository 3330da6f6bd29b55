//! Faults on purpose, for tests of the campaign itself: a worker that dies, hangs or eats memory at a given program,
//! workers that can't start, and an engine that lies, or two that share a lie. They are asked for by an environment variable that nothing but a test sets.

use super::system::{self, Death};
use engine::{About, Engine, Fault as EngineFault, Watch};
use program::{Kind, Outcome, Program, Raised, Trace, Value};

/// The variable: faults with commas between, such as `segv@123,hang@456,lie@tolist`.
pub const VARIABLE: &str = "VIEWCHECK_TEST_FAULT";

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Act {
    Die(Death),
    Hang,
    Allocate,
}

/// What goes wrong, and when.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Faults {
    acts: Vec<(u64, Act)>,
    lies: Vec<Kind>,
    /// Lies of both engines.
    shared: Vec<Kind>,
    /// The workers up to that number can't start.
    first: u64,
    /// Nor can those after that number.
    last: Option<u64>,
}

impl Faults {
    /// The faults that the environment asks for.
    pub fn from_environment() -> Result<Faults, String> {
        Faults::parse(&std::env::var(VARIABLE).unwrap_or_default())
    }

    fn parse(text: &str) -> Result<Faults, String> {
        let mut faults = Faults::default();
        for fault in text.split(',').filter(|fault| !fault.is_empty()) {
            let wrong = || format!("{VARIABLE} has no fault `{fault}`");
            let (act, place) = fault.split_once('@').ok_or_else(wrong)?;
            if let "lie" | "share" = act {
                let kind = Kind::ALL.iter().find(|kind| kind.row().name == place);
                let lies = if act == "lie" { &mut faults.lies } else { &mut faults.shared };
                lies.push(*kind.ok_or_else(wrong)?);
                continue;
            }
            if let "first" | "last" = act {
                let number = place.parse().map_err(|_| wrong())?;
                if act == "first" {
                    faults.first = number
                } else {
                    faults.last = Some(number)
                }
                continue;
            }
            let act = match act {
                "segv" => Act::Die(Death::Segv),
                "kill" => Act::Die(Death::Kill),
                "abort" => Act::Die(Death::Abort),
                "hang" => Act::Hang,
                "alloc" => Act::Allocate,
                _ => return Err(wrong()),
            };
            faults.acts.push((place.parse().map_err(|_| wrong())?, act));
        }
        Ok(faults)
    }

    /// Whether the worker of that number may start. It ends by itself, or says why not.
    pub fn start(&self, number: u64) -> Result<(), String> {
        if number > 0 && number.is_multiple_of(2) && number <= self.first {
            system::die(Death::Kill);
        }
        match number > 0 && (number <= self.first || self.last.is_some_and(|last| number > last)) {
            true => Err(format!("worker {number} may not start")),
            false => Ok(()),
        }
    }

    /// Does what is to be done at the program of that index.
    #[inline]
    pub fn strike(&self, index: u64) {
        if self.acts.is_empty() {
            return;
        }
        if let Some((_, act)) = self.acts.iter().find(|(at, _)| *at == index) {
            act.perform();
        }
    }

    /// Makes the tested engine lie, if it should.
    pub fn corrupt(&self, engine: Box<dyn Engine>) -> Box<dyn Engine> {
        lying(engine, [&self.lies[..], &self.shared].concat())
    }

    /// Makes the other engine share a lie, if it should.
    pub fn corrupt_both(&self, against: Box<dyn Engine>) -> Box<dyn Engine> {
        lying(against, self.shared.clone())
    }
}

fn lying(engine: Box<dyn Engine>, lies: Vec<Kind>) -> Box<dyn Engine> {
    if lies.is_empty() { engine } else { Box::new(Liar { engine, lies }) }
}

impl Act {
    fn perform(self) {
        match self {
            Act::Die(how) => system::die(how),
            Act::Hang => loop {
                std::thread::park();
            },
            Act::Allocate => {
                let mut hoard: Vec<Vec<u8>> = vec![];
                loop {
                    hoard.push(vec![1; 1 << 20]);
                }
            }
        }
    }
}

/// An engine that says something else of every operation of some kinds that succeeds.
struct Liar {
    engine: Box<dyn Engine>,
    lies: Vec<Kind>,
}

impl Engine for Liar {
    fn about(&self) -> &About {
        self.engine.about()
    }

    fn run(&mut self, program: &Program, watch: Watch, trace: &mut Trace) -> Result<(), EngineFault> {
        self.engine.run(program, watch, trace)?;
        let mut seen: Vec<_> = trace.observations().collect();
        trace.clear();
        for (step, observation) in seen.iter_mut().enumerate() {
            let operations = program.step(step);
            let lies = operations.iter().any(|operation| self.lies.contains(&operation.kind));
            match (&observation.outcome, lies) {
                (Outcome::Value(Value::None), true) => {
                    let raised = Raised { exception: "RuntimeError".to_owned(), message: "a lie".to_owned() };
                    observation.outcome = Outcome::Raised(raised);
                }
                (Outcome::Value(_), true) => observation.outcome = Outcome::Value(Value::None),
                _ => {}
            }
            trace.write_observation(observation);
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn faults_are_read() {
        let faults = Faults::parse("segv@1,hang@20,lie@tolist,share@hex").unwrap();
        assert_eq!(faults.acts, [(1, Act::Die(Death::Segv)), (20, Act::Hang)]);
        assert_eq!((faults.lies, faults.shared), (vec![Kind::ToList], vec![Kind::Hex]));
        assert_eq!(Faults::parse(""), Ok(Faults::default()));
        for wrong in ["segv", "segv@x", "boom@1", "lie@nothing"] {
            assert!(Faults::parse(wrong).is_err(), "{wrong}");
        }
    }
}
