package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.injector.pod.ServerVersion;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The API server's version. While a control plane is being upgraded its servers differ, and what
 * one of them forgets would be lost; so an older answer counts at once and a newer one when it came
 * several times in a row. Read by any thread, asked by one.
 */
final class VersionWatch {
    private static final Logger LOG = LoggerFactory.getLogger(VersionWatch.class);
    private static final int IN_A_ROW = 3;

    private final KubeApi api;
    private volatile @Nullable ServerVersion version;
    private int newer;

    VersionWatch(KubeApi api) {
        this.api = api;
    }

    Optional<ServerVersion> version() {
        return Optional.ofNullable(version);
    }

    void read() throws KubeException {
        Map<String, @Nullable Object> answer = api.get("/version");
        String text =
                Fields.text(answer, "major").orElse("")
                        + "."
                        + Fields.text(answer, "minor").orElse("");
        try {
            heard(ServerVersion.parse(text));
        } catch (IllegalArgumentException e) {
            LOG.warn("/version: {}", e.getMessage());
        }
    }

    private void heard(ServerVersion heard) {
        ServerVersion before = version;
        boolean isNewer = before != null && isNewer(heard, before);
        newer = isNewer ? newer + 1 : 0;
        if (before == null || (!heard.equals(before) && (!isNewer || newer >= IN_A_ROW))) {
            newer = 0;
            version = heard;
            LOG.info(
                    "the API server is of version {}{}",
                    heard,
                    before == null ? "" : ", was " + before);
        }
    }

    private static boolean isNewer(ServerVersion one, ServerVersion other) {
        return one.major() > other.major()
                || (one.major() == other.major() && one.minor() > other.minor());
    }
}
