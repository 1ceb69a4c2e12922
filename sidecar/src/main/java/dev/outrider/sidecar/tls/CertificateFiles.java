package dev.outrider.sidecar.tls;

import dev.outrider.sidecar.schema.Schema;
import dev.outrider.sidecar.schema.Schemas;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * A certificate shown to clients from outside, kept up to date in files by somebody else.
 *
 * @param names the server names it is for, {@code *.example.com} among them; empty: its own
 * @param certificate the certificate, then its issuers, PEM
 * @param key its private key, not encrypted, PEM
 */
public record CertificateFiles(List<String> names, Path certificate, Path key) {
    public static final Schema<CertificateFiles> SCHEMA =
            Schema.record(
                    "CertificateFiles",
                    "A certificate for clients from outside, in PEM files that are watched.",
                    f ->
                            new CertificateFiles(
                                    f.optional(
                                            "names",
                                            Schemas.list(Schemas.text()),
                                            List.of(),
                                            "server names it is shown for, *.example.com among"
                                                    + " them; without any, those in the"
                                                    + " certificate"),
                                    f.required(
                                            "certificate",
                                            IdentityFiles.path(),
                                            "the certificate, then its issuers"),
                                    f.required(
                                            "key",
                                            IdentityFiles.path(),
                                            "its private key, not encrypted")));

    public CertificateFiles {
        names = names.stream().map(each -> each.toLowerCase(Locale.ROOT)).toList();
        for (String name : names) {
            if (name.isEmpty() || name.lastIndexOf('*') > 0 || name.equals("*")) {
                throw new IllegalArgumentException(
                        "'"
                                + name
                                + "' is no server name: write shop.example.com or"
                                + " *.example.com");
            }
        }
    }
}
