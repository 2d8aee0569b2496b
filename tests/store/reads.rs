//! Every way to read what was registered.

use treaty_store::{Page, Show, SubjectVersion, Which};

use super::{CONTEXT, append, guid, identify, identity, register, register_with, resolved, text};
use crate::support::database::on_both;

on_both! {
    async fn an_empty_store_answers_everything(db) {
        let store = db.open().await;
        store.ping().await.unwrap();
        assert_eq!(store.is_shared(), !db.is_sqlite());
        assert_eq!(store.schema(CONTEXT, 1).await.unwrap(), None);
        assert_eq!(store.schema_by_guid(CONTEXT, guid(1)).await.unwrap(), None);
        assert_eq!(store.ids_of_guid(guid(1)).await.unwrap(), []);
        assert_eq!(store.schemas(CONTEXT, &[1, 2]).await.unwrap(), []);
        assert_eq!(store.last_schema_id(CONTEXT).await.unwrap(), 0);
        assert_eq!(store.subjects(CONTEXT, "", Show::All, Page::default()).await.unwrap(), [""; 0]);
        assert_eq!(store.versions(CONTEXT, "s", Show::All).await.unwrap(), []);
        assert_eq!(store.versions_of_schema(CONTEXT, 1, Show::All, None, Page::default()).await.unwrap(), []);
        assert_eq!(store.version_of_content(CONTEXT, "s", identity(1), guid(1), Show::All).await.unwrap(), None);
        assert_eq!(store.latest_referrers(CONTEXT, "s").await.unwrap(), []);
        assert_eq!(store.history(CONTEXT, "s").await.unwrap(), Default::default());
        assert_eq!(store.outline(CONTEXT, "s").await.unwrap(), Default::default());
        assert_eq!(store.head(CONTEXT, "s").await.unwrap(), Default::default());
        assert_eq!(store.head(".elsewhere", "s").await.unwrap(), Default::default());
        for which in [Which::Latest, Which::Live(1), Which::Any(1)] {
            assert_eq!(store.version(CONTEXT, "s", which).await.unwrap(), None);
        }
    }

    async fn a_schema_is_returned_whole(db) {
        let store = db.open().await;
        register(&store, "money", 1).await;
        let mut whole = append("orders", 2, Default::default());
        whole.metadata = Some("{\"properties\":{}}".to_owned());
        whole.rule_set = Some("{\"domainRules\":[]}".to_owned());
        whole.references = vec![resolved(&store, "money", 1).await; 2];
        whole.references[1].reference.name = "again".to_owned();
        whole.text = "\"größe \u{1f980} \u{1}\"".to_owned();
        identify(&mut whole);
        store.append(whole.clone()).await.unwrap();
        let schema = store.schema(CONTEXT, 2).await.unwrap().expect("the schema");
        assert_eq!(schema.guid, whole.guid);
        assert_eq!(schema.format, whole.format);
        assert_eq!(schema.text, whole.text);
        assert_eq!(schema.metadata, whole.metadata);
        assert_eq!(schema.rule_set, whole.rule_set);
        assert_eq!(schema.identity, Some(whole.identity));
        assert!(schema.references.iter().eq(whole.references.iter().map(|each| &each.reference)));
        assert_eq!(schema.created_at, whole.now);
        let by_guid = store.schema_by_guid(CONTEXT, whole.guid).await.unwrap();
        assert_eq!(by_guid.as_ref(), Some(&schema));
        let many = store.schemas(CONTEXT, &[2, 1, 7, 2]).await.unwrap();
        assert_eq!(many.iter().map(|each| each.id).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(many[1], schema);
        let latest = store.version(CONTEXT, "orders", Which::Latest).await.unwrap().expect("it");
        assert_eq!(latest.schema, schema);
        assert_eq!((latest.version, latest.deleted, latest.registered_at), (1, false, whole.now));
        let history = store.history(CONTEXT, "orders").await.unwrap();
        assert_eq!(history.versions, [latest]);
    }

    async fn subjects_are_sorted_by_bytes(db) {
        let store = db.open().await;
        let names = ["_x", "10", "A", "B", "a", "a.b", "a/b", "a\u{d7ff}", "a\u{e000}", "ä", "a\u{10ffff}", "%", "b"];
        for (number, name) in names.iter().enumerate() {
            register(&store, name, number as u32).await;
        }
        let mut sorted = names;
        sorted.sort_unstable();
        let all = Page::default();
        assert_eq!(store.subjects(CONTEXT, "", Show::Live, all).await.unwrap(), sorted);
        let a = store.subjects(CONTEXT, "a", Show::Live, all).await.unwrap();
        assert_eq!(a, ["a", "a.b", "a/b", "a\u{d7ff}", "a\u{e000}", "a\u{10ffff}"]);
        assert_eq!(store.subjects(CONTEXT, "a\u{10ffff}", Show::Live, all).await.unwrap(), ["a\u{10ffff}"]);
        assert_eq!(store.subjects(CONTEXT, "%", Show::Live, all).await.unwrap(), ["%"]);
        let page = Page { offset: 2, limit: Some(3) };
        assert_eq!(store.subjects(CONTEXT, "", Show::All, page).await.unwrap(), sorted[2..5]);
        assert_eq!(store.subjects(CONTEXT, "", Show::Deleted, all).await.unwrap(), [""; 0]);
    }

    async fn versions_of_a_subject_and_of_a_schema(db) {
        let store = db.open().await;
        for (subject, number) in [("a", 1), ("a", 2), ("b", 2), ("c", 1), ("c", 2)] {
            register(&store, subject, number).await;
        }
        let versions = store.versions(CONTEXT, "c", Show::Live).await.unwrap();
        let versions: Vec<_> = versions.iter().map(|v| (v.version, v.id, v.deleted)).collect();
        assert_eq!(versions, [(1, 1, false), (2, 2, false)]);
        let uses = store.versions_of_schema(CONTEXT, 2, Show::Live, None, Page::default()).await.unwrap();
        let expected = [("a", 2), ("b", 1), ("c", 2)]
            .map(|(subject, version)| SubjectVersion { subject: subject.to_owned(), version });
        assert_eq!(uses, expected);
        let found = store.version_of_content(CONTEXT, "c", identity(2), guid(2), Show::Live).await.unwrap();
        assert_eq!(found.map(|v| (v.version, v.id)), Some((2, 2)));
        assert_eq!(store.version_of_content(CONTEXT, "b", identity(1), guid(1), Show::All).await.unwrap(), None);
        let found = store.version_of_schema(CONTEXT, "c", 2, Show::Live).await.unwrap();
        assert_eq!(found.map(|v| (v.version, v.id)), Some((2, 2)));
        assert_eq!(store.version_of_schema(CONTEXT, "b", 1, Show::All).await.unwrap(), None);
    }

    async fn a_history_is_live_versions_oldest_first(db) {
        let store = db.open().await;
        for number in 1..=12 {
            register(&store, "orders", number).await;
        }
        let history = store.history(CONTEXT, "orders").await.unwrap();
        let texts: Vec<_> = history.versions.iter().map(|v| v.schema.text.clone()).collect();
        assert_eq!(texts, (1..=12).map(text).collect::<Vec<_>>());
        assert_eq!((history.head.last_version, history.head.latest_version), (12, 12));
        assert_eq!(history.head, store.head(CONTEXT, "orders").await.unwrap());
        let outline = store.outline(CONTEXT, "orders").await.unwrap();
        assert_eq!(outline.head, history.head);
        assert_eq!(
            outline.versions.iter().map(|v| (v.version, v.id)).collect::<Vec<_>>(),
            (1..=12).map(|v| (v, v)).collect::<Vec<_>>()
        );
    }

    async fn who_refers(db) {
        let store = db.open().await;
        register(&store, "money", 1).await;
        register(&store, "money", 2).await;
        register_with(&store, "orders", 3, &[("money", 1)]).await;
        register_with(&store, "refunds", 3, &[("money", 1)]).await;
        register_with(&store, "ledger", 4, &[("money", 1), ("money", 2)]).await;
        assert_eq!(store.referring_ids(CONTEXT, "money", 1, Show::Live).await.unwrap(), [3, 4]);
        assert_eq!(store.referring_ids(CONTEXT, "money", 2, Show::All).await.unwrap(), [4]);
        let latest = |names: &[(&str, i32)]| names.iter().map(|(name, version)| ((*name).to_owned(), *version)).collect::<Vec<_>>();
        assert_eq!(
            store.latest_referrers(CONTEXT, "money").await.unwrap(),
            latest(&[("ledger", 1), ("orders", 1), ("refunds", 1)])
        );
        // What an earlier version referred to does not count.
        register(&store, "orders", 5).await;
        assert_eq!(
            store.latest_referrers(CONTEXT, "money").await.unwrap(),
            latest(&[("ledger", 1), ("refunds", 1)])
        );
    }
}
