//! Every sample of an Avro schema, in full.

use expect_test::expect;
use treaty_schemas::Format;
use treaty_schemas::sample::Sampler;

use super::{ORDER_AVRO, keep_their_word, parse, shown};

#[test]
fn of_avro() {
    let schema = parse(Format::Avro, ORDER_AVRO);
    keep_their_word(&schema, ORDER_AVRO, 1);
    let mut sampler = Sampler::new(&schema, None, 7).unwrap();
    let ordinary: String = (0..3).map(|_| shown(&sampler.ordinary())).collect();
    let boundary: String = sampler.boundary().iter().map(shown).collect();
    let misses: String = sampler.near_misses().iter().map(shown).collect();
    expect![[r#"
        ordinary
          {"id":804,"state":"NEW","note":{"string":"note-48305"},"hash":"öþ","lines":[3],"tags":{}}
          c80c0002146e6f74652d3438333035f6fe02060000
        ordinary
          {"id":4,"state":"NEW","note":null,"hash":"¯Ç","lines":[3],"tags":{"tags-0":true}}
          080000afc7020600020c746167732d300100
        ordinary
          {"id":0,"state":"PAID","note":null,"hash":"_G","lines":[820],"tags":{}}
          0002005f4702e80c0000
    "#]]
    .assert_eq(&ordinary);
    expect![[r#"
        the smallest
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          00000000000000
        id: the smallest
          {"id":-9223372036854775808,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          ffffffffffffffffff01000000000000
        id: minus one
          {"id":-1,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          01000000000000
        id: the largest
          {"id":9223372036854775807,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          feffffffffffffffff01000000000000
        state: the symbol PAID
          {"id":0,"state":"PAID","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          00020000000000
        note: the branch string
          {"id":0,"state":"NEW","note":{"string":""},"hash":"\u0000\u0000","lines":[],"tags":{}}
          0000020000000000
        note(string): characters of every length
          {"id":0,"state":"NEW","note":{"string":"aé雪🜚\u0000\"\\"},"hash":"\u0000\u0000","lines":[],"tags":{}}
          0000021a61c3a9e99baaf09f9c9a00225c00000000
        hash: every bit
          {"id":0,"state":"NEW","note":null,"hash":"ÿÿ","lines":[],"tags":{}}
          000000ffff0000
        lines: one item
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[0],"tags":{}}
          000000000002000000
        lines[0]: the smallest
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[-2147483648],"tags":{}}
          000000000002ffffffff0f0000
        lines[0]: minus one
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[-1],"tags":{}}
          000000000002010000
        lines[0]: the largest
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[2147483647],"tags":{}}
          000000000002feffffff0f0000
        tags: an empty key
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{"":false}}
          00000000000002000000
        tags{key}: false
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{"key":false}}
          00000000000002066b65790000
        tags{key}: true
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{"key":true}}
          00000000000002066b65790100
    "#]]
    .assert_eq(&boundary);
    expect![[r#"
        a field that the record does not have
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{},"no_such_field":0}
          -
        id: missing
          {"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          -
        id: one bit more than 64
          -
          ffffffffffffffffff02000000000000
        id: one more than 64 bits hold
          {"id":9223372036854775808,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          -
        id: not a whole number
          {"id":0.5,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          -
        state: missing
          {"id":0,"note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          -
        state: a symbol that the enum does not have
          {"id":0,"state":"NO_SUCH_SYMBOL","note":null,"hash":"\u0000\u0000","lines":[],"tags":{}}
          00040000000000
        note: missing
          {"id":0,"state":"NEW","hash":"\u0000\u0000","lines":[],"tags":{}}
          -
        note: a branch that the union does not have
          {"id":0,"state":"NEW","note":{"no.such.Branch":0},"hash":"\u0000\u0000","lines":[],"tags":{}}
          00000400000000
        note(string): not UTF-8
          -
          00000204c32800000000
        note(string): not a string
          {"id":0,"state":"NEW","note":{"string":0},"hash":"\u0000\u0000","lines":[],"tags":{}}
          -
        hash: missing
          {"id":0,"state":"NEW","note":null,"lines":[],"tags":{}}
          -
        hash: one byte too many
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000\u0000","lines":[],"tags":{}}
          -
        lines: missing
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","tags":{}}
          -
        lines: not an array
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":{},"tags":{}}
          -
        lines[0]: one more than 32 bits hold
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[2147483648],"tags":{}}
          00000000000280808080100000
        lines[0]: not a whole number
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[0.5],"tags":{}}
          -
        tags: missing
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[]}
          -
        tags: not an object
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":[]}
          -
        tags{key}: neither 0 nor 1
          -
          00000000000002066b65790200
        tags{key}: neither true nor false
          {"id":0,"state":"NEW","note":null,"hash":"\u0000\u0000","lines":[],"tags":{"key":1}}
          -
        a byte is left over after the value
          -
          0000000000000000
        the last byte is missing
          -
          000000000000
    "#]]
    .assert_eq(&misses);
}
