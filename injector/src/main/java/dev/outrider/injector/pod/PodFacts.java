package dev.outrider.injector.pod;

import java.util.List;

/**
 * What of a pod decides how its proxy is run.
 *
 * @param workload whose pod it is
 * @param gracePeriod seconds from the end's beginning to the kill
 * @param ends whether its containers come to an end by themselves, as a Job's do
 * @param apps number of its own containers
 * @param hasResources whether the pod as a whole has a budget
 */
record PodFacts(String workload, long gracePeriod, boolean ends, int apps, boolean hasResources) {
    /** Kubernetes' default. */
    private static final long GRACE_PERIOD = 30;

    /** From the proxy's end to the kill. */
    private static final long MARGIN = 3;

    private static final long LONGEST_SPREAD = 5;

    static PodFacts of(Node spec, String workload, List<AppContainer> apps) throws Unfit {
        long grace = spec.number("terminationGracePeriodSeconds").orElse(GRACE_PERIOD);
        String restart = spec.text("restartPolicy").orElse("Always");
        return new PodFacts(
                workload,
                grace,
                !restart.equals("Always"),
                (int) apps.stream().filter(app -> !app.init()).count(),
                spec.find("resources").map(own -> !own.fields().isEmpty()).orElse(false));
    }

    /** All the time there is, less a margin. */
    long drain() {
        return Math.max(1, gracePeriod - MARGIN);
    }

    /** A native sidecar ends when its app has: there is nobody left to serve. */
    long spread(boolean nativeSidecar) {
        return nativeSidecar ? 0 : Math.min(drain(), Math.min(LONGEST_SPREAD, gracePeriod / 5));
    }
}
