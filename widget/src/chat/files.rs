//! Files for the next question: sent to the server at once, given to the question when it is asked.

use super::Chat;
use crate::{
    command::{self, cut, digits, woven},
    errors,
    json::{Json, listed},
    requests::Request,
    texts::filled,
    uploads::{self, Stage, Upload},
};

/// Between two questions whether a file has been read. Milliseconds; longer each time that nobody answers.
const PAUSE: u64 = 700;
/// So often in a row nobody may answer to that until the visitor is asked. About ten seconds.
const MOST_MISSED: u64 = 5;

impl Chat {
    /// A file that the visitor chose, dropped or pasted: its size and its name.
    pub(super) fn file(&mut self, number: &str, value: &str) {
        let (size, name) = cut(value, b'\n').unwrap_or_default();
        let is_too_large = command::number(size).unwrap_or_default() > self.settings.largest * 1_000_000;
        let (stage, error) =
            if is_too_large { (Stage::Failed, self.too_large()) } else { (Stage::Sending, String::new()) };
        self.uploads.push(Upload {
            number: number.to_owned(),
            name: name.to_owned(),
            id: String::new(),
            stage,
            error,
            missed: 0,
            is_given: false,
        });
        self.draw_files();
        if !is_too_large {
            self.send(Request::new(&woven("up:$", &[number]), "POST", &["/attachments"], number));
        }
    }

    fn too_large(&self) -> String {
        filled(self.texts.too_large(), &digits(self.settings.largest))
    }

    /// What the server says of a file.
    pub(super) fn told_of_file(&mut self, number: &str, status: u32, body: &str) {
        let Some(place) = self.uploads.iter().position(|upload| upload.number == number) else { return };
        let json = Json::parse(body).unwrap_or_default();
        let code = errors::code_of(status, body);
        let is_good = (200..300).contains(&status);
        let is_reading = self.uploads[place].stage == Stage::Reading;
        let missed = if is_good { 0 } else { self.uploads[place].missed + 1 };
        let (stage, error) = match json.text_of("state") {
            "ready" if is_good => (Stage::Ready, String::new()),
            "processing" if is_good => (Stage::Reading, String::new()),
            // It has arrived. The server may tell in a moment how it stands, unless it refuses to.
            _ if is_reading && !is_good && status != 404 => {
                let is_over = missed > MOST_MISSED || (400..500).contains(&status);
                (if is_over { Stage::Lost } else { Stage::Reading }, errors::told(status, body, self.texts))
            }
            _ if is_good || is_reading || code == "unsupported_file_type" || code == "empty_file" => {
                (Stage::Failed, self.texts.unreadable().to_owned())
            }
            _ if code == "too_large" => (Stage::Failed, self.too_large()),
            _ => (Stage::Failed, errors::told(status, body, self.texts)),
        };
        let upload = &mut self.uploads[place];
        if is_good {
            json.text_of("id").clone_into(&mut upload.id);
        }
        upload.stage = stage;
        upload.error = error;
        upload.missed = missed;
        self.draw_file(place);
        if stage == Stage::Reading {
            self.out.add("wait", &woven("$ read:$", &[&digits(PAUSE * (missed + 1)), number]), "");
        } else if stage == Stage::Failed {
            self.out.add("drop", number, "");
        }
    }

    /// Asks whether a file has been read by now.
    pub(super) fn ask_of_file(&mut self, tag: &str, number: &str) {
        let known = self.uploads.iter().find(|upload| upload.number == number).map(|upload| upload.id.clone());
        if let Some(id) = known {
            self.send(Request::new(tag, "GET", &["/attachments/", &id], ""));
        }
    }

    /// The visitor asks anew after a file of which nobody told.
    pub(super) fn look_again(&mut self, number: &str) {
        let is_lost = |upload: &Upload| upload.number == number && upload.stage == Stage::Lost;
        let Some(place) = self.uploads.iter().position(is_lost) else { return };
        self.uploads[place].stage = Stage::Reading;
        self.uploads[place].missed = 0;
        self.draw_file(place);
        self.ask_of_file(&woven("read:$", &[number]), number);
        // The button goes away with the click.
        self.focus_field();
    }

    /// Takes a file away, from the server too. What is still answered about it is for nobody.
    pub(super) fn drop_file(&mut self, number: &str) {
        let Some(place) = self.uploads.iter().position(|upload| upload.number == number) else { return };
        let upload = self.uploads.remove(place);
        self.out.add("drop", number, "");
        if !upload.id.is_empty() {
            // What becomes of it is nothing that the visitor waits for.
            self.send(Request::new("gone", "DELETE", &["/attachments/", &upload.id], ""));
        }
        self.draw_files();
        self.focus_field();
    }

    /// Whether a file is on its way, or being read.
    pub(super) fn is_waiting_for_files(&self) -> bool {
        self.uploads.iter().any(|upload| matches!(upload.stage, Stage::Sending | Stage::Reading))
    }

    /// Gives the files to a question: their ids as JSON, and their names as a message has them.
    pub(super) fn give_files(&mut self) -> (String, Vec<(String, String)>) {
        let (mut ids, mut names) = (String::new(), Vec::new());
        for upload in self.uploads.iter_mut().filter(|upload| upload.stage == Stage::Ready) {
            upload.is_given = true;
            listed(&mut ids, &upload.id);
            names.push((upload.name.clone(), String::new()));
        }
        (ids, names)
    }

    /// Lets go of the files that a question has taken along, and of those that failed; or of all.
    pub(super) fn forget_files(&mut self, all: bool) {
        let is_kept = |upload: &Upload| !all && !upload.is_given && upload.stage != Stage::Failed;
        for upload in self.uploads.iter().filter(|upload| !is_kept(upload)) {
            self.out.add("drop", &upload.number, "");
        }
        self.uploads.retain(is_kept);
        self.draw_files();
    }

    fn draw_file(&mut self, place: usize) {
        let upload = &self.uploads[place];
        let html = uploads::state(upload, self.texts);
        self.out.add("html", &woven("#f$ .state", &[&upload.number]), &html);
    }

    fn draw_files(&mut self) {
        let html = uploads::list(&self.uploads, self.texts);
        self.out.add("html", ".files", &html);
    }
}
