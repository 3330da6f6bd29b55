//! Decides which program is investigated for a signature: the first program of the seed that has it.
//!
//! Workers run chunks in parallel and meet a defect in any order. To make the findings of a seed independent of that
//! order, a program with a lower index replaces one with a higher index. While one worker investigates a signature,
//! other workers that meet it wait for the result.

use super::keep::former;
use super::message::Order;
use super::register::Register;
use crate::findings::{Known, Signature};
use engine::About;
use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;

/// Who asks: the id of a worker, or [`EXAMINER`].
pub(super) type Asker = u64;
/// The examiner's id; those of workers are higher.
pub(super) const EXAMINER: Asker = 0;

/// A worker that met a signature and waits for an answer.
#[derive(Clone, Debug)]
struct Question {
    asker: Asker,
    signature: Signature,
    index: u64,
}

/// What is known of signatures, and who is finding out more.
pub(super) struct Investigations {
    known: Known,
    engine: About,
    /// The folders of the findings that were there when the campaign began.
    former: BTreeMap<Signature, PathBuf>,
    claims: BTreeMap<Signature, Asker>,
    waiting: VecDeque<Question>,
}

impl Investigations {
    /// `former` are the folders of the findings that were there when the campaign began.
    pub(super) fn new(known: Known, engine: About, former: BTreeMap<Signature, PathBuf>) -> Investigations {
        Investigations { known, engine, former, claims: BTreeMap::new(), waiting: VecDeque::new() }
    }

    /// Whether a signature is that of a divergence that is understood.
    pub(super) fn is_known(&self, signature: &Signature) -> bool {
        self.known.matches(signature, &self.engine).is_some()
    }

    /// The divergences that are understood.
    pub(super) fn known(&self) -> &Known {
        &self.known
    }

    /// Takes a question.
    pub(super) fn ask(&mut self, asker: Asker, signature: Signature, index: u64) {
        self.waiting.push_back(Question { asker, signature, index });
    }

    /// Somebody has found out about a signature, or given up.
    pub(super) fn release(&mut self, signature: &Signature) {
        self.claims.remove(signature);
    }

    /// Forgets a worker that died: its claims and its questions.
    pub(super) fn forget(&mut self, asker: Asker) {
        self.claims.retain(|_, claimant| *claimant != asker);
        self.waiting.retain(|question| question.asker != asker);
    }

    /// The answers that can be given now. A finding of an earlier campaign that is met again is added to the register.
    pub(super) fn answers(&mut self, register: &mut Register) -> Vec<(Asker, Order)> {
        let mut answers = vec![];
        // Of several that ask about one signature, the first program goes first.
        let mut waiting: Vec<Question> = std::mem::take(&mut self.waiting).into();
        waiting.sort_by_key(|question| question.index);
        for question in waiting {
            match self.answer(&question, register) {
                Some(order) => answers.push((question.asker, order)),
                None => self.waiting.push_back(question),
            }
        }
        answers
    }

    fn answer(&mut self, question: &Question, register: &mut Register) -> Option<Order> {
        let signature = &question.signature;
        if self.is_known(signature) {
            return Some(Order::Count { since: 0 });
        }
        if let Some(folder) = self.former.get(signature) {
            register.enter_former(signature, former(folder));
        }
        match register.since(signature) {
            Some(since) if since <= question.index => return Some(Order::Count { since }),
            _ if self.claims.contains_key(signature) => return None,
            _ => {}
        }
        self.claims.insert(signature.clone(), question.asker);
        Some(Order::Investigate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::campaign::message::Found;
    use engine::{Abi, Engine, Profile, Version, reference::Reference};
    use std::path::Path;

    const FIRST: Asker = 1;
    const SECOND: Asker = 2;

    fn found(index: u64, folder: &Path) -> Found {
        Found { index: Some(index), kind: "value".into(), operations: 1, stable: true, folder: folder.to_owned() }
    }

    #[test]
    fn of_all_programs_with_a_signature_the_first_one_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let about = Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64)).about().clone();
        let mut investigations = Investigations::new(Known::default(), about, BTreeMap::new());
        let (mut kept, defect) = (Register::default(), Signature::from("a|b value/value get".to_owned()));
        // The second worker is ahead, and the first has to wait for it.
        investigations.ask(SECOND, defect.clone(), 5000);
        assert_eq!(investigations.answers(&mut kept), [(SECOND, Order::Investigate)]);
        investigations.ask(FIRST, defect.clone(), 70);
        assert_eq!(investigations.answers(&mut kept), []);
        kept.enter(defect.clone(), 5000, defect.clone(), found(5000, folder.path()));
        investigations.release(&defect);
        assert_eq!(investigations.answers(&mut kept), [(FIRST, Order::Investigate)]);
        // It dies of it; another one takes its place, and what comes later is counted.
        investigations.ask(SECOND, defect.clone(), 6000);
        assert_eq!(investigations.answers(&mut kept), [(SECOND, Order::Count { since: 5000 })]);
        investigations.forget(FIRST);
        investigations.ask(SECOND, defect.clone(), 70);
        assert_eq!(investigations.answers(&mut kept), [(SECOND, Order::Investigate)]);
    }
}
