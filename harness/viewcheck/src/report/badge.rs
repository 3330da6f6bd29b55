//! A badge: an image (`badge.svg`), and the JSON that shields.io makes one of (`badge.json`, an *endpoint badge*).
//!
//! It says how many of the cases that were judged pass on the engine that is tested; known divergences do not pass. Where
//! several are tested, one share would say little: it counts the cases and engines if all is as expected, and otherwise
//! what is not. Where no engine is tested, it is about the reference. A run that is not complete has no number.

use super::escape::{terminal, xml};
use super::model::{Engine, Results, Status};
use super::{Format, count};
use serde::Serialize;
use std::io::{self, Write};

const LABEL: &str = "memoryview";

/// What a badge says, in the form of an endpoint badge of shields.io.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
struct Badge {
    schema_version: u32,
    label: &'static str,
    message: String,
    color: &'static str,
}

/// Colours on which white text can be read, by the least share of passes in percent.
const COLORS: [(usize, &str); 5] = [(100, GOOD), (95, "3f7a1f"), (80, "7a6400"), (50, "a3510d"), (0, BAD)];
const GOOD: &str = "1a7f37";
const BAD: &str = "b31d28";
const NEUTRAL: &str = "595f69";

/// The image.
pub struct Image;

impl Format for Image {
    fn name(&self) -> &'static str {
        "badge"
    }

    fn file(&self) -> Option<&'static str> {
        Some("badge.svg")
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(image(&badge(results)).as_bytes())
    }
}

/// The JSON.
pub struct Endpoint;

impl Format for Endpoint {
    fn name(&self) -> &'static str {
        "badge endpoint"
    }

    fn file(&self) -> Option<&'static str> {
        Some("badge.json")
    }

    fn render(&self, results: &Results, out: &mut dyn Write) -> io::Result<()> {
        out.write_all(super::to_json(&badge(results)).as_bytes())
    }
}

/// Passed and judged cases of an engine.
type Share = (usize, usize);

fn share(results: &Results, engine: &Engine) -> Share {
    let Some(counts) = results.summary.get(&engine.name) else { return (0, 0) };
    let judged = Status::ALL.into_iter().filter(|status| status.is_judged()).map(|status| counts.get(status)).sum();
    (counts.get(Status::Pass), judged)
}

fn badge(results: &Results) -> Badge {
    let tested: Vec<&Engine> = results.tested().collect();
    let shown = tested.first().copied().or(results.engines.first()).map(|engine| share(results, engine));
    let (message, color) = match shown {
        _ if results.incomplete().is_some() => ("incomplete run".to_owned(), NEUTRAL),
        Some(_) if tested.len() > 1 => match results.bad() {
            0 => (format!("{} on {}", count(results.count_cases(), "case"), count(tested.len(), "engine")), GOOD),
            bad => (format!("{} on {}", count(bad, "unexpected result"), count(tested.len(), "engine")), BAD),
        },
        Some((passed, judged)) if judged > 0 => {
            let percent = passed * 100 / judged;
            let color = COLORS.into_iter().find(|(least, _)| percent >= *least).map_or(NEUTRAL, |(_, color)| color);
            (format!("{passed} of {judged}"), color)
        }
        _ => ("nothing checked".to_owned(), NEUTRAL),
    };
    Badge { schema_version: 1, label: LABEL, message: terminal(&message), color }
}

/// The width of a text in the font of badges, in pixels, about as it is.
fn width(text: &str) -> usize {
    let tenths = |char| match char {
        'i' | 'j' | 'l' | '.' | ':' | '\'' | '|' => 38,
        'f' | 'r' | 't' | ' ' | '-' => 45,
        'm' | 'w' | 'M' | 'W' | '@' | '%' => 102,
        char if char.is_ascii() => 70,
        _ => 110,
    };
    (text.chars().map(tenths).sum::<usize>()).div_ceil(10)
}

fn image(badge: &Badge) -> String {
    let (label, message) = (xml(badge.label), xml(&badge.message));
    let (first, second) = (width(badge.label), width(&badge.message));
    let (left, right) = (first + 12, second + 12);
    let whole = left + right;
    // Half pixels keep the texts in the middle.
    let middle = |from: usize, width: usize| format!("{}", from as f64 + width as f64 / 2.0);
    let text = |x: String, width: usize, text: &str| {
        format!("<text x=\"{x}\" y=\"14\" textLength=\"{width}\" lengthAdjust=\"spacingAndGlyphs\">{text}</text>\n")
    };
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{whole}\" height=\"20\" role=\"img\" aria-label=\"{label}: \
         {message}\">\n<title>{label}: {message}</title>\n<clipPath id=\"r\"><rect width=\"{whole}\" height=\"20\" \
         rx=\"3\"/></clipPath>\n<g clip-path=\"url(#r)\">\n<rect width=\"{left}\" height=\"20\" \
         fill=\"#3b4048\"/>\n<rect x=\"{left}\" width=\"{right}\" height=\"20\" fill=\"#{}\"/>\n</g>\n<g fill=\"#fff\" \
         text-anchor=\"middle\" font-family=\"Verdana,DejaVu Sans,Geneva,sans-serif\" \
         font-size=\"11\">\n{}{}</g>\n</svg>\n",
        badge.color,
        text(middle(0, left), first, &label),
        text(middle(left, right), second, &message),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::causes::sample::{case, fail, results};
    use rstest::rstest;
    use serde_json::json;

    /// Results of so many cases, of which some fail and the last is skipped.
    fn run(failing: usize, all: usize) -> Results {
        let status = |index: usize| match index {
            _ if index == all => json!({"status": "skip"}),
            _ if index < failing => fail(1, "value", "1", "2"),
            _ => json!({"status": "pass"}),
        };
        results((0..=all).map(|index| case("f.yaml", &format!("c{index}"), &["1"], status(index))).collect())
    }

    #[rstest]
    #[case(0, 200, "200 of 200", "1a7f37")]
    #[case(1, 200, "199 of 200", "3f7a1f")]
    #[case(20, 200, "180 of 200", "7a6400")]
    #[case(200, 200, "0 of 200", "b31d28")]
    #[case(0, 0, "nothing checked", NEUTRAL)]
    fn it_counts_what_was_judged(
        #[case] failing: usize,
        #[case] all: usize,
        #[case] message: &str,
        #[case] color: &str,
    ) {
        let badge = badge(&run(failing, all));
        assert_eq!((badge.message.as_str(), badge.color), (message, color));
    }

    #[test]
    fn of_several_engines_it_says_what_is_not_as_expected() {
        let mut results = run(0, 4);
        results.engines.push(Engine { name: "other".into(), ..results.engines[0].clone() });
        results.restate("other", |_, _| ());
        assert_eq!((badge(&results).message.as_str(), badge(&results).color), ("5 cases on 2 engines", GOOD));
        let other = serde_json::from_value(fail(1, "value", "1", "2")).unwrap();
        results.cases[0].results.insert("other".into(), other);
        results.restate("other", |_, _| ());
        assert_eq!(
            (badge(&results).message.as_str(), badge(&results).color),
            ("1 unexpected result on 2 engines", BAD)
        );
        results.complete = false;
        assert_eq!(badge(&results).message, "incomplete run");
    }

    #[test]
    fn the_endpoint_has_the_keys_of_shields() {
        let mut out = vec![];
        Endpoint.render(&run(1, 2), &mut out).unwrap();
        let badge: serde_json::Value = serde_json::from_slice(&out).unwrap();
        let expected = json!({"schemaVersion": 1, "label": "memoryview", "message": "1 of 2", "color": "a3510d"});
        assert_eq!(badge, expected);
    }
}
