package dev.outrider.examples.training;

import dev.outrider.examples.process.Ports;
import java.nio.file.Path;

/**
 * The two workloads of the training mesh and the configurations of their sidecars. Whatever proxy
 * is trained has the first one's identity and ports.
 */
record TrainingFiles(Path directory, Ports ports) {
    enum Workload {
        TRAINED,
        COMPANION;

        String service() {
            return this == TRAINED ? "trained" : "companion";
        }

        Workload other() {
            return this == TRAINED ? COMPANION : TRAINED;
        }

        String id() {
            return "spiffe://cluster.local/ns/training/sa/" + service();
        }
    }

    Path token(Workload workload) {
        return directory.resolve(workload.service() + ".token");
    }

    Path authority() {
        return directory.resolve("ca");
    }

    /** Where the bundle of the authority's roots is. */
    Path bundle() {
        return authority().resolve("bundle.pem");
    }

    /** What a sidecar in a cluster has: an identity from the authority, tokens, rules, retries. */
    String sidecar(Workload workload) {
        Workload other = workload.other();
        return """
        profile: sidecar
        name: %1$s
        namespace: training
        identity:
          trustDomain: cluster.local
          id: %2$s
          ca: {address: "https://127.0.0.1:%3$d", bundle: %4$s, token: %5$s}
        inbound:
          listen: 127.0.0.1:%6$d
          app: 127.0.0.1:%7$d
          jwt: {audience: [%1$s]}
          access:
            - allow: {from: ["%8$s"], methods: [GET, POST]}
        outbound:
          listen: 127.0.0.1:%9$d
          services:
            %10$s:
              hosts: [%10$s]
              endpoints: {static: ["127.0.0.1:%11$d"]}
              identity: %8$s
              audience: %10$s
              timeout: 15s
              retry: {attempts: 2, backoff: {base: 25ms, max: 250ms}}
              # A starved build machine is no reason to train on refusals.
              pool: {connectTimeout: 30s}
              breaker: {failureRate: 90%%}
        accessLog: {output: %12$s}
        tracing: {sampling: 0%%}
        admin: {listen: "127.0.0.1:%13$d"}
        runtime: {spread: 0s, drain: 1s}
        """
                .formatted(
                        workload.service(),
                        workload.id(),
                        ports.of("ca"),
                        bundle(),
                        token(workload),
                        ports.of(workload.service() + " inbound"),
                        ports.of("app"),
                        other.id(),
                        ports.of(workload.service() + " outbound"),
                        other.service(),
                        ports.of(other.service() + " inbound"),
                        directory.resolve(workload.service() + ".access"),
                        ports.of(workload.service() + " admin"));
    }
}
