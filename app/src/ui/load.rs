//! Shows what a resource brings, with the states that every asynchronous area has.

use leptos::prelude::*;
use serde::{Serialize, de::DeserializeOwned};

use super::{ErrorState, Skeleton};
use crate::{FnError, i18n};

/// Waits for `resource`: a skeleton meanwhile, the error with a retry when it fails, else `children` with the value.
///
/// A value that is fetched again stays in sight until the new one is there.
#[component]
pub fn Load<T, F, V>(
    /// What is waited for.
    resource: Resource<Result<T, FnError>>,
    /// How many lines the skeleton has.
    #[prop(default = 6)]
    lines: usize,
    /// Whether it is the page itself, with its title, that is waited for.
    #[prop(optional)]
    whole_page: bool,
    /// Shows the value: `let:value`.
    children: F,
) -> impl IntoView
where
    T: Clone + Send + Sync + Serialize + DeserializeOwned + 'static,
    F: Fn(T) -> V + Clone + Send + Sync + 'static,
    V: IntoView + 'static,
{
    view! {
        <Transition fallback=move || view! { <Skeleton lines /> }>
            {move || {
                let children = children.clone();
                Suspend::new(async move {
                    match resource.await {
                        Ok(value) => {
                            i18n::bring_near();
                            children(value).into_any()
                        }
                        Err(error) => {
                            view! { <ErrorState error whole_page on_retry=Callback::new(move |()| resource.refetch()) /> }.into_any()
                        }
                    }
                })
            }}
        </Transition>
    }
}
