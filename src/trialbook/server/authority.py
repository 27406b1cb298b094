"""A certificate authority of the store's own, for the TLS proxy: it can vouch for amazonaws.com and nothing else.

::

    <store>/tls/authority.pem   key and certificate, made once          0600
    <store>/tls/ca.pem          the certificate alone: AWS_CA_BUNDLE     0600

The certificate carries a critical name constraint, so that even a stolen key signs for no other host. Leaf
certificates are made for each host as it is asked for and live in memory only.
"""

from __future__ import annotations

import os
import ssl
import tempfile
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from trialbook.errors import StoreError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from cryptography.hazmat.primitives.asymmetric.types import CertificatePublicKeyTypes

DOMAINS = ("amazonaws.com", "amazonaws.com.cn", "api.aws")
"""The domains that AWS's endpoints lie in, and the only ones that the authority may vouch for."""
AUTHORITY_DAYS = 3650
LEAF_DAYS = 90
_CONTEXTS = 256


def serves(host: str) -> bool:
    """Whether a host is one of AWS's endpoints."""
    return any(host.endswith(f".{domain}") for domain in DOMAINS)


class Authority:
    """Makes TLS contexts that clients who trust `ca` accept. `context` may be called from any thread.

    Attributes
    ----------
    ca
        The file that clients have to trust.
    """

    def __init__(self, folder: Path, key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> None:
        self.ca = folder / "ca.pem"
        self._folder = folder
        self._key = key
        self._certificate = certificate
        self._leaf_key = ec.generate_private_key(ec.SECP256R1())
        self.context = lru_cache(maxsize=_CONTEXTS)(self._context)

    @classmethod
    def open(cls, folder: Path) -> Authority:
        """Open the authority in a folder, making it when there is none. Of several that make it, the first wins.

        Raises
        ------
        StoreError
            When the folder holds something that is no authority.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        path = folder / "authority.pem"
        if not path.exists():
            _write_once(path, _new_authority())
        pem = path.read_bytes()
        try:
            key = serialization.load_pem_private_key(pem, None)
            certificate = x509.load_pem_x509_certificate(pem)
        except ValueError as error:
            message = f"'{path}' is not a key and a certificate ({error}). Delete it to have a new one made."
            raise StoreError(message) from error
        if not isinstance(key, ec.EllipticCurvePrivateKey):
            message = f"'{path}' holds a key of another kind. Delete it to have a new one made."
            raise StoreError(message)
        authority = cls(folder, key, certificate)
        public = certificate.public_bytes(serialization.Encoding.PEM)
        if not authority.ca.exists() or authority.ca.read_bytes() != public:
            _replace(authority.ca, public)
        return authority

    def _context(self, host: str) -> ssl.SSLContext:
        """Make the server's side of TLS for one host."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.minimum_version = ssl.TLSVersion.TLSv1_2
        context.set_alpn_protocols(["http/1.1"])
        # The ssl module loads certificates from files only.
        with tempfile.NamedTemporaryFile(dir=self._folder, prefix="leaf-", suffix=".pem") as file:
            file.write(_pem(self._leaf_key, self._leaf(host)))
            file.flush()
            context.load_cert_chain(file.name)
        return context

    def _leaf(self, host: str) -> x509.Certificate:
        # A host may be longer than the 64 characters that a common name takes; clients read the alternative name only.
        names = [x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Trialbook")]
        builder = _builder(names, self._certificate.subject, self._leaf_key.public_key(), LEAF_DAYS)
        usage = x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH])
        issuer = self._certificate.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        return (
            builder.add_extension(x509.SubjectAlternativeName([x509.DNSName(host)]), critical=True)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_key_usage(signs_certificates=False), critical=True)
            .add_extension(usage, critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(issuer), critical=False)
            .sign(self._key, hashes.SHA256())
        )


def _new_authority() -> bytes:
    """Make an authority: its key and certificate as PEM."""
    key = ec.generate_private_key(ec.SECP256R1())
    # A name of its own, so that two stores' authorities in one bundle are told apart.
    names = [
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Trialbook"),
        x509.NameAttribute(NameOID.COMMON_NAME, f"Trialbook local authority {os.urandom(4).hex()}"),
    ]
    permitted = [x509.DNSName(domain) for domain in DOMAINS]
    builder = _builder(names, x509.Name(names), key.public_key(), AUTHORITY_DAYS)
    certificate = (
        builder.add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_key_usage(signs_certificates=True), critical=True)
        .add_extension(x509.NameConstraints(permitted_subtrees=permitted, excluded_subtrees=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    return _pem(key, certificate)


def _builder(
    subject: Sequence[x509.NameAttribute[str]], issuer: x509.Name, public: CertificatePublicKeyTypes, days: int
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(x509.Name(list(subject)))
        .issuer_name(issuer)
        .public_key(public)
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))  # a client's clock may be behind
        .not_valid_after(now + timedelta(days=days))
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
    )


def _key_usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=True,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(key: ec.EllipticCurvePrivateKey, certificate: x509.Certificate) -> bytes:
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)


def _write_once(path: Path, data: bytes) -> None:
    """Write a file readable by its owner alone, whole or not at all; one that is there already stays."""
    draft = _draft(path, data)
    with suppress(FileExistsError):
        path.hardlink_to(draft)
    draft.unlink()


def _replace(path: Path, data: bytes) -> None:
    _draft(path, data).replace(path)


def _draft(path: Path, data: bytes) -> Path:
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")  # 0600
    with os.fdopen(descriptor, "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return Path(name)
