{{- /*
More pods under load, where `autoscaling` is enabled. By CPU, which the metrics server of every cluster measures; a backlog of
events is not among its metrics.
*/}}
{{- define "common.horizontalpodautoscaler" -}}
{{- with .values.autoscaling -}}
{{- if .enabled -}}
{{- if gt (int .minReplicas) (int .maxReplicas) }}
{{- fail (printf "autoscaling.minReplicas (%d) is above autoscaling.maxReplicas (%d)" (int .minReplicas) (int .maxReplicas)) }}
{{- end -}}
apiVersion: autoscaling/v2
kind: HorizontalPodAutoscaler
metadata:
  name: {{ $.name }}
  labels: {{- include "common.labels" $ | nindent 4 }}
spec:
  scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: {{ $.name }} }
  minReplicas: {{ int .minReplicas }}
  maxReplicas: {{ int .maxReplicas }}
  metrics:
    - type: Resource
      resource:
        name: cpu
        target: { type: Utilization, averageUtilization: {{ int .cpuPercent }} }
{{- end }}
{{- end }}
{{- end }}

{{- /* How many pods there are at least: before the autoscaler has decided, and for what depends on the number. */}}
{{- define "common.replicas" -}}
{{- $autoscaling := .values.autoscaling -}}
{{- ternary $autoscaling.minReplicas .values.replicas $autoscaling.enabled | int -}}
{{- end }}
