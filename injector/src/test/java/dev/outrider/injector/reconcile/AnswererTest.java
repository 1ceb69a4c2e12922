package dev.outrider.injector.reconcile;

import static dev.outrider.injector.reconcile.Shapes.pod;
import static dev.outrider.injector.reconcile.Shapes.service;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class AnswererTest {
    private static final String NOW = "0.1.0";
    private static final ServiceFacts WEB = facts("http");

    @Test
    void oneAccountBehindSidecarsAnswers() {
        assertThat(
                        of(
                                WEB,
                                pod("shop", "web", "a").sidecar(NOW),
                                pod("shop", "web", "b").sidecar("0.0.9")))
                .isEqualTo(new Answerer.One("web"));
    }

    @Test
    void aReadyPodWithoutASidecarMeansThatNobodyDoes() {
        assertThat(of(WEB, pod("shop", "web", "a").sidecar(NOW), pod("shop", "web", "b")))
                .isEqualTo(new Answerer.NoOne("pod web-5d7f8-b has no sidecar"));
    }

    @Test
    void oneStrangePodAmongManyIsSeenAsThat() {
        assertThat(
                        of(
                                WEB,
                                pod("shop", "web", "a").sidecar(NOW),
                                pod("shop", "web", "b"),
                                pod("shop", "web", "c").sidecar(NOW)))
                .isEqualTo(new Answerer.Most("web", "pod web-5d7f8-b has no sidecar"));
        assertThat(
                        of(
                                WEB,
                                pod("shop", "web", "a").sidecar(NOW),
                                pod("shop", "web", "b"),
                                pod("shop", "web", "c").sidecar(NOW).account("other")))
                .isInstanceOf(Answerer.NoOne.class);
    }

    @Test
    void twoAccountsAreNotOne() {
        assertThat(
                        of(
                                WEB,
                                pod("shop", "web", "a").sidecar(NOW),
                                pod("shop", "web", "b").sidecar(NOW).account("other")))
                .isInstanceOf(Answerer.NoOne.class);
    }

    @Test
    void aPodThatIsNotReadyYetKeepsItOpen() {
        assertThat(of(WEB, pod("shop", "web", "a").sidecar(NOW), pod("shop", "web", "b").unready()))
                .isInstanceOf(Answerer.Unsettled.class);
        assertThat(of(WEB, pod("shop", "web", "a").sidecar(NOW).unready()))
                .isInstanceOf(Answerer.Unsettled.class);
        assertThat(of(WEB)).isInstanceOf(Answerer.Unsettled.class);
    }

    @Test
    void podsThatEndedOrGoCountForNothing() {
        assertThat(
                        of(
                                WEB,
                                pod("shop", "web", "a").sidecar(NOW),
                                pod("shop", "web", "b").phase("Succeeded"),
                                pod("shop", "web", "c").terminating(),
                                pod("shop", "other", "d"),
                                pod("elsewhere", "web", "e")))
                .isEqualTo(new Answerer.One("web"));
    }

    @Test
    void aPortThatGoesPastTheSidecarIsNotAnsweredByIt() {
        Shapes.Pod past = pod("shop", "web", "a").sidecar(NOW).init("--exclude-inbound-ports=8080");
        Shapes.Pod only =
                pod("shop", "web", "a").sidecar(NOW).init("--include-inbound-ports", "9000-9100");
        for (ServiceFacts service : List.of(WEB, facts(8080))) {
            assertThat(of(service, past)).isInstanceOf(Answerer.NoOne.class);
            assertThat(of(service, only)).isInstanceOf(Answerer.NoOne.class);
        }
        assertThat(of(facts(9050), only)).isEqualTo(new Answerer.One("web"));
    }

    @Test
    void anAccountThatIsNoLabelsValueCannotBeSaid() {
        assertThat(of(WEB, pod("shop", "web", "a").sidecar(NOW).account("a".repeat(64))))
                .isInstanceOf(Answerer.NoOne.class);
    }

    private static ServiceFacts facts(Object target) {
        return ServiceFacts.of(ServiceFacts.trimmed(service("shop", "web", target, Map.of())));
    }

    private static Answerer of(ServiceFacts service, Shapes.Pod... pods) {
        return Answerer.of(
                service, Stream.of(pods).map(pod -> pod.facts(PodFacts.Wish.YES)).toList());
    }
}
