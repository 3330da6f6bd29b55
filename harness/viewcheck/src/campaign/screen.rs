//! The progress of a running campaign: a few live lines on a terminal, otherwise a plain line every ten seconds.

use super::guided::corpus::Mark;
use super::message::{Found, Tally};
use crate::findings::Signature;
use crate::report::count;
use crate::report::{counted, grouped};
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use std::collections::BTreeMap;
use std::io::Write;
use std::time::{Duration, Instant};

/// How often the lines on a terminal change.
const REFRESH: Duration = Duration::from_millis(200);
/// How often a plain line is written.
const LINE: Duration = Duration::from_secs(10);

/// The maximum number of messages that are shown.
const NEWS: usize = 50;

/// What there is to show.
pub(super) struct Status<'a> {
    pub(super) tally: &'a Tally,
    pub(super) found: &'a BTreeMap<Signature, Found>,
    /// Since the campaign began.
    pub(super) seconds: f64,
    /// Since this process began with it.
    pub(super) here: Duration,
    /// When the newest finding was kept.
    pub(super) newest: Option<Instant>,
    /// Programs that ended a worker and are examined.
    pub(super) examined: usize,
    /// Programs that workers have run and not counted yet.
    pub(super) running: u64,
    /// Where it ends.
    pub(super) programs: Option<u64>,
    pub(super) limit: Option<f64>,
    /// What a guided campaign has learned.
    pub(super) corpus: Option<Mark>,
}

impl Status<'_> {
    /// How far it is: `1:23 of 8:00:00`, `5000 of 20000 programs`.
    fn progress(&self) -> String {
        let run = self.tally.programs + self.running;
        let programs = match self.programs {
            Some(all) => format!("{} of {}{}", grouped(run), counted(all, "program"), self.estimate(run, all)),
            None => counted(run, "program"),
        };
        let time = match self.limit {
            Some(limit) => format!("{} of {}", clock(self.seconds), clock(limit)),
            None => clock(self.seconds),
        };
        format!("{time}, {programs}, {} per second", grouped((run as f64 / self.seconds) as u64))
    }

    /// How much of it that is, and how long the rest will take, if the time does not end it before.
    fn estimate(&self, run: u64, all: u64) -> String {
        let percent = run.saturating_mul(100) / all.max(1);
        let left = all.saturating_sub(run) as f64 * self.seconds / run as f64;
        match self.limit {
            Some(limit) if limit < self.seconds + left => format!(" ({percent} %)"),
            _ if run == 0 => String::new(),
            _ => format!(" ({percent} %, about {} left)", clock(left)),
        }
    }

    /// The findings by kind.
    fn findings(&self) -> String {
        let mut kinds: BTreeMap<&str, usize> = BTreeMap::new();
        for found in self.found.values() {
            *kinds.entry(&found.kind).or_default() += 1;
        }
        if kinds.is_empty() {
            return "no findings".to_owned();
        }
        let kinds: Vec<String> = kinds.into_iter().map(|(kind, count)| format!("{count} {kind}")).collect();
        let newest = self.newest.map(|newest| format!(", newest {} ago", clock(newest.elapsed().as_secs_f64())));
        format!("findings: {}{}", kinds.join(", "), newest.unwrap_or_default())
    }

    fn workers(&self) -> String {
        let mut text = format!("{} died", count(self.tally.lost as usize, "worker"));
        if self.examined > 0 {
            text += &format!(", {} under examination", count(self.examined, "program"));
        }
        text
    }

    /// The corpus of a guided campaign: `; corpus: 1,234 programs, 5,678 behaviours`.
    fn corpus(&self) -> String {
        self.corpus.map_or_else(String::new, |Mark { kept, behaviours, .. }| {
            let (programs, behaviours) = (counted(kept, "program"), counted(behaviours, "behaviour"));
            format!("; corpus: {programs}, {behaviours}")
        })
    }

    fn shares(&self) -> String {
        let shares = self.tally.shares.percent().map(|(name, percent)| format!("{name} {percent} %"));
        format!("time: {}", shares.join(", "))
    }
}

/// Where a running campaign shows what it does.
pub(super) struct Screen<'a> {
    bar: Option<ProgressBar>,
    err: &'a mut dyn Write,
    shown: Option<Instant>,
    lines: u32,
    told: usize,
}

impl<'a> Screen<'a> {
    /// `live` is whether lines may change; else plain ones are written to `err`.
    pub(super) fn new(live: bool, err: &'a mut dyn Write) -> Screen<'a> {
        let bar = live.then(|| {
            let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
            Self::draw(&bar, "{spinner} {msg}");
            bar
        });
        Screen { bar, err, shown: None, lines: 0, told: 0 }
    }

    fn draw(bar: &ProgressBar, template: &str) {
        if let Ok(style) = ProgressStyle::with_template(template) {
            bar.set_style(style);
        }
    }

    /// Shows the status, if it is time to.
    pub(super) fn show(&mut self, status: &Status<'_>) {
        match &self.bar {
            Some(bar) => {
                if self.shown.is_some_and(|shown| shown.elapsed() < REFRESH) {
                    return;
                }
                self.shown = Some(Instant::now());
                let mut lines = vec![
                    status.progress() + &status.corpus(),
                    status.findings(),
                    format!("{}; {}", status.shares(), status.workers()),
                ];
                lines.extend(status.tally.statistics.warnings().into_iter().take(3));
                if let Some(all) = status.programs {
                    // It ends with a program, so that there is a whole of which this is a part.
                    if bar.length().is_none() {
                        bar.set_length(all);
                        Self::draw(bar, "{spinner} {bar:40} {msg}");
                    }
                    bar.set_position(status.tally.programs + status.running);
                }
                bar.set_message(lines.join("\n  "));
                bar.tick();
            }
            None => {
                if status.here < LINE * (self.lines + 1) {
                    return;
                }
                self.lines = (status.here.as_secs() / LINE.as_secs()) as u32;
                // Who closes standard error does not want to know.
                let _ = writeln!(
                    self.err,
                    "{}{}; {}; {}",
                    status.progress(),
                    status.corpus(),
                    status.findings(),
                    status.workers()
                );
            }
        }
    }

    /// Prints messages, each on a line that stays. Only the first [`NEWS`] messages are printed.
    pub(super) fn tell(&mut self, news: impl Iterator<Item = String>) {
        for line in news {
            self.told += 1;
            let line = match self.told {
                ..=NEWS => line,
                told if told == NEWS + 1 => "further messages are not shown".to_owned(),
                _ => continue,
            };
            match &self.bar {
                Some(bar) => bar.println(line),
                // As in `show`.
                None => _ = writeln!(self.err, "{line}"),
            }
        }
    }

    /// Takes the lines away.
    pub(super) fn clear(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}

/// A time as `8:00:00` or `1:23`.
fn clock(seconds: f64) -> String {
    let seconds = seconds as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case::nothing(0, 10.0, None, "0:10, 0 of 1,000 programs, 0 per second")]
    #[case::a_quarter(250, 10.0, None, "0:10, 250 of 1,000 programs (25 %, about 0:30 left), 25 per second")]
    #[case::all(1000, 10.0, None, "0:10, 1,000 of 1,000 programs (100 %, about 0:00 left), 100 per second")]
    #[case::time_is_over_first(250, 10.0, Some(20.0), "0:10 of 0:20, 250 of 1,000 programs (25 %), 25 per second")]
    #[case::time_enough(
        250,
        10.0,
        Some(60.0),
        "0:10 of 1:00, 250 of 1,000 programs (25 %, about 0:30 left), 25 per second"
    )]
    fn the_rest_is_estimated(#[case] run: u64, #[case] seconds: f64, #[case] limit: Option<f64>, #[case] text: &str) {
        let (tally, found) = (Tally { programs: run, ..Tally::default() }, BTreeMap::new());
        let status = Status {
            tally: &tally,
            found: &found,
            seconds,
            here: Duration::ZERO,
            newest: None,
            examined: 0,
            running: 0,
            programs: Some(1000),
            limit,
            corpus: None,
        };
        assert_eq!(status.progress(), text);
    }

    #[test]
    fn numbers_are_made_to_be_read() {
        assert_eq!([0, 999, 1000, 1_234_567].map(grouped), ["0", "999", "1,000", "1,234,567"]);
        let programs = [0, 1, 1000].map(|number| counted(number, "program"));
        assert_eq!(programs, ["0 programs", "1 program", "1,000 programs"]);
        assert_eq!([5.9, 83.0, 28_800.0].map(clock), ["0:05", "1:23", "8:00:00"]);
    }
}
