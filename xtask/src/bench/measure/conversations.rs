//! How fast somebody's conversations are searched.

use std::{
    collections::{BTreeMap, BTreeSet},
    time::Instant,
};

use anyhow::{Context as _, Result, ensure};
use serde_json::{Value, json};

use crate::{
    bench::{
        context::Context,
        corpus::Corpus,
        installation::WITHOUT_MODEL,
        measure::{first_token::ask, streams::make_long_assistant},
        provider::Provider,
        row::{Budget, Row, percentile},
    },
    process::say,
};

/// How many conversations the person has.
const CONVERSATIONS: usize = 500;
/// How many questions each has, each with its answer.
const QUESTIONS: usize = 10;
/// How many messages there are in all.
const MESSAGES: usize = CONVERSATIONS * QUESTIONS * 2;
/// How many words a message has at least.
const FEWEST_WORDS: usize = 60;
/// How many it has at most.
const MOST_WORDS: usize = 120;
/// The shortest word that is searched for. Letters.
const SHORTEST_WORD: usize = 5;
/// How many conversations the list shows at once.
const PAGE: usize = 50;
/// How often each word is searched for.
const TIMES: usize = 60;
/// The word of one message, the very first. No text has it.
const IN_ONE_MESSAGE: &str = "zyqmessage";
/// The word of one title, that of the oldest conversation. No text has it.
const IN_ONE_TITLE: &str = "zyqtitle";
/// A word that nobody wrote.
const NOWHERE: &str = "zyqnowhere";

/// Asks five thousand questions in five hundred conversations, and searches what was said for a word, again and again.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let mut questions = texts(&context.corpus);
    let (word, holding) = frequent_word(&questions).context("the texts have no long word")?;
    let megabytes = questions.iter().map(String::len).sum::<usize>() as f64 / 1024.0 / 1024.0;
    let answers = questions.split_off(MESSAGES / 2);
    questions[0].push_str(&format!(" {IN_ONE_MESSAGE}"));
    let provider = Provider::start_with(answers)?;
    let (allow, destination) = provider.egress();
    let installation = context.installation()?;
    let server = installation.start(&[WITHOUT_MODEL, (allow, &destination)])?;
    let mut api = server.api()?;
    let assistant = make_long_assistant(&mut api, &provider)?;
    say(&format!("bench: asking {} questions", questions.len()));
    let mut conversations = Vec::with_capacity(CONVERSATIONS);
    for questions in questions.chunks(QUESTIONS) {
        let mut conversation = Value::Null;
        for question in questions {
            let request = json!({ "assistant": assistant, "conversation": conversation, "text": question });
            conversation = ask(&server, &server.key_header(), &request)?;
        }
        conversations.push(conversation.as_str().context("the conversation has no id")?.to_owned());
    }
    let path = |conversation: Option<&String>| Some(format!("/conversations/{}", conversation?));
    let (oldest, newest) = path(conversations.first()).zip(path(conversations.last())).context("nothing was asked")?;
    let messages = api.get(&newest)?["messages"].take();
    let complete = messages.as_array().into_iter().flatten().filter(|message| message["state"] == "complete").count();
    ensure!(complete == 2 * QUESTIONS, "{complete} messages of a conversation are complete");
    api.patch(&oldest, &json!({ "title": format!("All about {IN_ONE_TITLE}") }))?;

    let mut rows = Vec::new();
    for (what, word, expected) in [
        ("many messages", word.as_str(), PAGE),
        ("one message", IN_ONE_MESSAGE, 1),
        ("no message", NOWHERE, 0),
        ("one title", IN_ONE_TITLE, 1),
    ] {
        let path = format!("/conversations?query={word}&limit={PAGE}");
        let mut times = Vec::with_capacity(TIMES);
        for _ in 0..TIMES {
            let begun = Instant::now();
            let page = api.get(&path)?;
            times.push(begun.elapsed().as_secs_f64() * 1_000.0);
            let found = page["items"].as_array().map_or(0, Vec::len);
            ensure!(found == expected, "{word} is found in {found} conversations, not in {expected}");
        }
        let what = format!("{MESSAGES} messages searched for a word of {what}, p95");
        let row = Row::new(what, percentile(&times, 0.95), "ms", Budget::None).valid_if(context.corpus.is_real);
        rows.push(row.note(format!("p50 {:.1} of {TIMES}; {expected} conversations found", percentile(&times, 0.5))));
    }
    rows[0].note.push_str(&format!(
        ", as many as a page has, of {CONVERSATIONS}; the texts have {megabytes:.1} MB; {word:?} is a word of {holding} \
         of them"
    ));
    Ok(rows)
}

/// A text for each message: the words of the documents, one document after the other.
fn texts(corpus: &Corpus) -> Vec<String> {
    // No question may have control characters.
    let separates = |character: char| character.is_whitespace() || character.is_control();
    let mut words = (0..).flat_map(|number| {
        let text = corpus.document(number).text;
        let words = text.split(separates).filter(|word| !word.is_empty());
        words.map(str::to_owned).collect::<Vec<String>>()
    });
    let text = |number: usize| {
        let length = FEWEST_WORDS + number * 7 % (MOST_WORDS - FEWEST_WORDS + 1);
        words.by_ref().take(length).collect::<Vec<String>>().join(" ")
    };
    (0..MESSAGES).map(text).collect()
}

/// The word of some length that most texts have, and how many have it. Its letters need no escape in an address.
fn frequent_word(texts: &[String]) -> Option<(String, usize)> {
    let mut counts = BTreeMap::new();
    for text in texts {
        let words = text.split(|character: char| !character.is_ascii_alphabetic());
        let words: BTreeSet<&str> = words.filter(|word| word.len() >= SHORTEST_WORD).collect();
        for word in words {
            *counts.entry(word).or_insert(0) += 1;
        }
    }
    let (word, count) = counts.into_iter().max_by_key(|(_, count)| *count)?;
    Some((word.to_owned(), count))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_of_some_length_and_differ() {
        let texts = texts(&Corpus::load(None).unwrap());
        assert_eq!(texts.len(), MESSAGES);
        let lengths: BTreeSet<usize> = texts.iter().map(|text| text.split(' ').count()).collect();
        assert_eq!((lengths.first(), lengths.last()), (Some(&FEWEST_WORDS), Some(&MOST_WORDS)));
        assert_eq!(texts.iter().collect::<BTreeSet<_>>().len(), MESSAGES);
        assert!(frequent_word(&texts).unwrap().1 > PAGE);
    }

    #[test]
    fn the_frequent_word_is_counted_once_a_text() {
        let texts = ["often never never never", "the often the", "the été the"].map(str::to_owned);
        assert_eq!(frequent_word(&texts), Some(("often".to_owned(), 2)));
        assert_eq!(frequent_word(&[]), None);
    }
}
