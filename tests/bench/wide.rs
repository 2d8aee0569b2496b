//! A record of two hundred fields with a long history, as an event that many teams have added to looks like.

use std::fmt::Write;

/// How many fields a version has.
pub const FIELDS: usize = 200;

/// The text of a version, about 16 KB: an even mix of primitives, logical types, unions, enums, nested records, arrays and
/// maps. Each version has two fields that no other has, one of them in the midst of the others. All versions can read each
/// other, since these fields have defaults.
pub fn version(number: usize) -> String {
    let mut text = String::with_capacity(20_000);
    text.push_str(
        r#"{"type":"record","name":"ShipmentUpdated","namespace":"com.acme.logistics","doc":"Everything that is known of a shipment after a change.","fields":["#,
    );
    let own = FIELDS - 2;
    for index in 0..own {
        if index == number * 37 % own {
            _ = write!(
                text,
                r#"{{"name":"since_{number}","type":["null","string"],"default":null}},"#
            );
        }
        field(&mut text, index);
        text.push(',');
    }
    _ = write!(text, r#"{{"name":"measure_{number}","type":"long","default":0}}]}}"#);
    text
}

fn field(text: &mut String, index: usize) {
    _ = match index % 10 {
        0 => write!(text, r#"{{"name":"reference_{index}","type":"string"}}"#),
        1 => write!(
            text,
            r#"{{"name":"changed_at_{index}","type":{{"type":"long","logicalType":"timestamp-millis"}}}}"#
        ),
        2 => write!(
            text,
            r#"{{"name":"remark_{index}","type":["null","string"],"default":null,"doc":"What the carrier said, if anything."}}"#
        ),
        3 => write!(text, r#"{{"name":"pieces_{index}","type":"int","default":1}}"#),
        4 => write!(
            text,
            r#"{{"name":"status_{index}","type":{{"type":"enum","name":"Status{index}","symbols":["CREATED","HANDED_OVER","IN_TRANSIT","DELIVERED","LOST"],"default":"CREATED"}}}}"#
        ),
        5 => write!(
            text,
            r#"{{"name":"stop_{index}","type":{{"type":"record","name":"Stop{index}","fields":[{{"name":"street","type":"string"}},{{"name":"latitude","type":"double"}},{{"name":"longitude","type":"double"}}]}}}}"#
        ),
        6 => write!(
            text,
            r#"{{"name":"amount_{index}","type":{{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}}}}"#
        ),
        7 => write!(
            text,
            r#"{{"name":"tags_{index}","type":{{"type":"array","items":"string"}},"default":[]}}"#
        ),
        8 => write!(
            text,
            r#"{{"name":"readings_{index}","type":{{"type":"map","values":"double"}}}}"#
        ),
        _ => write!(
            text,
            r#"{{"name":"diverted_{index}","type":["null","Stop{}"],"default":null}}"#,
            index - 4
        ),
    };
}
