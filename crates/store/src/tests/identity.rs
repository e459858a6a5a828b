//! People, sessions, links, keys.

use hammock_contract::{
    AssistantId, KeyId, UserId,
    assistant::Access,
    locale::Locale,
    page::PageRequest,
    user::{Role, UserPatch, UserStatus},
};

use super::support::{NOW, add_user, new_account, on_both, settings, tenant};
use crate::{
    Actor, StoreError, accounts, api_keys, assistants, audit, conversations, login_attempts, members,
    one_time_tokens::{self, TokenPurpose, TokenRow},
    sessions::{self, SessionRow},
};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_is_taken_whatever_its_case() {
    on_both(async |store| {
        tenant(store, "one").await;
        let tx = store.begin().await.unwrap();
        let outcome = accounts::create(&tx, new_account(" ONE@Example.org"), NOW).await;
        assert!(matches!(outcome, Err(StoreError::Duplicate(_))), "{outcome:?}");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_invited_person_has_a_scope_once_there_is_a_password() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let account = new_account("eve@example.org");
        let id = account.id.clone();
        let tx = store.begin().await.unwrap();
        accounts::create(&tx, account, NOW).await.unwrap();
        members::add(&tenant.scope, &tx, &id, Role::User, UserStatus::Invited, NOW).await.unwrap();
        assert!(accounts::scope_for_user(tx.db(), &id).await.unwrap().is_none());
        accounts::set_password_hash(&tx, &id, "$argon2id$…").await.unwrap();
        accounts::accept_terms(&tx, &id, NOW).await.unwrap();
        accounts::set_locale(&tx, &id, Some(Locale::Cs)).await.unwrap();
        tx.commit().await.unwrap();
        let scope = accounts::scope_for_user(store.read(), &id).await.unwrap().unwrap();
        assert_eq!((scope.role(), scope.organisation()), (Role::User, &tenant.organisation));
        assert!(matches!(scope.require(Role::Administrator), Err(StoreError::Forbidden(Role::Administrator))));
        let account = accounts::find(store.read(), &id).await.unwrap();
        assert_eq!((account.locale, account.password_hash.as_deref()), (Some(Locale::Cs), Some("$argon2id$…")));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn members_are_listed_in_pages_found_changed_and_removed() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let mut scopes = Vec::new();
        for name in ["b%", "c_", "d"] {
            scopes.push(add_user(store, &tenant.scope, &format!("{name}@example.org"), Role::User).await);
        }
        let mut seen = Vec::new();
        let mut request = PageRequest { limit: Some(3), ..PageRequest::default() };
        loop {
            let page = members::list(&tenant.scope, store.read(), &request).await.unwrap();
            seen.extend(page.items.into_iter().map(|user| user.email));
            let Some(token) = page.next_page_token else { break };
            request.page_token = Some(token);
        }
        assert_eq!(seen, ["b%@example.org", "c_@example.org", "d@example.org", "one@example.org"]);
        for (query, expected) in [("C_@", 1), ("%", 1), ("lovelace", 4), ("nobody", 0)] {
            let request = PageRequest { query: Some(query.to_owned()), ..PageRequest::default() };
            assert_eq!(
                members::list(&tenant.scope, store.read(), &request).await.unwrap().items.len(),
                expected,
                "{query}"
            );
        }
        let id = scopes[0].require_user().unwrap();
        let tx = store.begin().await.unwrap();
        let patch =
            UserPatch { last_name: Some("Žižka".to_owned()), role: Some(Role::Owner), ..UserPatch::default() };
        let user = members::update(&tenant.scope, &tx, id, &patch).await.unwrap();
        assert_eq!((user.first_name.as_str(), user.last_name.as_str(), user.role), ("Ada", "Žižka", Role::Owner));
        assert_eq!(members::count_owners(&tenant.scope, &tx).await.unwrap(), 2);
        tx.commit().await.unwrap();
        let request = PageRequest { query: Some("žIŽ".to_owned()), ..PageRequest::default() };
        assert_eq!(members::list(&tenant.scope, store.read(), &request).await.unwrap().items.len(), 1);
        let tx = store.begin().await.unwrap();
        members::remove(&tenant.scope, &tx, id).await.unwrap();
        assert!(matches!(accounts::find(tx.db(), id).await, Err(StoreError::NotFound)));
        assert!(accounts::scope_for_user(tx.db(), id).await.unwrap().is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn somebody_of_two_organisations_leaves_one() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let colleague = add_user(store, &one.scope, "colleague@example.org", Role::Owner).await;
        let tx = store.begin().await.unwrap();
        members::add(&two.scope, &tx, &one.owner, Role::User, UserStatus::Active, NOW).await.unwrap();
        members::remove(&one.scope, &tx, &one.owner).await.unwrap();
        tx.commit().await.unwrap();
        let scope = accounts::scope_for_user(store.read(), &one.owner).await.unwrap().unwrap();
        assert_eq!(scope.organisation(), &two.organisation);
        assert!(conversations::find(&one.scope, store.read(), &one.conversation).await.is_err());
        let kept = assistants::find(&colleague, store.read(), &one.assistant).await.unwrap();
        assert_eq!(kept.created_by, None, "who comes back is a new person here");
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_private_to_somebody_goes_with_them() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let stays = add_user(store, &one.scope, "stays@example.org", Role::User).await;
        let of_one = add_user(store, &one.scope, "of-one@example.org", Role::User).await;
        let of_both = add_user(store, &one.scope, "of-both@example.org", Role::User).await;
        let both = of_both.user().unwrap();
        let tx = store.begin().await.unwrap();
        members::add(&two.scope, &tx, both, Role::User, UserStatus::Active, NOW).await.unwrap();
        let kept = [(&stays, "Kept", Access::Private), (&of_one, "Shared", Access::Organisation)];
        let going = [(&of_one, "Diary", Access::Private), (&of_both, "Notes", Access::Private)];
        for (scope, name, access) in kept.into_iter().chain(going) {
            let new = settings(name, Vec::new(), access);
            assistants::create(scope, &tx, AssistantId::new(), new, NOW).await.unwrap();
        }
        for leaver in [&of_one, &of_both] {
            assert_eq!(members::remove(&one.scope, &tx, leaver.user().unwrap()).await.unwrap(), 1);
        }
        // The tenant's own, and what is kept.
        assert_eq!(assistants::count(&one.scope, tx.db()).await.unwrap(), 3);
        for name in ["Diary", "Notes"] {
            let new = settings(name, Vec::new(), Access::Organisation);
            assistants::create(&one.scope, &tx, AssistantId::new(), new, NOW).await.expect("the name is free");
        }
        tx.commit().await.unwrap();
        let seen = assistants::list(&stays, store.read(), &PageRequest::default()).await.unwrap().items;
        assert!(seen.iter().any(|row| row.settings.name == "Kept"));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sessions_end() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let row = |id: &str, user: Option<UserId>, minutes: i64| SessionRow {
            id: id.to_owned(),
            data: "{}".to_owned(),
            user_id: user,
            expires_at: NOW.plus_millis(minutes * 60_000),
        };
        let tx = store.begin().await.unwrap();
        sessions::create(&tx, row("a", None, 1)).await.unwrap();
        sessions::replace(&tx, SessionRow { data: "{\"x\":1}".to_owned(), ..row("a", Some(tenant.owner.clone()), 2) })
            .await
            .unwrap();
        sessions::create(&tx, row("b", Some(tenant.owner.clone()), 3)).await.unwrap();
        sessions::create(&tx, row("c", None, 9)).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(sessions::get(store.read(), "a", NOW).await.unwrap().unwrap().data, "{\"x\":1}");
        assert!(sessions::get(store.read(), "a", NOW.plus_millis(120_000)).await.unwrap().is_none());
        let tx = store.begin().await.unwrap();
        assert_eq!(sessions::delete_expired(&tx, NOW.plus_millis(120_000)).await.unwrap(), 1);
        assert_eq!(sessions::delete_for_user(&tx, &tenant.owner).await.unwrap(), 1);
        sessions::delete(&tx, "c").await.unwrap();
        assert!(sessions::get(tx.db(), "c", NOW).await.unwrap().is_none());
        // A request that had read them before writes them once more.
        for ended in ["b", "c"] {
            sessions::replace(&tx, row(ended, Some(tenant.owner.clone()), 9)).await.unwrap();
            assert!(sessions::get(tx.db(), ended, NOW).await.unwrap().is_none(), "{ended}");
        }
    })
    .await;
    on_both(async |store| {
        let row = SessionRow { id: "a".to_owned(), data: String::new(), user_id: None, expires_at: NOW };
        let tx = store.begin().await.unwrap();
        sessions::create(&tx, row.clone()).await.unwrap();
        assert!(sessions::create(&tx, row).await.unwrap_err().is_duplicate());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_link_works_once_and_not_for_ever() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let row = |hash: &str| TokenRow {
            hash: hash.to_owned(),
            purpose: TokenPurpose::Reset,
            user_id: tenant.owner.clone(),
            created_at: NOW,
            expires_at: NOW.plus_millis(1_000),
            used_at: None,
        };
        let tx = store.begin().await.unwrap();
        one_time_tokens::create(&tx, row("first")).await.unwrap();
        one_time_tokens::create(&tx, row("second")).await.unwrap();
        assert_eq!(one_time_tokens::take(&tx, "first", NOW).await.unwrap(), None, "a newer link replaces it");
        assert_eq!(one_time_tokens::take(&tx, "second", NOW.plus_millis(1_000)).await.unwrap(), None, "too late");
        let usable = async |hash: &str, now| one_time_tokens::find(tx.db(), hash, now).await.unwrap().is_some();
        assert!(usable("second", NOW).await && usable("second", NOW).await, "looking uses nothing up");
        assert!(!usable("first", NOW).await && !usable("never", NOW).await);
        assert!(!usable("second", NOW.plus_millis(1_000)).await, "too late");
        let found = one_time_tokens::find(tx.db(), "second", NOW).await.unwrap();
        let taken = one_time_tokens::take(&tx, "second", NOW).await.unwrap();
        assert_eq!(found, taken);
        assert_eq!(taken, Some((tenant.owner.clone(), TokenPurpose::Reset)));
        assert_eq!(one_time_tokens::take(&tx, "second", NOW).await.unwrap(), None, "used");
        assert!(!usable("second", NOW).await, "used");
        assert_eq!(one_time_tokens::delete_expired(&tx, NOW.plus_millis(1_000)).await.unwrap(), 1);
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn attempts_are_counted_in_windows() {
    on_both(async |store| {
        let tx = store.begin().await.unwrap();
        for expected in 1..=3 {
            let attempts = login_attempts::count(&tx, "ada", 1_000, NOW).await.unwrap();
            assert_eq!((attempts.count, attempts.since), (expected, NOW));
        }
        assert_eq!(login_attempts::count(&tx, "bob", 1_000, NOW).await.unwrap().count, 1);
        let later = NOW.plus_millis(1_000);
        assert!(login_attempts::find(tx.db(), "ada", 1_000, later).await.unwrap().is_none());
        assert_eq!(login_attempts::count(&tx, "ada", 1_000, later).await.unwrap().count, 1);
        login_attempts::clear(&tx, "ada").await.unwrap();
        assert!(login_attempts::find(tx.db(), "ada", 1_000, later).await.unwrap().is_none());
        assert_eq!(login_attempts::delete_before(&tx, later).await.unwrap(), 1);

        // A clock that ran ahead was put right. What clocks differ by less than a window changes nothing.
        let ahead = NOW.plus_millis(1_000_000);
        for _ in 0..2 {
            login_attempts::count(&tx, "cyd", 1_000, ahead).await.unwrap();
        }
        let again = login_attempts::count(&tx, "cyd", 1_000, NOW).await.unwrap();
        assert_eq!((again.count, again.since), (1, NOW));
        let again = login_attempts::count(&tx, "cyd", 1_000, NOW.plus_millis(-1_000)).await.unwrap();
        assert_eq!((again.count, again.since), (2, NOW));
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_may_no_more_than_its_maker_and_ends_with_the_maker() {
    on_both(async |store| {
        let tenant = tenant(store, "one").await;
        let maker = add_user(store, &tenant.scope, "maker@example.org", Role::Administrator).await;
        let maker_id = maker.require_user().unwrap().clone();
        let new = api_keys::NewKey {
            id: KeyId::new(),
            name: "CI".to_owned(),
            start: "hk_abc".to_owned(),
            secret_hash: "hash".to_owned(),
            role: Role::Administrator,
            created_by: maker_id.clone(),
        };
        let tx = store.begin().await.unwrap();
        let key = api_keys::create(&tenant.scope, &tx, new, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let scope = api_keys::scope_for_secret(store.read(), "hash").await.unwrap().unwrap();
        assert_eq!((scope.role(), scope.user()), (Role::Administrator, Some(&maker_id)));
        assert!(matches!(scope.actor(), Actor::ApiKey { key: id, .. } if *id == key.id));
        assert!(api_keys::scope_for_secret(store.read(), "other").await.unwrap().is_none());
        let tx = store.begin().await.unwrap();
        api_keys::touch(&scope, &tx, NOW).await.unwrap();
        let patch = UserPatch { role: Some(Role::User), ..UserPatch::default() };
        members::update(&tenant.scope, &tx, &maker_id, &patch).await.unwrap();
        audit::record(&scope, &tx, "assistant.create", "asst_x", serde_json::json!({"name": "A"}), NOW).await.unwrap();
        tx.commit().await.unwrap();
        assert_eq!(api_keys::list(&tenant.scope, store.read()).await.unwrap()[0].last_used_at, Some(NOW));
        assert_eq!(api_keys::scope_for_secret(store.read(), "hash").await.unwrap().unwrap().role(), Role::User);
        let events = audit::list(&tenant.scope, store.read(), &PageRequest::default()).await.unwrap().items;
        assert_eq!((events[0].actor_kind.as_str(), events[0].actor_id.as_deref()), ("api_key", Some(key.id.as_str())));
        let tx = store.begin().await.unwrap();
        members::remove(&tenant.scope, &tx, &maker_id).await.unwrap();
        tx.commit().await.unwrap();
        assert!(api_keys::scope_for_secret(store.read(), "hash").await.unwrap().is_none());
    })
    .await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_and_a_key_say_their_organisation() {
    on_both(async |store| {
        let (one, two) = (tenant(store, "one").await, tenant(store, "two").await);
        let tx = store.begin().await.unwrap();
        members::add(&one.scope, &tx, &two.owner, Role::User, UserStatus::Active, NOW.plus_millis(1)).await.unwrap();
        let key = api_keys::NewKey {
            id: KeyId::new(),
            name: "program".to_owned(),
            start: "hk_12345".to_owned(),
            secret_hash: "hash".to_owned(),
            role: Role::User,
            created_by: two.owner.clone(),
        };
        let id = key.id.clone();
        api_keys::create(&two.scope, &tx, key, NOW).await.unwrap();
        tx.commit().await.unwrap();
        let of = async |email: &str| accounts::organisations_of(store.read(), email).await.unwrap();
        assert_eq!(of(" ONE@example.org").await, std::slice::from_ref(&one.organisation));
        assert_eq!(of("two@example.org").await, [two.organisation.clone(), one.organisation]);
        assert!(of("nobody@example.org").await.is_empty());
        let of = async |id: &KeyId| api_keys::find_organisation(store.read(), id).await.unwrap();
        assert_eq!((of(&id).await, of(&KeyId::new()).await), (Some(two.organisation), None));
    })
    .await;
}
