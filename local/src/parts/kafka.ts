// A Kafka of this machine's own for `--pubsub=kafka`: Apache Kafka's jars from Maven Central, one node in KRaft mode.
// A broker that already runs (KAFKA_BROKERS) or a folder of jars (KAFKA_LIBS) comes first.
import { existsSync, readdirSync } from 'node:fs';
import { mkdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import type { Say } from './daprd.ts';
import { describe } from '../errors.ts';
import { canConnect } from '../probes.ts';
import type { PartSpec } from '../supervisor.ts';

const KAFKA_VERSION = '4.3.1';
/** One broker for a handful of topics. */
const HEAP = '-Xmx384m';

/** There is no Kafka here and none can be had. */
export class NoKafkaError extends Error {
  override name = 'NoKafkaError';
}

/**
 * The folder with Kafka's jars: KAFKA_LIBS, or our cache, filled by Maven on the first call.
 * @throws NoKafkaError saying what to install
 */
export async function kafkaLibs(say: Say, env: NodeJS.ProcessEnv = process.env): Promise<string> {
  const help =
    'Install a JDK 17 or later and Maven (Debian: apt-get install default-jdk-headless maven), ' +
    'or set KAFKA_BROKERS to a running broker, or KAFKA_LIBS to a folder with its jars.';
  await execa('java', ['-version']).catch((error: unknown) => {
    throw new NoKafkaError(
      `Kafka needs Java, which could not be run: ${describe(error).split('\n')[0] ?? ''}. ${help}`,
    );
  });
  const given = env['KAFKA_LIBS'];
  if (given) {
    if (existsSync(given) && readdirSync(given).some((file) => /^kafka_.*\.jar$/.test(file)))
      return given;
    throw new NoKafkaError(`KAFKA_LIBS=${given} contains no kafka_*.jar. ${help}`);
  }
  const libs = join(
    env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'),
    'todo',
    `kafka-${KAFKA_VERSION}`,
  );
  if (existsSync(libs)) return libs;
  say(`fetching Apache Kafka ${KAFKA_VERSION} from Maven Central (once per machine)`);
  const unfinished = `${libs}.${process.pid}`;
  const pom = join(import.meta.dirname, '..', '..', 'kafka', 'pom.xml');
  try {
    const args = [
      '-B',
      '-q',
      '-f',
      pom,
      'dependency:copy-dependencies',
      `-DoutputDirectory=${unfinished}`,
    ];
    await execa('mvn', args, { stdin: 'ignore' });
    await rename(unfinished, libs);
  } catch (error) {
    if (existsSync(libs)) return libs; // another run was faster
    throw new NoKafkaError(
      `Maven could not fetch Kafka: ${describe(error).slice(0, 2_000)}\n${help}`,
    );
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  return libs;
}

/** The broker as a part of the system. Formats its data folder at the first start. */
export async function kafkaPart(
  dataDir: string,
  port: number,
  controllerPort: number,
  say: Say,
): Promise<PartSpec> {
  const libs = await kafkaLibs(say);
  await mkdir(dataDir, { recursive: true });
  const properties = join(dataDir, 'server.properties');
  const settings: Record<string, string | number> = {
    'node.id': 1,
    'process.roles': 'broker,controller',
    listeners: `PLAINTEXT://127.0.0.1:${port},CONTROLLER://127.0.0.1:${controllerPort}`,
    'advertised.listeners': `PLAINTEXT://127.0.0.1:${port}`,
    'controller.listener.names': 'CONTROLLER',
    'controller.quorum.bootstrap.servers': `127.0.0.1:${controllerPort}`,
    'log.dirs': join(dataDir, 'log'),
    'num.partitions': 3,
    'offsets.topic.replication.factor': 1,
    'offsets.topic.num.partitions': 5,
    'transaction.state.log.replication.factor': 1,
    'transaction.state.log.min.isr': 1,
    'share.coordinator.state.topic.replication.factor': 1,
    'share.coordinator.state.topic.min.isr': 1,
    'group.initial.rebalance.delay.ms': 0,
    'auto.create.topics.enable': 'true',
    // A broker that was killed may come back only when its old session is over, 9 s by default, and until then does not listen.
    // Alone it shares a process with its controller, so no network stands between their heartbeats.
    'broker.heartbeat.interval.ms': 1_000,
    'broker.session.timeout.ms': 3_000,
  };
  const text = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  await writeFile(properties, text.join(''));
  const java = [HEAP, '-Dorg.slf4j.simpleLogger.defaultLogLevel=warn', '-cp', join(libs, '*')];
  if (!existsSync(join(dataDir, 'log', 'meta.properties'))) {
    await rm(join(dataDir, 'log'), { recursive: true, force: true });
    const { stdout: id } = await execa('java', [...java, 'kafka.tools.StorageTool', 'random-uuid']);
    const format = ['format', '--standalone', '-t', id.trim(), '-c', properties];
    await execa('java', [...java, 'kafka.tools.StorageTool', ...format]);
  }
  return {
    name: 'kafka',
    command: 'java',
    args: [...java, 'kafka.Kafka', properties],
    url: `127.0.0.1:${port}`,
    stopGraceMs: 15_000,
    health: () => canConnect({ host: '127.0.0.1', port }),
  };
}
