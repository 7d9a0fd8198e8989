// What a person is shown holds no secret, whoever repeated it.
import { expect, test } from 'vitest';
import { maskOf } from '../src/masking.ts';

test('a secret goes wherever it stands, and in base64', () => {
  const mask = maskOf(['hunter2-hunter2']);
  expect(mask('a hunter2-hunter2 b')).toBe('a *** b');
  expect(mask(`data: ${Buffer.from('hunter2-hunter2').toString('base64')}`)).toBe('data: ***');
});

test('the password of an address goes on its own too, encoded or not', () => {
  const mask = maskOf(['postgres://todo:p%40ssw0rd@db/todo']);
  expect(mask('password p@ssw0rd, p%40ssw0rd; postgres://todo:p%40ssw0rd@db/todo')).toBe(
    'password ***, ***; ***',
  );
});

test('a kubeconfig’s token and key go, its other words stay', () => {
  const mask = maskOf([
    'users:\n- name: u\n  user:\n    token: eyJhbGciOi\n    client-key-data: "LS0tLS1CRUdJTg"\n',
  ]);
  expect(mask('users: eyJhbGciOi LS0tLS1CRUdJTg')).toBe('users: *** ***');
});

test('a short value is a word: masking it would mask the report', () => {
  expect(maskOf(['todo', ''])('todo is deployed')).toBe('todo is deployed');
});
