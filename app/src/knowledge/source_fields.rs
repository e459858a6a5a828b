//! What is typed about a source: its name, and how a website is read.

mod schedule;

use hammock_contract::{
    ApiError, ErrorCode,
    source::{NewSource, Source, SourceKind, SourcePatch, WebsiteSettings},
};
use leptos::{html, prelude::*};

use self::schedule::{ScheduleFields, draft_of, schedule_of};
use crate::{
    assistants::number,
    t,
    ui::{Switch, TextArea, TextField, on_field, unfolded_first},
};

/// The fields that a fault may be found in.
pub const FIELDS: &[&str] = &[
    "name",
    "description",
    "start_url",
    "more_urls",
    "include",
    "exclude",
    "page_limit",
    "max_depth",
    "schedule",
    "hours",
    "expression",
    "time_zone",
];

/// Those that are folded away at first.
const FOLDED: [&str; 4] = ["more_urls", "include", "exclude", "max_depth"];

/// What is typed.
#[derive(Clone, Copy)]
pub struct Fields {
    /// `website` or `upload`.
    pub kind: RwSignal<String>,
    /// The name.
    pub name: RwSignal<String>,
    /// What is in it.
    pub description: RwSignal<String>,
    start_url: RwSignal<String>,
    /// One address a line.
    more_urls: RwSignal<String>,
    /// One pattern a line.
    include: RwSignal<String>,
    /// One pattern a line.
    exclude: RwSignal<String>,
    page_limit: RwSignal<String>,
    max_depth: RwSignal<String>,
    /// Hours, 0 is never; or the word for set times.
    schedule: RwSignal<String>,
    /// The set times, and whose clock these are by.
    expression: RwSignal<String>,
    time_zone: RwSignal<String>,
    use_sitemap: RwSignal<bool>,
    watch_sitemap: RwSignal<bool>,
    follow_links: RwSignal<bool>,
}

impl Fields {
    /// Fields as for a new source.
    pub fn new() -> Self {
        let text = || RwSignal::new(String::new());
        let fields = Self {
            kind: text(),
            name: text(),
            description: text(),
            start_url: text(),
            more_urls: text(),
            include: text(),
            exclude: text(),
            page_limit: text(),
            max_depth: text(),
            schedule: text(),
            expression: text(),
            time_zone: text(),
            use_sitemap: RwSignal::new(true),
            watch_sitemap: RwSignal::new(true),
            follow_links: RwSignal::new(true),
        };
        fields.fill(None);
        fields
    }

    /// Puts in what is stored of `source`; what most websites have where there is none yet.
    pub fn fill(self, source: Option<&Source>) {
        let (texts, switches) = written(source);
        self.texts().into_iter().zip(texts).for_each(|(field, text)| field.set(text));
        self.switches().into_iter().zip(switches).for_each(|(field, on)| field.set(on));
    }

    /// Puts in what is stored of `source` where the fields hold what was `sent`; what was typed since then stays.
    pub fn fill_unchanged(self, source: &Source, sent: &[String]) {
        let (texts, switches) = written(Some(source));
        let mut sent = sent.iter();
        let mut is_same = |now: &str| sent.next().is_some_and(|sent| sent == now);
        for (field, text) in self.texts().into_iter().zip(texts) {
            if is_same(&field.get_untracked()) {
                field.set(text);
            }
        }
        for (field, on) in self.switches().into_iter().zip(switches) {
            if is_same(&field.get_untracked().to_string()) {
                field.set(on);
            }
        }
    }

    const fn texts(self) -> [RwSignal<String>; 12] {
        [
            self.kind,
            self.name,
            self.description,
            self.start_url,
            self.more_urls,
            self.include,
            self.exclude,
            self.page_limit,
            self.max_depth,
            self.schedule,
            self.expression,
            self.time_zone,
        ]
    }

    const fn switches(self) -> [RwSignal<bool>; 3] {
        [self.use_sitemap, self.watch_sitemap, self.follow_links]
    }

    /// Everything, to see whether something was typed.
    pub fn values(self) -> Vec<String> {
        let switches = self.switches().map(|switch| switch.get().to_string());
        self.texts().map(|field| field.get()).into_iter().chain(switches).collect()
    }

    /// The source that is described.
    ///
    /// # Errors
    /// `invalid_field` for a number that is none.
    pub fn source(self) -> Result<NewSource, ApiError> {
        let kind = if self.kind.get_untracked() == "upload" {
            SourceKind::Upload
        } else {
            SourceKind::Website(self.settings()?)
        };
        Ok(NewSource { name: self.name.get_untracked(), description: self.description.get_untracked(), kind })
    }

    fn settings(self) -> Result<WebsiteSettings, ApiError> {
        Ok(WebsiteSettings {
            start_url: with_scheme(&self.start_url.get_untracked()),
            more_urls: lines(&self.more_urls.get_untracked()).map(with_scheme).collect(),
            include: lines(&self.include.get_untracked()).map(str::to_owned).collect(),
            exclude: lines(&self.exclude.get_untracked()).map(str::to_owned).collect(),
            page_limit: number(&self.page_limit.get_untracked(), "page_limit", 1, 100_000)?,
            max_depth: number(&self.max_depth.get_untracked(), "max_depth", 0, 100)?,
            use_sitemap: self.use_sitemap.get_untracked(),
            follow_links: self.follow_links.get_untracked(),
            schedule: schedule_of(
                &self.schedule.get_untracked(),
                &self.expression.get_untracked(),
                &self.time_zone.get_untracked(),
            ),
            watch_sitemap: self.watch_sitemap.get_untracked(),
        })
    }
}

/// What of `existing` is another now.
pub fn patch_of(existing: &Source, now: NewSource) -> SourcePatch {
    let is_read_otherwise = now.kind != existing.kind;
    let website = match now.kind {
        SourceKind::Website(settings) if is_read_otherwise => Some(settings),
        SourceKind::Website(_) | SourceKind::Upload => None,
    };
    SourcePatch {
        name: (now.name != existing.name).then_some(now.name),
        description: (now.description != existing.description).then_some(now.description),
        website,
    }
}

/// Everything as it is while the fields hold what is stored of `source`.
pub fn stored_values(source: &Source) -> Vec<String> {
    let (texts, switches) = written(Some(source));
    texts.into_iter().chain(switches.map(|on| on.to_string())).collect()
}

/// What the fields hold of `source`, in their order.
fn written(source: Option<&Source>) -> ([String; 12], [bool; 3]) {
    let is_upload = source.is_some_and(|source| source.kind == SourceKind::Upload);
    let kind = if is_upload { "upload" } else { "website" };
    let WebsiteSettings {
        start_url,
        more_urls,
        include,
        exclude,
        page_limit,
        max_depth,
        use_sitemap,
        follow_links,
        schedule,
        watch_sitemap,
    } = settings_of(source);
    let (choice, expression, time_zone) = draft_of(schedule);
    let texts = [
        kind.to_owned(),
        source.map(|source| source.name.clone()).unwrap_or_default(),
        source.map(|source| source.description.clone()).unwrap_or_default(),
        start_url,
        more_urls.join("\n"),
        include.join("\n"),
        exclude.join("\n"),
        page_limit.to_string(),
        max_depth.to_string(),
        choice,
        expression,
        time_zone,
    ];
    (texts, [use_sitemap, watch_sitemap, follow_links])
}

/// How a source is read; as most websites are where there is none yet.
fn settings_of(source: Option<&Source>) -> WebsiteSettings {
    match source.map(|source| &source.kind) {
        Some(SourceKind::Website(settings)) => settings.clone(),
        Some(SourceKind::Upload) | None => WebsiteSettings::of(""),
    }
}

/// People type `example.org`.
fn with_scheme(url: &str) -> String {
    let url = url.trim();
    if url.is_empty() || url.contains("://") { url.to_owned() } else { format!("https://{url}") }
}

fn lines(typed: &str) -> impl Iterator<Item = &str> {
    typed.lines().map(str::trim).filter(|line| !line.is_empty())
}

/// Whether anything that is folded away is not as on most websites.
fn is_unusual(settings: &WebsiteSettings) -> bool {
    let usual = WebsiteSettings {
        page_limit: settings.page_limit,
        schedule: settings.schedule.clone(),
        ..WebsiteSettings::of(settings.start_url.clone())
    };
    *settings != usual
}

/// What is wrong with a list; where the server says no more than that something is, `rule` says what is allowed.
fn on_list(error: Signal<Option<ApiError>>, name: &'static str, rule: &'static str) -> Signal<Option<String>> {
    let told = on_field(error, name);
    let is_plain = move || error.try_get().flatten().is_some_and(|error| error.code == ErrorCode::InvalidField);
    Signal::derive(move || told.try_get().flatten().map(|text| if is_plain() { rule.to_owned() } else { text }))
}

/// How a website is read.
#[component]
pub fn WebsiteFields(
    /// What is typed.
    fields: Fields,
    /// What is stored; none for a new source.
    source: Option<Source>,
    /// What the server finds wrong.
    error: Signal<Option<ApiError>>,
) -> impl IntoView {
    let stored = settings_of(source.as_ref());
    let is_open = is_unusual(&stored);
    view! {
        <TextField label=t!("data.start_url") name="start_url" kind="url" value=fields.start_url error
            hint=t!("data.start_url_hint") placeholder="https://example.org/help" autofocus=source.is_none() />
        <ScheduleFields fields stored=stored.schedule error>
            <TextField label=t!("data.page_limit") name="page_limit" kind="number" value=fields.page_limit error min="1"
                max="100000" />
        </ScheduleFields>
        <FoldedFields fields error is_open />
    }
}

/// What most websites do not need.
#[component]
fn FoldedFields(fields: Fields, error: Signal<Option<ApiError>>, is_open: bool) -> impl IntoView {
    let details = NodeRef::<html::Details>::new();
    let told = unfolded_first(details, &FOLDED, error);
    view! {
        <details class="more-settings" node_ref=details open=is_open>
            <summary>{t!("data.more_settings")}</summary>
            <div class="form">
                <ListField label=t!("data.include") name="include" value=fields.include hint=t!("data.include_hint")
                    placeholder="/help/*" rule=t!("data.patterns_rule") error=told />
                <ListField label=t!("data.exclude") name="exclude" value=fields.exclude hint=t!("data.exclude_hint")
                    placeholder="/help/archive/*" rule=t!("data.patterns_rule") error=told />
                <ListField label=t!("data.more_urls") name="more_urls" value=fields.more_urls
                    hint=t!("data.more_urls_hint") placeholder="https://example.org/news" rule=t!("data.more_urls_rule")
                    error=told />
                <TextField label=t!("data.max_depth") name="max_depth" kind="number" value=fields.max_depth error=told
                    hint=t!("data.max_depth_hint") min="0" max="100" />
                <Switch label=t!("data.use_sitemap") checked=fields.use_sitemap hint=t!("data.use_sitemap_hint") />
                <Switch
                    label=t!("data.watch_sitemap")
                    checked=fields.watch_sitemap
                    hint=t!("data.watch_sitemap_hint")
                />
                <Switch label=t!("data.follow_links") checked=fields.follow_links hint=t!("data.follow_links_hint") />
            </div>
        </details>
    }
}

/// One entry a line.
#[component]
fn ListField(
    label: &'static str,
    name: &'static str,
    value: RwSignal<String>,
    hint: &'static str,
    placeholder: &'static str,
    /// What is allowed in it.
    rule: &'static str,
    /// What the server finds wrong with all of the fields.
    error: Signal<Option<ApiError>>,
) -> impl IntoView {
    view! { <TextArea label name value error=on_list(error, name, rule) hint placeholder rows=2 /> }
}

#[cfg(test)]
pub(super) mod tests;
