//! Contracts: what an application published about the subjects that it sends and receives.
//!
//! The document is JSON text that only the caller understands; beside it stands which subjects it names, so that the contracts
//! of a subject are found without reading the others.
//! Invariants: a contract and its subjects change together. Lists are read a page at a time, and without the documents,
//! which may be megabytes; whoever needs documents learns their sizes first.

use sqlx::QueryBuilder;

use crate::both::{End, on, tx};
use crate::context::lock;
use crate::{Store, StoreError, text};

/// Subjects per insert.
const ROWS: usize = 4096;

/// What an application does with a subject.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Role {
    /// It owns the schema and writes events.
    Sends,
    /// It reads events.
    Receives,
}

impl Role {
    fn name(self) -> &'static str {
        match self {
            Role::Sends => "sends",
            Role::Receives => "receives",
        }
    }
}

/// A published contract. One is kept per application and version.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct Contract {
    /// The application's name.
    pub application: String,
    /// The application's version; empty for one that does not record its versions.
    pub version: String,
    /// Who answers for the application.
    pub owner: String,
    /// The document, JSON text.
    pub document: String,
    /// The hash of the document, as the caller computed it: equal hashes are the same contract.
    pub hash: String,
    /// When it was published, in milliseconds since 1970 (UTC).
    pub published_at: i64,
}

/// A contract in a list: without its document.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct ContractEntry {
    /// The application's name.
    pub application: String,
    /// The application's version; empty for one that does not record its versions.
    pub version: String,
    /// Who answers for the application.
    pub owner: String,
    /// The hash of the document.
    pub hash: String,
    /// When it was published, in milliseconds since 1970 (UTC).
    pub published_at: i64,
}

/// A contract that names a subject, without its document.
#[derive(Debug, Clone, PartialEq, Eq, sqlx::FromRow)]
pub struct SubjectContract {
    /// The application's name.
    pub application: String,
    /// The application's version; empty for one that does not record its versions.
    pub version: String,
    /// Who answers for the application.
    pub owner: String,
    /// The hash of the document.
    pub hash: String,
    /// Bytes of the document.
    pub bytes: i64,
}

/// The last contract of a page: the next one begins after it. The first page begins after the default.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct After {
    /// The application's name.
    pub application: String,
    /// The application's version.
    pub version: String,
}

impl After {
    /// After this contract.
    pub fn new(application: &str, version: &str) -> After {
        After {
            application: application.to_owned(),
            version: version.to_owned(),
        }
    }
}

/// What publishing a contract did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Published {
    /// The application had published none for this version.
    Created,
    /// It takes the place of another one.
    Replaced,
    /// The same one (by hash) was published already: nothing was written.
    Unchanged,
}

impl Store {
    /// Publishes a contract with the subjects that it names; idempotent for an equal hash.
    pub async fn publish_contract(
        &self,
        context: &str,
        contract: &Contract,
        subjects: &[(Role, String)],
    ) -> Result<Published, StoreError> {
        check(context, contract, subjects)?;
        let mut subjects: Vec<(&str, &str)> = subjects
            .iter()
            .map(|(role, subject)| (role.name(), subject.as_str()))
            .collect();
        subjects.sort_unstable();
        subjects.dedup();
        tx!(self, |tx| {
            let _ = lock!(tx, context, 0, 1);
            let hash: Option<String> = sqlx::query_scalar(
                "SELECT hash FROM contracts WHERE context = $1 AND application = $2 AND version = $3",
            )
            .bind(context)
            .bind(contract.application.as_str())
            .bind(contract.version.as_str())
            .fetch_optional(&mut *tx)
            .await?;
            if hash.as_deref() == Some(contract.hash.as_str()) {
                return Ok(End::Discard(Published::Unchanged));
            }
            sqlx::query(
                "INSERT INTO contracts (context, application, version, owner, document, hash, published_at)
                 VALUES ($1, $2, $3, $4, $5, $6, $7)
                 ON CONFLICT (context, application, version) DO UPDATE SET owner = excluded.owner,
                     document = excluded.document, hash = excluded.hash, published_at = excluded.published_at",
            )
            .bind(context)
            .bind(contract.application.as_str())
            .bind(contract.version.as_str())
            .bind(contract.owner.as_str())
            .bind(contract.document.as_str())
            .bind(contract.hash.as_str())
            .bind(contract.published_at)
            .execute(&mut *tx)
            .await?;
            sqlx::query("DELETE FROM contract_subjects WHERE context = $1 AND application = $2 AND version = $3")
                .bind(context)
                .bind(contract.application.as_str())
                .bind(contract.version.as_str())
                .execute(&mut *tx)
                .await?;
            for some in subjects.chunks(ROWS) {
                let mut query =
                    QueryBuilder::new("INSERT INTO contract_subjects (context, application, version, role, subject) ");
                query.push_values(some, |mut row, (role, subject)| {
                    row.push_bind(context)
                        .push_bind(contract.application.as_str())
                        .push_bind(contract.version.as_str())
                        .push_bind(*role)
                        .push_bind(*subject);
                });
                query.build().persistent(false).execute(&mut *tx).await?;
            }
            Ok(End::Commit(match hash {
                None => Published::Created,
                Some(_) => Published::Replaced,
            }))
        })
    }

    /// The contract of an application in a version (empty for one that does not record its versions).
    pub async fn contract(
        &self,
        context: &str,
        application: &str,
        version: &str,
    ) -> Result<Option<Contract>, StoreError> {
        text::name("the application", application)?;
        text::name("the application's version", version)?;
        on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT application, version, owner, document, hash, published_at FROM contracts
                 WHERE context = $1 AND application = $2 AND version = $3",
            )
            .bind(context)
            .bind(application)
            .bind(version)
            .fetch_optional(db)
            .await?)
        })
    }

    /// A page of all contracts, by application and version, without their documents.
    pub async fn contracts(&self, context: &str, after: &After, limit: u32) -> Result<Vec<ContractEntry>, StoreError> {
        on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT application, version, owner, hash, published_at FROM contracts
                 WHERE context = $1 AND (application, version) > ($2, $3) ORDER BY application, version LIMIT $4",
            )
            .bind(context)
            .bind(after.application.as_str())
            .bind(after.version.as_str())
            .bind(i64::from(limit))
            .fetch_all(db)
            .await?)
        })
    }

    /// A page of the contracts that name this subject in this role, by application and version, without their documents.
    pub async fn contracts_of_subject(
        &self,
        context: &str,
        subject: &str,
        role: Role,
        after: &After,
        limit: u32,
    ) -> Result<Vec<SubjectContract>, StoreError> {
        text::name("the subject", subject)?;
        on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT c.application, c.version, c.owner, c.hash, CAST(octet_length(c.document) AS BIGINT) AS bytes
                 FROM contract_subjects s CROSS JOIN contracts c
                 WHERE s.context = $1 AND s.subject = $2 AND s.role = $3 AND (s.application, s.version) > ($4, $5)
                   AND c.context = s.context AND c.application = s.application AND c.version = s.version
                 ORDER BY s.application, s.version LIMIT $6",
            )
            .bind(context)
            .bind(subject)
            .bind(role.name())
            .bind(after.application.as_str())
            .bind(after.version.as_str())
            .bind(i64::from(limit))
            .fetch_all(db)
            .await?)
        })
    }

    /// Those of the contracts that name this subject in this role that come after one and up to another, with their documents:
    /// all of them, those too that were published since the page was read.
    pub async fn documents_of_subject(
        &self,
        context: &str,
        subject: &str,
        role: Role,
        after: &After,
        last: &After,
    ) -> Result<Vec<Contract>, StoreError> {
        text::name("the subject", subject)?;
        on!(self, |db| {
            Ok(sqlx::query_as(
                "SELECT c.application, c.version, c.owner, c.document, c.hash, c.published_at
                 FROM contract_subjects s CROSS JOIN contracts c
                 WHERE s.context = $1 AND s.subject = $2 AND s.role = $3 AND (s.application, s.version) > ($4, $5)
                   AND (s.application, s.version) <= ($6, $7)
                   AND c.context = s.context AND c.application = s.application AND c.version = s.version
                 ORDER BY s.application, s.version",
            )
            .bind(context)
            .bind(subject)
            .bind(role.name())
            .bind(after.application.as_str())
            .bind(after.version.as_str())
            .bind(last.application.as_str())
            .bind(last.version.as_str())
            .fetch_all(db)
            .await?)
        })
    }

    /// Withdraws a contract; says whether there was one.
    pub async fn delete_contract(&self, context: &str, application: &str, version: &str) -> Result<bool, StoreError> {
        text::name("the application", application)?;
        text::name("the application's version", version)?;
        tx!(self, |tx| {
            let _ = lock!(tx, context, 0, 1);
            sqlx::query("DELETE FROM contract_subjects WHERE context = $1 AND application = $2 AND version = $3")
                .bind(context)
                .bind(application)
                .bind(version)
                .execute(&mut *tx)
                .await?;
            let done = sqlx::query("DELETE FROM contracts WHERE context = $1 AND application = $2 AND version = $3")
                .bind(context)
                .bind(application)
                .bind(version)
                .execute(&mut *tx)
                .await?;
            if done.rows_affected() == 0 {
                return Ok(End::Discard(false));
            }
            Ok(End::Commit(true))
        })
    }
}

fn check(context: &str, contract: &Contract, subjects: &[(Role, String)]) -> Result<(), StoreError> {
    text::name("the context", context)?;
    text::name("the application", &contract.application)?;
    text::name("the application's version", &contract.version)?;
    text::clean("the owner", &contract.owner)?;
    text::clean("the contract", &contract.document)?;
    text::clean("the contract's hash", &contract.hash)?;
    if contract.application.is_empty() || contract.hash.is_empty() {
        return Err(StoreError::Unstorable {
            what: "the contract",
            why: "its application or hash is empty",
        });
    }
    for (_, subject) in subjects {
        text::name("a subject of the contract", subject)?;
    }
    Ok(())
}
