//! One error for the browser, the server functions and the public API.

mod megabytes;

use std::collections::BTreeMap;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use megabytes::megabytes;

/// The class of an error; it decides the HTTP status.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum ErrorKind {
    /// The request cannot be done as it stands. 422.
    Invalid,
    /// Nobody is signed in, or the credential is not valid. 401.
    Unauthenticated,
    /// Signed in, but the role does not allow it. 403.
    Forbidden,
    /// Not there, or not there for this caller. 404.
    NotFound,
    /// The request did not arrive in time. 408.
    TimedOut,
    /// Something else stands in the way: a name taken, a run going on. 409.
    Conflict,
    /// Larger than allowed. 413.
    TooLarge,
    /// Too often. 429.
    RateLimited,
    /// Another system did not do its part. 502.
    Upstream,
    /// Not ready yet, or shutting down. 503.
    Unavailable,
    /// A defect of ours. 500.
    Internal,
}

impl ErrorKind {
    /// The HTTP status that goes with it.
    pub const fn status(self) -> u16 {
        match self {
            Self::Invalid => 422,
            Self::Unauthenticated => 401,
            Self::Forbidden => 403,
            Self::NotFound => 404,
            Self::TimedOut => 408,
            Self::Conflict => 409,
            Self::TooLarge => 413,
            Self::RateLimited => 429,
            Self::Upstream => 502,
            Self::Unavailable => 503,
            Self::Internal => 500,
        }
    }
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $name:ident = $text:literal, $kind:ident;)*) => {
        /// What went wrong, as a stable word that programs can rely on and that the interface translates.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
        pub enum ErrorCode {$(
            $(#[$doc])*
            $name,
        )*}

        impl ErrorCode {
            /// Every code; the tests of the translations go through it.
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            /// The code as it stands on the wire.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $text),* }
            }

            /// The class of the code.
            pub const fn kind(self) -> ErrorKind {
                match self { $(Self::$name => ErrorKind::$kind),* }
            }
        }
    };
}

error_codes! {
    /// A field is missing or malformed; `field` names it.
    InvalidField = "invalid_field", Invalid;
    /// The body or a parameter could not be read.
    InvalidRequest = "invalid_request", Invalid;
    /// Not an e-mail address.
    InvalidEmail = "invalid_email", Invalid;
    /// Text and background are too alike to be read; `contrast` tells how far apart they are (WCAG 2).
    ColoursTooClose = "colours_too_close", Invalid;
    /// The password does not meet the rules.
    WeakPassword = "weak_password", Invalid;
    /// The two passwords differ.
    PasswordsDiffer = "passwords_differ", Invalid;
    /// The terms were not accepted.
    TermsNotAccepted = "terms_not_accepted", Invalid;
    /// Not an address of a web page.
    InvalidUrl = "invalid_url", Invalid;
    /// Not the five fields of a schedule; `part` is what cannot be understood.
    InvalidCron = "invalid_cron", Invalid;
    /// The times of a schedule follow each other within less than an hour.
    ScheduleTooOften = "schedule_too_often", Invalid;
    /// There is no such time zone; `zone` is what was given.
    InvalidTimeZone = "invalid_time_zone", Invalid;
    /// The address leads to this server's own network and is refused.
    ForbiddenAddress = "forbidden_address", Invalid;
    /// The list of hosts that requests of the organisation may go to does not contain `host`.
    HostNotListed = "host_not_listed", Invalid;
    /// Lines of a list are no hosts; `lines` are their numbers, `entry` is the first of them.
    InvalidHosts = "invalid_hosts", Invalid;
    /// The file is of a type that cannot be read.
    UnsupportedFileType = "unsupported_file_type", Invalid;
    /// The file is empty: no bytes, or white space alone.
    EmptyFile = "empty_file", Invalid;
    /// The file holds no text: a scan, most likely.
    FileWithoutText = "file_without_text", Invalid;
    /// The file is protected by a password.
    EncryptedFile = "encrypted_file", Invalid;
    /// The file is damaged.
    DamagedFile = "damaged_file", Invalid;
    /// The file of questions has not the form that an import takes.
    ImportUnreadable = "import_unreadable", Invalid;
    /// No document is named that a question should find.
    NothingExpected = "nothing_expected", Invalid;
    /// A document that a question expects is not in the collection; `name` is its location.
    DocumentMissing = "document_missing", Invalid;
    /// A table has no column of this `name`; `nearest` is one that it has.
    UnknownColumn = "unknown_column", Invalid;
    /// The function has no parameter of this `name`.
    UnknownParameter = "unknown_parameter", Invalid;
    /// The parameter of this `name` must be given.
    MissingParameter = "missing_parameter", Invalid;
    /// The value for `name` is none of this `kind`: text, number, date or boolean.
    WrongType = "wrong_type", Invalid;
    /// The source has no table that the function can ask; `name` is the one that it names.
    TableMissing = "table_missing", Conflict;
    /// The source has as many functions as it can; `limit` tells how many.
    TooManyFunctions = "too_many_functions", Conflict;
    /// Reading the file took more time or memory than allowed: a bomb, most likely.
    FileTooComplex = "file_too_complex", Invalid;
    /// The file or the text is larger than allowed; `limit` tells how many megabytes are.
    TooLarge = "too_large", TooLarge;
    /// E-mail address and password do not match an account.
    WrongCredentials = "wrong_credentials", Unauthenticated;
    /// Nobody is signed in.
    SignInRequired = "sign_in_required", Unauthenticated;
    /// The API key is unknown or revoked.
    InvalidKey = "invalid_key", Unauthenticated;
    /// The sign-in with a provider did not succeed: it was declined, took too long, or what came back does not hold.
    SignInFailed = "sign_in_failed", Invalid;
    /// The identity that the host site signed does not hold.
    InvalidIdentity = "invalid_identity", Invalid;
    /// The link was used already, is too old, or was never valid.
    InvalidToken = "invalid_token", Invalid;
    /// The role does not allow it.
    RoleRequired = "role_required", Forbidden;
    /// Only an owner may do it.
    OwnerRequired = "owner_required", Forbidden;
    /// New people come by invitation only.
    RegistrationClosed = "registration_closed", Forbidden;
    /// The request came from another site.
    CrossSite = "cross_site", Forbidden;
    /// The page that asks is not among those that the assistant may be used on.
    OriginNotAllowed = "origin_not_allowed", Forbidden;
    /// It is read-only for everybody.
    ReadOnly = "read_only", Forbidden;
    /// Not there, or not there for this caller.
    NotFound = "not_found", NotFound;
    /// A private assistant is open to no visitors.
    AssistantPrivate = "assistant_private", Conflict;
    /// The name is taken.
    NameTaken = "name_taken", Conflict;
    /// The e-mail address is taken.
    EmailTaken = "email_taken", Conflict;
    /// The last owner of an organisation stays.
    LastOwner = "last_owner", Conflict;
    /// An answer is being made in this conversation already.
    AnswerRunning = "answer_running", Conflict;
    /// Work on it is going on already.
    Busy = "busy", Conflict;
    /// Too many attempts; `retry_after` tells how many seconds to wait.
    TooManyAttempts = "too_many_attempts", RateLimited;
    /// A person follows their conversations as often at once as they may; `limit` tells how often.
    TooManyStreams = "too_many_streams", RateLimited;
    /// A stored key or password can no longer be decrypted: the file of the keys was lost or exchanged.
    SecretUnreadable = "secret_unreadable", Conflict;
    /// The collection has no questions to run.
    NoQuestions = "no_questions", Conflict;
    /// The collection has nothing to search yet: no document of it was read.
    NotIndexed = "not_indexed", Conflict;
    /// The collection has as many questions as it can; `limit` tells how many.
    TooManyQuestions = "too_many_questions", Conflict;
    /// Somebody stopped it before its end.
    Stopped = "stopped", Conflict;
    /// The model provider failed by itself, or answered something that cannot be read.
    ProviderFailed = "provider_failed", Upstream;
    /// The model provider did not accept the request: it has no such model, most often.
    ProviderRejected = "provider_rejected", Upstream;
    /// The model provider refused the key.
    ProviderRefused = "provider_refused", Upstream;
    /// The model provider could not be reached.
    ProviderUnreachable = "provider_unreachable", Upstream;
    /// The model provider was reached, but took too long.
    ProviderSilent = "provider_silent", Upstream;
    /// The model provider wants fewer requests, or the account has no more credit.
    ProviderLimited = "provider_limited", Upstream;
    /// The connection to the model provider broke before the answer was complete.
    AnswerBrokenOff = "answer_broken_off", Upstream;
    /// The answer reached its longest length.
    AnswerTooLong = "answer_too_long", Upstream;
    /// The mail server did not take the invitation of a person, who was added all the same.
    InvitationNotSent = "invitation_not_sent", Upstream;
    /// The website answered with an error; `status` tells which.
    SiteFailed = "site_failed", Upstream;
    /// The website wants no requests for a long while; `seconds` tells for how long.
    SiteAsksForPause = "site_asks_for_pause", Upstream;
    /// The website has far fewer pages than before, and nothing was removed; `found` tells how many were found.
    SiteShrunk = "site_shrunk", Upstream;
    /// So many pages of the website say far less than before, or all the same, that nothing was replaced; `lost` tells how many
    /// of the `looked_at`.
    SiteReplaced = "site_replaced", Upstream;
    /// The website could not be reached; `host` tells of which name no address was found, where that is why.
    SiteUnreachable = "site_unreachable", Upstream;
    /// The website's sitemap is not one, or is damaged; `address` is where it lies.
    SitemapUnreadable = "sitemap_unreadable", Upstream;
    /// The website's robots.txt does not allow it.
    RobotsDisallowed = "robots_disallowed", Upstream;
    /// The page asks not to be kept in search engines.
    NoIndex = "no_index", Upstream;
    /// The page says that it is the same as another one, which is read instead; `to` is its address.
    CanonicalElsewhere = "canonical_elsewhere", Upstream;
    /// Another page has the same content and is read instead; `to` is its address.
    DuplicatePage = "duplicate_page", Upstream;
    /// The page redirects to another one, which is read instead; `to` is its address.
    Redirected = "redirected", Upstream;
    /// The page redirects to another website.
    RedirectedAway = "redirected_away", Upstream;
    /// The page is not among those that the settings of the website keep; only its links were read.
    NotIncluded = "not_included", Upstream;
    /// The website has more pages than its page limit allows; `limit` tells how many are.
    BeyondPageLimit = "beyond_page_limit", Upstream;
    /// The page shows its content only with JavaScript.
    NeedsJavascript = "needs_javascript", Upstream;
    /// The page shows nothing to read, even in a browser that runs its JavaScript.
    NothingRendered = "nothing_rendered", Upstream;
    /// The page shows its content only with JavaScript, and was not ready in time in the server's Chromium.
    RenderTimedOut = "render_timed_out", Upstream;
    /// The page shows its content only with JavaScript, and the server's Chromium could not show it.
    RenderFailed = "render_failed", Upstream;
    /// The page says that it was not found, though the website answers as if it were there.
    SoftNotFound = "soft_not_found", Upstream;
    /// The page is empty.
    EmptyPage = "empty_page", Upstream;
    /// There is no embedding model; only keyword search works.
    NoEmbeddingModel = "no_embedding_model", Unavailable;
    /// The organisation has chosen no model that writes down what was said.
    NoTranscription = "no_transcription", Conflict;
    /// Too little of an upload arrived for too long, and it was given up.
    UploadStalled = "upload_stalled", TimedOut;
    /// The disk is full.
    StorageFull = "storage_full", Unavailable;
    /// The server is shutting down or not ready.
    Unavailable = "unavailable", Unavailable;
    /// A defect of ours; the request id finds it in the log.
    Internal = "internal", Internal;
}

// Both by hand: what is derived compares with every code on its own, some kilobytes of what a browser loads first.
impl Serialize for ErrorCode {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for ErrorCode {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        let found = Self::ALL.iter().find(|code| code.as_str() == word);
        found.copied().ok_or_else(|| D::Error::unknown_variant(&word, &[]))
    }
}

// By hand: the derive does not see a name that a macro hands on, and would list the variants as Rust calls them.
#[cfg(feature = "server")]
impl utoipa::PartialSchema for ErrorCode {
    fn schema() -> utoipa::openapi::RefOr<utoipa::openapi::schema::Schema> {
        utoipa::openapi::ObjectBuilder::new()
            .schema_type(utoipa::openapi::schema::Type::String)
            .description(Some("What went wrong, as a stable word that programs can rely on."))
            .enum_values(Some(Self::ALL.iter().map(|code| code.as_str())))
            .into()
    }
}

#[cfg(feature = "server")]
impl utoipa::ToSchema for ErrorCode {}

/// An error as everybody outside sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ApiError {
    /// The class.
    #[serde(rename = "type")]
    pub kind: ErrorKind,
    /// What went wrong, for programs and translations.
    pub code: ErrorCode,
    /// What went wrong, in plain English; says what to do next where that is known.
    pub message: String,
    /// The field that is wrong, where one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub field: Option<String>,
    /// Values that the translated message names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub params: BTreeMap<String, String>,
}

impl ApiError {
    /// An error with its code's class.
    pub fn new(code: ErrorCode, message: impl Into<String>) -> Self {
        Self { kind: code.kind(), code, message: message.into(), field: None, params: BTreeMap::new() }
    }

    /// The same error, said of a field.
    #[must_use]
    pub fn on(mut self, field: impl Into<String>) -> Self {
        self.field = Some(field.into());
        self
    }

    /// The same error with a value for its message.
    #[must_use]
    pub fn with(mut self, name: impl Into<String>, value: impl ToString) -> Self {
        self.params.insert(name.into(), value.to_string());
        self
    }

    /// Larger than the `limit` bytes that are allowed. People read the limit in megabytes of a million bytes.
    pub fn too_large(limit: u64) -> Self {
        let megabytes = megabytes(limit);
        Self::new(ErrorCode::TooLarge, format!("this is larger than the {megabytes} MB that are allowed"))
            .with("limit", megabytes)
    }

    /// Not there, or not there for this caller.
    pub fn not_found() -> Self {
        Self::new(ErrorCode::NotFound, "not found")
    }
}

impl std::fmt::Display for ApiError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for ApiError {}

/// The body of every error answer: `{ "error": { "type", "message", "code" } }`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "server", derive(utoipa::ToSchema))]
pub struct ErrorBody {
    /// The error.
    pub error: ApiError,
}

#[cfg(test)]
mod tests;
