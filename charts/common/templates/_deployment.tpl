{{- /* What the restricted Pod Security level asks of each container, and a root that can't be written. */}}
{{- define "common.containerSecurity" -}}
allowPrivilegeEscalation: false
capabilities: { drop: [ALL] }
readOnlyRootFilesystem: true
{{- end }}

{{- /*
Changes when a value that the pod reads from a Secret does, and with no other key: files that are mounted change under a running
program, but it reads them, and a sidecar its environment and its components' secrets, only when it starts. One hash of all
values: each pod reads a long random token among them, so none of the others can be guessed from it. Where there is no cluster
to ask (helm template) it is left out.
*/}}
{{- define "common.secretChecksum" -}}
{{- $keys := list -}}
{{- range $key := values .values.secretEnv }}{{ $keys = append $keys (printf "%s/%s" $.values.secretName $key) }}{{ end -}}
{{- if .values.dapr.enabled }}
{{- range $key := list "dapr-api-token" "app-api-token" }}{{ $keys = append $keys (printf "%s/%s" $.values.secretName $key) }}{{ end -}}
{{- range .values.dapr.secrets }}{{ $keys = append $keys (printf "%s/%s" .name .key) }}{{ end -}}
{{- end }}
{{- $found := dict -}}
{{- $text := "" -}}
{{- range $path := $keys | uniq | sortAlpha }}
{{- $name := dir $path }}
{{- if not (hasKey $found $name) }}
{{- $_ := set $found $name (dig "data" dict (lookup "v1" "Secret" $.release.Namespace $name)) }}
{{- end }}
{{- with get (get $found $name) (base $path) }}{{ $text = printf "%s%s=%s\n" $text $path . }}{{ end }}
{{- end }}
{{- with $text }}{{ sha256sum . | trunc 16 }}{{ end -}}
{{- end }}

{{- /* The HorizontalPodAutoscaler that decides how many pods there are; '' for none. */}}
{{- define "common.autoscaler" -}}
{{- range (lookup "autoscaling/v2" "HorizontalPodAutoscaler" .release.Namespace "").items }}
{{- if and (eq .spec.scaleTargetRef.kind "Deployment") (eq .spec.scaleTargetRef.name $.name) }}{{ .metadata.name }}{{ end }}
{{- end }}
{{- end }}

{{- define "common.deployment" -}}
{{- $values := .values -}}
{{- $component := and $values.dapr.enabled (eq $values.pubsub.type "postgresql") -}}
apiVersion: apps/v1
kind: Deployment
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  {{- if not (include "common.autoscaler" .) }}
  replicas: {{ include "common.replicas" . }}
  {{- end }}
  # Said, so that `kubectl rollout pause` does not block the next release.
  paused: false
  revisionHistoryLimit: 3
  progressDeadlineSeconds: {{ int $values.progressDeadlineSeconds }}
  # The old pod serves until the new one is ready.
  strategy:
    type: RollingUpdate
    rollingUpdate: { maxUnavailable: 0, maxSurge: 1 }
  selector:
    matchLabels: {{- include "common.selectorLabels" . | nindent 6 }}
  template:
    metadata:
      labels:
        {{- include "common.selectorLabels" . | nindent 8 }}
        app.kubernetes.io/version: {{ include "common.podVersion" . | quote }}
      annotations:
        kubectl.kubernetes.io/default-container: app
        checksum/config: {{ include "common.environment" . | sha256sum | trunc 16 }}
        {{- with include "common.secretChecksum" . }}
        checksum/secret: {{ . }}
        {{- end }}
        {{- if $values.dapr.enabled }}
        {{- include "common.daprAnnotations" . | nindent 8 }}
        {{- end }}
        {{- if and $values.observability.enabled (not $values.observability.operator) }}
        prometheus.io/scrape: "true"
        prometheus.io/port: {{ include "common.text" $values.observability.metricsPort | quote }}
        prometheus.io/path: /metrics
        {{- end }}
        {{- range $key, $value := $values.podAnnotations }}
        {{ $key }}: {{ include "common.text" $value | quote }}
        {{- end }}
    spec:
      serviceAccountName: {{ .name }}
      automountServiceAccountToken: false
      enableServiceLinks: false
      terminationGracePeriodSeconds: {{ int $values.terminationGracePeriodSeconds }}
      {{- with $values.imagePullSecrets }}
      imagePullSecrets:
        {{- range . }}
        - name: {{ . }}
        {{- end }}
      {{- end }}
      # One user for app, sidecar and component: they share a socket and mounted files.
      securityContext:
        runAsNonRoot: true
        runAsUser: 65532
        runAsGroup: 65532
        fsGroup: 65532
        fsGroupChangePolicy: OnRootMismatch
        seccompProfile: { type: RuntimeDefault }
      topologySpreadConstraints:
        - maxSkew: 1
          topologyKey: kubernetes.io/hostname
          whenUnsatisfiable: ScheduleAnyway
          labelSelector:
            matchLabels: {{- include "common.selectorLabels" . | nindent 14 }}
      {{- with $values.nodeSelector }}
      nodeSelector: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- with $values.tolerations }}
      tolerations: {{- toYaml . | nindent 8 }}
      {{- end }}
      {{- if $component }}
      initContainers: {{- include "common.component" . | nindent 8 }}
      {{- end }}
      containers:
        - name: app
          image: {{ include "common.imageReference" (dict "image" $values.image "key" "image") }}
          {{- with $values.image.pullPolicy }}
          imagePullPolicy: {{ . }}
          {{- end }}
          ports:
            - name: http
              containerPort: {{ int $values.port }}
            {{- if $values.observability.enabled }}
            - name: metrics
              containerPort: {{ int $values.observability.metricsPort }}
            {{- end }}
          envFrom:
            - configMapRef: { name: {{ .name }} }
          startupProbe:
            httpGet: { path: /health, port: http }
            {{- toYaml $values.probes.startup | nindent 12 }}
          livenessProbe:
            httpGet: { path: /health, port: http }
            {{- toYaml $values.probes.liveness | nindent 12 }}
          readinessProbe:
            httpGet: { path: /readyz, port: http }
            {{- toYaml $values.probes.readiness | nindent 12 }}
          resources: {{- toYaml $values.resources | nindent 12 }}
          securityContext: {{- include "common.containerSecurity" . | nindent 12 }}
          volumeMounts:
            - name: tmp
              mountPath: /tmp
            {{- range $index, $path := $values.writablePaths }}
            - name: writable-{{ $index }}
              mountPath: {{ $path }}
            {{- end }}
            {{- if $values.secretEnv }}
            - name: secrets
              mountPath: /secrets
              readOnly: true
            {{- end }}
      volumes:
        - name: tmp
          emptyDir: { sizeLimit: 64Mi }
        {{- range $index, $path := $values.writablePaths }}
        - name: writable-{{ $index }}
          emptyDir: { sizeLimit: 64Mi }
        {{- end }}
        {{- with $values.secretEnv }}
        - name: secrets
          secret:
            secretName: {{ $values.secretName }}
            defaultMode: 0440
            items:
              {{- range $name, $key := . }}
              - { key: {{ $key }}, path: {{ $key }} }
              {{- end }}
        {{- end }}
        {{- if $component }}
        - name: component-socket
          emptyDir: { medium: Memory, sizeLimit: 1Mi }
        - name: component-secrets
          secret:
            secretName: {{ $values.secretName }}
            defaultMode: 0440
            items:
              - { key: dapr-api-token, path: dapr-api-token }
        {{- end }}
        {{- if $values.dapr.enabled }}
        # The service account's token, for the sidecar's secret store only: the app has none.
        - name: sidecar-token
          projected:
            defaultMode: 0440
            sources:
              - serviceAccountToken: { path: token, expirationSeconds: 3600 }
              - configMap: { name: kube-root-ca.crt, items: [{ key: ca.crt, path: ca.crt }] }
              - downwardAPI: { items: [{ path: namespace, fieldRef: { fieldPath: metadata.namespace } }] }
        {{- end }}
{{- end }}
