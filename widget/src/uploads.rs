//! Files that the visitor sends with the next question.

use crate::{
    command::woven,
    markup::{CLOSE, escaped, picture_button, text_button},
    texts::Texts,
};

/// How a file stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Stage {
    /// It is on its way to the server.
    Sending,
    /// The server reads it.
    Reading,
    /// A question can be asked with it.
    Ready,
    /// It has arrived, and nobody tells whether it was read.
    Lost,
    /// It was not taken, or cannot be read.
    Failed,
}

/// A file.
#[derive(Debug)]
pub struct Upload {
    /// The number under which the page knows it.
    pub number: String,
    /// Its name.
    pub name: String,
    /// Its id at the server; empty as long as that has not told it.
    pub id: String,
    /// How it stands.
    pub stage: Stage,
    /// Why it failed, or is lost.
    pub error: String,
    /// How often in a row nobody told whether it was read.
    pub missed: u64,
    /// Whether a question is on its way that it belongs to.
    pub is_given: bool,
}

/// The files that are sent with the next question.
pub fn list(uploads: &[Upload], texts: &Texts) -> String {
    let mut out = String::new();
    for upload in uploads {
        let name = escaped(&upload.name);
        let label = woven("$ $", &[texts.remove(), &upload.name]);
        out.push_str(&woven(
            "<li id='f$'><span dir='auto'>$</span> <span class='state' role='status'>$</span>$</li>",
            &[&upload.number, &name, &state(upload, texts), &picture_button("drop", &upload.number, &label, CLOSE, "")],
        ));
    }
    out
}

/// How a file stands.
pub fn state(upload: &Upload, texts: &Texts) -> String {
    match upload.stage {
        Stage::Sending => woven("<progress max='100' value='0' aria-label='$'></progress>", &[&escaped(&upload.name)]),
        Stage::Reading => texts.reading().to_owned(),
        Stage::Ready => texts.ready().to_owned(),
        Stage::Lost => woven("$ $", &[&escaped(&upload.error), &text_button("again", &upload.number, texts.retry())]),
        Stage::Failed => escaped(&upload.error),
    }
}
