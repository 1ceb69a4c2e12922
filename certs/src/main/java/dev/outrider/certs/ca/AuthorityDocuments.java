package dev.outrider.certs.ca;

import dev.outrider.certs.JwtKeys;
import dev.outrider.certs.Pem;
import dev.outrider.certs.TrustBundle;
import java.io.IOException;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * An authority's state as a few named texts: files of a directory, or entries of a Secret. All but
 * the first three may be missing.
 */
public final class AuthorityDocuments {
    public static final String ROOT = "root.pem";

    /** Only needed to renew the intermediate: may be kept elsewhere. */
    public static final String ROOT_KEY = "root-key.pem";

    /** Certificates and key in one text, so that they change together. */
    public static final String INTERMEDIATE = "intermediate.pem";

    /** {@link RootsText}. */
    public static final String ROOTS = "roots.json";

    public static final String JWT_KEYS = "jwt-keys.json";

    /** Where the texts are kept, for the words of a failure. */
    public interface Place {
        /** Such as {@code /var/ca/root.pem}. */
        String of(String document);

        /** What to do about a broken one. */
        String mend();
    }

    private final Map<String, String> documents;
    private final Place place;

    private AuthorityDocuments(Map<String, String> documents, Place place) {
        this.documents = documents;
        this.place = place;
    }

    public static Map<String, String> write(AuthorityState state) {
        Map<String, String> documents = new LinkedHashMap<>();
        documents.put(ROOT, state.issuer().roots().toPem());
        state.issuer().rootKey().ifPresent(key -> documents.put(ROOT_KEY, Pem.encode(key)));
        documents.put(INTERMEDIATE, intermediate(state.issuer()));
        documents.put(ROOTS, RootsText.of(state).write());
        documents.put(JWT_KEYS, JwtKeyText.write(state.jwtKeys()));
        return documents;
    }

    /** The exception names the text at fault and never quotes it. */
    public static AuthorityState read(Map<String, String> documents, Place place)
            throws IOException {
        return new AuthorityDocuments(documents, place).state();
    }

    static String intermediate(Issuer issuer) {
        return Pem.encode(issuer.chain()) + Pem.encode(issuer.key());
    }

    private AuthorityState state() throws IOException {
        RootsText roots =
                documents.containsKey(ROOTS)
                        ? parsed(ROOTS, () -> RootsText.read(text(ROOTS)))
                        : null;
        JwtKeys jwtKeys =
                documents.containsKey(JWT_KEYS)
                        ? parsed(JWT_KEYS, () -> JwtKeyText.read(text(JWT_KEYS)))
                        : JwtKeys.NONE;
        Issuer issuer = roots == null ? null : roots.instead().orElse(null);
        if (issuer == null) {
            issuer = issuer(roots);
        }
        return roots == null
                ? AuthorityState.fresh(issuer).with(jwtKeys)
                : new AuthorityState(
                        issuer,
                        roots.rotation(),
                        roots.generation(),
                        roots.longestSvid(),
                        jwtKeys,
                        false);
    }

    private Issuer issuer(@Nullable RootsText roots) throws IOException {
        TrustBundle bundle =
                parsed(
                        ROOT,
                        () ->
                                roots == null
                                        ? TrustBundle.parsePem(text(ROOT))
                                        : TrustBundle.parsePem(roots.trustDomain(), text(ROOT)));
        Optional<PrivateKey> rootKey =
                documents.containsKey(ROOT_KEY)
                        ? Optional.of(parsed(ROOT_KEY, () -> Pem.privateKey(text(ROOT_KEY))))
                        : Optional.empty();
        List<X509Certificate> chain =
                parsed(INTERMEDIATE, () -> Pem.certificates(text(INTERMEDIATE)));
        PrivateKey key = parsed(INTERMEDIATE, () -> Pem.privateKey(text(INTERMEDIATE)));
        return parsed(INTERMEDIATE, () -> new Issuer(bundle, rootKey, chain, key));
    }

    private String text(String document) {
        String text = documents.get(document);
        if (text == null) {
            throw new IllegalArgumentException("is missing");
        }
        return text;
    }

    private <T> T parsed(String document, Supplier<T> parser) throws IOException {
        try {
            return parser.get();
        } catch (IllegalArgumentException e) {
            String said = place.of(document) + " " + e.getMessage() + "; " + place.mend();
            // A parser's own exception may quote what it read.
            throw new IOException(said);
        }
    }
}
