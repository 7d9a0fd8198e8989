{{- define "pubsub.labels" -}}
app.kubernetes.io/name: pubsub-postgresql
app.kubernetes.io/instance: {{ .Release.Name }}
app.kubernetes.io/version: {{ .Chart.AppVersion | quote }}
app.kubernetes.io/managed-by: {{ .Release.Service }}
helm.sh/chart: {{ .Chart.Name }}-{{ .Chart.Version }}
{{- end }}

{{- define "pubsub.image" -}}
{{- $repository := required "image.repository: name the image, e.g. registry.example.com/pubsub-postgresql" .Values.image.repository -}}
{{- if .Values.image.digest -}}
{{ $repository }}@{{ .Values.image.digest }}
{{- else -}}
{{ $repository }}:{{ required "image.tag or image.digest: say which version" (.Values.image.tag | toString | default nil) }}
{{- end -}}
{{- end }}

{{- /* The Secret that holds the connection strings. */}}
{{- define "pubsub.secret" -}}
{{- if .Values.database.existingSecret -}}
{{ .Values.database.existingSecret }}
{{- else -}}
{{- $_ := required "database: give existingSecret, or connectionString" .Values.database.connectionString -}}
{{ .Release.Name }}-connection
{{- end -}}
{{- end }}

{{- define "pubsub.connectionStringKey" -}}
{{ ternary .Values.database.connectionStringKey "connectionString" (ne .Values.database.existingSecret "") }}
{{- end }}

{{- /* Empty: there is none, and connectionString is direct. */}}
{{- define "pubsub.directConnectionStringKey" -}}
{{- if .Values.database.existingSecret -}}
{{ .Values.database.directConnectionStringKey }}
{{- else if .Values.database.directConnectionString -}}
directConnectionString
{{- end -}}
{{- end }}

{{- /* Cluster-wide objects: one set for each release. */}}
{{- define "pubsub.clusterName" -}}
{{ .Release.Name }}.{{ .Release.Namespace }}.pubsub-postgresql
{{- end }}

{{- /* MutatingAdmissionPolicy is v1 since 1.36; before that a beta that a cluster must have switched on. */}}
{{- define "pubsub.policyVersion" -}}
{{- if semverCompare ">=1.36.0-0" .Capabilities.KubeVersion.Version -}}
admissionregistration.k8s.io/v1
{{- else if .Capabilities.APIVersions.Has "admissionregistration.k8s.io/v1beta1/MutatingAdmissionPolicy" -}}
admissionregistration.k8s.io/v1beta1
{{- else -}}
{{- fail "injection: this cluster has no MutatingAdmissionPolicy (v1 since Kubernetes 1.36). Set injection.enabled=false, and patch your Deployments: see 'Older clusters' in the chart's README" -}}
{{- end -}}
{{- end }}
