//! A model of two layers, eight numbers wide, whose weights follow from a rule: what it gives can be computed by hand.

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use super::*;

const HIDDEN: usize = 8;
const INNER: usize = 12;
const LAYERS: usize = 2;
const POSITIONS: usize = 14;
/// The tokens, in the order of their numbers.
const WORDS: [&str; 12] =
    ["<s>", "<pad>", "</s>", "<unk>", "one", "two", "three", "four", "query:", "passage:", "ten", "eleven"];

/// A sentence-transformers directory with this model, as one of a family: what `config.json` calls it, what the names of its
/// tensors begin with, and how it makes one vector of many.
pub(super) fn directory(family: &str, prefix: &str, pooling: &str) -> TempDir {
    let directory = tempfile::tempdir().unwrap();
    let write = |name: &str, content: Value| std::fs::write(directory.path().join(name), content.to_string()).unwrap();
    write(
        "config.json",
        json!({
            "model_type": family, "hidden_size": HIDDEN, "intermediate_size": INNER, "num_hidden_layers": LAYERS,
            "num_attention_heads": 2, "hidden_act": "gelu", "layer_norm_eps": 1e-5, "max_position_embeddings": POSITIONS,
            "pad_token_id": 1, "vocab_size": WORDS.len(), "position_embedding_type": "absolute"
        }),
    );
    std::fs::create_dir(directory.path().join("1_Pooling")).unwrap();
    let is = |name: &str| pooling == name;
    write(
        "1_Pooling/config.json",
        json!({
            "word_embedding_dimension": HIDDEN, "pooling_mode_cls_token": is("cls"), "pooling_mode_mean_tokens": is("mean")
        }),
    );
    write("tokenizer.json", tokenizer());
    std::fs::write(directory.path().join("model.safetensors"), weights(prefix)).unwrap();
    directory
}

/// One token for each word, between a first and a last one.
fn tokenizer() -> Value {
    let vocabulary: Map<String, Value> =
        WORDS.iter().enumerate().map(|(number, word)| ((*word).to_owned(), json!(number))).collect();
    let added: Vec<Value> = (0..4)
        .map(|number| {
            json!({
                "id": number, "content": WORDS[number], "single_word": false, "lstrip": false, "rstrip": false,
                "normalized": false, "special": true
            })
        })
        .collect();
    let token = |word: &str| json!({ "SpecialToken": { "id": word, "type_id": 0 } });
    let text = |name: &str| json!({ "Sequence": { "id": name, "type_id": 0 } });
    let special = |number: usize| json!({ "id": WORDS[number], "ids": [number], "tokens": [WORDS[number]] });
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added, "normalizer": null,
        "pre_tokenizer": { "type": "WhitespaceSplit" },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [token("<s>"), text("A"), token("</s>")],
            "pair": [token("<s>"), text("A"), token("</s>"), text("B"), token("</s>")],
            "special_tokens": { "<s>": special(0), "</s>": special(2) }
        },
        "decoder": null,
        "model": { "type": "WordLevel", "vocab": vocabulary, "unk_token": "<unk>" }
    })
}

/// All tensors in the order in which their numbers are made.
fn tensors() -> Vec<(String, Vec<usize>)> {
    let mut tensors: Vec<(String, Vec<usize>)> = [
        ("embeddings.word_embeddings.weight", vec![WORDS.len(), HIDDEN]),
        ("embeddings.position_embeddings.weight", vec![POSITIONS, HIDDEN]),
        ("embeddings.token_type_embeddings.weight", vec![1, HIDDEN]),
        ("embeddings.LayerNorm.weight", vec![HIDDEN]),
        ("embeddings.LayerNorm.bias", vec![HIDDEN]),
    ]
    .map(|(name, shape)| (name.to_owned(), shape))
    .into();
    for layer in 0..LAYERS {
        let mut add = |part: &str, outputs: usize, weight: Vec<usize>| {
            tensors.push((format!("encoder.layer.{layer}.{part}.weight"), weight));
            tensors.push((format!("encoder.layer.{layer}.{part}.bias"), vec![outputs]));
        };
        for part in ["attention.self.query", "attention.self.key", "attention.self.value", "attention.output.dense"] {
            add(part, HIDDEN, vec![HIDDEN, HIDDEN]);
        }
        add("intermediate.dense", INNER, vec![INNER, HIDDEN]);
        add("output.dense", HIDDEN, vec![HIDDEN, INNER]);
        for part in ["attention.output.LayerNorm", "output.LayerNorm"] {
            add(part, HIDDEN, vec![HIDDEN]);
        }
    }
    tensors
}

/// The file of the weights: numbers between -1 and 1 by a linear congruential generator, smaller ones for what is added and ones
/// around 1 for what is scaled.
fn weights(prefix: &str) -> Vec<u8> {
    let (mut header, mut numbers) = (Map::new(), Vec::new());
    let mut random = 1_u64;
    for (name, shape) in tensors() {
        let begin = numbers.len();
        let count: usize = shape.iter().product();
        for _ in 0..count {
            random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            let number = (random >> 40) as f32 / (1_u32 << 23) as f32 - 1.0;
            let number = match name.as_str() {
                name if name.ends_with("LayerNorm.weight") => 1.0 + number / 4.0,
                name if name.ends_with("bias") => number / 8.0,
                _ => number,
            };
            numbers.extend_from_slice(&number.to_le_bytes());
        }
        let tensor = json!({ "dtype": "F32", "shape": shape, "data_offsets": [begin, numbers.len()] });
        header.insert(format!("{prefix}{name}"), tensor);
    }
    let header = Value::Object(header).to_string();
    [(header.len() as u64).to_le_bytes().as_slice(), header.as_bytes(), numbers.as_slice()].concat()
}

pub(super) async fn vectors(embedder: &LocalEmbedder, texts: &[&str], purpose: Purpose) -> Vec<Vec<f32>> {
    embedder.embed(texts.iter().map(|text| (*text).to_owned()).collect(), purpose).await.unwrap()
}

/// The expected numbers were computed in double precision by a program of its own in plain Python, by the definition of Hugging
/// Face's `BertModel` and `XLMRobertaModel` (whose positions begin behind the number of the padding) and of the pooling of
/// sentence-transformers.
#[tokio::test]
async fn vectors_of_every_family_are_those_of_its_definition() {
    let texts = ["one two three", "three", "ten one one"];
    let expected: [(&str, &str, &str, [[f32; HIDDEN]; 3]); 5] = [
        (
            "xlm-roberta",
            "roberta.",
            "cls",
            [
                [-0.08898, -0.21220, -0.27193, 0.35548, 0.34803, 0.08794, -0.58642, 0.52343],
                [-0.17446, -0.18110, -0.21688, 0.42882, 0.35764, 0.02420, -0.56397, 0.50920],
                [0.41739, -0.37950, -0.38192, 0.06230, 0.26083, 0.44924, -0.47358, 0.19468],
            ],
        ),
        (
            "xlm-roberta",
            "",
            "mean",
            [
                [-0.12635, -0.21509, -0.23389, 0.38716, 0.35050, 0.08183, -0.58528, 0.51095],
                [-0.17526, -0.19043, -0.19531, 0.45565, 0.37057, 0.04286, -0.57798, 0.46264],
                [0.33884, -0.36699, -0.34116, 0.06946, 0.26402, 0.42870, -0.54367, 0.28324],
            ],
        ),
        (
            "roberta",
            "roberta.",
            "mean",
            [
                [-0.12635, -0.21509, -0.23389, 0.38716, 0.35050, 0.08183, -0.58528, 0.51095],
                [-0.17526, -0.19043, -0.19531, 0.45565, 0.37057, 0.04286, -0.57798, 0.46264],
                [0.33884, -0.36699, -0.34116, 0.06946, 0.26402, 0.42870, -0.54367, 0.28324],
            ],
        ),
        (
            "bert",
            "bert.",
            "cls",
            [
                [-0.28383, -0.18136, -0.17935, 0.67681, 0.44401, -0.08343, -0.34001, 0.27676],
                [-0.09389, -0.21750, -0.18508, 0.49177, 0.38471, 0.04340, -0.60772, 0.38545],
                [-0.29625, -0.17877, -0.17962, 0.67964, 0.43195, -0.07910, -0.33422, 0.28558],
            ],
        ),
        (
            "bert",
            "",
            "mean",
            [
                [-0.21556, -0.20165, -0.17805, 0.59891, 0.42198, -0.02223, -0.47550, 0.34325],
                [-0.10390, -0.22173, -0.17866, 0.45999, 0.37323, 0.06945, -0.61949, 0.41065],
                [-0.22366, -0.19863, -0.16998, 0.57979, 0.40979, -0.02229, -0.48704, 0.37395],
            ],
        ),
    ];
    for (family, prefix, pooling, expected) in expected {
        let directory = directory(family, prefix, pooling);
        let embedder = LocalEmbedder::load_with_workers(directory.path(), 1).unwrap();
        let found = vectors(&embedder, &texts, Purpose::Passage).await;
        for ((text, found), expected) in texts.iter().zip(&found).zip(&expected) {
            let is_close = found.iter().zip(expected).all(|(found, expected)| (found - expected).abs() < 1e-4);
            assert!(
                is_close && found.len() == HIDDEN,
                "{family}, {pooling}, {text}: {found:?} instead of {expected:?}"
            );
        }
    }
}

#[tokio::test]
async fn a_text_is_cut_where_the_positions_of_its_family_end() {
    for (family, tokens) in [("xlm-roberta", POSITIONS - 2), ("roberta", POSITIONS - 2), ("bert", POSITIONS)] {
        let directory = directory(family, "", "mean");
        let embedder = LocalEmbedder::load_with_workers(directory.path(), 1).unwrap();
        assert_eq!((embedder.max_tokens(), embedder.count_tokens("one two three")), (tokens, Some(5)), "{family}");
        // The first and the last token are none of its words.
        let words = tokens - 2;
        let text = |words: usize| {
            let words: Vec<&str> =
                ["one", "two", "three", "four", "ten", "eleven"].into_iter().cycle().take(words).collect();
            words.join(" ")
        };
        let [whole, longer, shorter] = [words, words + 11, words - 3].map(text);
        let found = vectors(&embedder, &[&whole, &longer, &shorter], Purpose::Passage).await;
        assert!(cosine(&found[0], &found[1]) > 0.99999 && cosine(&found[0], &found[2]) < 0.99, "{family}: {found:?}");
    }
}

#[tokio::test]
async fn what_a_model_wants_before_a_text_stands_before_it() {
    let (plain, prompted) = (directory("xlm-roberta", "", "mean"), directory("xlm-roberta", "", "mean"));
    let prompts = json!({ "prompts": { "query": "query: ", "document": "passage: " }, "default_prompt_name": null });
    std::fs::write(prompted.path().join("config_sentence_transformers.json"), prompts.to_string()).unwrap();
    let [plain, prompted] =
        [&plain, &prompted].map(|directory| LocalEmbedder::load_with_workers(directory.path(), 1).unwrap());
    let expected = Prompts { query: "query: ".to_owned(), passage: "passage: ".to_owned() };
    assert_eq!((prompted.prompts(), plain.prompts()), (&expected, Prompts::NONE));
    // What stands there takes the place of a token.
    assert_eq!((plain.max_tokens(), prompted.max_tokens()), (12, 11));
    assert_eq!((plain.count_tokens("one two"), prompted.count_tokens("one two")), (Some(4), Some(4)));
    for (purpose, prompt) in [(Purpose::Query, "query: "), (Purpose::Passage, "passage: ")] {
        // Enough texts to be planned apart.
        let texts = ["one two", "three", "", "ten", "four"];
        let by_hand: Vec<String> = texts.iter().map(|text| format!("{prompt}{text}")).collect();
        let by_hand: Vec<&str> = by_hand.iter().map(String::as_str).collect();
        let expected = vectors(&plain, &by_hand, purpose).await;
        let without = vectors(&plain, &texts, purpose).await;
        let found = vectors(&prompted, &texts, purpose).await;
        let alone = vectors(&prompted, &texts[..1], purpose).await;
        assert!(cosine(&alone[0], &found[0]) > 0.99999, "{alone:?} {found:?}");
        for ((found, expected), without) in found.iter().zip(&expected).zip(&without) {
            assert!(cosine(found, expected) > 0.99999 && cosine(found, without) < 0.999, "{found:?} {without:?}");
        }
    }
}

#[tokio::test]
async fn the_tiny_model_conforms() {
    let directory = directory("xlm-roberta", "roberta.", "cls");
    crate::conformance::embeds(&LocalEmbedder::load_with_workers(directory.path(), 2).unwrap()).await;
}
