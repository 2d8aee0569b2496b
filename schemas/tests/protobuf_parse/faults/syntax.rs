//! What is no text of the language.

use expect_test::expect;

use super::check;

pub const SYNTAX: &str = r#"
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
              main.proto:1:34 [﻿] `\u{feff}` is not allowed here
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
