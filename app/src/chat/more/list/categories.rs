//! A person's categories: the choice of one for a conversation, and what they are called.

use hammock_contract::{
    ApiError, CategoryId,
    category::{Category, CategoryColour, CategoryPatch, NewCategory},
};
use leptos::{ev::MouseEvent, prelude::*, task::spawn_local};

use crate::{
    FnError,
    categories::api::{
        create_category, delete_category, give_category, list_categories, restore_category, update_category,
    },
    chat::{conversation_list::ListDialogs, thread::Thread},
    t,
    ui::{
        Button, ButtonKind, Dialog, FormError, IconButton, Load, TextField, Typed, form::action_error, general_error,
        on_field, refocus::refocus, use_toaster,
    },
};

/// What [`Categories`] is given.
#[derive(Clone, Copy)]
pub struct CategoriesArgument {
    /// The thread beside the list.
    pub thread: Thread,
    /// The conversation that gets one, if any, and whether this is open.
    pub dialogs: ListDialogs,
}

type Done<T> = Action<T, Result<(), FnError>>;

/// What the dialog knows and does.
#[derive(Clone, Copy)]
struct Editor {
    dialogs: ListDialogs,
    /// The one that is changed; none: a new one.
    edited: RwSignal<Option<Category>>,
    name: RwSignal<String>,
    colour: RwSignal<CategoryColour>,
    typed: Typed,
    give: Done<Option<CategoryId>>,
    save: Done<()>,
    delete: Done<Category>,
}

impl Editor {
    fn new(thread: Thread, dialogs: ListDialogs) -> Self {
        let toaster = use_toaster();
        let edited = RwSignal::new(None::<Category>);
        let name = RwSignal::new(String::new());
        let colour = RwSignal::new(CategoryColour::default());
        let typed = Typed::in_fields(move || vec![name.get(), colour.get().as_str().to_owned()]);
        // What a category is called stands in the rows.
        let changed = move || {
            dialogs.categories_version.update(|version| *version += 1);
            thread.list_version.update(|version| *version += 1);
        };
        let close = move || dialogs.categories_open.set(false);
        let give = Action::new(move |category: &Option<CategoryId>| {
            let (row, category) = (dialogs.row.get_untracked(), category.clone());
            async move {
                let Some(row) = row else { return Ok(()) };
                give_category(row.id, category).await?;
                changed();
                close();
                Ok::<(), FnError>(())
            }
        });
        let save = Action::new(move |(): &()| {
            let (category, row) = (edited.get_untracked(), dialogs.row.get_untracked());
            let (new_name, new_colour) = (name.get_untracked(), colour.get_untracked());
            async move {
                if let Some(category) = category {
                    let patch = CategoryPatch { name: Some(new_name), colour: Some(new_colour) };
                    update_category(category.id, patch).await?;
                } else {
                    let made = create_category(NewCategory { name: new_name, colour: new_colour }).await?;
                    // Whoever makes one from a row wants it there.
                    if let Some(row) = row {
                        give_category(row.id, Some(made.id)).await?;
                        close();
                    }
                }
                changed();
                edited.set(None);
                name.set(String::new());
                colour.set(CategoryColour::default());
                typed.begin();
                Ok::<(), FnError>(())
            }
        });
        let delete = Action::new(move |category: &Category| {
            let id = category.id.clone();
            async move {
                delete_category(id.clone()).await?;
                changed();
                // The notice with the way back lies below the dialog.
                close();
                let undo = Callback::new(move |()| {
                    let id = id.clone();
                    spawn_local(async move {
                        match restore_category(id).await {
                            Ok(_) => changed(),
                            Err(error) => toaster.refuse(&error.0),
                        }
                    });
                });
                toaster.offer(t!("category.deleted"), t!("chat.undo"), undo);
                Ok::<(), FnError>(())
            }
        });
        Self { dialogs, edited, name, colour, typed, give, save, delete }
    }

    /// Begins with a category, or with a new one.
    fn edit(self, category: Option<Category>) {
        self.name.set(category.as_ref().map(|category| category.name.clone()).unwrap_or_default());
        self.colour.set(category.as_ref().map(|category| category.colour).unwrap_or_default());
        self.edited.set(category);
        self.save.clear();
        self.typed.begin();
    }

    /// Why the last of what was done besides the form was refused.
    fn refused(self) -> Signal<Option<ApiError>> {
        let (give, delete) = (action_error(self.give), action_error(self.delete));
        Signal::derive(move || give.get().or_else(|| delete.get()))
    }
}

/// The dialog of categories.
#[component]
pub fn Categories(
    /// What it is about.
    argument: CategoriesArgument,
) -> impl IntoView {
    let CategoriesArgument { thread, dialogs } = argument;
    let open = dialogs.categories_open;
    let editor = Editor::new(thread, dialogs);
    let title = Signal::derive(move || {
        let row = dialogs.row.get();
        row.map_or_else(|| t!("category.title").to_owned(), |row| t!("category.of", title = row.title))
    });
    let list = Resource::new(move || dialogs.categories_version.get(), |_| list_categories());
    Effect::new(move |before: Option<()>| {
        if open.get() {
            editor.edit(None);
            editor.give.clear();
            editor.delete.clear();
            // Another tab may have changed them.
            if before.is_some() {
                list.refetch();
            }
        }
    });
    view! {
        <Dialog open title changed=editor.typed.changed()>
            <FormError error=editor.refused() />
            <Load resource=list lines=3 let:categories>
                <List editor categories />
            </Load>
            <Form editor />
        </Dialog>
    }
}

/// The categories. For a conversation, a press gives it one.
#[component]
fn List(editor: Editor, categories: Vec<Category>) -> impl IntoView {
    let row = editor.dialogs.row.get_untracked();
    let given = row.as_ref().and_then(|row| row.category.as_ref()).map(|category| category.id.clone());
    let gives = row.is_some();
    if categories.is_empty() {
        return view! { <p class="muted">{t!("category.none_yet")}</p> }.into_any();
    }
    let none = gives.then(|| {
        view! {
            <li>
                <button type="button" class="choice" aria-pressed=given.is_none().to_string()
                    on:click=move |_| { editor.give.dispatch(None); }>
                    {t!("category.none")}
                </button>
            </li>
        }
    });
    let one = move |category: Category| {
        let (edited, deleted, id) = (category.clone(), category.clone(), category.id.clone());
        let is_given = given.as_ref() == Some(&id);
        let edit = t!("category.edit", name = category.name);
        let delete = t!("category.delete", name = category.name);
        let class = format!("category {}", category.colour.as_str());
        let label = view! { <span class=class>{category.name}</span> };
        view! {
            <li>
                {if gives {
                    view! {
                        <button type="button" class="choice" aria-pressed=is_given.to_string()
                            on:click=move |_| { editor.give.dispatch(Some(id.clone())); }>
                            {label}
                        </button>
                    }
                    .into_any()
                } else {
                    view! { <div class="choice">{label}</div> }.into_any()
                }}
                <IconButton icon="pencil" label=edit on_click=move |_| editor.edit(Some(edited.clone())) />
                <IconButton icon="trash-2" label=delete on_click=move |_| { editor.delete.dispatch(deleted.clone()); } />
            </li>
        }
    };
    view! { <ul class="category-list">{none}{categories.into_iter().map(one).collect_view()}</ul> }.into_any()
}

/// A new category, or another name and colour for one.
#[component]
fn Form(editor: Editor) -> impl IntoView {
    let error = action_error(editor.save);
    let is_edited = move || editor.edited.with(Option::is_some);
    let cancel = move |event: MouseEvent| {
        refocus(&event, "form", "[name=category]");
        editor.edit(None);
    };
    let submit = move || if is_edited() { t!("form.save") } else { t!("category.add") };
    view! {
        <form class="form category-form" on:submit=move |event| { event.prevent_default(); editor.save.dispatch(()); }>
            <h3>{move || match editor.edited.get() {
                Some(category) => t!("category.edit", name = category.name),
                None => t!("category.new").to_owned(),
            }}</h3>
            <FormError error=general_error(error, &["name"]) />
            <TextField label=t!("category.name") name="category" value=editor.name error=on_field(error, "name") />
            <fieldset class="field colours">
                <legend>{t!("category.colour")}</legend>
                <div>
                    {CategoryColour::ALL.into_iter().map(|colour| view! { <Colour editor colour /> }).collect_view()}
                </div>
            </fieldset>
            <div class="form-actions">
                <Button kind=ButtonKind::Primary of_type="submit" busy=editor.save.pending()>{submit}</Button>
                <Show when=is_edited>
                    <Button kind=ButtonKind::Ghost on_click=cancel>{t!("form.cancel")}</Button>
                </Show>
            </div>
        </form>
    }
}

#[component]
fn Colour(editor: Editor, colour: CategoryColour) -> impl IntoView {
    view! {
        <label class=format!("category {}", colour.as_str())>
            <input type="radio" name="category-colour" value=colour.as_str()
                prop:checked=move || editor.colour.get() == colour on:change=move |_| editor.colour.set(colour) />
            {colour_name(colour)}
        </label>
    }
}

fn colour_name(colour: CategoryColour) -> &'static str {
    match colour {
        CategoryColour::Grey => t!("category.grey"),
        CategoryColour::Green => t!("category.green"),
        CategoryColour::Amber => t!("category.amber"),
        CategoryColour::Blue => t!("category.blue"),
        CategoryColour::Rose => t!("category.rose"),
        CategoryColour::Red => t!("category.red"),
    }
}
