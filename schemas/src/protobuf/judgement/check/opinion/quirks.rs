//! What prost-reflect is known to do otherwise than other runtimes.

use crate::opinion::Quirk;

/// All of them, as `docs/second-opinion.md` has them.
pub(crate) static QUIRKS: &[Quirk] = &[REQUIRED, WIRE_TYPES, MAPS, CLOSED_ENUMS, UTF8, NEGATIVE_ZERO];

pub(super) const REQUIRED: Quirk = Quirk {
    id: "required",
    what: "asks for no required fields",
    when: "the reader requires a field that the event does not have",
};

pub(super) const WIRE_TYPES: Quirk = Quirk {
    id: "wire-types",
    what: "refuses a field whose wire type does not fit, which others put aside as unknown",
    when: "a field is of another wire type for the reader",
};

pub(super) const MAPS: Quirk = Quirk {
    id: "maps",
    what: "looks at no wire type where a map is read, and takes whatever comes for an entry",
    when: "the writer's field, which has no length in front, has the number of a map of the reader's",
};

pub(super) const CLOSED_ENUMS: Quirk = Quirk {
    id: "closed-enums",
    what: "takes every enum for an open one and keeps numbers that it does not name",
    when: "others put aside a number that the reader's closed enum does not have",
};

pub(super) const UTF8: Quirk = Quirk {
    id: "utf-8",
    what: "refuses text that is not UTF-8 in proto2 too",
    when: "the reader lets through text that is not UTF-8",
};

pub(super) const NEGATIVE_ZERO: Quirk = Quirk {
    id: "negative-zero",
    what: "takes a negative zero for an absent field",
    when: "the witness is read as a negative zero in a field without presence",
};
