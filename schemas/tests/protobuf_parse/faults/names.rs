//! Names and numbers that clash, and values that do not fit.

use expect_test::expect;

use super::check;

pub const NAMES: &str = r#"
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

pub const NUMBERS: &str = r#"
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

pub const JSON: &str = r#"
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

pub const DEFAULTS: &str = r#"
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
              main.proto:9:36 [x] the default of this field must be a string
              main.proto:10:35 ["1"] the default of this field must be a number, `inf` or `nan`
              main.proto:11:31 [Y] the default of this field must be a value of `E`, which has no `Y`
              main.proto:12:31 [0] the default of this field must be the name of a value of `E`
              main.proto:13:21 [default = "x"] a message field has no default
                leave it out
              main.proto:14:26 [default = 1] a repeated field has no default
                leave it out
              main.proto:15:36 [5] the default of this field must be a string
            twice
              main.proto:2:51 [default] `default` is set twice
        "#]],
    );
}
