//! The programs of a campaign: those that a seed and a maximum length determine, in a guided campaign
//! together with its corpus, or all of a space.

use super::guided::corpus::Corpus;
use super::guided::guide::Guide;
use crate::compare::Level;
use crate::enumerate::{Extent, Space};
use crate::generate::{Abilities, Generator, Mood, Seed, Source};
use crate::shard::Shard;
use program::{Program, print};
use serde::{Deserialize, Serialize};

/// What the programs of a campaign follow from, and who runs them. A campaign goes on only under the same settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {
    /// The engine that is tested, by name.
    pub engine: String,
    /// The name of the engine whose behaviour is expected.
    pub against: String,
    /// The Pythons that they are, or stand for.
    pub pythons: [String; 2],
    /// The seed. Programs that are enumerated have a hash of their alphabet in its place.
    pub seed: u64,
    /// Which part of the programs they are, if not all. Within a campaign programs are numbered as its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub shard: Option<Shard>,
    /// The most operations in a program.
    pub length: usize,
    /// How strictly the engines are compared; older campaigns do not say it, and compared everything.
    #[serde(default)]
    pub level: Level,
    /// Whether it is guided by what programs have shown.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub guided: bool,
    /// Which programs are enumerated, if they are not those of the seed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extent: Option<Extent>,
    /// A hash of the first programs, so that another generator is noticed, and an engine that can do more or less.
    pub generator: String,
}

impl Settings {
    /// The number of a program of this campaign among all programs of the seed.
    pub fn program(&self, own: u64) -> u64 {
        self.shard.map_or(own, |shard| shard.program(own))
    }

    /// The number in this campaign of a program of the seed, if it is one of its own.
    pub fn own(&self, program: u64) -> Option<u64> {
        self.shard.map_or(Some(program), |shard| shard.own(program))
    }

    /// How many of the first programs of the seed are its own.
    pub fn share(&self, programs: u64) -> u64 {
        self.shard.map_or(programs, |shard| shard.programs(programs))
    }

    /// What its programs are, in words.
    pub fn what(&self) -> String {
        let shard = self.shard.map_or_else(String::new, |shard| format!(", shard {shard}"));
        match self.extent {
            None => format!("seed {}{shard}", self.seed),
            Some(Extent { depth, all }) => {
                let all = if all { " --all" } else { "" };
                format!("the programs of `enumerate --depth {depth}{all}`{shard}")
            }
        }
    }
}

/// Makes the programs of a campaign by their numbers. Keeps its memory from one to the next.
#[derive(Debug)]
pub struct Recipe {
    shard: Option<Shard>,
    way: Way,
    guide: Option<Box<Guide>>,
}

#[derive(Debug)]
enum Way {
    /// A seed determines each program.
    Seed { seed: Seed, length: usize, bytes: Vec<u8>, generator: Box<Generator> },
    /// There are so many programs, and each has a number.
    Space(Box<Space>),
}

/// The bytes that an operation may be chosen from; few need as many.
const BYTES: usize = 64;

impl Recipe {
    /// The programs of a seed with at most `length` operations, for engines that can do everything.
    pub fn new(seed: u64, length: usize) -> Recipe {
        Recipe::with(seed, length, Abilities::default())
    }

    /// The programs of a seed with at most `length` operations, of what some engines can do.
    pub fn with(seed: u64, length: usize, abilities: Abilities) -> Recipe {
        let bytes = vec![0; length.saturating_mul(BYTES).saturating_add(16)];
        let generator = Box::new(Generator::with(abilities));
        Recipe { shard: None, way: Way::Seed { seed: Seed(seed), length, bytes, generator }, guide: None }
    }

    /// The programs of an extent, if there is one, and else those of the seed.
    pub fn of(extent: Option<Extent>, seed: u64, length: usize, abilities: Abilities) -> Recipe {
        match extent {
            None => Recipe::with(seed, length, abilities),
            Some(extent) => {
                Recipe { shard: None, way: Way::Space(Box::new(Space::new(extent, &abilities))), guide: None }
            }
        }
    }

    /// The programs of a guided campaign. The corpus grows while they are run.
    pub fn guided(seed: u64, length: usize, abilities: Abilities, corpus: Corpus) -> Recipe {
        let guide = Some(Box::new(Guide::new(abilities.clone(), corpus)));
        Recipe { guide, ..Recipe::with(seed, length, abilities) }
    }

    /// The corpus of a guided campaign.
    pub fn corpus(&self) -> Option<&Corpus> {
        self.guide.as_ref().map(|guide| &guide.corpus)
    }

    /// The same, to be added to.
    pub fn corpus_mut(&mut self) -> Option<&mut Corpus> {
        self.guide.as_mut().map(|guide| &mut guide.corpus)
    }

    /// Only a part of these programs.
    pub fn of_shard(self, shard: Option<Shard>) -> Recipe {
        Recipe { shard, ..self }
    }

    /// Replaces `program` by the one of that index. Gives its mood, if it is generated. In a guided campaign the corpus has all
    /// entries that the [program knows](Corpus::known).
    pub fn program(&mut self, index: u64, program: &mut Program) -> Mood {
        let shard = self.shard;
        let number_of = |index| shard.map_or(index, |shard| shard.program(index));
        let number = number_of(index);
        match &mut self.way {
            Way::Seed { seed, length, bytes, generator } => {
                seed.fill(number, bytes);
                if let Some(guide) = &mut self.guide {
                    let mut source = Source::new(bytes);
                    let first = number_of(Guide::first(index));
                    if guide.program((*seed, first), index, *length, &mut source, program) {
                        return Mood::default();
                    }
                }
                generator.program(&mut Source::new(bytes), *length, program)
            }
            Way::Space(space) => {
                space.program(number, program);
                Mood::Valid
            }
        }
    }

    /// A hash of the first programs: FNV-1a over their texts.
    pub fn fingerprint(&mut self) -> String {
        let mut program = Program::default();
        let mut hash = 0xcbf2_9ce4_8422_2325_u64;
        let mut add = |program: &Program| {
            for byte in print::program(program).bytes() {
                hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
            }
        };
        // Those of a guided campaign are made of its corpus, of which nothing is known yet: some mutants stand for them.
        let mut guide = self.guide.take();
        let mut parents: [Program; 2] = Default::default();
        for index in 0..16 {
            self.program(index, &mut program);
            add(&program);
            parents.swap(0, 1);
            parents[1].clone_from(&program);
            if let (Some(guide), Way::Seed { length, bytes, .. }) = (&mut guide, &self.way) {
                guide.sample([&parents[0], &parents[1]], *length, &mut Source::new(bytes), &mut program);
                add(&program);
            }
        }
        self.guide = guide;
        format!("{hash:016x}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use engine::reference::Reference;
    use engine::{Abi, Engine, Profile, Version};

    #[test]
    fn any_program_of_a_seed_can_be_made_by_itself() {
        let (mut one, mut two) = (Recipe::new(7, 12), Recipe::new(7, 12));
        let (mut a, mut b) = (Program::default(), Program::default());
        (0..=20).for_each(|index| _ = one.program(index, &mut a));
        two.program(20, &mut b);
        assert_eq!(a, b);
        assert_eq!(one.fingerprint(), two.fingerprint());
        assert_ne!(one.fingerprint(), Recipe::new(8, 12).fingerprint());
    }

    #[test]
    fn what_the_engines_can_do_is_part_of_the_recipe() {
        let everything = || Reference::new(Profile::new(Version::newest(), Abi::Lp64)).about().clone();
        let without = |capability: &str| {
            let mut about = everything();
            about.capabilities.remove(capability);
            Recipe::with(7, 12, Abilities::of(&[everything(), about])).fingerprint()
        };
        assert_eq!(without("mmap"), Recipe::new(7, 12).fingerprint());
        for capability in ["hook", "exporter", "array", "refcounting"] {
            assert_ne!(without(capability), Recipe::new(7, 12).fingerprint(), "{capability}");
        }
    }
}
