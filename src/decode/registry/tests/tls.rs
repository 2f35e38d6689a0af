//! The registry over TLS: a server whose certificate an authority of the test's own making has signed.

use std::net::IpAddr;

use openssl::asn1::Asn1Time;
use openssl::bn::BigNum;
use openssl::ec::{EcGroup, EcKey};
use openssl::hash::MessageDigest;
use openssl::nid::Nid;
use openssl::pkey::{PKey, Private};
use openssl::ssl::{SslAcceptor, SslMethod};
use openssl::x509::extension::{BasicConstraints, KeyUsage, SubjectAlternativeName};
use openssl::x509::{X509, X509Builder, X509Name, X509NameBuilder};
use tempfile::NamedTempFile;

use super::*;

/// A certificate with its key.
struct Certified {
    certificate: X509,
    key: PKey<Private>,
}

impl Certified {
    fn authority(name: &str) -> Self {
        let (mut builder, key) = builder(name, 1);
        builder.set_issuer_name(&subject(name)).unwrap();
        builder.append_extension(BasicConstraints::new().critical().ca().build().unwrap()).unwrap();
        builder.append_extension(KeyUsage::new().critical().key_cert_sign().build().unwrap()).unwrap();
        builder.sign(&key, MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key }
    }

    /// Signs a server's certificate for a host name or address, valid until `days` from now.
    fn server(&self, host: &str, days: i64) -> Self {
        let (mut builder, key) = builder("registry", days);
        builder.set_issuer_name(self.certificate.subject_name()).unwrap();
        let mut names = SubjectAlternativeName::new();
        if host.parse::<IpAddr>().is_ok() {
            names.ip(host)
        } else {
            names.dns(host)
        };
        let names = names.build(&builder.x509v3_context(Some(&self.certificate), None)).unwrap();
        builder.append_extension(names).unwrap();
        builder.sign(&self.key, MessageDigest::sha256()).unwrap();
        Self { certificate: builder.build(), key }
    }

    fn pem_file(&self) -> NamedTempFile {
        let file = NamedTempFile::new().unwrap();
        std::fs::write(file.path(), self.certificate.to_pem().unwrap()).unwrap();
        file
    }
}

fn builder(name: &str, days: i64) -> (X509Builder, PKey<Private>) {
    const DAY_S: i64 = 86_400;
    let curve = EcGroup::from_curve_name(Nid::X9_62_PRIME256V1).unwrap();
    let key = PKey::from_ec_key(EcKey::generate(&curve).unwrap()).unwrap();
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap().as_secs() as i64;
    let at = |days: i64| Asn1Time::from_unix(now + days * DAY_S).unwrap();
    let mut builder = X509Builder::new().unwrap();
    // Version 3, which has extensions.
    builder.set_version(2).unwrap();
    builder.set_serial_number(&BigNum::from_u32(1).unwrap().to_asn1_integer().unwrap()).unwrap();
    builder.set_subject_name(&subject(name)).unwrap();
    builder.set_not_before(&at(-7)).unwrap();
    builder.set_not_after(&at(days)).unwrap();
    builder.set_pubkey(&key).unwrap();
    (builder, key)
}

fn subject(name: &str) -> X509Name {
    let mut subject = X509NameBuilder::new().unwrap();
    subject.append_entry_by_nid(Nid::COMMONNAME, name).unwrap();
    subject.build()
}

/// A server that answers every request with the same schema; requests behind a failed handshake are never made.
fn tls_stub(server: &Certified) -> Stub {
    let mut acceptor = SslAcceptor::mozilla_intermediate_v5(SslMethod::tls_server()).unwrap();
    acceptor.set_private_key(&server.key).unwrap();
    acceptor.set_certificate(&server.certificate).unwrap();
    let acceptor = acceptor.build();
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("https://{}", listener.local_addr().unwrap());
    let (sender, requests) = channel();
    thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = acceptor.accept(stream.unwrap()) else { continue };
            if sender.send(request(&mut stream)).is_err() {
                return;
            }
            let head = format!("HTTP/1.1 200 OK\r\ncontent-length: {}\r\nconnection: close\r\n\r\n", STRING.len());
            let _ = stream.write_all((head + STRING).as_bytes());
            let _ = stream.shutdown();
        }
    });
    Stub { url, requests }
}

const HOST: &str = "127.0.0.1";

fn with_password(stub: &Stub) -> RegistryConfig {
    RegistryConfig { basic_auth: Some(("loadgate".to_owned(), Secret::new("open sesame"))), retries: 0, ..config(stub) }
}

#[test]
fn a_registry_certified_by_the_configured_authority_is_trusted_with_the_password() {
    let authority = Certified::authority("authority");
    let stub = tls_stub(&authority.server(HOST, 1));
    let file = authority.pem_file();
    let (registry, _) = registry(RegistryConfig { ca_file: Some(file.path().to_owned()), ..with_password(&stub) });
    assert_eq!(registry.schema(7).unwrap().schema, "\"string\"");
    let request = stub.requests.recv().unwrap();
    assert!(request.starts_with("GET /schemas/ids/7 HTTP/1.1"), "{request}");
    assert!(request.contains("Basic bG9hZGdhdGU6b3BlbiBzZXNhbWU="), "{request}");
}

#[test]
fn a_registry_that_cannot_prove_who_it_is_is_refused_before_it_hears_the_password() {
    let (ours, stranger) = (Certified::authority("authority"), Certified::authority("authority"));
    let (trusted, expired) = (ours.pem_file(), -1);
    let trusted = || Some(trusted.path().to_owned());
    let table = [
        ("an unknown authority", stranger.server(HOST, 1), trusted()),
        ("an authority that the system does not know", ours.server(HOST, 1), None),
        ("another host's certificate", ours.server("registry.example", 1), trusted()),
        ("an expired certificate", ours.server(HOST, expired), trusted()),
    ];
    for (what, server, ca_file) in table {
        let stub = tls_stub(&server);
        let (registry, _) = registry(RegistryConfig { ca_file, ..with_password(&stub) });
        let absent = registry.schema(7).unwrap_err();
        assert_eq!(absent.reason, Reason::SchemaUnavailable, "{what}");
        assert!(absent.detail.contains("certificate"), "{what}: {}", absent.detail);
        assert!(!absent.detail.contains("sesame"), "{what}: {}", absent.detail);
        assert_eq!(stub.requested().len(), 0, "{what}: the request was made");
    }
}
