import { useEffect, useRef, useState } from 'react';
import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { catchUpNowAndThen, closeAll, closeRead, sendLater, showBadge } from './in-step.ts';
import { renewPush } from './subscription.ts';
import { useNotificationPresses } from './use-presses.ts';

interface InStepProps {
  client: Client;
  rows: readonly ConversationRow[];
  outbox: readonly OutboxRow[];
  /** The number in the page's title. */
  unread: number;
}

/**
 * Keeps this device's subscription, notifications and badge in step with the app. It draws nothing; it is a component so that its
 * code is fetched after the list is shown.
 */
export default function NotificationsInStep({ client: { deviceId }, rows, outbox, unread }: InStepProps) {
  const {
    notifications,
    notificationText = 'text',
    notificationSound,
    lock,
  } = useAppSelector((state) => state.settings);
  // Content that may not be shown is not sent either. [SEC-55]
  const hasLock = lock !== undefined;
  const show = hasLock ? 'nothing' : notificationText;
  const hadLock = useRef(hasLock);
  const { phase } = useAppSelector(shownConnection);
  const [isHidden, setHidden] = useState(document.visibilityState === 'hidden');
  const isOnline = phase === 'online';
  const isOn = notifications === 'on';
  const hasUnsent = outbox.some(({ state }) => state === 'queued' || state === 'sending');

  useEffect(() => {
    if (isOn && isOnline) void renewPush(deviceId, { show, sound: notificationSound !== 'off' });
  }, [isOn, isOnline, deviceId, show, notificationSound]);
  useEffect(() => {
    // Notifications from before the lock show sender and text.
    if (hasLock && !hadLock.current) void closeAll();
    hadLock.current = hasLock;
  }, [hasLock]);
  useEffect(() => void catchUpNowAndThen(), []);
  useEffect(() => void closeRead(rows), [rows]);
  useEffect(() => void showBadge(unread), [unread]);
  useEffect(() => {
    const look = () => setHidden(document.visibilityState === 'hidden');
    document.addEventListener('visibilitychange', look);
    return () => document.removeEventListener('visibilitychange', look);
  }, []);
  useEffect(() => {
    if (hasUnsent && (isHidden || !isOnline)) void sendLater();
  }, [hasUnsent, isHidden, isOnline]);
  useNotificationPresses();
  return null;
}
