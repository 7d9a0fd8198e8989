{{- /*
Who may reach a part, and whom it may reach; all else is refused. Ports are the pods' own, as they are
after a Service's address was translated.
*/}}
{{- define "common.networkpolicy" -}}
{{- $policy := .values.networkPolicy -}}
{{- if $policy.enabled -}}
apiVersion: networking.k8s.io/v1
kind: NetworkPolicy
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  podSelector:
    matchLabels: {{- include "common.selectorLabels" . | nindent 6 }}
  policyTypes: [Ingress, Egress]
  ingress:
    {{- if $policy.fromAnywhere }}
    - ports: [{ port: http }]
    {{- else if $policy.from }}
    - from:
        {{- range $policy.from }}
        - podSelector: { matchLabels: { app.kubernetes.io/name: {{ . }} } }
        {{- end }}
      ports: [{ port: http }]
    {{- end }}
    {{- if .values.observability.enabled }}
    # Prometheus: the app's metrics, the sidecar's and the component's.
    - from:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .values.observability.prometheusNamespace }} } }
      ports:
        - port: {{ include "common.text" .values.observability.metricsPort }}
        {{- if .values.dapr.enabled }}
        - port: 9090
        {{- if eq .values.pubsub.type "postgresql" }}
        - port: 8081
        {{- end }}
        {{- end }}
    {{- end }}
    {{- if .values.dapr.enabled }}
    # The other sidecars' calls, encrypted and with the caller's identity.
    - from:
        - podSelector: { matchLabels: { app.kubernetes.io/part-of: todo } }
      ports: [{ port: 50002 }]
    {{- if eq .values.pubsub.type "postgresql" }}
    # A publisher's component calls a subscriber's whose listening connection is dead (UDP, any free port).
    - from:
        - podSelector: { matchLabels: { app.kubernetes.io/part-of: todo } }
      ports: [{ protocol: UDP }]
    {{- end }}
    {{- end }}
  egress:
    - ports: [{ port: 53, protocol: UDP }, { port: 53, protocol: TCP }]
    {{- if $policy.databasePod }}
    # The database, which runs beside it.
    - to:
        - podSelector: { matchLabels: { app.kubernetes.io/name: {{ $policy.databasePod }} } }
      ports: [{ port: {{ include "common.text" $policy.databasePort }} }]
    {{- else }}
    # The database, outside: a policy takes no names.
    - ports: [{ port: {{ include "common.text" $policy.databasePort }} }]
    {{- end }}
    {{- range $policy.to }}
    - to:
        - podSelector: { matchLabels: { app.kubernetes.io/name: {{ .name }} } }
      ports: [{ port: {{ include "common.text" .port }} }]
    {{- end }}
    {{- with $policy.egressPorts }}
    # What people and operators name: mail servers, providers, webhooks.
    - ports:
        {{- range . }}
        - port: {{ include "common.text" . }}
        {{- end }}
      {{- with $policy.egressExcept }}
      to:
        - ipBlock: { cidr: 0.0.0.0/0, except: [{{ join ", " . }}] }
      {{- end }}
    {{- end }}
    {{- with .values.observability.otlpEndpoint }}
    # The collector, wherever it runs.
    - ports: [{ port: {{ regexFind "[0-9]+$" . }} }]
    {{- end }}
    {{- if .values.dapr.enabled }}
    # Dapr's control plane and the other sidecars.
    - to:
        - namespaceSelector: { matchLabels: { kubernetes.io/metadata.name: {{ .values.dapr.namespace }} } }
    - to:
        - podSelector: { matchLabels: { app.kubernetes.io/part-of: todo } }
      ports: [{ port: 50002 }]
    {{- if .values.dapr.secrets }}
    # The cluster's API, from which the sidecar reads its components' Secrets.
    - ports: [{ port: 443 }, { port: 6443 }]
    {{- end }}
    {{- if eq .values.pubsub.type "postgresql" }}
    - to:
        - podSelector: { matchLabels: { app.kubernetes.io/part-of: todo } }
      ports: [{ protocol: UDP }]
    {{- end }}
    {{- if eq .values.pubsub.type "kafka" }}
    - to:
        - podSelector: { matchLabels: { app.kubernetes.io/name: redpanda } }
      ports: [{ port: 9092 }]
    {{- end }}
    {{- end }}
{{- end }}
{{- end }}
