// Loaded before tests, and by `--import` before the servers of browser tests: a password is hashed at a thousandth of the usual
// cost, which is 90 ms of a core and took a tenth of the time of all tests. The servers of `tests/faults/` and the long run have
// the real cost.
import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';

const { scrypt } = crypto;

if (process.env['TEST_LONG'] === undefined) {
  /** @type {typeof scrypt} */
  const quick = (password, salt, length, options, done) => scrypt(password, salt, length, { ...options, N: 16 }, done);
  Object.assign(crypto, { scrypt: quick });
  syncBuiltinESMExports();
}
