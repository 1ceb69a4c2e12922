package dev.outrider.examples.training;

import dev.outrider.examples.training.TrainingFiles.Workload;
import io.netty.channel.EventLoopGroup;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * A sidecar has what a busy pod has: both directions and both versions of HTTP at once. Its
 * companion calls it while it calls the companion.
 */
record SidecarLesson(TrainingFiles files) implements Lesson {
    /** Enough for every method of the path to be compiled by the last tier, several times over. */
    private static final int CALLS = 40_000;

    /** Rounds of what goes wrong, beside them. */
    private static final int MISHAPS = 150;

    private static final TrainingRequest GET =
            TrainingRequest.get("/orders/7?verbose=1", Map.of(), 200);
    private static final TrainingRequest GRPC =
            TrainingRequest.grpc("/shop.Orders/Get", Map.of(), 200);

    @Override
    public String configuration() {
        return files.sidecar(Workload.TRAINED);
    }

    @Override
    public List<TrainingCalls> calls(EventLoopGroup loops) throws InterruptedException {
        List<TrainingCalls> all = new ArrayList<>();
        for (Workload caller : Workload.values()) {
            TrainingCalls http1 = new TrainingCalls(loops, outbound(caller), List.of(GET), CALLS);
            http1.overHttp1(8);
            TrainingCalls http2 =
                    new TrainingCalls(loops, outbound(caller), List.of(GET, GRPC), CALLS / 2);
            http2.overHttp2(8);
            all.add(http1);
            all.add(http2);
        }
        return all;
    }

    @Override
    public List<TrainingMishaps> mishaps() {
        List<TrainingMishaps> all = new ArrayList<>();
        for (Workload caller : Workload.values()) {
            all.add(new TrainingMishaps(outbound(caller), "", Map.of(), MISHAPS));
        }
        return all;
    }

    private TrainingDoor outbound(Workload caller) {
        return TrainingDoor.plain(
                caller.other().service(), files.ports().of(caller.service() + " outbound"));
    }
}
