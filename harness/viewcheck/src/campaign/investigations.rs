//! Decides which program is investigated for a signature: the first program of the seed that has it.
//!
//! Workers run chunks in parallel and meet a defect in any order. To make the findings of a seed independent of that
//! order, a program with a lower index replaces one with a higher index. While one worker investigates a signature,
//! other workers that meet it wait for the result.

use super::message::{Found, Order};
use super::packed::Packed;
use super::register::Register;
use crate::findings::{Known, Signature};
use engine::About;
use std::collections::{BTreeMap, VecDeque};

/// Who asks: the id of a worker, or [`EXAMINER`].
pub(super) type Asker = u64;
/// The examiner's id; those of workers are higher.
pub(super) const EXAMINER: Asker = 0;

/// A worker that met a signature and waits for an answer.
#[derive(Clone, Debug)]
struct Question {
    asker: Asker,
    /// The finding as it was met.
    finding: Packed,
}

/// What is known of signatures, and who is finding out more.
pub(super) struct Investigations {
    known: Known,
    engine: About,
    /// The findings that were there when the campaign began.
    former: BTreeMap<Signature, Found>,
    /// Who investigates a signature.
    claims: BTreeMap<Signature, Question>,
    waiting: VecDeque<Question>,
}

impl Investigations {
    /// `former` are the findings that were there when the campaign began.
    pub(super) fn new(known: Known, engine: About, former: BTreeMap<Signature, Found>) -> Investigations {
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
    pub(super) fn ask(&mut self, asker: Asker, finding: Packed) {
        self.waiting.push_back(Question { asker, finding });
    }

    /// Somebody has found out about a signature, or given up.
    pub(super) fn release(&mut self, signature: &Signature) {
        self.claims.remove(signature);
    }

    /// Forgets a worker that died: its claims and its questions.
    pub(super) fn forget(&mut self, asker: Asker) {
        self.claims.retain(|_, claim| claim.asker != asker);
        self.waiting.retain(|question| question.asker != asker);
    }

    /// What was met and is not investigated to the end, by signature: the campaign ends. Of several the first program.
    pub(super) fn unfinished(&mut self) -> Vec<(Signature, Packed)> {
        let claims = std::mem::take(&mut self.claims).into_values();
        let waiting = std::mem::take(&mut self.waiting);
        let mut open: Vec<Packed> = claims.chain(waiting).map(|question| question.finding).collect();
        open.sort_by(|a, b| (&a.signature, a.index).cmp(&(&b.signature, b.index)));
        open.dedup_by(|a, b| a.signature == b.signature);
        open.retain(|finding| !self.is_known(&finding.signature));
        open.into_iter().map(|finding| (finding.signature.clone(), finding.unfinished())).collect()
    }

    /// The answers that can be given now. A finding of an earlier campaign that is met again is added to the register.
    pub(super) fn answers(&mut self, register: &mut Register) -> Vec<(Asker, Order)> {
        let mut answers = vec![];
        // Of several that ask about one signature, the first program goes first.
        let mut waiting: Vec<Question> = std::mem::take(&mut self.waiting).into();
        waiting.sort_by_key(|question| question.finding.index);
        for question in waiting {
            match self.answer(&question, register) {
                Some(order) => answers.push((question.asker, order)),
                None => self.waiting.push_back(question),
            }
        }
        answers
    }

    fn answer(&mut self, question: &Question, register: &mut Register) -> Option<Order> {
        let Packed { signature, index, .. } = &question.finding;
        if self.is_known(signature) {
            return Some(Order::Count { since: 0 });
        }
        if let Some(found) = self.former.get(signature) {
            register.enter_former(signature, found.clone());
        }
        match register.since(signature) {
            Some(since) if since <= *index => return Some(Order::Count { since }),
            _ if self.claims.contains_key(signature) => return None,
            _ => {}
        }
        self.claims.insert(signature.clone(), question.clone());
        Some(Order::Investigate)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::compare::Level;
    use crate::findings::{Finding, Symptom};
    use engine::{Abi, Engine, Profile, Version, reference::Reference};
    use program::Program;
    use std::path::PathBuf;

    const FIRST: Asker = 1;
    const SECOND: Asker = 2;

    fn about() -> About {
        Reference::new(Profile::new(Version::new(3, 13, 0), Abi::Lp64)).about().clone()
    }

    fn defect() -> Signature {
        Signature::from("a|b value/value get".to_owned())
    }

    fn met(index: u64) -> Packed {
        let finding = Finding::as_met(defect(), Symptom::Hang, Program::default(), [about(), about()], Level::Message);
        Packed::new(&finding, index)
    }

    fn found(index: u64) -> Found {
        let (kind, folder) = ("value".into(), PathBuf::from("f"));
        Found { index: Some(index), kind, operations: 1, stable: true, unfinished: false, folder }
    }

    #[test]
    fn of_all_programs_with_a_signature_the_first_one_is_kept() {
        let mut investigations = Investigations::new(Known::default(), about(), BTreeMap::new());
        let (mut kept, defect) = (Register::default(), defect());
        // The second worker is ahead, and the first has to wait for it.
        investigations.ask(SECOND, met(5000));
        assert_eq!(investigations.answers(&mut kept), [(SECOND, Order::Investigate)]);
        investigations.ask(FIRST, met(70));
        assert_eq!(investigations.answers(&mut kept), []);
        kept.enter(defect.clone(), 5000, defect.clone(), found(5000));
        investigations.release(&defect);
        assert_eq!(investigations.answers(&mut kept), [(FIRST, Order::Investigate)]);
        // It dies of it; another one takes its place, and what comes later is counted.
        investigations.ask(SECOND, met(6000));
        assert_eq!(investigations.answers(&mut kept), [(SECOND, Order::Count { since: 5000 })]);
        investigations.forget(FIRST);
        investigations.ask(SECOND, met(70));
        assert_eq!(investigations.answers(&mut kept), [(SECOND, Order::Investigate)]);
    }

    #[test]
    fn what_is_being_investigated_is_known_at_the_end() {
        let mut investigations = Investigations::new(Known::default(), about(), BTreeMap::new());
        investigations.ask(SECOND, met(5000));
        investigations.answers(&mut Register::default());
        investigations.ask(FIRST, met(70));
        let unfinished = investigations.unfinished();
        assert_eq!(unfinished, [(defect(), met(70).unfinished())]);
        assert_eq!(investigations.unfinished(), []);
    }
}
