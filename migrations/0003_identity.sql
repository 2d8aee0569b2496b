-- An id names one content for ever, and what a schema is, is its whole content: `identity`, a SHA-256 over all parts of it.
-- The guid, an MD5 without separators that clients know, is no identity: several schemas may have one, and nothing forbids
-- that one content has two ids (an import may say so). The row of a schema goes with the last version that uses it.
--
-- SQLite cannot drop a constraint, so the table is made anew, with those that refer to it; both databases do the same.

-- Whoever writes takes this column first: a node of the version before finds it gone, and writes nothing any more.
-- `last_purge` is the change that last removed a schema for good: other nodes ask for it and forget what they remember.
ALTER TABLE contexts RENAME COLUMN revision TO last_revision;
ALTER TABLE contexts ADD COLUMN last_purge BIGINT NOT NULL DEFAULT 0;

-- `identity` is 64 hexadecimal digits. Schemas that were stored before have their guid there: what they are is compared when it matters.
CREATE TABLE schemas_with_identity (
    context         TEXT COLLATE "C" NOT NULL REFERENCES contexts (context),
    id              INTEGER NOT NULL CHECK (id > 0),
    guid            TEXT COLLATE "C" NOT NULL CHECK (length(guid) = 36),
    identity        TEXT COLLATE "C" NOT NULL CHECK (length(identity) IN (36, 64)),
    format          TEXT NOT NULL CHECK (format <> ''),
    text            TEXT NOT NULL,
    metadata        TEXT,
    rule_set        TEXT,
    reference_count INTEGER NOT NULL CHECK (reference_count >= 0),
    created_at      BIGINT NOT NULL,
    CONSTRAINT schemas_by_id PRIMARY KEY (context, id)
);

INSERT INTO schemas_with_identity
    SELECT context, id, guid, guid, format, text, metadata, rule_set, reference_count, created_at
    FROM schemas WHERE text IS NOT NULL;

CREATE TABLE references_of_schemas (
    context   TEXT COLLATE "C" NOT NULL,
    schema_id INTEGER NOT NULL,
    position  INTEGER NOT NULL CHECK (position >= 0),
    name      TEXT NOT NULL,
    subject   TEXT COLLATE "C" NOT NULL,
    version   INTEGER NOT NULL CHECK (version > 0),
    CONSTRAINT schema_references_by_position PRIMARY KEY (context, schema_id, position),
    FOREIGN KEY (context, schema_id) REFERENCES schemas_with_identity (context, id)
);

INSERT INTO references_of_schemas
    SELECT context, schema_id, position, name, subject, version FROM schema_references;

CREATE TABLE versions_of_schemas (
    context    TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    schema_id  INTEGER NOT NULL,
    deleted    BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    CONSTRAINT versions_by_number PRIMARY KEY (context, subject, version),
    FOREIGN KEY (context, schema_id) REFERENCES schemas_with_identity (context, id)
);

INSERT INTO versions_of_schemas
    SELECT context, subject, version, schema_id, deleted, created_at FROM versions;

DROP TABLE schema_references;
DROP TABLE versions;
DROP TABLE schemas;

ALTER TABLE schemas_with_identity RENAME TO schemas;
ALTER TABLE references_of_schemas RENAME TO schema_references;
ALTER TABLE versions_of_schemas RENAME TO versions;

CREATE INDEX schemas_by_guid ON schemas (guid, context, id);
CREATE INDEX schemas_by_identity ON schemas (identity, context);
CREATE INDEX schema_references_by_target ON schema_references (context, subject, version);
CREATE INDEX versions_by_schema ON versions (context, schema_id, subject, version);
