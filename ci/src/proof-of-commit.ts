// The proof as `test-integration` and `release` ask for it: a report, or a failure that carries it.
import { InvalidArguments } from './arguments.ts';
import { PipelineFailure } from './failure.ts';
import type { BuildInput } from './images.ts';
import { prove } from './integration.ts';
import { VARIANTS } from './variant-proof.ts';
import type { VariantName } from './variant-proof.ts';
import { K3S_VERSION } from './versions.ts';

/** What is proven, and how. */
interface ProofRequest extends BuildInput {
  /** Both if not given. */
  readonly variants?: readonly VariantName[] | undefined;
  /** Of Kubernetes, as k3s tags it; the pinned one if not given. */
  readonly version?: string | undefined;
  readonly keep: boolean;
  /** All variants at once; one after the other if not given. */
  readonly sideBySide?: boolean;
}

/**
 * Proves a commit and gives the report.
 * @throws InvalidArguments for a version that k3s can't have; PipelineFailure with the report when the proof failed
 */
export async function proofOf(options: ProofRequest): Promise<string> {
  const version = kubernetesTag(options.version ?? K3S_VERSION);
  const proof = await prove({
    source: options.source,
    nodeImage: options.nodeImage,
    variants: options.variants ?? (Object.keys(VARIANTS) as VariantName[]),
    version,
    keep: options.keep,
    sideBySide: options.sideBySide === true,
  });
  if (!proof.ok) throw new PipelineFailure(`test-integration failed\n\n${proof.report}`);
  return proof.report;
}

/**
 * A version of Kubernetes as k3s tags its images: `v1.36.2+k3s1`, as a cluster says it, is tagged `v1.36.2-k3s1`.
 * @throws InvalidArguments for anything else
 */
export function kubernetesTag(typed: string): string {
  const tag = typed.trim().replace('+', '-');
  if (/^v\d+\.\d+\.\d+(?:-rc\d+)?-k3s\d+$/.test(tag)) return tag;
  throw new InvalidArguments(
    'test-integration',
    [`--k-version: "${typed}" is not a k3s version: expected a tag such as ${K3S_VERSION}`],
    'Nothing was done.',
  );
}
