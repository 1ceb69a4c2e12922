package dev.outrider.injector.reconcile;

import dev.outrider.certs.kubernetes.KubeApi;
import dev.outrider.certs.kubernetes.KubeException;
import dev.outrider.certs.kubernetes.Resource;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Events of Kubernetes on the objects they are about. They are a courtesy: the same thing is not
 * said twice within an hour, a flood is cut off, and one that cannot be written is let go. Any
 * thread.
 */
final class Journal {
    private static final Logger LOG = LoggerFactory.getLogger(Journal.class);
    private static final Resource EVENTS = new Resource("events.k8s.io", "v1", "events");
    private static final Duration AGAIN = Duration.ofHours(1);
    private static final Duration WINDOW = Duration.ofMinutes(1);
    private static final int MOST_IN_WINDOW = 30;
    private static final int MOST_REMEMBERED = 4096;
    private static final int LONGEST_NOTE = 1024; // the API's own bound
    private static final DateTimeFormatter MICRO_TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSSSSS'Z'").withZone(ZoneOffset.UTC);

    private final KubeApi api;
    private final String instance;
    private final InstantSource clock;
    private final Map<String, Instant> said =
            new LinkedHashMap<>() {
                private static final long serialVersionUID = 1L;

                @Override
                protected boolean removeEldestEntry(Map.Entry<String, Instant> eldest) {
                    return size() > MOST_REMEMBERED;
                }
            };
    private Instant windowBegan = Instant.EPOCH;
    private int inWindow;

    /** What an event is about. */
    record About(String apiVersion, String kind, String namespace, String name, String uid) {}

    /**
     * @param instance this replica's name
     */
    Journal(KubeApi api, String instance, InstantSource clock) {
        this.api = api;
        this.instance = instance;
        this.clock = clock;
    }

    void warning(About about, String reason, String note) {
        write("Warning", about, reason, note);
    }

    void normal(About about, String reason, String note) {
        write("Normal", about, reason, note);
    }

    private void write(String type, About about, String reason, String note) {
        Instant now = clock.instant();
        if (!due(about.kind() + about.namespace() + "/" + about.name() + reason + note, now)) {
            return;
        }
        Map<String, @Nullable Object> event = new LinkedHashMap<>();
        event.put("apiVersion", EVENTS.apiVersion());
        event.put("kind", "Event");
        event.put(
                "metadata",
                Map.of("generateName", "outrider-injector-", "namespace", about.namespace()));
        event.put("eventTime", MICRO_TIME.format(now));
        event.put("reportingController", "outrider.dev/injector");
        event.put("reportingInstance", instance);
        event.put("action", "Reconcile");
        event.put("reason", reason);
        event.put("type", type);
        event.put("note", note.length() <= LONGEST_NOTE ? note : note.substring(0, LONGEST_NOTE));
        event.put("regarding", regarding(about));
        try {
            api.create(EVENTS.in(about.namespace()), event);
        } catch (KubeException | IllegalArgumentException e) {
            LOG.debug("an event was not written: {}", e.getMessage());
        }
    }

    private static Map<String, @Nullable Object> regarding(About about) {
        Map<String, @Nullable Object> regarding = new LinkedHashMap<>();
        regarding.put("apiVersion", about.apiVersion());
        regarding.put("kind", about.kind());
        regarding.put("namespace", about.namespace());
        regarding.put("name", about.name());
        if (!about.uid().isEmpty()) {
            regarding.put("uid", about.uid());
        }
        return regarding;
    }

    private synchronized boolean due(String what, Instant now) {
        Instant before = said.get(what);
        if (before != null && now.isBefore(before.plus(AGAIN))) {
            return false;
        }
        if (!now.isBefore(windowBegan.plus(WINDOW))) {
            windowBegan = now;
            inWindow = 0;
        }
        if (inWindow >= MOST_IN_WINDOW) {
            return false;
        }
        inWindow++;
        said.remove(what); // so that it is the youngest again
        said.put(what, now);
        return true;
    }
}
