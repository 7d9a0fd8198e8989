// An authenticator in software, as far as WebAuthn needs one: a P-256 key (ES256), attestation `none`. What a browser and a device do
// together for `navigator.credentials`, with every part that a server must check in the test's hand.
import { createHash, generateKeyPairSync, randomBytes, sign, type KeyObject } from 'node:crypto';

/** What can be wrong with an answer; right without. */
export interface Behaviour {
  /** The page's origin. */
  readonly origin?: string;
  readonly rpId?: string;
  /** Whether the device checked its person (PIN, fingerprint). */
  readonly verified?: boolean;
  readonly challenge?: string;
  /** The key that signs; the credential's own without. */
  readonly key?: KeyObject;
}

/** A credential on the device. */
export interface Credential {
  readonly id: string;
  readonly key: KeyObject;
  /** Answers `navigator.credentials.create`. */
  readonly created: (challenge: string, behaviour?: Behaviour) => object;
  /** Answers `navigator.credentials.get`. */
  readonly used: (challenge: string, behaviour?: Behaviour) => object;
}

const sha256 = (data: Buffer | string) => createHash('sha256').update(data).digest();

/** Makes a credential for a site. */
export function createCredential(site: { origin: string; rpId: string }): Credential {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const rawId = randomBytes(16);
  const id = rawId.toString('base64url');
  let counter = 0;
  const clientData = (type: string, challenge: string, origin: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false }));
  // WebAuthn, section 6.1: flags are user present (0x01), user verified (0x04), attested data included (0x40)
  const authenticatorData = (behaviour: Behaviour, attested?: Buffer) => {
    counter += 1;
    const count = Buffer.alloc(4);
    count.writeUInt32BE(counter);
    const flags =
      0x01 | (behaviour.verified === false ? 0 : 0x04) | (attested === undefined ? 0 : 0x40);
    return Buffer.concat([
      sha256(behaviour.rpId ?? site.rpId),
      Buffer.from([flags]),
      count,
      attested ?? Buffer.alloc(0),
    ]);
  };
  const answer = (response: object) => ({
    ...{ id, rawId: id, type: 'public-key', clientExtensionResults: {}, response },
  });
  return {
    id,
    key: privateKey,
    created: (challenge, behaviour = {}) => {
      const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
      const length = Buffer.from([0, rawId.length]);
      const attested = Buffer.concat([Buffer.alloc(16), length, rawId, coseKey(x, y)]);
      return answer({
        clientDataJSON: clientData(
          ...([
            'webauthn.create',
            behaviour.challenge ?? challenge,
            behaviour.origin ?? site.origin,
          ] as const),
        ).toString('base64url'),
        attestationObject: attestation(authenticatorData(behaviour, attested)).toString(
          'base64url',
        ),
        transports: ['internal'],
      });
    },
    used: (challenge, behaviour = {}) => {
      const data = clientData(
        ...([
          'webauthn.get',
          behaviour.challenge ?? challenge,
          behaviour.origin ?? site.origin,
        ] as const),
      );
      const authenticator = authenticatorData(behaviour);
      const signed = Buffer.concat([authenticator, sha256(data)]);
      return answer({
        clientDataJSON: data.toString('base64url'),
        authenticatorData: authenticator.toString('base64url'),
        signature: sign('sha256', signed, behaviour.key ?? privateKey).toString('base64url'),
      });
    },
  };
}

/** RFC 9053, section 7.1.1: {1: 2, 3: -7, -1: 1, -2: x, -3: y}, CBOR. @param x @param y base64url */
function coseKey(x: string, y: string): Buffer {
  const bytes = (value: string) =>
    Buffer.concat([Buffer.from([0x58, 0x20]), Buffer.from(value, 'base64url')]);
  return Buffer.concat([
    ...[Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]), bytes(x)],
    ...[Buffer.from([0x22]), bytes(y)],
  ]);
}

/** {"fmt": "none", "attStmt": {}, "authData": …}, CBOR. */
function attestation(authData: Buffer): Buffer {
  const text = (value: string) =>
    Buffer.concat([Buffer.from([0x60 + value.length]), Buffer.from(value)]);
  const length = Buffer.from([0x58, authData.length]);
  return Buffer.concat([
    ...[Buffer.from([0xa3]), text('fmt'), text('none'), text('attStmt'), Buffer.from([0xa0])],
    ...[text('authData'), length, authData],
  ]);
}
