//! The digits of floats, as formats ask for them (`PyOS_double_to_string` in C), and what stands around digits.

use program::float_repr;

/// Writes a float without its sign: with `f` so many digits after the point, with `e` in the scientific notation, with `g`
/// whichever is shorter. A capital letter writes capitals. `keeps_point` is what `#` asks for.
pub(crate) fn of_float(value: f64, code: char, precision: usize, keeps_point: bool) -> String {
    let value = value.abs();
    let text = match code.to_ascii_lowercase() {
        _ if !value.is_finite() => float_repr(value),
        'e' => scientific(value, precision, keeps_point),
        'g' => general(value, precision, keeps_point, false),
        _ => plain(value, precision, keeps_point),
    };
    if code.is_ascii_uppercase() { text.to_uppercase() } else { text }
}

/// Writes a float as a format with a precision and no letter does: as with `g`, but so that it is seen to be a float.
pub(crate) fn of_untyped(value: f64, precision: usize) -> String {
    match value.is_finite() {
        true => general(value.abs(), precision, false, true),
        false => float_repr(value.abs()),
    }
}

fn plain(value: f64, precision: usize, keeps_point: bool) -> String {
    let point = if keeps_point && precision == 0 { "." } else { "" };
    format!("{value:.precision$}{point}")
}

fn scientific(value: f64, precision: usize, keeps_point: bool) -> String {
    let text = format!("{value:.precision$e}");
    let (digits, exponent) = text.split_once('e').unwrap_or((&text, "0"));
    let point = if keeps_point && precision == 0 { "." } else { "" };
    let (sign, exponent) = match exponent.strip_prefix('-') {
        Some(exponent) => ('-', exponent),
        None => ('+', exponent),
    };
    format!("{digits}{point}e{sign}{exponent:0>2}")
}

fn general(value: f64, precision: usize, keeps_point: bool, is_untyped: bool) -> String {
    let precision = precision.max(1);
    let rounded = scientific(value, precision - 1, false);
    let exponent: i64 = rounded.split_once('e').and_then(|(_, exponent)| exponent.parse().ok()).unwrap_or(0);
    let most = precision as i64 - i64::from(is_untyped);
    let is_scientific = exponent < -4 || exponent >= most;
    let text = match is_scientific {
        true => scientific(value, precision - 1, keeps_point),
        false => plain(value, (precision as i64 - 1 - exponent).max(0).unsigned_abs() as usize, keeps_point),
    };
    if keeps_point {
        return text;
    }
    let (digits, tail) = match text.split_once('e') {
        Some((digits, exponent)) => (digits, format!("e{exponent}")),
        None => (&*text, String::new()),
    };
    let digits = if digits.contains('.') { digits.trim_end_matches('0').trim_end_matches('.') } else { digits };
    let zero = if is_untyped && !is_scientific && !digits.contains('.') { ".0" } else { "" };
    format!("{digits}{zero}{tail}")
}

/// Separates groups of digits, with zeros before them up to a width.
pub(crate) fn grouped(digits: &str, separator: char, group: usize, width: usize) -> String {
    let mut digits: Vec<char> = digits.chars().collect();
    loop {
        let length = digits.len() + digits.len().saturating_sub(1) / group;
        if length >= width {
            break;
        }
        digits.insert(0, '0');
    }
    let mut text = String::new();
    for (index, digit) in digits.iter().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(group) {
            text.push(separator);
        }
        text.push(*digit);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    /// `'%.2f' % 1.005` and so on (3.8 to 3.15)
    #[rstest]
    #[case(1.005, 'f', 2, "1.00")]
    #[case(2.5, 'f', 0, "2")]
    #[case(0.1, 'f', 20, "0.10000000000000000555")]
    #[case(12345.678, 'e', 6, "1.234568e+04")]
    #[case(1e-10, 'E', 3, "1.000E-10")]
    #[case(0.0, 'e', 6, "0.000000e+00")]
    #[case(1e300, 'e', 0, "1e+300")]
    #[case(12345.678, 'g', 6, "12345.7")]
    #[case(0.00001, 'g', 6, "1e-05")]
    #[case(0.0001, 'g', 6, "0.0001")]
    #[case(999_999.5, 'g', 6, "1e+06")]
    #[case(100.0, 'g', 2, "1e+02")]
    #[case(100.0, 'G', 0, "1E+02")]
    #[case(f64::INFINITY, 'F', 2, "INF")]
    fn floats(#[case] value: f64, #[case] code: char, #[case] precision: usize, #[case] text: &str) {
        assert_eq!(of_float(value, code, precision, false), text);
    }

    /// `f'{123456.0:.3}'` and so on (3.8 to 3.15)
    #[rstest]
    #[case(0.1, 3, "0.1")]
    #[case(1.0, 3, "1.0")]
    #[case(100.0, 3, "1e+02")]
    #[case(123456.0, 3, "1.23e+05")]
    #[case(0.0, 1, "0e+00")]
    #[case(0.0, 3, "0.0")]
    #[case(5.0, 1, "5e+00")]
    fn floats_without_a_letter(#[case] value: f64, #[case] precision: usize, #[case] text: &str) {
        assert_eq!(of_untyped(value, precision), text);
    }
}
