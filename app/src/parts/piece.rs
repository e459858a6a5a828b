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
    let is_here = RwSignal::new(false);
    #[cfg(feature = "hydrate")]
    let arrived = in_browser::load_when(wanted, piece, argument, is_here);
    // Nothing is wanted yet when the server renders a page.
    #[cfg(not(feature = "hydrate"))]
    let arrived = {
        let _ = (piece.load, piece.open, argument, wanted);
        || None::<AnyView>
    };
    move || is_here.get().then(&arrived).flatten()
}

#[cfg(feature = "hydrate")]
mod in_browser {
    use std::sync::{Arc, Mutex, PoisonError};

    use leptos::{prelude::*, reactive::computed::ScopedFuture};

    use super::PieceInPart;

    /// Loads the piece once it is wanted; takes its view when it is there.
    pub fn load_when<A: Clone + Send + Sync + 'static>(
        wanted: Signal<bool>,
        piece: PieceInPart<A>,
        argument: A,
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
            let opening = owner.with(|| ScopedFuture::new((piece.open)(argument.clone())));
            let kept = kept.clone();
            leptos::task::spawn_local(async move {
                super::super::arrive(piece.load).await;
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
