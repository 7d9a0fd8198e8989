// Every image the pipeline itself pulls, in one place: a pipeline that floats proves nothing twice.
// The engine's own version stands in dagger.json, Node's in package.json, the system's (Dapr, broker) in deploy/.

/** Runs checks, tests and the release plan. The services' images are built from the same one. */
export const NODE = 'node:24-bookworm-slim';
/** Helm, copied beside Node for the release plan. */
export const HELM = 'alpine/helm:4.3.0';
/** kubectl, likewise; within one minor version of the clusters. */
export const KUBECTL = 'registry.k8s.io/kubectl:v1.36.4';
/** The base of the release plan's container when the kubeconfig calls `oci`. */
export const OCI_CLI = 'ghcr.io/oracle/oci-cli:20260930';
/** The throw-away cluster, without its `v1.36.2`-like version. */
export const K3S_REPOSITORY = 'rancher/k3s';
/** Kubernetes of the throw-away cluster, as k3s tags it. */
export const K3S_VERSION = 'v1.36.2-k3s1';
/** The throw-away cluster's own registry. */
export const REGISTRY = 'registry:3.1.1';
/** Reads and tags what is in a registry. */
export const CRANE = 'gcr.io/go-containerregistry/crane:v0.22.1';
/** Pushes into the throw-away registry over plain HTTP, which a stock engine refuses. */
export const SKOPEO = 'quay.io/skopeo/stable:v1.20.0';
/** Writes SBOMs. */
export const SYFT = 'anchore/syft:v1.50.0';
/** Finds known vulnerabilities. */
export const TRIVY = 'aquasec/trivy:0.73.0';
/** Signs and attests. */
export const COSIGN = 'gcr.io/projectsigstore/cosign:v3.1.3';
/** The sidecar, for `up`. */
export const DAPRD = 'ghcr.io/dapr/daprd:1.18.2';
/** Lints the workflows. */
export const ACTIONLINT = 'rhysd/actionlint:1.7.12';
/** Looks for weaknesses in the workflows. */
export const ZIZMOR = 'ghcr.io/zizmorcore/zizmor:1.32.0';
