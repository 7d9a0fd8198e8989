// How programs find the collections (RFC 6764, 5397, 4791 6), who is let in, and what is refused.
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hrefsOf, propertyOf, startDav, xml } from './dav-under-test.ts';
import type { DavUnderTest } from './dav-under-test.ts';

let d: DavUnderTest;
beforeAll(async () => {
  d = await startDav();
});
afterAll(() => d.close());

const propfind = (...names: string[]): string =>
  xml('D:propfind', `<D:prop>${names.map((name) => `<${name}/>`).join('')}</D:prop>`);

describe('discovery', () => {
  it('goes from the well-known address over principal and home to the collections', async () => {
    await d.t.ask('anna', 'POST', '/lists', { name: 'Work & more' });
    const known = await d.t.backend.app.inject({ method: 'PROPFIND', url: '/.well-known/caldav' });
    expect(known.statusCode).toBe(301);
    expect(known.headers.location).toBe('/dav/');
    const root = await d.dav('anna', 'PROPFIND', '/dav/', propfind('D:current-user-principal'), {
      depth: '0',
    });
    expect(root.status).toBe(207);
    expect(propertyOf(root, 'current-user-principal')).toContain('/dav/principals/anna/');
    const principal = await d.dav(
      'anna',
      'PROPFIND',
      '/dav/principals/anna/',
      propfind('C:calendar-home-set', 'D:displayname'),
      { depth: '0' },
    );
    expect(propertyOf(principal, 'calendar-home-set')).toContain('/dav/calendars/anna/');
    const home = await d.dav(
      'anna',
      'PROPFIND',
      '/dav/calendars/anna/',
      propfind(
        'D:resourcetype',
        'D:displayname',
        'C:supported-calendar-component-set',
        'CS:getctag',
      ),
      { depth: '1' },
    );
    expect(hrefsOf(home)).toHaveLength(3);
    expect(home.text).toContain('<D:displayname>Inbox</D:displayname>');
    expect(home.text).toContain('<D:displayname>Work &#38; more</D:displayname>');
    expect(home.text).toContain('<C:comp name="VTODO"/>');
  });

  it('says what it can do, also to whom it does not know yet', async () => {
    const answer = await d.t.backend.app.inject({ method: 'OPTIONS', url: '/dav/' });
    expect(answer.statusCode).toBe(200);
    expect(answer.headers.dav).toContain('calendar-access');
    expect(answer.headers.allow).toContain('REPORT');
  });

  it.each([
    ['nobody', {}],
    ['a JWT', { authorization: 'Bearer eyJ.eyJ.x' }],
    ['a password', { authorization: `Basic ${Buffer.from('anna:secret').toString('base64')}` }],
    [
      'an unknown token',
      { authorization: `Basic ${Buffer.from('anna:todo_pat_none').toString('base64')}` },
    ],
    ['a cookie', { cookie: 'session=1' }],
  ])('asks %s for a token by Basic', async (_who, headers) => {
    const answer = await d.t.backend.app.inject({
      method: 'PROPFIND',
      url: '/dav/',
      headers: headers as Record<string, string>,
    });
    expect(answer.statusCode).toBe(401);
    expect(answer.headers['www-authenticate']).toMatch(/^Basic realm=/);
  });

  it('shows nobody the calendars of another person', async () => {
    for (const path of [
      '/dav/principals/anna/',
      '/dav/calendars/anna/',
      '/dav/calendars/anna/inbox/',
    ])
      expect((await d.dav('bert', 'PROPFIND', path, undefined, { depth: '0' })).status).toBe(404);
  });

  const withToken = async (token: object) => {
    const made = (await d.t.ask('anna', 'POST', '/tokens', { name: 'limited', ...token })).body;
    const authorization = `Basic ${Buffer.from(`anna:${made.token}`).toString('base64')}`;
    return async (method: string, path: string) =>
      await d.t.backend.app.inject({
        method: method as 'GET',
        url: `/dav/calendars/anna/${path}`,
        headers: { authorization, depth: '1' },
      });
  };

  it('asks a token for another purpose for its scope, without a question for a password', async () => {
    for (const scope of ['read', 'write', 'mcp']) {
      const answer = await (await withToken({ scopes: [scope] }))('PROPFIND', '');
      expect(answer.statusCode).toBe(403);
      expect(answer.body).toContain('caldav');
    }
    const ask = await withToken({ scopes: ['caldav'] });
    expect((await ask('PROPFIND', '')).statusCode).toBe(207);
  });

  it('shows a token that is limited to lists those alone, and lets it change no list', async () => {
    const list = (await d.t.ask('anna', 'POST', '/lists', { name: 'Shared' })).body;
    const ask = await withToken({ scopes: ['caldav'], listIds: [list.id] });
    expect(hrefsOf({ text: (await ask('PROPFIND', '')).body })).toEqual([
      '/dav/calendars/anna/',
      `/dav/calendars/anna/${list.id}/`,
    ]);
    expect((await ask('PROPFIND', 'inbox/')).statusCode).toBe(404);
    expect((await ask('MKCALENDAR', 'new/')).statusCode).toBe(403);
    expect((await ask('DELETE', `${list.id}/`)).statusCode).toBe(403);
  });

  it.each([
    ['a document type', '<!DOCTYPE x [<!ENTITY a "b">]><D:propfind xmlns:D="DAV:"/>', 400],
    ['what is no XML', '<D:propfind xmlns:D="DAV:">', 400],
    ['an undeclared prefix', '<D:propfind/>', 400],
    ['another element', '<propertyupdate xmlns="DAV:"/>', 400],
    ['very deep elements', `${'<a>'.repeat(5_000)}${'</a>'.repeat(5_000)}`, 400],
  ])('refuses %s', async (_what, body, status) => {
    const answer = await d.dav('anna', 'PROPFIND', '/dav/', body, {
      depth: '0',
      'content-type': 'application/xml',
    });
    expect(answer.status).toBe(status);
  });

  it('refuses an endless depth, MOVE, reading a collection and what is no address', async () => {
    const endless = await d.dav('anna', 'PROPFIND', '/dav/', undefined, { depth: 'infinity' });
    expect(endless.status).toBe(403);
    expect(endless.text).toContain('propfind-finite-depth');
    const moved = await d.dav('anna', 'MOVE', '/dav/calendars/anna/inbox/a.ics');
    expect(moved.status).toBe(403);
    expect(moved.text).toContain('PUT the item at its new address');
    expect((await d.dav('anna', 'GET', '/dav/calendars/anna/inbox/')).status).toBe(405);
    expect((await d.dav('anna', 'PROPFIND', '/dav/other/')).status).toBe(404);
  });
});
