import type { Config } from '#server/config.ts';
import type { Log } from '#server/logging.ts';
import { createSmtp, type SendEmail } from './send-email.ts';

/**
 * How this server sends emails. Without a mail server, outside production, the links of emails are written to the log, so that
 * everything can be tried out. In production there are no emails in this case, because a log with such links would be a security
 * hole.
 */
export function openEmail(
  { mail, isProduction }: Pick<Config, 'mail' | 'isProduction'>,
  log: Log,
): SendEmail | undefined {
  if (mail !== undefined)
    return createSmtp(mail.url, mail.from, () => log.warn({}, 'a mail server refuses a reader, who gets no email'));
  if (isProduction) {
    log.warn({}, 'SMTP_URL is not set: nobody can confirm an address or get a new password by email');
    return undefined;
  }
  log.warn({}, 'SMTP_URL is not set: the links of emails are written to this log, which production never does');
  return {
    send({ text }) {
      log.info({ link: /^http\S+$/m.exec(text)?.[0] }, 'an email would hold this link');
      return Promise.resolve();
    },
    isLogged: true,
    close: () => undefined,
  };
}
