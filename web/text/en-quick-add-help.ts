// The words of what helps with typing a line: examples, completions and the help, in English.
import { isolated } from '@todo/contracts/text';

export const quickAddHelp = {
  /** One of them is shown in the empty line. */
  examples: [
    'Call the dentist tomorrow at 9',
    'Water the plants every 3 days #home',
    'Pay the rent on the 1st !high',
    'Buy milk and bread +Shopping',
    'Send the report friday, remind me 1h before',
    'Gym every mon, wed and fri at 18:00',
    'Renew the passport in 2 weeks #papers',
  ],
  example: (line: string) => `Add a task: ${line}`,
  suggestions: 'Completions',
  suggested: (number: number) =>
    number === 1
      ? '1 completion. Press Tab to use it.'
      : `${number} completions. Press the arrow keys to choose and Tab to use one.`,
  /** Words that say when, completed as they are typed. */
  whens: [
    'today',
    'tonight',
    'tomorrow',
    'tomorrow morning',
    'monday',
    'tuesday',
    'wednesday',
    'thursday',
    'friday',
    'saturday',
    'sunday',
    'next week',
    'next month',
    'in 3 days',
    'in 2 weeks',
    'end of the month',
    'every day',
    'every weekday',
    'every week',
    'every month',
    'every monday',
    'remind me 1 day before',
    'remind me 1h before',
  ],
  help: 'What can I type?',
  helpTitle: 'Add a task in one line',
  helpHint:
    'Write as you would say it. What was understood is shown below the line, and you can take each part back.',
  use: (line: string) => `Use the example ${isolated(line)}`,
  parts: [
    { what: 'Day and time', examples: ['tomorrow at 9', 'friday', 'in 2 weeks', '3 June 14:30'] },
    { what: 'Repetition', examples: ['every monday', 'every 3 days', 'monthly on the 1st'] },
    { what: 'Reminder', examples: ['remind me 1h before', 'remind me at 8am'] },
    { what: 'Tag', examples: ['#home', '#"two words"'] },
    { what: 'Priority', examples: ['!high', '!2'] },
    { what: 'List', examples: ['+Shopping'] },
    { what: 'As it is', examples: ['"Black friday"'] },
  ],
};
