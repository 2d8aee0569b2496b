//! Names that something else of the same name is in the way of, and types that a file does not see.

use expect_test::expect;

use super::super::cases::{Case, cases};

pub const HIDDEN: &str = r#"
=== a field is passed over for a type
message Foo { } message A { int32 Foo = 1; Foo b = 2; map<string, Foo> c = 3; }
=== a oneof and a value are passed over for a type
message x { } message V { } message A { oneof x { int32 a = 1; } enum E { V = 0; } x b = 2; V c = 3; }
=== a method is in the way of what it takes
message X { } service S { rpc X(X) returns (X); }
=== another method too
message X { } service S { rpc R(X) returns (.X); rpc X(.X) returns (.X); }
=== a field is in the way of what is extended
syntax = "proto2"; message Foo { extensions 1 to 9; } message A { optional int32 Foo = 1; extend Foo { optional int32 x = 2; } }
=== an enum's value and a service are in the way of what is taken
package p; import "r.proto"; enum E { T = 0; } service U { } service S { rpc A(T) returns (U); rpc B(.T) returns (.U); }
--- r.proto
message T { } message U { }
=== a field is in the way of an option
import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { int32 opt = 50000; } message A { int32 opt = 1 [(opt) = 3]; int32 b = 2 [(.opt) = 3]; }
=== a message is in the way of an option
import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { int32 opt = 50000; } message A { message opt { } int32 x = 1 [(opt) = 3]; }
=== what has no parts is passed over
import "q.proto"; message A { int32 q = 1; q.T t = 2; }
--- q.proto
package q; message T { }
"#;

pub const EDITION_2024: &str = r#"
=== names in style
edition = "2024"; package foo_x.v1; message Foo2Bar { int32 foo_bar2 = 1; oneof one_of { int32 a = 2; } enum E { A_B2 = 0; C = 1; } extensions 10 to 20; }
message F { } extend Foo2Bar { int32 x = 10; } service Srv { rpc Get(F) returns (F); }
=== messages
edition = "2024"; message foo { } message Foo_Bar { } message _Foo { }
=== fields
edition = "2024"; message A { int32 fooBar = 1; int32 Foo = 2; int32 foo_2 = 3; int32 a__b = 4; int32 b_ = 5; int32 _c = 6; oneof O { int32 d = 7; } }
=== enums
edition = "2024"; enum e { a = 0; A_2 = 1; A__B = 2; B_ = 3; Ab = 4; }
=== services
edition = "2024"; message A { } service s { rpc get(A) returns (A); }
=== packages
edition = "2024"; package Foo.bar_2;
=== nested names
edition = "2024"; message A { message b { } enum c { D = 0; } extensions 1 to 5; extend A { int32 fooBar = 1; } }
=== the style of before
edition = "2024"; package Foo; option features.enforce_naming_style = STYLE_LEGACY; message foo_bar { int32 fooBar = 1; }
=== the style of before in places
edition = "2024"; message foo { option features.enforce_naming_style = STYLE_LEGACY; int32 fooBar = 1; } message A { int32 fooBar = 1 [features.enforce_naming_style = STYLE_LEGACY]; int32 c_ = 2 [features = { enforce_naming_style: 2 }]; } enum E { a = 0 [features.enforce_naming_style = STYLE_LEGACY]; }
=== no style before
edition = "2023"; message foo_bar { int32 fooBar = 1; }
=== what others see
edition = "2024"; import "b.proto"; message A { B b = 1; B.Ex ex = 2; A.In in = 3; message In { } }
--- b.proto
edition = "2024"; message B { message Lo { } export message Ex { } }
=== what is nested is local
edition = "2024"; import "b.proto"; message A { B.Lo lo = 1; B.E e = 2; map<string, B.Lo> m = 3; }
--- b.proto
edition = "2024"; message B { message Lo { } enum E { X = 0; } }
=== for files of other languages too
import "b.proto"; message A { B.Lo lo = 1; }
--- b.proto
edition = "2024"; message B { message Lo { } }
=== local ones
edition = "2024"; import "b.proto"; extend B { int32 x = 1; } service S { rpc R(B) returns (B); }
--- b.proto
edition = "2024"; local message B { extensions 1 to 4; }
=== nothing is exported
edition = "2024"; import "b.proto"; import "c.proto"; message A { B b = 1; C c = 2; }
--- b.proto
edition = "2024"; option features.default_symbol_visibility = STRICT; message B { }
--- c.proto
edition = "2024"; option features = { default_symbol_visibility: 3 }; message C { }
=== everything is exported
edition = "2024"; import "b.proto"; message A { B.Lo lo = 1; }
--- b.proto
edition = "2024"; option features.default_symbol_visibility = EXPORT_ALL; message B { message Lo { } }
=== nothing nested can be exported
edition = "2024"; option features.default_symbol_visibility = STRICT; export message B { export message C { } } message D { reserved 1 to max; export enum F { X = 0; } }
=== but in a message that is local
edition = "2024"; local message B { export message C { } }
=== a type that is imported for options
edition = "2024"; import option "b.proto"; message A { B b = 1; } extend B { int32 o = 1; } service S { rpc R(B) returns (C); }
--- b.proto
edition = "2024"; import public "c.proto"; message B { extensions 1 to 5; }
--- c.proto
edition = "2024"; message C { }
=== an option that is imported for options
edition = "2024"; import option "b.proto"; message A { int32 a = 1 [(p.o) = 3]; }
--- b.proto
edition = "2024"; package p; import "google/protobuf/descriptor.proto"; extend google.protobuf.FieldOptions { int32 o = 50000; }
=== imports behind those for options
edition = "2024"; import option "b.proto"; import "c.proto";
--- b.proto
edition = "2024"; message B { }
--- c.proto
edition = "2024"; message C { }
"#;

pub const DECLARED: &str = r#"
=== declared extensions
syntax = "proto2"; message M { } enum E { X = 0; } message A { extensions 4 to 10 [declaration = { number: 4 full_name: ".a" type: "string" }, declaration = { number: 5 full_name: ".b" type: ".M" repeated: true }, declaration = { number: 6 full_name: ".C" type: ".C" }, declaration = { number: 7 full_name: ".e" type: ".E" }, declaration = { number: 8 reserved: true }, declaration = { number: 9 full_name: ".x" type: "int32" reserved: true }]; }
extend A { optional string a = 4; repeated M b = 5; optional E e = 7; }
=== declared otherwise
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 full_name: ".x" type: "string" }, declaration = { number: 5 full_name: ".y" type: "int32" }, declaration = { number: 6 full_name: ".z" type: "string" repeated: true }, declaration = { number: 7 full_name: ".w" type: "string" }, declaration = { number: 8 reserved: true }]; }
extend A { optional string q = 4; optional string y = 5; optional string z = 6; repeated string w = 7; optional string r = 8; optional string s = 9; }
=== nothing is declared
syntax = "proto2"; message A { extensions 4 to 10 [verification = DECLARATION]; extensions 14 to 20 [verification = UNVERIFIED]; } extend A { optional string z = 4; optional string y = 14; }
=== declared and unverified
syntax = "proto2"; message A { extensions 4 to 10 [verification = UNVERIFIED, declaration = { number: 4 full_name: ".x" type: "string" }]; }
=== numbers
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 11 full_name: ".x" type: "string" }]; }
=== no number
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { full_name: ".x" type: "string" }]; }
=== a number twice
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 full_name: ".x" type: "string" }, declaration = { number: 4 full_name: ".y" type: "string" }]; }
=== a name twice
syntax = "proto2"; message A { extensions 4 to 5 [declaration = { number: 4 full_name: ".x" type: "string" }]; extensions 6 to 8 [declaration = { number: 6 full_name: ".x" type: "string" }]; }
=== a name in two messages
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 full_name: ".x" type: "string" }]; } message B { extensions 4 to 10 [declaration = { number: 4 full_name: ".x" type: "string" }]; }
=== one statement for two ranges
syntax = "proto2"; message A { extensions 4 to 10, 20 to 30 [declaration = { number: 4 full_name: ".x" type: "string" }]; }
=== names without a dot
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 full_name: "x" type: "string" }]; }
=== types without a dot
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 full_name: ".x" type: "strang" }]; }
=== no name at all
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 full_name: ".x..y" type: ".Foo" }]; }
=== half of it
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 full_name: ".x" }]; }
=== none of it
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 }]; }
=== in another file
syntax = "proto2"; import "a.proto"; extend A { optional string z = 5; }
--- a.proto
syntax = "proto2"; message A { extensions 4 to 10 [declaration = { number: 4 full_name: ".x" type: "string" }]; }
"#;

fn render(text: &str) -> String {
    cases(text).iter().map(Case::render).collect()
}

#[test]
fn what_is_nearest_decides() {
    expect![[r#"
        a field is passed over for a type
          fine
        a oneof and a value are passed over for a type
          fine
        a method is in the way of what it takes
          main.proto:1:52 [X] could not resolve type `X`
            the nearest of that name is `S.X`, a method; write `.X` if it stands at the root, or its full name
          main.proto:1:64 [X] could not resolve type `X`
            the nearest of that name is `S.X`, a method; write `.X` if it stands at the root, or its full name
        another method too
          main.proto:1:52 [X] could not resolve type `X`
            the nearest of that name is `S.X`, a method; write `.X` if it stands at the root, or its full name
        a field is in the way of what is extended
          main.proto:1:98 [Foo] could not resolve type `Foo`
            the nearest of that name is `A.Foo`, a field; write `.Foo` if it stands at the root, or its full name
        an enum's value and a service are in the way of what is taken
          main.proto:1:99 [T] could not resolve type `T`
            the nearest of that name is `p.T`, an enum's value; write `.T` if it stands at the root, or its full name
          main.proto:1:111 [U] could not resolve type `U`
            the nearest of that name is `p.U`, a service; write `.U` if it stands at the root, or its full name
        a field is in the way of an option
          main.proto:1:149 [(opt)] could not resolve option `opt`
            the nearest of that name is `A.opt`, a field; write `.opt` if it stands at the root, or its full name
        a message is in the way of an option
          main.proto:1:163 [(opt)] could not resolve option `opt`
            the nearest of that name is `A.opt`, a message; write `.opt` if it stands at the root, or its full name
        what has no parts is passed over
          fine
    "#]]
    .assert_eq(&render(HIDDEN));
}

#[test]
fn what_edition_2024_asks_for() {
    expect![[r#"
        names in style
          fine
        messages
          main.proto:1:27 [foo] the name of the message `foo` does not follow the style of this edition
            such a name is in TitleCase, without `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:43 [Foo_Bar] the name of the message `Foo_Bar` does not follow the style of this edition
            such a name is in TitleCase, without `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:63 [_Foo] the name of the message `_Foo` does not follow the style of this edition
            such a name is in TitleCase, without `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
        fields
          main.proto:1:37 [fooBar] the name of the field `fooBar` does not follow the style of this edition
            such a name is in lower_snake_case; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:55 [Foo] the name of the field `Foo` does not follow the style of this edition
            such a name is in lower_snake_case; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:70 [foo_2] the name of the field `foo_2` does not follow the style of this edition
            such a name has a letter after each `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:87 [a__b] the name of the field `a__b` does not follow the style of this edition
            such a name has a letter after each `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:103 [b_] the name of the field `b_` does not follow the style of this edition
            such a name has a letter after each `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:117 [_c] the name of the field `_c` does not follow the style of this edition
            such a name is in lower_snake_case; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:131 [O] the name of the oneof `O` does not follow the style of this edition
            such a name is in lower_snake_case; `features.enforce_naming_style = STYLE_LEGACY` takes others
        enums
          main.proto:1:24 [e] the name of the enum `e` does not follow the style of this edition
            such a name is in TitleCase, without `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:28 [a] the name of the value `a` does not follow the style of this edition
            such a name is in UPPER_SNAKE_CASE; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:35 [A_2] the name of the value `A_2` does not follow the style of this edition
            such a name has a letter after each `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:44 [A__B] the name of the value `A__B` does not follow the style of this edition
            such a name has a letter after each `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:54 [B_] the name of the value `B_` does not follow the style of this edition
            such a name has a letter after each `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:62 [Ab] the name of the value `Ab` does not follow the style of this edition
            such a name is in UPPER_SNAKE_CASE; `features.enforce_naming_style = STYLE_LEGACY` takes others
        services
          main.proto:1:41 [s] the name of the service `s` does not follow the style of this edition
            such a name is in TitleCase, without `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:49 [get] the name of the method `get` does not follow the style of this edition
            such a name is in TitleCase, without `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
        packages
          main.proto:1:27 [Foo.bar_2] the name of the package `Foo.bar_2` does not follow the style of this edition
            such a name is in lower_snake_case; `features.enforce_naming_style = STYLE_LEGACY` takes others
        nested names
          main.proto:1:39 [b] the name of the message `b` does not follow the style of this edition
            such a name is in TitleCase, without `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:50 [c] the name of the enum `c` does not follow the style of this edition
            such a name is in TitleCase, without `_`; `features.enforce_naming_style = STYLE_LEGACY` takes others
          main.proto:1:99 [fooBar] the name of the field `fooBar` does not follow the style of this edition
            such a name is in lower_snake_case; `features.enforce_naming_style = STYLE_LEGACY` takes others
        the style of before
          fine
        the style of before in places
          fine
        no style before
          fine
        what others see
          fine
        what is nested is local
          main.proto:1:49 [B.Lo] `B.Lo` is local to "b.proto", so this file cannot use it
            declare it with `export` there
          main.proto:1:62 [B.E] `B.E` is local to "b.proto", so this file cannot use it
            declare it with `export` there
          main.proto:1:85 [B.Lo] `B.Lo` is local to "b.proto", so this file cannot use it
            declare it with `export` there
        for files of other languages too
          main.proto:1:50 [B.Lo] `B.Lo` is local to "b.proto", so this file cannot use it
            declare it with `export` there
        local ones
          main.proto:1:44 [B] `B` is local to "b.proto", so this file cannot use it
            declare it with `export` there
          main.proto:1:81 [B] `B` is local to "b.proto", so this file cannot use it
            declare it with `export` there
          main.proto:1:93 [B] `B` is local to "b.proto", so this file cannot use it
            declare it with `export` there
        nothing is exported
          main.proto:1:67 [B] `B` is local to "b.proto", so this file cannot use it
            declare it with `export` there
          main.proto:1:76 [C] `C` is local to "c.proto", so this file cannot use it
            declare it with `export` there
        everything is exported
          fine
        nothing nested can be exported
          main.proto:1:105 [C] `C` stands within a message and cannot be exported
            `features.default_symbol_visibility` is STRICT; move it to the top of a file
        but in a message that is local
          fine
        a type that is imported for options
          main.proto:1:56 [B] could not resolve type `B`
            it is declared in "b.proto", which this file does not import
          main.proto:1:74 [B] could not resolve type `B`
            it is declared in "b.proto", which this file does not import
          main.proto:1:111 [B] could not resolve type `B`
            it is declared in "b.proto", which this file does not import
          main.proto:1:123 [C] could not resolve type `C`
            it is declared in "c.proto", which this file does not import
        an option that is imported for options
          fine
        imports behind those for options
          main.proto:1:44 [import "c.proto";] an import stands behind one for options
            move it in front of each `import option`
    "#]]
    .assert_eq(&render(EDITION_2024));
}

#[test]
fn extensions_are_those_that_are_declared() {
    expect![[r#"
        declared extensions
          fine
        declared otherwise
          main.proto:2:28 [q] `A` declares that the extension 4 must be called `.x`
          main.proto:2:44 [string] `A` declares that the extension 5 must be of the type `int32`
          main.proto:2:58 [optional string z = 6;] `A` declares that the extension 6 must be repeated
          main.proto:2:81 [repeated string w = 7;] `A` declares that the extension 7 must not be repeated
          main.proto:2:124 [8] `A` reserves the extension number 8
          main.proto:2:147 [9] `A` declares its extensions, and none of the number 9
            add a declaration to its range of extensions
        nothing is declared
          main.proto:1:163 [4] `A` declares its extensions, and none of the number 4
            add a declaration to its range of extensions
        declared and unverified
          main.proto:1:52 [verification = UNVERIFIED] a range that declares extensions is not `UNVERIFIED`
            leave `verification` out
        numbers
          main.proto:1:52 [declaration = { number: 11 full_name: ".x" type: "string" }] the declared number 11 is not in the range
            declare it with the range that has it
        no number
          main.proto:1:52 [declaration = { full_name: ".x" type: "string" }] the declared number 0 is not in the range
            declare it with the range that has it
        a number twice
          main.proto:1:112 [declaration = { number: 4 full_name: ".y" type: "string" }] the number 4 is declared twice
            declare it once
        a name twice
          main.proto:1:131 [declaration = { number: 6 full_name: ".x" type: "string" }] the extension `.x` is declared twice
            declare it once, with one range
        a name in two messages
          fine
        one statement for two ranges
          main.proto:1:62 [declaration = { number: 4 full_name: ".x" type: "string" }] the declared number 4 is not in the range
            declare it with the range that has it
          main.proto:1:62 [declaration = { number: 4 full_name: ".x" type: "string" }] the extension `.x` is declared twice
            declare it once, with one range
        names without a dot
          main.proto:1:52 [declaration = { number: 4 full_name: "x" type: "string" }] the declaration of 4 is incomplete or wrong: the full name `x` begins with a dot
            full_name: ".acme.owner" type: "string"
        types without a dot
          main.proto:1:52 [declaration = { number: 4 full_name: ".x" type: "strang" }] the declaration of 4 is incomplete or wrong: the full name `strang` begins with a dot
            full_name: ".acme.owner" type: "string"
        no name at all
          main.proto:1:52 [declaration = { number: 4 full_name: ".x..y" type: ".Foo" }] the declaration of 4 is incomplete or wrong: `.x..y` is no name
            full_name: ".acme.owner" type: "string"
        half of it
          main.proto:1:52 [declaration = { number: 4 full_name: ".x" }] the declaration of 4 is incomplete or wrong: it needs both `full_name` and `type`
            full_name: ".acme.owner" type: "string"
        none of it
          main.proto:1:52 [declaration = { number: 4 }] the declaration of 4 is incomplete or wrong: it needs both `full_name` and `type`
            full_name: ".acme.owner" type: "string"
        in another file
          main.proto:1:69 [5] `A` declares its extensions, and none of the number 5
            add a declaration to its range of extensions
    "#]].assert_eq(&render(DECLARED));
}
