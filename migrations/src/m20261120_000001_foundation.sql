CREATE TABLE organisations (
    id TEXT NOT NULL PRIMARY KEY,
    name TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

CREATE TABLE users (
    id TEXT NOT NULL PRIMARY KEY,
    email TEXT NOT NULL,
    email_key TEXT NOT NULL UNIQUE,
    first_name TEXT NOT NULL,
    last_name TEXT NOT NULL,
    telephone TEXT NOT NULL,
    search_key TEXT NOT NULL,
    password_hash TEXT,
    locale TEXT,
    marketing BOOLEAN NOT NULL,
    terms_accepted_at BIGINT,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT
);

CREATE TABLE memberships (
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    role TEXT NOT NULL,
    status TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (organisation_id, user_id)
);
CREATE INDEX memberships_user ON memberships (user_id);

CREATE TABLE sessions (
    id TEXT NOT NULL PRIMARY KEY,
    data TEXT NOT NULL,
    user_id TEXT REFERENCES users (id) ON DELETE CASCADE,
    expires_at BIGINT NOT NULL
);
CREATE INDEX sessions_expires ON sessions (expires_at);
CREATE INDEX sessions_user ON sessions (user_id);

CREATE TABLE one_time_tokens (
    hash TEXT NOT NULL PRIMARY KEY,
    purpose TEXT NOT NULL,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    used_at BIGINT
);
CREATE INDEX one_time_tokens_user ON one_time_tokens (user_id);
CREATE INDEX one_time_tokens_expires ON one_time_tokens (expires_at);

CREATE TABLE login_attempts (
    key TEXT NOT NULL PRIMARY KEY,
    window_start BIGINT NOT NULL,
    attempts BIGINT NOT NULL
);
CREATE INDEX login_attempts_window ON login_attempts (window_start);

CREATE TABLE api_keys (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    start TEXT NOT NULL,
    secret_hash TEXT NOT NULL UNIQUE,
    role TEXT NOT NULL,
    created_by TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_used_at BIGINT
);
CREATE INDEX api_keys_organisation ON api_keys (organisation_id, id);
CREATE INDEX api_keys_created_by ON api_keys (created_by);

CREATE TABLE connections (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    base_url TEXT NOT NULL,
    key_cipher TEXT,
    created_at BIGINT NOT NULL,
    UNIQUE (organisation_id, name_key)
);

CREATE TABLE assistants (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    name_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    access TEXT NOT NULL,
    connection_id TEXT REFERENCES connections (id) ON DELETE SET NULL,
    settings TEXT NOT NULL,
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (organisation_id, name_key)
);
CREATE INDEX assistants_connection ON assistants (connection_id);
CREATE INDEX assistants_created_by ON assistants (created_by);

CREATE TABLE collections (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    description TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    UNIQUE (organisation_id, name_key)
);

CREATE TABLE assistant_collections (
    assistant_id TEXT NOT NULL REFERENCES assistants (id) ON DELETE CASCADE,
    collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    ordinal BIGINT NOT NULL,
    PRIMARY KEY (assistant_id, collection_id)
);
CREATE INDEX assistant_collections_collection ON assistant_collections (collection_id);
CREATE INDEX assistant_collections_organisation ON assistant_collections (organisation_id);

CREATE TABLE sources (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL,
    kind TEXT NOT NULL,
    state TEXT NOT NULL,
    error TEXT,
    progress TEXT,
    crawl BIGINT NOT NULL,
    last_page_count BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (collection_id, name_key)
);
CREATE INDEX sources_organisation ON sources (organisation_id);

CREATE TABLE documents (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    source_id TEXT NOT NULL REFERENCES sources (id) ON DELETE CASCADE,
    title TEXT NOT NULL,
    location TEXT NOT NULL,
    location_key TEXT NOT NULL,
    search_key TEXT NOT NULL,
    url TEXT,
    media_type TEXT NOT NULL,
    bytes BIGINT NOT NULL,
    language TEXT,
    state TEXT NOT NULL,
    error TEXT,
    http_status BIGINT,
    revision BIGINT NOT NULL,
    last_revision BIGINT NOT NULL,
    chunks BIGINT NOT NULL,
    embedded_chunks BIGINT NOT NULL,
    content_hash TEXT,
    etag TEXT,
    last_modified TEXT,
    file_key TEXT,
    seen_in_crawl BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    indexed_at BIGINT,
    UNIQUE (source_id, location_key)
);
CREATE INDEX documents_organisation ON documents (organisation_id, id);
CREATE INDEX documents_collection ON documents (collection_id, id);
CREATE INDEX documents_source ON documents (source_id, id);

CREATE TABLE revisions (
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    text TEXT NOT NULL,
    content_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    PRIMARY KEY (document_id, revision)
);
CREATE INDEX revisions_organisation ON revisions (organisation_id);

CREATE TABLE chunks (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    collection_id TEXT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
    document_id TEXT NOT NULL REFERENCES documents (id) ON DELETE CASCADE,
    revision BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    headings TEXT NOT NULL,
    text TEXT NOT NULL,
    start_byte BIGINT NOT NULL,
    end_byte BIGINT NOT NULL,
    page BIGINT,
    embedded_space TEXT NOT NULL,
    UNIQUE (document_id, revision, ordinal)
);
CREATE INDEX chunks_waiting ON chunks (embedded_space, organisation_id, id);
CREATE INDEX chunks_organisation ON chunks (organisation_id);
CREATE INDEX chunks_collection ON chunks (collection_id);

CREATE TABLE conversations (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    assistant_id TEXT NOT NULL,
    title TEXT NOT NULL,
    title_key TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    updated_at BIGINT NOT NULL,
    deleted_at BIGINT
);
CREATE INDEX conversations_user ON conversations (organisation_id, user_id, updated_at, id);
CREATE INDEX conversations_owner ON conversations (user_id);
CREATE INDEX conversations_assistant ON conversations (assistant_id);
CREATE INDEX conversations_deleted ON conversations (deleted_at);

CREATE TABLE messages (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    ordinal BIGINT NOT NULL,
    author TEXT NOT NULL,
    text TEXT NOT NULL,
    state TEXT NOT NULL,
    answer_kind TEXT NOT NULL,
    citations TEXT NOT NULL,
    steps TEXT NOT NULL,
    error TEXT,
    run_id TEXT,
    rating BOOLEAN,
    created_at BIGINT NOT NULL,
    UNIQUE (conversation_id, ordinal)
);
CREATE INDEX messages_organisation ON messages (organisation_id);

CREATE TABLE runs (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    user_id TEXT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    conversation_id TEXT NOT NULL REFERENCES conversations (id) ON DELETE CASCADE,
    message_id TEXT NOT NULL REFERENCES messages (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    idempotency_key TEXT,
    active_conversation_id TEXT UNIQUE,
    created_at BIGINT NOT NULL,
    finished_at BIGINT,
    UNIQUE (user_id, idempotency_key)
);
CREATE INDEX runs_organisation ON runs (organisation_id);
CREATE INDEX runs_conversation ON runs (conversation_id, state);
CREATE INDEX runs_message ON runs (message_id);
CREATE INDEX runs_state ON runs (state, finished_at);

CREATE TABLE stream_events (
    run_id TEXT NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    sequence BIGINT NOT NULL,
    payload TEXT NOT NULL,
    PRIMARY KEY (run_id, sequence)
);

CREATE TABLE jobs (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    state TEXT NOT NULL,
    subject TEXT,
    active_key TEXT UNIQUE,
    priority BIGINT NOT NULL,
    run_at BIGINT NOT NULL,
    lease_until BIGINT,
    leased_by TEXT,
    attempts BIGINT NOT NULL,
    max_attempts BIGINT NOT NULL,
    last_error TEXT,
    progress TEXT,
    cancel_requested BOOLEAN NOT NULL,
    created_by TEXT REFERENCES users (id) ON DELETE SET NULL,
    created_at BIGINT NOT NULL,
    finished_at BIGINT
);
CREATE INDEX jobs_state ON jobs (state, run_at);
CREATE INDEX jobs_organisation ON jobs (organisation_id, state);
CREATE INDEX jobs_subject ON jobs (subject, state);
CREATE INDEX jobs_created_by ON jobs (created_by);

CREATE TABLE audit_events (
    id TEXT NOT NULL PRIMARY KEY,
    organisation_id TEXT NOT NULL REFERENCES organisations (id) ON DELETE CASCADE,
    actor_kind TEXT NOT NULL,
    actor_id TEXT,
    action TEXT NOT NULL,
    target TEXT NOT NULL,
    detail TEXT NOT NULL,
    created_at BIGINT NOT NULL
);
CREATE INDEX audit_events_organisation ON audit_events (organisation_id, id);
