//! Published contracts.

use treaty_store::{After, Contract, ContractEntry, Published, Role, StoreError, SubjectContract};

use super::CONTEXT;
use crate::support::database::on_both;

fn contract(application: &str, version: &str, hash: &str) -> Contract {
    Contract {
        application: application.to_owned(),
        version: version.to_owned(),
        owner: format!("team-{application}"),
        document: format!("{{\"application\":\"{application}\",\"hash\":\"{hash}\"}}"),
        hash: hash.to_owned(),
        published_at: 1_700_000_000_000,
    }
}

fn entry(contract: &Contract) -> ContractEntry {
    ContractEntry {
        application: contract.application.clone(),
        version: contract.version.clone(),
        owner: contract.owner.clone(),
        hash: contract.hash.clone(),
        published_at: contract.published_at,
    }
}

fn receives(subjects: &[&str]) -> Vec<(Role, String)> {
    subjects
        .iter()
        .map(|subject| (Role::Receives, subject.to_string()))
        .collect()
}

on_both! {
    async fn publish_find_replace_delete(db) {
        let store = db.open().await;
        let billing = contract("billing", "", "h1");
        let mut subjects = receives(&["orders", "refunds", "orders"]);
        subjects.push((Role::Sends, "invoices".to_owned()));
        assert_eq!(store.publish_contract(CONTEXT, &billing, &subjects).await.unwrap(), Published::Created);
        assert_eq!(store.publish_contract(CONTEXT, &billing, &subjects).await.unwrap(), Published::Unchanged);
        let mail = contract("mail", "", "h2");
        store.publish_contract(CONTEXT, &mail, &receives(&["orders"])).await.unwrap();
        let later = contract("billing", "2.0", "h3");
        store.publish_contract(CONTEXT, &later, &receives(&["refunds"])).await.unwrap();

        assert_eq!(store.contract(CONTEXT, "billing", "").await.unwrap().as_ref(), Some(&billing));
        assert_eq!(store.contract(CONTEXT, "billing", "1.0").await.unwrap(), None);
        assert_eq!(
            store.contracts(CONTEXT, &After::default(), 10).await.unwrap(),
            [entry(&billing), entry(&later), entry(&mail)]
        );
        assert_eq!(store.contracts(CONTEXT, &After::default(), 1).await.unwrap(), [entry(&billing)]);
        assert_eq!(store.contracts(CONTEXT, &After::new("billing", ""), 1).await.unwrap(), [entry(&later)]);
        assert_eq!(store.contracts(CONTEXT, &After::new("billing", "2.0"), 9).await.unwrap(), [entry(&mail)]);
        let of = |subject: &'static str, role| {
            let store = store.clone();
            async move {
                let end = After::new("z", "");
                store.documents_of_subject(CONTEXT, subject, role, &After::default(), &end).await.unwrap()
            }
        };
        let first = After::new("billing", "");
        let last = After::new("billing", "2.0");
        let second = store.documents_of_subject(CONTEXT, "refunds", Role::Receives, &first, &last).await.unwrap();
        assert_eq!(second, std::slice::from_ref(&later));
        let listed = store.contracts_of_subject(CONTEXT, "orders", Role::Receives, &After::default(), 10).await.unwrap();
        assert_eq!(listed, [&billing, &mail].map(|contract| SubjectContract {
            application: contract.application.clone(),
            version: String::new(),
            owner: contract.owner.clone(),
            hash: contract.hash.clone(),
            bytes: contract.document.len() as i64,
        }));
        let rest = store.contracts_of_subject(CONTEXT, "orders", Role::Receives, &first, 1).await.unwrap();
        assert_eq!(rest, listed[1..]);
        assert_eq!(of("orders", Role::Receives).await, [billing.clone(), mail.clone()]);
        assert_eq!(of("orders", Role::Sends).await, []);
        assert_eq!(of("invoices", Role::Sends).await, std::slice::from_ref(&billing));
        assert_eq!(of("refunds", Role::Receives).await, [billing.clone(), later.clone()]);

        let replaced = contract("billing", "", "h4");
        let done = store.publish_contract(CONTEXT, &replaced, &receives(&["payments"])).await.unwrap();
        assert_eq!(done, Published::Replaced);
        assert_eq!(of("orders", Role::Receives).await, std::slice::from_ref(&mail));
        assert_eq!(of("invoices", Role::Sends).await, []);
        assert_eq!(of("payments", Role::Receives).await, [replaced]);

        assert!(store.delete_contract(CONTEXT, "billing", "").await.unwrap());
        assert!(!store.delete_contract(CONTEXT, "billing", "").await.unwrap());
        assert_eq!(of("payments", Role::Receives).await, []);
        assert_eq!(store.contracts(CONTEXT, &After::default(), 9).await.unwrap(), [entry(&later), entry(&mail)]);
        store.close().await;
        let store = db.open().await;
        assert_eq!(store.contract(CONTEXT, "mail", "").await.unwrap(), Some(mail));
    }

    async fn one_that_cannot_be_stored(db) {
        let store = db.open().await;
        for (bad, subjects) in [
            (contract("", "", "h"), receives(&[])),
            (contract("a", "", ""), receives(&[])),
            (contract("a\0", "", "h"), receives(&[])),
            (contract("a", "", "h"), receives(&["s\0"])),
        ] {
            let refused = store.publish_contract(CONTEXT, &bad, &subjects).await;
            assert!(matches!(refused, Err(StoreError::Unstorable { .. })), "{refused:?}");
        }
        assert_eq!(store.contracts(CONTEXT, &After::default(), 9).await.unwrap(), []);
    }
}
