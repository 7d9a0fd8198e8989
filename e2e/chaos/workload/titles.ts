// Titles that are one command's own and that no engine reads as anything but a word: letters only, no number, no date.

/** The title of a person's n-th command. */
export function titleOf(person: number, command: number): string {
  return `errand zq${letters(person)}q${letters(command)}`;
}

/** A number in the letters a to j, one a digit: no language has a date or a priority in them. */
function letters(number: number): string {
  return String(number).replace(/\d/g, (digit) => 'bcdfghjkmn'[Number(digit)] ?? '');
}
