//! Version requirements: the Python versions to which a case, or an entry of `expect`, applies, and the versions of an
//! implementation that has a known divergence.

use std::cmp::Ordering;
use std::fmt;
use view::Version;

/// A list of comparisons, all of which must hold. An empty list admits every version.
///
/// A bound with two numbers stands for all patch levels of that minor version: `<=3.12` and `==3.12` admit 3.12.7,
/// `>3.12` does not.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Requirement {
    clauses: Vec<Clause>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Clause {
    operator: &'static str,
    bound: Vec<u8>,
}

const OPERATORS: [&str; 6] = ["<=", ">=", "==", "!=", "<", ">"];

impl Requirement {
    /// Parses text such as `>=3.8, <3.12`. Returns `None` if it is not a valid requirement.
    pub fn parse(text: &str) -> Option<Requirement> {
        let clauses = text.split(',').map(|clause| Clause::parse(clause.trim())).collect::<Option<_>>()?;
        Some(Requirement { clauses })
    }

    /// Returns whether `version` satisfies every comparison.
    pub fn admits(&self, version: Version) -> bool {
        self.clauses.iter().all(|clause| clause.admits(version))
    }

    /// Returns whether there are no comparisons, so that every version is admitted.
    pub fn is_any(&self) -> bool {
        self.clauses.is_empty()
    }

    /// Whether no version satisfies it, as with `>=3.13, <3.12`.
    pub fn is_empty(&self) -> bool {
        // The admitted versions form ranges, and each range starts at 0.0.0, at a bound, or right after one.
        let starts = self.clauses.iter().flat_map(|clause| {
            let at =
                |patch| Version::new(clause.bound[0], clause.bound[1], clause.bound.get(2).copied().unwrap_or(patch));
            [Some(at(0)), successor(at(u8::MAX))]
        });
        !starts.flatten().chain([Version::new(0, 0, 0)]).any(|version| self.admits(version))
    }

    /// Versions of which at least one lies on each side of every bound. What holds for all of them holds for every
    /// version.
    pub(crate) fn samples(&self) -> impl Iterator<Item = Version> + '_ {
        let around = |clause: &Clause| {
            let (major, minor) = (clause.bound[0], clause.bound[1]);
            let patch = clause.bound.get(2).copied().unwrap_or(0);
            [
                Version::new(major, minor.saturating_sub(1), u8::MAX),
                Version::new(major, minor, patch.saturating_sub(1)),
                Version::new(major, minor, patch),
                Version::new(major, minor, patch.saturating_add(1)),
                Version::new(major, minor.saturating_add(1), 0),
            ]
        };
        self.clauses.iter().flat_map(around)
    }
}

/// The version after this one; `None` for 255.255.255.
fn successor(version: Version) -> Option<Version> {
    let next = u32::from_be_bytes([0, version.major, version.minor, version.patch]) + 1;
    let [0, major, minor, patch] = next.to_be_bytes() else { return None };
    Some(Version::new(major, minor, patch))
}

impl Clause {
    fn parse(text: &str) -> Option<Clause> {
        let operator = OPERATORS.into_iter().find(|operator| text.starts_with(operator))?;
        let bound = text[operator.len()..].trim();
        let bound: Vec<u8> = bound.split('.').map(|part| part.parse().ok()).collect::<Option<_>>()?;
        matches!(bound.len(), 2 | 3).then_some(Clause { operator, bound })
    }

    fn admits(&self, version: Version) -> bool {
        let version = [version.major, version.minor, version.patch];
        let order = version[..self.bound.len()].cmp(&self.bound[..]);
        match self.operator {
            "<=" => order != Ordering::Greater,
            ">=" => order != Ordering::Less,
            "==" => order == Ordering::Equal,
            "!=" => order != Ordering::Equal,
            "<" => order == Ordering::Less,
            _ => order == Ordering::Greater,
        }
    }
}

impl fmt::Display for Requirement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, clause) in self.clauses.iter().enumerate() {
            let bound: Vec<String> = clause.bound.iter().map(u8::to_string).collect();
            write!(f, "{}{}{}", if index > 0 { ", " } else { "" }, clause.operator, bound.join("."))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case(">=3.8", Version::new(3, 8, 0), true)]
    #[case(">=3.8", Version::new(3, 7, 17), false)]
    #[case(">3.8", Version::new(3, 8, 18), false)]
    #[case("<=3.12", Version::new(3, 12, 7), true)]
    #[case("<3.12.1", Version::new(3, 12, 0), true)]
    #[case("<3.12.1", Version::new(3, 12, 1), false)]
    #[case("==3.13", Version::new(3, 13, 5), true)]
    #[case("!=3.13.0", Version::new(3, 13, 0), false)]
    #[case(">=3.8, <3.12", Version::new(3, 12, 0), false)]
    fn versions_are_admitted(#[case] text: &str, #[case] version: Version, #[case] admitted: bool) {
        assert_eq!(Requirement::parse(text).map(|requirement| requirement.admits(version)), Some(admitted));
    }

    #[rstest]
    #[case(">=3.8", false)]
    #[case("<3.0", false)]
    #[case("<0.0", true)]
    #[case(">3.255", false)]
    #[case(">255.255", true)]
    #[case(">=3.13, <3.12", true)]
    #[case(">=3.12, <3.12", true)]
    #[case(">=3.12, <=3.12", false)]
    #[case(">3.12, <3.13", true)]
    #[case(">3.12.1, <3.12.3", false)]
    #[case(">3.12.1, !=3.12.2, <3.12.3", true)]
    #[case("!=3.12", false)]
    #[case("==3.12, !=3.12.0", false)]
    #[case("==3.12, ==3.13", true)]
    fn an_empty_range_is_recognized(#[case] text: &str, #[case] empty: bool) {
        assert_eq!(Requirement::parse(text).map(|requirement| requirement.is_empty()), Some(empty));
    }

    #[rstest]
    #[case("")]
    #[case("3.8")]
    #[case("=3.8")]
    #[case(">=3")]
    #[case(">=3.8.1.2")]
    #[case(">=3.x")]
    #[case(">=3.8,")]
    fn other_texts_are_refused(#[case] text: &str) {
        assert_eq!(Requirement::parse(text), None);
    }
}
