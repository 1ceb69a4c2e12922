package dev.outrider.examples.kubelet;

import dev.outrider.examples.net.Finished;
import dev.outrider.examples.net.NetHost;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;

/** A probe as the kubelet makes it: from its own machine, to the pod's address, in plain text. */
record KubeletProbe(Fields fields, ContainerSpec container) {
    private static final Duration LONGEST = Duration.ofSeconds(30);

    KubeletProbe {
        fields.noneBut(
                "a probe of " + container.name(),
                Set.of(
                        "httpGet",
                        "initialDelaySeconds",
                        "timeoutSeconds",
                        "periodSeconds",
                        "successThreshold",
                        "failureThreshold",
                        "terminationGracePeriodSeconds"));
        fields.at("httpGet").noneBut("httpGet", Set.of("path", "port", "scheme", "httpHeaders"));
    }

    boolean passes(NetHost node) throws IOException, InterruptedException {
        Fields get = fields.at("httpGet");
        List<String> command =
                new ArrayList<>(
                        List.of(
                                "curl",
                                "-s",
                                "-o",
                                "/dev/null",
                                "-w",
                                "%{http_code}",
                                "--noproxy",
                                "*"));
        // Longer than it says, since this machine may have more to do than a node.
        command.addAll(List.of("-m", Integer.toString(fields.number("timeoutSeconds", 1) + 4)));
        command.addAll(List.of("-A", "kube-probe/1.36"));
        for (Fields header : get.all("httpHeaders")) {
            command.addAll(
                    List.of("-H", header.required("name") + ": " + header.required("value")));
        }
        // As the kubelet: whoever answers over TLS may have any certificate.
        command.add("-k");
        command.add(
                "%s://%s:%d%s"
                        .formatted(
                                get.text("scheme").orElse("HTTP").toLowerCase(Locale.ROOT),
                                container.pod().address().getHostAddress(),
                                port(get.required("port")),
                                get.text("path").orElse("/")));
        Finished finished = node.run(LONGEST, command);
        int status = finished.code() == 0 ? Integer.parseInt(finished.output().strip()) : 0;
        return status >= 200 && status < 400;
    }

    private int port(String port) {
        if (port.matches("[0-9]+")) {
            return Integer.parseInt(port);
        }
        return container.fields().all("ports").stream()
                .filter(it -> it.text("name").filter(port::equals).isPresent())
                .findFirst()
                .map(it -> it.number("containerPort", 0))
                .orElseThrow(() ->
                        new IllegalArgumentException(
                                container.name() + " has no port named " + port));
    }
}
