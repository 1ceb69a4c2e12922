package dev.outrider.sidecar.redis;

import dev.outrider.sidecar.redis.RedisUnavailable.Reason;
import io.lettuce.core.RedisCommandExecutionException;
import io.lettuce.core.cluster.PartitionSelectorException;
import io.lettuce.core.cluster.UnknownPartitionException;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** What Lettuce's exceptions and Redis's error replies mean. */
final class Failures {
    /** The word that an error reply begins with. */
    private static final Map<String, Reason> REPLIES =
            Map.ofEntries(
                    Map.entry("OOM", Reason.FULL),
                    // It cannot write its snapshot, so it takes no writes.
                    Map.entry("MISCONF", Reason.FULL),
                    Map.entry("READONLY", Reason.READ_ONLY),
                    Map.entry("NOREPLICAS", Reason.READ_ONLY),
                    Map.entry("MASTERDOWN", Reason.READ_ONLY),
                    Map.entry("LOADING", Reason.LOADING),
                    Map.entry("BUSY", Reason.BUSY),
                    Map.entry("UNKILLABLE", Reason.BUSY),
                    Map.entry("MOVED", Reason.MOVED),
                    Map.entry("ASK", Reason.MOVED),
                    Map.entry("TRYAGAIN", Reason.MOVED),
                    Map.entry("CLUSTERDOWN", Reason.MOVED),
                    Map.entry("MISDIRECTED", Reason.MOVED),
                    Map.entry("NOAUTH", Reason.REFUSED),
                    Map.entry("WRONGPASS", Reason.REFUSED),
                    Map.entry("NOPERM", Reason.REFUSED));

    /** Redis before 7 puts the error of a command within a script behind words of its own. */
    private static final Pattern WITHIN =
            Pattern.compile("^ERR Error running script.*? -([A-Z]+) ");

    private static final int LONGEST = 200;

    private Failures() {}

    static RedisUnavailable of(Throwable thrown) {
        Throwable cause = thrown;
        while (cause instanceof CompletionException && cause.getCause() != null) {
            cause = cause.getCause();
        }
        if (cause instanceof RedisUnavailable known) {
            return known;
        }
        return new RedisUnavailable(reason(cause), shortened(innermost(cause)));
    }

    private static Reason reason(Throwable cause) {
        for (Throwable each = cause; each != null; each = each.getCause()) {
            if (each instanceof RedisCommandExecutionException reply) {
                return reply(String.valueOf(reply.getMessage()));
            }
            if (each instanceof PartitionSelectorException
                    || each instanceof UnknownPartitionException) {
                return Reason.MOVED;
            }
            if (each instanceof ClassCastException || each instanceof IllegalArgumentException) {
                return Reason.ERROR;
            }
        }
        return String.valueOf(cause.getMessage()).contains("size exceeded")
                ? Reason.QUEUE_FULL
                : Reason.DOWN;
    }

    static Reason reply(String message) {
        Matcher within = WITHIN.matcher(message);
        String word = within.find() ? within.group(1) : message.split(" ", 2)[0];
        return REPLIES.getOrDefault(word, Reason.ERROR);
    }

    private static String innermost(Throwable cause) {
        Throwable last = cause;
        while (last.getCause() != null) {
            last = last.getCause();
        }
        return last.getMessage() == null ? last.getClass().getSimpleName() : last.getMessage();
    }

    private static String shortened(String text) {
        return text.length() <= LONGEST ? text : text.substring(0, LONGEST);
    }
}
