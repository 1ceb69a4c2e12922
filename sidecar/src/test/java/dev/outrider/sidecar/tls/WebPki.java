package dev.outrider.sidecar.tls;

import dev.outrider.certs.Pem;
import java.io.IOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.KeyStore;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.jspecify.annotations.Nullable;

/** An authority of the web, as clients from outside trust one, and what it issues. */
public final class WebPki {
    private static final AtomicLong SERIALS = new AtomicLong(1);

    private final String name;
    private final KeyPair key;
    private final X509Certificate root;

    /** A leaf with its key. */
    public record Leaf(X509Certificate certificate, KeyPair key) {}

    public WebPki(String name) throws Exception {
        this.name = name;
        this.key = keyPair("EC");
        this.root = certificate(name, key, true, List.of(), Instant.now(), Duration.ofDays(1));
    }

    public X509Certificate root() {
        return root;
    }

    public Leaf leaf(String subject, String... names) throws Exception {
        return leaf("EC", subject, Instant.now(), Duration.ofHours(1), names);
    }

    public Leaf leaf(String algorithm, String subject, Instant from, Duration ttl, String... names)
            throws Exception {
        KeyPair own = keyPair(algorithm);
        return new Leaf(certificate(subject, own, false, Arrays.asList(names), from, ttl), own);
    }

    /**
     * Writes {@code name.pem} and {@code name.key}; the lines of a configuration that name them.
     */
    public static String write(Leaf leaf, Path folder, String file) throws IOException {
        Path certificate = folder.resolve(file + ".pem");
        Path privateKey = folder.resolve(file + ".key");
        Files.writeString(certificate, Pem.encode(List.of(leaf.certificate)));
        Files.writeString(privateKey, Pem.encode(leaf.key.getPrivate()));
        return "{certificate: \"" + certificate + "\", key: \"" + privateKey + "\"}";
    }

    /** A client that trusts this authority, and has a certificate or not. */
    public SSLContext client(@Nullable Leaf own, String protocol) throws Exception {
        KeyStore trusted = KeyStore.getInstance(KeyStore.getDefaultType());
        trusted.load(null, null);
        trusted.setCertificateEntry("root", root);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        trust.init(trusted);
        KeyManager[] keys = null;
        if (own != null) {
            KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            X509Certificate[] chain = {own.certificate};
            store.setKeyEntry("own", own.key.getPrivate(), new char[0], chain);
            KeyManagerFactory factory = KeyManagerFactory.getInstance("PKIX");
            factory.init(store, new char[0]);
            keys = factory.getKeyManagers();
        }
        SSLContext context = SSLContext.getInstance(protocol);
        context.init(keys, trust.getTrustManagers(), null);
        return context;
    }

    private static KeyPair keyPair(String algorithm) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
        if (algorithm.equals("EC")) {
            generator.initialize(new ECGenParameterSpec("secp256r1"));
        } else {
            generator.initialize(2048);
        }
        return generator.generateKeyPair();
    }

    /** DNS names, and URIs. */
    private static GeneralName name(String name) {
        boolean uri = name.contains("://");
        return new GeneralName(
                uri ? GeneralName.uniformResourceIdentifier : GeneralName.dNSName, name);
    }

    private X509Certificate certificate(
            String subject,
            KeyPair own,
            boolean authority,
            List<String> alternatives,
            Instant from,
            Duration ttl)
            throws Exception {
        Instant begins = from.minus(Duration.ofMinutes(5));
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name("CN=" + name),
                        BigInteger.valueOf(SERIALS.getAndIncrement()),
                        Date.from(begins),
                        Date.from(from.plus(ttl)),
                        new X500Name("CN=" + subject),
                        own.getPublic());
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(authority));
        if (!alternatives.isEmpty()) {
            GeneralName[] names =
                    alternatives.stream().map(WebPki::name).toArray(GeneralName[]::new);
            builder.addExtension(Extension.subjectAlternativeName, false, new GeneralNames(names));
        }
        return new JcaX509CertificateConverter()
                .getCertificate(
                        builder.build(
                                new JcaContentSignerBuilder("SHA256withECDSA")
                                        .build(key.getPrivate())));
    }
}
