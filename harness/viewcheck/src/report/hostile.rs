//! Results whose every text tries to break out of the format that shows it, rendered by every format and read again by
//! a parser of that format.

use super::changes::{Changes, Extent};
use super::model::{Document, Engine, Results};
use super::{FORMATS, Format, summary};
use crate::report::causes::sample::{case, fail, results};
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};
use quick_xml::Reader;
use quick_xml::events::Event as Xml;
use rstest::rstest;
use serde_json::{Value, json};
use std::collections::BTreeSet;

/// Ends of strings, attributes, elements, comments, cells, code, lines and sequences, and what could follow them. A case
/// has its words inside, where any part of it may be cut off.
const HOSTILE: &str = "\"'><script>alert(1)</script><img src=x onerror=alert(1)>--><svg/onload=alert(1)>]]>&amp;&#0;\
    |a\\|b\\\\|c`d``e```\n\n# heading\n| x | y |\n|---|---|\n- item [l](javascript:x) ![i](http://x/i.png) <b>\
    \x1b[2J\x1b]0;title\x07\x1b]8;;http://x\x07\0\x08\x7f\u{9b}31m\u{202e}txt\u{2066}\u{feff}\u{ffff}\u{2028}\
    {0} \\u0041 $(reboot) \r\nSet-Cookie: x @mention #1 %41 ../..\u{e0041}";

fn hostile() -> Results {
    let id = |name: &str| format!("{name}{HOSTILE}");
    let file = id("spec/file");
    let bad = |status: &str| json!({"status": status, "reason": HOSTILE});
    let step = format!("m = memoryview(b'abc')\nm.{HOSTILE}");
    let steps = ["x = b'a'", step.as_str()];
    let mut all = vec![
        case(&file, &id("fail"), &steps, fail(2, "value", HOSTILE, HOSTILE)),
        case(&file, &id("alias"), &steps, fail(2, "offset", HOSTILE, HOSTILE)),
        case(&file, &id("law"), &steps, fail(2, "value", "after the case, `x` gives 1", HOSTILE)),
        case(&file, &id("table/row"), &steps, bad("crash")),
    ];
    all.extend(
        ["hang", "error", "stale", "skip", "open", "known", "pass"]
            .map(|word| case(&file, &id(word), &steps, bad(word))),
    );
    let mut results = results(all);
    let name = format!("engine{HOSTILE}");
    for case in &mut results.cases {
        (case.claim, case.section, case.document) = (HOSTILE.into(), HOSTILE.into(), Some(HOSTILE.into()));
        (case.instead, case.observed) = (Some(HOSTILE.into()), Some(vec![vec![HOSTILE.into()], vec![HOSTILE.into()]]));
        case.source = Some(HOSTILE.into());
        let result = case.results.remove("pypy").unwrap();
        case.results.insert(name.clone(), result.clone());
        case.results.insert("other".to_owned(), result);
    }
    results.cases[0].verdict = super::model::Verdict::Refuted;
    for document in &mut results.documents {
        document.document = Some(HOSTILE.into());
        document.title = Some(HOSTILE.into());
        for claim in &mut document.claims {
            (claim.section, claim.claim) = (HOSTILE.into(), HOSTILE.into());
        }
        let left = json!({"section": HOSTILE, "claim": HOSTILE, "why": HOSTILE});
        document.left_out = vec![serde_json::from_value(left).unwrap()];
    }
    let engine = Engine {
        name: name.clone(),
        implementation: HOSTILE.into(),
        version: Some(HOSTILE.into()),
        models: vec![HOSTILE.into()],
        ..results.engines[0].clone()
    };
    results.engines = vec![engine.clone(), Engine { name: "other".into(), ..engine }];
    results.unbroken = vec![HOSTILE.into()];
    let change = json!({"name": HOSTILE, "issue": HOSTILE, "summary": HOSTILE, "since": [HOSTILE], "table": "memoryview",
        "cases": [results.cases[0].id, HOSTILE]});
    results.changes = vec![serde_json::from_value(change).unwrap()];
    let finding = json!({"signature": HOSTILE, "kind": HOSTILE, "operations": 1, "index": 2, "hits": 3, "steps": [HOSTILE],
        "step": 1, "expected": HOSTILE, "actual": HOSTILE});
    let enumeration = json!({"depth": 1, "all": false, "exporters": 1, "operations": 1, "left_out": 0, "of": u64::MAX,
        "engines": [HOSTILE, HOSTILE], "viewcheck": HOSTILE, "programs": 1, "run": 1, "complete": true, "agree": u64::MAX,
        "differ": 1, "known": 1, "open": 1, "unsupported": 1, "statement": HOSTILE});
    let campaign = json!({"engine": HOSTILE, "depth": 1, "shard": "1/2", "enumeration": enumeration, "against": HOSTILE, "pythons": [HOSTILE], "seed": 1, "programs": 10,
        "operations": 20, "findings": [finding], "known": {HOSTILE: 1}});
    results.add_campaigns(vec![serde_json::from_value(campaign).unwrap()]);
    results.restate("other", |_, _| ());
    results
}

/// The same results as others were before: some are broken since, some fixed, some new and some removed.
fn before(now: &Results) -> Results {
    let mut before = now.clone();
    let (one, other): (Value, Value) = (json!({"status": "pass"}), fail(2, "value", HOSTILE, HOSTILE));
    for (index, case) in before.cases.iter_mut().enumerate() {
        let result = if index % 2 == 0 { one.clone() } else { other.clone() };
        case.results.values_mut().for_each(|old| *old = serde_json::from_value(result.clone()).unwrap());
    }
    before.cases[0].steps[0].run = "y".into();
    before.cases[1].id = format!("removed{HOSTILE}");
    before.engines[0].implementation = format!("former{HOSTILE}");
    before
}

fn text(format: &dyn Format, results: &Results, changes: Option<&Changes<'_>>) -> String {
    let mut out = vec![];
    match changes {
        Some(changes) => format.render_since(results, changes, &mut out).unwrap(),
        None => format.render(results, &mut out).unwrap(),
    }
    String::from_utf8(out).unwrap()
}

/// How a format is read again.
type Read = fn(&str);

/// How each format is read again. A new one needs its row.
const READ: [(&str, Read); 10] = [
    ("html", html),
    ("markdown", markdown),
    ("matrix", markdown),
    ("json", json_again),
    ("junit", |text| xml(text, &["testsuites", "testsuite", "testcase", "failure", "error", "skipped"])),
    ("sarif", sarif),
    ("summary", terminal),
    ("pull request", markdown),
    ("badge", |text| xml(text, &["svg", "title", "clipPath", "rect", "g", "text"])),
    ("badge endpoint", endpoint),
];

#[rstest]
fn nothing_breaks_out_of(
    #[values(
        "html",
        "markdown",
        "matrix",
        "json",
        "junit",
        "sarif",
        "summary",
        "pull request",
        "badge",
        "badge endpoint"
    )]
    name: &str,
) {
    let format = FORMATS.iter().find(|format| format.name() == name).unwrap();
    let (_, read) = READ.iter().find(|(known, _)| *known == name).unwrap();
    let results = hostile();
    let before = before(&results);
    let changes = Changes::between(&before, &results, Extent::All);
    read(&text(*format, &results, None));
    read(&text(*format, &results, Some(&changes)));
}

#[test]
fn every_format_is_read_again() {
    let names = |names: &mut dyn Iterator<Item = &'static str>| names.collect::<BTreeSet<_>>();
    assert_eq!(names(&mut FORMATS.iter().map(|format| format.name())), names(&mut READ.iter().map(|(name, _)| *name)));
}

#[test]
fn nothing_breaks_out_of_what_changed() {
    let results = hostile();
    let before = before(&results);
    let changes = Changes::between(&before, &results, Extent::All);
    terminal(&summary::render_since(&results, &changes, summary::Summary::PLAIN.paint));
}

fn json_again(text: &str) {
    assert_eq!(serde_json::from_str::<Results>(text).unwrap(), hostile());
}

/// Every row of a table has the cells of its head, and there is no HTML, link or image but those of the page.
fn markdown(text: &str) {
    let (mut cells, mut width, mut rows) = (0, 0, 0);
    for event in Parser::new_ext(text, Options::ENABLE_TABLES) {
        match event {
            Event::Start(Tag::Table(alignments)) => width = alignments.len(),
            Event::Start(Tag::TableHead | Tag::TableRow) => cells = 0,
            Event::End(TagEnd::TableCell) => cells += 1,
            Event::End(TagEnd::TableHead | TagEnd::TableRow) => {
                rows += 1;
                assert_eq!(cells, width);
            }
            Event::Start(Tag::Image { .. }) => panic!("an image"),
            Event::Start(Tag::Link { dest_url, .. }) => {
                assert!(["index.html", "matrix.md"].contains(&&*dest_url) || dest_url.starts_with('#'), "{dest_url}");
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let is_own = ["<details", "</details>", "<code>", "</code>"].iter().any(|tag| html.starts_with(tag));
                assert!(is_own && !html.contains("alert"), "HTML: {html}");
            }
            Event::Start(Tag::Heading { .. }) | Event::End(_) | Event::Start(_) => {}
            Event::Text(text) | Event::Code(text) => {
                assert_eq!(hidden(&text.replace(['\n', '\t'], "")), None)
            }
            _ => {}
        }
    }
    assert!(rows > 0, "no table");
    // A row with too many cells is cut by the parser, as by GitHub; the number of its bars is that of its table.
    let mut bars = 0;
    for line in text.lines() {
        let here = line.replace(r"\\", "").replace(r"\|", "").matches('|').count();
        match (line.starts_with('|'), bars) {
            (false, _) => bars = 0,
            (true, 0) => bars = here,
            (true, bars) => assert_eq!(here, bars, "{line}"),
        }
    }
}

/// Only elements of the format, with attributes of the format, and no control character.
fn xml(text: &str, elements: &[&str]) {
    assert_eq!(hidden(&text.replace('\n', "")), None);
    let mut reader = Reader::from_str(text);
    let mut depth = 0_i32;
    loop {
        match reader.read_event().unwrap() {
            Xml::Start(element) | Xml::Empty(element) => {
                let name = String::from_utf8(element.name().as_ref().to_vec()).unwrap();
                assert!(elements.contains(&name.as_str()), "the element {name}");
                for attribute in element.attributes() {
                    let key = attribute.unwrap().key.as_ref().to_vec();
                    assert!(!key.starts_with(b"on") && key != b"src", "the attribute {key:?}");
                }
                depth += 1;
            }
            Xml::End(_) => depth -= 1,
            Xml::Comment(_) | Xml::CData(_) | Xml::PI(_) | Xml::DocType(_) => panic!("{text}"),
            Xml::Eof => break,
            _ => {}
        }
    }
    assert!(depth > -100 && !text.contains("<script"));
}

fn endpoint(text: &str) {
    let badge: Value = serde_json::from_str(text).unwrap();
    assert_eq!(badge["schemaVersion"], 1);
    assert_eq!(hidden(badge["message"].as_str().unwrap()), None);
}

/// Messages have no links and no placeholders, and files are relative and without a scheme.
fn sarif(text: &str) {
    let log: Value = serde_json::from_str(text).unwrap();
    let results = log["runs"][0]["results"].as_array().unwrap();
    assert!(!results.is_empty());
    for result in results {
        let message = result["message"]["text"].as_str().unwrap();
        let plain = message.replace("{{", "").replace("}}", "");
        assert!(!plain.contains("](") && !plain.contains(['{', '}']), "{message}");
        assert_eq!(hidden(&message.replace('\n', "")), None);
        let uri = result["locations"][0]["physicalLocation"]["artifactLocation"]["uri"].as_str().unwrap();
        assert!(
            uri.starts_with("spec/file%22%27%3E") && uri.is_ascii() && !uri.contains([' ', '#', '?', ':']),
            "{uri}"
        );
    }
}

/// There is no element and no attribute but those of the templates, and no character that can't be seen. The data and
/// the script are in elements that come last; the data is base64.
fn html(text: &str) {
    // The drawing is ours, and has a style of its own.
    let text = &text.replace(include_str!("../../../../docs/aliasing.svg"), "");
    let (page, rest) = text.split_once("<script").expect("data");
    assert!(!rest.to_lowercase().contains("alert(1)"));
    let (head, body) = page.split_once("</style>").expect("styles");
    assert_eq!(hidden(&format!("{}{body}", head.split("<style").next().unwrap()).replace(['\n', '\t'], "")), None);
    for tag in body.split('<').skip(1) {
        let tag = tag.split_once('>').expect("a tag ends").0;
        // Between quotes there is text.
        let (name, bare) = (tag.split([' ', '/']).next().unwrap(), tag.split('"').step_by(2).collect::<String>());
        assert!(!["script", "img", "iframe", "object", "style", "b", "base"].contains(&name), "{tag}");
        assert!(!bare.split_whitespace().any(|name| name.starts_with("on") || name.starts_with("src")), "{tag}");
        assert!(!tag.contains("href=\"") || tag.contains("href=\"#") || tag.contains("href=\"https://"), "{tag}");
    }
}

/// Letters and line feeds only.
fn terminal(text: &str) {
    assert_eq!(hidden(&text.replace('\n', "")), None);
    assert!(!text.lines().any(|line| line.starts_with("# heading") || line.starts_with("Set-Cookie")), "{text}");
}

/// The first character that is a control character, or changes the direction of others.
fn hidden(text: &str) -> Option<char> {
    text.chars().find(|char| char.is_control() || "\u{202e}\u{2066}\u{feff}\u{ffff}\u{2028}\u{e0041}".contains(*char))
}

/// Documents are compared by what they say, so that this file is honest about what it changes.
#[test]
fn every_text_is_hostile() {
    let results = hostile();
    let is_hostile =
        |document: &Document| document.file.contains(HOSTILE) && document.title.as_deref() == Some(HOSTILE);
    assert!(results.documents.iter().all(is_hostile));
    assert!(results.cases.iter().all(|case| case.steps.iter().any(|step| step.run.contains(HOSTILE))));
}
