//! What is refused: the words, the place, and the way out.

use expect_test::{Expect, expect};

use super::cases::cases;

pub const ALL: &[&str] = &[
    SYNTAX, NAMES, NUMBERS, TYPES, PROTO3, EDITIONS, IMPORTS, ENUMS, JSON, EXTENSIONS, DEFAULTS,
];

fn check(text: &str, expected: Expect) {
    let rendered: String = cases(text).iter().map(|case| case.render()).collect();
    assert!(!rendered.contains("\n  fine\n"), "{rendered}");
    expected.assert_eq(&rendered);
}

const SYNTAX: &str = r#"
=== several mistakes are told at once
message A {
  string a = ;
  int32 b 2;
  int32 c = 3
  int32 d = 4;
}
enum E { X 0; }
message B { string a = 1; string a = 1; }
=== no semicolon
message A { string a = 1 }
=== not closed
message A { message B { string a = 1; }
=== closed twice
message A { } }
=== unclosed string
import "a.proto;
message A { }
=== unclosed comment
message A { } /* never
=== comment in a comment
/* a /* b */ message A { }
=== a control character
message A { } 
=== a byte order mark in the middle
message A { } ﻿ message B { }
=== letters beyond ASCII
message Größe { }
=== a number that runs into a name
message A { string a = 1x; }
=== an octal number that is none
message A { string a = 09; }
=== a hexadecimal number without digits
message A { string a = 0x; }
=== an exponent without digits
option java_package = 1e;
=== an escape that is none
option java_package = "\q";
=== a half escape
option java_package = "\u12";
=== beyond Unicode (ours)
option java_package = "\U00110000";
=== an unknown syntax
syntax = "proto4";
=== an unknown edition
edition = "1999";
=== syntax too late
message A { }
syntax = "proto3";
=== two packages
package a; package b;
=== an unknown statement
massage A { }
=== a lonely semicolon is fine, a word is not
; ; foo;
=== no label in proto2
syntax = "proto2";
message A { string a = 1; }
=== an empty oneof
message A { oneof o { } }
=== a label in a oneof
message A { oneof o { repeated string a = 1; } }
=== a map in a oneof
message A { oneof o { map<string, string> a = 1; } }
=== a map with a label
message A { repeated map<string, string> a = 1; }
=== an extension that is a map
syntax = "proto2";
message A { extensions 1 to 5; }
extend A { map<string, string> a = 1; }
=== an empty extend
syntax = "proto2";
message A { extensions 1 to 5; }
extend A { }
=== an empty enum
enum E { }
=== an empty enum with an option
enum E { option deprecated = true; }
=== a group in lower case
syntax = "proto2";
message A { optional group a = 1 { } }
=== an rpc without an answer
message A { }
service S { rpc Get (A); }
=== an rpc of a scalar
service S { rpc Get (string) returns (string); }
=== something else in a service
service S { string a = 1; }
=== reserved without quotes
message A { reserved foo; }
=== reserved names and numbers mixed
message A { reserved 1, "foo"; }
=== a field number that is a word
message A { string a = one; }
=== a negative field number
message A { string a = -1; }
=== a huge number
message A { string a = 99999999999999999999999; }
=== a sign before a word
option java_package = -foo;
=== an option without a value
option java_package;
=== a bracket that is not closed
message A { string a = 1 [deprecated = true; }
"#;

#[test]
fn syntax() {
    check(
        SYNTAX,
        expect![[r#"
            several mistakes are told at once
              main.proto:2:14 [;] expected the field's number, found `;`
              main.proto:3:11 [2] expected `=`, found `2`
                a field has a number: `string sku = 1;`
              main.proto:4:13 [3] expected `;` after this, found `int32`
              main.proto:7:12 [0] expected `=`, found `0`
                a value has a number: `PAID = 1;`
            no semicolon
              main.proto:1:43 [1] expected `;` after this, found `}`
            not closed
              main.proto:1:30 [{] message `A` is never closed
                add the missing `}`
            closed twice
              main.proto:1:34 [}] this `}` closes nothing
            unclosed string
              main.proto:1:27 ["a.proto;] the string is not closed on its line
                close it with the quote it began with; write a line break as \n
            unclosed comment
              main.proto:1:34 [/*] the comment is never closed
                close it with `*/`
            comment in a comment
              main.proto:1:25 [/*] a comment begins within a comment
                comments between `/*` and `*/` do not nest; use `//` for one of them
            a control character
              main.proto:1:34 [] a control character is not allowed here
                is this a text? A compiled descriptor is not
            a byte order mark in the middle
              main.proto:1:34 [﻿] `﻿` is not allowed here
                outside strings and comments only ASCII is used; names consist of letters, digits and underscores
            letters beyond ASCII
              main.proto:1:30 [öß] `öß` is not allowed here
                outside strings and comments only ASCII is used; names consist of letters, digits and underscores
            a number that runs into a name
              main.proto:1:43 [1x] a number runs into a name
                put a space between them
            an octal number that is none
              main.proto:1:43 [09] a number that begins with 0 is octal and has no digit above 7
                leave out the leading zeros for a decimal number
            a hexadecimal number without digits
              main.proto:1:43 [0x] digits are missing after `0x`
            an exponent without digits
              main.proto:1:42 [1e] the exponent has no digits
            an escape that is none
              main.proto:1:43 [\q] this escape is not known
            a half escape
              main.proto:1:43 [\u12] `\u` takes four hexadecimal digits
            beyond Unicode (ours)
              main.proto:1:43 [\U00110000] the escape is beyond the last character of Unicode, 10FFFF
            an unknown syntax
              main.proto:1:10 ["proto4"] the syntax `proto4` is not known
                it is "proto2" or "proto3"; an edition is declared with `edition = "2023";`
            an unknown edition
              main.proto:1:11 ["1999"] the edition `1999` is not known
                known editions are "2023" and "2024"
            syntax too late
              main.proto:2:1 [syntax] the syntax is declared too late
                it is the first statement of the file, and there is only one
            two packages
              main.proto:1:31 [package b;] a second package; a file has one
                move one part into another file
            an unknown statement
              main.proto:1:20 [massage] expected a declaration (`message`, `enum`, `service`, `extend`, `import`, `option`), found `massage`
            a lonely semicolon is fine, a word is not
              main.proto:1:24 [foo] expected a declaration (`message`, `enum`, `service`, `extend`, `import`, `option`), found `foo`
            no label in proto2
              main.proto:2:13 [string] the field has no label
                proto2 asks for `optional`, `required` or `repeated`; `syntax = "proto3";` would be the first line of a proto3 file
            an empty oneof
              main.proto:1:38 [o] oneof `o` has no fields
                a oneof needs one at least
            a label in a oneof
              main.proto:1:42 [repeated] a field of a oneof has no label
                its presence is that of the oneof's case; leave the label out
            a map in a oneof
              main.proto:1:42 [map<string, string>] a oneof has no maps
                put the map into a message of its own
            a map with a label
              main.proto:1:32 [repeated] a map has no label
                leave it out: a map may have any number of entries
            an extension that is a map
              main.proto:3:12 [map<string, string>] an extension cannot be a map
                use a repeated message with a key and a value
            an empty extend
              main.proto:3:1 [extend A { }] nothing is added to `A`
                an `extend` needs one field at least
            an empty enum
              main.proto:1:25 [E] enum `E` has no values
                an enum needs one at least; the first is its default
            an empty enum with an option
              main.proto:1:25 [E] enum `E` has no values
                an enum needs one at least; the first is its default
            a group in lower case
              main.proto:2:28 [a] the name of a group begins with a capital letter
                it names a message; the field's name is the same in lower case
            an rpc without an answer
              main.proto:2:24 [;] expected `returns`, found `;`
                rpc Get (GetRequest) returns (GetResponse);
            an rpc of a scalar
              main.proto:1:41 [string] `string` is a scalar, not a message
              main.proto:1:58 [string] `string` is a scalar, not a message
            something else in a service
              main.proto:1:32 [string] expected `rpc` or `option`, found `string`
            reserved without quotes
              main.proto:1:41 [foo] reserved names stand in quotes
                reserved "foo", "bar"; — only editions write them without
            reserved names and numbers mixed
              main.proto:1:44 ["foo"] expected a field's name or number, found the string "foo"
            a field number that is a word
              main.proto:1:43 [one] expected the field's number, found `one`
            a negative field number
              main.proto:1:43 [-1] a field cannot have the number -1
                the first number is 1
            a huge number
              main.proto:1:43 [99999999999999999999999] the number is far too large
            a sign before a word
              main.proto:1:42 [-foo] `-foo` is not a value
                only numbers, `inf` and `nan` have a sign
            an option without a value
              main.proto:1:39 [;] expected `=`, found `;`
            a bracket that is not closed
              main.proto:1:63 [;] expected `]`, found `;`
        "#]],
    );
}

const NAMES: &str = r#"
=== two messages
package a;
message A { }
message A { }
=== a message and an enum
message A { }
enum A { X = 0; }
=== two fields
message A { string a = 1; string a = 2; }
=== a field and a oneof
message A { string a = 1; oneof a { string b = 2; } }
=== a field and a nested message
message A { string B = 1; message B { } }
=== two values of an enum
enum A { X = 0; X = 1; }
=== values of two enums side by side
enum A { X = 0; }
enum B { X = 0; }
=== values of two nested enums
message M { enum A { X = 0; } enum B { X = 0; } }
=== a value and a message
enum A { M = 0; }
message M { }
=== two services
service S { }
service S { }
=== two methods
message A { }
service S { rpc Get (A) returns (A); rpc Get (A) returns (A); }
=== a map's entry
message A { map<string, string> some_map = 1; message SomeMapEntry { } }
=== two maps whose entries are alike
message A { map<string, string> some_map = 1; map<string, string> someMap = 2 [json_name = "x"]; }
=== a group and a field
syntax = "proto2";
message A { optional group B = 1 { } optional string b = 2; }
=== two extensions
syntax = "proto2";
message A { extensions 1 to 9; }
extend A { optional string a = 1; }
extend A { optional string a = 2; }
=== a package and a message
package a.b;
import "other.proto";
--- other.proto
package a;
message b { }
=== one name in two files
import "other.proto";
message A { }
--- other.proto
message A { }
=== a reserved name
message A { reserved "a"; string a = 1; }
=== a name reserved twice
message A { reserved "a"; reserved "a"; }
=== a reserved name of an enum
enum A { reserved "Y"; X = 0; Y = 1; }
"#;

#[test]
fn names() {
    check(
        NAMES,
        expect![[r#"
        two messages
          main.proto:3:9 [A] `a.A` is declared twice
            it is a message at main.proto:2:9
        a message and an enum
          main.proto:2:6 [A] `A` is declared twice
            it is a message at main.proto:1:28
        two fields
          main.proto:1:53 [a] `a` is declared twice in `A`
            it is a field at main.proto:1:39 and a field here
        a field and a oneof
          main.proto:1:52 [a] `a` is declared twice in `A`
            it is a field at main.proto:1:39 and a oneof here
        a field and a nested message
          main.proto:1:54 [B] `B` is declared twice in `A`
            it is a field at main.proto:1:39 and a message here
        two values of an enum
          main.proto:1:36 [X] `X` is declared twice
            it is an enum's value at main.proto:1:29; the values of an enum are named beside the enum, not within it
        values of two enums side by side
          main.proto:2:10 [X] `X` is declared twice
            it is an enum's value at main.proto:1:29; the values of an enum are named beside the enum, not within it
        values of two nested enums
          main.proto:1:59 [X] `X` is declared twice in `M`
            it is an enum's value at main.proto:1:41 and an enum's value here; the values of an enum are named beside the enum, not within it
        a value and a message
          main.proto:2:9 [M] `M` is declared twice
            it is an enum's value at main.proto:1:29; the values of an enum are named beside the enum, not within it
        two services
          main.proto:2:9 [S] `S` is declared twice
            it is a service at main.proto:1:28
        two methods
          main.proto:2:42 [Get] `Get` is declared twice in `S`
            see main.proto:2:17 too
        a map's entry
          main.proto:1:74 [SomeMapEntry] `SomeMapEntry` is declared twice in `A`
            it is the entry message of a map at main.proto:1:52 and a message here
        two maps whose entries are alike
          main.proto:1:86 [someMap] `SomeMapEntry` is declared twice in `A`
            it is the entry message of a map at main.proto:1:52 and the entry message of a map here
        a group and a field
          main.proto:2:54 [b] `b` is declared twice in `A`
            it is a field at main.proto:2:28 and a field here
        two extensions
          main.proto:4:28 [a] `a` is declared twice
            it is an extension at main.proto:3:28
        a package and a message
          other.proto:2:9 [b] `a.b` is declared twice
            it is a package at main.proto:1:28
        one name in two files
          other.proto:1:28 [A] `A` is declared twice
            it is a message at main.proto:2:9
        a reserved name
          main.proto:1:53 [a] the name `a` is reserved
            it is reserved at main.proto:1:41
        a name reserved twice
          main.proto:1:55 ["a"] `a` is reserved twice
            it is reserved at main.proto:1:41 too
        a reserved name of an enum
          main.proto:1:50 [Y] the name `Y` is reserved
            it is reserved at main.proto:1:38
    "#]],
    );
}

const NUMBERS: &str = r#"
=== the same twice
message A { string a = 1; string b = 1; }
=== in a oneof
message A { string a = 1; oneof o { string b = 1; } }
=== zero
message A { string a = 0; }
=== too large
message A { string a = 536870912; }
=== kept for implementations
message A { string a = 19000; string b = 19999; }
=== reserved
message A { reserved 2, 5 to 9; string a = 2; string b = 7; }
=== reserved to the end
message A { reserved 100 to max; string a = 536870911; }
=== reserved twice
message A { reserved 1 to 5; reserved 5; }
=== a range that contains another
message A { reserved 1 to 100, 5 to 10, 50; }
=== a range that ends before it begins
message A { reserved 9 to 5; }
=== a reserved zero
message A { reserved 0; }
=== a range beyond the end
message A { reserved 5 to 2147483647; }
=== a field in a range of extensions
syntax = "proto2";
message A { extensions 5 to 9; optional string a = 6; }
=== overlapping extensions
syntax = "proto2";
message A { extensions 5 to 9; extensions 9 to 12; }
=== reserved extensions
syntax = "proto2";
message A { extensions 5 to 9; reserved 7; }
"#;

#[test]
fn numbers() {
    check(
        NUMBERS,
        expect![[r#"
            the same twice
              main.proto:1:57 [1] the number 1 is that of `a` already
                the next number that nothing has is 2
            in a oneof
              main.proto:1:67 [1] the number 1 is that of `a` already
                the next number that nothing has is 2
            zero
              main.proto:1:43 [0] a field cannot have the number 0
                the first number is 1
            too large
              main.proto:1:43 [536870912] a field cannot have the number 536870912
                the last number is 536870911
            kept for implementations
              main.proto:1:43 [19000] the number 19000 is kept for implementations of Protobuf
                19000 to 19999 cannot be used
              main.proto:1:61 [19999] the number 19999 is kept for implementations of Protobuf
                19000 to 19999 cannot be used
            reserved
              main.proto:1:63 [2] `a` has the reserved number 2
                it is reserved at main.proto:1:41
              main.proto:1:77 [7] `b` has the reserved number 7
                it is reserved at main.proto:1:44
            reserved to the end
              main.proto:1:64 [536870911] `a` has the reserved number 536870911
                it is reserved at main.proto:1:41
            reserved twice
              main.proto:1:58 [5] the number 5 is reserved twice
                see main.proto:1:41 too
            a range that contains another
              main.proto:1:51 [5 to 10] the number 5 is reserved twice
                see main.proto:1:41 too
              main.proto:1:60 [50] the number 50 is reserved twice
                see main.proto:1:41 too
            a range that ends before it begins
              main.proto:1:41 [9 to 5] the range ends before it begins: 9 to 5
            a reserved zero
              main.proto:1:41 [0] the range goes beyond the numbers that are allowed
                they go from 1 to 2147483646
            a range beyond the end
              main.proto:1:41 [5 to 2147483647] the range goes beyond the numbers that are allowed
                they go from 1 to 2147483646
            a field in a range of extensions
              main.proto:2:52 [6] `a` has the number 6, which is left to extensions
                see main.proto:2:24
            overlapping extensions
              main.proto:2:43 [9 to 12] the number 9 is given to extensions twice
                see main.proto:2:24 too
            reserved extensions
              main.proto:2:24 [5 to 9] the numbers 5 to 9 are left to extensions and reserved
                see main.proto:2:41
        "#]],
    );
}

const TYPES: &str = r#"
=== unknown
message Money { }
message A { Mony a = 1; }
=== unknown in a package
package a.b;
message A { c.D a = 1; }
=== the innermost scope decides
package a;
message B { message C { } }
message A { message B { } B.C c = 1; }
=== a field is no type
message A { string b = 1; b c = 2; }
=== a package is no type
package a.b;
message A { a.b c = 1; }
=== a service is no type
service S { }
message A { S s = 1; }
=== an enum as a request
enum E { X = 0; }
message A { }
service S { rpc Get (E) returns (A); }
=== an unknown response
message A { }
service S { rpc Get (A) returns (B); }
=== a value of a map
message A { map<string, B> b = 1; }
=== keys of maps
message B { }
enum E { X = 0; }
message A {
  map<double, string> a = 1;
  map<bytes, string> b = 2;
  map<B, string> c = 3;
  map<E, string> d = 4;
}
=== not imported, though there
import "middle.proto";
message A { other.B b = 1; }
--- middle.proto
import "other.proto";
--- other.proto
package other;
message B { }
=== absolute and unknown
package a;
message B { }
message A { .B b = 1; }
"#;

#[test]
fn types() {
    check(
        TYPES,
        expect![[r#"
            unknown
              main.proto:2:13 [Mony] could not resolve type `Mony`
                did you mean `Money`?
            unknown in a package
              main.proto:2:13 [c.D] could not resolve type `c.D`
                did you mean `a.b.A`?
            the innermost scope decides
              main.proto:3:27 [B.C] could not resolve type `B.C`
                the innermost scope that has `B` decides, so it is looked for as `a.A.B.C`, which is not there; write `.B.C` to begin at the root
            a field is no type
              main.proto:1:46 [b] could not resolve type `b`
                did you mean `A`?
            a package is no type
              main.proto:2:13 [a.b] could not resolve type `a.b`
                `a.b` is a package
            a service is no type
              main.proto:2:13 [S] could not resolve type `S`
                `S` is a service
            an enum as a request
              main.proto:3:22 [E] `E` is an enum, not a message
            an unknown response
              main.proto:2:34 [B] could not resolve type `B`
                did you mean `A`?
            a value of a map
              main.proto:1:44 [B] could not resolve type `B`
                did you mean `A`?
            keys of maps
              main.proto:4:7 [double] the keys of a map cannot be of type `double`
                keys are of a whole number's type, bool or string
              main.proto:5:7 [bytes] the keys of a map cannot be of type `bytes`
                keys are of a whole number's type, bool or string
              main.proto:6:7 [B] the keys of a map cannot be of type `B`
                keys are of a whole number's type, bool or string
              main.proto:7:7 [E] the keys of a map cannot be of type `E`
                keys are of a whole number's type, bool or string
            not imported, though there
              main.proto:2:13 [other.B] could not resolve type `other.B`
                it is declared in "other.proto", which this file does not import
            absolute and unknown
              main.proto:3:13 [.B] could not resolve type `.B`
                did you mean `a.B`?
        "#]],
    );
}

const PROTO3: &str = r#"
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

const EDITIONS: &str = r#"
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

const IMPORTS: &str = r#"
=== missing
import "acme/money.proto";
=== nearly
import "google/protobuf/timestmp.proto";
=== at another place
import "money.proto";
--- acme/money.proto
message Money { }
=== upwards
import "../acme/money.proto";
=== absolute
import "/acme/money.proto";
=== with backslashes
import "acme\\money.proto";
=== with an empty part
import "acme//money.proto";
=== itself
import "main.proto";
=== twice
import "other.proto";
import "other.proto";
--- other.proto
message A { }
=== in a circle
import "a.proto";
--- a.proto
import "b.proto";
--- b.proto
import "a.proto";
=== an import that is not parsed
import "other.proto";
--- other.proto
message A {
=== lite
import "other.proto";
--- other.proto
option optimize_for = LITE_RUNTIME;
"#;

#[test]
fn imports() {
    check(
        IMPORTS,
        expect![[r#"
        missing
          main.proto:1:27 ["acme/money.proto"] the imported file `acme/money.proto` is not there
            give the file too: in a registry as a reference of this name, in a tree at this path below a root
        nearly
          main.proto:1:27 ["google/protobuf/timestmp.proto"] the imported file `google/protobuf/timestmp.proto` is not there
            did you mean "google/protobuf/timestamp.proto"?
        at another place
          main.proto:1:27 ["money.proto"] the imported file `money.proto` is not there
            is it "acme/money.proto"? Paths begin at the root of the tree
        upwards
          main.proto:1:27 ["../acme/money.proto"] the import path `../acme/money.proto` leaves the tree
            write the path from the root of the tree, as in import "acme/order.proto";
        absolute
          main.proto:1:27 ["/acme/money.proto"] the import path `/acme/money.proto` is absolute
            write the path from the root of the tree, as in import "acme/order.proto";
        with backslashes
          main.proto:1:27 ["acme\\money.proto"] the import path `acme\money.proto` has a backslash in it
            write the path from the root of the tree, as in import "acme/order.proto";
        with an empty part
          main.proto:1:27 ["acme//money.proto"] the import path `acme//money.proto` has an empty part or a `.` in it
            write the path from the root of the tree, as in import "acme/order.proto";
        itself
          main.proto:1:20 [import "main.proto";] the file imports itself
            leave the import out
        twice
          main.proto:2:1 [import "other.proto";] `other.proto` is imported twice
            import it once
        in a circle
          b.proto:1:20 [import "a.proto";] files import each other: a.proto → b.proto → a.proto
            move what both need into a third file
        an import that is not parsed
          other.proto:1:30 [{] message `A` is never closed
            add the missing `}`
        lite
          main.proto:1:20 [import "other.proto";] `other.proto` is for the lite runtime, and this file is not
            only files with `option optimize_for = LITE_RUNTIME;` can import it
    "#]],
    );
}

const ENUMS: &str = r#"
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

const JSON: &str = r#"
=== two names become one
message A { string foo_bar = 1; string fooBar = 2; }
=== one is given
message A { string foo = 1; string bar = 2 [json_name = "foo"]; }
=== both are given
message A { string a = 1 [json_name = "x"]; string b = 2 [json_name = "x"]; }
=== both are given in proto2
syntax = "proto2";
message A { optional string a = 1 [json_name = "x"]; optional string b = 2 [json_name = "x"]; }
=== in brackets
message A { string a = 1 [json_name = "[a]"]; }
=== of an extension
syntax = "proto2";
message A { extensions 1 to 9; }
extend A { optional string a = 1 [json_name = "x"]; }
=== not a string
message A { string a = 1 [json_name = x]; }
"#;

#[test]
fn json_names() {
    check(
        JSON,
        expect![[r#"
        two names become one
          main.proto:1:59 [fooBar] `fooBar` and `foo_bar` have the same name in JSON
            it is `fooBar`; rename a field
        one is given
          main.proto:1:55 [bar] `bar` and `foo` have the same name in JSON
            it is `foo`; rename a field
        both are given
          main.proto:1:71 [b] `b` and `a` have the same name in JSON
            it is `x`; rename a field
        both are given in proto2
          main.proto:2:70 [b] `b` and `a` have the same name in JSON
            it is `x`; rename a field
        in brackets
          main.proto:1:32 [string a = 1 [json_name = "[a]"];] the `json_name` of `a` stands in brackets
            names in brackets are those of extensions
        of an extension
          main.proto:3:35 [json_name = "x"] an extension has no `json_name`
            in ProtoJSON it is written as its full name in brackets
        not a string
          main.proto:1:58 [x] `json_name` is a string
    "#]],
    );
}

const EXTENSIONS: &str = r#"
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

const DEFAULTS: &str = r#"
=== of the wrong type
syntax = "proto2";
enum E { X = 0; }
message B { }
message A {
  optional int32 a = 1 [default = 2147483648];
  optional uint32 b = 2 [default = -1];
  optional int64 c = 3 [default = 1.5];
  optional bool d = 4 [default = 1];
  optional string e = 5 [default = x];
  optional float f = 6 [default = "1"];
  optional E g = 7 [default = Y];
  optional E h = 8 [default = 0];
  optional B i = 9 [default = "x"];
  repeated int32 j = 10 [default = 1];
  optional bytes k = 11 [default = 5];
}
=== not a text (ours)
syntax = "proto2";
message A { optional string a = 1 [default = "\xff"]; }
=== twice
syntax = "proto2";
message A { optional string a = 1 [default = "x", default = "y"]; }
"#;

#[test]
fn defaults() {
    check(
        DEFAULTS,
        expect![[r#"
            of the wrong type
              main.proto:5:35 [2147483648] the default of this field must be a whole number of 32 bits
              main.proto:6:36 [-1] the default of this field must be a whole number of 32 bits without a sign
              main.proto:7:35 [1.5] the default of this field must be a whole number of 64 bits
              main.proto:8:34 [1] the default of this field must be `true` or `false`
              main.proto:9:36 [x] the default of this field must be a string of UTF-8
              main.proto:10:35 ["1"] the default of this field must be a number, `inf` or `nan`
              main.proto:11:31 [Y] the default of this field must be a value of `E`, which has no `Y`; did you mean `X`?
              main.proto:12:31 [0] the default of this field must be the name of a value of `E`
              main.proto:13:21 [default = "x"] a message field has no default
                leave it out
              main.proto:14:26 [default = 1] a repeated field has no default
                leave it out
              main.proto:15:36 [5] the default of this field must be a string
            not a text (ours)
              main.proto:2:46 ["\xff"] the default of this field must be a string of UTF-8
            twice
              main.proto:2:51 [default] `default` is set twice
        "#]],
    );
}
