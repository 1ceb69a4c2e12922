package dev.outrider.injector.capture;

/** Consecutive TCP ports; one port is a range of itself. */
public record PortRange(int first, int last) {
    private static final int MOST = 65_535;

    public PortRange {
        if (first < 1 || last > MOST) {
            throw new IllegalArgumentException(
                    "port " + (first < 1 ? first : last) + " does not exist; they are 1 to 65535");
        }
        if (first > last) {
            throw new IllegalArgumentException(
                    "'%d-%d' runs backwards; write %d-%d".formatted(first, last, last, first));
        }
    }

    static PortRange of(int port) {
        return new PortRange(port, port);
    }

    static PortRange parse(String text) {
        if (!text.matches("[0-9]{1,5}(-[0-9]{1,5})?")) {
            throw new IllegalArgumentException(
                    "'" + text + "' is no port; write ports and ranges such as 22,8000-8100");
        }
        String[] ends = text.split("-", -1);
        return new PortRange(Integer.parseInt(ends[0]), Integer.parseInt(ends[ends.length - 1]));
    }

    boolean contains(int port) {
        return first <= port && port <= last;
    }

    /** Whether the two are one range together. */
    boolean touches(PortRange other) {
        return first <= other.last + 1 && other.first <= last + 1;
    }

    PortRange with(PortRange other) {
        return new PortRange(Math.min(first, other.first), Math.max(last, other.last));
    }
}
