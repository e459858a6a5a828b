//! Who can see a source: those who see its collection.

use leptos::prelude::*;

use super::Shown;
use crate::{knowledge::access_fold::WhoSees, t};

/// The people, each with the rule.
#[component]
pub fn AccessTab(
    /// The source.
    shown: Shown,
) -> impl IntoView {
    view! {
        <section class="access-tab">
            <h2>{t!("data.who_sees")}</h2>
            <p class="small muted">{t!("data.access_of_source")}</p>
            {shown.collection().map(|collection| view! { <WhoSees collection /> })}
        </section>
    }
}
