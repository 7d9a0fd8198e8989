// The page's side of passkeys. The library that speaks with the browser (WebAuthn) is loaded when one is used.
import type {
  PublicKeyCredentialCreationOptionsJSON,
  PublicKeyCredentialRequestOptionsJSON,
} from '@simplewebauthn/browser';
import { AuthError, getAuth, postAuth } from './auth-api';

/** A passkey, as better-auth lists it. */
export interface Passkey {
  id: string;
  name: string | null;
  /** UTC instant, ISO 8601. */
  createdAt: string;
}

/** The query of the person's passkeys. */
export const passkeysOptions = {
  queryKey: ['passkeys'],
  queryFn: () => getAuth<Passkey[]>('/passkey/list-user-passkeys'),
};

/** Whether this browser has passkeys; only in the browser, and there only on https or localhost. */
export function browserHasPasskeys(): boolean {
  return 'PublicKeyCredential' in window;
}

/** The person closed the browser's dialog, or it took too long. */
export class PasskeyCancelled extends Error {
  override readonly name = 'PasskeyCancelled';
}

/** Another challenge is fetched after this, ms: the server takes one for five minutes, and a page may be open for longer. */
const RENEW_MS = 4 * 60_000;

/** Signs in. @throws PasskeyCancelled, or AuthError with a text for the person */
export async function signInWithPasskey(): Promise<void> {
  const { startAuthentication } = await library();
  const optionsJSON = await signInOptions();
  const response = await ceremony(() => startAuthentication({ optionsJSON }));
  await postAuth('/passkey/verify-authentication', { response });
}

/**
 * Has the browser offer passkeys where the address is typed (WebAuthn, section 5.1.4: conditional mediation), until one is chosen.
 * @param signal ends the offer
 * @returns whether somebody signed in; false: nothing can be offered here, or the offer ended
 * @throws AuthError with a text for the person, when the server refused the passkey
 */
export async function signInByAutofill(signal: AbortSignal): Promise<boolean> {
  const response = await chosenInAutofill(signal).catch(() => undefined); // there are other ways
  if (response === undefined) return false;
  await postAuth('/passkey/verify-authentication', { response });
  return true;
}

/** What the chosen passkey answers; undefined when the offer ended. @throws when there can be no offer */
async function chosenInAutofill(signal: AbortSignal): Promise<object | undefined> {
  const { browserSupportsWebAuthnAutofill, startAuthentication, WebAuthnAbortService } =
    await library();
  if (!(await browserSupportsWebAuthnAutofill())) return undefined;
  const ended = () => signal.aborted;
  const cancel = () => {
    WebAuthnAbortService.cancelCeremony();
  };
  signal.addEventListener('abort', cancel, { once: true });
  let old = true;
  while (old && !ended()) {
    old = false;
    const optionsJSON = await signInOptions();
    if (ended()) break; // the person has begun another way in the meantime
    const renewal = setTimeout(() => {
      old = true;
      cancel();
    }, RENEW_MS);
    const response = await startAuthentication({ optionsJSON, useBrowserAutofill: true }).catch(
      () => undefined, // cancelled, or the browser refused
    );
    clearTimeout(renewal);
    if (response !== undefined) return response;
  }
  return undefined;
}

/** The server refuses a passkey whose device has not checked its person; its options only prefer that. */
async function signInOptions(): Promise<PublicKeyCredentialRequestOptionsJSON> {
  const options = await getAuth<PublicKeyCredentialRequestOptionsJSON>(
    '/passkey/generate-authenticate-options',
  );
  return { ...options, userVerification: 'required' };
}

/** Adds a passkey to the account. @throws like {@link signInWithPasskey} */
export async function addPasskey(name: string): Promise<void> {
  const { startRegistration } = await library();
  const optionsJSON = await getAuth<PublicKeyCredentialCreationOptionsJSON>(
    '/passkey/generate-register-options',
  );
  const response = await ceremony(() => startRegistration({ optionsJSON }));
  await postAuth('/passkey/verify-registration', { response, name });
}

async function library() {
  try {
    return await import('@simplewebauthn/browser');
  } catch {
    throw new AuthError(0, '');
  }
}

async function ceremony<T>(run: () => Promise<T>): Promise<T> {
  try {
    return await run();
  } catch (error) {
    // WebAuthn, section 14.5.1: a browser does not say whether the person refused or has no passkey
    const { name } = error as Error;
    if (name === 'NotAllowedError' || name === 'AbortError') throw new PasskeyCancelled();
    throw error;
  }
}
