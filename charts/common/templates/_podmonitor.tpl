{{- /* How Prometheus' operator finds a part's metrics: the app's, the sidecar's (daprd names the port) and the component's. */}}
{{- define "common.podmonitor" -}}
{{- $observability := .values.observability -}}
{{- if and $observability.enabled $observability.operator -}}
{{- $ports := list "metrics" -}}
{{- if .values.dapr.enabled }}{{ $ports = append $ports "dapr-metrics" }}{{ end -}}
{{- if and .values.dapr.enabled (eq .values.pubsub.type "postgresql") }}{{ $ports = append $ports "component" }}{{ end -}}
apiVersion: monitoring.coreos.com/v1
kind: PodMonitor
metadata:
  name: {{ .name }}
  labels:
    {{- include "common.labels" . | nindent 4 }}
    {{- with $observability.operatorLabels }}
    {{- toYaml . | nindent 4 }}
    {{- end }}
spec:
  # `up{job="todo"}`, as the alert rules expect.
  jobLabel: app.kubernetes.io/part-of
  selector:
    matchLabels: {{- include "common.selectorLabels" . | nindent 6 }}
  podMetricsEndpoints:
    {{- range $ports }}
    - port: {{ . }}
      relabelings:
        - sourceLabels: [__meta_kubernetes_pod_label_app_kubernetes_io_name]
          targetLabel: part
    {{- end }}
{{- end }}
{{- end }}
