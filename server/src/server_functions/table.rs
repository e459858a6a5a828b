//! Every server function: who may call it, its type with its arguments, and what it answers.

use hammock_contract::user::Role;
use leptos::server_fn::ServerFn;

use super::{PREFIX, ServerFunction, description::Function};
use crate::endpoint::Access;

const USER: Access = Access::Role(Role::User);
const ADMIN: Access = Access::Role(Role::Administrator);
const PERSON: Access = Access::Person;

/// A function's path without the prefix of all.
const fn without_prefix(path: &'static str) -> &'static str {
    path.split_at(PREFIX.len()).1
}

/// Each row names the type that `#[server]` makes of a function and takes it apart: an argument too many or too few does
/// not compile. What follows the arrow is the method of [`Function`] that describes the answer.
macro_rules! functions {
    ($($access:ident $module:ident::$name:ident { $($argument:ident),* } => $answer:ident, $summary:literal;)*) => {
        /// Every server function.
        pub const FUNCTIONS: &[ServerFunction] = &[$(ServerFunction {
            path: without_prefix(<app::$module::api::$name as ServerFn>::PATH),
            access: $access,
            summary: $summary,
            describe: || {
                Function::with(
                    &[$(stringify!($argument)),*],
                    |app::$module::api::$name { $($argument),* }| ($($argument,)*),
                )
                .$answer()
            },
        }),*];
    };
}

functions! {
    USER account::ReadMe {} => one, "Who is calling";
    PERSON account::UpdateProfile { profile } => one, "Change one's own name or telephone number";
    PERSON account::SetLocale { locale } => nothing, "Choose a language";
    PERSON account::SetSendKey { send_key } => nothing, "Choose what sends a question in the chat";
    PERSON account::ChangePassword { change } => nothing, "Change one's own password";
    USER assistants::ListAssistants { page } => page, "List the assistants that the caller can use";
    USER assistants::FindAssistant { assistant } => one, "Read an assistant";
    USER assistants::CreateAssistant { settings } => one, "Make an assistant; everybody can make private ones";
    USER assistants::UpdateAssistant { assistant, settings } => one, "Change an assistant; administrators can, and the person whose private one it is";
    USER assistants::RemoveHiddenCollections { assistant } => nothing, "Take from an assistant the collections that the caller cannot see; administrators can, and the person whose private one it is";
    USER assistants::DeleteAssistant { assistant } => nothing, "Delete an assistant; administrators can, and the person whose private one it is";
    USER categories::ListCategories {} => list, "List one's own categories of conversations";
    USER categories::CreateCategory { category } => one, "Make a category of conversations";
    USER categories::UpdateCategory { category, patch } => one, "Give a category another name or colour";
    USER categories::DeleteCategory { category } => nothing, "Delete a category; its conversations stay, and it can be restored for a while";
    USER categories::RestoreCategory { category } => one, "Undo the deletion of a category; its conversations have it again";
    USER categories::GiveCategory { conversation, category } => one, "Give a conversation one of one's own categories, or take its category away";
    USER chat::ListConversations { query } => page, "List one's own conversations; search in their titles and texts, filter them by assistant, category, links and time";
    USER chat::FindEnds { conversation } => one, "Read the first message of a conversation and its last two";
    USER chat::ReadConversation { conversation, wanted } => one, "Read a conversation with a part of its messages";
    USER chat::RenameConversation { conversation, title } => one, "Rename a conversation";
    USER chat::DeleteConversation { conversation } => nothing, "Delete a conversation; it can be restored for a while";
    USER chat::RestoreConversation { conversation } => one, "Undo the deletion of a conversation";
    USER chat::ShowBranch { conversation, message } => one, "Show the branch of a conversation on which a message stands, and go on from there";
    USER chat::RateMessage { message, rating } => nothing, "Rate an answer";
    USER chat::CitedDocument { wanted } => one, "Read the passage that an answer cites, in its document";
    USER chat::ListChoices { page } => page, "List the assistants that can be asked";
    USER chat::FindAttachment { attachment } => one, "Read how a file or a picture stands that was uploaded for a question";
    USER chat::RemoveAttachment { attachment } => nothing, "Remove a file or a picture, also from the conversation that it was sent in";
    USER chat::ChosenAssistant { assistant } => one, "Read the assistant that is asked";
    USER sharing::ListShares { conversation } => list, "List the links that let others read a conversation";
    USER sharing::CreateShare { conversation, settings } => one, "Make a link that lets others read a conversation";
    USER sharing::RevokeShare { conversation, share } => nothing, "Revoke a link at once; it can be restored for a while";
    USER sharing::RestoreShare { conversation, share } => one, "Undo the revocation of a link";
    USER knowledge::ListCollections { page } => page, "List the collections that the caller sees";
    ADMIN knowledge::ListHiddenCollections {} => list, "List the collections that an administrator manages without seeing what is in them";
    USER knowledge::ExplainAccess { collection, query } => one, "Who sees what is in a collection, and by which rule; users learn about themselves";
    USER knowledge::FindCollection { collection } => one, "Read a collection";
    ADMIN knowledge::CreateCollection { collection } => one, "Make a collection";
    ADMIN knowledge::UpdateCollection { collection, patch } => one, "Rename or describe a collection, change how it is searched, or who sees what is in it";
    ADMIN knowledge::DeleteCollection { collection } => nothing, "Delete a collection with everything in it";
    USER knowledge::ReadIndexStatus {} => one, "How the search side stands";
    USER knowledge::ListSources { collection } => list, "List the sources of a collection";
    ADMIN knowledge::CreateSource { collection, source } => one, "Add a source; a website starts to be read at once";
    ADMIN knowledge::UpdateSource { source, patch } => one, "Rename or describe a source, or change how a website is read";
    USER knowledge::ListCrawls { source } => list, "List the last crawls of a website, the newest first";
    USER knowledge::ListCrawlPages { source, crawl, query } => page, "List what one of the last crawls made of each address, by address";
    ADMIN knowledge::AcceptCrawl { source } => one, "Accept a crawl that is held, and remove the pages that it did not find";
    ADMIN knowledge::RejectCrawl { source } => one, "Reject a crawl that is held, and drop what it found";
    ADMIN knowledge::CountDependents { deletion } => one, "Count what people made that goes with a collection, a source or a document";
    ADMIN knowledge::DeleteSource { source } => nothing, "Delete a source with its documents";
    ADMIN knowledge::RefreshSource { source } => one, "Read a source again";
    ADMIN knowledge::StopSource { source } => one, "Stop the reading of a source";
    USER knowledge::ListDocuments { query } => page, "List documents by collection, source, state, language, text or metadata";
    USER knowledge::ListStandings { asked } => list, "How documents stand, by their ids";
    USER knowledge::ReadDocument { wanted } => one, "Read a part of a document, chunk by chunk";
    ADMIN knowledge::DeleteDocument { document } => nothing, "Delete a document";
    ADMIN knowledge::LeaveOutPage { document } => one, "Delete a page of a website, and leave it out of the next crawls";
    ADMIN knowledge::ReindexDocument { document } => one, "Read a document again";
    ADMIN knowledge::UpdateChunk { document, chunk, patch } => one, "Give a chunk another text, switch it off or on, or restore the document's text";
    ADMIN knowledge::DiscardEdit { document, edit } => nothing, "Throw away the edit of a chunk whose text the document no longer has";
    USER knowledge::Search { request } => one, "Search in knowledge; each passage also as HTML";
    USER metadata::ListFields { collection } => one, "List the fields of metadata that documents of a collection carry, and how far they are filled";
    ADMIN metadata::CreateField { collection, settings } => one, "Define a field of metadata; it is filled in the background";
    ADMIN metadata::UpdateField { collection, field, settings } => one, "Replace what a field of metadata is; it is filled anew in the background";
    ADMIN metadata::DeleteField { collection, field } => nothing, "Delete a field of metadata with what documents carry for it";
    USER metadata::ListValues { document } => list, "Read what a document carries for each field of its collection";
    ADMIN metadata::WriteValues { document, field, values } => one, "Let a document carry other values for a field than those read";
    ADMIN metadata::RestoreValues { document, field } => one, "Let what was read for a field count again";
    USER evaluation::ListQuestions { collection, page } => page, "List the questions by which the search in a collection is measured";
    USER evaluation::ListSourceQuestions { source, page } => page, "List the questions that expect a document of a source";
    USER evaluation::ReadSourceFigures { source } => one, "The languages of a source's documents, and how well questions find them";
    ADMIN evaluation::CreateQuestion { collection, question } => one, "Write a question with the documents that it should find";
    ADMIN evaluation::UpdateQuestion { collection, question, patch } => one, "Change a question; what runs gave for it is forgotten";
    ADMIN evaluation::DeleteQuestion { collection, question } => nothing, "Delete a question";
    USER evaluation::ListRuns { collection } => list, "List the last runs of the questions, the newest first";
    ADMIN evaluation::StartRun { collection } => one, "Ask every question, in the background";
    ADMIN evaluation::StopRun { collection, run } => one, "Stop a run";
    USER evaluation::ReadReport { collection, run } => one, "Read a run with the questions that got worse";
    USER feedback::ReadOwnFeedback { message } => one, "Read what one has said about an answer";
    USER feedback::GiveFeedback { message, feedback } => one, "Say what is wrong with an answer";
    USER feedback::ListFeedback { query } => page, "List what people say about the answers of the assistants that the caller can change, the newest first";
    USER feedback::ReadFeedback { feedback } => one, "Read feedback with the question, the answer, its sources and its steps";
    USER feedback::UpdateFeedback { feedback, patch } => one, "Mark feedback as resolved, or as open again";
    USER interfaces::ReadInterfaces { assistant } => one, "Read where an assistant can be reached from outside, and how";
    ADMIN interfaces::UpdateInterfaces { assistant, settings } => one, "Replace the settings of an assistant's interfaces";
    ADMIN interfaces::CheckInstallation { assistant, url } => one, "Look whether the widget is on a page, and what stands in its way";
    ADMIN interfaces::ListWidgetErrors { assistant } => list, "List the last errors that widgets met";
    ADMIN interfaces::ListVisitorConversations { assistant, page } => page, "List the conversations of visitors with an assistant, the newest first";
    ADMIN interfaces::ReadVisitorConversation { assistant, conversation, wanted } => one, "Read a conversation of a visitor with a part of its messages";
    USER data_functions::ListTables { source } => list, "List the tables of a source with their columns";
    USER data_functions::ListFunctions { source } => list, "List the JSON functions of a source";
    ADMIN data_functions::CreateFunction { source, definition } => one, "Define a JSON function";
    ADMIN data_functions::UpdateFunction { source, function, definition } => one, "Define a JSON function anew";
    ADMIN data_functions::DeleteFunction { source, function } => nothing, "Delete a JSON function";
    USER data_functions::RunFunction { source, function, arguments } => one, "Run a JSON function";
    ADMIN data_functions::PreviewFunction { source, definition, arguments } => one, "Try what a JSON function would answer that is still being written";
    ADMIN organisation::ReadOrganisation {} => one, "Read the organisation";
    ADMIN organisation::UpdateOrganisation { patch } => one, "Change the organisation: its name, where recorded speech is written down, and where its requests may go";
    ADMIN organisation::CheckAllowedHosts { allowed } => one, "See what stops working where the organisation's requests may go to certain hosts alone";
    ADMIN organisation::ReadEmbedding {} => one, "How search by meaning stands: the embedding model, its languages, and how far a change is";
    ADMIN users::ListUsers { page } => page, "List the people of the organisation";
    ADMIN users::AddUser { user } => one, "Add a person to the organisation";
    ADMIN users::UpdateUser { user, patch } => one, "Change a person's name or role";
    ADMIN users::RemoveUser { user } => nothing, "Remove a person from the organisation";
    USER users::ReadInstance {} => one, "What is known of this installation";
    ADMIN users::ResendInvitation { user } => nothing, "Send the invitation again";
    ADMIN keys::ListKeys {} => list, "List the API keys";
    ADMIN keys::CreateKey { key } => one, "Make an API key; its secret is shown this once";
    ADMIN keys::RevokeKey { key } => nothing, "Revoke an API key";
    ADMIN connections::ListConnections {} => list, "List the accounts with model providers";
    ADMIN connections::CreateConnection { connection } => one, "Add an account; it is tested before it is saved";
    ADMIN connections::UpdateConnection { connection, patch } => one, "Change an account; it is tested before it is saved";
    ADMIN connections::DeleteConnection { connection } => nothing, "Remove an account";
    ADMIN connections::ListModels { connection } => list, "List the models that a provider offers";
    ADMIN connections::FindOllama {} => one, "Look for a local Ollama";
}
