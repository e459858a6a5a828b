//! A PostgreSQL that does not answer, and one that answers with a refusal.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpListener,
};

use crate::{Store, StoreError, StoreOptions};

fn patient(patience: Duration) -> StoreOptions {
    StoreOptions { patience, ..StoreOptions::default() }
}

fn address(port: u16) -> String {
    format!("postgres://ada:geheim@127.0.0.1:{port}/atlas?sslmode=disable")
}

/// What PostgreSQL sends when it refuses (protocol 3.0, ErrorResponse).
fn refusal(code: &str) -> Vec<u8> {
    let mut fields = Vec::new();
    for (kind, text) in [('S', "FATAL"), ('V', "FATAL"), ('C', code), ('M', "no")] {
        fields.extend_from_slice(kind.to_string().as_bytes());
        fields.extend_from_slice(text.as_bytes());
        fields.push(0);
    }
    fields.push(0);
    let length = u32::try_from(fields.len() + 4).expect("a refusal is short");
    [b"E".as_slice(), &length.to_be_bytes(), &fields].concat()
}

/// A server that refuses the first connection with the first code and so on, and the rest with the last; its port, and
/// how many connections there were.
async fn refusing(codes: &'static [&'static str]) -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback can be bound");
    let port = listener.local_addr().expect("a listener has an address").port();
    let asked = Arc::new(AtomicUsize::new(0));
    let counted = asked.clone();
    tokio::spawn(async move {
        while let Ok((mut socket, _)) = listener.accept().await {
            let code = codes[counted.fetch_add(1, Ordering::SeqCst).min(codes.len() - 1)];
            let mut greeting = vec![0; 4];
            if socket.read_exact(&mut greeting).await.is_ok() {
                let length = u32::from_be_bytes([greeting[0], greeting[1], greeting[2], greeting[3]]);
                let mut rest = vec![0; length.saturating_sub(4) as usize];
                let _gone = socket.read_exact(&mut rest).await;
                let _gone = socket.write_all(&refusal(code)).await;
            }
        }
    });
    (port, asked)
}

#[tokio::test]
async fn one_that_does_not_answer_is_waited_for_and_then_named() {
    let port = {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("loopback can be bound");
        listener.local_addr().expect("a listener has an address").port()
    };
    let begun = Instant::now();
    let error = Store::connect(&address(port), &patient(Duration::from_millis(700))).await.unwrap_err();
    assert!(begun.elapsed() >= Duration::from_millis(250), "it was not tried again");
    assert!(begun.elapsed() < Duration::from_secs(10), "{:?}", begun.elapsed());
    assert!(
        matches!(&error, StoreError::Unreachable { place, .. } if *place == format!("127.0.0.1:{port}")),
        "{error}"
    );
    assert!(!error.to_string().contains("geheim") && !format!("{error:?}").contains("geheim"), "{error:?}");
}

#[tokio::test]
async fn a_refusal_is_final_at_once_and_says_what_to_change() {
    for (codes, word) in [
        (&["28P01"][..], "refuses the password of \"ada\""),
        (&["3D000"][..], "has no database \"atlas\""),
        (&["28000"][..], "does not let \"ada\" in"),
    ] {
        let (port, asked) = refusing(codes).await;
        let error = Store::connect(&address(port), &patient(Duration::from_secs(60))).await.unwrap_err();
        assert!(matches!(&error, StoreError::NotLetIn { .. }), "{error:?}");
        assert!(error.to_string().contains(word) && !error.to_string().contains("geheim"), "{error}");
        assert_eq!(asked.load(Ordering::SeqCst), 1, "{word}");
    }
}

#[tokio::test]
async fn one_that_is_starting_up_is_asked_again() {
    let (port, asked) = refusing(&["57P03", "57P03", "28P01"]).await;
    let error = Store::connect(&address(port), &patient(Duration::from_secs(60))).await.unwrap_err();
    assert!(matches!(&error, StoreError::NotLetIn { .. }), "{error:?}");
    assert_eq!(asked.load(Ordering::SeqCst), 3);
}

#[tokio::test]
async fn what_is_no_address_is_refused_without_repeating_a_password() {
    let url = "postgres://ada:geheim@host:many/atlas";
    let error = Store::connect(url, &patient(Duration::ZERO)).await.unwrap_err();
    assert!(matches!(&error, StoreError::InvalidUrl(_)), "{error:?}");
    assert!(!error.to_string().contains("geheim"), "{error}");
}
