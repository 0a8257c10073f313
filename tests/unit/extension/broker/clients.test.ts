import { expect, it } from 'vitest';
import { Clients, MAX_SUSPENDED } from '../../../../extension/src/broker/clients';

it('numbers documents from 1, since 0 is the extension', () => {
  const clients = new Clients();
  expect([clients.arrive('a'), clients.arrive('b')]).toEqual([1, 2]);
});

it('gives a suspended document its number again, once', () => {
  const clients = new Clients();
  const first = clients.arrive('a');
  clients.suspend('a', first, null);
  expect(clients.arrive('a')).toBe(first);
  expect(clients.arrive('a')).not.toBe(first);
});

it('gives no number back after it forgot', () => {
  const clients = new Clients();
  const first = clients.arrive('a');
  clients.suspend('a', first, null);
  clients.forget();
  expect(clients.arrive('a')).not.toBe(first);
});

it('forgets the oldest suspended document when there are too many', () => {
  const clients = new Clients();
  for (let index = 0; index <= MAX_SUSPENDED; index++) clients.suspend(`document ${index}`, clients.arrive(`document ${index}`), null);
  expect(clients.arrive('document 1')).toBe(2);
  expect(clients.arrive('document 0')).toBe(MAX_SUSPENDED + 2);
});

it('tells, once, whose documents a closed tab held, and gives them no number back', () => {
  const clients = new Clients();
  const [first, second, third] = [clients.arrive('a'), clients.arrive('b'), clients.arrive('c')];
  clients.suspend('a', first, 5);
  clients.suspend('b', second, 6);
  clients.suspend('c', third, 5);
  expect(clients.closeTab(5)).toEqual([first, third]);
  expect(clients.closeTab(5)).toEqual([]);
  expect([clients.arrive('b'), clients.arrive('a')]).toEqual([second, 4]);
});
