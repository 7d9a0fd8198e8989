// What an erased person's token is told while it lives on.
import { Problem } from '@todo/contracts/problem';

/** The account is gone. */
export function accountErased(): Problem {
  return new Problem(401, 'account-erased', 'This account was erased. Create a new one.');
}
