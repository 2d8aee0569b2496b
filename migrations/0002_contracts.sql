-- What an application published: one document per application and version of it.
-- The version is '' for an application that does not record its versions.
CREATE TABLE contracts (
    context      TEXT COLLATE "C" NOT NULL REFERENCES contexts (context),
    application  TEXT COLLATE "C" NOT NULL CHECK (application <> ''),
    version      TEXT COLLATE "C" NOT NULL,
    owner        TEXT NOT NULL,
    document     TEXT NOT NULL,
    hash         TEXT NOT NULL CHECK (hash <> ''),
    published_at BIGINT NOT NULL,
    PRIMARY KEY (context, application, version)
);

-- The subjects that a contract names, so that "who receives this subject?" is one look into an index.
CREATE TABLE contract_subjects (
    context     TEXT COLLATE "C" NOT NULL,
    application TEXT COLLATE "C" NOT NULL,
    version     TEXT COLLATE "C" NOT NULL,
    role        TEXT NOT NULL CHECK (role IN ('sends', 'receives')),
    subject     TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (context, application, version, role, subject),
    FOREIGN KEY (context, application, version) REFERENCES contracts (context, application, version)
);

-- All columns, because SQLite would rather read the whole primary key than look up rows.
CREATE INDEX contract_subjects_by_subject ON contract_subjects (context, subject, role, application, version);
