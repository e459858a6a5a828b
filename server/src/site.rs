//! The built interface: scripts, styles, fonts, pictures. Read into memory once (a few megabytes), from the binary itself
//! or from a folder, with the compressed siblings that the build made.

#[cfg(feature = "embedded-site")]
mod embedded;

use std::{
    collections::{BTreeMap, HashMap},
    path::Path,
    sync::Arc,
};

use app::interface::Interface;
use axum::{
    body::Body,
    extract::{Request, State},
    middleware::Next,
    response::{IntoResponse, Response},
};
use bytes::Bytes;
use http::{
    HeaderMap, HeaderName, HeaderValue, Method, StatusCode,
    header::{
        ACCEPT_ENCODING, ACCESS_CONTROL_ALLOW_ORIGIN, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG,
        IF_NONE_MATCH, VARY,
    },
};
use sha2::{Digest, Sha256};

use crate::{state::AppState, widget_look};

/// What the address of a versioned file names, so that browsers may keep it for ever.
const FOREVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
const ASK_AGAIN: HeaderValue = HeaderValue::from_static("no-cache");

/// The loader of the widget: its address stands on customers' pages and never changes, so that browsers ask for it again soon.
const LOADER: &str = "/embed.js";
const FOR_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");
/// The files that the loader fetches; the address of each has a hash of all of them.
const WIDGET: &str = "/embed/";

/// Where the build says which files make a page live.
const INTERFACE: &str = "pkg/interface.json";

/// What the operator does where the interface is not built.
pub const ADVICE: &str = "build it with `cargo xtask build`, or set server.site_dir";

/// The built interface.
#[derive(Debug, Default)]
pub struct Site {
    files: HashMap<String, File>,
    version: Arc<str>,
    interface: Arc<Interface>,
}

#[derive(Debug)]
struct File {
    plain: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
    media_type: HeaderValue,
    etag: HeaderValue,
}

impl Site {
    /// The files of a folder. One without files is a site too: pages work, without scripts and styles.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub fn from_folder(folder: &Path) -> std::io::Result<Self> {
        let mut contents = BTreeMap::new();
        collect(folder, "", &mut contents)?;
        Ok(Self::from_contents(contents))
    }

    /// The site that is part of the binary, where it was built in.
    pub fn embedded() -> Option<Self> {
        #[cfg(feature = "embedded-site")]
        return Some(Self::from_contents(embedded::contents()));
        #[cfg(not(feature = "embedded-site"))]
        None
    }

    fn from_contents(mut contents: BTreeMap<String, Bytes>) -> Self {
        let interface = contents.get(INTERFACE).map(|json| serde_json::from_slice(json)).and_then(|read| {
            read.inspect_err(|error| tracing::error!(%error, "{INTERFACE} is not understood; pages will not be live"))
                .ok()
        });
        let mut all = Sha256::new();
        let names: Vec<String> =
            contents.keys().filter(|name| !name.ends_with(".br") && !name.ends_with(".gz")).cloned().collect();
        let mut files = HashMap::new();
        for name in names {
            let Some(plain) = contents.remove(&name) else { continue };
            let digest = Sha256::digest(&plain);
            all.update(name.as_bytes());
            all.update(digest);
            let file = File {
                brotli: contents.remove(&format!("{name}.br")),
                gzip: contents.remove(&format!("{name}.gz")),
                media_type: media_type(&name),
                etag: HeaderValue::from_str(&format!("\"{}\"", hex(&digest, 12)))
                    .unwrap_or(HeaderValue::from_static("\"0\"")),
                plain,
            };
            files.insert(name, file);
        }
        Self { files, version: hex(&all.finalize(), 8).into(), interface: Arc::new(interface.unwrap_or_default()) }
    }

    /// Changes with every build.
    pub fn version(&self) -> Arc<str> {
        self.version.clone()
    }

    /// The files that make a page live.
    pub fn interface(&self) -> Arc<Interface> {
        self.interface.clone()
    }

    /// Whether the address of a file changes when its contents do.
    fn is_versioned(&self, path: &str, query: Option<&str>) -> bool {
        let folder = &self.interface.folder;
        let in_folder =
            |path: &str| !folder.is_empty() && path.strip_prefix(folder).is_some_and(|rest| rest.starts_with('/'));
        query.is_some_and(|query| query.contains("v="))
            || path.starts_with("/fonts/")
            || path.starts_with(WIDGET)
            || path.strip_prefix('/').is_some_and(in_folder)
    }

    /// How many files there are.
    pub fn len(&self) -> usize {
        self.files.len()
    }

    /// Whether the interface is not built.
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    fn answer(&self, path: &str, is_versioned: bool, headers: &HeaderMap) -> Option<Response> {
        let file = self.files.get(path.strip_prefix('/')?)?;
        let caching = match path {
            LOADER => FOR_MINUTES,
            _ if is_versioned => FOREVER,
            _ => ASK_AGAIN,
        };
        let mut out = HeaderMap::new();
        if is_of_widget(path) {
            for_other_sites(&mut out);
        }
        out.insert(CACHE_CONTROL, caching);
        out.insert(ETAG, file.etag.clone());
        out.insert(VARY, HeaderValue::from_static("accept-encoding"));
        if headers.get(IF_NONE_MATCH).is_some_and(|seen| seen == file.etag) {
            return Some((StatusCode::NOT_MODIFIED, out).into_response());
        }
        out.insert(CONTENT_TYPE, file.media_type.clone());
        let accepted = headers.get(ACCEPT_ENCODING).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let accepts = |name: &str| {
            accepted.split(',').any(|part| {
                let mut fields = part.split(';');
                let is_it = fields.next().is_some_and(|coding| coding.trim().eq_ignore_ascii_case(name));
                is_it && !fields.any(|field| matches!(field.trim(), "q=0" | "q=0.0"))
            })
        };
        let (body, coding) = match (&file.brotli, &file.gzip) {
            (Some(bytes), _) if accepts("br") => (bytes, Some("br")),
            (_, Some(bytes)) if accepts("gzip") => (bytes, Some("gzip")),
            _ => (&file.plain, None),
        };
        if let Some(coding) = coding {
            out.insert(CONTENT_ENCODING, HeaderValue::from_static(coding));
        }
        Some((out, Body::from(body.clone())).into_response())
    }
}

/// Answers what is a file of the built interface; everything else goes on.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) {
        let path = request.uri().path();
        let is_versioned = app.site.is_versioned(path, request.uri().query());
        if let Some(response) = app.site.answer(path, is_versioned, request.headers()) {
            return response;
        }
        // A file of another build, asked for by a page that was opened before an upgrade. Short and not to be kept, instead
        // of a page that says so or a way to sign in.
        if path.starts_with("/pkg/") || (is_of_widget(path) && !path.starts_with(widget_look::BEGINNING)) {
            return (StatusCode::NOT_FOUND, [(CACHE_CONTROL, "no-store")]).into_response();
        }
    }
    next.run(request).await
}

/// Whether pages of other sites load this file.
fn is_of_widget(path: &str) -> bool {
    path == LOADER || path.starts_with(WIDGET)
}

/// Lets pages of other sites use the answer, those too that are kept apart from others (cross-origin isolation). There is nothing
/// of anybody in it.
fn for_other_sites(headers: &mut HeaderMap) {
    headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
    headers.insert(HeaderName::from_static("cross-origin-resource-policy"), HeaderValue::from_static("cross-origin"));
}

fn collect(folder: &Path, prefix: &str, into: &mut BTreeMap<String, Bytes>) -> std::io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else { continue };
        let name = if prefix.is_empty() { name } else { format!("{prefix}/{name}") };
        if entry.file_type()?.is_dir() {
            collect(&entry.path(), &name, into)?;
        } else {
            into.insert(name, std::fs::read(entry.path())?.into());
        }
    }
    Ok(())
}

fn media_type(name: &str) -> HeaderValue {
    let guess = mime_guess::from_path(name).first_or_octet_stream();
    let text = if guess.type_() == "text" && guess.get_param("charset").is_none() {
        format!("{guess}; charset=utf-8")
    } else {
        guess.to_string()
    };
    HeaderValue::from_str(&text).unwrap_or(HeaderValue::from_static("application/octet-stream"))
}

fn hex(bytes: &[u8], count: usize) -> String {
    bytes.iter().take(count).map(|byte| format!("{byte:02x}")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn site() -> Site {
        let contents = [("pkg/a.js", "plain"), ("pkg/a.js.br", "small"), ("favicon.svg", "<svg/>")];
        Site::from_contents(contents.into_iter().map(|(name, text)| (name.to_owned(), Bytes::from(text))).collect())
    }

    fn asking(pairs: &[(http::HeaderName, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.clone(), value.parse().unwrap())).collect()
    }

    #[test]
    fn the_compressed_sibling_goes_to_who_can_read_it() {
        let site = site();
        let small = site.answer("/pkg/a.js", true, &asking(&[(ACCEPT_ENCODING, "gzip, br")])).unwrap();
        assert_eq!(small.headers()[CONTENT_ENCODING], "br");
        assert_eq!(small.headers()[CONTENT_TYPE], "text/javascript; charset=utf-8");
        assert_eq!(small.headers()[CACHE_CONTROL], FOREVER);
        let plain = site.answer("/pkg/a.js", false, &asking(&[(ACCEPT_ENCODING, "br;q=0")])).unwrap();
        assert!(!plain.headers().contains_key(CONTENT_ENCODING));
        assert_eq!(plain.headers()[CACHE_CONTROL], ASK_AGAIN);
    }

    #[test]
    fn nothing_outside_is_reached_and_nothing_is_sent_twice() {
        let site = site();
        assert!(site.answer("/../secret", false, &HeaderMap::new()).is_none());
        assert!(site.answer("/", false, &HeaderMap::new()).is_none());
        let first = site.answer("/favicon.svg", false, &HeaderMap::new()).unwrap();
        let etag = first.headers()[ETAG].to_str().unwrap();
        let second = site.answer("/favicon.svg", false, &asking(&[(IF_NONE_MATCH, etag)])).unwrap();
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    }

    #[test]
    fn the_folder_of_the_interface_is_kept_for_ever_and_what_names_it_is_not() {
        let json = r#"{"folder": "pkg/ab12", "parts": {"knowledge": ["chunk_0.wasm", "knowledge.wasm"]}}"#;
        let site = Site::from_contents([(INTERFACE.to_owned(), Bytes::from(json))].into());
        assert_eq!(site.interface().parts["knowledge"], ["chunk_0.wasm", "knowledge.wasm"]);
        assert!(site.is_versioned("/pkg/ab12/hammock.js", None));
        assert!(!site.is_versioned("/pkg/ab123/hammock.js", None));
        assert!(!site.is_versioned("/pkg/interface.json", None));
        assert!(site.is_versioned("/pkg/hammock.css", Some("v=1")));
        // Without an interface nothing is taken for its folder.
        assert!(!Site::default().is_versioned("//start.js", None));
        assert_eq!(
            *Site::from_contents([(INTERFACE.to_owned(), Bytes::from("{"))].into()).interface(),
            Interface::default()
        );
    }

    #[test]
    fn other_sites_may_load_the_widget_and_nothing_else() {
        let names = ["embed.js", "embed/ab12/hammock_widget_bg.wasm", "embed/ab12/texts-fr.txt", "pkg/a.js"];
        let site = Site::from_contents(names.map(|name| (name.to_owned(), Bytes::from("x"))).into());
        let ask = |path: &str| site.answer(path, site.is_versioned(path, None), &HeaderMap::new()).unwrap();
        let loader = ask("/embed.js");
        assert_eq!(loader.headers()[CACHE_CONTROL], FOR_MINUTES);
        assert!(loader.headers().contains_key(ETAG));
        let code = ask("/embed/ab12/hammock_widget_bg.wasm");
        assert_eq!(code.headers()[CACHE_CONTROL], FOREVER);
        assert_eq!(code.headers()[CONTENT_TYPE], "application/wasm");
        let texts = ask("/embed/ab12/texts-fr.txt");
        assert_eq!(texts.headers()[CACHE_CONTROL], FOREVER);
        assert_eq!(texts.headers()[CONTENT_TYPE], "text/plain; charset=utf-8");
        for answer in [&loader, &code, &texts] {
            assert_eq!(answer.headers()[ACCESS_CONTROL_ALLOW_ORIGIN], "*");
            assert_eq!(answer.headers()["cross-origin-resource-policy"], "cross-origin");
        }
        assert!(!ask("/pkg/a.js").headers().contains_key(ACCESS_CONTROL_ALLOW_ORIGIN));
    }

    #[test]
    fn the_version_follows_the_contents() {
        let other = Site::from_contents([("favicon.svg".to_owned(), Bytes::from("<svg></svg>"))].into());
        assert_ne!(site().version(), other.version());
        assert_eq!(site().version(), site().version());
    }
}
