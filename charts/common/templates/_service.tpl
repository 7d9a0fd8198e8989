{{- define "common.service" -}}
apiVersion: v1
kind: Service
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
  {{- with .values.service.annotations }}
  annotations:
    {{- range $key, $value := . }}
    {{ $key }}: {{ include "common.text" $value | quote }}
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
{{- end }}
