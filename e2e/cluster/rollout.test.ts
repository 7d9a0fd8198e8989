// A new version is rolled out while people use the old one: no request fails. A suite of its own, because it is the only one
// that asks how fast the machine is: two environments and a deploy under load, on it at once.
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, onTestFinished, test } from 'vitest';
import { startLoad } from './load.ts';
import {
  releaseOf,
  runningImages,
  runsNext,
  someone,
  startDeploy,
  tagOf,
  underTest,
} from './variants.ts';

const { images, nextImages, variants } = underTest();

/** CLUSTER_LOAD: less, where the machine does other work besides. */
const REQUESTS_PER_SECOND = Number(process.env['CLUSTER_LOAD'] ?? 50);
const MINUTES = 60_000;
const HEALTHY_WITHIN_MS = 180_000;

describe.each(variants)('environment $env', (variant) => {
  test(
    `a new version is rolled out under ${REQUESTS_PER_SECOND} requests a second without a failed one`,
    async () => {
      const to = (await runsNext(variant)) ? images : nextImages;
      await releaseOf(variant).waitUntilHealthy(HEALTHY_WITHIN_MS);
      const load = startLoad(await someone(variant), REQUESTS_PER_SECOND);
      onTestFinished(async () => {
        await load.stop(); // also when the time is over
      });
      const rolled = await startDeploy(variant, to).ended;
      await sleep(8_000); // the last old pods are still on their way out
      const { sent, failed, seconds } = await load.stop();
      expect(rolled.code, rolled.output).toBe(0);
      expect(failed).toEqual([]);
      expect(sent).toBeGreaterThan(seconds * REQUESTS_PER_SECOND * 0.9);
      expect((await runningImages(variant)).every((image) => tagOf(image) === tagOf(to))).toBe(
        true,
      );
      console.log(
        `  ${variant.env}: rolled out in ${rolled.seconds.toFixed(0)} s, ${sent} requests, 0 failed`,
      );
    },
    10 * MINUTES,
  );
});
