//! Options that do not exist or have no such value.

use expect_test::expect;

use super::cases::cases;

pub const ALL: &[&str] = &[STANDARD, CUSTOM];

const STANDARD: &str = r#"
=== unknown
option java_pakage = "com.acme";
=== unknown and custom
option owner = "acme";
=== of the wrong type
option java_package = 5;
option java_multiple_files = "true";
option optimize_for = FASTER;
=== an enum by its number
option optimize_for = 1;
=== twice
option java_package = "a";
option java_package = "b";
=== of something else
message A { option java_package = "a"; string a = 1 [allow_alias = true]; }
=== a part of a string
option java_package.foo = "a";
=== uninterpreted
option uninterpreted_option = { };
=== packed strings
message A { repeated string a = 1 [packed = true]; int32 b = 2 [packed = true]; }
=== jstype of 32 bits
message A { int32 a = 1 [jstype = JS_STRING]; }
=== lazy numbers
message A { int32 a = 1 [lazy = true]; }
=== an entry of a map
message A { option map_entry = true; }
=== a message from a string
edition = "2023";
option features = "x";
"#;

const CUSTOM: &str = r#"
=== unknown
option (acme.owner) = "x";
=== not imported
import "middle.proto";
option (acme.owner) = "x";
--- middle.proto
import "acme.proto";
--- acme.proto
package acme;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FileOptions { string owner = 50000; }
=== nearly
import "acme.proto";
option (acme.ower) = "x";
--- acme.proto
package acme;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FileOptions { string owner = 50000; }
=== of something else
import "acme.proto";
message A { option (acme.owner) = "x"; }
--- acme.proto
package acme;
import "google/protobuf/descriptor.proto";
extend google.protobuf.FileOptions { string owner = 50000; }
=== a message is no option
import "acme.proto";
option (acme.Owner) = "x";
--- acme.proto
package acme;
message Owner { }
=== values
import "google/protobuf/descriptor.proto";
enum E { X = 0; }
message Meta {
  string text = 1;
  int32 number = 2;
  repeated string tags = 3;
  map<string, int32> counts = 4;
  Meta inner = 5;
  oneof o { string a = 6; string b = 7; }
  E state = 8;
  bool flag = 9;
}
extend google.protobuf.MessageOptions { Meta meta = 50000; repeated Meta metas = 50001; repeated int32 numbers = 50002; }
message A1 { option (meta) = "x"; }
message A2 { option (meta).text = 5; }
message A3 { option (meta).texd = "x"; }
message A4 { option (meta).text.more = "x"; }
message A5 { option (meta).inner.number = "x"; }
message A6 { option (metas).text = "x"; }
message A7 { option (meta) = { text: 5 }; }
message A8 { option (meta) = { texd: "x" }; }
message A9 { option (meta) = { text: "x" text: "y" }; }
message A10 { option (meta) = { number: [1, 2] }; }
message A11 { option (meta) = { tags: ["x", 5] }; }
message A12 { option (meta) = { counts: { key: "x" value: "y" } }; }
message A13 { option (meta) = { a: "x" b: "y" }; }
message A14 { option (meta) = { inner { inner { number: 1.5 } } }; }
message A15 { option (meta) = { state: Z }; }
message A16 { option (meta) = { flag: yes }; }
message A17 { option (meta) = { [acme.more]: 1 }; }
message A18 { option (meta).text = "x"; option (meta).text = "y"; }
message A19 { option (numbers) = "x"; }
message A20 { option (meta).state = 0; }
message A21 { option (meta) = { counts: { key: "x" value: 1 value: 2 } }; }
=== brackets that do not fit
import "google/protobuf/descriptor.proto";
message Meta { string text = 1; Meta inner = 2; }
extend google.protobuf.MessageOptions { Meta meta = 50000; }
message A { option (meta) = { text "x" }; }
message B { option (meta) = { inner: { text: "x" ] }; }
=== a required field
syntax = "proto2";
import "google/protobuf/descriptor.proto";
message Meta { required string text = 1; optional string more = 2; }
extend google.protobuf.MessageOptions { optional Meta meta = 50000; }
message A { option (meta) = { more: "x" }; }
=== a required field of what is set part by part
syntax = "proto2";
import "google/protobuf/descriptor.proto";
message Meta { required string text = 1; optional string more = 2; optional Meta inner = 3; }
extend google.protobuf.FieldOptions { optional Meta meta = 50000; }
message A { optional int32 a = 1 [(meta).more = "x"]; optional int32 b = 2 [(meta).text = "x", (meta).inner.more = "y"]; }
message B { optional int32 a = 1 [(meta).inner = { text: "x" }]; optional int32 b = 2 [(meta) = { text: "x" }, (meta).inner.text = "y"]; }
=== one option in two spellings
package p; import "google/protobuf/descriptor.proto";
message Meta { string text = 1; string more = 2; }
extend google.protobuf.MessageOptions { Meta meta = 50000; string one = 50001; repeated string many = 50002; }
message A { option (one) = "a"; option (p.one) = "b"; }
message B { option (.p.one) = "a"; option (one) = "b"; }
message C { option (meta).text = "a"; option (p.meta).text = "b"; }
message D { option (meta).text = "a"; option (.p.meta).more = "b"; option (many) = "c"; option (p.many) = "d"; }
message E { option (meta).text = "a"; option (p.meta) = { more: "b" }; }
message F { option (meta) = { text: "a" }; option (p.meta).more = "b"; }
=== a minus before a word
import "google/protobuf/descriptor.proto";
extend google.protobuf.FileOptions { float f = 50000; double g = 50001; float h = 50002; }
option (f) = -infinity; option (g) = -NaN; option (h) = -inf;
=== a minus before a word in braces
import "google/protobuf/descriptor.proto";
message M { repeated float h = 1; } extend google.protobuf.FileOptions { M m = 50000; }
option (m) = { h: [-NaN, -nan, -Infinity] };
=== a default with a minus before a word
syntax = "proto2"; message A { optional float a = 1 [default = -infinity]; }
=== strings that are no UTF-8
syntax = "proto2"; option java_package = "\xff";
message A { optional string a = 1 [default = "\xff"]; optional bytes b = 2 [default = "\xff"]; }
=== strings that are no UTF-8 in editions
edition = "2023"; message A { string a = 1 [default = "a\xffb"]; }
=== a feature by its number, outside of braces
edition = "2023"; message A { A a = 1 [features.message_encoding = 2]; }
=== a feature in quotes
edition = "2023"; message A { A a = 1 [features = { message_encoding: "DELIMITED" }]; }
"#;

#[test]
fn standard() {
    let rendered: String = cases(STANDARD).iter().map(|case| case.render()).collect();
    expect![[r#"
        unknown
          main.proto:1:27 [java_pakage] the option `java_pakage` is not known
            did you mean `java_package`?
        unknown and custom
          main.proto:1:27 [owner] the option `owner` is not known
            the name of a custom option stands in parentheses: option (acme.owner) = "…";
        of the wrong type
          main.proto:1:42 [5] `java_package` must be a string
          main.proto:2:30 ["true"] `java_multiple_files` must be `true` or `false`
          main.proto:3:23 [FASTER] `optimize_for` must be a value of `google.protobuf.FileOptions.OptimizeMode`
            there are SPEED, CODE_SIZE, LITE_RUNTIME
        an enum by its number
          main.proto:1:42 [1] `optimize_for` must be a value of `google.protobuf.FileOptions.OptimizeMode`
            there are SPEED, CODE_SIZE, LITE_RUNTIME
        twice
          main.proto:2:8 [java_package] `java_package` is set twice
        of something else
          main.proto:1:39 [java_package] the option `java_package` is not known
            the name of a custom option stands in parentheses: option (acme.owner) = "…";
          main.proto:1:73 [allow_alias] the option `allow_alias` is not known
            the name of a custom option stands in parentheses: option (acme.owner) = "…";
        a part of a string
          main.proto:1:27 [java_package.foo] `java_package` is no message and has no parts
        uninterpreted
          main.proto:1:27 [uninterpreted_option] `uninterpreted_option` cannot be set
        packed strings
          main.proto:1:55 [packed = true] only repeated numbers, bools and enums can be packed
            leave it out
          main.proto:1:84 [packed = true] only repeated numbers, bools and enums can be packed
            leave it out
        jstype of 32 bits
          main.proto:1:45 [jstype = JS_STRING] `jstype` is for whole numbers of 64 bits
            leave it out
        lazy numbers
          main.proto:1:45 [lazy = true] only message fields can be `lazy`
            leave it out
        an entry of a map
          main.proto:1:32 [option map_entry = true;] `map_entry` is set by the compiler alone
            write map<Key, Value>
        a message from a string
          main.proto:2:19 ["x"] `features` must be a message: { field: value }
    "#]]
    .assert_eq(&rendered);
}

#[test]
fn custom() {
    let rendered: String = cases(CUSTOM).iter().map(|case| case.render()).collect();
    expect![[r#"
        unknown
          main.proto:1:27 [(acme.owner)] could not resolve option `acme.owner`
        not imported
          main.proto:2:8 [(acme.owner)] could not resolve option `acme.owner`
            it is declared in "acme.proto", which this file does not import
        nearly
          main.proto:2:8 [(acme.ower)] could not resolve option `acme.ower`
            did you mean `acme.owner`?
        of something else
          main.proto:2:20 [(acme.owner)] `acme.owner` extends `google.protobuf.FileOptions`, not `google.protobuf.MessageOptions`
        a message is no option
          main.proto:2:8 [(acme.Owner)] could not resolve option `acme.Owner`
            `acme.Owner` is a message
        values
          main.proto:14:30 ["x"] `(meta)` must be a message: { field: value }
          main.proto:15:35 [5] `(meta).text` must be a string
          main.proto:16:21 [(meta).texd] `Meta` has no field `texd`
            did you mean `text`?
          main.proto:17:21 [(meta).text.more] `(meta).text` is no message and has no parts
          main.proto:18:43 ["x"] `(meta).inner.number` must be a whole number of 32 bits
          main.proto:19:21 [(metas).text] `(metas)` may occur several times
            set the whole: (metas) = { … }
          main.proto:20:30 [{ text: 5 }] `(meta).text` must be a string
          main.proto:21:30 [{ texd: "x" }] `Meta` has no field `texd`
          main.proto:22:30 [{ text: "x" text: "y" }] `(meta).text` is set twice
          main.proto:23:31 [{ number: [1, 2] }] `(meta).number` must be one value, not a list
          main.proto:24:31 [{ tags: ["x", 5] }] `(meta).tags` must be a string
          main.proto:25:31 [{ counts: { key: "x" value: "y" } }] `(meta).counts.value` must be a whole number of 32 bits
          main.proto:26:31 [{ a: "x" b: "y" }] `(meta).b` is the second field of oneof `o`
          main.proto:27:31 [{ inner { inner { number: 1.5 } } }] `(meta).inner.inner.number` must be a whole number of 32 bits
          main.proto:28:31 [{ state: Z }] `(meta).state` must be a value of `E`
            there are X
          main.proto:29:31 [{ flag: yes }] `(meta).flag` must be `true` or `false`
          main.proto:30:31 [{ [acme.more]: 1 }] could not resolve option `acme.more`
          main.proto:31:48 [(meta).text] `(meta).text` is set twice
          main.proto:32:34 ["x"] `(numbers)` must be a whole number of 32 bits
          main.proto:33:37 [0] `(meta).state` must be a value of `E`
            there are X
          main.proto:34:31 [{ counts: { key: "x" value: 1 value: 2 } }] `(meta).counts.value` is set twice
        brackets that do not fit
          main.proto:4:36 ["x"] expected `:`, found the string "x"
            a field of an option's value is written `name: value`
          main.proto:5:11 [{] message `B` is never closed
            add the missing `}`
          main.proto:5:50 []] expected the name of a field, found `]`
        a required field
          main.proto:5:29 [{ more: "x" }] `(meta)` lacks the required field `text`
        a required field of what is set part by part
          main.proto:5:35 [(meta).more] `(meta)` lacks the required field `text`
          main.proto:5:96 [(meta).inner.more] `(meta).inner` lacks the required field `text`
          main.proto:6:35 [(meta).inner] `(meta)` lacks the required field `text`
        one option in two spellings
          main.proto:4:40 [(p.one)] `(p.one)` is set twice
          main.proto:5:43 [(one)] `(p.one)` is set twice
          main.proto:6:46 [(p.meta).text] `(p.meta).text` is set twice
          main.proto:8:46 [(p.meta)] `(p.meta)` is set twice
        a minus before a word
          main.proto:3:14 [-infinity] `-infinity` is not a value
            only numbers, `inf` and `nan` have a sign
          main.proto:3:38 [-NaN] `-NaN` is not a value
            only numbers, `inf` and `nan` have a sign
        a minus before a word in braces
          fine
        a default with a minus before a word
          main.proto:1:64 [-infinity] `-infinity` is not a value
            only numbers, `inf` and `nan` have a sign
        strings that are no UTF-8
          fine
        strings that are no UTF-8 in editions
          fine
        a feature by its number, outside of braces
          main.proto:1:68 [2] `features.message_encoding` must be a value of `google.protobuf.FeatureSet.MessageEncoding`
            there are MESSAGE_ENCODING_UNKNOWN, LENGTH_PREFIXED, DELIMITED
        a feature in quotes
          main.proto:1:51 [{ message_encoding: "DELIMITED" }] `features.message_encoding` must be a value of `google.protobuf.FeatureSet.MessageEncoding`
            there are MESSAGE_ENCODING_UNKNOWN, LENGTH_PREFIXED, DELIMITED
    "#]].assert_eq(&rendered);
}
