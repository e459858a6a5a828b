//! The design system on one page, for development: every component in its states, in both schemes.

use hammock_contract::{ApiError, ErrorCode};
use leptos::prelude::*;

use super::frame::Document;
use crate::{
    FnError,
    ui::{
        Badge, Button, ButtonKind, Checkbox, CodeBlock, EmptyState, ErrorState, FormError, IconButton, PassageText,
        Progress, RichText, SelectField, Skeleton, Switch, Table, TextArea, TextField, Tone,
    },
};

/// The page.
pub fn gallery_page() -> impl IntoView {
    let page = view! {
        <Document title="Design system">
            <main class="page-body">
                <h1>"Design system"</h1>
                <Buttons />
                <Fields />
                <Words />
                <States />
            </main>
        </Document>
    };
    // The example of an error has given the page its status.
    crate::request::set_status(200);
    page
}

#[component]
fn Buttons() -> impl IntoView {
    view! {
        <section class="section">
            <h2>"Buttons"</h2>
            <div class="row wrap">
                <Button kind=ButtonKind::Primary icon="plus">"Primary"</Button>
                <Button>"Secondary"</Button>
                <Button kind=ButtonKind::Ghost icon="copy">"Ghost"</Button>
                <Button kind=ButtonKind::Danger icon="trash-2">"Danger"</Button>
                <Button kind=ButtonKind::Primary busy=true>"Busy"</Button>
                <Button disabled=true>"Disabled"</Button>
                <IconButton icon="ellipsis" label="More" />
                <IconButton icon="thumbs-up" label="Good" pressed=Signal::stored(true) />
            </div>
        </section>
    }
}

#[component]
fn Fields() -> impl IntoView {
    let text = |value: &str| RwSignal::new(value.to_owned());
    let options = vec![("a".to_owned(), "First".to_owned()), ("b".to_owned(), "Second".to_owned())];
    let refused = ApiError::new(ErrorCode::Unavailable, "not reachable");
    let signed_out = ApiError::new(ErrorCode::SignInRequired, "sign in");
    let taken = ApiError::new(ErrorCode::NameTaken, "there is one with this name").on("name");
    view! {
        <section class="section">
            <h2>"Fields"</h2>
            <div class="form">
                <div class="form-row">
                    <TextField label="With a hint" name="hint" value=text("Atelier Nord") hint="Shown to colleagues." />
                    <TextField label="With an error" name="error" value=text("marta@")
                        error=Signal::stored(Some("This is not an e-mail address.".to_owned())) />
                    <TextField label="Refused with its form" name="name" value=text("Atelier Nord")
                        error=Signal::stored(Some(taken)) />
                    <TextField label="Optional" name="optional" value=text("") required=false
                        placeholder="An example" />
                    <SelectField label="A choice" name="choice" value=text("b") options=Signal::stored(options) />
                </div>
                <TextArea label="Several lines" name="lines" value=text("One\nTwo") />
                <Switch label="A switch" checked=RwSignal::new(true) hint="It is on." />
                <Checkbox label="A checkbox" checked=Signal::stored(true) on_change=|_: bool| () />
                <FormError error=Signal::stored(Some(refused)) />
                <FormError error=Signal::stored(Some(signed_out)) />
            </div>
        </section>
    }
}

#[component]
fn Words() -> impl IntoView {
    view! {
        <section class="section">
            <h2>"Badges, progress, tables, text"</h2>
            <div class="row wrap">
                <Badge>"Neutral"</Badge>
                <Badge tone=Tone::Good icon="check">"Indexed"</Badge>
                <Badge tone=Tone::Warning>"Held back"</Badge>
                <Badge tone=Tone::Bad>"Failed"</Badge>
                <Badge tone=Tone::Accent>"New"</Badge>
            </div>
            <Progress label="Known" done=63 total=Some(100) />
            <Progress label="Unknown" done=0 total=None />
            <Table caption="An example">
                <thead>
                    <tr>
                        <th scope="col">"Page"</th>
                        <th scope="col" class="number">"Passages"</th>
                    </tr>
                </thead>
                <tbody>
                    <tr>
                        <td class="primary-cell">"Returns"<span class="sub">"/returns"</span></td>
                        <td class="number" data-label="Passages">"12"</td>
                    </tr>
                </tbody>
            </Table>
            <RichText html="<p>Text with <strong>weight</strong>, <code>code</code> and</p><ul><li>a list.</li></ul>" />
            <CodeBlock html="<pre><code class=\"language-sh\">hammock serve\n</code></pre>" settled=true />
            <PassageText html={"<p>Sent back <mark>within forty days</mark>, it is refunded.</p>".to_owned()} />
        </section>
    }
}

#[component]
fn States() -> impl IntoView {
    let error = FnError(ApiError::new(ErrorCode::RoleRequired, "your role does not allow this"));
    view! {
        <section class="section">
            <h2>"Loading, empty, no permission"</h2>
            <Skeleton lines=3 />
            <EmptyState icon="database" title="No collections yet" text="A collection holds what assistants answer from." />
            <ErrorState error />
        </section>
    }
}
