// What the process reads from its environment, once, at start.
import { readFileSync } from 'node:fs';
import { z } from 'zod';

const httpUrl = z.url({ protocol: /^https?$/, error: 'expected an http(s) URL' });
const milliseconds = z.coerce.number().int().min(1);

const environment = z.object({
  DAPR_COMPONENTS_SOCKETS_FOLDER: z.string().min(1).default('/tmp/dapr-components-sockets'),
  SOCKET_MODE: z
    .string()
    .regex(/^0?[0-7]{3}$/, 'expected an octal file mode like 0660')
    .default('0660'),
  DAPR_HOST: z.string().min(1).default('127.0.0.1'),
  DAPR_HTTP_PORT: z.coerce.number().int().min(1).max(65_535).default(3500),
  DAPR_API_TOKEN: z.string().min(1).optional(),
  HEALTH_PORT: z.coerce.number().int().min(0).max(65_535).optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  // OpenTelemetry's own; the exporter reads the rest of OTEL_EXPORTER_OTLP_*.
  OTEL_SDK_DISABLED: z
    .string()
    .transform((text) => text.toLowerCase() === 'true')
    .default(false),
  OTEL_METRICS_EXPORTER: z.enum(['otlp', 'none'], { error: 'expected otlp or none' }).optional(),
  OTEL_EXPORTER_OTLP_ENDPOINT: httpUrl.optional(),
  OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: httpUrl.optional(),
  OTEL_METRIC_EXPORT_INTERVAL: milliseconds.default(60_000),
  OTEL_METRIC_EXPORT_TIMEOUT: milliseconds.default(30_000),
});

/** Whether metrics leave by OTLP: where an endpoint is given, unless OTEL_METRICS_EXPORTER says otherwise. */
export function exportsMetrics(configuration: Configuration): boolean {
  const endpoint =
    configuration.OTEL_EXPORTER_OTLP_METRICS_ENDPOINT ?? configuration.OTEL_EXPORTER_OTLP_ENDPOINT;
  const exporter =
    configuration.OTEL_METRICS_EXPORTER ?? (endpoint === undefined ? 'none' : 'otlp');
  return exporter === 'otlp' && !configuration.OTEL_SDK_DISABLED;
}

/** The process's settings. */
export type Configuration = z.output<typeof environment>;

/** The environment is wrong; `problems` lists every mistake. */
export class ConfigurationError extends Error {
  readonly problems: string[];
  constructor(problems: string[]) {
    super(`wrong configuration: ${problems.join('; ')}`);
    this.problems = problems;
  }
}

/**
 * Reads the environment; `NAME_FILE` gives the value of `NAME` from a file.
 * @throws ConfigurationError
 */
export function readConfiguration(env: NodeJS.ProcessEnv): Configuration {
  return readSettings(environment, env);
}

/**
 * Reads the settings that a schema names; `NAME_FILE` gives the value of `NAME` from a file.
 * @throws ConfigurationError
 */
export function readSettings<Shape extends z.ZodRawShape>(
  schema: z.ZodObject<Shape>,
  env: NodeJS.ProcessEnv,
): z.output<z.ZodObject<Shape>> {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const name of Object.keys(schema.shape)) {
    const file = env[`${name}_FILE`];
    if (file) {
      try {
        values[name] = readFileSync(file, 'utf8').trim();
      } catch {
        problems.push(`${name}_FILE: cannot read ${file}`);
      }
    } else if (env[name] !== undefined && env[name] !== '') values[name] = env[name];
  }
  const parsed = schema.safeParse(values);
  if (!parsed.success) {
    problems.push(
      ...parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    );
  }
  if (problems.length > 0 || !parsed.success) throw new ConfigurationError(problems);
  return parsed.data;
}
