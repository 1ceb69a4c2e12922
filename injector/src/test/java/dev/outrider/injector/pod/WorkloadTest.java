package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.Json;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class WorkloadTest {
    @ParameterizedTest
    @CsvSource({
        "ReplicaSet,web-6b7c9d5f8,6b7c9d5f8,Deployment,web",
        "ReplicaSet,web-6b7c9d5f8,other,ReplicaSet,web-6b7c9d5f8",
        "StatefulSet,ledger,,StatefulSet,ledger",
        "DaemonSet,agent,,DaemonSet,agent",
        "Job,report,,Job,report",
        "Job,nightly-29384751,,CronJob,nightly"
    })
    void isTheWorkloadThatItsAuthorWrote(
            String kind, String name, String hash, String ownerKind, String ownerName) {
        String labels = hash == null ? "{}" : "{\"pod-template-hash\":\"" + hash + "\"}";

        assertThat(
                        Workload.of(
                                Json.object(
                                        """
                                        {"metadata": {"labels": %s, "ownerReferences": [
                                            {"kind": "Other", "name": "x"},
                                            {"kind": "%s", "name": "%s", "controller": true}]}}
                                        """
                                                .formatted(labels, kind, name))))
                .isEqualTo(new Owner(ownerKind, ownerName));
    }

    @Test
    void aBarePodIsItsOwn() {
        assertThat(Workload.of(Json.object("{\"metadata\": {\"name\": \"debug\"}}")))
                .isEqualTo(new Owner("Pod", "debug"));
        assertThat(Workload.of(Json.object("{\"metadata\": {\"generateName\": \"debug-\"}}")))
                .isEqualTo(new Owner("Pod", "debug"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"{}", "{\"metadata\": 1}", "{\"metadata\": {\"ownerReferences\": [1]}}"})
    void whatIsMalformedHasNoName(String pod) {
        assertThat(Workload.of(Json.object(pod))).isEqualTo(new Owner("Pod", ""));
    }

    @ParameterizedTest
    @CsvSource({"1.29,true", "v1.29.3-gke.1,true", "1.28+,false", "1.9,false", "2.0,true"})
    void nativeSidecarsCameWith129(String version, boolean there) {
        assertThat(ServerVersion.parse(version).hasNativeSidecars()).isEqualTo(there);
    }

    @Test
    void noVersionIsGuessed() {
        assertThatThrownBy(() -> ServerVersion.parse("latest"))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("1.31");
    }
}
