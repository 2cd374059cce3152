import { createTransport } from 'nodemailer';

export interface Email {
  to: string;
  subject: string;
  text: string;
}

export interface SendEmail {
  /** Rejects if it may succeed later. If the recipient's mail server refuses for good, it does not reject, and the email is dropped. */
  send(email: Email): Promise<void>;
  /** Nothing is sent, because the links are in the log. */
  isLogged?: true;
  close(): void;
}

const CONNECT_MS = 10_000;
const SILENCE_MS = 30_000;

/** Sends through a mail server, over connections that are kept for further emails. */
export function createSmtp(url: string, from: string, onRefused: () => void): SendEmail {
  const transport = createTransport(
    {
      url,
      pool: true,
      maxConnections: 2,
      connectionTimeout: CONNECT_MS,
      greetingTimeout: CONNECT_MS,
      socketTimeout: SILENCE_MS,
      // Neither files nor addresses of the network are ever read for an email.
      disableFileAccess: true,
      disableUrlAccess: true,
    },
    { from },
  );
  return {
    async send({ to, subject, text }) {
      try {
        // As an object, an address is used as it is, and never parsed as a list.
        await transport.sendMail({ to: { name: '', address: to }, subject, text });
      } catch (error) {
        if (!isRefusedForGood(error)) throw error;
        onRefused();
      }
    },
    close: () => transport.close(),
  };
}

/** The mail server knows that the recipient does not exist. Any other failure, including a wrong password of ours, may be temporary. */
function isRefusedForGood(error: unknown): boolean {
  if (!(error instanceof Error) || !('code' in error) || !('responseCode' in error)) return false;
  return error.code === 'EENVELOPE' && Number(error.responseCode) >= 500;
}
