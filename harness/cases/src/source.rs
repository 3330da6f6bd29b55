//! The YAML of one case, as an item of `cases:` that can be copied to another file.
//!
//! A case is copied as it is written, a row is written out with its values.

use crate::write::{block, scalar};
use crate::yaml::{Data, Node};
use std::fmt::Write;
use std::ops::Range;

/// Returns the text of a case in a file. It starts with `- ` and ends with a newline.
pub(crate) fn copied(source: &str, case: &Node) -> String {
    let range = case.span.start..end(source, case).max(case.span.start);
    let before = source.get(..range.start).unwrap_or_default();
    let column = range.start - before.rfind('\n').map_or(0, |newline| newline + 1);
    let mut out = String::new();
    for (index, line) in source.get(range).unwrap_or_default().lines().enumerate() {
        // Only comments and empty lines may be indented less than the case.
        let blank = line.len() - line.trim_start_matches(' ').len();
        let line = if index == 0 { line } else { &line[blank.min(column)..] };
        out += match (index, line) {
            (0, _) => "- ",
            (_, "") => "",
            _ => "  ",
        };
        out += line;
        out.push('\n');
    }
    out
}

/// Returns the text of a row as a case of its own, in the same form. `case` is the expanded case.
pub(crate) fn row(case: &Node, label: &str) -> String {
    let mut out = String::new();
    for (index, (key, value)) in case.entries().iter().enumerate() {
        out += if index == 0 { "- " } else { "  " };
        if key.text() == Some("id") {
            let label = label.replace(['.', '_'], "-");
            // Writing to a String can't fail.
            let _ = writeln!(out, "id: {}", scalar(&format!("{}-{label}", value.text().unwrap_or_default())));
        } else {
            entry(&mut out, key, value, 2);
        }
    }
    out
}

/// Writes a key that is indented that deep, and its value. The indentation itself is already there.
fn entry(out: &mut String, key: &Node, value: &Node, indent: usize) {
    let key = scalar(key.text().unwrap_or_default());
    let _ = match &value.data {
        Data::Scalar { text, .. } => writeln!(out, "{key}: {}", lines(text, indent)),
        Data::List(items) if items.iter().all(is_word) => {
            let words: Vec<&str> = items.iter().filter_map(Node::text).collect();
            writeln!(out, "{key}: [{}]", words.join(", "))
        }
        Data::List(items) => {
            let _ = writeln!(out, "{key}:");
            items.iter().for_each(|item| list_item(out, item, indent));
            Ok(())
        }
        Data::Map(entries) => {
            let _ = writeln!(out, "{key}:");
            entries.iter().for_each(|(key, value)| {
                let _ = write!(out, "{:indent$}", "", indent = indent + 2);
                entry(out, key, value, indent + 2);
            });
            Ok(())
        }
    };
}

fn list_item(out: &mut String, item: &Node, indent: usize) {
    let indent = indent + 2;
    let _ = write!(out, "{:indent$}- ", "");
    match &item.data {
        Data::Scalar { text, .. } => _ = writeln!(out, "{}", lines(text, indent)),
        Data::List(_) => out.push_str("[]\n"),
        Data::Map(entries) => {
            for (index, (key, value)) in entries.iter().enumerate() {
                if index > 0 {
                    let _ = write!(out, "{:indent$}", "", indent = indent + 2);
                }
                entry(out, key, value, indent + 2);
            }
        }
    }
}

/// Returns a text as a block if its lines can be read back from one, and otherwise as a scalar on one line.
fn lines(text: &str, indent: usize) -> String {
    let content = text.trim_end_matches('\n');
    let is_block = content.contains('\n')
        && !content.starts_with([' ', '\n'])
        && content.chars().all(|char| matches!(char, '\n' | ' '..='~'));
    let ending = if content.len() == text.len() { "|-" } else { "|" };
    match is_block && text.len() - content.len() <= 1 {
        true => block(text, indent).replacen('|', ending, 1),
        false => scalar(text),
    }
}

/// Returns whether an item of a list needs no quotes between brackets.
fn is_word(item: &Node) -> bool {
    let word = |char: char| char.is_ascii_alphanumeric() || "_.-".contains(char);
    item.text().is_some_and(|text| scalar(text) == text && text.chars().all(word))
}

/// Returns where the last value of a node ends. A block of YAML itself ends only where the next one starts.
fn end(source: &str, node: &Node) -> usize {
    let Range { start, end: written } = node.span.clone();
    let is_flow = source.get(start..).is_some_and(|rest| rest.starts_with(['{', '[']));
    let last = match &node.data {
        Data::Map(entries) if !is_flow => entries.last().map(|(_, value)| value),
        Data::List(items) if !is_flow => items.last(),
        _ => None,
    };
    match last {
        Some(last) => end(source, last),
        None => start + source.get(start..written).unwrap_or_default().trim_end().len(),
    }
}

#[cfg(test)]
mod tests;
