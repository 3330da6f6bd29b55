//! Reads libFuzzer's bytes as everything that others may have written: the first byte says as what, unless
//! `VIEWCHECK_READ` does (`cases`, `state`, …), and the rest is the text.
//!
//! What is read is guided by what is said of it: each message, without the texts and numbers in it, is a counter in the
//! section that libFuzzer reads beside its own.

#![no_main]
#![deny(unsafe_code)]

use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;
use std::sync::atomic::{AtomicU8, Ordering};
use viewcheck::reread::Kind;

/// A counter for each message, by a hash of it.
#[allow(unsafe_code, reason = "the name of a section, in which libFuzzer expects bytes")]
#[unsafe(link_section = "__libfuzzer_extra_counters")]
static MESSAGES: [AtomicU8; 1 << 14] = [const { AtomicU8::new(0) }; 1 << 14];

/// The kind that the environment names.
static KIND: LazyLock<Option<Kind>> = LazyLock::new(|| {
    let word = std::env::var("VIEWCHECK_READ").ok()?;
    let Some((kind, _)) = Kind::ALL.into_iter().find(|(_, known)| *known == word) else {
        eprintln!("error: VIEWCHECK_READ is `{word}`, which is none of {:?}", Kind::ALL.map(|(_, word)| word));
        std::process::exit(2)
    };
    Some(kind)
});

/// Counts a message by how it begins, without what stands in quotes, and without what is no letter.
fn count(kind: Kind, message: &str) {
    let (mut hash, mut is_quoted) = (5381 + kind as usize, false);
    for byte in message.bytes().take(60) {
        is_quoted ^= matches!(byte, b'`' | b'\'' | b'"');
        if !is_quoted && byte.is_ascii_alphabetic() {
            hash = hash.wrapping_mul(33) ^ usize::from(byte);
        }
    }
    let counter = &MESSAGES[hash % MESSAGES.len()];
    counter.store(counter.load(Ordering::Relaxed).saturating_add(1), Ordering::Relaxed);
}

fuzz_target!(|data: &[u8]| {
    let (kind, text) = match (*KIND, data.split_first()) {
        (Some(kind), _) => (kind, data),
        (None, Some((first, rest))) => (Kind::ALL[usize::from(*first) % Kind::ALL.len()].0, rest),
        (None, None) => return,
    };
    match kind.reread(text) {
        Ok(()) => count(kind, ""),
        Err(message) => match message.lines().any(|line| line.starts_with("error: ")) {
            true => message.lines().filter(|line| line.starts_with("error: ")).for_each(|line| count(kind, line)),
            false => count(kind, &message),
        },
    }
});
