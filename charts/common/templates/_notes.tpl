{{- define "common.notes" -}}
{{ .Chart.Name }} {{ .Chart.Description | lower }}

See it:       kubectl --namespace {{ .Release.Namespace }} get pods --selector app.kubernetes.io/name={{ .Chart.Name }}
Its log:      kubectl --namespace {{ .Release.Namespace }} logs deploy/{{ .Chart.Name }} --container app
Is it ready:  kubectl --namespace {{ .Release.Namespace }} exec deploy/{{ .Chart.Name }} --container app -- node -e "fetch('http://127.0.0.1:{{ .Values.port | default .Values.common.port | int }}/readyz').then(async r => console.log(r.status, await r.text()))"
{{- end }}
