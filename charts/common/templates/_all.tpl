{{- /*
Everything a part of the system has. Call it with the chart's root context.
The shared values (values.yaml beside this folder) lie under the chart's own ones; both stay as they
were parsed, because a detour through YAML would turn 1048576 into 1.048576e+06.
*/}}
{{- define "common.all" -}}
{{- $values := mergeOverwrite (deepCopy (.Values.common | default dict)) (omit (deepCopy .Values) "common" "global") -}}
{{- $part := dict "name" .Chart.Name "chart" .Chart "release" .Release "values" $values -}}
{{- range list "serviceaccount" "secretreader" "configmap" "service" "deployment" "horizontalpodautoscaler" "poddisruptionbudget" "networkpolicy" "ingress" "certificate" "podmonitor" }}
{{- $manifest := include (printf "common.%s" .) $part | trim }}
{{- if $manifest }}
---
{{ $manifest }}
{{- end }}
{{- end }}
{{- end }}
