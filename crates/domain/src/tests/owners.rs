//! An organisation keeps an owner, also when two of them act on each other at the same moment.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use hammock_contract::{
    ErrorCode,
    user::{Role, UserPatch},
};
use hammock_store::members;
use hammock_testkit::postgres;

use super::world::{World, until};
use crate::{Hammock, Scope};

/// What an owner does to another one.
#[derive(Debug, Clone, Copy)]
enum Deed {
    Remove,
    Demote,
}

impl Deed {
    async fn done(self, h: &Hammock, by: &Scope, to: &Scope) -> Result<(), ErrorCode> {
        let person = to.user().unwrap();
        let done = match self {
            Self::Remove => h.remove_user(by, person).await,
            Self::Demote => {
                let patch = UserPatch { role: Some(Role::User), ..UserPatch::default() };
                h.update_user(by, person, patch).await.map(drop)
            }
        };
        done.map_err(|error| error.code)
    }
}

/// Who acts on the other one, and how that ended.
type Outcome = (Scope, Result<(), ErrorCode>);

/// Both act while somebody else holds the owners, so that neither can be done before the other has begun: on `PostgreSQL` both have
/// read that the other is an owner and wait to count the owners, on `SQLite` both wait for their turn to write.
async fn at_once(h: &Hammock, acting: [(Deed, &Scope, &Scope); 2]) -> [Outcome; 2] {
    let holding = h.store().begin().await.unwrap();
    assert_eq!(members::count_owners(acting[0].1, &holding).await.unwrap(), 2);
    let begun = Arc::new(AtomicUsize::new(0));
    let [one, two] = acting.map(|(deed, by, to)| {
        let (h, by, to, begun) = (h.clone(), by.clone(), to.clone(), Arc::clone(&begun));
        tokio::spawn(async move {
            begun.fetch_add(1, Ordering::SeqCst);
            let done = deed.done(&h, &by, &to).await;
            (by, done)
        })
    });
    let database = postgres::given();
    until("both have begun and wait", async || {
        let wait = match &database {
            Some(url) => postgres::count_waiting_for_locks(url).await == 2,
            // The first thing that either waits for is the one connection that writes.
            None => true,
        };
        (wait && begun.load(Ordering::SeqCst) == 2).then_some(())
    })
    .await;
    assert!(!one.is_finished() && !two.is_finished());
    holding.commit().await.unwrap();
    [one.await.unwrap(), two.await.unwrap()]
}

#[tokio::test]
async fn of_two_owners_who_act_on_each_other_at_once_one_stays() {
    let world = World::new().await;
    let h = &world.hammock;
    let deeds = [Deed::Remove, Deed::Demote];
    let pairs = deeds.iter().flat_map(|one| deeds.iter().map(|two| (*one, *two)));
    let cases = pairs.flat_map(|(one, two)| [(one, two, false), (one, two, true)]);
    for (case, (one, two, is_other_first)) in ('a'..).zip(cases) {
        let eva = world.owner(&format!("Eva{case}")).await;
        let adam = world.colleague(&eva, &format!("Adam{case}"), Role::Owner).await;
        let mut acting = [(one, &eva, &adam), (two, &adam, &eva)];
        if is_other_first {
            acting.reverse();
        }
        let outcomes = at_once(h, acting).await;
        let what = format!("{one:?} and {two:?}, the other first: {is_other_first}");
        let (done, refused): (Vec<_>, Vec<_>) = outcomes.into_iter().partition(|(_, outcome)| outcome.is_ok());
        assert_eq!((done.len(), refused.len()), (1, 1), "{what}");
        assert_eq!(refused[0].1, Err(ErrorCode::LastOwner), "{what}");
        // Whoever came first is still there and an owner, and nobody else is.
        let stays = h.scope_for_user(done[0].0.user().unwrap()).await.unwrap().expect("one stays");
        assert_eq!(stays.role(), Role::Owner, "{what}");
        let other = h.scope_for_user(refused[0].0.user().unwrap()).await.unwrap();
        assert!(other.is_none_or(|other| other.role() == Role::User), "{what}");
        let tx = h.store().begin().await.unwrap();
        assert_eq!(members::count_owners(&stays, &tx).await.unwrap(), 1, "{what}");
        tx.commit().await.unwrap();
    }
}

hammock_testkit::on_postgres!("owners at once on PostgreSQL", of_two_owners_who_act_on_each_other_at_once_one_stays);
