package dev.outrider.injector.capture;

import java.util.List;

/** Who the proxy is: the user and group ids whose own connections are left alone. */
record Owners(List<Long> uids, List<Long> gids) {
    /** The kernel keeps the last one for "none". */
    private static final long MOST = 0xFFFF_FFFEL;

    Owners {
        uids = uids.stream().distinct().toList();
        gids = gids.stream().distinct().toList();
        if (uids.isEmpty()) {
            throw new IllegalArgumentException(
                    "--proxy-uid is empty; without it the proxy's own connections would come back"
                            + " to it, so name the uid the proxy runs as");
        }
    }

    static List<Long> parse(String text) {
        return Lists.split(text).map(Owners::id).toList();
    }

    private static long id(String text) {
        if (!text.matches("[0-9]{1,10}") || Long.parseLong(text) > MOST) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no user or group id; write numbers such as 1337");
        }
        long id = Long.parseLong(text);
        if (id == 0) {
            throw new IllegalArgumentException(
                    "'0' is root: everything that runs as root would escape capture; run the"
                            + " proxy under an id of its own, such as 1337");
        }
        return id;
    }
}
