{{/* What every sidecar is told, before mesh.config of the values is laid over it. */}}
{{- define "outrider.meshConfig" -}}
name: ${OUTRIDER_WORKLOAD}
namespace: ${OUTRIDER_NAMESPACE}
identity:
  trustDomain: {{ .Values.mesh.trustDomain }}
  id: spiffe://{{ .Values.mesh.trustDomain }}/ns/${OUTRIDER_NAMESPACE}/sa/${OUTRIDER_SERVICE_ACCOUNT}
  ca:
    address: {{ include "outrider.caAddress" . }}
    bundle: /etc/outrider/trust/bundle.pem
    token: /var/run/secrets/outrider/token
    cache: /tmp/identity
inbound:
  listen: 0.0.0.0:15006
  mtls: {{ .Values.mesh.mtls }}
outbound:
  listen: 0.0.0.0:15001
  capture: true
  unknown: {{ .Values.mesh.unknown }}
  # Services of the cluster by their names, without a list of them.
  kubernetes:
    clusterDomain: {{ .Values.mesh.clusterDomain }}
{{- with include "outrider.zipkin" . }}
tracing:
  zipkin: {{ . }}
  sampling: {{ $.Values.tracing.sampling }}
{{- end }}
{{- end -}}
