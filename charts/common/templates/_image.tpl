{{- /*
The tag exactly as it was written. A tag of digits that was not quoted has become a number by now:
whole ones (--set) are still exact, the others (a values file) may have lost digits, so they are refused.
Takes { image, key: where it stands in the values }.
*/}}
{{- define "common.imageTag" -}}
{{- $tag := .image.tag -}}
{{- if kindIs "string" $tag -}}
{{- $tag -}}
{{- else if kindIs "int64" $tag -}}
{{- printf "%d" $tag -}}
{{- else if not (kindIs "invalid" $tag) -}}
{{- fail (printf "%s.tag: %v is not a string: quote it in the values file, or use --set-string %s.tag=…" .key $tag .key) -}}
{{- end -}}
{{- end }}

{{- /* The image's full reference, by digest where there is one. Takes { image, key }. */}}
{{- define "common.imageReference" -}}
{{- $repository := required (printf "%s.repository: required, such as registry.example/todo/backend" .key) .image.repository -}}
{{- $tag := include "common.imageTag" . -}}
{{- if .image.digest -}}
{{- printf "%s@%s" $repository .image.digest -}}
{{- else -}}
{{- printf "%s:%s" $repository (required (printf "%s.tag: required unless %s.digest is given" .key .key) $tag) -}}
{{- end -}}
{{- end }}
