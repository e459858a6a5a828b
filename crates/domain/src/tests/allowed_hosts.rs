//! The hosts that an organisation narrows its requests to: who says so, what that cuts off, and what keeps to it.

use hammock_contract::{
    ErrorCode,
    crawl::{CrawlPageOutcome, CrawlPageQuery},
    document::DocumentState,
    interfaces::{InterfaceSettings, OpenIdProvider, VisitorSignIn},
    organisation::{AllowedHosts, HostsCheck, OrganisationPatch},
    page::PageRequest,
    source::{NewSource, SourceKind, SourceState, WebsiteSettings},
    user::Role,
};
use hammock_llm::scripted::ScriptedModel;
use hammock_testkit::site::{Page, Website};
use url::Url;

use super::{
    crawling::{Crawled, small, text, website},
    watching::{LATER, Watched, map},
    world::{World, until},
};
use crate::{AskedFor, Result, Scope};

/// A host that no test asks.
const OTHER: &str = "other.example";

fn to(hosts: &[&str]) -> AllowedHosts {
    AllowedHosts { limited: true, hosts: hosts.iter().map(|host| (*host).to_owned()).collect() }
}

fn patch(allowed: AllowedHosts) -> OrganisationPatch {
    OrganisationPatch { allowed_hosts: Some(allowed), ..OrganisationPatch::default() }
}

/// Lets the requests of an organisation go to these hosts alone.
async fn limit(world: &World, scope: &Scope, hosts: &[&str]) {
    world.hammock.update_organisation(scope, patch(to(hosts))).await.expect("the list is kept");
}

fn refusal<T: std::fmt::Debug>(outcome: Result<T>) -> (ErrorCode, Option<String>) {
    let error = outcome.expect_err("it is refused");
    (error.code, error.field)
}

#[tokio::test]
async fn administrators_and_owners_say_where_requests_may_go() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let administrator = world.colleague(&owner, "Adam", Role::Administrator).await;
    let user = world.colleague(&owner, "Beth", Role::User).await;
    let mallory = world.owner("Mallory").await;
    let h = &world.hammock;
    assert_eq!(h.organisation(&owner).await.unwrap().allowed_hosts, AllowedHosts::default());
    let typed = to(&[" Example.ORG", "", "*.example.org:8443"]);
    let kept = to(&["example.org", "*.example.org:8443"]);
    for scope in [&owner, &administrator] {
        h.update_organisation(&owner, patch(AllowedHosts::default())).await.unwrap();
        assert_eq!(h.update_organisation(scope, patch(typed.clone())).await.unwrap().allowed_hosts, kept);
        assert_eq!(h.check_allowed_hosts(scope, typed.clone()).await, Ok(HostsCheck::default()));
    }
    let role_required = (ErrorCode::RoleRequired, None);
    assert_eq!(refusal(h.update_organisation(&user, patch(to(&["evil.example"]))).await), role_required);
    assert_eq!(refusal(h.check_allowed_hosts(&user, to(&["evil.example"])).await), role_required);
    let wrong = to(&["example.org", "https://example.org"]);
    let on_hosts = (ErrorCode::InvalidHosts, Some("hosts".to_owned()));
    assert_eq!(refusal(h.update_organisation(&owner, patch(wrong.clone())).await), on_hosts);
    assert_eq!(refusal(h.check_allowed_hosts(&owner, wrong).await), on_hosts);

    // What else is changed leaves it as it is, and so does another organisation.
    let named = OrganisationPatch { name: Some("Engines".to_owned()), ..OrganisationPatch::default() };
    assert_eq!(h.update_organisation(&owner, named).await.unwrap().allowed_hosts, kept);
    limit(&world, &mallory, &["evil.example"]).await;
    assert_eq!(h.organisation(&owner).await.unwrap().allowed_hosts, kept);

    let request = PageRequest { query: Some("organisation.update".to_owned()), ..PageRequest::default() };
    let rows = hammock_store::audit::list(&owner, h.store().read(), &request).await.unwrap().items;
    let written = serde_json::json!({ "limited": true, "hosts": kept.hosts });
    assert!(rows.iter().any(|row| row.detail["allowed_hosts"] == written), "{rows:?}");
}

#[tokio::test]
async fn what_a_list_cuts_off_is_told_before_it_counts() {
    let site = website().await;
    site.put("/", text("start"));
    let crawled = Crawled::once(&site).await;
    let (world, owner) = (&crawled.world, &crawled.owner);
    let connection = world.connection(owner).await;
    let h = &world.hammock;
    let told = h.check_allowed_hosts(owner, to(&[OTHER])).await.unwrap();
    assert_eq!((told.sources.len(), told.connections.len()), (1, 1));
    assert_eq!((&told.sources[0].id, &told.sources[0].host), (&crawled.source, &site.authority()));
    assert_eq!((&told.connections[0].id, told.connections[0].host.as_str()), (&connection, "models.example.org"));
    let told = h.check_allowed_hosts(owner, to(&["127.0.0.1", OTHER])).await.unwrap();
    assert_eq!((told.sources.len(), told.connections.len()), (0, 1));
    let all = h.check_allowed_hosts(owner, AllowedHosts { limited: false, ..to(&[OTHER]) }).await.unwrap();
    assert!(all.is_empty(), "{all:?}");
    // Asking changes nothing, and what does not work already does not stop working.
    assert_eq!(h.organisation(owner).await.unwrap().allowed_hosts, AllowedHosts::default());
    limit(world, owner, &["*.example.org"]).await;
    let told = h.check_allowed_hosts(owner, to(&[OTHER])).await.unwrap();
    assert_eq!((told.sources.len(), told.connections.len()), (0, 1));
    let mallory = world.owner("Mallory").await;
    assert_eq!(h.check_allowed_hosts(&mallory, to(&[OTHER])).await, Ok(HostsCheck::default()));
}

#[tokio::test]
async fn a_website_off_the_list_is_neither_added_nor_read_and_its_pages_still_answer() {
    let site = website().await;
    site.put("/", Page::html("<main><p>The museum says: patient</p></main><a href=/page>1</a>"));
    site.put("/page", text("paper"));
    let crawled = Crawled::once(&site).await;
    let (world, owner) = (&crawled.world, &crawled.owner);
    let h = &world.hammock;
    limit(world, owner, &[OTHER]).await;
    let asked = site.requests().len();
    let refused = h.check_website(owner, WebsiteSettings::of(site.url("/"))).await;
    assert_eq!(refusal(refused), (ErrorCode::HostNotListed, Some("start_url".to_owned())));
    let collection = h.find_source(owner, &crawled.source).await.unwrap().collection;
    let kind = SourceKind::Website(WebsiteSettings::of(site.url("/")));
    let new = NewSource { name: String::new(), description: String::new(), kind };
    assert_eq!(refusal(h.create_source(owner, &collection, new).await).0, ErrorCode::HostNotListed);

    h.refresh_source(owner, &crawled.source).await.unwrap();
    let source = crawled.end().await;
    let error = source.error.expect("there is a reason");
    assert_eq!((source.state, error.code), (SourceState::Failed, ErrorCode::HostNotListed));
    assert_eq!(error.params["host"], site.authority());
    let page = crawled.page("/page").await;
    h.reindex_document(owner, &page.id).await.unwrap();
    let read = world.read(owner, &page.id).await;
    assert_eq!(
        (read.state, read.error.map(|error| error.code)),
        (DocumentState::Failed, Some(ErrorCode::HostNotListed))
    );
    assert_eq!(site.requests().len(), asked, "nothing was asked for");
    assert!(crawled.answers("patient").await && crawled.answers("paper").await);

    // Another organisation reads it, and this one when it lists it again.
    let mallory = world.owner("Mallory").await;
    h.check_website(&mallory, WebsiteSettings::of(site.url("/"))).await.unwrap();
    limit(world, owner, &["127.0.0.1"]).await;
    crawled.again().await;
}

#[tokio::test]
async fn a_change_counts_for_a_crawl_that_goes_on() {
    let site = website().await;
    let links: String = (0..60).map(|n| format!("<a href=/p{n}>{n}</a>")).collect();
    site.put("/", Page::html(format!("<main><p>The museum says: start</p></main>{links}")));
    for n in 0..60 {
        site.put(&format!("/p{n}"), text(&format!("page {n}")));
        site.hold(&format!("/p{n}"));
    }
    let crawled = Crawled::waiting(&site, small(&site)).await;
    crawled.world.work();
    until("the first page is read", async || site.requests().contains(&"/".to_owned()).then_some(())).await;
    limit(&crawled.world, &crawled.owner, &[OTHER]).await;
    for n in 0..60 {
        site.release(&format!("/p{n}"));
    }
    let source = crawled.end().await;
    let error = source.error.expect("there is a reason");
    assert_eq!((source.state, error.code), (SourceState::Failed, ErrorCode::HostNotListed));
    let query = CrawlPageQuery { outcome: Some(CrawlPageOutcome::Failed), ..CrawlPageQuery::default() };
    let crawl = crawled.last().await.id;
    let pages = crawled.world.hammock.list_crawl_pages(&crawled.owner, &crawled.source, &crawl, query).await;
    let pages = pages.expect("pages are listed").items;
    assert!(!pages.is_empty());
    for page in pages {
        let error = page.error.expect("there is a reason");
        assert_eq!(
            (error.code, &error.params["host"]),
            (ErrorCode::HostNotListed, &site.authority()),
            "{}",
            page.address
        );
    }
    assert!(site.requests().len() < 60, "the others were not asked for");
}

#[tokio::test]
async fn a_look_at_a_sitemap_keeps_to_the_list() {
    let site = website().await;
    let watched = Watched::new(&site, &["/a"]).await;
    site.put("/sitemap.xml", map(&site, "\"2\"", &[("/a", LATER)]));
    limit(&watched.0.world, &watched.0.owner, &[OTHER]).await;
    let source = watched.look().await;
    assert_eq!(source.watch_error.map(|error| error.code), Some(ErrorCode::HostNotListed));
    assert_eq!(site.take_visits("/sitemap.xml").len(), 0);
    limit(&watched.0.world, &watched.0.owner, &["127.0.0.1"]).await;
    assert_eq!(watched.look().await.watch_error, None);
    assert_eq!(site.take_visits("/sitemap.xml").len(), 1);
}

#[tokio::test]
async fn an_installation_and_an_issuer_off_the_list_are_not_asked() {
    let site = Website::start([("/", Page::html("<p>Shop</p>"))]).await.unwrap();
    let world = World::with_website(ScriptedModel::new([]), &site).await;
    let owner = world.owner("Eva").await;
    let id = world.assistant(&owner, &[], false).await;
    let h = &world.hammock;
    let openid = OpenIdProvider { name: "E".into(), issuer: "https://id.example.com".into(), client_id: "c".into() };
    let sign_in = VisitorSignIn { openid: Some(openid), ..VisitorSignIn::default() };
    let with_provider = InterfaceSettings { widget: true, sign_in, ..InterfaceSettings::default() };
    limit(&world, &owner, &[OTHER]).await;
    let checked = h.check_installation(&owner, &id, &site.url("/")).await;
    assert_eq!(refusal(checked), (ErrorCode::HostNotListed, Some("url".to_owned())));
    assert!(site.requests().is_empty());
    let refused = h.update_interfaces(&owner, &id, with_provider.clone()).await;
    assert_eq!(refusal(refused), (ErrorCode::HostNotListed, Some("issuer".to_owned())));

    limit(&world, &owner, &["127.0.0.1", "id.example.com"]).await;
    h.check_installation(&owner, &id, &site.url("/")).await.unwrap();
    h.update_interfaces(&owner, &id, with_provider.clone()).await.unwrap();
    // What stands there already keeps nobody from changing something else.
    limit(&world, &owner, &[OTHER]).await;
    let other = InterfaceSettings { public_chat: true, ..with_provider };
    assert!(h.update_interfaces(&owner, &id, other).await.unwrap().settings.public_chat);
}

#[tokio::test]
async fn connections_are_asked_for_the_organisation_that_they_belong_to() {
    let world = World::new().await;
    let owner = world.owner("Eva").await;
    let id = world.connection(&owner).await;
    let wide = hammock_net::Client::new(hammock_net::EgressPolicy::default()).unwrap();
    let listed = async |scope: &Scope| {
        let row = hammock_store::connections::find(&owner, world.hammock.store().read(), &id).await.unwrap();
        let account = world.hammock.account_of(scope, &row).unwrap();
        assert!(matches!(account.asked_for, AskedFor::Organisation(_)));
        let url = Url::parse(&account.base_url).unwrap();
        account.asked_for.client(&wide).check_listed(&url).await
    };
    assert_eq!(listed(&owner).await, Ok(()));
    limit(&world, &owner, &[OTHER]).await;
    let host = "models.example.org".to_owned();
    assert_eq!(listed(&owner).await, Err(hammock_net::NetError::NotListed { host }));
    limit(&world, &owner, &["*.example.org"]).await;
    assert_eq!(listed(&owner).await, Ok(()));
}

hammock_testkit::on_postgres!(
    "lists of hosts on PostgreSQL",
    administrators_and_owners_say_where_requests_may_go,
    a_change_counts_for_a_crawl_that_goes_on,
);
