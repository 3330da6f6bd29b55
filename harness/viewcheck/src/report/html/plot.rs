//! A plot of how the findings of a campaign grew: a step curve, drawn as SVG.
//!
//! The programs are on a logarithmic scale, because a campaign finds most in its first thousand programs and the rest in
//! a hundred times as many. All coordinates are rounded, so that the same campaign gives the same bytes.

use crate::report::campaigns::Growth;
use crate::report::grouped;
use maud::{Markup, html};
use std::fmt::Write;

/// The size of the drawing, and of the margins around the plot: left for numbers, below for numbers and the label.
const WIDTH: f64 = 480.0;
const HEIGHT: f64 = 270.0;
const LEFT: f64 = 44.0;
const RIGHT: f64 = 28.0;
const TOP: f64 = 26.0;
const BOTTOM: f64 = 44.0;

/// The drawing. `id` is unique in the document; `name` says which campaign it is of.
pub(super) fn growth(growth: &Growth, id: &str, name: &str) -> Markup {
    let frame = Frame::of(growth);
    let (right, floor) = (WIDTH - RIGHT, HEIGHT - BOTTOM);
    let (end, top) = (frame.x(growth.end), frame.y(growth.all()));
    html! {
        svg .plot viewBox={ "0 0 " (at(WIDTH)) " " (at(HEIGHT)) } role="img" aria-labelledby={ (id) "-title " (id) "-text" } {
            title id={ (id) "-title" } { "Findings by programs run, " (name) }
            desc id={ (id) "-text" } { (description(growth)) }
            g .grid {
                @for (programs, _) in frame.columns() {
                    line x1=(at(frame.x(programs))) y1=(at(TOP)) x2=(at(frame.x(programs))) y2=(at(floor)) {}
                }
                @for found in frame.rows() {
                    line x1=(at(LEFT)) y1=(at(frame.y(found))) x2=(at(right)) y2=(at(frame.y(found))) {}
                }
            }
            g .axis {
                @for (programs, label) in frame.columns() {
                    text x=(at(frame.x(programs))) y=(at(floor + 16.0)) text-anchor="middle" { (label) }
                }
                @for found in frame.rows() {
                    text x=(at(LEFT - 6.0)) y=(at(frame.y(found) + 4.0)) text-anchor="end" { (grouped(found as u64)) }
                }
                text x=(at(LEFT)) y=(at(TOP - 12.0)) { "findings" }
                text x=(at(right)) y=(at(floor + 34.0)) text-anchor="end" { "programs run (logarithmic scale)" }
            }
            path .curve d=(path(growth, &frame)) {}
            circle .curve cx=(at(end)) cy=(at(top)) r="3" {}
            text .end x=(at(end)) y=(at(top - 8.0)) text-anchor="middle" { (grouped(growth.all() as u64)) }
        }
    }
}

/// The plot in words.
fn description(growth: &Growth) -> String {
    let mut out = format!("{} findings after {} programs.", grouped(growth.all() as u64), grouped(growth.end));
    let half = growth.all().div_ceil(2);
    if let Some((programs, found)) = growth.steps.iter().find(|(_, found)| *found >= half) {
        // Writing to a String can't fail.
        let _ = write!(out, " {} of them after {}.", grouped(*found as u64), grouped(*programs));
    }
    out
}

/// The curve: a line to each step, and up.
fn path(growth: &Growth, frame: &Frame) -> String {
    let mut out = format!("M{} {}", at(frame.x(1)), at(frame.y(0)));
    for (programs, found) in &growth.steps {
        let _ = write!(out, "H{}V{}", at(frame.x(*programs)), at(frame.y(*found)));
    }
    let _ = write!(out, "H{}", at(frame.x(growth.end)));
    out
}

/// A coordinate, rounded.
fn at(value: f64) -> String {
    let text = format!("{value:.1}");
    text.strip_suffix(".0").map_or_else(|| text.clone(), str::to_owned)
}

/// The scales of both axes.
struct Frame {
    /// The power of ten at the right.
    power: u32,
    /// The distance between two lines, and the findings at the top.
    step: usize,
    top: usize,
}

impl Frame {
    fn of(growth: &Growth) -> Frame {
        let power = growth.end.checked_ilog10().unwrap_or_default();
        let power = power + u32::from(10_u64.saturating_pow(power) < growth.end);
        let steps = (0..19).flat_map(|power| [1, 2, 5].map(|factor| factor * 10_usize.pow(power)));
        let step = steps.into_iter().find(|step| growth.all().div_ceil(*step) <= 5).unwrap_or(usize::MAX);
        let top = growth.all().div_ceil(step).max(1).saturating_mul(step);
        Frame { power: power.max(1), step, top }
    }

    fn x(&self, programs: u64) -> f64 {
        let part = (programs.max(1) as f64).log10() / f64::from(self.power);
        LEFT + part.min(1.0) * (WIDTH - LEFT - RIGHT)
    }

    fn y(&self, found: usize) -> f64 {
        HEIGHT - BOTTOM - found as f64 / self.top as f64 * (HEIGHT - TOP - BOTTOM)
    }

    /// The powers of ten, with their labels. Where there are many, some have no label.
    fn columns(&self) -> Vec<(u64, String)> {
        let label = |power: u32| match power {
            0..3 => 10_u64.pow(power).to_string(),
            3..6 => format!("{}k", 10_u64.pow(power - 3)),
            6..9 => format!("{}M", 10_u64.pow(power - 6)),
            _ => format!("10^{power}"),
        };
        let powers = (0..=self.power).map(|power| (10_u64.saturating_pow(power), label(power)));
        let every = if self.power > 10 { 3 } else { 1 };
        powers.step_by(every).collect()
    }

    fn rows(&self) -> Vec<usize> {
        (0..=self.top / self.step).map(|row| row * self.step).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::campaigns::tests::campaign;
    use crate::report::model::Campaign;
    use rstest::rstest;

    fn drawn(campaign: &Campaign) -> String {
        growth(&Growth::of(campaign), "plot-1", "a <b>").into_string()
    }

    #[test]
    fn the_curve_has_a_step_for_each_program_that_found_something() {
        let text = drawn(&campaign(100, &[Some(9), Some(9), Some(0), Some(99)]));
        assert!(text.contains("d=\"M44 226H44V176H248V76H452V26H452\""), "{text}");
        assert!(text.contains("<title id=\"plot-1-title\">Findings by programs run, a &lt;b&gt;</title>"), "{text}");
        assert!(text.contains("4 findings after 100 programs. 3 of them after 10."), "{text}");
        assert_eq!(text, drawn(&campaign(100, &[Some(99), Some(0), Some(9), Some(9)])));
    }

    #[rstest]
    #[case::one_program(1, &[Some(0)])]
    #[case::nothing(0, &[])]
    #[case::no_finding(5_000_000, &[])]
    #[case::largest(1, &[Some(u64::MAX)])]
    fn everything_lies_inside(#[case] programs: u64, #[case] indexes: &[Option<u64>]) {
        let text = drawn(&campaign(programs, indexes));
        let numbers = |attribute: &str| -> Vec<f64> {
            let opening = format!(" {attribute}=\"");
            text.split(&opening).skip(1).filter_map(|part| part.split('"').next()?.parse().ok()).collect()
        };
        for attribute in ["x", "x1", "x2", "cx"] {
            assert!(numbers(attribute).iter().all(|x| (0.0..=WIDTH).contains(x)), "{text}");
        }
        for attribute in ["y", "y1", "y2", "cy"] {
            assert!(numbers(attribute).iter().all(|y| (0.0..=HEIGHT).contains(y)), "{text}");
        }
        assert!(!text.contains("NaN") && !text.contains("inf"), "{text}");
    }

    #[rstest]
    #[case(0, 1, &[0, 1])]
    #[case(4, 1, &[0, 1, 2, 3, 4])]
    #[case(7, 2, &[0, 2, 4, 6, 8])]
    #[case(235, 50, &[0, 50, 100, 150, 200, 250])]
    fn rows_are_round_numbers(#[case] findings: usize, #[case] step: usize, #[case] rows: &[usize]) {
        let growth = Growth { steps: vec![(1, findings)], end: 1, former: 0 };
        let frame = Frame::of(&growth);
        assert_eq!((frame.step, &frame.rows()[..]), (step, rows));
    }
}
