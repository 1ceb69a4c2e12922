package dev.outrider.certs;

import dev.outrider.certs.CsrException.Reason;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import org.bouncycastle.asn1.ASN1ObjectIdentifier;
import org.bouncycastle.asn1.pkcs.PKCSObjectIdentifiers;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.Extensions;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.SubjectPublicKeyInfo;
import org.bouncycastle.asn1.x9.X9ObjectIdentifiers;
import org.bouncycastle.operator.ContentVerifierProvider;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentVerifierProviderBuilder;
import org.bouncycastle.pkcs.PKCS10CertificationRequest;
import org.bouncycastle.pkcs.PKCSException;

/**
 * A signing request (PKCS #10, RFC 2986) that was checked: its key is of a kind the mesh certifies,
 * its signature proves that the sender holds the key, and it asks for exactly one SPIFFE id and
 * nothing else. Whether the sender may have that id is for the caller to decide.
 */
public record CertificateRequest(SpiffeId id, PublicKey key, KeyAlgorithm algorithm) {
    /** No SHA-1 and no MD5. */
    private static final Set<ASN1ObjectIdentifier> SIGNATURES =
            Set.of(
                    X9ObjectIdentifiers.ecdsa_with_SHA256,
                    X9ObjectIdentifiers.ecdsa_with_SHA384,
                    X9ObjectIdentifiers.ecdsa_with_SHA512,
                    PKCSObjectIdentifiers.sha256WithRSAEncryption,
                    PKCSObjectIdentifiers.sha384WithRSAEncryption,
                    PKCSObjectIdentifiers.sha512WithRSAEncryption);

    private static final Set<String> TYPES =
            Set.of("CERTIFICATE REQUEST", "NEW CERTIFICATE REQUEST");

    /** Reads and checks a request that anybody may have sent. */
    public static CertificateRequest parse(String pem) throws CsrException {
        PKCS10CertificationRequest request = read(pem);
        try {
            PublicKey key = key(request.getSubjectPublicKeyInfo());
            KeyAlgorithm algorithm = KeyAlgorithm.of(key);
            requireSignature(request);
            return new CertificateRequest(requestedId(request), key, algorithm);
        } catch (IllegalArgumentException e) {
            throw new CsrException(Reason.UNSUPPORTED_KEY, message(e), e);
        }
    }

    private static PKCS10CertificationRequest read(String pem) throws CsrException {
        try {
            List<PemBlocks.Block> blocks = PemBlocks.of(pem);
            if (blocks.size() == 1 && TYPES.contains(blocks.getFirst().type())) {
                return new PKCS10CertificationRequest(blocks.getFirst().der());
            }
        } catch (IllegalArgumentException | IOException e) {
            throw new CsrException(Reason.MALFORMED, "the request " + e.getMessage(), e);
        } catch (RuntimeException e) {
            // Bouncy Castle throws several kinds for broken DER.
            throw new CsrException(Reason.MALFORMED, "the request is not valid DER", e);
        }
        throw new CsrException(
                Reason.MALFORMED, "expected one BEGIN CERTIFICATE REQUEST block and nothing else");
    }

    private static PublicKey key(SubjectPublicKeyInfo info) throws CsrException {
        ASN1ObjectIdentifier type = info.getAlgorithm().getAlgorithm();
        String family =
                type.equals(X9ObjectIdentifiers.id_ecPublicKey)
                        ? "EC"
                        : type.equals(PKCSObjectIdentifiers.rsaEncryption) ? "RSA" : "";
        if (family.isEmpty()) {
            throw new CsrException(
                    Reason.UNSUPPORTED_KEY, "a key of type " + type + " is refused; use EC or RSA");
        }
        try {
            return KeyFactory.getInstance(family)
                    .generatePublic(new X509EncodedKeySpec(info.getEncoded()));
        } catch (GeneralSecurityException | IOException e) {
            throw new CsrException(
                    Reason.UNSUPPORTED_KEY, "the key is broken or on an unknown curve", e);
        }
    }

    private static void requireSignature(PKCS10CertificationRequest request) throws CsrException {
        ASN1ObjectIdentifier signature = request.getSignatureAlgorithm().getAlgorithm();
        if (!SIGNATURES.contains(signature)) {
            throw new CsrException(
                    Reason.BAD_SIGNATURE, "a signature of type " + signature + " is refused");
        }
        try {
            ContentVerifierProvider verifier =
                    new JcaContentVerifierProviderBuilder()
                            .build(request.getSubjectPublicKeyInfo());
            if (request.isSignatureValid(verifier)) {
                return;
            }
        } catch (OperatorCreationException | PKCSException | RuntimeException e) {
            // A signature that is no DER at all comes out of Bouncy Castle unchecked.
            throw new CsrException(Reason.BAD_SIGNATURE, "the signature cannot be checked", e);
        }
        throw new CsrException(
                Reason.BAD_SIGNATURE, "the request is not signed by the key it carries");
    }

    private static SpiffeId requestedId(PKCS10CertificationRequest request) throws CsrException {
        GeneralName[] names = names(request);
        long uris = Arrays.stream(names).filter(CertificateRequest::isUri).count();
        if (uris == 0) {
            throw new CsrException(Reason.NO_SPIFFE_ID, "the request asks for no spiffe:// URI");
        }
        if (uris > 1) {
            throw new CsrException(
                    Reason.MORE_THAN_ONE_URI,
                    "the request asks for " + uris + " URIs; one is allowed");
        }
        if (names.length > 1) {
            throw new CsrException(
                    Reason.OTHER_NAMES,
                    "the request asks for names beside its id; the mesh certifies ids only");
        }
        try {
            return SpiffeId.parse(names[0].getName().toString());
        } catch (IllegalArgumentException e) {
            throw new CsrException(Reason.MALFORMED_SPIFFE_ID, message(e), e);
        }
    }

    private static GeneralName[] names(PKCS10CertificationRequest request) throws CsrException {
        try {
            Extensions extensions = request.getRequestedExtensions();
            GeneralNames names =
                    extensions == null
                            ? null
                            : GeneralNames.fromExtensions(
                                    extensions, Extension.subjectAlternativeName);
            return names == null ? new GeneralName[0] : names.getNames();
        } catch (RuntimeException e) {
            // Bouncy Castle reports broken DER with several kinds of unchecked exceptions.
            throw new CsrException(Reason.MALFORMED, "the request's extensions are broken", e);
        }
    }

    private static boolean isUri(GeneralName name) {
        return name.getTagNo() == GeneralName.uniformResourceIdentifier;
    }

    private static String message(IllegalArgumentException e) {
        return String.valueOf(e.getMessage());
    }
}
