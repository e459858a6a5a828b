//! Registration, sign-in, forgotten passwords.

use hammock_contract::{
    ErrorCode,
    auth::{ForgottenPassword, NewPassword, PasswordChange, SignIn},
    locale::Locale,
    page::PageRequest,
    user::Role,
};
use hammock_store::{accounts, login_attempts};

use super::world::{PASSWORD, PATIENCE, World, address, registration, until};
use crate::{Hammock, Origin, Result, SignedIn};

const MINUTE: i64 = 60_000;

async fn sign_in(hammock: &Hammock, email: &str, password: &str) -> Result<SignedIn> {
    let given = SignIn { email: email.to_owned(), password: password.to_owned(), remember: false };
    hammock.sign_in(given, &Origin::default()).await
}

fn new_password(token: &str, password: &str) -> NewPassword {
    NewPassword {
        token: token.to_owned(),
        password: password.to_owned(),
        password_again: password.to_owned(),
        accept_terms: false,
    }
}

#[tokio::test]
async fn a_registration_makes_an_organisation_with_its_owner_and_an_assistant() {
    let world = World::new().await;
    let scope = world.owner("Eva").await;
    let me = world.hammock.me(&scope).await.unwrap();
    assert_eq!((me.organisation_name.as_str(), me.user.role), ("Eva & Co", Role::Owner));
    let assistants = world.hammock.list_assistants(&scope, PageRequest::default()).await.unwrap().items;
    assert_eq!(assistants.iter().map(|found| found.name.as_str()).collect::<Vec<_>>(), ["General Assistant"]);
    let again = world.hammock.register(registration("Eva"), &Origin::default()).await.unwrap_err();
    assert_eq!(again.code, ErrorCode::EmailTaken);
}

#[tokio::test]
async fn a_bad_registration_says_what_is_wrong_and_leaves_nothing() {
    let world = World::new().await;
    let good = registration("Eva");
    for (bad, code) in [
        (hammock_contract::auth::Registration { accept_terms: false, ..good.clone() }, ErrorCode::TermsNotAccepted),
        (hammock_contract::auth::Registration { email: "eva".into(), ..good.clone() }, ErrorCode::InvalidEmail),
        (hammock_contract::auth::Registration { password: "short".into(), ..good.clone() }, ErrorCode::WeakPassword),
        (
            hammock_contract::auth::Registration { password_again: "other 12345".into(), ..good.clone() },
            ErrorCode::PasswordsDiffer,
        ),
        (hammock_contract::auth::Registration { first_name: " ".into(), ..good.clone() }, ErrorCode::InvalidField),
    ] {
        // What the browser judges before sending is what the server answers with.
        let seen = bad.problems().first().map(|problem| (problem.code, problem.field.clone()));
        let refused = world.hammock.register(bad, &Origin::default()).await.unwrap_err();
        assert_eq!(refused.code, code);
        assert_eq!(seen, Some((refused.code, refused.field)));
    }
    assert!(!hammock_store::organisations::any(world.hammock.store().read()).await.unwrap());
    world.owner("Eva").await;
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_answered_alike() {
    let world = World::new().await;
    world.owner("Eva").await;
    let wrong = sign_in(&world.hammock, &address("Eva"), "correct horse 2").await.unwrap_err();
    let unknown = sign_in(&world.hammock, &address("Nobody"), PASSWORD).await.unwrap_err();
    assert_eq!(wrong, unknown);
    assert_eq!(wrong.code, ErrorCode::WrongCredentials);
    assert!(sign_in(&world.hammock, "EVA@example.org", PASSWORD).await.is_ok());
}

#[tokio::test]
async fn what_cannot_be_an_address_is_answered_like_one_that_nobody_has() {
    let world = World::new().await;
    let unknown = sign_in(&world.hammock, &address("Nobody"), PASSWORD).await.unwrap_err();
    // So long, and so hard to compress, that it is no key for PostgreSQL.
    let long: String = (0..500).map(|_| uuid::Uuid::new_v4().simple().to_string()).collect();
    for email in [address(&long), long, "nobody\0@example.org".to_owned(), String::new()] {
        assert_eq!(sign_in(&world.hammock, &email, PASSWORD).await.unwrap_err(), unknown, "{email:?}");
    }
    for _ in 0..10 {
        sign_in(&world.hammock, "nobody", PASSWORD).await.unwrap_err();
    }
    let limited = sign_in(&world.hammock, "nobody", PASSWORD).await.unwrap_err();
    assert_eq!(limited.code, ErrorCode::TooManyAttempts);
}

#[tokio::test]
async fn attempts_on_an_account_are_limited_for_a_while() {
    let world = World::new().await;
    world.owner("Eva").await;
    let mut last = None;
    for _ in 0..11 {
        last = sign_in(&world.hammock, &address("Eva"), "wrong horse 1").await.err();
    }
    let last = last.unwrap();
    assert_eq!(last.code, ErrorCode::TooManyAttempts);
    assert_eq!(last.params["retry_after"], "900");
    // The right password does not help either: otherwise the limit would tell which guess was right.
    let right = sign_in(&world.hammock, &address("Eva"), PASSWORD).await.unwrap_err();
    assert_eq!(right.code, ErrorCode::TooManyAttempts);
    world.clock.pass(15 * MINUTE);
    assert!(sign_in(&world.hammock, &address("Eva"), PASSWORD).await.is_ok());
}

#[tokio::test]
async fn sign_ins_from_an_address_are_limited_but_for_those_that_succeed() {
    let world = World::new().await;
    world.owner("Eva").await;
    let origin = |text: &str| Origin { address: text.parse().ok(), ..Origin::default() };
    let attempt = async |password: &str, from: &str| {
        let given = SignIn { email: address("Eva"), password: password.to_owned(), remember: false };
        world.hammock.sign_in(given, &origin(from)).await.map(drop).map_err(|error| error.code)
    };
    // As many on other accounts, each of which would cost a hash.
    for _ in 0..99 {
        world.hammock.count_address(&origin("192.0.2.1")).await.unwrap();
    }
    for _ in 0..2 {
        assert_eq!(attempt(PASSWORD, "192.0.2.1").await, Ok(()));
    }
    assert_eq!(attempt("wrong horse 1", "192.0.2.1").await, Err(ErrorCode::WrongCredentials));
    assert_eq!(attempt(PASSWORD, "192.0.2.1").await, Err(ErrorCode::TooManyAttempts));
    assert_eq!(attempt(PASSWORD, "192.0.2.2").await, Ok(()));
    world.clock.pass(15 * MINUTE);
    assert_eq!(attempt(PASSWORD, "192.0.2.1").await, Ok(()));
}

#[tokio::test]
async fn requests_from_an_address_are_limited() {
    let world = World::new().await;
    let origin = |text: &str| Origin { address: text.parse().ok(), ..Origin::default() };
    let ask = |name: String, origin: Origin| {
        let hammock = world.hammock.clone();
        async move { hammock.request_password_reset(ForgottenPassword { email: address(&name) }, &origin).await }
    };
    for n in 0..100 {
        ask(format!("n{n}"), origin("192.0.2.1")).await.unwrap();
    }
    let refused = ask("more".to_owned(), origin("::ffff:192.0.2.1")).await.unwrap_err();
    assert_eq!(refused.code, ErrorCode::TooManyAttempts);
    ask("other".to_owned(), origin("192.0.2.2")).await.unwrap();
}

#[tokio::test]
async fn registrations_from_an_address_are_limited() {
    let world = World::new().await;
    let origin = |text: &str| Origin { address: text.parse().ok(), ..Origin::default() };
    for n in 0..3 {
        world.hammock.register(registration(&format!("Eva{n}")), &origin("2001:db8::1")).await.unwrap();
    }
    let weak = hammock_contract::auth::Registration { password: "weak".into(), ..registration("Eva3") };
    let faulty = world.hammock.register(weak, &origin("2001:db8::1")).await.unwrap_err();
    assert_eq!(faulty.code, ErrorCode::WeakPassword, "what is faulty is told, and not counted");
    // The same network.
    let refused = world.hammock.register(registration("Eva3"), &origin("2001:db8::2")).await.unwrap_err();
    assert_eq!((refused.code, refused.params["retry_after"].as_str()), (ErrorCode::TooManyAttempts, "900"));
    world.hammock.register(registration("Eva3"), &origin("192.0.2.1")).await.unwrap();
    world.clock.pass(15 * MINUTE);
    world.hammock.register(registration("Eva4"), &origin("2001:db8::2")).await.unwrap();
}

#[tokio::test]
async fn a_link_sets_a_new_password_once() {
    let world = World::new().await;
    world.owner("Eva").await;
    let ask = ForgottenPassword { email: address("Eva") };
    world.hammock.request_password_reset(ask, &Origin::default()).await.unwrap();
    let token = world.mailed_token(&address("Eva")).await;
    assert_eq!(world.hammock.check_link(&token).await, Ok(None));
    let unknown = world.hammock.check_link("a word that nobody sent").await.unwrap_err();
    let weak = world.hammock.set_password_by_token(new_password(&token, "weak"), &Origin::default()).await.unwrap_err();
    assert_eq!(weak.code, ErrorCode::WeakPassword);
    world.hammock.set_password_by_token(new_password(&token, "another horse 2"), &Origin::default()).await.unwrap();
    let again = world
        .hammock
        .set_password_by_token(new_password(&token, "third horse 3"), &Origin::default())
        .await
        .unwrap_err();
    assert_eq!(again.code, ErrorCode::InvalidToken);
    // A link that was used looks like one that never was, before it is tried as after.
    assert_eq!((world.hammock.check_link(&token).await, unknown), (Err(again.clone()), again));
    assert!(sign_in(&world.hammock, &address("Eva"), "another horse 2").await.is_ok());
    assert!(sign_in(&world.hammock, &address("Eva"), PASSWORD).await.is_err());
}

#[tokio::test]
async fn a_link_ends_after_an_hour() {
    let world = World::new().await;
    world.owner("Eva").await;
    let ask = ForgottenPassword { email: address("Eva") };
    world.hammock.request_password_reset(ask, &Origin::default()).await.unwrap();
    let token = world.mailed_token(&address("Eva")).await;
    world.clock.pass(60 * MINUTE);
    assert_eq!(world.hammock.check_link(&token).await.map_err(|error| error.code), Err(ErrorCode::InvalidToken));
    let late = world
        .hammock
        .set_password_by_token(new_password(&token, "another horse 2"), &Origin::default())
        .await
        .unwrap_err();
    assert_eq!(late.code, ErrorCode::InvalidToken);
    assert!(sign_in(&world.hammock, &address("Eva"), PASSWORD).await.is_ok());
}

#[tokio::test]
async fn a_link_that_never_was_is_counted_and_costs_no_hash() {
    let world = World::new().await;
    world.owner("Eva").await;
    let origin = |text: &str| Origin { address: text.parse().ok(), ..Origin::default() };
    let made_up = || new_password("a word that nobody sent", "another horse 2");
    let attempt = async || world.hammock.set_password_by_token(made_up(), &origin("192.0.2.1")).await.unwrap_err();
    // As long as nobody can hash a password.
    let held = crate::passwords::hold_all().await;
    let first = tokio::time::timeout(PATIENCE, attempt()).await.expect("it waits for a hash");
    drop(held);
    assert_eq!(first.code, ErrorCode::InvalidToken);
    for _ in 1..100 {
        assert_eq!(attempt().await.code, ErrorCode::InvalidToken);
    }
    assert_eq!(attempt().await.code, ErrorCode::TooManyAttempts);
    let elsewhere = world.hammock.set_password_by_token(made_up(), &origin("192.0.2.2")).await.unwrap_err();
    assert_eq!(elsewhere.code, ErrorCode::InvalidToken);
}

#[tokio::test]
async fn so_many_links_go_to_one_address_a_day_and_the_last_one_works() {
    let world = World::new().await;
    let h = &world.hammock;
    world.owner("Eva").await;
    let account = accounts::find_by_email(h.store().read(), &address("Eva")).await.unwrap().unwrap();
    // As the request does in the background.
    let ask = async || h.send_link(&account, Locale::En).await.unwrap();
    for _ in 0..4 {
        ask().await;
    }
    std::fs::remove_dir_all(world.folder.path().join("outbox")).unwrap();
    ask().await;
    let last = world.mailed_token(&address("Eva")).await;
    ask().await;
    assert_eq!(world.mails(), 1, "beyond five of a day none is sent");
    assert_eq!(h.check_link(&last).await, Ok(None), "and none is ended by one that nobody gets");
    world.clock.pass(24 * 60 * MINUTE);
    ask().await;
    assert_eq!(world.mails(), 2);
}

#[tokio::test]
async fn nobody_learns_by_a_forgotten_password_whether_an_account_exists() {
    let world = World::new().await;
    world.owner("Eva").await;
    let unknown = ForgottenPassword { email: address("Nobody") };
    assert_eq!(world.hammock.request_password_reset(unknown, &Origin::default()).await, Ok(()));
    let known = ForgottenPassword { email: address("Eva") };
    assert_eq!(world.hammock.request_password_reset(known, &Origin::default()).await, Ok(()));
    world.mailed_token(&address("Eva")).await;
    assert_eq!(world.mails(), 1);
}

#[tokio::test]
async fn ones_own_password_changes_with_the_present_one() {
    let world = World::new().await;
    let scope = world.owner("Eva").await;
    let change = |current: &str| PasswordChange {
        current: current.to_owned(),
        password: "another horse 2".to_owned(),
        password_again: "another horse 2".to_owned(),
    };
    let wrong = world.hammock.change_password(&scope, change("wrong horse 1")).await.unwrap_err();
    assert_eq!((wrong.code, wrong.field.as_deref()), (ErrorCode::WrongCredentials, Some("current")));
    let ask = ForgottenPassword { email: address("Eva") };
    world.hammock.request_password_reset(ask, &Origin::default()).await.unwrap();
    let token = world.mailed_token(&address("Eva")).await;
    world.hammock.change_password(&scope, change(PASSWORD)).await.unwrap();
    assert!(sign_in(&world.hammock, &address("Eva"), "another horse 2").await.is_ok());
    let late = world
        .hammock
        .set_password_by_token(new_password(&token, "third horse 3"), &Origin::default())
        .await
        .unwrap_err();
    assert_eq!(late.code, ErrorCode::InvalidToken, "no link outlives the password that it was to replace");
}

#[tokio::test]
async fn what_was_verified_before_a_change_of_password_does_not_count_after_it() {
    let world = World::new().await;
    let scope = world.owner("Eva").await;
    let hash = crate::passwords::hash("another horse 2".to_owned()).await.unwrap();
    let (user, store) = (scope.user().unwrap(), world.hammock.store());
    // Both wait for their turn to verify the password that is Eva's now.
    let held = crate::passwords::hold_all().await;
    let hammock = world.hammock.clone();
    let entering = tokio::spawn(async move { sign_in(&hammock, &address("Eva"), PASSWORD).await });
    let (hammock, eva) = (world.hammock.clone(), scope.clone());
    let change = PasswordChange {
        current: PASSWORD.to_owned(),
        password: "third horse 3".to_owned(),
        password_again: "third horse 3".to_owned(),
    };
    let changing = tokio::spawn(async move { hammock.change_password(&eva, change).await });
    for key in [crate::attempts::account_attempts(&address("Eva")), format!("change:{user}")] {
        until("the attempt is counted", async || {
            login_attempts::find(store.read(), &key, MINUTE, world.hammock.now()).await.unwrap()
        })
        .await;
    }
    let tx = store.begin().await.unwrap();
    accounts::set_password_hash(&tx, user, &hash).await.unwrap();
    tx.commit().await.unwrap();
    drop(held);
    assert_eq!(entering.await.unwrap().unwrap_err().code, ErrorCode::WrongCredentials);
    let refused = changing.await.unwrap().unwrap_err();
    assert_eq!((refused.code, refused.field.as_deref()), (ErrorCode::WrongCredentials, Some("current")));
    assert!(sign_in(&world.hammock, &address("Eva"), "another horse 2").await.is_ok());
}

#[tokio::test]
async fn that_a_link_was_asked_for_is_written_down() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let ask = ForgottenPassword { email: address("Eva") };
    world.hammock.request_password_reset(ask, &Origin::default()).await.unwrap();
    world.mailed_token(&address("Eva")).await;
    let request = PageRequest { limit: Some(1), ..PageRequest::default() };
    let rows = hammock_store::audit::list(&owner, world.hammock.store().read(), &request).await.unwrap().items;
    let eva = owner.user().unwrap().as_str();
    assert_eq!((rows[0].action.as_str(), rows[0].target.as_str()), ("password.link", eva));
}

hammock_testkit::on_postgres!(
    "accounts on PostgreSQL",
    what_cannot_be_an_address_is_answered_like_one_that_nobody_has,
    that_a_link_was_asked_for_is_written_down,
    what_was_verified_before_a_change_of_password_does_not_count_after_it,
);
