//! TLS for the few calls that leave the machine: the public roots, and those the operator added for Node or OpenSSL (a
//! company's proxy that opens TLS).

use super::dial::Timed;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, ClientConnection, RootCertStore, StreamOwned};
use std::sync::Arc;

/// Files of further roots, by the variables that Node and OpenSSL read.
const EXTRA_ROOTS: [&str; 2] = ["NODE_EXTRA_CA_CERTS", "SSL_CERT_FILE"];
const MOST_ROOTS: u64 = 4_000_000;

/// An encrypted stream.
pub type Secured = StreamOwned<ClientConnection, Timed>;

/// Wraps `stream`; the handshake happens with the first byte written.
///
/// # Errors
/// Where the host's name can be nobody's, or TLS cannot be set up.
pub fn secure(stream: Timed, host: &str, more_roots: &[u8]) -> Result<Secured, String> {
    let name = ServerName::try_from(host.to_owned()).map_err(|e| format!("{host}: {e}"))?;
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(|e| format!("{host}: {e}"))?
        .with_root_certificates(roots(more_roots))
        .with_no_client_auth();
    let connection = ClientConnection::new(Arc::new(config), name).map_err(|e| format!("{host}: {e}"))?;
    Ok(StreamOwned::new(connection, stream))
}

/// What is not a certificate in an added file is passed over: the public roots still stand.
fn roots(more: &[u8]) -> RootCertStore {
    let mut store = RootCertStore { roots: webpki_roots::TLS_SERVER_ROOTS.to_vec() };
    for certificate in CertificateDer::pem_slice_iter(more).flatten() {
        let _ = store.add(certificate);
    }
    store
}

/// The operator's own roots, as PEM.
#[must_use]
pub fn operators_roots() -> Vec<u8> {
    let files = EXTRA_ROOTS.iter().filter_map(std::env::var_os).map(std::path::PathBuf::from);
    let texts = files.filter_map(|f| crate::watchdog::place::read_bounded(&f, MOST_ROOTS).ok());
    texts.collect::<Vec<_>>().join(&b'\n')
}
