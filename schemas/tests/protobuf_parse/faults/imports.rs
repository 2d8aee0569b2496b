//! Names and files that are not there.

use expect_test::expect;

use super::check;

pub const TYPES: &str = r#"
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

pub const IMPORTS: &str = r#"
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
            provide the imported file: with `--reference PATH`, for a tree `--include DIR`, for the registry `--references NAME=SUBJECT:VERSION`
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
