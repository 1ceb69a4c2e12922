{{/* What both entries of the webhook share. */}}
{{- define "outrider.webhookCommon" -}}
matchPolicy: Equivalent
# Asked again when a later webhook has changed the pod; the injector leaves a pod that has its sidecar as it is.
reinvocationPolicy: IfNeeded
sideEffects: None
timeoutSeconds: {{ .Values.injector.webhook.timeoutSeconds }}
admissionReviewVersions: [v1]
rules:
  - apiGroups: [""]
    apiVersions: [v1]
    operations: [CREATE]
    resources: [pods]
    scope: Namespaced
clientConfig:
  service:
    name: outrider-injector
    namespace: {{ .Release.Namespace }}
    path: /inject
    port: 443
{{- end -}}

{{/* What is injected, before injector.config of the values is laid over it. */}}
{{- define "outrider.injectorConfig" -}}
image: {{ include "outrider.image" . }}
imagePullPolicy: {{ .Values.image.pullPolicy }}
controlPlane: {{ .Release.Namespace }}
excludedNamespaces: {{ toJson .Values.injector.excludedNamespaces }}
trustDomain: {{ .Values.mesh.trustDomain }}
ca: {{ include "outrider.caAddress" . }}
nativeSidecar: {{ .Values.sidecar.native | quote }}
resources:
  {{- toYaml .Values.sidecar.resources | nindent 2 }}
{{- end -}}
