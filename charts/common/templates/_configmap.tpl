{{- /*
A value of `env` as text, as it was written: 1048576 and not 1.048576e+06, false and not "".
Nothing for null and '': the variable is left out and the program's default counts.
*/}}
{{- define "common.text" -}}
{{- if kindIs "float64" . -}}
{{- if eq (floor .) . }}{{ printf "%.0f" . }}{{ else }}{{ printf "%v" . }}{{ end -}}
{{- else if not (kindIs "invalid" .) -}}
{{- toString . -}}
{{- end -}}
{{- end }}

{{- /* The container's environment: what is in `env`, and for each secret the path of its file. */}}
{{- define "common.environment" -}}
{{- $environment := dict "PORT" (include "common.text" .values.port) "SHUTDOWN_DELAY_MS" (include "common.text" .values.shutdownDelayMs) -}}
{{- if or .values.networkPolicy.fromAnywhere .values.networkPolicy.from }}
{{- /* The names by which other pods call it, in each of their forms. */}}
{{- $service := printf "%s.%s.svc" .name .release.Namespace }}
{{- $hosts := concat (list .name (trimSuffix ".svc" $service) $service (printf "%s.cluster.local" $service)) .values.allowedHosts }}
{{- $_ := set $environment "ALLOWED_HOSTS" (join "," $hosts) }}
{{- end }}
{{- if .values.observability.enabled }}{{ $_ := set $environment "METRICS_PORT" (include "common.text" .values.observability.metricsPort) }}{{ end }}
{{- with .values.observability.otlpEndpoint }}{{ $_ := set $environment "OTEL_EXPORTER_OTLP_ENDPOINT" . }}{{ end }}
{{- range $name, $value := .values.env }}
{{- $text := include "common.text" $value }}
{{- if ne $text "" }}{{ $_ := set $environment $name $text }}{{ end }}
{{- end }}
{{- /* What ends TLS is a proxy: none can't be right. */}}
{{- if and .values.tls.by (eq (get $environment "TRUSTED_PROXIES") "0") }}{{ $_ := set $environment "TRUSTED_PROXIES" "1" }}{{ end }}
{{- range $name, $key := .values.secretEnv }}
{{- $_ := set $environment (printf "%s_FILE" $name) (printf "/secrets/%s" $key) }}
{{- end }}
{{- toYaml $environment }}
{{- end }}

{{- define "common.configmap" -}}
apiVersion: v1
kind: ConfigMap
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
data: {{- include "common.environment" . | nindent 2 }}
{{- end }}
