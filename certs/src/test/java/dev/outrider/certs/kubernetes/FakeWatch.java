package dev.outrider.certs.kubernetes;

import dev.outrider.certs.Json;
import dev.outrider.certs.kubernetes.FakeObjects.Change;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** One open watch, on the thread of its request. Its orders are given under the objects' lock. */
final class FakeWatch {
    private final FakeObjects objects;
    private final FakeObjects.Key collection;
    private final FakeSelection selection;
    private final boolean bookmarks;
    private final long endsAt;
    private long position;
    private int bookmarksDue;
    private String line = "";
    private Order order = Order.GO_ON;

    /** What the test wants of it. */
    enum Order {
        GO_ON,
        END,
        DROP
    }

    FakeWatch(FakeObjects objects, FakeRequest request, long position) {
        this.objects = objects;
        this.collection = request.key();
        this.selection = request.selection();
        this.bookmarks = request.query().getOrDefault("allowWatchBookmarks", "").equals("true");
        int seconds = Integer.parseInt(request.query().getOrDefault("timeoutSeconds", "1800"));
        this.endsAt = System.nanoTime() + seconds * 1_000_000_000L;
        this.position = position;
    }

    void order(Order given) {
        synchronized (objects) {
            order = given;
            objects.notifyAll();
        }
    }

    void bookmark() {
        synchronized (objects) {
            bookmarksDue++;
            objects.notifyAll();
        }
    }

    /** Any line at all. */
    void say(String raw) {
        synchronized (objects) {
            line = raw;
            objects.notifyAll();
        }
    }

    /**
     * @throws IOException to cut the connection
     */
    void run(OutputStream out) throws IOException, InterruptedException {
        while (true) {
            StringBuilder text = new StringBuilder();
            Order now;
            synchronized (objects) {
                while (order == Order.GO_ON && !collect(text)) {
                    long left = (endsAt - System.nanoTime()) / 1_000_000;
                    if (left <= 0) {
                        order = Order.END;
                    } else {
                        objects.wait(left);
                    }
                }
                now = order;
                if (now == Order.END && bookmarks) {
                    text.append(bookmarkEvent());
                }
            }
            out.write(text.toString().getBytes(StandardCharsets.UTF_8));
            out.flush();
            if (now == Order.DROP) {
                throw new IOException("dropped on purpose");
            }
            if (now == Order.END) {
                return;
            }
        }
    }

    /** True when there is something to say. Holds the lock. */
    private boolean collect(StringBuilder text) {
        if (position >= objects.beforeCompaction()) {
            position = Math.max(position, objects.forgotten());
        }
        List<Change> changes = objects.since(collection, position);
        if (changes == null) {
            text.append(
                    event("ERROR", FakeAnswer.status(410, "Expired", "too old resource version")));
            order = Order.END;
            return true;
        }
        for (Change change : changes) {
            position = change.version();
            text.append(event(change));
        }
        if (bookmarksDue > 0) {
            bookmarksDue = 0;
            position = objects.version();
            text.append(bookmarkEvent());
        }
        text.append(line);
        line = "";
        return !text.isEmpty();
    }

    /** An object that no longer matches has gone, for this watch; one that newly does has come. */
    private String event(Change change) {
        Map<String, @Nullable Object> before = change.before();
        Map<String, @Nullable Object> after = change.after();
        boolean had = before != null && selection.matches(before);
        boolean has = after != null && selection.matches(after);
        if (has && after != null) {
            return event(had ? "MODIFIED" : "ADDED", after);
        }
        if (!had || before == null) {
            return "";
        }
        Map<String, @Nullable Object> last = FakeObjects.copy(before);
        Map<String, @Nullable Object> metadata = Fields.map(last, "metadata");
        metadata.put("resourceVersion", Long.toString(change.version()));
        last.put("metadata", metadata);
        return event("DELETED", last);
    }

    private String bookmarkEvent() {
        return event(
                "BOOKMARK", Map.of("metadata", Map.of("resourceVersion", Long.toString(position))));
    }

    static String event(String type, Map<String, ?> object) {
        Map<String, Object> event = new LinkedHashMap<>();
        event.put("type", type);
        event.put("object", object);
        return Json.write(event) + "\n";
    }
}
