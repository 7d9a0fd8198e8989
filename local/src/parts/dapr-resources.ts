// The files in dapr/ are written for a cluster and used here as they are; only what a laptop lacks is replaced:
// the broker's address, the place of the secrets, the callers' identities, and how a sidecar finds another one.
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parseAllDocuments, type Document } from 'yaml';

/**
 * Addresses on this machine are planned and never change, so a registration never has to be renewed and never gets too old: a
 * sidecar that is stopped is dialled in vain, one that starts again replaces its own. Renewing is what ends a sidecar ("Host
 * registration lost") once its row is gone, and the clean-up, hourly by default, removes just the rows that are not old
 * (components-contrib 1.18, nameresolution/sqlite: `last_update` is compared the wrong way round).
 */
const NAMES_STAY = {
  updateInterval: '876000h', // 100 years; a Go duration has no larger unit
  cleanupInterval: '0', // none
};

/** Where events go. */
export type PubsubKind = 'postgresql' | 'kafka';

/** What is particular to this machine. */
export interface LocalResources {
  /** The repository's dapr/ folder. */
  source: string;
  /** Where the rendered files go. */
  target: string;
  pubsub: PubsubKind;
  /** host:port, comma-separated; for `kafka`. */
  brokers: string;
  /** Values of the components' Secrets, by Secret and key. */
  secrets: Record<string, Record<string, string>>;
  /** Where the sidecars note how to reach them. */
  nameFile: string;
}

/** The paths a sidecar is started with. */
export interface RenderedResources {
  /** Folder for `--resources-path`. */
  resources: string;
  /** File for `--config`. */
  configuration: string;
}

/**
 * Renders the resources for sidecars on this machine.
 * @throws Error if a file in dapr/ is no longer what this code patches
 */
export async function renderResources(local: LocalResources): Promise<RenderedResources> {
  const resources = join(local.target, 'resources');
  await rm(local.target, { recursive: true, force: true });
  await mkdir(resources, { recursive: true, mode: 0o700 });
  const secretsFile = join(local.target, 'secrets.json');
  await writeFile(secretsFile, JSON.stringify(local.secrets), { mode: 0o600 });

  const chosen = local.pubsub === 'kafka' ? 'pubsub.yaml' : 'pubsub-cloud.yaml';
  const components = (await readdir(join(local.source, 'components'))).filter(
    (file) => file.endsWith('.yaml') && (!file.startsWith('pubsub') || file === chosen),
  );
  for (const file of components) {
    const documents = await read(join(local.source, 'components', file));
    for (const document of documents) {
      const type = String(document.getIn(['spec', 'type']));
      if (type === 'secretstores.kubernetes') useSecretsFile(document, secretsFile);
      if (type === 'pubsub.kafka') setMetadata(document, 'brokers', local.brokers);
    }
    await write(join(resources, `component-${file}`), documents);
  }
  for (const file of await readdir(join(local.source, 'subscriptions'))) {
    if (!file.endsWith('.yaml')) continue;
    const documents = await read(join(local.source, 'subscriptions', file));
    await write(join(resources, `subscription-${file}`), documents);
  }
  await write(
    join(resources, 'resiliency.yaml'),
    await read(join(local.source, 'resiliency.yaml')),
  );

  const configuration = join(local.target, 'configuration.yaml');
  const documents = await read(join(local.source, 'configuration.yaml'));
  for (const document of documents) {
    // Who may call whom is checked by the caller's certificate; sidecars here have none.
    document.deleteIn(['spec', 'accessControl']);
    // The default, multicast DNS, does not work in every network, nor side by side.
    document.setIn(
      ['spec', 'nameResolution'],
      document.createNode({
        component: 'sqlite',
        version: 'v1',
        configuration: { connectionString: local.nameFile, ...NAMES_STAY },
      }),
    );
  }
  await write(configuration, documents);
  return { resources, configuration };
}

function useSecretsFile(document: Document, secretsFile: string): void {
  document.setIn(['spec', 'type'], 'secretstores.local.file');
  document.setIn(
    ['spec', 'metadata'],
    document.createNode([
      { name: 'secretsFile', value: secretsFile },
      { name: 'multiValued', value: 'true' },
    ]),
  );
}

function setMetadata(document: Document, name: string, value: string): void {
  const items = (document.toJS() as { spec?: { metadata?: { name: string }[] } }).spec?.metadata;
  const index = items?.findIndex((item) => item.name === name) ?? -1;
  if (index < 0) throw new Error(`dapr/: the pub/sub component no longer has metadata "${name}"`);
  document.setIn(['spec', 'metadata', index, 'value'], value);
}

async function read(file: string): Promise<Document[]> {
  const documents = parseAllDocuments(await readFile(file, 'utf8')) as Document[];
  for (const document of documents) {
    if (document.errors[0]) throw new Error(`${file}: ${document.errors[0].message}`);
  }
  return documents;
}

async function write(file: string, documents: Document[]): Promise<void> {
  await writeFile(file, documents.map(String).join(documents.length > 1 ? '---\n' : ''), {
    mode: 0o600,
  });
}
