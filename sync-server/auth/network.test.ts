import { describe, expect, it } from 'vitest';
import { networkOf } from './network.ts';

describe('networkOf', () => {
  it('[SEC-22] is the same for all addresses of an IPv6 customer, in every notation', () => {
    const same = [
      '2001:db8:0:1::1',
      '2001:DB8::1:ffff:0:0:2',
      '2001:0db8:0000:0001:aaaa:bbbb:cccc:dddd',
      '2001:db8:0:1::5%eth0',
    ];
    expect(new Set(same.map(networkOf))).toEqual(new Set(['2001:db8:0:1::/64']));
    expect(networkOf('2001:db8:0:2::1')).toBe('2001:db8:0:2::/64');
    expect(networkOf('::1')).toBe('0:0:0:0::/64');
  });

  it('[SEC-22] is the address itself for IPv4, also inside IPv6', () => {
    expect(networkOf('192.0.2.7')).toBe('192.0.2.7');
    expect(networkOf('::ffff:192.0.2.7')).toBe('192.0.2.7');
    expect(networkOf('::FFFF:192.0.2.7')).toBe('192.0.2.7');
    expect(networkOf('::ffff:c000:207')).toBe('192.0.2.7');
  });
});
