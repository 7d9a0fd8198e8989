// A deploy that is given a key refuses what is not signed by it, before it touches the cluster.
import { dag } from '@dagger.io/dagger';
import { describe, expect, test } from 'vitest';
import { deploy } from '../src/deploy.ts';
import { formatImageList, IMAGES } from '../src/reference.ts';
import { verdict } from '../src/verify-images.ts';
import type { VerifyArguments } from '../src/verify-images.ts';
import { callsOf, ExecFailure, record } from './recording-engine.ts';
import type { Answer, Recording } from './recording-engine.ts';

const CANARY = 'c4nary$ "two" words\nand a line';
const LIST = formatImageList(
  IMAGES.map(({ name }, index) => ({
    name,
    reference: `fra.ocir.io/ns/todo/${name}:latest@sha256:${String(index).repeat(64)}`,
  })),
);
const commandsOf = (recording: Recording) =>
  callsOf(recording, 'withExec').map((call) => (call.args['args'] as string[]).join(' '));

/** A dry run of a deploy: it plans, and verifies like any other. */
const verified = (verify: Partial<VerifyArguments>) => () =>
  deploy({
    source: dag.directory(),
    ...{ cluster: {}, secrets: {}, dryRun: true },
    plan: { env: 'local' },
    images: dag.directory().withNewFile('images.json', LIST).file('images.json'),
    verify: { withoutLog: false, ...verify },
  });
const key = () => dag.directory().withNewFile('cosign.pub', 'x').file('cosign.pub');
const well: Answer = (pipeline) => {
  const last = pipeline.at(-1)?.field;
  if (last === 'contents') return LIST;
  return last === 'plaintext' ? CANARY : undefined;
};

describe('a deploy with a key', () => {
  test('asks for the signature and the provenance of each image, by its digest', async () => {
    const { recording } = await record(verified({ key: key() }), well);
    const asked = commandsOf(recording).filter((command) => command.startsWith('verify'));
    expect(asked).toHaveLength(2 * IMAGES.length);
    IMAGES.forEach(({ name }, index) => {
      const subject = `fra.ocir.io/ns/todo/${name}@sha256:${String(index).repeat(64)}`;
      expect(asked).toContain(`verify --key /in/cosign.pub ${subject}`);
      expect(asked).toContain(
        `verify-attestation --key /in/cosign.pub --type slsaprovenance1 ${subject}`,
      );
    });
  });
  test('runs nothing of the plan when one is not signed, and names each', async () => {
    const failing: Answer = (pipeline, command) => {
      const text = command.join(' ');
      if (/^verify.*(audit|web)@/.test(text) && pipeline.at(-1)?.field === 'withExec')
        throw new ExecFailure([...command], 10, 'Error: no signatures found');
      return well(pipeline, command);
    };
    const failed = record(verified({ key: key() }), failing);
    await expect(failed).rejects.toThrow(
      /--verify-key does not verify every image\. Nothing was changed\.\n {2}- audit: signature: none found[\s\S]*- web: signature/,
    );
    const recording = await failed.catch(
      (error: unknown) => (error as { recording: Recording }).recording,
    );
    expect(commandsOf(recording as Recording).some((text) => text.includes('deploy/src'))).toBe(
      false,
    );
  });
  test('logs in where it is told to, and a token of any shape shows nowhere', async () => {
    const { recording } = await record(
      () => verified({ key: key(), username: 'ann', token: dag.setSecret('t', CANARY) })(),
      well,
    );
    const mounted = callsOf(recording, 'withMountedSecret').map((call) => call.args['path']);
    expect(mounted).toContain('/auth/config.json');
    for (const command of commandsOf(recording)) expect(command).not.toContain('c4nary');
  });
  test('without a log, the log is not asked', async () => {
    const { recording } = await record(verified({ key: key(), withoutLog: true }), well);
    for (const command of commandsOf(recording).filter((text) => text.startsWith('verify')))
      expect(command).toContain('--insecure-ignore-tlog=true');
  });
});

test('without a key nothing is asked', async () => {
  const { recording } = await record(verified({}), well);
  expect(commandsOf(recording).filter((command) => command.startsWith('verify'))).toEqual([]);
});

test.each([
  [{ username: 'ann' }, /--verify-token is missing[\s\S]*--verify-key is missing/],
  [{ withoutLog: true }, /--verify-key is missing/],
])('half of it is refused: %j', async (given, message) => {
  await expect(record(verified(given), well)).rejects.toThrow(message);
});

test.each([
  ['Error: no signatures found', /^none found/],
  ['main.go: error\nError: no matching attestations: ', /^none found/],
  [
    'Error: no matching signatures: invalid signature when validating ASN.1 encoded signature',
    /^signed with another key/,
  ],
  ['GET https://r/v2/: UNAUTHORIZED: 401', /--verify-username and --verify-token/],
  ['dial tcp: i/o timeout', /did not answer/],
  ['Error: something else', /^something else$/],
])('%s', (stderr, message) => {
  expect(verdict(stderr)).toMatch(message);
  expect(verdict(stderr)).not.toContain('\n');
});
