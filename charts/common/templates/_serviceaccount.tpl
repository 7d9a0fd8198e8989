{{- /* An identity of its own for each part. Its token is mounted nowhere but in the sidecar. */}}
{{- define "common.serviceaccount" -}}
apiVersion: v1
kind: ServiceAccount
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
automountServiceAccountToken: false
{{- end }}
