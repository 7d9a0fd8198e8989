// The charts as helm renders them: golden copies for both environments, and what must hold in each.
// Needs helm in PATH; without it these tests are skipped and say so.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { manifestPaths } from '../src/plan/contents.ts';
import { CHARTS, SERVICES } from '../src/plan/services.ts';
import { sidecarInputs } from '../src/plan/sidecar-inputs.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const present = spawnSync('helm', ['version', '--short']).status === 0;
if (!present) console.log('SKIPPED, charts: no helm in PATH');

interface Container {
  name: string;
  image: string;
  env?: { name: string; value?: string; valueFrom?: object }[];
  resources: { requests: { cpu: string; memory: string }; limits: { memory: string } };
  securityContext: object;
  startupProbe: object;
  livenessProbe: object;
  readinessProbe: { httpGet: { path: string } };
  volumeMounts: { name: string; readOnly?: boolean; mountPath: string }[];
}
interface PodTemplate {
  metadata: { annotations: Record<string, string>; labels: Record<string, string> };
  spec: {
    containers: Container[];
    initContainers?: Container[];
    securityContext: object;
    imagePullSecrets?: { name: string }[];
    automountServiceAccountToken: boolean;
    terminationGracePeriodSeconds: number;
    volumes: object[];
  };
}
interface Manifest {
  kind: string;
  metadata: { name: string };
  data?: Record<string, string>;
  spec?: {
    template?: PodTemplate;
    selector?: { matchLabels: Record<string, string> };
    strategy?: object;
    policyTypes?: string[];
    ingress?: unknown[];
    egress?: unknown[];
  };
}

function helm(chart: string, args: string[], stdin = '') {
  return spawnSync('helm', ['template', chart, `charts/${chart}`, '--namespace', 'todo', ...args], {
    cwd: ROOT,
    input: stdin,
    encoding: 'utf8',
  });
}
const rendered = new Map<string, string>();
/** Renders once what several tests look at. */
function render(chart: string, args: string[], stdin = ''): string {
  const key = JSON.stringify([chart, args, stdin]);
  let text = rendered.get(key);
  if (text === undefined) {
    const result = helm(chart, args, stdin);
    expect(result.status, result.stderr).toBe(0);
    text = result.stdout;
    rendered.set(key, text);
  }
  return text;
}
const objects = (text: string) =>
  parseAllDocuments(text).map((document) => document.toJS() as Manifest);
const environment = (chart: string, name: string) => [
  '--values',
  `charts/${chart}/values-${name}.yaml`,
];
const pod = (manifests: Manifest[]) =>
  manifests.find(({ kind }) => kind === 'Deployment')!.spec!.template!;

describe.skipIf(!present)('charts', () => {
  for (const chart of CHARTS) {
    test.each(['local', 'cloud'])(`${chart} in environment %s is the golden one`, async (name) => {
      await expect(render(chart, environment(chart, name))).toMatchFileSnapshot(
        `golden/${chart}-${name}.yaml`,
      );
    });

    test(`${chart}: environments differ in pub/sub and exposure only`, () => {
      const kinds = (name: string) =>
        objects(render(chart, environment(chart, name)))
          .map(({ kind }) => kind)
          // only a sidecar whose components have secrets may read any
          .filter((kind) => !kind.startsWith('Role'));
      expect(kinds('cloud')).toEqual(kinds('local'));
    });
  }

  describe('secrets', () => {
    const manifestsOf = (name: 'local' | 'cloud') =>
      manifestPaths(name)
        .filter((path) => path.startsWith('dapr/'))
        .map((path) => readFileSync(resolve(ROOT, path), 'utf8'))
        .join('---\n');
    interface Role extends Manifest {
      rules: {
        apiGroups: string[];
        resources: string[];
        resourceNames?: string[];
        verbs: string[];
      }[];
    }
    const cases = CHARTS.flatMap((chart) =>
      (['local', 'cloud'] as const).map((name) => [chart, name] as const),
    );
    test.each(cases)(
      'the sidecar of %s in environment %s gets the Secrets of its own components by name, and nothing else',
      (chart, name) => {
        const all = objects(render(chart, environment(chart, name)));
        const roles = all.filter(({ kind }) => /^(Cluster)?Role$/.test(kind)) as Role[];
        const wanted = sidecarInputs(manifestsOf(name), chart).secrets;
        const values = parse(
          readFileSync(resolve(ROOT, `charts/${chart}/values-${name}.yaml`), 'utf8'),
        ) as { dapr?: { secrets?: object[] } };
        // what the plan would give the chart is what is in its own values
        if (chart !== 'todo-frontend') expect(values.dapr?.secrets ?? []).toEqual(wanted);
        const names = chart === 'todo-frontend' ? [] : [...new Set(wanted.map((one) => one.name))];
        expect(names).not.toContain('todo-secrets');
        expect(roles.flatMap(({ rules }) => rules)).toEqual(
          names.length === 0
            ? []
            : [{ apiGroups: [''], resources: ['secrets'], resourceNames: names, verbs: ['get'] }],
        );
        const bound = all.filter(({ kind }) => /RoleBinding$/.test(kind));
        expect(bound.map(({ metadata }) => metadata.name)).toEqual(
          names.length === 0 ? [] : [chart],
        );
      },
    );

    test('an app mounts its own database address, and nobody the operator’s', () => {
      for (const [chart, name] of cases) {
        const part = SERVICES.find((service) => service.chart === chart)!.image;
        const text = render(chart, environment(chart, name));
        const keys = [...text.matchAll(/key: (\S*database\S*),/g)].map((match) => match[1]);
        const own = [`${part}-database-direct-url`, `${part}-database-url`];
        expect([chart, keys]).toEqual([chart, own]);
      }
    });

    test('the sidecars’ secrets API gives out none, in any store', () => {
      const { spec } = parse(readFileSync(resolve(ROOT, 'dapr/configuration.yaml'), 'utf8')) as {
        spec: { secrets: { scopes: object[] } };
      };
      const store = parse(readFileSync(resolve(ROOT, 'dapr/components/secrets.yaml'), 'utf8')) as {
        metadata: { name: string };
      };
      expect(spec.secrets.scopes).toEqual(
        // a cluster's built-in store is `kubernetes`
        [store.metadata.name, 'kubernetes'].map((storeName) => ({
          storeName,
          defaultAccess: 'deny',
        })),
      );
    });
  });

  describe('network policies', () => {
    /** What a part may reach, each as `pods of a name: ports` or `anywhere: ports`. */
    const reached = (chart: string, name: string, values = '{}') => {
      const all = objects(render(chart, [...environment(chart, name), '--values', '-'], values));
      const { spec } = all.find(({ kind }) => kind === 'NetworkPolicy')!;
      interface Rule {
        to?: {
          podSelector?: { matchLabels: Record<string, string> };
          namespaceSelector?: { matchLabels: Record<string, string> };
          ipBlock?: object;
        }[];
        ports?: { port?: number | string; protocol?: string }[];
      }
      return (spec!.egress as Rule[]).map(({ to, ports }) => {
        const whom = (to ?? []).map(
          ({ podSelector, namespaceSelector, ipBlock }) =>
            Object.values((podSelector ?? namespaceSelector)?.matchLabels ?? {})[0] ??
            JSON.stringify(ipBlock),
        );
        const what = (ports ?? []).map(
          ({ port, protocol }) => `${protocol === 'UDP' ? 'udp ' : ''}${port ?? 'any'}`,
        );
        return `${whom.join('+') || 'anywhere'}: ${what.join(' ') || 'all'}`;
      });
    };
    const DNS = 'anywhere: udp 53 53';
    const DAPR = ['dapr-system: all', 'todo: 50002'];
    const API = 'anywhere: 443 6443';
    const inCluster = 'networkPolicy: {databasePod: postgresql}';

    test('on Kafka, with the database beside it: names only, but for the cluster’s API where a component has secrets', () => {
      const kafka = 'redpanda: 9092';
      const database = 'postgresql: 5432';
      for (const chart of ['recurring-service', 'audit-service'])
        expect([chart, reached(chart, 'local', inCluster)]).toEqual([
          chart,
          [DNS, database, ...DAPR, kafka],
        ]);
      expect(reached('todo-backend', 'local', inCluster)).toEqual([
        ...[DNS, database, 'todo-frontend: 3000'],
        ...[...DAPR, API, kafka],
      ]);
      expect(reached('todo-frontend', 'local', inCluster)).toEqual([
        ...[DNS, database, 'todo-backend: 8080', 'anywhere: 443 465 587'],
      ]);
    });

    test('on PostgreSQL, with the database outside: its port, and the other components', () => {
      for (const chart of ['recurring-service', 'audit-service'])
        expect([chart, reached(chart, 'cloud')]).toEqual([
          chart,
          [DNS, 'anywhere: 5432', ...DAPR, API, 'todo: udp any'],
        ]);
    });

    test('networks that are not reached from outside ports', () => {
      const values = 'networkPolicy: {egressExcept: [10.0.0.0/8, 169.254.0.0/16]}';
      expect(reached('notification-service', 'local', values)).toContainEqual(
        expect.stringMatching(
          /^\{"cidr":"0\.0\.0\.0\/0","except":\["10\.0\.0\.0\/8","169\.254\.0\.0\/16"\]\}: \d/,
        ),
      );
    });

    test('only the web app is reached from anywhere, and every part has a policy for both ways', () => {
      for (const chart of CHARTS) {
        const { spec } = objects(render(chart, environment(chart, 'cloud'))).find(
          ({ kind }) => kind === 'NetworkPolicy',
        )!;
        expect(spec!.policyTypes).toEqual(['Ingress', 'Egress']);
        const open = (spec!.ingress as { from?: object[] }[]).filter(
          ({ from }) => from === undefined,
        );
        expect([chart, open.length]).toEqual([chart, chart === 'todo-frontend' ? 1 : 0]);
      }
    });
  });

  describe('TLS', () => {
    interface Tls extends Manifest {
      metadata: { name: string; annotations?: Record<string, string> };
      spec: Manifest['spec'] & {
        tls?: { hosts: string[]; secretName: string }[];
        rules?: {
          host: string;
          http: { paths: { path: string; backend: { service: object } }[] };
        }[];
        ingressClassName?: string;
        ports?: { name: string; port: number; targetPort: string }[];
        dnsNames?: string[];
        issuerRef?: object;
        secretName?: string;
      };
    }
    const of = (values: string) =>
      objects(
        render(
          'todo-frontend',
          [...environment('todo-frontend', 'cloud'), '--values', '-'],
          values,
        ),
      ) as Tls[];
    const kind = (all: Tls[], name: string) => all.filter((one) => one.kind === name);

    test('none is rendered where something else ends it', () => {
      const all = of('{}');
      expect([...kind(all, 'Ingress'), ...kind(all, 'Certificate')]).toEqual([]);
      expect(kind(all, 'Service')[0]!.spec.ports!.map(({ port }) => port)).toEqual([80]);
    });

    test('by an ingress: its host, a certificate by cert-manager, a redirect, and one trusted proxy', () => {
      const all = of(
        'tls: {by: ingress, host: todo.example, clusterIssuer: letsencrypt, ingressClassName: nginx, ingressAnnotations: {a/b: 1}}',
      );
      const [ingress] = kind(all, 'Ingress');
      expect(ingress!.metadata.annotations).toMatchObject({
        'cert-manager.io/cluster-issuer': 'letsencrypt',
        'nginx.ingress.kubernetes.io/ssl-redirect': 'true',
        'a/b': '1',
      });
      expect(ingress!.spec.ingressClassName).toBe('nginx');
      expect(ingress!.spec.tls).toEqual([{ hosts: ['todo.example'], secretName: 'todo-tls' }]);
      expect(ingress!.spec.rules!.map(({ host }) => host)).toEqual(['todo.example']);
      expect(ingress!.spec.rules![0]!.http.paths[0]!.backend.service).toEqual({
        name: 'todo-frontend',
        port: { name: 'http' },
      });
      expect(kind(all, 'Certificate')).toEqual([]);
      expect(kind(all, 'ConfigMap')[0]!.data!['TRUSTED_PROXIES']).toBe('1');
    });

    test('by OCI’s load balancer: both ports, HTTP listeners, and a certificate that cert-manager makes', () => {
      const all = of('tls: {by: load-balancer, host: todo.example, clusterIssuer: letsencrypt}');
      const [service] = kind(all, 'Service');
      expect(service!.spec.ports!.map(({ port, targetPort }) => [port, targetPort])).toEqual([
        [80, 'http'],
        [443, 'http'],
      ]);
      const prefix = 'service.beta.kubernetes.io/oci-load-balancer-';
      expect(service!.metadata.annotations).toMatchObject({
        [`${prefix}ssl-ports`]: '443',
        [`${prefix}tls-secret`]: 'todo-tls',
        [`${prefix}backend-protocol`]: 'HTTP',
        [`${prefix}shape`]: 'flexible',
      });
      expect(kind(all, 'Certificate')[0]!.spec).toMatchObject({
        ...{ secretName: 'todo-tls', dnsNames: ['todo.example'] },
        issuerRef: { kind: 'ClusterIssuer', name: 'letsencrypt' },
      });
      expect(kind(all, 'ConfigMap')[0]!.data!['TRUSTED_PROXIES']).toBe('1');
      const own = of('tls: {by: load-balancer}');
      expect(kind(own, 'Certificate')).toEqual([]);
    });

    test('a number of proxies that somebody chose stays', () => {
      const all = of('{tls: {by: ingress, host: todo.example}, env: {TRUSTED_PROXIES: 2}}');
      expect(kind(all, 'ConfigMap')[0]!.data!['TRUSTED_PROXIES']).toBe('2');
    });

    test.each(['tls: {by: ingress}', 'tls: {by: gateway}', 'tls: {by: ingress, host: "a b"}'])(
      'incomplete or mistyped: %s',
      (values) => {
        const { status, stderr } = helm('todo-frontend', ['--values', '-'], values);
        expect(status).not.toBe(0);
        expect(stderr).toMatch(/tls/);
      },
    );
  });

  test('the component runs beside the sidecar only with pubsub.postgresql', () => {
    const of = (name: string) =>
      pod(objects(render('audit-service', environment('audit-service', name)))).spec.initContainers;
    expect(of('local')).toBeUndefined();
    expect(of('cloud')!.map(({ name }) => name)).toEqual(['pubsub-postgresql']);
  });

  test.each(['3806521', '58467965', '0474915', '1234e10', '1.10'])(
    'D01: tag %s is kept or refused, never changed',
    (tag) => {
      const image = (text: string) => pod(objects(text)).spec.containers[0]!.image;
      expect(image(render('todo-backend', ['--set', `image.tag=${tag}`]))).toBe(
        `todo/backend:${tag}`,
      );
      expect(image(render('todo-backend', ['--values', '-'], `image: {tag: '${tag}'}`))).toBe(
        `todo/backend:${tag}`,
      );
      const unquoted = helm('todo-backend', ['--values', '-'], `image: {tag: ${tag}}`);
      expect(unquoted.status).not.toBe(0);
      expect(unquoted.stderr).toMatch(/image\.tag.*quote it/);
    },
  );

  test('D02: numbers and booleans arrive as they are written, empty ones not at all', () => {
    const values = `env: {A: 1048576, B: 21600000, C: true, D: "false", E: off, F: "", G: null}`;
    const { data } = objects(render('todo-backend', ['--values', '-'], values)).find(
      ({ kind }) => kind === 'ConfigMap',
    )!;
    expect(data).toMatchObject({ A: '1048576', B: '21600000', C: 'true', D: 'false', E: 'false' });
    expect(Object.keys(data!)).not.toContain('F');
    expect(Object.keys(data!)).not.toContain('G');
  });

  test.each([
    ['{bogus: 1}', 'bogus'],
    ['{replicas: many}', 'replicas'],
    ['{replicas: -1}', 'replicas'],
    ['{dapr: {enabled: perhaps}}', 'enabled'],
    ['{dapr: {enable: true}}', 'enable'],
    ['{image: {repository: Registry/Name}}', 'repository'],
    ['{image: {digest: abc}}', 'digest'],
    ['{image: {pullPolicy: Sometimes}}', 'pullPolicy'],
    ['{pubsub: {type: rabbitmq}}', 'type'],
    ['{service: {type: Loadbalancer}}', 'type'],
    ['{service: {nodePort: 70000}}', 'nodePort'],
    ['{resources: {requests: {memory: 64M}}}', 'memory'],
    ['{resources: {limit: {memory: 64Mi}}}', 'limit'],
    ['{env: {lower_case: x}}', 'lower_case'],
    ['{env: {NESTED: {a: 1}}}', 'NESTED'],
    ['{secretEnv: {DATABASE_URL: "Not A Key"}}', 'DATABASE_URL'],
    ['{imagePullSecrets: [{name: x}]}', 'imagePullSecrets'],
    ['{probes: {liveness: {periodSeconds: 0}}}', 'periodSeconds'],
    ['{networkPolicy: {to: [{name: x}]}}', 'port'],
    ['{writablePaths: [relative]}', 'writablePaths'],
  ])('values %s are refused by name', (values, name) => {
    const result = helm('todo-backend', ['--values', '-'], values);
    expect(result.status).not.toBe(0);
    expect(result.stderr).toContain(name);
  });

  test('one schema serves all charts', () => {
    const schema = readFileSync(resolve(ROOT, 'charts/common/values.schema.json'), 'utf8');
    for (const chart of CHARTS) {
      expect(readFileSync(resolve(ROOT, 'charts', chart, 'values.schema.json'), 'utf8')).toBe(
        schema,
      );
    }
  });

  test('observability.enabled: each part serves metrics, and Prometheus may fetch them; nothing of it without', () => {
    for (const chart of CHARTS) {
      for (const name of ['local', 'cloud']) {
        const args = environment(chart, name);
        const off = render(chart, args);
        expect(off).not.toMatch(/METRICS_PORT|prometheus\.io|PodMonitor|grafana_dashboard/);
        const on = objects(
          render(chart, [...args, '--values', 'charts/values-observability.yaml']),
        );
        const template = pod(on);
        expect(template.metadata.annotations).toMatchObject({
          'prometheus.io/scrape': 'true',
          'prometheus.io/port': '9464',
        });
        expect(on.find(({ metadata }) => metadata.name === chart)).toBeDefined();
        expect(JSON.stringify(on)).toContain('"METRICS_PORT":"9464"');
        const ports = JSON.stringify(template.spec.containers);
        expect(ports).toContain('{"name":"metrics","containerPort":9464}');
        const policy = on.find(({ kind }) => kind === 'NetworkPolicy')!;
        expect(JSON.stringify(policy.spec!.ingress)).toContain(
          '"namespaceSelector":{"matchLabels":{"kubernetes.io/metadata.name":"monitoring"}}',
        );
      }
    }
  });

  test('observability.otlpEndpoint: the app and its sidecar are told of the collector, and may reach it; not without', () => {
    const endpoint = 'http://collector.monitoring:4318';
    for (const chart of CHARTS) {
      expect(render(chart, [])).not.toMatch(/OTEL_|4318/);
      const manifests = objects(render(chart, ['--set', `observability.otlpEndpoint=${endpoint}`]));
      const of = (kind: string) => manifests.find((manifest) => manifest.kind === kind);
      expect(of('ConfigMap')?.data?.['OTEL_EXPORTER_OTLP_ENDPOINT']).toBe(endpoint);
      expect(of('NetworkPolicy')?.spec?.egress).toContainEqual({ ports: [{ port: 4318 }] });
      const env = of('Deployment')?.spec?.template?.metadata.annotations['dapr.io/env'];
      if (chart === 'todo-frontend') expect(env).toBeUndefined();
      else
        expect(env).toBe(
          `OTEL_EXPORTER_OTLP_ENDPOINT=${endpoint},OTEL_EXPORTER_OTLP_PROTOCOL=http/protobuf,` +
            `OTEL_EXPORTER_OTLP_INSECURE=true,OTEL_SERVICE_NAME=${chart}-daprd`,
        );
    }
    const secure = 'observability.otlpEndpoint=https://collector.example:443';
    expect(render('todo-backend', ['--set', secure])).toContain('OTLP_INSECURE=false');
    expect(
      helm('todo-backend', ['--set', 'observability.otlpEndpoint=collector:4318']).stderr,
    ).toContain('otlpEndpoint');
  });

  test('observability: the backend’s chart has the rules and the dashboards as they are in the files', () => {
    const folder = resolve(ROOT, 'charts/todo-backend/observability');
    const file = (path: string) => readFileSync(resolve(folder, path), 'utf8');
    const on = objects(render('todo-backend', ['--set', 'observability.enabled=true']));
    const named = (name: string) => on.find(({ metadata }) => metadata.name === name)!;
    expect(named('todo-alerts').data).toEqual({ 'alerts.yaml': file('alerts.yaml') });
    const dashboards = named('todo-dashboards').data!;
    expect(Object.keys(dashboards)).toEqual(readdirSync(resolve(folder, 'dashboards')).sort());
    for (const [name, text] of Object.entries(dashboards))
      expect(JSON.parse(text)).toEqual(JSON.parse(file(`dashboards/${name}`)));

    const operator = ['--set', 'observability.enabled=true,observability.operator=true'];
    const labels = ['--set', 'observability.operatorLabels.release=prometheus'];
    const withOperator = objects(render('todo-backend', [...operator, ...labels]));
    const of = (kind: string) => withOperator.find((manifest) => manifest.kind === kind)!;
    expect(of('PrometheusRule').spec).toEqual(parse(file('alerts.yaml')));
    expect(of('PodMonitor').metadata).toMatchObject({ labels: { release: 'prometheus' } });
    expect(JSON.stringify(of('PodMonitor').spec)).toContain('"port":"dapr-metrics"');
    expect(pod(withOperator).metadata.annotations).not.toHaveProperty('prometheus.io/scrape');
  });

  describe.each(CHARTS)('%s', (chart) => {
    describe.each(['local', 'cloud'])('in environment %s', (name) => {
      const all = () => objects(render(chart, environment(chart, name)));
      const of = (kind: string) => all().find((manifest) => manifest.kind === kind)!;

      test('each container has what the restricted level asks for, a read-only root and a memory limit', () => {
        const { spec } = pod(all());
        expect(spec.securityContext).toMatchObject({
          runAsNonRoot: true,
          seccompProfile: { type: 'RuntimeDefault' },
        });
        for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
          expect(container.securityContext).toEqual({
            allowPrivilegeEscalation: false,
            capabilities: { drop: ['ALL'] },
            readOnlyRootFilesystem: true,
          });
          expect(container.resources.limits.memory).toMatch(/^\d+Mi$/);
          expect(container.startupProbe).toBeDefined();
          expect(container.livenessProbe).toBeDefined();
        }
        expect(spec.containers[0]!.readinessProbe.httpGet.path).toBe('/readyz');
      });

      test('no secret stands in the environment or in an argument: they are mounted files, read-only', () => {
        const { spec } = pod(all());
        for (const container of [...spec.containers, ...(spec.initContainers ?? [])]) {
          expect(container.env?.filter(({ valueFrom }) => valueFrom !== undefined) ?? []).toEqual(
            [],
          );
          for (const mount of container.volumeMounts) {
            if (mount.mountPath === '/secrets') expect(mount.readOnly).toBe(true);
          }
        }
        const { data } = of('ConfigMap');
        for (const [key, value] of Object.entries(data!)) {
          if (/SECRET|TOKEN|DATABASE/.test(key))
            expect(`${key}=${value}`).toMatch(/_FILE=\/secrets\//);
        }
        expect(spec.automountServiceAccountToken).toBe(false);
      });

      test('a pod leaves the rotation before it stops, and has the time to', () => {
        const { spec } = pod(all());
        const delay = Number(of('ConfigMap').data!['SHUTDOWN_DELAY_MS']);
        expect(delay).toBeGreaterThanOrEqual(5000);
        expect(spec.terminationGracePeriodSeconds * 1000).toBeGreaterThan(delay + 20_000);
      });

      test('the old pod stays until the new one is ready', () => {
        expect(of('Deployment').spec!.strategy).toEqual({
          type: 'RollingUpdate',
          rollingUpdate: { maxUnavailable: 0, maxSurge: 1 },
        });
      });

      test('the network is closed both ways but for what is listed', () => {
        const { spec } = of('NetworkPolicy');
        expect(spec!.policyTypes).toEqual(['Ingress', 'Egress']);
        expect(spec!.egress!.length).toBeGreaterThan(0);
      });

      test('what selects its pods has neither version nor release in it', () => {
        const labels = { 'app.kubernetes.io/name': chart, 'app.kubernetes.io/part-of': 'todo' };
        expect(of('Deployment').spec!.selector!.matchLabels).toEqual(labels);
        expect(of('Service').spec!.selector).toEqual(labels);
      });
    });

    test('a digest decides, pull secrets are passed on', () => {
      const digest = `sha256:${'a'.repeat(64)}`;
      const { spec } = pod(
        objects(
          render(
            chart,
            ['--values', '-'],
            `{image: {digest: '${digest}'}, imagePullSecrets: [ocir]}`,
          ),
        ),
      );
      expect(spec.containers[0]!.image).toMatch(new RegExp(`^todo/[a-z]+@${digest}$`));
      expect(spec.imagePullSecrets).toEqual([{ name: 'ocir' }]);
    });

    test('the same digest under another tag is the same pod', () => {
      const digest = `sha256:${'a'.repeat(64)}`;
      const of = (tag: string) =>
        pod(
          objects(render(chart, ['--values', '-'], `image: {digest: '${digest}', tag: '${tag}'}`)),
        );
      expect(of('1.0')).toEqual(of('1.1'));
    });

    test('another configuration is another pod, the same one is the same', () => {
      const checksum = (values: string) =>
        pod(objects(render(chart, ['--values', '-'], values))).metadata.annotations[
          'checksum/config'
        ];
      expect(checksum('{env: {LOG_LEVEL: debug}}')).not.toBe(checksum('{}'));
      expect(checksum('{replicas: 2}')).toBe(checksum('{}'));
    });
  });

  test('a disruption budget comes with the second replica', () => {
    const kinds = (replicas: number) =>
      objects(render('todo-backend', ['--set', `replicas=${replicas}`])).map(({ kind }) => kind);
    expect(kinds(1)).not.toContain('PodDisruptionBudget');
    expect(kinds(2)).toContain('PodDisruptionBudget');
  });

  test.each(CHARTS)('%s has no autoscaler unless it is asked for one', (chart) => {
    const of = (values: string) => objects(render(chart, ['--values', '-'], values));
    expect(of('{}').map(({ kind }) => kind)).not.toContain('HorizontalPodAutoscaler');
    const scaled = of('{autoscaling: {enabled: true, minReplicas: 2, maxReplicas: 6}}');
    const find = (kind: string) => scaled.find((one) => one.kind === kind);
    expect(find('HorizontalPodAutoscaler')).toMatchObject({
      apiVersion: 'autoscaling/v2',
      metadata: { name: chart },
      spec: {
        scaleTargetRef: { apiVersion: 'apps/v1', kind: 'Deployment', name: chart },
        minReplicas: 2,
        maxReplicas: 6,
        metrics: [
          {
            type: 'Resource',
            resource: { name: 'cpu', target: { type: 'Utilization', averageUtilization: 80 } },
          },
        ],
      },
    });
    // Until it decides, the first release has the least; a budget keeps one of them while a node is drained.
    expect(find('Deployment')).toMatchObject({ spec: { replicas: 2 } });
    expect(find('PodDisruptionBudget')).toBeDefined();
    // CPU in percent is counted from requests: each container of the pod needs one.
    for (const { resources } of pod(scaled).spec.containers)
      expect(resources.requests.cpu).toMatch(/^\d/);
  });

  test('an autoscaler with one pod at least has no budget, and limits the wrong way round are refused', () => {
    const values = (least: number, most: number) =>
      `{autoscaling: {enabled: true, minReplicas: ${least}, maxReplicas: ${most}}, replicas: 3}`;
    const one = objects(render('todo-backend', ['--values', '-'], values(1, 3)));
    expect(one.map(({ kind }) => kind)).not.toContain('PodDisruptionBudget');
    expect(one.find(({ kind }) => kind === 'Deployment')).toMatchObject({ spec: { replicas: 1 } });
    const wrong = helm('todo-backend', ['--values', '-'], values(4, 2));
    expect(wrong.status).not.toBe(0);
    expect(wrong.stderr).toContain(
      'autoscaling.minReplicas (4) is above autoscaling.maxReplicas (2)',
    );
    for (const bad of ['minReplicas: 0', 'cpuPercent: 0', 'maxReplicas: many', 'lag: 5'])
      expect(
        helm('todo-backend', ['--values', '-'], `{autoscaling: {${bad}}}`).status,
        bad,
      ).not.toBe(0);
  });

  test('the cloud asks for at most 1350m and 3.4 GiB, Dapr and its sidecars included', () => {
    const milli = (cpu: string) => (cpu.endsWith('m') ? parseInt(cpu, 10) : Number(cpu) * 1000);
    const mebi = (memory: string) =>
      memory.endsWith('Gi') ? parseInt(memory, 10) * 1024 : parseInt(memory, 10);
    let cpu = 3 * 50; // operator, sentry, injector: see daprValues
    let memory = 3 * 96;
    for (const chart of CHARTS) {
      const { spec, metadata } = pod(objects(render(chart, environment(chart, 'cloud'))));
      for (const { resources } of [...spec.containers, ...(spec.initContainers ?? [])]) {
        cpu += milli(resources.requests.cpu);
        memory += mebi(resources.requests.memory);
      }
      const sidecar = metadata.annotations;
      cpu += milli(sidecar['dapr.io/sidecar-cpu-request'] ?? '0m');
      memory += mebi(sidecar['dapr.io/sidecar-memory-request'] ?? '0Mi');
    }
    console.log(`cloud requests: ${cpu}m CPU, ${memory} MiB`);
    expect(cpu).toBeLessThanOrEqual(1350);
    expect(memory).toBeLessThanOrEqual(3.4 * 1024);
  });
});
