//! Which connections and models there are to choose from.

use hammock_contract::{
    ApiError, ConnectionId,
    connection::{Connection, Model},
};
use leptos::{prelude::*, task::spawn_local};

use super::api::{list_connections, list_models};
use crate::{FnError, i18n, t, ui::NotKnown};

/// The connections, and the models of the one that is chosen. Both are asked for by effects, which run in the browser alone: the
/// page is there without waiting for a provider.
#[derive(Clone, Copy)]
pub struct KnownModels {
    /// The id of the connection that is chosen; empty: none.
    chosen: RwSignal<String>,
    connections: RwSignal<Vec<Connection>>,
    models: RwSignal<Option<Result<Vec<Model>, FnError>>>,
    /// Why the connections are not known.
    failure: RwSignal<Option<ApiError>>,
}

impl KnownModels {
    /// Asks for them, and again for the models when another connection is `chosen`; for nothing where the person does not see
    /// the connections.
    pub fn ask(chosen: RwSignal<String>, sees_connections: bool) -> Self {
        let (connections, models) = (RwSignal::new(Vec::new()), RwSignal::new(None));
        let known = Self { chosen, connections, models, failure: RwSignal::new(None) };
        if sees_connections {
            Effect::new(move |_| known.ask_for_connections());
            Effect::new(move |_| known.ask_for_models(chosen.get()));
        }
        known
    }

    fn ask_for_connections(self) {
        spawn_local(async move {
            // The one that is set stays choosable when they cannot be had. The page may be gone meanwhile.
            let failure = match list_connections().await {
                Ok(found) => {
                    let _ = self.connections.try_set(found);
                    None
                }
                Err(error) => Some(error.0),
            };
            let _ = self.failure.try_set(failure);
        });
    }

    fn ask_for_models(self, of: String) {
        self.models.set(None);
        let Ok(connection) = of.parse::<ConnectionId>() else { return };
        spawn_local(async move {
            let found = list_models(connection).await;
            // The page may be gone meanwhile, and another connection may be chosen: that is asked by itself.
            if self.chosen.try_with_untracked(|now| *now == of).unwrap_or_default() {
                let _ = self.models.try_set(Some(found));
            }
        });
    }

    /// The connections to choose from, and before them what it is called that none is. The one that is set stays choosable for
    /// people who do not see them.
    pub fn connections(self, none: &'static str) -> Signal<Vec<(String, String)>> {
        Signal::derive(move || {
            let mut options = vec![(String::new(), none.to_owned())];
            let known = self.connections.try_get().unwrap_or_default();
            options.extend(known.into_iter().map(|connection| (connection.id.to_string(), connection.name)));
            let chosen = self.chosen.try_get().unwrap_or_default();
            if options.iter().all(|(value, _)| *value != chosen) {
                options.push((chosen, t!("assistants.connection_kept").to_owned()));
            }
            options
        })
    }

    /// Whether a connection is chosen.
    pub fn has_connection(self) -> bool {
        // On the server a page may be looked through once more while it is already being cleared away.
        self.chosen.try_with(|chosen| !chosen.is_empty()).unwrap_or_default()
    }

    /// What the models are called, as far as they are known.
    pub fn names(self) -> Signal<Vec<String>> {
        Signal::derive(move || {
            let found = self.models.try_get().flatten().and_then(Result::ok).unwrap_or_default();
            found.into_iter().map(|model| model.id).collect()
        })
    }

    /// Why the connections are not known, and the way to ask again.
    pub fn failed(self) -> impl IntoView {
        let on_retry = Callback::new(move |()| self.ask_for_connections());
        view! { <NotKnown error=self.failure chosen_in="[name=connection]" on_retry /> }
    }

    /// Why the models are not known, where the provider could not tell them.
    pub fn trouble(self) -> impl IntoView {
        move || {
            self.models.try_get().flatten().and_then(Result::err).map(|error| {
                view! { <p class="small muted">{i18n::error_text(&error.0)} " " {t!("assistants.model_by_hand")}</p> }
            })
        }
    }
}
