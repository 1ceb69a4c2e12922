package dev.outrider.injector.pod;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A version of Kubernetes. */
public record ServerVersion(int major, int minor) {
    /** Also what clouds make of it: {@code v1.29.3-gke.1}, and {@code 29+} for the minor alone. */
    private static final Pattern WRITTEN = Pattern.compile("v?([0-9]{1,4})\\.([0-9]{1,4}).*");

    public static ServerVersion parse(String text) {
        Matcher written = WRITTEN.matcher(text);
        if (!written.matches()) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no version of Kubernetes; write it like 1.31");
        }
        return new ServerVersion(
                Integer.parseInt(written.group(1)), Integer.parseInt(written.group(2)));
    }

    /** Init containers that go on running: on by default from 1.29. */
    boolean hasNativeSidecars() {
        return major > 1 || minor >= 29;
    }

    /** Where somebody may have switched them on by their feature gate. */
    boolean mayHaveNativeSidecars() {
        return major > 1 || minor >= 28;
    }

    @Override
    public String toString() {
        return major + "." + minor;
    }
}
