// The words of the tour of a first visit, in English. Apart from the others, because it is loaded only where it is shown.

export const tour = {
  title: (step: number, of: number) => `A short tour, ${step} of ${of}`,
  add: 'Type a task as you would say it: “pay rent every month on the 1st at 9am #home”. What was understood appears below the line, and Enter adds it.',
  plan: '“Today” shows what is due and overdue, “Upcoming” the days after it. Lists keep the tasks of a project in your own order.',
  remind:
    'A reminder appears wherever the app is open. Under “Account” you choose where else it goes: mail, this device, quiet hours.',
  keys: (keys: string) =>
    `Everything has a key: ${keys} finds tasks and commands, ? shows all shortcuts. Every change can be undone right after it.`,
  next: 'Next',
  back: 'Back',
  skip: 'Skip the tour',
  done: 'Done',
};
