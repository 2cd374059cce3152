import { useEffect, useState } from 'react';
import { useLocation } from 'wouter';
import type { ConversationRow, OutboxRow } from '#app/local-store/local-store.ts';
import { shownConnection } from '#app/state/connection.ts';
import { useAppSelector } from '#app/state/store.ts';
import type { Client } from '#app/sync/client.ts';
import { catchUpNowAndThen, closeRead, sendLater, showBadge } from './in-step.ts';
import { renewPush } from './subscription.ts';

interface InStepProps {
  client: Client;
  rows: readonly ConversationRow[];
  outbox: readonly OutboxRow[];
  /** The number in the page's title. */
  unread: number;
}

/**
 * Keeps this device's subscription, notifications and badge in step with the app. It shows nothing; as a component its code is
 * fetched after the list is shown.
 */
export default function NotificationsInStep({ client: { deviceId }, rows, outbox, unread }: InStepProps) {
  const [, navigate] = useLocation();
  const {
    notifications,
    notificationText: show = 'text',
    notificationSound,
  } = useAppSelector((state) => state.settings);
  const { phase } = useAppSelector(shownConnection);
  const [isHidden, setHidden] = useState(document.visibilityState === 'hidden');
  const isOnline = phase === 'online';
  const isOn = notifications === 'on';
  const hasUnsent = outbox.some(({ state }) => state === 'queued' || state === 'sending');

  useEffect(() => {
    if (isOn && isOnline) void renewPush(deviceId, { show, sound: notificationSound !== 'off' });
  }, [isOn, isOnline, deviceId, show, notificationSound]);
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
  useEffect(() => {
    // A notification was pressed while the app is open.
    const open = ({ data }: MessageEvent<unknown>) => {
      if (typeof data !== 'object' || data === null || !('type' in data) || data.type !== 'OPEN') return;
      if ('path' in data && typeof data.path === 'string') navigate(data.path);
    };
    navigator.serviceWorker?.addEventListener('message', open);
    return () => navigator.serviceWorker?.removeEventListener('message', open);
  }, [navigate]);
  return null;
}
