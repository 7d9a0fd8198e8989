{{- /* The labels that select a part's pods. They never change: a Deployment's selector can't. */}}
{{- define "common.selectorLabels" -}}
app.kubernetes.io/name: {{ .name }}
app.kubernetes.io/part-of: todo
{{- end }}

{{- /* The labels of every object of a part. */}}
{{- define "common.labels" -}}
{{ include "common.selectorLabels" . }}
app.kubernetes.io/instance: {{ .release.Name }}
app.kubernetes.io/managed-by: {{ .release.Service }}
app.kubernetes.io/version: {{ include "common.version" . | quote }}
{{- end }}

{{- /*
The version a release has, as a label may say it: at most 63 characters, a letter or digit at each end.
Without a tag it is the digest's first 12 digits.
*/}}
{{- define "common.version" -}}
{{- $image := .values.image -}}
{{- $tag := include "common.imageTag" (dict "image" $image "key" "image") -}}
{{- if and $image.digest (not $tag) -}}
{{- include "common.podVersion" . -}}
{{- else -}}
{{- $tag | trunc 63 | trimAll "._-" -}}
{{- end -}}
{{- end }}

{{- /*
The version on pods. By digest where there is one: the same image under another tag would be another pod otherwise.
*/}}
{{- define "common.podVersion" -}}
{{- with .values.image.digest -}}
{{- . | trimPrefix "sha256:" | trunc 12 -}}
{{- else -}}
{{- include "common.version" . -}}
{{- end -}}
{{- end }}
