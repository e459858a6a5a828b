//! Which segments are made one, and which merges go on. A merge takes its time beside what is written: nobody waits for one but
//! whoever asked for it.

use std::collections::HashSet;

use hammock_retrieval::IndexError;
use tantivy::index::{SegmentId, SegmentMeta};
use tokio::sync::oneshot;

/// The segments that housekeeping makes one of have so many rows together at most: some seconds of work.
const MOST_ROWS: u64 = 200_000;

/// A segment, as far as it matters here.
#[derive(Debug, Clone, Copy)]
struct Piece {
    id: SegmentId,
    /// How many rows it has on the disk, removed ones too.
    rows: u32,
    /// How many of them are removed, and wait for it to be written anew.
    removed: u32,
}

/// What housekeeping does.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Plan {
    /// Small segments that become one, without what is removed.
    pub(super) small: Vec<SegmentId>,
    /// A larger one that is written anew, without what is removed: the one with most of that.
    pub(super) large: Option<SegmentId>,
}

/// What housekeeping does with these segments.
pub(super) fn plan(segments: &[SegmentMeta]) -> Plan {
    let piece = |meta: &SegmentMeta| Piece { id: meta.id(), rows: meta.max_doc(), removed: meta.num_deleted_docs() };
    plan_of(segments.iter().map(piece).collect())
}

fn plan_of(mut pieces: Vec<Piece>) -> Plan {
    pieces.sort_by_key(|piece| piece.rows);
    let mut rows = 0;
    let is_small = |piece: &&Piece| {
        rows += u64::from(piece.rows);
        rows <= MOST_ROWS
    };
    let count = pieces.iter().take_while(is_small).count();
    let (small, large) = pieces.split_at(count);
    let is_worth_it = small.len() > 1 || small.iter().any(|piece| piece.removed > 0);
    let worst = large.iter().filter(|piece| piece.removed > 0).max_by_key(|piece| piece.removed);
    Plan {
        small: if is_worth_it { small.iter().map(|piece| piece.id).collect() } else { Vec::new() },
        large: worst.map(|piece| piece.id),
    }
}

/// The answer to whoever asked for a change.
pub(super) type Done = oneshot::Sender<Result<(), IndexError>>;

/// The merges that go on, and who waits for them.
#[derive(Default)]
pub(super) struct Merging {
    segments: HashSet<SegmentId>,
    waiting: Vec<(HashSet<SegmentId>, Done)>,
}

impl Merging {
    /// Whether a segment is becoming another one.
    pub(super) fn holds(&self, segment: SegmentId) -> bool {
        self.segments.contains(&segment)
    }

    /// A merge of these begins.
    pub(super) fn begin(&mut self, segments: &[SegmentId]) {
        self.segments.extend(segments);
    }

    /// The merge of these has ended, well or not.
    pub(super) fn end(&mut self, segments: &[SegmentId]) {
        for segment in segments {
            self.segments.remove(segment);
            for (left, _) in &mut self.waiting {
                left.remove(segment);
            }
        }
    }

    /// Somebody waits for all merges that go on now.
    pub(super) fn wait(&mut self, done: Done) {
        self.waiting.push((self.segments.clone(), done));
    }

    /// Those who wait for nothing any more.
    pub(super) fn waited(&mut self) -> Vec<Done> {
        let (over, waiting): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.waiting).into_iter().partition(|(left, _)| left.is_empty());
        self.waiting = waiting;
        over.into_iter().map(|(_, done)| done).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn piece(rows: u32, removed: u32) -> Piece {
        Piece { id: SegmentId::generate_random(), rows, removed }
    }

    fn planned(pieces: &[Piece]) -> Plan {
        plan_of(pieces.to_vec())
    }

    #[test]
    fn small_segments_become_one_and_large_ones_stay() {
        let pieces = [piece(5_000_000, 0), piece(40, 0), piece(3, 0), piece(90_000, 0)];
        let plan = planned(&pieces);
        assert_eq!((plan.small, plan.large), (vec![pieces[2].id, pieces[1].id, pieces[3].id], None));
        assert_eq!(planned(&[piece(5_000_000, 0), piece(3, 0)]), Plan::default(), "there is nothing to gain");
        assert_eq!(planned(&[]), Plan::default());
        // What they become is bounded, however many there are.
        let many: Vec<Piece> = (0..100).map(|_| piece(10_000, 0)).collect();
        assert_eq!(planned(&many).small.len(), 20);
    }

    #[test]
    fn what_is_removed_is_written_no_more() {
        let small = piece(40, 1);
        assert_eq!(planned(&[small]).small, [small.id], "also where there is nothing to merge it with");
        let pieces = [piece(900_000, 1), piece(800_000, 2), piece(700_000, 0), small];
        let plan = planned(&pieces);
        assert_eq!((plan.small, plan.large), (vec![small.id], Some(pieces[1].id)), "one large one at a time");
    }

    #[test]
    fn who_waits_for_merges_waits_for_those_that_go_on() {
        let [one, two, three] = [(); 3].map(|()| SegmentId::generate_random());
        let mut merging = Merging::default();
        merging.begin(&[one, two]);
        let (done, mut answer) = oneshot::channel();
        merging.wait(done);
        merging.begin(&[three]);
        assert!(merging.holds(one) && merging.holds(three) && merging.waited().is_empty());
        merging.end(&[one, two]);
        let mut waited = merging.waited();
        assert_eq!((waited.len(), merging.holds(one), merging.holds(three)), (1, false, true));
        waited.remove(0).send(Ok(())).unwrap();
        assert!(answer.try_recv().unwrap().is_ok());
        assert!(merging.waited().is_empty());
    }
}
