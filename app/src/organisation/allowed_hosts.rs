//! Where requests for the organisation may go: wherever the operator allows, or to hosts of its choice alone. What a list would cut
//! off is told before it counts.

use hammock_contract::organisation::{AllowedHosts, HostsCheck, OrganisationPatch};
use leptos::prelude::*;

use super::api::{check_allowed_hosts, update_organisation};
use crate::{
    FnError,
    account::FormSection,
    t,
    ui::{
        Button, ButtonKind, CancelButton, Dialog, DialogFoot, FormError, TextArea, Typed,
        choice::{Choice, ChoiceCards},
        form::action_error,
        guard_leaving, use_toaster,
    },
};

/// The choice where there is no list.
const EVERYWHERE: &str = "everywhere";
/// The choice where there is one.
const LISTED: &str = "listed";

/// The choice as a word.
fn word(limited: bool) -> String {
    if limited { LISTED } else { EVERYWHERE }.to_owned()
}

/// The choice, and the hosts line by line: empty lines are sent, too, so that the server counts lines as they are typed. A list that
/// does not count stays.
#[component]
pub fn AllowedHostsForm(allowed: AllowedHosts) -> impl IntoView {
    let toaster = use_toaster();
    let choice = RwSignal::new(word(allowed.limited));
    let hosts = RwSignal::new(allowed.hosts.join("\n"));
    let typed = Typed::in_fields(move || vec![choice.get(), hosts.get()]);
    guard_leaving(typed.changed());
    let asks = RwSignal::new(false);
    let cut_off = RwSignal::new(HostsCheck::default());
    let save = Action::new(move |confirmed: &bool| {
        let confirmed = *confirmed;
        let wanted = AllowedHosts {
            limited: choice.get_untracked() == LISTED,
            hosts: hosts.with_untracked(|typed| typed.lines().map(str::to_owned).collect()),
        };
        async move {
            if !confirmed {
                let found = check_allowed_hosts(wanted.clone()).await?;
                if !found.is_empty() {
                    cut_off.set(found);
                    asks.set(true);
                    return Ok(());
                }
            }
            let patch = OrganisationPatch { allowed_hosts: Some(wanted), ..OrganisationPatch::default() };
            let saved = update_organisation(patch).await?.allowed_hosts;
            choice.set(word(saved.limited));
            hosts.set(saved.hosts.join("\n"));
            typed.begin();
            asks.set(false);
            toaster.say(t!("form.saved"));
            Ok::<(), FnError>(())
        }
    });
    let error = action_error(save);
    // Where the field is not shown, what is wrong with it is told by the form.
    let of_form = Signal::derive(move || {
        let shows_field = choice.try_with(|chosen| chosen == LISTED).unwrap_or_default();
        error.try_get().flatten().filter(|error| !shows_field || error.field.as_deref() != Some("hosts"))
    });
    let choices = [
        (EVERYWHERE, t!("hosts.everywhere"), t!("hosts.everywhere_hint")),
        (LISTED, t!("hosts.listed"), t!("hosts.listed_hint")),
    ]
    .map(|(value, label, hint)| Choice { value, icon: None, label: label.to_owned(), hint: hint.to_owned() });
    view! {
        <FormSection
            title=t!("hosts.title")
            text=t!("hosts.text")
            busy=save.pending()
            error=of_form
            on_submit=move |()| { save.dispatch(false); }
        >
            <ChoiceCards legend=t!("hosts.legend") name="allowed_hosts" value=choice choices=choices.into() />
            <Show when=move || choice.try_with(|chosen| chosen == LISTED).unwrap_or_default()>
                <TextArea label=t!("hosts.hosts") name="hosts" value=hosts hint=t!("hosts.hosts_hint") error
                    required=true rows=6 />
            </Show>
        </FormSection>
        <Dialog open=asks title=t!("hosts.cut_off_title")>
            <p class="muted">{t!("hosts.cut_off_text")}</p>
            <ul class="stack">
                {move || {
                    let names = cut_off.try_get().map(names).unwrap_or_default();
                    names.into_iter().map(|name| view! { <li><p>{name}</p></li> }).collect_view()
                }}
            </ul>
            <FormError error />
            <DialogFoot>
                <CancelButton autofocus=true />
                <Button kind=ButtonKind::Danger busy=save.pending() on_click=move |_| { save.dispatch(true); }>
                    {t!("hosts.limit")}
                </Button>
            </DialogFoot>
        </Dialog>
    }
}

/// What a list would cut off, each with the host that is not on it.
fn names(found: HostsCheck) -> Vec<String> {
    let sources = found.sources.into_iter().map(|it| t!("hosts.source", name = it.name, host = it.host));
    let connections = found.connections.into_iter().map(|it| t!("hosts.connection", name = it.name, host = it.host));
    sources.chain(connections).collect()
}

#[cfg(test)]
mod tests {
    use hammock_contract::{
        CollectionId, ConnectionId, SourceId,
        organisation::{CutOffConnection, CutOffSource},
    };

    use super::*;

    #[test]
    fn what_is_cut_off_is_named_with_its_host() {
        let source = CutOffSource {
            id: SourceId::new(),
            collection: CollectionId::new(),
            name: "Museum".to_owned(),
            host: "museum.example".to_owned(),
        };
        let connection =
            CutOffConnection { id: ConnectionId::new(), name: "GPT".to_owned(), host: "10.1.2.3:8080".to_owned() };
        let told = names(HostsCheck { sources: vec![source], connections: vec![connection] });
        assert_eq!(told, ["Website “Museum”: museum.example", "Connection “GPT”: 10.1.2.3:8080"]);
        assert_eq!(names(HostsCheck::default()), Vec::<String>::new());
    }
}
