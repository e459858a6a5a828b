//! What the operator decided, as the use cases need it.

use std::{path::PathBuf, time::Duration};

use hammock_contract::system::RegistrationPolicy;

use crate::embedding::choice::{EmbeddingChoice, HiddenKey};

/// What Google calls itself as an OpenID provider.
pub const GOOGLE_ISSUER: &str = "https://accounts.google.com";

/// The operator's decisions.
#[derive(Debug, Clone)]
pub struct Settings {
    /// Where everything is kept.
    pub data_dir: PathBuf,
    /// The address under which people reach this installation, without a slash at the end.
    pub public_url: String,
    /// The name of this installation.
    pub instance_name: String,
    /// Who can register.
    pub registration: RegistrationPolicy,
    /// How many people may register from one network address in fifteen minutes.
    pub registrations_per_address: u64,
    /// How many invitations an organisation may send in an hour.
    pub invitations_per_hour: u64,
    /// Where the terms are.
    pub terms_url: String,
    /// Where the privacy policy is.
    pub privacy_url: String,
    /// The embedding model; without it, search is by words alone.
    pub embedding: Option<EmbeddingChoice>,
    /// The key of an endpoint that was the embedding model before, for as long as it answers while another one is brought in.
    pub former_embedding_key: HiddenKey,
    /// A folder outside the installation where vectors of passages are kept by text, for tests and measurements that embed
    /// the same public texts many times. `None` in an installation: what is deleted there must be gone.
    pub vector_memo: Option<PathBuf>,
    /// The largest file that can be uploaded. Bytes.
    pub upload_limit: u64,
    /// How often at once a person may follow their conversations, in each process.
    pub change_streams: usize,
    /// How the crawler presents itself, with an address to complain to.
    pub crawler_contact: String,
    /// How long the crawler waits between two requests to one host, unless robots.txt asks for more.
    pub crawl_delay: Duration,
    /// The browser that shows pages which only scripts fill; `None`: these are left out.
    pub browser: Option<PathBuf>,
    /// How many of it may run at once.
    pub browsers: usize,
    /// Where a local Ollama is looked for; `None`: nowhere.
    pub ollama_url: Option<String>,
    /// The OpenID provider that visitors sign in with as Google: [`GOOGLE_ISSUER`], except in tests.
    pub google_issuer: String,
}
