// Outside images that are named by a tag alone: their digests are not known yet. `npm run check:images` refuses every other one
// without a digest, and an entry here that nothing needs any longer, so the list only gets shorter. How to get a digest, and what
// to do with it: ci/README.md, "Images by digest".

/** References as they are written, without a digest. */
export const WITHOUT_DIGEST: readonly string[] = [
  'node:24-bookworm-slim',
  'alpine/helm:4.3.0',
  'registry.k8s.io/kubectl:v1.36.4',
  'ghcr.io/oracle/oci-cli:20260930',
  'registry:3.1.1',
  'gcr.io/go-containerregistry/crane:v0.22.1',
  'quay.io/skopeo/stable:v1.20.0',
  'anchore/syft:v1.50.0',
  'aquasec/trivy:0.73.0',
  'gcr.io/projectsigstore/cosign:v3.1.3',
  'ghcr.io/dapr/daprd:1.18.2',
  'rhysd/actionlint:1.7.12',
  'ghcr.io/zizmorcore/zizmor:1.32.0',
  'postgres:18',
  'docker.redpanda.com/redpandadata/redpanda:v26.1.15',
];
