//! What every chat model and every embedding model must do, whatever is behind it.

use std::time::Duration;

use futures::StreamExt;

use crate::{
    ChatModel, ChatRequest, ChatRole, ChatStream, ChatTurn, Embedder, ModelError, PromptSource, Purpose, Speech,
    Transcriber,
};

/// A text with characters of one to four bytes.
pub(crate) const TEXT: &str = "Čeština, déjà vu, 日本語 and 🦀🦀 — every character whole.";

pub(crate) fn request(question: &str) -> ChatRequest {
    let sources = vec![
        PromptSource {
            number: 1,
            title: "Opening hours".to_owned(),
            text: TEXT.to_owned(),
            language: None,
            follows: None,
            parts: Vec::new(),
        },
        PromptSource {
            number: 2,
            title: "Shop".to_owned(),
            text: "The shop sells crabs 🦀 every day.".to_owned(),
            language: None,
            follows: None,
            parts: Vec::new(),
        },
    ];
    ChatRequest {
        model: "m".to_owned(),
        turns: vec![
            ChatTurn { role: ChatRole::System, text: "Answer.".to_owned() },
            ChatTurn { role: ChatRole::User, text: question.to_owned() },
        ],
        question: question.to_owned(),
        sources,
        pictures: Vec::new(),
        vision: hammock_contract::assistant::Vision::Automatic,
        language: Some("en".to_owned()),
        is_weak: false,
        temperature: 0.7,
        max_tokens: 300,
    }
}

/// What was said, and what it broke with. Fails when the stream does not end, or goes on after an error.
pub(crate) async fn collect(mut stream: ChatStream) -> (String, Option<ModelError>) {
    let read = async {
        let mut text = String::new();
        while let Some(item) = stream.next().await {
            match item {
                Ok(chunk) => {
                    assert!(!chunk.text.is_empty() || chunk.usage.is_some(), "an empty chunk says nothing");
                    assert!(!chunk.text.contains('\u{FFFD}'), "a character was cut: {:?}", chunk.text);
                    text.push_str(&chunk.text);
                }
                Err(error) => {
                    assert!(stream.next().await.is_none(), "an error is the end");
                    return (text, Some(error));
                }
            }
        }
        (text, None)
    };
    tokio::time::timeout(Duration::from_secs(20), read).await.expect("the stream ends")
}

/// For a model that answers [`TEXT`], or quotes it. Answers are complete, in order, of whole characters, come in more than
/// one piece, can be had at the same time, and can be dropped at any point.
pub(crate) async fn answers(model: &dyn ChatModel) {
    let (text, error) = collect(model.stream(&request("What does every character do?")).await.unwrap()).await;
    assert_eq!(error, None);
    assert!(text.contains(TEXT), "{text}");

    let mut pieces = model.stream(&request("What does every character do?")).await.unwrap();
    let first = pieces.next().await.unwrap().unwrap();
    assert!(text.starts_with(&first.text) && first.text.len() < text.len());
    drop(pieces);

    let both = futures::future::join_all(
        (0..2).map(async |_| collect(model.stream(&request("What does every character do?")).await.unwrap()).await),
    )
    .await;
    assert!(both.iter().all(|answer| *answer == (text.clone(), None)));
}

#[tokio::test]
async fn the_scripted_model_conforms() {
    answers(&crate::scripted::ScriptedModel::saying(TEXT)).await;
}

#[tokio::test]
async fn the_quoting_answerer_conforms() {
    answers(&crate::builtin::QuotingAnswerer).await;
}

/// Texts of every length have one vector each, of unit length and in order; the same text has the same vector in any
/// company, and whoever else asks at the same time.
pub(crate) async fn embeds(embedder: &dyn Embedder) {
    let dimension = embedder.space().dimension;
    assert!(dimension > 0 && embedder.max_tokens() > 0 && !embedder.space().model.is_empty());
    let is_code = |code: &String| code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_lowercase());
    assert!(embedder.languages().iter().all(is_code), "{:?}", embedder.languages());
    assert!(embedder.embed(Vec::new(), Purpose::Passage).await.unwrap().is_empty());
    assert!(embedder.embed(Vec::new(), Purpose::Query).await.unwrap().is_empty());

    let texts: Vec<String> = (0..70_usize)
        .map(|number| match number {
            0 => String::new(),
            1 => "word ".repeat(20_000),
            2 => TEXT.to_owned(),
            _ => format!("{number} {}", "the shop opens at nine ".repeat((number * 7) % 13)),
        })
        .collect();
    let together = embedder.embed(texts.clone(), Purpose::Passage).await.unwrap();
    assert_eq!(together.len(), texts.len());
    for vector in &together {
        assert_eq!(vector.len(), dimension);
        assert!((cosine(vector, vector) - 1.0).abs() < 1e-4, "a vector is {} long", cosine(vector, vector));
    }
    let alone = futures::future::join_all(
        texts.iter().step_by(9).map(|text| embedder.embed(vec![text.clone()], Purpose::Passage)),
    )
    .await;
    for (place, vector) in alone.into_iter().enumerate() {
        let vector = vector.unwrap();
        assert!(cosine(&vector[0], &together[place * 9]) > 0.9999, "{}", texts[place * 9]);
    }
    let question = embedder.embed(vec![TEXT.to_owned()], Purpose::Query).await.unwrap();
    assert_eq!((question.len(), question[0].len()), (1, dimension));
}

fn cosine(one: &[f32], other: &[f32]) -> f32 {
    one.iter().zip(other).map(|(a, b)| a * b).sum()
}

#[tokio::test]
async fn the_embedder_of_words_conforms() {
    embeds(&crate::scripted::WordEmbedder::new("words", 16, &["en"])).await;
}

/// A recording; whether somebody speaks in it is the model's to say.
pub(crate) fn speech() -> Speech {
    Speech { audio: vec![7_u8; 3000].into(), media_type: "audio/webm".to_owned(), language: Some("cs".to_owned()) }
}

/// For a transcriber that hears [`TEXT`] in everything. The text is whole, without white space around it, and whoever else
/// asks at the same time gets theirs.
pub(crate) async fn transcribes(transcriber: &dyn Transcriber) {
    assert_eq!(transcriber.transcribe(&speech()).await.as_deref(), Ok(TEXT));
    let unknown = Speech { language: None, media_type: "audio/ogg".to_owned(), ..speech() };
    let both = futures::future::join_all([transcriber.transcribe(&speech()), transcriber.transcribe(&unknown)]).await;
    assert!(both.iter().all(|text| text.as_deref() == Ok(TEXT)), "{both:?}");
}

#[tokio::test]
async fn the_scripted_transcriber_conforms() {
    let transcriber = crate::scripted::ScriptedTranscriber::new([Ok(format!(" {TEXT}\n"))]);
    transcribes(&transcriber).await;
    assert_eq!(transcriber.heard().first(), Some(&speech()));
    transcriber.push(Err(ModelError::TooLong));
    assert_eq!(transcriber.transcribe(&speech()).await.as_deref(), Ok(TEXT), "in order");
    assert_eq!(transcriber.transcribe(&speech()).await, Err(ModelError::TooLong));
}
