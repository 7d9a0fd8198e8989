// What a new password must not be: commonly used, expected or easy to build (NIST SP 800-63B-4, section 3.1.1.2). Among 15 and
// more characters few are on lists of leaked ones; what people choose is a common one repeated, a run of keys, a date after a
// name. zxcvbn knows lists, repetitions, sequences, keyboards and the person's own words. Nothing leaves this process.
import { ZxcvbnFactory } from '@zxcvbn-ts/core';
import { adjacencyGraphs, dictionary } from '@zxcvbn-ts/language-common';
import { isLongEnough, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH } from '@/lib/password-length';

/** Guesses that must not suffice: zxcvbn's limit for attacks that a service slows down. */
const ENOUGH_GUESSES = 1e8;
/** Letters and digits that must remain without the person's own words. */
const OTHER_CHARACTERS = 8;
/** Quoted so often that it is guessed first. */
const QUOTED = ['correct horse battery staple', 'correcthorsebatterystaple'];

let known: ZxcvbnFactory | undefined;

/**
 * What is wrong with a new password.
 * @param password as it was typed
 * @param expected words that somebody would try for this person: name, address, the site's host
 * @returns a sentence for the person, or undefined for a good one
 */
export function passwordProblem(password: string, expected: readonly string[]): string | undefined {
  if (!isLongEnough(password))
    return `password: use at least ${MIN_PASSWORD_LENGTH} characters, such as four or five words`;
  if (password.length > MAX_PASSWORD_LENGTH)
    return `password: use at most ${MAX_PASSWORD_LENGTH} characters`;
  known ??= new ZxcvbnFactory({
    dictionary,
    graphs: adjacencyGraphs,
    maxLength: MAX_PASSWORD_LENGTH,
  });
  const words = [...expected, ...QUOTED, 'todo'].flatMap(parts);
  const easy =
    known.check(password, words).guesses < ENOUGH_GUESSES ||
    without(password, words).length < OTHER_CHARACTERS;
  return easy
    ? 'password: this one is easy to guess; use several words that nobody connects with you'
    : undefined;
}

/** The letters and digits of a password that are in none of the words. */
function without(password: string, words: readonly string[]): string {
  const longestFirst = words.map((word) => word.toLowerCase()).sort((a, b) => b.length - a.length);
  return longestFirst
    .reduce((rest, word) => rest.replaceAll(word, ''), password.toLowerCase())
    .replace(/[^\p{L}\p{N}]/gu, '');
}

/** A text and the words in it: an address also counts by its parts. */
function parts(text: string): string[] {
  return [text, ...text.split(/[^\p{L}\p{N}]+/u)].filter((part) => part.length > 2);
}
