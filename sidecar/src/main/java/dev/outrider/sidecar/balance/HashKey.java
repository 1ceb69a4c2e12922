package dev.outrider.sidecar.balance;

import dev.outrider.sidecar.http.RequestHead;
import java.util.Locale;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/** Computes a request's place on the hash ring; immutable. */
public final class HashKey {
    private final HashConfig.By by;
    private final String name;

    public HashKey(HashConfig config) {
        this.by = config.by();
        this.name =
                config.by() == HashConfig.By.HEADER
                        ? config.name().toLowerCase(Locale.ROOT)
                        : config.name();
    }

    /** A request without the key goes anywhere. */
    public long of(RequestHead request, String sourceAddress, RandomGenerator random) {
        String key =
                switch (by) {
                    case HEADER -> request.headers().get(name);
                    case COOKIE -> cookie(request);
                    case SOURCE -> sourceAddress;
                };
        return key == null ? random.nextLong() : hash(key, 0);
    }

    /** For a connection without requests, whatever the configuration says: it has nothing else. */
    public static long ofSource(String sourceAddress) {
        return hash(sourceAddress, 0);
    }

    private @Nullable String cookie(RequestHead request) {
        for (String field : request.headers().all("cookie")) {
            for (String pair : field.split(";", -1)) {
                String text = pair.strip();
                if (text.length() > name.length()
                        && text.startsWith(name)
                        && text.charAt(name.length()) == '=') {
                    return text.substring(name.length() + 1);
                }
            }
        }
        return null;
    }

    /**
     * FNV-1a, then MurmurHash3's finalizer, since FNV alone leaves similar texts near each other.
     */
    static long hash(String text, int salt) {
        long hash = 0xcbf29ce484222325L ^ salt;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * 0x100000001b3L;
        }
        hash = (hash ^ hash >>> 33) * 0xff51afd7ed558ccdL;
        hash = (hash ^ hash >>> 33) * 0xc4ceb9fe1a85ec53L;
        return hash ^ hash >>> 33;
    }
}
