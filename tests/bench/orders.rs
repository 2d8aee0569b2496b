//! Order events in an Avro object container, written without an Avro library, and the least that a validator of that one
//! schema must do: bounds, ranges and UTF-8.

const SYNC: [u8; 16] = *b"orders-in-blocks";

const STATUSES: u64 = 4;

/// The schema that [`order`] writes and [`Walk::order`] walks.
const SCHEMA: &str = r#"{"type":"record","name":"OrderPlaced","namespace":"com.acme.orders","fields":[
{"name":"order_id","type":{"type":"string","logicalType":"uuid"}},
{"name":"customer_id","type":"long"},
{"name":"placed_at","type":{"type":"long","logicalType":"timestamp-millis"}},
{"name":"status","type":{"type":"enum","name":"Status","symbols":["PLACED","PAID","SHIPPED","CANCELLED"]}},
{"name":"currency","type":"string"},
{"name":"total","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":2}},
{"name":"items","type":{"type":"array","items":{"type":"record","name":"Item","fields":[
 {"name":"sku","type":"string"},{"name":"title","type":"string"},{"name":"quantity","type":"int"},
 {"name":"price","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":2}}]}}},
{"name":"address","type":{"type":"record","name":"Address","fields":[
 {"name":"name","type":"string"},{"name":"street","type":"string"},{"name":"city","type":"string"},
 {"name":"postal_code","type":"string"},{"name":"country","type":"string"}]}},
{"name":"discount","type":["null","double"],"default":null},
{"name":"note","type":["null","string"],"default":null},
{"name":"gift","type":"boolean"},
{"name":"attributes","type":{"type":"map","values":"string"}}]}"#;

/// A container of at least so many bytes, in blocks of about 64 KB, and how many orders it holds.
pub fn container(bytes: usize) -> (Vec<u8>, u64) {
    let mut file = b"Obj\x01".to_vec();
    long(&mut file, 2);
    for (key, value) in [("avro.schema", SCHEMA), ("avro.codec", "null")] {
        string(&mut file, key);
        string(&mut file, value);
    }
    long(&mut file, 0);
    file.extend_from_slice(&SYNC);
    let mut number = 0u64;
    while file.len() < bytes {
        let (mut block, first) = (Vec::with_capacity(66_000), number);
        while block.len() < 64_000 {
            order(&mut block, number);
            number += 1;
        }
        long(&mut file, (number - first) as i64);
        long(&mut file, block.len() as i64);
        file.extend_from_slice(&block);
        file.extend_from_slice(&SYNC);
    }
    (file, number)
}

fn long(out: &mut Vec<u8>, value: i64) {
    let mut rest = ((value << 1) ^ (value >> 63)) as u64;
    while rest >= 0x80 {
        out.push(rest as u8 | 0x80);
        rest >>= 7;
    }
    out.push(rest as u8);
}

fn string(out: &mut Vec<u8>, text: &str) {
    long(out, text.len() as i64);
    out.extend_from_slice(text.as_bytes());
}

fn amount(out: &mut Vec<u8>, cents: u32) {
    long(out, 4);
    out.extend_from_slice(&cents.to_be_bytes());
}

fn order(out: &mut Vec<u8>, number: u64) {
    const TITLES: [&str; 5] = [
        "Teapot, enamelled, 1.2 l",
        "Löffel",
        "Espresso cups (set of six) in a wooden box",
        "Tea towel",
        "急須 with strainer",
    ];
    // Multiplying by a large odd number scatters the bits; the figures need no more than that.
    let chance = number.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    string(out, &format!("{:08x}-1c2d-4e3f-8a9b-{:012x}", chance >> 32, number));
    long(out, (chance >> 40) as i64);
    long(out, 1_790_000_000_000 + number as i64 * 731);
    long(out, (chance >> 13 & 3) as i64);
    string(out, ["EUR", "USD", "JPY"][(chance % 3) as usize]);
    amount(out, (chance >> 44) as u32);
    let items = 1 + (chance >> 20 & 3);
    long(out, items as i64);
    for item in 0..items {
        string(
            out,
            &format!("SKU-{:06}", (chance >> 33).wrapping_add(item) % 1_000_000),
        );
        string(out, TITLES[((chance >> 8).wrapping_add(item) % 5) as usize]);
        long(out, 1 + (chance >> 5 & 7) as i64);
        amount(out, (chance >> 48) as u32);
    }
    long(out, 0);
    string(out, "Ada Lovelace");
    string(out, &format!("St. James's Square {}", number % 900));
    string(out, if number.is_multiple_of(4) { "Köln" } else { "London" });
    string(out, &format!("{:05}", chance >> 47));
    string(out, "GB");
    match chance >> 17 & 3 {
        0 => {
            long(out, 1);
            out.extend_from_slice(&(number as f64 / 7.0).to_le_bytes());
        }
        _ => long(out, 0),
    }
    if number.is_multiple_of(5) {
        long(out, 1);
        string(out, "Please ring twice; the dog is friendly but the bell is not.");
    } else {
        long(out, 0);
    }
    out.push((chance >> 9 & 1) as u8);
    long(out, 2);
    for (key, value) in [("channel", "web"), ("campaign", "autumn-sale-2026")] {
        string(out, key);
        string(out, value);
    }
    long(out, 0);
}

/// Walks the whole container and counts its orders; None at the first fault.
pub fn walk(file: &[u8]) -> Option<u64> {
    let mut walk = Walk { rest: file };
    walk.take(4)?;
    while walk.items(|walk| {
        walk.string()?;
        walk.bytes()
    })? {}
    walk.take(16)?;
    let mut total = 0;
    while !walk.rest.is_empty() {
        let count = walk.long()?;
        let size = usize::try_from(walk.long()?).ok()?;
        let mut block = Walk { rest: walk.take(size)? };
        for _ in 0..count {
            block.order()?;
        }
        if !block.rest.is_empty() || walk.take(16)? != SYNC {
            return None;
        }
        total += u64::try_from(count).ok()?;
    }
    Some(total)
}

struct Walk<'a> {
    rest: &'a [u8],
}

impl<'a> Walk<'a> {
    #[inline]
    fn take(&mut self, count: usize) -> Option<&'a [u8]> {
        let (taken, rest) = self.rest.split_at_checked(count)?;
        self.rest = rest;
        Some(taken)
    }

    #[inline]
    fn long(&mut self) -> Option<i64> {
        let mut value = 0u64;
        for shift in (0..64).step_by(7) {
            let (&byte, rest) = self.rest.split_first()?;
            self.rest = rest;
            value |= u64::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some((value >> 1) as i64 ^ -((value & 1) as i64));
            }
        }
        None
    }

    #[inline]
    fn bytes(&mut self) -> Option<()> {
        let length = usize::try_from(self.long()?).ok()?;
        self.take(length).map(|_| ())
    }

    #[inline]
    fn string(&mut self) -> Option<()> {
        let length = usize::try_from(self.long()?).ok()?;
        std::str::from_utf8(self.take(length)?).ok().map(|_| ())
    }

    #[inline]
    fn below(&mut self, count: u64) -> Option<u64> {
        u64::try_from(self.long()?).ok().filter(|number| *number < count)
    }

    /// One block of an array or map; false after the last.
    #[inline]
    fn items(&mut self, item: impl Fn(&mut Self) -> Option<()>) -> Option<bool> {
        let mut count = self.long()?;
        if count < 0 {
            self.long()?;
            count = count.checked_neg()?;
        }
        for _ in 0..count {
            item(self)?;
        }
        Some(count > 0)
    }

    fn order(&mut self) -> Option<()> {
        self.string()?;
        self.long()?;
        self.long()?;
        self.below(STATUSES)?;
        self.string()?;
        self.bytes()?;
        while self.items(|walk| {
            walk.string()?;
            walk.string()?;
            i32::try_from(walk.long()?).ok()?;
            walk.bytes()
        })? {}
        for _ in 0..5 {
            self.string()?;
        }
        if self.below(2)? == 1 {
            self.take(8)?;
        }
        if self.below(2)? == 1 {
            self.string()?;
        }
        if self.take(1)?[0] > 1 {
            return None;
        }
        while self.items(|walk| {
            walk.string()?;
            walk.string()
        })? {}
        Some(())
    }
}
