//! Every route of the public API on one page. Paths are under `/api/v1`.

use hammock_contract::{
    assistant::{Assistant, AssistantSettings, AssistantSummary},
    attachment::{Attachment, PICTURES},
    auth::PasswordChange,
    category::{Category, CategoryPatch, NewCategory},
    chat::{ChatRequest, Conversation, ConversationSummary},
    collection::{AccessQuery, AccessReport, Collection, CollectionPatch, CollectionQuery, NewCollection},
    connection::{Connection, ConnectionPatch, Model, NewConnection},
    conversation::{ConversationChange, ConversationPatch, ConversationQuery, MessagesQuery},
    crawl::{Crawl, CrawlPage, CrawlPageQuery},
    document::{Chunk, ChunkPatch, Document, DocumentQuery, DocumentText, UploadResult},
    evaluation::{
        EvaluationQuestion, EvaluationQuestionPatch, EvaluationReport, EvaluationRun, ImportReport,
        NewEvaluationQuestion,
    },
    feedback::{FeedbackContext, FeedbackEntry, FeedbackPatch, FeedbackQuery, NewFeedback, OwnFeedback},
    function::{DataFunction, DataTable, FunctionArguments, FunctionDefinition, FunctionRun},
    interfaces::{
        IdentitySecret, InstallationCheck, InstallationCheckRequest, InterfaceSettings, Interfaces, OpenIdSecret,
        PublicInterface, WidgetError, WidgetErrorReport,
    },
    key::{ApiKey, ApiKeyWithSecret, NewApiKey},
    metadata::{DocumentMetadata, MetadataField, MetadataFieldSettings, MetadataFields, NewMetadataValues},
    organisation::{AllowedHosts, HostsCheck, Organisation, OrganisationPatch},
    page::PageRequest,
    search::{SearchRequest, SearchResponse},
    share::{ShareLink, ShareSettings},
    source::{NewSource, Source, SourceFigures, SourcePatch},
    stream::StreamEvent,
    system::{EmbeddingStatus, IndexStatus, Instance},
    transcription::{Transcription, TranscriptionQuery},
    user::{Me, NewUser, ProfilePatch, Role, User, UserPatch},
    visitor::{
        HeldConversation, HeldQuery, OwnConversation, VisitorChatRequest, VisitorContact, VisitorConversation,
        VisitorEntry, VisitorRequest,
    },
};

use crate::{
    api::v1::{
        assistants, attachments, categories, chat, collections, connections, conversations, documents, evaluations,
        feedback, functions, interfaces, keys, me, metadata, organisation, public, search, shares, sources,
        transcriptions, upload, users, visitor_conversations,
    },
    endpoint::{Access, Endpoint},
};

const PUBLIC: Access = Access::Public;
const USER: Access = Access::Role(Role::User);
const ADMIN: Access = Access::Role(Role::Administrator);
const PERSON: Access = Access::Person;
const VISITOR: Access = Access::Visitor;
/// Of the routes that note where a visitor chats.
const FRAMED: &str = "In a frame, the public chat names the origin of the page around in the header `X-Framed-By`, or writes `null` there.";

/// What a file is sent as that is only to be saved.
const ANY: &str = "application/octet-stream";

/// Every route of the public API.
#[rustfmt::skip] // one route a paragraph, so that the page reads as a table
pub fn endpoints() -> Vec<Endpoint> {
    let file_or_picture = [&[ANY][..], &PICTURES].concat();
    vec![
        Endpoint::get("/instance", PUBLIC, me::instance).does("What is known of this installation without signing in").gives::<Instance>(),

        Endpoint::get("/me", USER, me::find).does("Who is calling").gives::<Me>(),
        Endpoint::patch("/me", PERSON, me::update).does("Change one's own name or telephone number").takes::<ProfilePatch>().gives::<User>(),
        Endpoint::put("/me/locale", PERSON, me::set_locale).does("Choose a language").takes::<me::LocaleChoice>(),
        Endpoint::put("/me/send-key", PERSON, me::set_send_key).does("Choose what sends a question in the chat").takes::<me::SendKeyChoice>(),
        Endpoint::put("/me/password", PERSON, me::change_password).does("Change one's own password").takes::<PasswordChange>(),

        Endpoint::get("/organisation", ADMIN, organisation::find).does("Read the organisation").gives::<Organisation>(),
        Endpoint::patch("/organisation", ADMIN, organisation::update).does("Change the organisation: its name, where recorded speech is written down, and where its requests may go").takes::<OrganisationPatch>().gives::<Organisation>(),
        Endpoint::post("/organisation/host-checks", ADMIN, organisation::check_hosts).does("See what stops working where the organisation's requests may go to certain hosts alone").takes::<AllowedHosts>().gives::<HostsCheck>(),

        Endpoint::get("/users", ADMIN, users::list).does("List the people of the organisation").asks::<PageRequest>().gives_page::<User>(),
        Endpoint::post("/users", ADMIN, users::add).does("Add a person to the organisation").takes::<NewUser>().makes::<User>(),
        Endpoint::patch("/users/{user}", ADMIN, users::update).does("Change a person's name or role").takes::<UserPatch>().gives::<User>(),
        Endpoint::delete("/users/{user}", ADMIN, users::remove).does("Remove a person from the organisation"),
        Endpoint::post("/users/{user}/invitation", ADMIN, users::invite).does("Send the invitation again"),

        Endpoint::get("/keys", ADMIN, keys::list).does("List the API keys").gives_whole_list::<ApiKey>(),
        Endpoint::post("/keys", ADMIN, keys::create).does("Make an API key; its secret is shown this once").takes::<NewApiKey>().makes::<ApiKeyWithSecret>(),
        Endpoint::delete("/keys/{key}", ADMIN, keys::revoke).does("Revoke an API key"),

        Endpoint::get("/connections", ADMIN, connections::list).does("List the accounts with model providers").gives_whole_list::<Connection>(),
        Endpoint::post("/connections", ADMIN, connections::create).does("Add an account; it is tested before it is saved").takes::<NewConnection>().makes::<Connection>(),
        Endpoint::patch("/connections/{connection}", ADMIN, connections::update).does("Change an account; it is tested before it is saved").takes::<ConnectionPatch>().gives::<Connection>(),
        Endpoint::delete("/connections/{connection}", ADMIN, connections::delete).does("Remove an account"),
        Endpoint::get("/connections/{connection}/models", ADMIN, connections::list_models).does("List the models that a provider offers").gives_whole_list::<Model>(),

        Endpoint::get("/assistants", USER, assistants::list).does("List the assistants that the caller can use").asks::<PageRequest>().gives_page::<AssistantSummary>(),
        Endpoint::post("/assistants", USER, assistants::create).does("Make an assistant; everybody can make private ones").takes::<AssistantSettings>().makes::<Assistant>(),
        Endpoint::get("/assistants/{assistant}", USER, assistants::find).does("Read an assistant").gives::<Assistant>(),
        Endpoint::put("/assistants/{assistant}", USER, assistants::update).does("Change an assistant; administrators can, and the person whose private one it is").takes::<AssistantSettings>().gives::<Assistant>(),
        Endpoint::delete("/assistants/{assistant}", USER, assistants::delete).does("Delete an assistant; administrators can, and the person whose private one it is"),
        Endpoint::delete("/assistants/{assistant}/hidden-collections", USER, assistants::remove_hidden_collections).does("Take from an assistant the collections that the caller cannot see; administrators can, and the person whose private one it is"),

        Endpoint::get("/assistants/{assistant}/interfaces", USER, interfaces::find).does("Read where an assistant can be reached from outside: the public chat and the widget").gives::<Interfaces>(),
        Endpoint::put("/assistants/{assistant}/interfaces", ADMIN, interfaces::update).does("Change where an assistant can be reached from outside, and how").takes::<InterfaceSettings>().gives::<Interfaces>(),
        Endpoint::put("/assistants/{assistant}/logo", ADMIN, interfaces::put_logo).does("Give an assistant a logo for visitors: PNG, JPEG, WebP or GIF, at most 256 KB").takes_as::<String>("image/png").gives::<Interfaces>(),
        Endpoint::delete("/assistants/{assistant}/logo", ADMIN, interfaces::delete_logo).does("Take the logo from an assistant"),
        Endpoint::put("/assistants/{assistant}/interfaces/openid-secret", ADMIN, interfaces::put_openid_secret).does("Keep the client secret of an assistant's OpenID provider, or forget it").takes::<OpenIdSecret>(),
        Endpoint::post("/assistants/{assistant}/interfaces/identity-secret", ADMIN, interfaces::make_identity_secret).does("Make a new secret that the host site signs its visitors' identities with; it is told this once").makes::<IdentitySecret>(),
        Endpoint::delete("/assistants/{assistant}/interfaces/identity-secret", ADMIN, interfaces::delete_identity_secret).does("Forget the secret that the host site signs its visitors' identities with; what it signed counts no more"),
        Endpoint::post("/assistants/{assistant}/installation-checks", ADMIN, interfaces::check_installation).does("Look whether the widget of an assistant is on a page, and what stands in its way there").takes::<InstallationCheckRequest>().gives::<InstallationCheck>(),
        Endpoint::get("/assistants/{assistant}/widget-errors", ADMIN, interfaces::list_errors).does("List the last errors that widgets of an assistant met").gives_whole_list::<WidgetError>(),

        Endpoint::get("/collections", USER, collections::list).does("List the collections that the caller sees").asks::<CollectionQuery>().gives_page::<Collection>(),
        Endpoint::get("/collections/hidden", ADMIN, collections::list_hidden).does("List the collections that an administrator manages without seeing what is in them").gives_whole_list::<Collection>(),
        Endpoint::post("/collections", ADMIN, collections::create).does("Make a collection").takes::<NewCollection>().makes::<Collection>(),
        Endpoint::get("/collections/{collection}", USER, collections::find).does("Read a collection").gives::<Collection>(),
        Endpoint::patch("/collections/{collection}", ADMIN, collections::update).does("Rename or describe a collection, change how it is searched, or who sees what is in it").takes::<CollectionPatch>().gives::<Collection>(),
        Endpoint::delete("/collections/{collection}", ADMIN, collections::delete).does("Delete a collection with everything in it"),
        Endpoint::get("/collections/{collection}/access", USER, collections::explain_access).does("Who sees what is in a collection, and by which rule; users learn about themselves").asks::<AccessQuery>().gives::<AccessReport>(),
        Endpoint::get("/collections/{collection}/sources", USER, collections::list_sources).does("List the sources of a collection").gives_whole_list::<Source>(),
        Endpoint::post("/collections/{collection}/sources", ADMIN, collections::create_source).does("Add a source; a website starts to be read at once").takes::<NewSource>().makes::<Source>(),
        Endpoint::get("/collections/{collection}/evaluation/questions", USER, evaluations::list_questions).does("List the questions by which the search in a collection is measured").asks::<PageRequest>().gives_page::<EvaluationQuestion>(),
        Endpoint::post("/collections/{collection}/evaluation/questions", ADMIN, evaluations::create_question).does("Write a question with the documents that it should find").takes::<NewEvaluationQuestion>().makes::<EvaluationQuestion>(),
        Endpoint::patch("/collections/{collection}/evaluation/questions/{question}", ADMIN, evaluations::update_question).does("Change a question; what runs gave for it is forgotten").takes::<EvaluationQuestionPatch>().gives::<EvaluationQuestion>(),
        Endpoint::delete("/collections/{collection}/evaluation/questions/{question}", ADMIN, evaluations::delete_question).does("Delete a question"),
        Endpoint::post("/collections/{collection}/evaluation/import", ADMIN, evaluations::import).does("Take questions from a CSV file, or from the two files of a BEIR collection").takes_as::<evaluations::ImportForm>("multipart/form-data").gives::<ImportReport>(),
        Endpoint::get("/collections/{collection}/evaluation/export", USER, evaluations::export).does("Download the questions as a CSV file").gives_file(&["text/csv"]),
        Endpoint::get("/collections/{collection}/evaluation/runs", USER, evaluations::list_runs).does("List the last runs of the questions, the newest first").gives_whole_list::<EvaluationRun>(),
        Endpoint::post("/collections/{collection}/evaluation/runs", ADMIN, evaluations::start).does("Ask every question, in the background").makes::<EvaluationRun>(),
        Endpoint::get("/collections/{collection}/evaluation/runs/{evaluation}", USER, evaluations::report).does("Read a run with the questions that got worse").gives::<EvaluationReport>(),
        Endpoint::post("/collections/{collection}/evaluation/runs/{evaluation}/stop", ADMIN, evaluations::stop).does("Stop a run").gives::<EvaluationRun>(),
        Endpoint::get("/collections/{collection}/metadata", USER, metadata::list_fields).does("List the fields of metadata that documents of a collection carry, and how far they are filled").gives::<MetadataFields>(),
        Endpoint::post("/collections/{collection}/metadata", ADMIN, metadata::create_field).does("Define a field of metadata; it is filled in the background").takes::<MetadataFieldSettings>().makes::<MetadataField>(),
        Endpoint::put("/collections/{collection}/metadata/{field}", ADMIN, metadata::update_field).does("Replace what a field of metadata is; it is filled anew in the background").takes::<MetadataFieldSettings>().gives::<MetadataField>(),
        Endpoint::delete("/collections/{collection}/metadata/{field}", ADMIN, metadata::delete_field).does("Delete a field of metadata with what documents carry for it"),
        Endpoint::get("/embedding", ADMIN, organisation::embedding).does("How search by meaning stands: the embedding model, the languages that it serves, and how far a change is").gives::<EmbeddingStatus>(),
        Endpoint::get("/index", USER, collections::index_status).does("How the search side stands").gives::<IndexStatus>(),

        Endpoint::get("/sources/{source}", USER, sources::find).does("Read a source").gives::<Source>(),
        Endpoint::patch("/sources/{source}", ADMIN, sources::update).does("Rename or describe a source, or change how a website is read").takes::<SourcePatch>().gives::<Source>(),
        Endpoint::delete("/sources/{source}", ADMIN, sources::delete).does("Delete a source with its documents"),
        Endpoint::post("/sources/{source}/refresh", ADMIN, sources::refresh).does("Read a source again").gives::<Source>(),
        Endpoint::post("/sources/{source}/stop", ADMIN, sources::stop).does("Stop the reading of a source").gives::<Source>(),
        Endpoint::get("/sources/{source}/crawls", USER, sources::list_crawls).does("List the last crawls of a website, the newest first").gives_whole_list::<Crawl>(),
        Endpoint::get("/sources/{source}/crawls/{crawl}/pages", USER, sources::list_crawl_pages).does("List what one of the last crawls made of each address, by address").asks::<CrawlPageQuery>().gives_page::<CrawlPage>(),
        Endpoint::post("/sources/{source}/accept", ADMIN, sources::accept).does("Accept a crawl that is held, and remove the pages that it did not find").gives::<Source>(),
        Endpoint::post("/sources/{source}/reject", ADMIN, sources::reject).does("Reject a crawl that is held, and drop what it found").gives::<Source>(),
        Endpoint::get("/sources/{source}/evaluation/questions", USER, evaluations::list_questions_of_source).does("List the questions that expect a document of a source").asks::<PageRequest>().gives_page::<EvaluationQuestion>(),
        Endpoint::get("/sources/{source}/figures", USER, evaluations::figures_of_source).does("The languages of a source's documents, and how well questions find them").gives::<SourceFigures>(),
        Endpoint::get("/sources/{source}/tables", USER, functions::list_tables).does("List the tables of a source with their columns: its CSV files, sheets and JSON files").gives_whole_list::<DataTable>(),
        Endpoint::get("/sources/{source}/functions", USER, functions::list).does("List the JSON functions of a source").gives_whole_list::<DataFunction>(),
        Endpoint::post("/sources/{source}/functions", ADMIN, functions::create).does("Define a JSON function: which rows of the tables of a source are wanted, how they are sorted and summed up").takes::<FunctionDefinition>().makes::<DataFunction>(),
        Endpoint::get("/sources/{source}/functions/{function}", USER, functions::find).does("Read a JSON function").gives::<DataFunction>(),
        Endpoint::put("/sources/{source}/functions/{function}", ADMIN, functions::update).does("Define a JSON function anew").takes::<FunctionDefinition>().gives::<DataFunction>(),
        Endpoint::delete("/sources/{source}/functions/{function}", ADMIN, functions::delete).does("Delete a JSON function"),
        Endpoint::post("/sources/{source}/functions/{function}/run", USER, functions::run).does("Run a JSON function").takes::<FunctionArguments>().gives::<FunctionRun>(),
        Endpoint::post("/sources/{source}/documents", ADMIN, upload::upload).does("Upload files into a source").takes_as::<upload::UploadForm>("multipart/form-data").makes::<Vec<UploadResult>>(),
        Endpoint::get("/sources/{source}/documents", USER, documents::list_of_source).does("List the documents of a source").asks::<DocumentQuery>().gives_page::<Document>(),

        Endpoint::get("/documents", USER, documents::list).does("List documents by collection, source, state, language, text or metadata").asks::<DocumentQuery>().gives_page::<Document>(),
        Endpoint::get("/documents/{document}", USER, documents::find).does("Read a document's state").gives::<Document>(),
        Endpoint::delete("/documents/{document}", ADMIN, documents::delete).does("Delete a document"),
        Endpoint::get("/documents/{document}/text", USER, documents::text).does("Read a document's text and chunks").asks::<documents::Revision>().gives::<DocumentText>(),
        Endpoint::get("/documents/{document}/original", USER, documents::original).does("Download the original file").gives_file(&[ANY]),
        Endpoint::patch("/documents/{document}/chunks/{chunk}", ADMIN, documents::update_chunk).does("Give a chunk another text, switch it off or on, or restore the document's text; it has another id afterwards").takes::<ChunkPatch>().gives::<Chunk>(),
        Endpoint::delete("/documents/{document}/edits/{edit}", ADMIN, documents::discard_edit).does("Throw away the edit of a chunk whose text the document no longer has"),
        Endpoint::get("/documents/{document}/metadata", USER, metadata::list_values).does("Read what a document carries for each field of its collection").gives_whole_list::<DocumentMetadata>(),
        Endpoint::put("/documents/{document}/metadata/{field}", ADMIN, metadata::write_values).does("Let a document carry other values for a field than those read").takes::<NewMetadataValues>().gives::<DocumentMetadata>(),
        Endpoint::delete("/documents/{document}/metadata/{field}", ADMIN, metadata::restore_values).does("Let what was read for a field count again").gives::<DocumentMetadata>(),
        Endpoint::post("/documents/{document}/leave-out", ADMIN, documents::leave_out).does("Delete a page of a website, and leave it out of the next crawls").gives::<Source>(),
        Endpoint::post("/documents/{document}/reindex", ADMIN, documents::reindex).does("Read a document again").gives::<Document>(),

        Endpoint::post("/search", USER, search::search).does("Search in knowledge; when asked to explain, also why each hit is found and what a model would be given").takes::<SearchRequest>().gives::<SearchResponse>(),

        Endpoint::post("/chat", USER, chat::ask).does("Ask an assistant; the answer streams").takes::<ChatRequest>().streams::<StreamEvent>(),
        Endpoint::post("/attachments", USER, attachments::create).does("Upload a file or a picture for the next question; it is named in the question's attachments").takes_as::<attachments::AttachmentForm>("multipart/form-data").makes::<Attachment>(),
        Endpoint::get("/attachments/{attachment}", USER, attachments::find).does("Read how a file or a picture of one's own stands").gives::<Attachment>(),
        Endpoint::get("/attachments/{attachment}/file", USER, attachments::file).does("Download a file, or look at a picture, of one's own").gives_file(&file_or_picture),
        Endpoint::delete("/attachments/{attachment}", USER, attachments::delete).does("Remove a file or a picture, also from the conversation that it was sent in"),
        Endpoint::post("/transcriptions", USER, transcriptions::create).does("Have a recording written down by the organisation's transcription provider; neither recording nor text is kept").asks::<TranscriptionQuery>().takes_as::<transcriptions::RecordingForm>("multipart/form-data").gives::<Transcription>(),
        Endpoint::get("/runs/{run}/events", USER, chat::resume).does("Resume the stream of an answer after the last event that was seen").asks::<chat::After>().streams::<StreamEvent>(),
        Endpoint::post("/runs/{run}/stop", USER, chat::stop).does("Stop an answer; what was said stays"),

        Endpoint::get("/conversations", USER, conversations::list).does("List one's own conversations; search in their titles and texts, filter them by assistant, category, links and time").asks::<ConversationQuery>().gives_page::<ConversationSummary>(),
        Endpoint::get("/conversations/events", USER, conversations::follow).does("Follow what happens in one's own conversations: messages that are asked for anywhere, other titles").streams::<ConversationChange>(),
        Endpoint::get("/conversations/{conversation}", USER, conversations::find).does("Read a conversation, or a part of its messages").asks::<MessagesQuery>().gives::<Conversation>(),
        Endpoint::patch("/conversations/{conversation}", USER, conversations::update).does("Rename a conversation, or give it one of one's own categories").takes::<ConversationPatch>().gives::<ConversationSummary>(),
        Endpoint::delete("/conversations/{conversation}", USER, conversations::delete).does("Delete a conversation; it can be restored for a while"),
        Endpoint::post("/conversations/{conversation}/restore", USER, conversations::restore).does("Undo the deletion of a conversation").gives::<ConversationSummary>(),
        Endpoint::put("/conversations/{conversation}/branch", USER, conversations::show_branch).does("Show the branch of a conversation on which a message stands, and go on from there").takes::<conversations::Branch>().gives::<Conversation>(),
        Endpoint::get("/conversations/{conversation}/export", USER, conversations::export).does("Download a conversation as Markdown or JSON").asks::<conversations::Export>().gives_file(&["text/markdown", "application/json"]),
        Endpoint::get("/conversations/{conversation}/shares", USER, shares::list).does("List the links that let others read a conversation").gives_whole_list::<ShareLink>(),
        Endpoint::post("/conversations/{conversation}/shares", USER, shares::create).does("Make a link that lets others read a conversation").takes::<ShareSettings>().makes::<ShareLink>(),
        Endpoint::put("/conversations/{conversation}/shares/{share}", USER, shares::update).does("Let a link share something else, or with others; its address stays").takes::<ShareSettings>().gives::<ShareLink>(),
        Endpoint::delete("/conversations/{conversation}/shares/{share}", USER, shares::revoke).does("Revoke a link at once; it can be restored for a while"),
        Endpoint::post("/conversations/{conversation}/shares/{share}/restore", USER, shares::restore).does("Undo the revocation of a link").gives::<ShareLink>(),
        Endpoint::put("/messages/{message}/rating", USER, conversations::rate).does("Rate an answer").takes::<conversations::Rating>(),
        Endpoint::get("/messages/{message}/feedback", USER, feedback::find_own).does("Read what one has said about an answer").gives::<OwnFeedback>(),
        Endpoint::put("/messages/{message}/feedback", USER, feedback::give).does("Say what is wrong with an answer: a thumb down with a reason and a comment").takes::<NewFeedback>().gives::<OwnFeedback>(),

        Endpoint::get("/categories", USER, categories::list).does("List one's own categories of conversations").gives_whole_list::<Category>(),
        Endpoint::post("/categories", USER, categories::create).does("Make a category of conversations").takes::<NewCategory>().makes::<Category>(),
        Endpoint::patch("/categories/{category}", USER, categories::update).does("Give a category another name or colour").takes::<CategoryPatch>().gives::<Category>(),
        Endpoint::delete("/categories/{category}", USER, categories::delete).does("Delete a category; its conversations stay, and it can be restored for a while"),
        Endpoint::post("/categories/{category}/restore", USER, categories::restore).does("Undo the deletion of a category; its conversations have it again").gives::<Category>(),

        Endpoint::get("/feedback", USER, feedback::list).does("List what people say about the answers of the assistants that the caller can change, the newest first").asks::<FeedbackQuery>().gives_page::<FeedbackEntry>(),
        Endpoint::get("/feedback/{feedback}", USER, feedback::find).does("Read feedback with the question, the answer, its sources and its steps").gives::<FeedbackContext>(),
        Endpoint::patch("/feedback/{feedback}", USER, feedback::update).does("Mark feedback as resolved, or as open again").takes::<FeedbackPatch>().gives::<FeedbackEntry>(),

        Endpoint::get("/public/assistants/{assistant}", PUBLIC, interfaces::find_public).does("What a visitor's browser needs to show an assistant that is open to visitors").gives::<PublicInterface>(),
        Endpoint::get("/public/assistants/{assistant}/logo", PUBLIC, interfaces::public_logo).does("The logo of an assistant").asks::<interfaces::LogoVersion>().gives_file(&PICTURES),
        Endpoint::post("/public/assistants/{assistant}/errors", PUBLIC, interfaces::report_error).does("Report an error that a widget met").takes::<WidgetErrorReport>(),
        Endpoint::get("/assistants/{assistant}/visitor-conversations", ADMIN, visitor_conversations::list).does("List what visitors from outside said to an assistant, the newest first").asks::<PageRequest>().gives_page::<VisitorConversation>(),
        Endpoint::get("/assistants/{assistant}/visitor-conversations/{visitor_conversation}", ADMIN, visitor_conversations::find).does("Read a conversation of a visitor, the last of its messages or another part of them; it becomes an audit event").asks::<HeldQuery>().gives::<HeldConversation>(),

        Endpoint::post("/public/assistants/{assistant}/visitors", PUBLIC, public::visitors::admit).does("Let a visitor in to an assistant, or give one who was there a new token").takes::<VisitorRequest>().gives::<VisitorEntry>().notes(FRAMED),
        Endpoint::post("/public/chat", VISITOR, public::chat::ask).does("Ask the assistant as a visitor; the answer streams").asks::<public::chat::Language>().takes::<VisitorChatRequest>().streams::<StreamEvent>().notes(FRAMED),
        Endpoint::get("/public/runs/{run}/events", VISITOR, public::chat::resume).does("Resume the stream of an answer to a visitor after the last event that was seen").asks::<chat::After>().streams::<StreamEvent>(),
        Endpoint::post("/public/runs/{run}/stop", VISITOR, public::chat::stop).does("Stop an answer to a visitor; what was said stays"),
        Endpoint::get("/public/conversations", VISITOR, public::conversations::list).does("List the last twenty conversations of a visitor, the newest first").gives_whole_list::<ConversationSummary>(),
        Endpoint::get("/public/conversations/{conversation}", VISITOR, public::conversations::find).does("Read a conversation of a visitor's own, the last of its messages or those before one, with what they have said beside it").asks::<MessagesQuery>().gives::<OwnConversation>(),
        Endpoint::put("/public/messages/{message}/rating", VISITOR, public::conversations::rate).does("Rate an answer as a visitor").takes::<conversations::Rating>(),
        Endpoint::put("/public/messages/{message}/feedback", VISITOR, public::conversations::give_feedback).does("Say as a visitor what is wrong with an answer").takes::<NewFeedback>().gives::<OwnFeedback>(),
        Endpoint::post("/public/attachments", VISITOR, public::attachments::create).does("Upload a file or a picture as a visitor, for the next question").takes_as::<attachments::AttachmentForm>("multipart/form-data").makes::<Attachment>(),
        Endpoint::get("/public/attachments/{attachment}", VISITOR, public::attachments::find).does("Read how a visitor's own file or picture stands").gives::<Attachment>(),
        Endpoint::get("/public/attachments/{attachment}/file", VISITOR, public::attachments::file).does("Download a visitor's own file, or look at their picture").gives_file(&file_or_picture),
        Endpoint::delete("/public/attachments/{attachment}", VISITOR, public::attachments::delete).does("Remove a visitor's own file or picture, also from the conversation that it was sent in"),
        Endpoint::post("/public/contacts", VISITOR, public::visitors::leave_contact).does("Leave the e-mail address at which a visitor wants to be answered by a person").takes::<VisitorContact>(),
    ]
}
