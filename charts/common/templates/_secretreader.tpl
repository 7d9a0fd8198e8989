{{- /* What the sidecar's secret store needs: to get one Secret by its name, and nothing else. */}}
{{- define "common.secretreader" -}}
{{- if .values.dapr.enabled -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
rules:
  - apiGroups: ['']
    resources: [secrets]
    resourceNames: [{{ .values.secretName }}]
    verbs: [get]
---
apiVersion: rbac.authorization.k8s.io/v1
kind: RoleBinding
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
roleRef:
  apiGroup: rbac.authorization.k8s.io
  kind: Role
  name: {{ .name }}
subjects:
  - kind: ServiceAccount
    name: {{ .name }}
{{- end }}
{{- end }}
