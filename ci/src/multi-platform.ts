// An index that claims two platforms and holds one twice only shows on the node that can't run it. So every image is
// looked at before it is called published: the programs' ELF headers before the push, the index after it.

/** Platforms every image is published for. */
export const PLATFORMS = ['linux/amd64', 'linux/arm64'] as const;
export type ImagePlatform = (typeof PLATFORMS)[number];

/** `e_machine` of an ELF header, by platform (System V ABI: 0x3e x86-64, 0xb7 AArch64). */
const ELF_MACHINE: Readonly<Record<ImagePlatform, string>> = {
  'linux/amd64': '003e',
  'linux/arm64': '00b7',
};

/** What an OCI index says of one of its images. */
interface IndexEntry {
  readonly digest?: string;
  readonly platform?: { readonly os?: string; readonly architecture?: string };
}

/** What a manifest says of one layer. */
interface ManifestDescriptor {
  readonly layers?: readonly { readonly digest?: string }[];
}

/** One platform's part of a published index. */
export interface PublishedPlatform {
  readonly platform: ImagePlatform;
  readonly digest: string;
}

/**
 * Checks that an index holds one image for each platform.
 * @param index the index as the registry gave it, JSON.
 * @returns the platforms' digests, in the order of {@link PLATFORMS}.
 * @throws Error naming every platform that is missing, double or the same as another.
 */
export function verifyIndex(
  index: string,
  platforms: readonly ImagePlatform[] = PLATFORMS,
): PublishedPlatform[] {
  const { manifests } = JSON.parse(index) as { manifests?: readonly IndexEntry[] };
  if (!Array.isArray(manifests)) {
    throw new Error(
      `not a multi-platform index but a single image: expected ${platforms.join(' and ')}`,
    );
  }
  const entries = manifests as readonly IndexEntry[];
  const problems: string[] = [];
  const found = platforms.map((platform) => {
    const matching = entries.filter(
      (entry) => `${entry.platform?.os ?? ''}/${entry.platform?.architecture ?? ''}` === platform,
    );
    if (matching.length !== 1)
      problems.push(`${platform}: expected 1 image, the index has ${String(matching.length)}`);
    return { platform, digest: matching[0]?.digest ?? '' };
  });
  const digests = found.map(({ digest }) => digest).filter((digest) => digest !== '');
  if (new Set(digests).size !== digests.length) problems.push('both platforms have the same image');
  if (problems.length > 0) throw new Error(`the image index is invalid: ${problems.join('; ')}`);
  return found;
}

/**
 * Checks one platform's part of an index: its configuration names that platform, and its programs differ from the others'.
 * The application's own layer may be equal (JavaScript is), the base image's can't.
 * @param parts configuration and manifest of each platform, JSON as the registry gave them.
 * @throws Error naming the platform whose image is another's.
 */
export function verifyPlatforms(
  parts: readonly { platform: ImagePlatform; config: string; manifest: string }[],
): void {
  const problems: string[] = [];
  const layers = new Map<string, ImagePlatform>();
  for (const { platform, config, manifest } of parts) {
    const { os = '', architecture = '' } = JSON.parse(config) as {
      os?: string;
      architecture?: string;
    };
    if (`${os}/${architecture}` !== platform)
      problems.push(`${platform}: the image says it is ${os}/${architecture}`);
    const first = (JSON.parse(manifest) as ManifestDescriptor).layers?.[0]?.digest ?? '';
    const other = layers.get(first);
    if (first !== '' && other !== undefined)
      problems.push(`${platform}: its base image is for ${other}`);
    layers.set(first, platform);
  }
  if (problems.length > 0)
    throw new Error(`an image does not match its platform: ${problems.join('; ')}`);
}

/**
 * Checks the machine a program was compiled for.
 * @param header bytes 18 and 19 of the file in hexadecimal, low byte first: what `od -A n -t x1 -j 18 -N 2` prints.
 * @throws Error when it is another platform's, or no ELF program.
 */
export function verifyElf(platform: ImagePlatform, header: string): void {
  const [low, high] = header.trim().split(/\s+/);
  const machine = `${high ?? ''}${low ?? ''}`;
  if (machine === ELF_MACHINE[platform]) return;
  const actual =
    PLATFORMS.find((candidate) => ELF_MACHINE[candidate] === machine) ??
    `machine 0x${machine || '?'}`;
  throw new Error(`${platform}: its node is built for ${actual}`);
}
