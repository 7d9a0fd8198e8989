// NIST SP 800-63B-4, section 3.1.1.2: length and a list of what is guessed first; nothing about kinds of characters.
import { describe, expect, test } from 'vitest';
import { passwordProblem } from '@/server/password-rules';

const OWN = ['mia.miller@example.com', 'Mia Miller', 'todo.harbour.example'];
const problem = (password: string) => passwordProblem(password, OWN);

describe('a new password', () => {
  test.each([
    'a quiet green harbour',
    'kein Sternchen am Himmel',
    'velvet anchor mustard cloud',
    'тихая зелёная гавань утром',
    '静かな緑の港と青い空と白い雲の下',
    'aaaa bbbb velvet anchor cloud',
    'onlylowercaseletterswithnodigit',
    'Zk3!vWq9#Lp2$Xn',
    `${'velvet anchor mustard cloud '.repeat(2)}harbour`,
  ])('%s is taken', (password) => {
    expect(problem(password)).toBeUndefined();
  });

  test.each(['', 'short', 'Zk3!vWq9#Lp2$X', '🌍🌍🌍🌍🌍🌍🌍🌍'])(
    '“%s” is too short, in code points',
    (password) => {
      expect(problem(password)).toMatch(/^password: use at least 15 characters/);
    },
  );

  test.each([
    ...['123456789012345', 'aaaaaaaaaaaaaaaa', 'passwordpassword', 'Password1234567'],
    ...['qwertyuiopasdfgh', 'abcdefghijklmnop', 'iloveyouiloveyou', 'P@ssw0rdP@ssw0rd'],
    ...[
      'mia.miller@example.com',
      'Mia Miller Mia Miller',
      'Mia Miller 1987!',
      'todo.harbour.example',
      'todotodotodotodo',
    ],
    'correct horse battery staple',
  ])('%s is guessed first', (password) => {
    expect(problem(password)).toMatch(/^password: this one is easy to guess/);
  });

  test('of more than 256 characters is refused before it is judged', () => {
    expect(problem('velvet anchor '.repeat(20))).toMatch(/at most 256/);
  });

  test('of the longest kind is judged in bounded time', () => {
    const start = performance.now();
    problem('4@8({[</369&#!1/|0$5+7%2'.repeat(11).slice(0, 256));
    expect(performance.now() - start).toBeLessThan(10_000);
  });
});
