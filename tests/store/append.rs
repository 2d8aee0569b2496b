//! Appending: identity, numbering, the moved head, and many writers at once.

use std::collections::{BTreeMap, BTreeSet};

use treaty_store::{HeadRevision, Resolved, Show, StoreError};

use super::{CONTEXT, append, guid, identify, reference, register, register_with, resolved, text};
use crate::support::database::on_both;

on_both! {
    async fn ids_and_versions(db) {
        let store = db.open().await;
        let first = register(&store, "orders", 1).await;
        assert_eq!((first.id, first.version, first.already), (1, 1, false));
        let second = register(&store, "orders", 2).await;
        assert_eq!((second.id, second.version, second.already), (2, 2, false));
        // The same schema again is the same version; elsewhere it is a version of that subject with the same id.
        let again = register(&store, "orders", 1).await;
        assert_eq!((again.id, again.version, again.already), (1, 1, true));
        assert_eq!(again.head, second.head);
        let elsewhere = register(&store, "payments", 1).await;
        assert_eq!((elsewhere.id, elsewhere.version, elsewhere.already), (1, 1, false));
        let third = register(&store, "payments", 3).await;
        assert_eq!((third.id, third.version), (3, 2));
    }

    async fn a_moved_head_writes_nothing(db) {
        let store = db.open().await;
        let nothing = HeadRevision::default();
        let first = store.append(append("orders", 1, nothing)).await.expect("the first");
        for stale in [nothing, HeadRevision { settings: first.head.settings + 1, ..first.head }] {
            let refused = store.append(append("orders", 2, stale)).await;
            assert!(matches!(refused, Err(StoreError::Moved)), "{refused:?}");
        }
        assert_eq!(store.versions(CONTEXT, "orders", Show::All).await.unwrap().len(), 1);
        assert_eq!(store.schema_by_guid(CONTEXT, guid(2)).await.unwrap(), None);
        let second = store.append(append("orders", 2, first.head)).await.expect("the second");
        assert_eq!((second.id, second.version), (2, 2), "no id was lost to the refused ones");
        // A change of settings moves the heads that it applies to.
        store.edit_config(CONTEXT, treaty_store::Scope::Global, |_| Some("{}".into())).await.unwrap();
        let refused = store.append(append("orders", 3, second.head)).await;
        assert!(matches!(refused, Err(StoreError::Moved)), "{refused:?}");
        // What is there already needs no head.
        let known = store.append(append("orders", 2, nothing)).await.unwrap();
        assert_eq!((known.id, known.version, known.already), (2, 2, true));
    }

    async fn many_writers_on_one_subject(db) {
        let store = db.open().await;
        let mut writers = Vec::new();
        for number in 1..=64 {
            let store = store.clone();
            writers.push(tokio::spawn(async move { register(&store, "hot", number).await }));
        }
        let mut versions = BTreeSet::new();
        let mut ids = BTreeSet::new();
        for writer in writers {
            let appended = writer.await.expect("a writer");
            assert!(!appended.already);
            versions.insert(appended.version);
            ids.insert(appended.id);
        }
        assert_eq!(versions, (1..=64).collect());
        assert_eq!(ids, (1..=64).collect());
        let stored = store.versions(CONTEXT, "hot", Show::All).await.unwrap();
        assert_eq!(stored.len(), 64);
    }

    async fn many_writers_of_one_schema(db) {
        // Each schema is registered by eight writers at once, half of them under a subject of their own.
        let store = db.open().await;
        let mut writers = Vec::new();
        for writer in 0..64u32 {
            let store = store.clone();
            writers.push(tokio::spawn(async move {
                let number = writer % 8;
                let subject = if writer < 32 { format!("s{writer}") } else { format!("shared{number}") };
                (number, register(&store, &subject, number).await)
            }));
        }
        let mut ids: BTreeMap<u32, BTreeSet<i32>> = BTreeMap::new();
        for writer in writers {
            let (number, appended) = writer.await.expect("a writer");
            assert_eq!(appended.version, 1);
            ids.entry(number).or_default().insert(appended.id);
        }
        assert!(ids.values().all(|each| each.len() == 1), "a schema has two ids: {ids:?}");
        let all: BTreeSet<i32> = ids.values().flatten().copied().collect();
        assert_eq!(all, (1..=8).collect(), "no id is skipped or used twice");
    }

    async fn two_nodes_race(db) {
        if db.is_sqlite() {
            return; // The file belongs to one process; `open` tests that.
        }
        let nodes = [db.open().await, db.open().await];
        let mut writers = Vec::new();
        for number in 0..64u32 {
            let store = nodes[number as usize % 2].clone();
            writers.push(tokio::spawn(async move {
                let hot = register(&store, "hot", number).await;
                let shared = register(&store, &format!("own{number}"), number / 2 * 2).await;
                (number, hot, shared)
            }));
        }
        let mut ids: BTreeMap<u32, BTreeSet<i32>> = BTreeMap::new();
        let mut versions = BTreeSet::new();
        for writer in writers {
            let (number, hot, shared) = writer.await.expect("a writer");
            versions.insert(hot.version);
            ids.entry(number).or_default().insert(hot.id);
            ids.entry(number / 2 * 2).or_default().insert(shared.id);
        }
        assert_eq!(versions, (1..=64).collect());
        assert!(ids.values().all(|each| each.len() == 1), "a schema has two ids: {ids:?}");
        assert_eq!(ids.values().flatten().copied().collect::<BTreeSet<_>>(), (1..=64).collect());
        assert_eq!(nodes[1].last_schema_id(CONTEXT).await.unwrap(), 64);
    }

    async fn references_must_exist(db) {
        let store = db.open().await;
        register(&store, "money", 1).await;
        let money = resolved(&store, "money", 1).await;
        let dangling = Resolved { reference: reference("money", 2), id: money.id };
        let another = Resolved { reference: reference("money", 1), id: money.id + 1 };
        for wrong in [dangling, another] {
            let mut moved = append("orders", 2, HeadRevision::default());
            moved.references = vec![money.clone(), wrong];
            let refused = store.append(moved).await;
            assert!(matches!(refused, Err(StoreError::Moved)), "{refused:?}");
        }
        register_with(&store, "orders", 2, &[("money", 1)]).await;
        let order = store.schema(CONTEXT, 2).await.unwrap().expect("the schema");
        assert_eq!(order.references, [reference("money", 1)]);
    }

    /// Two contents with one hash are two schemas.
    async fn one_guid_of_two_texts_has_two_ids(db) {
        let store = db.open().await;
        register(&store, "orders", 1).await;
        let mut other = append("payments", 1, HeadRevision::default());
        other.text = text(2);
        identify(&mut other);
        let stored = store.append(other.clone()).await.unwrap();
        assert_eq!((stored.id, stored.version, stored.known), (2, 1, false));
        let again = store.append(other).await.unwrap();
        assert_eq!((again.id, again.already), (2, true));
        assert_eq!(register(&store, "refunds", 1).await.id, 1);
        let ids = store.ids_of_guid(guid(1)).await.unwrap();
        assert_eq!(ids, [(CONTEXT.to_owned(), 1), (CONTEXT.to_owned(), 2)]);
        let lowest = store.schema_by_guid(CONTEXT, guid(1)).await.unwrap().expect("one of them");
        assert_eq!((lowest.id, lowest.text), (1, text(1)));
    }

    async fn nul_is_refused(db) {
        let store = db.open().await;
        let good = append("orders", 1, HeadRevision::default());
        let mut bad = vec![good.clone(), good.clone(), good.clone()];
        bad[0].text.push('\0');
        bad[1].subject.push('\0');
        bad[2].subject = "s".repeat(1025);
        for each in bad {
            let refused = store.append(each).await;
            assert!(matches!(refused, Err(StoreError::Unstorable { .. })), "{refused:?}");
        }
        assert!(store.append(good).await.is_ok());
    }

    async fn contexts_count_for_themselves(db) {
        let store = db.open().await;
        register(&store, "orders", 1).await;
        let mut elsewhere = append("orders", 2, HeadRevision::default());
        elsewhere.context = ".prod".to_owned();
        let there = store.append(elsewhere).await.unwrap();
        assert_eq!((there.id, there.version), (1, 1));
        let ids = store.ids_of_guid(guid(2)).await.unwrap();
        assert_eq!(ids, [(".prod".to_owned(), 1)]);
    }

    async fn what_was_acknowledged_is_there_after_reopening(db) {
        let store = db.open().await;
        let mut writers = Vec::new();
        for number in 1..=40 {
            let store = store.clone();
            writers.push(tokio::spawn(async move {
                let appended = register(&store, &format!("s{}", number % 7), number).await;
                // Visible to a reader the moment it is answered.
                let seen = store.schema(CONTEXT, appended.id).await.unwrap();
                assert_eq!(seen.map(|schema| schema.text), Some(text(number)));
                (number, appended)
            }));
        }
        let mut told = Vec::new();
        for writer in writers {
            told.push(writer.await.expect("a writer"));
        }
        store.close().await;
        let refused = store.append(append("s1", 99, HeadRevision::default())).await;
        assert!(matches!(refused, Err(StoreError::Closed)), "{refused:?}");
        let store = db.open().await;
        for (number, appended) in told {
            let schema = store.schema_by_guid(CONTEXT, guid(number)).await.unwrap().expect("it");
            assert_eq!((schema.id, schema.text), (appended.id, text(number)));
        }
    }
}
