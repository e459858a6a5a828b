//! A parent that is killed in the midst of a file, and what becomes of its child.

use std::{
    io::Write as _,
    path::Path,
    process::{Command, Stdio},
};

use super::*;
use crate::isolate::child::{Readers, work_for_parent};

/// Says in the file that the request names which process it is, and never comes to an end.
#[test]
#[ignore = "is the child of the parent that is killed"]
fn child_without_end() {
    fn write_and_wait<T>(input: &FileInput<'_>) -> Result<T, ParseError> {
        if std::fs::write(input.file_name, format!("{}\n", std::process::id())).is_err() {
            return Err(ParseError::Unavailable("no file".to_owned()));
        }
        loop {
            std::thread::park();
        }
    }
    let ended = work_for_parent(Readers { document: write_and_wait, tables: write_and_wait });
    assert_eq!(format!("{ended:?}"), format!("{:?}", ExitCode::SUCCESS));
}

/// Gives its child a file, whose name comes over standard input.
#[tokio::test]
#[ignore = "is the parent that is killed"]
async fn parent() {
    let mut place = String::new();
    std::io::stdin().read_line(&mut place).unwrap();
    let mut child =
        ChildProcess::start(&std::env::current_exe().unwrap(), &acting_as("parent::child_without_end")).unwrap();
    let file = file(place.trim_end(), b"text".to_vec());
    let grant = Grant::new(Limits::default().of(&file));
    let answer = child.read::<ParsedDocument>(Wanted::Document, &file, &grant).await;
    panic!("nobody answers: {answer:?}");
}

/// The process that said in a file which one it is, once it has.
fn process_of(place: &Path) -> Option<u32> {
    std::fs::read_to_string(place).ok()?.strip_suffix('\n')?.parse().ok()
}

/// Whether a process is there; what nobody has asked after since it ended is not.
fn is_running(process: u32) -> bool {
    std::fs::read_to_string(format!("/proc/{process}/status"))
        .is_ok_and(|status| !status.lines().any(|line| line.starts_with("State:") && line.contains('Z')))
}

/// Waits for something, however slow the machine: the limit only keeps a defect from hanging the tests.
async fn eventually<T>(what: impl Fn() -> Option<T>) -> Option<T> {
    let seen = async {
        loop {
            if let Some(seen) = what() {
                return seen;
            }
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(60), seen).await.ok()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_child_at_work_ends_when_its_parent_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("at-work");
    let mut parent = Command::new(std::env::current_exe().unwrap())
        .args(acting_as("parent::parent"))
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    writeln!(parent.stdin.take().unwrap(), "{}", place.display()).unwrap();
    let child = eventually(|| process_of(&place)).await;
    parent.kill().unwrap();
    parent.wait().unwrap();
    let child = child.expect("the child is at work");
    assert!(eventually(|| (!is_running(child)).then_some(())).await.is_some(), "process {child} goes on");
}
