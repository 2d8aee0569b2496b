//! Inputs that are nearly right.

use crate::random::Random;

/// An input grows no further.
const LARGEST: usize = 64 << 10;

/// Bytes that mean something in one format or another.
const BYTES: [u8; 14] = [
    0, 1, 2, 0x7f, 0x80, 0xff, b'"', b'{', b'}', b'[', b'\n', b'-', 0x0b, 0x0c,
];

/// Lengths and counts that nobody should believe, as varints: of Avro also in zig-zag.
const LENGTHS: [u64; 12] = [
    0,
    1,
    2,
    100,
    1 << 16,
    (1 << 31) - 1,
    1 << 31,
    (1 << 32) - 1,
    1 << 40,
    1 << 63,
    u64::MAX - 1,
    u64::MAX,
];

/// Numbers that nobody should believe, as texts.
const NUMBERS: [&str; 12] = [
    "0",
    "-1",
    "00",
    "1e400",
    "0x7fffffff",
    "2147483648",
    "536870912",
    "19000",
    "9223372036854775808",
    "1.5",
    "-0.0",
    "99999999999999999999999999999999999999",
];

/// One of the seeds with a few changes.
pub fn mutant(random: &mut Random, seeds: &[Vec<u8>], words: &[&str]) -> Vec<u8> {
    let mut input = seeds[random.below(seeds.len())].clone();
    // Texts stay texts in half of the cases: what is refused at once tells little about what comes after.
    let is_gentle = !words.is_empty() && random.one_in(2);
    let most = random.pick(&[1, 1, 1, 2, 3, 16]);
    let changes = 1 + random.below(most);
    for _ in 0..changes {
        match is_gentle {
            true => gently(random, &mut input, seeds, words),
            false => change(random, &mut input, seeds, words),
        }
        input.truncate(LARGEST);
    }
    input
}

/// Changes words, numbers and lines, and leaves the rest whole.
fn gently(random: &mut Random, input: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&str]) {
    let at = random.below(input.len() + 1);
    match random.below(8) {
        0 => replace(random, input, at, words),
        1 => number(random, input, at),
        2 => {
            // A word from elsewhere in it.
            let from = random.below(input.len() + 1);
            let (start, end) = word(input, from);
            let taken = input[start..end].to_vec();
            let (start, end) = word(input, at);
            input.splice(start..end, taken);
        }
        3 | 4 => {
            let (start, end) = line(input, at);
            input.drain(start..end);
        }
        5 => {
            // A line, elsewhere too.
            let (start, end) = line(input, at);
            let taken = input[start..end].to_vec();
            let at = random.below(input.len() + 1);
            let to = line(input, at).0;
            input.splice(to..to, taken);
        }
        6 => {
            // A line of another.
            let other = &seeds[random.below(seeds.len())];
            let (start, end) = line(other, random.below(other.len() + 1));
            let to = line(input, at).0;
            input.splice(to..to, other[start..end].iter().copied());
        }
        _ => {
            // A small number in the place of another, which is more likely to be taken.
            let small = [b'0' + random.below(10) as u8];
            let (start, end) = word(input, at);
            if input[start..end].iter().all(u8::is_ascii_digit) {
                input.splice(start..end, small);
            }
        }
    }
}

/// The line that holds a place, with its end.
fn line(input: &[u8], at: usize) -> (usize, usize) {
    let start = input[..at]
        .iter()
        .rposition(|byte| *byte == b'\n')
        .map_or(0, |found| found + 1);
    let end = input[at..].iter().position(|byte| *byte == b'\n');
    (start, end.map_or(input.len(), |found| at + found + 1))
}

/// The word that holds a place; empty between words.
fn word(input: &[u8], at: usize) -> (usize, usize) {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_' || *byte >= 0x80;
    let start = at - input[..at].iter().rev().take_while(|byte| is_part(byte)).count();
    (start, at + input[at..].iter().take_while(|byte| is_part(byte)).count())
}

fn change(random: &mut Random, input: &mut Vec<u8>, seeds: &[Vec<u8>], words: &[&str]) {
    let at = random.below(input.len() + 1);
    let end = at + random.below((input.len() - at).min(64) + 1);
    match random.below(14) {
        0 if at < input.len() => input[at] ^= 1 << random.below(8),
        1 if at < input.len() => input[at] = random.pick(&BYTES),
        2 if at < input.len() => input[at] = random.next() as u8,
        3 => input.truncate(at),
        4 => drop(input.drain(at..end)),
        5 => repeat(random, input, at, end),
        6 => splice(random, input, at, seeds),
        7 => {
            // A length, in the place of a byte or before it.
            let number = match random.below(3) {
                0 => (input.len() - at) as u64,
                1 => 2 * (input.len() - at) as u64,
                _ => random.pick(&LENGTHS),
            };
            let until = (at + random.below(2)).min(input.len());
            input.splice(at..until, varint(number));
        }
        8 => number(random, input, at),
        9 => {
            // The same, elsewhere.
            let part = input[at..end].to_vec();
            let to = random.below(input.len() + 1);
            input.splice(to..to, part);
        }
        10 if !words.is_empty() => {
            let word = random.pick(words);
            let times = if random.one_in(40) { 1 << random.below(13) } else { 1 };
            input.splice(at..at, word.repeat(times).into_bytes());
        }
        11 | 12 if !words.is_empty() => replace(random, input, at, words),
        _ => {
            let byte = random.pick(&BYTES);
            input.insert(at, byte);
        }
    }
}

/// A part of it many times over.
fn repeat(random: &mut Random, input: &mut Vec<u8>, at: usize, end: usize) {
    let part = input[at..end].to_vec();
    if part.is_empty() {
        return;
    }
    let most = LARGEST / part.len();
    let times = match random.below(20) {
        0 => most,
        _ => 1 + random.below(most.min(8)),
    };
    input.splice(end..end, part.repeat(times));
}

/// The beginning of one and the end of another.
fn splice(random: &mut Random, input: &mut Vec<u8>, at: usize, seeds: &[Vec<u8>]) {
    let other = &seeds[random.below(seeds.len())];
    let from = random.below(other.len() + 1);
    match random.below(3) {
        0 => {
            input.truncate(at);
            input.extend_from_slice(&other[from..]);
        }
        1 => {
            let to = from + random.below(other.len() - from + 1);
            input.splice(at..at, other[from..to].iter().copied());
        }
        _ => input.extend_from_slice(other),
    }
}

/// Another number in the place of the next one.
fn number(random: &mut Random, input: &mut Vec<u8>, at: usize) {
    let is_digit = |byte: &u8| byte.is_ascii_digit();
    if let Some(start) = input[at..].iter().position(is_digit).map(|found| at + found) {
        let length = input[start..].iter().take_while(|byte| is_digit(byte)).count();
        input.splice(start..start + length, random.pick(&NUMBERS).bytes());
    }
}

/// Another word in the place of the one here.
fn replace(random: &mut Random, input: &mut Vec<u8>, at: usize, words: &[&str]) {
    let (start, end) = word(input, at);
    input.splice(start..end, random.pick(words).bytes());
}

fn varint(mut number: u64) -> Vec<u8> {
    let mut bytes = Vec::new();
    while number >= 0x80 {
        bytes.push(number as u8 | 0x80);
        number >>= 7;
    }
    bytes.push(number as u8);
    bytes
}
