//! Which certificates of a file belong together.

use rustls::pki_types::CertificateDer;

/// The first certificate, and those that vouch for it, directly or by another one. What else stands in the file, no browser needs.
pub(super) fn of_first<'a>(all: &'a [CertificateDer<'a>]) -> Vec<&'a CertificateDer<'a>> {
    let mut chain: Vec<&CertificateDer<'_>> = all.iter().take(1).collect();
    let mut looked_at = 0;
    while let Some(&certificate) = chain.get(looked_at) {
        looked_at += 1;
        let Some(Names { issuer, subject }) = names(certificate) else { continue };
        // One that vouches for itself needs no other, whatever that is called.
        if issuer == subject {
            continue;
        }
        let is_issuer = |other: &CertificateDer<'_>| names(other).is_some_and(|other| other.subject == issuer);
        let more: Vec<_> = all.iter().filter(|other| is_issuer(other) && !chain.contains(other)).collect();
        chain.extend(more);
    }
    chain
}

/// Whose a certificate is, as it says so.
struct Names<'a> {
    issuer: &'a [u8],
    subject: &'a [u8],
}

/// The names in a certificate (RFC 5280, section 4.1); nothing where it is none. The library that checks certificates reads them
/// too, and tells nobody.
fn names(certificate: &[u8]) -> Option<Names<'_>> {
    let signed = element(certificate)?;
    let fields = element(signed.content)?;
    let all = std::iter::successors(element(fields.content), |field| element(field.rest));
    // Before the others may stand the version, under a tag of its own.
    let mut fields = all.filter(|field| field.tag != 0xa0).map(|field| field.content);
    // Behind the number and the algorithm; between the two stands from when to when it is valid.
    let (issuer, subject) = (fields.nth(2)?, fields.nth(1)?);
    Some(Names { issuer, subject })
}

/// The first element of some DER.
struct Element<'a> {
    tag: u8,
    content: &'a [u8],
    /// What follows it.
    rest: &'a [u8],
}

fn element(der: &[u8]) -> Option<Element<'_>> {
    let (&tag, rest) = der.split_first()?;
    let (&first, rest) = rest.split_first()?;
    let (length, rest) = if first < 0x80 {
        (usize::from(first), rest)
    } else {
        // The length of the length; no certificate has more than four digits of it.
        let (digits, rest) =
            rest.split_at_checked(usize::from(first & 0x7f)).filter(|(digits, _)| digits.len() <= 4)?;
        (digits.iter().fold(0_usize, |length, digit| (length << 8) | usize::from(*digit)), rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some(Element { tag, content, rest })
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use hammock_contract::Timestamp;

    use super::*;
    use crate::tls::{Validity, certificates_in, validity};

    /// For localhost, by "Between", from 2026-11-01 to 2027-11-01. Nobody has the keys of these.
    const LEAF: &str = "\
        -----BEGIN CERTIFICATE-----\n\
        MIIBLDCB06ADAgECAgEHMAoGCCqGSM49BAMCMBIxEDAOBgNVBAMMB0JldHdlZW4w\n\
        HhcNMjYxMTAxMDAwMDAwWhcNMjcxMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlsb2Nh\n\
        bGhvc3QwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAQ5IS0T87hXhXQWTxYr2qW/\n\
        XZix1mHmoEq9pS09DpyCYVeB4omQEm49bWzVL48sItpUon4iGO2KUR4nEJUr17Fp\n\
        oxgwFjAUBgNVHREEDTALgglsb2NhbGhvc3QwCgYIKoZIzj0EAwIDSAAwRQIgEN2E\n\
        QdXqpyhD7jGGAdF+tQbTcSbdSA38MejCYZU7V98CIQCF16RKb1gI93na+Y9tK9z6\n\
        0IyAMJHqE44gXv2G/9daqQ==\n\
        -----END CERTIFICATE-----\n";

    /// "Between", by "Root", from 2026-01-01 to 2027-06-01.
    const BETWEEN: &str = "\
        -----BEGIN CERTIFICATE-----\n\
        MIIBITCByaADAgECAgEHMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBFJvb3QwHhcN\n\
        MjYwMTAxMDAwMDAwWhcNMjcwNjAxMDAwMDAwWjASMRAwDgYDVQQDDAdCZXR3ZWVu\n\
        MFkwEwYHKoZIzj0CAQYIKoZIzj0DAQcDQgAEM+dqUMm7TX6Cz9PKL7iE3hnZw0KS\n\
        K5OzsUbEo1nn6kPQTmb+vIB1DEEjWXpLThMB0+iQEabmzF66V/5F6YK0v6MTMBEw\n\
        DwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNHADBEAiAl3FTLgkuO/x//EkaQ\n\
        6zOcenK0hWtK8VlGA12dI9LdeQIgdSwAvbfuC5rL1nD2iICD8Rye3CGgGgmzSct4\n\
        C8T5Djw=\n\
        -----END CERTIFICATE-----\n";

    /// "Elsewhere", by "Root", from 2019-01-01 to 2020-01-01.
    const ELSEWHERE: &str = "\
        -----BEGIN CERTIFICATE-----\n\
        MIIBJDCBy6ADAgECAgEHMAoGCCqGSM49BAMCMA8xDTALBgNVBAMMBFJvb3QwHhcN\n\
        MTkwMTAxMDAwMDAwWhcNMjAwMTAxMDAwMDAwWjAUMRIwEAYDVQQDDAlFbHNld2hl\n\
        cmUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAAS2l3Eyif4GboJB7xWlCtXy66iH\n\
        BaQft1lJWcbw79NJcKKNomrBeXbtjlmgEG/eNt2skcmA7TUFXzZlIAebUpjioxMw\n\
        ETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIQDVXSDtZUoTd/au\n\
        C2CUl4vCP9pQ7z+TIlTpEVCNEjXz5QIgaA0c09fWSNR7Y02J1DeE8yF+frQNTg4U\n\
        m3xZ0bCOGLg=\n\
        -----END CERTIFICATE-----\n";

    fn read(parts: &[&str]) -> Vec<CertificateDer<'static>> {
        certificates_in(Path::new("c.pem"), parts.concat().as_bytes()).unwrap()
    }

    #[test]
    fn what_vouches_for_nothing_before_it_does_not_count() {
        let all = read(&[LEAF, ELSEWHERE, BETWEEN, LEAF]);
        let chain = of_first(&all);
        assert_eq!(chain, [&all[0], &all[2]]);
        let at = |year, month, day| Timestamp::from_civil(year, month, day, 0).unwrap();
        let (now, ends) = (at(2026, 12, 1), at(2027, 6, 1));
        assert_eq!(validity(&chain, now), Validity { begins: None, ends: Some(ends) });
        let everything: Vec<_> = all.iter().collect();
        assert_eq!(validity(&everything, now).ends, Some(at(2020, 1, 1)));
        assert_eq!(of_first(&all[1..]), [&all[1]]);
        assert_eq!(of_first(&[]), Vec::<&CertificateDer<'_>>::new());
    }

    #[test]
    fn what_is_no_certificate_has_no_names() {
        let whole = &read(&[LEAF])[0];
        let Names { issuer, subject } = names(whole).unwrap();
        assert!(issuer.ends_with(b"Between") && subject.ends_with(b"localhost"));
        for end in 0..whole.len() {
            assert!(names(&whole[..end]).is_none(), "{end}");
        }
        let others: [&[u8]; 6] =
            [b"", b"0", b"\x30\x80", b"\x30\x85\x01\x01\x01\x01\x01", b"\x30\x84\xff\xff\xff\xff0", b"\x30\x00"];
        for none in others {
            assert!(names(none).is_none(), "{none:?}");
        }
    }
}
