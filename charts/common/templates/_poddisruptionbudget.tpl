{{- /* Only with more than one replica: with one, it would keep a node from ever being drained. */}}
{{- define "common.poddisruptionbudget" -}}
{{- if gt (int (include "common.replicas" .)) 1 -}}
apiVersion: policy/v1
kind: PodDisruptionBudget
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  maxUnavailable: 1
  selector:
    matchLabels: {{- include "common.selectorLabels" . | nindent 6 }}
{{- end }}
{{- end }}
