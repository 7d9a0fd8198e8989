{{- /*
What the pod's annotations tell Dapr's injector. The sidecar is a native one (an init container that
keeps running): it starts after the component and stops after the app, so what the app still has in
hand when it is told to stop can be published.
*/}}
{{- define "common.daprAnnotations" -}}
{{- $dapr := .values.dapr -}}
{{- $mounts := list "sidecar-token:/var/run/secrets/kubernetes.io/serviceaccount" -}}
dapr.io/enabled: "true"
dapr.io/app-id: {{ .name }}
dapr.io/app-port: {{ include "common.text" .values.port | quote }}
dapr.io/config: {{ $dapr.configuration }}
dapr.io/log-level: {{ $dapr.logLevel }}
dapr.io/log-as-json: "true"
dapr.io/enable-native-sidecar: "true"
dapr.io/sidecar-seccomp-profile-type: RuntimeDefault
# The default, -1, waits for ever for a handler that hangs.
dapr.io/graceful-shutdown-seconds: "20"
# Secrets by reference: the value stands neither in the pod's description nor in its arguments.
dapr.io/env-from-secret: DAPR_API_TOKEN={{ .values.secretName }}:dapr-api-token,APP_API_TOKEN={{ .values.secretName }}:app-api-token
{{- with .values.observability.otlpEndpoint }}
# It takes the scheme off the endpoint, and uses gRPC over TLS by default.
dapr.io/env: OTEL_EXPORTER_OTLP_ENDPOINT={{ . }},OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf,OTEL_EXPORTER_OTLP_INSECURE={{ hasPrefix "http:" . }},OTEL_SERVICE_NAME={{ $.name }}-daprd
{{- end }}
dapr.io/disable-builtin-k8s-secret-store: "true"
dapr.io/volume-mounts: {{ join "," $mounts }}
{{- if eq .values.pubsub.type "postgresql" }}
dapr.io/volume-mounts-rw: "component-socket:/tmp/dapr-components-sockets"
{{- end }}
# As patient as the app's own probe.
dapr.io/sidecar-liveness-probe-delay-seconds: "30"
dapr.io/sidecar-liveness-probe-timeout-seconds: "10"
dapr.io/sidecar-liveness-probe-threshold: "6"
# By default first after 3 s, then every 6: a pod would wait that long for nothing at every roll-out.
dapr.io/sidecar-readiness-probe-delay-seconds: "1"
dapr.io/sidecar-readiness-probe-period-seconds: "2"
dapr.io/sidecar-readiness-probe-timeout-seconds: "5"
{{- range $kind := list "requests" "limits" }}
{{- range $resource, $quantity := index $dapr.resources $kind }}
dapr.io/sidecar-{{ $resource }}-{{ trimSuffix "s" $kind }}: {{ include "common.text" $quantity | quote }}
{{- end }}
{{- end }}
{{- with $dapr.manifestsChecksum }}
checksum/dapr: {{ . }}
{{- end }}
{{- end }}

{{- /*
The pub/sub component: an init container that keeps running, which the sidecar waits for, because it
looks for sockets only once, when it starts.
*/}}
{{- define "common.component" -}}
- name: pubsub-postgresql
  image: {{ include "common.imageReference" (dict "image" .values.pubsub.image "key" "pubsub.image") }}
  {{- with .values.pubsub.image.pullPolicy }}
  imagePullPolicy: {{ . }}
  {{- end }}
  restartPolicy: Always
  env:
    - name: DAPR_COMPONENTS_SOCKETS_FOLDER
      value: /tmp/dapr-components-sockets
    - name: DAPR_HTTP_PORT
      value: "3500"
    - name: DAPR_API_TOKEN_FILE
      value: /secrets/dapr-api-token
    - name: HEALTH_PORT
      value: "8081"
    {{- with .values.observability.otlpEndpoint }}
    - name: OTEL_EXPORTER_OTLP_ENDPOINT
      value: {{ . | quote }}
    - name: OTEL_SERVICE_NAME
      value: {{ $.name }}-pubsub
    {{- with get $.values.env "OTEL_METRICS_EXPORTER" }}
    - name: OTEL_METRICS_EXPORTER
      value: {{ . | quote }}
    {{- end }}
    {{- end }}
  ports:
    - name: component
      containerPort: 8081
  # Ready when its socket is there: only then does Kubernetes start the sidecar.
  startupProbe:
    httpGet: { path: /readyz, port: component }
    periodSeconds: 1
    timeoutSeconds: 3
    failureThreshold: 60
  # One that hangs is ended at once: its sidecar can't be told otherwise.
  livenessProbe:
    httpGet: { path: /health, port: component }
    periodSeconds: 10
    timeoutSeconds: 10
    failureThreshold: 4
    terminationGracePeriodSeconds: 5
  resources: {{- toYaml .values.pubsub.resources | nindent 4 }}
  securityContext: {{- include "common.containerSecurity" . | nindent 4 }}
  volumeMounts:
    - name: component-socket
      mountPath: /tmp/dapr-components-sockets
    - name: component-secrets
      mountPath: /secrets
      readOnly: true
{{- end }}
