//! How to read the report, and how to make it.

use crate::report::causes::Severity;
use crate::report::causes::Survey;
use crate::report::html::cells;
use crate::report::html::page::Page;
use crate::report::html::words::{program, prose, text};
use crate::report::model::{Results, Status};
use maud::{Markup, html};

/// How to read the report.
pub(in crate::report::html) struct About;

impl Page for About {
    fn id(&self) -> &'static str {
        "about"
    }

    fn title(&self) -> &'static str {
        "About"
    }

    fn render(&self, results: &Results, _survey: &Survey<'_>) -> Markup {
        html! {
            h3 { "How to read this report" }
            p .lead {
                "Each case is a claim about Python's memoryview or the buffer protocol, with a short program that shows whether it is so. The program runs on each engine, and a case passes if every step does what the case says."
            }
            h3 { "Statuses" }
            dl {
                @for status in Status::ALL {
                    dt { span class={ "chip status-" (status.word()) } { (status.word()) } }
                    dd { (prose(meaning(status))) }
                }
            }
            h3 { "Severities" }
            p { "What differs has a severity. The worst come first." }
            dl {
                @for severity in Severity::ALL {
                    dt {
                        span class={ "chip " (cells::class(severity)) } {
                            span aria-hidden="true" { (cells::symbol(severity)) " " } (severity.word())
                        }
                    }
                    dd { (severity.sentence()) }
                }
            }
            h3 { "What is compared" }
            p {
                "Where a case says what a step must give, the engine is compared with that. Everything else that can be observed (the layout of a view, the bytes it covers, which objects are locked) is compared with the reference, an executable specification of memoryview in each version of Python. What an engine can't show is not compared, and what it lacks is skipped, never passed."
            }
            p {
                "Another implementation than CPython is compared with the version of Python that it gives, or with the newest release of that branch, whichever it agrees with. The page "
                a href="#matrix" { "Matrix" } " names the versions."
            }
            @if let Some(models) = models(results) { p { "The reference models the releases up to " (models) "." } }
            h3 { "Levels" }
            dl {
                dt { code { "value" } }
                dd { "Values must be equal, and an error must come where Python raises one. Its type does not count." }
                dt { code { "type" } }
                dd { "The type of an error counts too. Other implementations than CPython are judged so; other wordings are counted and are no failures." }
                dt { code { "message" } }
                dd { "The text of an error counts too. CPython is judged so." }
            }
            h3 { "What a case shows" }
            ul {
                li { "What each engine gave. Engines that agree share an entry. The first difference is marked at its step." }
                li { "Where the claim comes from, and whether running it confirms or refutes it." }
                li { "Drawings of the memory: the bytes of the object, and which of them each view covers, in order." }
                li { "Two things to copy: the YAML of the case, and a script that runs on any Python and needs nothing else." }
            }
            h3 { "How to make this report" }
            (program("viewcheck check --engine mypython=/path/to/python --report DIR\nviewcheck report ONE.json TWO.json --out DIR   # the results of several runs"))
            p { "The same results on the same version of viewcheck give the same bytes. The filters of the list of cases are in the address, so that a view can be shared with a link." }
        }
    }
}

/// What a status means.
fn meaning(status: Status) -> &'static str {
    match status {
        Status::Pass => "It does what the case says.",
        Status::Fail => "It does something else.",
        Status::Known => "It does something else, and `spec/known` lists that with a reason.",
        Status::Stale => "It passes, although `spec/known` says that it does not. The entry has to go.",
        Status::Open => "What should happen is unspecified, so nothing could be judged.",
        Status::Skip => "It was not run, or not to its end, because the engine lacks something that the case needs.",
        Status::Crash => "The process of the engine died.",
        Status::Hang => "The engine did not come to an end in time.",
        Status::Error => "The engine did not run it for another reason, such as a violation of the protocol.",
    }
}

/// The releases that the reference models.
fn models(results: &Results) -> Option<String> {
    let models = &results.engines.iter().find(|engine| !engine.models.is_empty())?.models;
    Some(text(&models.join(", ")))
}
