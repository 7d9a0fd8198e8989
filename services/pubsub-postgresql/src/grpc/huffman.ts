// The Huffman code of HPACK header strings (RFC 7541, appendix B), for decoding. The code is canonical: the lengths of the
// symbols' codes determine it.

const EOS = 256;
/** Bits of each symbol's code, from 0 to 255; RFC 7541, appendix B. */
const LENGTHS = [
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 30, 28,
  28, 28, 28, 28, 28, 28, 28, 28, 6, 10, 10, 12, 13, 6, 8, 11, 10, 10, 8, 11, 8, 6, 6, 6, 5, 5, 5,
  6, 6, 6, 6, 6, 6, 6, 7, 8, 15, 6, 12, 10, 13, 6, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7, 7,
  7, 7, 7, 7, 7, 7, 8, 7, 8, 13, 19, 13, 14, 6, 15, 5, 6, 5, 6, 5, 6, 6, 6, 5, 7, 7, 6, 6, 6, 5, 6,
  7, 6, 5, 5, 6, 7, 7, 7, 7, 7, 15, 11, 14, 13, 28, 20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23,
  23, 23, 24, 23, 24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24, 22, 21, 20, 22,
  22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23, 21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22,
  23, 22, 22, 23, 26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25, 19, 21, 26, 27,
  27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27, 20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25,
  24, 24, 26, 23, 26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
];
const EOS_LENGTH = 30;
/** More bits than this after the last symbol are no padding. */
const LONGEST_PADDING = 7;

/** Two places for each inner node: the next node for bit 0 and bit 1; a leaf is -1 - symbol. */
const TREE = buildTree();

function buildTree(): Int16Array {
  const codes = [...LENGTHS, EOS_LENGTH]
    .map((length, symbol) => ({ length, symbol }))
    .toSorted((a, b) => a.length - b.length || a.symbol - b.symbol);
  const tree = new Int16Array(2 * codes.length);
  let nodes = 1;
  let code = 0;
  let bits = 0;
  for (const { length, symbol } of codes) {
    code *= 2 ** (length - bits);
    bits = length;
    let node = 0;
    for (let bit = length - 1; bit >= 0; bit--) {
      const place = 2 * node + (Math.floor(code / 2 ** bit) & 1);
      if (bit === 0) tree[place] = -1 - symbol;
      else if (tree[place] === 0) {
        tree[place] = nodes;
        node = nodes++;
      } else node = tree[place] ?? 0;
    }
    code++;
  }
  return tree;
}

/**
 * Decodes a Huffman-coded string.
 * @returns undefined when it is malformed: RFC 7541, section 5.2
 */
export function decodeHuffman(bytes: Buffer): string | undefined {
  const symbols: number[] = [];
  let node = 0;
  let depth = 0;
  let onlyOnes = true;
  for (const byte of bytes) {
    for (let shift = 7; shift >= 0; shift--) {
      const bit = (byte >> shift) & 1;
      const next = TREE[2 * node + bit] ?? 0;
      depth++;
      onlyOnes &&= bit === 1;
      if (next >= 0) node = next;
      else {
        const symbol = -1 - next;
        if (symbol === EOS) return undefined;
        symbols.push(symbol);
        node = 0;
        depth = 0;
        onlyOnes = true;
      }
    }
  }
  if (depth > LONGEST_PADDING || !onlyOnes) return undefined;
  return String.fromCharCode(...symbols);
}
