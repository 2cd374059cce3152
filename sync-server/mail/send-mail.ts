import { createTransport } from 'nodemailer';

export interface Mail {
  to: string;
  subject: string;
  text: string;
}

export interface SendMail {
  /** Rejects where it may succeed later. A reader whose mail server refuses for good is not written to again. */
  send(mail: Mail): Promise<void>;
  /** Nothing is sent: the links are in the log. */
  isLogged?: true;
  close(): void;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;

/** Sends by a mail server, over connections that are kept for the next mails. */
export function createSmtp(url: string, from: string, onRefused: () => void): SendMail {
  const transport = createTransport(
    {
      url,
      pool: true,
      maxConnections: 2,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      // Neither files nor addresses of the network are ever read for a mail.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    async send({ to, subject, text }) {
      try {
        // As an object, an address is taken as it is, and never for a list of several.
        await transport.sendMail({ to: { name: '', address: to }, subject, text });
      } catch (error) {
        if (!isRefusedForGood(error)) throw error;
        onRefused();
      }
    },
    close: () => transport.close(),
  };
}

/** The mail server knows that the reader does not exist. Everything else, a wrong password of ours included, may get better. */
function isRefusedForGood(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('responseCode' in error)) return false;
  return error.code === 'EENVELOPE' && Number(error.responseCode) >= 500;
}
