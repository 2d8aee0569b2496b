//! The ways in which a Protobuf reader can fail to take what a writer writes.

crate::declare_rules! {
    "protobuf":
    /// The reader requires a field that the writer may leave out, or never writes.
    REQUIRED_FIELD_MISSING = "required-field-missing", LeftOut, Refused;
    /// The wire types differ, so that the field never arrives.
    WIRE_TYPE_MISMATCH = "wire-type-mismatch", OtherType, Nothing;
    /// Bytes of one kind of content are taken for another.
    CONTENT_REINTERPRETED = "content-reinterpreted", OtherType, OtherValue;
    /// One of two messages is a well-known type that the other is not.
    WELL_KNOWN_TYPE_CHANGED = "well-known-type-changed", OtherMeaning, OtherValue;
    /// What need not be UTF-8 is taken for text.
    BYTES_NOT_TEXT = "bytes-not-text", OtherType, Refused;
    /// Some numbers do not fit the reader's kind.
    NUMBER_OUT_OF_RANGE = "number-out-of-range", Narrowed, OtherValue;
    /// The same bytes are understood as other numbers.
    NUMBER_REINTERPRETED = "number-reinterpreted", OtherType, OtherValue;
    /// The writer may send a number that the reader's enum has no name for.
    ENUM_NUMBER_UNKNOWN = "enum-number-unknown", UnknownSymbol, OtherValue;
    /// A name of an enum has another number.
    ENUM_RENUMBERED = "enum-renumbered", OtherMeaning, OtherValue;
    /// A name of a message has another number, so that what is written never gets into the field of that name.
    FIELD_RENUMBERED = "field-renumbered", OtherMeaning, Nothing;
    /// A number of a message has another name, of one type.
    FIELD_RENAMED = "field-renamed", Name, Same;
    /// What an earlier schema reserves is used again. Policy: that schema wrote no event that has it.
    RESERVED_USED_AGAIN = "reserved-used-again", Policy, Same;
    /// A number of an enum has another name. Only ProtoJSON carries names.
    ENUM_VALUE_RENAMED = "enum-value-renamed", JsonForm, Refused;
    /// Of several values the reader keeps one.
    LIST_READ_AS_ONE = "list-read-as-one", OtherType, OtherValue;
    /// Messages with one key are one entry of the reader's map.
    MAP_ENTRIES_COLLAPSE = "map-entries-collapse", Narrowed, OtherValue;
    /// The reader has a message's bytes, undecoded.
    MESSAGE_READ_AS_BYTES = "message-read-as-bytes", OtherType, OtherValue;
    /// Fields that may be set together meet in a oneof.
    ONEOF_CASE_LOST = "oneof-case-lost", CaseLost, Nothing;
    /// The writer's oneof may hold what the reader's does not have.
    ONEOF_CASE_UNKNOWN = "oneof-case-unknown", OtherCase, Nothing;
    /// A zero that is not written is read as the reader's default.
    ZERO_READ_AS_DEFAULT = "zero-read-as-default", OtherMeaning, DefaultTaken;
    /// Where nothing is written the two sides see different values.
    DEFAULT_CHANGED = "default-changed", OtherMeaning, DefaultTaken;
    /// Zero and nothing are two things to one side alone.
    PRESENCE_CHANGED = "presence-changed", Presence, OtherValue;
    /// The reader has no message of that name.
    TYPE_MISSING = "type-missing", Missing, Refused;
    /// The packages differ. Policy: the bytes can be read.
    PACKAGE_CHANGED = "package-changed", Name, Same;
    /// Confluent's registry refuses it. Policy: every payload can be read.
    FORBIDDEN_BY_CONFLUENT = "forbidden-by-confluent", Policy, Same;
    /// In ProtoJSON the field has another name.
    JSON_NAME_CHANGED = "json-name-changed", JsonForm, Refused;
    /// In ProtoJSON the value has another form.
    JSON_FORM_CHANGED = "json-form-changed", JsonForm, Refused;
    /// The reader does not have the field.
    FIELD_UNKNOWN = "field-unknown", UnknownField, Nothing;
    /// The writer does not have the field.
    FIELD_READ_AS_DEFAULT = "field-read-as-default", ReadAsDefault, DefaultTaken;
}
