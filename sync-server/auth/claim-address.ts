import { type Connection, Types } from 'mongoose';

/**
 * A person who followed the link in an email reads this address. Credentials that were added to the account before may be a
 * stranger's. [SEC-20]
 */
export async function claimAddress(connection: Connection, userId: string): Promise<void> {
  await removeLinks(connection, userId);
  await confirmAddress(connection, userId);
}

export async function removeLinks(connection: Connection, userId: string): Promise<void> {
  const id = new Types.ObjectId(userId);
  await connection.collection('account').deleteMany({ userId: id, providerId: { $ne: 'credential' } });
  await connection.collection('twoFactor').deleteMany({ userId: id });
  await connection.collection('passkeys').deleteMany({ userId: id });
}

export async function confirmAddress(connection: Connection, userId: string): Promise<void> {
  await connection
    .collection('user')
    .updateOne({ _id: new Types.ObjectId(userId) }, { $set: { emailVerified: true, twoFactorEnabled: false } });
}
