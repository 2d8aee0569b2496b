//! What is accepted, though it may look odd.

use super::cases::cases;

pub const CASES: &str = r#"
=== nothing at all
syntax = "proto3";
=== a byte order mark
﻿syntax = "proto3"; message A { }
=== empty statements
; message A { ; string a = 1; ; } enum E { ; X = 0; ; } service S { ; }
=== keywords as names
message message { string string = 1; int32 optional = 2; bool message = 3; message service { } service service2 = 4; }
message reserved { string reserved = 1; string extensions = 2; string oneof = 3; string map = 4; string group = 5; string returns = 6; string rpc = 7; string stream = 8; string to = 9; string max = 10; string true = 11; string inf = 12; string import = 13; string package = 14; string syntax = 15; }
=== a message named map
message map { }
message A { map a = 1; map<string, map> b = 2; }
=== streams
message stream { }
service S { rpc A (stream stream) returns (stream stream); rpc B (.stream) returns (.stream) { } rpc C (stream .stream) returns (.stream) { option deprecated = true; ; } }
=== numbers
message A { string a = 0x10; string b = 010; string c = 536870911; string d = 18999; string e = 20000; }
=== reserved beyond what fields can have, and what none can be named
message A { reserved 5 to 2147483646; reserved "a b"; }
=== strings in a row
option java_package = "com." 'acme'
  ".orders";
=== escapes
option java_package = "\a\b\f\n\r\t\v\\\?\'\"\0\12\303\251\x41\X42\u00e9\U0001F600\ud83d\ude00";
=== names with blanks between their parts
package a . b /* c */ . c;
message A { . a . b . c . A a = 1; }
=== proto2
syntax = "proto2";
message A {
  required string a = 1;
  optional int32 b = 2 [default = -5];
  repeated int32 c = 3 [packed = true];
  optional group D = 4 { optional string e = 1; }
  oneof f { string g = 5; group H = 6 { optional A i = 1; } }
  map<int32, A> j = 7;
  extensions 100 to 199, 300, 1000 to max;
  reserved 50 to 60, 70;
  reserved "old", "older";
  extend A { optional A k = 100; repeated group L = 101 { } }
  optional double m = 8 [default = -inf];
  optional float n = 9 [default = nan];
  optional double o = 10 [default = 1e400];
  optional uint64 p = 11 [default = 18446744073709551615];
  optional int64 q = 12 [default = -9223372036854775808];
  optional bytes r = 13 [default = "\xff\000"];
  optional E s = 14 [default = Z];
  optional float t = 15 [default = 5];
}
enum E { option allow_alias = true; X = 1; Y = 1; Z = -1; reserved -100 to -50, 5 to max; reserved "OLD"; }
extend A { optional E u = 102 [default = Y]; }
=== no syntax is proto2
// not edition = "2023"
message A { optional string a = 1; }
=== json names in proto2
syntax = "proto2";
message A { optional string foo_bar = 1; optional string fooBar = 2; optional string foobar = 3 [json_name = "foo_bar2"]; }
=== json names that are allowed to be alike
message A { option deprecated_legacy_json_field_conflicts = true; string foo_bar = 1; string fooBar = 2; }
=== aliases
enum E { option allow_alias = true; E_X = 0; X = 0; e_x = 0; }
=== proto3 optional
message A { optional string a = 1; optional A b = 2; repeated A c = 3; oneof o { A d = 4; } }
=== an open enum from proto3 in proto2
syntax = "proto2";
import "other.proto";
message A { optional E e = 1 [default = Y]; map<int32, E> f = 2; }
--- other.proto
enum E { X = 0; Y = 1; }
=== public imports
import "a.proto";
message M { c.C c = 1; }
--- a.proto
import public "b.proto";
--- b.proto
import public "c.proto";
--- c.proto
package c;
message C { }
=== names from the inside out
package a.b;
message A { message B { message C { A a = 1; B b = 2; C c = 3; a.b.A d = 4; b.A e = 5; .a.b.A.B f = 6; } } B.C c = 1; }
=== a field's name hides no type
message B { }
message A { string B = 1; }
message C { message D { B b = 1; } string x = 2; }
=== weak imports
import weak "other.proto";
--- other.proto
message A { }
=== standard options
option java_package = "com.acme";
option java_multiple_files = true;
option optimize_for = CODE_SIZE;
option go_package = "acme/orders;orders";
option deprecated = true;
message A { option deprecated = true; string a = 1 [deprecated = true, json_name = "z", ctype = CORD, debug_redact = true]; int64 b = 2 [jstype = JS_STRING]; A c = 3 [lazy = true]; repeated int32 d = 4 [packed = false, retention = RETENTION_SOURCE]; }
enum E { X = 0 [deprecated = true]; }
service S { option deprecated = true; rpc R (A) returns (A) { option idempotency_level = NO_SIDE_EFFECTS; } }
=== custom options
import "google/protobuf/descriptor.proto";
import "google/protobuf/any.proto";
package acme;
enum E { X = 0; Y = 1; }
message Meta {
  string text = 1;
  double number = 2;
  repeated string tags = 3;
  map<string, int32> counts = 4;
  Meta inner = 5;
  E state = 6;
  bool flag = 7;
  google.protobuf.Any any = 8;
  repeated Meta list = 9;
  bytes data = 10;
}
extend google.protobuf.FileOptions { Meta file = 50000; }
extend google.protobuf.MessageOptions { Meta meta = 50000; repeated int32 numbers = 50001; string owner = 50002; }
extend google.protobuf.FieldOptions { Meta field = 50000; }
extend google.protobuf.OneofOptions { string oneof_owner = 50000; }
extend google.protobuf.EnumOptions { string enum_owner = 50000; }
extend google.protobuf.EnumValueOptions { float weight = 50000; }
extend google.protobuf.ServiceOptions { sint64 service_number = 50000; }
extend google.protobuf.MethodOptions { E method_state = 50000; }
option (file) = { text: 'a' "b" number: -inf, tags: ["x"], tags: "y"; counts { key: "k" value: 1 } inner < flag: true > state: Y };
message A {
  option (meta).text = "x";
  option (meta).inner.number = 5;
  option (meta).inner.state = Y;
  option (numbers) = 1;
  option (numbers) = -2;
  option (.acme.owner) = "x";
  oneof o { option (oneof_owner) = "x"; string a = 1 [(field) = { flag: 1 state: 1 number: 1.5e3 list: [{ text: "a" }, { }] }, deprecated = true]; }
  string b = 2 [(acme.field).any = { [type.googleapis.com/acme.Meta] { text: "x" } }, (field).data = "\xff"];
}
enum F { option (enum_owner) = "x"; W = 0 [(weight) = inf]; V = 1 [(acme.weight) = -1]; }
service S { option (service_number) = -5; rpc R (A) returns (A) { option (method_state) = Y; } }
=== options that extend options
syntax = "proto2";
import "google/protobuf/descriptor.proto";
message Meta { optional string text = 1; extensions 100 to max; optional group G = 2 { optional string a = 1; } }
extend Meta { optional Meta more = 100; }
extend google.protobuf.MessageOptions { optional Meta meta = 50000; }
message A { option (meta).(more).text = "x"; option (meta).(more).(more) = { text: "y" [more] { G { a: "x" } } }; }
=== an option that is declared after it is used
option (mine) = "x";
import "google/protobuf/descriptor.proto";
extend google.protobuf.FileOptions { string mine = 50000; }
=== options of ranges
syntax = "proto2";
message A { extensions 4 to 10, 20 [verification = UNVERIFIED]; }
=== edition 2023
edition = "2023";
option features.field_presence = IMPLICIT;
option features.enum_type = CLOSED;
option features.utf8_validation = NONE;
message A {

  string a = 1;
  string b = 2 [features.field_presence = LEGACY_REQUIRED, features.utf8_validation = VERIFY];
  A c = 3 [features.message_encoding = DELIMITED];
  repeated int32 d = 4 [features.repeated_field_encoding = EXPANDED];
  reserved foo, bar;
  extensions 100 to max;
  oneof o { string e = 5; }
  map<string, A> f = 6;
  int32 g = 7 [default = 5, features.field_presence = EXPLICIT];
}
enum E { X = 1; reserved OLD; }
extend A { E h = 100; repeated A i = 101; }
=== features in braces
edition = "2023";
option features = { enum_type: CLOSED utf8_validation: NONE };
option features.field_presence = IMPLICIT;
enum E { X = 1; }
=== edition 2024
edition = "2024";
import option "google/protobuf/descriptor.proto";
export message A { local enum E { X = 0; Y = 1; } string local = 1; string export = 2; }
local message B { }
export enum F { G_UNSPECIFIED = 0; }
=== a message set
syntax = "proto2";
message Z { option message_set_wire_format = true; }
message A { option message_set_wire_format = true; extensions 4 to max; }
message B { extend A { optional B b = 2147483646; } }
=== oneof names and values shared between scopes
message A { oneof o { string a = 1; } enum E { X = 0; } }
message B { oneof o { string a = 1; } enum E { X = 0; } }
"#;

#[test]
fn all_of_it_compiles() {
    for case in cases(CASES) {
        if let Err(error) = case.compile() {
            panic!("{}: {error}", case.title);
        }
    }
}
