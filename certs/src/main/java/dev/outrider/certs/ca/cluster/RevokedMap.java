package dev.outrider.certs.ca.cluster;

import dev.outrider.certs.RevokedList;
import dev.outrider.certs.kubernetes.Fields;
import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Mirror;
import dev.outrider.certs.kubernetes.Mirror.Change;
import dev.outrider.certs.kubernetes.Mirror.Pace;
import dev.outrider.certs.kubernetes.Resource;
import dev.outrider.certs.kubernetes.Selector;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What is revoked in the mesh: a ConfigMap of the operator's, each of whose keys holds lines of the
 * list, so that one more is one patch that reads nothing before. It is followed by watch: nothing
 * is signed for what it names, and its text goes to all sidecars with the trust bundle. No
 * ConfigMap is an empty list; but of one that is deleted the last list stands. Any thread reads.
 */
final class RevokedMap implements Supplier<RevokedList>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(RevokedMap.class);

    /** It must fit into one ConfigMap together with the bundle. */
    private static final int MOST_BYTES = 768 << 10;

    private static final String HEAD =
            "# Revoked in this mesh. Written by the authority; change ConfigMap %s/%s.\n";

    private final String source;
    private final String head;
    private volatile Now now;
    private volatile Runnable listener = () -> {};
    private volatile @Nullable Mirror mirror;

    private record Now(String text, RevokedList list) {}

    private RevokedMap(String namespace, String name) {
        this.source = "ConfigMap " + namespace + "/" + name;
        this.head = HEAD.formatted(namespace, name);
        this.now = new Now(head, RevokedList.EMPTY);
    }

    /**
     * Read once before anything is signed, and followed from here on.
     *
     * @throws KubeException when it cannot be read: that must not pass for an empty list
     */
    static RevokedMap start(KubeApi api, String namespace, String name, Pace pace)
            throws KubeException {
        RevokedMap revoked = new RevokedMap(namespace, name);
        api.list(Resource.CONFIG_MAPS.in(namespace), Selector.named(name))
                .items()
                .forEach(revoked::take);
        revoked.mirror =
                Mirror.start(
                        api,
                        Resource.CONFIG_MAPS.in(namespace),
                        Selector.named(name),
                        pace,
                        revoked::changed);
        return revoked;
    }

    @Override
    public RevokedList get() {
        return now.list();
    }

    /** As sidecars read it. */
    String text() {
        return now.text();
    }

    /** Told of each change from here on. */
    void follow(Runnable given) {
        listener = given;
    }

    @Override
    public void close() {
        Mirror following = mirror;
        if (following != null) {
            following.close();
        }
    }

    private void changed(Change change) {
        switch (change.type()) {
            case ADDED, MODIFIED -> take(change.object());
            case DELETED -> LOG.error("{} was deleted; what it revoked last stays revoked", source);
            case RESYNCED -> {}
        }
    }

    private void take(Map<String, @Nullable Object> map) {
        StringBuilder all = new StringBuilder(head);
        new TreeMap<>(Fields.texts(map, "data"))
                .forEach((key, lines) ->
                        all.append("# ").append(key).append('\n').append(lines).append('\n'));
        String text = all.toString();
        if (text.equals(now.text())) {
            return;
        }
        if (text.getBytes(StandardCharsets.UTF_8).length > MOST_BYTES) {
            LOG.error(
                    "{} has more than {} bytes; what it revoked last stays revoked, and nothing"
                            + " more. Name identities instead of certificates",
                    source,
                    MOST_BYTES);
            return;
        }
        now = new Now(text, RevokedList.parse(text));
        now.list().tell(LOG, source);
        listener.run();
    }
}
