//! The ways in which a change can hurt a consumer.

treaty_schemas::declare_rules! {
    "contract":
    /// The field is gone, and the reader has no default for it.
    READ_FIELD_REMOVED = "read-field-removed";
    /// The field is gone, and the reader takes its default for data.
    READ_FIELD_SILENT_DEFAULT = "read-field-silent-default";
    /// The field may be null now.
    READ_FIELD_NULLABLE = "read-field-nullable";
    /// Two fields of the writer answer to the name or the aliases of the one that is read.
    READ_FIELD_AMBIGUOUS = "read-field-ambiguous";
    /// The field is of a type now that cannot be read as the old one.
    READ_TYPE_CHANGED = "read-type-changed";
    /// The field is of a type now that is read as the old one with a loss of digits.
    READ_TYPE_LOSSY = "read-type-lossy";
    /// The field is of another logical type now: the same bytes mean something else.
    READ_FORMAT_CHANGED = "read-format-changed";
    /// The field may be a symbol now that the consumer does not handle.
    READ_ENUM_VALUE_ADDED = "read-enum-value-added";
    /// The field can no longer be a symbol that the consumer handles.
    READ_ENUM_VALUE_REMOVED = "read-enum-value-removed";
    /// The field may be of a type now that its union did not have.
    READ_VARIANT_ADDED = "read-variant-added";
    /// There is a field now that the consumer does not know, and it refuses such events.
    UNKNOWN_FIELD_REJECTED = "unknown-field-rejected";
}
