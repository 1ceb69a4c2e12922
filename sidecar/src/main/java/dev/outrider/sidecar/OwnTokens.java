package dev.outrider.sidecar;

import dev.outrider.sidecar.auth.IdentityTokenConfig;
import dev.outrider.sidecar.auth.IdentityTokens;
import dev.outrider.sidecar.auth.TokenIssuer;
import dev.outrider.sidecar.forward.CalledServices;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The tokens this workload sends along, under one configuration. */
record OwnTokens(IdentityTokenConfig config, Map<String, String> files, IdentityTokens tokens) {

    static OwnTokens fit(Base base, CalledServices calls, @Nullable OwnTokens old) {
        if (old != null
                && old.config.equals(calls.tokens())
                && old.files.equals(calls.tokenFiles())) {
            return old;
        }
        IdentityTokens tokens =
                new IdentityTokens(
                        new FilesFirst(calls.tokenFiles(), base.authority),
                        calls.tokens(),
                        base.clock,
                        base.random);
        tokens.start();
        return new OwnTokens(calls.tokens(), calls.tokenFiles(), tokens);
    }

    /** Audiences with a file have their token from there, the others from the CA. */
    private record FilesFirst(Map<String, String> files, TokenIssuer otherwise)
            implements TokenIssuer {
        @Override
        public String mint(String audience) throws Exception {
            String file = files.get(audience);
            return file == null
                    ? otherwise.mint(audience)
                    : Files.readString(Path.of(file)).strip();
        }
    }
}
