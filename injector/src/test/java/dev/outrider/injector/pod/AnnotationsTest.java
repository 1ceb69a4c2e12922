package dev.outrider.injector.pod;

import static org.assertj.core.api.Assertions.assertThat;

import dev.outrider.injector.patch.JsonPatch;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is said of annotations that cannot be followed. */
final class AnnotationsTest {
    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            textBlock =
                    """
                    outrider.dev/skip-outbound-ports=70000     | the annotation outrider.dev/skip-outbound-ports: '70000': port 70000 does not exist
                    outrider.dev/skip-outbound-ports=80-70     | runs backwards; write 70-80
                    outrider.dev/skip-outbound-ports=http      | 'http' is no port
                    outrider.dev/skip-inbound-ports=http       | no container has a port named 'http'; write its number
                    outrider.dev/skip-subnets=10.0.0.1/8       | bits set beyond its prefix; write 10.0.0.0/8
                    outrider.dev/skip-interfaces=e;rm          | is no network interface
                    outrider.dev/include-outbound-ports=       | write ports, all or none
                    outrider.dev/include-subnets=              | write ranges of addresses, all or none
                    outrider.dev/mtls=off                      | write permissive, strict
                    outrider.dev/log-level=loud                | write debug, error, info, off, trace, warn
                    outrider.dev/access-log=/etc/passwd        | write off, stdout
                    outrider.dev/trace-sampling=101%           | write a percentage such as 1%
                    outrider.dev/drain=soon                    | write a duration such as 25s
                    outrider.dev/rewrite-probes=maybe          | write true or false
                    outrider.dev/native-sidecar=maybe          | write true or false
                    outrider.dev/image=a b                     | write an image such as
                    outrider.dev/cpu-request=many              | write an amount such as 100m
                    outrider.dev/protocols=8080                | write ports and what they speak
                    outrider.dev/protocols=8080=quic           | write ports and what they speak
                    outrider.dev/protocols=1-9=http            | write one port before each =
                    outrider.dev/protocols=80=http,80=tcp      | port 80 stands there twice
                    outrider.dev/opaque-ports=1-1000           | has 1000 ports; 100 are allowed
                    outrider.dev/config=[1]                    | keys with values are expected here
                    outrider.dev/config=just text              | keys with values are expected here
                    outrider.dev/inject=perhaps                | write true or false
                    sidecar.istio.io/proxyCPU=many             | the annotation sidecar.istio.io/proxyCPU: 'many'
                    config.linkerd.io/skip-inbound-ports=x,,y  | the annotation config.linkerd.io/skip-inbound-ports
                    outrider.dev/cpu-request=3 & outrider.dev/cpu-limit=1 | cpu-request asks for 3, and the annotation outrider.dev/cpu-limit allows 1
                    outrider.dev/protocols=80=http & outrider.dev/opaque-ports=80 | port 80 is http in the annotation outrider.dev/protocols and opaque in
                    traffic.sidecar.istio.io/includeInboundPorts=80 & outrider.dev/skip-inbound-ports=80 | the annotation traffic.sidecar.istio.io/includeInboundPorts and the annotation outrider.dev/skip-inbound-ports both have port 80
                    """)
    void saysWhichOneIsWrongAndWhatToWrite(String annotations, String message) {
        PodRequest plain = Shape.named("job").request();
        Map<String, @Nullable Object> pod = Shape.object(JsonPatch.copy(plain.pod()));
        Map<String, @Nullable Object> texts = Fields.of();
        for (String annotation : annotations.split(" & ", -1)) {
            int equals = annotation.indexOf('=');
            texts.put(annotation.substring(0, equals), annotation.substring(equals + 1));
        }
        Shape.object(pod.get("metadata")).put("annotations", texts);
        PodRequest request = Others.with(plain, pod);

        assertThat(new PodInjector(InjectionConfig.DEFAULTS).inject(request))
                .isInstanceOfSatisfying(
                        Injection.Refused.class,
                        refused -> assertThat(refused.message()).contains(message));
    }
}
