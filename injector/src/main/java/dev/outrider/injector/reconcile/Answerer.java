package dev.outrider.injector.reconcile;

import static java.util.stream.Collectors.counting;

import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Who answers for a Service, as its pods show it. Pure. */
sealed interface Answerer {
    /** All of them are in the mesh under one service account, those too that are not ready yet. */
    record One(String serviceAccount) implements Answerer {}

    /** A pod that answers calls is not in the mesh, or there are two accounts. */
    record NoOne(String why) implements Answerer {}

    /** More than half of those that answer are as in {@link One}; the others are why it is not. */
    record Most(String serviceAccount, String why) implements Answerer {}

    /** Nothing can be said: no pod answers, or one is about to that would change it. */
    record Unsettled(String why) implements Answerer {}

    /** What a label's value may be. */
    Pattern LABEL_VALUE = Pattern.compile("[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

    static Answerer of(ServiceFacts service, Collection<PodFacts> pods) {
        List<PodFacts> members =
                pods.stream().filter(PodFacts::alive).filter(service::selects).toList();
        List<PodFacts> answering =
                members.stream().filter(pod -> pod.ready() || service.publishesUnready()).toList();
        if (answering.isEmpty()) {
            return new Unsettled("no pod is ready");
        }
        Optional<String> fault = fault(service, answering);
        if (fault.isPresent()) {
            return most(service, answering)
                    .<Answerer>map(account -> new Most(account, fault.get()))
                    .orElseGet(() -> new NoOne(fault.get()));
        }
        return fault(service, members)
                .<Answerer>map(Unsettled::new)
                .orElseGet(() -> new One(answering.getFirst().serviceAccount()));
    }

    private static Optional<String> most(ServiceFacts service, List<PodFacts> answering) {
        Map<String, Long> good =
                answering.stream()
                        .filter(pod -> fault(service, List.of(pod)).isEmpty())
                        .collect(Collectors.groupingBy(PodFacts::serviceAccount, counting()));
        return good.entrySet().stream()
                .filter(each -> each.getValue() * 2 > answering.size())
                .map(Map.Entry::getKey)
                .findFirst();
    }

    /** Why these are not one account's, all captured. */
    private static Optional<String> fault(ServiceFacts service, List<PodFacts> pods) {
        String account = pods.getFirst().serviceAccount();
        if (!LABEL_VALUE.matcher(account).matches()) {
            return Optional.of("the name of service account " + account + " is no label's value");
        }
        for (PodFacts pod : pods) {
            if (pod.sidecar().isEmpty()) {
                return Optional.of("pod " + pod.name() + " has no sidecar");
            }
            if (!pod.serviceAccount().equals(account)) {
                return Optional.of(
                        "its pods have the service accounts "
                                + account
                                + " and "
                                + pod.serviceAccount());
            }
            for (String target : service.targets()) {
                if (!captured(pod, target)) {
                    return Optional.of(
                            "port " + target + " of pod " + pod.name() + " goes past its sidecar");
                }
            }
        }
        return Optional.empty();
    }

    /** A name that no container has is no port at all: nobody is called there. */
    private static boolean captured(PodFacts pod, String target) {
        Integer number =
                target.matches("[0-9]{1,5}")
                        ? Integer.valueOf(target)
                        : pod.portNames().get(target);
        return number == null || pod.inbound().map(ports -> ports.lead(number)).orElse(false);
    }
}
