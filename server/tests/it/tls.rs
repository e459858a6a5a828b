//! https without a proxy, looked at with other people's tools.

use std::{
    path::{Path, PathBuf},
    process::Command,
};

use crate::support::{eventually, process::Installation};

/// A certificate and its key, as PEM.
pub struct Pair {
    pub certificate: PathBuf,
    pub key: PathBuf,
}

/// A certificate for localhost, or a skip where a tool is missing.
pub fn certificate(folder: &Path, serial: u32) -> Option<Pair> {
    let pair = Pair { certificate: folder.join("certificate.pem"), key: folder.join("key.pem") };
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"])
        .args(["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"])
        .args(["-set_serial", &serial.to_string(), "-keyout"])
        .arg(&pair.key)
        .arg("-out")
        .arg(&pair.certificate)
        .output();
    let curl = Command::new("curl").arg("--version").output();
    if made.as_ref().is_ok_and(|output| output.status.success()) && curl.is_ok() {
        return Some(pair);
    }
    hammock_testkit::skip("https", "openssl and curl are needed, and one of them is missing");
    None
}

/// What curl says: whether it worked, and everything that it printed.
fn curl(arguments: &[&str]) -> (bool, String) {
    let output = Command::new("curl").args(["--silent", "--show-error", "--include"]).args(arguments).output().unwrap();
    let text = [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    (output.status.success(), text)
}

/// The serial number of the certificate that a server shows.
fn serial_of(authority: &str) -> String {
    let shown = Command::new("sh")
        .arg("-c")
        .arg(format!("openssl s_client -connect {authority} </dev/null 2>/dev/null | openssl x509 -noout -serial"))
        .output()
        .unwrap();
    String::from_utf8_lossy(&shown.stdout).trim().to_owned()
}

#[tokio::test]
async fn modern_https_alone_is_served_and_a_new_certificate_is_taken_on_request() {
    let folder = tempfile::tempdir().unwrap();
    let Some(pair) = certificate(folder.path(), 17) else { return };
    let installation = Installation::new([
        ("HAMMOCK_SERVER__TLS_CERTIFICATE", pair.certificate.to_str().unwrap().to_owned()),
        ("HAMMOCK_SERVER__TLS_KEY", pair.key.to_str().unwrap().to_owned()),
    ]);
    let password = "correct horse 1";
    let mut made = installation.command(&[
        "user",
        "create",
        "--email",
        "ada@example.org",
        "--first-name",
        "Ada",
        "--last-name",
        "L",
        "--password-stdin",
    ]);
    let mut made = made.stdin(std::process::Stdio::piped()).spawn().unwrap();
    std::io::Write::write_all(&mut made.stdin.take().unwrap(), password.as_bytes()).unwrap();
    assert!(made.wait().unwrap().success());
    let mut server = installation.serve();
    let url = server.ready().await;
    let authority = url.strip_prefix("https://").expect("it says that it serves https").to_owned();

    let trust = ["--cacert", pair.certificate.to_str().unwrap()];
    let ask = |arguments: &[&str], path: &str| {
        let url = format!("{url}{path}");
        curl(&[&trust[..], arguments, &[&url]].concat())
    };
    for version in ["1.2", "1.3"] {
        let (worked, said) = ask(&[&format!("--tlsv{version}"), "--tls-max", version], "/readyz");
        assert!(worked && said.contains(" 200") && said.contains("ready"), "TLS {version}: {said}");
        let hsts = said.to_lowercase().lines().any(|line| line.starts_with("strict-transport-security: max-age="));
        assert!(hsts, "{said}");
    }
    // The client would speak it: its own lower limit is lifted.
    let (worked, said) = ask(&["--tlsv1.1", "--tls-max", "1.1", "--ciphers", "DEFAULT@SECLEVEL=0"], "/readyz");
    assert!(!worked && said.contains(" alert "), "it is not the server that refuses: {said}");
    let (_, said) = curl(&[&format!("http://{authority}/readyz")]);
    assert!(!said.contains(" 200") && !said.contains("ready"), "plain http was answered: {said}");

    let form = ["--data-urlencode", "email=ada@example.org", "--data-urlencode", &format!("password={password}")];
    let (_, said) = ask(&[&form[..], &["--header", "sec-fetch-site: same-origin"]].concat(), "/sign-in");
    let cookie =
        said.lines().find(|line| line.to_lowercase().starts_with("set-cookie: hammock_session=")).unwrap_or("");
    assert!(cookie.contains("; Secure") && cookie.contains("HttpOnly"), "{said}");

    assert_eq!(serial_of(&authority), "serial=11");
    certificate(folder.path(), 34).unwrap();
    server.signal("HUP");
    eventually("the new certificate is shown", async || (serial_of(&authority) == "serial=22").then_some(())).await;
    std::fs::write(&pair.key, "nothing").unwrap();
    server.signal("HUP");
    eventually("the broken one is refused", async || server.log().contains("the old one stays").then_some(())).await;
    assert_eq!(serial_of(&authority), "serial=22");
}
