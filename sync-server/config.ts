import { isIP } from 'node:net';
import { resolve } from 'node:path';
import * as v from 'valibot';
import { type SignInProvider, readSignInProviders } from './auth/sign-in-providers.ts';

/** The environment, read once. docs/operations.md explains the variables. */
export interface Config {
  readonly port: number;
  /** Absent: every address of the machine. */
  readonly host: string | undefined;
  readonly dataDir: string;
  /** Absent: the embedded database in `dataDir`. */
  readonly mongodbUri: string | undefined;
  /** Absent: servers over one database have no bus, and devices learn what moved elsewhere by `heads`. */
  readonly redisUrl: string | undefined;
  /** Scheme, host and port as browsers see them. Absent: the origin that a request was itself sent to. */
  readonly publicOrigin: string | undefined;
  /** The proxies whose `X-Forwarded-For` and `X-Forwarded-Proto` are trusted: a number of hops, or addresses and networks. */
  readonly trustProxy: number | readonly string[] | false;
  readonly tls: { readonly cert: string; readonly key: string } | undefined;
  readonly rateLimit: boolean;
  readonly directory: 'open' | 'closed';
  /** Whether a chat that a stranger starts is a request. [RQ1] */
  readonly requests: boolean;
  readonly logLevel: 'fatal' | 'error' | 'warn' | 'info' | 'debug' | 'silent';
  readonly authSecret: string | undefined;
  /** Where uploaded files are, if not in `dataDir`. `prefix` is empty, or ends in a slash. */
  readonly bucket:
    | {
        readonly endpoint: string;
        readonly bucket: string;
        readonly prefix: string;
        readonly region: string;
        readonly accessKeyId: string;
        readonly secretAccessKey: string;
      }
    | undefined;
  /** How many bytes of files one person, and the whole server, may store. */
  readonly mediaQuota: { readonly person: number; readonly server: number };
  /** Web Push. */
  readonly push: {
    /** Absent: generated once and kept in the database. */
    readonly vapid: { readonly publicKey: string; readonly privateKey: string } | undefined;
    /** Whom push services may contact about this installation. */
    readonly subject: string;
    /** Hosts of push services besides the known ones; a leading dot stands for every host under the name. */
    readonly hosts: readonly string[];
    /** For tests: where every push goes instead. */
    readonly testService: string | undefined;
  };
  /** The token that Prometheus must send. Absent: only this machine may read the metrics. */
  readonly metricsToken: string | undefined;
  /** The mail server and the sender. Absent: outside production, the links of emails are logged instead. */
  readonly mail: { readonly url: string; readonly from: string } | undefined;
  readonly isProduction: boolean;
  /** Whether everybody may create an account. */
  readonly signUp: 'open' | 'invite' | 'closed';
  /** Only addresses of these domains may sign up, and only confirmed ones may sign in. Absent: all. */
  readonly domains: readonly string[] | undefined;
  readonly providers: readonly SignInProvider[];
}

/** Whether browsers reach the server over TLS, its own or a proxy's. */
export function isSecure({ tls, publicOrigin }: Config): boolean {
  return tls !== undefined || (publicOrigin?.startsWith('https:') ?? false);
}

export type ConfigResult = { ok: true; config: Config } | { ok: false; problem: string };

const MIN_SECRET_LENGTH = 32;

const Port = v.pipe(
  v.string(),
  v.regex(/^\d{1,5}$/, 'must be a port number from 0 to 65535'),
  v.transform(Number),
  v.maxValue(65_535, 'must be a port number from 0 to 65535'),
);

const MongoUri = v.pipe(v.string(), v.regex(/^mongodb(\+srv)?:\/\/./, 'must start with mongodb:// or mongodb+srv://'));

const RedisUrl = v.pipe(v.string(), v.regex(/^rediss?:\/\/./, 'must start with redis:// or rediss://'));

const Origin = v.pipe(
  v.string(),
  v.check((value) => {
    if (!URL.canParse(value)) return false;
    const url = new URL(value);
    const isBare = url.pathname === '/' && url.search === '' && url.hash === '' && url.username === '';
    return (url.protocol === 'http:' || url.protocol === 'https:') && isBare;
  }, 'must be an address such as https://chat.example.org, without a path'),
  v.transform((value) => new URL(value).origin),
);

const TrustProxy = v.pipe(
  v.string(),
  v.check(
    (value) => /^\d{1,2}$/.test(value) || value.split(',').every((part) => isNetwork(part.trim())),
    'must be a number of proxies, or their addresses or networks (10.0.0.0/8), separated by commas',
  ),
  v.transform((value) =>
    /^\d+$/.test(value) ? Number(value) || (false as const) : value.split(',').map((part) => part.trim()),
  ),
);

const Megabytes = v.pipe(
  v.string(),
  v.regex(/^\d{1,9}$/, 'must be a number of megabytes'),
  v.transform((value) => Number(value) * 1_000_000),
);

const VapidKey = (bytes: number) =>
  v.pipe(
    v.string(),
    v.check(
      (value) => /^[\w-]+$/.test(value) && Buffer.from(value, 'base64url').length === bytes,
      `must be ${bytes} bytes in base64url`,
    ),
  );

const HostList = v.pipe(
  v.string(),
  v.check(
    (value) => value.split(',').every((host) => /^\.?(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*$/.test(host.trim())),
    'must be host names in lower case, separated by commas',
  ),
  v.transform((value) => value.split(',').map((host) => host.trim())),
);

const SignUp = v.pipe(
  v.string(),
  v.regex(
    /^(?:open|invite|closed|domain:(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*(?:,(?:[a-z0-9-]+\.)+[a-z][a-z0-9-]*)*)$/,
    'must be open, invite, closed or domain: with host names in lower case, as in domain:example.org,example.com',
  ),
);

const SmtpUrl = v.pipe(v.string(), v.regex(/^smtps?:\/\/./, 'must start with smtp:// or smtps://'));

const Sender = v.pipe(
  v.string(),
  v.regex(/^[^\r\n]*[^\s@<>]+@[^\s@<>]+>?$/, 'must be an address, such as TeamLink <chat@example.org>'),
);

const nonEmpty = v.pipe(v.string(), v.minLength(1));

/** A bucket, and the folder in it. */
const BucketUrl = v.pipe(
  v.string(),
  v.regex(/^s3:\/\/[a-z0-9][a-z0-9.-]*(?:\/[\w.-]+)*\/?$/, 'must be like s3://bucket or s3://bucket/folder'),
);
const Endpoint = v.pipe(
  v.string(),
  v.regex(/^https?:\/\/[^/?#@]+\/?$/, 'must be an address such as https://storage.example.org'),
);

const Environment = v.object({
  PORT: v.optional(Port, '3000'),
  HOST: v.optional(v.pipe(nonEmpty, v.regex(/^[^\s/]+$/, 'must be an address or a host name'))),
  DATA_DIR: v.optional(nonEmpty, './data'),
  MONGODB_URI: v.optional(MongoUri),
  REDIS_URL: v.optional(RedisUrl),
  PUBLIC_URL: v.optional(Origin),
  TRUST_PROXY: v.optional(TrustProxy),
  TLS_CERT: v.optional(nonEmpty),
  TLS_KEY: v.optional(nonEmpty),
  RATE_LIMIT: v.optional(v.picklist(['on', 'off'], 'must be on or off'), 'on'),
  DIRECTORY: v.optional(v.picklist(['open', 'closed'], 'must be open or closed'), 'open'),
  REQUESTS: v.optional(v.picklist(['on', 'off'], 'must be on or off'), 'off'),
  LOG_LEVEL: v.optional(
    v.picklist(
      ['fatal', 'error', 'warn', 'info', 'debug', 'silent'],
      'must be one of fatal, error, warn, info, debug, silent',
    ),
    'info',
  ),
  AUTH_SECRET: v.optional(
    v.pipe(v.string(), v.minLength(MIN_SECRET_LENGTH, `must have at least ${MIN_SECRET_LENGTH} characters`)),
  ),
  MEDIA_MB_PER_PERSON: v.optional(Megabytes, '5000'),
  MEDIA_MB: v.optional(Megabytes),
  MEDIA_URL: v.optional(BucketUrl),
  AWS_ENDPOINT_URL: v.optional(Endpoint),
  AWS_REGION: v.optional(
    v.pipe(v.string(), v.regex(/^[a-z0-9-]+$/, 'must be a region, such as eu-central-1')),
    'us-east-1',
  ),
  AWS_ACCESS_KEY_ID: v.optional(nonEmpty),
  AWS_SECRET_ACCESS_KEY: v.optional(nonEmpty),
  VAPID_PUBLIC_KEY: v.optional(VapidKey(65)),
  VAPID_PRIVATE_KEY: v.optional(VapidKey(32)),
  VAPID_SUBJECT: v.optional(
    v.pipe(v.string(), v.regex(/^(?:mailto:.+@.+|https:\/\/.+)$/, 'must be mailto:… or https://…')),
  ),
  PUSH_HOSTS: v.optional(HostList),
  PUSH_TEST_SERVICE: v.optional(Origin),
  METRICS_TOKEN: v.optional(
    v.pipe(v.string(), v.regex(/^[\w.~+/=-]{16,}$/, 'must have at least 16 letters, digits or signs of a token')),
  ),
  SIGN_UP: v.optional(SignUp, 'open'),
  SMTP_URL: v.optional(SmtpUrl),
  MAIL_FROM: v.optional(Sender),
  NODE_ENV: v.optional(v.string()),
});

/** A problem is one sentence about the first wrong variable. It does not repeat the value, which may be a secret. */
export function readConfig(env: Readonly<Record<string, string | undefined>>): ConfigResult {
  // Shells and compose files set an empty value for "not set".
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value !== undefined && value !== ''));
  const parsed = v.safeParse(Environment, given);
  if (!parsed.success) {
    const issue = parsed.issues[0];
    return { ok: false, problem: `${v.getDotPath(issue) ?? 'the environment'} ${issue.message}.` };
  }
  const values = parsed.output;
  if (values.RATE_LIMIT === 'off' && values.NODE_ENV === 'production') {
    return { ok: false, problem: 'RATE_LIMIT must not be off when NODE_ENV is production.' };
  }
  if (values.PUSH_TEST_SERVICE !== undefined && values.NODE_ENV === 'production') {
    return { ok: false, problem: 'PUSH_TEST_SERVICE must not be set when NODE_ENV is production.' };
  }
  for (const [one, other] of [
    ['TLS_CERT', 'TLS_KEY'],
    ['VAPID_PUBLIC_KEY', 'VAPID_PRIVATE_KEY'],
  ] as const) {
    if ((values[one] === undefined) === (values[other] === undefined)) continue;
    const [has, lacks] = values[one] === undefined ? [other, one] : [one, other];
    return { ok: false, problem: `${lacks} must be set too when ${has} is.` };
  }
  const { TLS_CERT: cert, TLS_KEY: key, VAPID_PUBLIC_KEY: publicKey, VAPID_PRIVATE_KEY: privateKey } = values;
  const { SMTP_URL: smtp, PUBLIC_URL: publicOrigin } = values;
  if (smtp !== undefined && publicOrigin === undefined) {
    // A link must not lead to a host that only a request names. [SEC-21]
    return { ok: false, problem: 'PUBLIC_URL must be set too when SMTP_URL is, for the links in emails.' };
  }
  if (values.SIGN_UP.startsWith('domain:') && smtp === undefined && values.NODE_ENV === 'production')
    return {
      ok: false,
      problem: 'SMTP_URL must be set too when SIGN_UP names domains, because addresses are confirmed.',
    };
  const bucket = bucketOf(values);
  if (bucket === 'no keys')
    return { ok: false, problem: 'AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY must be set when MEDIA_URL is.' };
  const read = readSignInProviders(given);
  if (!read.ok) return read;
  if (read.providers.length > 0 && publicOrigin === undefined)
    return { ok: false, problem: 'PUBLIC_URL must be set too when people can sign in by a provider.' };
  const from = values.MAIL_FROM ?? `TeamLink <no-reply@${new URL(publicOrigin ?? 'http://localhost').hostname}>`;
  const config: Config = {
    port: values.PORT,
    host: values.HOST,
    dataDir: resolve(values.DATA_DIR),
    mongodbUri: values.MONGODB_URI,
    redisUrl: values.REDIS_URL,
    publicOrigin: values.PUBLIC_URL,
    trustProxy: values.TRUST_PROXY ?? false,
    tls: cert === undefined || key === undefined ? undefined : { cert: resolve(cert), key: resolve(key) },
    rateLimit: values.RATE_LIMIT === 'on',
    directory: values.DIRECTORY,
    requests: values.REQUESTS === 'on',
    logLevel: values.LOG_LEVEL,
    authSecret: values.AUTH_SECRET,
    bucket,
    mediaQuota: { person: values.MEDIA_MB_PER_PERSON, server: values.MEDIA_MB ?? Infinity },
    push: {
      vapid: publicKey === undefined || privateKey === undefined ? undefined : { publicKey, privateKey },
      subject: values.VAPID_SUBJECT ?? subjectOf(values.PUBLIC_URL),
      hosts: values.PUSH_HOSTS ?? [],
      testService: values.PUSH_TEST_SERVICE,
    },
    metricsToken: values.METRICS_TOKEN,
    mail: smtp === undefined ? undefined : { url: smtp, from },
    ...signUpOf(values.SIGN_UP),
    providers: read.providers,
    isProduction: values.NODE_ENV === 'production',
  };
  return { ok: true, config: Object.freeze(config) };
}

function signUpOf(value: string): Pick<Config, 'signUp' | 'domains'> {
  if (value === 'invite' || value === 'closed') return { signUp: value, domains: undefined };
  return { signUp: 'open', domains: value === 'open' ? undefined : value.slice('domain:'.length).split(',') };
}

function bucketOf(values: v.InferOutput<typeof Environment>): Config['bucket'] | 'no keys' {
  const { MEDIA_URL: url, AWS_REGION: region, AWS_ACCESS_KEY_ID: id, AWS_SECRET_ACCESS_KEY: secret } = values;
  if (url === undefined) return undefined;
  if (id === undefined || secret === undefined) return 'no keys';
  const [bucket = '', ...folders] = url.slice('s3://'.length).split('/').filter(Boolean);
  const endpoint = (values.AWS_ENDPOINT_URL ?? `https://s3.${region}.amazonaws.com`).replace(/\/$/, '');
  const prefix = folders.map((folder) => `${folder}/`).join('');
  return { endpoint, bucket, prefix, region, accessKeyId: id, secretAccessKey: secret };
}

/** Some push services refuse an invented contact, so a public installation should set its own. */
function subjectOf(publicOrigin: string | undefined): string {
  return publicOrigin?.startsWith('https:') === true ? publicOrigin : 'mailto:admin@localhost.localdomain';
}

function isNetwork(text: string): boolean {
  const [address = '', prefix, ...rest] = text.split('/');
  const family = isIP(address);
  if (family === 0 || rest.length > 0) return false;
  return prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (family === 4 ? 32 : 128));
}
