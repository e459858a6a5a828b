//! A question on its way: from the key that sends it until the server has taken it. As long as that is so, it can be taken back.

use leptos::prelude::*;
use web_sys::AbortController;

use crate::t;

/// What the page knows of it. Cheap to copy.
#[derive(Clone, Copy)]
pub struct Sending {
    /// Its text, shown where it will stand. None for what takes the place of a message, which stays until then.
    pub shown: RwSignal<Option<String>>,
    /// The idempotency key of the last question, unless that was taken back.
    #[cfg(feature = "hydrate")]
    key: StoredValue<Option<String>>,
    /// What takes it back. It lives on the browser's one thread; the server asks nothing and holds none.
    way_back: Option<StoredValue<Option<AbortController>, LocalStorage>>,
}

impl Default for Sending {
    /// Nothing is on its way.
    fn default() -> Self {
        Self {
            shown: RwSignal::new(None),
            #[cfg(feature = "hydrate")]
            key: StoredValue::new(None),
            way_back: cfg!(feature = "hydrate").then(|| StoredValue::new_local(None)),
        }
    }
}

impl Sending {
    /// It was taken, came to nothing, or is out of sight.
    pub fn end(self) {
        self.be_late();
        if self.shown.with_untracked(Option::is_some) {
            self.shown.set(None);
        }
    }

    /// From here on it cannot be taken back: its answer is being made, and can be stopped.
    pub fn be_late(self) {
        if let Some(way_back) = self.way_back {
            way_back.set_value(None);
        }
    }
}

#[cfg(feature = "hydrate")]
impl Sending {
    /// Begins with the question of this idempotency key: what tells when it is taken back.
    pub fn begin(self, key: Option<String>) -> Option<AbortController> {
        self.key.set_value(key);
        // Every browser has it.
        let way_back = AbortController::new().ok();
        self.way_back?.set_value(way_back.clone());
        way_back
    }

    /// Takes it back; whether there was something to take back.
    pub fn take_back(self) -> bool {
        let way_back = self.way_back.and_then(|place| place.try_update_value(Option::take).flatten());
        if let Some(way_back) = &way_back {
            self.key.set_value(None);
            way_back.abort();
        }
        way_back.is_some()
    }

    /// Whether the last question went with this key and was not taken back. The page may be gone.
    pub fn is_last(self, key: Option<&str>) -> bool {
        key.is_some() && self.key.try_with_value(|last| last.as_deref() == key) == Some(true)
    }
}

/// A question that is on its way, where it will stand.
#[component]
pub fn SentQuestion(
    /// As it was typed.
    text: String,
) -> impl IntoView {
    view! {
        <div class="message-group">
            <div class="sent-question" aria-busy="true"><span class="visually-hidden">{t!("chat.you")}": "</span>{text}</div>
        </div>
    }
}
