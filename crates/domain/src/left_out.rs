//! Single pages of websites that are not wanted: gone at once, and not asked for again.

use hammock_contract::{
    ApiError, DocumentId, ErrorCode,
    source::{Source, SourceKind},
    user::Role,
};
use hammock_store::{Scope, audit, documents, sources};
use url::{Position, Url};

use crate::{Hammock, Result, error::from_store, knowledge::jobs, websites};

impl Hammock {
    /// Deletes a page of a website and leaves its address out of the next crawls: as a pattern, the last of those of its
    /// source. A crawl that goes on leaves it alone as well; one that was about to begin may still bring it, and the next one lets it
    /// go.
    ///
    /// # Errors
    /// `role_required`, `not_found`, `read_only`, `invalid_request` for a file, `invalid_field` when there are as many
    /// patterns as there can be or the address is too long for one.
    pub async fn leave_out_page(&self, scope: &Scope, id: &DocumentId) -> Result<Source> {
        scope.require(Role::Administrator).map_err(from_store)?;
        let row = documents::find(scope, self.store().read(), id).await.map_err(from_store)?;
        self.refuse_read_only(scope, &row.collection_id).await?;
        let now = self.now();
        let tx = self.store().begin().await.map_err(from_store)?;
        let source = sources::find_writable(scope, tx.db(), &row.source_id).await.map_err(from_store)?;
        let (SourceKind::Website(mut settings), Some(pattern)) = (source.kind, pattern_of(&row.location)) else {
            let message = "only a page of a website can be left out; delete a file instead";
            return Err(ApiError::new(ErrorCode::InvalidRequest, message));
        };
        settings.exclude.retain(|other| *other != pattern);
        settings.exclude.push(pattern.clone());
        let kind = SourceKind::Website(websites::checked(settings)?);
        // Less is asked for, and what is known of the rest holds: it need not be found anew.
        sources::set_kind(scope, &tx, &source.id, kind).await.map_err(from_store)?;
        documents::delete(scope, &tx, id).await.map_err(from_store)?;
        self.follow_documents(scope, &tx, &source.id).await?;
        jobs::remove_documents(scope, &tx, vec![(id.clone(), row.file_key)], now).await?;
        let detail = serde_json::json!({ "pattern": pattern, "document": id, "title": row.title });
        audit::record(scope, &tx, "source.leave_out", source.id.as_str(), detail, now).await.map_err(from_store)?;
        tx.commit().await.map_err(from_store)?;
        self.0.work.notify_one();
        self.find_source(scope, &source.id).await
    }
}

/// The pattern that fits an address alone: its path and its query. A star in it stands for itself.
fn pattern_of(location: &str) -> Option<String> {
    let url = Url::parse(location).ok()?;
    Some(url[Position::BeforePath..Position::AfterQuery].replace('*', "%2A"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_is_what_follows_the_host() {
        assert_eq!(pattern_of("https://a.example:8080/help/a%20b?x=1#part").as_deref(), Some("/help/a%20b?x=1"));
        assert_eq!(pattern_of("https://a.example").as_deref(), Some("/"));
        assert_eq!(pattern_of("https://a.example/search?q=*").as_deref(), Some("/search?q=%2A"));
        assert_eq!(pattern_of("price list.pdf"), None);
    }
}
