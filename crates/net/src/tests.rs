//! The guard against the list of known tricks, and the client against real servers.

mod egress;
mod narrowing;
mod proxy;
mod transfer;

use std::net::SocketAddr;

use axum::Router;

use crate::{Client, EgressPolicy, Limits, NetError, Response};

/// Serves on loopback until the test ends.
pub(crate) async fn serve(router: Router) -> SocketAddr {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
    address
}

/// A client that may reach one server on loopback.
pub(crate) fn client_for(server: SocketAddr) -> Client {
    Client::new(EgressPolicy::allowing([server.to_string().parse().unwrap()])).unwrap()
}

pub(crate) async fn get(client: &Client, url: impl AsRef<str>) -> Result<Response, NetError> {
    client.get(url.as_ref()).limits(Limits::default()).send().await
}
