//! Visitors who chat in a frame of another page: what is noted of that page, and that nothing else hangs on what the frame says.

use hammock_contract::{
    AssistantId, ConversationId, ErrorCode,
    interfaces::{InterfaceSettings, VisitorSignIn},
    page::PageRequest,
    visitor::{Channel, HeldConversation, VisitorEntry, VisitorRequest},
};
use hammock_store::audit;
use hammock_testkit::openid::hs256;
use serde_json::json;

use super::{
    chat::{all, conversation_of},
    visitors::asking,
    world::World,
};
use crate::{Origin, Scope};

const SHOP: &str = "https://shop.example.com";
const EVIL: &str = "https://evil.example";

/// An assistant that is open everywhere, who looks after it, and the origin of our own page.
struct Shop {
    world: World,
    eva: Scope,
    assistant: AssistantId,
    own: String,
}

impl Shop {
    async fn new() -> Self {
        let world = World::new().await;
        let eva = world.owner("Eva").await;
        let assistant = world.assistant(&eva, &[], false).await;
        let settings = InterfaceSettings {
            public_chat: true,
            widget: true,
            origins: vec![SHOP.to_owned()],
            sign_in: VisitorSignIn { signed_identity: true, ..VisitorSignIn::default() },
            ..InterfaceSettings::default()
        };
        world.hammock.update_interfaces(&eva, &assistant, settings).await.unwrap();
        let own = world.hammock.settings().public_url.clone();
        Self { world, eva, assistant, own }
    }

    /// Comes in on a page of the origin `from`; the token.
    async fn enter(&self, from: &str, framed_by: Option<&str>, request: VisitorRequest) -> String {
        let nobody = Origin::default();
        match self.world.hammock.admit_visitor(&self.assistant, request, from, framed_by, &nobody).await.unwrap() {
            VisitorEntry::Admitted { token, .. } => token,
            other => panic!("not let in: {other:?}"),
        }
    }

    /// Asks on our own page, in a new conversation or in this one; which it was.
    async fn ask(&self, token: &str, framed_by: Option<&str>, within: Option<&ConversationId>) -> ConversationId {
        let h = &self.world.hammock;
        let visitor = h.scope_for_visitor(token, &self.own, framed_by).await.unwrap();
        let request = asking(within.cloned(), "Where is it?");
        let answer = h.start_visitor_answer(&visitor, request, &Origin::default()).await.unwrap();
        conversation_of(&all(answer.events).await)
    }

    async fn read(&self, conversation: &ConversationId) -> HeldConversation {
        let h = &self.world.hammock;
        h.read_visitor_conversation(&self.eva, &self.assistant, conversation, &Default::default()).await.unwrap()
    }

    /// Where a conversation was held.
    async fn held(&self, conversation: &ConversationId) -> (Channel, String) {
        let HeldConversation { channel, origin, .. } = self.read(conversation).await;
        (channel, origin)
    }
}

#[tokio::test]
async fn a_conversation_is_held_where_the_chat_stood_when_it_was_begun() {
    let shop = Shop::new().await;
    let in_shop = (Channel::Frame, SHOP.to_owned());
    let token = shop.enter(&shop.own, Some(SHOP), VisitorRequest::default()).await;
    let first = shop.ask(&token, Some(SHOP), None).await;
    assert_eq!(shop.held(&first).await, in_shop);

    // A browser may keep one token for the frame and for our page alone.
    let alone = shop.ask(&token, None, None).await;
    assert_eq!(shop.held(&alone).await, (Channel::PublicChat, shop.own.clone()));
    assert_eq!(shop.ask(&token, None, Some(&first)).await, first);
    assert_eq!(shop.held(&first).await, in_shop, "who goes on with it elsewhere moves nothing");

    // The page around is loaded again, and a new chat begun.
    let request = VisitorRequest { token: Some(token), ..VisitorRequest::default() };
    let token = shop.enter(&shop.own, Some(SHOP), request).await;
    let next = shop.ask(&token, Some(SHOP), None).await;
    assert_eq!(shop.held(&next).await, in_shop);
    assert_eq!(shop.read(&alone).await.visitor.origin, SHOP, "where they first came from");

    let request = PageRequest { query: Some("visitor.create".to_owned()), ..PageRequest::default() };
    let written = audit::list(&shop.eva, shop.world.hammock.store().read(), &request).await.unwrap().items;
    let told: Vec<_> = written.iter().map(|row| (&row.detail["channel"], &row.detail["origin"])).collect();
    assert_eq!(told, [(&json!("frame"), &json!(SHOP))]);
}

#[tokio::test]
async fn what_a_frame_says_of_the_page_around_lets_nobody_in() {
    let shop = Shop::new().await;
    let h = &shop.world.hammock;
    let token = shop.enter(&shop.own, Some("null"), VisitorRequest::default()).await;
    // A page that is not known, or that cannot show the frame, is none.
    for said in ["null", "", EVIL, "https://shop.example.com.evil.example", "<b>shop</b>"] {
        let conversation = shop.ask(&token, Some(said), None).await;
        assert_eq!(shop.held(&conversation).await, (Channel::Frame, String::new()), "{said}");
    }

    let request = VisitorRequest::default();
    let refused = h.admit_visitor(&shop.assistant, request, EVIL, Some(SHOP), &Origin::default()).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::OriginNotAllowed);
    // A token counts on the page that it was made for, whatever is said to be around.
    for (from, said) in [(SHOP, SHOP), (SHOP, shop.own.as_str()), (EVIL, SHOP)] {
        let refused = h.scope_for_visitor(&token, from, Some(said)).await;
        assert_eq!(refused.unwrap_err().code, ErrorCode::InvalidKey, "{from}, {said}");
    }
    let of_widget = shop.enter(SHOP, Some(&shop.own), VisitorRequest::default()).await;
    assert!(h.scope_for_visitor(&of_widget, SHOP, None).await.is_ok());
    let refused = h.scope_for_visitor(&of_widget, &shop.own, Some(SHOP)).await;
    assert_eq!(refused.unwrap_err().code, ErrorCode::InvalidKey);
}

#[tokio::test]
async fn whom_the_page_around_knows_gets_a_token_for_the_frame() {
    let shop = Shop::new().await;
    let h = &shop.world.hammock;
    let secret = h.make_identity_secret(&shop.eva, &shop.assistant).await.unwrap().secret;
    let ends = h.now().as_millis() / 1_000 + 300;
    let claims = json!({ "sub": "42", "name": "Eva", "aud": shop.assistant, "exp": ends });
    let identity = Some(hs256(secret.as_bytes(), &json!({ "alg": "HS256" }), &claims));
    let request = VisitorRequest { identity, ..VisitorRequest::default() };
    let token = shop.enter(&shop.own, Some(SHOP), request).await;
    let conversation = shop.ask(&token, Some(SHOP), None).await;
    let read = shop.read(&conversation).await;
    assert_eq!((read.channel, read.origin.as_str()), (Channel::Frame, SHOP));
    assert_eq!((read.visitor.name.as_deref(), read.visitor.origin.as_str()), (Some("Eva"), SHOP));
    let elsewhere = h.scope_for_visitor(&token, SHOP, None).await;
    assert_eq!(elsewhere.unwrap_err().code, ErrorCode::InvalidKey, "it is our page that it counts on");
}
