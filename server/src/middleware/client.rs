//! Who is at the other end, and by which address they reached us. Forwarding headers are believed from the operator's
//! proxies alone; anybody else could write anything into them.

use std::net::{IpAddr, SocketAddr};

use axum::{
    extract::{ConnectInfo, Request, State},
    middleware::Next,
    response::Response,
};
use http::{HeaderMap, header::HOST};

use crate::{config::Network, state::AppState};

/// Who is at the other end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientInfo {
    /// The client's address; absent where there is no connection (tests).
    pub address: Option<IpAddr>,
    /// Whether the client speaks https, to us or to the proxy.
    pub https: bool,
    /// The host, with its port, by which the client reached us.
    pub host: Option<String>,
}

/// Puts a [`ClientInfo`] into the request.
pub async fn layer(State(app): State<AppState>, mut request: Request, next: Next) -> Response {
    let peer = request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip());
    let config = &app.config.server;
    let own_https = config.serves_tls() || app.config.public_url().starts_with("https://");
    let authority = request.uri().authority().map(|authority| authority.as_str().to_owned());
    let info = client_info(peer, request.headers(), authority, own_https, &config.trusted_proxies);
    request.extensions_mut().insert(info);
    next.run(request).await
}

fn client_info(
    peer: Option<IpAddr>,
    headers: &HeaderMap,
    authority: Option<String>,
    own_https: bool,
    trusted: &[Network],
) -> ClientInfo {
    let is_trusted = |address: IpAddr| trusted.iter().any(|network| network.contains(address));
    let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let own_host = text(HOST.as_str()).map(str::to_owned).or(authority);
    let Some(proxy) = peer.filter(|peer| is_trusted(*peer)) else {
        return ClientInfo { address: peer.map(|peer| peer.to_canonical()), https: own_https, host: own_host };
    };
    // The nearest address that is not one of our proxies; what stands before it was written by the client itself, and so may be
    // what stands before a part that is no address.
    let parts =
        headers.get_all("x-forwarded-for").iter().flat_map(|value| value.as_bytes().split(|byte| *byte == b','));
    let mut chain = parts.rev().filter(|part| !part.trim_ascii().is_empty()).map_while(forwarded_address);
    let address = chain.find(|address| !is_trusted(*address)).unwrap_or(proxy);
    let last = |value: &str| value.rsplit(',').next().unwrap_or_default().trim().to_owned();
    let https = text("x-forwarded-proto").map_or(own_https, |proto| last(proto).eq_ignore_ascii_case("https"));
    let host = text("x-forwarded-host").map(last).filter(|host| !host.is_empty()).or(own_host);
    ClientInfo { address: Some(address.to_canonical()), https, host }
}

/// An address as proxies write it: alone or with its port, one of IPv6 also in brackets.
fn forwarded_address(part: &[u8]) -> Option<IpAddr> {
    let part = std::str::from_utf8(part).ok()?.trim();
    let bare = part.strip_prefix('[').and_then(|rest| rest.strip_suffix(']')).unwrap_or(part);
    bare.parse().ok().or_else(|| part.parse().ok().map(|address: SocketAddr| address.ip()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap())).collect()
    }

    #[test]
    fn a_stranger_cannot_forge_an_address() {
        let forged = headers(&[("x-forwarded-for", "1.2.3.4"), ("x-forwarded-proto", "https"), ("host", "a.example")]);
        let peer = "198.51.100.7".parse().ok();
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let info = client_info(peer, &forged, None, false, &trusted);
        assert_eq!(info, ClientInfo { address: peer, https: false, host: Some("a.example".into()) });
    }

    #[test]
    fn a_proxy_is_believed_up_to_the_first_stranger() {
        let forwarded = headers(&[
            ("x-forwarded-for", "6.6.6.6, 198.51.100.7, 10.0.0.9"),
            ("x-forwarded-proto", "https"),
            ("x-forwarded-host", "hammock.example"),
            ("host", "127.0.0.1:3000"),
        ]);
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let info = client_info("10.0.0.1".parse().ok(), &forwarded, None, false, &trusted);
        assert_eq!(info.address, "198.51.100.7".parse().ok());
        assert!(info.https);
        assert_eq!(info.host.as_deref(), Some("hammock.example"));
    }

    #[test]
    fn addresses_may_have_ports_and_what_stands_before_another_part_counts_for_nothing() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        for (written, address) in [
            ("198.51.100.7:4711", "198.51.100.7"),
            ("6.6.6.6, 198.51.100.7:4711 , 10.0.0.9:80", "198.51.100.7"),
            ("[2001:db8::7]:4711, 10.0.0.9", "2001:db8::7"),
            ("[2001:db8::7]", "2001:db8::7"),
            ("2001:db8::7", "2001:db8::7"),
            ("198.51.100.7,, 10.0.0.9,", "198.51.100.7"),
            ("6.6.6.6, unknown", "10.0.0.1"),
            ("6.6.6.6, unknown, 10.0.0.9", "10.0.0.1"),
            ("6.6.6.6, 198.51.100.7:port", "10.0.0.1"),
            ("", "10.0.0.1"),
        ] {
            let forwarded = headers(&[("x-forwarded-for", written)]);
            let info = client_info("10.0.0.1".parse().ok(), &forwarded, None, false, &trusted);
            assert_eq!(info.address, address.parse().ok(), "{written}");
        }
        // Several lines are one list.
        let mut forwarded = headers(&[("x-forwarded-for", "6.6.6.6")]);
        forwarded.append("x-forwarded-for", "198.51.100.7:4711, 10.0.0.9".parse().unwrap());
        let info = client_info("10.0.0.1".parse().ok(), &forwarded, None, false, &trusted);
        assert_eq!(info.address, "198.51.100.7".parse().ok());
    }
}
