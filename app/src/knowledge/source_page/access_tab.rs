//! Who can see a source: those who see its collection.

use hammock_contract::collection::AccessReport;
use leptos::prelude::*;

use super::tab_data::OfTab;
use crate::{
    knowledge::access_fold::explained,
    t,
    ui::{Load, Skeleton},
};

/// The people, each with the rule.
#[component]
pub fn AccessTab(
    /// Who sees the collection.
    access: OfTab<AccessReport>,
) -> impl IntoView {
    view! {
        <section class="access-tab">
            <h2>{t!("data.who_sees")}</h2>
            <p class="small muted">{t!("data.access_of_source")}</p>
            <Load resource=access lines=3 let:report>
                {match report {
                    Some(report) => explained(report).into_any(),
                    None => view! { <Skeleton lines=3 /> }.into_any(),
                }}
            </Load>
        </section>
    }
}
