//! An operation as a command to copy, and as a form that sends it from the page.

use leptos::prelude::*;

use super::{Credential, Field, Operation};
use crate::{t, ui::Icon};

/// The operation as a command for a terminal. `HAMMOCK` stands for the address; `KEY`, `SESSION` and `TOKEN` for what makes the
/// caller known.
#[component]
pub fn Example(operation: Operation) -> impl IntoView {
    view! {
        <h4>{t!("api.command")}</h4>
        <div class="reference-code">
            <pre tabindex="0" role="group" aria-label=t!("api.command")><code>{command(&operation)}</code></pre>
            <button type="button" class="button ghost" data-scripted="" hidden data-copies="" data-done=t!("copy.done") data-refused=t!("copy.refused")>
                <Icon name="copy" />
                <span>{t!("copy.copy")}</span>
            </button>
        </div>
    }
}

/// What a person would type.
fn command(operation: &Operation) -> String {
    let Operation { method, path, credential, body, in_query, .. } = operation;
    let query: Vec<String> =
        in_query.iter().filter(|field| field.required).map(|field| format!("{}=…", field.name)).collect();
    let query = if query.is_empty() { String::new() } else { format!("?{}", query.join("&")) };
    // `--json` and `-F` already make it a POST.
    let says_method = if matches!((method.as_str(), body), ("GET", None) | ("POST", Some(_))) {
        String::new()
    } else {
        format!(" -X {method}")
    };
    let known_by = match credential {
        Credential::Nothing => "",
        Credential::Key => " -H \"X-Api-Key: $KEY\"",
        // A session counts for the server's own pages alone.
        Credential::Session => " -b \"hammock_session=$SESSION\" -H \"Origin: $HAMMOCK\"",
        Credential::Visitor => " -H \"Authorization: Bearer $TOKEN\"",
    };
    let mut command = format!("curl{says_method} \"$HAMMOCK{path}{query}\"{known_by}");
    match body {
        Some(body) if body.example.is_some() => {
            // A quotation mark in a quoted word of the shell.
            let json = body.example.as_deref().unwrap_or_default().replace('\'', r"'\''");
            command.push_str(&format!(" \\\n  --json '{json}'"));
        }
        Some(_) => command.push_str(" -F file=@handbook.pdf"),
        None => {}
    }
    command
}

/// A form that sends the operation. Only the script makes it work, so only the script shows it.
#[component]
pub fn Trial(operation: Operation) -> impl IntoView {
    let Operation { id, method, path, in_path, in_query, body, .. } = operation;
    let destroys = method == "DELETE";
    let field = |place: &'static str| {
        let id = id.clone();
        move |field: Field| view! { <Parameter operation=id.clone() place field /> }
    };
    let parameters = (
        in_path.into_iter().map(field("path")).collect_view(),
        in_query.into_iter().map(field("query")).collect_view(),
    );
    let body_id = format!("{id}-body");
    let sends = body.map(|body| match body.example {
        Some(example) => view! {
            <div class="field">
                <label for=body_id.clone()>{t!("api.body")}</label>
                <textarea class="textarea reference-body" id=body_id name="body" spellcheck="false">{example}</textarea>
            </div>
        }
        .into_any(),
        None => view! {
            <div class="field">
                <label for=body_id.clone()>{t!("api.files")}</label>
                <input class="input" type="file" id=body_id name="file" multiple required />
            </div>
        }
        .into_any(),
    });
    view! {
        <form
            class="form reference-trial"
            data-scripted=""
            hidden
            data-method=method.clone()
            data-path=path
            data-unreachable=t!("api.unreachable")
            data-broken=t!("api.not_json")
            data-cut=t!("api.cut")
        >
            <h4>{t!("api.try")}</h4>
            {parameters}
            {sends}
            <div class="form-actions">
                <button type="submit" class=if destroys { "button danger" } else { "button primary" }>
                    {t!("api.send", method = method)}
                </button>
                <button type="button" class="button" data-stops="" hidden>{t!("api.stop")}</button>
            </div>
            <div class="reference-outcome" data-outcome="" hidden>
                <p role="status"></p>
                <pre tabindex="0" role="group" aria-label=t!("api.answer")></pre>
                <a class="button" data-file="" hidden><Icon name="download" />{t!("api.save")}</a>
            </div>
        </form>
    }
}

#[component]
fn Parameter(operation: String, place: &'static str, field: Field) -> impl IntoView {
    let id = format!("{operation}-{place}-{}", field.name);
    view! {
        <div class="field">
            <label for=id.clone()>
                <code>{field.name.clone()}</code>
                {(!field.required).then(|| view! { <span class="optional">" "{t!("form.optional")}</span> })}
            </label>
            <input
                class="input"
                type="text"
                id=id
                name=field.name
                data-place=place
                required=field.required
                autocomplete="off"
                spellcheck="false"
            />
        </div>
    }
}

#[cfg(test)]
mod tests {
    use super::{
        super::{Body, Shape},
        *,
    };

    fn operation(method: &str, body: Option<Body>) -> Operation {
        Operation {
            id: "x".to_owned(),
            method: method.to_owned(),
            path: "/api/v1/things/{thing}".to_owned(),
            summary: String::new(),
            note: None,
            credential: Credential::Key,
            in_path: Vec::new(),
            in_query: Vec::new(),
            body,
            answers: Vec::new(),
        }
    }

    fn body(example: Option<&str>) -> Option<Body> {
        let (media_type, example) = ("application/json".to_owned(), example.map(str::to_owned));
        Some(Body { media_type, shape: Shape::Object(Vec::new()), example })
    }

    #[test]
    fn a_command_says_its_method_only_where_curl_would_not() {
        let path = "\"$HAMMOCK/api/v1/things/{thing}\" -H \"X-Api-Key: $KEY\"";
        assert_eq!(command(&operation("GET", None)), format!("curl {path}"));
        assert_eq!(command(&operation("POST", None)), format!("curl -X POST {path}"));
        assert_eq!(command(&operation("DELETE", None)), format!("curl -X DELETE {path}"));
        assert_eq!(command(&operation("POST", body(None))), format!("curl {path} -F file=@handbook.pdf"));
        assert_eq!(command(&operation("PUT", body(Some("{}")))), format!("curl -X PUT {path} \\\n  --json '{{}}'"));
    }

    #[test]
    fn a_command_sends_what_counts_for_its_operation() {
        let ending = |credential| {
            let command = command(&Operation { credential, ..operation("GET", None) });
            command.strip_prefix("curl \"$HAMMOCK/api/v1/things/{thing}\"").unwrap().to_owned()
        };
        assert_eq!(ending(Credential::Nothing), "");
        assert_eq!(ending(Credential::Session), " -b \"hammock_session=$SESSION\" -H \"Origin: $HAMMOCK\"");
        assert_eq!(ending(Credential::Visitor), " -H \"Authorization: Bearer $TOKEN\"");
    }

    #[test]
    fn an_apostrophe_does_not_end_the_body_in_the_shell() {
        let command = command(&operation("POST", body(Some(r#"{"name": "it's"}"#))));
        assert!(command.ends_with(r#"--json '{"name": "it'\''s"}'"#), "{command}");
    }
}
