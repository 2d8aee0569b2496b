//! Deleting, and what is left.

use treaty_store::{Delete, HeadRevision, Page, Refusal, Scope, Show, Store, StoreError, Which};

use super::{CONTEXT, append, guid, identify, reference, register, register_with, resolved, text};
use crate::support::database::on_both;

/// The refusal of an operation that must be refused.
fn refusal<T: std::fmt::Debug>(outcome: Result<T, StoreError>) -> Refusal {
    match outcome {
        Err(StoreError::Refused(refusal)) => refusal,
        other => panic!("expected a refusal, got {other:?}"),
    }
}

/// The versions of a subject as text: `1 -2 3`, where a minus says soft-deleted.
async fn shown(store: &Store, subject: &str) -> String {
    let versions = store.versions(CONTEXT, subject, Show::All).await.unwrap();
    let signed = |deleted: bool, version: i32| if deleted { -version } else { version };
    let versions: Vec<_> = versions
        .iter()
        .map(|entry| signed(entry.deleted, entry.version).to_string())
        .collect();
    // What the head says must be what the versions say.
    let head = store.head(CONTEXT, subject).await.unwrap();
    let all = store.versions(CONTEXT, subject, Show::All).await.unwrap();
    let last = all.iter().map(|entry| entry.version).max();
    let latest = all
        .iter()
        .filter(|entry| !entry.deleted)
        .map(|entry| entry.version)
        .max();
    assert_eq!(
        (head.last_version, head.latest_version),
        (last.unwrap_or(0), latest.unwrap_or(0))
    );
    versions.join(" ")
}

async fn version(store: &Store, subject: &str, version: i32, how: Delete) -> Result<i32, StoreError> {
    store.delete_version(CONTEXT, subject, Some(version), how).await
}

async fn subject(store: &Store, subject: &str, how: Delete) -> Result<Vec<i32>, StoreError> {
    store.delete_subject(CONTEXT, subject, how).await
}

use Delete::{Permanent, Soft};

on_both! {
    async fn versions_one_by_one(db) {
        let store = db.open().await;
        assert_eq!(refusal(version(&store, "s", 1, Soft).await), Refusal::SubjectUnknown);
        for number in 1..=3 {
            register(&store, "s", number).await;
        }
        assert_eq!(refusal(version(&store, "s", 4, Soft).await), Refusal::VersionUnknown(Some(4)));
        assert_eq!(refusal(version(&store, "s", 2, Permanent).await), Refusal::VersionNotSoftDeleted(2));
        assert_eq!(version(&store, "s", 2, Soft).await.unwrap(), 2);
        assert_eq!(refusal(version(&store, "s", 2, Soft).await), Refusal::VersionSoftDeleted(2));
        assert_eq!(shown(&store, "s").await, "1 -2 3");
        assert_eq!(store.delete_version(CONTEXT, "s", None, Soft).await.unwrap(), 3);
        assert_eq!(shown(&store, "s").await, "1 -2 -3");
        let latest = store.version(CONTEXT, "s", Which::Latest).await.unwrap().expect("version 1");
        assert_eq!(latest.version, 1);
        // Soft-deleted: hidden, but the id answers, and the version to those who ask for it.
        assert_eq!(store.version(CONTEXT, "s", Which::Live(2)).await.unwrap(), None);
        assert!(store.version(CONTEXT, "s", Which::Any(2)).await.unwrap().expect("it").deleted);
        assert!(store.schema(CONTEXT, 2).await.unwrap().is_some());
        assert_eq!(store.versions_of_schema(CONTEXT, 2, Show::Live, None, Page::default()).await.unwrap(), []);
        assert_eq!(store.versions_of_schema(CONTEXT, 2, Show::Deleted, None, Page::default()).await.unwrap().len(), 1);
        assert_eq!(version(&store, "s", 2, Permanent).await.unwrap(), 2);
        assert_eq!(refusal(version(&store, "s", 2, Permanent).await), Refusal::VersionUnknown(Some(2)));
        assert_eq!(shown(&store, "s").await, "1 -3");
        assert_eq!(store.schema(CONTEXT, 2).await.unwrap(), None);
        assert_eq!(store.schema_by_guid(CONTEXT, guid(2)).await.unwrap(), None);
        assert_eq!(store.schemas(CONTEXT, &[1, 2, 3]).await.unwrap().len(), 2);
        assert_eq!(store.ids_of_guid(guid(2)).await.unwrap(), []);
        // The number 3 is still taken, so the next one is 4.
        assert_eq!(register(&store, "s", 4).await.version, 4);
    }

    async fn a_subject_as_a_whole(db) {
        let store = db.open().await;
        let names = |show| {
            let store = store.clone();
            async move { store.subjects(CONTEXT, "", show, Page::default()).await.unwrap() }
        };
        assert_eq!(refusal(subject(&store, "s", Soft).await), Refusal::SubjectUnknown);
        assert_eq!(refusal(subject(&store, "s", Permanent).await), Refusal::SubjectUnknown);
        for number in 1..=3 {
            register(&store, "s", number).await;
        }
        register(&store, "t", 3).await;
        store.edit_config(CONTEXT, Scope::Subject("s"), |_| Some("NONE".into())).await.unwrap();
        version(&store, "s", 2, Soft).await.unwrap();
        assert_eq!(refusal(subject(&store, "s", Permanent).await), Refusal::SubjectNotSoftDeleted);
        assert_eq!(subject(&store, "s", Soft).await.unwrap(), [1, 3]);
        assert_eq!(refusal(subject(&store, "s", Soft).await), Refusal::SubjectSoftDeleted);
        assert_eq!(shown(&store, "s").await, "-1 -2 -3");
        assert_eq!(names(Show::Live).await, ["t"]);
        assert_eq!(names(Show::Deleted).await, ["s"]);
        assert_eq!(names(Show::All).await, ["s", "t"]);
        assert_eq!(store.history(CONTEXT, "s").await.unwrap().versions, []);
        assert_eq!(subject(&store, "s", Permanent).await.unwrap(), [1, 2, 3]);
        assert_eq!(refusal(subject(&store, "s", Permanent).await), Refusal::SubjectUnknown);
        assert_eq!(names(Show::All).await, ["t"]);
        // The settings went with it, the numbers begin again, the ids do not.
        assert_eq!(store.head(CONTEXT, "s").await.unwrap(), Default::default());
        assert!(store.schema(CONTEXT, 3).await.unwrap().is_some(), "t still uses it");
        let next = register(&store, "s", 4).await;
        assert_eq!((next.id, next.version), (4, 1));
    }

    /// What it refers to may mean something else by then, and others may still have what the old id named.
    async fn a_permanently_deleted_schema_gets_a_new_id(db) {
        let store = db.open().await;
        register(&store, "s", 1).await;
        register_with(&store, "s", 2, &[("s", 1)]).await;
        subject(&store, "s", Soft).await.unwrap();
        subject(&store, "s", Permanent).await.unwrap();
        assert_eq!(store.schema(CONTEXT, 2).await.unwrap(), None);
        let purged = store.last_purge(CONTEXT).await.unwrap();
        assert!(purged > 0);
        let third = register(&store, "t", 3).await;
        assert_eq!((third.id, third.version), (3, 1));
        let again = register_with(&store, "u", 2, &[("t", 1)]).await;
        assert_eq!((again.id, again.version, again.already), (4, 1, false));
        assert_eq!(store.schema(CONTEXT, 2).await.unwrap(), None);
        let schema = store.schema(CONTEXT, 4).await.unwrap().expect("it is there");
        assert_eq!(schema.text, text(2));
        assert_eq!(schema.references, [reference("t", 1)]);
        assert_eq!(register(&store, "u", 4).await.id, 5);
        assert_eq!(store.last_purge(CONTEXT).await.unwrap(), purged, "nothing was removed since");
    }

    async fn a_soft_deleted_schema_comes_back_as_a_new_version(db) {
        let store = db.open().await;
        register(&store, "s", 1).await;
        register(&store, "s", 2).await;
        version(&store, "s", 1, Soft).await.unwrap();
        let again = register(&store, "s", 1).await;
        assert_eq!((again.id, again.version, again.already), (1, 3, false));
        // The new version takes the place of the soft-deleted one.
        assert_eq!(shown(&store, "s").await, "2 3");
        // Unless somebody refers to that.
        version(&store, "s", 2, Soft).await.unwrap();
        register_with(&store, "t", 5, &[("s", 2)]).await;
        assert_eq!(register(&store, "s", 2).await.version, 4);
        assert_eq!(shown(&store, "s").await, "-2 3 4");
    }

    async fn what_is_referred_to_stays(db) {
        let store = db.open().await;
        register(&store, "money", 1).await;
        register(&store, "money", 2).await;
        register_with(&store, "orders", 3, &[("money", 1)]).await;
        let by_orders = |target: i32| Refusal::Referenced {
            target: treaty_store::SubjectVersion { subject: "money".into(), version: target },
            by: vec![treaty_store::SubjectVersion { subject: "orders".into(), version: 1 }],
        };
        assert_eq!(refusal(version(&store, "money", 1, Soft).await), by_orders(1));
        assert_eq!(refusal(subject(&store, "money", Soft).await), by_orders(1));
        version(&store, "money", 2, Soft).await.unwrap();
        version(&store, "money", 2, Permanent).await.unwrap();
        // Softly deleted, the referrer no longer prevents a soft delete, but still a permanent one.
        version(&store, "orders", 1, Soft).await.unwrap();
        assert_eq!(subject(&store, "money", Soft).await.unwrap(), [1]);
        assert_eq!(refusal(version(&store, "money", 1, Permanent).await), by_orders(1));
        assert_eq!(refusal(subject(&store, "money", Permanent).await), by_orders(1));
        assert_eq!(store.referring_ids(CONTEXT, "money", 1, Show::Live).await.unwrap(), [0; 0]);
        assert_eq!(store.referring_ids(CONTEXT, "money", 1, Show::Deleted).await.unwrap().len(), 1);
        version(&store, "orders", 1, Permanent).await.unwrap();
        assert_eq!(subject(&store, "money", Permanent).await.unwrap(), [1]);
    }

    async fn references_within_a_subject_do_not_hold_it(db) {
        let store = db.open().await;
        register(&store, "s", 1).await;
        register_with(&store, "s", 2, &[("s", 1)]).await;
        assert!(matches!(refusal(version(&store, "s", 1, Soft).await), Refusal::Referenced { .. }));
        assert_eq!(subject(&store, "s", Soft).await.unwrap(), [1, 2]);
        assert_eq!(subject(&store, "s", Permanent).await.unwrap(), [1, 2]);
    }

    async fn a_delete_moves_the_head(db) {
        let store = db.open().await;
        register(&store, "s", 1).await;
        let second = register(&store, "s", 2).await;
        version(&store, "s", 1, Soft).await.unwrap();
        let refused = store.append(append("s", 3, second.head)).await;
        assert!(matches!(refused, Err(StoreError::Moved)), "{refused:?}");
        let softly = store.head(CONTEXT, "s").await.unwrap();
        version(&store, "s", 1, Permanent).await.unwrap();
        let refused = store.append(append("s", 3, softly.at)).await;
        assert!(matches!(refused, Err(StoreError::Moved)), "{refused:?}");
        // Gone and made again, the subject does not look as it did before.
        subject(&store, "s", Soft).await.unwrap();
        subject(&store, "s", Permanent).await.unwrap();
        let anew = store.append(append("s", 4, HeadRevision::default())).await.unwrap();
        assert!(anew.head.subject > second.head.subject);
    }

    async fn a_reference_and_its_deletion_race(db) {
        // Whoever wins, no live schema refers to a version that is gone.
        let store = db.open().await;
        for round in 0..20u32 {
            let target = format!("target{round}");
            register(&store, &target, 1000 + round).await;
            version(&store, &target, 1, Soft).await.unwrap();
            let referred = resolved(&store, &target, 1).await;
            let deleting = tokio::spawn({
                let (store, target) = (store.clone(), target.clone());
                async move { version(&store, &target, 1, Permanent).await }
            });
            let mut referring = append(&format!("referrer{round}"), 2000 + round, HeadRevision::default());
            referring.references = vec![referred];
            identify(&mut referring);
            let referred = store.append(referring).await;
            let deleted = deleting.await.expect("the delete");
            match (referred, deleted) {
                (Ok(_), Err(StoreError::Refused(Refusal::Referenced { .. }))) => {}
                (Err(StoreError::Moved), Ok(1)) => {}
                other => panic!("{other:?}"),
            }
        }
    }

    async fn a_long_subject_goes_at_once(db) {
        let store = db.open().await;
        let mut head = HeadRevision::default();
        for number in 1..=1100 {
            head = store.append(append("long", number, head)).await.unwrap().head;
        }
        assert_eq!(subject(&store, "long", Soft).await.unwrap().len(), 1100);
        assert_eq!(subject(&store, "long", Permanent).await.unwrap().len(), 1100);
        for id in [1, 1000, 1001, 1100] {
            assert_eq!(store.schema(CONTEXT, id).await.unwrap(), None);
        }
        assert_eq!(register(&store, "long", 2000).await.id, 1101);
    }
}
