// Tables of other programs and of spreadsheets (cases N12 to N14), with the server's process in three zones.
import { expect, it } from 'vitest';
import { inThreeZones, newPerson } from './files-under-test.ts';

const TODOIST = [
  'TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE,DURATION,DURATION_UNIT',
  'meta,view_style=list,,,,,,,,,,',
  'task,Plan the trip @travel @home,"Look at trains, too",1,1,Ann (1),,2037-03-10,en,Europe/Berlin,,',
  'task,Book the hotel,,4,2,Ann (1),,,en,Europe/Berlin,,',
  'note,Ask about breakfast,,,,Ann (1),,,,,,',
  ',,,,,,,,,,,',
  'section,Every week,,,,,,,,,,',
  'task,Water the plants,,2,1,Ann (1),,every monday at 9am,en,Europe/Berlin,,',
  'task,Müll,,3,1,Ann (1),,jeden Dienstag,de,Europe/Berlin,,',
  'task,Strange,,4,1,Ann (1),,when the cows come home,en,Europe/Berlin,,',
].join('\r\n');

const TICKTICK = [
  '\uFEFF"Date: 2026-09-25+0000"',
  '"Version: 7.1"',
  '"Status: \n0 Normal\n1 Completed\n2 Archived"',
  '"Folder Name","List Name","Title","Kind","Tags","Content","Is Check list","Start Date","Due Date","Reminder","Repeat","Priority","Status","Created Time","Completed Time","Order","Timezone","Is All Day","Is Floating","Column Name","Column Order","View Mode","taskId","parentId"',
  '"","House","Milk","TEXT","","","N","","","","","0","0","","","2","Europe/Berlin","","","","","list","2","1"',
  '"","House","Shopping","TEXT","food, town","▫ bread","Y","","2037-09-29T22:00:00+0000","P0DT9H0M0S","","5","0","2026-09-20T10:00:00+0000","","1","Europe/Berlin","true","false","","","list","1",""',
  '"","Sport","Run","TEXT","","","N","","2037-09-26T05:00:00+0000","-PT15M","RRULE:FREQ=WEEKLY;INTERVAL=1;BYDAY=SA","1","2","2026-09-01T10:00:00+0000","2026-09-02T10:00:00+0000","3","Europe/Berlin","false","false","","","list","3",""',
  '"","House","Given up","TEXT","","","N","","","","","0","-1","","","4","Europe/Berlin","","","","","list","4",""',
].join('\n');

inThreeZones('tables', (backend) => {
  it('N13: Todoist: sections, indents, labels, priorities, dates in two languages', async () => {
    const who = await newPerson(backend(), 'Europe/Berlin');
    const { body, report } = await who.send(TODOIST, 'text/csv');
    expect(report, body).toMatchObject({ format: 'todoist-csv', created: 5, leftOut: 1 });
    expect(await who.task('Plan the trip')).toMatchObject({
      notes: 'Look at trains, too',
      priority: 'high',
      tags: ['travel', 'home'],
      due: { kind: 'date', date: '2037-03-10' },
    });
    expect((await who.task('Book the hotel')).parentId).toBe((await who.task('Plan the trip')).id);
    expect(await who.task('Water the plants')).toMatchObject({
      priority: 'medium',
      tags: ['Every week'],
      recurrence: { rule: 'FREQ=WEEKLY;BYDAY=MO' },
      due: { kind: 'local', zone: 'Europe/Berlin' },
    });
    expect(await who.task('Müll')).toMatchObject({
      recurrence: { rule: 'FREQ=WEEKLY;BYDAY=TU' },
    });
    expect((await who.task('Strange')).due).toBeNull();
    expect(body).toContain('when the cows come home');
    expect((await who.send(TODOIST, 'text/csv')).report).toMatchObject({
      created: 0,
      duplicates: 5,
    });
  });

  it('N13: TickTick: a preamble, a child first, whole days, reminders, states', async () => {
    const who = await newPerson(backend(), 'Asia/Tokyo');
    const { body, report } = await who.send(TICKTICK, 'text/csv');
    expect(report, body).toMatchObject({
      format: 'ticktick-csv',
      created: 3,
      leftOut: 1,
      newLists: ['House', 'Sport'],
    });
    expect(await who.task('Shopping')).toMatchObject({
      due: { kind: 'date', date: '2037-09-30' },
      priority: 'high',
      tags: ['food', 'town'],
      notes: '[ ] bread',
      reminders: [{ before: 'PT0S' }],
      createdAt: '2026-09-20T10:00:00.000Z',
    });
    expect((await who.task('Milk')).parentId).toBe((await who.task('Shopping')).id);
    expect(await who.task('Run')).toMatchObject({
      status: 'done',
      completedAt: '2026-09-02T10:00:00.000Z',
      due: { kind: 'local', local: '2037-09-26T07:00', zone: 'Europe/Berlin' },
      recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=1;BYDAY=SA' },
      reminders: [{ before: 'PT15M' }],
    });
  });

  it.each<[string, string | Buffer]>([
    [
      'a byte order mark and semicolons',
      '\uFEFFid;title;due\r\n1;first;2027-03-10\r\n2;second;\r\n',
    ],
    ['a header with capitals', 'Title,Due\nfirst,2027-03-10\nsecond,\n'],
    ['tabs', 'TITLE\tDUE DATE\nfirst\t2027-03-10\nsecond\t\n'],
    ['bars', 'task|deadline\nfirst|10.03.2027\nsecond|\n'],
    ['sep=', 'sep=;\ntitle;due\nfirst;2027-03-10\nsecond;\n'],
    ['German', 'Aufgabe;Fälligkeitsdatum\nfirst;10.03.2027\nsecond;\n'],
    [
      'UTF-16 with a mark',
      Buffer.from('\uFEFFtitle\tdue\r\nfirst\t2027-03-10\r\nsecond\t\r\n', 'utf16le'),
    ],
    ['UTF-16 without', Buffer.from('title;due\r\nfirst;2027-03-10\r\nsecond;\r\n', 'utf16le')],
    [
      'UTF-16, big end first',
      Buffer.from('\uFEFFtitle;due\r\nfirst;2027-03-10\r\nsecond;\r\n', 'utf16le').swap16(),
    ],
    ['bare CR', 'title,due\rfirst,2027-03-10\rsecond,\r'],
    ['commas within quotation marks', 'title;notes;due\n"first";"a,b,c,d";2027-03-10\nsecond;;\n'],
    ['lines above the header', 'Export of my tasks\n\nTitle;Due\nfirst;2027-03-10\nsecond;\n'],
  ])('N14: %s', async (_name, file) => {
    const who = await newPerson(backend(), 'Europe/Berlin');
    const { status, body, report } = await who.send(file, 'text/csv');
    expect(status, body).toBe(200);
    expect(report, body).toMatchObject({ created: 2 });
    expect((await who.task('first')).due).toEqual({ kind: 'date', date: '2027-03-10' });
    expect((await who.task('second')).due).toBeNull();
  });

  it('N14: Windows-1252, and numbers in the order of the country', async () => {
    const who = await newPerson(backend(), 'Europe/Berlin', 'en-US');
    const bytes = Buffer.from('title,due\nBüro,3/4/2027\nCafé,12/31/2027 9:05 PM\n', 'latin1');
    const { report } = await who.send(bytes, 'text/csv');
    expect(report).toMatchObject({ created: 2, encoding: 'windows-1252' });
    expect((await who.task('Büro')).due).toEqual({ kind: 'date', date: '2027-03-04' });
    expect((await who.task('Café')).due).toMatchObject({ local: '2027-12-31T21:05' });
    const other = await newPerson(backend(), 'Europe/Berlin', 'en-GB');
    await other.send(bytes, 'text/csv');
    expect((await other.task('Büro')).due).toEqual({ kind: 'date', date: '2027-04-03' });
  });

  it.each([
    ['a;b\n1;2\n', /line 1.*title, task, name.*“a”, “b”, separated by semicolon/],
    ['first,second\nx,y\n', /separated by comma/],
    ['title\n"never closed\n', /line \d+.*quotation mark/],
  ])('a refusal says what was looked for and found: %j', async (file, said) => {
    const who = await newPerson(backend(), 'Europe/Berlin');
    const { status, body } = await who.send(file, 'text/csv');
    expect(status).toBe(400);
    expect(body).toMatch(said);
  });

  it('Outlook, todo.txt, Markdown, Taskwarrior and Google Tasks are recognised by their content', async () => {
    const samples: [string, string, string, object][] = [
      [
        'outlook-csv',
        'text/csv',
        '"Subject","Start Date","Due Date","Reminder On/Off","Reminder Date","Reminder Time","Date Completed","% Complete","Categories","Notes","Priority","Status"\r\n"x","","10.3.2037","True","9.3.2037","08:00:00","","0","home;work","n","High","Not Started"\r\n',
        {
          due: { kind: 'date', date: '2037-03-10' },
          priority: 'high',
          tags: ['home', 'work'],
          reminders: [{ at: '2037-03-09T07:00:00.000Z' }],
        },
      ],
      [
        'todo.txt',
        'text/plain',
        '(A) 2026-01-02 x +garden @home due:2037-03-10 rec:+2w\n',
        {
          priority: 'high',
          tags: ['garden', 'home'],
          recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2', from: 'due' },
        },
      ],
      [
        'markdown',
        'text/markdown',
        '# House\n- [ ] x #home due:2037-03-10\n  more about it\n  - [x] below\n',
        { tags: ['home'], notes: 'more about it', due: { kind: 'date', date: '2037-03-10' } },
      ],
      [
        'taskwarrior',
        'application/json',
        '[{"description":"x","entry":"20260101T100000Z","status":"pending","uuid":"11111111-1111-4111-8111-111111111111","priority":"M","project":"House","tags":["home"],"due":"20370309T230000Z","recur":"2wks"}]',
        {
          priority: 'medium',
          due: { kind: 'date', date: '2037-03-10' },
          recurrence: { rule: 'FREQ=WEEKLY;INTERVAL=2' },
        },
      ],
      [
        'google-tasks',
        'application/json',
        '{"kind":"tasks#taskLists","items":[{"kind":"tasks#tasks","title":"House","items":[{"kind":"tasks#task","id":"b","title":"below","parent":"a","status":"completed","completed":"2026-02-03T04:05:06Z"},{"kind":"tasks#task","id":"a","title":"x","due":"2037-03-10T00:00:00Z","status":"needsAction"}]}]}',
        { due: { kind: 'date', date: '2037-03-10' } },
      ],
      [
        'super-productivity',
        'application/json',
        '{"task":{"ids":["a"],"entities":{"a":{"id":"a","title":"x","isDone":false,"dueDay":"2037-03-10","projectId":"p","tagIds":["t"]}}},"project":{"ids":["p"],"entities":{"p":{"title":"House"}}},"tag":{"ids":["t"],"entities":{"t":{"title":"home"}}}}',
        { due: { kind: 'date', date: '2037-03-10' }, tags: ['home'] },
      ],
      [
        'vikunja',
        'application/json',
        '[{"id":1,"title":"House","hex_color":"","tasks":[{"id":7,"title":"x","done":false,"due_date":"2037-03-10T09:00:00Z","priority":2,"percent_done":0,"repeat_after":604800,"labels":[{"title":"home"}]}]}]',
        {
          due: { kind: 'instant', at: '2037-03-10T09:00:00.000Z' },
          priority: 'medium',
          recurrence: { rule: 'FREQ=WEEKLY' },
        },
      ],
    ];
    for (const [format, type, file, expected] of samples) {
      const who = await newPerson(backend(), 'Europe/Berlin', 'de-DE');
      const { body, report } = await who.send(file, type);
      expect(report.format, body).toBe(format);
      expect(await who.task('x'), format).toMatchObject(expected);
    }
  });
});
