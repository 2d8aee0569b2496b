//! What one language has and another has not.

use expect_test::expect;

use super::check;

pub const PROTO3: &str = r#"
=== required
message A { required string a = 1; }
=== a default
message A { string a = 1 [default = "x"]; }
=== a group
message A { repeated group B = 1 { } }
=== extensions
message A { extensions 5 to 9; }
=== extending a message
import "other.proto";
extend A { string a = 5; }
--- other.proto
syntax = "proto2";
message A { extensions 5 to 9; }
=== the first value of an enum
enum E { X = 1; }
=== a closed enum
import "other.proto";
message A { E e = 1; repeated E f = 2; map<string, E> g = 3; }
--- other.proto
syntax = "proto2";
enum E { X = 0; }
=== a message set
message A { option message_set_wire_format = true; }
"#;

#[test]
fn proto3() {
    check(
        PROTO3,
        expect![[r#"
        required
          main.proto:1:32 [required] proto3 has no required fields
            leave the label out
        a default
          main.proto:1:46 [default = "x"] proto3 has no defaults; an absent field is zero or empty
            leave it out
        a group
          main.proto:1:41 [group] groups belong to proto2
            declare a message and a field of it
        extensions
          main.proto:1:32 [extensions] proto3 messages have no extension ranges
            use a field of type google.protobuf.Any, or declare the file as proto2 or an edition
        extending a message
          main.proto:2:12 [string a = 5;] proto3 extends options alone, not `A`
            the messages in google/protobuf/descriptor.proto are what can be extended
        the first value of an enum
          main.proto:1:33 [1] the first value of `E` has the number 1, not 0
            the first value of an open enum is what readers see when the field is absent; begin with one like `UNSPECIFIED = 0`
        a closed enum
          main.proto:2:13 [E] `E` is a closed enum, which no field of a proto3 message can have
            its first value need not be 0 and it refuses numbers it does not know; declare the enum in a proto3 file
          main.proto:2:31 [E] `E` is a closed enum, which no field of a proto3 message can have
            its first value need not be 0 and it refuses numbers it does not know; declare the enum in a proto3 file
          main.proto:2:40 [map<string, E>] `E` is a closed enum, which no field of a proto3 message can have
            its first value need not be 0 and it refuses numbers it does not know; declare the enum in a proto3 file
        a message set
          main.proto:1:32 [option message_set_wire_format = true;] proto3 has no message sets
    "#]],
    );
}

pub const EDITIONS: &str = r#"
=== labels
edition = "2023";
message A { optional string a = 1; required string b = 2; }
=== a group
edition = "2023";
message A { group B = 1 { } }
=== reserved names in quotes
edition = "2023";
message A { reserved "foo"; }
=== packed
edition = "2023";
message A { repeated int32 a = 1 [packed = true]; }
=== required by default
edition = "2023";
option features.field_presence = LEGACY_REQUIRED;
=== an open enum
edition = "2023";
enum E { X = 1; }
=== a closed enum without presence
edition = "2023";
enum E { option features.enum_type = CLOSED; X = 1; }
message A { E e = 1 [features.field_presence = IMPLICIT]; }
=== a default without presence
edition = "2023";
message A { string a = 1 [default = "x", features.field_presence = IMPLICIT]; }
=== presence of what has none
edition = "2023";
message B { }
message A {
  repeated string a = 1 [features.field_presence = IMPLICIT];
  map<string, string> b = 2 [features.field_presence = IMPLICIT];
  oneof o { string c = 3 [features.field_presence = IMPLICIT]; }
  B d = 4 [features.field_presence = IMPLICIT];
}
=== features that do not fit
edition = "2023";
message A {
  string a = 1 [features.repeated_field_encoding = PACKED];
  repeated string b = 2 [features.repeated_field_encoding = PACKED];
  int32 c = 3 [features.utf8_validation = NONE];
  int32 d = 4 [features.message_encoding = DELIMITED];
}
=== a feature of something else
edition = "2023";
message A { option features.field_presence = IMPLICIT; }
=== an unknown feature
edition = "2023";
option features.field_presense = IMPLICIT;
=== an unknown value of a feature
edition = "2023";
option features.field_presence = PERHAPS;
=== the value that stands for none
edition = "2023";
option features.field_presence = FIELD_PRESENCE_UNKNOWN;
=== features set twice
edition = "2023";
option features.field_presence = IMPLICIT;
option features = { enum_type: CLOSED };
message A { option features = { json_format: ALLOW }; option features.json_format = LEGACY_BEST_EFFORT; }
=== features in proto3
option features.field_presence = IMPLICIT;
=== of a later edition
edition = "2023";
option features.enforce_naming_style = STYLE_LEGACY;
=== export and local
edition = "2023";
local message A { }
=== import option
edition = "2023";
import option "google/protobuf/descriptor.proto";
=== weak imports
edition = "2024";
import weak "google/protobuf/descriptor.proto";
=== ctype
edition = "2024";
message A { string a = 1 [ctype = CORD]; }
"#;

#[test]
fn editions() {
    check(
        EDITIONS,
        expect![[r#"
            labels
              main.proto:2:13 [optional] edition 2023 has no label `optional`
                leave it out: presence is explicit unless `features.field_presence` says otherwise
              main.proto:2:36 [required] edition 2023 has no label `required`
                write [features.field_presence = LEGACY_REQUIRED], or better leave it out
            a group
              main.proto:2:13 [group] groups belong to proto2
                declare a message and a field of it with `features.message_encoding = DELIMITED`
            reserved names in quotes
              main.proto:2:22 ["foo"] editions write reserved names without quotes
                reserved foo, bar;
            packed
              main.proto:2:35 [packed = true] edition 2023 has no option `packed`
                use `features.repeated_field_encoding = PACKED`, which is the default
            required by default
              main.proto:2:1 [option features.field_presence = LEGACY_REQUIRED;] required fields cannot be the default
                set it on each field that is required
            an open enum
              main.proto:2:14 [1] the first value of `E` has the number 1, not 0
                the first value of an open enum is what readers see when the field is absent; begin with one like `UNSPECIFIED = 0`
            a closed enum without presence
              main.proto:3:13 [E] `E` is a closed enum, which a field with implicit presence cannot have
                use an open enum, or give the field explicit presence
            a default without presence
              main.proto:2:27 [default = "x"] a field with implicit presence has no default
                leave it out
            presence of what has none
              main.proto:4:26 [features.field_presence = IMPLICIT] a repeated field has no presence
                leave the feature out
              main.proto:5:30 [features.field_presence = IMPLICIT] a repeated field has no presence
                leave the feature out
              main.proto:6:27 [features.field_presence = IMPLICIT] the presence of a oneof's field is that of its case
                leave the feature out
              main.proto:7:12 [features.field_presence = IMPLICIT] the presence of a message is never implicit
                leave the feature out
            features that do not fit
              main.proto:3:17 [features.repeated_field_encoding = PACKED] only repeated fields have an encoding of their elements
                leave the feature out
              main.proto:4:26 [features.repeated_field_encoding = PACKED] only numbers, bools and enums can be packed
                leave the feature out
              main.proto:5:16 [features.utf8_validation = NONE] only strings can be checked for UTF-8
                leave the feature out
              main.proto:6:16 [features.message_encoding = DELIMITED] only message fields have a message encoding
                leave the feature out
            a feature of something else
              main.proto:2:20 [features.field_presence] `features.field_presence` cannot be set on a message
            an unknown feature
              main.proto:2:8 [features.field_presense] `google.protobuf.FeatureSet` has no field `field_presense`
                did you mean `field_presence`?
            an unknown value of a feature
              main.proto:2:34 [PERHAPS] `features.field_presence` must be a value of `google.protobuf.FeatureSet.FieldPresence`
                there are FIELD_PRESENCE_UNKNOWN, EXPLICIT, IMPLICIT, LEGACY_REQUIRED
            the value that stands for none
              main.proto:2:34 [FIELD_PRESENCE_UNKNOWN] `features.field_presence` must be a value of `google.protobuf.FeatureSet.FieldPresence`
                there are FIELD_PRESENCE_UNKNOWN, EXPLICIT, IMPLICIT, LEGACY_REQUIRED
            features set twice
              main.proto:3:8 [features] `features` is set twice
              main.proto:4:62 [features.json_format] `features.json_format` is set twice
            features in proto3
              main.proto:1:27 [features.field_presence] features can be set in editions only
                begin the file with `edition = "2023";`
            of a later edition
              main.proto:2:8 [features.enforce_naming_style] `features.enforce_naming_style` is known from edition 2024 only
            export and local
              main.proto:2:1 [local] `local` is known from edition 2024 only
            import option
              main.proto:2:8 [option] `import option` is known from edition 2024 only
            weak imports
              main.proto:2:8 [weak] edition 2024 has no weak imports
                leave out `weak`, or import for options only with `import option`
            ctype
              main.proto:2:27 [ctype = CORD] edition 2024 has no option `ctype`
                use `features.(pb.cpp).string_type`
        "#]],
    );
}

pub const EXTENSIONS: &str = r#"
=== outside the range
syntax = "proto2";
message A { extensions 5 to 9; }
extend A { optional string a = 4; }
=== no range
syntax = "proto2";
message A { }
extend A { optional string a = 4; }
=== the same number twice
syntax = "proto2";
message A { extensions 5 to 9; }
extend A { optional string a = 5; optional string b = 5; }
=== required
syntax = "proto2";
message A { extensions 5 to 9; }
extend A { required string a = 5; }
=== unknown
syntax = "proto2";
extend A { optional string a = 5; }
=== a scalar in a message set
syntax = "proto2";
message A { option message_set_wire_format = true; extensions 4 to max; }
extend A { optional string a = 5; }
=== a message set with a field
syntax = "proto2";
message A { option message_set_wire_format = true; extensions 4 to max; optional string a = 1; }
"#;

#[test]
fn extensions() {
    check(
        EXTENSIONS,
        expect![[r#"
            outside the range
              main.proto:3:32 [4] `A` does not leave the number 4 to extensions
                it leaves 5 to 9
            no range
              main.proto:3:32 [4] `A` does not leave the number 4 to extensions
                it has no `extensions` statement
            the same number twice
              main.proto:3:55 [5] `A` has an extension with the number 5 already
                see main.proto:3:32
            required
              main.proto:3:12 [required string a = 5;] an extension cannot be required
            unknown
              main.proto:2:8 [A] could not resolve type `A`
            a scalar in a message set
              main.proto:3:21 [string] `A` takes optional messages alone: it has `message_set_wire_format`
            a message set with a field
              main.proto:2:13 [option message_set_wire_format = true;] a message set has extensions alone, no fields
        "#]],
    );
}

pub const ENUMS: &str = r#"
=== a number twice
enum E { X = 0; Y = 1; Z = 1; }
=== aliases that are none
enum E { option allow_alias = true; X = 0; Y = 1; }
=== aliases that are forbidden in so many words
enum E { option allow_alias = false; X = 0; Y = 1; }
=== beyond 32 bits
enum E { X = 0; Y = 2147483648; Z = -2147483649; }
=== a reserved number
enum E { reserved 1, -5 to -1, 100 to max; X = 0; Y = 1; Z = -3; W = 2147483647; }
=== names alike without the prefix
enum PaymentState { PAYMENT_STATE_OPEN = 0; OPEN = 1; }
=== names alike without case
enum E { X = 0; FOO_BAR = 1; FooBar = 2; foo_Bar = 3; }
"#;

#[test]
fn enums() {
    check(
        ENUMS,
        expect![[r#"
        a number twice
          main.proto:1:47 [1] the number 1 is that of `Y` already
            give it another number; for a second name of one value, the enum needs `option allow_alias = true;`
        aliases that are none
          main.proto:1:29 [option allow_alias = true;] no two values of `E` have one number
            leave `allow_alias` out
        aliases that are forbidden in so many words
          main.proto:1:29 [option allow_alias = false;] `allow_alias = false` is what holds anyway
            leave it out
        beyond 32 bits
          main.proto:1:40 [2147483648] the number of `Y` does not fit into 32 bits
            numbers of enums go from -2147483648 to 2147483647
          main.proto:1:56 [-2147483649] the number of `Z` does not fit into 32 bits
            numbers of enums go from -2147483648 to 2147483647
        a reserved number
          main.proto:1:74 [1] `Y` has the reserved number 1
            it is reserved at main.proto:1:38
          main.proto:1:81 [-3] `Z` has the reserved number -3
            it is reserved at main.proto:1:41
          main.proto:1:89 [2147483647] `W` has the reserved number 2147483647
            it is reserved at main.proto:1:51
        names alike without the prefix
          main.proto:1:64 [OPEN] `OPEN` and `PAYMENT_STATE_OPEN` are the same name without case and the prefix of the enum's name
            some languages and JSON readers could not tell them apart; rename one
        names alike without case
          main.proto:1:61 [foo_Bar] `foo_Bar` and `FOO_BAR` are the same name without case and the prefix of the enum's name
            some languages and JSON readers could not tell them apart; rename one
    "#]],
    );
}
