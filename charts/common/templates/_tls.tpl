{{- /*
An Ingress that ends TLS. It redirects plain http, as the app does too for controllers that pass it on. The annotations are
nginx's: a body larger than ours gets our own answer, and live updates are not held back.
*/}}
{{- define "common.ingress" -}}
{{- $tls := .values.tls -}}
{{- if eq $tls.by "ingress" -}}
{{- $host := required "tls.host: the host that people type is needed for tls.by=ingress" $tls.host -}}
{{- $annotations := dict "nginx.ingress.kubernetes.io/ssl-redirect" "true" "nginx.ingress.kubernetes.io/proxy-body-size" "8m" "nginx.ingress.kubernetes.io/proxy-buffering" "off" -}}
{{- with $tls.clusterIssuer }}{{ $_ := set $annotations "cert-manager.io/cluster-issuer" . }}{{ end -}}
{{- range $key, $value := $tls.ingressAnnotations }}{{ $_ := set $annotations $key (include "common.text" $value) }}{{ end -}}
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
  annotations:
    {{- range $key, $value := $annotations }}
    {{ $key }}: {{ $value | quote }}
    {{- end }}
spec:
  {{- with $tls.ingressClassName }}
  ingressClassName: {{ . }}
  {{- end }}
  tls:
    - hosts: [{{ $host }}]
      secretName: {{ $tls.secretName }}
  rules:
    - host: {{ $host }}
      http:
        paths:
          - path: /
            pathType: Prefix
            backend: { service: { name: {{ .name }}, port: { name: http } } }
{{- end }}
{{- end }}

{{- /* For a load balancer, which asks cert-manager for nothing itself; an Ingress does, by its annotation. */}}
{{- define "common.certificate" -}}
{{- $tls := .values.tls -}}
{{- if and (eq $tls.by "load-balancer") $tls.clusterIssuer -}}
apiVersion: cert-manager.io/v1
kind: Certificate
metadata:
  name: {{ .name }}
  labels: {{- include "common.labels" . | nindent 4 }}
spec:
  secretName: {{ $tls.secretName }}
  dnsNames: [{{ required "tls.host: the host that people type is needed for a certificate" $tls.host }}]
  issuerRef: { kind: ClusterIssuer, name: {{ $tls.clusterIssuer }} }
  # A new key with each renewal.
  privateKey: { algorithm: RSA, size: 2048, rotationPolicy: Always }
{{- end }}
{{- end }}

{{- /*
What OCI's load balancer is told to end TLS: by HTTP listeners, since only those say in X-Forwarded-… who asked, and how. They
give up a connection after a minute without a byte by default, which is too near to the pauses of live updates.
*/}}
{{- define "common.tlsServiceAnnotations" -}}
{{- if eq .values.tls.by "load-balancer" -}}
service.beta.kubernetes.io/oci-load-balancer-ssl-ports: "443"
service.beta.kubernetes.io/oci-load-balancer-tls-secret: {{ .values.tls.secretName }}
service.beta.kubernetes.io/oci-load-balancer-backend-protocol: HTTP
service.beta.kubernetes.io/oci-load-balancer-connection-idle-timeout: "300"
{{- end }}
{{- end }}
