package dev.outrider.injector.capture;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

/** The text that the tools are fed, whole. */
final class RulesTest {
    private static final CapturePlan DEFAULTS =
            new CapturePlan(
                    15001,
                    15006,
                    new Owners(List.of(1337L), List.of()),
                    PortChoice.ALL,
                    PortChoice.ALL,
                    CidrSet.NONE,
                    CidrSet.NONE,
                    List.of());

    private static final CapturePlan ALL_OPTIONS =
            new CapturePlan(
                    16001,
                    16006,
                    new Owners(List.of(1337L, 1338L), List.of(2000L)),
                    new PortChoice(PortSet.parse("8080,9000-9010"), PortSet.parse("9005")),
                    new PortChoice(PortSet.NONE, PortSet.parse("3306,25")),
                    CidrSet.parse("10.0.0.0/8,fd00::/8"),
                    CidrSet.parse("10.9.0.0/16,fd00:9::/32"),
                    List.of("eth1"));

    @Test
    void theDefaultsInNftsSyntax() {
        assertThat(NftText.replacing(List.of(RuleSet.of(DEFAULTS, Family.IPV4))))
                .isEqualTo(
                        """
                        table ip outrider
                        delete table ip outrider
                        table ip outrider {
                        	chain inbound {
                        		tcp dport 15000 return
                        		tcp dport 15020-15021 return
                        		tcp dport 15090 return
                        		meta l4proto tcp redirect to :15006
                        	}
                        	chain outbound {
                        		meta l4proto tcp redirect to :15001
                        	}
                        	chain prerouting {
                        		type nat hook prerouting priority -100; policy accept;
                        		meta l4proto != tcp return
                        		tcp flags & (fin | syn | rst | ack) != syn return
                        		jump inbound
                        	}
                        	chain output {
                        		type nat hook output priority -100; policy accept;
                        		meta l4proto != tcp return
                        		tcp flags & (fin | syn | rst | ack) != syn return
                        		oifname "lo" ip daddr != 127.0.0.0/8 ip saddr != 127.0.0.6/32 meta skuid 1337 jump inbound
                        		meta skuid 1337 return
                        		oifname "lo" return
                        		jump outbound
                        	}
                        }
                        """);
    }

    @Test
    void theDefaultsInIptablesSyntax() {
        assertThat(
                        IptablesText.replacing(
                                RuleSet.of(DEFAULTS, Family.IPV6), IptablesContent.NOTHING))
                .isEqualTo(
                        """
                        *nat
                        :OUTRIDER_INBOUND - [0:0]
                        :OUTRIDER_OUTBOUND - [0:0]
                        :OUTRIDER_PREROUTING - [0:0]
                        :OUTRIDER_OUTPUT - [0:0]
                        -A OUTRIDER_INBOUND -p tcp --dport 15000 -j RETURN
                        -A OUTRIDER_INBOUND -p tcp --dport 15020:15021 -j RETURN
                        -A OUTRIDER_INBOUND -p tcp --dport 15090 -j RETURN
                        -A OUTRIDER_INBOUND -p tcp -j REDIRECT --to-ports 15006
                        -A OUTRIDER_OUTBOUND -p tcp -j REDIRECT --to-ports 15001
                        -A OUTRIDER_PREROUTING -p tcp -j OUTRIDER_INBOUND
                        -A OUTRIDER_OUTPUT -p tcp -o lo ! -d ::1/128 ! -s ::6/128 -m owner --uid-owner 1337 -j OUTRIDER_INBOUND
                        -A OUTRIDER_OUTPUT -p tcp -m owner --uid-owner 1337 -j RETURN
                        -A OUTRIDER_OUTPUT -p tcp -o lo -j RETURN
                        -A OUTRIDER_OUTPUT -p tcp -j OUTRIDER_OUTBOUND
                        -I PREROUTING 1 -p tcp --syn -j OUTRIDER_PREROUTING
                        -I OUTPUT 1 -p tcp --syn -j OUTRIDER_OUTPUT
                        COMMIT
                        """);
    }

    @Test
    void allOptionsInNftsSyntax() {
        assertThat(NftText.replacing(List.of(RuleSet.of(ALL_OPTIONS, Family.IPV6))))
                .contains(
                        """
                        	chain inbound {
                        		tcp dport 15000 return
                        		tcp dport 15020-15021 return
                        		tcp dport 15090 return
                        		tcp dport 9005 return
                        		tcp dport 8080 meta l4proto tcp redirect to :16006
                        		tcp dport 9000-9010 meta l4proto tcp redirect to :16006
                        	}
                        	chain outbound {
                        		tcp dport 25 return
                        		tcp dport 3306 return
                        		meta l4proto tcp redirect to :16001
                        	}
                        """)
                .contains("\t\tiifname \"eth1\" return\n\t\tjump inbound\n")
                .contains(
                        """
                        		oifname "lo" ip6 daddr != ::1/128 ip6 saddr != ::6/128 meta skuid 1337 jump inbound
                        		oifname "lo" ip6 daddr != ::1/128 ip6 saddr != ::6/128 meta skuid 1338 jump inbound
                        		oifname "lo" ip6 daddr != ::1/128 ip6 saddr != ::6/128 meta skgid 2000 jump inbound
                        		meta skuid 1337 return
                        		meta skuid 1338 return
                        		meta skgid 2000 return
                        		oifname "lo" return
                        		oifname "eth1" return
                        		ip6 daddr fd00:9::/32 return
                        		ip6 daddr fd00::/8 jump outbound
                        	}
                        """);
    }

    @Test
    void allOptionsInIptablesSyntax() {
        assertThat(
                        IptablesText.replacing(
                                RuleSet.of(ALL_OPTIONS, Family.IPV4), IptablesContent.NOTHING))
                .contains(
                        """
                        -A OUTRIDER_INBOUND -p tcp --dport 9005 -j RETURN
                        -A OUTRIDER_INBOUND -p tcp --dport 8080 -j REDIRECT --to-ports 16006
                        -A OUTRIDER_INBOUND -p tcp --dport 9000:9010 -j REDIRECT --to-ports 16006
                        -A OUTRIDER_OUTBOUND -p tcp --dport 25 -j RETURN
                        -A OUTRIDER_OUTBOUND -p tcp --dport 3306 -j RETURN
                        -A OUTRIDER_OUTBOUND -p tcp -j REDIRECT --to-ports 16001
                        -A OUTRIDER_PREROUTING -p tcp -i eth1 -j RETURN
                        -A OUTRIDER_PREROUTING -p tcp -j OUTRIDER_INBOUND
                        """)
                .contains(
                        """
                        -A OUTRIDER_OUTPUT -p tcp -m owner --gid-owner 2000 -j RETURN
                        -A OUTRIDER_OUTPUT -p tcp -o lo -j RETURN
                        -A OUTRIDER_OUTPUT -p tcp -o eth1 -j RETURN
                        -A OUTRIDER_OUTPUT -p tcp -d 10.9.0.0/16 -j RETURN
                        -A OUTRIDER_OUTPUT -p tcp -d 10.0.0.0/8 -j OUTRIDER_OUTBOUND
                        -I PREROUTING
                        """
                                .stripTrailing())
                .doesNotContain("fd00");
    }

    @Test
    void whatIsThereOfOursIsReplacedAndNothingElse() {
        IptablesContent present =
                IptablesContent.parse(
                        """
                        *filter
                        :OUTRIDER_OTHERS - [0:0]
                        -A INPUT -j OUTRIDER_OTHERS
                        COMMIT
                        *nat
                        :PREROUTING ACCEPT [0:0]
                        :OUTRIDER_OUTPUT - [0:0]
                        :OUTRIDER_OF_OLD - [0:0]
                        :DOCKER_OUTPUT - [0:0]
                        -A OUTPUT -d 127.0.0.11/32 -j DOCKER_OUTPUT
                        -A OUTPUT -p tcp -j OUTRIDER_OUTPUT
                        -A OUTRIDER_OUTPUT -j OUTRIDER_OF_OLD
                        COMMIT
                        """);

        String replacing = IptablesText.replacing(RuleSet.of(DEFAULTS, Family.IPV4), present);
        assertThat(replacing)
                .contains("-D OUTPUT -p tcp -j OUTRIDER_OUTPUT\n")
                .contains("-F OUTRIDER_OF_OLD\n-X OUTRIDER_OF_OLD\n")
                .doesNotContain("DOCKER", "OTHERS", "-X OUTRIDER_OUTPUT");
        assertThat(IptablesText.removing(present))
                .isEqualTo(
                        """
                        *nat
                        -D OUTPUT -p tcp -j OUTRIDER_OUTPUT
                        -F OUTRIDER_OUTPUT
                        -F OUTRIDER_OF_OLD
                        -X OUTRIDER_OUTPUT
                        -X OUTRIDER_OF_OLD
                        COMMIT
                        """);
    }

    @Test
    void thePlanSaysOfAnAddressWhatTheRulesDo() {
        assertThat(ALL_OPTIONS.capturesOutbound(Cidr.parse("10.1.2.3").base(), 80)).isTrue();
        assertThat(ALL_OPTIONS.capturesOutbound(Cidr.parse("10.9.2.3").base(), 80)).isFalse();
        assertThat(ALL_OPTIONS.capturesOutbound(Cidr.parse("11.1.2.3").base(), 80)).isFalse();
        assertThat(ALL_OPTIONS.capturesOutbound(Cidr.parse("10.1.2.3").base(), 25)).isFalse();
        assertThat(ALL_OPTIONS.capturesInbound(9005)).isFalse();
        assertThat(ALL_OPTIONS.capturesInbound(9004)).isTrue();
        assertThat(DEFAULTS.capturesInbound(15020)).isFalse();
    }

    @Test
    void theProbeFindsSomebodyWhoIsNotTheProxy() {
        Owners owners = new Owners(List.of(1337L, 65_534L), List.of(65_534L));

        assertThat(Identity.outside(owners, new Identity(1337, 65_534)))
                .isEqualTo(new Identity(65_533, 65_533));
        assertThat(Identity.outside(owners, new Identity(0, 0))).isEqualTo(new Identity(0, 0));
    }
}
