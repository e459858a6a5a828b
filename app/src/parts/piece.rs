//! Dialogs and panels of pages that are there from the start, whose code is loaded when they are first wanted.

use leptos::prelude::*;

use super::Loading;

/// A dialog or panel whose code is loaded when it is first wanted. `A` is what it is given, signals for the most part.
pub struct PieceInPart<A> {
    pub(super) load: fn() -> Loading<()>,
    pub(super) open: fn(A) -> Loading<AnyView>,
}

impl<A> Clone for PieceInPart<A> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<A> Copy for PieceInPart<A> {}

/// A piece: nothing until it is first wanted; from then on it stays, and shows itself as its argument says. The browser loads
/// its code first, which takes as long as that of a page.
#[component]
pub fn Piece<A: Clone + Send + Sync + 'static>(
    piece: PieceInPart<A>,
    /// What it is given.
    argument: A,
    /// Whether it is wanted; for a dialog, whether it is open.
    #[prop(into)]
    wanted: Signal<bool>,
) -> impl IntoView {
    let PieceInPart { load, open } = piece;
    // As little as possible is made for each kind of argument: the rest is there once.
    shown(load, Box::new(move || open(argument.clone())), wanted)
}

type Open = Box<dyn Fn() -> Loading<AnyView>>;

#[cfg(feature = "hydrate")]
fn shown(load: fn() -> Loading<()>, open: Open, wanted: Signal<bool>) -> impl IntoView {
    let is_here = RwSignal::new(false);
    let arrived = in_browser::load_when(wanted, load, open, is_here);
    move || is_here.get().then(&arrived).flatten()
}

// Nothing is wanted yet when the server renders a page.
#[cfg(not(feature = "hydrate"))]
fn shown(_: fn() -> Loading<()>, _: Open, _: Signal<bool>) -> impl IntoView {
    || None::<AnyView>
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::sync::{Arc, Mutex, PoisonError};

    use leptos::{prelude::*, reactive::computed::ScopedFuture};

    use super::{Loading, Open};

    /// Loads the piece once it is wanted; takes its view when it is there.
    pub fn load_when(
        wanted: Signal<bool>,
        load: fn() -> Loading<()>,
        open: Open,
        is_here: RwSignal<bool>,
    ) -> impl Fn() -> Option<AnyView> + Send + 'static {
        let arrived = Arc::new(Mutex::new(None::<AnyView>));
        // What the piece makes lives as long as the page, not only until it is wanted no more.
        let owner = Owner::current().unwrap_or_default();
        let begun = StoredValue::new(false);
        let kept = arrived.clone();
        Effect::new(move |_| {
            if !wanted.get() || begun.get_value() {
                return;
            }
            begun.set_value(true);
            let opening = owner.with(|| ScopedFuture::new(open()));
            let kept = kept.clone();
            leptos::task::spawn_local(async move {
                super::super::arrive(load).await;
                // The part has arrived, so there is nothing left that could fail.
                if let Ok(view) = opening.await {
                    *kept.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
                    // The page may be gone meanwhile.
                    let _ = is_here.try_set(true);
                }
            });
        });
        move || arrived.lock().unwrap_or_else(PoisonError::into_inner).take()
    }
}
