// What one app's sidecar takes from Dapr's manifests, so that a pod is restarted when that changes and not when another app's
// part does. Dapr's rule: an object with `scopes` is for those app ids, one without is for all
// (https://docs.dapr.io/operations/components/component-scopes/).
import { createHash } from 'node:crypto';
import { parseAllDocuments } from 'yaml';

/** One key of a Secret that a component reads. */
export interface SecretKey {
  readonly name: string;
  readonly key: string;
}

/** What a sidecar reads when it starts. */
export interface SidecarInputs {
  /** 16 hexadecimal digits: the same as long as what these objects say is the same. */
  readonly checksum: string;
  /** Keys that the objects refer to, sorted, each once. */
  readonly secrets: readonly SecretKey[];
}

type Json = string | number | boolean | null | Json[] | { [key: string]: Json };
interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly scopes?: readonly string[];
}

/**
 * The part of Dapr's manifests that concerns one app. Comments, order, and which other apps share an object make no difference.
 * @param manifests YAML documents
 */
export function sidecarInputs(manifests: string, appId: string): SidecarInputs {
  const own = parseAllDocuments(manifests)
    .map((document) => document.toJS() as (Manifest & { [key: string]: Json }) | null)
    .filter((object) => object !== null)
    // Dapr takes an empty list for none.
    .filter(({ scopes = [] }) => scopes.length === 0 || scopes.includes(appId))
    .map(({ scopes: _, metadata, ...rest }) => ({ ...rest, metadata: { name: metadata.name } }));
  const texts = own.map((object) => JSON.stringify(sorted(object))).sort();
  const keys = new Map(
    own.flatMap(secretKeys).map((one) => [JSON.stringify([one.name, one.key]), one]),
  );
  return {
    checksum: createHash('sha256').update(texts.join('\n')).digest('hex').slice(0, 16),
    secrets: [...keys].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, one]) => one),
  };
}

/** The same value with the keys of every object in order. */
function sorted(value: Json): Json {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, inner]) => [key, sorted(inner)]),
  );
}

/** Every `secretKeyRef` in a value. Without a key it means the key of the Secret's own name. */
function secretKeys(value: Json): SecretKey[] {
  if (typeof value !== 'object' || value === null) return [];
  if (Array.isArray(value)) return value.flatMap(secretKeys);
  return Object.entries(value).flatMap(([field, inner]) => {
    if (field !== 'secretKeyRef') return secretKeys(inner);
    const { name, key } = inner as { name: string; key?: string };
    return [{ name, key: key ?? name }];
  });
}
