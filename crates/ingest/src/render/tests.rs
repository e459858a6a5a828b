//! What becomes of a page, with scripts in the browser's place; what a real one does is tested with whole crawls.

use std::process::Command;

use hammock_net::EgressPolicy;

use super::*;

/// A program of this text. It is written by a process of its own: a file that this one has open for writing cannot be started,
/// and neither while another test starts something.
pub(crate) fn program(folder: &Path, name: &str, script: &str) -> PathBuf {
    let file = folder.join(name);
    let written = Command::new("/bin/sh")
        .args(["-c", "printf '#!/bin/sh\\n%s\\n' \"$2\" > \"$1\" && chmod 755 \"$1\"", "sh"])
        .arg(&file)
        .arg(script)
        .status()
        .expect("a shell starts");
    assert!(written.success());
    file
}

async fn render(script: &str, limits: RenderLimits) -> Result<String, RenderError> {
    show(script, limits).await.page
}

async fn show(script: &str, limits: RenderLimits) -> Rendered {
    let folder = tempfile::tempdir().expect("a folder is made");
    let renderer = Renderer::new(program(folder.path(), "browser", script), limits);
    let client = Client::new(EgressPolicy::default()).expect("a client is made");
    let url = Url::parse("https://a.example/app?x=1").expect("an address");
    renderer.render(&client, &url, "hammock/1 (+https://b.example)").await
}

#[tokio::test]
async fn the_browser_is_told_where_to_go_and_nothing_of_us() {
    let script = "printf '<html>'; for each in \"$@\"; do echo \"$each\"; done; env; pwd; printf '</html>'";
    let said = render(script, RenderLimits::default()).await.unwrap();
    for argument in [
        "--headless=new",
        "--dump-dom",
        "--proxy-server=http://127.0.0.1:",
        "--proxy-bypass-list=<-loopback>",
        "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
        "--user-agent=hammock/1 (+https://b.example)",
        "--virtual-time-budget=5000",
        "--timeout=20000",
        "--js-flags=--max-old-space-size=256",
        "--log-net-log=/",
        "\nhttps://a.example/app?x=1\n",
    ] {
        assert!(said.contains(argument), "{argument}: {said}");
    }
    assert_eq!(said.contains("--no-sandbox"), is_without_sandbox());
    let profile = said.lines().find_map(|line| line.strip_prefix("--user-data-dir=")).unwrap();
    assert!(said.contains(&format!("HOME={profile}")), "{said}");
    assert!(!Path::new(profile).exists(), "the profile is still there");
    assert!(!said.contains("CARGO"), "{said}");
}

#[tokio::test]
async fn a_browser_that_does_not_end_is_ended_with_all_that_it_started() {
    let folder = tempfile::tempdir().unwrap();
    let note = folder.path().join("helper");
    let limits = RenderLimits { time: Duration::from_secs(2), ..RenderLimits::default() };
    let script = format!("sleep 600 & echo $! > {}; wait", note.display());
    assert_eq!(render(&script, limits).await, Err(RenderError::TimedOut { seconds: 2 }));
    let helper = std::fs::read_to_string(note).unwrap();
    // One that nobody has waited for yet has ended, too. However slow the machine: the limit only keeps a defect from hanging the
    // tests.
    let ended = async || {
        let stands = || std::fs::read_to_string(format!("/proc/{}/stat", helper.trim())).unwrap_or_default();
        while !(stands().is_empty() || stands().contains(") Z ")) {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), ended()).await.expect("what it started has ended");

    let page = "printf '<html>all of it</html>\\n'; sleep 600";
    assert_eq!(render(page, limits).await.as_deref(), Ok("<html>all of it</html>\n"));
}

#[tokio::test]
async fn what_a_browser_complains_about_is_told() {
    let limits = RenderLimits { max_bytes: 1_000, ..RenderLimits::default() };
    let failed = |said: &str| Err(RenderError::Failed(said.to_owned()));
    let script = "echo first >&2; echo 'FATAL: no usable sandbox' >&2; echo last >&2; exit 1";
    assert_eq!(render(script, limits).await, failed("FATAL: no usable sandbox"));
    let late = Err(RenderError::TimedOut { seconds: 20 });
    assert_eq!(render("echo 'ERROR: Page load timed out.' >&2", limits).await, late);
    assert_eq!(render("exit 0", limits).await, failed("it printed nothing"));
    assert_eq!(render("head -c 2000 /dev/zero", limits).await, failed("the page is larger than 1000 bytes"));
    let error_page = "echo '<html><body class=\"neterror\"><div id=\"main-frame-error\">'";
    assert_eq!(render(error_page, limits).await, Err(RenderError::NotLoaded));
    let renderer = Renderer::new(PathBuf::from("/nowhere/chromium"), limits);
    let client = Client::new(EgressPolicy::default()).unwrap();
    let Rendered { led_to, page } = renderer.render(&client, &Url::parse("http://a.example/").unwrap(), "x").await;
    assert!(matches!(page, Err(RenderError::Failed(_))) && led_to.is_none(), "{page:?}");
    assert!(renderer.check(&client).await.is_err());
}

#[tokio::test]
async fn where_a_page_leads_is_told_whether_it_is_shown_or_not() {
    let limits = RenderLimits::default();
    let log = |url: &str| {
        format!(
            "for each in \"$@\"; do case \"$each\" in --log-net-log=*) log=\"${{each#--log-net-log=}}\";; esac; done\n\
             for url in https://a.example/app?x=1 {url}; do echo '{{\"source\":{{\"id\":1}},\"params\":\
             {{\"request_type\":\"main frame\",\"url\":\"'\"$url\"'\"}}}},' >> \"$log\"; done\n"
        )
    };
    let away = Url::parse("https://b.example/").unwrap();
    let shown = show(&(log("https://b.example/") + "echo '<html>elsewhere</html>'"), limits).await;
    assert_eq!(shown, Rendered { led_to: Some(away.clone()), page: Ok("<html>elsewhere</html>\n".to_owned()) });
    let hurried = RenderLimits { time: Duration::from_secs(2), ..limits };
    let shown = show(&(log("https://b.example/") + "sleep 600"), hurried).await;
    assert_eq!(shown, Rendered { led_to: Some(away), page: Err(RenderError::TimedOut { seconds: 2 }) });
    let shown = show(&(log("") + "echo '<html>here</html>'"), limits).await;
    assert_eq!(shown, Rendered { led_to: None, page: Ok("<html>here</html>\n".to_owned()) });
    assert_eq!(show("echo '<html>unknown</html>'", limits).await.led_to, None);
}

#[test]
fn the_browser_is_the_first_of_a_known_name_that_may_be_started() {
    let folders = [(), ()].map(|()| tempfile::tempdir().unwrap());
    let [first, second] = folders.each_ref().map(|folder| folder.path());
    let search = std::env::join_paths([Path::new("relative"), first, second]).unwrap();
    assert_eq!(find_browser(None), None);
    assert_eq!(find_browser(Some(&search)), None);
    std::fs::write(first.join("chromium"), "").unwrap();
    assert_eq!(find_browser(Some(&search)), None, "it is no program");
    let chrome = program(first, "google-chrome", "");
    assert_eq!(find_browser(Some(&search)), Some(chrome));
    let chromium = program(second, "chromium", "");
    assert_eq!(find_browser(Some(&search)), Some(chromium));
}
