//! `treaty validate` against `.proto` files: every kind of payload, each defect with its path and place.

use expect_test::{Expect, expect};

use crate::support::cli::Cli;

const ORDER: &str = "\
syntax = \"proto3\";
package shop;

import \"google/protobuf/timestamp.proto\";

message Order {
  string order_id = 1;
  sint32 count = 2;
  Status status = 3;
  oneof payment {
    string card = 4;
    Voucher voucher = 5;
  }
  repeated Line lines = 6;
  map<string, int64> totals = 7;
  google.protobuf.Timestamp placed_at = 8;

  message Line {
    bytes sku = 1;
  }
}

message Voucher {
  uint64 number = 1;
  Voucher next = 2;
}

enum Status {
  NONE = 0;
  PAID = 1;
}
";

/// Required fields, closed enums and groups.
const OLD: &str = "\
syntax = \"proto2\";
message Old {
  required int32 id = 1;
  optional Status status = 2;
  repeated group Part = 3 {
    required string name = 4;
  }
  enum Status {
    NONE = 0;
  }
}
";

fn files() -> Cli {
    Cli::new().file("order.proto", ORDER).file("old.proto", OLD)
}

fn validate(cli: &Cli, command: &str, expected: Expect) {
    let arguments: Vec<&str> = ["validate"].into_iter().chain(command.split_whitespace()).collect();
    expected.assert_eq(&cli.run(&arguments).transcript());
}

/// Each payload with its length before it.
fn delimited(payloads: &[&[u8]]) -> Vec<u8> {
    let framed = payloads
        .iter()
        .map(|payload| [&[u8::try_from(payload.len()).unwrap()], *payload].concat());
    framed.collect::<Vec<_>>().concat()
}

/// A payload behind the magic byte, the id 7 and these message indexes, as they are written.
fn wire(indexes: &[u8], payload: &[u8]) -> Vec<u8> {
    [&[0, 0, 0, 0, 7], indexes, payload].concat()
}

#[test]
fn binary_messages() {
    let within = |payload: Vec<u8>| {
        let low = u8::try_from(payload.len() & 0x7f).unwrap() | 0x80;
        [&[low, u8::try_from(payload.len() >> 7).unwrap()], &payload[..]].concat()
    };
    let deep = (0..200).fold(Vec::new(), |inner: Vec<u8>, _| [vec![0x12], within(inner)].concat());
    let cli = files()
        .file(
            "good.binpb",
            b"\x0a\x01a\x10\x02\x18\x01\x2a\x02\x08\x05\x32\x02\x0a\x00\x3a\x05\x0a\x01k\x10\x01",
        )
        .file("bad/a_text.binpb", b"\x0a\x01\xff")
        .file(
            "bad/b_long_varint.binpb",
            b"\x10\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
        )
        .file("bad/c_member.binpb", b"\x2a\x02\x08")
        .file("bad/d_element.binpb", b"\x32\x00\x32\x03\x0a\x05a")
        .file("bad/e_key.binpb", b"\x3a\x03\x0a\x01\xff")
        .file("bad/f_imported.binpb", b"\x42\x02\x08\x80")
        .file("bad/g_number.binpb", b"\x0a\x01a\x00\x00")
        .file("bad/h_group.binpb", b"\x0a\x01a\x0c")
        .file("bad/i_wire_type.binpb", b"\x0f")
        .file("bad/j_cut.binpb", b"\x0a\x05abc")
        .file("bad/k_tag.binpb", b"\x0a\x01a\x80")
        .file("bad/l_deep.binpb", [vec![0x2a], within(deep)].concat());
    validate(
        &cli,
        "good.binpb --schema order.proto",
        expect![[r#"
        1 record in 1 file: all valid
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        "bad --schema order.proto",
        expect![[r#"
            bad/a_text.binpb: record 1, byte 1: order_id: the string is not UTF-8: its byte 0 begins no character
            bad/b_long_varint.binpb: record 1, byte 1: count: a varint takes more than 10 bytes
            bad/c_member.binpb: record 1, byte 1: voucher: the length is 2, but 1 byte is left
            bad/d_element.binpb: record 1, byte 5: lines[1].sku: the length is 5, but 1 byte is left
            bad/e_key.binpb: record 1, byte 3: totals: the string is not UTF-8: its byte 0 begins no character
            bad/f_imported.binpb: record 1, byte 3: placed_at.seconds: the data ends where a varint should be
            bad/g_number.binpb: record 1, byte 3: a tag has the field number 0, which no field has
            bad/h_group.binpb: record 1, byte 3: the group of field 1 ends that has not begun
            bad/i_wire_type.binpb: record 1, byte 0: there is no wire type 7
            bad/j_cut.binpb: record 1, byte 1: order_id: the length is 5, but 3 bytes are left
            bad/k_tag.binpb: record 1, byte 3: the data ends where a tag should be
            bad/l_deep.binpb: record 1, byte 303: voucher.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next.next: nested deeper than is allowed
            12 records in 12 files: 12 defects
            --- exit 1
        "#]],
    );
    validate(
        &cli,
        "bad/a_text.binpb bad/d_element.binpb --schema order.proto --format json",
        expect![[r#"
            {
              "version": 1,
              "verdict": "invalid",
              "files": 2,
              "records": 2,
              "bytes": 10,
              "complete": true,
              "defects": [
                {
                  "file": "bad/a_text.binpb",
                  "record": 1,
                  "offset": 1,
                  "message": "order_id: the string is not UTF-8: its byte 0 begins no character"
                },
                {
                  "file": "bad/d_element.binpb",
                  "record": 1,
                  "offset": 5,
                  "message": "lines[1].sku: the length is 5, but 1 byte is left"
                }
              ]
            }
            --- exit 1
        "#]],
    );
}

#[test]
fn what_proto2_requires_and_closes() {
    let cli = files()
        .file("empty.binpb", b"")
        .file("good.binpb", b"\x08\x01\x1b\x22\x01a\x1c")
        .file("no_name.binpb", b"\x08\x01\x1b\x22\x01a\x1c\x1b\x1c")
        .file("other_end.binpb", b"\x08\x01\x1b\x22\x01a\x24")
        .file("open.binpb", b"\x08\x01\x1b\x22\x01a")
        .file("closed.binpb", b"\x08\x01\x10\x05");
    validate(
        &cli,
        "empty.binpb good.binpb no_name.binpb other_end.binpb open.binpb closed.binpb --schema old.proto",
        expect![[r#"
            empty.binpb: record 1, byte 0: the required field `id` of `Old` is missing
            no_name.binpb: record 1, byte 9: part[1]: the required field `name` of `Old.Part` is missing
            other_end.binpb: record 1, byte 6: part[0]: the group of field 3 is open, but that of field 4 ends
            open.binpb: record 1, byte 6: part[0]: the data ends within the group of field 3
            6 records in 6 files: 4 defects; 1 field that the schema does not know
            --- exit 1
        "#]],
    );
}

#[test]
fn unknown_fields_are_counted_or_refused() {
    let cli = files()
        .file("a.binpb", b"\x78\x01\x0a\x01a\xa2\x06\x02ab")
        .file("b.binpb", b"\x32\x00\x32\x05\x10\x01\x0a\x01b")
        // A known number with another wire type is another field to every decoder.
        .file("c.binpb", b"\x08\x05")
        .file("d.json", r#"{"orderId":"a","colour":"blue"}"#);
    validate(
        &cli,
        "a.binpb b.binpb c.binpb --schema order.proto",
        expect![[r#"
        3 records in 3 files: all valid; 4 fields that the schema does not know
        --- exit 0
    "#]],
    );
    validate(
        &cli,
        "a.binpb b.binpb c.binpb --schema order.proto --format json",
        expect![[r#"
            {
              "version": 1,
              "verdict": "valid",
              "files": 3,
              "records": 3,
              "bytes": 21,
              "unknown": 4,
              "complete": true,
              "defects": []
            }
            --- exit 0
        "#]],
    );
    validate(
        &cli,
        "a.binpb b.binpb c.binpb --schema order.proto --deny-unknown",
        expect![[r#"
            a.binpb: record 1, byte 0: `shop.Order` has no field 15
            b.binpb: record 1, byte 4: lines[1]: `shop.Order.Line` has no field 2
            c.binpb: record 1, byte 0: order_id: the field has wire type 0, but its type is written with wire type 2
            3 records in 3 files: 3 defects
            --- exit 1
        "#]],
    );
    validate(
        &cli,
        "d.json --schema order.proto",
        expect![[r#"
            d.json:1:16: `shop.Order` has no field `colour` (leave it out, or teach the schema the field)
            1 record in 1 file: 1 defect
            --- exit 1
        "#]],
    );
}

#[test]
fn delimited_messages() {
    let good = delimited(&[b"\x0a\x01a", b"", b"\x10\x02"]);
    let cli = files()
        .file("good.delimited", &good)
        .file("empty.delimited", b"")
        .file(
            "two_bad.bin",
            delimited(&[b"\x0a\x01a", b"\x0a\x01\xff", b"\x10\x02", b"\x10"]),
        )
        .file("cut.delimited", [&good[..], b"\x05\x0a\x03a"].concat())
        .file("length.delimited", [&good[..], b"\x80"].concat())
        .file("overlong.delimited", [&good[..], &[0xff; 11]].concat())
        .file("huge.delimited", [&good[..], b"\xff\xff\xff\xff\x7f"].concat());
    validate(
        &cli,
        "good.delimited empty.delimited --schema order.proto",
        expect![[r#"
            3 records in 2 files: all valid
            --- exit 0
        "#]],
    );
    validate(
        &cli,
        "two_bad.bin --kind delimited --schema order.proto",
        expect![[r#"
        two_bad.bin: record 2, byte 6: order_id: the string is not UTF-8: its byte 0 begins no character
        two_bad.bin: record 4, byte 13: count: the data ends where a varint should be
        4 records in 1 file: 2 defects
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        "cut.delimited length.delimited overlong.delimited huge.delimited --schema order.proto",
        expect![[r#"
            cut.delimited: byte 8: a message of 5 bytes is announced, but the stream ends after 3 of them
            length.delimited: byte 8: the stream ends within the length of a message
            overlong.delimited: byte 8: the length of a message has more than 64 bits
            huge.delimited: byte 8: a message of 34359738367 bytes is announced, more than the 67108864 that are allowed
            12 records in 4 files: 4 defects
            --- exit 1
        "#]],
    );
    validate(
        &cli,
        "cut.delimited --schema order.proto --format json",
        expect![[r#"
        {
          "version": 1,
          "verdict": "invalid",
          "files": 1,
          "records": 3,
          "bytes": 8,
          "complete": true,
          "defects": [
            {
              "file": "cut.delimited",
              "offset": 8,
              "message": "a message of 5 bytes is announced, but the stream ends after 3 of them"
            }
          ]
        }
        --- exit 1
    "#]],
    );
    let cli = cli.file("int.avsc", "\"int\"");
    validate(
        &cli,
        "good.delimited --schema int.avsc",
        expect![[r#"
        good.delimited: byte 0: a stream with a length before each record holds data of Protobuf, not of Avro
        0 records in 1 file: 1 defect
        --- exit 1
    "#]],
    );
}

#[test]
fn json_by_the_rules_of_protobuf() {
    let cli = files()
        .file(
            "orders.ndjson",
            "{\"orderId\":\"a\",\"count\":1,\"status\":\"PAID\",\"placedAt\":\"2024-02-29T12:00:00Z\"}\n\
             {\"order_id\":\"b\",\"totals\":{\"x\":\"9223372036854775807\"}}\n\
             {\"orderId\":7}\n\
             \n\
             {\"count\":2147483648}\n\
             {\"status\":\"LOST\"}\n\
             {\"card\":\"a\",\"voucher\":{}}\n\
             {\"lines\":[{\"sku\":\"AA==\"},{\"sku\":\"?\"}]}\n\
             {\"totals\":{\"x\":\"9223372036854775808\"}}\n\
             {\"placedAt\":\"2024-02-30T12:00:00Z\"}\n\
             {\"orderId\":\"a\",\"order_id\":\"b\"}\n\
             {\"orderId\":\n",
        )
        .file("one.json", "{\n  \"lines\": [\n    { \"sku\": 5 }\n  ]\n}\n")
        .file("latin.json", b"{\"orderId\":\"\xe9\"}");
    validate(
        &cli,
        "orders.ndjson --schema order.proto",
        expect![[r#"
            orders.ndjson:3:12: order_id: a string was expected, not a number (write text between quotes, or leave the field out)
            orders.ndjson:5:10: count: `2147483648` does not fit sint32, which goes from -2147483648 to 2147483647 (send what fits; where larger numbers are right, add a field of a wider type)
            orders.ndjson:6:11: status: the enum `shop.Status` has no value `LOST` (its values are `NONE`, `PAID`; a number is taken too)
            orders.ndjson:7:13: `voucher` and `card` are members of one oneof; only one can be set (leave all but one out, or write null for them)
            orders.ndjson:8:33: lines[1].sku: bytes are written in base64, and this is none (use one of its two alphabets, `+/` or `-_`, without spaces; padding may be left out)
            orders.ndjson:9:16: totals{x}: `9223372036854775808` does not fit int64, which goes from -9223372036854775808 to 9223372036854775807 (send what fits; where larger numbers are right, add a field of a wider type)
            orders.ndjson:10:13: placed_at: `2024-02-30T12:00:00Z` is no moment that the calendar has (check day and hour; leap seconds cannot be told)
            orders.ndjson:11:16: `order_id` and `orderId` are the same field (keep one of them; `orderId` is what is usually written)
            orders.ndjson:12:12: the text ends where a JSON value was expected
            11 records in 1 file: 9 defects
            --- exit 1
        "#]],
    );
    validate(
        &cli,
        "one.json latin.json --schema order.proto",
        expect![[r#"
            one.json:3:14: lines[0].sku: a string was expected, not a number (use one of base64's two alphabets, `+/` or `-_`, without spaces; padding may be left out)
            latin.json:1:13: this is not UTF-8
            2 records in 2 files: 2 defects
            --- exit 1
        "#]],
    );
    validate(
        &cli,
        "one.json --schema order.proto --format json",
        expect![[r#"
            {
              "version": 1,
              "verdict": "invalid",
              "files": 1,
              "records": 1,
              "bytes": 38,
              "complete": true,
              "defects": [
                {
                  "file": "one.json",
                  "record": 1,
                  "offset": 28,
                  "line": 3,
                  "column": 14,
                  "message": "lines[0].sku: a string was expected, not a number",
                  "help": "use one of base64's two alphabets, `+/` or `-_`, without spaces; padding may be left out"
                }
              ]
            }
            --- exit 1
        "#]],
    );
}

#[test]
fn a_message_is_chosen_by_its_name() {
    let cli = files()
        .file("voucher.json", r#"{"number":"5"}"#)
        .file("line.json", r#"{"sku":"AA=="}"#)
        .file("int.avsc", "\"int\"")
        .file("none.proto", "syntax = \"proto3\";");
    for name in ["Voucher", "shop.Voucher", ".shop.Voucher"] {
        let ran = cli.run(&["validate", "voucher.json", "--schema", "order.proto", "--message", name]);
        assert_eq!(ran.code, 0, "{name}: {}", ran.transcript());
    }
    validate(
        &cli,
        "line.json --schema order.proto --message shop.Order.Line",
        expect![[r#"
            1 record in 1 file: all valid
            --- exit 0
        "#]],
    );
    validate(
        &cli,
        "voucher.json --schema order.proto --message Order.Line",
        expect![[r#"
            voucher.json:1:2: `shop.Order.Line` has no field `number` (leave it out, or teach the schema the field)
            1 record in 1 file: 1 defect
            --- exit 1
        "#]],
    );
    validate(
        &cli,
        "voucher.json --schema order.proto --message Vouchers",
        expect![[r#"
            --- stderr
            error: there is no message `Vouchers` in `order.proto`
             |
             = help: its messages are shop.Order, shop.Order.Line, shop.Voucher
            --- exit 2
        "#]],
    );
    validate(
        &cli,
        "voucher.json --schema int.avsc --message Voucher",
        expect![[r#"
        --- stderr
        error: an Avro schema has no messages to choose from
        --- exit 2
    "#]],
    );
    validate(
        &cli,
        "voucher.json --schema none.proto",
        expect![[r#"
        voucher.json:1:1: the schema declares no message
        1 record in 1 file: 1 defect
        --- exit 1
    "#]],
    );
}

#[test]
fn the_wire_format_says_which_message_it_is() {
    let cli = files()
        .file("first.bin", wire(b"\x00", b"\x0a\x01a"))
        .file("first_in_full.bin", wire(b"\x02\x00", b"\x0a\x01a"))
        .file("voucher.bin", wire(b"\x02\x02", b"\x08\x05"))
        .file("line.bin", wire(b"\x04\x00\x00", b"\x0a\x00"))
        .file("bad/a_beyond.bin", wire(b"\x02\x0a", b"\x08\x05"))
        .file("bad/b_nested_beyond.bin", wire(b"\x04\x02\x00", b"\x08\x05"))
        .file("bad/c_negative.bin", wire(b"\x02\x01", b"\x08\x05"))
        .file("bad/d_count.bin", wire(b"\xfe\xff\xff\xff\x0f", b"\x08\x05"))
        .file("bad/e_cut.bin", wire(b"\x04\x00", b""))
        .file("bad/f_payload.bin", wire(b"\x02\x02", b"\x08"))
        .file("bad/g_magic.bin", b"\x01\0\0\0\x07\0")
        .file("bad/h_short.bin", b"\0\0\0");
    validate(
        &cli,
        "first.bin first_in_full.bin voucher.bin line.bin --schema order.proto",
        expect![[r#"
            4 records in 4 files: all valid
            --- exit 0
        "#]],
    );
    validate(
        &cli,
        "bad --kind wire --schema order.proto",
        expect![[r#"
        bad/a_beyond.bin: record 1, byte 5: the message index 5 is out of range: the schema has 2 top-level messages
        bad/b_nested_beyond.bin: record 1, byte 5: the message index 0 is out of range: `shop.Voucher` has 0 nested messages
        bad/c_negative.bin: record 1, byte 0: a message index counts from 0, and -1 is not in range
        bad/d_count.bin: record 1, byte 0: a message has from 0 to 100 message indexes, not 2147483647
        bad/e_cut.bin: record 1, byte 0: a message index cannot be read: the data ends where a varint should be
        bad/f_payload.bin: record 1, byte 8: number: the data ends where a varint should be
        bad/g_magic.bin: record 1, byte 0: a message in the wire format begins with 0, not 1
        bad/h_short.bin: record 1, byte 0: a message in the wire format has at least 5 bytes, not 3
        8 records in 8 files: 8 defects
        --- exit 1
    "#]],
    );
    // The message that is expected is also the one that has come.
    validate(
        &cli,
        "voucher.bin --schema order.proto --message Voucher",
        expect![[r#"
            1 record in 1 file: all valid
            --- exit 0
        "#]],
    );
    validate(
        &cli,
        "voucher.bin line.bin --schema order.proto --message Order",
        expect![[r#"
            voucher.bin: record 1, byte 5: the message indexes [1] name `shop.Voucher`, and `shop.Order` was expected
            line.bin: record 1, byte 5: the message indexes [0, 0] name `shop.Order.Line`, and `shop.Order` was expected
            2 records in 2 files: 2 defects
            --- exit 1
        "#]],
    );
}

#[test]
fn a_kind_is_what_the_command_line_says() {
    let cli = files()
        .file("a.json", "{}")
        .file("a.binpb", b"\x0a\x01a")
        .file("a.avro", b"Obj\x01");
    validate(
        &cli,
        "a.json --schema order.proto --kind binary",
        expect![[r#"
        a.json: record 1, byte 2: #15: the data ends where four bytes should be
        1 record in 1 file: 1 defect
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        "a.binpb --schema order.proto --kind ndjson",
        expect![[r#"
        a.binpb:2:1: a JSON value was expected, not '\u{1}'
        1 record in 1 file: 1 defect
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        "a.binpb --schema order.proto --kind container",
        expect![[r#"
        a.binpb: byte 0: an object container holds data of Avro, not of Protobuf
        0 records in 1 file: 1 defect
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        "a.avro --schema order.proto",
        expect![[r#"
        a.avro: byte 0: an object container holds data of Avro, not of Protobuf
        0 records in 1 file: 1 defect
        --- exit 1
    "#]],
    );
    validate(
        &cli,
        "a.binpb --schema order.proto --kind protobuf",
        expect![[r#"
        --- stderr
        error: invalid value 'protobuf' for '--as <KIND>'
          [possible values: json, ndjson, binary, delimited, container, wire]

        For more information, try '--help'.
        --- exit 2
    "#]],
    );
}
