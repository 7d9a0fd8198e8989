{{- define "common.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
  {{- $tls := include "common.tlsServiceAnnotations" . }}
  {{- if or .values.service.annotations $tls }}
  annotations:
    {{- range $key, $value := .values.service.annotations }}
    {{ $key }}: {{ include "common.text" $value | quote }}
    {{- end }}
    {{- with $tls }}
    {{- . | nindent 4 }}
    {{- end }}
  {{- end }}
spec:
  type: {{ .values.service.type }}
  selector: {{- include "common.selectorLabels" . | nindent 4 }}
  ports:
    - name: http
      port: 80
      targetPort: http
      {{- with .values.service.nodePort }}
      nodePort: {{ include "common.text" . }}
      {{- end }}
    {{- if eq .values.tls.by "load-balancer" }}
    # TLS ends before it; port 80 stays, to redirect.
    - name: https
      port: 443
      targetPort: http
    {{- end }}
{{- end }}
