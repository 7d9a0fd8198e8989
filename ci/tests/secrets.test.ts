// What is said of a secret that can't be had: where it was looked for, and how one is given; never a value.
import { expect, test } from 'vitest';
import { emptySecret, unreadableSecret } from '../src/secrets.ts';

test.each([
  ['env://OCIR_TOKEN', 'secret env var not found: "OCIR_T..."', /no variable OCIR_TOKEN is set/],
  ['env:OCIR_TOKEN', 'x', /no variable OCIR_TOKEN is set/],
  [
    'file:///home/ann/token',
    'open /home/ann/token: no such file',
    /file \/home\/ann\/token is not there/,
  ],
  ['file://~/token', 'no such file', /~ is not expanded: write \$HOME/],
  ['file://folder', 'read folder: is a directory', /folder is a folder/],
  ['file:///root/x', 'open /root/x: permission denied', /\/root\/x is not readable/],
  ['cmd://vault read -field=x s3cret', 'exit status 1', /its command failed/],
  ['', 'whatever', /^it can't be read\. A secret/],
])('%s is unreadable', (address, reason, message) => {
  const said = unreadableSecret(address, reason);
  expect(said).toMatch(message);
  expect(said).toMatch(/A secret is given as env:\/\/NAME, file:\/\/PATH or cmd:\/\/COMMAND$/);
  expect(said).not.toContain('s3cret');
  expect(said).not.toContain('\n');
});

test.each([
  ['env://OCIR_TOKEN', /^it is empty, .*the variable OCIR_TOKEN/],
  ['file:///home/ann/token', /^it is empty, .*the file \/home\/ann\/token/],
  ['cmd://pass show x', /^it is empty, .*its command prints nothing/],
  ['', /^it is empty, so it counts as missing$/],
])('%s is empty', (address, message) => {
  expect(emptySecret(address)).toMatch(message);
  expect(emptySecret(address)).not.toContain('pass show');
});
