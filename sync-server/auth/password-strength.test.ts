import { expect, it } from 'vitest';
import { createWorld } from './testing/accounts.fixture.ts';
import { passwordStrength } from './password-strength.ts';

it('[SEC-30] estimates how a password withstands guesses, and counts known facts about the person as guessed', () => {
  const found = (password: string) => passwordStrength(password, ['Zofia Wrobelsky', 'wrobelsky@example.org']);
  for (const password of ['password1', 'aaaaaaaa', 'TeamLink1'])
    expect([password, found(password)]).toEqual([password, 'common']);
  for (const password of ['wrobelsky7', 'Wr0belsky!example', 'p4ssw0rd47x', '20 12 1990', 'abcdefgh9'])
    expect([password, found(password)]).toEqual([password, 'weak']);
  for (const password of ['Mv7!kq2x', 'kdwbuzelm']) expect([password, found(password)]).toEqual([password, 'fair']);
  for (const password of ['correct horse battery', 'ein gutes Wort', 'Mv7!kq2xPl9', 'пароль для чата'])
    expect([password, found(password)]).toEqual([password, 'strong']);
});

it('[AC8] the server answers people who are not signed in, within a limit', async () => {
  const world = await createWorld();
  const ask = (body: object) => world.call('/password-strength', body);
  expect((await ask({ password: 'wrobelsky7', about: ['Zofia Wrobelsky'] })).json).toEqual({ strength: 'weak' });
  expect((await ask({ password: 'wrobelsky7' })).json).toEqual({ strength: 'strong' });
  for (const body of [
    {},
    { password: 'x'.repeat(129) },
    { password: 'x', about: ['a', 'b', 'c'] },
    { password: ['x'] },
  ])
    expect((await ask(body)).status).toBe(400);
  let last = 200;
  for (let at = 0; at < 700 && last !== 429; at += 1) last = (await ask({ password: 'x' })).status;
  expect(last).toBe(429);
  world.accounts.close();
  await world.close();
});
