package dev.outrider.sidecar.http.h2;

/** The last few stream ids of a kind, for frames that come when the stream is gone. */
final class RecentIds {
    private static final int REMEMBERED = 256;

    private final int[] ids = new int[REMEMBERED];
    private int next;

    void add(int id) {
        ids[next++ & REMEMBERED - 1] = id;
    }

    boolean contains(int id) {
        for (int each : ids) {
            if (each == id) {
                return true;
            }
        }
        return false;
    }
}
