package dev.outrider.examples.training;

import dev.outrider.certs.ca.AuthorityDirectory;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.util.List;

/** What one kind of proxy is taught: how it is set up, and what traffic it carries. */
sealed interface Lesson permits SidecarLesson, EdgeLesson {
    /** The configuration of the proxy that is trained. */
    String configuration();

    /** Starts callers on the loops. */
    List<TrainingCalls> calls(EventLoopGroup loops) throws InterruptedException;

    /** What goes wrong beside the calls. */
    List<TrainingMishaps> mishaps();

    /** Makes the lesson once the mesh's authority is there. */
    @FunctionalInterface
    interface Preparation {
        Lesson prepare(TrainingFiles files, AuthorityDirectory authority, EventLoopGroup loops)
                throws IOException, InterruptedException;
    }
}
