import { createHash, generateKeyPairSync, randomBytes, sign } from 'node:crypto';

/** A device that creates a passkey and signs with it, like a browser by WebAuthn. */
export interface TestPasskey {
  readonly id: string;
  /** The answer to creation options. */
  create(challenge: string): object;
  /** The answer to request options. `unlocked`: the person has unlocked it with a face, a fingerprint or a code. */
  use(challenge: string, how?: { origin?: string; unlocked?: boolean }): object;
}

export function createTestPasskey(origin: string): TestPasskey {
  const { publicKey, privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const { x = '', y = '' } = publicKey.export({ format: 'jwk' });
  const id = randomBytes(16);
  const rpHash = createHash('sha256').update(new URL(origin).hostname).digest();
  const shared = {
    id: id.toString('base64url'),
    rawId: id.toString('base64url'),
    type: 'public-key',
    clientExtensionResults: {},
  };
  const clientData = (type: string, challenge: string, from: string) =>
    Buffer.from(JSON.stringify({ type, challenge, origin: from, crossOrigin: false }));
  const authenticatorData = (flags: number, attested: Buffer) => {
    // Most passkeys do not count their uses, so only the challenge prevents an answer from being used again.
    const count = Buffer.alloc(4);
    return Buffer.concat([rpHash, Buffer.from([flags]), count, attested]);
  };
  return {
    id: shared.id,
    create(challenge) {
      // The key as COSE has it: {1: 2, 3: -7, -1: 1, -2: x, -3: y} in CBOR.
      const coordinate = (text: string) => Buffer.concat([Buffer.from([0x58, 32]), Buffer.from(text, 'base64url')]);
      const key = Buffer.concat([
        Buffer.from([0xa5, 0x01, 0x02, 0x03, 0x26, 0x20, 0x01, 0x21]),
        coordinate(x),
        Buffer.from([0x22]),
        coordinate(y),
      ]);
      const attested = Buffer.concat([Buffer.alloc(16), Buffer.from([0, id.length]), id, key]);
      const data = authenticatorData(0x45, attested);
      // {fmt: "none", attStmt: {}, authData: data} in CBOR.
      const attestation = Buffer.concat([
        Buffer.from([0xa3, 0x63]),
        Buffer.from('fmt'),
        Buffer.from([0x64]),
        Buffer.from('none'),
        Buffer.from([0x67]),
        Buffer.from('attStmt'),
        Buffer.from([0xa0, 0x68]),
        Buffer.from('authData'),
        Buffer.from([0x58, data.length]),
        data,
      ]);
      return {
        ...shared,
        response: {
          clientDataJSON: clientData('webauthn.create', challenge, origin).toString('base64url'),
          attestationObject: attestation.toString('base64url'),
        },
      };
    },
    use(challenge, { origin: from = origin, unlocked = true } = {}) {
      const client = clientData('webauthn.get', challenge, from);
      const data = authenticatorData(unlocked ? 0x05 : 0x01, Buffer.alloc(0));
      const signed = Buffer.concat([data, createHash('sha256').update(client).digest()]);
      return {
        ...shared,
        response: {
          clientDataJSON: client.toString('base64url'),
          authenticatorData: data.toString('base64url'),
          signature: sign('sha256', signed, privateKey).toString('base64url'),
        },
      };
    },
  };
}
