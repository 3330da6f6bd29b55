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
        !self.starts().chain([Version::new(0, 0, 0)]).any(|version| self.admits(version))
    }

    /// Whether a Python satisfies it that there is, or could be in a branch that there is.
    pub fn is_of_python(&self) -> bool {
        let branches = (0..=Version::newest().minor).map(|minor| Version::new(3, minor, 0));
        self.starts().chain(branches).any(|version| version.major == 3 && exists(version) && self.admits(version))
    }

    /// The first bound that is no version of Python and will be none soon, as written.
    pub fn unknown_python(&self) -> Option<String> {
        let is_next = |bound: &[u8]| bound == [4, 0] || bound[..2] == [3, Version::newest().minor + 1];
        let clause = self.clauses.iter().find(|clause| !exists(clause.first()) && !is_next(&clause.bound))?;
        Some(clause.written())
    }

    /// The admitted versions form ranges. Each of them starts at 0.0.0 or at one of these: at a bound, or right after one.
    fn starts(&self) -> impl Iterator<Item = Version> + '_ {
        let starts = |clause: &Clause| [Some(clause.first()), successor(clause.last())];
        self.clauses.iter().flat_map(starts).flatten()
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

/// Whether there is such a Python, or could be in a branch that there is. No branch has had 30 patch levels.
fn exists(version: Version) -> bool {
    let newest = match version.major {
        2 => 7,
        3 => Version::newest().minor,
        _ => return false,
    };
    version.minor <= newest && version.patch < 100
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

    /// The first version that the bound stands for.
    fn first(&self) -> Version {
        self.at(0)
    }

    /// The last version that the bound stands for.
    fn last(&self) -> Version {
        self.at(u8::MAX)
    }

    fn at(&self, patch: u8) -> Version {
        Version::new(self.bound[0], self.bound[1], self.bound.get(2).copied().unwrap_or(patch))
    }

    /// The bound, as it is written.
    fn written(&self) -> String {
        self.bound.iter().map(u8::to_string).collect::<Vec<_>>().join(".")
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
            write!(f, "{}{}{}", if index > 0 { ", " } else { "" }, clause.operator, clause.written())?;
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
    #[case(">=3.8", true)]
    #[case("<=3.0", true)]
    #[case("<3.0", false)]
    #[case(">3.15", false)]
    #[case(">3.14", true)]
    #[case(">=3.16", false)]
    #[case("==2.7", false)]
    #[case("==3.12.200", false)]
    #[case(">3.12.98, <3.13", true)]
    #[case(">3.12.99, <3.13", false)]
    #[case("!=3.12, >3.11.99, <3.13", false)]
    fn a_range_is_of_pythons_that_there_are(#[case] text: &str, #[case] is_so: bool) {
        assert_eq!(Requirement::parse(text).map(|requirement| requirement.is_of_python()), Some(is_so));
    }

    #[rstest]
    #[case(">=2.7, <4.0", None)]
    #[case("<3.16.2", None)]
    #[case("<3.17", Some("3.17"))]
    #[case(">=3.8, <3.99", Some("3.99"))]
    #[case("<3.12.200", Some("3.12.200"))]
    #[case("<5.0", Some("5.0"))]
    #[case(">=0.9", Some("0.9"))]
    #[case("<2.8", Some("2.8"))]
    fn a_bound_is_a_version_that_there_is(#[case] text: &str, #[case] unknown: Option<&str>) {
        let requirement = Requirement::parse(text).unwrap();
        assert_eq!(requirement.unknown_python().as_deref(), unknown);
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
