//! How fast a list is rendered on the server.

use std::{
    thread,
    time::{Duration, Instant},
};

use anyhow::{Context as _, Result, ensure};
use serde_json::json;

use crate::bench::{
    context::Context,
    http::Connection,
    installation::{EMAIL, PASSWORD, Server, WITHOUT_MODEL},
    row::{Budget, Row},
};

/// How many people the organisation has.
const PEOPLE: usize = 1_000;
/// How many browsers ask at once.
const BROWSERS: usize = 4;
/// How long they ask.
const TIME: Duration = Duration::from_secs(8);

/// Makes an organisation of a thousand people and lets somebody who is signed in read their list.
pub fn measure(context: &Context) -> Result<Vec<Row>> {
    let installation = context.installation()?;
    let server = installation.start(&[WITHOUT_MODEL, ("HAMMOCK_REGISTRATION__INVITATIONS_PER_HOUR", "1000")])?;
    let mut api = server.api()?;
    for number in 1..PEOPLE {
        let title = context.corpus.document(number).title;
        let name: String =
            title.split_whitespace().find(|word| word.len() > 3).unwrap_or("Somebody").chars().take(40).collect();
        let person = json!({
            "first_name": name,
            "last_name": format!("Person {number}"),
            "email": format!("person{number}@example.org"),
            "role": "user",
            "first_password": { "kind": "invite" },
        });
        api.post("/users", &person)?;
    }
    let cookie = sign_in(&server)?;
    let before = server.processor_time()?;
    let (plain, bytes, shown) = rate(&server, &[("cookie", &cookie)])?;
    let each = (server.processor_time()? - before) / (plain * TIME.as_secs_f64()) * 1_000.0;
    let (packed, packed_bytes, _) = rate(&server, &[("cookie", &cookie), ("accept-encoding", "br")])?;
    let row = Row::new("server-rendered list of 1,000 rows", plain, "req/s", Budget::AtLeast(2_000.0));
    Ok(vec![row.note(format!(
        "/users of an organisation with {PEOPLE} people, signed in: a page shows {shown} rows, {:.0} KB; {BROWSERS} \
         connections; {each:.1} ms of the server's processor time for each; {packed:.0} req/s where brotli is asked for ({:.0} KB)",
        bytes as f64 / 1024.0,
        packed_bytes as f64 / 1024.0
    ))])
}

/// Signs in as a browser does; the session's cookie.
///
/// # Errors
/// When that is refused.
pub fn sign_in(server: &Server) -> Result<String> {
    let mut browser = server.connect(&[])?;
    let form = format!("email={}&password={}", EMAIL.replace('@', "%40"), PASSWORD.replace(' ', "+"));
    let answer = browser.send("POST", "/sign-in", Some(("application/x-www-form-urlencoded", form.as_bytes())))?;
    let cookie = answer.header("set-cookie").and_then(|cookie| cookie.split(';').next()).map(str::to_owned);
    cookie.with_context(|| format!("signing in answers {} and sets no cookie", answer.status))
}

/// Requests a second, the size of a page and how many rows it has.
fn rate(server: &Server, headers: &[(&str, &str)]) -> Result<(f64, usize, usize)> {
    let page = read(&mut server.connect(headers)?)?;
    let rows = String::from_utf8_lossy(&page).matches("<tr").count().saturating_sub(1);
    let begun = Instant::now();
    let counts = thread::scope(|scope| {
        let browsers: Vec<_> = (0..BROWSERS)
            .map(|_| {
                scope.spawn(|| -> Result<usize> {
                    let mut browser = server.connect(headers)?;
                    let mut count = 0;
                    while begun.elapsed() < TIME {
                        read(&mut browser)?;
                        count += 1;
                    }
                    Ok(count)
                })
            })
            .collect();
        browsers
            .into_iter()
            .map(|browser| browser.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic)))
            .collect::<Result<Vec<usize>>>()
    })?;
    Ok((counts.iter().sum::<usize>() as f64 / begun.elapsed().as_secs_f64(), page.len(), rows))
}

fn read(browser: &mut Connection) -> Result<Vec<u8>> {
    let answer = browser.send("GET", "/users", None)?;
    let status = answer.status;
    let page = answer.bytes()?;
    ensure!(status == 200, "/users answers {status}: {}", String::from_utf8_lossy(&page));
    Ok(page)
}
