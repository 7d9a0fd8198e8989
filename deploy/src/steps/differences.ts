// Where an object in the cluster differs from what was deployed, and by whose hand: a comparison of two JSON objects, and a
// look into metadata.managedFields (https://kubernetes.io/docs/reference/using-api/server-side-apply/#field-management).

/** One step into an object: a field's name, or an item of a list by the field that identifies it. */
export type Segment = string | { readonly field: string; readonly value: string | number };

/** A place where two objects differ; undefined: it is not there. */
export interface Difference {
  readonly path: readonly Segment[];
  readonly there: unknown;
  readonly deployed: unknown;
}

/** Who has written some fields of an object. */
export interface FieldOwner {
  readonly manager: string;
  readonly operation: string;
  readonly subresource?: string;
  readonly fieldsV1?: Readonly<Record<string, unknown>>;
}

type Fields = Readonly<Record<string, unknown>>;

/** What the API server, Kubernetes' own controllers and helm itself write. */
const NOT_OURS = new Set([
  '.status',
  '.metadata.managedFields',
  '.metadata.generation',
  '.metadata.resourceVersion',
  '.metadata.creationTimestamp',
  '.metadata.uid',
]);

/** Annotations of the same kind. */
const NOT_OUR_ANNOTATIONS =
  /^\.metadata\.annotations\.(meta\.helm\.sh|deployment\.kubernetes\.io)\//;

/** Fields that identify an item of a list in Kubernetes' objects, in the order in which they are tried. */
const IDENTIFIERS = ['name', 'mountPath', 'containerPort', 'topologyKey', 'port'] as const;

/**
 * Every place where an object in the cluster differs from the deployed one.
 * @param there as it is in the cluster
 * @param deployed as it would be with the deployed values, what others have added included
 */
export function differences(
  there: unknown,
  deployed: unknown,
  path: readonly Segment[] = [],
): Difference[] {
  const text = pathText(path);
  if (NOT_OURS.has(text) || NOT_OUR_ANNOTATIONS.test(text)) return [];
  if (JSON.stringify(there) === JSON.stringify(deployed)) return [];
  if (Array.isArray(there) && Array.isArray(deployed)) {
    const field = identifierOf([...(there as unknown[]), ...(deployed as unknown[])]);
    if (field === undefined) return [{ path, there, deployed }];
    const [left, right] = [byIdentifier(there, field), byIdentifier(deployed, field)];
    return [...new Set([...left.keys(), ...right.keys()])].flatMap((value) =>
      differences(left.get(value), right.get(value), [...path, { field, value }]),
    );
  }
  const annotations = text === '.metadata.annotations';
  if ((isFields(there) && isFields(deployed)) || annotations) {
    const [left, right] = [there ?? {}, deployed ?? {}] as [Fields, Fields];
    return [...new Set([...Object.keys(left), ...Object.keys(right)])].flatMap((key) =>
      differences(left[key], right[key], [...path, key]),
    );
  }
  return [{ path, there, deployed }];
}

/** Who has written a field; undefined when nobody holds it, as when it was removed. */
export function ownerOf(
  path: readonly Segment[],
  owners: readonly FieldOwner[],
): FieldOwner | undefined {
  return owners.find(({ fieldsV1 }) => holds(fieldsV1, path));
}

/** The paths of all fields that an owner has written; an item of a list that it has added is one path. */
export function pathsOf(fields: unknown, path: readonly Segment[] = []): (readonly Segment[])[] {
  if (!isFields(fields)) return [];
  if (Object.keys(fields).length === 0 || '.' in fields) return [path];
  return Object.entries(fields).flatMap(([key, inner]) => {
    const segment = segmentOf(key);
    return segment === undefined ? [path] : pathsOf(inner, [...path, segment]);
  });
}

/** `f:name`, or `k:{…}` for an item; undefined for a plain value of a list. */
function segmentOf(key: string): Segment | undefined {
  if (key.startsWith('f:')) return key.slice(2);
  if (!key.startsWith('k:')) return undefined;
  const [field = '', value = ''] =
    Object.entries(JSON.parse(key.slice(2)) as Record<string, string | number>)[0] ?? [];
  return { field, value };
}

/** A path as kubectl writes it: `.spec.template.spec.containers[name="app"].image`. */
export function pathText(path: readonly Segment[]): string {
  return path
    .map((segment) =>
      typeof segment === 'string'
        ? `.${segment}`
        : `[${segment.field}=${JSON.stringify(segment.value)}]`,
    )
    .join('');
}

function holds(fields: unknown, path: readonly Segment[]): boolean {
  if (!isFields(fields)) return false;
  const [first, ...rest] = path;
  // A leaf holds all that is below it: such a list or object is written as a whole.
  if (first === undefined || Object.keys(fields).length === 0) return true;
  if (typeof first === 'string') return holds(fields[`f:${first}`], rest);
  return Object.entries(fields).some(
    ([key, inner]) => key.startsWith('k:') && isItem(key.slice(2), first) && holds(inner, rest),
  );
}

function isItem(key: string, { field, value }: Exclude<Segment, string>): boolean {
  return (JSON.parse(key) as Fields)[field] === value;
}

function identifierOf(items: readonly unknown[]): string | undefined {
  return IDENTIFIERS.find((field) =>
    items.every((item) => isFields(item) && ['string', 'number'].includes(typeof item[field])),
  );
}

function byIdentifier(items: readonly unknown[], field: string): Map<string | number, unknown> {
  return new Map(items.map((item) => [(item as Fields)[field] as string | number, item]));
}

function isFields(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
