//! The ways in which an Avro reader can fail to take what a writer writes.

crate::declare_rules! {
    "avro":
    /// The kinds differ and the writer's does not promote to the reader's.
    TYPE_MISMATCH = "type-mismatch", OtherType, Refused;
    /// A record, enum or fixed is called otherwise, and no alias says so, or Avro Java does not see that one does.
    NAME_MISMATCH = "name-mismatch", OtherType, Refused;
    /// Two fixeds differ in size.
    FIXED_SIZE_MISMATCH = "fixed-size-mismatch", OtherType, Refused;
    /// The writer's enum has symbols that the reader's does not know, and the reader has no default.
    SYMBOL_UNKNOWN = "symbol-unknown", UnknownSymbol, Refused;
    /// The reader has a field that the writer never wrote, and no default for it.
    FIELD_WITHOUT_DEFAULT = "field-without-default", Missing, Refused;
    /// The reader has a field that the writer never wrote, and its default is no value of its type.
    WRONG_DEFAULT = "wrong-default", Missing, Refused;
    /// An alias makes two fields claim one another.
    AMBIGUOUS_ALIAS = "ambiguous-alias", Ambiguous, Refused;
    /// The writer may send a type that the reader's union does not hold.
    UNION_BRANCH_MISSING = "union-branch-missing", OtherType, Refused;
    /// The reader takes for text what the writer may fill with any bytes.
    BYTES_NOT_TEXT = "bytes-not-text", OtherType, Refused;
    /// Both are decimals, but the same bytes mean another number.
    DECIMAL_CHANGED = "decimal-changed", OtherMeaning, OtherValue;
    /// Both carry logical types, but the same number means something else.
    LOGICAL_TYPE_CHANGED = "logical-type-changed", OtherMeaning, OtherValue;
    /// A promotion that the specification allows loses digits.
    LOSSY_PROMOTION = "lossy-promotion", Lossy, OtherValue;
    /// The reader takes its default for a field that the writer does not have.
    FIELD_READ_AS_DEFAULT = "field-read-as-default", ReadAsDefault, DefaultTaken;
    /// The reader takes its default for a symbol that it does not know.
    SYMBOL_READ_AS_DEFAULT = "symbol-read-as-default", UnknownSymbol, DefaultTaken;
}
