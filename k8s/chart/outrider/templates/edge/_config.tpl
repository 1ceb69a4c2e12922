{{/* What every edge is told, before edge.config of the values is laid over it. */}}
{{- define "outrider.edgeConfig" -}}
profile: edge
name: outrider-edge
namespace: ${OUTRIDER_NAMESPACE}
identity:
  trustDomain: {{ .Values.mesh.trustDomain }}
  id: spiffe://{{ .Values.mesh.trustDomain }}/ns/${OUTRIDER_NAMESPACE}/sa/${OUTRIDER_SERVICE_ACCOUNT}
  ca:
    address: {{ include "outrider.caAddress" . }}
    bundle: /etc/outrider/trust/bundle.pem
    token: /var/run/secrets/outrider/token
    cache: /tmp/identity
edge:
  kubernetes:
    clusterDomain: {{ .Values.mesh.clusterDomain }}
  {{- if .Values.edge.tls.secretName }}
  https:
    listen: 0.0.0.0:8443
    tls:
      certificates:
        - {certificate: /etc/outrider/tls/tls.crt, key: /etc/outrider/tls/tls.key}
  {{- end }}
  http:
    listen: 0.0.0.0:8080
    {{- if not .Values.edge.tls.secretName }}
    redirect: false
    {{- end }}
  {{- $redis := .Values.edge.redis.addresses }}
  {{- if and .Values.redis.enabled (not $redis) }}{{ $redis = list (include "outrider.redisAddress" .) }}{{ end }}
  {{- with $redis }}
  redis:
    addresses: {{ toJson . }}
    user: {{ $.Values.edge.redis.user }}
    passwordFile: /var/run/secrets/outrider-redis/password
  {{- end }}
# Beyond loopback this port gives health and metrics only.
admin:
  listen: 0.0.0.0:15000
# One clock from SIGTERM on: served for `spread` while the balancer learns of it, gone after `drain`;
# terminationGracePeriodSeconds is 5 s more.
runtime:
  spread: {{ .Values.edge.drain.spreadSeconds }}s
  drain: {{ .Values.edge.drain.seconds }}s
{{- with include "outrider.zipkin" . }}
tracing:
  zipkin: {{ . }}
  sampling: {{ $.Values.tracing.sampling }}
{{- end }}
{{- end -}}
