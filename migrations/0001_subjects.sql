-- One row per context. Every change takes this row's lock first (`UPDATE … RETURNING`), which orders the writers of a context.
-- `revision` is the change sequence: each change of a subject or of a setting takes the next value.
CREATE TABLE contexts (
    context           TEXT COLLATE "C" NOT NULL PRIMARY KEY CHECK (context <> ''),
    last_schema_id    BIGINT NOT NULL CHECK (last_schema_id >= 0),
    revision          BIGINT NOT NULL CHECK (revision >= 0),
    settings_revision BIGINT NOT NULL CHECK (settings_revision >= 0),
    config            TEXT
);

INSERT INTO contexts (context, last_schema_id, revision, settings_revision) VALUES ('.', 0, 0, 0);

-- One row per schema that ever had an id, for ever: the same schema gets its old id back, and no id is given twice.
-- `text` is null once the last version that used the schema was permanently deleted.
CREATE TABLE schemas (
    context         TEXT COLLATE "C" NOT NULL REFERENCES contexts (context),
    id              INTEGER NOT NULL CHECK (id > 0),
    guid            TEXT COLLATE "C" NOT NULL CHECK (length(guid) = 36),
    format          TEXT NOT NULL CHECK (format <> ''),
    text            TEXT,
    metadata        TEXT,
    rule_set        TEXT,
    reference_count INTEGER NOT NULL CHECK (reference_count >= 0),
    created_at      BIGINT NOT NULL,
    PRIMARY KEY (context, id),
    UNIQUE (guid, context)
);

CREATE TABLE schema_references (
    context   TEXT COLLATE "C" NOT NULL,
    schema_id INTEGER NOT NULL,
    position  INTEGER NOT NULL CHECK (position >= 0),
    name      TEXT NOT NULL,
    subject   TEXT COLLATE "C" NOT NULL,
    version   INTEGER NOT NULL CHECK (version > 0),
    PRIMARY KEY (context, schema_id, position),
    FOREIGN KEY (context, schema_id) REFERENCES schemas (context, id)
);

CREATE INDEX schema_references_by_target ON schema_references (context, subject, version);

-- One row per subject that has versions (soft-deleted ones count) or a setting of its own.
-- `last_version` is the highest version, `latest_version` the highest that is not soft-deleted; 0 says that there is none.
CREATE TABLE subjects (
    context        TEXT COLLATE "C" NOT NULL REFERENCES contexts (context),
    subject        TEXT COLLATE "C" NOT NULL,
    revision       BIGINT NOT NULL CHECK (revision > 0),
    last_version   INTEGER NOT NULL,
    latest_version INTEGER NOT NULL,
    config         TEXT,
    PRIMARY KEY (context, subject),
    CHECK (0 <= latest_version AND latest_version <= last_version)
);

CREATE TABLE versions (
    context    TEXT COLLATE "C" NOT NULL,
    subject    TEXT COLLATE "C" NOT NULL,
    version    INTEGER NOT NULL CHECK (version > 0),
    schema_id  INTEGER NOT NULL,
    deleted    BOOLEAN NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (context, subject, version),
    FOREIGN KEY (context, schema_id) REFERENCES schemas (context, id)
);

CREATE INDEX versions_by_schema ON versions (context, schema_id, subject, version);
