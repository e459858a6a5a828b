//! Whether https can be served.

use std::path::Path;

use hammock_contract::Timestamp;
use hammock_domain::{DoctorReport, Severity};

use crate::{
    config::Config,
    tls::{self, Validity},
};

const SUBJECT: &str = "certificate";
/// How long before its end a certificate is told about. Milliseconds.
const SOON: i64 = 14 * 24 * 60 * 60 * 1_000;
const RENEW: &str = "renew it; a server that runs takes the new one on a SIGHUP";

/// The certificate and its key, where Hammock serves https itself.
pub(super) async fn look(config: &Config, now: Timestamp, report: &mut DoctorReport) {
    let server = &config.server;
    if !server.serves_tls() {
        return;
    }
    match tls::read(Path::new(&server.tls_certificate), Path::new(&server.tls_key), Some(now)).await {
        Ok(pair) => {
            judge(pair.valid, now, report);
            mention(pair.superfluous, &server.tls_certificate, report);
        }
        Err(error) => {
            let advice = "`hammock serve` does not start with these; name a certificate chain and its key, both as PEM";
            report.add(SUBJECT, Severity::Problem, format!("{error:#}"), advice);
        }
    }
}

fn judge(valid: Validity, now: Timestamp, report: &mut DoctorReport) {
    match (valid.begins, valid.ends) {
        (Some(begins), _) => {
            let advice = "is the clock of this machine right? Browsers refuse it until then";
            report.add(SUBJECT, Severity::Problem, format!("is valid only from {begins} on"), advice);
        }
        (None, Some(ends)) if ends <= now => {
            report.add(SUBJECT, Severity::Problem, format!("has ended on {ends}; browsers refuse it"), RENEW);
        }
        (None, Some(ends)) if ends.since(now) < SOON => {
            report.add(SUBJECT, Severity::Notice, format!("ends on {ends}"), RENEW);
        }
        (None, Some(ends)) => report.add(SUBJECT, Severity::Fine, format!("fits its key, and ends on {ends}"), ""),
        (None, None) => report.add(SUBJECT, Severity::Fine, "fits its key", ""),
    }
}

/// Says what stands in the file and helps nobody.
fn mention(superfluous: usize, file: &str, report: &mut DoctorReport) {
    let (certificates, verb) = match superfluous {
        0 => return,
        1 => ("1 certificate".to_owned(), "does"),
        several => (format!("{several} certificates"), "do"),
    };
    let found = format!("{certificates} in {file} {verb} not belong to the chain of the first one");
    let advice =
        "browsers need the certificate of this server first, then those that vouch for it; leave out what is neither";
    report.add(SUBJECT, Severity::Notice, found, advice);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_certificate_is_told_about_before_it_ends() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let judged = |begins: Option<i64>, ends: Option<i64>| {
            let mut report = DoctorReport::default();
            let at = |offset: i64| now.plus_millis(offset);
            judge(Validity { begins: begins.map(at), ends: ends.map(at) }, now, &mut report);
            let [finding] = &report.findings[..] else { panic!("{report:?}") };
            (finding.severity, finding.advice == RENEW)
        };
        assert_eq!(judged(None, None), (Severity::Fine, false));
        assert_eq!(judged(None, Some(SOON)), (Severity::Fine, false));
        assert_eq!(judged(None, Some(SOON - 1)), (Severity::Notice, true));
        assert_eq!(judged(None, Some(0)), (Severity::Problem, true));
        assert_eq!(judged(Some(1), Some(SOON)), (Severity::Problem, false));
    }

    #[test]
    fn what_does_not_belong_to_the_chain_is_mentioned() {
        let told = |superfluous| {
            let mut report = DoctorReport::default();
            mention(superfluous, "c.pem", &mut report);
            report.findings.into_iter().map(|finding| (finding.severity, finding.found)).collect::<Vec<_>>()
        };
        assert!(told(0).is_empty());
        let one = "1 certificate in c.pem does not belong to the chain of the first one".to_owned();
        assert_eq!(told(1), [(Severity::Notice, one)]);
        let two = "2 certificates in c.pem do not belong to the chain of the first one".to_owned();
        assert_eq!(told(2), [(Severity::Notice, two)]);
    }
}
