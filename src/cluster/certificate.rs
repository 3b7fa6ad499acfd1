//! PEM files and the one thing that is read from a certificate: whose it is.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use x509_cert::Certificate;
use x509_cert::der::Decode as _;
use x509_cert::name::Name;

/// The DER of each certificate in a PEM text. What is not a certificate is passed over, as Go does.
#[must_use]
pub fn certificates(pem: &[u8]) -> Vec<Vec<u8>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    String::from_utf8_lossy(pem)
        .split(BEGIN)
        .skip(1)
        .filter_map(|block| {
            let (body, _) = block.split_once(END)?;
            let body: String = body.split_whitespace().collect();
            BASE64.decode(body).ok()
        })
        .collect()
}

/// The organisation (O) that issued the first certificate of a PEM text.
#[must_use]
pub fn issuer_organisation(pem: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(certificates(pem).first()?).ok()?;
    organisation(certificate.tbs_certificate().issuer())
}

/// The organisation (O) that the first certificate of a PEM text names.
#[must_use]
pub fn subject_organisation(pem: &[u8]) -> Option<String> {
    let certificate = Certificate::from_der(certificates(pem).first()?).ok()?;
    organisation(certificate.tbs_certificate().subject())
}

fn organisation(name: &Name) -> Option<String> {
    Some(name.organization().ok()??.value().into_owned())
}

/// Whether this is an ACK cluster id: `c` and 32 hexadecimal digits. The authorities of ACK clusters carry it
/// as their organisation.
#[must_use]
pub fn is_ack_cluster_id(text: &str) -> bool {
    text.strip_prefix('c')
        .is_some_and(|rest| rest.len() == 32 && rest.bytes().all(|byte| byte.is_ascii_hexdigit()))
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACK_CA: &[u8] = include_bytes!("testdata/ack-ca.pem");
    const ACK_CLIENT: &[u8] = include_bytes!("testdata/ack-client.pem");

    #[test]
    fn the_authority_of_an_ack_cluster_is_its_id() {
        let id = "c0123456789abcdef0123456789abcdef";
        assert_eq!(subject_organisation(ACK_CA).as_deref(), Some(id));
        assert_eq!(issuer_organisation(ACK_CLIENT).as_deref(), Some(id));
        assert!(is_ack_cluster_id(id));
    }

    #[test]
    fn what_is_not_a_certificate_is_passed_over() {
        let mut text =
            b"junk\n-----BEGIN CERTIFICATE-----\n***\n-----END CERTIFICATE-----\n".to_vec();
        text.extend_from_slice(ACK_CA);
        assert_eq!(certificates(&text), certificates(ACK_CA));
        assert_eq!(certificates(b""), Vec::<Vec<u8>>::new());
        assert_eq!(issuer_organisation(b"-----BEGIN CERTIFICATE-----"), None);
        assert!(!is_ack_cluster_id("kubernetes"));
    }
}
