//! Running a function: a form made of its parameters, its answer, and how a program asks the same.

use std::collections::BTreeMap;

use hammock_contract::{
    ApiError, SourceId,
    function::{Cell, ColumnKind, DataFunction, FunctionArguments, Parameter},
};
use leptos::prelude::*;

use super::{
    api::run_function,
    controls::{Entry, Pick},
    results::ResultView,
    words,
};
use crate::{
    FnError, i18n, t,
    ui::{
        Button, ButtonKind, CancelButton, CopyButton, Dialog, DialogFoot, Form, FormError, Icon, address::origin,
        form::action_error,
    },
};

/// What is typed for each parameter.
type Typed = RwSignal<BTreeMap<String, String>>;

/// The dialog that runs a function.
#[component]
pub fn RunDialog(
    /// Whether it is open.
    open: RwSignal<bool>,
    /// The function.
    function: RwSignal<Option<DataFunction>>,
    /// The source.
    source: Option<SourceId>,
) -> impl IntoView {
    let source = StoredValue::new(source);
    let typed: Typed = RwSignal::new(BTreeMap::new());
    let run = Action::new(move |(): &()| {
        let (source, function) = (source.get_value(), function.get_untracked());
        let arguments = arguments(&typed.get_untracked());
        async move {
            match source.zip(function) {
                Some((source, function)) => {
                    let answer = run_function(source, function.id, arguments).await?;
                    Ok::<_, FnError>((function.definition.name, answer))
                }
                None => Err(FnError(ApiError::not_found())),
            }
        }
    });
    Effect::new(move |_| {
        if open.get() {
            run.clear();
            typed.set(BTreeMap::new());
        }
    });
    let error = action_error(run);
    let parameters = Memo::new(move |_| {
        function.with(|it| it.as_ref().map(|it| it.definition.parameters.clone())).unwrap_or_default()
    });
    let name =
        Memo::new(move |_| function.with(|it| it.as_ref().map(|it| it.definition.name.clone())).unwrap_or_default());
    let description =
        move || function.with(|it| it.as_ref().map(|it| it.definition.description.clone())).unwrap_or_default();
    let general = move || {
        let named = parameters.get();
        let is_general =
            |error: &ApiError| error.field.as_ref().is_none_or(|field| named.iter().all(|it| it.name != *field));
        error.get().filter(is_general)
    };
    let command = Signal::derive(move || {
        let (source, function) = (source.get_value(), function.get());
        source.zip(function).map(|(source, it)| curl(&origin(), &source, &it, &typed.get())).unwrap_or_default()
    });
    // A function without parameters answers at once.
    Effect::new(move |_| {
        if open.get() && parameters.with(Vec::is_empty) {
            run.dispatch(());
        }
    });
    view! {
        <Dialog open wide=true title=name>
            <p class="muted">{description}</p>
            <Form on_submit=move |()| { run.dispatch(()); }>
                <For each=move || parameters.get() key=|it| it.name.clone() let:parameter>
                    <ParameterField parameter typed error />
                </For>
                <FormError error=Signal::derive(general) />
                {move || match run.value().get() {
                    Some(Ok((name, run))) => view! { <ResultView run name /> }.into_any(),
                    Some(Err(_)) | None => ().into_any(),
                }}
                <details class="function-api">
                    <summary>{t!("functions.by_api")}</summary>
                    <div class="row">
                        <pre class="curl spacer"><code>{move || command.get()}</code></pre>
                        <CopyButton text=command />
                    </div>
                </details>
                <DialogFoot>
                    <CancelButton />
                    <Button kind=ButtonKind::Primary icon="play" of_type="submit" busy=run.pending()>
                        {t!("functions.run")}
                    </Button>
                </DialogFoot>
            </Form>
        </Dialog>
    }
}

/// The field of a parameter.
#[component]
fn ParameterField(parameter: Parameter, typed: Typed, error: Signal<Option<ApiError>>) -> impl IntoView {
    let Parameter { name, kind, required, default } = parameter;
    let field = StoredValue::new(name.clone());
    let value = Signal::derive(move || typed.with(|all| all.get(&field.get_value()).cloned()).unwrap_or_default());
    let set = move |text: String| typed.update(|all| drop(all.insert(field.get_value(), text)));
    let wrong = move || {
        error.get().filter(|error| error.field == Some(field.get_value())).map(|error| i18n::error_text(&error))
    };
    let input = match kind {
        ColumnKind::Boolean => {
            let options = || {
                let option = |value: bool| (value.to_string(), words::cell(&Cell::Boolean(value)));
                vec![(String::new(), "–".to_owned()), option(true), option(false)]
            };
            view! { <Pick label=name.clone() value options=Signal::derive(options) on_change=set /> }.into_any()
        }
        ColumnKind::Text | ColumnKind::Number | ColumnKind::Date => {
            let of_type = match kind {
                ColumnKind::Number => "number",
                ColumnKind::Date => "date",
                ColumnKind::Text | ColumnKind::Boolean => "text",
            };
            view! { <Entry label=name.clone() value kind=Signal::derive(move || of_type) on_input=set /> }.into_any()
        }
    };
    let is_optional = !required || default.is_some();
    let usual = default.map(|default| t!("functions.default_is", value = words::cell(&default)));
    view! {
        <div class="field">
            <span class="field-label">
                <code>{name}</code> " " <span class="optional">{words::kind(kind)}</span>
                {is_optional.then(|| view! { <span class="optional">" " {t!("form.optional")}</span> })}
            </span>
            {input}
            {usual.map(|usual| view! { <p class="hint">{usual}</p> })}
            {move || wrong().map(|text| view! {
                <p class="field-error" role="alert"><Icon name="alert-circle" /><span>{text}</span></p>
            })}
        </div>
    }
}

/// What is sent; an empty field is not.
fn arguments(typed: &BTreeMap<String, String>) -> FunctionArguments {
    let given = typed.iter().filter(|(_, text)| !text.trim().is_empty());
    FunctionArguments { parameters: given.map(|(name, text)| (name.clone(), Cell::Text(text.clone()))).collect() }
}

/// How a program asks the same of the installation at `origin`.
fn curl(origin: &str, source: &SourceId, function: &DataFunction, typed: &BTreeMap<String, String>) -> String {
    let mut body = FunctionArguments::default();
    for Parameter { name, kind, default, .. } in &function.definition.parameters {
        let text = typed.get(name).filter(|text| !text.trim().is_empty());
        let value = match (text, kind) {
            (Some(text), ColumnKind::Number) => text.parse().map_or(Cell::Text(text.clone()), Cell::Number),
            (Some(text), ColumnKind::Boolean) => Cell::Boolean(text == "true"),
            (Some(text), ColumnKind::Text | ColumnKind::Date) => Cell::Text(text.clone()),
            (None, _) => default.clone().unwrap_or_else(|| Cell::Text("…".to_owned())),
        };
        body.parameters.insert(name.clone(), value);
    }
    // Only maps with keys that are no texts cannot be written as JSON.
    let body = serde_json::to_string(&body).unwrap_or_default().replace('\'', "'\\''");
    format!(
        "curl -H \"X-Api-Key: $HAMMOCK_KEY\" -H \"Content-Type: application/json\" -d '{body}' \
         {origin}/api/v1/sources/{source}/functions/{}/run",
        function.id
    )
}

#[cfg(test)]
mod tests {
    use hammock_contract::{DataFunctionId, Timestamp, function::FunctionDefinition};

    use super::*;

    #[test]
    fn a_program_asks_with_what_is_typed() {
        let parameter = |name: &str, kind| Parameter { name: name.to_owned(), kind, required: true, default: None };
        let definition = FunctionDefinition {
            parameters: vec![parameter("most", ColumnKind::Number), parameter("town", ColumnKind::Text)],
            ..FunctionDefinition::named("f")
        };
        let now = Timestamp::from_millis(0);
        let source = SourceId::fixed("hotels");
        let function = DataFunction {
            id: DataFunctionId::fixed("rooms"),
            source: source.clone(),
            definition,
            created_at: now,
            updated_at: now,
        };
        let typed = BTreeMap::from([("most".to_owned(), "5".to_owned()), ("town".to_owned(), "L'Isle".to_owned())]);
        let command = curl("https://hammock.example.org", &source, &function, &typed);
        assert!(command.contains(r#"-d '{"parameters":{"most":5,"town":"L'\''Isle"}}'"#), "{command}");
        assert!(
            command.ends_with(" https://hammock.example.org/api/v1/sources/src_hotels/functions/fn_rooms/run"),
            "{command}"
        );
        assert_eq!(arguments(&BTreeMap::from([("most".to_owned(), " ".to_owned())])), FunctionArguments::default());
    }
}
