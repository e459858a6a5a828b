//! Which looks at sitemaps go on together.

use super::{crawling::website, watching::Watched};
use crate::{
    Hammock, Result,
    knowledge::looking::{AT_ONCE, Looks},
};

const HOUR: i64 = 3_600_000;

impl Hammock {
    /// Looks at the sitemaps that are due, to the end of all looks; at how many.
    pub async fn watch_due(&self) -> Result<usize> {
        let (mut looks, mut looked) = (Looks::default(), 0);
        looks.take_due(self).await?;
        while !looks.due.is_empty() {
            looks.begin(self);
            while let Some(done) = looks.going_on.join_next().await {
                looked += usize::from(done.unwrap_or(false));
            }
        }
        Ok(looked)
    }
}

#[tokio::test]
async fn a_look_that_takes_its_time_holds_up_no_other() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a"]).await;
    let h = &watched.0.world.hammock;
    let mut looks = Looks::default();
    let slow: Vec<_> = (0..AT_ONCE).map(|_| looks.going_on.spawn(std::future::pending())).collect();
    watched.0.world.clock.pass(HOUR);
    looks.take_due(h).await.expect("what is due is known");
    looks.begin(h);
    assert_eq!((looks.due.len(), looks.going_on.len()), (1, AT_ONCE), "there is no place for it yet");

    slow[0].abort();
    assert!(looks.going_on.join_next().await.is_some_and(|ended| ended.is_err()));
    looks.begin(h);
    let looked = looks.going_on.join_next().await.expect("it was begun").expect("it came to its end");
    assert!(looked && looks.due.is_empty(), "while all the others go on");
    assert_eq!(looks.going_on.len(), AT_ONCE - 1);
    looks.take_due(h).await.expect("what is due is known");
    assert!(looks.due.is_empty(), "it is due in an hour");
}
