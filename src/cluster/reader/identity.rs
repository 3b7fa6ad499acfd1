//! A client certificate of X.509 version 1, as hand-made authorities give them: Go sends it, and the library refuses to
//! look at it, although only the server has to.

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use kube::Config;
use kube::client::ConfigExt as _;
use kube::config::AuthInfo;
use rustls::ClientConfig;
use rustls::crypto::ring::sign::any_supported_type;
use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use secrecy::ExposeSecret as _;
use x509_cert::Certificate;
use x509_cert::certificate::Version;
use x509_cert::der::{Decode as _, Encode as _};

use crate::cluster::certificate;

/// kube's TLS, with such a certificate put in behind it.
pub(super) fn tls(config: &Config) -> Result<ClientConfig, kube::Error> {
    let refused = match config.rustls_client_config() {
        Ok(tls) => return Ok(tls),
        Err(refused) => refused,
    };
    let Some(identity) = identity(&config.auth_info) else {
        return Err(refused);
    };
    let mut bare = config.clone();
    bare.auth_info.client_certificate_data = None;
    bare.auth_info.client_key_data = None;
    let mut tls = bare.rustls_client_config()?;
    tls.client_auth_cert_resolver = Arc::new(SingleCertAndKey::from(identity));
    Ok(tls)
}

/// The certificate and its key; nothing for one of another version, or with the key of another.
fn identity(auth: &AuthInfo) -> Option<CertifiedKey> {
    let chain = BASE64.decode(auth.client_certificate_data.as_ref()?).ok()?;
    let key = auth.client_key_data.as_ref()?.expose_secret();
    let key = PrivateKeyDer::from_pem_slice(&BASE64.decode(key).ok()?).ok()?;
    let key = any_supported_type(&key).ok()?;
    let chain = certificate::certificates(&chain);
    let first = Certificate::from_der(chain.first()?).ok()?;
    let first = first.tbs_certificate();
    let owner = first.subject_public_key_info().to_der().ok()?;
    let is_its_key = key.public_key().is_some_and(|own| own.as_ref() == owner);
    (first.version() == Version::V1 && is_its_key).then(|| {
        let chain = chain.into_iter().map(CertificateDer::from).collect();
        CertifiedKey::new(chain, key)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn auth(certificate: &[u8], key: &[u8]) -> AuthInfo {
        AuthInfo {
            client_certificate_data: Some(BASE64.encode(certificate)),
            client_key_data: Some(BASE64.encode(key).into()),
            ..AuthInfo::default()
        }
    }

    macro_rules! pem {
        ($name:literal) => {
            include_bytes!(concat!(
                env!("CARGO_MANIFEST_DIR"),
                "/tests/data/tls/client-",
                $name
            ))
        };
    }

    #[test]
    fn a_certificate_of_version_1_goes_with_its_own_key() {
        assert!(identity(&auth(pem!("v1-p256.crt"), pem!("v1-p256.key"))).is_some());
        assert!(identity(&auth(pem!("v1-rsa2048.crt"), pem!("v1-rsa2048.key"))).is_some());
        // kubectl refuses the key of another.
        assert!(identity(&auth(pem!("v1-p256.crt"), pem!("p256.key"))).is_none());
        assert!(identity(&auth(pem!("v1-rsa2048.crt"), pem!("rsa2048.key"))).is_none());
        // The library knows best what it refuses of a later version.
        assert!(identity(&auth(pem!("p256.crt"), pem!("p256.key"))).is_none());
        assert!(identity(&auth(b"", b"")).is_none());
        assert!(identity(&AuthInfo::default()).is_none());
    }
}
