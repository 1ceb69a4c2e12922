{{/* The image of everything of Outrider's own: repository, tag or digest. */}}
{{- define "outrider.image" -}}
{{- $image := .Values.image -}}
{{- $image.repository }}{{ if $image.digest }}@{{ $image.digest }}{{ else }}:{{ $image.tag | default .Chart.AppVersion }}{{ end }}
{{- end -}}

{{/* Labels of an object: (dict "root" $ "component" "ca"). */}}
{{- define "outrider.labels" -}}
{{ include "outrider.selector" . }}
app.kubernetes.io/part-of: outrider
app.kubernetes.io/version: {{ .root.Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .root.Release.Service }}
helm.sh/chart: {{ printf "%s-%s" .root.Chart.Name .root.Chart.Version }}
{{- end -}}

{{/* Labels that select the pods of a component; they never change, since selectors cannot. */}}
{{- define "outrider.selector" -}}
app.kubernetes.io/name: outrider-{{ .component }}
app.kubernetes.io/component: {{ .component }}
{{- end -}}

{{/* Of a container: what Pod Security's `restricted` asks for, and a file system that cannot be written. */}}
{{- define "outrider.containerSecurity" -}}
allowPrivilegeEscalation: false
readOnlyRootFilesystem: true
capabilities:
  drop: [ALL]
{{- end -}}

{{/* Of a pod: no root, and the runtime's own filter of system calls. */}}
{{- define "outrider.podSecurity" -}}
runAsNonRoot: true
runAsUser: {{ . }}
runAsGroup: {{ . }}
fsGroup: {{ . }}
seccompProfile:
  type: RuntimeDefault
{{- end -}}

{{/* A file, and what the values lay over it: (dict "base" TEXT "over" MAP "file" NAME). */}}
{{- define "outrider.laidOver" -}}
{{- if .over -}}
{{- $base := fromYaml .base -}}
{{- if hasKey $base "Error" }}{{ fail (printf "%s cannot be made: %s" .file $base.Error) }}{{ end -}}
{{- toYaml (mergeOverwrite $base (deepCopy .over)) -}}
{{- else -}}
{{- .base -}}
{{- end -}}
{{- end -}}

{{/* What is the same in every pod spec of Outrider's own: (dict "root" $ "values" .Values.ca). */}}
{{- define "outrider.podCommon" -}}
{{- with .root.Values.image.pullSecrets -}}
imagePullSecrets:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.priorityClassName }}
priorityClassName: {{ . }}
{{- end }}
{{- with .values.nodeSelector }}
nodeSelector:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- with .values.tolerations }}
tolerations:
  {{- toYaml . | nindent 2 }}
{{- end }}
{{- end -}}

{{/* Replicas apart from each other: (dict "component" "ca" "values" .Values.ca). */}}
{{- define "outrider.spread" -}}
{{- $selector := include "outrider.selector" . -}}
affinity:
  podAntiAffinity:
    {{- if eq .values.antiAffinity "required" }}
    requiredDuringSchedulingIgnoredDuringExecution:
      - topologyKey: kubernetes.io/hostname
        labelSelector:
          matchLabels:
            {{- $selector | nindent 12 }}
    {{- else }}
    preferredDuringSchedulingIgnoredDuringExecution:
      - weight: 100
        podAffinityTerm:
          topologyKey: kubernetes.io/hostname
          labelSelector:
            matchLabels:
              {{- $selector | nindent 14 }}
    {{- end }}
topologySpreadConstraints:
  - maxSkew: 1
    topologyKey: topology.kubernetes.io/zone
    whenUnsatisfiable: ScheduleAnyway
    labelSelector:
      matchLabels:
        {{- $selector | nindent 8 }}
{{- end -}}

{{/* The authority's address, as sidecars and edges call it. */}}
{{- define "outrider.caAddress" -}}
{{- .Values.mesh.ca.address | default (printf "https://outrider-ca.%s.svc:8443" .Release.Namespace) -}}
{{- end -}}

{{/* The namespace of the edge and of its Redis. */}}
{{- define "outrider.edgeNamespace" -}}
{{- .Values.edge.namespace.name | default .Release.Namespace -}}
{{- end -}}

{{/* Where Outrider's own Redis is. */}}
{{- define "outrider.redisAddress" -}}
{{- printf "outrider-redis.%s.svc:6379" (include "outrider.edgeNamespace" .) -}}
{{- end -}}

{{/* Where spans are posted (Zipkin's API, version 2), or nothing. */}}
{{- define "outrider.zipkin" -}}
{{- if and .Values.tracing.collector.enabled .Values.tracing.zipkin.enabled -}}
{{- fail "tracing.collector.enabled and tracing.zipkin.enabled exclude each other: both stand behind the Service outrider-tracing" -}}
{{- end -}}
{{- if .Values.tracing.endpoint -}}
{{- .Values.tracing.endpoint -}}
{{- else if or .Values.tracing.collector.enabled .Values.tracing.zipkin.enabled -}}
{{- printf "http://outrider-tracing.%s.svc:9411/api/v2/spans" .Release.Namespace -}}
{{- end -}}
{{- end -}}

{{/* A rule of egress for name look-ups. */}}
{{- define "outrider.egressDns" -}}
- to:
    - namespaceSelector:
        {{- toYaml .Values.networkPolicy.dns.namespaceSelector | nindent 8 }}
      podSelector:
        {{- toYaml .Values.networkPolicy.dns.podSelector | nindent 8 }}
    {{- range .Values.networkPolicy.dns.cidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    - {protocol: UDP, port: 53}
    - {protocol: TCP, port: 53}
{{- end -}}

{{/* A rule of egress to the API server, which is no pod: only addresses name it. */}}
{{- define "outrider.egressApiServer" -}}
- to:
    {{- range .Values.networkPolicy.apiServer.cidrs }}
    - ipBlock: {cidr: {{ . | quote }}}
    {{- end }}
  ports:
    {{- range .Values.networkPolicy.apiServer.ports }}
    - {protocol: TCP, port: {{ . }}}
    {{- end }}
{{- end -}}

{{/* A rule of ingress for Prometheus: (dict "root" $ "port" 9443). */}}
{{- define "outrider.ingressMonitoring" -}}
- from:
    - namespaceSelector:
        {{- toYaml .root.Values.networkPolicy.monitoring.namespaceSelector | nindent 8 }}
  ports:
    - {protocol: TCP, port: {{ .port }}}
{{- end -}}

{{/* A rule of egress to whatever takes spans here. */}}
{{- define "outrider.egressTracing" -}}
- to:
    - namespaceSelector:
        matchLabels:
          kubernetes.io/metadata.name: {{ .Release.Namespace }}
      podSelector:
        matchLabels:
          outrider.dev/takes: spans
  ports:
    - {protocol: TCP, port: 9411}
{{- end -}}
