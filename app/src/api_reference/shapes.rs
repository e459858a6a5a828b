//! How values are built: fields, words, choices, and the names that lead to types.

use leptos::prelude::*;

use super::{Field, Kind, Piece, Shape};
use crate::t;

/// A sentence of the document; what stands between backticks is code.
#[component]
pub fn Prose(text: String) -> impl IntoView {
    let pieces = text.split('`').enumerate().map(|(at, piece)| {
        let piece = piece.to_owned();
        if at % 2 == 1 { view! { <code>{piece}</code> }.into_any() } else { piece.into_any() }
    });
    view! { <p lang="en">{pieces.collect_view()}</p> }
}

/// How a value is built.
#[component]
pub fn ShapeView(shape: Shape) -> impl IntoView {
    match shape {
        Shape::Plain(kind) => view! { <p><KindView kind /></p> }.into_any(),
        Shape::Object(fields) if fields.is_empty() => view! { <p class="muted">{t!("api.no_fields")}</p> }.into_any(),
        Shape::Object(fields) => view! { <Fields fields /> }.into_any(),
        Shape::Words(words) => {
            let words = words.into_iter().map(|word| view! { <li><code>{word}</code></li> });
            view! { <ul class="reference-words">{words.collect_view()}</ul> }.into_any()
        }
        Shape::Choice(shapes) => {
            let choices = shapes.into_iter().map(|shape| view! { <li><ShapeView shape /></li> }.into_any());
            view! {
                <p class="muted">{t!("api.one_of")}</p>
                <ol class="reference-choices">{choices.collect_view()}</ol>
            }
            .into_any()
        }
    }
}

/// The fields of an object, or the parameters of a path.
#[component]
pub fn Fields(fields: Vec<Field>) -> impl IntoView {
    let shown = fields.into_iter().map(|field| {
        view! {
            <div class="reference-field">
                <dt>
                    <code>{field.name}</code>
                    {field.required.then(|| view! { <span class="badge accent">{t!("api.required")}</span> })}
                </dt>
                <dd>
                    <p>
                        <KindView kind=field.kind />
                        {(!field.limits.is_empty()).then(|| view! { <span class="faint" lang="en">" · "{field.limits}</span> })}
                    </p>
                    {field.note.map(|text| view! { <Prose text /> })}
                </dd>
            </div>
        }
    });
    view! { <dl class="reference-fields">{shown.collect_view()}</dl> }
}

#[component]
fn KindView(kind: Kind) -> impl IntoView {
    let pieces = kind.0.into_iter().map(|piece| match piece {
        Piece::Text(text) => text.into_any(),
        Piece::Name(name) => {
            let href = format!("#type-{name}");
            view! { <a href=href>{name}</a> }.into_any()
        }
    });
    view! { <span class="reference-kind" lang="en">{pieces.collect_view()}</span> }
}
