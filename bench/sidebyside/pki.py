"""A throw-away mesh identity for one run: a root, SPIFFE certificates, an RS256 token and its JWKS."""

import base64
import datetime
import json
import os
from dataclasses import dataclass

TRUST_DOMAIN = "cluster.local"
CALLER = f"spiffe://{TRUST_DOMAIN}/ns/bench/sa/orders"
CALLED = f"spiffe://{TRUST_DOMAIN}/ns/bench/sa/billing"
ISSUER = f"https://{TRUST_DOMAIN}"
AUDIENCE = "billing"
KEY_ID = "bench"


@dataclass(frozen=True)
class Pki:
    directory: str
    token: str
    jwks: str

    @property
    def bundle(self):
        return os.path.join(self.directory, "ca.pem")

    @property
    def jwks_file(self):
        return os.path.join(self.directory, "jwks.json")

    @property
    def token_file(self):
        return os.path.join(self.directory, "token")

    def certificate(self, who):
        return os.path.join(self.directory, who + ".pem")

    def key(self, who):
        return os.path.join(self.directory, who + ".key")


def make(directory):
    from cryptography import x509
    from cryptography.hazmat.primitives.asymmetric import ec, rsa

    os.makedirs(directory, mode=0o700, exist_ok=True)
    root_key = ec.generate_private_key(ec.SECP256R1())
    root = _certificate("bench root", root_key.public_key(), "bench root", root_key, None)
    _write(directory, "ca.pem", _pem(root))
    names = {"orders": x509.UniformResourceIdentifier(CALLER), "billing": x509.UniformResourceIdentifier(CALLED),
             "edge": x509.DNSName("edge.example.com")}
    for who, name in names.items():
        key = ec.generate_private_key(ec.SECP256R1())
        leaf = _certificate(who, key.public_key(), "bench root", root_key, name)
        _write(directory, who + ".pem", _pem(leaf))
        _write(directory, who + ".key", _key_pem(key))
    signer = rsa.generate_private_key(65537, 2048)
    public = signer.public_key().public_numbers()
    jwks = json.dumps({"keys": [{"kty": "RSA", "kid": KEY_ID, "use": "sig", "alg": "RS256",
                                 "n": _number(public.n), "e": _number(public.e)}]})
    _write(directory, "jwks.json", jwks.encode())
    token = _token(signer)
    _write(directory, "token", token.encode())
    return Pki(directory, token, jwks)


def _certificate(subject, public_key, issuer, issuer_key, leaf_name):
    """A leaf with exactly one name, or the root when there is none."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    name = lambda text: x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, text)])
    now = datetime.datetime.now(datetime.timezone.utc)
    ca = leaf_name is None
    usage = dict.fromkeys(["content_commitment", "key_encipherment", "data_encipherment", "key_agreement",
                           "encipher_only", "decipher_only"], False)
    builder = (x509.CertificateBuilder().subject_name(name(subject)).issuer_name(name(issuer)).public_key(public_key)
               .serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(minutes=5))
               .not_valid_after(now + datetime.timedelta(days=1))
               .add_extension(x509.BasicConstraints(ca, None), True)
               .add_extension(x509.KeyUsage(digital_signature=not ca, key_cert_sign=ca, crl_sign=ca, **usage), True)
               .add_extension(x509.SubjectKeyIdentifier.from_public_key(public_key), False)
               .add_extension(x509.AuthorityKeyIdentifier.from_issuer_public_key(issuer_key.public_key()), False))
    if not ca:
        both = [ExtendedKeyUsageOID.SERVER_AUTH, ExtendedKeyUsageOID.CLIENT_AUTH]
        builder = (builder.add_extension(x509.SubjectAlternativeName([leaf_name]), False)
                   .add_extension(x509.ExtendedKeyUsage(both), False))
    return builder.sign(issuer_key, hashes.SHA256())


def _token(signer):
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import padding

    now = int(datetime.datetime.now().timestamp())
    header = {"alg": "RS256", "typ": "JWT", "kid": KEY_ID}
    claims = {"iss": ISSUER, "sub": CALLER, "aud": AUDIENCE, "iat": now, "nbf": now - 60, "exp": now + 12 * 3600,
              "jti": os.urandom(16).hex()}
    signed = ".".join(_base64(json.dumps(part).encode()) for part in (header, claims))
    return signed + "." + _base64(signer.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256()))


def _base64(data):
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _number(value):
    return _base64(value.to_bytes((value.bit_length() + 7) // 8, "big"))


def _pem(certificate):
    from cryptography.hazmat.primitives.serialization import Encoding

    return certificate.public_bytes(Encoding.PEM)


def _key_pem(key):
    from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

    return key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())


def _write(directory, name, data):
    path = os.path.join(directory, name)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(data)
