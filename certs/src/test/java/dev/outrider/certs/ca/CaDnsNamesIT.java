package dev.outrider.certs.ca;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.outrider.certs.BootstrapProof;
import dev.outrider.certs.CaClient;
import dev.outrider.certs.KeyAlgorithm;
import dev.outrider.certs.SpiffeId;
import dev.outrider.certs.SvidVerifier;
import dev.outrider.certs.X509Svid;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** DNS names for those whom the operator lists, and for nobody else. */
class CaDnsNamesIT {
    private static final SpiffeId INJECTOR =
            SpiffeId.of("cluster.local", "outrider-system", "outrider-injector");
    private static final String NAME = "outrider-injector.outrider-system.svc";

    @TempDir Path temp;

    @Test
    void aListedIdentityGetsItsNamesBesideItsIdAndOthersGetNone() throws Exception {
        CaSettings plain = RunningCa.settings();
        CaSettings settings =
                new CaSettings(
                        plain.listen(),
                        plain.hosts(),
                        plain.svidTtl(),
                        plain.jwtTtl(),
                        plain.schedule(),
                        plain.perAddress(),
                        plain.perIdentity(),
                        DnsNames.parse(List.of("ns/outrider-system/sa/outrider-injector=" + NAME)),
                        plain.rootDistribution());
        try (RunningCa ca = new RunningCa(temp.resolve("ca"), settings);
                CaClient client = ca.client()) {
            X509Svid injector = fetch(ca, client, INJECTOR);
            X509Svid web = fetch(ca, client, RunningCa.WEB);

            assertThat(names(injector)).containsExactly(INJECTOR.toString(), NAME);
            assertThat(SvidVerifier.verify(injector.chain(), ca.bundle(), Instant.now()))
                    .isEqualTo(INJECTOR);
            assertThat(names(web)).containsExactly(RunningCa.WEB.toString());
            X509Svid renewed =
                    client.fetchSvid(
                            INJECTOR, KeyAlgorithm.EC_P256, new BootstrapProof.Current(injector));
            assertThat(names(renewed)).contains(NAME);
        }
    }

    @Test
    void whatIsNoIdentityOrNoNameIsRefusedWithTheFormThatIsRight() {
        for (String wrong :
                List.of(
                        NAME,
                        "ns/a/sa/b",
                        "ns/a/sa/b=",
                        "ns/a/sa/b=*.svc",
                        "ns/a/sa/b=10.0.0.1:80",
                        "sa/b=x.y",
                        "ns/../sa/b/../c=x.y")) {
            assertThatThrownBy(() -> DnsNames.parse(List.of(wrong)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("must be like");
        }
    }

    private static X509Svid fetch(RunningCa ca, CaClient client, SpiffeId id) throws Exception {
        return client.fetchSvid(id, KeyAlgorithm.EC_P256, new BootstrapProof.Token(ca.token(id)));
    }

    private static List<String> names(X509Svid svid) throws Exception {
        return svid.leaf().getSubjectAlternativeNames().stream()
                .map(name -> name.get(1).toString())
                .toList();
    }
}
