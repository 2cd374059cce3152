import type { IncomingMessage } from 'node:http';
import { isIP } from 'node:net';
import type { Config } from '#server/config.ts';
import type { Log } from '#server/logging.ts';

const MAX_QUOTED = 200;

/** Settings that are missing for a proxy in front of the server. Each notice is logged once, because nothing else tells the operator. */
export interface ProxyNotices {
  /** A request was refused because of its origin. [HT1] */
  refusedOrigin(request: IncomingMessage, log: Log): void;
  forwarded(request: IncomingMessage, log: Log): void;
}

export function createProxyNotices({ publicOrigin, trustProxy }: Config): ProxyNotices {
  const said = { origin: false, forwarded: trustProxy !== false };
  return {
    refusedOrigin({ headers }, log) {
      const { origin = '', host = '', 'sec-fetch-site': site = 'same-origin' } = headers;
      // A page of another site is refused on purpose, and needs no setting.
      if (said.origin || site !== 'same-origin' || !URL.canParse(origin)) return;
      said.origin = true;
      const page = new URL(origin).origin.slice(0, MAX_QUOTED);
      const sentence =
        'pages at this address are refused, because the server does not know it as its own: if people use TeamLink there, set PUBLIC_URL to it';
      log.warn(
        { page, ...(publicOrigin === undefined ? { host: host.slice(0, MAX_QUOTED) } : { publicOrigin }) },
        sentence,
      );
    },
    forwarded({ headers, socket }, log) {
      if (said.forwarded || headers['x-forwarded-for'] === undefined || !isNear(socket.remoteAddress ?? '')) return;
      said.forwarded = true;
      const sentence =
        'a proxy forwards requests and is not trusted, so the limits count all people behind it as one network: set TRUST_PROXY, for example to 1';
      log.warn({}, sentence);
    },
  };
}

/** An address of this machine or a private network, where a proxy in front of the server usually is. */
function isNear(address: string): boolean {
  const plain = address.replace(/^::ffff:/i, '');
  if (isIP(plain) === 4) return /^(?:127|10|192\.168|172\.(?:1[6-9]|2\d|3[01]))\./.test(plain);
  return /^(?:::1$|f[cd])/i.test(plain);
}
