{{- /*
What the sidecar's secret store needs: to get the Secrets of its own components by their names, and nothing else. Without any
there is no Role: an empty list of names would mean all of them.
*/}}
{{- define "common.secretreader" -}}
{{- $names := list -}}
{{- range .values.dapr.secrets }}{{ $names = append $names .name }}{{ end -}}
{{- if and .values.dapr.enabled $names -}}
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
rules:
  - apiGroups: ['']
    resources: [secrets]
    resourceNames: [{{ $names | uniq | sortAlpha | join ", " }}]
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
