package dev.outrider.sidecar.discover;

import io.netty.channel.ChannelFuture;
import io.netty.handler.codec.dns.DnsQuestion;
import io.netty.handler.codec.dns.DnsResponseCode;
import io.netty.resolver.dns.DnsNameResolverException;
import io.netty.resolver.dns.DnsQueryLifecycleObserver;
import io.netty.resolver.dns.DnsQueryLifecycleObserverFactory;
import java.net.InetSocketAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * Learns which questions of a look-up were answered: the resolver itself tells how the last one
 * ended. Confined to the resolver's loop.
 */
final class LastWords implements DnsQueryLifecycleObserverFactory {
    private final Set<String> asked = new HashSet<>();
    private final Set<String> answered = new HashSet<>();

    /** One question to one name server after the other. */
    private final class Question implements DnsQueryLifecycleObserver {
        private final String text;

        /** A server has it, and has said nothing yet. */
        private boolean open;

        Question(DnsQuestion question) {
            this.text = question.name() + ' ' + question.type();
        }

        @Override
        public void queryWritten(InetSocketAddress server, ChannelFuture future) {
            open = true;
            asked.add(text);
        }

        @Override
        public void queryCancelled(int queriesRemaining) {
            open = false;
        }

        @Override
        public DnsQueryLifecycleObserver queryRedirected(List<InetSocketAddress> servers) {
            return this;
        }

        @Override
        public DnsQueryLifecycleObserver queryCNAMEd(DnsQuestion alias) {
            answered.add(text);
            return new Question(alias);
        }

        /** Neither that there is such a name nor that there is none. */
        @Override
        public DnsQueryLifecycleObserver queryNoAnswer(DnsResponseCode code) {
            open = false;
            return this;
        }

        /**
         * Also said of "no such name", and of "no such record", and once more when no server is
         * left to be asked.
         */
        @Override
        public void queryFailed(Throwable cause) {
            if (open && !(cause instanceof DnsNameResolverException)) {
                answered.add(text);
            }
            open = false;
        }

        @Override
        public void querySucceed() {
            answered.add(text);
        }
    }

    @Override
    public DnsQueryLifecycleObserver newDnsQueryLifecycleObserver(DnsQuestion question) {
        return new Question(question);
    }

    /** Whether each question so far has an answer, be it that there is nothing. */
    boolean definite() {
        return !asked.isEmpty() && answered.containsAll(asked);
    }
}
