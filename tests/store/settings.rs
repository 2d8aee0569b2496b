//! Settings of a context and of its subjects.

use treaty_store::{HeadRevision, Scope};

use super::{CONTEXT, register};
use crate::support::database::on_both;

on_both! {
    async fn put_get_delete(db) {
        let store = db.open().await;
        for scope in [Scope::Global, Scope::Subject("orders"), Scope::Subject("")] {
            assert_eq!(store.config(CONTEXT, scope).await.unwrap(), None);
            let put = store.edit_config(CONTEXT, scope, |_| Some("1".into())).await.unwrap();
            assert_eq!((put.previous, put.current.as_deref()), (None, Some("1")));
            // A partial update sees what is set.
            let more = |old: Option<&str>| old.map(|old| format!("{old}+"));
            let put = store.edit_config(CONTEXT, scope, more).await.unwrap();
            assert_eq!(put.current.as_deref(), Some("1+"));
            assert_eq!(store.config(CONTEXT, scope).await.unwrap().as_deref(), Some("1+"));
            let gone = store.edit_config(CONTEXT, scope, |_| None).await.unwrap();
            assert_eq!((gone.previous.as_deref(), gone.current), (Some("1+"), None));
            assert_eq!(store.config(CONTEXT, scope).await.unwrap(), None);
        }
    }

    async fn what_our_api_sets_is_apart_from_what_confluents_sets(db) {
        let store = db.open().await;
        for scope in [Scope::Global, Scope::Subject("orders")] {
            let before = store.head(CONTEXT, "orders").await.unwrap();
            store.edit_settings(CONTEXT, scope, |_| Some("own".into())).await.unwrap();
            assert_ne!(store.head(CONTEXT, "orders").await.unwrap().at, before.at);
            assert_eq!(store.config(CONTEXT, scope).await.unwrap(), None);
            store.edit_config(CONTEXT, scope, |_| Some("theirs".into())).await.unwrap();
            store.edit_config(CONTEXT, scope, |_| None).await.unwrap();
            assert_eq!(store.settings(CONTEXT, scope).await.unwrap().as_deref(), Some("own"));
        }
        let heads = [
            store.head(CONTEXT, "orders").await.unwrap(),
            store.outline(CONTEXT, "orders").await.unwrap().head,
            store.history(CONTEXT, "orders").await.unwrap().head,
        ];
        for head in heads {
            assert_eq!((head.settings.as_deref(), head.global_settings.as_deref()), (Some("own"), Some("own")));
        }
        for scope in [Scope::Subject("orders"), Scope::Global] {
            let gone = store.edit_settings(CONTEXT, scope, |_| None).await.unwrap();
            assert_eq!((gone.previous.as_deref(), gone.current), (Some("own"), None));
        }
        assert_eq!(store.head(CONTEXT, "orders").await.unwrap().at.subject, 0, "the row is gone");
    }

    async fn a_setting_moves_the_heads_it_applies_to(db) {
        let store = db.open().await;
        register(&store, "orders", 1).await;
        let before = store.head(CONTEXT, "orders").await.unwrap();
        let other = store.head(CONTEXT, "payments").await.unwrap();
        assert_eq!(other.at, HeadRevision::default());
        store.edit_config(CONTEXT, Scope::Subject("orders"), |_| Some("a".into())).await.unwrap();
        let after = store.head(CONTEXT, "orders").await.unwrap();
        assert_ne!(before.at.subject, after.at.subject);
        assert_eq!((after.config.as_deref(), after.global_config.as_deref()), (Some("a"), None));
        assert_eq!(store.head(CONTEXT, "payments").await.unwrap().at, other.at);
        store.edit_config(CONTEXT, Scope::Global, |_| Some("b".into())).await.unwrap();
        for subject in ["orders", "payments"] {
            let head = store.head(CONTEXT, subject).await.unwrap();
            assert!(head.at.settings > after.at.settings);
            assert_eq!(head.global_config.as_deref(), Some("b"));
        }
        // Setting what is set already changes nothing.
        let same = store.edit_config(CONTEXT, Scope::Global, |_| Some("b".into())).await.unwrap();
        assert_eq!(same.previous, same.current);
        let head = store.head(CONTEXT, "orders").await.unwrap();
        store.edit_config(CONTEXT, Scope::Global, |old| old.map(str::to_owned)).await.unwrap();
        assert_eq!(store.head(CONTEXT, "orders").await.unwrap().at, head.at);
    }

    async fn settings_survive_versions_and_reopening(db) {
        let store = db.open().await;
        store.edit_config(CONTEXT, Scope::Subject("orders"), |_| Some("NONE".into())).await.unwrap();
        store.edit_config(CONTEXT, Scope::Global, |_| Some("FULL".into())).await.unwrap();
        register(&store, "orders", 1).await;
        store.close().await;
        let store = db.open().await;
        let head = store.head(CONTEXT, "orders").await.unwrap();
        assert_eq!((head.config.as_deref(), head.global_config.as_deref()), (Some("NONE"), Some("FULL")));
        assert_eq!((head.last_version, head.latest_version), (1, 1));
    }

    async fn many_partial_updates_lose_nothing(db) {
        let store = db.open().await;
        let mut writers = Vec::new();
        for _ in 0..20 {
            let store = store.clone();
            writers.push(tokio::spawn(async move {
                let more = |old: Option<&str>| Some(format!("{}x", old.unwrap_or_default()));
                store.edit_config(CONTEXT, Scope::Global, more).await.expect("the update")
            }));
        }
        for writer in writers {
            writer.await.expect("a writer");
        }
        let config = store.config(CONTEXT, Scope::Global).await.unwrap();
        assert_eq!(config, Some("x".repeat(20)));
    }
}
