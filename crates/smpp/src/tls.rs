//! Keeping a connection secret.

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use std::sync::Arc;

/// Whose word is taken for a centre's certificate.
#[derive(Clone)]
pub struct Tls {
    pub(crate) config: Arc<ClientConfig>,
    pub(crate) name: ServerName<'static>,
}

/// Why no secret connection can be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum TlsError {
    /// The name is neither a host's nor an address.
    #[error("no name a certificate could be for")]
    Name,
    /// The certificates are not PEM, or none of them can be an authority.
    #[error("no certificate of an authority")]
    Authority,
    /// The library offers no protocol.
    #[error("no version of TLS to offer")]
    Version,
}

impl Tls {
    /// Trusts the public authorities, and those in `more` (PEM), for a centre of this name. A
    /// centre's own certificate may be among them.
    ///
    /// # Errors
    /// What cannot be used.
    pub fn new(name: &str, more: Option<&[u8]>) -> Result<Self, TlsError> {
        let mut roots = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
        if let Some(pem) = more {
            let mut found = false;
            for certificate in CertificateDer::pem_slice_iter(pem) {
                roots.add(certificate.map_err(|_| TlsError::Authority)?).map_err(|_| TlsError::Authority)?;
                found = true;
            }
            if !found {
                return Err(TlsError::Authority);
            }
        }
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_safe_default_protocol_versions()
            .map_err(|_| TlsError::Version)?
            .with_root_certificates(roots)
            .with_no_client_auth();
        let name = ServerName::try_from(name.to_owned()).map_err(|_| TlsError::Name)?;
        Ok(Self { config: Arc::new(config), name })
    }
}

impl std::fmt::Debug for Tls {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Tls({:?})", self.name)
    }
}
