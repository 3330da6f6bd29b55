//! The name that an error suggests in place of a wrong one.

/// The nearest of some names, if it is near for its length (measured).
pub(super) fn nearest<'a>(names: &[&'a str], wrong: &str) -> Option<&'a str> {
    let near = |name: &&&str| distance(name, wrong) <= (name.len() + wrong.len() + 3) * STEP / 6;
    names.iter().filter(near).min_by_key(|name| distance(name, wrong)).copied()
}

/// What it costs to add, drop or replace a letter.
const STEP: usize = 2;

/// How far two names are apart, where another case of a letter counts half.
fn distance(name: &str, other: &str) -> usize {
    let mut row: Vec<usize> = (0..=other.len()).map(|length| length * STEP).collect();
    for (index, letter) in name.bytes().enumerate() {
        let mut diagonal = std::mem::replace(&mut row[0], (index + 1) * STEP);
        for (at, other) in other.bytes().enumerate() {
            let replaced = match letter {
                _ if letter == other => 0,
                _ if letter.eq_ignore_ascii_case(&other) => STEP / 2,
                _ => STEP,
            };
            let best = (diagonal + replaced).min(row[at] + STEP).min(row[at + 1] + STEP);
            diagonal = std::mem::replace(&mut row[at + 1], best);
        }
    }
    row[other.len()]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_suggested_if_it_is_near() {
        let names = ["format", "shape"];
        assert_eq!(nearest(&names, "shapes"), Some("shape"));
        assert_eq!(nearest(&names, "Shape"), Some("shape"));
        assert_eq!(nearest(&names, "ship"), Some("shape"));
        assert_eq!(nearest(&names, "formt"), Some("format"));
        assert_eq!(nearest(&names, "xxshape"), Some("shape"));
        for wrong in ["foo", "fmt", "SHAPE", "sep", "order", "xxxshape"] {
            assert_eq!(nearest(&names, wrong), None, "{wrong}");
        }
    }
}
