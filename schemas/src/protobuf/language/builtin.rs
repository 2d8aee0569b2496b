//! Files that every schema may import without giving them: Protobuf's own, Google's common types and Confluent's.
//!
//! They are parsed when they are first asked for, once, and linked only where they are needed. A file that is given under the
//! same path goes first.

use std::sync::{Arc, OnceLock};

use super::limits::Limits;
use super::link::link_owned;
use super::parse::parse;
use super::schema::FileSet;
use super::syntax::File;
use crate::text::source::Source;

struct Builtin {
    path: &'static str,
    text: &'static str,
    parsed: OnceLock<Option<Arc<File>>>,
}

macro_rules! builtin {
    ($($path:literal),* $(,)?) => {
        [$(Builtin {
            path: $path,
            text: include_str!(concat!("builtin/", $path)),
            parsed: OnceLock::new(),
        }),*]
    };
}

/// By path, in order.
static FILES: [Builtin; 35] = builtin![
    "confluent/meta.proto",
    "confluent/type/decimal.proto",
    "confluent/type/variant.proto",
    "google/protobuf/any.proto",
    "google/protobuf/api.proto",
    "google/protobuf/compiler/plugin.proto",
    "google/protobuf/cpp_features.proto",
    "google/protobuf/descriptor.proto",
    "google/protobuf/duration.proto",
    "google/protobuf/empty.proto",
    "google/protobuf/field_mask.proto",
    "google/protobuf/go_features.proto",
    "google/protobuf/java_features.proto",
    "google/protobuf/source_context.proto",
    "google/protobuf/struct.proto",
    "google/protobuf/timestamp.proto",
    "google/protobuf/type.proto",
    "google/protobuf/wrappers.proto",
    "google/type/calendar_period.proto",
    "google/type/color.proto",
    "google/type/date.proto",
    "google/type/datetime.proto",
    "google/type/dayofweek.proto",
    "google/type/decimal.proto",
    "google/type/expr.proto",
    "google/type/fraction.proto",
    "google/type/interval.proto",
    "google/type/latlng.proto",
    "google/type/localized_text.proto",
    "google/type/money.proto",
    "google/type/month.proto",
    "google/type/phone_number.proto",
    "google/type/postal_address.proto",
    "google/type/quaternion.proto",
    "google/type/timeofday.proto",
];

/// The built-in file of this path.
pub fn file(path: &str) -> Option<Arc<File>> {
    let index = FILES.binary_search_by(|known| known.path.cmp(path)).ok()?;
    let known = FILES.get(index)?;
    let parsed = known.parsed.get_or_init(|| {
        let source = Source::new(known.path, known.text);
        parse(&source, known.path, &Limits::UNBOUNDED_SIZE).ok().map(Arc::new)
    });
    parsed.clone()
}

/// The paths of all built-in files, in order.
pub fn paths() -> impl Iterator<Item = &'static str> {
    FILES.iter().map(|known| known.path)
}

/// The path of the file that says which options there are.
pub const DESCRIPTOR: &str = "google/protobuf/descriptor.proto";

/// The linked descriptor.proto: what standard options are.
pub fn descriptor() -> Option<&'static FileSet> {
    static LINKED: OnceLock<Option<FileSet>> = OnceLock::new();
    LINKED
        .get_or_init(|| link_owned(vec![file(DESCRIPTOR)?], 1, 0).ok())
        .as_ref()
}
