//! The children are this test program itself, at the one test that acts as a child.

mod honest;
mod hostile;
#[cfg(target_os = "linux")]
mod parent;

use std::{
    process::ExitCode,
    sync::{
        Barrier,
        atomic::{AtomicUsize, Ordering},
    },
};

use super::*;
use crate::parse::tests::{docx, paragraphs, pdf, zip_of_zeros};

#[test]
#[ignore = "is the child of the other tests"]
fn child() {
    assert_eq!(format!("{:?}", child_main()), format!("{:?}", ExitCode::SUCCESS));
}

/// What makes this program act as one of its tests.
fn acting_as(test: &str) -> Vec<OsString> {
    let name = format!("isolate::tests::{test}");
    [name.as_str(), "--exact", "--ignored", "--nocapture", "--test-threads=1"].map(OsString::from).to_vec()
}

/// A parser whose children are this program.
pub(crate) fn parser(limits: Limits) -> Parser {
    Parser::with_arguments(std::env::current_exe().unwrap(), acting_as("child"), limits)
}

/// Limits of one child for files of every size.
fn limits(time: Duration, memory: u64) -> Limits {
    let cost = Cost { time, memory };
    Limits { small: cost, large: cost, children: 1, ..Limits::default() }
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
            tokio::time::sleep(Duration::from_millis(1)).await;
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
    let small = parser(limits(Duration::from_secs(60), 90 << 20));
    let error = small.parse(file("long.docx", long.clone())).await.unwrap_err();
    assert_eq!(error, ParseError::TooComplex("it takes more memory than allowed".into()));
    assert_eq!(small.parse(file("a.docx", docx(&paragraphs(&["next"])))).await.unwrap().text, "next");

    let hasty = parser(limits(Duration::from_millis(30), 512 << 20));
    let error = hasty.parse(file("long.docx", long)).await.unwrap_err();
    assert_eq!(error, ParseError::TooComplex("it takes longer than 1 seconds".into()));
    assert_eq!(hasty.inner.idle.lock().len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_large_file_gets_as_much_memory_as_it_has_said() {
    // Both are as large, and their cells take as much memory; one of them only says the same again and again.
    let rows = |line: &dyn Fn(usize) -> usize| -> Vec<u8> {
        (100_000..500_000).map(|n| format!("Line {},of a very long table\n", line(n))).collect::<String>().into_bytes()
    };
    let (table, echo) = (rows(&|n| n), rows(&|_| 100_000));
    assert_eq!(table.len(), echo.len());
    // More than a child has at its start with either of them, and less than so many cells take.
    let little = 120 << 20;
    let small = Cost { memory: little, ..Limits::default().small };
    let growing = parser(Limits { small, children: 1, ..Limits::default() });
    let tables = growing.tables(file("a.csv", table.clone())).await.unwrap();
    assert_eq!(tables[0].rows.len(), 399_999);
    // It had a child to itself.
    assert_eq!(growing.inner.idle.lock().len(), 0);
    assert_eq!(growing.tables(file("a.csv", echo)).await, Err(ParseError::out_of_memory()));
    // Nor is there more where no file may have more, whatever it says.
    let never = parser(limits(Duration::from_secs(60), little));
    assert_eq!(never.tables(file("a.csv", table)).await, Err(ParseError::out_of_memory()));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_that_went_while_it_waited_fails_no_file() {
    let parser = parser(Limits { children: 1, idle: Duration::from_secs(600), ..Limits::default() });
    parser.parse(file("a.docx", docx(&paragraphs(&["first"])))).await.unwrap();
    let id = parser.inner.idle.lock().last().and_then(ChildProcess::id).unwrap();
    let killed = std::process::Command::new("kill").args(["-KILL", &id.to_string()]).status();
    assert!(killed.unwrap().success());
    assert_eq!(parser.parse(file("a.docx", docx(&paragraphs(&["second"])))).await.unwrap().text, "second");
    assert_ne!(parser.inner.idle.lock().last().and_then(ChildProcess::id), Some(id));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_read_here_counts_until_it_ends_however_long_anybody_waits() {
    static GATE: Barrier = Barrier::new(2);
    fn waits(_input: &FileInput<'_>) -> Result<(), ParseError> {
        GATE.wait();
        Ok(())
    }
    let small = Cost { time: Duration::from_millis(20), ..Limits::default().small };
    let parser = parser(Limits { small, in_process: 1, ..Limits::default() });
    let given_up = parser.read_here(waits, file("a.txt", b"text".to_vec())).await;
    let free = parser.inner.here.available_permits();
    // It comes to its end now.
    tokio::task::spawn_blocking(|| GATE.wait()).await.unwrap();
    assert!(matches!(given_up, Err(ParseError::TooComplex(_))), "{given_up:?}");
    assert_eq!(free, 0);
    assert!(parser.inner.here.acquire().await.is_ok());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_more_texts_are_read_here_at_once_than_may_be() {
    static AT_WORK: AtomicUsize = AtomicUsize::new(0);
    static MOST: AtomicUsize = AtomicUsize::new(0);
    fn counts(_input: &FileInput<'_>) -> Result<(), ParseError> {
        MOST.fetch_max(AT_WORK.fetch_add(1, Ordering::SeqCst) + 1, Ordering::SeqCst);
        for _ in 0..1_000 {
            std::thread::yield_now();
        }
        AT_WORK.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
    let parser = parser(Limits { in_process: 1, ..Limits::default() });
    let reading = (0..16).map(|_| parser.read_here(counts, file("a.txt", b"text".to_vec())));
    let read = futures::future::join_all(reading).await;
    assert!(read.iter().all(Result::is_ok), "{read:?}");
    assert_eq!(MOST.load(Ordering::SeqCst), 1);
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
