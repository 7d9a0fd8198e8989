// Which refusals come from the service that was asked, and which from whatever stands at its address now.
import { notFound, Problem, problemBody } from '@todo/contracts/problem';
import { SidecarError } from '@todo/runtime/sidecar';
import type { Sidecar } from '@todo/runtime/sidecar';
import { describe, expect, it } from 'vitest';
import { call } from '../src/ops/other-services.ts';

async function asked(status: number, body: string): Promise<Problem> {
  const sidecar = {
    invoke: () => Promise.reject(new SidecarError('refused', status, body)),
  } as unknown as Sidecar;
  const error: unknown = await call(sidecar, 'audit-service', 'GET', '/history').catch(
    (caught: unknown) => caught,
  );
  if (!(error instanceof Problem)) throw new Error('expected a problem');
  return error;
}

describe('a refusal of another service', () => {
  it.each([
    ['no body', ''],
    ['an empty object', '{}'],
    ["a sidecar's error", '{"errorCode":"ERR_DIRECT_INVOKE","message":"failed"}'],
    ["a gateway's page", '<html><body>404 Not Found</body></html>'],
    ['the problem of another system', '{"type":"about:blank","title":"Not Found","status":404}'],
    ['a problem without a type', '{"title":"Not found","status":404}'],
    ['JSON that is no object', 'null'],
  ])('404 with %s is no answer of the service: 503', async (_what, body) => {
    expect(await asked(404, body)).toMatchObject({ status: 503, code: 'unavailable' });
  });

  it.each([400, 409, 422, 429])('%i that is not a problem of ours: 503', async (status) => {
    expect(await asked(status, '{"errorCode":"ERR_X"}')).toMatchObject({ status: 503 });
  });

  it('its own 404 is the 404 of what was asked for', async () => {
    const body = JSON.stringify(problemBody(notFound('notification')));
    expect(await asked(404, body)).toMatchObject({ status: 404, code: 'not-found' });
  });

  it('its own 422 reaches the caller with its detail and fields', async () => {
    const fields = [{ field: 'url', message: 'expected https://' }];
    const refusal = new Problem(422, 'refused', 'Check the address.', { fields });
    expect(await asked(422, JSON.stringify(problemBody(refusal)))).toMatchObject({
      status: 422,
      message: 'Check the address.',
      fields,
    });
  });
});
