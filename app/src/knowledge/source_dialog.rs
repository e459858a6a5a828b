//! Adding a source: files, or a website.

use hammock_contract::{
    ApiError, ErrorCode,
    source::{NewSource, SourceKind, WebsiteSettings},
};
use leptos::prelude::*;

use super::{api::create_source, live::Live};
use crate::{
    FnError, t,
    ui::{
        Button, ButtonKind, CancelButton, Dialog, DialogFoot, FormError, Switch, TextField, Typed,
        choice::{Choice, ChoiceCards},
        form::action_error,
        general_error, on_field, use_toaster,
    },
};

const FIELDS: &[&str] = &["name", "start_url", "page_limit"];

/// What is typed.
#[derive(Clone, Copy)]
struct Fields {
    kind: RwSignal<String>,
    name: RwSignal<String>,
    start_url: RwSignal<String>,
    page_limit: RwSignal<String>,
    use_sitemap: RwSignal<bool>,
    follow_links: RwSignal<bool>,
}

impl Fields {
    fn new() -> Self {
        Self {
            kind: RwSignal::new(String::new()),
            name: RwSignal::new(String::new()),
            start_url: RwSignal::new(String::new()),
            page_limit: RwSignal::new(String::new()),
            use_sitemap: RwSignal::new(true),
            follow_links: RwSignal::new(true),
        }
    }

    fn clear(self) {
        self.kind.set("website".to_owned());
        self.name.set(String::new());
        self.start_url.set(String::new());
        self.page_limit.set("5000".to_owned());
        self.use_sitemap.set(true);
        self.follow_links.set(true);
    }

    fn values(self) -> Vec<String> {
        let switches = [self.use_sitemap, self.follow_links].map(|switch| switch.get().to_string());
        [self.kind, self.name, self.start_url, self.page_limit]
            .map(|field| field.get())
            .into_iter()
            .chain(switches)
            .collect()
    }

    fn source(self) -> Result<NewSource, ApiError> {
        let kind = if self.kind.get_untracked() == "upload" {
            SourceKind::Upload
        } else {
            let limit = self.page_limit.get_untracked();
            let page_limit = limit.trim().parse().map_err(|_| {
                ApiError::new(ErrorCode::InvalidField, "not a number")
                    .on("page_limit")
                    .with("min", 1)
                    .with("max", 100_000)
            })?;
            SourceKind::Website(WebsiteSettings {
                start_url: with_scheme(&self.start_url.get_untracked()),
                page_limit,
                use_sitemap: self.use_sitemap.get_untracked(),
                follow_links: self.follow_links.get_untracked(),
            })
        };
        Ok(NewSource { name: self.name.get_untracked(), kind })
    }
}

/// People type `example.org`.
fn with_scheme(url: &str) -> String {
    let url = url.trim();
    if url.is_empty() || url.contains("://") { url.to_owned() } else { format!("https://{url}") }
}

/// The dialog that adds a source.
#[component]
pub fn AddSource(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The page.
    live: Live,
) -> impl IntoView {
    let toaster = use_toaster();
    let fields = Fields::new();
    let typed = Typed::in_fields(move || fields.values());
    let add = Action::new(move |(): &()| {
        let collection = live.collection.get_untracked();
        let source = fields.source();
        async move {
            let collection = collection.ok_or_else(|| FnError(ApiError::not_found()))?;
            create_source(collection.id, source?).await?;
            open.set(false);
            toaster.say(t!("data.source_added"));
            live.refresh();
            Ok::<(), FnError>(())
        }
    });
    Effect::new(move |_| {
        if open.get() {
            add.clear();
            fields.clear();
            typed.begin();
        }
    });
    let error = action_error(add);
    view! {
        <Dialog open title=Signal::derive(|| t!("data.add_source").to_owned()) changed=typed.changed()>
            <form
                class="form"
                method="post"
                novalidate
                on:submit=move |event| {
                    event.prevent_default();
                    add.dispatch(());
                }
            >
                <ChoiceCards legend=t!("data.kind") name="kind" value=fields.kind choices=kinds() />
                <Show when=move || fields.kind.get() != "upload">
                    <WebsiteFields fields error />
                </Show>
                <TextField
                    label=t!("data.name")
                    name="name"
                    value=fields.name
                    error=on_field(error, "name")
                    hint=t!("data.source_name_hint")
                    required=false
                    maxlength=80
                />
                <FormError error=general_error(error, FIELDS) />
                <DialogFoot>
                    <CancelButton />
                    <Button kind=ButtonKind::Primary of_type="submit" busy=add.pending()>{t!("data.add_source")}</Button>
                </DialogFoot>
            </form>
        </Dialog>
    }
}

fn kinds() -> Vec<Choice> {
    vec![
        Choice {
            value: "website",
            icon: Some("globe".into()),
            label: t!("data.kind_website").to_owned(),
            hint: t!("data.kind_website_hint").to_owned(),
        },
        Choice {
            value: "upload",
            icon: Some("file-up".into()),
            label: t!("data.kind_files").to_owned(),
            hint: t!("data.kind_files_hint").to_owned(),
        },
    ]
}

#[component]
fn WebsiteFields(fields: Fields, error: Signal<Option<ApiError>>) -> impl IntoView {
    view! {
        <TextField
            label=t!("data.start_url")
            name="start_url"
            kind="url"
            value=fields.start_url
            error=on_field(error, "start_url")
            hint=t!("data.start_url_hint")
            placeholder="https://example.org/help"
            autofocus=true
        />
        <TextField
            label=t!("data.page_limit")
            name="page_limit"
            kind="number"
            value=fields.page_limit
            error=on_field(error, "page_limit")
            min="1"
            max="100000"
        />
        <Switch label=t!("data.use_sitemap") checked=fields.use_sitemap hint=t!("data.use_sitemap_hint") />
        <Switch label=t!("data.follow_links") checked=fields.follow_links hint=t!("data.follow_links_hint") />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_needs_no_scheme() {
        assert_eq!(with_scheme(" example.org/help "), "https://example.org/help");
        assert_eq!(with_scheme("http://example.org"), "http://example.org");
        assert_eq!(with_scheme(""), "");
    }
}
