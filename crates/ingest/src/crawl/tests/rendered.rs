//! Pages that only scripts fill: with a script in the browser's place, which prints what it is told, and with the real one where
//! there is one.

use tempfile::TempDir;
use url::Url;

use super::*;
use crate::{
    isolate::{Limits, tests::parser},
    parse::ParseError,
    render::{RenderLimits, Renderer, find_browser, tests::program},
};

const SHELL: &str = "<title>App</title><noscript>You need to enable JavaScript.</noscript><div id=app></div><script src=app.js></script>";

pub(super) fn viewer(renderer: Renderer) -> Viewer {
    Viewer { renderer: Arc::new(renderer), parser: Arc::new(parser(Limits::default())) }
}

/// A browser that prints a fixed page for each path, and nothing for others. It notes the addresses it is asked for.
struct Browser {
    folder: TempDir,
    policy: CrawlPolicy,
}

impl Browser {
    fn new(pages: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().expect("a folder is made");
        let note = folder.path().join("asked");
        let mut script =
            format!("for url in \"$@\"; do :; done\necho \"$url\" >> {}\ncase \"$url\" in\n", note.display());
        for (path, page) in pages {
            script.push_str(&format!("*{path}) printf '%s' '<html>{page}</html>';;\n"));
        }
        script.push_str("esac");
        let renderer = Renderer::new(program(folder.path(), "browser", &script), RenderLimits::default());
        let policy = CrawlPolicy { viewer: Some(viewer(renderer)), ..hurried() };
        Self { folder, policy }
    }

    /// The paths that it was asked for until now, sorted.
    fn take_asked(&self) -> Vec<String> {
        let note = self.folder.path().join("asked");
        let asked = std::fs::read_to_string(&note).unwrap_or_default();
        let mut paths: Vec<String> =
            asked.lines().map(|url| Url::parse(url).expect("an address").path().to_owned()).collect();
        paths.sort_unstable();
        if !paths.is_empty() {
            std::fs::remove_file(note).expect("the note is removed");
        }
        paths
    }
}

fn page_of<'a>(crawled: &'a Collected, path: &str) -> &'a FetchedPage {
    match crawled.of(path) {
        PageResult::Fetched(page) | PageResult::Unchanged(Some(page)) => page,
        other => panic!("{path}: {other:?}"),
    }
}

#[tokio::test]
async fn what_scripts_bring_is_content_and_leads_on() {
    let opening = "The museum opens at nine and closes at five, on Mondays too.";
    let about = "The museum is three hundred years old.";
    let front = format!("<title>Museum</title><main><p>{opening}</p></main><a href=/about>2</a><script>x()</script>");
    let second = format!("<main><p>{about}</p></main><noscript>You need to enable JavaScript.</noscript>");
    let browser = Browser::new(&[("/", front.as_str()), ("/about", second.as_str())]);
    // Both addresses answer with the same page, as applications do.
    let site = Website::default().page("/", SHELL).page("/about", SHELL);
    let address = site.start().await;
    let (crawled, outcome) = run_with(&settings(address), &browser.policy, address, Vec::new()).await;
    assert_eq!(outcome.unwrap().fetched, 2);
    assert_eq!(browser.take_asked(), ["/", "/about"]);
    for (path, text) in [("/", opening), ("/about", about)] {
        let page = page_of(&crawled, path);
        let body = String::from_utf8_lossy(&page.body);
        assert!(body.contains(text) && !body.contains("script"), "{body}");
        assert!(matches!(page.rendering, Rendering::Made { .. }), "{path}");
        assert_eq!(page.content_type.as_deref(), Some("text/html; charset=utf-8"));
    }

    // The pages themselves are the same: nothing is looked at again before that is due.
    let known = crawled.known();
    let (again, outcome) = run_with(&settings(address), &browser.policy, address, known.clone()).await;
    assert_eq!((outcome.unwrap().unchanged, again.unchanged()), (2, vec!["/", "/about"]));
    assert_eq!(page_of(&again, "/").rendering, Rendering::AsBefore);
    assert!(browser.take_asked().is_empty());

    // Nor does it go where the browser went.
    let (without, _) = run_with(&settings(address), &hurried(), address, known.clone()).await;
    assert_eq!(without.unchanged(), ["/", "/about"]);

    let due = known.iter().cloned().map(|page| KnownPage { render_due: true, ..page }).collect();
    let (again, _) = run_with(&settings(address), &browser.policy, address, due).await;
    assert_eq!((browser.take_asked().len(), again.unchanged()), (2, vec!["/", "/about"]));
    assert!(matches!(page_of(&again, "/").rendering, Rendering::Made { .. }));

    site.replace("/about", html(&SHELL.replace("app.js", "app-2.js")));
    run_with(&settings(address), &browser.policy, address, known).await.1.unwrap();
    assert_eq!(browser.take_asked(), ["/about"]);
}

#[tokio::test]
async fn a_page_that_shows_no_more_in_a_browser_stays_what_it_is() {
    let browser = Browser::new(&[
        ("/", "<p>Nine.</p><p>Now.</p>"),
        ("/asks", "<p>Please enable JavaScript in your browser.</p>"),
        ("/lost", "<title>Page not found</title><h1>Page not found</h1>"),
        ("/blank", "<div></div>"),
    ]);
    let long = format!("<main><p>{}</p></main><script>a()</script>", "The museum opens at nine. ".repeat(10));
    let front = "<p>Nine to five, on Mondays too.</p><a href=/asks>1</a><a href=/lost>2</a><a href=/blank>3</a>\
        <a href=/broken>4</a><a href=/long>5</a><a href=/plain>6</a><a href=/hidden>7</a><script>a()</script>";
    let site = ["/asks", "/lost", "/blank", "/broken"]
        .into_iter()
        .fold(Website::default(), |site, path| site.page(path, SHELL));
    let site = site
        .page("/", front)
        .page("/long", &long)
        .page("/plain", "<p>Nothing runs here.</p>")
        .page("/hidden", &format!("<meta name=robots content=noindex>{SHELL}"));
    let address = site.start().await;
    let (crawled, outcome) = run_with(&settings(address), &browser.policy, address, Vec::new()).await;
    outcome.unwrap();
    assert_eq!(browser.take_asked(), ["/", "/asks", "/blank", "/broken", "/lost"]);
    assert_eq!(page_of(&crawled, "/").rendering, Rendering::NoMore);
    assert_eq!(page_of(&crawled, "/long").rendering, Rendering::None);
    assert_eq!(page_of(&crawled, "/plain").rendering, Rendering::None);
    assert_eq!(crawled.skipped("/asks"), "nothing_rendered");
    assert_eq!(crawled.skipped("/blank"), "nothing_rendered");
    assert_eq!(crawled.skipped("/lost"), "soft_not_found");
    assert_eq!(crawled.skipped("/hidden"), "no_index");
    let broken = crawled.of("/broken");
    assert!(matches!(broken, PageResult::Failed(PageFailure::Render(_))), "{broken:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_stands_on_every_page_is_not_what_a_page_says() {
    let opening = "The museum opens at nine and closes at five, on Mondays too.";
    let shown = format!("<main><p>{opening}</p></main>");
    let browser = Browser::new(&[("/", shown.as_str())]);
    let furniture = "We use cookies to show you what you may like. ".repeat(20);
    let around = format!(
        "<div class=cookie-banner><p>{furniture}</p><button>Accept</button></div>\
         <div role=dialog><p>{furniture}</p></div><div style='display: none'><p>{furniture}</p></div>"
    );
    let article = format!("<main><p>{}</p></main>", "The museum has four rooms. ".repeat(40));
    let site = Website::default()
        .page(
            "/",
            &format!("<title>App</title>{around}<div id=app></div><a href=/article>1</a><script src=app.js></script>"),
        )
        .page("/article", &format!("{around}{article}<a href=/grows>2</a><script src=app.js></script>"))
        .page("/grows", &format!("{article}{}<a href=/last>3</a><script src=app.js></script>", growing()))
        .page("/last", "<p>Nothing runs here.</p>");
    let address = site.start().await;
    let (crawled, outcome) = run_with(&settings(address), &browser.policy, address, Vec::new()).await;
    outcome.unwrap();
    assert_eq!(browser.take_asked(), ["/"]);
    let front = page_of(&crawled, "/");
    assert!(matches!(front.rendering, Rendering::Made { .. }), "{:?}", front.rendering);
    assert!(String::from_utf8_lossy(&front.body).contains(opening));
    for path in ["/article", "/grows", "/last"] {
        assert_eq!(page_of(&crawled, path).rendering, Rendering::None, "{path}");
    }

    // It stays what it was made while it is the same, with a browser and without one.
    let known = crawled.known();
    for policy in [&browser.policy, &hurried()] {
        let (again, outcome) = run_with(&settings(address), policy, address, known.clone()).await;
        outcome.unwrap();
        assert_eq!(page_of(&again, "/").rendering, Rendering::AsBefore);
        assert_eq!(again.unchanged().first(), Some(&"/"));
    }
    assert!(browser.take_asked().is_empty());
}

/// Letters that are never closed are made anew in every paragraph: of 46 kilobytes without a word, six million elements.
fn growing() -> String {
    let letters: String = (0..2_000).map(|n| format!("<b n={n}>")).collect();
    format!("<p>{letters}{}", "<p><span>".repeat(3_000))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_thin_page_that_grows_while_it_is_read_costs_a_child_and_not_the_server() {
    let hostile = format!("<title>App</title><script src=app.js></script>{}", growing());
    let words = "<p>The museum opens at nine.</p><script>x()</script>";
    // What scripts make of a page is as much the work of strangers as the page is.
    let browser =
        Browser::new(&[("/bare", growing().as_str()), ("/words", growing().as_str()), ("/grows", "<p>x</p>")]);
    let site = Website::default()
        .page("/", "<p>Nine.</p><a href=/grows>1</a><a href=/bare>2</a><a href=/words>3</a>")
        .page("/grows", &hostile)
        .page("/bare", SHELL)
        .page("/words", words);
    let address = site.start().await;
    let (crawled, outcome) = run_with(&settings(address), &browser.policy, address, Vec::new()).await;
    outcome.unwrap();
    for path in ["/grows", "/bare"] {
        let result = crawled.of(path);
        assert!(
            matches!(result, PageResult::Failed(PageFailure::Parse(ParseError::TooComplex(_)))),
            "{path}: {result:?}"
        );
    }
    assert_eq!(page_of(&crawled, "/words").rendering, Rendering::None);
    assert_eq!(browser.take_asked(), ["/bare", "/words"], "what cannot be read as it came is not shown");
}

/// The system's Chromium; where there is none, the test `what` is said to be skipped.
pub(super) fn chromium(what: &str) -> Option<Renderer> {
    let found = find_browser(std::env::var_os("PATH").as_deref());
    if found.is_none() {
        println!("HAMMOCK-SKIP: {what}: there is no Chromium on this machine; on Debian `apt-get install chromium`");
    }
    Some(Renderer::new(found?, RenderLimits { time: Duration::from_secs(120), ..RenderLimits::default() }))
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_real_browser_shows_what_scripts_bring_and_reaches_nothing_inside() {
    let Some(renderer) = chromium("pages that only scripts fill") else { return };
    let inside = Website::default().page("/", "secret");
    let inside_address = inside.start().await;
    let script = format!(
        "const show = text => {{ const p = document.createElement('p'); p.textContent = text; document.querySelector('main').append(p); }};
        const ask = address => fetch(address, {{ mode: 'no-cors' }}).then(() => 'reached', () => 'refused');
        fetch('/hours.json').then(answer => answer.json()).then(async hours => {{
            const listen = address => new Promise(done => {{
                const socket = new WebSocket(address);
                socket.onopen = () => done('reached');
                socket.onerror = () => done('refused');
            }});
            show('The museum opens at ' + hours.from + ' and closes at ' + hours.to + '.');
            for (const host of ['127.0.0.1', 'localhost', '[::1]', '0.0.0.0', '10.0.0.1', '169.254.169.254', 'inside.example'])
                show(host + ' was ' + await ask('http://' + host + ':{port}/'));
            new Image().src = 'http://127.0.0.1:{port}/image';
            navigator.sendBeacon('http://127.0.0.1:{port}/beacon', 'x');
            const frame = document.createElement('iframe');
            frame.src = 'http://127.0.0.1:{port}/frame';
            document.body.append(frame);
            const link = document.createElement('a');
            link.href = '/about';
            document.body.append(link);
            document.title = 'Opening hours';
            // The page's clock stands still while it waits for an answer, and not while it waits for a socket: so it asks
            // again and again, which costs a little of its time, until every socket has told.
            let told = 0;
            const hosts = ['127.0.0.1', 'localhost', '10.0.0.1'];
            for (const host of hosts)
                listen('ws://' + host + ':{port}/socket').then(outcome => {{
                    show('A socket to ' + host + ' was ' + outcome);
                    told += 1;
                }});
            while (told < hosts.length) {{
                await fetch('/hours.json', {{ cache: 'no-store' }}).then(answer => answer.text(), () => '');
                await new Promise(done => setTimeout(done, 20));
            }}
        }});",
        port = inside_address.port()
    );
    let app = |name: &str| {
        format!("<title>App</title><noscript>Enable JavaScript.</noscript><main></main><script src={name}></script>")
    };
    let site = Website::default()
        .page("/", &app("/app.js"))
        .with("/app.js", bytes(script.as_bytes()).header(header::CONTENT_TYPE, "text/javascript"))
        .with("/hours.json", bytes(br#"{"from":"nine","to":"five"}"#).header(header::CONTENT_TYPE, "application/json"))
        .page("/about", &app("/about.js"))
        .with("/about.js", bytes(b"document.querySelector('main').textContent = 'Three hundred years old.'"));
    let address = site.start().await;
    let policy = CrawlPolicy { viewer: Some(viewer(renderer)), page_time: Duration::from_secs(30), ..hurried() };
    let (crawled, outcome) = run_with(&settings(address), &policy, address, Vec::new()).await;
    outcome.unwrap();
    let body = String::from_utf8_lossy(&page_of(&crawled, "/").body).into_owned();
    assert!(body.contains("The museum opens at nine and closes at five."), "{body}");
    assert!(body.contains("<title>Opening hours</title>") && !body.contains("Enable JavaScript"), "{body}");
    let about = String::from_utf8_lossy(&page_of(&crawled, "/about").body).into_owned();
    assert!(about.contains("Three hundred years old."), "{about}");
    for host in ["127.0.0.1", "localhost", "10.0.0.1"] {
        assert!(body.contains(&format!("A socket to {host} was refused")), "{body}");
    }
    assert_eq!(inside.take_requests().len(), 0, "the page reached an address inside: {body}");
    let agents: Vec<_> = site.take_requests().into_iter().filter(|(path, _)| path == "/hours.json").collect();
    let agent = agents[0].1.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
    assert_eq!(agent, Some(policy.user_agent().as_str()));
}
