//! Pictures in a prompt: parts of its last message, or a word that they are there where the model cannot see.

use serde_json::{Value, json};

use crate::Picture;

/// Puts pictures to the last message.
pub(super) fn add(messages: &mut [Value], pictures: &[Picture]) {
    let Some(last) = messages.last_mut().filter(|_| !pictures.is_empty()) else { return };
    let mut parts = vec![json!({ "type": "text", "text": last["content"] })];
    parts.extend(pictures.iter().map(|one| json!({ "type": "image_url", "image_url": { "url": one.data_url } })));
    last["content"] = Value::Array(parts);
}

/// Tells a model that cannot see that there are pictures.
pub(super) fn tell(messages: &mut [Value], pictures: &[Picture]) {
    let Some(last) = messages.last_mut().filter(|_| !pictures.is_empty()) else { return };
    let text = told(last["content"].as_str().unwrap_or_default(), pictures);
    last["content"] = Value::String(text);
}

/// Takes the pictures out of a request again, and tells the model that it was not shown them, so that it can say so; false where
/// there are none.
pub(super) fn give_up(body: &mut Value, pictures: &[Picture]) -> bool {
    let last = body.get_mut("messages").and_then(Value::as_array_mut).and_then(|messages| messages.last_mut());
    let Some(content) = last.and_then(|last| last.get_mut("content")).filter(|content| content.is_array()) else {
        return false;
    };
    let text = told(content[0]["text"].as_str().unwrap_or_default(), pictures);
    *content = Value::String(text);
    true
}

fn told(text: &str, pictures: &[Picture]) -> String {
    let names: Vec<&str> = pictures.iter().map(|one| one.name.as_str()).collect();
    format!(
        "{text}\n\n(The person has added pictures that you cannot see: {}. If the question is about them, say that you cannot \
         see pictures.)",
        names.join(", ")
    )
}

/// Whether a provider's message is about pictures.
pub(super) fn are_meant(message: &str) -> bool {
    let message = message.to_lowercase();
    ["image", "vision", "multimodal", "content part", "content type"].iter().any(|word| message.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pictures() -> Vec<Picture> {
        vec![Picture { name: "cat.png".to_owned(), data_url: "data:image/png;base64,AAAA".to_owned() }]
    }

    #[test]
    fn pictures_go_with_the_last_message_and_can_be_given_up_once() {
        let mut messages =
            vec![json!({ "role": "system", "content": "S" }), json!({ "role": "user", "content": "Q?" })];
        add(&mut messages, &pictures());
        assert_eq!(messages[0]["content"], "S");
        assert_eq!(messages[1]["content"][0], json!({ "type": "text", "text": "Q?" }));
        assert_eq!(messages[1]["content"][1]["image_url"]["url"], "data:image/png;base64,AAAA");
        let mut body = json!({ "messages": messages });
        assert!(give_up(&mut body, &pictures()));
        let text = body["messages"][1]["content"].as_str().unwrap();
        assert!(text.starts_with("Q?\n\n") && text.contains("cat.png") && !text.contains("base64"), "{text}");
        assert!(!give_up(&mut body, &pictures()));
    }

    #[test]
    fn a_model_that_is_known_not_to_see_is_told_of_pictures() {
        let mut messages = vec![json!({ "role": "user", "content": "Q?" })];
        tell(&mut messages, &[]);
        assert_eq!(messages[0]["content"], "Q?");
        tell(&mut messages, &pictures());
        let text = messages[0]["content"].as_str().unwrap();
        assert!(text.starts_with("Q?\n\n") && text.contains("cat.png") && !text.contains("base64"), "{text}");
    }

    #[test]
    fn without_pictures_a_message_stays_a_text() {
        let mut messages = vec![json!({ "role": "user", "content": "Q?" })];
        add(&mut messages, &[]);
        assert_eq!(messages[0]["content"], "Q?");
        assert!(are_meant("This model does not support Image input") && !are_meant("temperature is not supported"));
    }
}
