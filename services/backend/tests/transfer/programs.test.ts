// Files of other programs in their real structure (the contents are our own): what each entry becomes.
import { Readable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { adopter } from '../../src/transfer/adopt.ts';
import { readFile } from '../../src/transfer/read-file.ts';

const NOW = new Date('2026-11-30T12:00:00Z');

/** What a file says: one line a task, its fields those that are named. */
async function read(text: string, locale = 'en-GB') {
  const file = await readFile(Readable.from([Buffer.from(text)]), undefined, {
    zone: 'Europe/Berlin',
    locale,
    now: NOW,
  });
  const adopt = adopter(NOW);
  const tasks = [];
  for await (const batch of file.staging.read(() => true))
    for (const { index, entry } of batch) {
      const draft = file.reader.finish(entry);
      if (draft.leftOut !== undefined) {
        tasks.push({ title: draft.title, leftOut: draft.leftOut });
        continue;
      }
      const { input, status, completedAt, createdAt, notes } = adopt(draft);
      const due = input.due === null ? null : Object.values(input.due).slice(1).join(' ');
      const parent = file.tree.parents[index] ?? -1;
      tasks.push({
        ...{ title: input.title, notes: input.notes, tags: input.tags, priority: input.priority },
        ...{ due, rule: input.recurrence?.rule ?? null, from: input.recurrence?.from },
        ...{ status, completedAt, createdAt, reminders: input.reminders, list: draft.list?.name },
        ...{ parent: parent < 0 ? null : parent + 1 },
        said: notes.map(({ property }) => property),
      });
    }
  return { format: file.reader.format, tasks };
}

describe('Things', () => {
  it('its json command: projects are lists, headings tags, checklists subtasks', async () => {
    const { format, tasks } = await read(
      JSON.stringify([
        {
          type: 'project',
          attributes: {
            title: 'Move house',
            notes: 'in spring',
            items: [
              { type: 'to-do', attributes: { title: 'Call movers', when: 'tomorrow' } },
              { type: 'heading', attributes: { title: 'Kitchen' } },
              {
                type: 'to-do',
                attributes: {
                  title: 'Pack',
                  deadline: '2027-03-01',
                  when: '2027-02-25@14:00',
                  'checklist-items': [
                    { type: 'checklist-item', attributes: { title: 'cups', completed: true } },
                  ],
                },
              },
            ],
          },
        },
        {
          type: 'to-do',
          attributes: {
            title: 'Buy milk',
            tags: ['two words'],
            completed: true,
            'completion-date': '2026-03-10T14:30:00Z',
          },
        },
        { type: 'to-do', attributes: { title: 'Later', when: 'someday', canceled: false } },
        { type: 'to-do', attributes: { title: 'Odd', when: 'next tuesday', deadline: 5 } },
      ]),
    );
    expect(format).toBe('things');
    expect(tasks).toMatchObject([
      { title: 'Move house', leftOut: expect.stringContaining('notes') as string },
      { title: 'Call movers', list: 'Move house', due: '2026-12-01', parent: null },
      { title: 'Pack', tags: ['Kitchen'], due: '2027-03-01', said: ['heading', 'when'] },
      { title: 'cups', parent: 3, status: 'done' },
      { title: 'Buy milk', tags: ['two words'], completedAt: '2026-03-10T14:30:00.000Z' },
      { title: 'Later', tags: ['someday'], status: 'open', due: null },
      { title: 'Odd', due: null, said: ['deadline', 'when'] },
    ]);
  });

  it('rows of its command-line tools, whose times have no zone', async () => {
    const row = {
      ...{ uuid: '5pUx6PESj3ctFYbgth1PXY', type: 'to-do', title: 'Water', notes: 'two\nlines' },
      ...{ status: 'completed', start: 'Anytime', start_date: '2026-03-28', deadline: null },
      ...{ stop_date: '2026-03-29 10:00:00', created: '2026-03-28 21:11:22', area_title: 'Home' },
    };
    expect(
      await read(JSON.stringify([row, { ...row, uuid: 'x', status: 'canceled' }])),
    ).toMatchObject({
      format: 'things',
      tasks: [
        {
          ...{ title: 'Water', status: 'done', list: 'Home', due: '2026-03-28' },
          ...{ createdAt: '2026-03-28T21:11:22.000Z', completedAt: '2026-03-29T10:00:00.000Z' },
        },
        { status: 'done', said: ['canceled'] },
      ],
    });
  });
});

describe('Todoist', () => {
  it.each([
    ['every monday at 9am', 'en', '2026-12-07T09:00 Europe/Berlin', 'FREQ=WEEKLY;BYDAY=MO'],
    ['ev mon', 'en', '2026-11-30', 'FREQ=WEEKLY;BYDAY=MO'],
    ['every! 3 days', 'en', '2026-11-30', 'FREQ=DAILY;INTERVAL=3'],
    ['jeden Montag um 9', 'de', '2026-12-07T09:00 Europe/Berlin', 'FREQ=WEEKLY;BYDAY=MO'],
    ['jeden 1.', 'de', '2026-12-01', 'FREQ=MONTHLY;BYMONTHDAY=1'],
    ['jeden Monat am 15.', 'de', '2026-12-15', 'FREQ=MONTHLY;BYMONTHDAY=15'],
    ['jede! Woche', 'de', '2026-11-30', 'FREQ=WEEKLY'],
    ['5. Okt. 2027 18:00', 'de', '2027-10-05T18:00 Europe/Berlin', null],
    ['tous les jours', 'fr', '2026-11-30', 'FREQ=DAILY'],
  ])('%s (%s)', async (date, language, due, rule) => {
    const { tasks } = await read(
      `TYPE,CONTENT,PRIORITY,INDENT,DATE,DATE_LANG,TIMEZONE\ntask,x,4,1,${date},${language},Europe/Berlin\n`,
    );
    expect(tasks).toMatchObject([{ due, rule }]);
    if (date.includes('!')) expect(tasks).toMatchObject([{ from: 'completion' }]);
  });

  it('a deadline is the due where there is no date, and labels have a column of their own', async () => {
    const { tasks } = await read(
      'TYPE,CONTENT,PRIORITY,INDENT,DATE,LABELS,DEADLINE,DEADLINE_LANG\ntask,a @c,1,1,,client; big launch,2027-05-20,en\ntask,b,1,1,2027-05-01,,2027-05-20,en\n',
    );
    expect(tasks).toMatchObject([
      { title: 'a', due: '2027-05-20', tags: ['client', 'big launch', 'c'], said: [] },
      { title: 'b', due: '2027-05-01', said: ['DEADLINE'] },
    ]);
  });
});

describe('Outlook', () => {
  it('one date that can only be a month first says it for all of the file', async () => {
    const head =
      '"Subject","Due Date","Reminder On/Off","Reminder Date","Date Completed","% Complete"';
    const american = await read(
      `${head}\n"a","9/8/2027","False","","",""\n"b","9/30/2027","False","","",""\n`,
    );
    expect(american.tasks).toMatchObject([{ due: '2027-09-08', said: [] }, { due: '2027-09-30' }]);
    const british = await read(
      `${head}\n"a","9/8/2027","False","","",""\n"b","30/9/2027","False","","",""\n`,
      'en-US',
    );
    expect(british.tasks).toMatchObject([{ due: '2027-08-09', said: [] }, { due: '2027-09-30' }]);
    const open = await read(`${head}\n"a","9/8/2027","False","","",""\n`, 'en-US');
    expect(open.tasks).toMatchObject([{ due: '2027-09-08', said: ['Due Date'] }]);
  });

  it('in German', async () => {
    const { format, tasks } = await read(
      '"Betreff","Fällig am","Erinnerung Ein/Aus","Erinnerungsdatum","Erinnerungszeit","Erledigt am","% Erledigt","Kategorien","Priorität","Status"\n"Pass","15.10.2027","Ein","14.10.2027","09:30:00","","0%","Amt;Reise","Hoch","Nicht begonnen"\n"Alt","1.9.2026","Aus","","","2.9.2026","100%","","Normal","Erledigt"\n',
      'de-DE',
    );
    expect(format).toBe('outlook-csv');
    expect(tasks).toMatchObject([
      {
        ...{
          title: 'Pass',
          due: '2027-10-15',
          tags: ['Amt', 'Reise'],
          priority: 'high',
          status: 'open',
        },
        reminders: [{ at: '2027-10-14T07:30:00.000Z' }],
      },
      { title: 'Alt', status: 'done', completedAt: '2026-09-02T10:00:00.000Z' },
    ]);
  });
});

describe('Super Productivity', () => {
  const task = {
    ids: ['a'],
    entities: { a: { id: 'a', title: 'A', isDone: false, dueDay: '2027-01-01' } },
  };
  const archive = { task: { ids: ['b'], entities: { b: { id: 'b', title: 'B', isDone: true } } } };
  it.each([
    ['a backup', JSON.stringify({ data: { task, archiveYoung: archive } })],
    [
      'a sync file',
      `pf_4.4__${JSON.stringify({ mainModelData: { task, archiveYoung: archive } })}`,
    ],
    ['a sync file of 2026', JSON.stringify({ version: 2, state: { task }, archiveYoung: archive })],
  ])('%s', async (_name, text) => {
    expect(await read(text)).toMatchObject({
      format: 'super-productivity',
      tasks: [
        { title: 'A', due: '2027-01-01' },
        { title: 'B', status: 'done' },
      ],
    });
  });

  it('a compressed sync file is refused by name', async () => {
    await expect(read('pf_C4.4__H4sIAAAA')).rejects.toMatchObject({
      fields: [{ message: expect.stringContaining('Super Productivity') as string }],
    });
  });
});

it('Taskwarrior with one object a line', async () => {
  const line = (title: string, uuid: string) =>
    JSON.stringify({ description: title, entry: '20260101T120000Z', status: 'pending', uuid });
  const text = `${line('one', 'a')}\n${line('two', 'b')}\n`;
  expect(await read(text)).toMatchObject({
    format: 'taskwarrior',
    tasks: [{ title: 'one' }, { title: 'two' }],
  });
  await expect(read(text.slice(0, -3))).rejects.toMatchObject({ status: 400 });
});

it('Markdown as Obsidian’s Tasks writes it', async () => {
  const { tasks } = await read(
    [
      '- [ ] Milk 📅 2026-12-01 ⏫ #food',
      '- [x] Oat ➕ 2026-01-02 ✅ 2026-11-01',
      '- [-] never',
      '- [/] begun ⏳ 2026-12-02',
      '- [ ] bins 🔁 every week when done 📅 2026-12-03',
      '- [ ] odd 🔁 every blue moon 📅 2026-12-03',
    ].join('\n'),
  );
  expect(tasks).toMatchObject([
    { title: 'Milk', due: '2026-12-01', priority: 'high', tags: ['food'] },
    { title: 'Oat', status: 'done', completedAt: '2026-11-01T12:00:00.000Z' },
    { title: 'never', status: 'done', said: ['[-]'] },
    { title: 'begun', status: 'open', due: '2026-12-02' },
    { title: 'bins', due: '2026-12-03', rule: 'FREQ=WEEKLY', from: 'completion' },
    { title: 'odd', rule: null, said: ['🔁'] },
  ]);
});

it('Apple Reminders: a reminder at a place has no time, and is left out by name', async () => {
  const { tasks } = await read(
    [
      ...[
        'BEGIN:VCALENDAR',
        'VERSION:2.0',
        'PRODID:-//Apple Inc.//iOS 18.0//EN',
        'BEGIN:VTODO',
        'UID:A',
      ],
      ...['SUMMARY:Milk', 'DUE;TZID=Europe/Berlin:20261212T180000', 'X-APPLE-SORT-ORDER:731235684'],
      ...[
        'BEGIN:VALARM',
        'ACTION:DISPLAY',
        'TRIGGER;VALUE=DATE-TIME:20261212T160000Z',
        'END:VALARM',
      ],
      ...['BEGIN:VALARM', 'ACTION:DISPLAY', 'X-APPLE-PROXIMITY:ARRIVE'],
      ...[
        'TRIGGER;VALUE=DATE-TIME:19760401T005545Z',
        'END:VALARM',
        'END:VTODO',
        'END:VCALENDAR',
        '',
      ],
    ].join('\r\n'),
  );
  expect(tasks).toMatchObject([
    {
      due: '2026-12-12T18:00 Europe/Berlin',
      reminders: [{ at: '2026-12-12T16:00:00.000Z' }],
      said: ['VALARM'],
    },
  ]);
});
