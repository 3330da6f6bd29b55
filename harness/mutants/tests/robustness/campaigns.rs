//! Campaigns whose engines crash, hang, flood and babble, and whose processes are stopped: the time is kept, what happens is
//! counted, and nothing that others do is a finding.

use crate::tools::{Campaign, children, end, python, signal, state, wait_until};
use rstest::rstest;
use rustix::process::Signal;
use serde_json::Value;
use std::fs;
use std::process::{Child, Output};
use std::thread::sleep;
use std::time::{Duration, Instant};

/// How long after its end a campaign may go on; on a busy machine everything takes longer.
const LATE: Duration = Duration::from_secs(5);

fn words(arguments: &str) -> Vec<&str> {
    arguments.split(' ').collect()
}

fn texts(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

fn signatures(results: &Value) -> Vec<String> {
    let findings = results["findings"].as_array().unwrap();
    findings.iter().map(|finding| finding["signature"].as_str().unwrap().to_owned()).collect()
}

/// One program of a few crashes, and each is examined in processes of its own.
#[rstest]
#[case::crashes("segv@tolist", "--time 3s --jobs 2 --seed 5")]
#[case::many_crashes("abort@memoryview", "--time 3s --jobs 2 --seed 5")]
#[case::hangs("hang@hash", "--time 3s --jobs 2 --seed 5 --timeout 60s")]
#[case::memory("alloc@tolist", "--time 3s --jobs 2 --seed 5 --memory 100")]
fn the_time_is_kept_whatever_programs_do(#[case] faults: &str, #[case] arguments: &str) {
    let campaign = Campaign::new();
    let output = end(campaign.start(&words(arguments), faults), Duration::from_secs(3) + LATE);
    let text = texts(&output);
    let results = campaign.results();
    match faults {
        // Perhaps no program has come to its end, and nobody can say that it will not.
        "hang@hash" => {
            assert!(results["findings"].as_array().unwrap().is_empty() && output.status.code() != Some(1), "{text}")
        }
        _ => {
            assert_eq!(output.status.code(), Some(1), "{text}");
            assert!(results["workers_lost"].as_u64().is_some_and(|lost| lost > 0), "{text}");
            assert!(text.contains("a worker died at program "), "{text}");
        }
    }
    if faults == "segv@tolist" {
        assert!(results["programs"].as_u64().is_some_and(|programs| programs > 0), "{text}");
        assert!(!signatures(&results).is_empty(), "{text}");
    }
}

/// Ctrl-C while findings are being shrunk: they are kept, and made smaller when the campaign goes on.
#[test]
fn what_is_being_investigated_at_the_end_is_kept_and_finished_later() {
    let (whole, campaign) = (Campaign::new(), Campaign::new());
    let faults = "some@tolist,lie@hash,segv@arm";
    whole.run(&words("--programs 800 --jobs 2 --seed 5"), faults, 1);
    let parent = campaign.start(&words("--programs 800 --jobs 2 --seed 5"), faults);
    wait_until(|| {
        campaign.state().is_some_and(|state| state["found"].as_object().is_some_and(|found| !found.is_empty()))
    });
    signal(parent.id(), Signal::INT);
    let output = end(parent, LATE);
    assert_eq!(output.status.code(), Some(130), "{}", texts(&output));
    for _ in 0..3 {
        let parent = campaign.start(&["--resume"], faults);
        sleep(Duration::from_millis(700));
        signal(parent.id(), Signal::TERM);
        end(parent, LATE);
    }
    campaign.run(&["--resume"], faults, 1);
    let ((expected, findings), (state, found)) = (whole.outcome(), campaign.outcome());
    assert_eq!(state["tally"], expected["tally"]);
    assert_eq!(state["found"], expected["found"]);
    assert!(found.keys().eq(findings.keys()), "{:?}, {:?}", found.keys(), findings.keys());
    assert!(found == findings);
}

/// Stops the workers, and waits longer than a program may take.
fn stop(parent: &Child) -> Vec<u32> {
    wait_until(|| !children(parent.id()).is_empty());
    let stopped = children(parent.id());
    stopped.iter().for_each(|worker| signal(*worker, Signal::STOP));
    wait_until(|| stopped.iter().all(|worker| state(*worker).is_none_or(|state| state == 'T' || state == 'Z')));
    sleep(Duration::from_millis(2500));
    stopped
}

#[rstest]
#[case::for_ever(false, false)]
#[case::for_a_while(true, false)]
#[case::engines(true, true)]
fn a_process_that_is_stopped_is_no_hang(#[case] is_continued: bool, #[case] are_engines: bool) {
    let engine = python();
    let mut arguments = words("--programs 6000 --jobs 2 --seed 5 --timeout 2s");
    if are_engines {
        arguments = words("--programs 150 --jobs 2 --seed 5 --timeout 2s --against reference@3.8 --engine");
        arguments.push(&engine);
    }
    let (whole, campaign) = (Campaign::new(), Campaign::new());
    whole.run(&arguments, "lie@hash", 1);
    let parent = campaign.start(&arguments, "lie@hash");
    wait_until(|| campaign.state().is_some());
    let stopped = match are_engines {
        false => stop(&parent),
        true => {
            wait_until(|| children(parent.id()).iter().any(|worker| !children(*worker).is_empty()));
            let engines: Vec<u32> = children(parent.id()).iter().flat_map(|worker| children(*worker)).collect();
            engines.iter().for_each(|engine| signal(*engine, Signal::STOP));
            sleep(Duration::from_millis(2500));
            engines
        }
    };
    if is_continued {
        stopped.iter().for_each(|process| signal(*process, Signal::CONT));
    }
    let output = end(parent, Duration::from_secs(120));
    assert_eq!(output.status.code(), Some(1), "{}", texts(&output));
    assert_eq!(campaign.outcome(), whole.outcome());
}

/// A text that is read from memory that was given back is another one each time.
#[test]
fn texts_that_vary_are_one_finding() {
    let campaign = Campaign::new();
    campaign.run(&words("--programs 4000 --jobs 2 --seed 5"), "garble@hex", 1);
    let of_hex = |campaign: &Campaign| -> Vec<String> {
        signatures(&campaign.results()).into_iter().filter(|text| text.contains("hex")).collect()
    };
    let signatures = of_hex(&campaign);
    assert!(!signatures.is_empty() && signatures.iter().all(|text| text.ends_with(": unstable")), "{signatures:?}");
    // There is one for each type of what it is called on, and of what is expected.
    let hits: u64 =
        campaign.state().unwrap()["tally"]["hits"].as_object().unwrap().values().flat_map(Value::as_u64).sum();
    assert!(signatures.len() as u64 * 5 < hits, "{hits} programs, {signatures:?}");
    let again = Campaign::new();
    again.run(&words("--programs 4000 --jobs 1 --seed 5"), "garble@hex", 1);
    assert_eq!(of_hex(&again), signatures);
    let (names, others) = (campaign.outcome().1, again.outcome().1);
    assert!(names.keys().eq(others.keys()));
}

/// What an engine that is a command does to its pipes, or leaves behind.
#[rstest]
#[case::lines("flood", "protocol error")]
#[case::line("endless line", "protocol error")]
#[case::words("flood of words", "exit status 3")]
#[case::child("leaves a child", "")]
#[case::dead("leaves a child and dies", "exit status 3")]
fn a_flood_is_one_finding(#[case] mode: &str, #[case] signature: &str) {
    let campaign = Campaign::new();
    let runner = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/robustness/flooding.py");
    let engine =
        format!("flood='{}' '{runner}' '{mode}' '{}'", &python()["python=".len()..], campaign.path().display());
    let arguments =
        ["--programs", "600", "--jobs", "1", "--seed", "5", "--timeout", "10s", "--no-sandbox", "--engine", &engine];
    let output = end(campaign.start(&arguments, ""), Duration::from_secs(60));
    let text = texts(&output);
    assert_eq!(output.status.code(), Some(i32::from(!signature.is_empty())), "{text}");
    let results = campaign.results();
    assert_eq!(results["programs"], 600, "{text}");
    let signatures = signatures(&results);
    assert!(signatures.iter().all(|text| text.contains(&signature.replace(' ', "-"))), "{signatures:?}");
    assert_eq!(signatures.is_empty(), signature.is_empty(), "{signatures:?}");
    for process in fs::read_to_string(campaign.path().join("processes")).unwrap_or_default().lines() {
        let since = Instant::now();
        while state(process.parse().unwrap()).is_some_and(|state| state != 'Z') {
            assert!(since.elapsed() < LATE, "process {process} is left");
            sleep(Duration::from_millis(10));
        }
    }
}
