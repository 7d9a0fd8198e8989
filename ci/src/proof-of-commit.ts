// The proof as `test-integration` and `release` ask for it: a report, or a failure that carries it.
import type { Directory } from '@dagger.io/dagger';
import { PipelineFailure } from './failure.ts';
import { prove, VARIANTS } from './integration.ts';
import type { VariantName } from './integration.ts';
import { K3S_VERSION } from './versions.ts';

/**
 * Proves a commit and gives the report.
 * @param variants both if not given
 * @param version of Kubernetes, as k3s tags it; the pinned one if not given
 * @throws PipelineFailure with the report when the proof failed
 */
export async function proofOf(options: {
  readonly source: Directory;
  readonly variants?: readonly VariantName[] | undefined;
  readonly version?: string | undefined;
  readonly keep: boolean;
}): Promise<string> {
  const proof = await prove({
    source: options.source,
    variants: options.variants ?? (Object.keys(VARIANTS) as VariantName[]),
    version: options.version ?? K3S_VERSION,
    keep: options.keep,
  });
  if (!proof.ok) throw new PipelineFailure(`test-integration failed\n\n${proof.report}`);
  return proof.report;
}
