//! The children are this test program itself, at the one test that acts as a child.

mod hostile;

use std::process::ExitCode;

use super::*;
use crate::parse::tests::{docx, paragraphs, pdf, zip_of_zeros};

#[test]
#[ignore = "is the child of the other tests"]
fn child() {
    assert_eq!(format!("{:?}", child_main()), format!("{:?}", ExitCode::SUCCESS));
}

fn parser(limits: Limits) -> Parser {
    let exe = std::env::current_exe().unwrap();
    let arguments = ["isolate::tests::child", "--exact", "--ignored", "--nocapture", "--test-threads=1"];
    Parser::with_arguments(exe, arguments.map(OsString::from).to_vec(), limits)
}

fn file(file_name: &str, bytes: Vec<u8>) -> FileToParse {
    FileToParse { file_name: file_name.to_owned(), media_type: None, bytes: bytes.into() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_child_reads_many_files() {
    let parser = parser(Limits { children: 1, ..Limits::default() });
    for round in 0..5 {
        let text = format!("Opening hours of round {round}");
        let document = parser.parse(file("a.docx", docx(&paragraphs(&[&text])))).await.unwrap();
        assert_eq!(document.text, text);
        let document = parser.parse(file("a.pdf", pdf(&[&[&text]]))).await.unwrap();
        assert_eq!(document.text, text);
    }
    assert_eq!(parser.inner.idle.lock().len(), 1);
    assert_eq!(parser.parse(file("a.txt", b"plain".to_vec())).await.unwrap().text, "plain");
    // Tables come out of the same children; a document has none.
    assert!(parser.tables(file("a.docx", docx(&paragraphs(&["text"])))).await.unwrap().is_empty());
    assert_eq!(parser.tables(file("a.csv", b"Name,Price\nTea,2\n".to_vec())).await.unwrap()[0].rows.len(), 1);
    assert_eq!(parser.inner.idle.lock().len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn children_without_work_end() {
    let parser = parser(Limits { idle: Duration::from_millis(50), ..Limits::default() });
    parser.parse(file("a.docx", docx(&paragraphs(&["text"])))).await.unwrap();
    assert_eq!(parser.inner.idle.lock().len(), 1);
    // However slow the machine: it ends, and the limit only keeps a defect from hanging the tests.
    let ended = async {
        while !parser.inner.idle.lock().is_empty() {
            tokio::task::yield_now().await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ended).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_file_that_is_too_much_costs_a_child_and_not_the_server() {
    let bomb = zip_of_zeros(60_000_000);
    let many: Vec<String> = (0..200_000).map(|n| format!("paragraph {n} of a very long document")).collect();
    let long = docx(&paragraphs(&many.iter().map(String::as_str).collect::<Vec<_>>()));

    let roomy = parser(Limits { children: 1, ..Limits::default() });
    assert!(matches!(roomy.parse(file("bomb.docx", bomb)).await, Err(ParseError::TooComplex(_))));
    assert!(roomy.parse(file("long.docx", long.clone())).await.is_ok());

    // Less memory than the text alone takes: the child dies of it.
    let small = parser(Limits { children: 1, memory: 90 << 20, ..Limits::default() });
    let error = small.parse(file("long.docx", long.clone())).await.unwrap_err();
    assert_eq!(error, ParseError::TooComplex("it takes more memory than allowed".into()));
    assert_eq!(small.parse(file("a.docx", docx(&paragraphs(&["next"])))).await.unwrap().text, "next");

    let hasty = parser(Limits { children: 1, time: Duration::from_millis(30), ..Limits::default() });
    let error = hasty.parse(file("long.docx", long)).await.unwrap_err();
    assert_eq!(error, ParseError::TooComplex("it takes longer than 1 seconds".into()));
    assert_eq!(hasty.inner.idle.lock().len(), 0);
}

#[tokio::test]
async fn a_program_that_is_not_there_is_said_so() {
    let parser = Parser::new(PathBuf::from("/nonexistent/hammock"), Limits::default());
    let error = parser.parse(file("a.pdf", pdf(&[&["text"]]))).await.unwrap_err();
    assert!(matches!(error, ParseError::Unavailable(_)), "{error}");
    assert_eq!(parser.parse(file("a.md", b"# Still here".to_vec())).await.unwrap().title, "Still here");
}

#[tokio::test]
async fn empty_and_huge_files_do_not_reach_a_child() {
    let parser = Parser::new(PathBuf::from("/nonexistent/hammock"), Limits::default());
    assert_eq!(parser.parse(file("a.pdf", Vec::new())).await, Err(ParseError::Empty));
    let huge = parser.parse(file("a.pdf", vec![b'%'; 200_000_000])).await;
    assert_eq!(huge, Err(ParseError::TooLarge { limit: 100 }));
}
