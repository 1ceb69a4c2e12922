package dev.outrider.certs;

import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.List;

/**
 * A workload's identity with its private key: what it shows (the chain, its own certificate first,
 * the root left out) and what proves it. Immutable; a renewed one is a new value.
 */
public record X509Svid(SpiffeId id, PrivateKey key, List<X509Certificate> chain) {
    public X509Svid {
        chain = List.copyOf(chain);
        if (chain.isEmpty()) {
            throw new IllegalArgumentException("an SVID has at least the workload's certificate");
        }
        if (!belong(key, chain.getFirst().getPublicKey())) {
            throw new IllegalArgumentException(
                    "the private key does not belong to the certificate of " + id);
        }
    }

    /** Reads a pair of files; the exception's message names the file at fault. */
    public static X509Svid load(Path certPem, Path keyPem) throws IOException {
        List<X509Certificate> chain;
        SpiffeId id;
        try {
            chain = Pem.certificates(Pem.read(certPem));
            id = SvidNames.workload(chain.getFirst());
        } catch (IllegalArgumentException | SvidException e) {
            throw new IOException(certPem + ": " + e.getMessage(), e);
        }
        try {
            return new X509Svid(id, Pem.privateKey(Pem.read(keyPem)), chain);
        } catch (IllegalArgumentException e) {
            throw new IOException(keyPem + ": " + e.getMessage(), e);
        }
    }

    public X509Certificate leaf() {
        return chain.getFirst();
    }

    public Instant notBefore() {
        return leaf().getNotBefore().toInstant();
    }

    /** When the first certificate of the chain ends, so that an issuer's end is not missed. */
    public Instant notAfter() {
        Instant first = leaf().getNotAfter().toInstant();
        for (X509Certificate certificate : chain) {
            Instant end = certificate.getNotAfter().toInstant();
            first = end.isBefore(first) ? end : first;
        }
        return first;
    }

    public String chainPem() {
        return Pem.encode(chain);
    }

    /** The key in PKCS #8: a secret, for {@link SecretFiles} only. */
    public String keyPem() {
        return Pem.encode(key);
    }

    @Override
    public String toString() {
        return "X509Svid[" + id + ", " + notBefore() + " to " + notAfter() + "]";
    }

    /** Whether the two are one pair. */
    public static boolean belong(PrivateKey key, PublicKey shown) {
        if (!key.getAlgorithm().equals(shown.getAlgorithm())) {
            return false;
        }
        try {
            Signature signature = Signature.getInstance(KeyAlgorithm.of(shown).signature());
            byte[] probe = {1, 2, 3};
            signature.initSign(key);
            signature.update(probe);
            byte[] signed = signature.sign();
            signature.initVerify(shown);
            signature.update(probe);
            return signature.verify(signed);
        } catch (GeneralSecurityException e) {
            return false;
        }
    }
}
