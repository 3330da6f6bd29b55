//! Campaigns whose processes are killed at random moments: nothing that was found is lost, nothing is counted twice, and the
//! finished campaign is the one that nobody has disturbed.

use crate::tools::{Campaign, Random, children, end, python, signal};
use rustix::process::Signal;
use std::fs::{self, File};
use std::process::{Child, Stdio};
use std::thread::sleep;
use std::time::Duration;

/// A campaign: its arguments, and what goes wrong in it. `ENGINE` stands for a Python that is a command.
struct Plan {
    arguments: &'static str,
    faults: &'static str,
}

const PLANS: [Plan; 5] = [
    Plan { arguments: "--programs 24000 --seed 5 --jobs 2", faults: "some@tolist,lie@hash" },
    Plan { arguments: "--programs 24000 --seed 7 --jobs 3", faults: "lie@tolist,lie@hash,some@cast" },
    // Engines that crash.
    Plan { arguments: "--programs 400 --seed 5 --jobs 2", faults: "segv@arm,lie@hash" },
    Plan { arguments: "--programs 300 --seed 11 --jobs 3", faults: "abort@contiguous,some@tolist" },
    // An engine that is a command, as a Python of another version than is expected.
    Plan { arguments: "--programs 200 --seed 2 --jobs 2 --engine ENGINE --against reference@3.8", faults: "" },
];

fn arguments(plan: &Plan) -> Vec<String> {
    let engine = python();
    plan.arguments.split(' ').map(|word| if word == "ENGINE" { engine.clone() } else { word.to_owned() }).collect()
}

/// What was killed.
#[derive(Debug, Default)]
struct Kills {
    parents: usize,
    workers: usize,
    engines: usize,
}

impl Kills {
    fn all(&self) -> usize {
        self.parents + self.workers + self.engines
    }
}

/// Starts a campaign, whose messages are added to a file.
fn start(campaign: &Campaign, arguments: &[&str], faults: &str) -> Child {
    let messages = File::options().append(true).create(true).open(campaign.path().join("messages")).unwrap();
    campaign.command(arguments, faults).stdout(Stdio::null()).stderr(messages).spawn().unwrap()
}

fn messages(campaign: &Campaign) -> String {
    fs::read_to_string(campaign.path().join("messages")).unwrap_or_default()
}

/// Runs a campaign to its end, while its processes are killed so many times.
fn disturb(plan: &Plan, campaign: &Campaign, kills: usize, random: &mut Random) -> Kills {
    let words = arguments(plan);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    let mut done = Kills::default();
    let mut parent = start(campaign, &words, plan.faults);
    while done.all() < kills && parent.try_wait().unwrap().is_none() {
        sleep(Duration::from_millis(20 + random.below(400)));
        // Before it begins it opens its engines, and refuses those that die.
        if campaign.state().is_none() || messages(campaign).matches("findings in found").count() <= done.parents {
            continue;
        }
        let workers = children(parent.id());
        match random.below(8) {
            0 | 1 => {
                parent.kill().unwrap();
                parent.wait().unwrap();
                done.parents += 1;
                parent = start(campaign, &["--resume"], plan.faults);
            }
            2 => {
                workers.iter().for_each(|worker| signal(*worker, Signal::KILL));
                done.workers += workers.len();
            }
            3 | 4 => {
                let engines: Vec<u32> = workers.iter().flat_map(|worker| children(*worker)).collect();
                if let Some(engine) = random.pick(&engines) {
                    signal(*engine, Signal::KILL);
                    done.engines += 1;
                }
            }
            _ => {
                if let Some(worker) = random.pick(&workers) {
                    signal(*worker, Signal::KILL);
                    done.workers += 1;
                }
            }
        }
    }
    let output = end(parent, Duration::from_secs(600));
    assert_eq!(output.status.code(), Some(1), "{done:?}: {}", messages(campaign));
    done
}

/// Disturbs a campaign, and compares it with one that is not. Gives the kills, the findings and the programs.
fn compare(plan: &Plan, kills: usize, seed: u64) -> (Kills, usize, u64) {
    let whole = Campaign::new();
    let words = arguments(plan);
    let words: Vec<&str> = words.iter().map(String::as_str).collect();
    whole.run(&words, plan.faults, 1);
    let campaign = Campaign::new();
    let done = disturb(plan, &campaign, kills, &mut Random::new(seed));
    let ((expected, findings), (state, found)) = (whole.outcome(), campaign.outcome());
    let programs = expected["tally"]["programs"].as_u64().unwrap();
    for part in ["programs", "operations", "open", "unsupported", "vanished", "hits", "statistics"] {
        assert_eq!(state["tally"][part], expected["tally"][part], "{part}, {done:?}, {}", plan.arguments);
    }
    for part in ["finished", "found", "met", "before", "settings"] {
        assert_eq!(state[part], expected[part], "{part}, {done:?}, {}", plan.arguments);
    }
    assert!(found.keys().eq(findings.keys()), "{:?}, {:?}", found.keys(), findings.keys());
    assert!(found == findings, "{done:?}, {}", plan.arguments);
    (done, findings.len(), programs)
}

#[test]
fn a_campaign_whose_processes_are_killed_is_the_same() {
    for (plan, kills) in [(&PLANS[0], 6), (&PLANS[4], 6)] {
        compare(&Plan { arguments: plan.arguments, faults: plan.faults }, kills, 3);
    }
}

#[test]
#[ignore = "takes ten minutes"]
fn ten_campaigns_that_are_disturbed_two_hundred_times_are_the_same() {
    let mut all = Kills::default();
    let (mut findings, mut programs) = (0, 0);
    for round in 0..2 {
        for (number, plan) in PLANS.iter().enumerate() {
            let (kills, found, ran) = compare(plan, 25, 100 * round + number as u64 + 1);
            eprintln!("{}: {kills:?}, {found} findings in {ran} programs", plan.arguments);
            all.parents += kills.parents;
            all.workers += kills.workers;
            all.engines += kills.engines;
            findings += found;
            programs += ran;
        }
    }
    eprintln!("all: {all:?}, {findings} findings in {programs} programs, none different");
    assert!(all.all() >= 200, "{all:?}");
}
