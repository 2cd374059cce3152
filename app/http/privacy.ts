import { PRIVACY_PATH, Privacy } from '#protocol/privacy.ts';
import { request, type Outcome } from './request.ts';

/** What the person lets others see; it applies to all their devices. [PV1] */
export function privacy(): Promise<Outcome<Privacy>> {
  return request(PRIVACY_PATH, Privacy);
}

export function changePrivacy(body: Privacy): Promise<Outcome<Privacy>> {
  return request(PRIVACY_PATH, Privacy, { method: 'PUT', body });
}
